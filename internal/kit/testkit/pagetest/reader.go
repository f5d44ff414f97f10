package pagetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A Reader follows a page in one terminal. Around it is what the page takes for granted: an
// empty folder, a CLI called terraform, and programs that a test stands in for, such as git,
// because no test downloads a repository.
type Reader struct {
	T *testing.T
	// Folder is where the terminal is, and Home the reader's own, which is empty at first.
	Folder, Home string
	// Env is what is in the environment besides a home, a path and settings of the CLI.
	Env []string
	// Prepare may take a step out of the reader's hands, or fill in what a reader has to: it
	// returns the commands and what is typed into them, and false if nothing is left to do. It
	// may be nil.
	Prepare func(step Step) (commands, answer string, isLeft bool)

	session string // the file that carries the variables and the folder from one command to the next
	env     []string
	seen    string // what the last command printed
}

// NewReader makes a reader with shell scripts as programs, by their names.
func NewReader(t *testing.T, scripts map[string]string) *Reader {
	t.Helper()
	tools, home := t.TempDir(), t.TempDir()
	testkit.Must(t, os.Symlink(testkit.CLIPath(t), filepath.Join(tools, "terraform")))
	for name, script := range scripts {
		testkit.Must(t, os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	}
	r := &Reader{T: t, session: filepath.Join(t.TempDir(), "session"), Folder: t.TempDir(), Home: home, env: []string{
		"HOME=" + home, "PATH=" + tools + string(os.PathListSeparator) + os.Getenv("PATH"), "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
	}}
	testkit.Must(t, os.WriteFile(r.session, nil, 0o600))
	return r
}

// Follow does what the steps say.
func (r *Reader) Follow(steps []Step) {
	r.T.Helper()
	for i, step := range steps {
		switch step.Language {
		case "terraform", "tf", "yaml", "csv", "hcl", "json":
			testkit.Must(r.T, os.WriteFile(filepath.Join(r.Folder, step.File(r.T)), []byte(step.Text), 0o600))
		case "shell":
			// A command that has to fail is followed by its error.
			fails := i+1 < len(steps) && steps[i+1].Language == "text" && strings.Contains(steps[i+1].Text, "Error:")
			r.enter(step, fails)
		case "text":
			r.compare(step)
		default:
			r.T.Fatalf("line %d: a reader cannot tell what to do with a block of %q", step.Line, step.Language)
		}
	}
}

// enter types a block of commands into the terminal.
func (r *Reader) enter(step Step, fails bool) {
	r.T.Helper()
	commands, answer := step.Text, "yes\n"
	if r.Prepare != nil {
		var isLeft bool
		if commands, answer, isLeft = r.Prepare(step); !isLeft {
			return
		}
	}
	command := r.Bash(`trap 'export -p > "$0"; printf "cd %q\n" "$PWD" >> "$0"' EXIT` + "\nset -e\n" + commands)
	command.Stdin = strings.NewReader(answer)
	output, err := command.CombinedOutput()
	if r.seen = string(output); (err != nil) != fails {
		r.T.Fatalf("line %d: %v\n%s\n%s", step.Line, err, step.Text, output)
	}
	session, err := os.ReadFile(r.session)
	testkit.Must(r.T, err)
	_, folder, _ := strings.Cut(string(session), "\ncd ")
	r.Folder = strings.TrimSpace(folder)
}

// Bash runs a script with the variables and the folder that the last one left.
func (r *Reader) Bash(script string) *exec.Cmd {
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), "bash", "-c", `. "$0"`+"\n"+script, r.session)
	command.Dir, command.Env = r.Folder, slices.Concat(r.env, r.Env)
	return command
}

// compare looks for what the page shows in what the last command printed. The page
// leaves parts out with an ellipsis. White space does not count, because the CLI
// wraps messages at the width of the terminal, in which they have a frame.
func (r *Reader) compare(step Step) {
	r.T.Helper()
	rest := unwrapped(r.seen)
	for _, part := range strings.Split(step.Text, "…") {
		_, after, found := strings.Cut(rest, unwrapped(part))
		if !found {
			r.T.Fatalf("line %d: the reader does not see\n%s\nbut\n%s", step.Line, part, r.seen)
		}
		rest = after
	}
}

var frame = regexp.MustCompile(`(?m)^[│╷╵]`)

func unwrapped(text string) string {
	return strings.Join(strings.Fields(frame.ReplaceAllString(text, "")), " ")
}
