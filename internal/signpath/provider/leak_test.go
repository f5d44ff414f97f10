package provider_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// tokenShape is that of a token of the mock, and of SignPath's examples: 32
// bytes in base64.
var tokenShape = regexp.MustCompile(`[A-Za-z0-9+/]{43}=`)

// TestCLINoTokenIsLeaked runs the main job with the most talkative log and searches
// all that it leaves for every token that the organization accepts: the
// provider's own, and those that SignPath answers when a CI user is created.
func TestCLINoTokenIsLeaked(t *testing.T) {
	t.Parallel()
	w := newWorkspaceWithBinary(t, nil)
	for _, name := range []string{"main.tf", "outputs.tf", "provider.tf"} {
		content, err := os.ReadFile(filepath.Join(signpathtest.Root, "examples", "complete", name))
		must(t, err)
		w.Write(name, string(content))
	}
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Directory, "trace.log"))
	output := &bytes.Buffer{}
	run := func(arguments ...string) {
		command := w.Command(w.CLI, arguments...)
		command.Stdout, command.Stderr = output, output
		_ = command.Run() // Failures are part of the job.
	}
	run("plan", "-out", "saved.tfplan")
	run("apply", "saved.tfplan")
	w.org.inject(mock.Fault{Route: "POST */Edit", Action: mock.FaultAnswer, Status: 400, Body: "You sent Authorization: Bearer " + w.org.Token})
	// It fails with the token in the server's answer, so the CI users stay active
	// and their tokens valid.
	run("destroy", "-auto-approve")
	w.org.ClearFaults()
	run("plan", "-out", "second.tfplan")

	left := map[string][]byte{"output": output.Bytes()}
	must(t, filepath.WalkDir(w.Directory, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		left[entry.Name()], err = os.ReadFile(path)
		if filepath.Ext(path) == ".tfplan" {
			left[entry.Name()], err = unzip(path)
		}
		return err
	}))
	if !bytes.Contains(left["trace.log"], []byte("SignPath request")) {
		t.Fatal("the trace has no request of the provider, so this test shows nothing")
	}
	if !regexp.MustCompile(`Bearer[\s│]+\(token\)`).Match(left["output"]) {
		t.Fatal("no answer repeated the token, so this test shows nothing")
	}
	for name, content := range left {
		if bytes.Contains(content, []byte(w.org.Token)) {
			t.Errorf("%s has the provider's token", name)
		}
		for _, candidate := range tokenShape.FindAll(content, -1) {
			if w.org.Accepts(string(candidate)) {
				t.Errorf("%s has the token of a user", name)
			}
		}
	}
}

// unzip returns all that a plan file holds.
func unzip(path string) ([]byte, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(&content, reader); err != nil {
			return nil, err
		}
	}
	return content.Bytes(), archive.Close()
}
