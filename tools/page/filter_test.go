package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// withFinding tells whether a finding is about the principal and the place.
func withFinding(a access) bool {
	return slices.ContainsFunc(judged.Findings, func(f finding) bool { return slices.Contains(f.Principals, a.Principal) && f.isAt(a.place) })
}

// TestFilters compares what each filter leaves in the table and the list with what the
// same review says as JSON.
func TestFilters(t *testing.T) {
	shown := open(t, wide)
	everything := func(access) bool { return true }
	found := func(finding) bool { return true }
	lead := func(a access) bool { return a.Principal == "user:"+mailOfLead }
	release := func(a access) bool { return a.SigningPolicy == "release-signing" }
	inProduct := func(a access) bool { return a.Project == "product-00" }
	approval := func(a access) bool { return a.Permission == "approve" }
	for name, test := range map[string]struct {
		set      map[string]string
		access   func(access) bool
		findings func(finding) bool
	}{
		"none":         {nil, everything, found},
		"a project":    {map[string]string{"project": "product-00"}, inProduct, func(f finding) bool { return f.isIn("product-00") }},
		"a policy":     {map[string]string{"policy": "release-signing"}, release, func(f finding) bool { return f.isOf("release-signing") }},
		"a permission": {map[string]string{"permission": "approve"}, approval, found},
		"a principal": {
			map[string]string{"principal": "user:" + mailOfLead},
			lead,
			func(f finding) bool { return slices.Contains(f.Principals, "user:"+mailOfLead) },
		},
		"a group": {map[string]string{"principal": "group:Security"}, func(a access) bool { return a.passes("group:Security") }, func(f finding) bool {
			return slices.ContainsFunc(f.Reasons, func(reason string) bool { return strings.Contains(reason, "group:Security") })
		}},
		"what is in force":      {map[string]string{"force": "on"}, func(a access) bool { return a.InForce }, found},
		"what is granted there": {map[string]string{"own": "on"}, access.own, found},
		"what has a finding":    {map[string]string{"found": "on"}, withFinding, found},
		"all of them": {
			map[string]string{
				"project": "product-00", "policy": "release-signing", "permission": "approve", "principal": "user:" + mailOfLead,
				"text": "LEADS approver", "own": "on", "force": "on",
			},
			func(a access) bool { return lead(a) && inProduct(a) && release(a) && approval(a) },
			func(f finding) bool {
				return f.isIn("product-00") && f.isOf("release-signing") && slices.Contains(f.Principals, "user:"+mailOfLead) &&
					strings.Contains(strings.Join(f.Reasons, ""), "Leads")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer shown.run(`document.getElementById('clear').click(); document.getElementById('as-table').click()`)
			for id, value := range test.set {
				shown.set(id, value)
			}
			wanted := judged.rights(test.access)
			expectSame(t, "table", shown.tableRights(), wanted)
			expectSame(t, "findings", shown.findings(), judged.sentences(test.findings))
			shown.run(`document.getElementById('as-list').click()`)
			if test.set["project"]+test.set["policy"]+test.set["found"] == "" {
				// What holds everywhere is told once.
				wanted = judged.rights(func(a access) bool { return test.access(a) && judged.tellsAt(a) })
			}
			expectSame(t, "list", shown.listRights(), wanted)
		})
	}
}

func expectSame(t *testing.T, where string, got, wanted []string) {
	t.Helper()
	if len(wanted) == 0 {
		t.Fatalf("%s: the test wants nothing", where)
	}
	if slices.Equal(got, wanted) {
		return
	}
	lacks := slices.DeleteFunc(slices.Clone(wanted), func(line string) bool { return slices.Contains(got, line) })
	hasToo := slices.DeleteFunc(slices.Clone(got), func(line string) bool { return slices.Contains(wanted, line) })
	t.Errorf("%s has %d, want %d; it lacks %q and has %q too", where, len(got), len(wanted), first(lacks), first(hasToo))
}

// TestSearch types words, which are looked for in names, places and reasons alike.
func TestSearch(t *testing.T) {
	shown := open(t, wide)
	for search, wanted := range map[string]func(access) bool{
		"Dev.Lead PRODUCT-07": func(a access) bool { return a.Principal == "user:"+mailOfLead && a.Project == "product-07" },
		rightLeft + " product-05/test": func(a access) bool {
			return a.String() == "product-05/test-signing" && (a.passes("group:Auditors "+rightLeft) || a.Principal == "user:release.manager@example.com")
		},
		"<script>": func(a access) bool { return a.Principal == "ci_user:"+markup },
	} {
		shown.set("text", "")
		shown.do(chromedp.SendKeys("#text", search))
		expectSame(t, search, shown.tableRights(), judged.rights(wanted))
	}
}

// TestNothingFits also goes back from there.
func TestNothingFits(t *testing.T) {
	shown := open(t, wide)
	if ask[bool](shown, `!document.getElementById('clear').disabled`) || shown.sees("Filter: ") {
		t.Error("there is something to reset before anything is set")
	}
	shown.set("permission", "approve")
	shown.do(chromedp.SendKeys("#text", "nowhere to be found"))
	for _, text := range []string{
		"No finding fits the filter.", "Nobody's access fits the filter.",
		"Filter: search “nowhere to be found”, permission approve. 0 of 47 findings and 0 of 149 accounts.",
	} {
		if !shown.sees(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if ask[bool](shown, `document.getElementById('scroll').checkVisibility()`) {
		t.Error("an empty table is shown")
	}
	shown.do(chromedp.Click("#clear"))
	expectSame(t, "table after the reset", shown.tableRights(), judged.rights(func(access) bool { return true }))
	if shown.sees("fits the filter") || shown.sees("Filter: ") {
		t.Error("the page still tells of a filter")
	}
}

func TestNobody(t *testing.T) {
	shown := openFile(t, wide, emptyPage)
	shown.set("text", "build-39")
	if !shown.sees("Nobody may do anything here.") || !shown.sees("Filter: search “build-39”. 1 of 1 findings.") {
		t.Errorf("the page says %q", ask[string](shown, `document.body.innerText`))
	}
}

// first keeps a message short.
func first(lines []string) []string { return lines[:min(len(lines), 5)] }
