package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// The routes that the main job uses.
var (
	mainJobReads = []string{
		"GET /swagger/v1/swagger.json", "GET /CIUsers/Me",
		"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups", "GET /Projects",
		"GET /InteractiveUsers/{id}", "GET /CIUsers/{id}", "GET /UserGroups/{id}",
		"GET /Projects/{project}", "GET /Projects/{project}/SigningPolicies/{policy}",
	}
	// mainJobWrites state the whole result, so that they may be sent again.
	mainJobWrites = []string{
		"POST /InteractiveUsers/{id}/Edit", "POST /InteractiveUsers/{id}/Activate", "POST /InteractiveUsers/{id}/Deactivate",
		"POST /CIUsers/{id}/Edit", "POST /CIUsers/{id}/Activate", "POST /CIUsers/{id}/Deactivate",
		"POST /UserGroups/{id}/Edit", changeMembers, modifyMembers,
		"POST /Projects/{project}/Edit", "POST /Projects/{project}/SigningPolicies/{policy}/Edit",
	}
	// mainJobActs do something each time they are sent.
	mainJobActs = []string{
		"POST /InteractiveUsers", "POST /CIUsers", "POST /UserGroups",
		reinviteRoute, regenerateRoute,
	}
)

const reinviteRoute = "POST /InteractiveUsers/{id}/Reinvite"

// A mishap is something that goes wrong with a request.
type mishap struct {
	fault func() mock.Fault
	// overcome tells whether the provider gets over it by itself, for a read or a
	// write that states the whole result.
	overcome bool
	// acts is true if the request is carried out, and only the answer is lost.
	acts bool
	// bodyOnly is true if it can only befall an answer with a body: that of an
	// edit or a switch has none.
	bodyOnly bool
}

func mishaps() map[string]mishap {
	const reason = `{"title":"Trouble","detail":"A reason."}`
	const page = `<html><body>The proxy says no.</body></html>`
	always := func(fault mock.Fault) func() mock.Fault {
		fault.Times = 1
		return func() mock.Fault { return fault }
	}
	answer := func(status int, body string, headers ...string) mock.Fault {
		fault := mock.Fault{Action: mock.FaultAnswer, Status: status, Body: body, Headers: map[string]string{}}
		for i := 0; i < len(headers); i += 2 {
			fault.Headers[headers[i]] = headers[i+1]
		}
		return fault
	}
	html := []string{"Content-Type", "text/html"}
	afterActing := answer(http.StatusBadGateway, page, html...)
	afterActing.Action = mock.FaultAnswerAfterActing
	return map[string]mishap{
		"403":                   {fault: always(answer(http.StatusForbidden, reason))},
		"404":                   {fault: always(answer(http.StatusNotFound, reason))},
		"500":                   {fault: always(answer(http.StatusInternalServerError, reason))},
		"503 with seconds":      {fault: always(answer(http.StatusServiceUnavailable, reason, "Retry-After", "1")), overcome: true},
		"429 with seconds":      {fault: always(answer(http.StatusTooManyRequests, reason, "Retry-After", "1")), overcome: true},
		"429 with a date":       {fault: inASecond, overcome: true},
		"cut before acting":     {fault: always(mock.Fault{Action: mock.FaultCutBeforeActing}), overcome: true},
		"cut after acting":      {fault: always(mock.Fault{Action: mock.FaultCutAfterActing}), overcome: true, acts: true},
		"cut in the body":       {fault: always(mock.Fault{Action: mock.FaultCutBody}), overcome: true, acts: true, bodyOnly: true},
		"truncated JSON":        {fault: always(mock.Fault{Action: mock.FaultMalformedBody}), acts: true, bodyOnly: true},
		"HTML with status 200":  {fault: always(answer(http.StatusOK, page, html...))},
		"HTML of a proxy's 502": {fault: always(afterActing), overcome: true, acts: true},
		"body of 10 MB":         {fault: always(mock.Fault{Action: mock.FaultMalformedBody, BodyBytes: 10 << 20}), acts: true},
		"delay":                 {fault: always(mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 300}), overcome: true},
	}
}

func inASecond() mock.Fault {
	date := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	return mock.Fault{Action: mock.FaultAnswer, Times: 1, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": date}}
}

// A combination is one fault of one route, and what has to come of it.
type combination struct {
	name  string
	fault func(*organization) mock.Fault
	// succeeds is true if the apply must get over it.
	succeeds bool
	// says is what the apply must say if it fails.
	says []string
	// costs changes what the organization is to be in the end, where the fault
	// itself destroys something for good.
	costs func(outcome)
	// mails are those that may be sent more than once.
	mails []string
}

// TestChaos does the main job while each kind of request goes wrong in each way.
// The apply may fail or succeed. In the end, and after one more apply without
// faults if it failed, the organization must hold just what the configuration
// says and all that was there before: nobody twice, no invitation sent twice, no
// foreign entry lost, nothing in the state that is not there, and nothing created
// that the state lacks.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("what a fault does is the same on every CLI; run without -short")
	}
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	base := cli.newBase(t)
	combinations := append(base.everyMishap(t), base.specialMishaps()...)
	t.Logf("%d combinations of a route and a fault", len(combinations))
	var again atomic.Int32
	t.Cleanup(func() { t.Logf("%d of them needed a second apply", again.Load()) })
	for _, c := range combinations {
		t.Run(strings.ReplaceAll(c.name, "/", "."), func(t *testing.T) {
			t.Parallel()
			if base.run(t, c) {
				again.Add(1)
			}
		})
	}
}

// A base is what the main job starts from: the organization and the state after
// mainJobBegun, to begin with again and again.
type base struct {
	cli   terraformCLI
	seed  mock.Seed
	state []byte
	// planned and applied count the requests of a plan and of an apply by route.
	planned, applied map[string]int
}

// newBase applies mainJobBegun, puts foreign settings onto what it made, and
// counts the requests of the main job.
func (cli terraformCLI) newBase(t *testing.T) *base {
	t.Helper()
	w := cli.startMainJob(t, newOrganization(t, mainJobSeed), "")
	description := "By hand"
	w.org.behindTerraform(func(a *mock.Administrator) error {
		return a.Change("group:Approvers", mock.PrincipalChange{Description: &description})
	})()
	w.mustRun("apply", "-auto-approve") // The state sees it.
	b := &base{cli: cli, seed: w.org.Snapshot(), state: w.read("terraform.tfstate")}
	b.planned = b.count(t, "plan")
	b.applied = b.count(t, "apply", "-auto-approve")
	return b
}

// begin makes a workspace in which the main job is to be done.
func (b *base) begin(t *testing.T) *workspace {
	t.Helper()
	token := tokenOf(mock.DemoSeed(), "terraform")
	w := b.cli.newWorkspaceFor(t, newOrganization(t, func(seed *mock.Seed) {
		*seed = *cloneSeed(b.seed)
		outcome{seed}.ciUser("terraform").Token = token
	}), map[string][]byte{"main.tf": []byte(mainJob), "terraform.tfstate": b.state})
	w.org.token = token
	w.env = append(w.env, "GOGC=off") // The CLI lives for a second only.
	return w
}

func (b *base) count(t *testing.T, arguments ...string) map[string]int {
	t.Helper()
	w := b.begin(t)
	w.mustRun(arguments...)
	counts := map[string]int{}
	for _, request := range w.org.Requests("*", "GET /swagger/*") {
		counts[request.Route]++
	}
	return counts
}

// everyMishap combines each route with each mishap that can befall it: a read
// once while it is planned, and once while it is applied, where it is read then.
func (b *base) everyMishap(t *testing.T) []combination {
	t.Helper()
	var combinations []combination
	for name, m := range mishaps() {
		for _, route := range mainJobReads {
			if b.applied[route] == 0 {
				t.Errorf("the main job does not send %s", route)
			}
			// A read does nothing, so a cut is the same before and after; what is read
			// for the plan goes wrong in fewer ways, as nothing was written yet.
			if name == "cut after acting" {
				continue
			}
			if b.planned[route] > 0 && !m.overcome {
				combinations = append(combinations, m.read(route+" in the plan: "+name, route, 0))
			}
			if b.applied[route] > b.planned[route] {
				combinations = append(combinations, m.read(route+": "+name, route, b.planned[route]))
			}
		}
		for _, route := range mainJobWrites {
			if b.applied[route] == 0 {
				t.Errorf("the main job does not send %s", route)
			}
			if !m.bodyOnly {
				combinations = append(combinations, combination{name: route + ": " + name, fault: m.on(route, 0), succeeds: m.overcome})
			}
		}
		for _, route := range mainJobActs {
			if b.applied[route] == 0 {
				t.Errorf("the main job does not send %s", route)
			}
			if !m.bodyOnly || route != reinviteRoute {
				combinations = append(combinations, m.act(name, route))
			}
		}
	}
	return combinations
}

func (m mishap) on(route string, after int) func(*organization) mock.Fault {
	return func(*organization) mock.Fault {
		fault := m.fault()
		fault.Route, fault.After = route, after
		return fault
	}
}

func (m mishap) read(name, route string, after int) combination {
	return combination{name: name, fault: m.on(route, after), succeeds: m.overcome}
}

// act is a request that is never sent twice: the apply gets over it only if
// nothing was done for certain, or if it finds what was created.
func (m mishap) act(name, route string) combination {
	c := combination{name: route + ": " + name, fault: m.on(route, 0)}
	switch {
	case strings.HasPrefix(name, "429"), name == "delay":
		c.succeeds = true
	case route == regenerateRoute && (m.acts || m.overcome):
		c.says = []string{"API token may be lost"}
	case route == reinviteRoute && m.acts:
		// Nobody can tell whether the mail was sent: the user who applies again,
		// after the error, wants it to be sent.
		c.mails = []string{"auditor"}
	case m.acts:
		c.succeeds = true
	}
	return c
}

// run does the main job with the fault, and tells whether it needed a second
// apply.
func (b *base) run(t *testing.T, c combination) (again bool) {
	w := b.begin(t)
	before := w.org.Snapshot()
	w.org.inject(c.fault(w.org))
	said, code := w.run("apply", "-auto-approve")
	c.judge(w, said, code)
	w.org.ClearFaults()

	if code != 0 {
		if w.isAsBefore(before, b.state) {
			return false // One more apply would be the first.
		}
		w.mustRun("apply", "-auto-approve")
	}
	want := outcome{cloneSeed(afterMainJob(b.seed))}
	if c.costs != nil {
		c.costs(want)
	}
	w.mustBeDone(*want.Seed)
	w.checkOrphans(b.seed)
	w.checkToken()
	w.checkInvitations(c.mails)
	return code != 0
}

// judge looks at how the first apply ended.
func (c combination) judge(w *workspace, said string, code int) {
	w.t.Helper()
	if fired := w.org.Faults()[0].Fired; fired == 0 {
		w.t.Error("nothing went wrong, so this shows nothing")
	}
	if c.succeeds && code != 0 {
		w.t.Errorf("the apply fails:\n%s", said)
	}
	if len(c.says) > 0 && (code == 0 || !says(c.says...).MatchString(said)) {
		w.t.Errorf("the apply ends with %d, and does not say %q:\n%s", code, c.says, said)
	}
	for _, never := range []string{"panic", "crashed", "Provider produced", "inconsistent", w.org.token} {
		if strings.Contains(said, never) {
			w.t.Errorf("the apply says %q:\n%s", never, said)
		}
	}
}

// isAsBefore tells whether neither the organization nor the state was changed.
func (w *workspace) isAsBefore(seed mock.Seed, state []byte) bool {
	return sameSeed(seed, w.org.Snapshot()) == nil && string(w.read("terraform.tfstate")) == string(state) &&
		w.org.CountRequests(reinviteRoute, regenerateRoute) == 0
}

func (w *workspace) checkInvitations(extra []string) {
	w.t.Helper()
	want := []string{"auditor", "newcomer"}
	if len(w.org.Mails()) > len(want) {
		want = append(want, extra...)
	}
	w.checkMails(want...)
}

// specialMishaps are those that befall some routes only.
func (b *base) specialMishaps() []combination {
	var combinations []combination
	for _, route := range []string{"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups", "GET /Projects"} {
		combinations = append(combinations, combination{
			name: route + ": stale list", succeeds: true,
			fault: func(*organization) mock.Fault { return mock.Fault{Route: route, Action: mock.FaultStaleList} },
		})
	}
	// The update that also sends an invitation: the rest of it goes wrong.
	combinations = append(combinations, combination{
		name: "Edit of user:auditor@example.com, after the invitation: 500",
		fault: func(o *organization) mock.Fault {
			return mock.Fault{Route: "POST " + o.pathOf("user:auditor@example.com") + "/Edit", Times: 1, Action: mock.FaultAnswer, Status: http.StatusInternalServerError}
		},
		says: []string{"SignPath failed", "auditor@example.com"},
	})
	return slices.Concat(combinations, droppedProperties(), b.otherAdministrator())
}

// droppedProperties lets an edit lose a property that Terraform does not manage.
// Nothing brings it back, but the first apply fails and names it.
func droppedProperties() []combination {
	dropped := func(owner, property string, costs func(outcome)) combination {
		return combination{
			name: fmt.Sprintf("Edit of %s: %s dropped", owner, property),
			fault: func(o *organization) mock.Fault {
				return mock.Fault{Route: "POST " + o.pathOf(owner) + "/Edit", Action: mock.FaultDropProperties, Properties: []string{property}}
			},
			says: []string{"SignPath lost settings in an edit", property}, costs: costs,
		}
	}
	return []combination{
		dropped("user:qa.lead@example.com", "identity", func(o outcome) { o.user("qa.lead@example.com").Identity = "" }),
		dropped("ci_user:foreign-build", "notificationEmailAddress", func(o outcome) { o.ciUser("foreign-build").NotificationEmail = "" }),
		dropped("group:Approvers", "description", func(o outcome) { o.group("Release Approvers").Description = "" }),
		dropped("project:project-b", "repositoryUrls", func(o outcome) { o.project("project-b").RepositoryURLs = nil }),
		dropped("policy:project-b/release-signing", "pipelinePolicies", func(o outcome) {
			delete(o.policy("project-b", "release-signing").Properties, "pipelinePolicies")
		}),
	}
}

// pathOf is the path of an object below the organization.
func (o *organization) pathOf(reference string) string {
	o.t.Helper()
	kind, key, _ := strings.Cut(reference, ":")
	if kind == "project" || kind == "policy" {
		return "/Projects/" + strings.Replace(key, "/", "/SigningPolicies/", 1)
	}
	id, err := o.ID(reference)
	must(o.t, err)
	return "/" + map[string]string{"user": "InteractiveUsers", "ci_user": "CIUsers", "group": "UserGroups"}[kind] + "/" + id
}

// otherAdministrator adds somebody to a list that the main job changes: right
// before the provider reads it for its change, and between that and the write. In
// the latter case an edit, which takes the whole object, overwrites the entry, as
// the documentation of every list resource says; nothing but that entry may be
// lost. Where members are added and removed by name, not even that.
func (b *base) otherAdministrator() []combination {
	var combinations []combination
	for _, l := range []struct {
		owner, list, write string
		// survives is true if the entry is not overwritten between read and write.
		survives bool
		entries  func(outcome) *[]string
	}{
		{"project:project-b", "configurators", "/Edit", false, func(o outcome) *[]string { return &o.project("project-b").Configurators }},
		{"policy:project-b/release-signing", "approvers", "/Edit", false, func(o outcome) *[]string { return &o.policy("project-b", "release-signing").Approvers }},
		{"group:Release Managers", "members", "/ModifyMembers", true, func(o outcome) *[]string { return &o.group("Release Managers").Members }},
	} {
		intrusion := func(name, method string, overwritten bool) combination {
			c := combination{name: fmt.Sprintf("%s of %s: %s", l.list, l.owner, name), succeeds: true}
			c.fault = func(o *organization) mock.Fault { return o.intruder(method, l.owner, l.list, l.write) }
			if !overwritten {
				c.costs = func(want outcome) { *l.entries(want) = append(*l.entries(want), officer) }
			}
			return c
		}
		combinations = append(combinations,
			intrusion("another administrator adds somebody before the read", "GET", false),
			intrusion("another administrator adds somebody before the write", "POST", !l.survives))
	}
	return combinations
}

// intruder is an administrator who adds an entry to a list when it is read for
// the first time after writes began, or when it is written.
func (o *organization) intruder(method, owner, list, write string) mock.Fault {
	var added atomic.Bool
	route := "GET " + o.pathOf(owner)
	if method == "POST" {
		route = "POST " + o.pathOf(owner) + write
	}
	return mock.Fault{Route: route, Before: func() {
		if o.CountRequests("POST *") > 0 && added.CompareAndSwap(false, true) {
			must(o.t, o.Administrator("user:org.admin@example.com").AddMembers(owner, list, officer))
		}
	}}
}
