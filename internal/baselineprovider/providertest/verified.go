package providertest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
)

// CheckVerified tells what of a page "What is verified" is not so: its counts and rows against the facts of
// the API, the switches of its questions against those of the mock server, and that its look only reads.
func CheckVerified(t *testing.T, page string, facts []apidoc.Fact, switches []string) {
	t.Helper()
	checkFacts(t, page, facts)
	checkTotals(t, page)
	checkSwitches(t, page, switches)
	checkLook(t, page, facts)
}

// checkFacts wants every fact with its label, and their numbers at the head and in the chapter.
func checkFacts(t *testing.T, page string, facts []apidoc.Fact) {
	t.Helper()
	chapter := page[strings.Index(page, "\n## The API\n"):]
	plural := map[apidoc.Kind]string{apidoc.Operation: "operations", apidoc.Parameter: "parameters", apidoc.Property: "properties"}
	count := map[apidoc.Kind]map[string]int{}
	for _, fact := range facts {
		if count[fact.Kind] == nil {
			count[fact.Kind] = map[string]int{}
		}
		count[fact.Kind][fact.Evidence]++
		found := false
		for line := range strings.Lines(chapter) {
			cells := cellsOf(line)
			if len(cells) < 3 || cells[0] != "`"+fact.Subject+"`" || cells[len(cells)-2] != fact.Evidence {
				continue
			}
			found = true
			if isUnused := cells[1] == "not used"; fact.Kind == apidoc.Operation && isUnused == fact.IsUsed {
				t.Errorf("the page says that %s is %q", fact.Subject, cells[1])
			}
		}
		if !found {
			t.Errorf("the page lacks %s as %s", fact.Subject, fact.Evidence)
		}
	}
	for kind, labels := range count {
		d, o, i := labels["documented"], labels["observed"], labels["inferred"]
		for _, want := range []string{
			fmt.Sprintf("| %s of the API | %d | %d | %d | 0 |", plural[kind], d, o, i), fmt.Sprintf("\n%d: %d documented, %d observed, %d inferred.\n", d+o+i, d, o, i),
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not have %q", want)
			}
		}
	}
}

// checkTotals adds the rows at the head up.
func checkTotals(t *testing.T, page string) {
	t.Helper()
	sum := make([]int, 4)
	for line := range strings.Lines(page) {
		cells := cellsOf(line)
		if len(cells) == 5 && cells[0] == "**all**" {
			want := fmt.Sprintf("| **all** | **%d** | **%d** | **%d** | **%d** |", sum[0], sum[1], sum[2], sum[3])
			if strings.TrimSpace(line) != want {
				t.Errorf("the totals are %s, and add up to %s", line, want)
			}
			return
		}
		for i := 1; len(cells) == 5 && i < 5; i++ {
			number, _ := strconv.Atoi(cells[i])
			sum[i-1] += number
		}
	}
	t.Error("the page has no totals")
}

var (
	question     = regexp.MustCompile(`(?m)^### [0-9]+\. .*\n`)
	switchesLine = regexp.MustCompile(`(?m)^\* \*\*Switches of the mock server:\*\* (.*)$`)
	quotedText   = regexp.MustCompile("`([^`]*)`")
	curl         = regexp.MustCompile(`(?m)^curl .*?https://[^/ "]+([^ "?]*)((?:.*\\\n)*.*)$`)
	parameter    = regexp.MustCompile(`\{[^}]*\}|\$[A-Z]+`)
)

// checkSwitches wants each switch in one question, and nothing else there.
func checkSwitches(t *testing.T, page string, switches []string) {
	t.Helper()
	var named []string
	lines := switchesLine.FindAllStringSubmatch(page, -1)
	for _, line := range lines {
		for _, name := range quotedText.FindAllStringSubmatch(line[1], -1) {
			named = append(named, name[1])
		}
	}
	if questions := question.FindAllString(page, -1); len(questions) != len(lines) || len(lines) < 6 {
		t.Errorf("%d questions have %d lines about switches", len(questions), len(lines))
	}
	slices.Sort(named)
	if want := slices.Sorted(slices.Values(switches)); !slices.Equal(named, want) {
		t.Errorf("the questions name the switches\n%q, the mock server has\n%q", named, want)
	}
}

// checkLook wants requests that read what the provider knows, or that get a token, and no secret in an argument.
func checkLook(t *testing.T, page string, facts []apidoc.Fact) {
	t.Helper()
	reads := map[string]bool{}
	for _, fact := range facts {
		if method, path, _ := strings.Cut(fact.Subject, " "); fact.Kind == apidoc.Operation {
			reads[method+" "+parameter.ReplaceAllString(path, "{}")] = true
		}
	}
	requests := curl.FindAllStringSubmatch(page, -1)
	if len(requests) < 3 {
		t.Fatalf("the page has %d requests", len(requests))
	}
	for _, request := range requests {
		method := "GET"
		if regexp.MustCompile(` (-d|--data\S*|-X|--request) `).MatchString(request[0]) {
			method = "POST"
		}
		operation := method + " " + parameter.ReplaceAllString(request[1], "{}")
		if !reads[operation] || method == "POST" && !strings.Contains(operation, "token") {
			t.Errorf("the look has a request that is none of the contract, or does not read: %s", operation)
		}
		for _, secret := range []string{"Bearer", "Authorization", "$KEY", "$SECRET"} {
			if strings.Contains(request[0], secret) {
				t.Errorf("an argument has a secret: %s", request[0])
			}
		}
	}
}

// cellsOf are those of a line of a table; none of another line.
func cellsOf(line string) []string {
	row, isRow := strings.CutPrefix(strings.TrimSpace(line), "| ")
	if !isRow {
		return nil
	}
	return strings.Split(strings.TrimSuffix(row, " |"), " | ")
}
