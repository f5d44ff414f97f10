package documentation_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// Sections of docs/index.md that are about who has installed before, or has a CLI configuration.
const (
	ownConfiguration = "A CLI configuration of your own"
	updating         = "Update it"
	removing         = "Remove it"
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

// TestCLIInstallAnotherVersion installs a newer version, which a folder takes that does what make install prints, and an
// older one, which no folder takes until the newer one is away. Then it removes all, as the page says.
func TestCLIInstallAnotherVersion(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	must(t, os.WriteFile(filepath.Join(r.Folder, "main.tf"), []byte(ourProvider), 0o600))
	const newInit = "rm -rf .terraform .terraform.lock.hcl && terraform init"
	if first := r.mustSay(t, "Installed signpath 1.9.0", "make install VERSION=v1.9.0"); strings.Contains(first, "The mirror has") {
		t.Errorf("the first version is said to be another one:\n%s", first)
	}
	r.mustSay(t, "signpath-community/signpath v1.9.0", newInit)

	said := r.mustSay(t, "The mirror has older versions, too.", "make install VERSION=v1.10.0")
	r.mustSay(t, "signpath-community/signpath v1.9.0", "terraform init")
	r.mustSay(t, "signpath-community/signpath v1.10.0", command(t, said, "terraform init -upgrade"))

	said = r.mustSay(t, "The mirror has 1.10.0, too, which is newer", "make install VERSION=v1.2.0-3-gabc")
	r.mustSay(t, "signpath-community/signpath v1.10.0", newInit)
	r.mustSay(t, "The mirror has 1.9.0, too, which is newer", command(t, said, "rm -r ")+" && make install VERSION=v1.2.0")
	r.mustSay(t, "signpath-community/signpath v1.9.0", "terraform init -upgrade")

	r.mustSay(t, "", sections(readPage(t, "index.md"), removing)[0].Text)
	if left := r.mustSay(t, "", "find ~/.terraform.d ~/.local -type f"); left != "" {
		t.Errorf("there is left:\n%s", left)
	}
}

// command returns the line that make install prints, which begins with that.
func command(t *testing.T, said, beginning string) string {
	t.Helper()
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "  "+beginning) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("there is no command %s in\n%s", beginning, said)
	return ""
}

// TestInstallNamesTheFileThatIsRead installs where there are CLI configurations of many kinds. What is said is of
// the one file that a CLI reads.
func TestInstallNamesTheFileThatIsRead(t *testing.T) {
	t.Parallel()
	const (
		block = "provider_installation {\n  network_mirror { url = \"https://mirror.example.com/\" }\n}\n"
		none  = "disable_checkpoint = true\n"
		// Of both, of Terraform and of OpenTofu.
		bothLook, terraformLooks = "Terraform and OpenTofu look in that mirror by themselves", "Terraform looks in that mirror by itself: terraform init needs"
		tofuLooks                = "OpenTofu looks in that mirror by itself: tofu init needs"
		bound                    = " has a block provider_installation, so "
	)
	script, err := filepath.Abs(filepath.Join(signpathtest.Root, "tools", "install.sh"))
	must(t, err)
	built := t.TempDir()
	must(t, os.WriteFile(filepath.Join(built, "terraform-provider-signpath"), []byte("a program"), 0o600))
	for name, c := range map[string]struct {
		files map[string]string // With MIRROR for the mirror.
		named string            // The file in TF_CLI_CONFIG_FILE.
		want  []string          // With HOME for the home.
	}{
		"none":                    {nil, "", []string{bothLook}},
		"a block":                 {map[string]string{".terraformrc": block}, "", []string{"HOME/.terraformrc" + bound + "Terraform and OpenTofu look nowhere else"}},
		"no block":                {map[string]string{".terraformrc": none}, "", []string{bothLook}},
		"in comments":             {map[string]string{".terraformrc": "# provider_installation {\n  // provider_installation {\n"}, "", []string{bothLook}},
		"the mirror in a comment": {map[string]string{".terraformrc": "# \"MIRROR\"\n" + block}, "", []string{"HOME/.terraformrc" + bound}},
		"a file of OpenTofu's": {
			map[string]string{".terraformrc": block, ".tofurc": none},
			"",
			[]string{"HOME/.terraformrc" + bound + "Terraform looks nowhere else", tofuLooks},
		},
		"a block for OpenTofu": {map[string]string{".tofurc": block}, "", []string{terraformLooks, "HOME/.tofurc" + bound + "OpenTofu looks nowhere else"}},
		"OpenTofu has the mirror": {
			map[string]string{".tofurc": "provider_installation { \"MIRROR\" }", ".terraformrc": block},
			"",
			[]string{"HOME/.terraformrc" + bound + "Terraform looks", "HOME/.tofurc names the mirror: tofu init takes"},
		},
		"another file is named": {map[string]string{".terraformrc": block, ".tofurc": block, "own": none}, "own", []string{bothLook}},
		"another file with a block": {
			map[string]string{".terraformrc": none, "own": block},
			"own",
			[]string{"HOME/own" + bound + "Terraform and OpenTofu look"},
		},
		"a file that is not there": {map[string]string{".terraformrc": block}, "absent", []string{bothLook}},
		"OpenTofu's other folder": {
			map[string]string{"settings/opentofu/tofurc": block},
			"",
			[]string{terraformLooks, "HOME/settings/opentofu/tofurc" + bound + "OpenTofu looks"},
		},
		"OpenTofu's older file": {map[string]string{"settings/opentofu/tofurc": block, ".terraformrc": none}, "", []string{bothLook}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			mirror := filepath.Join(home, ".terraform.d", "plugins")
			for file, text := range c.files {
				path := filepath.Join(home, file)
				must(t, os.MkdirAll(filepath.Dir(path), 0o700))
				must(t, os.WriteFile(path, []byte(strings.ReplaceAll(text, "MIRROR", mirror)), 0o600))
			}
			install := exec.CommandContext(t.Context(), script, built, mirror, filepath.Join(home, "bin"), "1.0.0")
			install.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "settings"), "TF_CLI_CONFIG_FILE=")
			if c.named != "" {
				install.Env = append(install.Env, "TF_CLI_CONFIG_FILE="+filepath.Join(home, c.named))
			}
			output, err := install.CombinedOutput()
			must(t, err)
			for _, want := range c.want {
				if want := strings.ReplaceAll(want, "HOME", home); !strings.Contains(string(output), want) {
					t.Errorf("%q is not in\n%s", want, output)
				}
			}
			if said := strings.Count(string(output), "the two lines in the middle") + strings.Count(string(output), "names the mirror"); said != len(c.want) {
				t.Errorf("it says %d things of files, want %d:\n%s", said, len(c.want), output)
			}
		})
	}
}

// TestInstallForAnotherPlatform installs what was built for Windows, beside what was built before: programs keep
// their suffix, and signpathctl stays where it was built.
func TestInstallForAnotherPlatform(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(filepath.Join(signpathtest.Root, "tools", "install.sh"))
	must(t, err)
	built, home := t.TempDir(), t.TempDir()
	for _, name := range []string{"terraform-provider-signpath", "terraform-provider-signpath.exe", "signpathctl", "signpathctl.exe"} {
		must(t, os.WriteFile(filepath.Join(built, name), []byte(name), 0o600))
	}
	install := exec.CommandContext(t.Context(), script, built, "~/a mirror", filepath.Join(home, "bin"), "1.0.0")
	install.Env = append(os.Environ(), "HOME="+home, "GOOS=windows", "GOARCH=amd64")
	install.Dir = built
	output, err := install.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "Left signpathctl in "+built+": it is for windows_amd64") {
		t.Errorf("%v: %s", err, output)
	}
	installed, err := filepath.Glob(filepath.Join(home, "*", "*", "*", "*", "*", "*", "*"))
	must(t, err)
	var want []string
	for _, registry := range []string{"registry.opentofu.org", "registry.terraform.io"} {
		want = append(want, filepath.Join(home, "a mirror", registry, "signpath-community/signpath/1.0.0/windows_amd64/terraform-provider-signpath_v1.0.0.exe"))
	}
	if !slices.Equal(installed, want) {
		t.Errorf("installed are %q, want %q", installed, want)
	}
	if companions, err := filepath.Glob(filepath.Join(home, "bin", "*")); err != nil || len(companions) > 0 {
		t.Errorf("%q, %v", companions, err)
	}
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
