package provider_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// queryAll lists everything of an organization, each access list and each role as a whole or
// else its entries.
func queryAll(whole bool) string {
	kinds := []string{"user", "ci_user", "user_group", map[bool]string{true: "role_holders", false: "role_assignment"}[whole]}
	for _, l := range vocabulary.Lists() {
		noun := l.Singular
		if whole {
			noun = l.Plural
		}
		kinds = append(kinds, strings.ReplaceAll(string(l.Parent), " ", "_")+"_"+noun)
	}
	var query strings.Builder
	for _, kind := range kinds {
		fmt.Fprintf(&query, "list \"signpath_%s\" \"all\" {\n  provider = signpath\n  limit    = 10000\n}\n", kind)
	}
	return query.String()
}

// newQueryWorkspace is a workspace with a query for everything.
func newQueryWorkspace(t *testing.T, whole bool, seed func(*mock.Seed)) *workspace {
	t.Helper()
	testkit.SkipBelow(t, tfversion.Version1_14_0)
	return newWorkspace(t, map[string]string{"all.tfquery.hcl": queryAll(whole)}, seed)
}

// generate generates the configuration of all that the query finds, and returns how
// much that is.
func (w *workspace) generate() int {
	w.t.Helper()
	w.MustRun("query", "-generate-config-out=generated.tf")
	return strings.Count(w.Read("generated.tf"), "\nimport {\n")
}

// TestCLIGeneratedConfigurationPlansEmpty generates the configuration of a whole
// organization. The plan shows nothing but the imports, and after these nothing.
func TestCLIGeneratedConfigurationPlansEmpty(t *testing.T) {
	t.Parallel()
	for form, c := range map[string]struct {
		whole bool
		want  int
	}{
		"whole lists":    {true, 7 + 4 + 2 + 2 + 1 + 2 + 1 + 3},  // Users, CI users, groups, roles, then lists.
		"single entries": {false, 7 + 4 + 2 + 3 + 3 + 3 + 1 + 4}, // And here who has them, or is on them.
	} {
		t.Run(form, func(t *testing.T) {
			w := newQueryWorkspace(t, c.whole, signpathtest.WithAnyone)
			before := w.org.Snapshot()
			if output := w.MustRun("query"); bytes.Contains(output, []byte("Left out")) {
				t.Errorf("the query leaves something out that it should not have found:\n%s", output)
			}
			if got := w.generate(); got != c.want {
				t.Errorf("%d objects were found, want %d:\n%s", got, c.want, w.Read("generated.tf"))
			}
			w.expectPlan(testkit.Summary{Import: c.want})
			w.MustRun("apply", "-auto-approve")
			w.expectPlan(testkit.Summary{})
			w.org.unchangedSince(before)
		})
	}
}

// TestCLIConfigurationIsGeneratedForAnImportBlock has the CLI write the resource to an
// import block, for each type that can be imported, and plans it: nothing changes.
func TestCLIConfigurationIsGeneratedForAnImportBlock(t *testing.T) {
	for form, ids := range map[string]map[string]string{
		"whole lists": {
			"user":                      "former.auditor@example.com",
			"ci_user":                   "build",
			"user_group":                "Release Managers",
			"user_group_members":        "Release Managers",
			"role_holders":              "GlobalAdministrator",
			"project_readers":           "project-a",
			"project_configurators":     "project-a",
			"signing_policy_submitters": "project-a/release-signing",
			"signing_policy_approvers":  "project-a/release-signing",
		},
		"single entries": {
			"user_group_member":        "Release Managers/user:release.manager@example.com",
			"role_assignment":          "user:org.admin@example.com",
			"project_reader":           "project-a/user:qa.lead@example.com",
			"project_configurator":     "project-a/user:dev.lead@example.com",
			"signing_policy_submitter": "project-a/release-signing/ci_user:build",
			"signing_policy_approver":  "project-a/release-signing/group:Release Managers",
		},
	} {
		t.Run(form, func(t *testing.T) {
			var imports strings.Builder
			for kind, id := range ids {
				fmt.Fprintf(&imports, "import {\n  to = signpath_%s.this\n  id = %q\n}\n", kind, id)
			}
			w := newWorkspace(t, map[string]string{"imports.tf": imports.String()}, signpathtest.WithAnyone)
			before := w.org.Snapshot()
			w.MustRun("plan", "-generate-config-out=generated.tf")
			w.expectPlan(testkit.Summary{Import: len(ids)})
			w.org.unchangedSince(before)
		})
	}
}

// TestCLIGeneratedConfigurationOfABigOrganization does so for an organization of
// 200 users, 60 CI users, 30 groups, 40 projects and 90 signing policies. It
// counts what the query sends: four lists, and each project and policy once. It is not
// applied, as the small one is.
func TestCLIGeneratedConfigurationOfABigOrganization(t *testing.T) {
	t.Parallel()
	w := newQueryWorkspace(t, true, bigOrganization)
	before := w.org.Snapshot()
	found := w.generate()
	if want := manageable(before, true); found != want {
		t.Errorf("%d objects were found, want %d", found, want)
	}
	const budget = 4 + 40 + 90
	got := w.org.CountRequests()
	t.Logf("a query that found %d objects sent %d requests; the budget is %d", found, got, budget)
	if got > budget {
		t.Errorf("the query sent %d requests, more than %d", got, budget)
	}
	w.expectPlan(testkit.Summary{Import: found})
	w.org.unchangedSince(before)
}

// manageable counts what a configuration of the organization consists of.
func manageable(seed mock.Seed, whole bool) (count int) {
	list := func(members []string) {
		switch {
		case !whole:
			count += len(members)
		case len(members) > 0:
			count++
		}
	}
	held := map[mock.Role]bool{}
	principal := func(isManaged bool, role mock.Role) {
		if isManaged {
			count++
		}
		if isManaged && role != "" && role != mock.RoleRegularUser && (!whole || !held[role]) {
			held[role] = true
			count++
		}
	}
	for _, u := range seed.InteractiveUsers {
		principal(!u.Synchronized && !u.Support, u.Role)
	}
	for _, u := range seed.CIUsers {
		principal(true, u.Role)
	}
	for _, g := range seed.UserGroups {
		principal(!g.Synchronized, "")
		if !g.Synchronized {
			list(g.Members)
		}
	}
	for _, p := range seed.Projects {
		list(p.Readers)
		list(p.Configurators)
		for _, policy := range p.SigningPolicies {
			list(policy.Submitters)
			list(policy.Approvers)
		}
	}
	return count
}
