package provider_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const releaseB = "policy:project-b/release-signing"

// unusualPolicy gives the release policy properties that no client knows.
func unusualPolicy(a *mock.Administrator) error {
	return a.SetProperties(releaseB, map[string]any{
		"disableMalwareScanning": true,
		"pipelinePolicies":       []any{map[string]any{"name": "strict", "level": "Enforce", "weight": 12345678901234567}},
		"futureSetting":          map[string]any{"nested": []any{nil, 1.50, "ä€"}},
		"requiredApprovals":      3,
	})
}

func TestEditKeepsPropertiesThatNobodyKnows(t *testing.T) {
	org := newOrganization(t)
	org.behindTerraform(unusualPolicy)()
	before, err := org.Properties(releaseB)
	must(t, err)
	org.run(
		func(*terraform.State) error {
			after, err := org.Properties(releaseB)
			if err != nil {
				return err
			}
			return sameProperties(before, after)
		},
		resource.TestStep{Config: org.config(lists()["approvers"].all(lead, officer, managers))},
		resource.TestStep{Config: org.guarded(`"approval-quorum" = { severity = "ignore" }`, lists()["approvers"].all(lead))},
	)
}

func sameProperties(before, after map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if !reflect.DeepEqual(before[name], after[name]) {
			return fmt.Errorf("property %s was %v and is %v", name, before[name], after[name])
		}
	}
	return nil
}

func TestServerThatDropsAPropertyFailsTheApply(t *testing.T) {
	for name, config := range map[string]string{"whole list": lists()["approvers"].all(lead), "entry": lists()["approvers"].one("this", lead)} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.behindTerraform(unusualPolicy)()
			org.inject(mock.Fault{Route: "POST */Edit", Action: mock.FaultDropProperties, Properties: []string{"pipelinePolicies"}})
			org.run(nil, resource.TestStep{
				Config:      org.config(config),
				ExpectError: says("SignPath lost settings in an edit", `signing policy "project-b/release-signing"`, "pipelinePolicies, which held", `"Enforce"`),
			})
		})
	}
}

func TestHundredEntriesTakeFewEdits(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		for i := range 100 {
			seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{
				Name: fmt.Sprintf("Approver %d", i), Email: fmt.Sprintf("approver%d@example.com", i),
			})
		}
	})
	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("user:approver%d@example.com", i))
	}
	org.run(
		org.membersAre(releaseB, "approvers"),
		resource.TestStep{
			Config: org.config(`
resource "signpath_signing_policy_approver" "this" {
  count          = 100
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:approver${count.index}@example.com"
}`),
			Check: all(org.membersAre(releaseB, "approvers", want...), func(*terraform.State) error {
				edits := org.CountRequests("POST */Edit")
				t.Logf("100 entries took %d edits", edits)
				if edits > 25 {
					return fmt.Errorf("%d edits for 100 entries", edits)
				}
				return nil
			}),
		},
	)
}

// TestSecondWriter lets another writer, who read the list before, overwrite it
// after each of our first edits. Our entries are written again, and the other's
// entry stays.
func TestSecondWriter(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		for i := range 30 {
			seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{
				Name: fmt.Sprintf("Approver %d", i), Email: fmt.Sprintf("approver%d@example.com", i),
			})
		}
	})
	want := []string{outsider}
	for i := range 30 {
		want = append(want, fmt.Sprintf("user:approver%d@example.com", i))
	}
	var mu sync.Mutex
	overwrites := 0
	overwrite := func() {
		mu.Lock()
		defer mu.Unlock()
		if overwrites == 3 || org.CountRequests("POST */Edit") == 0 {
			return
		}
		overwrites++
		current, err := org.Members(releaseB, "approvers")
		must(t, err)
		mine := slices.DeleteFunc(current, func(m string) bool { return !strings.HasPrefix(m, "user:approver") })
		must(t, org.Administrator("").ChangeMembers(releaseB, "approvers", []string{outsider}, mine))
	}
	org.inject(mock.Fault{Route: "GET /Projects/{project}/SigningPolicies/{policy}", Before: overwrite})
	org.run(nil, resource.TestStep{
		Config: org.config(`
resource "signpath_signing_policy_approver" "this" {
  count          = 30
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:approver${count.index}@example.com"
}`),
		Check: org.membersAre(releaseB, "approvers", want...),
	})
	if overwrites != 3 {
		t.Errorf("the other writer came %d times, so this test shows nothing", overwrites)
	}
}
