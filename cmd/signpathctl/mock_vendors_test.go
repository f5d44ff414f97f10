package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
			"wrong seed":      {[]string{"--seed", seedFile}, "colour"},
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
		var output bytes.Buffer
		command := newRootCommand()
		command.SetOut(&output)
		command.SetArgs([]string{"mock", vendor.name, "--help"})
		if err := command.Execute(); err != nil || !strings.Contains(output.String(), vendor.dialects()) || strings.Count(vendor.dialects(), "\n") < 20 {
			t.Errorf("%s: %v, %s", vendor.name, err, output.String())
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
