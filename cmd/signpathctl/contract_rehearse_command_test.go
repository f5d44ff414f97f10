package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// mappingOf writes a mapping file.
func mappingOf(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "signpath-api.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rehearse runs the command, and returns what it prints and its exit status.
func rehearse(t *testing.T, arguments ...string) (output string, status exitStatus, err error) {
	t.Helper()
	looks = nil
	var out bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append([]string{"contract", "rehearse"}, arguments...))
	err = root.ExecuteContext(t.Context())
	if errors.As(err, &status) {
		err = nil
	}
	return out.String(), status, err
}

func mustSay(t *testing.T, output string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !strings.Contains(output, phrase) {
			t.Errorf("%q is not in\n%s", phrase, output)
		}
	}
}

// anyone is the demo organization with everything that can be on a list.
func anyone() mock.Seed {
	seed := mock.DemoSeed()
	signpathtest.WithAnyone(&seed)
	for i, user := range seed.CIUsers {
		if user.Name == "twin" {
			seed.CIUsers[i].Name = []string{"twin-a", "twin-b"}[i%2]
		}
	}
	return seed
}

const nothingMapped = "version: 1\n"

func TestRehearse(t *testing.T) {
	server := serveOrganization(t, anyone())
	output, status, err := rehearse(t, mappingOf(t, nothingMapped))
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	mustSay(t, output,
		"10 users and 4 CI users, of these 2 inactive and 2 invited; 3 user groups; 2 projects with 4 signing policies.\n",
		"Global Administrator: user:org.admin@example.com, user:support@example.com, ci_user:terraform\n",
		"Whose account is inactive\n  user:former.auditor@example.com, ci_user:twin-",
		"Signing policy project-a/release-signing\n", "approvers: group:Release Managers, user:security.officer@example.com\n",
		"Signing policy project-b/test-signing\n", "Project project-a\n", "Members of group:", "Nothing is wrong by itself.")
	if got := strings.Count(output, "As in the web application?"); got != 10 /* Three parts, three policies, two projects, two groups. */ {
		t.Errorf("it asks %d times:\n%s", got, output)
	}
	for _, request := range server.Requests() {
		if request.Method != http.MethodGet {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
	output, _, err = rehearse(t, mappingOf(t, nothingMapped), "--policy", "project-b/test-signing")
	if mustSay(t, output, "Signing policy project-b/test-signing", "Project project-b"); err != nil || strings.Contains(output, "policy project-a") {
		t.Errorf("%v\n%s", err, output)
	}
	if _, _, err = rehearse(t, mappingOf(t, nothingMapped), "--policy", "project-b/x"); err == nil || !strings.Contains(err.Error(), "there are project-a/") {
		t.Errorf("got %v", err)
	}
}

// Marks do not matter to who reads.
func TestRehearseListsMarks(t *testing.T) {
	serveOrganization(t, anyone())
	const marks = "user:\n  answer:\n    role: role # ? Is that the role?\n    # Which one?\n    identity: TODO\n"
	output, status, err := rehearse(t, mappingOf(t, nothingMapped+marks))
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	mustSay(t, output, "Not confirmed in the mapping file",
		"line 4, user.answer.role, proposed: Is that the role?", "line 6, user.answer.identity, open: Which one?")
}

// inWords is a server that differs in names and forms.
const inWords = `version: 1
roles: {GlobalAdministrator: ADMIN}
members:
  answer: {form: objects, id: principalId}
  request: {form: ids}
user:
  answer:
    email: contact.mail
    role: access.role
    active: {path: state, when_true: Enabled, when_false: [Disabled, Locked]}
  edit:
    body: {contact.mail: =email}
ci_user:
  answer: {role: access.role}
signing_policy:
  answer: {approvers: approval.by}
  edit:
    body: {approval.by: =approvers}
`

// locked is a server that says who must not sign in.
const locked = `version: 1
user: {answer: {active: {path: isLocked, when_true: false, when_false: true}}}
ci_user: {answer: {active: {path: isLocked, when_true: false, when_false: true}}}
`

// serveMapped serves an organization on a server that speaks a mapping.
func serveMapped(t *testing.T, mapping string, options ...mock.Option) *mock.Server {
	t.Helper()
	return serveMockOf(t, anyone(), append(options, mock.WithMapping(mapping))...)
}

// What is understood is the same, whatever the server writes.
func TestRehearseOnAServerWithOtherNames(t *testing.T) {
	serveOrganization(t, anyone())
	want, _, _ := rehearse(t, mappingOf(t, nothingMapped))
	serveMapped(t, inWords)
	if got, status, err := rehearse(t, mappingOf(t, inWords)); status != 0 || err != nil || got != want {
		t.Errorf("status %d, %v, and not as without a mapping:\n%s", status, err, got)
	}
}

// A wrong mapping shows.
func TestRehearseFailsOnWhatCannotBeRight(t *testing.T) {
	for name, test := range map[string]struct {
		server, from, to string
		seed             func(*mock.Seed)
		says             []string
	}{
		"a role that nobody knows": {inWords, "roles: {GlobalAdministrator: ADMIN}\n", "", nil, []string{
			`The role "ADMIN" (unknown), which user:org.admin@example.com and `, "is none of those that are known", "Nobody is an active Global Administrator",
		}},
		"the polarity of a state": {
			locked, "when_true: false, when_false: true", "when_true: true, when_false: false", nil, []string{"Nobody is an active Global Administrator"},
		},
		"a value in neither list": {inWords, "when_true: Enabled, ", "when_true: On, ", nil, []string{"The list of interactive users cannot be used", "state"}},
		"the id of a member": {
			inWords, "id: principalId", "id: id", nil,
			[]string{"The list of user groups cannot be used: ", "has no id where the mapping says", `Signing policy "project-b/release-signing" cannot be used`},
		},
		"an address that is a name": {
			"version: 1\nuser: {answer: {name: label, email: mail}}\n", "name: label, email: mail", "name: mail, email: label", nil,
			[]string{"The e-mail address of user ", "which is none"},
		},
		"something that no answer has": {
			"version: 1\n", "version: 1\n", "version: 1\nuser: {answer: {notification_email: notifyTo}}\n", nil,
			[]string{"No answer has anything for user.answer.notification_email, at notifyTo (line 2)"},
		},
		"pages that are the same": {
			"version: 1\n", "version: 1\n", "version: 1\nuser: {list: {page: {number: page}}}\n", nil, []string{"The list of interactive users cannot be used", "page"},
		},
		"a name twice": {"version: 1\n", "", "", func(seed *mock.Seed) {
			seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "same"}, mock.CIUserSeed{Name: "same"})
		}, []string{`2 CI users have the name "same"`}},
	} {
		t.Run(name, func(t *testing.T) {
			seed := anyone()
			if test.seed != nil {
				test.seed(&seed)
			}
			serveMockOf(t, seed, mock.WithMapping(test.server))
			output, status, err := rehearse(t, mappingOf(t, strings.ReplaceAll(test.server, test.from, test.to)))
			if status != 1 || err != nil {
				t.Errorf("status %d, %v", status, err)
			}
			mustSay(t, output, append(test.says, "This cannot be right:")...)
		})
	}
}

// Somebody else's member on a list, and the token's own user nowhere.
func TestRehearseMissesWhoIsOnNoList(t *testing.T) {
	server := serveOrganization(t, anyone())
	fault := mock.Fault{Route: "GET /CIUsers", Action: mock.FaultAnswer, Status: http.StatusOK, Body: `[]`}
	if err := server.Inject(fault); err != nil {
		t.Fatal(err)
	}
	output, status, err := rehearse(t, mappingOf(t, nothingMapped))
	if status != 1 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	mustSay(t, output, "is on a list and is no user, CI user or group: it is among the submitters of project-a/release-signing",
		"ci_user:terraform, whose token this is, is on no list")
}

const tried = "signing_policy:project-a/test-signing"

func writesOf(server *mock.Server) (writes []string) {
	for _, request := range server.Requests() {
		if request.Method != http.MethodGet {
			writes = append(writes, request.Method+" "+request.Path)
		}
	}
	return writes
}

// Nothing is written without --yes, and then only what is named.
func TestTryEdit(t *testing.T) {
	server := serveMapped(t, inWords)
	marked := mappingOf(t, inWords+"# ? Is that so?\norganization: {answer: {quota_start: TODO}}\n")
	output, status, err := rehearse(t, marked, "--try-edit", tried)
	if writes := writesOf(server); status != 0 || err != nil || len(writes) > 0 {
		t.Errorf("status %d, %v, and it sent %v", status, err, writes)
	}
	mustSay(t, output, `This request leaves signing policy "project-a/test-signing" as it is`, "POST /v1/",
		"/Projects/project-a/SigningPolicies/test-signing/Edit\n",
		"\"approval\": {\n    \"by\": [", "It was not sent. With --yes, it is sent")
	before := server.Snapshot()
	output, status, err = rehearse(t, marked, "--try-edit", tried, "--yes")
	if writes := writesOf(server); status != 0 || err != nil || len(writes) != 1 {
		t.Errorf("status %d, %v, and it sent %v", status, err, writes)
	}
	mustSay(t, output, "the edit kept everything")
	if after := server.Snapshot(); !reflect.DeepEqual(after, before) {
		t.Errorf("something changed: %+v, and was %+v", after, before)
	}
}

func TestTryEditOfEachThing(t *testing.T) {
	server := serveMapped(t, inWords)
	for _, target := range []string{
		"project:project-a", "user:dev.lead@example.com", "ci_user:build", "group:Release Managers", "signing_policy:project-a/test-signing",
	} {
		before := server.Snapshot()
		output, status, err := rehearse(t, mappingOf(t, inWords), "--try-edit", target, "--yes")
		if status != 0 || err != nil || !strings.Contains(output, "kept everything") || !reflect.DeepEqual(server.Snapshot(), before) {
			t.Errorf("%s: status %d, %v\n%s", target, status, err, output)
		}
	}
}

// A release policy needs one more word.
func TestTryEditOfAReleasePolicy(t *testing.T) {
	server := serveMapped(t, inWords)
	file, release := mappingOf(t, inWords), "signing_policy:project-a/release-signing"
	if output, _, _ := rehearse(t, file, "--try-edit", release); !strings.Contains(output, "With --yes and --release, because") {
		t.Error(output)
	}
	_, status, err := rehearse(t, file, "--try-edit", release, "--yes")
	if writes := writesOf(server); err == nil || !strings.Contains(err.Error(), "not sent") || len(writes) > 0 {
		t.Errorf("status %d, %v, and it sent %v", status, err, writes)
	}
	if output, status, err := rehearse(t, file, "--try-edit", release, "--yes", "--release"); status != 0 || err != nil || len(writesOf(server)) != 1 {
		t.Errorf("status %d, %v\n%s", status, err, output)
	}
}

// What an edit does not keep is told, with what it was.
func TestTryEditThatLosesSomething(t *testing.T) {
	serveMapped(t, "version: 1\n")
	wrong := mappingOf(t, "version: 1\nsigning_policy:\n  edit:\n    kept: [approvers]\n")
	output, status, err := rehearse(t, wrong, "--try-edit", "signing_policy:project-a/release-signing", "--yes", "--release")
	if status != 1 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	was, sent, _ := strings.Cut(output, "It was sent")
	if !strings.Contains(was, "This is how it is now") || strings.Count(was, `"approvers": [`) != 1 || sent == "" {
		t.Errorf("what the edit may not keep is not told before it is sent: %s", output)
	}
	mustSay(t, output, "THIS IS OTHERWISE NOW:\n"+
		"  - approvers was group:Release Managers, user:security.officer@example.com, and is nobody\n",
		"To put it back, set it in SignPath's web application")
}

func TestTryEditRefusesWhatHasNoEffect(t *testing.T) {
	serveMapped(t, inWords)
	for want, flags := range map[string][]string{
		"--yes and --release need --try-edit":      {"--yes"},
		"leave out --format and --policy":          {"--try-edit", tried, "--format", "json"},
		`"policy:x" names nothing`:                 {"--try-edit", "policy:x"},
		`"signing_policy:x" names nothing`:         {"--try-edit", "signing_policy:x"},
		`no interactive user "nobody@example.com"`: {"--try-edit", "user:nobody@example.com", "--yes"},
		"--format is \"html\", and must be one":    {"--format", "html"},
		"takes one argument, the mapping file":     {"--format", "text", "second"},
	} {
		if _, _, err := rehearse(t, append([]string{mappingOf(t, inWords)}, flags...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("with %v: got %v, want %q", flags, err, want)
		}
	}
}
