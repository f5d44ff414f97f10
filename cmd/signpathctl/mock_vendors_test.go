package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// variablesOf are what a script exports, by name.
func variablesOf(t *testing.T, script string) map[string]string {
	t.Helper()
	variables := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^export ([A-Z_]+)=(.+)$`).FindAllStringSubmatch(script, -1) {
		variables[found[1]] = found[2]
	}
	return variables
}

func status(t *testing.T, request *http.Request) int {
	t.Helper()
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

// What the mock of Signicat prints is what it takes, in the dialect.
func TestMockServesSignicat(t *testing.T) {
	script, stop := runMockCommand(t, "signicat", "--dialect", "token-basic,next-url", "--latency", "1ms")
	defer stop()
	found := variablesOf(t, script)
	ask := func(isBasic bool) int {
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {"signicat-api"}}
		if !isBasic {
			form.Set("client_id", found["SIGNICAT_CLIENT_ID"])
			form.Set("client_secret", found["SIGNICAT_CLIENT_SECRET"])
		}
		target := found["SIGNICAT_API_URL"] + "/auth/open/connect/token"
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if isBasic {
			request.SetBasicAuth(found["SIGNICAT_CLIENT_ID"], found["SIGNICAT_CLIENT_SECRET"])
		}
		return status(t, request)
	}
	if basic, form := ask(true), ask(false); basic != http.StatusOK || form != http.StatusUnauthorized {
		t.Errorf("by HTTP Basic %d, by the form %d", basic, form)
	}
	if found["SIGNICAT_ORGANISATION_ID"] != "o-p-BBBBBBBBBBBBBBBBBBBB" || len(found) != 4 {
		t.Errorf("variables %v", found)
	}
	if !strings.Contains(script, "\n# control endpoints: "+found["SIGNICAT_API_URL"]+"/_mock/\n") {
		t.Errorf("no control endpoints in %s", script)
	}
}

// What the mock of IgniSign prints is what it takes.
func TestMockServesIgniSign(t *testing.T) {
	script, stop := runMockCommand(t, "ignisign", "--dialect", "v4-only")
	defer stop()
	found := variablesOf(t, script)
	application := "appId_" + strings.Split(found["IGNISIGN_API_KEY"]+"___", "_")[2]
	for version, want := range map[string]int{"v4": http.StatusOK, "v3": http.StatusNotFound} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			found["IGNISIGN_SERVER_URL"]+"/"+version+"/applications/"+application+"/context", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+found["IGNISIGN_API_KEY"])
		if got := status(t, request); got != want {
			t.Errorf("%s: status %d, want %d", version, got, want)
		}
	}
}

// Each vendor's command refuses what it cannot serve, and lists its dialects.
func TestMocksOfVendors(t *testing.T) {
	seedFile := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seedFile, []byte(`{"colour": "red"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, vendor := range mockVendors[1:] {
		for name, test := range map[string]struct {
			arguments []string
			text      string
		}{
			"not loopback":    {[]string{"--listen", "0.0.0.0:0"}, "not a loopback address"},
			"unknown dialect": {[]string{"--dialect", "klingon"}, "klingon"},
			"missing seed":    {[]string{"--seed", seedFile + "x"}, seedFile + "x"},
			"wrong seed":      {[]string{"--seed", seedFile}, "seed.json: seed: line 1: there is no colour; known there are "},
			"no state file":   {[]string{"--state", "x"}, "unknown flag"},
			"argument":        {[]string{"now"}, "now"},
		} {
			command := newRootCommand()
			command.SetOut(&bytes.Buffer{})
			command.SetErr(&bytes.Buffer{})
			command.SetArgs(append([]string{"mock", vendor.name}, test.arguments...))
			if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%s, %s: error %v, want %q in it", vendor.name, name, err, test.text)
			}
		}
		if help := helpOf(t, vendor); !strings.Contains(help, vendor.dialects()) || strings.Count(vendor.dialects(), "\n") < 20 {
			t.Errorf("%s: %s", vendor.name, help)
		}
	}
}

// A shell reads back what was quoted for it.
func TestShellWord(t *testing.T) {
	for _, text := range []string{"plain-1_2.3:/=+", "", "two words", "it's", `$HOME "x" \`} {
		read, err := exec.CommandContext(t.Context(), "sh", "-c", "x="+shellWord(text)+"; printf %s \"$x\"").Output()
		if err != nil || string(read) != text {
			t.Errorf("%q: %v, %q", text, err, read)
		}
	}
	if word := shellWord("http://127.0.0.1:1/Api"); strings.Contains(word, "'") {
		t.Errorf("quoted without need: %s", word)
	}
}

// helpOf is the help of a vendor's mock command.
func helpOf(t *testing.T, vendor mockVendor) string {
	t.Helper()
	return printed(t, vendor, "--help")
}

// printed is what a vendor's mock command prints before it ends.
func printed(t *testing.T, vendor mockVendor, arguments ...string) string {
	t.Helper()
	var output bytes.Buffer
	command := newRootCommand()
	command.SetOut(&output)
	command.SetArgs(slices.Concat([]string{"mock"}, strings.Fields(vendor.name), arguments))
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return output.String()
}

var controlLine = regexp.MustCompile(`(?m)^  (GET|POST|DELETE) +(/_mock/[^ \n]+)(?: (\{.*))?\n {11}\S`)

// TestMocksAnswerWhatTheHelpLists types each control request of the help at a mock that was just started.
func TestMocksAnswerWhatTheHelpLists(t *testing.T) {
	for _, vendor := range mockVendors {
		lines := controlLine.FindAllStringSubmatch(helpOf(t, vendor), -1)
		if len(lines) != len(vendor.controls()) || len(lines) < 15 {
			t.Fatalf("%s: the help lists %d of %d control endpoints", vendor.what, len(lines), len(vendor.controls()))
		}
		for _, line := range lines {
			method, target, body := line[1], line[2], line[3]
			if answer := controlAnswer(t, vendor, mockFlags{}, method, target, body); answer.Code != http.StatusOK {
				t.Errorf("%s: %s %s %s: %d %s", vendor.what, method, target, body, answer.Code, answer.Body)
			}
		}
		var listed []any
		answer := controlAnswer(t, vendor, mockFlags{}, http.MethodGet, "/_mock/", "")
		if err := json.Unmarshal(answer.Body.Bytes(), &listed); err != nil || len(listed) != len(lines) {
			t.Errorf("%s: %v, GET /_mock/ lists %d endpoints, and the help %d", vendor.what, err, len(listed), len(lines))
		}
	}
}

// controlAnswer is what a mock with the flags answers first.
func controlAnswer(t *testing.T, vendor mockVendor, flags mockFlags, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	server, err := vendor.seeded.start(flags)
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	server.(http.Handler).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body)))
	return answer
}

// TestMocksServeTheSeedThatTheyPrint prints the seed of each vendor, serves it, and prints it again.
func TestMocksServeTheSeedThatTheyPrint(t *testing.T) {
	for _, vendor := range mockVendors {
		seed := printed(t, vendor, "--print-seed")
		file := filepath.Join(t.TempDir(), "seed.json")
		if err := os.WriteFile(file, []byte(seed), 0o600); err != nil {
			t.Fatal(err)
		}
		if again := printed(t, vendor, "--print-seed", "--seed", file); again != seed {
			t.Errorf("%s: printed\n%s\nof\n%s", vendor.what, again, seed)
		}
		state := func(flags mockFlags) string {
			return controlAnswer(t, vendor, flags, http.MethodGet, "/_mock/state", "").Body.String()
		}
		if served, want := state(mockFlags{seedFile: file}), state(mockFlags{}); served != want {
			t.Errorf("%s: of the printed seed there is\n%s\nand of the default\n%s", vendor.what, served, want)
		}
	}
}
