// Package rulebook reads the file by which people change the rules of a review.
package rulebook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// file is a rulebook as it is written down.
type file struct {
	Rules map[string]struct {
		Severity   review.Severity `yaml:"severity"`
		Parameters map[string]int  `yaml:"parameters"`
		Exceptions []exceptionFile `yaml:"exceptions"`
	} `yaml:"rules"`
}

type exceptionFile struct {
	Member        string `yaml:"member"`
	Project       string `yaml:"project"`
	SigningPolicy string `yaml:"signing_policy"`
	Reason        string `yaml:"reason"`
	Until         string `yaml:"until"`
}

// Parse reads a rulebook for a review at the time: YAML, and so JSON, too. An unknown key is an error, because a rule that a typo switches on is off.
func Parse(document []byte, now time.Time) (review.Rulebook, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(document))
	decoder.KnownFields(true)
	var written file
	if err := decoder.Decode(&written); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return review.Rulebook{}, inWords(err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return review.Rulebook{}, errors.New("there is something behind the first document")
	}
	rulebook, err := written.rulebook(now)
	if err != nil {
		return review.Rulebook{}, err
	}
	return rulebook, rulebook.Validate()
}

var (
	unknownKey = regexp.MustCompile(`field (.+) not found in type (?s:.*)`)
	wrongForm  = regexp.MustCompile(`cannot unmarshal (.+) into (?s:.*)`)
)

// inWords leaves the names of Go types out of what the parser says of a file.
func inWords(err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return err
	}
	var problems []error
	for _, problem := range wrong.Errors {
		problem = unknownKey.ReplaceAllString(problem, `there is no key "$1" in this place`)
		problems = append(problems, errors.New(wrongForm.ReplaceAllString(problem, "$1 has the wrong form for this place")))
	}
	return errors.Join(problems...)
}

func (f file) rulebook(now time.Time) (review.Rulebook, error) {
	rulebook := review.Rulebook{Now: now, Rules: map[string]review.RuleSetting{}}
	for id, rule := range f.Rules {
		setting := review.RuleSetting{Severity: rule.Severity, Parameters: rule.Parameters}
		for i, written := range rule.Exceptions {
			exception, err := written.exception()
			if err != nil {
				return review.Rulebook{}, fmt.Errorf("rule %s: exception %d: %w", id, i+1, err)
			}
			setting.Exceptions = append(setting.Exceptions, exception)
		}
		rulebook.Rules[id] = setting
	}
	return rulebook, nil
}

func (f exceptionFile) exception() (review.Exception, error) {
	exception := review.Exception{Project: f.Project, SigningPolicy: f.SigningPolicy, Reason: f.Reason}
	var err error
	if f.Member != "" {
		if exception.Member, err = access.ParseEntry(f.Member); err != nil {
			return exception, err
		}
	}
	if f.Until != "" {
		if exception.Until, err = time.Parse(time.DateOnly, f.Until); err != nil {
			return exception, fmt.Errorf("until: %q is no date like 2026-12-31", f.Until)
		}
	}
	return exception, nil
}
