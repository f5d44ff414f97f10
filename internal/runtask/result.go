package runtask

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
)

// A status is how far a task is.
type status string

const (
	running status = "running"
	passed  status = "passed"
	failed  status = "failed"
)

// A result is what the host is told of a task.
type result struct {
	status   status
	message  string
	outcomes []outcome
	// reason is what a log may have of the message: nothing that comes from a plan.
	reason string
}

// failure is the result of what was not judged.
func failure(message string) result { return result{status: failed, message: message, reason: message} }

// An outcome is a part of the result, with a page of its own.
type outcome struct {
	ID          string           `json:"outcome-id"`
	Description string           `json:"description"`
	Body        string           `json:"body,omitempty"`
	Tags        map[string][]tag `json:"tags,omitempty"`
}

type tag struct {
	Label string `json:"label"`
	Level string `json:"level"`
}

// body spells the result as the host takes it.
func (r result) body() ([]byte, error) {
	type resource struct {
		Type       string `json:"type"`
		Attributes any    `json:"attributes"`
	}
	type relationship struct {
		Data []resource `json:"data"`
	}
	var document struct {
		Data struct {
			resource
			Relationships map[string]relationship `json:"relationships,omitempty"`
		} `json:"data"`
	}
	document.Data.resource = resource{"task-results", map[string]string{"status": string(r.status), "message": r.message}}
	if len(r.outcomes) > 0 {
		outcomes := relationship{}
		for _, o := range r.outcomes {
			outcomes.Data = append(outcomes.Data, resource{"task-result-outcomes", o})
		}
		document.Data.Relationships = map[string]relationship{"outcomes": outcomes}
	}
	return json.Marshal(document)
}

// A Judgement is a review with what it means for the run.
type Judgement struct {
	Review *planreview.Report
	// Head is the envelope of the review.
	Head envelope.Envelope
	// Passed is true where the run may go on. Reason says why not, if not because of
	// the findings of the review.
	Passed bool
	Reason string
}

// maxOutcomes bounds how many findings get an outcome of their own.
const maxOutcomes = 100

// maxMessage bounds the message, which is meant to be short.
const maxMessage = 500

// spell says what the host is told in the end, and in detail.
func (j *Judgement) spell() (final result, outcomes []outcome, err error) {
	var short, long bytes.Buffer
	if err := planreview.Write(&short, j.Review, planreview.FormatText, j.Head); err != nil {
		return result{}, nil, err
	}
	if err := planreview.Write(&long, j.Review, planreview.FormatMarkdown, j.Head); err != nil {
		return result{}, nil, err
	}
	headline, _, _ := strings.Cut(short.String(), "\n")
	final = result{status: passed, message: headline}
	if !j.Passed {
		final.status = failed
	}
	if j.Reason != "" {
		final.message = j.Reason + " " + headline
	}
	outcomes = append(outcomes, outcome{ID: "review", Description: shortened(headline), Body: long.String()})
	for i, f := range j.Review.Findings.Introduced {
		if i == maxOutcomes {
			break // The review has the others, too.
		}
		outcomes = append(outcomes, outcomeOf(f))
	}
	return final, outcomes, nil
}

func outcomeOf(f planreview.Finding) outcome {
	var body strings.Builder
	body.WriteString(text.Markdown(f.Sentence) + "\n\n")
	for _, reason := range f.Reasons {
		body.WriteString("- " + text.Markdown(reason) + "\n")
	}
	for _, address := range f.Addresses {
		body.WriteString("- by " + text.Markdown(address) + "\n")
	}
	body.WriteString("\n" + text.Markdown(f.Advice) + "\n")
	label := tag{"Warning", "warning"}
	if f.Severity == string(review.Deny) {
		label = tag{"Denied", "error"}
	}
	return outcome{
		ID: f.Fingerprint, Description: shortened(f.Rule + ": " + f.Sentence), Body: body.String(), Tags: map[string][]tag{"Status": {label}},
	}
}

// shortened is one line of a text, in which all can be seen.
func shortened(message string) string {
	runes := []rune(text.Visible(strings.Join(strings.Fields(message), " ")))
	if len(runes) > maxMessage {
		return fmt.Sprintf("%s …", string(runes[:maxMessage]))
	}
	return string(runes)
}
