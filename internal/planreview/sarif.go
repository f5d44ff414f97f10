package planreview

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// The parts of SARIF 2.1.0 that a report of findings needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		// Properties say what the review is of.
		Properties sarifProperties `json:"properties"`
	}
	sarifProperties struct {
		Of           string                `json:"of"`
		Headline     string                `json:"headline"`
		Organization envelope.Organization `json:"organization"`
		Plan         *envelope.Plan        `json:"plan,omitempty"`
		Rules        *envelope.Rules       `json:"rules,omitempty"`
		Time         time.Time             `json:"time,omitzero"`
	}
	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string       `json:"id"`
		ShortDescription     sarifText    `json:"shortDescription"`
		FullDescription      sarifText    `json:"fullDescription"`
		Help                 sarifText    `json:"help"`
		DefaultConfiguration sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		BaselineState       string            `json:"baselineState"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysicalLocation `json:"physicalLocation"`
		LogicalLocations []sarifLogical        `json:"logicalLocations,omitempty"`
	}
	sarifPhysicalLocation struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind,omitempty"`
	}
)

// WriteSARIF writes the findings that the plan introduces or leaves as SARIF 2.1.0,
// with that as the baseline state. Those that it resolves are left out, and those that an
// exception lets pass: code hosts close what is no longer there, and show as open whatever is,
// also what is marked as suppressed.
func (r *Report) WriteSARIF(w io.Writer, where Locations, head envelope.Envelope) error {
	rules, index := sarifRules(r.catalogue)
	results := []sarifResult{}
	for _, group := range []struct {
		state    string
		findings []Finding
	}{{"new", r.Findings.Introduced}, {"unchanged", r.Findings.Left}} {
		for _, f := range group.findings {
			results = append(results, newSARIFResult(f, index, group.state, where))
		}
	}
	head = r.about(head)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{Name: head.Tool.Name, Version: head.Tool.Version, Rules: rules}},
			Invocations: []sarifInvocation{{!r.Errored, each(r.notifications(), func(n notification) sarifNotification {
				return sarifNotification{n.level, sarifMessage(n.text)}
			})}}, Results: results,
			Properties: sarifProperties{
				text.Visible(of(r, head)), text.Visible(r.headline()), head.Organization, head.Plan, head.Rules, head.Time.UTC().Truncate(time.Second),
			},
		}},
	})
}

// codeHostFingerprint is the only one by which GitHub tells findings apart. Without it, the
// upload makes one of the text of the line, and all findings of a rule are one.
const codeHostFingerprint = "primaryLocationLineHash"

func newSARIFResult(f Finding, index map[string]int, state string, where Locations) sarifResult {
	return sarifResult{
		RuleID: f.Rule, RuleIndex: index[f.Rule], Level: sarifLevel(review.Severity(f.Severity)),
		BaselineState: state, Message: sarifMessage(f.Sentence + " " + f.Advice),
		Locations:           []sarifLocation{sarifLocationOf(f, where)},
		PartialFingerprints: map[string]string{"finding/v1": f.Fingerprint, codeHostFingerprint: f.Fingerprint},
	}
}

// A notification is something else that somebody has to know of the findings. The level is
// error, warning or note.
type notification struct{ level, text string }

func (r *Report) notifications() (found []notification) {
	note := func(level, text string) { found = append(found, notification{level, text}) }
	if r.Errored {
		note("error", erroredPlan)
	}
	if off := review.SwitchedOff(r.Ignored); off != "" {
		note("warning", off)
	}
	for _, weaker := range r.Weaker {
		note("warning", "Weaker than by default: "+weaker)
	}
	for _, unmatched := range r.Unmatched {
		note("warning", unmatched)
	}
	if !r.Errored && !r.Complete {
		note("warning", partialPlan)
	}
	if !r.Live && !r.recordsOnly {
		note("note", unasked)
	}
	for _, vendor := range r.recorded {
		note("note", unreadBaseline(vendor))
	}
	for _, b := range r.Baselines {
		for _, weaker := range b.Weaker {
			note("warning", "Weaker than by default: "+weaker)
		}
	}
	for _, gap := range r.Gaps {
		note("warning", gap)
	}
	for _, e := range r.Unknown {
		note("warning", "Not known from this plan: "+e.Sentence)
	}
	for _, e := range r.ChangedSince {
		note("note", "Changed since the plan was made: "+e.Sentence)
	}
	return found
}

// sarifMessage spells words so that no name in it becomes a placeholder or a link, which
// SARIF writes {0} and [text](target). A blank keeps a link apart, because a backslash
// may be one of the name's.
func sarifMessage(words string) sarifText {
	return sarifText{strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text.Visible(words))}
}

func sarifRules(catalogue review.Catalogue) (rules []sarifRule, index map[string]int) {
	index = map[string]int{}
	for i, rule := range catalogue {
		index[rule.ID] = i
		rules = append(rules, sarifRule{
			ID: rule.ID, ShortDescription: sarifText{rule.Summary},
			FullDescription: sarifText{fmt.Sprintf("%s Source: %s (%s).", rule.Summary, rule.Source, rule.Evidence)}, Help: sarifText{rule.Advice},
			DefaultConfiguration: sarifDefault{sarifLevel(rule.Severity)},
		})
	}
	return rules, index
}

func sarifLevel(severity review.Severity) string {
	switch severity {
	case review.Deny:
		return "error"
	case baselinereview.SeverityNote:
		return "note"
	}
	return "warning"
}

// sarifLocationOf names the resource instances first, because those can be changed.
func sarifLocationOf(f Finding, where Locations) sarifLocation {
	at := where.of(f)
	uri := url.URL{Path: at.Path}
	location := sarifLocation{PhysicalLocation: sarifPhysicalLocation{sarifArtifact{uri.String()}, sarifRegion{at.Line}}}
	for _, address := range f.Addresses {
		location.LogicalLocations = append(location.LogicalLocations, sarifLogical{text.Visible(address), "resource"})
	}
	for _, name := range slices.Concat(f.Places, f.Principals) {
		location.LogicalLocations = append(location.LogicalLocations, sarifLogical{FullyQualifiedName: text.Visible(name)})
	}
	return location
}
