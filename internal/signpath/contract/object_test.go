package contract

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func TestDecodeMembers(t *testing.T) {
	const a, b = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f", "2b7d9e10-3c4f-4a52-9d68-1e2f3a4b5c6d"
	good := map[string][]string{
		`[]`: {},
		`["` + b + `","` + strings.ToUpper(a) + `","` + b + `"]`: {a, b},
	}
	for body, want := range good {
		if got, err := DecodeMembers(json.RawMessage(body)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
	bad := []string{
		``, `null`, `{}`, `{"ciUsers":null}`, `"x"`, `[""]`, `[null]`, `[17]`, `[{}]`, `[{"id":""}]`, `[{"id":17}]`, `[{"name":"A"}]`, `["` + a + `",{}]`,
		`[{"id":"` + a + `"}]`, `{"ciUsers":[]}`,
	}
	for _, body := range bad {
		if got, err := DecodeMembers(json.RawMessage(body)); err == nil {
			t.Errorf("%s is taken for %q", body, got)
		}
	}
}

func TestSameJSON(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[1,2]}`, ` { "b" : [1, 2], "a" : 1 } `, true},
		{`"ü"`, `"\u00fc"`, true},
		{``, `null`, true},
		{`[1,2]`, `[2,1]`, false},
		{`12345678901234567890`, `12345678901234567891`, false},
		{`0.1`, `"0.1"`, false},
		{`null`, `false`, false},
		{`[]`, `null`, false},
		{`{"a":null}`, `{}`, false},
	}
	for _, test := range tests {
		if got := SameJSON(json.RawMessage(test.a), json.RawMessage(test.b)); got != test.same {
			t.Errorf("%s and %s are the same: %t", test.a, test.b, got)
		}
	}
}

func TestIsEmptyJSON(t *testing.T) {
	for _, empty := range []string{``, `null`, ` "" `, `false`, `0`, `[ ]`, "{\n}"} {
		if !IsEmptyJSON(json.RawMessage(empty)) {
			t.Errorf("%q holds something", empty)
		}
	}
	for _, full := range []string{`true`, `1`, `"x"`, `[0]`, `{"a":null}`, `" "`, `-1`} {
		if IsEmptyJSON(json.RawMessage(full)) {
			t.Errorf("%q holds nothing", full)
		}
	}
}

func TestLastID(t *testing.T) {
	const a, b = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f", "2b7d9e10-3c4f-4a52-9d68-1e2f3a4b5c6d"
	tests := map[string]string{
		"https://app.signpath.io/Api/v1/" + a + "/CIUsers/" + b: b,
		"/v1/" + a + "/CIUsers/" + strings.ToUpper(b) + "/?x=1": b,
		b:                        b,
		"https://example.com/17": "",
		"":                       "",
	}
	for location, want := range tests {
		if got := lastID(location); got != want {
			t.Errorf("the id in %q is %q", location, got)
		}
	}
}

func TestCreatedIDs(t *testing.T) {
	const a, b = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f", "2b7d9e10-3c4f-4a52-9d68-1e2f3a4b5c6d"
	create := RoutesOf[access.KindCIUser].Create
	for _, test := range []struct{ file, body, want string }{
		{"", `{"id":"` + a + `"}`, b},
		{"ci_user: {create: {id: id}}", `{"id":"` + strings.ToUpper(a) + `"}`, a},
		{"ci_user: {create: {id: result.robot}}", `{"result":{"robot":"` + a + `"}}`, a},
		{"ci_user: {create: {id: result.robot}}", `{"id":"` + a + `"}`, b},
		{"user: {create: {id: id}}", `{"id":"` + a + `"}`, b},
		{"ci_user: {create: {id: id}}", ``, b},
	} {
		if got := mapped(t, test.file).CreatedID(create, []byte(test.body), "/CIUsers/"+b); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
