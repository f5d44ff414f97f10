package proposal

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// The things of the format, in its order.
const (
	user         = "user"
	ciUser       = "ci_user"
	group        = "group"
	project      = "project"
	policy       = "signing_policy"
	organization = "organization"
	auditEvent   = "audit_event"
)

var things = []string{user, ciUser, group, project, policy, organization, auditEvent}

// A shape is what kind of value a concept is.
type shape int

const (
	shapeText shape = iota
	shapeID
	shapeEmail
	shapeLink
	shapeRole
	shapeState // of being active: a boolean, or an enumeration of states
	shapeFlag
	shapeMembers
	shapeCount
	shapeTime
	shapePolicies
	shapeAny
)

// A concept is one thing that is known of an object, by its name in the format.
type concept struct {
	name string
	// answered and requested are the names that answers and requests are assumed to have.
	answered, requested string
	shape               shape
	// isOptional concepts may be nowhere: they are asked for once, if something is left that could be one.
	isOptional bool
	// decides says that the concept decides about access: nothing but its name or a form that
	// only it can have is enough.
	decides bool
	// stays says that no edit takes it, or that it has routes of its own.
	stays bool
	// phrases are words for it.
	phrases []string
	// asks is the question where nothing tells: what the property is, in plain words.
	asks string
}

func (c *concept) inRequests() string {
	if c.requested != "" {
		return c.requested
	}
	return c.answered
}

// fits tells whether a value may be the concept.
func (c *concept) fits(s *schema) bool {
	switch fits := fitting[c.shape]; {
	case fits != nil:
		return fits(s)
	case c.shape == shapeMembers:
		return memberFormOf(s) != nil
	}
	return true
}

// fitting tell for shapes whether a value may have them.
var fitting = map[shape]func(s *schema) bool{
	shapeText: func(s *schema) bool { return isTextOf(s) && !s.isID() && s.format != "date-time" && s.format != "uri" },
	shapeID: func(s *schema) bool {
		return s.is(openapi3.TypeString) && (s.isID() || s.format == "" && len(s.values) == 0)
	},
	shapeEmail: func(s *schema) bool {
		return isTextOf(s) && (s.format == "" || s.format == "email") && !s.isID()
	},
	shapeLink:  func(s *schema) bool { return isTextOf(s) && !s.isID() },
	shapeRole:  func(s *schema) bool { return s.is(openapi3.TypeString, openapi3.TypeInteger) },
	shapeState: func(s *schema) bool { return s.is(openapi3.TypeBoolean) || isStates(s) || s.isText() },
	shapeFlag:  func(s *schema) bool { return s.is(openapi3.TypeBoolean) || isStates(s) },
	shapeCount: func(s *schema) bool { return s.is(openapi3.TypeInteger, openapi3.TypeNumber) && len(s.values) == 0 },
	shapeTime: func(s *schema) bool {
		return isTextOf(s) && slices.Contains([]string{"", "date-time", "date"}, s.format)
	},
	shapePolicies: func(s *schema) bool { return s.items != nil && s.is(openapi3.TypeArray) },
}

func isTextOf(s *schema) bool { return s.is(openapi3.TypeString) && len(s.values) == 0 }

// isStates tells whether a value is an enumeration of a few texts or numbers.
func isStates(s *schema) bool { return len(s.values) >= 2 && len(s.values) <= 5 }

// The phrases of concepts that several things have.
var (
	namePhrases   = []string{"name", "display name", "user name", "full name", "title", "label", "caption"}
	mailPhrases   = []string{"mail address", "mail", "account mail address", "account mail", "contact mail", "primary mail", "login mail"}
	notifyPhrases = []string{
		"notification mail address", "notification mail", "notification address", "notify to", "notify mail", "notify address",
		"notification", "notify", "notification recipient",
	}
	activePhrases = []string{
		"active", "enabled", "activated", "status", "state", "inactive", "disabled", "locked", "blocked", "suspended", "deactivated",
		"account status", "account state",
		"account enabled", "is locked out", "lifecycle",
	}
	synchronizedPhrases = []string{
		"directory synchronized", "synchronized", "directory managed", "managed by directory", "from directory", "scim managed", "scim", "externally managed",
		"provisioned by directory", "directory",
	}
	linkPhrases        = []string{"link", "href", "url", "uri", "self", "self link", "resource url", "address"}
	descriptionPhrases = []string{"description", "comment", "note", "remark", "about", "summary", "purpose description"}
	slugPhrases        = []string{"slug", "key", "handle", "short name", "identifier", "code", "alias"}
	idPhrases          = []string{"id", "identifier", "uuid", "guid", "uid"}
)

var (
	conceptID   = concept{name: "id", answered: "id", shape: shapeID, stays: true, phrases: idPhrases, asks: "the id, by which routes address it"}
	conceptLink = concept{
		name: "link", answered: "link", shape: shapeLink, isOptional: true, stays: true, phrases: linkPhrases, asks: "the address of the object in the API",
	}
	conceptName = concept{name: "name", answered: "name", shape: shapeText, phrases: namePhrases, asks: "the name that the web application shows"}
	conceptSlug = concept{
		name: "slug", answered: "slug", shape: shapeText, stays: true, phrases: slugPhrases, asks: "the slug, which addresses of the web application have",
	}
	conceptDescription = concept{
		name: "description", answered: "description", shape: shapeText, isOptional: true, phrases: descriptionPhrases, asks: "the description",
	}
	conceptNotify = concept{
		name: "notification_email", answered: "notificationEmailAddress", shape: shapeEmail, isOptional: true, phrases: notifyPhrases,
		asks: "the address that notifications go to",
	}
	conceptRole = concept{
		name: "role", answered: "role", shape: shapeRole, decides: true,
		phrases: []string{"role", "global role", "user role", "access level", "level", "permission level", "privilege"},
		asks:    "the global role, such as Global Administrator",
	}
	conceptActive = concept{
		name: "active", answered: "isActive", shape: shapeState, decides: true, stays: true, phrases: activePhrases, asks: "whether the account may be used",
	}
	conceptSynchronized = concept{
		name: "synchronized", answered: "isDirectorySynchronized", shape: shapeFlag, isOptional: true, stays: true, phrases: synchronizedPhrases,
		asks: "whether it is managed by a directory",
	}
	conceptStatus = concept{
		name: "status", answered: "status", shape: shapeText, isOptional: true, stays: true, phrases: []string{"status", "validity"}, asks: "the status",
	}
)

// optional is a concept about which nothing is asked.
func optional(c concept) *concept {
	c.isOptional = true
	return &c
}

func list(name, asks string, phrases ...string) *concept {
	return &concept{name: name, answered: name, shape: shapeMembers, decides: true, phrases: phrases, asks: asks}
}

func flag(name, answered, requested, asks string, phrases ...string) *concept {
	return &concept{name: name, answered: answered, requested: requested, shape: shapeFlag, decides: true, phrases: phrases, asks: asks}
}

// concepts are those of each thing, in the order in which they are written.
var concepts = map[string][]*concept{
	user: {
		&conceptID, &conceptLink, &conceptName,
		{
			name: "email", answered: "accountEmailAddress", shape: shapeEmail, stays: true, phrases: mailPhrases,
			asks: "the e-mail address of the account, which the page of users shows",
		},
		&conceptNotify,
		{
			name: "identity", answered: "identity", shape: shapeText, isOptional: true,
			phrases: []string{"identity", "login", "subject", "principal", "external identity", "login name", "identity provider id", "sso identity"},
			asks:    "the identity at the identity provider",
		},
		&conceptRole, &conceptActive, &conceptSynchronized,
		{
			name: "support", answered: "isSupportUser", shape: shapeFlag, isOptional: true, stays: true,
			phrases: []string{"support user", "support", "support account", "vendor support", "support staff"},
			asks:    "whether it is SignPath's support",
		},
	},
	ciUser: {&conceptID, &conceptLink, &conceptName, &conceptNotify, &conceptRole, &conceptActive},
	group: {
		&conceptID, &conceptLink, &conceptName, &conceptDescription, &conceptSynchronized,
		{
			name: "members", answered: "members", shape: shapeMembers, decides: true, stays: true, phrases: []string{"member", "group member", "principal"},
			asks: "the list of the group's members",
		},
	},
	project: {
		&conceptID, &conceptLink, &conceptSlug, &conceptName, &conceptDescription, &conceptStatus, optional(conceptActive),
		list("readers", "the list of people who may see the project, and no more", "reader", "viewer"),
		list("configurators", "the list of people who may change the project's configuration", "configurator", "editor", "maintainer"),
		{
			name: "signing_policies", answered: "signingPolicies", shape: shapePolicies, stays: true,
			phrases: []string{"signing policy", "policy"}, asks: "the list of the project's signing policies",
		},
	},
	policy: {
		&conceptID, &conceptLink, &conceptSlug, &conceptName, &conceptDescription, &conceptStatus, optional(conceptActive),
		{name: "purpose", answered: "purpose", shape: shapeText, isOptional: true, phrases: []string{"purpose", "intended use", "usage"}, asks: "the purpose"},
		list("submitters", "the list of people who may submit a signing request", "submitter", "requester", "requestor", "signer"),
		list("approvers", "the list of people who approve a signing request", "approver", "reviewer", "approval by"),
		flag("verifies_trusted_build_system", "verifiesTrustedBuildSystem", "verifyTrustedBuildSystem",
			"whether only builds of a trusted build system are signed",
			"verify trusted build system", "require trusted build system", "trusted build system", "trusted build required",
			"build system verification", "trusted build"),
		flag("verifies_origin_policy", "verifiesOriginPolicy", "verifyOriginPolicy", "whether the origin of what is signed is verified",
			"verify origin policy", "verify origin", "origin verification", "origin verified", "require origin verification", "check origin", "origin check", "origin"),
		{
			name: "origin_policy_verification", answered: "originPolicyVerification", shape: shapeAny, isOptional: true,
			phrases: []string{"origin policy verification", "origin verification setting", "origin restriction", "origin policy"},
			asks:    "the settings by which the origin is verified",
		},
		flag("uses_approval_process", "usesApprovalProcess", "useApprovalProcess", "whether a signing request needs approvals at all",
			"use approval process", "approval process", "require approval", "approval required", "need approval", "approval enabled", "approval"),
		{
			name: "required_approvals", answered: "requiredApprovals", shape: shapeCount, decides: true,
			phrases: []string{
				"required approval", "required number approval", "number required approval", "approval count", "min approval", "minimum approval", "approval quorum",
				"quorum",
			},
			asks: "how many approvals a signing request needs",
		},
	},
	organization: {
		{
			name: "yearly_size", answered: "yearlyMaxSizeOfArtifactsInBytes", shape: shapeCount, isOptional: true,
			phrases: []string{"yearly max size artifact in byte", "yearly size", "yearly byte", "max size"}, asks: "how many bytes may be signed in a year",
		},
		{
			name: "yearly_signatures", answered: "yearlyMaxNumberOfIndividualSignatures", shape: shapeCount, isOptional: true,
			phrases: []string{"yearly max number individual signature", "yearly signature", "max signature"}, asks: "how many signatures may be made in a year",
		},
		{
			name: "quota_start", answered: "quotaPeriodStart", shape: shapeTime, isOptional: true,
			phrases: []string{"quota period start", "quota start", "period start", "start", "from", "begin"}, asks: "when the year of the quota begins",
		},
		{
			name: "quota_end", answered: "quotaPeriodEnd", shape: shapeTime, isOptional: true,
			phrases: []string{"quota period end", "quota end", "period end", "end", "until", "to"}, asks: "when the year of the quota ends",
		},
	},
	auditEvent: {
		optional(conceptID),
		{
			name: "time", answered: "time", shape: shapeTime, isOptional: true,
			phrases: []string{"time", "timestamp", "timestamp utc", "date time", "occurred at", "created at", "date", "at"}, asks: "when it happened",
		},
		{
			name: "name", answered: "eventName", shape: shapeText, isOptional: true,
			phrases: []string{"event name", "event", "event type", "type", "name", "action"}, asks: "what happened",
		},
		{
			name: "actor", answered: "metadata.actor", shape: shapeAny, isOptional: true,
			phrases: []string{"actor", "metadata user", "user", "by", "performed by", "initiator", "who"}, asks: "who did it",
		},
		{
			name: "object", answered: "entity", shape: shapeAny, isOptional: true,
			phrases: []string{"entity", "object", "target", "subject", "resource", "what"}, asks: "to what it was done",
		},
		{
			name: "changes", answered: "changes", shape: shapeAny, isOptional: true,
			phrases: []string{"change", "changed property", "property change", "difference", "diff", "modification"}, asks: "which properties it changed",
		},
	},
}

func conceptOf(thing, name string) *concept {
	i := slices.IndexFunc(concepts[thing], func(c *concept) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return concepts[thing][i]
}
