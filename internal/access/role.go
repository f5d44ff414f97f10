package access

import "slices"

// A Role is a global role, spelled as SignPath's SCIM app roles are
// (documented for SCIM; that the REST API uses the same strings is inferred).
// A user has one; who has no other is a Regular User.
type Role string

// The global roles. DirectorySynchronizer is inferred from the naming of the
// others: the role is documented, its spelling is not.
const (
	RoleGlobalAdministrator      Role = "GlobalAdministrator"
	RoleCertificateAdministrator Role = "CertificateAdministrator"
	RoleUserAdministrator        Role = "UserAdministrator"
	RoleProjectAdministrator     Role = "ProjectAdministrator"
	RoleGlobalReader             Role = "GlobalReader"
	RoleDirectorySynchronizer    Role = "DirectorySynchronizer"
	RoleRegularUser              Role = "RegularUser"
)

// RoleDescription is what the catalogue says of one role.
type RoleDescription struct {
	Role Role
	// Title is the name in SignPath's web application.
	Title string
	// Permissions says what the role allows, in the words of SignPath's user
	// documentation.
	Permissions []string
	// ConsiderFor is SignPath's advice on whom to give it to.
	ConsiderFor string
	// Privileged is true for every role but Regular User.
	Privileged bool
}

// Roles returns the catalogue of global roles, the most powerful first.
// Source: SignPath's documentation, "Managing users", section "User roles".
func Roles() []RoleDescription {
	return []RoleDescription{
		{
			Role: RoleGlobalAdministrator, Title: "Global Administrator", Privileged: true,
			Permissions: []string{
				"Control the entire SignPath organization",
				"Everything that Certificate, User and Project Administrators may do",
				"Trusted build system management",
				"Delete the SignPath organization",
			},
			ConsiderFor: "Subscription owner",
		},
		{
			Role: RoleCertificateAdministrator, Title: "Certificate Administrator", Privileged: true,
			Permissions: []string{"Certificate management"},
			ConsiderFor: "PKI team",
		},
		{
			Role: RoleUserAdministrator, Title: "User Administrator", Privileged: true,
			Permissions: []string{"User management, including the assignment of any role to anyone, also to themselves"},
			ConsiderFor: "User management",
		},
		{
			Role: RoleProjectAdministrator, Title: "Project Administrator", Privileged: true,
			Permissions: []string{"Project and policy configuration", "Docker repository management"},
			ConsiderFor: "Dev/DevOps policy owners",
		},
		{
			Role: RoleGlobalReader, Title: "Global Reader", Privileged: true,
			Permissions: []string{"Read all information, including signing requests and artifacts of all projects and signing policies"},
			ConsiderFor: "Auditors",
		},
		{
			Role: RoleDirectorySynchronizer, Title: "Directory Synchronizer", Privileged: true,
			Permissions: []string{"User management for directory synchronization"},
			ConsiderFor: "The CI user of the directory synchronization (SCIM) connector",
		},
		{
			Role: RoleRegularUser, Title: "Regular User", Privileged: false,
			Permissions: []string{"No global permissions"},
			ConsiderFor: "Team members and administrators",
		},
	}
}

// PrivilegedRoles returns the roles that can be assigned: all but Regular
// User, which is what remains without an assignment.
func PrivilegedRoles() []Role {
	var roles []Role
	for _, d := range Roles() {
		if d.Privileged {
			roles = append(roles, d.Role)
		}
	}
	return roles
}

// Title is the name in SignPath's web application; for a role that is not in the
// catalogue, how it is spelled.
func (r Role) Title() string {
	for _, description := range Roles() {
		if description.Role == r {
			return description.Title
		}
	}
	return string(r)
}

// SeesAllProjects tells whether a token whose user has the role sees every
// project, so that a project missing from the list is proven not to exist.
// Source: changelog 1.207.3 and the users page (documented).
func (r Role) SeesAllProjects() bool {
	return slices.Contains([]Role{RoleGlobalAdministrator, RoleProjectAdministrator, RoleGlobalReader}, r)
}
