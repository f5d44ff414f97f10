package report

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// DecisionFormats returns the formats in which people can decide on a report.
func DecisionFormats() []Format { return []Format{FormatCSV, FormatHTML} }

// WriteDecisions writes a table in which people decide on each way of access that the report
// shows: what to keep and what to remove. As CSV it comes back by [evidence.ReadDecisions]; as
// HTML it is for paper.
func (r *Report) WriteDecisions(w io.Writer, format Format, head envelope.Envelope) error {
	switch format {
	case FormatCSV:
		return r.writeDecisionCSV(w)
	case FormatHTML:
		return r.writeDecisionPage(w, head)
	}
	return fmt.Errorf("there is no format %q to decide in", format)
}

// holdings are the ways of the access that the report shows, in order.
func (r *Report) holdings() []evidence.Holding {
	return evidence.Holdings([]evidence.Access{{Reasons: r.ways()}})
}

func (r *Report) ways() []evidence.Holding {
	var all []evidence.Holding
	for _, row := range r.Access {
		all = append(all, each(row.Reasons, func(reason review.Reason) evidence.Holding { return r.holding(row, reason) })...)
	}
	return all
}

func (r *Report) writeDecisionCSV(w io.Writer) error {
	rows := [][]string{evidence.DecisionColumns()}
	for _, h := range r.holdings() {
		rows = append(rows, evidence.DecisionRow(r.Survey.ID, h))
	}
	if _, err := io.WriteString(w, text.ByteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

var (
	//go:embed decisions.html.tmpl
	decisionPageText string
	//go:embed decisions.css
	decisionStyle string

	decisionPage = template.Must(template.New("decisions").Parse(decisionPageText))

	// decisionPolicy lets the page load and run nothing.
	decisionPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + sourceHash(decisionStyle) + "'"
)

// A decisionLine is one way of access on paper.
type decisionLine struct{ Who, Name, Status, Where, How, Way string }

func (r *Report) writeDecisionPage(w io.Writer, head envelope.Envelope) error {
	return decisionPage.Execute(w, struct {
		Policy, Organization, At, ReadBy, Filtered string
		Style                                      template.CSS
		Gaps                                       []string
		Lines                                      []decisionLine
	}{
		decisionPolicy, text.Visible(r.organization(head)), r.at(head), text.Visible(r.readBy()), text.Visible(r.filtered(head)),
		template.CSS(decisionStyle), //nolint:gosec // It is a file of this package, with nothing put in.
		each(r.Survey.Gaps, text.Visible),
		each(r.holdings(), func(h evidence.Holding) decisionLine {
			return decisionLine{
				text.Visible(h.Reference.String()), text.Visible(h.Name), inForce(h.Status), text.Visible(h.Place.String()), text.Visible(h.Text), h.Way,
			}
		}),
	})
}
