package vocabulary

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The settings that rules need.
const (
	SettingApprovalProcess    review.Setting = "use of an approval process"
	SettingRequiredApprovals  review.Setting = "number of required approvals"
	SettingTrustedBuildSystem review.Setting = "trusted build system verification"
	SettingOriginVerification review.Setting = "origin verification"
)

const (
	parameterMinimum = "minimum"
	parameterMaximum = "maximum"
	parameterDays    = "days"
)

// NoGlobalAdministrator is the id of the rule about the loss of everybody who could
// undo it, which a plan also checks by itself.
const NoGlobalAdministrator = "no-global-administrator"

// InvitedEntry and InactiveEntry are the ids of rules about what a plan that invites or ends
// somebody says without them.
const (
	InvitedEntry  = "invited-entry"
	InactiveEntry = "inactive-entry"
)

// UnknownRole is the id of the rule about roles that are in no catalogue, of which the
// provider also warns by itself.
const UnknownRole = "unknown-role"

// Sources that are no page of SignPath's.
const (
	separationOfDuties = "separation of duties: approval is a second person's look"
	leastPrivilege     = "least privilege"
)

const noOtherAdministrator = userRoles + ": nobody else can give the role back but a User Administrator"

const unificationAdvice = `users page, "Account unification"`

// Rules are all rules of reviews.
var Rules = slices.Concat(organizationRules, review.PlanRules, review.AttestationRules)

var organizationRules = review.Catalogue{
	{
		ID: "approval-quorum", Severity: review.Deny,
		Summary:  "Fewer users can approve than approvals are required, so no request can be approved.",
		Advice:   "Add approvers, or require fewer approvals.",
		Source:   approvalProcess,
		Evidence: access.Documented,
		Roles:    []access.Role{Approvers.Role()},
		Unless:   []access.Role{Submitters.Role()},
		Needs:    []review.Setting{SettingApprovalProcess, SettingRequiredApprovals},
		Absence:  true,
		Find:     findMissingQuorum,
	},
	{
		ID: NoGlobalAdministrator, Severity: review.Deny,
		Summary:        "There is no active Global Administrator, so nobody can undo a mistake about roles.",
		Advice:         "Make a user a Global Administrator. Where no User Administrator is left to do it, ask SignPath's support.",
		Source:         noOtherAdministrator,
		Evidence:       access.Inferred,
		OfOrganization: true,
		Absence:        true,
		Find:           findNoAdministrator,
	},
	{
		ID: "few-global-administrators", Severity: review.Warn,
		Summary:        "There are too few active Global Administrators to lose one.",
		Advice:         "Make another user a Global Administrator.",
		Source:         noOtherAdministrator,
		Evidence:       access.Inferred,
		Parameters:     []review.Parameter{{Name: parameterMinimum, Meaning: "active Global Administrators that there must be", Default: 2}},
		OfOrganization: true,
		Absence:        true,
		Find:           findFewAdministrators,
	},
	{
		ID: "approval-quorum-no-spare", Severity: review.Warn,
		Summary:  "Exactly as many users can approve as approvals are required, so one absence stops all requests.",
		Advice:   "Add an approver.",
		Source:   approvalProcess,
		Evidence: access.Inferred,
		Roles:    []access.Role{Approvers.Role()},
		Unless:   []access.Role{Submitters.Role()},
		Needs:    []review.Setting{SettingApprovalProcess, SettingRequiredApprovals},
		Absence:  true,
		Find:     findBareQuorum,
	},
	{
		ID: "submit-and-approve", Severity: review.Warn, Introduced: review.Deny,
		Summary:  "One principal can both submit to and approve the same signing policy.",
		Advice:   "Take the principal off one of the two lists, or out of the group that leads there.",
		Source:   separationOfDuties,
		Evidence: access.Inferred,
		Roles:    []access.Role{Submitters.Role(), Approvers.Role()},
		Find:     findSelfApproval,
	},
	{
		ID: "release-without-control", Severity: review.Warn,
		Summary:  "A signing policy for releases has neither approval nor origin verification.",
		Advice:   "Use the approval process, or verify origins.",
		Source:   `projects page, "Approval process" and "Signing policies"; origin verification page: restrictions for release certificates`,
		Evidence: access.Documented,
		Needs:    []review.Setting{SettingApprovalProcess, SettingOriginVerification},
		Find:     findUncontrolledRelease,
	},
	{
		ID: "interactive-submitter", Severity: review.Warn,
		Summary:  "An interactive user is a submitter where trusted build systems are verified.",
		Advice:   "Name the CI user of the build system, and take the interactive user off the list or out of the group.",
		Source:   `projects page, "Trusted build system verification"; of groups it says nothing`,
		Evidence: access.Documented,
		Roles:    []access.Role{Submitters.Role()},
		Needs:    []review.Setting{SettingTrustedBuildSystem},
		Find:     findInteractiveSubmitters,
	},
	{
		ID: "approver-configures", Severity: review.Warn,
		Summary:  "An approver can also change the configuration of the project, and so what it is that gets signed.",
		Advice:   "Take the principal off one of the two lists, or out of the group that leads there.",
		Source:   projectSettings + "; " + separationOfDuties,
		Evidence: access.Inferred,
		Roles:    []access.Role{Approvers.Role(), Configurators.Role()},
		Find:     findConfiguringApprovers,
	},
	{
		ID: "ci-user-test-and-release", Severity: review.Warn,
		Summary:  "A CI user submits to a test policy and to a release policy that does not verify origins, so the token of a test build can sign a release.",
		Advice:   "Give each of the two a CI user of its own, or verify origins in the release policy.",
		Source:   unificationAdvice,
		Evidence: access.Documented,
		Roles:    []access.Role{Submitters.Role()},
		Find:     findTestAndRelease,
	},
	{
		ID: "ci-user-many-policies", Severity: review.Warn,
		Summary:  "A CI user submits to several signing policies that do not verify origins.",
		Advice:   "Give each of them a CI user of its own, or verify origins.",
		Source:   unificationAdvice + ": one for each policy of a project, or for the policies of one kind of a team's projects",
		Evidence: access.Documented,
		Roles:    []access.Role{Submitters.Role()},
		Needs:    []review.Setting{SettingOriginVerification},
		Parameters: []review.Parameter{{
			Name: parameterMaximum, Meaning: "signing policies of different slugs that one CI user may submit to", Default: 1, MoreIsLaxer: true,
		}},
		Find: findManyPolicies,
	},
	{
		ID: "ci-user-approves", Severity: review.Warn,
		Summary:  "A CI user can approve, so that no person has to look.",
		Advice:   "Take the CI user off the approvers, or out of the group that leads there.",
		Source:   approvalProcess + ": approval is manual",
		Evidence: access.Inferred,
		Roles:    []access.Role{Approvers.Role()},
		Find:     findApprovingCIUsers,
	},
	{
		ID: "ci-user-administrator", Severity: review.Warn,
		Summary:  "A CI user has an administrative role, so whoever has its token is an administrator. The user whose token reads is left out: the review names it.",
		Advice:   "Take the role away, or guard the token as you would an administrator's password and note an exception.",
		Source:   userRoles + "; " + leastPrivilege,
		Evidence: access.Inferred,
		Find:     findAdministratingCIUsers,
	},
	{
		ID: "user-administrator", Severity: review.Warn,
		Summary:  "A User Administrator can assign any role to anyone, also to themself.",
		Advice:   "Treat the user as a Global Administrator, or manage users by directory synchronization instead.",
		Source:   `users page, "User Administrators may assign permissions exceeding their own"`,
		Evidence: access.Documented,
		Find:     findUserAdministrators,
	},
	{
		ID: UnknownRole, Severity: review.Warn,
		Summary: "A user has a global role that this version does not know, or the server says null for it. It counts as Global Administrator " +
			"where somebody may do too much, and as no role where somebody has to be left.",
		Advice: "Look up in SignPath's web application which role the user has, and report the spelling to this provider's project. " +
			"Take the role away if nobody knows what it is for.",
		Source:   leastPrivilege,
		Evidence: access.Inferred,
		Find:     findUnknownRoles,
	},
	{
		ID: "many-global-administrators", Severity: review.Warn,
		Summary:        "There are more active Global Administrators than needed.",
		Advice:         "Give those who do not need all of it a limited role.",
		Source:         leastPrivilege,
		Evidence:       access.Inferred,
		Parameters:     []review.Parameter{{Name: parameterMaximum, Meaning: "active Global Administrators that there may be", Default: 5, MoreIsLaxer: true}},
		OfOrganization: true,
		Find:           findManyAdministrators,
	},
	{
		ID: "support-user-active", Severity: review.Warn,
		Summary:  "The account of SignPath's support staff is active, and administrates the organization.",
		Advice:   "Disable the support user on the organization page of SignPath's web application as soon as support has done what it was authorized for.",
		Source:   `users page, "Support user": disabled by default, and can be disabled to prevent further access`,
		Evidence: access.Documented,
		Find:     findActiveSupport,
	},
	{
		ID: InactiveEntry, Severity: review.Warn,
		Summary:  "A deactivated user is on a list. The right comes back into force unseen when the account is activated.",
		Advice:   "Take the user off the list or out of the group.",
		Source:   leastPrivilege,
		Evidence: access.Inferred,
		Roles:    entryRoles(),
		Find:     review.FindInactiveEntries,
	},
	{
		ID: InvitedEntry, Severity: review.Warn,
		Summary:  "A user who has not accepted the invitation is on a list.",
		Advice:   "See that the invitation is accepted by whom it is meant for, or take the user off the list or out of the group.",
		Source:   `users page, "Invitations"`,
		Evidence: access.Inferred,
		Roles:    entryRoles(),
		Find:     review.FindInvitedEntries,
	},
	{
		ID: "unidentified-entry", Severity: review.Warn,
		Summary:  "An entry of a list fits no principal, so nobody can tell who has the right.",
		Advice:   "Find out who it is, or remove the entry.",
		Source:   leastPrivilege,
		Evidence: access.Inferred,
		Roles:    entryRoles(),
		Find:     review.FindUnidentifiedEntries,
	},
	{
		ID: "empty-group", Severity: review.Warn,
		Summary:  "A group on a list holds nobody. Whoever joins it gets the right without a change of the list.",
		Advice:   "Fill the group, or take it off the list.",
		Source:   leastPrivilege,
		Evidence: access.Inferred,
		Roles:    entryRoles(),
		Absence:  true,
		Find:     review.FindEmptyGroups,
	},
	{
		ID: "expired-invitation", Severity: review.Warn,
		Summary:  "An invitation has expired without being accepted.",
		Advice:   "Invite the user again, or deactivate the account.",
		Source:   `users page, "Invitations"`,
		Evidence: access.Documented,
		Find:     findExpiredInvitations,
	},
	{
		ID: "old-token", Severity: review.Warn,
		Summary:    "An API token is old. SignPath's tokens do not expire by themselves.",
		Advice:     "Regenerate the token.",
		Source:     `users page, "API tokens"`,
		Evidence:   access.Inferred,
		Parameters: []review.Parameter{{Name: parameterDays, Meaning: "days after which a token is old", Default: 365, MoreIsLaxer: true}},
		OfToken:    true,
		Find:       findOldTokens,
	},
	{
		ID: "expired-exception", Severity: review.Warn,
		Summary:  "An exception of the rulebook has ended and no longer counts.",
		Advice:   "Remove the exception, or renew it with a reason.",
		Source:   "the rulebook",
		Evidence: access.Documented,
		Find:     review.FindExpiredExceptions,
	},
}

// entryRoles are those that somebody holds by an entry.
func entryRoles() []access.Role {
	var roles []access.Role
	for _, role := range SignPath.RolesOf(access.ByEntry) {
		roles = append(roles, role.Role)
	}
	return roles
}
