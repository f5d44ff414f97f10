package provider_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A serverCase is one edit at one server.
type serverCase struct {
	dialect, edit string
	// says is what the plan says that refuses the edit; nil if the edit is carried out.
	says []string
	// warns is what an apply says that is carried out.
	warns []string
}

// serverCases are servers at which an edit lost something once, stopped half-way, or could
// not be understood by who read why it was refused. Those that refuse have no mapping.
func serverCases() map[string]serverCase {
	const (
		anApprover, theAddress = "an approver", "the address of an administrator"
		aGroup                 = "a group is created"
		unusable               = "cannot be used"
		notExpected            = "SignPath's API is not as expected"
		byHand                 = "If it cannot wait, make this change in SignPath's web application"
		compare                = "`signpathctl contract` shows in what else"
		editPolicy             = "POST /Projects/{project}/SigningPolicies/{policy}/Edit is not sent"
	)
	return map[string]serverCase{
		// An edit would reset what it has under another name, or what no answer shows.
		"the role has another name": {dialect: "rename-request=role:assignRole", edit: theAddress, says: []string{
			notExpected, "POST /InteractiveUsers/{id}/Edit is not sent", `does not have the property "role" there`, "It offers ", "assignRole", byHand, compare,
		}},
		"approval has another name": {dialect: "rename-request=useApprovalProcess:approvalNeeded", edit: anApprover, says: []string{
			notExpected, editPolicy, `does not have the property "useApprovalProcess" there`, "It offers approvalNeeded", byHand, compare,
		}},
		"the purpose has another name": {dialect: "rename-request=purpose:setPurpose", edit: anApprover, says: []string{
			notExpected, editPolicy, `has no place in it for the property "purpose"`, "It takes ", "setPurpose", byHand, compare,
		}},
		"details of an origin are not shown": {dialect: "hide=originPolicyVerification", edit: anApprover, says: []string{
			notExpected, editPolicy, `takes the property "originPolicyVerification"`, "left out, it may be reset", byHand, compare,
		}},
		"details of an origin are not shown, and there is no document": {dialect: "no-document,hide=originPolicyVerification", edit: anApprover, says: []string{
			notExpected, editPolicy, `has no property "originPolicyVerification"`, byHand, "No OpenAPI document of the installation was at hand",
		}},
		"the document is another server's": {dialect: "document=old", edit: anApprover, says: []string{
			notExpected, editPolicy, `does not have the property "originPolicyVerification" there`, "originVerification", byHand, compare,
		}},

		// A write of which nobody could see what became of it.
		"a token in an object": {dialect: "token-object", edit: "a token", says: []string{
			notExpected, "POST /CIUsers/{id}/RegenerateApiToken is not sent", "apiToken in the answer is object, and not string", byHand,
		}},
		"a description under another name than the document's": {dialect: "document=assumed-names,rename=description:notes", edit: aGroup, says: []string{
			notExpected, "POST /UserGroups is not sent", `answers the property "notes"`, "it describes another server", byHand,
		}},
		"an address under another name than the document's": {
			dialect: "document=assumed-names,rename=notificationEmailAddress:notificationEmail", edit: "a user is created", says: []string{
				notExpected, "POST /InteractiveUsers is not sent", `answers the property "notificationEmail"`, "it describes another server", byHand,
			},
		},
		"a description under another name, and no document": {dialect: "no-document,rename=description:notes", edit: aGroup, says: []string{
			notExpected, "POST /UserGroups is not sent", `would write the property "description"`, "no answer about such an object has it", byHand,
		}},

		// What used to be refused by the server, half-way.
		"something unknown is demanded": {dialect: "demand=externalReference", edit: anApprover, says: []string{
			notExpected, editPolicy, `takes the property "externalReference"`, byHand, compare,
		}},
		"a type is demanded of members": {dialect: "demand-member-type", edit: anApprover, says: []string{
			unusable, `its property "approvers" is a list of something where a list of members is expected`, "signpathctl contract map",
		}},
		"the server is old":             {dialect: "version=1.165.0", edit: anApprover, says: []string{"too old", "exists since SignPath 1.177.0", "Then update it"}},
		"the server is old for a group": {dialect: "version=1.165.0", edit: "the members of a group", says: []string{"too old"}},

		// An answer that says something else than it is taken for.
		"roles are numbers":                        {dialect: "role-numbers", edit: "a role", says: []string{unusable, `"role" is `}},
		"truths are texts":                         {dialect: "boolean-texts", edit: "a user is deactivated", says: []string{unusable, `"isActive" is `}},
		"nulls are left out":                       {dialect: "omit-nulls", edit: anApprover},
		"Regular User is null":                     {dialect: "null-regular", edit: "a role is taken away"},
		"a role goes on, and Regular User is null": {dialect: "null-regular", edit: "a role goes to another"},
		"reads lag":                                {dialect: "read-lag=300ms", edit: anApprover},
		"no identity is shown": {dialect: "document=assumed-names,rename=identity:externalId", edit: "a user is invited again", warns: []string{
			"No invitation is sent: user:guest@example.com", "counts as active", "one that shows no identities does not tell who is",
		}},
	}
}

// TestServerCases carries out each edit, or refuses it in the plan, before anything is
// written, and never advises to go without the check that refused it.
func TestServerCases(t *testing.T) {
	edits := serverEdits()
	for name, c := range serverCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dialect := dialectOf(t, strings.Split(c.dialect, ",")...)
			made := editServer(t, c.edit, dialect, c.says == nil && c.warns == nil, edits[c.edit])
			if c.says == nil {
				if made.err != nil {
					t.Errorf("it is refused: %v", made.err)
				}
				if !says(c.warns...).MatchString(made.said) {
					t.Errorf("the apply does not say %q: %s", c.warns, made.said)
				}
				return
			}
			planned := made.site.Plan(testkit.Options{})
			if made.err == nil || made.writes > 0 || planned.Err == nil || !says(c.says...).MatchString(planned.Said) {
				t.Errorf("the apply ends with %v after %d writes, and the plan does not say %q: %s", made.err, made.writes, c.says, planned)
			}
			if strings.Contains(planned.Said, `"assumed"`) {
				t.Errorf("it advises to go without the check: %s", planned)
			}
		})
	}
}

// Whoever is on a later page is there, however the pages are told of.
func TestNobodyIsLeftOutByPages(t *testing.T) {
	for _, deviation := range mock.HostileDialects() {
		kind, isPaging := strings.CutPrefix(deviation.Name, "paging=")
		if !isPaging {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			org := newOrganizationIn(t, dialectOf(t, deviation.Name+":2"), editedSeed)
			seed := org.Snapshot()
			org.run(nil, resource.TestStep{
				Config: org.config(everyReader + "output \"count\" {\n" +
					"  value = jsonencode([length(data.signpath_users.all.users), length(data.signpath_ci_users.all.ci_users)])\n}\n"),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("count",
					knownvalue.StringExact("["+strconv.Itoa(len(seed.InteractiveUsers))+","+strconv.Itoa(len(seed.CIUsers))+"]"))},
			})
		})
	}
}

// altering lets answers to GET of the path be others, from some time on.
func altering(on *atomic.Bool, path string, alter func(served http.Handler, w http.ResponseWriter, r *http.Request)) mock.Option {
	return mock.WithMiddleware(func(served http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if on.Load() && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, path) {
				alter(served, w, r)
				return
			}
			served.ServeHTTP(w, r)
		})
	})
}

// replacing alters an answer by its text.
func replacing(pattern, by string) func(http.Handler, http.ResponseWriter, *http.Request) {
	return func(served http.Handler, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		served.ServeHTTP(answer, r)
		body := regexp.MustCompile(pattern).ReplaceAll(answer.Body.Bytes(), []byte(by))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(bytes.Clone(body))
	}
}

// An answer that cannot be right changes nothing: not the server, and not the state.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	const policy = "/SigningPolicies/release-signing"
	one := "resource \"signpath_signing_policy_submitter\" \"this\" {\n" +
		"  project = \"project-b\"\n  signing_policy = \"release-signing\"\n  member = \"" + lead + "\"\n}\n"
	ofA := func(served http.Handler, w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.Replace(r.URL.Path, "project-b", "project-a", 1)
		served.ServeHTTP(w, r)
	}
	for name, c := range map[string]struct {
		path  string
		alter func(http.Handler, http.ResponseWriter, *http.Request)
		says  string
	}{
		"another project's policy": {"/project-b" + policy, ofA, "it is about another object"},
		"a list is null":           {policy, replacing(`"submitters":\[[^\]]*\]`, `"submitters":null`), `its property "submitters" is null`},
		"a list is a text":         {policy, replacing(`"submitters":\[[^\]]*\]`, `"submitters":"all"`), `its property "submitters" is `},
		"roles are numbers":        {"/CIUsers", replacing(`"role":"[A-Za-z]+"`, `"role":1`), `its property "role" is `},
		"truths are texts":         {"/CIUsers", replacing(`"isActive":true`, `"isActive":"True"`), `its property "isActive" is `},
	} {
		t.Run(name, func(t *testing.T) {
			var on atomic.Bool
			s := newOrganizationWith(t, []mock.Option{altering(&on, c.path, c.alter)}, editedSeed).site(inProcess, one+filled(settleCIUser, ""))
			s.mustApply()
			before, state := s.Snapshot(), len(s.Objects())
			on.Store(true)
			if refreshed := s.Apply(testkit.Options{RefreshOnly: true}); refreshed.Err == nil || !says("cannot be used", c.says).MatchString(refreshed.Said) {
				t.Errorf("a refresh believes it: %s", refreshed)
			}
			s.Write("main.tf", strings.Replace(one, lead, officer, 1)+strings.Replace(filled(settleCIUser, ""), "build", "other", 1))
			if applied := s.Apply(testkit.Options{}); applied.Err == nil || !says("cannot be used", c.says).MatchString(applied.Said) {
				t.Errorf("an apply believes it: %s", applied)
			}
			s.unchangedSince(before)
			if objects := len(s.Objects()); objects != state {
				t.Errorf("the state has %d objects, and had %d", objects, state)
			}
		})
	}
}

// A change of who has to agree that nobody asked for is an error that names the way back.
// What was created is in force all the same, and the replacement that Terraform would plan
// takes nothing.
func TestAChangeThatNobodyAskedForIsAnError(t *testing.T) {
	var org *organization
	var once atomic.Bool
	lowering := mock.WithMiddleware(func(served http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served.ServeHTTP(w, r)
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Edit") && !once.Swap(true) {
				org.behindTerraform(func(a *mock.Administrator) error {
					return a.SetProperties(releaseB, map[string]any{"requiredApprovals": 1})
				})()
			}
		})
	})
	org = newOrganizationWith(t, []mock.Option{lowering})
	org.behindTerraform(unusualPolicy)()
	s := org.site(inProcess, lists()["approvers"].one("this", lead))
	applied := s.Apply(testkit.Options{})
	want := says("SignPath changed who may do what", "requiredApprovals, which was 3 and is 1 now", "To take it back", "run `terraform untaint`")
	if applied.Err == nil || !want.MatchString(applied.Said) {
		t.Fatalf("the apply says %s", applied)
	}
	before := s.Snapshot()
	s.mustApply()
	s.unchangedSince(before)
}
