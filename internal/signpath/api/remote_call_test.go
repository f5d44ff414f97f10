package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// class says what may be done with a request whose outcome is unknown.
type class int

const (
	// reading requests can be sent again, and their answer matters.
	reading class = iota
	// writing requests can be sent again, and their answer does not matter.
	writing
	// creating requests are never sent again; what they created is looked for.
	creating
	// acting requests are never sent again, and nothing shows what they did.
	acting
	// telling requests are never sent again, and nothing but their answer shows
	// what they did.
	telling
)

// remoteCall is one use of a method of the client, and the one route of all
// that it uses to which something happens.
type remoteCall struct {
	name   string
	method string
	route  string
	// after is how many requests of the route come before the one that is hit.
	after int
	class class
	// prepare brings the organization and the client into the state in which
	// the call uses the route.
	prepare func(*organization)
	// do calls the method and checks what it returns.
	do func(context.Context, *organization) error
	// provesAbsence is true where 403 and 404 mean that the object is gone.
	provesAbsence bool
	// asksTwice is true where a refusal makes the call try another route of the
	// same pattern.
	asksTwice bool
}

func remoteCalls() []remoteCall {
	newCIUser := access.Principal{Kind: access.KindCIUser, Name: "acme-new", NotificationEmail: "ci@example.com"}
	newUser := access.Principal{Kind: access.KindUser, Name: "New Approver", Email: "new.approver@example.com"}
	return append(groupCalls(), []remoteCall{
		{name: "Organization", method: "Organization", route: "GET /Organization", do: doOrganization},
		{name: "AuditEvents", method: "AuditEvents", route: "GET /AuditLog/Events", prepare: approveOutsider, do: doAuditEvents},
		{name: "Me", method: "Me", route: "GET */Me", do: doMe, asksTwice: true},
		{name: "Projects", method: "Projects", route: "GET /Projects", do: doProjects},
		{name: "Project", method: "Project", route: "GET /Projects/{project}", do: doProject},
		{name: "SigningPolicies", method: "SigningPolicies", route: "GET /Projects/{project}", do: doSigningPolicies},
		{name: "SigningPolicy", method: "SigningPolicy", route: policyRoute, do: doSigningPolicy},
		{name: "Members of a project", method: "Members", route: "GET /Projects/{project}", do: doMembers("project:project-a", vocabulary.Configurators, lead)},
		{name: "Members of a policy", method: "Members", route: policyRoute, do: doMembers(releaseA, vocabulary.Approvers)},
		{name: "ChangeMembers, reading", method: "ChangeMembers", route: policyRoute, do: doChangeMembers},
		{name: "ChangeMembers, writing", method: "ChangeMembers", route: editRoute, class: writing, do: doChangeMembers},
		{name: "ChangeMembers, reading back", method: "ChangeMembers", route: policyRoute, after: 1, do: doChangeMembers},
		{name: "PutBack, reading", method: "PutBack", route: policyRoute, do: doPutBack},
		{name: "PutBack, writing", method: "PutBack", route: editRoute, class: writing, do: doPutBack},
		{name: "PutBack, reading back", method: "PutBack", route: policyRoute, after: 1, do: doPutBack},
		{name: "EndEntry, reading", method: "EndEntry", route: policyRoute, prepare: approveOfficer, do: doEndEntry},
		{name: "EndEntry, writing", method: "EndEntry", route: editRoute, class: writing, prepare: approveOfficer, do: doEndEntry},
		{name: "EndEntry, reading back", method: "EndEntry", route: policyRoute, after: 1, prepare: approveOfficer, do: doEndEntry},
		{name: "Directory", method: "Directory", route: "GET /CIUsers", do: doDirectory},
		{name: "Resolve", method: "Resolve", route: "GET /InteractiveUsers", do: doResolve},
		{name: "Principal in the list", method: "Principal", route: "GET /UserGroups", do: doPrincipal(access.KindGroup, managers)},
		{
			name: "Principal by id", method: "Principal", route: "GET /CIUsers/{id}", provesAbsence: true,
			prepare: createAfterListing, do: doPrincipal(access.KindCIUser, "ci_user:acme-late"),
		},
		{name: "ConfirmPrincipal", method: "ConfirmPrincipal", route: "GET /CIUsers/{id}", do: doConfirmPrincipal},
		{name: "References", method: "References", route: "GET /UserGroups", do: doReferences},
		{name: "CreatePrincipal of a CI user", method: "CreatePrincipal", route: "POST /CIUsers", class: creating, do: doCreate(newCIUser)},
		{name: "CreatePrincipal of a user", method: "CreatePrincipal", route: "POST /InteractiveUsers", class: creating, do: doCreate(newUser)},
		{name: "EditPrincipal", method: "EditPrincipal", route: "POST /CIUsers/{id}/Edit", class: writing, do: doEditPrincipal},
		{name: "SetActive to false", method: "SetActive", route: "POST /CIUsers/{id}/Deactivate", class: writing, do: doSetActive(builder, false)},
		{
			name: "SetActive to true", method: "SetActive", route: "POST /InteractiveUsers/{id}/Activate", class: writing,
			prepare: func(o *organization) { o.must(o.Administrator("").SetActive(outsider, false)) }, do: doSetActive(outsider, true),
		},
		{name: "Reinvite", method: "Reinvite", route: "POST /InteractiveUsers/{id}/Reinvite", class: acting, do: doReinvite},
		{name: "RegenerateToken", method: "RegenerateToken", route: "POST /CIUsers/{id}/RegenerateApiToken", class: telling, do: doRegenerateToken},
		{name: "RehearseEdit, reading", method: "RehearseEdit", route: policyRoute, do: doRehearseEdit},
		{name: "RehearseEdit, writing", method: "RehearseEdit", route: editRoute, class: writing, do: doRehearseEdit},
		{name: "RehearseEdit, reading back", method: "RehearseEdit", route: policyRoute, after: 1, do: doRehearseEdit},
		{name: "SetActive, reading back", method: "SetActive", route: "GET /CIUsers/{id}", do: doSetActive(builder, false)},
	}...)
}

func doOrganization(ctx context.Context, o *organization) error {
	got, err := o.client.Organization(ctx)
	if err == nil && got.Name != "Example Organization" {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

// approveOutsider has an administrator do what the audit log then tells.
func approveOutsider(o *organization) {
	o.must(o.Administrator("user:org.admin@example.com").AddMembers(releaseA, "approvers", outsider))
}

func doAuditEvents(ctx context.Context, o *organization) error {
	got, err := o.client.AuditEvents(ctx)
	if err != nil {
		return err
	}
	if len(got.Events) != 1 || got.Events[0].Name != "SigningPolicy.Edited" || got.Events[0].Actor.Name != "Organization Admin" {
		return fmt.Errorf("got %+v", got)
	}
	return nil
}

func doMe(ctx context.Context, o *organization) error {
	me, err := o.client.Me(ctx)
	if err == nil && me.Reference().String() != ownUser {
		return fmt.Errorf("got %+v", me)
	}
	return err
}

func doProjects(ctx context.Context, o *organization) error {
	got, err := o.client.Projects(ctx)
	if err == nil && (len(got) != 2 || got[1].Slug != "project-b") {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func doProject(ctx context.Context, o *organization) error {
	got, err := o.client.Project(ctx, "project-a")
	if err == nil && (got.Name != "Project A" || len(got.SigningPolicies) != 2) {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func doSigningPolicy(ctx context.Context, o *organization) error {
	got, err := o.client.SigningPolicy(ctx, "project-a", "release-signing")
	if err == nil && (got.Name != "Release signing" || !got.Conditions().TrustedBuildSystem || *got.RequiredApprovals != 2) {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func doMembers(owner string, list vocabulary.List, want ...string) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		got, err := o.client.Members(ctx, target(list, owner))
		if err == nil && !slices.Equal(got, o.ids(want...)) {
			return fmt.Errorf("got %q", got)
		}
		return err
	}
}

func approveOfficer(o *organization) {
	o.must(o.Administrator("").AddMembers(releaseA, "approvers", officer))
}

func doPutBack(ctx context.Context, o *organization) error {
	warnings, err := o.client.PutBack(ctx, approvers(releaseA), o.ids(officer))
	if err != nil {
		return err
	}
	if got := o.ListMembers("project-a", "release-signing", "approvers"); !slices.Equal(got, []string{officer}) || len(warnings) > 0 {
		return fmt.Errorf("got %q, %q", got, warnings)
	}
	return nil
}

func doEndEntry(ctx context.Context, o *organization) error {
	warnings, err := o.client.EndEntry(ctx, approvers(releaseA), o.id(officer), nil)
	if err != nil {
		return err
	}
	if got := o.ListMembers("project-a", "release-signing", "approvers"); len(got)+len(warnings) > 0 {
		return fmt.Errorf("got %q, %q", got, warnings)
	}
	return nil
}

func doChangeMembers(ctx context.Context, o *organization) error {
	warnings, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(officer), nil)
	if err != nil {
		return err
	}
	if got := o.ListMembers("project-a", "release-signing", "approvers"); !slices.Equal(got, []string{officer}) || len(warnings) > 0 {
		return fmt.Errorf("got %q, %q", got, warnings)
	}
	return nil
}

func doDirectory(ctx context.Context, o *organization) error {
	got, err := o.client.Directory(ctx, access.KindCIUser)
	if err == nil && len(got.All(access.KindCIUser)) != 2 {
		return fmt.Errorf("got %+v", got.All(access.KindCIUser))
	}
	return err
}

func doResolve(ctx context.Context, o *organization) error {
	got, err := o.client.Resolve(ctx, access.Reference{Kind: access.KindUser, Key: "DEV.LEAD@example.com"})
	if err == nil && got.ID != o.id(lead) {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func createAfterListing(o *organization) {
	_, err := o.client.Directory(o.t.Context(), access.KindCIUser)
	o.must(err)
	_, err = o.Administrator("").CreateCIUser(mock.CIUserSeed{Name: "acme-late"})
	o.must(err)
}

func doPrincipal(kind access.Kind, want string) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		got, err := o.client.Principal(ctx, kind, o.id(want))
		if err == nil && got.Reference().String() != want {
			return fmt.Errorf("got %+v", got)
		}
		return err
	}
}

func doConfirmPrincipal(ctx context.Context, o *organization) error {
	got, err := o.client.ConfirmPrincipal(ctx, access.KindCIUser, o.id(builder))
	if err == nil && got.Reference().String() != builder {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func doReferences(ctx context.Context, o *organization) error {
	wanted := []string{managers, lead, builder}
	got, err := o.client.References(ctx, o.ids(wanted...))
	for _, member := range wanted {
		if err == nil && got[o.id(member)].String() != member {
			return fmt.Errorf("got %q", got)
		}
	}
	return err
}

func doCreate(p access.Principal) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		created, err := o.client.CreatePrincipal(ctx, p)
		if err != nil {
			return err
		}
		there, err := o.User(p.Reference().String())
		if err != nil || created.ID != there.ID || there.Name != p.Name || there.NotificationEmail != p.NotificationEmail {
			return fmt.Errorf("created %+v, and there is %+v, %w", created, there, err)
		}
		return nil
	}
}

func doEditPrincipal(ctx context.Context, o *organization) error {
	_, err := o.client.EditPrincipal(ctx, access.KindCIUser, o.id(ownUser), api.PrincipalChange{Settings: notify("ops@example.com")})
	if err != nil {
		return err
	}
	if got, err := o.User(ownUser); err != nil || got.NotificationEmail != "ops@example.com" || got.Role != mock.RoleGlobalAdministrator {
		return fmt.Errorf("there is %+v, %w", got, err)
	}
	return nil
}

func doSetActive(who string, active bool) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		kind := reference(o.t, who).Kind
		if err := o.client.SetActive(ctx, kind, o.id(who), active); err != nil {
			return err
		}
		if got, err := o.User(who); err != nil || got.Active != active {
			return fmt.Errorf("there is %+v, %w", got, err)
		}
		return nil
	}
}

func doReinvite(ctx context.Context, o *organization) error {
	if err := o.client.Reinvite(ctx, o.id(outsider)); err != nil {
		return err
	}
	if !slices.ContainsFunc(o.Mails(), func(m mock.Mail) bool { return "user:"+m.To == outsider }) {
		return fmt.Errorf("the mails are %+v", o.Mails())
	}
	return nil
}

func doRegenerateToken(ctx context.Context, o *organization) error {
	token, err := o.client.RegenerateToken(ctx, o.id(builder))
	if err == nil && !o.Accepts(token) {
		return errors.New("what it returned is no token")
	}
	return err
}

func doRehearseEdit(ctx context.Context, o *organization) error {
	before := o.Snapshot()
	rehearsed, err := o.client.RehearseEdit(ctx, api.EditTarget{Project: "project-a", Policy: "release-signing"})
	if err != nil {
		return err
	}
	differences, err := rehearsed.Send(ctx)
	if after := o.Snapshot(); !reflect.DeepEqual(before, after) {
		return fmt.Errorf("the edit that changes nothing makes %+v of %+v", after, before)
	}
	if err == nil && len(differences) > 0 {
		return fmt.Errorf("got %+v", differences)
	}
	return err
}

// TestEveryRemoteCallIsTested fails when a method is added to the client and
// not to the table above.
func TestEveryRemoteCallIsTested(t *testing.T) {
	// LearnLists returns nothing, and a failure of its request is none of it. Nor does
	// Version fail: TestVersion has what becomes of it.
	noCalls := []string{
		"OrganizationID", "OrganizationVariable", "URL", "Known", "UnknownRoles", "ContractNotice", "MappingNotice", "Unanswered", "Secrets",
		"LearnLists", "Version", "LongestWait",
	}
	tested := map[string]bool{}
	for _, call := range remoteCalls() {
		tested[call.method] = true
	}
	for method := range reflect.TypeFor[*api.Client]().Methods() {
		// What settles a write asks for nothing but the server's document, as the write does.
		isSettling := strings.HasPrefix(method.Name, "Settle")
		if !tested[method.Name] && !isSettling && !slices.Contains(noCalls, method.Name) {
			t.Errorf("%s is not in the table of remote calls", method.Name)
		}
	}
}

// outcome is what becomes of a call.
type outcome int

const (
	// succeeds: the call returns what it should. The request may be sent again.
	succeeds outcome = iota
	// fails: an error says what happened. The request is not sent again.
	fails
	// givesUp: an error says what happened, after the retries ended.
	givesUp
	// isLost: the error says that it is unknown whether the object exists.
	isLost
)

// trouble is something that goes wrong with one request.
type trouble struct {
	name  string
	fault mock.Fault
	// answer replaces the answer of the server, which has acted.
	answer func(*http.Response)
	// read, write and create are the outcomes by class.
	read, write, create outcome
	// resent is true if a request that can be sent again is.
	resent bool
	// waits is how long the client has to wait before it sends again.
	waits time.Duration
	// status and words are in the error. A status of 0 is no answer at all.
	status  int
	words   []string
	traceID string
	// provesAbsence is true for what SignPath answers for unknown objects.
	provesAbsence bool
}

// act is the outcome for requests that act each time they are sent.
func (t trouble) act() outcome {
	isUnknown := t.resent && t.fault.Status != 429
	// Nothing can be read back that would show what a page in place of the answer hides.
	isPage := t.fault.Headers["Content-Type"] == "text/html"
	if t.write != succeeds || isUnknown || isPage {
		return fails
	}
	return succeeds
}

// tell is the outcome for requests of which only the answer tells what they did.
func (t trouble) tell() outcome {
	if t.fault.Status == http.StatusTooManyRequests {
		return succeeds
	}
	return fails
}

const problemBody = `{"type":"https://tools.ietf.org/html/rfc9110","title":"Not today","status":400,` +
	`"detail":"The frobnicator is off.","errors":{"":["As a whole."],"Name":["Too short.","Too dull."]},"traceId":"00-f00-ba4-00"}`

func troubles() []trouble {
	refused := func(status int) trouble {
		return trouble{
			name: fmt.Sprint(status), read: fails, write: fails, create: fails, status: status, traceID: "00-f00-ba4-00",
			fault: mock.Fault{
				Action: mock.FaultAnswer, Status: status, Headers: map[string]string{"Content-Type": "application/problem+json"},
				Body: problemBody,
			},
			words: []string{
				fmt.Sprint(status, " ", http.StatusText(status)), "Not today", "The frobnicator is off.", "As a whole.",
				"Name: Too short. Too dull.", "trace id 00-f00-ba4-00",
			},
			provesAbsence: status == 403 || status == 404,
		}
	}
	tooMany := func(name, retryAfter string) trouble {
		return trouble{
			name: name, resent: true, waits: 7 * time.Second,
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 429, Times: 1, Headers: map[string]string{"Retry-After": retryAfter}},
		}
	}
	return []trouble{
		refused(400), refused(401), refused(403), refused(404), refused(409),
		tooMany("429 with seconds", "7"),
		tooMany("429 with a date", "Sat, 01 Jan 2000 00:00:07 GMT"), // Time begins at midnight.
		{
			name: "500 once", read: fails, write: fails, create: isLost, status: 500, words: []string{"500 Internal Server Error", "Oops."},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 500, Times: 1, Body: "Oops."},
		},
		{
			name: "500 always", read: fails, write: fails, create: isLost, status: 500, words: []string{"500 Internal Server Error", "Oops."},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 500, Body: "Oops."},
		},
		{
			name: "500 after acting", read: fails, write: fails, create: succeeds, status: 500,
			fault: mock.Fault{Action: mock.FaultAnswerAfterActing, Status: 500, Times: 1, Body: "Oops."},
		},
		{
			name: "503 once", resent: true, create: isLost, status: 503, words: []string{"503 Service Unavailable", "busy"},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 503, Times: 1, Body: "busy"},
		},
		{
			name: "503 with Retry-After", resent: true, create: isLost, waits: 7 * time.Second, status: 503,
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 503, Times: 1, Headers: map[string]string{"Retry-After": "7"}},
		},
		{
			name: "503 always", read: givesUp, write: givesUp, create: isLost, status: 503, words: []string{"503 Service Unavailable"},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 503, Body: "busy"},
		},
		{
			name: "connection cut before acting", resent: true, create: isLost, words: []string{"no answer from SignPath"},
			fault: mock.Fault{Action: mock.FaultCutBeforeActing, Times: 1},
		},
		{
			name: "connection cut after acting", resent: true,
			fault: mock.Fault{Action: mock.FaultCutAfterActing, Times: 1},
		},
		{
			name: "connection always cut", read: givesUp, write: givesUp, create: isLost, words: []string{"no answer from SignPath"},
			fault: mock.Fault{Action: mock.FaultCutBeforeActing},
		},
		{
			name: "answer cut in the middle", resent: true,
			fault: mock.Fault{Action: mock.FaultCutBody, Times: 1},
		},
		{
			name: "no JSON", read: fails, status: 200, words: []string{"200 OK", "cannot be used"},
			fault: mock.Fault{Action: mock.FaultMalformedBody, Times: 1, Body: "{no JSON"},
		},
		{
			name: "half of the JSON", read: fails, status: 200, words: []string{"200 OK", "cannot be used"},
			fault: mock.Fault{Action: mock.FaultMalformedBody, Times: 1},
		},
		{
			name: "a page of a proxy", read: fails, status: 200, words: []string{"200 OK", "cannot be used"},
			fault: mock.Fault{
				Action: mock.FaultAnswerAfterActing, Status: 200, Times: 1, Headers: map[string]string{"Content-Type": "text/html"},
				Body: "<html><body>Log in</body></html>",
			},
		},
		{
			name: "a refusal of a proxy", read: fails, write: fails, create: fails, status: 407, words: []string{"407", "HTML", "proxy"},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 407, Headers: map[string]string{"Content-Type": "text/html"}, Body: "<html><body>Log in</body></html>"},
		},
		{
			name: "too large an answer", read: fails, write: fails, words: []string{"larger than 64 MiB"},
			answer: func(response *http.Response) { response.ContentLength = 65 << 20 },
		},
		{
			name: "a redirect elsewhere", read: fails, write: fails, create: fails, status: 307,
			words: []string{"307 Temporary Redirect", "elsewhere.example.com", "not followed"},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 307, Headers: map[string]string{"Location": "https://elsewhere.example.com/Api"}},
		},
		{
			name: "an echo of the token", read: fails, write: fails, create: fails, status: 401, words: []string{"Bearer", "is no token"},
			fault: mock.Fault{Action: mock.FaultAnswer, Status: 401, Body: "'Bearer " + demoToken + "' is no token."},
		},
	}
}

// TestRemoteCalls does every remote call of the client under every trouble. Time
// is not real in it, so that the waits between attempts cost nothing.
func TestRemoteCalls(t *testing.T) {
	for _, call := range remoteCalls() {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			usual := 0
			inFakeTime(t, func(t *testing.T) {
				o := newScene(t, call)
				o.must(call.do(t.Context(), o))
				usual = o.CountRequests(call.route)
				if usual == 0 {
					t.Fatalf("it does not use %s", call.route)
				}
			})
			for _, trouble := range troubles() {
				t.Run(trouble.name, func(t *testing.T) {
					inFakeTime(t, func(t *testing.T) { testTrouble(t, call, trouble, usual) })
				})
			}
		})
	}
}

func newScene(t *testing.T, call remoteCall) *organization {
	t.Helper()
	o := inProcess(t)
	if call.prepare != nil {
		call.prepare(o)
	}
	return o
}

func testTrouble(t *testing.T, call remoteCall, trouble trouble, usual int) {
	o := newScene(t, call)
	makeTrouble(o, call, trouble)
	started := time.Now()
	err := call.do(t.Context(), o)

	expected := map[class]outcome{
		reading: trouble.read, writing: trouble.write, creating: trouble.create, acting: trouble.act(), telling: trouble.tell(),
	}[call.class]
	if call.provesAbsence && trouble.provesAbsence {
		if !api.IsGone(err) {
			t.Errorf("got %v", err)
		}
		return
	}
	switch expected {
	case succeeds:
		if err != nil {
			t.Fatalf("it failed: %v", err)
		}
		if resent := trouble.resent && (call.class != creating || trouble.waits > 0); resent {
			usual++
			if waited := time.Since(started); waited < trouble.waits || waited > trouble.waits+2*time.Second {
				t.Errorf("it was sent again after %s, want %s", waited, trouble.waits)
			}
		}
		o.expectRequests(usual, call.route)
	case fails:
		expectFailure(t, call, trouble, err)
		want := call.after + 1
		if call.asksTwice && trouble.status >= 400 && trouble.status < 500 {
			want++
		}
		o.expectRequests(want, call.route)
		expectRecovery(t, o, call)
	case givesUp:
		expectFailure(t, call, trouble, err)
		expectError(t, err, "gave up after 10m0s")
		if waited := time.Since(started); waited > 11*time.Minute {
			t.Errorf("it took %s", waited)
		}
		if got := o.CountRequests(call.route); got < 10 || got > 100 {
			t.Errorf("it was sent %d times in 10 minutes", got)
		}
		expectRecovery(t, o, call)
	case isLost:
		expectFailure(t, call, trouble, err)
		expectError(t, err, "may or may not have created", "was not sent again")
		var lost *api.LostCreateError
		if !errors.As(err, &lost) || lost.Principal.Name == "" {
			t.Errorf("got %#v", err)
		}
		o.expectRequests(1, call.route)
	}
	if call.class == creating {
		expectNoDuplicate(t, o)
	}
}

func makeTrouble(o *organization, call remoteCall, trouble trouble) {
	if trouble.answer == nil {
		trouble.fault.Route, trouble.fault.After = call.route, call.after
		o.inject(trouble.fault)
		return
	}
	var once sync.Once
	o.After = func(r *http.Request, response *http.Response) {
		hits := o.Requests(call.route)
		if len(hits) == call.after+1 && hits[call.after].Path == r.URL.Path && hits[call.after].Method == r.Method {
			once.Do(func() { trouble.answer(response) })
		}
	}
}

func expectFailure(t *testing.T, call remoteCall, trouble trouble, err error) {
	t.Helper()
	method, _, _ := strings.Cut(call.route, " ")
	expectError(t, err, append(trouble.words, method+" /")...)
	failure := answered(t, err)
	if failure.Status != trouble.status || failure.TraceID != trouble.traceID {
		t.Errorf("status %d, trace id %q; want %d, %q: %v", failure.Status, failure.TraceID, trouble.status, trouble.traceID, err)
	}
	if failure.RequestID == "" || !strings.Contains(err.Error(), "request id "+failure.RequestID) {
		t.Errorf("the request id is %q: %v", failure.RequestID, err)
	}
	if httpapi.IsRefusal(err) != (trouble.status >= 400 && trouble.status < 500) {
		t.Errorf("it counts as a refusal: %t", httpapi.IsRefusal(err))
	}
	if api.IsUnknownOrForbidden(err) != trouble.provesAbsence {
		t.Errorf("it counts as unknown or forbidden: %t", api.IsUnknownOrForbidden(err))
	}
	if api.IsGone(err) {
		t.Errorf("it counts as gone")
	}
}

// expectRecovery checks that the client remembers no failure: with the trouble
// over, the same call succeeds.
func expectRecovery(t *testing.T, o *organization, call remoteCall) {
	t.Helper()
	o.ClearFaults()
	if err := call.do(t.Context(), o); err != nil {
		t.Errorf("it fails also with the trouble over: %v", err)
	}
}

func expectNoDuplicate(t *testing.T, o *organization) {
	t.Helper()
	count := map[string]int{}
	snapshot := o.Snapshot()
	for _, user := range snapshot.CIUsers {
		count["ci_user:"+user.Name]++
	}
	for _, user := range snapshot.InteractiveUsers {
		count["user:"+user.Email]++
	}
	for _, group := range snapshot.UserGroups {
		count["group:"+group.Name]++
	}
	for reference, n := range count {
		if n > 1 {
			t.Errorf("there are %d %s", n, reference)
		}
	}
}
