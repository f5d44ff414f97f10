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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
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

const nullIsRegularUser = "version: 1\nroles: {RegularUser: null}\n"

// Null is a Regular User only where the mapping says so, by whichever route somebody is read.
func TestRoleThatIsNull(t *testing.T) {
	for name, c := range map[string]struct {
		file, is string
		want     access.Role
	}{
		"the mapping says so":      {nullIsRegularUser, "null", vocabulary.RoleRegularUser},
		"nothing says so":          {"", "null", access.RoleUnstated},
		"a word that nobody knows": {nullIsRegularUser, `"Visitor"`, "Visitor"},
		"a Regular User":           {"", `"RegularUser"`, vocabulary.RoleRegularUser},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := calibrating(t, judged(t, contracttest.Unwatched("the role is null, which is not assumed")))
				o.config.Mapping = mappingtest.File(t, c.file)
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
				o.expectRequests(0, documentRoute)
			})
		})
	}
}

// A Regular User is written as the mapping says, and an edit of something else leaves that as it
// is.
func TestSomebodyBecomesARegularUser(t *testing.T) {
	const admin = "user:org.admin@example.com"
	for name, c := range map[string]struct {
		dialect mock.Dialect
		want    string
	}{
		"as assumed": {mock.Dialect{}, `"RegularUser"`},
		"as null":    {mock.Dialect{NullRegularUser: true}, "null"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := calibrating(t, mock.WithDialect(c.dialect), judged(t, contracttest.Unwatched("the role is null, which is not assumed")))
				_, err := o.client.Directory(t.Context(), access.Kinds()...)
				o.must(err)
				change := api.PrincipalChange{Role: ptr(vocabulary.RoleRegularUser)}
				o.must(o.client.SettleEdit(t.Context(), access.KindUser, o.id(admin), change))
				for _, change := range []api.PrincipalChange{change, {Settings: notify("other@example.com")}} {
					_, err = o.client.EditPrincipal(t.Context(), access.KindUser, o.id(admin), change)
					o.must(err)
				}
				edits := o.Requests("POST /InteractiveUsers/{id}/Edit")
				for _, edit := range edits {
					if len(edits) != 2 || !strings.Contains(edit.RequestBody, `"role":`+c.want) {
						t.Errorf("the edits are %v, want the role %s", edits, c.want)
					}
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
