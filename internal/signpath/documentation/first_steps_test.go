package documentation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestCLIFirstSteps does what docs/index.md tells a newcomer, from an empty folder,
// word for word and in order: it types the commands, saves the configurations under
// the names that the page gives them, answers yes, and compares with what the page
// says is to be seen.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	newReader(t).Follow(readPage(t, "index.md"))
}

// TestCLIGettingStarted does the same with the guide, which goes on from two sections
// of the index.
func TestCLIGettingStarted(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider", "Start a mock SignPath"))
	r.Follow(readPage(t, "guides/getting-started.md"))
}

// A reader follows a page in one terminal, and runs the mock in a second one. Around
// them is what the page takes for granted, git and make too. These two are stand-ins: what
// they leave behind is what was built of this checkout.
type reader struct{ *pagetest.Reader }

// gitClone leaves an empty folder.
const gitClone = `[ "$1" = clone ] && mkdir "$(basename "$2" .git)"`

func newReader(t *testing.T) *reader {
	t.Helper()
	built := signpathtest.Programs(t)
	r := &reader{pagetest.NewReader(t, map[string]string{
		"git":  gitClone,
		"make": `[ "$*" = build ] && mkdir bin && cp "` + built + `/terraform-provider-signpath" "` + built + `/signpathctl" bin/`,
	})}
	r.Prepare = r.prepare
	return r
}

// prepare starts the mock in its own terminal, and fills in what a reader has to.
func (r *reader) prepare(step pageStep) (commands, answer string, isLeft bool) {
	r.T.Helper()
	switch {
	case strings.Contains(step.Text, "signpathctl mock"):
		r.startMock(step)
		return "", "", false
	case strings.Contains(step.Text, "read -rs SIGNPATH_API_TOKEN"):
		commands, answer = r.ownOrganization(step)
		return commands, answer, true
	}
	return step.Text, "yes\n", true
}

// ownOrganization fills in what a reader has to fill in, and forgets the token that
// came with the mock. The mock stands for the reader's own organization, in which an
// administrator makes the CI user that the page asks for.
func (r *reader) ownOrganization(step pageStep) (commands, token string) {
	r.T.Helper()
	commands = step.Text
	for blank, filled := range map[string]string{
		`SIGNPATH_API_URL="https://app.signpath.io/Api"`: `SIGNPATH_API_URL="$SIGNPATH_API_URL"`,
		`SIGNPATH_ORGANIZATION_ID="…"`:                   `SIGNPATH_ORGANIZATION_ID="$SIGNPATH_ORGANIZATION_ID"`,
	} {
		if !strings.Contains(commands, blank) {
			r.T.Fatalf("line %d: there is no %s to fill in", step.Line, blank)
		}
		commands = strings.Replace(commands, blank, filled, 1)
	}
	answer, err := r.Bash(`
echo 'unset SIGNPATH_API_TOKEN' >> "$0"
control=${SIGNPATH_API_URL%/Api}/_mock
curl -fsS "$control/create" --data '{"ciUser": {"name": "terraform-plan", "role": "GlobalReader"}}' >&2
curl -fsS "$control/tokens" --data '{"ref": "ci_user:terraform-plan"}'`).Output()
	must(r.T, err)
	var issued map[string]string
	must(r.T, json.Unmarshal(answer, &issued))
	return commands, issued["apiToken"] + "\n"
}

var envFile = regexp.MustCompile(`--env-file (\S+)`)

// startMock runs the mock until the test ends, and returns once it listens.
func (r *reader) startMock(step pageStep) {
	r.T.Helper()
	var output bytes.Buffer
	command := r.Bash("exec " + step.Text)
	command.Stdout, command.Stderr = &output, &output
	must(r.T, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	r.T.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			r.T.Errorf("the mock ended: %v\n%s", err, &output)
		}
	})
	file := filepath.Join(r.Folder, envFile.FindStringSubmatch(step.Text)[1])
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case err := <-ended:
			ended <- err
			r.T.Fatalf("line %d: the mock ended: %v\n%s", step.Line, err, &output)
		case <-tick.C:
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				tick.Stop()
				return
			}
		}
	}
}
