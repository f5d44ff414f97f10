package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// envProgram makes the test binary one of the programs that these tests start: signpathctl, or the
// command that takes a token, if its first argument is takerName.
const (
	envProgram = "SIGNPATHCTL_TEST_PROGRAM"
	takerName  = "take-token"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(envProgram) == "":
		os.Exit(m.Run())
	case len(os.Args) > 1 && os.Args[1] == takerName:
		takeToken(os.Args[2], os.Args[3])
	default:
		os.Exit(run())
	}
}

// A taking is what a command was handed.
type taking struct {
	Token                  string
	Arguments, Environment []string
}

// takeToken is the command. It writes down what it was handed into a file.
func takeToken(way, file string) {
	if strings.HasPrefix(way, "unread") {
		os.Exit(map[string]int{"unread": 0, "unread and failed": 4}[way])
	}
	own, err := os.FindProcess(os.Getpid())
	must(err)
	if way == "interrupted" { // As a terminal does it, to all programs in it.
		caller, err := os.FindProcess(os.Getppid())
		must(err)
		must(errors.Join(caller.Signal(os.Interrupt), own.Signal(os.Interrupt)))
	}
	if way == "a part" {
		_, err := io.ReadFull(os.Stdin, make([]byte, 5))
		must(err)
		os.Exit(0)
	}
	if way == "talkative" {
		for range 3 {
			_, err := fmt.Println("What is the token?")
			must(err)
		}
	}
	token, err := io.ReadAll(os.Stdin)
	must(err)
	record, err := json.Marshal(taking{string(token), os.Args, os.Environ()})
	must(err)
	must(os.WriteFile(file, record, 0o600))
	switch way {
	case "echoed":
		quoted, err := json.Marshal(string(token))
		must(err)
		for _, b := range slices.Concat([]byte("I got "), quoted, []byte(" and that was "), token) {
			_, _ = os.Stdout.Write([]byte{b})
		}
		_, _ = os.Stderr.WriteString("token=" + strings.ReplaceAll(string(token), "=", "%3D") + "\nnearly " + string(token[:9]))
	case "failed":
		os.Exit(7)
	case "killed":
		must(own.Kill())
		select {}
	case "too long":
		select {}
	default:
		fmt.Println("Stored.")
		fmt.Fprintln(os.Stderr, "It is version 2.")
	}
	os.Exit(0)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "the test's command:", err)
		os.Exit(99)
	}
}

// A rotation is a run of signpathctl token rotate for a CI user that has a token.
type rotation struct {
	t      *testing.T
	server *mock.Server
	old    string
	file   string
	// everywhere are folders in which the token must not be.
	everywhere []string
	// output is where a process writes its standard output, if not to stdout.
	output *os.File

	stdout, stderr string
	status         int
}

const (
	rotated         = "ci_user:project-b-release"
	regenerateRoute = "POST /CIUsers/{id}/RegenerateApiToken"
)

// newRotation serves the demo organization with a CI user to rotate.
func newRotation(t *testing.T, options ...mock.Option) *rotation {
	t.Helper()
	return newWatchedRotation(t, func(next http.Handler) http.Handler { return next }, options...)
}

// newWatchedRotation is newRotation with something before the server.
func newWatchedRotation(t *testing.T, before func(http.Handler) http.Handler, options ...mock.Option) *rotation {
	t.Helper()
	seed := mock.DemoSeed()
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "project-b-release"}, mock.CIUserSeed{Name: "retired", Inactive: true})
	r := &rotation{t: t, file: filepath.Join(t.TempDir(), "taken.json"), everywhere: []string{t.TempDir(), t.TempDir()}}
	judge := contractMiddleware.Middleware(t)
	r.server = serveMockOf(t, seed, append(options, mock.WithMiddleware(func(next http.Handler) http.Handler { return judge(before(next)) }))...)
	var err error
	if r.old, err = r.server.Administrator("").IssueToken(rotated); err != nil {
		t.Fatal(err)
	}
	t.Setenv(envProgram, "1")
	t.Setenv("TMPDIR", r.everywhere[0])
	t.Setenv("HOME", r.everywhere[0])
	t.Chdir(r.everywhere[1])
	return r
}

// taker is the command that takes the token in a way.
func (r *rotation) taker(way string) []string {
	program, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	return []string{"--", program, takerName, way, r.file}
}

// run runs signpathctl with arguments after token rotate.
func (r *rotation) run(arguments ...string) {
	r.t.Helper()
	var stdout, stderr bytes.Buffer
	root := newRootCommand()
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	root.SetArgs(append([]string{"token", "rotate"}, arguments...))
	err := root.ExecuteContext(r.t.Context())
	var status exitStatus
	r.status = 0
	switch {
	case errors.As(err, &status):
		r.status = int(status)
	case err != nil:
		r.status = 1
		fmt.Fprintln(&stderr, "Error:", err)
	}
	r.stdout, r.stderr = stdout.String(), stderr.String()
}

// taken is what the command wrote down; nil if it was not run or read nothing.
func (r *rotation) taken() *taking {
	r.t.Helper()
	content, err := os.ReadFile(r.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var t taking
	if err = errors.Join(err, json.Unmarshal(content, &t)); err != nil {
		r.t.Fatal(err)
	}
	return &t
}

// expect checks how it ended, and that this is how it is at SignPath: with 0, the command has a token
// that works; with 2, the old one may not work; else nothing happened. The token of the command
// is nowhere else.
func (r *rotation) expect(status int, phrases ...string) {
	r.t.Helper()
	if r.status != status {
		r.t.Errorf("status %d, want %d", r.status, status)
	}
	for _, phrase := range phrases {
		if !strings.Contains(r.stderr, phrase) {
			r.t.Errorf("%q is not in\n%s", phrase, r.stderr)
		}
	}
	taken, requests := r.taken(), r.server.CountRequests(regenerateRoute)
	switch works := r.server.Accepts(r.old); {
	case status == 0 && (works || taken == nil || !r.server.Accepts(taken.Token)):
		r.t.Errorf("the old token works: %t; the command got %v", works, taken)
	case status == 0 && requests != 1, status == 2 && requests != 1:
		r.t.Errorf("%d requests", requests)
	case status != 0 && status != 2 && (!works || taken != nil):
		r.t.Errorf("the old token works: %t; the command got %v", works, taken)
	}
	if taken != nil {
		r.expectNowhere(*taken)
	}
}

func (r *rotation) expectNowhere(taken taking) {
	r.t.Helper()
	texts := map[string]string{
		"standard output": r.stdout, "standard error": r.stderr,
		"the arguments": strings.Join(taken.Arguments, "\n"), "the environment": strings.Join(taken.Environment, "\n"),
		"our environment": strings.Join(os.Environ(), "\n"),
	}
	for _, folder := range r.everywhere {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			texts[path] = string(content)
			return err
		})
		if err != nil {
			r.t.Error(err)
		}
	}
	for where, text := range texts {
		for start := 0; start+12 <= len(taken.Token); start++ {
			if strings.Contains(text, taken.Token[start:start+12]) {
				r.t.Fatalf("the token is in %s", where)
			}
		}
	}
	if strings.Contains(texts["the environment"], os.Getenv(api.EnvToken)) {
		r.t.Error("the command has the token that signpathctl uses")
	}
}

func TestTokenRotate(t *testing.T) {
	r := newRotation(t)
	r.run(append([]string{rotated}, r.taker("stored")...)...)
	r.expect(0, "The API token of "+rotated+" was rotated, and ", "The old one does not work any more.", "It is version 2.\n")
	if r.stdout != "Stored.\n" {
		t.Errorf("it printed %q", r.stdout)
	}
}

// What the command does with the token, after which nobody but the command can have it.
func TestTokenRotateWithCommandsThatFail(t *testing.T) {
	undelivered := []string{
		"Error: the API token of " + rotated + " was rotated, and the command does not have the new one for sure: it ",
		"The old token does not work any more", "Run the same again",
	}
	for way, want := range map[string]string{
		"failed": "it failed: exit status 7", "killed": "it failed: signal: killed", "unread": "it ended without reading its standard input",
		"unread and failed": "it failed: exit status 4", "a part": "it ended without reading its standard input",
		"too long": "it was killed, because it took longer than 400ms",
	} {
		t.Run(way, func(t *testing.T) {
			r := newRotation(t)
			timeout := "1m"
			if way == "too long" {
				timeout = "400ms"
			}
			r.run(slices.Concat([]string{rotated, "--timeout", timeout}, r.taker(way))...)
			r.expect(2, append(undelivered, want)...)
			if r.server.Accepts(r.old) {
				t.Error("the old token works")
			}
			r.server.ResetRequests()
			r.run(append([]string{rotated}, r.taker("stored")...)...)
			r.expect(0)
		})
	}
}

// A program that is no program is found, and cannot be started.
func TestTokenRotateWithACommandThatCannotBeStarted(t *testing.T) {
	r := newRotation(t)
	broken := filepath.Join(r.everywhere[0], "broken")
	if err := os.WriteFile(broken, []byte{0, 1, 2}, 0o700); err != nil {
		t.Fatal(err)
	}
	r.run(rotated, "--", broken)
	r.expect(2, "it could not be started: ", "Run the same again")
}

func TestTokenRotateMasksWhatTheCommandPrints(t *testing.T) {
	r := newRotation(t)
	r.run(append([]string{rotated}, r.taker("echoed")...)...)
	r.expect(0, "token=(token)\nnearly ")
	if r.stdout != `I got "(token)" and that was (token)` {
		t.Errorf("it printed %q", r.stdout)
	}
}

// Whatever is wrong before the request has changed nothing.
func TestTokenRotateRefuses(t *testing.T) {
	r := newRotation(t)
	taker := r.taker("stored")
	with := func(arguments ...string) []string { return append(arguments, taker...) }
	script := func(text string) []string {
		path := filepath.Join(t.TempDir(), "store")
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return []string{rotated, "--", path}
	}
	for name, c := range map[string]struct {
		arguments []string
		want      string
	}{
		"a typing error":    {with("ci_user:project-b-relaese"), `did you mean "ci_user:project-b-release"?`},
		"a bare name":       {with("project-b-release"), `"project-b-release" has no kind; did you mean "ci_user:project-b-release"?`},
		"a person":          {with("user:dev.lead@example.com"), "is not a CI user: name one as ci_user:NAME"},
		"an inactive one":   {with("ci_user:retired"), "ci_user:retired is inactive"},
		"its own":           {with("ci_user:terraform"), "signpathctl itself uses the API token of ci_user:terraform"},
		"no such command":   {[]string{rotated, "--", "no-such-command"}, `cannot be run: exec: "no-such-command": executable file not found`},
		"no interpreter":    {script("#!/no/such/shell -e\ncat\n"), `store: exec: "/no/such/shell": stat /no/such/shell: no such file or directory`},
		"an empty line":     {script("#!\ncat\n"), "cannot be run: the first line of "},
		"no first line":     {script("cat > stored\n"), "store is a script without a first line such as #!/bin/sh"},
		"no command":        {[]string{rotated}, "needs the command that takes the token, after --"},
		"nothing after it":  {[]string{rotated, "--"}, "there is nothing after --"},
		"no CI user":        {with(), "takes one argument before --, the CI user as ci_user:NAME, and got 0"},
		"two CI users":      {with(rotated, rotated), "and got 2"},
		"no time":           {with(rotated, "--timeout", "0s"), "--timeout is 0s, and must be above zero"},
		"of another server": {with(rotated, "--organization-id", "11111111-1111-4111-8111-111111111111"), "the old token goes on working"},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			r.run(c.arguments...)
			r.expect(1, c.want)
			if r.server.CountRequests("POST *") != 0 {
				t.Error("something was sent")
			}
		})
	}
}

func TestTokenRotateOfItsOwnToken(t *testing.T) {
	r := newRotation(t)
	own := os.Getenv(api.EnvToken)
	r.run(append([]string{"ci_user:terraform", "--allow-lockout"}, r.taker("stored")...)...)
	if taken := r.taken(); r.status != 0 || r.server.Accepts(own) || taken == nil || !r.server.Accepts(taken.Token) {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	mustSay(t, r.stderr, "Warning: this is the API token that signpathctl itself uses.")
}

// A server that does not say how a token is generated is not asked for one.
func TestTokenRotateSettlesTheContract(t *testing.T) {
	r := newRotation(t, mock.WithDocument(func(document map[string]any) {
		paths, _ := document["paths"].(map[string]any)
		maps.DeleteFunc(paths, func(path string, _ any) bool { return strings.HasSuffix(path, "/RegenerateApiToken") })
	}))
	r.run(append([]string{rotated}, r.taker("stored")...)...)
	r.expect(3, "nothing was rotated, and the old token goes on working", "RegenerateApiToken")
}

func inject(t *testing.T, server *mock.Server, fault mock.Fault) {
	t.Helper()
	if err := server.Inject(fault); err != nil {
		t.Fatal(err)
	}
}

// Whatever becomes of the request, what is said fits what is at SignPath.
func TestTokenRotateFaults(t *testing.T) {
	for _, c := range testkit.FaultCases() {
		t.Run(c.Name, func(t *testing.T) {
			r := newRotation(t)
			times := 1
			if c.Always || c.Status == http.StatusTooManyRequests { // Else it is sent again, once the pause is over.
				times = 0
			}
			inject(t, r.server, mock.Fault{
				Route: regenerateRoute, Times: times, Action: mock.FaultAction(c.Kind), Status: c.Status, Headers: c.Headers, Body: c.Body,
				BodyBytes: c.BodyBytes, DelayMilliseconds: int(c.Delay.Milliseconds()),
			})
			// A pause that the server asks for is longer than that.
			r.run(slices.Concat([]string{rotated, "--retry-timeout-seconds", "1"}, r.taker("stored"))...)
			works := r.server.Accepts(r.old)
			switch {
			case c.Kind == testkit.FaultDelay:
				r.expect(0)
			case c.Status == http.StatusTooManyRequests, slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, c.Status):
				r.expect(1, "nothing was rotated, and the old token goes on working")
			default:
				r.expect(2, "regenerating the API token of "+rotated+" failed", "The request was not sent again",
					"The old token may be invalid by now", "The command was not run. Run the same again")
			}
			if works == c.Acts && c.Kind != testkit.FaultDelay || r.status != 0 && r.taken() != nil {
				t.Errorf("the old token works: %t", works)
			}
			r.server.ClearFaults()
			r.server.ResetRequests()
			r.run(append([]string{rotated}, r.taker("stored")...)...)
			r.expect(0)
		})
	}
}

// asProcess runs signpathctl as a program, which the mock server can interrupt.
func (r *rotation) asProcess(started func(*os.Process), arguments ...string) {
	r.t.Helper()
	program, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	command := exec.CommandContext(r.t.Context(), program, append([]string{"token", "rotate"}, arguments...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if r.output != nil {
		command.Stdout = r.output
	}
	if err := command.Start(); err != nil {
		r.t.Fatal(err)
	}
	started(command.Process)
	err = command.Wait()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		r.t.Fatal(err)
	}
	r.stdout, r.stderr, r.status = stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// An interrupt in each moment: before the request, while SignPath answers it, and while the command
// takes the token.
func TestTokenRotateIsInterrupted(t *testing.T) {
	process := make(chan *os.Process, 1)
	interruption := os.Interrupt
	// interrupt interrupts at the first request that fits, and lets the server go on once it is told.
	interrupt := func(path string, goOn func(*http.Request)) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
				if strings.HasSuffix(request.URL.Path, path) {
					if err := (<-process).Signal(interruption); err != nil {
						t.Error(err)
					}
					goOn(request)
				}
				next.ServeHTTP(w, request)
			})
		}
	}
	t.Run("before", func(t *testing.T) {
		r := newWatchedRotation(t, interrupt("/CIUsers", func(request *http.Request) { <-request.Context().Done() }))
		r.asProcess(func(p *os.Process) { process <- p }, append([]string{rotated}, r.taker("stored")...)...)
		r.expect(1, "nothing was rotated, and the old token goes on working", "The rotation was interrupted.")
	})
	for _, interruption = range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run("while SignPath answers, by "+interruption.String(), func(t *testing.T) {
			r := newWatchedRotation(t, interrupt("/RegenerateApiToken", func(*http.Request) {}))
			r.asProcess(func(p *os.Process) { process <- p }, append([]string{rotated}, r.taker("stored")...)...)
			r.expect(0)
		})
	}
	t.Run("while the command takes it", func(t *testing.T) {
		r := newRotation(t)
		r.asProcess(func(*os.Process) {}, append([]string{rotated}, r.taker("interrupted")...)...)
		r.expect(0, "was rotated")
	})
}

// Whoever stops reading what is printed, such as head, neither ends the delivery nor the command.
func TestTokenRotateOutlivesItsReader(t *testing.T) {
	r := newRotation(t)
	reader, output, err := os.Pipe()
	if err = errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	r.output = output
	r.asProcess(func(*os.Process) {}, append([]string{rotated}, r.taker("talkative")...)...)
	if err := output.Close(); err != nil {
		t.Error(err)
	}
	r.expect(0, "was rotated", "Warning: what the command printed could not all be passed on: write /dev/stdout: broken pipe\n")
}

// A command that has ended in time was not killed, however long something that it left behind has its output.
func TestDeliveryToACommandThatLeavesSomethingBehind(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "taken")
	d := delivery{
		program: shell, arguments: []string{"-c", `cat > "$0"; (while echo; do sleep 0.1; done) & exit 0`, file},
		stdout: io.Discard, stderr: io.Discard, timeout: pipesTimeout - time.Second,
	}
	if err := d.give(t.Context(), "a secret"); err != nil {
		t.Error(err)
	}
	if taken, err := os.ReadFile(file); err != nil || string(taken) != "a secret" {
		t.Errorf("it has %q, %v", taken, err)
	}
}
