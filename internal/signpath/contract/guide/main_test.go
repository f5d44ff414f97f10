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
	_, paths, _ := bytes.Cut(contract.OpenAPI(), []byte("\npaths:\n"))
	paths, _, _ = bytes.Cut(paths, []byte("\ncomponents:\n"))

	allRoutes, allProperties := 0, 0
	for _, evidence := range []string{"documented", "observed", "inferred"} {
		inFile := bytes.Count(paths, []byte("x-evidence: "+evidence+"\n"))
		inRoutes := strings.Count(routes, "` | "+evidence+" | ")
		if inFile != inRoutes {
			t.Errorf("%s: the file has %d routes, the table has %d", evidence, inFile, inRoutes)
		}
		inProperties := len(regexp.MustCompile(`(?m)^\| .* \| (?:both|answers|requests) \| `+evidence+` \| `).FindAllString(properties, -1))
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %s \| .* \| %d \| %d \|$`, evidence, inRoutes, inProperties))
		if !row.MatchString(guide) {
			t.Errorf("the guide does not count %d routes and %d properties as %s", inRoutes, inProperties, evidence)
		}
		allRoutes, allProperties = allRoutes+inRoutes, allProperties+inProperties
	}
	if sum := fmt.Sprintf("| all | | %d | %d |", allRoutes, allProperties); !strings.Contains(guide, sum) {
		t.Errorf("the guide lacks %q", sum)
	}
	document, err := read(contract.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if allRoutes != len(document.routes) || allProperties != len(document.properties) {
		t.Errorf("the tables have %d routes and %d properties, the file has %d and %d",
			allRoutes, allProperties, len(document.routes), len(document.properties))
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
		if use := p.Use(); p.Client != "" && !strings.Contains(text, "* *"+use+"*: ") {
			t.Errorf("%+v: the guide does not explain x-client (%q)", p, use)
		}
	}
}
