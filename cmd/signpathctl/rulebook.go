package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
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
	for _, rule := range review.Catalogue() {
		fmt.Fprintf(&list, "\n  %-26s %-4s  %s", rule.ID, rule.Severity, rule.Summary)
		if rule.Introduced != "" {
			fmt.Fprintf(&list, " (%s if a plan newly introduces it into the live organization)", rule.Introduced)
		}
		for _, parameter := range rule.Parameters {
			fmt.Fprintf(&list, " (%s: %s; %d)", parameter.Name, parameter.Meaning, parameter.Default)
		}
	}
	return list.String()
}

// readRulebook reads the file, if one is given, for a review at the time.
func readRulebook(path string, now time.Time) (review.Rulebook, error) {
	if path == "" {
		return review.Rulebook{Now: now}, nil
	}
	document, err := os.ReadFile(path) //nolint:gosec // The caller names the file on the command line.
	if err != nil {
		return review.Rulebook{}, fmt.Errorf("--rules: %w", err)
	}
	parsed, err := rulebook.Parse(document, now)
	if err != nil {
		return review.Rulebook{}, fmt.Errorf("--rules: %s: %w", path, err)
	}
	return parsed, nil
}
