package provider_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// mappedServer is a server with other names and forms.
const mappedServer = `version: 1
members:
  answer: {form: objects, id: principalId}
  request: {form: ids}
project:
  answer: {readers: access.watchers}
  edit: {body: {access.watchers: =readers}}
`

// newMappedOrganization starts an organization on a server that speaks a mapping.
func newMappedOrganization(t *testing.T, mapping string, changes ...func(*mock.Seed)) *organization {
	t.Helper()
	watched := contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "this server has other names")
	if strings.Contains(mapping, "link:") {
		watched = contracttest.Unwatched("the addresses of further pages have parameters that no document tells of")
	}
	judged := signpathtest.Judged(t, watched)
	return newOrganizationWith(t, []mock.Option{mock.WithMapping(mapping), judged}, changes...)
}

// mappedSite is a site that uses a mapping file.
func (o *organization) mappedSite(on bench, mapping, hcl string) *site {
	return o.siteWith(on, fmt.Sprintf("  api_mapping = %q", writeSettingFile(o.t, mapping)), hcl)
}

const projectData = "data \"signpath_project\" \"a\" {\n  slug = \"project-a\"\n}\n"

// While a line is not confirmed, everything can be read and nothing written: the plan says which
// line it is, and what is asked.
func TestMarksLetReadAndNotWrite(t *testing.T) {
	marksLetReadAndNotWrite(t, inProcess)
}

func TestCLIMarksLetReadAndNotWrite(t *testing.T) {
	marksLetReadAndNotWrite(t, byCLI)
}

func marksLetReadAndNotWrite(t *testing.T, on bench) {
	t.Helper()
	org := newMappedOrganization(t, mappedServer)
	const question = "Does watchers mean who may read the project?"
	marked := strings.Replace(mappedServer, "access.watchers}\n", "access.watchers} # ? "+question+"\n", 1)
	change := filled(settleReaders, `"`+lead+`"`)
	org.mappedSite(on, marked, projectData).mustApply()
	writing := org.mappedSite(on, marked, change)
	refusal := says("with signpath_project_readers.this", "the mapping is not finished", "line 6", "project.answer", "is not confirmed", question)
	if planned := writing.Plan(testkit.Options{}); planned.Err == nil || !refusal.MatchString(planned.Said) {
		t.Errorf("the plan does not refuse: %s", planned)
	}
	for _, request := range org.Requests() {
		if request.Method != http.MethodGet {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
	org.mappedSite(on, mappedServer, change).mustApply()
	if readers := org.Snapshot().Projects[0].Readers; !slices.Equal(readers, []string{lead}) {
		t.Errorf("the readers are %v", readers)
	}
}

// documentOf is the hash of the document that the organization publishes.
func documentOf(t *testing.T, org *organization) string {
	t.Helper()
	return fmt.Sprintf("document: sha256:%x\n", sha256.Sum256(documentAt(t, org)))
}

// Where the server's document has changed, the plan says so, and refuses what does not fit any more.
func TestADocumentThatHasChanged(t *testing.T) {
	const otherDocument = "document: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
	const changed = "SignPath's API has changed since the mapping was made"
	change := filled(settleReaders, `"`+lead+`"`)
	org := newMappedOrganization(t, mappedServer)
	same := org.mappedSite(inProcess, mappedServer+documentOf(t, org), change)
	if planned := same.mustPlan(); strings.Contains(planned.Said, changed) {
		t.Errorf("the plan says that the document has changed: %s", planned)
	}
	fits := org.mappedSite(inProcess, mappedServer+otherDocument, change)
	if planned := fits.mustPlan(); strings.Count(planned.Said, changed) != 1 || !strings.Contains(planned.Said, "still fits") {
		t.Errorf("the plan does not say once that the document has changed: %s", planned)
	}
	unfit := org.mappedSite(inProcess, strings.Replace(mappedServer, "{access.watchers:", "{access.observers:", 1)+otherDocument, change)
	if planned := unfit.Plan(testkit.Options{}); planned.Err == nil ||
		!says("has changed since the mapping was made", "what the mapping uses is not there any more", "access.observers").MatchString(planned.Said) {
		t.Errorf("the plan does not refuse: %s", planned)
	}
	reading := org.mappedSite(inProcess, strings.Replace(mappedServer, "{access.watchers:", "{access.observers:", 1)+otherDocument, projectData)
	reading.mustApply()
}

// The one write that marks let through is for a person at a terminal, who has seen the request.
func TestNoResourceRehearsesAnEdit(t *testing.T) {
	read := 0
	must(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		if read++; strings.Contains(string(content), "RehearseEdit") {
			t.Errorf("%s rehearses an edit", path)
		}
		return err
	}))
	if read < 50 {
		t.Errorf("only %d files were read", read)
	}
}

// What the mapping keeps from being written is refused by the plan, which tells that it is the mapping,
// and sends nobody to report it.
func TestThePlanRefusesWhatTheMappingKeeps(t *testing.T) {
	const role = "resource \"signpath_role_assignment\" \"this\" {\n  role   = \"GlobalReader\"\n  member = \"" + lead + "\"\n}\n"
	readers := filled(settleReaders, `"`+lead+`"`)
	for file, change := range map[string]string{
		"project: {edit: {kept: [readers]}}": readers,
		"project: {edit: none}":              readers,
		"user: {edit: {kept: [role]}}":       role,
		"user: {edit: none}":                 role,
	} {
		org := newMappedOrganization(t, "version: 1\n")
		planned := org.mappedSite(inProcess, "version: 1\n"+file+"\n", change).Plan(testkit.Options{})
		isTold := says("is not sent", "the mapping", "It is the mapping file").MatchString(planned.Said)
		if planned.Err == nil || !isTold || strings.Contains(planned.Said, "report this") {
			t.Errorf("%s: %s", file, planned)
		}
	}
}
