package review

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Rule is one entry of the catalogue.
type Rule struct {
	// ID is stable: rulebooks and fingerprints name it.
	ID string
	// Severity is what holds unless the rulebook says otherwise: what can lock
	// everybody out is denied, everything else is a warning.
	Severity Severity
	// Introduced is the severity of a finding that a plan newly introduces against the live
	// organization, unless the rulebook says otherwise; empty for the same one. What nobody
	// would fix today need not be allowed to grow.
	Introduced Severity
	// Summary says what the rule finds.
	Summary string
	// Advice says what to do about a finding.
	Advice string
	// Source is what the rule rests on.
	Source   string
	Evidence Evidence
	// Lists are the access lists by which somebody gets to be found, directly or
	// through groups. There are none for rules about roles and accounts.
	Lists []access.List
	// Unless are the access lists that keep the rule silent while nobody is on them.
	Unless []access.List
	// Needs are the settings that must be known. While one is not, the rule does
	// not fire.
	Needs      []Setting
	Parameters []Parameter
	// OfOrganization is true where a finding has no subject but the organization.
	OfOrganization bool
	// OfToken is true where a finding is about an API token and not about what its
	// user may do.
	OfToken bool
	// Absence is true where the rule finds that somebody is missing, so that adding
	// somebody mends it. Else it finds that somebody is there.
	Absence bool

	find func(*inspection) []Finding
}

// A Parameter is a number of a rule that a rulebook can change.
type Parameter struct {
	Name, Meaning string
	Default       int
}

// A Setting names a setting of a signing policy.
type Setting string

// The settings that rules need.
const (
	SettingApprovalProcess    Setting = "use of an approval process"
	SettingRequiredApprovals  Setting = "number of required approvals"
	SettingTrustedBuildSystem Setting = "trusted build system verification"
	SettingOriginVerification Setting = "origin verification"
)

const (
	parameterMinimum = "minimum"
	parameterMaximum = "maximum"
	parameterDays    = "days"
)

// NoGlobalAdministrator is the id of the rule about the loss of everybody who could
// undo it, which a plan also checks by itself.
const NoGlobalAdministrator = "no-global-administrator"

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

var catalogue = []Rule{
	{
		ID: "approval-quorum", Severity: Deny,
		Summary:  "Fewer users can approve than approvals are required, so no request can be approved.",
		Advice:   "Add approvers, or require fewer approvals.",
		Source:   approvalProcess,
		Evidence: Documented,
		Lists:    []access.List{access.Approvers},
		Unless:   []access.List{access.Submitters},
		Needs:    []Setting{SettingApprovalProcess, SettingRequiredApprovals},
		Absence:  true,
		find:     (*inspection).findMissingQuorum,
	},
	{
		ID: NoGlobalAdministrator, Severity: Deny,
		Summary:        "There is no active Global Administrator, so nobody can undo a mistake about roles.",
		Advice:         "Make a user a Global Administrator. Where no User Administrator is left to do it, ask SignPath's support.",
		Source:         noOtherAdministrator,
		Evidence:       Inferred,
		OfOrganization: true,
		Absence:        true,
		find:           (*inspection).findNoAdministrator,
	},
	{
		ID: "few-global-administrators", Severity: Warn,
		Summary:        "There are too few active Global Administrators to lose one.",
		Advice:         "Make another user a Global Administrator.",
		Source:         noOtherAdministrator,
		Evidence:       Inferred,
		Parameters:     []Parameter{{parameterMinimum, "active Global Administrators that there must be", 2}},
		OfOrganization: true,
		Absence:        true,
		find:           (*inspection).findFewAdministrators,
	},
	{
		ID: "approval-quorum-no-spare", Severity: Warn,
		Summary:  "Exactly as many users can approve as approvals are required, so one absence stops all requests.",
		Advice:   "Add an approver.",
		Source:   approvalProcess,
		Evidence: Inferred,
		Lists:    []access.List{access.Approvers},
		Unless:   []access.List{access.Submitters},
		Needs:    []Setting{SettingApprovalProcess, SettingRequiredApprovals},
		Absence:  true,
		find:     (*inspection).findBareQuorum,
	},
	{
		ID: "submit-and-approve", Severity: Warn, Introduced: Deny,
		Summary:  "One principal can both submit to and approve the same signing policy.",
		Advice:   "Take the principal off one of the two lists, or out of the group that leads there.",
		Source:   separationOfDuties,
		Evidence: Inferred,
		Lists:    []access.List{access.Submitters, access.Approvers},
		find:     (*inspection).findSelfApproval,
	},
	{
		ID: "release-without-control", Severity: Warn,
		Summary:  "A signing policy for releases has neither approval nor origin verification.",
		Advice:   "Use the approval process, or verify origins.",
		Source:   `projects page, "Approval process" and "Signing policies"; origin verification page: restrictions for release certificates`,
		Evidence: Documented,
		Needs:    []Setting{SettingApprovalProcess, SettingOriginVerification},
		find:     (*inspection).findUncontrolledRelease,
	},
	{
		ID: "interactive-submitter", Severity: Warn,
		Summary:  "An interactive user is a submitter where trusted build systems are verified.",
		Advice:   "Name the CI user of the build system, and take the interactive user off the list or out of the group.",
		Source:   `projects page, "Trusted build system verification"; of groups it says nothing`,
		Evidence: Documented,
		Lists:    []access.List{access.Submitters},
		Needs:    []Setting{SettingTrustedBuildSystem},
		find:     (*inspection).findInteractiveSubmitters,
	},
	{
		ID: "approver-configures", Severity: Warn,
		Summary:  "An approver can also change the configuration of the project, and so what it is that gets signed.",
		Advice:   "Take the principal off one of the two lists, or out of the group that leads there.",
		Source:   projectSettings + "; " + separationOfDuties,
		Evidence: Inferred,
		Lists:    []access.List{access.Approvers, access.Configurators},
		find:     (*inspection).findConfiguringApprovers,
	},
	{
		ID: "ci-user-test-and-release", Severity: Warn,
		Summary:  "A CI user submits to a test policy and to a release policy that does not verify origins, so the token of a test build can sign a release.",
		Advice:   "Give each of the two a CI user of its own, or verify origins in the release policy.",
		Source:   unificationAdvice,
		Evidence: Documented,
		Lists:    []access.List{access.Submitters},
		find:     (*inspection).findTestAndRelease,
	},
	{
		ID: "ci-user-many-policies", Severity: Warn,
		Summary:    "A CI user submits to several signing policies that do not verify origins.",
		Advice:     "Give each of them a CI user of its own, or verify origins.",
		Source:     unificationAdvice + ": one for each policy of a project, or for the policies of one kind of a team's projects",
		Evidence:   Documented,
		Lists:      []access.List{access.Submitters},
		Needs:      []Setting{SettingOriginVerification},
		Parameters: []Parameter{{parameterMaximum, "signing policies of different slugs that one CI user may submit to", 1}},
		find:       (*inspection).findManyPolicies,
	},
	{
		ID: "ci-user-approves", Severity: Warn,
		Summary:  "A CI user can approve, so that no person has to look.",
		Advice:   "Take the CI user off the approvers, or out of the group that leads there.",
		Source:   approvalProcess + ": approval is manual",
		Evidence: Inferred,
		Lists:    []access.List{access.Approvers},
		find:     (*inspection).findApprovingCIUsers,
	},
	{
		ID: "ci-user-administrator", Severity: Warn,
		Summary:  "A CI user has an administrative role, so whoever has its token is an administrator.",
		Advice:   "Take the role away, or guard the token as you would an administrator's password and note an exception.",
		Source:   userRoles + "; " + leastPrivilege,
		Evidence: Inferred,
		find:     (*inspection).findAdministratingCIUsers,
	},
	{
		ID: "user-administrator", Severity: Warn,
		Summary:  "A User Administrator can assign any role to anyone, also to themself.",
		Advice:   "Treat the user as a Global Administrator, or manage users by directory synchronization instead.",
		Source:   `users page, "User Administrators may assign permissions exceeding their own"`,
		Evidence: Documented,
		find:     (*inspection).findUserAdministrators,
	},
	{
		ID: UnknownRole, Severity: Warn,
		Summary: "A user has a global role that this version does not know, or the server says null for it. It counts as Global Administrator " +
			"where somebody may do too much, and as no role where somebody has to be left.",
		Advice: "Look up in SignPath's web application which role the user has, and report the spelling to this provider's project. " +
			"Take the role away if nobody knows what it is for.",
		Source:   leastPrivilege,
		Evidence: Inferred,
		find:     (*inspection).findUnknownRoles,
	},
	{
		ID: "many-global-administrators", Severity: Warn,
		Summary:        "There are more active Global Administrators than needed.",
		Advice:         "Give those who do not need all of it a limited role.",
		Source:         leastPrivilege,
		Evidence:       Inferred,
		Parameters:     []Parameter{{parameterMaximum, "active Global Administrators that there may be", 5}},
		OfOrganization: true,
		find:           (*inspection).findManyAdministrators,
	},
	{
		ID: "support-user-active", Severity: Warn,
		Summary:  "The account of SignPath's support staff is active, and administrates the organization.",
		Advice:   "Disable the support user on the organization page of SignPath's web application as soon as support has done what it was authorized for.",
		Source:   `users page, "Support user": disabled by default, and can be disabled to prevent further access`,
		Evidence: Documented,
		find:     (*inspection).findActiveSupport,
	},
	{
		ID: "inactive-entry", Severity: Warn,
		Summary:  "A deactivated user is on a list. The right comes back into force unseen when the account is activated.",
		Advice:   "Take the user off the list or out of the group.",
		Source:   leastPrivilege,
		Evidence: Inferred,
		Lists:    projectAndPolicyLists(),
		find:     (*inspection).findInactiveEntries,
	},
	{
		ID: "invited-entry", Severity: Warn,
		Summary:  "A user who has not accepted the invitation is on a list.",
		Advice:   "See that the invitation is accepted by whom it is meant for, or take the user off the list or out of the group.",
		Source:   `users page, "Invitations"`,
		Evidence: Inferred,
		Lists:    projectAndPolicyLists(),
		find:     (*inspection).findInvitedEntries,
	},
	{
		ID: "unidentified-entry", Severity: Warn,
		Summary:  "An entry of a list fits no principal, so nobody can tell who has the right.",
		Advice:   "Find out who it is, or remove the entry.",
		Source:   leastPrivilege,
		Evidence: Inferred,
		Lists:    projectAndPolicyLists(),
		find:     (*inspection).findUnidentifiedEntries,
	},
	{
		ID: "empty-group", Severity: Warn,
		Summary:  "A group on a list holds nobody. Whoever joins it gets the right without a change of the list.",
		Advice:   "Fill the group, or take it off the list.",
		Source:   leastPrivilege,
		Evidence: Inferred,
		Lists:    projectAndPolicyLists(),
		Absence:  true,
		find:     (*inspection).findEmptyGroups,
	},
	{
		ID: "expired-invitation", Severity: Warn,
		Summary:  "An invitation has expired without being accepted.",
		Advice:   "Invite the user again, or deactivate the account.",
		Source:   `users page, "Invitations"`,
		Evidence: Documented,
		find:     (*inspection).findExpiredInvitations,
	},
	{
		ID: "old-token", Severity: Warn,
		Summary:    "An API token is old. SignPath's tokens do not expire by themselves.",
		Advice:     "Regenerate the token.",
		Source:     `users page, "API tokens"`,
		Evidence:   Inferred,
		Parameters: []Parameter{{parameterDays, "days after which a token is old", 365}},
		OfToken:    true,
		find:       (*inspection).findOldTokens,
	},
	{
		ID: "expired-exception", Severity: Warn,
		Summary:  "An exception of the rulebook has ended and no longer counts.",
		Advice:   "Remove the exception, or renew it with a reason.",
		Source:   "the rulebook",
		Evidence: Documented,
		find:     (*inspection).findExpiredExceptions,
	},
}

// rulePosition is where each rule stands in the catalogue, by id.
var rulePosition = func() map[string]int {
	positions := map[string]int{}
	for i, rule := range catalogue {
		positions[rule.ID] = i
	}
	return positions
}()

func projectAndPolicyLists() []access.List {
	return []access.List{access.Readers, access.Configurators, access.Submitters, access.Approvers}
}

// Catalogue returns all rules.
func Catalogue() []Rule { return slices.Clone(catalogue) }

// RuleIDs returns the ids of all rules, in the order of the catalogue.
func RuleIDs() []string {
	ids := make([]string, len(catalogue))
	for i, rule := range catalogue {
		ids[i] = rule.ID
	}
	return ids
}

// RuleByID finds one rule.
func RuleByID(id string) (Rule, bool) {
	position, ok := rulePosition[id]
	if !ok {
		return Rule{}, false
	}
	return catalogue[position], true
}

func (r Rule) parameter(name string) (Parameter, bool) {
	for _, parameter := range r.Parameters {
		if parameter.Name == name {
			return parameter, true
		}
	}
	return Parameter{}, false
}
