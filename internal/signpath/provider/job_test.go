package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A class says what may be done with a request of which the outcome is not known.
type class int

const (
	reads  class = iota
	states       // A write that states the whole result.
	acts         // A request that does something each time it is sent.
)

// A job is a configuration that is applied while requests go wrong.
type job struct {
	name string
	// seed is put into the organization before; begun is applied without faults.
	seed          func(*mock.Seed)
	begun, config string
	// routes are those that the configuration uses.
	routes map[class][]string
	// after is what the job makes of the organization.
	after func(mock.Seed) mock.Seed
	// mails are those who are invited by it.
	mails []string
	// token is true if the job generates one.
	token bool
	// byHand is who is given a description behind Terraform's back.
	byHand string
}

const (
	reinviteRoute = "POST /InteractiveUsers/{id}/Reinvite"
	mainJobName   = "main job"
)

// jobs use every route of the resources: as updates and creates, as what follows a
// create, and for groups.
func jobs() []job {
	return []job{
		{
			name: mainJobName, seed: mainJobSeed, begun: mainJobBegun, config: mainJob, after: afterMainJob, mails: []string{"auditor", "newcomer"}, token: true,
			byHand: "group:Approvers",
		},
		// Its halves, each with its routes: together they use those of the whole, and each
		// costs half of it.
		{
			name: "accounts", seed: mainJobSeed, begun: accountsJobBegun, config: accountsJob, after: afterAccounts, mails: []string{"auditor", "newcomer"}, token: true,
			routes: map[class][]string{
				// The other jobs have the other reads, and cost less.
				reads: {"GET /swagger/v1/swagger.json", "GET /CIUsers/Me"},
				states: {
					"POST /InteractiveUsers/{id}/Edit", "POST /InteractiveUsers/{id}/Activate", "POST /InteractiveUsers/{id}/Deactivate",
					"POST /CIUsers/{id}/Edit", "POST /CIUsers/{id}/Activate", "POST /CIUsers/{id}/Deactivate",
				},
				acts: {"POST /InteractiveUsers", "POST /CIUsers", reinviteRoute, regenerateRoute},
			},
		},
		{
			name: "access", seed: accessSeed, begun: alone(accessJobBegun), config: alone(accessJob), after: afterAccess, byHand: "group:Approvers",
			routes: map[class][]string{
				reads: {"GET /Projects", "GET /Projects/{project}/SigningPolicies/{policy}"},
				states: {
					"POST /UserGroups/{id}/Edit", changeMembers, modifyMembers,
					"POST /Projects/{project}/Edit", "POST /Projects/{project}/SigningPolicies/{policy}/Edit",
				},
				acts: {"POST /UserGroups"},
			},
		},
		{
			name: "creates that go on", config: everything, after: afterEverything, mails: []string{"new.approver"},
			routes: map[class][]string{
				reads: {
					"GET /InteractiveUsers", "GET /InteractiveUsers/{id}", "GET /CIUsers", "GET /CIUsers/{id}", "GET /UserGroups",
					"GET /Projects/{project}", "GET /Projects/{project}/SigningPolicies/{policy}",
				},
				states: {
					"POST /InteractiveUsers/{id}/Edit", "POST /InteractiveUsers/{id}/Deactivate", "POST /CIUsers/{id}/Edit", "POST /CIUsers/{id}/Deactivate",
					"POST /Projects/{project}/Edit", "POST /Projects/{project}/SigningPolicies/{policy}/Edit",
				},
				acts: {"POST /InteractiveUsers", "POST /CIUsers"},
			},
		},
		groupsJob,
	}
}

var groupsJob = job{
	name: "groups", begun: groupsBefore, config: groupsAfter, after: afterGroups,
	routes: map[class][]string{
		reads:  {"GET /UserGroups", "GET /UserGroups/{id}"},
		states: {"POST /UserGroups/{id}/Edit", changeMembers, modifyMembers},
		acts:   {"POST /UserGroups"},
	},
}

// everything creates users who are inactive, so that more follows the create, and
// gives them rights.
const everything = `
resource "signpath_user" "this" {
  name   = "New Approver"
  email  = "new.approver@example.com"
  active = false
}
resource "signpath_ci_user" "this" {
  name   = "build"
  active = false
}
resource "signpath_role_assignment" "user" {
  member = signpath_user.this.member
  role   = "GlobalReader"
}
resource "signpath_role_assignment" "ci_user" {
  member = signpath_ci_user.this.member
  role   = "GlobalReader"
}
resource "signpath_project_readers" "this" {
  project = "project-a"
  members = ["user:qa.lead@example.com"]
}
resource "signpath_signing_policy_approver" "this" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:qa.lead@example.com"
}`

func afterEverything(before mock.Seed) mock.Seed {
	o := outcome{cloneSeed(before)}
	o.InteractiveUsers = append(o.InteractiveUsers, mock.InteractiveUserSeed{
		Name: "New Approver", Email: "new.approver@example.com", Role: mock.RoleGlobalReader, Inactive: true,
	})
	o.CIUsers = append(o.CIUsers, mock.CIUserSeed{Name: "build", Role: mock.RoleGlobalReader, Inactive: true})
	o.project("project-a").Readers = []string{"user:qa.lead@example.com"}
	o.policy("project-b", "release-signing").Approvers = []string{"user:qa.lead@example.com"}
	return *o.Seed
}

// groupsBefore is what the job with groups starts from, and groupsAfter what it
// makes of it.
var (
	groupsBefore = groupHCL("a", "A") + membersHCL("a", refA, `"user:dev.lead@example.com"`)
	groupsAfter  = groupHCL("a", "Renamed") + membersHCL("a", refA, `"user:qa.lead@example.com"`, refB) +
		groupHCL("b", "New") + memberHCL("b", refB, `"user:outsider@example.com"`)
)

func afterGroups(before mock.Seed) mock.Seed {
	o := outcome{cloneSeed(before)}
	a := o.group("A")
	a.Name, a.Members = "Renamed", []string{"group:New", "user:qa.lead@example.com"}
	o.UserGroups = append(o.UserGroups, mock.UserGroupSeed{Name: "New", Members: []string{"user:outsider@example.com"}})
	return *o.Seed
}

// A base is what a job starts from: the organization and the state after what is
// applied first, to begin with again and again.
type base struct {
	job
	on    bench
	seed  mock.Seed
	state any
	// planned and applied count the requests of a plan and of an apply by route.
	planned, applied map[string]int
}

// newBase is the base of the main job.
func newBase(t *testing.T, on bench) *base {
	t.Helper()
	return jobs()[0].base(t, on)
}

// base applies what comes first, puts foreign settings onto what it made, and
// counts the requests of the job.
func (j job) base(t *testing.T, on bench) *base {
	t.Helper()
	org := newOrganization(t)
	if j.seed != nil {
		org = newOrganization(t, j.seed)
	}
	s := org.site(on, j.begun)
	if j.begun != "" {
		s.mustApply()
	}
	if j.byHand != "" {
		description := "By hand"
		org.behindTerraform(func(a *mock.Administrator) error {
			return a.Change(j.byHand, mock.PrincipalChange{Description: &description})
		})()
		s.mustApply() // The state sees it.
	}
	b := &base{job: j, on: on, seed: org.Snapshot(), state: s.Keep()}
	count := func(run func(*site)) map[string]int {
		s := b.begin(t)
		run(s)
		counts := map[string]int{}
		for _, request := range s.Requests("*", "GET /swagger/*") {
			counts[request.Route]++
		}
		return counts
	}
	b.planned = count(func(s *site) { s.mustPlan() })
	b.applied = count(func(s *site) { s.mustApply() })
	return b
}

// begin makes a site in which the job is to be done.
func (b *base) begin(t *testing.T) *site {
	t.Helper()
	token := signpathtest.TokenOf(mock.DemoSeed(), "terraform")
	org := newOrganization(t, func(seed *mock.Seed) {
		*seed = *cloneSeed(b.seed)
		outcome{seed}.ciUser("terraform").Token = token
	})
	org.Token = token
	s := org.site(b.on, b.config)
	if b.begun != "" {
		s.Begin(b.state)
	}
	return s
}

// keeps tells whether the state of the site is the one that it began with.
func (b *base) keeps(s *site) bool {
	if b.begun == "" {
		return len(s.Objects()) == 0
	}
	if now, ok := s.Keep().(*testkit.State); ok {
		return now.Equal(b.state.(*testkit.State))
	}
	return s.Keep() == b.state
}
