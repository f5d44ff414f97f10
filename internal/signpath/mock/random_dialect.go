package mock

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// plausibleRenames are names that the evidence leaves room for.
var plausibleRenames = []string{
	"rename=role:globalRole", "rename=role:userRole", "rename=isActive:active", "rename=apiToken:token",
	"rename=accountEmailAddress:email", "rename=isDirectorySynchronized:isSynchronized", "rename-request=role:globalRole",
	"rename-request=addedMembers:membersToAdd", "rename-request=removedMembers:membersToRemove",
	"rename-request=members:memberIds",
}

// RandomDialect returns a mixture of deviations that a real server may well have: none that exclude each other, and
// an OpenAPI document where requests deviate from the default: nobody could guess how.
func RandomDialect(random *rand.Rand) Dialect {
	var dialect Dialect
	for _, i := range random.Perm(len(deviations)) {
		if deviations[i].example == "" && random.IntN(3) == 0 {
			dialect = dialect.with(deviations[i].name)
		}
	}
	for _, i := range random.Perm(len(plausibleRenames)) {
		if random.IntN(5) == 0 {
			dialect = dialect.with(plausibleRenames[i])
		}
	}
	dialect.NoDocument = dialect.NoDocument && !dialect.NeedsDocument()
	return dialect
}

// with deviates further, unless that would contradict the dialect.
func (d Dialect) with(spelling string) Dialect {
	mixed := d
	if mixed.deviate(spelling) != nil || mixed.validate() != nil {
		return d
	}
	return mixed
}

// RandomServer returns a mixture of up to five of all deviations, whether an organization can be managed with them or not:
// a server that keeps every documented fact, and is else as its engineers liked it. Half of them have the document hidden
// or wrong. There, a deviation is drawn only if answers show it before anything is written, or if the server refuses what
// does not keep to it: of the others nobody could know.
func RandomServer(random *rand.Rand) Dialect {
	var dialect Dialect
	if random.IntN(2) == 0 {
		dialect = withoutTrueDocument(random)
	}
	for range 1 + random.IntN(5) {
		drawn := randomRows[random.IntN(len(randomRows))]
		for range 1 + random.IntN(drawn.times) {
			argument := drawn.arguments[random.IntN(len(drawn.arguments))]
			if dialect.hasTrueDocument() || !drawn.isSilent(argument) {
				dialect = dialect.with(drawn.spelling(argument))
			}
		}
	}
	return dialect
}

// withoutTrueDocument hides the document or makes it wrong: for wrong names, there is one.
func withoutTrueDocument(random *rand.Rand) Dialect {
	forms := []Dialect{{NoDocument: true}, {Document: DocumentOld}, {Document: DocumentAssumedNames}}
	dialect := forms[random.IntN(len(forms))]
	if dialect.Document == DocumentAssumedNames {
		dialect = dialect.with("rename=" + visibleRenames[random.IntN(len(visibleRenames))])
	}
	return dialect
}

// randomRow is a deviation that RandomServer draws, with its arguments, up to a number of times.
type randomRow struct {
	deviation
	arguments []string
	times     int
}

// isSilent tells whether nothing but the document shows the deviation with an argument.
func (r randomRow) isSilent(argument string) bool {
	return r.deviation.isSilent || r.name == "rename" && !slices.Contains(visibleRenames, argument)
}

// randomRows are all deviations but those of the document.
var randomRows = func() []randomRow {
	var rows []randomRow
	for _, d := range slices.Concat(deviations, hostileDeviations) {
		if strings.Contains(d.name, "document") {
			continue
		}
		row := randomRow{deviation: d, arguments: []string{""}, times: 1}
		if arguments := randomArguments[d.name]; arguments != nil {
			row.arguments, row.times = arguments, 3
		}
		if strings.HasPrefix(d.name, "paging=") {
			row.arguments = []string{"", "1", "2", "5"}
		}
		rows = append(rows, row)
	}
	return rows
}()

// randomArguments are what RandomServer puts behind the names of deviations that take it.
var randomArguments = map[string][]string{
	"demand": {"externalReference", "changeReason", "concurrencyStamp"},
	"hide": slices.Concat([]string{propRole}, settingProperties(), []string{propDescription, propPurpose, propRepositoryURLs}, listProperties, []string{
		propRequiredApprovals, propUsesApproval, propVerifiesBuildSystem, propVerifiesOrigin, propOriginVerification, propIsSynchronized,
		propIsActive, propLink,
	}),
	"rename":         slices.Concat(visibleRenames, silentRenames),
	"rename-request": slices.Concat(visibleRenames, silentRenames),
	"spell-role": {
		"GlobalAdministrator:GlobalAdmin", "GlobalAdministrator:Administrator", "UserAdministrator:UserAdmin",
		"ProjectAdministrator:projectAdministrator", "GlobalReader:Reader", "RegularUser:Regular", "RegularUser:None",
	},
	"version": {"1.165.0", "1.176.0", "1.180.3", "1.190.0", "1.200.2"},
}

// visibleRenames are of properties that answers have: a client misses the assumed name before it writes anything.
var visibleRenames = []string{
	"role:globalRole", "role:assignedRole", "name:displayName", "name:title", "accountEmailAddress:email", "accountEmailAddress:login",
	"notificationEmailAddress:notificationEmail", "notificationEmailAddress:contact", "identity:externalId", "isActive:active",
	"isActive:enabled", "isDirectorySynchronized:isSynchronized", "description:notes", "members:memberIds", "members:people",
	"readers:readerIds", "readers:viewers", "configurators:configuratorIds", "configurators:maintainers", "repositoryUrls:repositories",
	"signingPolicies:policies", "submitters:submitterIds", "submitters:allowedSubmitters", "approvers:approverIds", "approvers:signOffs",
	"purpose:setPurpose", "purpose:usage", "requiredApprovals:requiredNumberOfApprovals", "requiredApprovals:quorum",
	"usesApprovalProcess:requiresApproval", "usesApprovalProcess:approvalNeeded", "verifiesTrustedBuildSystem:trustedBuildSystemOnly",
	"verifiesOriginPolicy:originVerified", "id:key", "slug:handle", "status:state", "link:href",
}

// silentRenames are of properties that only requests have, or that an answer has only after something was written.
var silentRenames = []string{
	"apiToken:token", "apiToken:secret", "addedMembers:membersToAdd", "addedMembers:add", "removedMembers:membersToRemove",
	"removedMembers:remove", "useApprovalProcess:approvalNeeded", "useApprovalProcess:approvalRequired",
	"verifyTrustedBuildSystem:requireTrustedBuildSystem", "verifyOriginPolicy:checkOrigin", "originPolicyVerification:originRules",
}
