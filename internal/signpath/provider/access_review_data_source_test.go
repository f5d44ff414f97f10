package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const releasePolicyOfB = "project-b/release-signing"

// reviewSeed lets the development lead approve the releases of project B by a group in
// a group, and submit to them. The approval process of project A has nobody, and somebody who submits.
func reviewSeed(seed *mock.Seed) {
	teams("Inner: "+lead, "Outer: Inner "+officer)(seed)
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Newcomer", Email: "newcomer@example.com"})
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"})
	seed.Projects[0].SigningPolicies[1].Submitters = []string{"ci_user:build"}
	b := &seed.Projects[1]
	b.Readers = []string{"user:newcomer@example.com"}
	release := &b.SigningPolicies[1]
	release.Submitters, release.Approvers = []string{lead, "ci_user:build"}, []string{"group:Outer", manager}
}

// accessReview reviews with the arguments, and puts into outputs what a check block
// would look at: entries as text, and the rules of the findings.
func accessReview(arguments string) string {
	return `
data "signpath_access_review" "this" {
` + arguments + `
}
output "entries" {
  value = [for e in data.signpath_access_review.this.entries :
    join(" ", [
      e.member, e.in_force ? "can" : "cannot", e.permission, join("/", compact([e.project, e.signing_policy])),
      e.status == null ? "" : e.status, join(" + ", e.reasons[*].sentence),
    ])]
}
output "rules" {
  value = [for f in data.signpath_access_review.this.findings : join(" ", concat([f.severity, f.rule], f.principals, f.places))]
}
output "gaps" {
  value = data.signpath_access_review.this.gaps
}
`
}

// outputIs expects a list of texts.
func outputIs(name string, want ...string) statecheck.StateCheck {
	checks := []knownvalue.Check{}
	for _, line := range want {
		checks = append(checks, text(line))
	}
	return statecheck.ExpectKnownOutputValue(name, knownvalue.ListExact(checks))
}

func TestAccessReviewFilters(t *testing.T) {
	const (
		denied    = "deny approval-quorum project-a/release-signing"
		ownReview = "warn submit-and-approve " + lead + " " + releasePolicyOfB
		terraform = "warn ci-user-administrator ci_user:terraform"
		invited   = "warn invited-entry user:newcomer@example.com project-b"
	)
	approvers := []string{
		lead + " can approve project-b/release-signing active approver of project-b/release-signing, through group:Outer > group:Inner",
		manager + " can approve project-b/release-signing active approver of project-b/release-signing, directly",
		officer + " can approve project-b/release-signing active approver of project-b/release-signing, through group:Outer",
	}
	submitter := lead + " can submit project-b/release-signing active submitter of project-b/release-signing, directly"
	for name, c := range map[string]struct {
		arguments      string
		entries, rules []string
	}{
		"none but a permission": {`permission = "approve"`, approvers, []string{denied, ownReview, terraform, invited}},
		"a policy and a permission": {
			"project = \"project-b\"\nsigning_policy = \"release-signing\"\npermission = \"submit\"",
			[]string{"ci_user:build can submit project-b/release-signing active submitter of project-b/release-signing, directly", submitter},
			[]string{ownReview},
		},
		"a project and a permission": {"project = \"project-a\"\npermission = \"approve\"", nil, []string{denied}},
		"a person": {
			"permission = \"read-artifacts\"\nprincipal = \"user:Newcomer@example.com\"",
			[]string{
				"user:newcomer@example.com cannot read-artifacts project-b invited reader of project-b, directly",
				"user:newcomer@example.com cannot read-artifacts project-b/release-signing invited reader of project-b, directly",
				"user:newcomer@example.com cannot read-artifacts project-b/test-signing invited reader of project-b, directly",
			},
			[]string{invited},
		},
		"a group in a group": {"permission = \"approve\"\nprincipal = \"group:Inner\"", approvers[:1], []string{ownReview}},
		"an entry of nobody": {`principal = "unknown:11111111-1111-4111-8111-111111111111"`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, reviewSeed)
			org.run(nil, resource.TestStep{
				Config:            org.config(accessReview(c.arguments)),
				ConfigStateChecks: []statecheck.StateCheck{outputIs("entries", c.entries...), outputIs("rules", c.rules...), outputIs("gaps")},
			})
		})
	}
}

// TestAccessReviewTellsEverything looks at every attribute of an entry by a role, of
// one through groups, and of a finding.
func TestAccessReviewTellsEverything(t *testing.T) {
	org := newOrganization(t, reviewSeed)
	list := func(texts ...string) knownvalue.Check {
		checks := []knownvalue.Check{}
		for _, value := range texts {
			checks = append(checks, text(value))
		}
		return knownvalue.ListExact(checks)
	}
	object, null := knownvalue.ObjectExact, knownvalue.Null()
	expect := func(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.signpath_access_review.this", path, check)
	}
	org.run(nil, resource.TestStep{
		Config: org.config("data \"signpath_access_review\" \"this\" {}"),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(tfjsonpath.New("entries").AtSliceIndex(1), object(map[string]knownvalue.Check{
				"member": text("user:org.admin@example.com"), "permission": text("read-artifacts"), "project": null, "signing_policy": null,
				"status": text("active"), "in_force": knownvalue.Bool(true),
				"reasons": knownvalue.ListExact([]knownvalue.Check{object(map[string]knownvalue.Check{
					"sentence": text("Global Administrator"), "role": text("GlobalAdministrator"), "list": null, "project": null, "signing_policy": null, "groups": list(),
				})}),
			})),
			expect(tfjsonpath.New("findings").AtSliceIndex(1), object(map[string]knownvalue.Check{
				"rule": text("submit-and-approve"), "severity": text("warn"), "fingerprint": knownvalue.NotNull(),
				"sentence":   text(lead + " can both submit to and approve " + releasePolicyOfB + "."),
				"reasons":    list("submitter of "+releasePolicyOfB+", directly", "approver of "+releasePolicyOfB+", through group:Outer > group:Inner"),
				"advice":     text("Take the principal off one of the two lists, or out of the group that leads there."),
				"principals": list(lead), "places": list(releasePolicyOfB),
			})),
			expect(tfjsonpath.New("excepted_findings"), list()),
		},
	}, resource.TestStep{
		Config: org.config("data \"signpath_access_review\" \"this\" {\n  permission = \"approve\"\n  principal = \"group:Inner\"\n}"),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(tfjsonpath.New("entries"), knownvalue.ListExact([]knownvalue.Check{object(map[string]knownvalue.Check{
				"member": text(lead), "permission": text("approve"), "project": text("project-b"), "signing_policy": text("release-signing"),
				"status": text("active"), "in_force": knownvalue.Bool(true),
				"reasons": knownvalue.ListExact([]knownvalue.Check{object(map[string]knownvalue.Check{
					"sentence": text("approver of " + releasePolicyOfB + ", through group:Outer > group:Inner"), "role": null, "list": text("approvers"),
					"project": text("project-b"), "signing_policy": text("release-signing"), "groups": list("group:Outer", "group:Inner"),
				})}),
			})})),
		},
	})
}

func TestAccessReviewRefusesWhatIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		arguments string
		want      []string
	}{
		"a project":                   {`project = "project-x"`, []string{"Unknown object", `project = "project-x"`, "there is project-a, project-b"}},
		"a policy of another project": {"project = \"project-x\"\nsigning_policy = \"release-signing\"", []string{"Unknown object", `project = "project-x"`}},
		"a policy": {
			"project = \"project-a\"\nsigning_policy = \"release\"",
			[]string{"Unknown object", `signing_policy = "release"`, `no signing policy "project-a/release"`},
		},
		"a policy of no project": {`signing_policy = "release-signing"`, []string{`signing_policy = "release-signing"`, `Attribute "project" must be specified`}},
		"a principal": {
			`principal = "user:dev.led@example.com"`,
			[]string{"Unknown member", `principal = "user:dev.led@example.com"`, `did you mean "user:dev.lead@example.com"`},
		},
		"a principal of no kind": {`principal = "dev.lead@example.com"`, []string{"Invalid member reference", `did you mean "user:dev.lead@example.com"?`}},
		"a permission":           {`permission = "sign"`, []string{`permission = "sign"`, `"read-artifacts"`}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Config: org.config(accessReview(c.arguments)), ExpectError: says(c.want...)})
		})
	}
}

// A signing policy of a project that is not there is not there either, which goes
// without saying.
func TestAccessReviewReportsAnUnknownProjectOnce(t *testing.T) {
	s := newOrganization(t).site(inProcess, accessReview("project = \"project-x\"\nsigning_policy = \"release-signing\""))
	if planned := s.Plan(testkit.Options{}); strings.Count(planned.Said, "Error: ") != 1 {
		t.Errorf("not one error: %s", planned)
	}
}

// TestAccessReviewOfWhatIsNotKnownYet filters by a principal that the same apply
// creates and puts on a list.
func TestAccessReviewOfWhatIsNotKnownYet(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config: org.config(`
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_signing_policy_submitter" "build" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_ci_user.build.member
}
` + accessReview("principal = \"ci_user:${signpath_ci_user.build.id}\"\npermission = \"submit\"\ndepends_on = [signpath_signing_policy_submitter.build]")),
		ConfigStateChecks: []statecheck.StateCheck{
			outputIs("entries", "ci_user:build can submit project-b/release-signing active submitter of project-b/release-signing, directly"),
		},
	})
}

// reviewReads are the routes by which an organization is read for a review.
var reviewReads = []string{
	"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups", "GET /Projects", "GET /Projects/{project}",
	"GET /Projects/{project}/SigningPolicies/{policy}",
}

// TestAccessReviewRefusals lets SignPath refuse one read at a time, which is a gap, and
// all lists of principals, which is an error.
func TestAccessReviewRefusals(t *testing.T) {
	refuse := func(org *organization, routes ...string) {
		for _, route := range routes {
			org.inject(mock.Fault{Route: route, Action: mock.FaultAnswer, Status: http.StatusForbidden})
		}
	}
	for route, gap := range map[string]string{
		"GET /InteractiveUsers":   "The list of interactive users could not be read: SignPath refused it to the token.",
		"GET /Projects":           "The list of projects could not be read: SignPath refused it to the token.",
		"GET /Projects/project-a": `Project "project-a" with its signing policies could not be read: SignPath refused it to the token.`,
		"GET /Projects/project-a/SigningPolicies/release-signing": `Signing policy "project-a/release-signing" could not be read: SignPath refused it to the token.`,
	} {
		t.Run(strings.ReplaceAll(route, "/", "."), func(t *testing.T) {
			org := newOrganization(t)
			refuse(org, route)
			org.run(nil, resource.TestStep{Config: org.config(accessReview("")), ConfigStateChecks: []statecheck.StateCheck{outputIs("gaps", gap)}})
		})
	}
	t.Run("an old server", func(t *testing.T) {
		org := newOrganization(t)
		org.inject(mock.Fault{Route: "GET /Projects/project-a/SigningPolicies/release-signing", Action: mock.FaultAnswer, Status: http.StatusNotFound})
		org.inject(mock.Fault{Route: "GET /Meta/SystemInfo", Action: mock.FaultAnswer, Status: http.StatusOK, Body: `{"applicationVersion":"1.176.0"}`})
		org.run(nil, resource.TestStep{
			Config: org.config(accessReview("")),
			ConfigStateChecks: []statecheck.StateCheck{outputIs("gaps", `Signing policy "project-a/release-signing" could not be read: `+
				"This installation is SignPath 1.176.0. GET /Projects/{project}/SigningPolicies/{policy} exists since 1.177.0 (changelog). "+
				"Update it, or do without what needs this route.")},
		})
	})
	t.Run("a filter on what is in a gap", func(t *testing.T) {
		org := newOrganization(t)
		refuse(org, "GET /Projects/project-a")
		org.run(nil, resource.TestStep{
			Config:      org.config(accessReview("project = \"project-a\"\nsigning_policy = \"release-signing\"")),
			ExpectError: says("Unknown object", `signing_policy = "release-signing"`, `Project "project-a" with its signing policies could not be read`),
		})
	})
	t.Run("everybody", func(t *testing.T) {
		org := newOrganization(t)
		refuse(org, reviewReads[:3]...)
		org.run(nil, resource.TestStep{
			Config:      org.config(accessReview("")),
			ExpectError: says("Not allowed by SignPath", "Reading the organization for the review failed", "Every active user of the organization may read this"),
		})
	})
}

// TestAccessReviewFaults lets each read go wrong in each other way. A review is whole,
// or it is an error.
func TestAccessReviewFaults(t *testing.T) {
	for _, route := range reviewReads {
		for _, c := range testkit.FaultCases() {
			if c.Status == http.StatusForbidden || c.Status == http.StatusNotFound {
				continue
			}
			t.Run(strings.ReplaceAll(route, "/", ".")+" "+c.Name, func(t *testing.T) {
				org := newOrganization(t, reviewSeed)
				org.inject(injected(c, route, 0))
				step := resource.TestStep{Config: org.config(accessReview("")), ConfigStateChecks: []statecheck.StateCheck{outputIs("gaps")}}
				if !c.Overcome {
					step = resource.TestStep{Config: step.Config, ExpectError: says(words(reads, c)...)}
				}
				org.run(nil, step)
			})
		}
	}
}

// TestAccessReviewRequests manages a whole organization and reviews it in the same run:
// the review costs the list of projects, and nothing is read twice.
func TestAccessReviewRequests(t *testing.T) {
	const projects = 6
	manyProjects := func(seed *mock.Seed) {
		seed.Projects = nil
		for i := range projects {
			seed.Projects = append(seed.Projects, mock.ProjectSeed{
				Slug: fmt.Sprintf("p%d", i), Name: "P", SigningPolicies: []mock.SigningPolicySeed{{Slug: "test", Name: "T"}, {Slug: "release", Name: "R"}},
			})
		}
	}
	config := fmt.Sprintf(`
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_user_group_members" "managers" {
  group   = "group:Release Managers"
  members = ["user:release.manager@example.com"]
}
resource "signpath_project_readers" "this" {
  count   = %[1]d
  project = "p${count.index}"
  members = ["group:Release Managers", "user:dev.lead@example.com"]
}
resource "signpath_signing_policy_submitters" "this" {
  count          = 2 * %[1]d
  project        = "p${count.index %% %[1]d}"
  signing_policy = count.index < %[1]d ? "test" : "release"
  members        = [signpath_ci_user.build.member]
}
`, projects)
	s := newOrganization(t, manyProjects).site(inProcess, config)
	s.mustApply()
	requests := func() []string {
		s.ResetRequests()
		s.planIs(testkit.Summary{})
		var sent []string
		for _, request := range s.Requests() {
			sent = append(sent, request.Method+" "+request.Path)
		}
		slices.Sort(sent)
		return sent
	}
	plain := requests()
	s.Write("review.tf", "data \"signpath_access_review\" \"this\" {}\ndata \"signpath_access_review\" \"p0\" {\n  project = \"p0\"\n}\n")
	reviewed := requests()
	if len(slices.Compact(slices.Clone(reviewed))) != len(reviewed) {
		t.Errorf("something is read twice: %q", reviewed)
	}
	// The reviews take the list of projects, and the document that tells whether lists have pages.
	if want := 3 + projects + 2*projects + 2; len(plain) != want-2 || len(reviewed) != want {
		t.Errorf("%d requests, with reviews %d; want %d and %d:\n%s", len(plain), len(reviewed), want-2, want, strings.Join(reviewed, "\n"))
	}
}

// TestCLIAccessReviewInChecks lets a check block warn, in the plan and in the apply, and a
// postcondition stop the plan.
func TestCLIAccessReviewInChecks(t *testing.T) {
	w := newWorkspace(t, map[string]string{"provider.tf": warningProvider, "main.tf": `
check "two_pairs_of_eyes" {
  data "signpath_access_review" "release" {
    project        = "project-b"
    signing_policy = "release-signing"
  }
  assert {
    condition     = alltrue([for f in data.signpath_access_review.release.findings : f.rule != "submit-and-approve"])
    error_message = join("\n", data.signpath_access_review.release.findings[*].sentence)
  }
}
`}, func(seed *mock.Seed) {
		seed.Projects[1].SigningPolicies[1].Approvers = []string{lead, officer}
		seed.Projects[0].SigningPolicies[1].Submitters = []string{"ci_user:terraform"} // Whose requests nobody approves.
	})
	warning := says("Warning: Check block assertion failed", lead+" can both submit to and approve "+releasePolicyOfB)
	if said, code := w.Run("plan"); code != 0 || warning.MatchString(said) {
		t.Errorf("the plan ends with %d, and warns of nothing:\n%s", code, said)
	}
	w.Write("submitter.tf", "resource \"signpath_signing_policy_submitter\" \"lead\" {\n  project        = \"project-b\"\n"+
		"  signing_policy = \"release-signing\"\n  member         = \"user:dev.lead@example.com\"\n}\n")
	w.MustSay(warning, "apply", "-auto-approve")
	w.MustSay(warning, "plan")

	w.Write("stop.tf", `
data "signpath_access_review" "all" {
  lifecycle {
    postcondition {
      condition     = alltrue([for f in self.findings : f.severity != "deny"])
      error_message = join("\n", [for f in self.findings : f.sentence if f.severity == "deny"])
    }
  }
}
`)
	if said, code := w.Run("plan"); code != 1 ||
		!says("Resource postcondition failed", "project-a/release-signing requires 2 approvals, and nobody can approve").MatchString(said) {
		t.Errorf("the plan ends with %d:\n%s", code, said)
	}
}
