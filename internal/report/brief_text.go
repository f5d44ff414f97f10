package report

import (
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A lineWriter writes a line of text.
type lineWriter = func(format string, args ...any)

// tellBriefly tells so much as a person reads. What is left out is counted.
func (r *Report) tellBriefly(b *strings.Builder, line lineWriter) {
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		line("")
		line("%s", title)
		for _, one := range lines[:min(len(lines), briefLines)] {
			line("  %s", one)
		}
		tellMore(line, len(lines)-briefLines)
	}
	section("INCOMPLETE", r.Survey.Gaps)
	r.tellFindingsBriefly(line)
	if len(r.Excepted) > 0 {
		line("")
		line("EXCEPTED")
		for _, excepted := range r.Excepted[:min(len(r.Excepted), briefLines)] {
			tellExcepted(line, excepted)
		}
		tellMore(line, len(r.Excepted)-briefLines)
	}
	r.tellSummary(b, line)
	section("ACTIVATED", each(r.activationRows(), func(row []string) string { return strings.Join(row, ", ") }))
}

// tellRest says how to see what a brief text leaves out.
func (r *Report) tellRest(line lineWriter) {
	line("")
	line("THE REST")
	for _, way := range r.rest() {
		line("  %s", way)
	}
}

func tellMore(line lineWriter, more int) {
	if more > 0 {
		line("  and %d more", more)
	}
}

// tellFindingsBriefly tells the advice of each rule once. Findings come by rule.
func (r *Report) tellFindingsBriefly(line lineWriter) {
	line("")
	line("FINDINGS")
	if len(r.Findings) == 0 {
		line("  none")
	}
	for findings := range chunksOf(r.Findings, func(a, b review.Finding) bool { return a.Rule == b.Rule }) {
		first := findings[0]
		line("  %-4s  %s: %d. %s", first.Severity, first.Rule, len(findings), first.Summary)
		for _, finding := range findings[:min(len(findings), briefFindings)] {
			line("        - %s", finding.Sentence)
		}
		if more := len(findings) - briefFindings; more > 0 {
			line("        and %d more", more)
		}
		line("        What to do: %s", first.Advice)
		line("        Source: %s (%s)", first.Source, first.Evidence)
	}
}

func (r *Report) tellSummary(b *strings.Builder, line lineWriter) {
	told, title, order := r.byPlace(), "ACCESS BY PLACE", "What has most findings comes first, then what has most rights."
	about := fmt.Sprintf("How many users and CI users may do what and can now: in the organization, and in each of its %s with what is in it, "+
		"there also by a role in the organization.", told.noun)
	if r.view() == ViewPerson {
		told, title = r.byPerson(), "ACCESS BY PERSON"
		order = "Who may do something in the organization comes first, then who has most findings, then who has most rights."
		about = fmt.Sprintf("In how many of the %s, or something in them, each user and CI user may do what, also by a role in the organization.", r.placeNoun())
	}
	line("")
	line("%s", title)
	line("  %s", about)
	if len(told.rows) == 0 {
		line("  nobody may do anything here")
		return
	}
	line("  %s", order)
	b.WriteString(table(append([][]string{told.head}, told.rows[:min(len(told.rows), briefRows)]...)))
	if more := len(told.rows) - briefRows; more > 0 {
		line("  and %d more %s", more, told.noun)
	}
}

func (r *Report) rest() []string {
	other := "--by person                the same by person"
	if r.view() == ViewPerson {
		other = "--by place                 the same by place"
	}
	return []string{
		fmt.Sprintf("This text is brief: who may do what and why is %d lines. To see it, give the command one of these:", len(r.ownCells())),
		other,
		"--project SLUG --by right  a part, with every right and finding and its reasons; also --policy, --principal and --permission",
		"--by right                 all of it as text",
		"--format html              all of it as a page to search and filter",
		"--format csv, json         all of it for a spreadsheet or a program",
	}
}
