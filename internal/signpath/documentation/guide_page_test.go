package documentation_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A pageStep is a code block of a page, which a reader types, saves or compares.
type pageStep struct {
	line     int
	section  string // the heading that it stands under
	before   string // the paragraph before it
	language string
	text     string
}

// readPage returns the code blocks of a page of the documentation, as it is
// published, in order.
func readPage(t *testing.T, page string) []pageStep {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(docsRoot, page))
	must(t, err)
	var (
		steps     []pageStep
		block     *pageStep
		section   string
		paragraph []string
	)
	for i, line := range strings.Split(string(content), "\n") {
		switch fence, isFence := strings.CutPrefix(line, "```"); {
		case isFence && block == nil:
			block = &pageStep{line: i + 1, section: section, before: strings.Join(paragraph, " "), language: fence}
		case isFence:
			steps, block, paragraph = append(steps, *block), nil, nil
		case block != nil:
			block.text += line + "\n"
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

// sections are the steps under the headings.
func sections(steps []pageStep, headings ...string) []pageStep {
	var found []pageStep
	for _, step := range steps {
		for _, heading := range headings {
			if step.section == heading {
				found = append(found, step)
			}
		}
	}
	return found
}

var fileName = regexp.MustCompile("`([\\w.-]+\\.(?:tf|yaml))`")

// file is the name that the paragraph before a configuration tells the reader to
// save it under.
func (s pageStep) file(t *testing.T) string {
	t.Helper()
	named := fileName.FindAllStringSubmatch(s.before, -1)
	if len(named) != 1 {
		t.Fatalf("line %d: the paragraph before a configuration has to name one file to save it as: %q", s.line, s.before)
	}
	return named[0][1]
}
