package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// This file is the one table of what else is plausible where SignPath does not
// publish a name. wire.go has what is assumed; if an installation's answers or
// its own OpenAPI document say otherwise, the provider goes by them, but only as
// far as this table. Nothing in it is a fact about SignPath.

// A spelling is one more plausible name of a property.
type spelling struct {
	answer string
	// request is the name in requests where that differs; else it is empty.
	request string
	// with is another name in the same answer that this spelling goes with.
	with string
}

func (s spelling) requestName() string {
	if s.request != "" {
		return s.request
	}
	return s.answer
}

// otherSpellings are, by the assumed name in answers, the further plausible
// names, the likeliest first.
var otherSpellings = map[string][]spelling{
	// Signing requests have signingRequestId and no id (documented).
	propID.name: {{answer: "interactiveUserId"}, {answer: "ciUserId"}, {answer: "userGroupId"}},

	propName.name:              {{answer: "displayName"}, {answer: "userName"}},
	propEmail.name:             {{answer: "emailAddress"}, {answer: "accountEmail"}, {answer: "email"}},
	propNotificationEmail.name: {{answer: "notificationEmail"}},
	propRole.name:              {{answer: "globalRole"}, {answer: "userRole"}},
	propActive.name:            {{answer: "active"}, {answer: "isEnabled"}},
	propSynchronized.name:      {{answer: "directorySynchronized"}, {answer: "isSynchronized"}},
	propAPIToken.name:          {{answer: "token"}, {answer: "ciUserToken"}},

	propMembers.name:        {{answer: "memberIds"}, {answer: "groupMembers"}},
	propAddedMembers.name:   {{answer: "membersToAdd"}, {answer: "addedMemberIds"}, {answer: "addMembers"}},
	propRemovedMembers.name: {{answer: "membersToRemove"}, {answer: "removedMemberIds"}, {answer: "removeMembers"}},

	listProperties[access.Readers.Plural].name:       {{answer: "readerIds"}},
	listProperties[access.Configurators.Plural].name: {{answer: "configuratorIds"}},
	listProperties[access.Submitters.Plural].name:    {{answer: "submitterIds"}},
	listProperties[access.Approvers.Plural].name:     {{answer: "approverIds"}},

	// Before 1.202.0 (documented).
	propVerifiesOriginPolicy.name: {{answer: "verifiesOrigin", request: "verifyOrigin"}},
	propOriginPolicyVerification.name: {
		{answer: "originVerification"},
		{answer: "originPolicyVerification", request: "originVerification", with: "verifiesOrigin"},
	},
	propVerifiesTrustedBuildSystem.name: {
		{answer: "verifyTrustedBuildSystem"},
		{answer: "requiresTrustedBuildSystem", request: "requireTrustedBuildSystem"},
	},
	propUsesApprovalProcess.name: {{answer: "useApprovalProcess"}, {answer: "requiresApproval", request: "requireApproval"}},
	propRequiredApprovals.name:   {{answer: "requiredNumberOfApprovals"}, {answer: "numberOfRequiredApprovals"}},

	propEventTime.name:    {{answer: "timestamp"}, {answer: "timestampUtc"}, {answer: "dateTime"}, {answer: "occurredAt"}, {answer: "createdAt"}, {answer: "date"}},
	propEventName.name:    {{answer: "event"}, {answer: "eventType"}, {answer: "type"}, {answer: "name"}},
	propEventActor.name:   {{answer: "user"}}, // Before 1.132.0 (documented).
	propEventObject.name:  {{answer: "object"}, {answer: "target"}, {answer: "subject"}, {answer: "resource"}},
	propEventChanges.name: {{answer: "changedProperties"}, {answer: "propertyChanges"}, {answer: "differences"}},
	propChangeBefore.name: {{answer: "before"}, {answer: "old"}, {answer: "oldValue"}, {answer: "previousValue"}},
	propChangeAfter.name:  {{answer: "after"}, {answer: "new"}, {answer: "newValue"}},
}

// spellings are all plausible names of the property, the assumed one first.
func (p property) spellings() []spelling {
	return append([]spelling{{answer: p.name, request: p.request}}, otherSpellings[p.name]...)
}

// answerNames are all plausible names of the property in answers.
func (p property) answerNames() []string {
	var names []string
	for _, s := range p.spellings() {
		names = append(names, s.answer)
	}
	return names
}

// requestNames are all plausible names of the property in requests. A server may
// well take the name that it answers.
func (p property) requestNames() []string {
	var names []string
	for _, s := range p.spellings() {
		names = append(names, s.requestName(), s.answer)
	}
	return unique(names)
}

// otherLastSegments are, by the last segment of an assumed path, what the path
// may end with instead; "" drops the segment.
var otherLastSegments = map[string][]string{
	"Edit":               {""}, // Changelog 1.202.0 names a route without it (documented conflict).
	"Activate":           {"Enable"},
	"Deactivate":         {"Disable"},
	"Reinvite":           {"ResendInvitation"},
	"RegenerateApiToken": {"RegenerateToken"},
	"ChangeMembers":      {"SetMembers"},
	"ModifyMembers":      {"EditMembers"},
	// The creates of the three kinds of principals.
	"InteractiveUsers": {"InteractiveUsers/Create", "InteractiveUsers/Add", "InteractiveUsers/Invite"},
	"CIUsers":          {"CIUsers/Create", "CIUsers/Add"},
	"UserGroups":       {"UserGroups/Create", "UserGroups/Add"},
}

// candidates are all plausible forms of a route that writes, the assumed one
// first. Changelog 1.170.2 made POST of what was PATCH (documented).
func (r route) candidates() []route {
	cut := strings.LastIndex(r.path, "/")
	paths := []string{r.path}
	for _, last := range otherLastSegments[r.path[cut+1:]] {
		paths = append(paths, strings.TrimSuffix(r.path[:cut]+"/"+last, "/"))
	}
	var candidates []route
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodPut} {
		for _, path := range paths {
			other := r
			other.method, other.path = method, path
			candidates = append(candidates, other)
		}
	}
	return candidates
}

func unique(names []string) []string {
	var result []string
	for _, name := range names {
		if !slices.Contains(result, name) {
			result = append(result, name)
		}
	}
	return result
}

// A writeRoute is a route that writes, with what its request says and what is
// taken from its answer.
type writeRoute struct {
	route
	request, answer []property
}

// writeRoutes are all routes that write.
func writeRoutes() []writeRoute {
	users, ciUsers, groups := routesOf[access.KindUser], routesOf[access.KindCIUser], routesOf[access.KindGroup]
	return []writeRoute{
		{route: users.create, request: []property{propName, propEmail, propNotificationEmail, propIdentity}},
		{route: users.edit, request: []property{propName, propNotificationEmail, propIdentity, propRole}},
		{route: users.activate},
		{route: users.deactivate},
		{route: users.reinvite},
		{route: ciUsers.create, request: []property{propName, propNotificationEmail}},
		{route: ciUsers.edit, request: []property{propName, propNotificationEmail, propRole}},
		{route: ciUsers.activate},
		{route: ciUsers.deactivate},
		// A token that arrives under a name that nobody knows is lost.
		{route: ciUsers.regenerateToken, answer: []property{propAPIToken}},
		{route: groups.create, request: []property{propName, propDescription}},
		{route: groups.edit, request: []property{propName, propDescription}},
		{route: routeChangeMembers, request: []property{propMembers}},
		{route: routeModifyMembers, request: []property{propAddedMembers, propRemovedMembers}},
		{route: routeProjectEdit, request: []property{listProperties[access.Readers.Plural], listProperties[access.Configurators.Plural]}},
		{route: routePolicyEdit, request: []property{
			listProperties[access.Submitters.Plural], listProperties[access.Approvers.Plural],
			propVerifiesTrustedBuildSystem, propVerifiesOriginPolicy, propOriginPolicyVerification, propUsesApprovalProcess, propRequiredApprovals,
		}},
	}
}
