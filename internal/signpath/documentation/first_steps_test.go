package documentation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestCLIFirstSteps does what docs/index.md tells a newcomer, from an empty folder,
// word for word and in order: it types the commands, saves the configurations under
// the names that the page gives them, answers yes, and compares with what the page
// says is to be seen.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	newReader(t).follow(readPage(t, "index.md"))
}

// TestCLIGettingStarted does the same with the guide, which goes on from two sections
// of the index.
func TestCLIGettingStarted(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.follow(sections(readPage(t, "index.md"), "Get the provider", "Start a mock SignPath"))
	r.follow(readPage(t, "guides/getting-started.md"))
}

// A reader follows a page in one terminal, and runs the mock in a second one. Around
// them is what the page takes for granted: an empty folder, a CLI called terraform,
// and git and make. These two are stand-ins, because no test downloads a repository:
// what they leave behind is what was built of this checkout.
type reader struct {
	t       *testing.T
	session string // the file that carries the variables and the folder from one command to the next
	folder  string
	env     []string
	seen    string // what the last command printed
}

func newReader(t *testing.T) *reader {
	t.Helper()
	built, tools, home := signpathtest.Programs(t), t.TempDir(), t.TempDir()
	must(t, os.Symlink(testkit.CLIPath(t), filepath.Join(tools, "terraform")))
	for name, script := range map[string]string{
		"git":  `[ "$1" = clone ] && mkdir "$(basename "$2" .git)"`,
		"make": `[ "$*" = build ] && mkdir bin && cp "` + built + `/terraform-provider-signpath" "` + built + `/signpathctl" bin/`,
	} {
		must(t, os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	}
	r := &reader{t: t, session: filepath.Join(home, "session"), folder: t.TempDir(), env: []string{
		"HOME=" + home, "PATH=" + tools + string(os.PathListSeparator) + os.Getenv("PATH"), "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
	}}
	must(t, os.WriteFile(r.session, nil, 0o600))
	return r
}

func (r *reader) follow(steps []pageStep) {
	r.t.Helper()
	for i, step := range steps {
		switch step.language {
		case "terraform", "tf", "yaml":
			r.save(step)
		case "shell":
			// A command that has to fail is followed by its error.
			fails := i+1 < len(steps) && steps[i+1].language == "text" && strings.Contains(steps[i+1].text, "Error:")
			r.enter(step, fails)
		case "text":
			r.compare(step)
		default:
			r.t.Fatalf("line %d: a reader cannot tell what to do with a block of %q", step.line, step.language)
		}
	}
}

func (r *reader) save(step pageStep) {
	r.t.Helper()
	must(r.t, os.WriteFile(filepath.Join(r.folder, step.file(r.t)), []byte(step.text), 0o600))
}

// enter types a block of commands into the terminal; the mock gets its own.
func (r *reader) enter(step pageStep, fails bool) {
	r.t.Helper()
	if strings.Contains(step.text, "signpathctl mock") {
		r.startMock(step)
		return
	}
	commands, answer := step.text, "yes\n"
	if strings.Contains(commands, "read -rs SIGNPATH_API_TOKEN") {
		commands, answer = r.ownOrganization(step)
	}
	command := r.bash(`trap 'export -p > "$0"; printf "cd %q\n" "$PWD" >> "$0"' EXIT` + "\nset -e\n" + commands)
	command.Stdin = strings.NewReader(answer)
	output, err := command.CombinedOutput()
	if r.seen = string(output); (err != nil) != fails {
		r.t.Fatalf("line %d: %v\n%s\n%s", step.line, err, step.text, output)
	}
	session, err := os.ReadFile(r.session)
	must(r.t, err)
	_, folder, _ := strings.Cut(string(session), "\ncd ")
	r.folder = strings.TrimSpace(folder)
}

// bash runs a script with the variables and the folder that the last one left.
func (r *reader) bash(script string) *exec.Cmd {
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), "bash", "-c", `. "$0"`+"\n"+script, r.session)
	command.Dir, command.Env = r.folder, r.env
	return command
}

// ownOrganization fills in what a reader has to fill in, and forgets the token that
// came with the mock. The mock stands for the reader's own organization, in which an
// administrator makes the CI user that the page asks for.
func (r *reader) ownOrganization(step pageStep) (commands, token string) {
	r.t.Helper()
	commands = step.text
	for blank, filled := range map[string]string{
		`SIGNPATH_API_URL="https://app.signpath.io/Api"`: `SIGNPATH_API_URL="$SIGNPATH_API_URL"`,
		`SIGNPATH_ORGANIZATION_ID="…"`:                   `SIGNPATH_ORGANIZATION_ID="$SIGNPATH_ORGANIZATION_ID"`,
	} {
		if !strings.Contains(commands, blank) {
			r.t.Fatalf("line %d: there is no %s to fill in", step.line, blank)
		}
		commands = strings.Replace(commands, blank, filled, 1)
	}
	answer, err := r.bash(`
echo 'unset SIGNPATH_API_TOKEN' >> "$0"
control=${SIGNPATH_API_URL%/Api}/_mock
curl -fsS "$control/create" --data '{"ciUser": {"name": "terraform-plan", "role": "GlobalReader"}}' >&2
curl -fsS "$control/tokens" --data '{"ref": "ci_user:terraform-plan"}'`).Output()
	must(r.t, err)
	var issued map[string]string
	must(r.t, json.Unmarshal(answer, &issued))
	return commands, issued["apiToken"] + "\n"
}

var envFile = regexp.MustCompile(`--env-file (\S+)`)

// startMock runs the mock until the test ends, and returns once it listens.
func (r *reader) startMock(step pageStep) {
	r.t.Helper()
	var output bytes.Buffer
	command := r.bash("exec " + step.text)
	command.Stdout, command.Stderr = &output, &output
	must(r.t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	r.t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			r.t.Errorf("the mock ended: %v\n%s", err, &output)
		}
	})
	file := filepath.Join(r.folder, envFile.FindStringSubmatch(step.text)[1])
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case err := <-ended:
			ended <- err
			r.t.Fatalf("line %d: the mock ended: %v\n%s", step.line, err, &output)
		case <-tick.C:
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				tick.Stop()
				return
			}
		}
	}
}

// compare looks for what the page shows in what the last command printed. The page
// leaves parts out with an ellipsis. White space does not count, because the CLI
// wraps messages at the width of the terminal, in which they have a frame.
func (r *reader) compare(step pageStep) {
	r.t.Helper()
	rest := unwrapped(r.seen)
	for _, part := range strings.Split(step.text, "…") {
		_, after, found := strings.Cut(rest, unwrapped(part))
		if !found {
			r.t.Fatalf("line %d: the reader does not see\n%s\nbut\n%s", step.line, part, r.seen)
		}
		rest = after
	}
}

var frame = regexp.MustCompile(`(?m)^[│╷╵]`)

func unwrapped(text string) string {
	return strings.Join(strings.Fields(frame.ReplaceAllString(text, "")), " ")
}
