package vocabulary

// A Scope is a kind of object that a role is held at, or that a function is about. Observed
// (data models).
type Scope string

// The scopes, the widest first: an environment has signature profiles, which have requests. No
// role and no function has the scope SIGNATURE_SESSION.
const (
	ScopePlatform         Scope = "PLATFORM"
	ScopeOrganization     Scope = "ORGANIZATION"
	ScopeApplication      Scope = "APPLICATION"
	ScopeApplicationEnv   Scope = "APPLICATION_ENV"
	ScopeSignatureProfile Scope = "SIGNATURE_PROFILE"
	ScopeSignatureRequest Scope = "SIGNATURE_REQUEST"
	ScopeSignatureSession Scope = "SIGNATURE_SESSION"
)

// Scopes returns all scopes, the widest first.
func Scopes() []Scope {
	return []Scope{
		ScopePlatform, ScopeOrganization, ScopeApplication, ScopeApplicationEnv, ScopeSignatureProfile, ScopeSignatureRequest, ScopeSignatureSession,
	}
}

// The kinds of places within an organization at which the roles of its users are held.
const (
	PlaceApplication = "application"
	PlaceEnvironment = "environment"
)

// Environments are those that each application has. Documented (API reference) and observed
// (data models).
func Environments() []string { return []string{"DEVELOPMENT", "STAGING", "PRODUCTION"} }

// PlaceKind is the key of the kind of places that the scope is, or that is around it: empty
// for the organization. The platform, which is around all organizations, counts as that.
func (s Scope) PlaceKind() string {
	switch s {
	case ScopePlatform, ScopeOrganization:
		return ""
	case ScopeApplication:
		return PlaceApplication
	}
	return PlaceEnvironment
}

// A Right is what can be done with a function. Observed (data models).
type Right string

// The rights. No permission has ARCHIVE or DELETE.
const (
	RightRead     Right = "READ"
	RightWrite    Right = "WRITE"
	RightGenerate Right = "GENERATE"
	RightExecute  Right = "EXECUTE"
	RightArchive  Right = "ARCHIVE"
	RightDelete   Right = "DELETE"
	RightProvide  Right = "PROVIDE"
	RightInit     Right = "INIT"
)

// Rights returns all rights.
func Rights() []Right {
	return []Right{RightRead, RightWrite, RightGenerate, RightExecute, RightArchive, RightDelete, RightProvide, RightInit}
}

// A RoughGrade is the accreditation level of a permission, as a rough grade of how sensitive
// it is. What a level demands or blocks is unknown, so no access is computed from it. Observed
// (data models).
type RoughGrade string

// The accreditation levels, the least sensitive first.
const (
	GradeBasic    RoughGrade = "BASIC"
	GradeAdvanced RoughGrade = "ADVANCED"
	GradeCritical RoughGrade = "CRITICAL"
)

// RoughGrades returns all grades, the least sensitive first.
func RoughGrades() []RoughGrade { return []RoughGrade{GradeBasic, GradeAdvanced, GradeCritical} }

// A Function is what permissions are about. Key and scope are observed (data models), the
// group is documented (page).
type Function struct {
	Key string
	// Group is the heading under which the page has it: "Organization Functions". The page
	// lists 16 functions and the models have 18: both kinds of proofs are one on the page,
	// and PROVIDE_DOCUMENT_INVITED is none.
	Group string
	// OnPage is how the page calls it; empty for the one that it does not have.
	OnPage string
	Scope  Scope
}

const (
	platformFunctions     = "Platform Functions"
	organizationFunctions = "Organization Functions"
	applicationFunctions  = "Application Functions"
	documentFunctions     = "Document Functions"
)

// The functions.
var (
	platformManagement  = Function{"PLATFORM_MANAGEMENT", platformFunctions, "Platform Management", ScopePlatform}
	orgArchiving        = Function{"ORG_ARCHIVING", organizationFunctions, "Organization Archiving", ScopeOrganization}
	billing             = Function{"BILLING", organizationFunctions, "Billing", ScopeOrganization}
	orgMembers          = Function{"ORG_MEMBER_MANAGEMENT", organizationFunctions, "Organization Member Management", ScopeOrganization}
	delegationAgreement = Function{"DELEGATION_AGREEMENT", organizationFunctions, "Delegation Agreement", ScopeOrganization}
	orgInformation      = Function{"ORG_BASIC_INFORMATION", organizationFunctions, "Organization Basic Information", ScopeOrganization}
	appCustomization    = Function{"APP_CUSTOMIZATION", applicationFunctions, "Application Customization", ScopeApplication}
	appMembers          = Function{"APP_MEMBERS_MANAGEMENT", applicationFunctions, "Application Members Management", ScopeApplication}
	apiKeys             = Function{"API_KEYS", applicationFunctions, "API Keys", ScopeApplicationEnv}
	webhooks            = Function{"WEBHOOKS", applicationFunctions, "Webhooks", ScopeApplicationEnv}
	docTemplate         = Function{"DOC_TEMPLATE", documentFunctions, "Document Templates", ScopeApplicationEnv}
	signatureProfile    = Function{"SIGNATURE_PROFILE", documentFunctions, "Signature Profiles", ScopeApplicationEnv}
	signatureRequest    = Function{"SIGNATURE_REQUEST", documentFunctions, "Signature Requests", ScopeSignatureProfile}
	signers             = Function{"SIGNERS", documentFunctions, "Signers", ScopeSignatureProfile}
	signatureSession    = Function{"SIGNATURE_SESSION", documentFunctions, "Signature Sessions", ScopeSignatureProfile}
	restrictedProof     = Function{"SIGNATURE_PROOF_RESTRICTED", documentFunctions, "Signature Proofs", ScopeSignatureRequest}
	sharedProof         = Function{"SIGNATURE_PROOF_SHARED", documentFunctions, "Signature Proofs", ScopeSignatureRequest}
	provideDocument     = Function{"PROVIDE_DOCUMENT_INVITED", "", "", ScopeSignatureRequest}
)

// Functions returns all functions, in the order in which the page has them.
func Functions() []Function {
	return []Function{
		platformManagement, orgArchiving, billing, orgMembers, delegationAgreement, orgInformation, appCustomization, appMembers, apiKeys, webhooks,
		docTemplate, signatureProfile, signatureRequest, signers, signatureSession, restrictedProof, sharedProof, provideDocument,
	}
}

// A UserType is a kind of users by their relationship with the platform. Documented (page).
type UserType struct {
	Title string
	// Words are those of the page.
	Words string
	// Platform tells whether being one gives access to the platform as a user of it. Whoever
	// only signs has none. Documented (earlier text of the page).
	Platform bool
}

// UserTypes returns the kinds of users, in the order of the page.
func UserTypes() []UserType {
	return []UserType{
		{"Platform Users", "Users who manage the IgniSign platform itself (Ignisign administrators).", true},
		{"Organization Users", "Users who belong to an organization using IgniSign. They manage signature workflows within their organization.", true},
		{"Application Users", "Users who interact with a specific application that integrates with IgniSign.", true},
		{"Signers", "End-users who are invited to sign documents through IgniSign.", false},
	}
}
