package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	endingPolicies = 10
	endingEntries  = 6 // On each of them.
)

// endingApprovers are approvers of many policies, each of its own, with more of the configuration.
func endingApprovers(more string) string {
	return fmt.Sprintf(`
resource "signpath_signing_policy_approver" "a" {
  for_each       = toset([for i in range(%d) : tostring(i)])
  project        = "product"
  signing_policy = "policy-${tonumber(each.key) %% %d}"
  member         = "user:approver-${each.key}@example.com"
}
%s`, endingPolicies*endingEntries, endingPolicies, more)
}

func withEndingPolicies(seed *mock.Seed) {
	product := mock.ProjectSeed{Slug: "product", Name: "Product"}
	for i := range endingPolicies {
		product.SigningPolicies = append(product.SigningPolicies, mock.SigningPolicySeed{
			Slug: fmt.Sprintf("policy-%d", i), Name: fmt.Sprintf("Policy %d", i), Approvers: []string{"user:foreign@example.com"},
		})
	}
	seed.Projects = append(seed.Projects, product)
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Foreign", Email: "foreign@example.com"})
	for i := range endingPolicies * endingEntries {
		seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{
			Name: fmt.Sprintf("Approver %d", i), Email: fmt.Sprintf("approver-%d@example.com", i),
		})
	}
}

const editPolicyRoute = "POST /Projects/{project}/SigningPolicies/{policy}/Edit"

// The entries of a list are destroyed in fewer edits than there are entries, although Terraform
// ends one after the other. Nobody else leaves: neither whom nobody manages nor whom another
// resource holds by the same plan.
func TestEntriesAreDestroyedInFewEdits(t *testing.T) {
	const kept = "user:approver-3@example.com"
	keeper := fmt.Sprintf(`
resource "signpath_signing_policy_approver" "other" {
  project        = "product"
  signing_policy = "policy-3"
  member         = %q
}`, kept)
	for seed := range uint64(3) {
		driver := testkit.NewDriver(signpathtest.Providers)
		s := newOrganization(t, withEndingPolicies).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, endingApprovers(""))
		s.mustApply()
		s.ResetRequests()
		s.Write("main.tf", keeper)
		driver.Parallelism, driver.Random = 1, testkit.NewRandom(seed)
		s.mustApply()
		for i := range endingPolicies {
			want := []string{"user:foreign@example.com"}
			if i == 3 {
				want = []string{kept, "user:foreign@example.com"}
			}
			if got := slices.Sorted(slices.Values(s.ListMembers("product", fmt.Sprintf("policy-%d", i), "approvers"))); !slices.Equal(got, want) {
				t.Errorf("the approvers of policy %d are %q, want %q", i, got, want)
			}
		}
		// Of six entries that end in any order, every one that is planned later than all before it
		// costs an edit: 1 + 1/2 + … + 1/6 of them, on average.
		if got, most := s.CountRequests(editPolicyRoute), endingPolicies*endingEntries*6/10; got > most {
			t.Errorf("%d edits for %d entries, more than %d", got, endingPolicies*endingEntries, most)
		}
		s.planIs(testkit.Summary{})
	}
}

// What a destroy that fails would have taken along is no part of a later plan that keeps it.
func TestWhatWasToGoAlongStaysIfThePlanIsAnother(t *testing.T) {
	driver := testkit.NewDriver(signpathtest.Providers)
	s := newOrganization(t, withEndingPolicies).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, endingApprovers(""))
	s.mustApply()
	s.inject(mock.Fault{Route: editPolicyRoute, Action: mock.FaultAnswer, Status: 403, Body: "No."})
	if applied := s.Apply(testkit.Options{Destroy: true}); applied.Err == nil {
		t.Fatalf("the destroy does not fail: %s", applied)
	}
	s.ClearFaults()
	// One entry of policy 0 ends now, as another resource instance, without a refresh.
	s.Write("main.tf", `
resource "signpath_signing_policy_approver" "a" {
  for_each       = toset([for i in range(50) : tostring(i)])
  project        = "product"
  signing_policy = "policy-${tonumber(each.key) % 10}"
  member         = "user:approver-${each.key}@example.com"
}`)
	s.mustApply(testkit.Options{NoRefresh: true})
	for i := range endingPolicies {
		if got := s.ListMembers("product", fmt.Sprintf("policy-%d", i), "approvers"); len(got) != endingEntries {
			t.Errorf("the approvers of policy %d are %q", i, got)
		}
	}
}
