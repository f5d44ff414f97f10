package documentation_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// repositoryURL is where links from outside of the repository lead into it.
const repositoryURL = "https://github.com/signpath-community/terraform-provider-signpath/"

var (
	link      = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	codeFence = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inCode    = regexp.MustCompile("`[^`\n]*`")
	heading   = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notSlug   = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	blobLink  = regexp.MustCompile(regexp.QuoteMeta(repositoryURL) + `(?:blob|tree)/main/([^\s)#]+)(#[\w-]+)?`)
	formLink  = regexp.MustCompile(regexp.QuoteMeta(repositoryURL) + `issues/new\?template=([\w.-]+)`)
)

// TestLinks follows every link of a page to a file of the repository, and to a heading in it.
func TestLinks(t *testing.T) {
	pages := pagesAndForms(t)
	if len(pages) < 60 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	for _, page := range pages {
		content, err := os.ReadFile(page)
		must(t, err)
		text := inCode.ReplaceAllString(codeFence.ReplaceAllString(string(content), ""), "`")
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if target := found[1]; !strings.Contains(target, "://") && !strings.HasPrefix(target, "mailto:") {
				path, anchor, _ := strings.Cut(target, "#")
				checkTarget(t, page, filepath.Join(filepath.Dir(page), path), path == "", anchor)
			}
		}
		for _, found := range blobLink.FindAllStringSubmatch(string(content), -1) {
			checkTarget(t, page, filepath.Join(signpathtest.Root, found[1]), false, strings.TrimPrefix(found[2], "#"))
		}
		for _, found := range formLink.FindAllStringSubmatch(string(content), -1) {
			checkTarget(t, page, filepath.Join(signpathtest.Root, formsFolder, found[1]), false, "")
		}
	}
}

// pagesAndForms are the pages of documentation that are published, those at the root, and the forms for issues.
func pagesAndForms(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"*.md", "tools/*.md", "providers/*.md", filepath.Join(formsFolder, "*.yml")} {
		found, err := filepath.Glob(filepath.Join(signpathtest.Root, pattern))
		must(t, err)
		pages = append(pages, found...)
	}
	for _, folder := range []string{"docs", "providers/ignisign/docs", "providers/signicat/docs", "examples"} {
		must(t, filepath.WalkDir(filepath.Join(signpathtest.Root, folder), func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".md" {
				pages = append(pages, path)
			}
			return err
		}))
	}
	return slices.DeleteFunc(pages, func(page string) bool { return filepath.Base(page) == "CHANGELOG.md" })
}

// checkTarget looks for the file, and for the heading if one is named. A page that names no file means itself.
func checkTarget(t *testing.T, page, target string, isItself bool, anchor string) {
	t.Helper()
	if isItself {
		target = page
	}
	if _, err := os.Stat(target); err != nil {
		t.Errorf("%s has a dead link to %s", page, target)
		return
	}
	if anchor == "" || filepath.Ext(target) != ".md" {
		return
	}
	content, err := os.ReadFile(target)
	must(t, err)
	for _, found := range heading.FindAllStringSubmatch(codeFence.ReplaceAllString(string(content), ""), -1) {
		if slug(found[1]) == anchor {
			return
		}
	}
	if !strings.Contains(string(content), `<a id="`+anchor+`"></a>`) {
		t.Errorf("%s has a link to %s, which has no heading %q", page, target, anchor)
	}
}

// slug is the anchor that GitHub and the registry give to a heading.
func slug(text string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(text), ""), " ", "-")
}

// TestReadmeInstallsAsTheIndexDoes holds both equal: only the index is followed word for word.
func TestReadmeInstallsAsTheIndexDoes(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(signpathtest.Root, "README.md"))
	must(t, err)
	if commands := sections(readPage(t, "index.md"), "Get the provider")[0].Text; !strings.Contains(string(content), "## Install\n\n```sh\n"+commands+"```\n") {
		t.Errorf("the README does not install by\n%s", commands)
	}
}
