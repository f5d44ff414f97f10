package vocabulary

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The roles, by their constants, in the order of the columns of the page. Observed (data
// models). They are a closed list.
const (
	RoleSuperAdmin              access.Role = "SUPER_ADMIN"
	RoleOrgOwner                access.Role = "ORG_OWNER"
	RoleOrgAdmin                access.Role = "ORG_ADMIN"
	RoleOrgBilling              access.Role = "ORG_BILLING"
	RoleOrgUser                 access.Role = "ORG_USER"
	RoleAppAdmin                access.Role = "APP_ADMIN"
	RoleAppManager              access.Role = "APP_MANAGER"
	RoleAppOperator             access.Role = "APP_OPERATOR"
	RoleAppReader               access.Role = "APP_READER"
	RoleSigners                 access.Role = "SIGNERS"
	RoleInvitedProofReader      access.Role = "INVITED_PROOF_READER"
	RoleInvitedDocumentProvider access.Role = "INVITED_DOCUMENT_PROVIDER"
	RoleInternalAPI             access.Role = "INTERNAL_API"
)

// A Role is what the page and the models say of a role.
type Role struct {
	Role access.Role
	// Wire is the value that is sent: the constant, but for one. Observed.
	Wire string
	// Group is the heading under which the page has it: "Application Roles". Title is how the
	// page calls it, Column how its matrix does, and Words are what it says of the role.
	// Documented; empty for INTERNAL_API, which the page does not have.
	Group, Title, Column, Words string
	// Scope is where it is held. Observed.
	Scope Scope
	// Policy are the permissions that its policy lists. Observed.
	Policy []PermissionKey
}

// Roles returns all roles, in the order of the columns of the page.
func Roles() []Role { return slices.Clone(roleTable) }

var roleTable = tabulateRoles()

func tabulateRoles() []Role {
	const platform, organization, application, external = "Platform Roles", "Organization Roles", "Application Roles", "External Roles"
	reader := []PermissionKey{
		DocTemplateRead, SignatureProfileRead, SignatureRequestRead, SignersRead, SignatureProofRestrictedRead, SignatureProofSharedRead,
	}
	operator := []PermissionKey{
		DocTemplateRead, SignatureProfileRead, SignatureRequestManagement, SignersManagement, SignatureProofRestrictedRead, SignatureProofSharedRead,
	}
	manager := []PermissionKey{
		WebhooksManagement, DocTemplateManagement, SignatureProfileManagement, SignatureRequestManagement, SignersManagement,
		SignatureProofRestrictedRead, SignatureProofSharedRead,
	}
	appAdmin := slices.Concat([]PermissionKey{AppCustomization, AppMemberManagement, APIKeysManagement}, manager)
	orgAdmin := slices.Concat([]PermissionKey{
		OrgArchiving, OrgBilling, OrgMemberManagement, OrgDelegationAgreement, OrgBasicInformationWrite,
	}, appAdmin)
	everything := slices.Concat([]PermissionKey{PlatformOrganizationManagement, PlatformUserManagement, PlatformKPI}, orgAdmin)
	roles := []Role{
		{
			RoleSuperAdmin, "", platform, "Super Admin", "Super Admin",
			"Has complete access to all features and functions across the entire platform", ScopePlatform, everything,
		},
		{
			RoleOrgOwner, "", organization, "Organization Owner", "Org Owner",
			"The primary administrator for an organization with full control over all aspects", ScopeOrganization, orgAdmin,
		},
		{
			RoleOrgAdmin, "", organization, "Organization Admin", "Org Admin",
			"Has administrative permissions for the organization but with some limitations", ScopeOrganization, orgAdmin,
		},
		{
			RoleOrgBilling, "", organization, "Organization Billing", "Org Billing",
			"Can manage billing information and view invoices for the organization", ScopeOrganization,
			[]PermissionKey{OrgBilling, OrgBasicInformationRead},
		},
		{
			RoleOrgUser, "", organization, "Organization User", "Org User",
			"Basic user with limited access to organization resources", ScopeOrganization,
			[]PermissionKey{OrgBasicInformationRead},
		},
		{
			RoleAppAdmin, "", application, "Application Admin", "App Admin",
			"Has full control over a specific application", ScopeApplication, appAdmin,
		},
		{
			RoleAppManager, "", application, "Application Manager", "App Manager",
			"Can manage application settings and features but with some limitations", ScopeApplicationEnv, manager,
		},
		{
			RoleAppOperator, "", application, "Application Operator", "App Operator",
			"Can perform day-to-day operations within an application", ScopeApplicationEnv, operator,
		},
		{
			RoleAppReader, "", application, "Application Reader", "App Reader",
			"Has read-only access to application data", ScopeApplicationEnv, reader,
		},
		{
			RoleSigners, "", external, "Signer", "Signer",
			"Can sign documents when invited", ScopeApplicationEnv,
			[]PermissionKey{SignatureSessionExecution},
		},
		{
			RoleInvitedProofReader, "", external, "Invited Proof Reader", "Proof Reader",
			"Has permission to view signature proofs", ScopeSignatureRequest,
			[]PermissionKey{SignatureProofSharedRead},
		},
		{
			RoleInvitedDocumentProvider, "INVITED_PROOF_PROVIDER", external, "Invited Document Provider", "Doc Provider",
			"Can provide documents for signatures", ScopeSignatureRequest,
			[]PermissionKey{DocumentProvider},
		},
		{Role: RoleInternalAPI, Scope: ScopePlatform, Policy: everything},
	}
	for i := range roles {
		if roles[i].Wire == "" {
			roles[i].Wire = string(roles[i].Role)
		}
	}
	return roles
}

// IsExternal tells whether the role is for outsiders who take part in one thing, and are no
// users of the organization.
func (r Role) IsExternal() bool { return r.Group == "External Roles" }

// holding says how the role is held. Roles of users are held by entries, roles of outsiders by
// taking part in a signature, and roles of the platform by the vendor alone.
func (r Role) holding() access.Holding {
	switch {
	case r.Scope == ScopePlatform:
		return access.ByVendor
	case r.IsExternal():
		return access.ByParticipation
	}
	return access.ByEntry
}

// A How says how a role comes to a permission.
type How string

// The marks of the matrix.
const (
	// Listed is for what the policy of the role lists.
	Listed How = "listed"
	// Implied is for reading that goes with what the policy lists.
	Implied How = "implied"
	// NotGranted is for the rest.
	NotGranted How = "not granted"
)

// How tells how the role comes to the permission.
func (r Role) How(key PermissionKey) How {
	if slices.Contains(r.Policy, key) {
		return Listed
	}
	for _, listed := range r.Policy {
		if slices.Contains(permissionTable[position(listed)].ImpliedReading(), key) {
			return Implied
		}
	}
	return NotGranted
}

// cell is How with its evidence and source.
func (r Role) cell(key PermissionKey) access.Cell {
	switch r.How(key) {
	case Listed:
		return access.Yes(policies).Observed()
	case Implied:
		return access.Yes(readingImplied).Inferred()
	}
	return access.No(policies).Observed()
}

// IsRecordable tells whether somebody in an organization can be given the role, so that it can
// stand in a record of who should have what. The vendor's own roles, and those of outsiders,
// cannot.
func IsRecordable(role access.Role) bool {
	description := IgniSign.Description(role)
	return description != nil && description.By == access.ByEntry
}
