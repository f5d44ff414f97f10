package access_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

const (
	idOfAda     = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	idOfRelease = "2b7d9e10-3c4f-4a52-9d68-1e2f3a4b5c6d"
	idOfTwin    = "3c8e0f21-4d50-4b63-8e79-2f3a4b5c6d7e"
	idOfGroup   = "4d9f1032-5e61-4c74-9f8a-3a4b5c6d7e8f"
	emptyID     = "00000000-0000-0000-0000-000000000000"
)

func TestParseReference(t *testing.T) {
	tests := map[string]access.Reference{
		"user:dev.lead@example.com":           {Kind: access.KindUser, Key: "dev.lead@example.com"},
		"user:Dev.Lead@Example.COM":           {Kind: access.KindUser, Key: "Dev.Lead@Example.COM"},
		"user:" + idOfAda:                     {Kind: access.KindUser, Key: idOfAda},
		"user:" + strings.ToUpper(idOfAda):    {Kind: access.KindUser, Key: strings.ToUpper(idOfAda)},
		"ci_user:acme-release":                {Kind: access.KindCIUser, Key: "acme-release"},
		"ci_user:acme: release":               {Kind: access.KindCIUser, Key: "acme: release"},
		"ci_user:build@example.com":           {Kind: access.KindCIUser, Key: "build@example.com"},
		"group:Release Managers":              {Kind: access.KindGroup, Key: "Release Managers"},
		"group:" + idOfGroup:                  {Kind: access.KindGroup, Key: idOfGroup},
		"group:Größe/Qualität (intern) \"A\"": {Kind: access.KindGroup, Key: "Größe/Qualität (intern) \"A\""},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := access.ParseReference(text)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("got %#v, want %#v", got, want)
			}
			if got.String() != text {
				t.Errorf("it is spelled back as %q", got.String())
			}
		})
	}
}

func TestParseEntry(t *testing.T) {
	for text, want := range map[string]access.Reference{
		"user:dev.lead@example.com": {Kind: access.KindUser, Key: "dev.lead@example.com"},
		"unknown:" + idOfAda:        {Kind: access.KindUnknown, Key: idOfAda},
	} {
		if got, err := access.ParseEntry(text); err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
	}
	for _, text := range []string{"unknown:ada", "unknown:" + emptyID, "unknown:", idOfAda} {
		if got, err := access.ParseEntry(text); err == nil {
			t.Errorf("%s: got %#v, want an error", text, got)
		}
	}
}

func TestParseReferenceSaysWhatIsWrong(t *testing.T) {
	forms := access.ReferenceForms
	tests := map[string]string{
		"dev.lead@example.com":  `"dev.lead@example.com" has no kind; did you mean "user:dev.lead@example.com"? Valid are ` + forms,
		"acme-release":          `"acme-release" has no kind; valid are ` + forms,
		"":                      `the text is empty, and names nobody; valid are ` + forms,
		"user:":                 `"user:" names nobody: after "user:" comes an e-mail, a name or a UUID`,
		"group: \t":             `"group: \t" names nobody: after "group:" comes an e-mail, a name or a UUID`,
		"ci_user: acme":         `"ci_user: acme" has white space around its e-mail or name; did you mean "ci_user:acme"?`,
		"group:Engineers ":      `"group:Engineers " has white space around its e-mail or name; did you mean "group:Engineers"?`,
		"ci_user:" + emptyID:    `"ci_user:` + emptyID + `" has the empty UUID, which is nobody's id`,
		"user:ada":              `"user:ada": an interactive user is named by the e-mail of the account or by a UUID, and "ada" is neither`,
		"user:a@b@example.com":  `"user:a@b@example.com": an interactive user is named by the e-mail of the account or by a UUID, and "a@b@example.com" is neither`,
		"user:ada @example.com": `"user:ada @example.com": an interactive user is named by the e-mail of the account or by a UUID, and "ada @example.com" is neither`,
		"unknown:" + idOfAda: `"unknown:` + idOfAda + `" stands for an entry that this provider could read but not identify; ` +
			`it can be removed from a list, not granted`,
		"team:red":              `"team:red" has the unknown kind "team"; valid are ` + forms,
		"User:ada@example.com":  `"User:ada@example.com" has the unknown kind "User"; did you mean "user:ada@example.com"? Valid are ` + forms,
		" user:ada@example.com": `" user:ada@example.com" has the unknown kind " user"; did you mean "user:ada@example.com"? Valid are ` + forms,
		":ada@example.com":      `":ada@example.com" has the unknown kind ""; did you mean "user:ada@example.com"? Valid are ` + forms,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := access.ParseReference(text)
			if err == nil {
				t.Fatalf("it was taken for %#v", got)
			}
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
			if got != (access.Reference{}) {
				t.Errorf("a refused reference has the value %#v", got)
			}
		})
	}
}

func TestReferenceSame(t *testing.T) {
	upper := strings.ToUpper(idOfRelease)
	tests := []struct {
		a, b string
		same bool
	}{
		{"user:ada@example.com", "user:ada@example.com", true},
		{"user:Ada@Example.com", "user:ada@EXAMPLE.com", true},
		{"user:ada@example.com", "user:bea@example.com", false},
		{"ci_user:release", "ci_user:release", true},
		{"ci_user:release", "ci_user:Release", false},
		{"group:Release", "group:release", false},
		{"group:Caf\u00e9", "group:Cafe\u0301", true}, // Terraform composes what it reads.
		{"ci_user:" + idOfRelease, "ci_user:" + upper, true},
		{"group:" + idOfRelease, "group:" + upper, true},
		{"user:" + idOfRelease, "user:" + upper, true},
		{"ci_user:release", "group:release", false},
		{"ci_user:" + idOfRelease, "user:" + idOfRelease, false},
		{"ci_user:release", "ci_user:" + idOfRelease, false},
	}
	for _, test := range tests {
		a, b := parse(t, test.a), parse(t, test.b)
		if a.Same(b) != test.same || b.Same(a) != test.same {
			t.Errorf("%q and %q are the same: %t, want %t", a, b, a.Same(b), test.same)
		}
		if (a.Folded() == b.Folded()) != test.same {
			t.Errorf("%q and %q fold to %q and %q", a, b, a.Folded(), b.Folded())
		}
		if a.Folded().Folded() != a.Folded() || !a.Same(a.Folded()) {
			t.Errorf("%q folds to %q, which is not the same", a, a.Folded())
		}
	}
}

func TestReferenceID(t *testing.T) {
	tests := map[string]string{
		"ci_user:" + strings.ToUpper(idOfRelease):          idOfRelease,
		"user:" + idOfAda:                                  idOfAda,
		"user:ada@example.com":                             "",
		"group:" + idOfGroup[1:]:                           "",
		"group:{" + idOfGroup + "}":                        "",
		"group:" + strings.ReplaceAll(idOfGroup, "-", ""):  "",
		"group:x" + idOfGroup[1:]:                          "",
		"group:" + strings.Replace(idOfGroup, "-", "0", 1): "",
	}
	for text, want := range tests {
		id, ok := parse(t, text).ID()
		if id != want || ok != (want != "") {
			t.Errorf("the id of %q is %q, %t", text, id, ok)
		}
	}
	if access.IsID(emptyID) {
		t.Error("the empty UUID counts as an id")
	}
}

func TestIsEmail(t *testing.T) {
	tests := map[string]bool{
		"a@b":                 true,
		"ada+ci@example.com":  true,
		"":                    false,
		"@example.com":        false,
		"ada@":                false,
		"ada":                 false,
		"ada@b@example.com":   false,
		"a da@example.com":    false,
		"ada@example.com\n":   false,
		"ada@exam\tple.com":   false,
		"ada@example.com\r\n": false,
	}
	for text, want := range tests {
		if access.IsEmail(text) != want {
			t.Errorf("%q is an e-mail address: %t", text, !want)
		}
	}
}

func TestKinds(t *testing.T) {
	nouns := map[access.Kind]string{
		access.KindUser: "interactive user", access.KindCIUser: "CI user", access.KindGroup: "user group",
	}
	if len(access.Kinds()) != len(nouns) {
		t.Errorf("the kinds are %q", access.Kinds())
	}
	for _, kind := range access.Kinds() {
		if kind.Noun() != nouns[kind] || !strings.Contains(access.ReferenceForms, `"`+string(kind)+`:`) {
			t.Errorf("%q is named %q, and the valid forms are %s", kind, kind.Noun(), access.ReferenceForms)
		}
	}
	if access.KindUnknown.Noun() != "principal" {
		t.Errorf("an unknown entry is named %q", access.KindUnknown.Noun())
	}
}

func parse(t *testing.T, text string) access.Reference {
	t.Helper()
	reference, err := access.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}
