package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What a plan warns of, and what it does not, because it shows it anyway.

func TestAccessWarnings(t *testing.T) {
	const (
		setUp = "resource \"signpath_user\" \"new\" {\n  name  = \"New\"\n  email = \"new@example.com\"\n}\n" +
			"resource \"signpath_project_reader\" \"new\" {\n  project = \"project-b\"\n  member  = signpath_user.new.member\n}\n" +
			"resource \"signpath_ci_user\" \"build\" {\n  name = \"build\"\n}\n" +
			"resource \"signpath_signing_policy_submitters\" \"s\" {\n  project = \"project-b\"\n  signing_policy = \"test-signing\"\n" +
			"  members = [signpath_ci_user.build.member]\n}\n"
		groups = "resource \"signpath_project_readers\" \"a\" {\n  project = \"project-a\"\n  members = [\"group:Inner\"]\n}\n" +
			"resource \"signpath_project_readers\" \"b\" {\n  project = \"project-b\"\n  members = [\"group:Inner\", \"" + lead + "\"]\n}\n"
		filled = "resource \"signpath_user_group\" \"g\" {\n  name = \"Fresh\"\n}\nresource \"signpath_project_readers\" \"a\" {\n  project = \"project-a\"\n" +
			"  members = [signpath_user_group.g.member]\n}\n"
		build      = "resource \"signpath_ci_user\" \"build\" {\n  name = \"build\"\n}\n"
		auditors   = "resource \"signpath_role_holders\" \"r\" {\n  role = \"GlobalReader\"\n  members = [\"" + officer + "\"]\n}\n"
		ofSubmit   = "Who gains and who loses: the submitters of signing policy \"project-b/test-signing\""
		ofRelease  = "Who gains and who loses: the approvers of signing policy \"project-b/release-signing\""
		ofTest     = "Who gains and who loses: the approvers of signing policy \"project-b/test-signing\""
		ofHolders  = "Who gains and who loses: the holders of GlobalReader"
		throughTwo = "Who gains through a group: " + officer + " (through group:Inner)"
	)
	approvers := func(members ...string) string { return wholeList("approvers", "release-signing", members...) }
	for name, c := range map[string]struct {
		before       []func(*mock.Administrator) error
		applied, hcl string
		setting      string
		// warns are the summaries; says is in the details.
		warns []string
		says  []string
	}{
		"what the plan shows":      {hcl: setUp + approvers(manager) + auditors},
		"what the plan shows, all": {hcl: approvers(manager) + auditors, setting: "all", warns: []string{ofRelease, ofHolders}},
		"all, and invited":         {hcl: setUp, setting: "all", warns: []string{ofSubmit}},
		"through a group at two places": {
			hcl: groups, warns: []string{throughTwo, throughTwo},
			says: []string{"gains: " + lead + ", " + officer + " (through group:Inner)", "Whoever joins group:Inner"},
		},
		"through a group, all": {
			hcl: groups, setting: "all",
			warns: []string{"Who gains and who loses: the readers of project \"project-a\"", "Who gains and who loses: the readers of project \"project-b\""},
		},
		"through a group that is empty": {hcl: filled, warns: []string{"Who gains through a group: whoever joins group:Fresh"}},
		"into a group that has something": {
			before: []func(*mock.Administrator) error{has("project:project-b", "readers", "group:Inner")},
			hcl:    "resource \"signpath_user_group_members\" \"m\" {\n  group = \"group:Inner\"\n  members = [\"" + officer + "\", \"" + lead + "\"]\n}\n",
			warns:  []string{"Who gains and who loses: the members of user group \"Inner\""}, says: []string{"Whoever is in it counts as reader of project-b"},
		},
		"a loss": {applied: approvers(manager, officer), hcl: approvers(officer), warns: []string{ofRelease}, says: []string{"loses: " + manager}},
		"a takeover": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", outsider)}, hcl: approvers(officer), warns: []string{ofRelease},
			says: []string{"takes over the list as a whole", "- " + outsider},
		},
		"a list that moves": {
			applied: approvers(manager), hcl: wholeList("approvers", "test-signing", manager), warns: []string{ofRelease, ofTest}, says: []string{"gains: " + manager},
		},
		"a role that moves": {
			applied: auditors, hcl: strings.Replace(auditors, "GlobalReader", "ProjectAdministrator", 1),
			warns: []string{"An existing role will be replaced: " + officer + " is a GlobalReader", "Who gains and who loses: the holders of ProjectAdministrator"},
		},
		"none": {applied: approvers(manager, officer), hcl: approvers(officer) + groups, setting: "none"},
		"somebody who ends": {
			applied: build + wholeList("submitters", "test-signing", "ci_user:build"), hcl: " ",
			warns: []string{"Users are deactivated, not deleted: ci_user:build", ofSubmit},
		},
		"somebody who ends, on a list that stays": {
			applied: build + entriesOf("submitter", "test-signing", "ci_user:build"), hcl: "removed {\n  from = signpath_signing_policy_submitter.submitter_0\n" +
				"  lifecycle {\n    destroy = false\n  }\n}\n",
			warns: []string{"Users are deactivated, not deleted: ci_user:build"},
			says:  []string{"It counts as submitter of project-b/test-signing now: what of that the plan does not end comes back when somebody activates it."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, nested)
			org.behindTerraform(append(c.before, has("group:Inner", "members", officer))...)()
			s := org.site(inProcess, "")
			for _, step := range []string{build, c.applied} {
				if c.applied != "" && (step == c.applied || strings.HasPrefix(c.applied, build)) {
					s.Write("main.tf", step)
					s.mustApply()
				}
			}
			if c.setting != "" {
				s.Write("provider.tf", s.with(s.tokenSetting()+"\n  guardrails {\n    access_warnings = \""+c.setting+"\"\n  }\n", ""))
			}
			s.Write("main.tf", c.hcl)
			planned := s.mustPlan(testkit.Options{})
			var warns []string
			for _, line := range strings.Split(planned.Said, "\n") {
				if summary, ok := strings.CutPrefix(line, "Warning: "); ok && !strings.HasPrefix(summary, "Guardrail approval-quorum") {
					warns = append(warns, summary)
				}
			}
			slices.Sort(warns)
			slices.Sort(c.warns)
			if !slices.Equal(warns, c.warns) || !says(c.says...).MatchString(planned.Said) {
				t.Errorf("warns of %q, want %q and %q: %s", warns, c.warns, c.says, planned)
			}
		})
	}
}
