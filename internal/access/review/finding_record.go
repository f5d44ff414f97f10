package review

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A FindingRecord is a finding in the one form in which reports tell it to programs,
// whether they are about an organization or about a plan. Its lists are never null.
type FindingRecord struct {
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

// Record spells the finding out.
func (f Finding) Record() FindingRecord {
	return FindingRecord{
		Severity: string(f.Severity), Rule: f.Rule, Fingerprint: f.Fingerprint(), Sentence: f.Sentence,
		Principals: access.Spell(f.Principals), Places: access.Spell(f.Places),
		Reasons: access.Spell(f.Reasons), Advice: f.Advice, Source: f.Source, Evidence: string(f.Evidence),
	}
}

// An ExceptedRecord is the record of a finding that an exception of the rulebook lets pass.
type ExceptedRecord struct {
	FindingRecord
	Reason string `json:"reason"`
	Until  string `json:"until"`
}

// Record spells the excepted finding out.
func (f ExceptedFinding) Record() ExceptedRecord {
	return ExceptedRecord{f.Finding.Record(), f.Exception.Reason, f.Exception.Until.Format(time.DateOnly)}
}
