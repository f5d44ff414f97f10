package planreview

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	weak "github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// A Report is what a plan does, and what is wrong with the access that results. All
// sentences end without a full stop but those of findings.
type Report struct {
	// PlannedAt is when the plan was made; zero if the plan does not tell.
	PlannedAt time.Time `json:"planned_at,omitzero"`
	// Changes are the resource instances of this provider that change.
	Changes []ResourceChange `json:"changes"`
	// Complete is false where the plan says that it is a part of what is to be done.
	Complete bool `json:"-"`
	// Errored is true where planning ended with an error, so that there may be more.
	Errored bool           `json:"errored"`
	Access  []AccessChange `json:"access_changes"`
	Lists   []ListChange   `json:"list_changes"`
	// Baselines are what access should be where no API can change it.
	Baselines []BaselineReview `json:"baselines"`
	// Invitations are whom the plan invites where nothing shows who has access.
	Invitations []baselinereview.InvitationChange `json:"invitations"`
	// Accounts are what happens to users, CI users and groups themselves.
	Accounts []Event `json:"accounts"`
	Roles    []Event `json:"roles"`
	Tokens   []Event `json:"tokens"`
	Mails    []Event `json:"mails"`
	// Validity is what becomes of access that is granted until a day, and EndsSoon what ends within two weeks.
	Validity []Event `json:"validity"`
	EndsSoon []Event `json:"ends_soon"`
	// Management is what Terraform begins to manage, and what it gives up.
	Management []Event `json:"management"`
	// Checks are those of the configuration that fail.
	Checks   []Event  `json:"checks"`
	Findings Findings `json:"-"`
	// Ignored are the ids of the rules that the rulebook switches off.
	Ignored []string `json:"ignored"`
	// Live tells whether the live organization was asked, and Gaps are what its token
	// could not see.
	Live bool     `json:"-"`
	Gaps []string `json:"-"`
	// ChangedSince is where the live organization is not as the plan found it. Stale is true
	// where there is anything: then the plan is judged for what it found, too.
	ChangedSince []Event `json:"changed_since"`
	Stale        bool    `json:"stale"`
	// Weaker says what the rulebook lets pass that the rules would find by default, and
	// Unmatched which of its exceptions are about nothing.
	Weaker    []string `json:"-"`
	Unmatched []string `json:"-"`
	// Drift is what changed outside Terraform, before this plan.
	Drift []Event `json:"drift"`
	// Unknown is what the plan does not tell yet.
	Unknown []Event `json:"-"`
	// organization is the id of the organization of the plan, where that tells one.
	organization string
	// Vendors are those that the plan is about.
	Vendors []string `json:"-"`
	// recorded are those of its baselines, and recordsOnly is true where there is nothing else.
	recorded    []string
	recordsOnly bool
	// catalogue has the rules of the findings.
	catalogue review.Catalogue
	// vocabulary is that of the plan, and notes say what is to be known of a place.
	vocabulary *access.Vocabulary
	notes      map[access.Place]access.PlaceNotes
}

// A ResourceChange is a resource instance that changes, with what Terraform does to it.
type ResourceChange struct {
	Address string         `json:"address"`
	Actions tfjson.Actions `json:"actions"`
}

// A Direction is that of a [review.Change].
type Direction review.Direction

// Directions of what is known in part.
const (
	// MayLose is for who is on a list of which the plan does not tell who is on it after the
	// apply.
	MayLose Direction = "may lose"
	// MayNotGain is MayLose for an entry that is not in force.
	MayNotGain Direction = "may no longer gain"
)

// An AccessChange says that a principal gains or loses a permission at a place.
type AccessChange struct {
	Principal     string    `json:"principal"`
	Direction     Direction `json:"direction"`
	Permission    string    `json:"permission"`
	Project       string    `json:"project,omitempty"`
	SigningPolicy string    `json:"signing_policy,omitempty"`
	Sentence      string    `json:"sentence"`
	// who begins the sentence, and way ends it: how the principal comes to have the permission.
	who, way string
}

// An Event is something else that happens, with the resource instance that is the
// cause.
type Event struct {
	Address  string `json:"address"`
	Subject  string `json:"subject,omitempty"`
	Sentence string `json:"sentence"`
	// givenUp is true for what Terraform gives up, and stays as it is.
	givenUp bool
}

// Findings are the findings of the organization before and after, by what the plan
// does to them.
type Findings struct {
	Introduced, Resolved, Left []Finding
	// Excepted are those that the plan would introduce, and that an exception of the
	// rulebook lets pass.
	Excepted []Excepted
}

// A Finding has the resource instances that introduce or resolve it. One that is left
// has none.
type Finding struct {
	review.FindingRecord
	Addresses []string `json:"addresses"`
	// managedBy are the resource instances that manage what a finding is about that is left.
	managedBy []string
	// vendor is that of the baseline that a finding is about; empty for any other.
	vendor string
}

// An Excepted finding is one that an exception lets pass.
type Excepted struct {
	review.ExceptedRecord
	Addresses []string `json:"addresses"`
}

// Review reviews a plan by what it tells itself. The time of the rulebook is that of
// the plan, where it tells one.
func Review(plan *Plan, rulebook review.Rulebook) (*Report, error) {
	if made := plan.madeAt(); !made.IsZero() {
		rulebook.Now = made
	}
	return reviewed(plan, nil, rulebook)
}

// ReviewLive reviews a plan as its apply would change the live organization now. The
// time of the rulebook is when that was read.
func ReviewLive(plan *Plan, live Live, rulebook review.Rulebook) (*Report, error) {
	return reviewed(plan, &live, rulebook)
}

func reviewed(plan *Plan, live *Live, rulebook review.Rulebook) (*Report, error) {
	rulebook = withRules(rulebook)
	m := newModel(contentsOf(plan), live, false)
	if err := m.checkOrganization(); err != nil {
		return nil, err
	}
	m.findUnreadable(plan.Plan)
	m.findGivenUp()
	m.readBaselines(plan)
	changes := review.Changes(m.orgs[before], m.orgs[after])
	findings, unmatched, err := m.findings(rulebook, m.causes(changes, rulebook.Catalogue))
	if err != nil {
		return nil, err
	}
	changedSince := m.changedSince()
	if len(changedSince) > 0 {
		if err := m.findAsFound(&findings, rulebook); err != nil {
			return nil, err
		}
	}
	rules := findings.addBaselines(m.baselines)
	granting, vendors := m.vendorsOf()
	lists := m.listChanges()
	return &Report{
		PlannedAt: plan.madeAt(),
		Changes:   m.resourceChanges(),
		Complete:  plan.isOfAll(),
		Errored:   plan.Errored,
		Access:    append(each(changes, m.accessChange), m.unseenGains(lists)...),
		Lists:     lists,
		Baselines: m.baselineReviews(rulebook.Now), Invitations: m.invitationChanges(),
		Accounts:   m.accountEvents(),
		Roles:      m.roleEvents(),
		Tokens:     m.tokenEvents(rulebook.Now),
		Mails:      m.mailEvents(plan.Plan),
		Validity:   m.validityEvents(),
		EndsSoon:   m.endsSoon(rulebook.Now),
		Management: m.managementEvents(),
		Checks:     checkEvents(plan.Plan, m.plan.secrets),
		Findings:   findings,
		Ignored:    rulebook.Ignored(),
		Weaker:     each(weak.Weaker(rulebook), func(w weak.Weakening) string { return w.Sentence }),
		Unmatched:  unmatched,
		Live:       live != nil, Gaps: live.gaps(),
		ChangedSince: changedSince, Stale: len(changedSince) > 0,
		Drift:        driftOf(plan),
		Unknown:      m.unknownEvents(plan.Plan),
		organization: m.organizationID(),
		catalogue:    withBaselineRules(rulebook.Catalogue, rules),
		Vendors:      vendorsIn(m.plan.reader, granting, vendors),
		recorded:     vendors,
		recordsOnly:  !granting,
		vocabulary:   m.plan.vocabulary,
		notes:        m.placeNotes(),
	}, nil
}

// Introduces tells whether the plan introduces a finding of the severity, or of a
// worse one. What it leaves is not of its making: a plan that mends something else
// must get through.
func (r *Report) Introduces(severity review.Severity) bool {
	return slices.ContainsFunc(r.Findings.Introduced, func(f Finding) bool {
		return f.Severity == string(severity) || f.Severity == string(review.Deny)
	})
}

func (m *model) resourceChanges() []ResourceChange {
	changes := []ResourceChange{}
	for _, i := range m.plan.managed {
		if i.changes() && i.of == nil {
			changes = append(changes, ResourceChange{i.address, i.actions})
		}
	}
	for i, b := range m.baselines {
		if b.changes() && (i == 0 || m.baselines[i-1].address != b.address) {
			changes = append(changes, ResourceChange{b.address, b.actions})
		}
	}
	for _, i := range m.invitations {
		if !i.actions.NoOp() {
			changes = append(changes, ResourceChange{i.address, i.actions})
		}
	}
	return changes
}

func (m *model) accessChange(c review.Change) AccessChange {
	may, isUncertain := m.mayBe(c)
	c, names := m.veil.change(c)
	if isUncertain {
		c.Direction = review.Direction(may)
	}
	change := AccessChange{
		Principal: c.Principal.String(), Direction: Direction(c.Direction), Permission: c.Permission.String(),
		Project: c.Place.Slug(0), SigningPolicy: c.Place.Slug(1), Sentence: c.String(), way: c.Way(),
	}
	m.veil.over(names, &change.Principal, &change.Sentence, &change.way)
	change.who = change.Principal
	return change
}

// mayBe tells whether it is not known that somebody loses something, because the plan does not
// tell who is on a list afterwards, or which role it is.
func (m *model) mayBe(c review.Change) (Direction, bool) {
	may, isLoss := map[review.Direction]Direction{review.Loses: MayLose, review.WillNotGain: MayNotGain}[c.Direction]
	if !isLoss || c.Because != "" {
		return may, isLoss && m.isUncertain(m.plan.reader.kindsOf(c.Principal.Kind)...)
	}
	return may, slices.ContainsFunc(c.Reasons, func(r review.Reason) bool { return !m.isCut(r, c.Principal) })
}

// isUncertain tells whether some resource of the kinds is about somebody whom the plan does not
// tell: that may be whoever another one lets go.
func (m *model) isUncertain(kinds ...string) bool {
	return slices.ContainsFunc(m.plan.managed, func(i *instance) bool {
		if !slices.Contains(kinds, i.kind) || !i.touches() || i.after == nil {
			return false
		}
		name := cmp.Or(aboutWhom[i.kind], i.naturalKey())
		text, is := i.after.hiddenText(name)
		return is != known || text == ""
	})
}

// isCut tells whether a way to a principal has a step that is gone for sure after the plan.
func (m *model) isCut(reason review.Reason, principal access.Reference) bool {
	list, ok := listOfReason(reason)
	if !ok {
		one := m.people[after].byKey(m.people[before].key(principal))
		return one == nil || one.Role != "" && !m.isUncertain("role_assignment")
	}
	for _, step := range append(slices.Clone(reason.Via), principal) {
		key := m.people[before].key(step)
		if has := m.lists[after].known[list]; has == nil || !has.has(key) && !has.uncertain {
			return true
		}
		list = membersOf(key)
	}
	return false
}

// findings judges both sides. It tells which exceptions match nothing on either, too.
func (m *model) findings(rulebook review.Rulebook, causes *causes) (Findings, []string, error) {
	earlier, err := review.Review(m.orgs[before], rulebook)
	if err != nil {
		return Findings{}, nil, err
	}
	later, err := review.Review(m.orgs[after], m.findOwn(rulebook))
	if err != nil {
		return Findings{}, nil, err
	}
	c := review.Compare(earlier.Findings, later.Findings)
	if c, err = m.withoutFirstUse(c, rulebook); err != nil {
		return Findings{}, nil, err
	}
	if m.live != nil {
		c.Introduced = rulebook.AsIntroduced(c.Introduced)
	}
	told := func(f review.Finding, at side, addresses []string) Finding {
		return Finding{FindingRecord: m.record(f, f.Record(), at, causes), Addresses: addresses}
	}
	managers := m.managers()
	return Findings{
		Introduced: each(c.Introduced, func(f review.Finding) Finding { return told(f, after, causes.of(f, after)) }),
		Resolved:   each(c.Resolved, func(f review.Finding) Finding { return told(f, before, causes.of(f, before)) }),
		Left: each(c.Left, func(f review.Finding) Finding {
			left := told(f, after, []string{})
			left.managedBy = causes.managing(f, managers)
			return left
		}),
		Excepted: each(newlyExcepted(earlier, later), func(f review.ExceptedFinding) Excepted {
			record := f.Record()
			record.FindingRecord = m.record(f.Finding, record.FindingRecord, after, causes)
			return Excepted{record, causes.of(f.Finding, after)}
		}),
	}, rulebook.Unmatched(earlier, later), nil
}

// record is how a finding is told: without the names of those who may not be named.
func (m *model) record(f review.Finding, r review.FindingRecord, at side, causes *causes) review.FindingRecord {
	rule, _ := causes.catalogue.ByID(f.Rule)
	names := m.veil.finding(f, at, causes.listsOf(f, rule))
	m.veil.over(names, &r.Sentence)
	m.veil.overAll(names, r.Principals, r.Reasons)
	return r
}

// findAsFound adds the findings that the plan introduces into the organization as it found it,
// and not into what that has become since: whoever came on, or went, outside of Terraform does
// not let a plan pass that was denied without.
func (m *model) findAsFound(findings *Findings, rulebook review.Rulebook) error {
	found := newModel(m.plan, m.live, true)
	changes := review.Changes(found.orgs[before], found.orgs[after])
	then, _, err := found.findings(rulebook, found.causes(changes, rulebook.Catalogue))
	if err != nil {
		return err
	}
	isTold := func(all []Finding, f Finding) bool {
		return slices.ContainsFunc(all, func(other Finding) bool { return other.Fingerprint == f.Fingerprint })
	}
	for _, f := range then.Introduced {
		if !isTold(findings.Introduced, f) {
			f.Sentence += " So it is in the organization as the plan found it, which has changed since."
			findings.Introduced = append(findings.Introduced, f)
		}
	}
	slices.SortStableFunc(findings.Introduced, func(a, b Finding) int {
		return strings.Compare(a.Severity, b.Severity) // "deny" comes first.
	})
	findings.Left = slices.DeleteFunc(findings.Left, func(f Finding) bool { return isTold(findings.Introduced, f) })
	return nil
}

// withoutFirstUse counts as left what was there before, and only begins to matter because
// somebody comes onto a list: whoever adds the first submitter takes no approver away.
func (m *model) withoutFirstUse(c review.Comparison, rulebook review.Rulebook) (review.Comparison, error) {
	isOfUse := func(f review.Finding) bool {
		rule, _ := rulebook.Catalogue.ByID(f.Rule)
		return len(rule.Unless) > 0
	}
	if !slices.ContainsFunc(c.Introduced, isOfUse) {
		return c, nil
	}
	used, err := review.Review(m.orgs[before].AssumingMore(rulebook.Catalogue.Users()...), rulebook)
	if err != nil {
		return c, err
	}
	again := review.Compare(used.Findings, c.Introduced)
	c.Introduced, c.Left = again.Introduced, append(c.Left, again.Left...)
	return c, nil
}

// newlyExcepted returns the excepted findings that are new.
func newlyExcepted(earlier, later review.Report) []review.ExceptedFinding {
	had := map[string]bool{}
	for _, f := range earlier.Findings {
		had[f.Fingerprint()] = true
	}
	for _, f := range earlier.Excepted {
		had[f.Fingerprint()] = true
	}
	return slices.DeleteFunc(slices.Clone(later.Excepted), func(f review.ExceptedFinding) bool { return had[f.Fingerprint()] })
}

// each makes one thing of each other, and an empty list of none.
func each[From, To any](all []From, one func(From) To) []To {
	made := make([]To, len(all))
	for i, item := range all {
		made[i] = one(item)
	}
	return made
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
