package baselinereview

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
	for _, vendor := range v {
		if vendor.Provider+"_access_review" == dataType {
			return vendor
		}
	}
	return nil
}

// ReadLiveReview reads what such a data source found.
func (v *Vendor) ReadLiveReview(address string, values Values) LiveReview {
	r := LiveReview{
		Address: address, Vendor: v.Name, Findings: []LiveFinding{},
		Gaps: append([]string{}, values.Texts("gaps")...), CannotSee: append([]string{}, values.Texts("cannot_see")...),
	}
	elements, _ := values["findings"].([]any)
	for _, element := range elements {
		object, _ := element.(map[string]any)
		f := Values(object)
		r.Findings = append(r.Findings, LiveFinding{f.Text("rule"), f.Text("severity"), f.Text("subject"), f.Text("sentence"), f.Text("advice")})
	}
	return r
}

// ToDo counts the findings that somebody has to do something about.
func (r LiveReview) ToDo() (n int) {
	for _, f := range r.Findings {
		if f.Severity != SeverityNote {
			n++
		}
	}
	return n
}
