package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

const published = "../../../../docs/guides/api-contract.md"

func readPublished(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestThePublishedGuideIsThatOfTheDocument(t *testing.T) {
	written := filepath.Join(t.TempDir(), "guide.md")
	if err := run([]string{written}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	if readPublished(t) != string(content) {
		t.Error("docs/guides/api-contract.md is out of date: run make generate")
	}
}

// The counts are those of the tables below them, and those of the file, counted in
// another way than the guide does.
func TestTheCountsOfTheGuide(t *testing.T) {
	guide := readPublished(t)
	_, tables, found := strings.Cut(guide, "\n## Routes\n")
	if !found {
		t.Fatal("the guide has no routes")
	}
	routes, properties, found := strings.Cut(tables, "\n## Properties\n")
	if !found {
		t.Fatal("the guide has no properties")
	}
	properties, unused, found := strings.Cut(properties, "\n## Known, and not used\n")
	if !found {
		t.Fatal("the guide does not tell what is not used")
	}
	_, paths, _ := bytes.Cut(contract.OpenAPI(), []byte("\npaths:\n"))
	paths, _, _ = bytes.Cut(paths, []byte("\ncomponents:\n"))
	paths = regexp.MustCompile(`x-client: not used\n *x-evidence: `).ReplaceAll(paths, nil)

	allRoutes, allAnswers, allRequests := 0, 0, 0
	for _, evidence := range []string{"documented", "observed", "inferred"} {
		inFile := bytes.Count(paths, []byte("x-evidence: "+evidence+"\n"))
		inRoutes := len(regexp.MustCompile("` \\| [0-9.]* \\| "+evidence+" \\| ").FindAllString(routes, -1))
		if inFile != inRoutes {
			t.Errorf("%s: the file has %d routes, the table has %d", evidence, inFile, inRoutes)
		}
		in := func(directions string) int {
			row := regexp.MustCompile(`(?m)^\| .* \| (?:` + directions + `) \| ` + evidence + ` \| `)
			return len(row.FindAllString(properties, -1))
		}
		inAnswers, inRequests := in("both|answers"), in("both|requests")
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %s \| .* \| %d \| %d \| %d \|$`, evidence, inRoutes, inAnswers, inRequests))
		if !row.MatchString(guide) {
			t.Errorf("the guide does not count %d routes and %d and %d properties as %s", inRoutes, inAnswers, inRequests, evidence)
		}
		allRoutes, allAnswers, allRequests = allRoutes+inRoutes, allAnswers+inAnswers, allRequests+inRequests
	}
	if sum := fmt.Sprintf("| all | | %d | %d | %d |", allRoutes, allAnswers, allRequests); !strings.Contains(guide, sum) {
		t.Errorf("the guide lacks %q", sum)
	}
	document, err := read(contract.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Count(routes+properties+unused, "\n| ") - strings.Count(routes+properties+unused, "\n|---")
	if total := len(document.routes) + len(document.properties); rows != total {
		t.Errorf("the tables have %d rows, the file has %d routes and properties", rows, total)
	}
}

// What the provider does without is told apart, and as nothing that it uses.
func TestTheGuideTellsApartWhatIsNotUsed(t *testing.T) {
	used, unused, _ := strings.Cut(readPublished(t), "\n## Known, and not used\n")
	for _, known := range []string{
		"/InteractiveUsers/{id}/RegenerateApiToken`", "/InteractiveUsers/{id}/SetDirectorySynchronized`",
		"/UserGroups/{id}/SetDirectorySynchronized`", "/AuditLog/SigningRequestEvents`",
		"| Organization | `monthlyMaxSizeOfArtifactsInBytes` |", "| Organization | `maxNumberOfIndividualSignatures` |",
		"| Organization | `maxNumberOfIndiviudualSignatures` |", "| Signing policy | `status` | answers | observed |",
	} {
		if strings.Contains(used, strings.TrimPrefix(known, "| Organization ")) || !strings.Contains(unused, known) {
			t.Errorf("%s is told as used, or not at all", known)
		}
	}
	if !strings.Contains(used, "| `GET /v1/Meta/SystemInfo` | 1.186.1 |") {
		t.Error("the route that tells the version is not told as used")
	}
}

// What may be left out of an edit is told with how well that is known.
func TestTheGuideShowsWhatNoEditTakes(t *testing.T) {
	guide := readPublished(t)
	rows := []string{
		"| `id` | inferred | users and groups are addressed by it (changelog 1.170.2); ",
		"| `link`, `webLink`, `certificateLink`, `artifactConfigurationXmlLink` | inferred | ",
		"| `members` | documented | changelog 1.159.0: membership is no longer part of the edit ",
	}
	_, table, _ := bytes.Cut(contract.OpenAPI(), []byte("\nx-not-edited:\n"))
	table, _, _ = bytes.Cut(table, []byte("\nx-properties:\n"))
	for _, names := range regexp.MustCompile(`names: \[(.*)\]`).FindAllSubmatch(table, -1) {
		rows = append(rows, "| `"+strings.ReplaceAll(string(names[1]), ", ", "`, `")+"` | ")
	}
	for _, row := range rows {
		if !strings.Contains(guide, "\n"+row) {
			t.Errorf("the guide lacks the row %q", row)
		}
	}
}

func TestTheGuideClaimsNoMoreThanWasDone(t *testing.T) {
	guide := readPublished(t)
	for _, statement := range []string{
		"**Nothing on this page was ever checked against a SignPath installation.**",
		"It does not prove that SignPath does.",
	} {
		if !strings.Contains(guide, statement) {
			t.Errorf("the guide does not say %q", statement)
		}
	}
}

func TestTheGuideShowsBothNames(t *testing.T) {
	rendered, err := render(&document{properties: []property{
		{Object: "Signing policy", Answer: "verifiesOriginPolicy", Request: "verifyOriginPolicy", Evidence: "documented", Source: "a | b"},
	}})
	if want := "| `verifiesOriginPolicy`, in requests `verifyOriginPolicy` | both | documented | a \\| b |  |"; err != nil ||
		!strings.Contains(string(rendered), want) {
		t.Errorf("%v; the guide lacks %s:\n%s", err, want, rendered)
	}
}

func TestEveryUseIsExplained(t *testing.T) {
	document, err := read(contract.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range document.properties {
		if use := p.Use(); p.Client != "" && p.Client != notUsed && !strings.Contains(text, "* *"+use+"*: ") {
			t.Errorf("%+v: the guide does not explain x-client (%q)", p, use)
		}
	}
}
