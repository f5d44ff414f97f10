package vocabulary

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The global roles, spelled as SignPath's SCIM app roles are (documented for SCIM; that the
// REST API uses the same strings is inferred). A user has one. DirectorySynchronizer is inferred from the naming of the
// others: the role is documented, its spelling is not.
const (
	RoleGlobalAdministrator      access.Role = "GlobalAdministrator"
	RoleCertificateAdministrator access.Role = "CertificateAdministrator"
	RoleUserAdministrator        access.Role = "UserAdministrator"
	RoleProjectAdministrator     access.Role = "ProjectAdministrator"
	RoleGlobalReader             access.Role = "GlobalReader"
	RoleDirectorySynchronizer    access.Role = "DirectorySynchronizer"
	RoleRegularUser              access.Role = "RegularUser"
)

// Support is what SignPath's support staff have while their account is authorized.
const Support access.Role = "support user"

// GlobalRoles returns the global roles, the most powerful first.
func GlobalRoles() []access.RoleDescription { return SignPath.RolesOf(access.ByPrincipal) }

// PrivilegedRoles returns the roles that can be assigned: all but Regular User, which is
// what remains without an assignment.
func PrivilegedRoles() []access.Role {
	var roles []access.Role
	for _, d := range GlobalRoles() {
		if d.Role != RoleRegularUser {
			roles = append(roles, d.Role)
		}
	}
	return roles
}

// SeesAllProjects tells whether a token whose user has the role sees every project, so that
// a project missing from the list is proven not to exist.
// Source: changelog 1.207.3 and the users page (documented); before that, everybody saw every project.
func SeesAllProjects(role access.Role) bool {
	return slices.Contains([]access.Role{RoleGlobalAdministrator, RoleProjectAdministrator, RoleGlobalReader}, SignPath.AtLeast(role))
}
