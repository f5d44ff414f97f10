package provider_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A managed object is one with the address of its resource.
type managedObject struct{ hcl, address string }

// managedObjects are one of each kind of resource that could lose somebody something.
func managedObjects() map[string]managedObject {
	const ciUser = `resource "signpath_ci_user" "this" {
  name = "build"
}
`
	return map[string]managedObject{
		"a list of a project": {filled(settleReaders, `"`+lead+`"`), "signpath_project_readers.this"},
		"a list of a policy":  {filled(settlePolicy, "a", `"ci_user:terraform"`), "signpath_signing_policy_submitters.this"},
		"members of a group":  {groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`), "signpath_user_group_members.a"},
		"a group":             {groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`), "signpath_user_group.a"},
		"an entry":            {filled(settleReader, "a", lead), "signpath_project_reader.this"},
		"a member of a group": {groupHCL("a", "A") + memberHCL("a", refA, `"`+lead+`"`), "signpath_user_group_member.a"},
		"a role":              {roleAssignmentNamed("this", lead, "GlobalReader"), "signpath_role_assignment.this"},
		"holders of a role":   {roleHolders("GlobalReader", lead), "signpath_role_holders.this"},
		"a user":              {filled(settleUser, ""), "signpath_user.this"},
		"a CI user":           {ciUser, "signpath_ci_user.this"},
	}
}

// A replacement by an object that is the same one takes nothing, not even for a moment:
// whether it is asked for, or Terraform plans it after a create that failed late.
func TestReplacementByTheSameTakesNothing(t *testing.T) {
	for name, c := range managedObjects() {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"asked for", "tainted"} {
				s := newOrganization(t).site(inProcess, c.hcl)
				s.mustApply()
				before := s.Snapshot()
				options := testkit.Options{Replace: []string{c.address}}
				if kind == "tainted" {
					options = testkit.Options{}
					state := s.Keep().(*testkit.State)
					must(t, state.Taint(c.address))
					s.Begin(state)
				}
				s.ResetRequests()
				if planned := s.mustPlan(options); planned.Summary != (testkit.Summary{Add: 1, Remove: 1}) {
					t.Fatalf("%s: the plan does not replace it: %s", kind, planned)
				}
				s.mustApply(options)
				if writes := s.CountRequests("POST *"); writes != 0 {
					t.Errorf("%s: %d writes were sent: %v", kind, writes, s.Requests("POST *"))
				}
				s.unchangedSince(before)
				s.planIs(testkit.Summary{})
			}
		})
	}
}

// withoutRefresh is the warning, with what it is about.
var withoutRefresh = regexp.MustCompile(`Without a refresh, the end of another resource may take what this one stands for: \S`)

// A run that ended half-way may leave two resources for one object: one that it could not
// destroy beside the one that it has made, at another address or set aside at the same.
// The next run ends the one and keeps the object as it is, in any order.
func TestLeftBesideTheSame(t *testing.T) {
	for name, c := range managedObjects() {
		for _, isRenamed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, renamed: %t", name, isRenamed), func(t *testing.T) {
				t.Parallel()
				kind, label, _ := strings.Cut(c.address, ".")
				block := fmt.Sprintf("resource %q %q {\n", kind, label)
				isAccount := slices.Contains([]string{"signpath_user", "signpath_ci_user", "signpath_user_group"}, kind)
				adopted := block + map[bool]string{true: "  adopt_existing = true\n"}[isAccount]
				first := strings.Replace(c.hcl, block, adopted+"  lifecycle {\n    create_before_destroy = true\n  }\n", 1)
				second := first
				options := testkit.Options{Replace: []string{c.address}}
				if isRenamed {
					second = strings.NewReplacer(c.address+".", kind+".other.", fmt.Sprintf("%q %q {", kind, label), fmt.Sprintf("%q \"other\" {", kind)).Replace(second)
					options = testkit.Options{}
				}
				for seed := range uint64(4) {
					driver := testkit.NewDriver(signpathtest.Providers)
					s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, first)
					s.mustApply()
					before := s.Snapshot()
					s.Write("main.tf", second)
					driver.Around = func(call testkit.Call, next func() error) error {
						if call.Walk == "apply" && call.Destroys && strings.HasPrefix(call.Address, kind+".") {
							return errors.New("the provider has ended")
						}
						return next()
					}
					if applied := s.Apply(options); applied.Err == nil {
						t.Fatalf("the destroy does not fail: %s", applied)
					}
					driver.Around = nil
					if planned := s.mustPlan(testkit.Options{NoRefresh: true}); !withoutRefresh.MatchString(planned.Said) {
						t.Errorf("a plan without a refresh does not warn: %s", planned)
					}
					driver.Around, driver.Parallelism, driver.Random = nil, int(1+9*(seed%2)), testkit.NewRandom(seed)
					said := s.mustApply()
					s.planIs(testkit.Summary{})
					if err := sameSeed(before, s.Snapshot()); err != nil {
						t.Errorf("order %d: %v\n%s", seed, err, said)
					}
				}
			})
		}
	}
}
