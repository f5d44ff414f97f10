package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// An invitationStep is something that a resource does, and the route of it that is hit.
type invitationStep struct {
	name, route string
	// before and after are the configurations; resending is true for what is never repeated.
	before, after string
	resending     bool
	// prepare changes the application after the first one.
	prepare func(*application) error
}

func invitationSteps() []invitationStep {
	one, again := invitation(guest, oneRole, ""), invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`)
	return []invitationStep{
		{name: "invite", route: "POST " + invitations, after: one, resending: true},
		{name: "edit", route: "PUT " + invitations + "/*", before: one, after: invitation(guest, twoRoles, "")},
		{name: "cancel", route: "DELETE " + invitations + "/*", before: one},
		{name: "resend", route: "POST " + invitations + "/*/resend", before: one, after: again, resending: true},
		{
			name: "invite again", route: "POST " + invitations, before: one, after: again, resending: true,
			prepare: func(a *application) error { return a.Decline(guest) },
		},
	}
}

// TestInvitationFaults does each step with each fault of the kit's table: no mail is sent twice, not by the
// step and not by the apply after it, and what is at the server is in the state or in an error.
func TestInvitationFaults(t *testing.T) {
	for _, step := range invitationSteps() {
		for _, fault := range testkit.FaultCases() {
			if fault.Overcome && !fault.Acts && fault.Kind != testkit.FaultCutBeforeActing {
				continue // Waiting is tested by the client's own table, where time is not real.
			}
			t.Run(step.name+", "+fault.Name, func(t *testing.T) {
				t.Parallel()
				testInvitationFault(t, step, fault)
			})
		}
	}
}

func testInvitationFault(t *testing.T, step invitationStep, fault testkit.FaultCase) {
	a := startQuietly(t, "").configure(step.before)
	if step.before != "" {
		a.apply()
	}
	if step.prepare != nil {
		testkit.Must(t, step.prepare(a))
	}
	earlier := len(a.Mails())
	a.befalls(step.route, fault)
	a.configure(step.after)
	applied := a.Apply(testkit.Options{})
	a.ClearFaults()
	if a.CountRequests(step.route) == 0 {
		t.Fatalf("nothing is asked of %s: %s", step.route, applied)
	}
	if strings.Contains(applied.Said, "MockOnly") {
		t.Errorf("a secret is told: %s", applied)
	}
	mails := len(a.Mails()) - earlier
	if mails > 1 || !step.resending && mails > 0 {
		t.Errorf("%d mails were sent: %s", mails, applied)
	}
	isOvercome := fault.Overcome && (!step.resending || fault.CertainlyNotActed())
	if isOvercome && applied.Err != nil {
		t.Errorf("it does not get over it: %s", applied)
	}
	if applied.Err != nil && step.before != "" && a.attribute("id") == nil && a.record(guest).Status != "CANCELED" {
		t.Error("it left the state")
	}
	// The next plan is right about what is there, and no apply sends a mail that no plan announced.
	planned := a.Plan(testkit.Options{})
	if planned.Err != nil && step.name != "invite" {
		t.Errorf("the plan after it: %s", planned)
	}
	announces := strings.Contains(planned.Said, "going to be mailed")
	if second := a.Apply(testkit.Options{}); second.Err != nil && planned.Err == nil {
		t.Errorf("the apply after it: %s", second)
	}
	if more := len(a.Mails()) - earlier - mails; more > 0 && (!announces || mails > 0) {
		t.Errorf("%d more mails were sent, after %d: %s", more, mails, planned)
	}
	if live := a.countLive(guest); live > 1 {
		t.Errorf("there are %d invitations", live)
	}
}

// befalls lets a fault befall the requests of a route.
func (a *application) befalls(route string, fault testkit.FaultCase) {
	a.t.Helper()
	times := 1
	if fault.Always {
		times = 0
	}
	testkit.Must(a.t, a.Inject(mockserver.Fault{
		Route: route, Action: mockserver.FaultAction(fault.Kind), Times: times, Status: fault.Status, Headers: fault.Headers, Body: fault.Body,
		BodyBytes: fault.BodyBytes, DelayMilliseconds: int(fault.Delay.Milliseconds()),
	}))
}

func (a *application) countLive(email string) (live int) {
	for _, invitation := range a.Invitations() {
		if strings.EqualFold(invitation.Email, email) && (invitation.Status == "PENDING" || invitation.Status == "ACCEPTED") {
			live++
		}
	}
	return live
}

// TestNothingLeavesTheState: no refusal and no failure of a read takes an invitation out of the state.
func TestNothingLeavesTheState(t *testing.T) {
	for name, c := range map[string]struct {
		fault mockserver.Fault
		want  []string
	}{
		"401": {
			mockserver.Fault{Status: http.StatusUnauthorized, Body: `{"message":"No.","code":"API_KEY_NOT_FOUND"}`},
			[]string{"refused the API key", "API_KEY_NOT_FOUND"},
		},
		"403": {
			mockserver.Fault{Status: http.StatusForbidden, Body: `{"message":"No.","code":"INVALID_CONTEXT"}`},
			[]string{"Not allowed by IgniSign", "INVALID_CONTEXT"},
		},
		"404": {
			mockserver.Fault{Status: http.StatusNotFound, Body: `{"message":"No."}`},
			[]string{"may not serve the invitation API", "documented for version 3 only", "api_version"},
		},
		"500": {
			mockserver.Fault{Status: http.StatusInternalServerError, Body: `{"message":{"a":"No."},"stack":"at secret.js"}`},
			[]string{"IgniSign failed", "No."},
		},
		"an envelope": {mockserver.Fault{Status: http.StatusOK, Body: `{"items":[]}`}, []string{"cannot be used", "no list"}},
		"restricted feature": {
			mockserver.Fault{
				Status: http.StatusForbidden,
				Body:   `{"message":"No.","code":"ORGANIZATION_FEATURE_FORBIDDEN","context":{"missing":[{"feature":"INVITE","claims":["PRO"]}]}}`,
			},
			[]string{"may not use INVITE (claims PRO)", "Another key does not help"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startQuietly(t, "").configure(invitation(guest, oneRole, ""))
			a.apply()
			c.fault.Route, c.fault.Action = "GET "+invitations, mockserver.FaultAnswer
			testkit.Must(t, a.Inject(c.fault))
			a.planFails(c.want...)
			planned := a.Plan(testkit.Options{RefreshOnly: true})
			if planned.Err == nil || strings.Contains(planned.Said, "secret.js") {
				t.Errorf("a refresh: %s", planned)
			}
			if a.attribute("id") == nil {
				t.Error("it left the state")
			}
			a.ClearFaults()
			a.plan(0, 0, 0)
		})
	}
}

// TestSwitches leads a person through each dialect of the mock server: the state is right about what is
// there, or an error says what is not as expected. No mail is sent that was not announced.
func TestSwitches(t *testing.T) {
	refused := map[string]string{
		"empty-list-refused": "BODY_VALIDATION_FAILED", "feature-forbidden": "ORGANIZATION_FEATURE_FORBIDDEN", "feature-unauthorized": "UNAUTHORIZED_ERROR",
		"v3-only": `set api_version`, "v4-invitations-403": "403", "v4-invitations-404": `set api_version to "v3"`,
	}
	notEdited := map[string]bool{"edit-by-post": true}
	for _, deviation := range mock.Deviations() {
		t.Run(deviation.Name, func(t *testing.T) {
			a := startApplication(t, deviation.Name).configure(invitation("Guest@example.com", oneRole, ""))
			if want := refused[deviation.Name]; want != "" {
				a.applyFails(want)
				a.expectMails(guest, 0)
				if strings.HasPrefix(deviation.Name, "v") { // Version 3 serves it.
					a.with(`api_version = "v3"`).configure(invitation("Guest@example.com", oneRole, "")).apply()
					a.expectMails(guest, 1)
				}
				return
			}
			a.apply()
			a.is("id", a.record(guest).ID)
			a.configure(invitation("Guest@example.com", `{ DEVELOPMENT = ["USER"] }`, ""))
			if notEdited[deviation.Name] {
				a.applyFails("sends PUT", "prints POST")
				a.configure(invitation("Guest@example.com", oneRole, ""))
			}
			a.apply()
			testkit.Must(t, a.Accept(guest))
			a.plan(0, 0, 0)
			a.configure("").planFails("Access is not taken away")
			a.expectMails(guest, 1)
			if n := a.CountRequests("DELETE " + invitations + "/*"); n != 0 {
				t.Errorf("%d invitations were cancelled", n)
			}
		})
	}
}

// TestImportByIdentity: the identity is the application and the id, and that of another application is refused.
func TestImportByIdentity(t *testing.T) {
	for _, c := range []struct {
		application string
		want        string
	}{
		{"appId_11111111-2222-3333-4444-555555555555", ""},
		{"appId_99999999-2222-3333-4444-555555555555", "An invitation of another application"},
	} {
		a := startApplication(t, "")
		a.configure(invitation("release.manager@example.com", `{ PRODUCTION = ["USER"] }`, "") + fmt.Sprintf(
			"import {\n  to = ignisign_application_invitation.one\n  identity = {\n    application_id = %q\n"+
				"    id = \"65a0c0ffee00000000000001\"\n  }\n}\n", c.application))
		if c.want != "" {
			a.planFails(c.want)
			continue
		}
		a.apply()
		a.is("status", "ACCEPTED")
	}
}

// TestNoSecrets: neither keys nor the secrets of the context are in the state or in what is said.
func TestNoSecrets(t *testing.T) {
	secrets := append(mock.DemoSeed().Secrets(), "MockOnly")
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	said := a.apply().Said
	testkit.Must(t, a.Decline(guest))
	said += a.Plan(testkit.Options{}).Said
	a.configure(invitation(guest, twoRoles, ""))
	said += fmt.Sprint(a.Plan(testkit.Options{}))
	all := said + fmt.Sprintf("%+v", a.Objects())
	for _, secret := range secrets {
		if strings.Contains(all, secret) {
			t.Errorf("%q is told", secret)
		}
	}
	if a.CountRequests("GET /v4/applications/{appId}/context") == 0 {
		t.Error("the context was not read")
	}
}
