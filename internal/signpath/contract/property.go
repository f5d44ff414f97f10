package contract

import (
	"cmp"
	"maps"
	"slices"

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
	// A change in a list of changes names its property.
	PropChangeProperty Property = "property"
	PropChangeBefore   Property = "from"
	PropChangeAfter    Property = "to"
)

// namesInRequests are those of the properties that requests call otherwise.
var namesInRequests = map[Property]string{
	PropVerifiesTrustedBuildSystem: "verifyTrustedBuildSystem",
	PropVerifiesOriginPolicy:       "verifyOriginPolicy",
	PropUsesApprovalProcess:        "useApprovalProcess",
}

// requestName is what requests are assumed to call the property.
func (p Property) requestName() string { return cmp.Or(namesInRequests[p], string(p)) }

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

// IsList tells whether the property is an access list.
func (p Property) IsList() bool {
	return slices.Contains(slices.Collect(maps.Values(listProperties)), p)
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
