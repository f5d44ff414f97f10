package mock

import (
	"maps"
	"slices"
)

// thing is a kind of object as a mapping file calls it.
type thing string

// The things of a mapping file.
const (
	thingUser         = thing(kindInteractiveUser)
	thingCIUser       = thing(kindCIUser)
	thingGroup        = thing(kindUserGroup)
	thingProject      = thing("project")
	thingPolicy       = thing("signing_policy")
	thingOrganization = thing("organization")
	thingEvent        = thing("audit_event")
)

// A concept is something that a mapping file has a word for, and the handlers a property in answers, in requests or in both.
type concept struct {
	name string
	// answer and request are the properties in the default dialect; "" if there is none. That of the actor is in metadata.
	answer, request string
	form            conceptForm
	// isMadeUp tells that answers have it only where a mapping file places it.
	isMadeUp bool
}

// conceptForm is what a mapping file may say of the values of a concept. The zero value is a value as it is.
type conceptForm int

const (
	// formTruth is a boolean, which may be a value of an enumeration.
	formTruth conceptForm = iota + 1
	// formRole is a role.
	formRole
	// formMembers is a list of principals.
	formMembers
	// formPolicies is the list of the signing policies of a project.
	formPolicies
	// formChanges are the changes of an event, and formChange what is in one of them.
	formChanges
	formChange
)

// both is a concept with one name in answers and requests.
func both(name, property string) concept {
	return concept{name: name, answer: property, request: property}
}

// madeUp is the concept where answers of the default dialect do not have it.
func (c concept) madeUp() concept {
	c.isMadeUp = true
	return c
}

// in is the concept with values of a form.
func (c concept) in(form conceptForm) concept {
	c.form = form
	return c
}

// shown is a concept of answers alone.
func shown(name, property string) concept { return concept{name: name, answer: property} }

// written is a list of members of requests alone.
func written(name, property string) concept {
	return concept{name: name, request: property, form: formMembers}
}

// setting is a boolean that requests call otherwise than answers do.
func setting(name, answer, request string) concept {
	return concept{name: name, answer: answer, request: request, form: formTruth}
}

// Concepts of several things.
var (
	conceptID           = shown("id", propID)
	conceptLink         = shown("link", propLink)
	conceptSlug         = shown("slug", propSlug)
	conceptName         = both("name", propName)
	conceptDescription  = both("description", propDescription)
	conceptNotification = both("notification_email", propNotification)
	conceptRole         = both("role", propRole).in(formRole)
	conceptActive       = both("active", propIsActive).in(formTruth)
	conceptSynchronized = shown("synchronized", propIsSynchronized).in(formTruth)
	conceptStatus       = shown("status", propStatus)
	conceptMetadata     = shown("metadata", propMetadata).madeUp() // but for the actor, nothing is in it
	conceptActor        = shown("actor", propActor)
	conceptBefore       = shown("before", propFrom).in(formChange)
	conceptAfter        = shown("after", propTo).in(formChange)
	conceptProperty     = shown("property", propProperty).in(formChange) // where changes are a list
)

// concepts are those of each thing.
var concepts = map[thing][]concept{
	thingUser: {
		conceptID, conceptLink, conceptName, both("email", propAccountEmail), conceptNotification, both("identity", propIdentity),
		conceptRole, conceptActive, conceptSynchronized, shown("support", propIsSupportUser).in(formTruth), conceptSlug.madeUp(),
	},
	thingCIUser: {conceptID, conceptLink, conceptName, conceptNotification, conceptRole, conceptActive, conceptSlug.madeUp()},
	thingGroup: {
		conceptID, conceptLink, conceptName, conceptDescription, conceptSynchronized, both("members", propMembers).in(formMembers), conceptSlug.madeUp(),
		written("added_members", propAddedMembers), written("removed_members", propRemovedMembers),
	},
	thingProject: {
		conceptID, conceptLink, conceptSlug, conceptName, conceptDescription, conceptStatus, conceptActive.madeUp(),
		both("readers", propReaders).in(formMembers), both("configurators", propConfigurators).in(formMembers),
		shown("signing_policies", propPolicies).in(formPolicies),
	},
	thingPolicy: {
		conceptID, conceptLink, conceptSlug, conceptName, conceptDescription, conceptStatus.madeUp(), conceptActive, both("purpose", propPurpose),
		both("submitters", propSubmitters).in(formMembers), both("approvers", propApprovers).in(formMembers),
		setting("verifies_trusted_build_system", propVerifiesBuildSystem, propVerifyBuildSystem),
		setting("verifies_origin_policy", propVerifiesOrigin, propVerifyOrigin),
		both("origin_policy_verification", propOriginVerification),
		setting("uses_approval_process", propUsesApproval, propUseApproval),
		both("required_approvals", propRequiredApprovals),
	},
	thingOrganization: {
		shown("yearly_size", propYearlyMaxSize), shown("yearly_signatures", propYearlyMaxSignatures),
		shown("quota_start", propQuotaPeriodStart), shown("quota_end", propQuotaPeriodEnd),
	},
	thingEvent: {
		conceptID, shown("time", propTime), shown("name", propEventName), conceptMetadata, conceptActor,
		shown("object", propEntity), shown("changes", propChanges).in(formChanges), conceptBefore, conceptAfter, conceptProperty,
	},
}

// The calls of a mapping file that have a body, and the properties in requests that the handlers read from each.
var bodies = map[thing]map[string][]string{
	thingUser: {
		callCreate: {propName, propAccountEmail, propNotification, propIdentity, propRole},
		callEdit:   {propName, propAccountEmail, propNotification, propIdentity, propRole},
	},
	thingCIUser: {callCreate: {propName, propNotification, propRole}, callEdit: {propName, propNotification, propRole}},
	thingGroup: {
		callCreate: {propName, propDescription}, callEdit: {propName, propDescription},
		callChangeMembers: {propMembers}, callModifyMembers: {propAddedMembers, propRemovedMembers},
	},
	thingProject: {callEdit: {propName, propDescription, propReaders, propConfigurators}},
	thingPolicy: {callEdit: {
		propName, propDescription, propPurpose, propSubmitters, propApprovers, propVerifyBuildSystem, propVerifyOrigin, propOriginVerification,
		propUseApproval, propRequiredApprovals,
	}},
}

// The calls of a mapping file.
const (
	callList            = "list"
	callRead            = "read"
	callMe              = "me"
	callCreate          = "create"
	callEdit            = "edit"
	callActivate        = "activate"
	callDeactivate      = "deactivate"
	callReinvite        = "reinvite"
	callRegenerateToken = "regenerate_token"
	callChangeMembers   = "change_members"
	callModifyMembers   = "modify_members"
)

// knownProperties are the names of all properties of the default dialect, sorted.
var knownProperties = func() []string {
	known := slices.AppendSeq([]string{propAPIToken, propType}, maps.Keys(propertyTypes))
	for _, of := range concepts {
		for _, c := range of {
			if c.form != formChange {
				known = append(known, c.answer, c.request)
			}
		}
	}
	for _, names := range wireKinds {
		known = append(known, names.list, names.idProperty)
	}
	slices.Sort(known)
	return slices.DeleteFunc(slices.Compact(known), func(name string) bool { return name == "" })
}()

// extras are the properties that no mapping file has a word for, with those that clients may not know.
func (o *organization) extras() []string {
	extras := o.projectExtras()
	maps.Copy(extras, o.policyExtras())
	names := slices.AppendSeq(slices.Collect(maps.Keys(extras)), maps.Keys(propertyTypes))
	isConcept := func(name string) bool {
		for _, of := range concepts {
			if slices.ContainsFunc(of, func(c concept) bool { return c.answer == name || c.request == name }) {
				return true
			}
		}
		return false
	}
	return slices.DeleteFunc(names, isConcept)
}

// conceptOf is the concept of a property in requests; with no name if a mapping file has no word for it.
func conceptOf(t thing, property string) concept {
	i := slices.IndexFunc(concepts[t], func(c concept) bool { return c.request == property && property != "" })
	if i < 0 {
		return concept{}
	}
	return concepts[t][i]
}

// conceptCalled is the concept of a name; ok=false if the thing has none of it.
func conceptCalled(t thing, name string) (called concept, ok bool) {
	i := slices.IndexFunc(concepts[t], func(c concept) bool { return c.name == name })
	if i < 0 {
		return concept{}, false
	}
	return concepts[t][i], true
}

// assumedPath is where answers of the default dialect have the concept.
func (c concept) assumedPath() jsonPath {
	if c.answer == propActor {
		return jsonPath{propMetadata, propActor}
	}
	return jsonPath{c.answer}
}
