package api_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

var regularUser = regexp.MustCompile(`("role":\s*)"RegularUser"`)

// withoutRegularUser is a server that answers null, or whatever else, in the place of the
// role of a Regular User.
func (o *organization) withoutRegularUser(is string) {
	o.After = func(_ *http.Request, answer *http.Response) {
		body, err := io.ReadAll(answer.Body)
		o.check(err)
		answer.Body = io.NopCloser(bytes.NewReader(regularUser.ReplaceAll(body, []byte("${1}"+is))))
		answer.ContentLength = -1
		answer.Header.Del("Content-Length")
	}
}

// nullableRole is a document in which the role in answers about users may be null.
func nullableRole(document map[string]any) {
	schemas, _ := document["components"].(map[string]any)["schemas"].(map[string]any)
	for _, schema := range schemas {
		described, _ := schema.(map[string]any)
		properties, _ := described["properties"].(map[string]any)
		if role, ok := properties["role"]; ok {
			properties["role"] = map[string]any{"allOf": []any{role}, "nullable": true}
		}
	}
}

// Null is a Regular User only where the document says so, by whichever route somebody is
// read; and the document is asked once, and only about null.
func TestRoleThatIsNull(t *testing.T) {
	for name, c := range map[string]struct {
		options  []mock.Option
		mode     api.ContractMode
		is       string
		want     access.Role
		requests int
	}{
		"the document says so":     {[]mock.Option{mock.WithDocument(nullableRole)}, api.ContractAuto, "null", vocabulary.RoleRegularUser, 1},
		"the document says not":    {nil, api.ContractAuto, "null", access.RoleUnstated, 1},
		"there is no document":     {[]mock.Option{mock.WithDialect(mock.Dialect{NoDocument: true})}, api.ContractAuto, "null", access.RoleUnstated, 1},
		"no document is asked":     {[]mock.Option{mock.WithDocument(nullableRole)}, api.ContractAssumed, "null", access.RoleUnstated, 0},
		"a word that nobody knows": {[]mock.Option{mock.WithDocument(nullableRole)}, api.ContractAuto, `"regularUser"`, "regularUser", 0},
		"a Regular User":           {nil, api.ContractAuto, `"RegularUser"`, vocabulary.RoleRegularUser, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t, append(c.options, judged(t, contracttest.Unwatched("the role is null, which is not assumed")))...)
				o.config.Contract = c.mode
				o.as(builder)
				o.withoutRegularUser(c.is)
				me, err := o.client.Me(t.Context())
				o.must(err)
				directory, err := o.client.Directory(t.Context(), access.KindUser, access.KindCIUser)
				o.must(err)
				listed, _ := directory.Get(o.id(lead))
				read, err := o.client.ConfirmPrincipal(t.Context(), access.KindUser, o.id(lead))
				o.must(err)
				for from, p := range map[string]access.Principal{"Me": me.Principal, "the list": listed, "the user": read} {
					if p.Role != c.want {
						t.Errorf("by %s, the role is %s", from, p.Role)
					}
				}
				o.expectRequests(c.requests, documentRoute)
			})
		})
	}
}

// A document that cannot be read now says nothing of null, and may the next time.
func TestRoleThatIsNullWhileTheDocumentFails(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithDocument(nullableRole), judged(t, contracttest.Unwatched("the role is null, which is not assumed")))
		o.withoutRegularUser("null")
		o.inject(mock.Fault{Route: documentRoute, Times: 1, Action: mock.FaultAnswer, Status: http.StatusInternalServerError})
		_, err := o.client.Directory(t.Context(), access.KindUser)
		expectError(t, err, "OpenAPI document", "could not be read", "500")
		directory, err := o.client.Directory(t.Context(), access.KindUser)
		o.must(err)
		if p, _ := directory.Get(o.id(lead)); p.Role != vocabulary.RoleRegularUser {
			t.Errorf("the role is %s", p.Role)
		}
	})
}

// Of an edit that leaves the role alone, what is read back is understood as before.
func TestEditOfSomebodyWhoseRoleIsNull(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithDocument(nullableRole), judged(t, contracttest.Unwatched("the role is null, which is not assumed")))
		o.withoutRegularUser("null")
		_, err := o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)})
		o.must(err)
		_, err = o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), api.PrincipalChange{Settings: notify("other@example.com")})
		o.must(err)
		directory, err := o.client.Directory(t.Context(), access.KindUser, access.KindCIUser)
		o.must(err)
		for reference, want := range map[string]access.Role{lead: vocabulary.RoleGlobalReader, builder: vocabulary.RoleRegularUser} {
			if p, _ := directory.Get(o.id(reference)); p.Role != want {
				t.Errorf("%s has the role %s", reference, p.Role)
			}
		}
	})
}

// A Regular User is written as the server writes one, and read back as either.
func TestSomebodyBecomesARegularUser(t *testing.T) {
	const admin = "user:org.admin@example.com"
	for name, c := range map[string]struct {
		options []mock.Option
		answers string // for the role of a Regular User; "" if it is as it is assumed.
		want    string
	}{
		"as assumed":                 {nil, "", `"RegularUser"`},
		"it may be null, and is not": {[]mock.Option{mock.WithDocument(nullableRole)}, "", `"RegularUser"`},
		"it may be null, and is":     {[]mock.Option{mock.WithDocument(nullableRole)}, "null", "null"},
		"nothing else is taken":      {[]mock.Option{mock.WithDialect(mock.Dialect{NullRegularUser: true})}, "", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := calibrating(t, append(c.options, judged(t, contracttest.Unwatched("the role is null, which is not assumed")))...)
				if c.answers != "" {
					o.withoutRegularUser(c.answers)
				}
				_, err := o.client.Directory(t.Context(), access.Kinds()...)
				o.must(err)
				change := api.PrincipalChange{Role: ptr(vocabulary.RoleRegularUser)}
				o.must(o.client.SettleEdit(t.Context(), access.KindUser, o.id(admin), change))
				_, err = o.client.EditPrincipal(t.Context(), access.KindUser, o.id(admin), change)
				o.must(err)
				edits := o.Requests("POST /InteractiveUsers/{id}/Edit")
				if len(edits) != 1 || !strings.Contains(edits[0].RequestBody, `"role":`+c.want) {
					t.Errorf("the edits are %v, want the role %s", edits, c.want)
				}
				if user, err := o.User(admin); err != nil || user.Role != mock.RoleRegularUser {
					t.Errorf("got %+v, %v", user, err)
				}
			})
		})
	}
}

// A role is taken from whoever has it when the edit reads the user, whatever a list said
// before that.
func TestARoleIsTakenOnlyFromWhoHasIt(t *testing.T) {
	const admin = "user:org.admin@example.com"
	for name, c := range map[string]struct{ behind, from, want access.Role }{
		"who has it":         {"", vocabulary.RoleGlobalAdministrator, vocabulary.RoleRegularUser},
		"who has another":    {vocabulary.RoleGlobalReader, vocabulary.RoleGlobalAdministrator, vocabulary.RoleGlobalReader},
		"who has an unknown": {"", "GlobalAdmin", vocabulary.RoleGlobalAdministrator},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				_, err := o.client.Directory(t.Context(), access.Kinds()...)
				o.must(err)
				if c.behind != "" {
					o.must(o.Administrator("").SetRole(admin, mock.Role(c.behind)))
				}
				_, err = o.client.EditPrincipal(t.Context(), access.KindUser, o.id(admin), api.PrincipalChange{Role: ptr(vocabulary.RoleRegularUser), From: c.from})
				o.must(err)
				if user, err := o.User(admin); err != nil || user.Role != mock.Role(c.want) {
					t.Errorf("got %+v, %v", user, err)
				}
				if p, _ := o.client.Known().Get(o.id(admin)); p.Role != c.want {
					t.Errorf("the client knows %s", p.Role)
				}
			})
		})
	}
}
