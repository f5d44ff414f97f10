package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

var (
	//go:embed page.html.tmpl
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// pagePolicy lets a browser run the page's own script and no other, should a name
// ever get round the escaping, and lets the page load nothing.
var pagePolicy = fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; script-src '%s'; style-src '%s'",
	sourceHash(pageScript), sourceHash(pageStyle))

func sourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// A page is what the template shows.
type page struct {
	Policy      string
	Style       template.CSS
	Script      template.JS
	ID, Day     string
	ReadBy      string
	Gaps        []string
	Findings    []pageFinding
	Excepted    []pageExcepted
	Projects    []string
	Permissions []review.Permission
	Places      []pagePlace
	Rows        []*pageRow
	Counts      []Count
}

type pageFinding struct {
	Severity, Rule, Sentence, Advice, Source, Evidence string
	Reasons                                            []string
}

type pageExcepted struct{ Rule, Sentence, Reason, Until string }

type pagePlace struct{ Project, Name string }

// A pageRow is a principal with a cell for each place; nil where there is nothing.
type pageRow struct {
	Who, Name, Status string
	Cells             []*pageCell
}

type pageCell struct {
	ID       string
	OffForce bool
	Rights   []pageRight
	Why      []string
}

// A pageRight is wider where nothing at the place itself gives it.
type pageRight struct {
	Name  string
	Wider bool
}

func (r *Report) writeHTML(w io.Writer) error {
	p := page{
		Policy: pagePolicy,
		Style:  template.CSS(pageStyle), //nolint:gosec // It is a file of this package, with nothing put in.
		Script: template.JS(pageScript), //nolint:gosec // As is this.
		ID:     r.Organization.ID, Day: r.Day, ReadBy: visible(r.readBy()),
		Gaps:     each(r.Organization.Gaps, visible),
		Findings: each(r.Findings, newPageFinding),
		Excepted: each(r.Excepted, func(f review.ExceptedFinding) pageExcepted {
			return pageExcepted{f.Rule, visible(f.Sentence), visible(f.Exception.Reason), f.Exception.Until.Format(time.DateOnly)}
		}),
		Counts: r.Counts(),
	}
	r.fillMatrix(&p)
	return pageTemplate.Execute(w, p)
}

func newPageFinding(f review.Finding) pageFinding {
	rule := ruleOf(f)
	return pageFinding{
		Severity: string(f.Severity), Rule: f.Rule, Sentence: visible(f.Sentence), Advice: f.Advice,
		Source: rule.Source, Evidence: string(rule.Evidence),
		Reasons: each(f.Reasons, func(reason review.Reason) string { return visible(reason.String()) }),
	}
}

// fillMatrix turns the cells into rows of principals and columns of places.
func (r *Report) fillMatrix(p *page) {
	cells := r.cells()
	column := map[review.Place]int{}
	for _, c := range cells {
		if _, known := column[c.place]; known {
			continue
		}
		column[c.place] = len(p.Places)
		p.Places = append(p.Places, pagePlace{visible(c.place.Project), visible(c.place.String())})
		if c.place.Project != "" && !slices.Contains(p.Projects, visible(c.place.Project)) {
			p.Projects = append(p.Projects, visible(c.place.Project))
		}
	}
	p.Permissions = r.permissions()
	rows := map[access.Reference]*pageRow{}
	for i, c := range slices.SortedStableFunc(slices.Values(cells), func(a, b *cell) int { return comparePrincipals(a.principal, b.principal) }) {
		row := rows[c.principal]
		if row == nil {
			row = r.newPageRow(c, len(p.Places))
			rows[c.principal] = row
			p.Rows = append(p.Rows, row)
		}
		row.Cells[column[c.place]] = newPageCell(c, "why-"+strconv.Itoa(i))
	}
}

func (r *Report) permissions() []review.Permission {
	var all []review.Permission
	for _, row := range r.Access {
		all = append(all, row.Permission)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *Report) newPageRow(c *cell, places int) *pageRow {
	row := &pageRow{Who: visible(c.principal.String()), Name: visible(r.Organization.nameOf(c.principal)), Cells: make([]*pageCell, places)}
	if c.status != access.StatusActive {
		row.Status = strings.TrimPrefix(inForce(c.status), "no, ")
	}
	return row
}

func newPageCell(c *cell, id string) *pageCell {
	shown := &pageCell{ID: id, OffForce: c.status != access.StatusActive}
	for _, permission := range c.permissions() {
		own := slices.ContainsFunc(c.reasons, func(reason cellReason) bool {
			return reason.place == c.place && slices.Contains(reason.permissions, permission)
		})
		shown.Rights = append(shown.Rights, pageRight{permission.String(), !own})
	}
	for _, reason := range c.reasons {
		shown.Why = append(shown.Why, visible(reason.text)+": "+spellPermissions(reason.permissions))
	}
	return shown
}
