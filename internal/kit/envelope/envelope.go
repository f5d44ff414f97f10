// Package envelope is what every document of a command for other programs begins with:
// what it is, which program made it, when and of what, by which rules, and what was not
// looked at. What the command found follows in the same object.
package envelope

import (
	"encoding/json"
	"io"
	"time"
)

// FormatVersion is that of all documents. Its minor part rises with new fields, which a
// reader leaves alone; its major part rises when a field goes or means something else,
// and a reader refuses a major part that it does not know.
const FormatVersion = "1.0"

// An Envelope stands, embedded, at the beginning of a document.
type Envelope struct {
	FormatVersion string       `json:"format_version"`
	Kind          string       `json:"kind"`
	Tool          Tool         `json:"tool"`
	Organization  Organization `json:"organization"`
	// Time is when the document was made.
	Time time.Time `json:"time"`
	// Plan is nil for a kind of document that is of no plan.
	Plan *Plan `json:"plan,omitempty"`
	// ReadBy is nil where nothing was read live.
	ReadBy *Reader `json:"read_by"`
	// Filters are the values of each filter that the kind of document has.
	Filters map[string][]string `json:"filters"`
	// Rules are nil for a kind of document that no rule judges.
	Rules *Rules `json:"rules"`
	// Complete is true without gaps.
	Complete bool  `json:"complete"`
	Gaps     []Gap `json:"gaps"`
}

// A Tool is the program that made a document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Plan is the plan that a document is of.
type Plan struct {
	// SHA256 is that of the plan as JSON, as it was read, in hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Commit is that of the configuration; empty if nobody has told it.
	Commit string `json:"commit,omitempty"`
}

// An Organization is what a document is about. What nobody has told is nil.
type Organization struct {
	ID   *string `json:"id"`
	Name *string `json:"name"`
	// URL is that of the API that was read.
	URL *string `json:"url"`
}

// A Reader is the account whose token read, with its role.
type Reader struct {
	Member string `json:"member"`
	Role   string `json:"role"`
}

// Rules say by what a document judges.
type Rules struct {
	// SHA256 is that of the file that changes rules, in hexadecimal digits; nil without one.
	SHA256 *string `json:"sha256"`
	// Weaker is what the file makes weaker than it is by default.
	Weaker []Weakening `json:"weaker"`
	// UnmatchedExceptions are sentences on the exceptions of the file that are about nothing.
	UnmatchedExceptions []string `json:"unmatched_exceptions"`
}

// A Weakening says of one rule what lets more pass than by default.
type Weakening struct {
	Rule     string `json:"rule"`
	Sentence string `json:"sentence"`
}

// A Gap is something that was not looked at, or could not be.
type Gap struct {
	Sentence string `json:"sentence"`
	// Address is that of the resource instance that the gap is about, if it is about one.
	Address string `json:"address,omitempty"`
}

// Gaps makes gaps of sentences.
func Gaps(sentences ...string) []Gap {
	gaps := []Gap{}
	for _, sentence := range sentences {
		gaps = append(gaps, Gap{Sentence: sentence})
	}
	return gaps
}

// Of completes the envelope for a document of the kind that has the gaps.
func (e Envelope) Of(kind string, gaps []Gap) Envelope {
	e.FormatVersion, e.Kind, e.Complete, e.Gaps = FormatVersion, kind, len(gaps) == 0, append([]Gap{}, gaps...)
	e.Time = e.Time.UTC().Truncate(time.Second)
	if e.Filters == nil {
		e.Filters = map[string][]string{}
	}
	return e
}

// Write writes a document, which begins with an envelope.
func Write(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false) // A program reads it, or a person, and no browser.
	return encoder.Encode(document)
}
