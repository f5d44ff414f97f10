package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What the organization's edition has not got is refused in SignPath's words, and changes nothing.
func TestWhatTheEditionLacks(t *testing.T) {
	for name, c := range map[string]struct{ hcl, says string }{
		"groups": {"resource \"signpath_user_group\" \"a\" {\n  name = \"Team\"\n}\n", "User groups are not available in the edition 'Basic'"},
		"readers": {
			"resource \"signpath_project_reader\" \"a\" {\n  project = \"project-b\"\n  member  = \"user:outsider@example.com\"\n}\n",
			"Readers and configurators are not available in the edition 'Basic'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.Organization.Edition = mock.EditionBasic
				for i := range seed.InteractiveUsers {
					seed.InteractiveUsers[i].Inactive = false
				}
			})
			before := org.Snapshot()
			s := org.site(inProcess, c.hcl)
			if applied := s.Apply(testkit.Options{}); applied.Err == nil || !says(c.says).MatchString(applied.Said) {
				t.Errorf("the apply says %s", applied)
			}
			if diff := org.differences(before); diff != "" {
				t.Errorf("it changed something: %s", diff)
			}
		})
	}
}
