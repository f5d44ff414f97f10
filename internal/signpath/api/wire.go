package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// This file is the only place that spells routes and property names of
// SignPath's API. Each carries its evidence, because much of the API is not
// published: whoever learns the truth about a name corrects it here.

// evidence says how well a route or a name is known.
type evidence string

const (
	// documented: stated in SignPath's documentation or changelog.
	documented evidence = "documented"
	// observed: seen in client code or recorded answers.
	observed evidence = "observed"
	// inferred: deduced by analogy. Never to be presented as fact.
	inferred evidence = "inferred"
)

// retryClass says what may be done after an attempt whose outcome is unknown.
type retryClass int

const (
	// idempotent requests may be sent again: reads, and writes that state the
	// whole result.
	idempotent retryClass = iota
	// once marks requests that act each time they are sent: creates. They are
	// sent again only if SignPath certainly did not act.
	once
)

// A route is one operation of the API. Its path is relative to
// <apiUrl>/v1/<organization> and names its parameters in braces.
type route struct {
	method   string
	path     string
	class    retryClass
	evidence evidence
	source   string
	// global routes belong to no organization: their path is relative to the API
	// URL.
	global bool
	// preview routes stayed in v1-pre: what they answer has changed without a
	// new version, and may again (documented).
	preview bool
}

func newRoute(method, path string, class retryClass, evidence evidence, source string) route {
	return route{method: method, path: path, class: class, evidence: evidence, source: source}
}

// String names the route in messages and logs: "POST /CIUsers/{id}/Edit".
func (r route) String() string { return r.method + " " + r.path }

// The versions of the API as paths spell them.
const (
	version        = "v1"
	versionPreview = "v1-pre"
)

// version is the segment before the organization.
func (r route) version() string {
	if r.preview {
		return versionPreview
	}
	return version
}

// expand fills the parameters in, in order, each as one escaped path segment.
func (r route) expand(parameters []string) string {
	path := r.path
	for _, parameter := range parameters {
		start, end := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:start] + url.PathEscape(parameter) + path[end+1:]
	}
	return path
}

var (
	routeOrganization = newRoute(http.MethodGet, "/Organization", idempotent, documented, "changelog 1.112.0, 1.200.2")

	// routeDocument is the server's own OpenAPI document. It belongs to no
	// organization.
	routeDocument = route{
		method: http.MethodGet, path: "/swagger/v1/swagger.json", class: idempotent, global: true,
		evidence: observed, source: "build system integration page; changelog 1.129.0 documents /swagger",
	}

	// routeAuditEvents has the administrative events; those of signing requests
	// have a route of their own since 1.130.0 (documented).
	routeAuditEvents = route{
		method: http.MethodGet, path: "/AuditLog/Events", class: idempotent, preview: true,
		evidence: documented, source: "changelog 1.108.0, 1.130.0, 1.175.1",
	}

	routeProjects    = newRoute(http.MethodGet, "/Projects", idempotent, documented, "changelog 1.135.0 (path inferred from its siblings)")
	routeProject     = newRoute(http.MethodGet, "/Projects/{project}", idempotent, documented, "changelog 1.170.2, 1.202.0")
	routeProjectEdit = newRoute(http.MethodPost, "/Projects/{project}/Edit", idempotent, documented, "changelog 1.170.2")

	routePolicy     = newRoute(http.MethodGet, "/Projects/{project}/SigningPolicies/{policy}", idempotent, documented, "changelog 1.177.0")
	routePolicyEdit = newRoute(http.MethodPost, "/Projects/{project}/SigningPolicies/{policy}/Edit", idempotent, documented, "changelog 1.170.2; 1.202.0 names it without /Edit")
)

// principalRoutes are the routes of one kind of principal. A route with an
// empty path does not exist for the kind.
type principalRoutes struct {
	list, me, create, read, edit, activate, deactivate, reinvite, regenerateToken route
}

var routesOf = map[access.Kind]principalRoutes{
	access.KindUser: {
		list:       newRoute(http.MethodGet, "/InteractiveUsers", idempotent, documented, "changelog 1.170.2"),
		me:         newRoute(http.MethodGet, "/InteractiveUsers/Me", idempotent, documented, "changelog 1.155.0"),
		create:     newRoute(http.MethodPost, "/InteractiveUsers", once, inferred, "changelog 1.124.0 documents the capability, not the path"),
		read:       newRoute(http.MethodGet, "/InteractiveUsers/{id}", idempotent, inferred, "implied by `link` and the {id} routes"),
		edit:       newRoute(http.MethodPost, "/InteractiveUsers/{id}/Edit", idempotent, documented, "changelog 1.170.2"),
		activate:   newRoute(http.MethodPost, "/InteractiveUsers/{id}/Activate", idempotent, inferred, "directory synchronization deactivates users; the name by analogy"),
		deactivate: newRoute(http.MethodPost, "/InteractiveUsers/{id}/Deactivate", idempotent, inferred, "directory synchronization deactivates users; the name by analogy"),
		reinvite:   newRoute(http.MethodPost, "/InteractiveUsers/{id}/Reinvite", once, documented, "changelog 1.144.1 (the method is inferred)"),
	},
	access.KindCIUser: {
		list:       newRoute(http.MethodGet, "/CIUsers", idempotent, documented, "changelog 1.128.0, 1.170.2"),
		me:         newRoute(http.MethodGet, "/CIUsers/Me", idempotent, documented, "changelog 1.116.0, 1.218.0"),
		create:     newRoute(http.MethodPost, "/CIUsers", once, inferred, "changelog 1.197.0 implies it"),
		read:       newRoute(http.MethodGet, "/CIUsers/{id}", idempotent, inferred, "implied by `link`"),
		edit:       newRoute(http.MethodPost, "/CIUsers/{id}/Edit", idempotent, documented, "changelog 1.133.0, 1.170.2"),
		activate:   newRoute(http.MethodPost, "/CIUsers/{id}/Activate", idempotent, inferred, "changelog 1.133.0 documents the capability, not the path"),
		deactivate: newRoute(http.MethodPost, "/CIUsers/{id}/Deactivate", idempotent, inferred, "changelog 1.133.0 documents the capability, not the path"),

		regenerateToken: newRoute(http.MethodPost, "/CIUsers/{id}/RegenerateApiToken", once, documented, "changelog 1.128.0, 1.171.0 (the method is inferred)"),
	},
	access.KindGroup: {
		list:   newRoute(http.MethodGet, "/UserGroups", idempotent, documented, "changelog 1.170.2"),
		create: newRoute(http.MethodPost, "/UserGroups", once, inferred, "directory synchronization creates groups; the path by analogy"),
		read:   newRoute(http.MethodGet, "/UserGroups/{id}", idempotent, inferred, "implied by `link`"),
		edit:   newRoute(http.MethodPost, "/UserGroups/{id}/Edit", idempotent, documented, "changelog 1.170.2"),
	},
}

// The members of a user group have routes of their own: since changelog 1.159.0
// they are no longer part of the group's edit. Both routes are documented there,
// with the method and what stands before the last segment inferred.
var (
	// routeChangeMembers takes the whole list.
	routeChangeMembers = newRoute(http.MethodPost, "/UserGroups/{id}/ChangeMembers", idempotent, documented, "changelog 1.159.0: sets a new list of members")
	// routeModifyMembers takes who comes and who goes, and may be sent again
	// because both are named.
	routeModifyMembers = newRoute(http.MethodPost, "/UserGroups/{id}/ModifyMembers", idempotent, documented, "changelog 1.159.0: adds and removes members")
)

// A property is one JSON property of the API's objects.
type property struct {
	// name is the property in answers.
	name string
	// request is its name in requests where that differs; else it is empty.
	request string
	// optional properties may be left out of an answer instead of being null
	// (observed).
	optional bool
	evidence evidence
	source   string
}

// requestName is the property's name in requests.
func (p property) requestName() string {
	if p.request != "" {
		return p.request
	}
	return p.name
}

var (
	propID          = property{name: "id", evidence: inferred, source: "changelog 1.155.0 documents that an id is returned, not its name"}
	propLink        = property{name: "link", evidence: documented, source: "changelog 1.170.2: list items have one"}
	propName        = property{name: "name", evidence: documented, source: "changelog 1.170.2: in the root object"}
	propSlug        = property{name: "slug", evidence: documented, source: "changelog 1.170.2: in the root object"}
	propDescription = property{name: "description", optional: true, evidence: documented, source: "changelog 1.170.2: in the root object"}

	propEmail             = property{name: "accountEmailAddress", evidence: inferred, source: "changelog 1.148.2 names the field \"Account email address\" of the InteractiveUser API"}
	propNotificationEmail = property{name: "notificationEmailAddress", optional: true, evidence: documented, source: "changelog 1.125.0 (camel case inferred)"}
	propIdentity          = property{name: "identity", optional: true, evidence: documented, source: "changelog 1.148.2 (camel case inferred)"}
	propRole              = property{name: "role", evidence: inferred, source: "no evidence for the name; the values are documented for SCIM"}
	propActive            = property{name: "isActive", evidence: inferred, source: "the `isX` style of documented booleans"}
	propSynchronized      = property{name: "isDirectorySynchronized", evidence: inferred, source: "the SCIM attribute and the SetDirectorySynchronized route"}

	propMembers        = property{name: "members", evidence: inferred, source: "the SCIM attribute of groups"}
	propAddedMembers   = property{name: "addedMembers", evidence: inferred, source: "changelog 1.159.0 documents the route, not its names"}
	propRemovedMembers = property{name: "removedMembers", evidence: inferred, source: "changelog 1.159.0 documents the route, not its names"}

	propSupport         = property{name: "isSupportUser", evidence: inferred, source: "the users page has the account, nothing tells how it is marked"}
	propAPIToken        = property{name: "apiToken", evidence: inferred, source: "changelog 1.148.2 calls it \"API token\"; 1.171.0 documents that the answer has a model"}
	propStatus          = property{name: "status", evidence: inferred, source: "the projects page shows a status"}
	propSigningPolicies = property{name: "signingPolicies", evidence: observed, source: "v1-pre answers; changelog 1.170.2"}

	propVerifiesTrustedBuildSystem = property{name: "verifiesTrustedBuildSystem", request: "verifyTrustedBuildSystem", evidence: inferred, source: "by analogy with verifiesOriginPolicy"}
	propVerifiesOriginPolicy       = property{name: "verifiesOriginPolicy", request: "verifyOriginPolicy", evidence: documented, source: "changelog 1.202.0"}
	propOriginPolicyVerification   = property{name: "originPolicyVerification", evidence: documented, source: "changelog 1.202.0 (that answers have it, too, is inferred)"}
	propUsesApprovalProcess        = property{name: "usesApprovalProcess", request: "useApprovalProcess", evidence: inferred, source: "the projects page has the setting; the name by analogy"}
	propRequiredApprovals          = property{name: "requiredApprovals", evidence: inferred, source: "the projects page has the setting"}
	propPurpose                    = property{name: "purpose", evidence: documented, source: "changelog 1.187.0 (values unknown)"}

	propYearlySize       = property{name: "yearlyMaxSizeOfArtifactsInBytes", evidence: documented, source: "changelog 1.200.2"}
	propYearlySignatures = property{name: "yearlyMaxNumberOfIndividualSignatures", evidence: documented, source: "changelog 1.200.2"}
	propQuotaStart       = property{name: "quotaPeriodStart", evidence: documented, source: "changelog 1.200.2"}
	propQuotaEnd         = property{name: "quotaPeriodEnd", evidence: documented, source: "changelog 1.200.2"}
)

// The properties of audit events. Only the actor and the form of the names of
// events are documented.
var (
	propEventTime     = property{name: "time", evidence: inferred, source: "no evidence for the name; an audit log has times"}
	propEventName     = property{name: "eventName", evidence: inferred, source: "changelog 1.110.0, 1.143.2 document names of events, not that of the property"}
	propEventMetadata = property{name: "metadata", evidence: documented, source: "changelog 1.132.0"}
	propEventActor    = property{name: "actor", evidence: documented, source: "changelog 1.132.0: in metadata, user before"}
	propEventObject   = property{name: "entity", evidence: inferred, source: "the names of events begin with the entity"}
	propEventChanges  = property{name: "changes", evidence: inferred, source: "no evidence that events tell changes"}
	propChangeBefore  = property{name: "from", evidence: inferred, source: "no evidence that events tell changes"}
	propChangeAfter   = property{name: "to", evidence: inferred, source: "no evidence that events tell changes"}
)

// listProperties are the properties that hold access lists.
var listProperties = map[string]property{
	access.Readers.Plural:       {name: "readers", evidence: inferred, source: "the projects page has the list"},
	access.Configurators.Plural: {name: "configurators", evidence: inferred, source: "the projects page has the list"},
	access.Submitters.Plural:    {name: "submitters", evidence: inferred, source: "the projects page has the list"},
	access.Approvers.Plural:     {name: "approvers", evidence: inferred, source: "the projects page has the list"},
	access.GroupMembers.Plural:  propMembers,
}

// createdIDNames are the names under which a create may return the new
// object's id: the plain one, and one per kind after the pattern of
// signingRequestId (observed).
var createdIDNames = map[access.Kind][]string{
	access.KindUser:   {"id", "interactiveUserId"},
	access.KindCIUser: {"id", "ciUserId"},
	access.KindGroup:  {"id", "userGroupId"},
}
