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
	Severity    string `json:"severity"`
	Rule        string `json:"rule"`
	Fingerprint string `json:"fingerprint"`
	Sentence    string `json:"sentence"`
	// Principals and Places are spelled as a configuration and its import ids do.
	Principals []string `json:"principals"`
	Places     []string `json:"places"`
	Reasons    []string `json:"reasons"`
	Advice     string   `json:"advice"`
	Source     string   `json:"source"`
	Evidence   string   `json:"evidence"`
}

// New spells a finding out.
func New(f review.Finding) Finding {
	rule, _ := review.RuleByID(f.Rule)
	return Finding{
		Severity: string(f.Severity), Rule: f.Rule, Fingerprint: f.Fingerprint(), Sentence: f.Sentence,
		Principals: access.Spell(f.Principals), Places: access.Spell(f.Places),
		Reasons: access.Spell(f.Reasons), Advice: f.Advice, Source: rule.Source, Evidence: string(rule.Evidence),
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
