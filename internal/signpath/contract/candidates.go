package contract

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// This file is the one table of what else is plausible where SignPath does not
// publish a name. Properties and routes are what is assumed; if an installation's
// answers or its own OpenAPI document say otherwise, the provider goes by them, but
// only as far as this table. Nothing in it is a fact about SignPath.

// A spelling is one more plausible name of a property.
type spelling struct {
	answer string
	// request is the name in requests where that differs; else it is empty.
	request string
	// with is another name in the same answer that this spelling goes with.
	with string
}

func (s spelling) requestName() string { return cmp.Or(s.request, s.answer) }

// otherSpellings are, by the assumed name in answers, the further plausible
// names, the likeliest first.
var otherSpellings = map[Property][]spelling{
	// Signing requests have signingRequestId and no id (documented).
	PropID: {{answer: "interactiveUserId"}, {answer: "ciUserId"}, {answer: "userGroupId"}},

	PropName:              {{answer: "displayName"}, {answer: "userName"}},
	PropEmail:             {{answer: "emailAddress"}, {answer: "accountEmail"}, {answer: "email"}},
	PropNotificationEmail: {{answer: "notificationEmail"}},
	PropRole:              {{answer: "globalRole"}, {answer: "userRole"}},
	PropActive:            {{answer: "active"}, {answer: "isEnabled"}},
	PropSynchronized:      {{answer: "directorySynchronized"}, {answer: "isSynchronized"}},
	PropAPIToken:          {{answer: "token"}, {answer: "ciUserToken"}},

	PropMembers:        {{answer: "memberIds"}, {answer: "groupMembers"}},
	PropAddedMembers:   {{answer: "membersToAdd"}, {answer: "addedMemberIds"}, {answer: "addMembers"}},
	PropRemovedMembers: {{answer: "membersToRemove"}, {answer: "removedMemberIds"}, {answer: "removeMembers"}},

	PropReaders:       {{answer: "readerIds"}},
	PropConfigurators: {{answer: "configuratorIds"}},
	PropSubmitters:    {{answer: "submitterIds"}},
	PropApprovers:     {{answer: "approverIds"}},

	// Before 1.202.0 (documented).
	PropVerifiesOriginPolicy: {{answer: "verifiesOrigin", request: "verifyOrigin"}},
	PropOriginPolicyVerification: {
		{answer: "originVerification"},
		{answer: "originPolicyVerification", request: "originVerification", with: "verifiesOrigin"},
	},
	PropVerifiesTrustedBuildSystem: {
		{answer: "verifyTrustedBuildSystem"},
		{answer: "requiresTrustedBuildSystem", request: "requireTrustedBuildSystem"},
	},
	PropUsesApprovalProcess: {{answer: "useApprovalProcess"}, {answer: "requiresApproval", request: "requireApproval"}},
	PropRequiredApprovals:   {{answer: "requiredNumberOfApprovals"}, {answer: "numberOfRequiredApprovals"}},

	PropEventTime:    {{answer: "timestamp"}, {answer: "timestampUtc"}, {answer: "dateTime"}, {answer: "occurredAt"}, {answer: "createdAt"}, {answer: "date"}},
	PropEventName:    {{answer: "event"}, {answer: "eventType"}, {answer: "type"}, {answer: "name"}},
	PropEventActor:   {{answer: "user"}}, // Before 1.132.0 (documented).
	PropEventObject:  {{answer: "object"}, {answer: "target"}, {answer: "subject"}, {answer: "resource"}},
	PropEventChanges: {{answer: "changedProperties"}, {answer: "propertyChanges"}, {answer: "differences"}},
	PropChangeBefore: {{answer: "before"}, {answer: "old"}, {answer: "oldValue"}, {answer: "previousValue"}},
	PropChangeAfter:  {{answer: "after"}, {answer: "new"}, {answer: "newValue"}},
}

// spellings are all plausible names of the property, the assumed one first.
func (p Property) spellings() []spelling {
	return append([]spelling{{answer: string(p), request: namesInRequests[p]}}, otherSpellings[p]...)
}

// AnswerNames are all plausible names of the property in answers.
func (p Property) AnswerNames() []string {
	var names []string
	for _, s := range p.spellings() {
		names = append(names, s.answer)
	}
	return names
}

// requestNames are all plausible names of the property in requests. A server may
// well take the name that it answers.
func (p Property) requestNames() []string {
	var names []string
	for _, s := range p.spellings() {
		names = append(names, s.requestName(), s.answer)
	}
	return unique(names)
}

// requested returns the property that the route's request may call so.
func (r *Route) requested(name string) (p Property, known bool) {
	for _, p := range r.Request {
		if slices.Contains(p.requestNames(), name) {
			return p, true
		}
	}
	return "", false
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

// candidates are all plausible forms of a route, the assumed one first. One that
// reads has no other. Changelog 1.170.2 made POST of what was PATCH (documented).
func (r *Route) candidates() []*Route {
	if r.Method == http.MethodGet {
		return []*Route{r}
	}
	cut := strings.LastIndex(r.Path, "/")
	paths := []string{r.Path}
	for _, last := range otherLastSegments[r.Path[cut+1:]] {
		paths = append(paths, strings.TrimSuffix(r.Path[:cut]+"/"+last, "/"))
	}
	var candidates []*Route
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodPut} {
		for _, path := range paths {
			other := *r
			other.Method, other.Path = method, path
			candidates = append(candidates, &other)
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
