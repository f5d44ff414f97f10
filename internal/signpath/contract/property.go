package contract

import (
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Property is one JSON property of the API's objects, by the name that it is
// assumed to have in answers.
type Property string

// The properties of principals, projects and signing policies.
const (
	PropID          Property = "id"
	PropLink        Property = "link"
	PropName        Property = "name"
	PropSlug        Property = "slug"
	PropDescription Property = "description"

	PropEmail             Property = "accountEmailAddress"
	PropNotificationEmail Property = "notificationEmailAddress"
	PropIdentity          Property = "identity"
	PropRole              Property = "role"
	PropActive            Property = "isActive"
	PropSynchronized      Property = "isDirectorySynchronized"
	PropSupport           Property = "isSupportUser"
	PropAPIToken          Property = "apiToken"

	PropMembers        Property = "members"
	PropAddedMembers   Property = "addedMembers"
	PropRemovedMembers Property = "removedMembers"

	PropReaders       Property = "readers"
	PropConfigurators Property = "configurators"
	PropSubmitters    Property = "submitters"
	PropApprovers     Property = "approvers"

	PropStatus                     Property = "status"
	PropSigningPolicies            Property = "signingPolicies"
	PropVerifiesTrustedBuildSystem Property = "verifiesTrustedBuildSystem"
	PropVerifiesOriginPolicy       Property = "verifiesOriginPolicy"
	PropOriginPolicyVerification   Property = "originPolicyVerification"
	PropUsesApprovalProcess        Property = "usesApprovalProcess"
	PropRequiredApprovals          Property = "requiredApprovals"
	PropPurpose                    Property = "purpose"
)

// The properties of the organization.
const (
	PropYearlySize       Property = "yearlyMaxSizeOfArtifactsInBytes"
	PropYearlySignatures Property = "yearlyMaxNumberOfIndividualSignatures"
	PropQuotaStart       Property = "quotaPeriodStart"
	PropQuotaEnd         Property = "quotaPeriodEnd"
)

// The properties of audit events. Only the actor and the form of the names of
// events are documented.
const (
	PropEventTime     Property = "time"
	PropEventName     Property = "eventName"
	PropEventMetadata Property = "metadata"
	PropEventActor    Property = "actor"
	PropEventObject   Property = "entity"
	PropEventChanges  Property = "changes"
	PropChangeBefore  Property = "from"
	PropChangeAfter   Property = "to"
)

// namesInRequests are those of the properties that requests call otherwise.
var namesInRequests = map[Property]string{
	PropVerifiesTrustedBuildSystem: "verifyTrustedBuildSystem",
	PropVerifiesOriginPolicy:       "verifyOriginPolicy",
	PropUsesApprovalProcess:        "useApprovalProcess",
}

var listProperties = map[string]Property{
	vocabulary.Readers.Plural:       PropReaders,
	vocabulary.Configurators.Plural: PropConfigurators,
	vocabulary.Submitters.Plural:    PropSubmitters,
	vocabulary.Approvers.Plural:     PropApprovers,
	vocabulary.GroupMembers.Plural:  PropMembers,
}

var settingProperties = map[string]Property{
	vocabulary.NotificationEmail.Attribute: PropNotificationEmail,
	vocabulary.Identity.Attribute:          PropIdentity,
	vocabulary.Description.Attribute:       PropDescription,
}

// PropertyOfSetting returns the property that holds a setting of principals.
func PropertyOfSetting(setting access.Setting) Property { return settingProperties[setting.Attribute] }

// PropertyOf returns the property that holds an access list.
func PropertyOf(list vocabulary.List) Property { return listProperties[list.Plural] }

// listsOf are the properties that hold the access lists of a kind of object, and others.
func listsOf(parent vocabulary.Parent, others ...Property) []Property {
	var lists []Property
	for _, list := range vocabulary.ListsOf(parent) {
		lists = append(lists, PropertyOf(list))
	}
	return append(lists, others...)
}

func (p Property) isMemberList() bool {
	return slices.Contains(slices.Collect(maps.Values(listProperties)), p)
}

// namesMembers tells whether the property holds members in requests: all of a list, or
// those who come or go.
func (p Property) namesMembers() bool {
	return p.isMemberList() || p == PropAddedMembers || p == PropRemovedMembers
}

// mayBeMissing tells whether the client goes without the property in the answers that a
// document describes: whether somebody is synchronized then shows when an edit is refused, and
// an id also stands in the link.
func (p Property) mayBeMissing(answer *schema) bool {
	return p.IsOptional() || p == PropSynchronized || p == PropID && answer.has(string(PropLink))
}

// IsOptional tells whether the property may be left out of an answer instead of
// being null (observed).
func (p Property) IsOptional() bool {
	for _, setting := range settingProperties {
		if p == setting {
			return true
		}
	}
	return false
}

// createdIDNames are the names under which a create may return the new
// object's id: the plain one, and one per kind after the pattern of
// signingRequestId (observed).
var createdIDNames = map[access.Kind][]string{
	access.KindUser:   {"id", "interactiveUserId"},
	access.KindCIUser: {"id", "ciUserId"},
	access.KindGroup:  {"id", "userGroupId"},
}

// CreatedID returns the id of what a create made: from the answer's body, or else
// from its Location header (both documented; the name in the body is not).
func CreatedID(kind access.Kind, answer []byte, location string) string {
	o, _ := DecodeObject(answer)
	for _, name := range createdIDNames[kind] {
		if id := Text(o[name]); access.IsID(id) {
			return strings.ToLower(id)
		}
	}
	return lastID(location)
}

// changedPropertyNames may name the property in a list of the changes of an event.
var changedPropertyNames = []string{"property", "propertyName", "field"}

// ChangedProperty returns which property a change in a list is about; "" if it
// does not tell.
func ChangedProperty(change Object) string {
	for _, name := range append(slices.Clone(changedPropertyNames), PropName.AnswerNames()...) {
		if property := Text(change[name]); property != "" {
			return property
		}
	}
	return ""
}
