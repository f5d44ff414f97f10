// Package finding is the one form in which reports tell findings to programs, whether
// they are about an organization or about a plan.
package finding

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Finding is one of [review] as JSON has it. Its lists are never null.
type Finding struct {
	Severity    string      `json:"severity"`
	Rule        string      `json:"rule"`
	Fingerprint string      `json:"fingerprint"`
	Sentence    string      `json:"sentence"`
	Principals  []Reference `json:"principals"`
	Places      []Place     `json:"places"`
	Reasons     []string    `json:"reasons"`
	Advice      string      `json:"advice"`
	Source      string      `json:"source"`
	Evidence    string      `json:"evidence"`
}

// New spells a finding out.
func New(f review.Finding) Finding {
	rule, _ := review.RuleByID(f.Rule)
	return Finding{
		Severity: string(f.Severity), Rule: f.Rule, Fingerprint: f.Fingerprint(), Sentence: f.Sentence,
		Principals: each(f.Principals, NewReference), Places: each(f.Places, NewPlace),
		Reasons: each(f.Reasons, review.Reason.String), Advice: f.Advice, Source: rule.Source, Evidence: string(rule.Evidence),
	}
}

// An Excepted finding is one that an exception of the rulebook lets pass.
type Excepted struct {
	Finding
	Reason string `json:"reason"`
	Until  string `json:"until"`
}

// NewExcepted spells an excepted finding out.
func NewExcepted(f review.ExceptedFinding) Excepted {
	return Excepted{New(f.Finding), f.Exception.Reason, f.Exception.Until.Format(time.DateOnly)}
}

// A Reference is spelled as a configuration spells it.
type Reference access.Reference

// NewReference makes a reference one of JSON.
func NewReference(r access.Reference) Reference { return Reference(r) }

// String spells the reference.
func (r Reference) String() string { return access.Reference(r).String() }

// MarshalText implements [encoding.TextMarshaler].
func (r Reference) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// A Place has no slugs where it is the organization.
type Place struct {
	Project       string `json:"project,omitempty"`
	SigningPolicy string `json:"signingPolicy,omitempty"`
}

// NewPlace makes a place one of JSON.
func NewPlace(p review.Place) Place { return Place(p) }

// String spells the place as [review.Place] does.
func (p Place) String() string { return review.Place(p).String() }

// each makes one thing of each other, and an empty list of none.
func each[From, To any](all []From, one func(From) To) []To {
	made := make([]To, len(all))
	for i, item := range all {
		made[i] = one(item)
	}
	return made
}
