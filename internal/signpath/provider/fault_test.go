package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// everything uses each remote call that the resources make.
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

// calls are the routes that everything uses.
var calls = []string{
	"GET /InteractiveUsers",
	"GET /InteractiveUsers/{id}",
	"POST /InteractiveUsers",
	"POST /InteractiveUsers/{id}/Edit",
	"POST /InteractiveUsers/{id}/Deactivate",
	"GET /CIUsers",
	"GET /CIUsers/{id}",
	"POST /CIUsers",
	"POST /CIUsers/{id}/Edit",
	"POST /CIUsers/{id}/Deactivate",
	"GET /UserGroups",
	"GET /Projects/{project}",
	"POST /Projects/{project}/Edit",
	"GET /Projects/{project}/SigningPolicies/{policy}",
	"POST /Projects/{project}/SigningPolicies/{policy}/Edit",
}

// A trouble is something that goes wrong with a call, and what the error says;
// nothing where the provider gets over it.
type trouble struct {
	fault mock.Fault
	// read, write and create are what the error says for a call that reads, one
	// that states the whole result, and one that acts each time it is sent.
	read, write, create []string
}

func troubles() map[string]trouble {
	answer := func(status int, times int, headers map[string]string) mock.Fault {
		return mock.Fault{Action: mock.FaultAnswer, Status: status, Times: times, Headers: headers, Body: `{"title":"Trouble","detail":"A reason."}`}
	}
	same := func(fault mock.Fault, phrases ...string) trouble { return trouble{fault, phrases, phrases, phrases} }
	cut := func(action mock.FaultAction) mock.Fault { return mock.Fault{Action: action, Times: 1} }
	inASecond := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	failed := []string{"SignPath failed", "500 Internal Server Error", "A reason."}
	unknown := []string{"Unknown outcome of a create", "may or may not have created"}
	return map[string]trouble{
		"401":               same(answer(401, 0, nil), "SignPath refused the API token", "A reason."),
		"403":               same(answer(403, 0, nil), "Not allowed by SignPath", "A reason."),
		"404":               same(answer(404, 0, nil), "Not found by SignPath", "A reason."),
		"429 with seconds":  same(answer(429, 1, map[string]string{"Retry-After": "1"})),
		"429 with date":     same(answer(429, 1, map[string]string{"Retry-After": inASecond})),
		"500 once":          {answer(500, 1, nil), failed, failed, unknown},
		"500 always":        {answer(500, 0, nil), failed, failed, unknown},
		"503 once":          {answer(503, 1, nil), nil, nil, unknown},
		"cut before acting": {cut(mock.FaultCutBeforeActing), nil, nil, unknown},
		"cut after acting":  same(cut(mock.FaultCutAfterActing)),
		"cut in the body":   same(cut(mock.FaultCutBody)),
		"malformed body":    {mock.Fault{Action: mock.FaultMalformedBody, Body: `<html>proxy</html>`}, []string{"Unexpected answer from SignPath", "cannot be used", "a web page", "Check api_url"}, nil, nil},
	}
}

func (t trouble) outcome(call string) []string {
	switch {
	case strings.HasPrefix(call, "GET "):
		return t.read
	case strings.HasSuffix(call, "Users"), strings.HasSuffix(call, "UserGroups"):
		return t.create
	}
	return t.write
}

// A faultTable lets each call go wrong in each way while a configuration is
// applied. What the provider cannot get over is an error that says so. In any
// case, one more apply without faults must end with exactly what the
// configuration says, and with everything that was there before.
type faultTable struct {
	calls []string
	// before is applied first, if it is set, without faults.
	before, config string
	// check looks at the organization after the last apply; seed is how it began.
	check func(org *organization, seed mock.Seed) resource.TestCheckFunc
}

func (f faultTable) run(t *testing.T) {
	if testing.Short() {
		t.Skip("what a fault does is the same on every CLI; run without -short")
	}
	all := troubles()
	for _, call := range f.calls {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			t.Run(strings.ReplaceAll(call, "/", ".")+" "+name, func(t *testing.T) { f.runOne(t, call, all[name]) })
		}
	}
}

func (f faultTable) runOne(t *testing.T, call string, trouble trouble) {
	org := newOrganization(t)
	seed := org.Snapshot()
	trouble.fault.Route = call
	var steps []resource.TestStep
	if f.before != "" {
		steps = append(steps, resource.TestStep{Config: org.config(f.before)})
	}
	faulty := resource.TestStep{Config: org.config(f.config), PreConfig: func() { org.inject(trouble.fault) }}
	if phrases := trouble.outcome(call); phrases != nil {
		faulty.ExpectError = says(phrases...)
	}
	org.run(nil, append(steps, faulty, resource.TestStep{
		PreConfig: org.ClearFaults,
		Config:    org.config(f.config),
		Check:     f.check(org, seed),
	})...)
}

// TestFaults creates users, and gives them rights: each user must be there once
// in the end, and each invitation be sent once.
func TestFaults(t *testing.T) {
	faultTable{calls: calls, config: everything, check: (*organization).isEverything}.run(t)
}

// isEverything checks that the organization is what it was before, with
// everything added.
func (o *organization) isEverything(before mock.Seed) resource.TestCheckFunc {
	return func(*terraform.State) error {
		after := o.Snapshot()
		var got []string
		after.InteractiveUsers = slices.DeleteFunc(after.InteractiveUsers, func(user mock.InteractiveUserSeed) bool {
			if user.Email != "new.approver@example.com" {
				return false
			}
			got = append(got, fmt.Sprintf("user %s inactive=%t", user.Role, user.Inactive))
			return true
		})
		after.CIUsers = slices.DeleteFunc(after.CIUsers, func(user mock.CIUserSeed) bool {
			if user.Name != "build" {
				return false
			}
			got = append(got, fmt.Sprintf("CI user %s inactive=%t", user.Role, user.Inactive))
			return true
		})
		got = append(got, fmt.Sprintf("%d invitations", len(o.Mails())))
		readers, approvers := &after.Projects[0].Readers, &after.Projects[1].SigningPolicies[1].Approvers
		if after.Projects[1].SigningPolicies[1].Slug != "release-signing" {
			approvers = &after.Projects[1].SigningPolicies[0].Approvers
		}
		got = append(got, fmt.Sprintf("readers %v, approvers %v", *readers, *approvers))
		*readers, *approvers = nil, nil
		want := []string{
			"user GlobalReader inactive=true", "CI user GlobalReader inactive=true", "1 invitations",
			"readers [user:qa.lead@example.com], approvers [user:qa.lead@example.com]",
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("the organization has %q, want %q", got, want)
		}
		return sameSeed(before, after)
	}
}
