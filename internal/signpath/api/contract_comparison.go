package api

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A ContractState says how a route or a property of the assumed contract fares
// in a server's document.
type ContractState string

const (
	// ContractMatches says that the document has it as assumed.
	ContractMatches ContractState = "matches"
	// ContractDiffers says that the document has it in another form, and the provider goes
	// by that.
	ContractDiffers ContractState = "differs"
	// ContractMissing says that the document has none of the plausible forms. The provider
	// refuses to write it, and cannot read it.
	ContractMissing ContractState = "missing"
	// ContractUnsaid says that the document does not say. The assumed form is used.
	ContractUnsaid ContractState = "unsaid"
)

// A ContractPart is what a line of a comparison is about.
type ContractPart string

// The parts of an operation.
const (
	PartRoute   ContractPart = "route"
	PartRequest ContractPart = "request"
	PartAnswer  ContractPart = "answer"
)

// A ContractLine compares one route, or one property of its request or answer.
type ContractLine struct {
	Route string
	Part  ContractPart
	// Assumed is what is assumed, with how well it is known and from where.
	Assumed, Evidence, Source string
	State                     ContractState
	// Found is what the document has instead, if it differs.
	Found string
	// Optional routes and properties may be missing from an installation, or from
	// its document.
	Optional bool
	// Offered is what the document has there, if it is missing.
	Offered []string
}

// CompareContract compares all that the client assumes with a server's OpenAPI
// document, in the order of wire.go.
func CompareContract(data []byte) ([]ContractLine, error) {
	d, err := parseDocument(data)
	if err != nil {
		return nil, err
	}
	var lines []ContractLine
	for _, reads := range readRoutes() {
		lines = append(lines, d.compareRead(reads)...)
	}
	for _, writes := range writeRoutes() {
		lines = append(lines, d.compareWrite(writes)...)
	}
	return lines, nil
}

// A readRoute is a route that reads, with what is taken from its answer.
type readRoute struct {
	route
	answer []property
}

// readRoutes are all routes that read.
func readRoutes() []readRoute {
	user := []property{propID, propName, propEmail, propNotificationEmail, propIdentity, propRole, propActive, propSynchronized}
	ciUser := []property{propID, propName, propNotificationEmail, propRole, propActive}
	group := []property{propID, propName, propDescription, propSynchronized, propMembers}
	users, ciUsers, groups := routesOf[access.KindUser], routesOf[access.KindCIUser], routesOf[access.KindGroup]
	return []readRoute{
		{routeOrganization, []property{propYearlySize, propYearlySignatures, propQuotaStart, propQuotaEnd}},
		// Lists may have summaries only; what is needed is then read by id.
		{users.list, []property{propID, propName}},
		{users.me, user},
		{users.read, user},
		{ciUsers.list, []property{propID, propName}},
		{ciUsers.me, ciUser},
		{ciUsers.read, ciUser},
		{groups.list, []property{propID, propName}},
		{groups.read, group},
		{routeProjects, []property{propSlug, propName}},
		{routeProject, []property{
			propSlug, propName, propSigningPolicies,
			listProperties[access.Readers.Plural], listProperties[access.Configurators.Plural],
		}},
		{routePolicy, []property{
			propSlug, propName, listProperties[access.Submitters.Plural], listProperties[access.Approvers.Plural],
			propVerifiesTrustedBuildSystem, propVerifiesOriginPolicy, propUsesApprovalProcess, propRequiredApprovals,
		}},
		{routeAuditEvents, []property{propEventTime, propEventName, propEventMetadata, propEventObject, propEventChanges}},
	}
}

func (d *document) compareRead(reads readRoute) []ContractLine {
	line := routeLine(reads.route)
	found, ok := d.of(reads.route)
	if !ok {
		line.State, line.Offered = ContractMissing, d.near(reads.route)
		return []ContractLine{line}
	}
	return append([]ContractLine{line}, comparePart(reads.route, PartAnswer, reads.answer, found.answer)...)
}

func (d *document) compareWrite(writes writeRoute) []ContractLine {
	line, offered := routeLine(writes.route), d.offer(writes.route)
	if !offered.found {
		line.State, line.Offered = ContractMissing, offered.near
		return []ContractLine{line}
	}
	if foldRoute(offered.route.method, offered.route.path) != foldRoute(writes.method, writes.path) {
		line.State, line.Found = ContractDiffers, offered.route.String()
	}
	found := d.operations[foldRoute(offered.route.method, offered.route.path)]
	return slices.Concat([]ContractLine{line},
		comparePart(writes.route, PartRequest, writes.request, found.request),
		comparePart(writes.route, PartAnswer, writes.answer, found.answer))
}

func routeLine(r route) ContractLine {
	return ContractLine{
		Route: r.String(), Part: PartRoute, Assumed: r.String(), State: ContractMatches,
		Evidence: string(r.evidence), Source: r.source, Optional: r.preview,
	}
}

func comparePart(r route, part ContractPart, properties []property, has *schema) []ContractLine {
	var lines []ContractLine
	for _, p := range properties {
		assumed, candidates := p.name, p.answerNames()
		if part == PartRequest {
			assumed, candidates = p.requestName(), p.requestNames()
		}
		line := ContractLine{
			Route: r.String(), Part: part, Assumed: assumed,
			Evidence: string(p.evidence), Source: p.source, Optional: p.optional || r.preview,
		}
		line.State, line.Found, line.Offered = has.stateOf(assumed, candidates)
		lines = append(lines, line)
	}
	return lines
}

// stateOf tells how an assumed name fares, what it is called instead, and what
// there is if it is missing. A nil schema says nothing.
func (s *schema) stateOf(assumed string, candidates []string) (state ContractState, found string, offered []string) {
	if s == nil {
		return ContractUnsaid, "", nil
	}
	name, ok := s.findAny(candidates)
	switch {
	case !ok:
		return ContractMissing, "", s.names()
	case name != assumed:
		return ContractDiffers, name, nil
	}
	return ContractMatches, "", nil
}
