package planreview

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// The JSON forms of the reviews. Lists are never null.

type jsonReport struct {
	envelope.Envelope
	*Report
	Findings []jsonFinding `json:"findings"`
	Excepted []Excepted    `json:"excepted"`
}

// A jsonFinding says what the plan does to the finding.
type jsonFinding struct {
	State string `json:"state"`
	Finding
}

// Head completes the envelope of the review.
func (r *Report) Head(head envelope.Envelope) envelope.Envelope {
	return r.about(head).Of("plan_review", r.gaps())
}

func (r *Report) json(head envelope.Envelope) any {
	findings := []jsonFinding{}
	for _, group := range []struct {
		state    string
		findings []Finding
	}{{"introduced", r.Findings.Introduced}, {"left", r.Findings.Left}, {"resolved", r.Findings.Resolved}} {
		findings = append(findings, each(group.findings, func(f Finding) jsonFinding { return jsonFinding{group.state, f} })...)
	}
	return jsonReport{r.Head(head), r, findings, r.Findings.Excepted}
}

// gaps are all that the review does not know.
func (r *Report) gaps() []envelope.Gap {
	var whole []string
	if r.Errored {
		whole = append(whole, erroredPlan)
	}
	if !r.Complete {
		whole = append(whole, partialPlan)
	}
	if !r.Live && !r.recordsOnly {
		whole = append(whole, unasked)
	}
	for _, vendor := range r.recorded {
		whole = append(whole, unreadBaseline(vendor))
	}
	gaps := envelope.Gaps(append(whole, r.Gaps...)...)
	for _, e := range r.Unknown {
		gaps = append(gaps, envelope.Gap{Sentence: e.Sentence, Address: e.Address})
	}
	return gaps
}

func (r *DriftReport) json(head envelope.Envelope) any {
	whole := slices.Clone(r.Notes)
	if r.Errored {
		whole = append(whole, erroredPlan)
	}
	if r.Partial {
		whole = append(whole, partialDrift)
	}
	if !r.live && r.granting {
		whole = append(whole, unaskedDrift)
	}
	for _, vendor := range r.recording() {
		whole = append(whole, unreadBaseline(vendor))
	}
	others := []otherChange{}
	for _, c := range r.Outside {
		others = append(others, otherChange{false, c})
	}
	for _, c := range r.Unseen {
		others = append(others, otherChange{true, c})
	}
	return struct {
		envelope.Envelope
		*DriftReport
		Others []otherChange `json:"other_changes"`
	}{r.about(head).Of("drift_review", envelope.Gaps(whole...)), r, others}
}

// An otherChange is one that the audit log tells, and not the plan, be it that the plan
// manages what changed or not.
type otherChange struct {
	Managed bool `json:"managed"`
	DriftChange
}

// ofOrganization names the organization of the plan, where none was asked.
func ofOrganization(head envelope.Envelope, id string) envelope.Envelope {
	if head.Organization.ID == nil && id != "" {
		head.Organization.ID = &id
	}
	return head
}

func (r *Report) about(head envelope.Envelope) envelope.Envelope {
	return ofOrganization(head, r.organization)
}

func (r *DriftReport) about(head envelope.Envelope) envelope.Envelope {
	return ofOrganization(head, r.organization)
}

// MarshalText spells a direction in one word, such as "will_gain".
func (d Direction) MarshalText() ([]byte, error) {
	return []byte(strings.ReplaceAll(string(d), " ", "_")), nil
}
