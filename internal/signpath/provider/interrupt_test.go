package provider_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const interrupted = `
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_signing_policy_approvers" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = ["user:qa.lead@example.com"]
}
`

// TestCLIInterrupt presses Ctrl-C while the provider keeps a pause of a minute that
// SignPath asked for. Terraform must not wait for its end, nothing may be sent
// after it, and the next apply must find a sound state.
func TestCLIInterrupt(t *testing.T) {
	for name, c := range map[string]struct {
		route     string
		arguments []string
	}{
		"reading in a plan":      {"GET /CIUsers", []string{"plan"}},
		"creating in an apply":   {"POST /CIUsers", []string{"apply", "-auto-approve"}},
		"everything in an apply": {"POST *", []string{"apply", "-auto-approve"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspaceWithBinary(t, map[string]string{"main.tf": interrupted})
			w.org.inject(mock.Fault{Route: c.route, Action: mock.FaultAnswer, Status: 429, Headers: map[string]string{"Retry-After": "60"}})
			w.interruptAtPause(c.arguments...)

			w.org.ClearFaults()
			w.MustRun("apply", "-auto-approve")
			w.expectPlan(testkit.Summary{})
			must(t, w.org.membersAre("policy:project-b/release-signing", "approvers", "user:qa.lead@example.com")(nil))
			if user, err := w.org.User("ci_user:build"); err != nil || !user.Active {
				t.Errorf("the CI user is %+v, %v", user, err)
			}
		})
	}
}

// interruptAtPause runs the CLI and interrupts it once the provider has been
// told to wait. It logs how long the CLI then takes to end.
func (w *workspace) interruptAtPause(arguments ...string) {
	w.t.Helper()
	log := filepath.Join(w.Directory, "interrupt.log")
	var output bytes.Buffer
	command := w.Command(w.CLI, arguments...)
	command.Env = append(command.Env, "TF_LOG_PROVIDER=trace", "TF_LOG_PATH="+log)
	command.Stdout, command.Stderr = &output, &output
	must(w.t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	w.awaitPause(log, ended, &output)

	sent, started := w.settledRequests(), time.Now()
	must(w.t, command.Process.Signal(os.Interrupt))
	err := <-ended
	took := time.Since(started)
	w.t.Logf("Terraform ended %s after the interrupt", took.Round(time.Millisecond))
	switch {
	case err == nil:
		w.t.Errorf("Terraform succeeded:\n%s", &output)
	case took > 20*time.Second: // It is a second; the pause is a minute.
		w.t.Errorf("Terraform took %s to end:\n%s", took, &output)
	case w.org.CountRequests() != sent:
		w.t.Errorf("%d requests were sent after the interrupt", w.org.CountRequests()-sent)
	}
}

// settledRequests counts the requests once those have arrived that were on their
// way when the pause began.
func (w *workspace) settledRequests() int {
	for count := w.org.CountRequests(); ; {
		time.Sleep(250 * time.Millisecond)
		again := w.org.CountRequests()
		if again == count {
			return count
		}
		count = again
	}
}

// awaitPause returns when the log says that the provider has the answer that asks
// for a pause.
func (w *workspace) awaitPause(log string, ended <-chan error, output *bytes.Buffer) {
	w.t.Helper()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case err := <-ended:
			tick.Stop()
			w.t.Fatalf("Terraform ended before the pause: %v\n%s", err, output)
		case <-tick.C:
			if content, err := os.ReadFile(log); err == nil && bytes.Contains(content, []byte("status=429")) {
				tick.Stop()
				return
			}
		}
	}
}
