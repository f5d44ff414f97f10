package vocabulary

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// A Contradiction is a statement of the vendor, and what stands against it.
type Contradiction struct {
	Statement, Source      string
	Against, AgainstSource string
	// Roles and Permissions are those that it is about.
	Roles       []access.Role
	Permissions []PermissionKey
}

// Contradictions returns what the vendor's sources say in two ways about roles and rights.
func Contradictions() []Contradiction {
	return []Contradiction{
		{
			Statement: `Organization Admin has "some limitations"; it may not archive the organization`, Source: rightsPage + `; ` + oldRightsPage,
			Against:       "it has ORG_ARCHIVING, and everything else that Organization Owner has",
			AgainstSource: policies + `; ` + rowCounts,
			Roles:         []access.Role{RoleOrgAdmin, RoleOrgOwner}, Permissions: []PermissionKey{OrgArchiving},
		},
		{
			Statement: "an Organization Reader cannot be assigned: it comes with being added to an application of the organization", Source: oldRightsPage,
			Against:       "there is Organization User instead; whether it comes by itself is unknown",
			AgainstSource: rightsPage + `; ` + models, Roles: []access.Role{RoleOrgUser},
		},
		{
			Statement: `Super Admin has "all features"; Organization Owner and Application Admin have "full control"`, Source: rightsPage,
			Against:       "none of them has SIGNATURE_SESSION_EXECUTION or DOCUMENT_PROVIDER",
			AgainstSource: policies + `; ` + rowCounts, Roles: []access.Role{RoleSuperAdmin, RoleOrgOwner, RoleAppAdmin},
			Permissions: []PermissionKey{SignatureSessionExecution, DocumentProvider},
		},
		{
			Statement: `Application Manager manages "settings"`, Source: rightsPage,
			Against: "it lacks APP_CUSTOMIZATION", AgainstSource: policies,
			Roles: []access.Role{RoleAppManager}, Permissions: []PermissionKey{AppCustomization},
		},
		{Statement: "there are 16 functions", Source: rightsPage, Against: "there are 18 constants of functions", AgainstSource: models},
		{
			Statement: "there are 12 roles", Source: rightsPage, Against: "there is INTERNAL_API, which the page does not have", AgainstSource: models,
			Roles: []access.Role{RoleInternalAPI},
		},
		{
			Statement: "the topic of webhook events about an application is APPLICATION", Source: webhookPages,
			Against: "the constant is APP; both have to be accepted", AgainstSource: models,
		},
	}
}
