package documentation_test

import (
	"path/filepath"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
)

// A pageStep is a code block of a page, which a reader types, saves or compares.
type pageStep = pagetest.Step

// readPage returns the code blocks of a page of the documentation, as it is
// published, in order.
func readPage(t *testing.T, page string) []pageStep {
	t.Helper()
	return pagetest.Read(t, filepath.Join(docsRoot, page))
}

// sections are the steps under the headings.
func sections(steps []pageStep, headings ...string) []pageStep {
	return pagetest.Sections(steps, headings...)
}
