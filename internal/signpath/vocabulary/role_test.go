package vocabulary_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestRoles(t *testing.T) {
	tests := []struct {
		role                        access.Role
		title                       string
		privileged, seesAllProjects bool
	}{
		{"GlobalAdministrator", "Global Administrator", true, true},
		{"CertificateAdministrator", "Certificate Administrator", true, false},
		{"UserAdministrator", "User Administrator", true, false},
		{"ProjectAdministrator", "Project Administrator", true, true},
		{"GlobalReader", "Global Reader", true, true},
		{"DirectorySynchronizer", "Directory Synchronizer", true, false},
		{"RegularUser", "Regular User", false, false},
	}
	catalogue := vocabulary.GlobalRoles()
	if len(catalogue) != len(tests) {
		t.Fatalf("there are %d roles", len(catalogue))
	}
	var privileged []access.Role
	for i, test := range tests {
		got := catalogue[i]
		if got.Role != test.role || got.Title != test.title || vocabulary.SignPath.Title(test.role) != test.title {
			t.Errorf("role %d is %q (%s)", i, got.Role, got.Title)
		}
		if len(got.Permissions) == 0 || got.ConsiderFor == "" {
			t.Errorf("%s lacks its permissions or for whom it is", got.Role)
		}
		if vocabulary.SeesAllProjects(test.role) != test.seesAllProjects {
			t.Errorf("%s sees all projects: %t", test.role, !test.seesAllProjects)
		}
		if test.privileged {
			privileged = append(privileged, test.role)
		}
	}
	if got := vocabulary.PrivilegedRoles(); !slices.Equal(got, privileged) {
		t.Errorf("the roles that can be assigned are %q", got)
	}
}

// TestWhatAnUnknownRoleCountsAs asks each question of roles that are known and of some
// that are not: what counts against must, and nothing else.
func TestWhatAnUnknownRoleCountsAs(t *testing.T) {
	v := vocabulary.SignPath
	const admin, regular = vocabulary.RoleGlobalAdministrator, vocabulary.RoleRegularUser
	for role, want := range map[access.Role]struct {
		unknown         bool
		atMost, atLeast access.Role
		title           string
	}{
		admin:                              {false, admin, admin, "Global Administrator"},
		vocabulary.RoleGlobalReader:        {false, vocabulary.RoleGlobalReader, vocabulary.RoleGlobalReader, "Global Reader"},
		regular:                            {false, regular, regular, "Regular User"},
		"":                                 {false, "", "", ""}, // Nobody has told it.
		"GlobalAdmin":                      {true, admin, regular, `"GlobalAdmin" (unknown)`},
		"globalAdministrator":              {true, admin, regular, `"globalAdministrator" (unknown)`},
		"Regular User":                     {true, admin, regular, `"Regular User" (unknown)`},
		access.RoleUnstated:                {true, admin, regular, "null (unknown)"},
		"\u202eadmin\x1b[2K":               {true, admin, regular, `"\u202eadmin\x1b[2K" (unknown)`},
		vocabulary.RoleGlobalReader + "\n": {true, admin, regular, `"GlobalReader\n" (unknown)`},
	} {
		if v.IsUnknown(role) != want.unknown || v.AtMost(role) != want.atMost || v.AtLeast(role) != want.atLeast || v.Title(role) != want.title {
			t.Errorf("%q is unknown: %t, counts as %q at most and as %q at least, and is called %s",
				string(role), v.IsUnknown(role), v.AtMost(role), v.AtLeast(role), v.Title(role))
		}
	}
}

// A role of a newer server must not be taken for one that sees everything.
func TestUnknownRoleSeesNothing(t *testing.T) {
	for _, role := range []access.Role{"", "SuperUser", "globaladministrator", access.RoleUnstated} {
		if vocabulary.SeesAllProjects(role) {
			t.Errorf("%q sees all projects", role)
		}
	}
}
