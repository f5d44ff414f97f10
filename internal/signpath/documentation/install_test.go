package documentation_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// Sections of docs/index.md that are about who has installed before, or has a CLI configuration.
const (
	ownConfiguration = "A CLI configuration of your own"
	updating         = "Update it"
	removing         = "Take it away"
)

// A configuration that asks a provider, and nobody else, and one that has another provider, of hashicorp, as
// a CLI takes it.
const (
	ourProvider = `
terraform {
  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}
output "member" {
  value = provider::signpath::member("group", "Readers")
}
`
	otherProvider = `
resource "time_static" "now" {}
`
)

// TestInstallIsTakenAway does what the page says for that, after what it says to install. Nothing is left, and what others
// have in the mirror stays.
func TestInstallIsTakenAway(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider"))
	r.publish(filepath.Join(r.Home, ".terraform.d/plugins"))
	r.Follow(sections(readPage(t, "index.md"), removing))
	must(t, filepath.WalkDir(r.Home, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(strings.TrimPrefix(path, r.Home), "signpath") {
			t.Errorf("%s is left", path)
		}
		return err
	}))
	others, err := filepath.Glob(filepath.Join(r.Home, ".terraform.d/plugins/*/hashicorp/time/*/*/*"))
	if err != nil || len(others) != 2 {
		t.Errorf("of others, there are %q: %v", others, err)
	}
}

// TestRunnersGetABuildOfYourOwn makes what the guide to pipelines puts onto runners as long as no release is there.
func TestRunnersGetABuildOfYourOwn(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	made := r.mustSay(t, "terraform-provider-signpath_v0.0.1", guideSection(t, "tar -czf signpathctl_")+"\nfind mirror -type f\ntar -tf *.tar.gz")
	if !strings.HasSuffix(made, "\nsignpathctl\n") {
		t.Errorf("the archive has %s", made)
	}
}

// TestMakeInstallSaysWhatIsMissing lets people install who have no Go, or no home.
func TestMakeInstallSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string][]string{
		"Go is needed to build: 1.": {"build", "GO=no-such-go"},
		"HOME is not set: say where to install, with MIRROR=dir and PROGRAMS=dir": {"--dry-run", "install", "HOME="},
	} {
		command := exec.CommandContext(t.Context(), "make", arguments...)
		command.Dir = signpathtest.Root
		if said, err := command.CombinedOutput(); err == nil || !strings.Contains(string(said), want) {
			t.Errorf("make %s does not say %q: %v\n%s", strings.Join(arguments, " "), want, err, said)
		}
	}
}

var installLines = regexp.MustCompile(`(?m)^provider_installation \{\n  filesystem_mirror \{.*\n  direct \{.*\n\}\n`)

// TestCLIInstallWithAConfigurationOfOnesOwn lets people install who have a CLI configuration, or want
// the mirror elsewhere. What make install prints is what they need, and the page shows it.
func TestCLIInstallWithAConfigurationOfOnesOwn(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	configuration := filepath.Join(r.Home, ".terraformrc")
	write := func(name, text string) { must(t, os.WriteFile(filepath.Join(r.Folder, name), []byte(text), 0o600)) }
	write("main.tf", ourProvider)

	said := r.mustSay(t, "No CLI looks there by itself", "make install MIRROR=$HOME/elsewhere")
	lines := installLines.FindString(said)
	must(t, os.WriteFile(configuration, []byte(lines), 0o600))
	r.mustSay(t, "has been successfully initialized", "terraform init")
	r.mustSay(t, "names the mirror", "make install MIRROR=$HOME/elsewhere")
	r.mustSay(t, "names the mirror", "make install 'MIRROR=~/elsewhere'") // As zsh hands it over.

	write("other.tf", otherProvider)
	company := t.TempDir()
	r.publish(company)
	own := "provider_installation {\n  filesystem_mirror { path = \"" + company + "\", include = [\"hashicorp/*\"] }\n" +
		"  direct { exclude = [\"hashicorp/*\"] }\n}\n"
	must(t, os.WriteFile(configuration, []byte(own), 0o600))
	said = r.mustSay(t, configuration+" has a block provider_installation", "make install")
	lines = installLines.FindString(said)
	page := sections(readPage(t, "index.md"), ownConfiguration)[0].Text
	if shown := strings.Replace(lines, r.Home, "/home/you", 1); shown != page {
		t.Errorf("make install prints\n%s\nand the page shows\n%s", shown, page)
	}
	must(t, os.RemoveAll(filepath.Join(r.Folder, ".terraform")))
	mirror := strings.SplitAfter(lines, "\n")[1]
	must(t, os.WriteFile(configuration, []byte(strings.Replace(own, "  direct { exclude = [", mirror+`  direct { exclude = ["signpath-community/*", `, 1)), 0o600))
	r.mustSay(t, "has been successfully initialized", "terraform init")
	r.mustSay(t, "valid", "terraform validate")
}

// TestCLIInstallAgain installs a new build of the same version, and does what the page says of folders
// that have the sum of the old one.
func TestCLIInstallAgain(t *testing.T) {
	t.Parallel()
	built := t.TempDir()
	must(t, os.CopyFS(built, os.DirFS(signpathtest.Programs(t))))
	r := readerOf(t, built)
	must(t, os.WriteFile(filepath.Join(r.Folder, "main.tf"), []byte(ourProvider), 0o600))
	r.mustSay(t, "Installed signpath 0.0.1", "make install && terraform init")
	if again := r.mustSay(t, "Installed signpath 0.0.1", "make install"); strings.Contains(again, "another build") {
		t.Errorf("the same build counts as another one:\n%s", again)
	}

	file, err := os.OpenFile(filepath.Join(built, "terraform-provider-signpath"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteString("A program is the same with something behind it, and its sum is not.")
	must(t, err)
	must(t, file.Close())
	said := r.mustSay(t, "This version was there already, as another build.", "make install")
	r.mustSay(t, "does not match any of the checksums", "! terraform validate 2>&1 | tr -s ' \\n│' ' '")
	r.mustSay(t, "doesn't match any of the checksums", "! terraform init -upgrade 2>&1 | tr -s ' \\n│' ' '")
	var repair string
	for _, step := range sections(readPage(t, "index.md"), updating) {
		if strings.Contains(step.Text, "providers lock") {
			repair = step.Text
		}
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(repair, "$HOME", r.Home), "\n")
	if first == "" || !strings.Contains(said, first+"\n") {
		t.Errorf("the page says %q, and make install\n%s", first, said)
	}
	r.mustSay(t, "has been successfully initialized", repair)
	r.mustSay(t, "valid", "terraform validate")
}

// mustSay runs commands in the reader's terminal, and returns what they print, which has the text.
func (r *reader) mustSay(t *testing.T, text, commands string) string {
	t.Helper()
	output, err := r.Bash("set -euo pipefail\n" + commands).CombinedOutput()
	if err != nil || !strings.Contains(string(output), text) {
		t.Fatalf("%s: %v, %q is not said:\n%s", commands, err, text, output)
	}
	return string(output)
}
