package vocabulary

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A PermissionKey is the constant of a permission.
type PermissionKey string

// The permissions, in the order of the page. Observed (data models).
const (
	PlatformOrganizationManagement PermissionKey = "PLATFORM_ORGANIZATION_MANAGEMENT"
	PlatformUserManagement         PermissionKey = "PLATFORM_USER_MANAGEMENT"
	PlatformKPI                    PermissionKey = "PLATFORM_KPI"
	OrgArchiving                   PermissionKey = "ORG_ARCHIVING"
	OrgBilling                     PermissionKey = "ORG_BILLING"
	OrgMemberManagement            PermissionKey = "ORG_MEMBER_MANAGEMENT"
	OrgDelegationAgreement         PermissionKey = "ORG_DELEGATION_AGREEMENT"
	OrgBasicInformationRead        PermissionKey = "ORG_BASICINFORMATION_READ"
	OrgBasicInformationWrite       PermissionKey = "ORG_BASICINFORMATION_WRITE"
	AppCustomization               PermissionKey = "APP_CUSTOMIZATION"
	AppMemberManagement            PermissionKey = "APP_MEMBER_MANAGEMENT"
	APIKeysManagement              PermissionKey = "API_KEYS_MANAGEMENT" //nolint:gosec // it is no credential
	WebhooksManagement             PermissionKey = "WEBHOOKS_MANAGEMENT"
	DocTemplateManagement          PermissionKey = "DOC_TEMPLATE_MANAGEMENT"
	DocTemplateRead                PermissionKey = "DOC_TEMPLATE_READ"
	SignatureProfileManagement     PermissionKey = "SIGNATURE_PROFILE_MANAGEMENT"
	SignatureProfileRead           PermissionKey = "SIGNATURE_PROFILE_READ"
	SignatureRequestManagement     PermissionKey = "SIGNATURE_REQUEST_MANAGEMENT"
	SignatureRequestRead           PermissionKey = "SIGNATURE_REQUEST_READ"
	SignersManagement              PermissionKey = "SIGNERS_MANAGEMENT"
	SignersRead                    PermissionKey = "SIGNERS_READ"
	SignatureSessionExecution      PermissionKey = "SIGNATURE_SESSION_EXECUTION"
	SignatureProofRestrictedRead   PermissionKey = "SIGNATURE_PROOF_RESTRICTED_READ"
	SignatureProofSharedRead       PermissionKey = "SIGNATURE_PROOF_SHARED_READ"
	DocumentProvider               PermissionKey = "DOCUMENT_PROVIDER"
)

// A Permission is rights to a function. All but title and count is observed (data models).
type Permission struct {
	Key PermissionKey
	// Wire is the value that is sent: the key, but for one.
	Wire string
	// Title is how the page calls it. Documented.
	Title    string
	Function Function
	Rights   []Right
	// RoughGrade is the accreditation level, of which nothing is computed.
	RoughGrade RoughGrade
	// RolesOnPage is how many of the 12 roles of the page have it. Documented, as a number
	// only: which roles they are is what the models say.
	RolesOnPage int
}

// Permissions returns all permissions, in the order of the page.
func Permissions() []Permission { return slices.Clone(permissionTable) }

var permissionTable = tabulatePermissions()

func tabulatePermissions() []Permission {
	read, readWrite := []Right{RightRead}, []Right{RightRead, RightWrite}
	all := []Permission{
		{PlatformOrganizationManagement, "", "Platform Organization Management", platformManagement, readWrite, GradeCritical, 1},
		{PlatformUserManagement, "PLATFORM_APPLICATION_MANAGEMENT", "Platform User Management", platformManagement, readWrite, GradeCritical, 1},
		{PlatformKPI, "", "Platform KPI", platformManagement, read, GradeCritical, 1},
		{OrgArchiving, "", "Organization Archiving", orgArchiving, readWrite, GradeCritical, 3},
		{OrgBilling, "", "Organization Billing", billing, readWrite, GradeAdvanced, 4},
		{OrgMemberManagement, "", "Organization Member Management", orgMembers, readWrite, GradeCritical, 3},
		{OrgDelegationAgreement, "", "Organization Delegation Agreement", delegationAgreement, readWrite, GradeCritical, 3},
		{OrgBasicInformationRead, "", "Organization Basic Information (Read)", orgInformation, read, GradeBasic, 5},
		{OrgBasicInformationWrite, "", "Organization Basic Information (Write)", orgInformation, readWrite, GradeCritical, 3},
		{AppCustomization, "", "Application Customization", appCustomization, readWrite, GradeAdvanced, 4},
		{AppMemberManagement, "", "Application Member Management", appMembers, readWrite, GradeAdvanced, 4},
		{APIKeysManagement, "", "API Keys Management", apiKeys, []Right{RightRead, RightGenerate}, GradeAdvanced, 4},
		{WebhooksManagement, "", "Webhooks Management", webhooks, readWrite, GradeAdvanced, 5},
		{DocTemplateManagement, "", "Document Template Management", docTemplate, readWrite, GradeAdvanced, 5},
		{DocTemplateRead, "", "Document Template Read", docTemplate, read, GradeBasic, 7},
		{SignatureProfileManagement, "", "Signature Profile Management", signatureProfile, readWrite, GradeAdvanced, 5},
		{SignatureProfileRead, "", "Signature Profile Read", signatureProfile, read, GradeAdvanced, 7},
		{SignatureRequestManagement, "", "Signature Request Management", signatureRequest, readWrite, GradeCritical, 6},
		{SignatureRequestRead, "", "Signature Request Read", signatureRequest, read, GradeCritical, 7},
		{SignersManagement, "", "Signers Management", signers, []Right{RightRead, RightInit}, GradeCritical, 6},
		{SignersRead, "", "Signers Read", signers, read, GradeAdvanced, 7},
		{SignatureSessionExecution, "", "Signature Session Execution", signatureSession, []Right{RightExecute}, GradeCritical, 1},
		{SignatureProofRestrictedRead, "", "Signature Proof Restricted Read", restrictedProof, read, GradeAdvanced, 7},
		{SignatureProofSharedRead, "", "Signature Proof Shared Read", sharedProof, read, GradeBasic, 8},
		{DocumentProvider, "", "Document Provider", provideDocument, []Right{RightProvide}, GradeBasic, 1},
	}
	for i := range all {
		if all[i].Wire == "" {
			all[i].Wire = string(all[i].Key)
		}
	}
	return all
}

// position is the number of a permission in the order of the page, from 0.
func position(key PermissionKey) int {
	return slices.IndexFunc(permissionTable, func(p Permission) bool { return p.Key == key })
}

// Of is the permission in the form of the model.
func (key PermissionKey) Of() access.Permission {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXY"
	at := position(key)
	return access.Permission{ID: string(key), Noun: permissionTable[at].Title, Letter: letters[at : at+1]}
}

// isReading tells whether the permission is to read a function, and nothing else. PLATFORM_KPI
// has that right alone as well, and is not one: the policies that list it list the others of
// its function beside it.
func (p Permission) isReading() bool {
	return strings.HasSuffix(string(p.Key), "_READ") && len(p.Rights) == 1 && p.Rights[0] == RightRead
}

// ImpliedReading returns the permissions to read the function, which no policy lists that
// lists this one: whoever may read a function and do more with it may read it. Inferred.
func (p Permission) ImpliedReading() []PermissionKey {
	if p.isReading() || !slices.Contains(p.Rights, RightRead) {
		return nil
	}
	var implied []PermissionKey
	for _, other := range permissionTable {
		if other.isReading() && other.Function == p.Function {
			implied = append(implied, other.Key)
		}
	}
	return implied
}
