// Package pagetest follows a page of documentation word for word, as a reader does: types its
// commands, saves its configurations, and compares what the page says is to be seen.
package pagetest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A Step is a code block of a page, which a reader types, saves or compares.
type Step struct {
	Line int
	// Section is the heading that it stands under, and Before the paragraph before it.
	Section, Before string
	Language        string
	Text            string
}

// Read returns the code blocks of a page, as it is published, in order.
func Read(t *testing.T, path string) []Step {
	t.Helper()
	content, err := os.ReadFile(path)
	testkit.Must(t, err)
	var (
		steps     []Step
		block     *Step
		section   string
		paragraph []string
	)
	for i, line := range strings.Split(string(content), "\n") {
		switch fence, isFence := strings.CutPrefix(line, "```"); {
		case isFence && block == nil:
			block = &Step{Line: i + 1, Section: section, Before: strings.Join(paragraph, " "), Language: fence}
		case isFence:
			steps, block, paragraph = append(steps, *block), nil, nil
		case block != nil:
			block.Text += line + "\n"
		case strings.HasPrefix(line, "#"):
			section, paragraph = strings.TrimLeft(line, "# "), nil
		case line != "" && len(paragraph) > 0 && paragraph[len(paragraph)-1] == "":
			paragraph = []string{line}
		default:
			paragraph = append(paragraph, line)
		}
	}
	return steps
}

// Sections are the steps under the headings.
func Sections(steps []Step, headings ...string) []Step {
	var found []Step
	for _, step := range steps {
		for _, heading := range headings {
			if step.Section == heading {
				found = append(found, step)
			}
		}
	}
	return found
}

var fileName = regexp.MustCompile("`([\\w.-]+\\.(?:tf|yaml|csv|json|tftest\\.hcl))`")

// File is the name that the paragraph before a configuration tells the reader to
// save it under.
func (s Step) File(t *testing.T) string {
	t.Helper()
	named := fileName.FindAllStringSubmatch(s.Before, -1)
	if len(named) != 1 {
		t.Fatalf("line %d: the paragraph before a configuration has to name one file to save it as: %q", s.Line, s.Before)
	}
	return named[0][1]
}
