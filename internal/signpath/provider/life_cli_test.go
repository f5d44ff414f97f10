package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestCLIEveryType leads a resource of every type through its life by a CLI: create,
// empty plan, update in place, drift, what is gone, replacement and destroy. In
// process each type has a life of its own.
func TestCLIEveryType(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	before := org.Snapshot()
	s := org.site(byCLI, everyType)
	s.mustApply()
	s.planIs(testkit.Summary{})
	created := s.Objects()

	changed := strings.NewReplacer(
		`"New Approver"`, `"Approver"`, `"GlobalReader"`, `"UserAdministrator"`, `"first"`, `"second"`, `"Approvers"`, `"Release Approvers"`,
		`["user:qa.lead@example.com"]`, `["user:qa.lead@example.com", "user:outsider@example.com"]`,
	).Replace(everyType)
	s.Write("main.tf", changed)
	if planned := s.mustPlan(); planned.Summary.Add != 1 || planned.Summary.Remove != 1 || planned.Summary.Change < 5 {
		t.Errorf("only the token is replaced, and others change: %s", planned)
	}
	s.mustApply()
	s.planIs(testkit.Summary{})
	if now := s.Objects(); len(now) != len(created) {
		t.Errorf("the state has %d objects, and had %d", len(now), len(created))
	}

	org.behindTerraform(
		func(a *mock.Administrator) error { return a.AddMembers("project:project-a", "readers", lead) },
		func(a *mock.Administrator) error {
			return a.RemoveMembers(releasePolicyB, "approvers", "user:qa.lead@example.com")
		},
	)()
	if planned := s.mustPlan(); planned.Summary.Change != 1 || planned.Summary.Add != 1 {
		t.Errorf("a list is changed back, and an entry created again: %s", planned)
	}
	s.mustApply()
	s.mustApply(testkit.Options{Destroy: true})
	if left := s.Objects(); len(left) > 0 {
		t.Errorf("the destroy leaves %v", left)
	}
	for i, project := range org.Snapshot().Projects {
		if got, want := len(project.Readers), len(before.Projects[i].Readers); got != want {
			t.Errorf("%s has %d readers, and had %d", project.Slug, got, want)
		}
	}
}
