package mock

import (
	"fmt"
	"slices"
	"strings"
)

// Right says who may do something: any active user, users with one of the roles, support users if the roles include
// Global Administrator, or users that are on a list of the project, directly or through groups.
type Right struct {
	// Action is what the right is about, so that "needs the role … to <Action>" is a sentence.
	Action    string
	AnyUser   bool
	Roles     []Role
	Relations []Relation
	// OfPolicy is true where of the lists of signing policies only those of the one signing policy count.
	OfPolicy bool
	// Source is where the rule comes from.
	Source string
	// Before is the right as it was before the project read permission of 1.207.3; nil if that changed nothing.
	Before *Right
}

// Relation is a list of a project, or of any of its signing policies, that a user may be on, by the name that SignPath's
// user interface gives to those on it.
type Relation string

// listProperties and relations are those of all access lists.
var listProperties, relations = accessLists()

// readers are the roles that read projects and signing requests. USR, changelog 1.202.0: a subset of the roles.
var readers = []Role{RoleGlobalAdministrator, RoleProjectAdministrator, RoleGlobalReader}

// The rights table. All that the server allows is in here; the routes refer to it.
var (
	readDirectory = &Right{
		Action:  "read users, user groups and the organization",
		AnyUser: true,
		Source:  "USR: other configuration data is visible for all users",
	}
	changeUsers = &Right{
		Action: "change users",
		Roles:  []Role{RoleGlobalAdministrator, RoleUserAdministrator, RoleDirectorySynchronizer},
		Source: "USR: a User Administrator manages users, a Directory Synchronizer does so for the directory synchronization, " +
			"a Global Administrator is the sum of the administrators",
	}
	changeGroups = &Right{
		Action: "change user groups",
		Roles:  []Role{RoleGlobalAdministrator, RoleUserAdministrator, RoleDirectorySynchronizer},
		Source: "inferred from the right to change users",
	}
	listProjectsRight = &Right{
		Action:  "list projects; those that the user may not read are left out",
		AnyUser: true,
		Source:  "inferred from the right to read a project",
	}
	readProjects = &Right{
		Action:    "read this project and its signing policies",
		Roles:     readers,
		Relations: relations,
		Source:    "USR, changelog 1.207.3 and 1.211.0: project read permission",
		Before: &Right{
			Action:  "read this project and its signing policies",
			AnyUser: true,
			Source:  "USR before 1.207.3: all users can view configuration information and metadata",
		},
	}
	readSigningRequests = &Right{
		Action:    "read the signing requests of a signing policy, with their artifacts",
		Roles:     readers,
		Relations: relations,
		Source:    "USR, changelog 1.207.3 and 1.211.0: read permissions for the project",
		Before: &Right{
			Action:    "read the signing requests of a signing policy, with their artifacts",
			Roles:     readers,
			Relations: relations,
			OfPolicy:  true,
			Source:    "USR before 1.207.3: a role for the project or for the signing policy",
		},
	}
	changeProjects = &Right{
		Action: "edit this project",
		Roles:  []Role{RoleGlobalAdministrator, RoleProjectAdministrator},
		Source: "USR: a Project Administrator manages projects; PRJ, changelog 1.100.0: " +
			"a Configurator may modify artifact configurations and webhooks only",
	}
	changePolicies = &Right{
		Action: "edit signing policies",
		Roles:  []Role{RoleGlobalAdministrator, RoleProjectAdministrator},
		Source: "USR: a Project Administrator manages projects and signing policies",
	}
	readAuditLog = &Right{
		Action: "read the audit log",
		Roles:  []Role{RoleGlobalAdministrator, RoleGlobalReader},
		Source: "inferred from the meaning of the roles",
	}
)

// Rights returns the rights table of the newest version. The mock has no route for signing requests; see [Server.Permits].
func Rights() []Right {
	return []Right{
		*readDirectory, *changeUsers, *changeGroups, *listProjectsRight, *readProjects, *readSigningRequests, *changeProjects,
		*changePolicies, *readAuditLog,
	}
}

// in is the right as the server of a dialect has it.
func (r *Right) in(d Dialect) *Right {
	if r.Before != nil && d.hasOldReadRule() {
		return r.Before
	}
	return r
}

// permits tells whether a user has the right, for a project or one of its policies where the right has relations.
func (r *Right) permits(o *organization, u *user, p *project, policy *signingPolicy) bool {
	if r.AnyUser || slices.Contains(r.Roles, u.effectiveRole()) {
		return true
	}
	if p == nil {
		return false
	}
	policies := p.Policies
	if r.OfPolicy {
		policies = slices.DeleteFunc(slices.Clone(policies), func(other *signingPolicy) bool { return other != policy })
	}
	return slices.ContainsFunc(r.Relations, func(relation Relation) bool { return p.relates(o, relation, policies, u.ID) })
}

// effectiveRole makes a support user an administrator: USR: it has administrative privileges.
func (u *user) effectiveRole() Role {
	if u.IsSupport {
		return RoleGlobalAdministrator
	}
	return u.Role
}

// refusal is the cause that a 403 names, as it does since 1.204.0.
func (r *Right) refusal(u *user) string {
	roles := make([]string, len(r.Roles))
	for i, role := range r.Roles {
		roles[i] = role.Title()
	}
	detail := fmt.Sprintf("The user '%s' needs the role %s", u.Name, alternatives(roles))
	if len(r.Relations) > 0 {
		relations := make([]string, len(r.Relations))
		for i, relation := range r.Relations {
			relations[i] = string(relation)
		}
		detail += ", or to be " + alternatives(relations) + " in the project,"
	}
	return detail + " to " + r.Action + "."
}

func alternatives(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
