package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var exports = regexp.MustCompile(`^export SIGNPATH_API_URL=(http://127\.0\.0\.1:\d+/Api)
export SIGNPATH_ORGANIZATION_ID=([0-9a-f-]{36})
export SIGNPATH_API_TOKEN=(\S{44})
# control endpoints: http://127\.0\.0\.1:\d+/_mock/
$`)

type environment struct{ apiURL, organization, token string }

// runMock runs the mock command of SignPath until stop is called.
func runMock(t *testing.T, arguments ...string) (found environment, stop func()) {
	t.Helper()
	written, stop := runMockCommand(t, arguments...)
	parts := exports.FindStringSubmatch(written)
	if parts == nil {
		t.Fatalf("environment %q", written)
	}
	return environment{parts[1], parts[2], parts[3]}, stop
}

// runMockCommand runs a mock command until stop is called, and returns the environment that it prints.
func runMockCommand(t *testing.T, arguments ...string) (script string, stop func()) {
	t.Helper()
	envFile := filepath.Join(t.TempDir(), "env.sh")
	var output bytes.Buffer
	command := newRootCommand()
	command.SetOut(&output)
	command.SetArgs(slices.Concat([]string{"mock"}, arguments, []string{"--env-file", envFile}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- command.ExecuteContext(ctx) }()

	script = waitForFile(t, envFile, ended)
	return script, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if output.String() != script {
			t.Errorf("printed %q, wrote %q", output.String(), script)
		}
	}
}

func waitForFile(t *testing.T, path string, ended <-chan error) string {
	t.Helper()
	for range 200 {
		if content, err := os.ReadFile(path); err == nil {
			return string(content)
		}
		select {
		case err := <-ended:
			t.Fatalf("ended early: %v", err)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatal("the environment file does not appear")
	return ""
}

func (e environment) call(t *testing.T, method, path, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, e.apiURL+"/v1/"+e.organization+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+e.token)
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func TestMockServesTheDemo(t *testing.T) {
	found, stop := runMock(t, "--dialect", "unknown-is-404,edit-without-suffix,rename=role:globalRole", "--latency", "1ms")
	if status := found.call(t, http.MethodGet, "/CIUsers/Me", ""); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if status := found.call(t, http.MethodGet, "/Projects/nowhere", ""); status != http.StatusNotFound {
		t.Errorf("status %d in the dialect", status)
	}
	if status := found.call(t, http.MethodPost, "/Projects/project-a", `{"name": "Project A"}`); status != http.StatusOK {
		t.Errorf("status %d in the second dialect", status)
	}
	stop()
}

func TestMockSpeaksAMapping(t *testing.T) {
	mapping := filepath.Join(t.TempDir(), "signpath-api.yaml")
	if err := os.WriteFile(mapping, []byte("version: 1\nci_user:\n  me: {route: GET /Robots/Self}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, stop := runMock(t, "--mapping", mapping, "--dialect", "unknown-is-404")
	if status := found.call(t, http.MethodGet, "/Robots/Self", ""); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if status := found.call(t, http.MethodGet, "/CIUsers/Me", ""); status == http.StatusOK {
		t.Error("the assumed route is there, too")
	}
	stop()
}

func TestMockKeepsItsState(t *testing.T) {
	stateFile := filepath.Join(t.TempDir(), "state.json")
	found, stop := runMock(t, "--state", stateFile)
	if status := found.call(t, http.MethodPost, "/CIUsers", `{"name": "build"}`); status != http.StatusCreated {
		t.Errorf("status %d", status)
	}
	stop()
	rotateToken(t, stateFile)
	again, stop := runMock(t, "--state", stateFile)
	if again.token == found.token {
		t.Error("the printed token is the replaced one")
	}
	if status := again.call(t, http.MethodPost, "/CIUsers", `{"name": "build"}`); status != http.StatusBadRequest {
		t.Errorf("status %d for a name that is taken", status)
	}
	stop()
}

func rotateToken(t *testing.T, stateFile string) {
	t.Helper()
	server, err := mock.New(mock.DemoSeed(), mock.WithStateFile(stateFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Administrator("").IssueToken("ci_user:terraform"); err != nil {
		t.Fatal(err)
	}
}

func TestMockRefusesToStart(t *testing.T) {
	seedFile := filepath.Join(t.TempDir(), "seed.json")
	seed := `{"organization": {"id": "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"}}`
	if err := os.WriteFile(seedFile, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	mapping := filepath.Join(t.TempDir(), "signpath-api.yaml")
	if err := os.WriteFile(mapping, []byte("version: 1\nrobot: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		arguments []string
		text      string
	}{
		"missing mapping":   {[]string{"--mapping", mapping + "x"}, mapping + "x"},
		"unknown mapping":   {[]string{"--mapping", mapping}, `line 2: unknown name "robot"`},
		"not loopback":      {[]string{"--listen", "0.0.0.0:0"}, "not a loopback address"},
		"unknown dialect":   {[]string{"--dialect", "klingon"}, "klingon"},
		"contradiction":     {[]string{"--dialect", "members-per-kind,member-objects"}, "ids per kind"},
		"missing seed":      {[]string{"--seed", seedFile + "x"}, seedFile + "x"},
		"seed without user": {[]string{"--seed", seedFile}, `needs a CI user "terraform"`},
		"env file nowhere":  {[]string{"--env-file", filepath.Join(seedFile, "env.sh")}, "--env-file " + filepath.Join(seedFile, "env.sh") + ": "},
		"argument":          {[]string{"now"}, "now"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			command := newRootCommand()
			command.SetOut(&bytes.Buffer{})
			command.SetArgs(append([]string{"mock"}, test.arguments...))
			if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %v, want %q in it", err, test.text)
			}
		})
	}
}

func TestMockHelpListsTheDialects(t *testing.T) {
	help := helpOf(t, mockVendors[0])
	for _, single := range mock.SingleDialects() {
		line := regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(single.Name) + ` +` + regexp.QuoteMeta(single.About) + `$`)
		if !line.MatchString(help) {
			t.Errorf("no line of %s", single.Name)
		}
	}
}

func TestRootCommandPrintsHelp(t *testing.T) {
	var output bytes.Buffer
	command := newRootCommand()
	command.SetOut(&output)
	command.SetArgs(nil)
	if err := command.Execute(); err != nil || !strings.Contains(output.String(), "mock ") {
		t.Errorf("%v: %s", err, output.String())
	}
}
