package review

import (
	"fmt"
	"strings"
)

// A Permission is something that a principal may do.
type Permission int

// The permissions, the narrowest first.
const (
	// Submit is to submit signing requests to a signing policy.
	Submit Permission = iota
	// Approve is to approve or deny signing requests of a signing policy.
	Approve
	// ReadArtifacts is to read signing requests, including artifacts.
	ReadArtifacts
	// Configure is to change artifact configurations and webhooks of a project.
	Configure
	// AdministerProjects is to create and change projects and signing policies,
	// and so also to say who may submit and approve.
	AdministerProjects
	// AdministerUsers is to manage users, groups and global roles.
	AdministerUsers
	// AdministerCertificates is to manage certificates.
	AdministerCertificates
	// Everything is control of the whole organization, with what no other
	// permission gives: trusted build systems, and deleting the organization.
	Everything

	permissions int = iota
)

// permissionTraits are what there is to know of each permission.
var permissionTraits = [permissions]struct {
	id, noun string
	// narrowest is the smallest place for which SignPath tells the permission
	// apart.
	narrowest extent
	// includes are the permissions that go without saying for whoever has this
	// one by the same reason.
	includes []Permission
}{
	Submit:                 {"submit", "submission", ofSigningPolicy, []Permission{ReadArtifacts}},
	Approve:                {"approve", "approval", ofSigningPolicy, []Permission{ReadArtifacts}},
	ReadArtifacts:          {"read-artifacts", "reading of artifacts", ofSigningPolicy, nil},
	Configure:              {"configure", "configuration", ofProject, []Permission{ReadArtifacts}},
	AdministerProjects:     {"administer-projects", "administration of projects", ofOrganization, []Permission{Configure, ReadArtifacts}},
	AdministerUsers:        {"administer-users", "administration of users", ofOrganization, nil},
	AdministerCertificates: {"administer-certificates", "administration of certificates", ofOrganization, nil},
	Everything: {"everything", "control of everything", ofOrganization, []Permission{
		AdministerProjects, AdministerUsers, AdministerCertificates, Configure, ReadArtifacts,
	}},
}

// Permissions returns all permissions.
func Permissions() []Permission {
	all := make([]Permission, permissions)
	for i := range all {
		all[i] = Permission(i)
	}
	return all
}

// String returns the stable name of the permission, such as "read-artifacts".
func (p Permission) String() string { return permissionTraits[p].id }

// Noun names the permission in a sentence, to follow "gains".
func (p Permission) Noun() string { return permissionTraits[p].noun }

// PermissionNames returns the stable names of all permissions.
func PermissionNames() []string {
	names := make([]string, permissions)
	for i, permission := range Permissions() {
		names[i] = permission.String()
	}
	return names
}

// ParsePermission returns the permission with the stable name.
func ParsePermission(name string) (Permission, error) {
	for _, permission := range Permissions() {
		if permission.String() == name {
			return permission, nil
		}
	}
	return 0, fmt.Errorf("%q is no permission; valid are %s", name, strings.Join(PermissionNames(), ", "))
}
