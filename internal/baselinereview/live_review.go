package baselinereview

import "fmt"

// A LiveFinding is what a rule has to say of what a vendor's API shows.
type LiveFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Subject  string `json:"subject"`
	Sentence string `json:"sentence"`
	Advice   string `json:"advice"`
}

// A LiveReview is what a data source found that compares a baseline with what a vendor's API shows.
type LiveReview struct {
	Address  string        `json:"address"`
	Vendor   string        `json:"vendor"`
	Findings []LiveFinding `json:"findings"`
	// Gaps are what should have been compared and could not be, and CannotSee what no comparison of
	// this kind sees.
	Gaps      []string `json:"gaps"`
	CannotSee []string `json:"cannot_see"`
}

// Reviewing returns the vendor whose data sources of a type compare a baseline with what the API shows;
// nil if it is no such type.
func (v Vendors) Reviewing(dataType string) *Vendor {
	return v.first(func(vendor *Vendor) bool { return vendor.Provider+"_access_review" == dataType })
}

// ReadLiveReview reads what such a data source found. One that failed in a check block has nothing, and
// that is not the same as that it found nothing: it is an error, as is what cannot be read.
func (v *Vendor) ReadLiveReview(address string, values Values) (LiveReview, error) {
	r := LiveReview{Address: address, Vendor: v.Name, Findings: []LiveFinding{}, CannotSee: append([]string{}, values.Texts("cannot_see")...)}
	elements, isList := values["findings"].([]any)
	complete, isFlag := values["complete"].(bool)
	gaps, areTexts := allTexts(values["gaps"])
	if !isList || !isFlag || !areTexts || complete != (len(gaps) == 0) {
		return r, fmt.Errorf("%s tells nothing that can be read of what it found: it failed, as in a check block, where that is a warning only, or another version made it", address)
	}
	r.Gaps = gaps
	for _, element := range elements {
		object, _ := element.(map[string]any)
		f := Values(object)
		finding := LiveFinding{f.Text("rule"), f.Text("severity"), f.Text("subject"), f.Text("sentence"), f.Text("advice")}
		if finding.Rule == "" || finding.Severity == "" || finding.Sentence == "" {
			return r, fmt.Errorf("%s has a finding that cannot be read", address)
		}
		r.Findings = append(r.Findings, finding)
	}
	return r, nil
}

// allTexts reads a list of texts; false if it is none.
func allTexts(value any) (texts []string, ok bool) {
	elements, ok := value.([]any)
	texts = []string{}
	for _, element := range elements {
		text, isText := element.(string)
		texts, ok = append(texts, text), ok && isText
	}
	return texts, ok
}

// Actionable counts the findings that somebody has to do something about.
func (r LiveReview) Actionable() (n int) {
	for _, f := range r.Findings {
		if f.Severity != SeverityNote {
			n++
		}
	}
	return n
}
