package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestNotificationEmailIsTakenAway gives an address for notifications to each kind of user, lets SignPath
// write it in another case, and takes it away.
func TestNotificationEmailIsTakenAway(t *testing.T) {
	for reference, attributes := range map[string]string{
		"user:new@example.com": "resource \"signpath_user\" \"u\" {\n  name = \"New\"\n  email = \"new@example.com\"\n",
		"ci_user:nightly":      "resource \"signpath_ci_user\" \"u\" {\n  name = \"nightly\"\n",
	} {
		t.Run(reference, func(t *testing.T) {
			with := func(setting string) string { return attributes + setting + "}\n" }
			setTo := func(address string) string { return with(fmt.Sprintf("  notification_email = %q\n", address)) }
			s := newOrganization(t).site(inProcess, setTo("Audit.Team@Example.com"))
			has := func(want string) {
				t.Helper()
				user, err := s.User(reference)
				must(t, err)
				if user.NotificationEmail != want {
					t.Errorf("the address is %q, want %q", user.NotificationEmail, want)
				}
			}
			s.mustApply()
			has("Audit.Team@Example.com")

			stored := "audit.team@example.com"
			s.behindTerraform(func(a *mock.Administrator) error {
				return a.Change(reference, mock.PrincipalChange{NotificationEmail: &stored})
			})()
			s.planIs(testkit.Summary{})

			s.Write("main.tf", setTo("AUDIT.TEAM@example.com"))
			s.planIs(testkit.Summary{})

			s.Write("main.tf", with(""))
			s.planIs(testkit.Summary{})

			s.Write("main.tf", setTo(""))
			s.planIs(testkit.Summary{Change: 1})
			s.mustApply()
			has("")
			s.planIs(testkit.Summary{})

			added := "other@example.com"
			s.behindTerraform(func(a *mock.Administrator) error {
				return a.Change(reference, mock.PrincipalChange{NotificationEmail: &added})
			})()
			s.planIs(testkit.Summary{Change: 1})
		})
	}
}
