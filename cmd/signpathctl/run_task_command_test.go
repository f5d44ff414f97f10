package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

const runTaskKey = "a key of a run task"

// runTask runs the command until the returned function is called, which gives what it
// said on standard error.
func runTask(t *testing.T, arguments ...string) (address string, stop func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	read, write := io.Pipe()
	command := newRootCommand()
	command.SetArgs(append([]string{"run-task", "--listen", "127.0.0.1:0"}, arguments...))
	command.SetErr(write)
	ended := make(chan error, 1)
	go func() {
		err := command.ExecuteContext(ctx)
		write.CloseWithError(io.EOF)
		ended <- err
	}()
	first := make([]byte, 4096)
	n, err := read.Read(first)
	if err != nil {
		t.Fatalf("the run task does not start: %v", <-ended)
	}
	found := regexp.MustCompile(`on (\S+), `).FindSubmatch(first[:n])
	if found == nil {
		t.Fatalf("the run task says %q", first[:n])
	}
	said := make(chan string, 1)
	go func() {
		rest, _ := io.ReadAll(read)
		said <- string(first[:n]) + string(rest)
	}()
	return "http://" + string(found[1]), func() string {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the run task ended with %v", err)
		}
		return <-said
	}
}

// terraformHost stands in for HCP Terraform: it hands out a plan, and takes results.
func terraformHost(t *testing.T, plan []byte) (host string, result func() string) {
	t.Helper()
	var mu sync.Mutex
	final, known := "", make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer run-secret" {
			t.Errorf("%s %s without the token of the run", r.Method, r.URL)
		}
		if r.Method == http.MethodGet {
			_, _ = w.Write(plan)
			return
		}
		var told struct {
			Data struct {
				Attributes struct{ Status, Message string }
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if a := told.Data.Attributes; a.Status != "running" && final == "" {
			final = a.Status + ": " + a.Message
			close(known)
		}
	}))
	t.Cleanup(server.Close)
	transport := http.DefaultTransport
	http.DefaultTransport = server.Client().Transport
	t.Cleanup(func() { http.DefaultTransport = transport })
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return at.Host, func() string {
		<-known
		mu.Lock()
		defer mu.Unlock()
		return final
	}
}

func postRunTask(t *testing.T, address, host, key string) int {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"payload_version": 1, "stage": "post_plan", "access_token": "run-secret", "task_result_id": "taskrs-1", "run_id": "run-1",
		"task_result_callback_url": "https://" + host + "/callback", "plan_json_api_url": "https://" + host + "/plan",
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := hmac.New(sha512.New, []byte(key))
	sum.Write(body)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-TFC-Task-Signature", hex.EncodeToString(sum.Sum(nil)))
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// TestRunTaskJudgesAsReviewPlanDoes lets a plan make a submitter of somebody who is an
// approver, which only the live organization tells.
func TestRunTaskJudgesAsReviewPlanDoes(t *testing.T) {
	organizationWithApprover(t, "user:dev.lead@example.com")
	t.Setenv(envRunTaskKey, runTaskKey)
	allowed := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(allowed, []byte("rules:\n  submit-and-approve: {severity: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := planOf(t, "signing_policy_submitter", "create", nil, onProjectB("member", "user:dev.lead@example.com"))
	for name, c := range map[string]struct {
		plan      []byte
		arguments []string
		offline   bool
		want      string
	}{
		"denied":       {plan, nil, false, "failed: 1 finding is denied (submit-and-approve)."},
		"by its rules": {plan, []string{"--rules", allowed}, false, "passed: 1 resource changes"},
		"stricter":     {plan, []string{"--rules", allowed, "--fail-on", "warn"}, false, "failed: 1 resource changes"},
		"not asked":    {plan, nil, true, "passed: 1 resource changes"},
		"no plan":      {[]byte(`{"format_version": "1.0", "values": {}}`), nil, false, "failed: The plan could not be judged: this is no plan"},
		"errored":      {append([]byte(`{"errored": true, `), plan[1:]...), nil, false, "failed: planning ended with an error"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.offline {
				for _, variable := range []string{api.EnvURL, api.EnvOrganizationID, api.EnvToken, api.EnvTokenFile} {
					t.Setenv(variable, "")
				}
			}
			host, result := terraformHost(t, c.plan)
			address, stop := runTask(t, append(c.arguments, "--terraform-host", host)...)
			if status := postRunTask(t, address, host, "another key"); status != http.StatusUnauthorized {
				t.Errorf("another key is answered %d", status)
			}
			if status := postRunTask(t, address, host, runTaskKey); status != http.StatusOK {
				t.Errorf("the run task answers %d", status)
			}
			if got := result(); !strings.HasPrefix(got, c.want) {
				t.Errorf("the run %s, want %s", got, c.want)
			}
			said := stop()
			for _, secret := range []string{"run-secret", runTaskKey, "dev.lead"} {
				if strings.Contains(said, secret) {
					t.Errorf("the log has %q:\n%s", secret, said)
				}
			}
		})
	}
}

func TestRunTaskDoesNotStart(t *testing.T) {
	organizationWithApprover(t, "user:dev.lead@example.com")
	empty := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key       string
		arguments []string
		unset     string
		want      string
	}{
		"without a key":     {want: "there is no HMAC key"},
		"with an empty one": {key: " ", want: "there is no HMAC key"},
		"an empty file":     {key: runTaskKey, arguments: []string{"--hmac-key-file", empty}, want: "there is no HMAC key"},
		"no file":           {key: runTaskKey, arguments: []string{"--hmac-key-file", empty + "x"}, want: "--hmac-key-file"},
		"in the clear":      {key: runTaskKey, arguments: []string{"--listen", "0.0.0.0:0"}, want: "no loopback address"},
		"half of TLS":       {key: runTaskKey, arguments: []string{"--tls-key-file", empty}, want: "need each other"},
		"a URL as the host": {key: runTaskKey, arguments: []string{"--terraform-host", "https://app.terraform.io"}, want: "is no host"},
		"no such rules":     {key: runTaskKey, arguments: []string{"--rules", empty + "x"}, want: "--rules"},
		"no such severity":  {key: runTaskKey, arguments: []string{"--fail-on", "x"}, want: "--fail-on"},
		"half a connection": {key: runTaskKey, unset: api.EnvToken, want: "no API token is set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(envRunTaskKey, c.key)
			if c.unset != "" {
				t.Setenv(c.unset, "")
			}
			command := newRootCommand()
			command.SetArgs(append([]string{"run-task", "--listen", "127.0.0.1:0"}, c.arguments...))
			command.SetErr(io.Discard)
			if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it starts, or says %v", err)
			}
		})
	}
}
