package documentation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestCLIFirstSteps does what docs/index.md tells a newcomer, from an empty home,
// word for word and in order: it clones the repository, builds and installs, types the
// commands, saves the configurations under the names that the page gives them, answers
// yes, and compares with what the page says is to be seen.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	r := newNewcomer(t)
	r.Follow(slices.DeleteFunc(readPage(t, "index.md"), func(step pageStep) bool {
		return slices.Contains([]string{ownConfiguration, updating, removing}, step.Section)
	}))
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
// they leave behind is what was built of this checkout, and installed by the script that
// make runs.
type reader struct{ *pagetest.Reader }

// gitClone leaves an empty folder.
const gitClone = `[ "$1" = clone ] && mkdir "$(basename "$2" .git)"`

func newReader(t *testing.T) *reader {
	t.Helper()
	return readerOf(t, signpathtest.Programs(t))
}

// readerOf is a reader who installs what is in a folder.
func readerOf(t *testing.T, built string) *reader {
	t.Helper()
	install, err := filepath.Abs(filepath.Join(signpathtest.Root, "tools", "install.sh"))
	must(t, err)
	r := &reader{pagetest.NewReader(t, map[string]string{
		"git": gitClone,
		"make": `[ "$1" = install ] && shift && export "$@" && exec "` + install + `" "` + built + `" ` +
			`"${MIRROR-$HOME/.terraform.d/plugins}" "${PROGRAMS-$HOME/.local/bin}" "${VERSION-dev}"`,
	})}
	r.Prepare = r.prepare
	return r
}

// newNewcomer is a reader whose git and make are the real ones. The repository is made of this
// checkout, and Go has its caches, because no test downloads anything.
func newNewcomer(t *testing.T) *reader {
	t.Helper()
	r := &reader{pagetest.NewReader(t, nil)}
	r.Prepare = r.prepare
	r.Env = []string{
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url." + checkedIn(t) + ".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/signpath-community/terraform-provider-signpath.git",
	}
	for _, variable := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", variable).Output()
		must(t, err)
		r.Env = append(r.Env, variable+"="+strings.TrimSpace(string(value)))
	}
	return r
}

// checkedIn is a repository with what this checkout has, but for what git ignores: also what
// nobody has committed yet.
func checkedIn(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(signpathtest.Root)
	must(t, err)
	repository := filepath.Join(t.TempDir(), "repository")
	for _, arguments := range [][]string{
		{"init", "--quiet"},
		{"add", "--all"},
		{"-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message=Checkout"},
	} {
		command := exec.CommandContext(t.Context(), "git", slices.Concat([]string{"--git-dir=" + repository, "--work-tree=" + root}, arguments)...)
		command.Dir = root
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(arguments, " "), err, output)
		}
	}
	return repository
}

// prepare starts the mock in its own terminal, and fills in what a reader has to.
func (r *reader) prepare(step pageStep) (commands, answer string, isLeft bool) {
	r.T.Helper()
	switch {
	case envFile.MatchString(step.Text):
		r.startMock(step)
		return "", "", false
	case strings.Contains(step.Text, "second-steps"):
		r.publish(filepath.Join(r.Home, ".terraform.d/plugins"))
	case strings.Contains(step.Text, "read -rs SIGNPATH_API_TOKEN"):
		commands, answer = r.ownOrganization(step)
		return commands, answer, true
	}
	return step.Text, "yes\n", true
}

// publish puts the provider hashicorp/time, which a reader gets from its registry, into a mirror,
// because no test asks a registry.
func (r *reader) publish(mirror string) {
	r.T.Helper()
	built, err := exec.CommandContext(r.T.Context(), filepath.Join(signpathtest.Root, "tools", "build.sh"), "time").Output()
	must(r.T, err)
	module, err := os.ReadFile(filepath.Join(signpathtest.Root, "tools", "time", "go.mod"))
	must(r.T, err)
	version := regexp.MustCompile(`terraform-provider-time v(\S+)`).FindSubmatch(module)[1]
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, registry, "hashicorp", "time", string(version), runtime.GOOS+"_"+runtime.GOARCH)
		must(r.T, os.MkdirAll(folder, 0o700))
		must(r.T, os.Symlink(strings.TrimSpace(string(built)), filepath.Join(folder, "terraform-provider-time_v"+string(version))))
	}
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
