package mock

// This file has every name that goes over the wire in a body or a path. A comment gives the evidence: documented
// (SignPath's documentation, changelog or published configuration), observed (client code, recorded answers) or
// inferred (by analogy, with its basis). Nothing that is only inferred is contract.

// Paths. The base path is documented; its spellings /API, /Api and /api differ between pages, so case does not matter.
const (
	pathAPI      = "Api"
	pathVersion  = "v1"
	pathPreview  = "v1-pre" // documented for the audit log alone (changelog 1.170.2)
	pathMeta     = "Meta"   // documented, outside of an organization (changelog 1.186.1)
	pathProjects = "Projects"
	pathPolicies = "SigningPolicies"
	// pathDocument is the OpenAPI document below pathAPI: the user interface for it is documented (changelog 1.129.0), the
	// path is observed in a third party's script.
	pathDocument = "swagger"
)

// Variables of paths in the OpenAPI document.
const (
	paramOrganization = "organizationId"    // inferred; that it is a UUID is documented (changelog 1.196.0)
	paramID           = "id"                // documented, changelog 1.170.2
	paramProject      = "projectSlug"       // documented, changelog 1.170.2
	paramPolicy       = "signingPolicySlug" // documented, changelog 1.177.0
)

// Operations: what a route does, and the last segment of its path where it is none of the first three. Edit, Reinvite,
// RegenerateApiToken, ChangeMembers and ModifyMembers are documented; Activate and Deactivate are inferred.
const (
	opList            = "List"
	opGet             = "Get"
	opCreate          = "Create"
	opMe              = "Me"
	opEdit            = "Edit"
	opActivate        = "Activate"
	opDeactivate      = "Deactivate"
	opReinvite        = "Reinvite"
	opRegenerateToken = "RegenerateApiToken"
	opChangeMembers   = "ChangeMembers"
	opModifyMembers   = "ModifyMembers"
	opEvents          = "Events"
)

// Properties of several entities.
const (
	propID          = "id"          // inferred: ids exist, and sub-routes take {id}
	propLink        = "link"        // documented, changelog 1.170.2 (url in v1-pre)
	propSlug        = "slug"        // documented, changelog 1.170.2: in the root object in v1
	propName        = "name"        // documented, changelog 1.170.2: in the root object in v1
	propDescription = "description" // documented, changelog 1.170.2: in the root object in v1
)

// Properties of users.
const (
	propAccountEmail   = "accountEmailAddress"      // inferred from the label "Account email address" in UI and API (1.148.2)
	propNotification   = "notificationEmailAddress" // documented as NotificationEmailAddress (1.125.0), camel case inferred
	propIdentity       = "identity"                 // documented as Identity (1.125.0), camel case inferred
	propRole           = "role"                     // inferred: the name is unknown, globalRole or roles may be right
	propIsActive       = "isActive"                 // inferred from isFinalStatus and the like; SCIM has active
	propIsSynchronized = "isDirectorySynchronized"  // inferred from SetDirectorySynchronized and the SCIM attribute
	propIsSupportUser  = "isSupportUser"            // inferred: the users page has the account, nothing tells how it is marked
	propAPIToken       = "apiToken"                 // inferred from the renaming to "API token" (1.148.2)
	propTokenValue     = "value"                    // an assumption of Dialect.TokenObjects
)

// Properties of user groups.
const (
	propMembers        = "members"        // inferred from SCIM
	propAddedMembers   = "addedMembers"   // inferred: ModifyMembers is documented (1.159.0), its names are not
	propRemovedMembers = "removedMembers" // inferred: see addedMembers
	propType           = "type"           // an assumption of Dialect.MemberTypes
)

// Properties of projects.
const (
	propStatus         = "status"                   // inferred from the UI field; values Valid and Inactive
	propReaders        = "readers"                  // inferred from the UI field
	propConfigurators  = "configurators"            // inferred from the UI field
	propRepositoryURLs = "repositoryUrls"           // inferred: several are possible since 1.123.0
	propPolicies       = "signingPolicies"          // observed in a vendor script
	propArtifacts      = "artifactConfigurations"   // inferred from the route and from signingPolicies
	propArtifactXML    = "artifactConfigurationXml" // documented in a draft changelog only
	propArtifactXMLURL = propArtifactXML + "Link"   // documented in a draft changelog only
)

// Properties of signing policies. Some have another name in an Edit request than in an answer.
const (
	propCertificateLink     = "certificateLink"            // documented, changelog 1.170.2
	propPurpose             = "purpose"                    // documented, changelog 1.187.0; values Test and Release inferred
	propSubmitters          = "submitters"                 // inferred from the UI field
	propApprovers           = "approvers"                  // inferred from the UI field
	propRequiredApprovals   = "requiredApprovals"          // inferred from the UI field
	propUsesApproval        = "usesApprovalProcess"        // inferred from the UI field and the pattern of 1.202.0
	propUseApproval         = "useApprovalProcess"         // inferred request name of usesApprovalProcess
	propVerifiesBuildSystem = "verifiesTrustedBuildSystem" // inferred from the UI field and the pattern of 1.202.0
	propVerifyBuildSystem   = "verifyTrustedBuildSystem"   // inferred request name of verifiesTrustedBuildSystem
	propVerifiesOrigin      = "verifiesOriginPolicy"       // documented, changelog 1.202.0
	propVerifyOrigin        = "verifyOriginPolicy"         // documented request name, changelog 1.202.0
	propOriginVerification  = "originPolicyVerification"   // documented, changelog 1.202.0; its content is inferred
	propAllowedBranches     = "allowedBranchNames"         // inferred from the UI field
)

// Names before 1.202.0, for Dialect.OldOriginNames: documented there. What originPolicyVerification was called in
// answers is not.
var (
	oldRequestNames = map[string]string{propVerifyOrigin: "verifyOrigin", propOriginVerification: "originVerification"}
	oldAnswerNames  = map[string]string{propVerifiesOrigin: "verifiesOrigin"}
)

// Properties of the organization.
const (
	propYearlyMaxSize       = "yearlyMaxSizeOfArtifactsInBytes"       // documented, changelog 1.200.2
	propYearlyMaxSignatures = "yearlyMaxNumberOfIndividualSignatures" // documented, changelog 1.200.2
	propQuotaPeriodStart    = "quotaPeriodStart"                      // documented, changelog 1.200.2
	propQuotaPeriodEnd      = "quotaPeriodEnd"                        // documented, changelog 1.200.2
)

// Properties of the system information. The route is documented (1.186.1), the names are inferred from its description
// "application version and UI base URL".
const (
	propApplicationVersion = "applicationVersion"
	propUIBaseURL          = "uiBaseUrl"
)

// Properties of audit events. metadata.actor is documented (1.132.0); the others are inferred.
const (
	propTime      = "time"
	propEventName = "eventName"
	propMetadata  = "metadata"
	propActor     = "actor"
	propEntity    = "entity"
	propChanges   = "changes"
	propFrom      = "from"
	propTo        = "to"
	propProperty  = "property" // an assumption of mapping files in which changes are a list
)

// Names of the properties that wrap a list, for Dialect.WrappedLists; those of principals, which Dialect.MembersPerKind
// takes too, are in wireKinds. Inferred from {"signingPolicies": […]}, which is
// documented for another route.
const (
	listProjects = "projects"
	listEvents   = "events"
)

// Query parameters and names of lists that have pages, for Dialect.Paging. Of paging nothing is known; these are what
// other APIs of ASP.NET and OData have.
const (
	queryPageNumber   = "pageNumber"
	queryPageIndex    = "pageIndex"
	queryPageSize     = "pageSize"
	querySkip         = "skip"
	queryTake         = "take"
	queryContinuation = "continuationToken"
	pageItems         = "items"
	pageTotal         = "totalCount"
	pageValue         = "value"
	pageNextLink      = "nextLink"
)

// kind is a kind of principal. Its value is the prefix of references.
type kind string

const (
	kindInteractiveUser kind = "user"
	kindCIUser          kind = "ci_user"
	kindUserGroup       kind = "group"
)

// principalKinds are all kinds of principals.
var principalKinds = []kind{kindInteractiveUser, kindCIUser, kindUserGroup}

// kindNames are the names of a kind of principal on the wire.
type kindNames struct {
	path       string // documented, changelog 1.170.2
	list       string // inferred, see listProjects
	idProperty string // inferred from signingRequestId, which is observed in the answer of a create
	event      string // inferred from the pattern <Entity>.<PastTense>, which is documented
	title      string // how the user interface calls it
}

var wireKinds = map[kind]kindNames{
	kindInteractiveUser: {"InteractiveUsers", "interactiveUsers", "interactiveUserId", "InteractiveUser", "interactive user"},
	kindCIUser:          {"CIUsers", "ciUsers", "ciUserId", "CIUser", "CI user"},
	kindUserGroup:       {"UserGroups", "userGroups", "userGroupId", "UserGroup", "user group"},
}

// Names of the other entities in audit events, inferred as kindNames.event.
const (
	eventProject       = "Project"
	eventSigningPolicy = "SigningPolicy"
)
