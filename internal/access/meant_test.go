package access_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func TestMeant(t *testing.T) {
	names := []string{"GlobalAdministrator", "UserAdministrator", "GlobalReader", "few-global-administrators", "old-token", "ci_user", "user", "group"}
	for text, want := range map[string]string{
		"Global Reader": "GlobalReader", "global_reader": "GlobalReader", "GlobalAdmin": "GlobalAdministrator", "UserAdmin": "UserAdministrator",
		"few-admins": "few-global-administrators", "old-tokens": "old-token", "old-tokn": "old-token",
		"ciuser": "ci_user", "CI users": "ci_user", "cis": "ci_user", "usr": "user", "grp": "", "Groups": "group",
		"": "", "-": "", "Auditor": "", "team": "",
	} {
		if got := access.Meant(text, names); got != want {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}
