package provider_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A combination is one fault of one route, and what has to come of it.
type combination struct {
	name  string
	route string
	class class
	fault func(*organization) mock.Fault
	// succeeds is true if the apply must get over it, and fails if it cannot.
	succeeds, fails bool
	// says is what the apply must say if it fails.
	says []string
	// costs changes what the organization is to be in the end, where the fault
	// itself destroys something for good.
	costs func(outcome)
	// mails are those that may be sent more than once.
	mails []string
}

// combinations are those of each route with each fault that can befall it: a read
// once while it is planned, and once while it is applied, where it is read then.
func (b *base) combinations(t *testing.T) []combination {
	t.Helper()
	var all []combination
	for class, routes := range b.routes {
		for _, route := range routes {
			if b.applied[route] == 0 {
				t.Errorf("the %s does not send %s", b.name, route)
			}
			for _, c := range testkit.FaultCases() {
				all = append(all, b.combine(class, route, c)...)
			}
		}
	}
	if b.name == mainJobName {
		all = append(all, specialFaults()...)
	}
	slices.SortFunc(all, func(x, y combination) int { return cmp.Compare(x.name, y.name) })
	return all
}

func (b *base) combine(class class, route string, c testkit.FaultCase) []combination {
	made := combination{name: fmt.Sprintf("%s: %s: %s", b.name, route, c.Name), route: route, class: class, fault: injectedOn(c, route, 0)}
	switch {
	case class == reads:
		return b.combineRead(made, c)
	case c.OnlyBodies && (class == states || route == reinviteRoute):
		return nil // The answer has no body.
	case class == states:
		// What is refused once may pass when the changes of a merged edit are made alone.
		made.succeeds, made.fails = c.Overcome, refuses(c) && c.Always
	default:
		b.combineAct(&made, c)
	}
	if class != states || c.Always { // As above.
		made.says = append(made.says, words(class, c)...)
	}
	return []combination{made}
}

func (b *base) combineRead(made combination, c testkit.FaultCase) []combination {
	if c.Name == "cut after acting" {
		return nil // A read does nothing, so a cut is the same before and after.
	}
	made.succeeds = c.Overcome
	switch made.route {
	case "GET /CIUsers/Me": // Whoever is no CI user is looked for among the others.
	case "GET /swagger/v1/swagger.json": // Where there is no document, names are assumed.
	default:
		made.says = words(reads, c)
	}
	var all []combination
	if after := b.planned[made.route]; b.applied[made.route] > after {
		inApply := made
		inApply.fault = injectedOn(c, made.route, after)
		all = append(all, inApply)
	}
	// What is read for the plan goes wrong in fewer ways, as nothing was written yet.
	if b.planned[made.route] > 0 && !c.Overcome {
		made.name = strings.Replace(made.name, ": "+c.Name, " in the plan: "+c.Name, 1)
		all = append(all, made)
	}
	return all
}

// combineAct is for a request that is never sent twice: the apply gets over it only
// if nothing was done for certain, or if it finds what was created.
func (b *base) combineAct(made *combination, c testkit.FaultCase) {
	switch {
	case c.CertainlyNotActed():
		made.succeeds = true
	case made.route == regenerateRoute && (c.Acts || c.Overcome):
		made.says = []string{"API token may be lost"}
	case made.route == reinviteRoute && c.Acts:
		// Nobody can tell whether the mail was sent: the user who applies again,
		// after the error, wants it to be sent.
		made.mails = []string{"auditor"}
	case c.Acts:
		made.succeeds = true
	default:
		made.fails = refuses(c)
	}
}

// refuses tells whether the server says that it did nothing. To a page with status
// 200 nobody listens who reads the object again.
func refuses(c testkit.FaultCase) bool {
	return !c.Overcome && !c.Acts && c.Status >= http.StatusBadRequest
}

func injectedOn(c testkit.FaultCase, route string, after int) func(*organization) mock.Fault {
	return func(*organization) mock.Fault { return injected(c, route, after) }
}

// words are what an error says of a fault, where that does not depend on the route.
func words(class class, c testkit.FaultCase) []string {
	switch {
	case c.Status == http.StatusUnauthorized:
		return []string{"SignPath refused the API token", testkit.FaultReason}
	case class == reads && c.Status == http.StatusInternalServerError, class == states && c.Status == http.StatusInternalServerError:
		return []string{"SignPath failed", "500 Internal Server Error", testkit.FaultReason}
	case class == states && c.Status == http.StatusForbidden:
		return []string{"Not allowed by SignPath", testkit.FaultReason}
	case class == states && c.Status == http.StatusNotFound:
		return []string{"Not found by SignPath", testkit.FaultReason}
	case class == reads && c.Name == "HTML for the answer":
		return []string{"Unexpected answer from SignPath", "cannot be used", "a web page", "Check api_url"}
	}
	return nil
}

// TestFaults does each job while each kind of request goes wrong in each way. The
// apply may fail or succeed. In the end, and after one more apply without faults if
// it failed, the organization must hold just what the configuration says and all
// that was there before: nobody twice, no invitation sent twice, no foreign entry
// lost, nothing in the state that is not there, and nothing created that the state
// lacks.
func TestFaults(t *testing.T) {
	for _, j := range jobs() {
		base := j.base(t, tables)
		combinations := base.combinations(t)
		var again atomic.Int32
		t.Cleanup(func() {
			t.Logf("%s: %d combinations; %d needed a second apply", j.name, len(combinations), again.Load())
		})
		for _, c := range combinations {
			t.Run(strings.ReplaceAll(c.name, "/", "."), func(t *testing.T) {
				t.Parallel()
				if base.run(t, c) {
					again.Add(1)
				}
			})
		}
	}
}

// faultsByCLI are one fault for each end that an apply may have: got over, refused, done
// without an answer, done with an answer that is none, and not known.
var faultsByCLI = []string{"429 with seconds", "403 always", "cut after acting", "truncated JSON", "500 once"}

// TestCLIFaults lets a CLI run these faults of the table on one route of each class,
// and so proves the table that runs in process.
func TestCLIFaults(t *testing.T) {
	base := groupsJob.base(t, byCLI) // The smallest.
	seen, done := map[string]bool{}, map[class]string{reads: "GET /UserGroups/{id}", states: "POST /UserGroups/{id}/Edit", acts: "POST /UserGroups"}
	for _, c := range base.combinations(t) {
		isOne := slices.ContainsFunc(faultsByCLI, func(fault string) bool { return strings.HasSuffix(c.name, ": "+fault) })
		if done[c.class] != c.route || !isOne || seen[c.name] {
			continue
		}
		seen[c.name] = true
		t.Run(strings.ReplaceAll(c.name, "/", "."), func(t *testing.T) {
			t.Parallel()
			base.run(t, c)
		})
	}
	if want := len(faultsByCLI)*len(done) - 2; len(seen) != want { // No body, and a read that is cut.
		t.Errorf("%d faults are tried, want %d", len(seen), want)
	}
}

// run does the job with the fault, and tells whether it needed a second apply.
func (b *base) run(t *testing.T, c combination) (again bool) {
	s := b.begin(t)
	before := s.Snapshot()
	s.inject(c.fault(s.organization))
	applied := s.Apply(testkit.Options{})
	c.judge(s, applied)
	s.ClearFaults()

	if applied.Err != nil {
		if sameSeed(before, s.Snapshot()) == nil && b.keeps(s) && s.CountRequests(reinviteRoute, regenerateRoute) == 0 {
			return false // One more apply would be the first.
		}
		s.mustApply()
	}
	want := outcome{cloneSeed(b.after(b.seed))}
	if c.costs != nil {
		c.costs(want)
	}
	s.mustBeDone(*want.Seed)
	s.checkOrphans(b.seed)
	if b.token {
		s.checkToken()
	}
	mails := slices.Clone(b.mails)
	if applied.Err != nil && len(s.Mails()) > len(mails) { // Whoever applies again wants it.
		mails = append(mails, c.mails...)
	}
	s.checkMails(mails...)
	return applied.Err != nil
}

// judge looks at how the first apply ended.
func (c combination) judge(s *site, applied testkit.Result) {
	s.t.Helper()
	failed := applied.Err != nil
	if fired := s.Faults()[0].Fired; fired == 0 {
		s.t.Error("nothing went wrong, so this shows nothing")
	}
	if c.succeeds && failed || c.fails && !failed {
		s.t.Errorf("the apply has to succeed: %t, to fail: %t: %s", c.succeeds, c.fails, applied)
	}
	if len(c.says) > 0 && (!failed || !says(c.says...).MatchString(applied.Said)) {
		s.t.Errorf("the apply does not say %q: %s", c.says, applied)
	}
	for _, never := range []string{"panic", "crashed", "Provider produced", "inconsistent", s.Token} {
		if strings.Contains(applied.Said, never) {
			s.t.Errorf("the apply says %q: %s", never, applied)
		}
	}
}

// specialFaults are those that befall some routes only.
func specialFaults() []combination {
	var all []combination
	for _, route := range []string{"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups", "GET /Projects"} {
		all = append(all, combination{
			name: route + ": stale list", succeeds: true,
			fault: func(*organization) mock.Fault { return mock.Fault{Route: route, Action: mock.FaultStaleList} },
		})
	}
	// The update that also sends an invitation: the rest of it goes wrong.
	all = append(all, combination{
		name: "Edit of user:auditor@example.com, after the invitation: 500",
		fault: func(o *organization) mock.Fault {
			return mock.Fault{
				Route: "POST " + o.pathOf("user:auditor@example.com") + "/Edit", Times: 1, Action: mock.FaultAnswer,
				Status: http.StatusInternalServerError,
			}
		},
		says: []string{"SignPath failed", "auditor@example.com"},
	})
	return slices.Concat(all, droppedProperties(), otherAdministrator())
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
func otherAdministrator() []combination {
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
