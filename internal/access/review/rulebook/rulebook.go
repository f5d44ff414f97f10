// Package rulebook reads the file by which people change the rules of a review.
package rulebook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
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

// exceptionFile has the keys member, reason and until, and one for each kind of places.
type exceptionFile map[string]yaml.Node

// A Reader reads rulebooks for one vendor.
type Reader struct {
	Vocabulary *access.Vocabulary
	Catalogue  review.Catalogue
}

// Parse reads a rulebook for a review at the time: YAML, and so JSON, too. An unknown key is an error, because a rule that a typo switches on is off.
func (r Reader) Parse(document []byte, now time.Time) (review.Rulebook, error) {
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
	rulebook, err := r.rulebook(written, now)
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

func (r Reader) rulebook(f file, now time.Time) (review.Rulebook, error) {
	rulebook := review.Rulebook{Catalogue: r.Catalogue, Now: now, Rules: map[string]review.RuleSetting{}}
	for id, rule := range f.Rules {
		setting := review.RuleSetting{Severity: rule.Severity, Parameters: rule.Parameters}
		for i, written := range rule.Exceptions {
			exception, err := r.exception(written)
			if err != nil {
				return review.Rulebook{}, fmt.Errorf("rule %s: exception %d: %w", id, i+1, err)
			}
			setting.Exceptions = append(setting.Exceptions, exception)
		}
		rulebook.Rules[id] = setting
	}
	return rulebook, nil
}

func (r Reader) exception(written exceptionFile) (exception review.Exception, err error) {
	texts, err := r.texts(written)
	if err != nil {
		return exception, err
	}
	exception.Reason = texts["reason"]
	if exception.Place, err = r.Vocabulary.PlaceNamed(func(kind string) string { return texts[kind] }); err != nil {
		return exception, err
	}
	if member := texts["member"]; member != "" {
		if exception.Member, err = access.ParseEntry(member); err != nil {
			return exception, err
		}
	}
	if until := texts["until"]; until != "" {
		if exception.Until, err = time.Parse(time.DateOnly, until); err != nil {
			return exception, fmt.Errorf("until: %q is no date like 2026-12-31: a day, UTC, without a time and a time zone", until)
		}
	}
	return exception, nil
}

// texts returns the values of an exception by key.
func (r Reader) texts(written exceptionFile) (map[string]string, error) {
	texts := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(written)) {
		node := written[key]
		isPlace := slices.ContainsFunc(r.Vocabulary.Places, func(k access.PlaceKind) bool { return k.Key == key })
		switch {
		case !isPlace && !slices.Contains([]string{"member", "reason", "until"}, key):
			return nil, fmt.Errorf("line %d: there is no key %q in this place", node.Line, key)
		case node.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: %s has the wrong form for this place", node.Line, key)
		}
		texts[key] = node.Value
	}
	return texts, nil
}
