package planreview

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
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
		// Suppressions are of what an exception of the rulebook lets pass.
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
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
// with that as the baseline state. Those that it resolves are left out: code hosts
// close what is no longer there, and show as open whatever is. The artifact is the URI
// reference of the file that they show findings at.
func (r *Report) WriteSARIF(w io.Writer, artifact string, tool envelope.Tool) error {
	rules, index := sarifRules(r.catalogue)
	results := []sarifResult{}
	for _, group := range []struct {
		state    string
		findings []Finding
	}{{"new", r.Findings.Introduced}, {"unchanged", r.Findings.Left}} {
		for _, f := range group.findings {
			results = append(results, newSARIFResult(f, index, group.state, artifact))
		}
	}
	for _, f := range r.Findings.Excepted {
		result := newSARIFResult(Finding{f.FindingRecord, f.Addresses}, index, "new", artifact)
		result.Suppressions = []sarifSuppression{{"external", "accepted", text.Visible(fmt.Sprintf("Excepted until %s: %s", f.Until, f.Reason))}}
		results = append(results, result)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:        sarifTool{sarifDriver{Name: tool.Name, Version: tool.Version, Rules: rules}},
			Invocations: []sarifInvocation{{!r.Errored, r.sarifNotifications()}}, Results: results,
		}},
	})
}

func newSARIFResult(f Finding, index map[string]int, state, artifact string) sarifResult {
	return sarifResult{
		RuleID: f.Rule, RuleIndex: index[f.Rule], Level: sarifLevel(review.Severity(f.Severity)),
		BaselineState: state, Message: sarifMessage(f.Sentence + " " + f.Advice),
		Locations:           []sarifLocation{sarifLocationOf(f, artifact)},
		PartialFingerprints: map[string]string{"finding/v1": f.Fingerprint},
	}
}

// sarifNotifications are what else somebody has to know of the results.
func (r *Report) sarifNotifications() []sarifNotification {
	found := []sarifNotification{}
	note := func(level, text string) { found = append(found, sarifNotification{level, sarifMessage(text)}) }
	if r.Errored {
		note("error", erroredPlan)
	}
	if off := review.SwitchedOff(r.Ignored); off != "" {
		note("warning", off)
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
			ID: rule.ID, ShortDescription: sarifText{rule.Summary}, Help: sarifText{rule.Advice},
			DefaultConfiguration: sarifDefault{sarifLevel(rule.Severity)},
		})
	}
	return rules, index
}

func sarifLevel(severity review.Severity) string {
	if severity == review.Deny {
		return "error"
	}
	return "warning"
}

// wholeFile is for code hosts that ask for a line: Terraform writes a plan in one.
var wholeFile = sarifRegion{StartLine: 1}

// sarifLocationOf names the resource instances first, because those can be changed.
func sarifLocationOf(f Finding, artifact string) sarifLocation {
	location := sarifLocation{PhysicalLocation: sarifPhysicalLocation{sarifArtifact{artifact}, wholeFile}}
	for _, address := range f.Addresses {
		location.LogicalLocations = append(location.LogicalLocations, sarifLogical{text.Visible(address), "resource"})
	}
	for _, name := range slices.Concat(f.Places, f.Principals) {
		location.LogicalLocations = append(location.LogicalLocations, sarifLogical{FullyQualifiedName: text.Visible(name)})
	}
	return location
}
