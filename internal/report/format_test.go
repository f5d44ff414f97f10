package report_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func written(t *testing.T, r *report.Report, format report.Format) string {
	t.Helper()
	var text strings.Builder
	must(t, r.Write(&text, format, envelope.Envelope{}))
	return text.String()
}

func expectInOrder(t *testing.T, text string, wanted ...string) {
	t.Helper()
	rest := text
	for _, want := range wanted {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Errorf("%q is not in its place in\n%s", want, text)
			return
		}
		rest = after
	}
}

func references(t *testing.T, texts ...string) []access.Reference {
	t.Helper()
	var all []access.Reference
	for _, text := range texts {
		reference, err := access.ParseEntry(text)
		must(t, err)
		all = append(all, reference)
	}
	return all
}

func TestSameOrganizationSameBytes(t *testing.T) {
	first, second := start(t, seed()).read(t, token), start(t, shuffled()).read(t, token)
	for _, format := range report.Formats() {
		if a, b := written(t, reviewed(t, first, review.Filter{}), format), written(t, reviewed(t, second, review.Filter{}), format); a != b {
			t.Errorf("%s depends on the order in which SignPath lists things:\n%s\n%s", format, a, b)
		}
	}
}

func TestText(t *testing.T) {
	text := written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatText)
	expectInOrder(t, text,
		"on 2026-06-15", "token of ci_user:auditor (Global Reader)",
		"FINDINGS", "deny  approval-quorum: app/release-signing requires 2 approvals",
		"- approver of app/release-signing, through group:Outer > group:Inner",
		"What to do: Add approvers, or require fewer approvals.", `Source: projects page, "Approval process" (documented)`,
		"warn  submit-and-approve",
		"ACCESS", "the organization", "user:owner@example.com", "everything", "Global Administrator",
		"app", "ci_user:auditor", "read-artifacts", "submitter of app/test-signing, directly",
		"app/release-signing", "user:invited@example.com", "no, invited", "approve", "through group:Outer > group:Inner",
		"COUNTS", "findings that deny", "1", "findings that warn", "5", "principals with submission", "3",
	)
	if strings.Count(text, "owner@example.com") != 1 {
		t.Errorf("an administrator is told at more than the organization:\n%s", text)
	}
}

func TestMarkdown(t *testing.T) {
	text := written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatMarkdown)
	expectInOrder(t, text, "## Findings", "| deny | approval-quorum |", "## Access",
		`| app/release-signing | ci\_user:\<script\>alert(1)\</script\>\|=1+1 | yes | submit |`,
		"## Counts", "| findings that deny | 1 |")
	for line := range strings.Lines(text) {
		columns := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if strings.HasPrefix(line, "|") && !slices.Contains([]int{3, 6, 7}, columns) {
			t.Errorf("a name breaks the table: %s", line)
		}
	}
}

func TestCSV(t *testing.T) {
	text := written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatCSV)
	text, isMarked := strings.CutPrefix(text, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	approvers := 0
	first := 1 + slices.IndexFunc(rows[1:], func(row []string) bool { return column(row, "severity") != "" })
	for _, want := range []string{"organization", "time", "reader", "complete"} {
		if !slices.ContainsFunc(rows[:first], func(row []string) bool { return row[0] == want && column(row, "text") != "" }) {
			t.Errorf("no row says the %s", want)
		}
	}
	if !isMarked {
		t.Error("a spreadsheet does not take it for UTF-8")
	}
	for _, row := range rows[1:] {
		if column(row, "permission") == "approve" {
			approvers++
			if column(row, "project") != "app" || column(row, "signing_policy") != "release-signing" || column(row, "source") == "" ||
				column(row, "why") != "approver of app/release-signing, through group:Outer > group:Inner" {
				t.Errorf("row %q", row)
			}
		}
	}
	if approvers != 2 || column(rows[first], "record") != "finding" || column(rows[first], "severity") != "deny" || column(rows[first], "fingerprint") == "" {
		t.Errorf("%d approvers, and the first finding is %q", approvers, rows[first])
	}
}

func TestCSVComputesNothing(t *testing.T) {
	from := seed()
	from.Projects[1].SigningPolicies[0].Slug = "=1+1"
	text := written(t, reviewed(t, start(t, from).read(t, token), policies("=1+1")), report.FormatCSV)
	if !strings.Contains(text, ",'=1+1,") || strings.Contains(text, ",=1+1,") {
		t.Errorf("a slug is a formula in\n%s", text)
	}
}

// TestCSVComputesNothingAnywhere reads the file as spreadsheets do where the decimal mark is a
// comma: a semicolon ends a cell, also within quotes that began in mid-cell.
func TestCSVComputesNothingAnywhere(t *testing.T) {
	from := seed()
	names := []string{"a;=1+1", "b; +1+1", "c;\"=1+1\"", "d;' @SUM(1)", "e;\u200b-1", "f;\uff1d1+1", "=g\u202e", " =h", "M\u00fcller"}
	for _, name := range names {
		from.CIUsers = append(from.CIUsers, mock.CIUserSeed{Name: name})
		from.Projects[0].Readers = append(from.Projects[0].Readers, "ci_user:"+name)
	}
	text := written(t, reviewed(t, start(t, from).read(t, token), review.Filter{}), report.FormatCSV)
	if strings.ContainsAny(strings.TrimPrefix(text, "\ufeff"), "\u202e\u200b") || !strings.Contains(text, "M\u00fcller") || !strings.Contains(text, `g\u202e`) {
		t.Errorf("what cannot be seen is not spelled out in\n%s", text)
	}
	for _, separator := range ",;" {
		for line := range strings.Lines(text) {
			for _, cell := range strings.Split(line, string(separator)) {
				if trimmed := strings.TrimLeft(cell, " \""); strings.ContainsAny(trimmed[:min(1, len(trimmed))], "=+-@") || strings.HasPrefix(trimmed, "\uff1d") {
					t.Errorf("by %c, a cell is the formula %q", separator, cell)
				}
			}
		}
	}
}

// TestEveryFormatSaysThatItIsFiltered has a finding beside what is shown.
func TestEveryFormatSaysThatItIsFiltered(t *testing.T) {
	o := start(t, seed()).read(t, token)
	name := "Example & Sons"
	head := envelope.Envelope{
		Tool: envelope.Tool{Name: "signpathctl", Version: "1.2.3"}, Organization: envelope.Organization{Name: &name},
		Time: time.Date(2026, 6, 15, 12, 30, 0, 0, time.UTC), Filters: map[string][]string{"projects": {"tool"}, "permissions": {}},
		Rules: &envelope.Rules{Weaker: []envelope.Weakening{{Rule: "old-token", Sentence: "old-token is weak."}}},
	}
	whole := reviewed(t, o, review.Filter{})
	r := reviewed(t, o, review.Filter{Places: map[string][]string{vocabulary.PlaceProject: {"tool"}}})
	outside := fmt.Sprintf("%d more findings outside of the filters, 1 of them denied", len(whole.Findings)-len(r.Findings))
	for _, format := range report.Formats() {
		var text, unfiltered strings.Builder
		must(t, r.Write(&text, format, head))
		must(t, whole.Write(&unfiltered, format, head))
		wants := []string{"FILTERED", "by projects tool", outside, "in the whole organization", "15 at 12:30 UTC", "Example ", "old-token is weak."}
		switch format {
		case report.FormatJSON:
			wants = []string{
				`"projects": [` + "\n" + `      "tool"`,
				fmt.Sprintf(`"findings_outside_filters": %d`, len(whole.Findings)-len(r.Findings)), "in the whole organization",
			}
		case report.FormatCSV:
			wants = slices.DeleteFunc(wants, func(want string) bool { return strings.HasPrefix(want, "in the whole") }) // It has no counts.
		}
		for _, want := range wants {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: no %q in\n%.1500s", format, want, text.String())
			}
		}
		if strings.Contains(unfiltered.String(), "FILTERED") || strings.Contains(unfiltered.String(), "in the whole organization") {
			t.Errorf("%s: a report without a filter has one", format)
		}
	}
}

func TestJSON(t *testing.T) {
	var document struct {
		Complete bool
		Findings []struct{ Severity, Rule, Fingerprint, Advice, Source string }
		Access   []struct {
			Principal, Status, Permission string
			InForce                       bool `json:"in_force"`
			Reasons                       []struct {
				Text, Source string
				Via          []string
			}
		}
		Counts []report.Count
	}
	r := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	must(t, json.Unmarshal([]byte(written(t, r, report.FormatJSON)), &document))
	if !document.Complete || len(document.Findings) != 6 || document.Findings[0].Rule != "approval-quorum" || document.Findings[0].Source == "" {
		t.Errorf("complete %t, findings %+v", document.Complete, document.Findings)
	}
	if len(document.Access) != len(r.Access) {
		t.Errorf("%d rights, want %d", len(document.Access), len(r.Access))
	}
	for _, right := range document.Access {
		if right.Permission == "approve" && right.Principal == "user:invited@example.com" {
			if right.InForce || right.Status != "invited" || !slices.Equal(right.Reasons[0].Via, []string{"group:Outer", "group:Inner"}) {
				t.Errorf("right %+v", right)
			}
			return
		}
	}
	t.Error("nothing tells that the invited user is to approve")
}

// TestHTMLRunsNoName parses the page as a browser does, with scripts and without.
func TestHTMLRunsNoName(t *testing.T) {
	text := written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatHTML)
	for _, scripting := range []bool{true, false} {
		page, err := html.ParseWithOptions(strings.NewReader(text), html.ParseOptionEnableScripting(scripting))
		must(t, err)
		elements := map[string]int{}
		var shown strings.Builder
		for node := range page.Descendants() {
			switch node.Type {
			case html.ElementNode:
				elements[node.Data]++
				expectHarmless(t, node)
			case html.TextNode:
				if !slices.Contains([]string{"script", "style", "noscript"}, node.Parent.Data) {
					shown.WriteString(node.Data + "\n")
				}
			}
		}
		if elements["script"] != 2 || elements["style"] != 1 || elements["img"]+elements["link"]+elements["iframe"] != 0 {
			t.Errorf("elements %v", elements)
		}
		wanted := []string{"Findings", "deny", "approval-quorum", "What to do:", "app/release-signing requires 2 approvals", "Access"}
		if !scripting {
			wanted = append(wanted, "ci_user:", script, "app/release-signing", "submit",
				"user:", "dev.lead@example.com", "approver of app/release-signing, through group:Outer > group:Inner: approve, read-artifacts",
				"user:", "invited@example.com", `</style><img src=x onerror=alert(2)>\u202e\x1b[2J`, "invited")
		}
		expectInOrder(t, shown.String(), append(wanted, "Counts")...)
	}
	if !strings.Contains(text, "script-src &#39;sha256-") || strings.Contains(text, "unsafe-inline") || strings.Contains(text, "ZgotmplZ") {
		t.Error("the page does not name its script by hash")
	}
}

// expectHarmless refuses what makes a page load something, or run what is in an
// attribute.
func expectHarmless(t *testing.T, node *html.Node) {
	t.Helper()
	for _, attribute := range node.Attr {
		within := attribute.Key == "href" && strings.HasPrefix(attribute.Val, "#")
		if strings.HasPrefix(attribute.Key, "on") || slices.Contains([]string{"src", "href", "style", "action"}, attribute.Key) && !within {
			t.Errorf("<%s> has %s=%q", node.Data, attribute.Key, attribute.Val)
		}
	}
}

// TestHTMLExplainsEveryRight reads the list for who has no JavaScript.
func TestHTMLExplainsEveryRight(t *testing.T) {
	page, err := html.ParseWithOptions(
		strings.NewReader(written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatHTML)), html.ParseOptionEnableScripting(false))
	must(t, err)
	lines, ids := 0, map[string]bool{}
	for node := range page.Descendants() {
		id, class := attribute(node, "id"), strings.Fields(attribute(node, "class"))
		if id != "" && ids[id] {
			t.Errorf("two elements have the id %q", id)
		}
		ids[id] = true
		if slices.Contains(class, "line") {
			lines++
			expectExplained(t, node)
		}
	}
	if lines < 10 {
		t.Errorf("%d lines", lines)
	}
}

func expectExplained(t *testing.T, line *html.Node) {
	t.Helper()
	rights, reasons := 0, 0
	for node := range line.Descendants() {
		class := strings.Fields(attribute(node, "class"))
		switch {
		case slices.Contains(class, "right"):
			rights++
		case slices.Contains(class, "why"):
			reasons++
		}
	}
	if rights == 0 || reasons != 1 {
		t.Errorf("a line has %d rights and %d lists of reasons", rights, reasons)
	}
}

func attribute(node *html.Node, key string) string {
	for _, attribute := range node.Attr {
		if attribute.Key == key {
			return attribute.Val
		}
	}
	return ""
}

// TestHTMLHasALetterForEveryPermission and no two the same.
func TestHTMLHasALetterForEveryPermission(t *testing.T) {
	text := written(t, reviewed(t, start(t, seed()).read(t, token), review.Filter{}), report.FormatHTML)
	letters := map[string]bool{}
	for _, permission := range vocabulary.SignPath.Permissions {
		_, after, found := strings.Cut(text, `data-right="`+permission.String()+`">`)
		letter, _, _ := strings.Cut(after, "<")
		if !found || len(letter) != 1 || letters[letter] {
			t.Errorf("%s has the letter %q", permission, letter)
		}
		letters[letter] = true
	}
}

func TestTerminalGetsNoCommands(t *testing.T) {
	from := seed()
	from.CIUsers[1].Name = "\x1b[2Jbuild\u202e"
	from.Projects[0].SigningPolicies[0].Submitters[1] = "ci_user:" + from.CIUsers[1].Name
	text := written(t, reviewed(t, start(t, from).read(t, token), review.Filter{}), report.FormatText)
	if strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, `ci_user:\x1b[2Jbuild\u202e`) {
		t.Errorf("the name is not spelled out in\n%s", text)
	}
}

// TestFilteredCounts has a policy that two administrators could change: to count none
// there would say that nobody could.
func TestFilteredCounts(t *testing.T) {
	const line = "principals with control of everything"
	o := start(t, seed()).read(t, token)
	whole := written(t, reviewed(t, o, review.Filter{}), report.FormatText)
	narrow := written(t, reviewed(t, o, policies("app/release-signing")), report.FormatText)
	if !strings.Contains(whole, line) || strings.Contains(narrow, line) || !strings.Contains(narrow, "principals with approval") {
		t.Errorf("the counts do not go by what is shown:\n%s\n%s", whole, narrow)
	}
}

func TestFilters(t *testing.T) {
	o := start(t, seed()).read(t, token)
	for name, test := range map[string]struct {
		filter review.Filter
		// findings and rights are how many are left.
		findings, rights int
		has, lacks       string
	}{
		"a project":            {review.Filter{Places: map[string][]string{vocabulary.PlaceProject: {"tool"}}}, 1, 8, "tool/release-signing", "dev.lead"},
		"a policy by its path": {policies("app/release-signing"), 4, 11, "submitter of app/test-signing", "tool"},
		"a policy by its slug": {policies("release-signing"), 5, 14, "tool/release-signing", "app/test-signing  "},
		"a principal":          {review.Filter{Principals: references(t, "user:left@example.com")}, 1, 3, "reader of app, directly", "dev.lead"},
		"a group":              {review.Filter{Principals: references(t, "group:Inner")}, 4, 8, "user:invited@example.com", "owner@example.com"},
		"a permission":         {review.Filter{Permissions: []access.Permission{vocabulary.Approve}}, 6, 2, "approve", "Global Administrator"},
		"several": {
			review.Filter{Places: map[string][]string{vocabulary.PlaceProject: {"app"}}, Permissions: []access.Permission{vocabulary.Submit}},
			5, 3, "auditor", "tool",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := reviewed(t, o, test.filter)
			if len(r.Findings) != test.findings || len(r.Access) != test.rights {
				t.Errorf("%d findings and %d rights, want %d and %d", len(r.Findings), len(r.Access), test.findings, test.rights)
			}
			text := written(t, r, report.FormatText)
			if !strings.Contains(text, test.has) || strings.Contains(text, test.lacks) {
				t.Errorf("want %q and not %q in\n%s", test.has, test.lacks, text)
			}
		})
	}
}

func policies(texts ...string) review.Filter {
	return review.Filter{Places: map[string][]string{vocabulary.PlaceSigningPolicy: texts}}
}
