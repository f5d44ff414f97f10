package mock

import (
	"fmt"
	"maps"
	"slices"
)

// Role is the one global role of a user. DIR: a user has at most one role other than Regular User.
type Role string

// The role strings are documented as values of SCIM app roles; that the REST API uses the same is inferred.
// DirectorySynchronizer is not in that list and inferred from the pattern.
const (
	RoleGlobalAdministrator      Role = "GlobalAdministrator"
	RoleCertificateAdministrator Role = "CertificateAdministrator"
	RoleUserAdministrator        Role = "UserAdministrator"
	RoleProjectAdministrator     Role = "ProjectAdministrator"
	RoleGlobalReader             Role = "GlobalReader"
	RoleRegularUser              Role = "RegularUser"
	RoleDirectorySynchronizer    Role = "DirectorySynchronizer"
)

var roleTitles = map[Role]string{
	RoleGlobalAdministrator:      "Global Administrator",
	RoleCertificateAdministrator: "Certificate Administrator",
	RoleUserAdministrator:        "User Administrator",
	RoleProjectAdministrator:     "Project Administrator",
	RoleGlobalReader:             "Global Reader",
	RoleRegularUser:              "Regular User",
	RoleDirectorySynchronizer:    "Directory Synchronizer",
}

// Roles returns all roles, sorted.
func Roles() []Role {
	return slices.Sorted(maps.Keys(roleTitles))
}

// Title is the name of the role in SignPath's user interface.
func (r Role) Title() string { return roleTitles[r] }

func (r Role) isKnown() bool { return roleTitles[r] != "" }

// unknown is the error about a role that is none.
func (r Role) unknown() error { return fmt.Errorf("unknown role %q; known are %q", r, Roles()) }
