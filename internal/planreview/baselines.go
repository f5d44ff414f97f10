package planreview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// A BaselineReview is what a plan makes of an access baseline, for access that no API can
// change: a person has to.
type BaselineReview struct {
	Address string `json:"address"`
	Vendor  string `json:"vendor"`
	// Organization is its id at the vendor, and empty if nobody has told it.
	Organization string         `json:"organization,omitempty"`
	Actions      tfjson.Actions `json:"actions"`
	// State is how far the baseline is confirmed after the plan, and OutstandingSince the day
	// since when it is not; empty where the apply settles that.
	State            baselinereview.State `json:"state"`
	OutstandingSince string               `json:"outstanding_since,omitempty"`
	// Roles are what the plan means for whom. Notes say what else it means.
	Roles []baselinereview.RoleChange `json:"role_changes"`
	Notes []string                    `json:"notes"`
	// Attestation is nil where nobody attests. AttestationChange says what the plan makes of it.
	Attestation       *baselinereview.Attester `json:"attestation"`
	AttestationChange string                   `json:"attestation_change,omitempty"`
	Steps             []string                 `json:"steps"`
	Deviations        []string                 `json:"deviations"`
	// Weaker are the rules of the baseline that find less than by default.
	Weaker []string `json:"weaker"`
	where  string
}

// stateEnded is the state of a baseline that the plan records no longer.
const stateEnded baselinereview.State = "ended"

// A baselineInstance is a baseline of a plan.
type baselineInstance struct {
	baselinereview.Change
	address string
	actions tfjson.Actions
}

func (b baselineInstance) changes() bool { return !b.actions.NoOp() }

// A noteUnread notes something that changes and cannot be read.
type noteUnread = func(vendor *baselinereview.Vendor, address string, err error)

// baselinesOf reads the baselines of a plan. Those that change and cannot be read are noted.
func (p *Plan) baselinesOf(note noteUnread) []baselineInstance {
	var all []baselineInstance
	for _, change := range p.ResourceChanges {
		vendor := p.Readers.Baselines.OfType(change.Type)
		switch {
		case change.Change == nil || change.Mode == tfjson.DataResourceMode || change.DeposedKey != "":
		case vendor != nil:
			one := baselineInstance{address: change.Address, actions: change.Change.Actions}
			before, err := readBaseline(vendor, change, false)
			if err == nil {
				one.Before = before
				one.After, err = readBaseline(vendor, change, true)
			}
			if err != nil {
				if one.changes() {
					note(vendor, change.Address, err)
				}
				continue
			}
			all = append(all, one.parts()...)
		case !change.Change.Actions.NoOp() && p.Readers.Baselines.Inviting(change.Type) == nil:
			vendor = p.Readers.Baselines.ByProvider(providerOf(change.Type))
			if vendor == nil {
				continue
			}
			note(vendor, change.Address, &baselinereview.UnreadableError{
				Address: change.Address, Why: fmt.Sprintf("resources of the type %s are not known here", change.Type),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b baselineInstance) int { return strings.Compare(a.address, b.address) })
	return all
}

func providerOf(resourceType string) string {
	provider, _, _ := strings.Cut(resourceType, "_")
	return provider
}

// parts are two for a replacement: another organization is another baseline.
func (b baselineInstance) parts() []baselineInstance {
	if !b.actions.Replace() || b.Before == nil || b.After == nil {
		return []baselineInstance{b}
	}
	ended, begun := b, b
	ended.After, begun.Before = nil, nil
	return []baselineInstance{ended, begun}
}

func readBaseline(vendor *baselinereview.Vendor, change *tfjson.ResourceChange, after bool) (*baselinereview.Record, error) {
	c, o := change.Change, baselinereview.Object{Planned: after}
	values, isObject := c.Before.(map[string]any)
	o.Sensitive = c.BeforeSensitive
	if after {
		values, isObject = c.After.(map[string]any)
		o.Unknown, o.Sensitive = c.AfterUnknown, c.AfterSensitive
	}
	if !isObject {
		return nil, nil
	}
	o.Values = values
	return vendor.Read(change.Address, o)
}

// readBaselines judges the baselines of the plan, and notes those that cannot be read.
func (m *model) readBaselines(plan *Plan) {
	note := func(what string) noteUnread {
		return func(vendor *baselinereview.Vendor, address string, err error) {
			sentence := err.Error()
			m.own = append(m.own, ownFinding{review.Finding{
				About: address + " baseline", Sentence: fmt.Sprintf("%s changes %s, and %s.", address, what, sentence),
			}, review.UnreadableChange, []string{address}})
			m.unread, m.vendors = append(m.unread, gap(address, "", "%s", sentence)), append(m.vendors, vendor.Name)
		}
	}
	m.baselines = plan.baselinesOf(note("what access should be"))
	m.invitations = plan.invitationsOf(note("who is invited"))
	m.configured = plan.configuredVendors()
}

func (m *model) baselineReviews(now time.Time) []BaselineReview {
	reviews := []BaselineReview{}
	for _, b := range m.baselines {
		if b.changes() {
			reviews = append(reviews, b.review(now))
		}
	}
	return reviews
}

func (b baselineInstance) review(now time.Time) BaselineReview {
	of := b.Record()
	r := BaselineReview{
		Address: b.address, Vendor: of.Vendor.Name, Organization: of.Organization, Actions: b.actions, State: stateEnded, Roles: b.Roles(),
		Notes: append(b.Extended(), b.Dropped()...), AttestationChange: b.Attested(), Steps: []string{}, Deviations: []string{}, Weaker: b.Weaker(),
		where: of.Where(),
	}
	if b.IsEnd() {
		r.Notes = append(r.Notes, b.End())
		return r
	}
	r.State, r.OutstandingSince = b.After.StateOn(now), string(b.After.OutstandingSince)
	r.Steps, r.Deviations = append(r.Steps, b.After.Steps...), append(r.Deviations, b.After.Deviations...)
	r.Attestation = b.After.Attester()
	return r
}

// addBaselines adds what the rules find in the baselines, and returns those rules.
func (f *Findings) addBaselines(baselines []baselineInstance) (rules review.Catalogue) {
	for _, b := range baselines {
		before, after := b.Findings()
		had, has := map[string]bool{}, map[string]bool{}
		for _, finding := range before {
			had[finding.Fingerprint()] = true
		}
		for _, finding := range after {
			has[finding.Fingerprint()] = true
		}
		addresses := []string{b.address}
		for _, finding := range after {
			if told := b.told(b.After, finding); had[finding.Fingerprint()] {
				told.Addresses, told.managedBy = []string{}, addresses
				f.Left = append(f.Left, told)
			} else {
				f.Introduced = append(f.Introduced, told)
			}
		}
		for _, finding := range before {
			if !has[finding.Fingerprint()] {
				f.Resolved = append(f.Resolved, b.told(b.Before, finding))
			}
		}
		for _, rule := range b.Record().Model.Rules {
			if _, known := rules.ByID(rule.ID); !known {
				rules = append(rules, rule.Rule)
			}
		}
	}
	slices.SortStableFunc(f.Introduced, func(a, b Finding) int { return severityRank(a) - severityRank(b) })
	return rules
}

func severityRank(f Finding) int {
	return slices.Index([]string{string(review.Deny), string(review.Warn), baselinereview.SeverityNote}, f.Severity)
}

func (b baselineInstance) told(in *baselinereview.Record, finding baseline.Finding) Finding {
	return Finding{FindingRecord: in.Told(finding), Addresses: []string{b.address}, vendor: in.Vendor.Name}
}

// byHand is the heading of what no apply does.
const byHand = "A person has to do this; the apply does not"

// byHandSection tells what a person has to bring about.
func (r *Report) byHandSection() section {
	s := section{title: byHand}
	for _, b := range r.Baselines {
		sentences := append(each(b.Roles, func(c baselinereview.RoleChange) string { return c.Sentence }), b.Notes...)
		switch {
		case len(sentences) == 0 && len(b.Steps) == 0:
			continue
		case len(sentences) == 0:
			sentences = append(sentences, "What should be does not change by this plan. What was to be done before is to be done still.")
		}
		s.blocks = append(s.blocks, block{
			lengths: [][]line{{{b.head(), sentences}}, each(sentences, plainLine), {plainLine(b.head())}}, keep: keepRoles,
		})
	}
	return s
}

// head says in a line what a plan makes of a baseline.
func (b BaselineReview) head() string {
	if b.State == stateEnded {
		return fmt.Sprintf("%s (%s)", b.where, b.Address)
	}
	var parts []string
	if gains, losses := b.counts(); gains+losses > 0 {
		parts = append(parts, count(gains, "gain", "gains")+", "+count(losses, "loss", "losses"))
	}
	if len(b.Steps) > 0 {
		parts = append(parts, count(len(b.Steps), "step", "steps")+" for a person")
	}
	return fmt.Sprintf("%s (%s): %s", b.where, b.Address, strings.Join(parts, "; "))
}

func (b BaselineReview) counts() (gains, losses int) {
	for _, c := range b.Roles {
		if c.Direction == baselinereview.Loses {
			losses++
		} else {
			gains++
		}
	}
	return gains, losses
}

// attestationSection says who attests what, and what was seen otherwise.
func (r *Report) attestationSection() section {
	var lines []line
	for _, b := range r.Baselines {
		if b.AttestationChange != "" || len(b.Deviations) > 0 {
			sentence := b.AttestationChange
			if sentence == "" {
				sentence = "The attestation stays as it is, and deviates."
			}
			lines = append(lines, line{b.Address + ": " + sentence, b.Deviations})
		}
	}
	return oneBlock("Who attests that access is so", keepRoles, lines, each(lines, func(l line) line { return plainLine(l.text) }))
}

func (r *Report) stepsSection() section {
	var lines []line
	for _, b := range r.Baselines {
		if len(b.Steps) > 0 {
			lines = append(lines, line{fmt.Sprintf("%s (%s)", b.where, b.Address), b.Steps})
		}
	}
	short := each(r.Baselines, func(b BaselineReview) line {
		return plainLine(fmt.Sprintf("%s: %s, which signpathctl runbook prints", b.Address, count(len(b.Steps), "step", "steps")))
	})
	return oneBlock("Steps for a person", keepDetails, lines, short).fold()
}

// graveBaselines says that something is for a person, and what is no longer recorded.
func (r *Report) graveBaselines() (parts []string) {
	for _, b := range r.Baselines {
		switch gains, losses := b.counts(); {
		case b.State == stateEnded:
			parts = append(parts, b.Address+" is no longer recorded, and nobody loses anything by that")
		case gains+losses > 0:
			parts = append(parts, fmt.Sprintf("A person has to change access at %s: %s, %s", b.Vendor, count(gains, "gain", "gains"), count(losses, "loss", "losses")))
		case len(b.Deviations) > 0:
			parts = append(parts, fmt.Sprintf("At %s, access is otherwise than it should be: %s", b.Vendor, count(len(b.Deviations), "deviation", "deviations")))
		}
	}
	return parts
}

// weakerSentences are about the rules of the rulebook and those of the baselines.
func (r *Report) weakerSentences() []string {
	all := slices.Clone(r.Weaker)
	for _, b := range r.Baselines {
		all = append(all, b.Weaker...)
	}
	return all
}

// unreadBaseline is what no review of a baseline at these vendors knows.
func unreadBaseline(vendors ...string) string {
	return fmt.Sprintf("No API tells who has access at %s: of that, this is what should be, and what people have written down.", strings.Join(vendors, " or "))
}

// vendorsOf are those whose resources a plan has.
func (m *model) vendorsOf() (granting bool, vendors []string) {
	for _, b := range m.baselines {
		vendors = append(vendors, b.Record().Vendor.Name)
	}
	for _, i := range m.invitations {
		vendors = append(vendors, i.vendor.Name)
	}
	if vendors = unique(append(vendors, m.vendors...)); len(vendors) == 0 && !m.plan.isAny() {
		vendors = m.configured
	}
	return m.plan.isAny() || len(vendors) == 0, vendors
}

// configuredVendors are those whose providers alone a configuration has: a plan that failed may have
// nothing else. None where it also has the one whose resources give access.
func (p *Plan) configuredVendors() (vendors []string) {
	if p.Config == nil {
		return nil
	}
	for _, provider := range p.Config.ProviderConfigs {
		if provider.Name == p.Readers.Granting.Provider {
			return nil
		}
		if vendor := p.Readers.Baselines.ByProvider(provider.Name); vendor != nil {
			vendors = append(vendors, vendor.Name)
		}
	}
	slices.Sort(vendors)
	return unique(vendors)
}

// organizationID is that of the one organization that the plan is about; empty if it tells none,
// or several.
func (m *model) organizationID() string {
	if granting, _ := m.vendorsOf(); granting {
		return m.plan.organization()
	}
	ids := unique(each(m.baselines, func(b baselineInstance) string { return b.Record().Organization }))
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}
