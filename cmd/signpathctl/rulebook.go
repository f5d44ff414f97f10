package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// addRulesFlag lets a command read the file that changes the rules of a review.
func addRulesFlag(command *cobra.Command, path *string) {
	command.Flags().StringVar(path, "rules", "", "file with severities, parameters and exceptions of rules")
}

// rulesHelp says what the file may hold, and lists the rules.
func rulesHelp() string {
	return `--rules takes a YAML or JSON file that changes rules of the catalogue:

  rules:
    submit-and-approve:
      severity: deny               # or warn, or ignore
      exceptions:
        - member: user:release.manager@example.com
          project: project-a       # and, if you like, signing_policy
          reason: Until the second approver is hired
          until: 2026-12-31
    old-token:
      parameters: {days: 180}

The rules:
` + ruleList()
}

// ruleList lists the rules with their parameters, one a line.
func ruleList() string {
	var list strings.Builder
	for _, rule := range vocabulary.Rules {
		fmt.Fprintf(&list, "\n  %-26s %-6s  %s", rule.ID, rule.Severity, rule.Summary)
		if rule.Introduced != "" {
			fmt.Fprintf(&list, " (%s if a plan newly introduces it into the live organization)", rule.Introduced)
		}
		for _, parameter := range rule.Parameters {
			fmt.Fprintf(&list, " (%s: %s; %d)", parameter.Name, parameter.Meaning, parameter.Default)
		}
	}
	return list.String()
}

// readRulebook reads the file, if one is given, for a review at the time, and tells
// programs of it.
func readRulebook(path string, at time.Time) (review.Rulebook, *envelope.Rules, error) {
	return readRulebookOf(vocabulary.Rules, path, at)
}

// readRulebookOf is [readRulebook] with a catalogue of its own.
func readRulebookOf(catalogue review.Catalogue, path string, at time.Time) (review.Rulebook, *envelope.Rules, error) {
	rules := &envelope.Rules{Weaker: []envelope.Weakening{}, UnmatchedExceptions: []string{}}
	if path == "" {
		return review.Rulebook{Catalogue: catalogue, Now: at}, rules, nil
	}
	document, err := os.ReadFile(path) //nolint:gosec // The caller names the file on the command line.
	if err != nil {
		return review.Rulebook{}, nil, fmt.Errorf("--rules: %w", err)
	}
	parsed, err := rulebook.Reader{Vocabulary: vocabulary.SignPath, Catalogue: catalogue}.Parse(document, at)
	if err != nil {
		return review.Rulebook{}, nil, fmt.Errorf("--rules: %s: %w", path, err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(document))
	rules.SHA256 = &sum
	for _, weakening := range rulebook.Weaker(parsed) {
		rules.Weaker = append(rules.Weaker, envelope.Weakening(weakening))
	}
	return parsed, rules, nil
}
