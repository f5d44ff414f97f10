package documentation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVerifyingByTheSums follows the guide, with a release that a key of this test has signed: what it
// shows passes, and neither another archive nor other sums do.
func TestVerifyingByTheSums(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docsRoot, "guides", "verifying-a-download.md"))
	must(t, err)
	commands := regexp.MustCompile("(?s)```shell\n(.*?)```").FindSubmatch(page)
	if commands == nil {
		t.Fatal("the guide has no commands")
	}
	folder := t.TempDir()
	keys, err := os.MkdirTemp("/tmp", "keys-") //nolint:usetesting // The path of the agent's socket must be short.
	must(t, err)
	run := func(script string) (string, error) {
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		command.Dir, command.Env = folder, append(os.Environ(), "GNUPGHOME="+keys, "LC_ALL=C")
		output, err := command.CombinedOutput()
		return string(output), err
	}
	t.Cleanup(func() {
		_, _ = run("gpgconf --kill gpg-agent")
		_ = os.RemoveAll(keys)
	})
	release := func(script string) {
		t.Helper()
		if output, err := run(script); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
	}
	release(`gpg --batch --quiet --passphrase '' --quick-generate-key "Release <release@example.com>" ed25519 sign 1d
		echo archive >signpathctl_1.0.0_linux_amd64.tar.gz
		echo another >signpathctl_1.0.0_darwin_arm64.tar.gz
		sha256sum *.tar.gz >terraform-provider-signpath_1.0.0_SHA256SUMS
		gpg --batch --detach-sign --output terraform-provider-signpath_1.0.0_SHA256SUMS.sig terraform-provider-signpath_1.0.0_SHA256SUMS
		rm signpathctl_1.0.0_darwin_arm64.tar.gz`)
	output, err := run(string(commands[1]))
	if err != nil || !strings.Contains(output, "Good signature") || !strings.Contains(output, "signpathctl_1.0.0_linux_amd64.tar.gz: OK") {
		t.Errorf("%v: %s", err, output)
	}
	release("cp signpathctl_1.0.0_linux_amd64.tar.gz kept; echo other >>signpathctl_1.0.0_linux_amd64.tar.gz")
	if output, err := run(string(commands[1])); err == nil || !strings.Contains(output, "signpathctl_1.0.0_linux_amd64.tar.gz: FAILED") {
		t.Errorf("another archive: %v: %s", err, output)
	}
	release("sha256sum signpathctl_1.0.0_linux_amd64.tar.gz >terraform-provider-signpath_1.0.0_SHA256SUMS")
	if output, err := run(string(commands[1])); err == nil || !strings.Contains(output, "BAD signature") {
		t.Errorf("other sums: %v: %s", err, output)
	}
}
