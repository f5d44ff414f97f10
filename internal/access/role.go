package access

import (
	"slices"
	"strconv"
)

// A Role is a global role, spelled as SignPath's SCIM app roles are
// (documented for SCIM; that the REST API uses the same strings is inferred).
// A user has one; who has no other is a Regular User.
//
// A server may spell a role in a way that is not in the catalogue. What such a role
// allows is not known, so it counts against, in each question: [Role.AtMost] is for
// what is harmful if the role is a powerful one, and [Role.AtLeast] for what is harmful
// if it is not. The empty role is no such value: it says that nobody has told the role.
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

// RoleUnstated is the role of a user of whom a server says null, and does not say that
// null is how it writes Regular User. It is in no catalogue.
const RoleUnstated Role = "null"

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

// catalogue is made once, because large reviews ask for the role of everybody.
var catalogue = Roles()

// description finds the role in the catalogue, or returns nil.
func (r Role) description() *RoleDescription {
	for i := range catalogue {
		if catalogue[i].Role == r {
			return &catalogue[i]
		}
	}
	return nil
}

// IsUnknown tells whether a server has given the user a role that is not in the
// catalogue, another spelling of one that is included.
func (r Role) IsUnknown() bool {
	return r != "" && r.description() == nil
}

// AtMost is the role as which it counts where a powerful role is the worse case: when
// whoever has it is deactivated, gets another role, is activated or is reported. One
// that is unknown counts as that of a Global Administrator, who may do all that any role
// allows.
func (r Role) AtMost() Role {
	if r.IsUnknown() {
		return RoleGlobalAdministrator
	}
	return r
}

// AtLeast is the role as which it counts where somebody has to have it: when it is asked
// who remains, or who may do something. One that is unknown counts as that of a Regular
// User.
func (r Role) AtLeast() Role {
	if r.IsUnknown() {
		return RoleRegularUser
	}
	return r
}

// String is how SignPath spells the role. One that is unknown stands in quotes, because
// it can be any text, and is called so.
func (r Role) String() string {
	switch {
	case r == RoleUnstated:
		return "null (unknown)"
	case r.IsUnknown():
		return strconv.Quote(string(r)) + " (unknown)"
	}
	return string(r)
}

// Title is the name in SignPath's web application; for a role that is not in the
// catalogue, as String has it.
func (r Role) Title() string {
	if description := r.description(); description != nil {
		return description.Title
	}
	return r.String()
}

// SeesAllProjects tells whether a token whose user has the role sees every
// project, so that a project missing from the list is proven not to exist.
// Source: changelog 1.207.3 and the users page (documented).
func (r Role) SeesAllProjects() bool {
	return slices.Contains([]Role{RoleGlobalAdministrator, RoleProjectAdministrator, RoleGlobalReader}, r.AtLeast())
}
