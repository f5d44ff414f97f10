package planreview

import (
	"cmp"
	"maps"
	"slices"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Report is what a plan does, and what is wrong with the access that results. Its
// JSON is for other programs. All sentences end without a full stop but those of
// findings.
type Report struct {
	// Changes counts the resource instances of this provider that change.
	Changes int `json:"changes"`
	// Complete is false where the plan says that it is a part of what is to be done.
	Complete bool           `json:"complete"`
	Access   []AccessChange `json:"access"`
	Lists    []ListChange   `json:"lists"`
	// Accounts are what happens to users, CI users and groups themselves.
	Accounts []Event  `json:"accounts"`
	Roles    []Event  `json:"roles"`
	Tokens   []Event  `json:"tokens"`
	Mails    []Event  `json:"mails"`
	Findings Findings `json:"findings"`
	// Drift is what changed outside Terraform, before this plan.
	Drift []Event `json:"drift"`
	// Unknown is what the plan does not tell yet.
	Unknown []Event `json:"unknown"`
}

// An AccessChange says that a principal gains or loses a permission at a place.
type AccessChange struct {
	Principal     string `json:"principal"`
	Direction     string `json:"direction"`
	Permission    string `json:"permission"`
	Project       string `json:"project,omitempty"`
	SigningPolicy string `json:"signing_policy,omitempty"`
	Sentence      string `json:"sentence"`
}

// An Event is something else that happens, with the resource instance that is the
// cause.
type Event struct {
	Address  string `json:"address"`
	Subject  string `json:"subject,omitempty"`
	Sentence string `json:"sentence"`
}

// Findings are the findings of the organization before and after, by what the plan
// does to them.
type Findings struct {
	Introduced []Finding `json:"introduced"`
	Resolved   []Finding `json:"resolved"`
	Left       []Finding `json:"left"`
}

// A Finding is one of [review], spelled out.
type Finding struct {
	Rule        string   `json:"rule"`
	Severity    string   `json:"severity"`
	Sentence    string   `json:"sentence"`
	Reasons     []string `json:"reasons"`
	Advice      string   `json:"advice"`
	Principals  []string `json:"principals"`
	Places      []string `json:"places"`
	Fingerprint string   `json:"fingerprint"`
}

// Review reviews a plan. The time of the rulebook is that of the plan, where it
// tells one.
func Review(plan *tfjson.Plan, rulebook review.Rulebook) (*Report, error) {
	if made, err := time.Parse(time.RFC3339, plan.Timestamp); err == nil {
		rulebook.Now = made
	}
	m := newModel(contentsOf(plan))
	findings, err := m.findings(rulebook)
	if err != nil {
		return nil, err
	}
	return &Report{
		Changes:  m.countChanges(),
		Complete: (plan.Complete == nil || *plan.Complete) && len(plan.DeferredChanges) == 0,
		Access:   m.accessChanges(),
		Lists:    m.listChanges(),
		Accounts: m.accountEvents(),
		Roles:    m.roleEvents(),
		Tokens:   m.tokenEvents(),
		Mails:    m.mailEvents(plan),
		Findings: findings,
		Drift:    driftOf(plan),
		Unknown:  m.unknownEvents(plan),
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

func (m *model) countChanges() int {
	changes := 0
	for _, i := range m.plan.managed {
		if i.changes() {
			changes++
		}
	}
	return changes
}

func (m *model) accessChanges() []AccessChange {
	found := []AccessChange{}
	for _, c := range review.Changes(m.orgs[before], m.orgs[after]) {
		found = append(found, AccessChange{
			Principal: c.Principal.String(), Direction: string(c.Direction), Permission: c.Permission.String(),
			Project: c.Place.Project, SigningPolicy: c.Place.SigningPolicy, Sentence: c.String(),
		})
	}
	return found
}

func (m *model) findings(rulebook review.Rulebook) (Findings, error) {
	earlier, err := review.Review(m.orgs[before], rulebook)
	if err != nil {
		return Findings{}, err
	}
	later, err := review.Review(m.orgs[after], rulebook)
	if err != nil {
		return Findings{}, err
	}
	c := review.Compare(earlier.Findings, later.Findings)
	return Findings{Introduced: spelled(c.Introduced), Resolved: spelled(c.Resolved), Left: spelled(c.Left)}, nil
}

func spelled(findings []review.Finding) []Finding {
	all := make([]Finding, len(findings))
	for i, f := range findings {
		all[i] = Finding{
			Rule: f.Rule, Severity: string(f.Severity), Sentence: f.Sentence, Advice: f.Advice, Fingerprint: f.Fingerprint(),
			Reasons: texts(f.Reasons), Principals: texts(f.Principals), Places: texts(f.Places),
		}
	}
	return all
}

func texts[T interface{ String() string }](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = value.String()
	}
	return all
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
