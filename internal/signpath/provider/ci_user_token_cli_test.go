package provider_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestCLICIUserTokenWarnings reads what plans say to a person, and checks that no
// plan, also one that is made again, regenerates anything.
func TestCLICIUserTokenWarnings(t *testing.T) {
	t.Parallel()
	const output = "\noutput \"token\" {\n  value     = signpath_ci_user_token.this.token\n  sensitive = true\n}\n"
	configure := func(w *workspace, settings ...string) {
		w.Write("main.tf", tokenFor(`"ci_user:builder"`, settings...)+output)
	}
	w := newWorkspace(t, nil, withBuilder)

	configure(w)
	w.MustSay(says("Warning: The present API token will stop working", "ci_user:builder exists already"), "plan")
	if !w.org.Accepts(builderToken) {
		t.Fatal("a plan regenerated the token")
	}
	w.MustRun("apply", "-auto-approve")
	first := string(w.MustRun("output", "-raw", "token"))
	w.org.ResetRequests()
	for range 2 {
		w.expectPlan(testkit.Summary{})
	}

	configure(w, `rotate_after = "1ns"`)
	for range 2 {
		w.MustSay(says("generated_at", "-> (known after apply) # forces replacement", "1 to add, 0 to change, 1 to destroy",
			"Warning: "+dueTokens, `by rotate_after = "1ns" it has been due for rotation since`), "plan")
	}
	w.MustSay(says("0 to add, 1 to change, 0 to destroy"), "plan", "-refresh=false")
	if got := w.org.CountRequests(); got != w.org.CountRequests("GET *") {
		t.Errorf("%d requests of plans are no GET", got-w.org.CountRequests("GET *"))
	}
	if !w.org.Accepts(first) {
		t.Error("a plan regenerated the token")
	}

	// A rotation is announced once, and leaves no token that is valid behind.
	for _, settings := range [][]string{{`rotate_after = "1ns"`}, {`rotate_after = "1ns"`, "lifecycle {\n    create_before_destroy = true\n  }"}} {
		configure(w, settings...)
		w.MustRun("apply", "-auto-approve") // Sets create_before_destroy in the state, too.
		said, err := w.Command(w.CLI, "apply", "-auto-approve").CombinedOutput()
		must(t, err)
		if strings.Contains(string(said), "not revoked") || strings.Count(string(said), dueTokens) != 1 {
			t.Errorf("with %q it says:\n%s", settings, said)
		}
		// With create_before_destroy an apply cannot know that it replaces.
		if len(settings) == 1 && strings.Contains(string(said), "will stop working") {
			t.Errorf("it announces the rotation once more:\n%s", said)
		}
	}
	last := string(w.MustRun("output", "-raw", "token"))
	w.MustSay(says("Warning: The API token is not revoked", "whoever has it can go on using it", "deactivate the CI user"), "apply", "-destroy", "-auto-approve")
	if !w.org.Accepts(last) || w.org.Accepts(first) {
		t.Errorf("the last token is accepted: %t, the first: %t", w.org.Accepts(last), w.org.Accepts(first))
	}

	w.Write("main.tf", tokenFor(`"ci_user:terraform"`, "allow_lockout = true"))
	w.MustSay(says("Warning: Terraform's own token will be regenerated"), "plan")
}

// A CI user that the same plan creates has no token that could be in use.
func TestCIUserTokenOfANewCIUserWarnsOfNothing(t *testing.T) {
	s := newOrganization(t).site(inProcess, newToken())
	s.planIs(testkit.Summary{Add: 2})
	if said := s.mustApply(); strings.Contains(said, "will stop working") {
		t.Errorf("it says:\n%s", said)
	}
}

// TestCLIEncryptedTokenIsNotLeaked runs rotations with the most talkative log and
// searches all that they leave for the tokens, which it learns by decrypting
// them, and for every other token that the organization accepts.
func TestCLIEncryptedTokenIsNotLeaked(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	must(t, err)
	w := newWorkspaceWithBinary(t, nil)
	configure := func(ticket string) {
		w.Write("main.tf", newToken(recipients(key.Recipient().String()), `rotation_triggers = { ticket = "`+ticket+`" }`)+
			"\noutput \"encrypted\" {\n  value = signpath_ci_user_token.this.encrypted_token\n}\n")
	}
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Directory, "trace.log"))
	said := &bytes.Buffer{}
	run := func(arguments ...string) {
		command := w.Command(w.CLI, arguments...)
		command.Stdout, command.Stderr = said, said
		_ = command.Run() // Failures are part of the job.
	}
	var secrets []string
	learn := func() {
		token, err := decrypt(string(w.MustRun("output", "-raw", "encrypted")), key)
		must(t, err)
		if !w.org.Accepts(token) {
			t.Fatal("what was encrypted is no token that is accepted")
		}
		secrets = append(secrets, token)
	}
	configure("1")
	run("plan", "-out", "saved.tfplan")
	run("apply", "saved.tfplan")
	learn()
	configure("2")
	w.org.inject(mock.Fault{Route: regenerateRoute, Times: 1, Action: mock.FaultMalformedBody})
	run("apply", "-auto-approve")
	w.org.inject(mock.Fault{Route: regenerateRoute, Times: 1, Action: mock.FaultCutBody})
	run("apply", "-auto-approve")
	run("plan", "-out", "second.tfplan")
	run("apply", "second.tfplan")
	learn()
	run("show", "-json", "second.tfplan")
	run("show", "-json")

	left := w.leftovers()
	left["output"] = said.Bytes()
	if !bytes.Contains(left["trace.log"], []byte("RegenerateApiToken")) || bytes.Count(left["output"], []byte("API token may be lost")) != 2 {
		t.Fatalf("the trace has no regeneration, or nothing went wrong, so this test shows nothing:\n%s", said)
	}
	for name, content := range left {
		for _, secret := range append(secrets, w.org.Token) {
			if bytes.Contains(content, []byte(secret[:20])) {
				t.Errorf("%s has a token", name)
			}
		}
		for _, candidate := range tokenShape.FindAll(content, -1) {
			if w.org.Accepts(string(candidate)) {
				t.Errorf("%s has the token of a user", name)
			}
		}
	}
}

// leftovers returns all files of the workspace, plan files unpacked.
func (w *workspace) leftovers() map[string][]byte {
	w.t.Helper()
	left := map[string][]byte{}
	must(w.t, filepath.WalkDir(w.Directory, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		left[entry.Name()], err = os.ReadFile(path)
		if filepath.Ext(path) == ".tfplan" {
			left[entry.Name()], err = unzip(path)
		}
		return err
	}))
	return left
}
