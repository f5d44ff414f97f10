package proposal

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A Report is what somebody who maintains the provider needs to know of a server: the names,
// types and forms of what its document has of the things. It has no examples, no defaults, no
// descriptions, and no address. The values of an enumeration are names, and it has them.
type Report struct {
	// SHA256 is that of the document, in hexadecimal digits.
	SHA256 string `json:"document_sha256"`
	// Things are those that were found.
	Things []ThingReport `json:"things"`
	// Others are the other routes below an organization, such as "GET /Certificates".
	Others []string `json:"other_routes"`
	// Facts are how many the mapping states. Open are what nobody has confirmed or filled in.
	Facts int          `json:"facts"`
	Open  []OpenReport `json:"open"`
}

// A ThingReport is what a document has of one thing of the mapping file.
type ThingReport struct {
	Thing  string        `json:"thing"`
	Routes []RouteReport `json:"routes"`
}

// A RouteReport is one route of a thing. Call is what the mapping file calls it; empty if it
// stands for nothing there.
type RouteReport struct {
	Route string `json:"route"`
	Call  string `json:"call,omitempty"`
	// Parameters are those of the query, Request and Answer what the bodies have. The lists are
	// empty, and never nil, where the document describes none.
	Parameters []PropertyReport `json:"parameters"`
	Request    []PropertyReport `json:"request"`
	Answer     []PropertyReport `json:"answer"`
}

// A PropertyReport is one value of a body, or a parameter.
type PropertyReport struct {
	// Path is "." for a body that is one value.
	Path string `json:"path"`
	// Type is its type, with its format: "string(uuid)", "array of string(uuid) or null".
	Type     string `json:"type"`
	Demanded bool   `json:"demanded"`
	ReadOnly bool   `json:"read_only"`
	// Values are those of an enumeration; nil if it is none.
	Values []string `json:"values,omitempty"`
	// Concept is what the mapping takes it for; empty if for nothing.
	Concept string `json:"concept,omitempty"`
}

// An OpenReport is a line of the mapping that a person has to look at.
type OpenReport struct {
	Path string `json:"path"`
	// Asked is true for what is left open, and false for what is to be confirmed.
	Asked bool   `json:"asked"`
	Text  string `json:"text"`
}

// Describe makes the report on a server's document, as it is taken with a mapping file that is
// known; nil without one. The errors are those of [Propose].
func Describe(openAPI, known []byte) (*Report, error) {
	p, err := newProposer(openAPI, known)
	if err != nil {
		return nil, err
	}
	p.propose()
	made, err := p.finish(openAPI, "")
	if err != nil {
		return nil, err
	}
	file, err := mapping.Parse(made.Text)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(openAPI)
	r := &Report{SHA256: hex.EncodeToString(sum[:]), Things: []ThingReport{}, Others: []string{}, Facts: made.Facts, Open: []OpenReport{}}
	for _, m := range file.Marks {
		r.Open = append(r.Open, OpenReport{m.Path, m.Open, m.Text})
	}
	told := map[*operation]bool{}
	for _, name := range things {
		if t := p.things[name]; t != nil {
			r.Things = append(r.Things, ThingReport{name, p.routeReports(t, told)})
		}
	}
	for _, o := range p.document.operations {
		if !told[o] {
			r.Others = append(r.Others, o.String())
		}
	}
	return r, nil
}

// routeReports are the routes of a thing that no other thing has told.
func (p *proposer) routeReports(t *thing, told map[*operation]bool) []RouteReport {
	calls := map[*operation]string{}
	for _, call := range slices.Sorted(maps.Keys(t.calls)) {
		if o := t.calls[call]; o != nil {
			calls[o] = strings.TrimPrefix(calls[o]+", "+call, ", ")
		}
	}
	reports := []RouteReport{}
	for _, o := range p.document.operations {
		if told[o] || calls[o] == "" && !p.isAbout(t, o) {
			continue
		}
		told[o] = true
		report := RouteReport{Route: o.String(), Call: calls[o], Parameters: []PropertyReport{}}
		for _, q := range o.query {
			parameter := propertyReport(q.name, q.schema, q.required)
			parameter.Values = nil // Which it takes matters to no mapping.
			report.Parameters = append(report.Parameters, parameter)
		}
		report.Request, report.Answer = t.propertyReports(o.request), t.propertyReports(o.answer)
		reports = append(reports, report)
	}
	return reports
}

// isAbout tells whether a route is below the collection of a thing, and of no collection in it.
func (p *proposer) isAbout(t *thing, o *operation) bool {
	if t.name == organization || t.name == auditEvent {
		return false
	}
	return slices.Contains(p.ofCollection(t.base), o) ||
		slices.Contains(p.document.under(t.base), o) && !slices.ContainsFunc(o.segments[len(t.base):], isVariable)
}

func (t *thing) propertyReports(s *schema) []PropertyReport {
	reports := []PropertyReport{}
	if s == nil {
		return reports
	}
	path, items := findItems(s)
	if !s.isObject() || items != nil {
		reports = append(reports, propertyReport(orWhy(strings.Join(path, "."), "."), s, false))
	}
	if items != nil && len(path) == 0 {
		s = items.items
	}
	for _, l := range leavesOf(s) {
		report := propertyReport(l.String(), l.schema, l.demanded)
		for _, c := range concepts[t.name] {
			if at := t.answer[c.name]; at != nil && slices.Equal(at.path, l.path) {
				report.Concept = c.name
			}
		}
		reports = append(reports, report)
	}
	return reports
}

func propertyReport(path string, s *schema, demanded bool) PropertyReport {
	report := PropertyReport{Path: path, Type: s.kind(), Demanded: demanded, ReadOnly: s.readOnly}
	if len(s.values) > 0 {
		report.Values = allTexts(s.values)
	}
	return report
}
