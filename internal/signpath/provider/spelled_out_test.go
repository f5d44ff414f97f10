package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	visible "github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestNamesAreSpelledOut plans, refuses and reports a failure about principals whose names would
// erase a line, turn its direction, hide in it or add one. What the provider says has none of that.
func TestNamesAreSpelledOut(t *testing.T) {
	t.Parallel()
	hostile := []string{"a\x1b[2K\x1b[1A", "b\rWarning: all is well", "c\u202etxet", "d\u200be", "f\n\nWarning: all is well"}
	org := newOrganization(t, func(seed *mock.Seed) {
		for i, name := range hostile {
			id := fmt.Sprintf("99999999-9999-4999-8999-99999999999%d", i)
			seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{ID: id, Name: name, Members: []string{"user:dev.lead@example.com"}})
		}
		seed.InteractiveUsers[0].Name = hostile[0] + hostile[4]
	})
	s := org.site(inProcess, "")
	var members []string
	for i := range hostile {
		members = append(members, fmt.Sprintf("%q", fmt.Sprintf("group:99999999-9999-4999-8999-99999999999%d", i)))
	}
	s.Write("main.tf", "resource \"signpath_signing_policy_approvers\" \"l\" {\n  project = \"project-b\"\n  signing_policy = \"release-signing\"\n  members = ["+
		strings.Join(members, ", ")+"]\n}\nresource \"signpath_role_assignment\" \"r\" {\n  member = \"user:org.admin@example.com\"\n  role = \"GlobalReader\"\n}\n")
	said := s.Plan(testkit.Options{}).Said
	if !strings.Contains(said, `\x1b[2K`) || !strings.Contains(said, `\u202etxet`) {
		t.Errorf("the names are not told: %s", said)
	}
	for _, line := range strings.Split(said, "\n") {
		if visible.Visible(line) != line || strings.HasPrefix(line, "Warning: all is well") {
			t.Errorf("it says %q", line)
		}
	}
}
