// Package vocabulary is what SignPath calls things, and who may do what there: the roles and
// access lists, each cell of their rights with its source, and the rules of reviews.
package vocabulary

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Where SignPath documents the rights.
const (
	readPermissions = `users page, "Read permissions"; changelog 1.202.0`
	// What a submitter or approver of a policy reads followed the policy before it followed the project.
	readOfProject   = readPermissions + `, 1.207.3 and 1.211.0: whoever reads the project; before that, of the own signing policy only`
	userRoles       = `users page, "User roles"`
	listsOnly       = `users page, "Permissions": submitters and approvers are named per signing policy`
	permissionLists = `users page, "Permissions": per project or signing policy, apart from global roles`
	supportUsers    = `users page, "Support users": administrative privileges`
	projectSettings = `projects page, "Project settings"`
	signingPolicies = `projects page, "Signing policies"`
	approvalProcess = `projects page, "Approval process"`
)

// The permissions that SignPath's documentation tells apart.
var (
	// Submit is to submit signing requests to a signing policy.
	Submit = access.Permission{ID: "submit", Noun: "submission", Letter: "S"}
	// Approve is to approve or deny signing requests of a signing policy.
	Approve = access.Permission{ID: "approve", Noun: "approval", Letter: "A"}
	// ReadArtifacts is to read signing requests, including artifacts.
	ReadArtifacts = access.Permission{ID: "read-artifacts", Noun: "reading of artifacts", Letter: "R"}
	// Configure is to change artifact configurations and webhooks of a project.
	Configure = access.Permission{ID: "configure", Noun: "configuration", Letter: "C"}
	// AdministerProjects is to create and change projects and signing policies, and so also
	// to say who may submit and approve.
	AdministerProjects = access.Permission{ID: "administer-projects", Noun: "administration of projects", Letter: "P"}
	// AdministerUsers is to manage users, groups and global roles.
	AdministerUsers = access.Permission{ID: "administer-users", Noun: "administration of users", Letter: "U"}
	// AdministerCertificates is to manage certificates.
	AdministerCertificates = access.Permission{ID: "administer-certificates", Noun: "administration of certificates", Letter: "K"}
	// Everything is control of the whole organization, with what no other permission gives:
	// trusted build systems, and deleting the organization.
	Everything = access.Permission{ID: "everything", Noun: "control of everything", Letter: "E"}
)

// The kinds of places within an organization, by the attributes that name them.
const (
	PlaceProject       = "project"
	PlaceSigningPolicy = "signing_policy"
)

// SignPath is who may do what at SignPath. The documentation is silent on whether an
// administrator may submit or approve without being on the list. It names the lists as where
// that is granted, so no role is taken to include it; whoever administers projects can put
// themself on a list, which an audit log shows.
var SignPath = access.Define(access.Vocabulary{
	Places: []access.PlaceKind{
		{Key: PlaceProject, Noun: "project", Plural: "projects"},
		{Key: PlaceSigningPolicy, Noun: "signing policy", Plural: "signing policies", Within: PlaceProject, Settings: policySettings, Tell: policyNotes},
	},
	Settings: settings,
	Permissions: []access.PermissionDescription{
		{Permission: Submit, Narrowest: PlaceSigningPolicy, Gravity: 4, Includes: []access.Permission{ReadArtifacts}},
		{Permission: Approve, Narrowest: PlaceSigningPolicy, Gravity: 5, Includes: []access.Permission{ReadArtifacts}},
		{Permission: ReadArtifacts, Narrowest: PlaceSigningPolicy},
		{Permission: Configure, Narrowest: PlaceProject, Gravity: 3, Includes: []access.Permission{ReadArtifacts}},
		{Permission: AdministerProjects, Gravity: 7, Includes: []access.Permission{Configure, ReadArtifacts}},
		{Permission: AdministerUsers, Gravity: 8},
		{Permission: AdministerCertificates, Gravity: 6},
		{Permission: Everything, Gravity: 9, Includes: []access.Permission{AdministerProjects, AdministerUsers, AdministerCertificates, Configure, ReadArtifacts}},
	},
	Most: RoleGlobalAdministrator, Least: RoleRegularUser,
	Roles: append([]access.RoleDescription{
		{
			Role: RoleGlobalAdministrator, By: access.ByPrincipal, Title: "Global Administrator", ConsiderFor: "Subscription owner",
			Permissions: []string{
				"Control the entire SignPath organization",
				"Everything that Certificate, User and Project Administrators may do",
				"Trusted build system management",
				"Delete the SignPath organization",
			},
			Rights: ofRole(ReadArtifacts, Configure, AdministerProjects, AdministerUsers, AdministerCertificates, Everything),
		},
		{
			Role: RoleCertificateAdministrator, By: access.ByPrincipal, Title: "Certificate Administrator", ConsiderFor: "PKI team",
			Permissions: []string{"Certificate management"},
			Rights:      ofRole(AdministerCertificates),
		},
		{
			Role: RoleUserAdministrator, By: access.ByPrincipal, Title: "User Administrator", ConsiderFor: "User management",
			Permissions: []string{"User management, including the assignment of any role to anyone, also to themselves"},
			Rights:      ofRole(AdministerUsers),
		},
		{
			Role: RoleProjectAdministrator, By: access.ByPrincipal, Title: "Project Administrator", ConsiderFor: "Dev/DevOps policy owners",
			Permissions: []string{"Project and policy configuration", "Docker repository management"},
			Rights:      ofRole(ReadArtifacts, Configure, AdministerProjects),
		},
		{
			Role: RoleGlobalReader, By: access.ByPrincipal, Title: "Global Reader", ConsiderFor: "Auditors",
			Permissions: []string{"Read all information, including signing requests and artifacts of all projects and signing policies"},
			Rights:      ofRole(ReadArtifacts),
		},
		{
			Role: RoleDirectorySynchronizer, By: access.ByPrincipal, Title: "Directory Synchronizer",
			ConsiderFor: "The CI user of the directory synchronization (SCIM) connector",
			Permissions: []string{"User management for directory synchronization"},
			Rights:      ofRole(AdministerUsers),
		},
		{
			Role: RoleRegularUser, By: access.ByPrincipal, Title: "Regular User", ConsiderFor: "Team members and administrators",
			Permissions: []string{"No global permissions"},
			Rights: map[access.Permission]access.Cell{
				Submit:                 access.No(userRoles),
				Approve:                access.No(userRoles),
				ReadArtifacts:          access.No(readPermissions),
				Configure:              access.No(userRoles),
				AdministerProjects:     access.No(userRoles),
				AdministerUsers:        access.No(userRoles),
				AdministerCertificates: access.No(userRoles),
				Everything:             access.No(userRoles),
			},
		},
		{
			Role: Support, By: access.BySupport, Title: "support user",
			Rights: map[access.Permission]access.Cell{
				Submit:                 access.No(listsOnly).Inferred(),
				Approve:                access.No(listsOnly).Inferred(),
				ReadArtifacts:          access.Yes(readPermissions),
				Configure:              access.Yes(supportUsers).Inferred(),
				AdministerProjects:     access.Yes(supportUsers).Inferred(),
				AdministerUsers:        access.Yes(supportUsers).Inferred(),
				AdministerCertificates: access.Yes(supportUsers).Inferred(),
				Everything:             access.Yes(supportUsers).Inferred(),
			},
		},
	}, rolesOfLists()...),
})

// ofRole are the cells of a global role that allows these. That it lets nobody submit or
// approve is inferred: the documentation names the lists as where that is granted.
func ofRole(granted ...access.Permission) map[access.Permission]access.Cell {
	cells := map[access.Permission]access.Cell{Submit: access.No(listsOnly).Inferred(), Approve: access.No(listsOnly).Inferred()}
	for permission, source := range map[access.Permission]string{
		ReadArtifacts: readPermissions, Configure: userRoles, AdministerProjects: userRoles, AdministerUsers: userRoles,
		AdministerCertificates: userRoles, Everything: userRoles,
	} {
		cells[permission] = access.Cell{Granted: slices.Contains(granted, permission), Evidence: access.Documented, Source: source}
	}
	return cells
}
