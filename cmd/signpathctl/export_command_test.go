package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const regularToken = "cmVndWxhci11c2Vycy10b2tlbi0wMDAwMDAwMDAwMDA="

// contractMiddleware judges what is said to the mock server, and what that answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// organizationToExport serves the demo organization, with a Regular User who reads
// one of the two projects, and sets the environment for its administrator.
func organizationToExport(t *testing.T, options ...contracttest.Option) *mock.Server {
	t.Helper()
	seed := mock.DemoSeed()
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Reader", Email: "reader@example.com", Token: regularToken})
	seed.Projects[0].Readers = append(seed.Projects[0].Readers, "user:reader@example.com")
	return serveOrganization(t, seed, options...)
}

// serveOrganization sets the environment for the first CI user of the seed.
func serveOrganization(t *testing.T, seed mock.Seed, options ...contracttest.Option) *mock.Server {
	t.Helper()
	return serveMockOf(t, seed, mock.WithMiddleware(contractMiddleware.Middleware(t, options...)))
}

func serveMockOf(t *testing.T, seed mock.Seed, options ...mock.Option) *mock.Server {
	t.Helper()
	server, err := mock.New(seed, options...)
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	t.Setenv(api.EnvURL, url+"/Api/v1/")
	t.Setenv(api.EnvOrganizationID, server.OrganizationID())
	t.Setenv(api.EnvToken, seed.CIUsers[0].Token)
	return server
}

// runExportCommand runs the command and returns what it printed.
func runExportCommand(ctx context.Context, arguments ...string) (stdout, stderr string, err error) {
	var output, errors bytes.Buffer
	command := newRootCommand()
	command.SetOut(&output)
	command.SetErr(&errors)
	command.SetArgs(append([]string{"export"}, arguments...))
	err = command.ExecuteContext(ctx)
	return output.String(), errors.String(), err
}

// filesIn returns the contents of a directory of files.
func filesIn(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

func TestExportWritesFilesAndSaysWhat(t *testing.T) {
	organizationToExport(t)
	directory := filepath.Join(t.TempDir(), "signpath")
	stdout, stderr, err := runExportCommand(t.Context(), directory)
	if err != nil || stderr != "" {
		t.Errorf("error %v, stderr %q", err, stderr)
	}
	for _, want := range []string{
		"EXPORTED", "signpath_role_holders", "NOT EXPORTED", "synchronized from", "6 files in " + directory, "terraform plan",
		"lists that nobody is on are not watched",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	files := filesIn(t, directory)
	for _, name := range []string{"imports.tf", "principals.tf", "project-project-a.tf", "project-project-b.tf", "provider.tf", "roles.tf"} {
		if files[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for name, content := range files {
		if strings.Contains(content, os.Getenv(api.EnvToken)) {
			t.Errorf("the token is in %s", name)
		}
	}
}

// For the module, the lists are in a file that it reads, and nothing is left of the other format.
func TestExportForTheModule(t *testing.T) {
	organizationToExport(t)
	directory := filepath.Join(t.TempDir(), "signpath")
	for _, flags := range [][]string{nil, {"--force", "--format", "yaml"}, {"--force", "--format", "yaml", "--module-source", "../module"}, {"--force"}} {
		stdout, _, err := runExportCommand(t.Context(), append(flags, directory)...)
		if err != nil || !strings.Contains(stdout, "6 files in "+directory) {
			t.Fatalf("%v: error %v\n%s", flags, err, stdout)
		}
		files := filesIn(t, directory)
		source := `"github.com/signpath-community/terraform-provider-signpath//modules/signpath-project"`
		if len(flags) > 3 {
			source = `"../module"`
		}
		if forModule := len(flags) > 1; strings.Contains(files["projects.tf"], source) != forModule || (files["projects.yaml"] != "") != forModule ||
			(files["project-project-a.tf"] == "") != forModule || len(files) != 6 {
			t.Errorf("%v: the files are %v", flags, files)
		}
	}
}

// A release exports for the module of the same release.
func TestModuleSourceOfARelease(t *testing.T) {
	defer func(before string) { version = before }(version)
	for of, want := range map[string]string{"1.2.0": "?ref=v1.2.0", "dev": "", "1.2.0-4-gabcdef0": "", "1.2.1-SNAPSHOT-abcdef0": ""} {
		version = of
		if got := defaultModuleSource(); !strings.HasSuffix(got, "/modules/signpath-project"+want) {
			t.Errorf("%s exports for %s", of, got)
		}
	}
}

func TestExportSettingsFromFlags(t *testing.T) {
	server := organizationToExport(t)
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte(os.Getenv(api.EnvToken)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := os.Getenv(api.EnvURL)
	t.Setenv(api.EnvURL, "https://signpath.invalid")
	t.Setenv(api.EnvOrganizationID, "11111111-1111-4111-8111-111111111111")
	t.Setenv(api.EnvToken, "b3RoZXI=")
	directory := filepath.Join(t.TempDir(), "signpath")
	_, _, err := runExportCommand(t.Context(), directory,
		"--api-url", url, "--organization-id", server.OrganizationID(), "--token-file", tokenFile)
	if err != nil {
		t.Error(err)
	}
}

// TestExportOfAPartWarns lets a user export who sees one project of two.
func TestExportOfAPartWarns(t *testing.T) {
	organizationToExport(t)
	t.Setenv(api.EnvToken, regularToken)
	directory := filepath.Join(t.TempDir(), "signpath")
	_, stderr, err := runExportCommand(t.Context(), directory)
	if err != nil || !strings.Contains(stderr, "Warning: this export may lack projects") {
		t.Errorf("error %v, stderr %q", err, stderr)
	}
	files := filesIn(t, directory)
	if !strings.Contains(files["provider.tf"], "# WARNING: this export may lack projects") || len(files) != 5 {
		t.Errorf("%d files, and provider.tf is\n%s", len(files), files["provider.tf"])
	}
}

func TestExportAgainNeedsForce(t *testing.T) {
	server := organizationToExport(t)
	directory := filepath.Join(t.TempDir(), "signpath")
	if _, _, err := runExportCommand(t.Context(), directory); err != nil {
		t.Fatal(err)
	}
	before := filesIn(t, directory)
	server.ResetRequests()
	_, _, err := runExportCommand(t.Context(), directory)
	if err == nil || !strings.Contains(err.Error(), "is not empty.\nExport into a new directory, or use --force") {
		t.Errorf("error %v", err)
	}
	if got := server.CountRequests(); got != 0 {
		t.Errorf("%d requests were sent for nothing", got)
	}
	if _, _, err := runExportCommand(t.Context(), directory, "--force"); err != nil {
		t.Error(err)
	}
	after := filesIn(t, directory)
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s differs the second time", name)
		}
	}
}

func TestExportIsRefused(t *testing.T) {
	const wrongToken = "d3JvbmctdG9rZW4="
	server := organizationToExport(t, contracttest.Unwatched("some addresses are wrong on purpose"))
	for name, test := range map[string]struct {
		token string
		flags []string
		fault *mock.Fault
		want  []string
	}{
		"wrong token": {token: wrongToken, want: []string{"401", "Give a valid one in " + api.EnvToken}},
		"nothing is set": {
			token: " ", flags: []string{"--organization-id", " "},
			want: []string{"no organization is set", "as --organization-id or in " + api.EnvOrganizationID, "no API token is set", "as --token-file"},
		},
		"a web page": {
			fault: &mock.Fault{Route: "GET /Projects", Action: mock.FaultMalformedBody, Body: "<!doctype html>"},
			want:  []string{"a web page", "Check --api-url"},
		},
		"another format":            {flags: []string{"--format", "json"}, want: []string{`--format is "json", and must be one of hcl, yaml`, "Nothing was written"}},
		"a module without a format": {flags: []string{"--module-source", "../module"}, want: []string{"--module-source goes with --format yaml only"}},
		"composite token":           {token: wrongToken + ":x", want: []string{"contains a colon"}},
		"wrong organization": {
			flags: []string{"--organization-id", "11111111-1111-4111-8111-111111111111"},
			want:  []string{"403", "Check the organization's id", "(from --organization-id)"},
		},
		"malformed settings": {
			flags: []string{"--organization-id", "example", "--api-url", "example"},
			want:  []string{`"example" is not a URL`, `"example" is not an organization id`},
		},
		"wrong path": {
			flags: []string{"--api-url", strings.TrimSuffix(os.Getenv(api.EnvURL), "Api/v1/") + "elsewhere"},
			want:  []string{"404", "Check --api-url"},
		},
		"no such token file": {flags: []string{"--token-file", filepath.Join(t.TempDir(), "none")}, want: []string{"cannot be read"}},
		"project that is gone": {
			fault: &mock.Fault{Route: "GET /Projects/project-b", Before: func() { _ = server.Administrator("").Remove("project:project-b") }},
			want:  []string{"project-b", "it may have been deleted while the export ran"},
		},
		"answer without a slug": {
			fault: &mock.Fault{Route: "GET /Projects", Action: mock.FaultHideProperties, Properties: []string{"slug"}},
			want:  []string{`no property "slug"`, "please report"},
		},
		"too many requests": {
			fault: &mock.Fault{Route: "GET /Projects", Action: mock.FaultAnswer, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "9999"}},
			want:  []string{"429", "Run it again later"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.token != "" {
				t.Setenv(api.EnvToken, test.token)
			}
			if test.fault != nil {
				if err := server.Inject(*test.fault); err != nil {
					t.Fatal(err)
				}
				defer server.ClearFaults()
			}
			parent := t.TempDir()
			stdout, stderr, err := runExportCommand(t.Context(), append(test.flags, filepath.Join(parent, "signpath"))...)
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
			if err != nil && strings.Contains(stdout+stderr+err.Error(), wrongToken) {
				t.Errorf("the token is in %q, %q, %v", stdout, stderr, err)
			}
			if left := filesIn(t, parent); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestExportIsInterrupted(t *testing.T) {
	server := organizationToExport(t)
	ctx, interrupt := context.WithCancel(t.Context())
	if err := server.Inject(mock.Fault{Route: "GET /Projects/project-a", Before: interrupt}); err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	_, _, err := runExportCommand(ctx, filepath.Join(parent, "signpath"))
	if err == nil || !strings.Contains(err.Error(), "The export was interrupted.\nNothing was written") {
		t.Errorf("error %v", err)
	}
	if left := filesIn(t, parent); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A configuration is read with the mapping file with which it was exported. One of the same name
// that a person made is not replaced.
func TestExportTakesTheMappingAlong(t *testing.T) {
	organizationToExport(t)
	directory, mapped := filepath.Join(t.TempDir(), "signpath"), filepath.Join(t.TempDir(), "mine.yaml")
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const content = "version: 1 # Nothing differs.\n"
	write(mapped, content)
	t.Setenv(api.EnvMapping, mapped)
	for range 2 {
		if _, _, err := runExportCommand(t.Context(), directory, "--force"); err != nil {
			t.Fatal(err)
		}
	}
	files := filesIn(t, directory)
	if files["signpath-api.yaml"] != content || !strings.Contains(files["provider.tf"], `= "signpath-api.yaml"`) {
		t.Errorf("got %q and %s", files["signpath-api.yaml"], files["provider.tf"])
	}
	write(filepath.Join(directory, "signpath-api.yaml"), "version: 1\n")
	if _, _, err := runExportCommand(t.Context(), directory, "--force"); err == nil || !strings.Contains(err.Error(), "signpath-api.yaml") {
		t.Errorf("got %v", err)
	}
	t.Setenv(api.EnvMapping, "")
	if _, _, err := runExportCommand(t.Context(), directory, "--force"); err != nil {
		t.Error(err)
	}
	if files := filesIn(t, directory); files["signpath-api.yaml"] != "version: 1\n" || strings.Contains(files["provider.tf"], "api_mapping") {
		t.Errorf("without a mapping, got %q and %s", files["signpath-api.yaml"], files["provider.tf"])
	}
	write(mapped, "version: 2\n")
	if _, _, err := runExportCommand(t.Context(), directory, "--force", "--mapping", mapped); err == nil || !strings.Contains(err.Error(), "line 1: version 2") {
		t.Errorf("got %v", err)
	}
}
