package provider_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// query is a list block; arguments are those of its config block.
func query(kind, arguments string) string {
	return fmt.Sprintf("\nlist %q \"this\" {\n  provider = signpath\n  config {\n%s\n  }\n}\n", kind, arguments)
}

// finds expects just these display names, in this order.
type finds []string

// CheckQuery implements [querycheck.QueryResultCheck].
func (want finds) CheckQuery(_ context.Context, req querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse) {
	var got []string
	for _, result := range req.Query {
		got = append(got, result.DisplayName)
	}
	if !slices.Equal(got, want) {
		resp.Error = fmt.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestListResources(t *testing.T) {
	for name, c := range map[string]struct {
		kind, arguments string
		want            finds
	}{
		"users": {"signpath_user", "", finds{
			"user:dev.lead@example.com", "user:former.auditor@example.com", "user:org.admin@example.com", "user:outsider@example.com",
			"user:qa.lead@example.com", "user:release.manager@example.com", "user:security.officer@example.com",
		}},
		"inactive users":       {"signpath_user", "active = false", finds{"user:former.auditor@example.com"}},
		"users of a role":      {"signpath_user", `role = "GlobalAdministrator"`, finds{"user:org.admin@example.com"}},
		"users of a name":      {"signpath_user", `name_contains = "DEVELOPMENT"`, finds{"user:dev.lead@example.com"}},
		"users by two filters": {"signpath_user", "active = true\nname_contains = \"lead@\"", finds{"user:dev.lead@example.com", "user:qa.lead@example.com"}},
		"CI users":             {"signpath_ci_user", "active = true\nname_contains = \"B\"", finds{"ci_user:build"}},
		"CI users of one name": {
			"signpath_ci_user", `name_contains = "twin"`,
			finds{"ci_user:twin (38513e0b-3696-5b80-a545-b4938ba57414)", "ci_user:twin (74497a8c-21ac-57bc-b01f-0de119622831)"},
		},
		"groups":           {"signpath_user_group", "", finds{"group:Empty", "group:Release Managers"}},
		"groups of a name": {"signpath_user_group", `name_contains = "release"`, finds{"group:Release Managers"}},
		"roles": {
			"signpath_role_assignment", "",
			finds{"GlobalReader of user:former.auditor@example.com", "GlobalAdministrator of user:org.admin@example.com", "GlobalAdministrator of ci_user:terraform"},
		},
		"roles of active users": {
			"signpath_role_assignment", "active = true",
			finds{"GlobalAdministrator of user:org.admin@example.com", "GlobalAdministrator of ci_user:terraform"},
		},
		"holders of a role": {"signpath_role_assignment", `role = "GlobalReader"`, finds{"GlobalReader of user:former.auditor@example.com"}},
		"roles of a name":   {"signpath_role_assignment", `name_contains = "terra"`, finds{"GlobalAdministrator of ci_user:terraform"}},

		"group members": {"signpath_user_group_members", "", finds{"members of group:Release Managers"}},
		"group members, also of nobody": {
			"signpath_user_group_members", "include_empty = true", finds{"members of group:Empty", "members of group:Release Managers"},
		},
		"members of a group":              {"signpath_user_group_members", `group = "group:Release Managers"`, finds{"members of group:Release Managers"}},
		"members of a synchronized group": {"signpath_user_group_members", `group = "group:Directory Engineers"`, nil},
		"single members": {"signpath_user_group_member", "", finds{
			"group:Directory Engineers, member of group:Release Managers",
			"user:release.manager@example.com, member of group:Release Managers", "user:sync.user@example.com, member of group:Release Managers",
		}},
		"groups of somebody": {
			"signpath_user_group_member", `member = "user:SYNC.user@example.com"`,
			finds{"user:sync.user@example.com, member of group:Release Managers"},
		},

		"readers":                 {"signpath_project_readers", "", finds{"readers of project-a"}},
		"readers, also of nobody": {"signpath_project_readers", "include_empty = true", finds{"readers of project-a", "readers of project-b"}},
		"single readers": {
			"signpath_project_reader", "",
			finds{"user:qa.lead@example.com, reader of project-a", "user:sync.user@example.com, reader of project-a"},
		},
		"configurators":     {"signpath_project_configurators", `project = "project-a"`, finds{"configurators of project-a"}},
		"no configurators":  {"signpath_project_configurator", `project = "project-b"`, nil},
		"submitters":        {"signpath_signing_policy_submitters", "", finds{"submitters of project-a/release-signing"}},
		"single submitters": {"signpath_signing_policy_submitter", "", finds{"ci_user:build, submitter of project-a/release-signing"}},
		"approvers": {
			"signpath_signing_policy_approvers", "",
			finds{"approvers of project-a/release-signing", "approvers of project-b/release-signing", "approvers of project-b/test-signing"},
		},
		"approvers of a project": {
			"signpath_signing_policy_approvers", `project = "project-b"`,
			finds{"approvers of project-b/release-signing", "approvers of project-b/test-signing"},
		},
		"approvers of releases": {
			"signpath_signing_policy_approvers", `signing_policy = "release-signing"`,
			finds{"approvers of project-a/release-signing", "approvers of project-b/release-signing"},
		},
		"approvers of a policy": {
			"signpath_signing_policy_approvers", "project = \"project-b\"\nsigning_policy = \"test-signing\"",
			finds{"approvers of project-b/test-signing"},
		},
		"what somebody approves": {"signpath_signing_policy_approver", `member = "user:security.officer@example.com"`, finds{
			"user:security.officer@example.com, approver of project-a/release-signing", "user:security.officer@example.com, approver of project-b/release-signing",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, signpathtest.WithAnyone)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Query: true, Config: org.config(query(c.kind, c.arguments)), QueryResultChecks: []querycheck.QueryResultCheck{c.want}})
			org.unchangedSince(before)
		})
	}
}

// TestListResourcesStopAtTheLimit counts what is read to find as many results as
// are asked for.
func TestListResourcesStopAtTheLimit(t *testing.T) {
	wide := func(seed *mock.Seed) {
		seed.Projects = nil
		for i := range 12 {
			project := mock.ProjectSeed{Slug: fmt.Sprintf("p%02d", i), Name: "P", Readers: []string{lead}}
			for j := range 3 {
				project.SigningPolicies = append(project.SigningPolicies,
					mock.SigningPolicySeed{Slug: fmt.Sprintf("s%d", j), Name: "S", Approvers: []string{lead, officer}})
			}
			seed.Projects = append(seed.Projects, project)
			seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: fmt.Sprintf("g%02d", i), Members: []string{lead}})
		}
	}
	type counts map[string]int
	const projects, policies, groups = "GET /Projects/{project}", "GET /Projects/{project}/SigningPolicies/{policy}", "GET /UserGroups/{id}"
	for name, c := range map[string]struct {
		kind, arguments string
		limit, want     int
		reads           counts
	}{
		"users":            {"user", "", 2, 2, counts{"GET /InteractiveUsers": 1, "GET *": 1}},
		"nothing":          {"user", "", 0, 0, counts{"GET *": 0}},
		"groups":           {"user_group", "", 5, 5, counts{groups: 6}}, // The first is synchronized.
		"group members":    {"user_group_members", "", 5, 5, counts{groups: 6}},
		"readers":          {"project_readers", "", 5, 5, counts{projects: 5, policies: 0}},
		"approvers":        {"signing_policy_approvers", "", 5, 5, counts{projects: 2, policies: 5}},
		"single approvers": {"signing_policy_approver", "", 5, 5, counts{projects: 1, policies: 3}},
		"one policy":       {"signing_policy_approver", "project = \"p03\"\nsigning_policy = \"s1\"", 100, 2, counts{"GET /Projects": 0, projects: 0, policies: 1}},
		"one project":      {"signing_policy_approver", `project = "p03"`, 100, 6, counts{"GET /Projects": 0, projects: 1, policies: 3}},
		"everything":       {"signing_policy_approver", "", 1000, 72, counts{"GET /Projects": 1, projects: 12, policies: 36, "GET *": 1 + 12 + 36 + 3}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newSummaryOrganization(t, wide)
			limited := strings.Replace(query("signpath_"+c.kind, c.arguments), "  config", fmt.Sprintf("  limit = %d\n  config", c.limit), 1)
			org.run(nil, resource.TestStep{Query: true, Config: org.config(limited), QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("signpath_"+c.kind+".this", c.want),
			}})
			for pattern, want := range c.reads {
				if got := org.CountRequests(pattern); got != want {
					t.Errorf("%d requests %q, want %d", got, pattern, want)
				}
			}
		})
	}
}

// TestListResourcesTakePoliciesFromTheListOfProjects has a server that tells them
// there: no project is read for them.
func TestListResourcesTakePoliciesFromTheListOfProjects(t *testing.T) {
	org := newOrganization(t, signpathtest.WithAnyone)
	org.inject(mock.Fault{
		Route: "GET /Projects", Action: mock.FaultMalformedBody,
		Body: `[{"slug": "project-b", "name": "B", "signingPolicies": [{"slug": "test-signing"}, {"slug": "release-signing"}]}]`,
	})
	org.run(nil, resource.TestStep{
		Query: true, Config: org.config(query("signpath_signing_policy_approvers", "")),
		QueryResultChecks: []querycheck.QueryResultCheck{
			finds{"approvers of project-b/release-signing", "approvers of project-b/test-signing"},
		},
	})
	if got := org.CountRequests("GET /Projects/{project}"); got != 0 {
		t.Errorf("%d projects were read, want none", got)
	}
}

// newSummaryOrganization is newOrganization with lists that have only summaries
// of groups and projects, so that each has to be read.
func newSummaryOrganization(t *testing.T, change func(*mock.Seed)) *organization {
	t.Helper()
	org := newOrganization(t, change)
	must(t, org.Inject(mock.Fault{
		Route: "GET /UserGroups", Action: mock.FaultHideProperties,
		Properties: []string{"members", "description", "isDirectorySynchronized"},
	}))
	return org
}

func TestListResourcesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		kind, arguments string
		want            []string
	}{
		"unknown role":    {"signpath_role_assignment", `role = "Global Reader"`, []string{"Invalid role", `did you mean "GlobalReader"`}},
		"no role":         {"signpath_role_assignment", `role = "RegularUser"`, []string{"Invalid role"}},
		"no slug":         {"signpath_project_readers", `project = "Project A"`, []string{"Invalid slug"}},
		"no reference":    {"signpath_project_reader", `member = "dev.lead@example.com"`, []string{"Invalid member reference", "did you mean"}},
		"no group":        {"signpath_user_group_member", `group = "user:dev.lead@example.com"`, []string{"Invalid member reference"}},
		"unknown project": {"signpath_signing_policy_approvers", `project = "project-c"`, []string{"Unknown object", `no project`, "project-c"}},
		"unknown policy": {
			"signpath_signing_policy_approver", "project = \"project-a\"\nsigning_policy = \"sign\"",
			[]string{"Unknown object", "project-a/release-signing"},
		},
		"unknown group":  {"signpath_user_group_members", `group = "group:Release Manager"`, []string{"Unknown member", "group:Release Managers"}},
		"unknown member": {"signpath_project_reader", `member = "user:dev.laed@example.com"`, []string{"Unknown member", "user:dev.lead@example.com"}},
		"unknown filter": {"signpath_user_group", `active = true`, []string{"Unsupported argument"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Query: true, Config: org.config(query(c.kind, c.arguments)), ExpectError: says(c.want...)})
		})
	}
}

// TestListResourcesReportFailures lets SignPath fail where a list resource reads.
func TestListResourcesReportFailures(t *testing.T) {
	for route, kind := range map[string]string{
		"GET /InteractiveUsers":   "signpath_user",
		"GET /CIUsers":            "signpath_role_assignment",
		"GET /UserGroups":         "signpath_user_group_members",
		"GET /Projects":           "signpath_project_readers",
		"GET /Projects/project-b": "signpath_signing_policy_approvers",
		"GET /Projects/project-b/SigningPolicies/release-signing": "signpath_signing_policy_approver",
	} {
		t.Run(route, func(t *testing.T) {
			org := newOrganization(t, signpathtest.WithAnyone)
			org.inject(mock.Fault{Route: route, Action: mock.FaultAnswer, Status: 403, Body: `{"title":"Forbidden","detail":"Closed on Sundays"}`})
			org.run(nil, resource.TestStep{Query: true, Config: org.config(query(kind, "")), ExpectError: says("Not allowed by SignPath", "Closed on Sundays")})
		})
	}
}

// TestCLIListResourcesLeaveOutWhatCannotBeConfigured has a user of a name that no
// configuration may give, and lists with entries that nobody can identify: what
// would be generated from them would be refused. A warning says so.
func TestCLIListResourcesLeaveOutWhatCannotBeConfigured(t *testing.T) {
	testkit.SkipBelow(t, tfversion.Version1_14_0)
	w := newWorkspace(t, map[string]string{"all.tfquery.hcl": queryAll(true)}, signpathtest.WithAnyone, func(seed *mock.Seed) {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: " padded"})
	})
	w.org.inject(mock.Fault{Route: "GET /InteractiveUsers", Action: mock.FaultMalformedBody, Body: "[]"})
	// Without -json, Terraform shows only the first of several such warnings.
	w.MustSay(says("Left out of the results", "approvers of project-a/release-signing: no configuration",
		"it can be removed from a list, not granted"), "query", "-json")
	w.MustSay(says("Left out of the results", "ci_user: padded (", "white space around it"), "query", "-json")

	w.generate()
	for _, refused := range []string{"unknown:", "padded", "signpath_signing_policy_approvers"} {
		if generated := w.Read("generated.tf"); strings.Contains(generated, refused) {
			t.Errorf("the generated configuration has %q:\n%s", refused, generated)
		}
	}
	planned := w.Plan(testkit.Options{})
	signpathtest.WithoutWarnings(t, planned)
	if imports := planned.Summary.Import; planned.Summary != (testkit.Summary{Import: imports}) || imports == 0 {
		t.Errorf("the plan is %+v, want imports only", planned.Summary)
	}
}
