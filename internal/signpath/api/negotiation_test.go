package api_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const documentRoute = "GET /swagger/v1/swagger.json"

// calibrating is an organization whose client settles the contract by itself.
func calibrating(t *testing.T, options ...mock.Option) *organization {
	t.Helper()
	o := inProcess(t, options...)
	o.config.Contract = api.ContractAuto
	o.restart()
	return o
}

// deviating is calibrating for a server of a dialect.
func deviating(t *testing.T, names ...string) *organization {
	t.Helper()
	dialect, err := mock.ParseDialect(names...)
	if err != nil {
		t.Fatal(err)
	}
	return calibrating(t, mock.WithDialect(dialect), judgedIn(t, dialect))
}

// document is the one that the server publishes.
func (o *organization) document() []byte {
	o.t.Helper()
	answer := httptest.NewRecorder()
	o.ServeHTTP(answer, httptest.NewRequestWithContext(o.t.Context(), http.MethodGet, "/Api/swagger/v1/swagger.json", nil))
	return answer.Body.Bytes()
}

func (o *organization) makeReader() error {
	_, err := o.client.EditPrincipal(o.t.Context(), access.KindCIUser, o.id(builder), api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)})
	return err
}

func TestDocumentIsReadOnceAndBeforeTheFirstWrite(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t)
		o.must(doDirectory(t.Context(), o))
		o.must(doChangeNothing(o))
		o.expectRequests(0, documentRoute)
		o.must(o.makeReader())
		o.must(o.client.Reinvite(t.Context(), o.id(lead)))
		o.expectRequests(1, documentRoute)
		if notice, _ := o.client.ContractNotice(); notice != "" {
			t.Errorf("there is a document, and a notice: %s", notice)
		}
	})
}

// doChangeNothing asks for what is so already.
func doChangeNothing(o *organization) error {
	_, err := o.client.ChangeMembers(o.t.Context(), approvers(releaseA), nil, []string{o.id(outsider)})
	return err
}

// unmapped makes the client one that has no mapping.
func (o *organization) unmapped() *organization {
	o.config.Mapping = nil
	o.restart()
	return o
}

// A server that calls the role otherwise is refused without a mapping, and works with it.
func TestAnotherNameOfTheRole(t *testing.T) {
	for deviation, refusal := range map[string][]string{
		"rename=role:globalRole":         {`it has no property "role"`, "globalRole", "signpathctl contract map"},
		"rename-request=role:userRole":   {"POST /CIUsers/{id}/Edit is not sent", `does not have the property "role"`, "userRole", "signpathctl contract map"},
		"spell-role=GlobalReader:Viewer": {"POST /CIUsers/{id}/Edit is not sent", `it takes only "CertificateAdministrator"`, "signpathctl contract map"},
		"role-numbers":                   {`its property "role" is a whole number where a text is expected`, "signpathctl contract map"},
	} {
		t.Run(deviation, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := deviating(t, deviation)
				file := o.config.Mapping
				expectError(t, o.unmapped().makeReader(), refusal...)
				o.expectRequests(0, "POST *")
				o.config.Mapping = file
				o.restart()
				o.must(o.makeReader())
				if user, err := o.User(builder); err != nil || user.Role != "GlobalReader" {
					t.Errorf("got %+v, %v", user, err)
				}
			})
		})
	}
}

func TestContradictingDocument(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := deviating(t, "rename-request=role:newRole").unmapped()
		err := o.makeReader()
		expectError(t, err, "POST /CIUsers/{id}/Edit is not sent", `does not have the property "role"`, "looked for role", "newRole")
		var refused *contract.Error
		if !errors.As(err, &refused) {
			t.Errorf("got %T", err)
		}

		// An edit of something else would reset the role.
		_, err = o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), api.PrincipalChange{Settings: notify("other@example.com")})
		expectError(t, err, "POST /CIUsers/{id}/Edit is not sent", `does not have the property "role"`)
		o.expectRequests(0, "POST *")
	})
}

// Nobody can know that a server ignores a name, but it shows.
func TestServerThatIgnoresTheAssumedName(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t, mock.WithDialect(mock.Dialect{RenamedInRequests: map[string]string{"role": "newRole"}}),
			judged(t, contracttest.Unwatched("the requests are as assumed, and that is wrong here"))).unmapped()
		expectError(t, o.makeReader(), "each time it was different when read back (role)", "does not take the change under the name that was sent")
	})
}

func TestWithoutADocument(t *testing.T) {
	for name, option := range map[string]mock.Option{
		"none":       mock.WithDialect(mock.Dialect{NoDocument: true}),
		"HTML":       mock.WithRawDocument([]byte("<html>Sign in</html>"), "text/html"),
		"other JSON": mock.WithRawDocument([]byte(`{"openapi":"3.0.1","paths":{}}`), "application/json"),
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := calibrating(t, option)
				if notice, _ := o.client.ContractNotice(); notice != "" {
					t.Errorf("notice before a write: %s", notice)
				}
				o.must(o.makeReader())
				o.must(o.client.Reinvite(t.Context(), o.id(lead)))
				o.expectRequests(1, documentRoute)
				notice, _ := o.client.ContractNotice()
				again, _ := o.client.ContractNotice()
				if !strings.Contains(notice, "/swagger/v1/swagger.json") || !strings.Contains(notice, "assumes") || again != "" {
					t.Errorf("notice %q, then %q", notice, again)
				}
			})
		})
	}
}

// A server that fails does not say that it has no document: to write blindly
// then would be to guess.
func TestDocumentThatCannotBeRead(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t)
		o.inject(mock.Fault{Route: documentRoute, Times: 1, Action: mock.FaultAnswer, Status: http.StatusInternalServerError})
		expectError(t, o.makeReader(), "OpenAPI document", "could not be read", "500")
		o.expectRequests(0, "POST *")
		o.must(o.makeReader())
	})
}

func TestAssumedContractReadsNoDocument(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.makeReader())
		o.expectRequests(0, documentRoute)
		if notice, _ := o.client.ContractNotice(); notice != "" {
			t.Errorf("notice: %s", notice)
		}
	})
}

// A comparison with a document of the assumed contract finds no difference, and
// each deviation shows as one.
func TestCompareContract(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		states := func(names ...string) map[contract.State][]contract.Line {
			o := deviating(t, names...)
			result := map[contract.State][]contract.Line{}
			m, err := contract.NewMapping(o.config.Mapping)
			o.must(err)
			lines, err := contract.Compare(o.document(), m)
			o.must(err)
			for _, line := range lines {
				result[line.State] = append(result[line.State], line)
			}
			return result
		}
		if found := states(); len(found[contract.Mapped])+len(found[contract.Missing]) > 0 || len(found[contract.Matches]) < 50 {
			t.Errorf("the default dialect: %+v", found)
		}
		for _, lists := range []string{"wrapped-lists,summary-lists", "paging=envelope", "paging=token", "paging=next-link"} {
			if found := states(lists); len(found[contract.Mapped])+len(found[contract.Missing])+len(found[contract.Contradicts]) > 0 {
				t.Errorf("%s: %+v", lists, found)
			}
		}
		for _, line := range states("edit-without-suffix")[contract.Mapped] {
			if line.Part != contract.PartRoute || !strings.HasSuffix(line.Assumed, "/Edit") || line.Assumed != line.Found+"/Edit" {
				t.Errorf("got %+v", line)
			}
		}
		renamed := states("rename=role:globalRole")[contract.Mapped]
		if len(renamed) != 6 { // Both kinds of users: read, Me and Edit.
			t.Errorf("got %+v", renamed)
		}
		lines, err := contract.Compare(deviating(t, "rename-request=role:newRole").document(), nil)
		if err != nil {
			t.Fatal(err)
		}
		missing := slices.DeleteFunc(lines, func(line contract.Line) bool { return line.State != contract.Missing })
		if len(missing) != 2 || missing[0].Assumed != "role" || missing[0].Part != contract.PartRequest {
			t.Errorf("got %+v", missing)
		}
	})
}
