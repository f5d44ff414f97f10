package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// contractOutputs runs a command below contract, and returns what it prints on either stream.
func contractOutputs(t *testing.T, stdin string, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errOut strings.Builder
	root := newRootCommand()
	root.SetArgs(append([]string{"contract"}, arguments...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&errOut)
	err = root.ExecuteContext(t.Context())
	return out.String(), errOut.String(), err
}

func TestContractMapCommand(t *testing.T) {
	address := serverOf(t, "enable-disable,rename=role:globalRole,role-numbers").URL + documentPath
	out, told, err := contractOutputs(t, "", "map", address)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told, "The installation ") {
		t.Errorf("the version is not told: %q", told)
	}
	if !strings.Contains(told, "are to be confirmed (# ?); 1 question is left (TODO).") {
		t.Errorf("standard error says %q", told)
	}
	file, err := mapping.Parse([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if place := file.Things[mapping.User].Answer["role"]; place.Path.String() != "globalRole" {
		t.Errorf("the role is at %s", place.Path)
	}

	// Somebody answers, and goes on from there.
	answered := strings.NewReplacer("roles: TODO", "roles: {GlobalAdministrator: 5, RegularUser: 0}", "# ?", "# Alice looked it up:").Replace(out)
	path := filepath.Join(t.TempDir(), "signpath-api.yaml")
	if err := os.WriteFile(path, []byte(answered), 0o600); err != nil {
		t.Fatal(err)
	}
	out, told, err = contractOutputs(t, "", "map", address, "--mapping", path)
	if err != nil || !strings.Contains(out, "GlobalAdministrator: 5") || !strings.Contains(out, "# Alice looked it up") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(told, "of which 0 are to be confirmed (# ?).") {
		t.Errorf("standard error says %q", told)
	}
}

func TestContractMapCommandOfAnInstallationAsAssumed(t *testing.T) {
	out, told, err := contractOutputs(t, "", "map", serverOf(t, "").URL+documentPath)
	if err != nil || !strings.Contains(told, "no mapping file is needed") || strings.Contains(out, "user:") {
		t.Errorf("%v, %q\n%s", err, told, out)
	}
}

func TestContractMapCommandErrors(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]struct {
		arguments []string
		says      []string
	}{
		"no document": {[]string{"map", "-"}, []string{"standard input is no OpenAPI 3 document"}},
		"a mapping file of faults": {
			[]string{"map", "-", "--mapping", write("faults.yaml", "version: 1\nuser: {answer: {nme: x}}\n")},
			[]string{"faults.yaml\" cannot be used", "line 2", "nme"},
		},
		"one that the shell emptied": {
			[]string{"map", "-", "--mapping", write("empty.yaml", "")}, []string{"the file is empty", "write to another file"},
		},
		"no argument":             {[]string{"map"}, []string{"signpathctl contract map takes one argument"}},
		"a report of no document": {[]string{"report", "-"}, []string{"standard input is no OpenAPI 3 document"}},
		"a format of nobody":      {[]string{"report", "-", "--format", "html"}, []string{"markdown, json"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := contractOutputs(t, "<html>", test.arguments...)
			var status exitStatus
			if err == nil || errors.As(err, &status) {
				t.Fatalf("ends with %v", err)
			}
			for _, phrase := range test.says {
				if !strings.Contains(err.Error(), phrase) {
					t.Errorf("%q is not in %q", phrase, err)
				}
			}
		})
	}
}

// A report has names and types, and nothing of what a document says beside them.
func TestContractReportCommand(t *testing.T) {
	const secret = "internal-name"
	document := `{"openapi": "3.0.1", "info": {"title": "` + secret + `", "version": "1", "description": "` + secret + `"},
		"servers": [{"url": "https://` + secret + `.example.com"}], "tags": [{"name": "` + secret + `"}],
		"paths": {"/v1/{o}/CIUsers/{id}": {"summary": "` + secret + `", "get": {"description": "` + secret + `", "operationId": "` + secret + `",
		"responses": {"200": {"description": "` + secret + `", "content": {"application/json": {"example": "` + secret + `", "schema": {
		"title": "` + secret + `", "description": "` + secret + `", "type": "object", "required": ["alias"], "properties": {
		"alias": {"type": "string", "default": "` + secret + `", "example": "` + secret + `", "description": "` + secret + `", "pattern": "` + secret + `"},
		"role": {"type": "string", "enum": ["GlobalAdministrator", "GlobalReader", "RegularUser"]}}}}}}}}},
		"/v1/{o}/Certificates": {"get": {"responses": {}}}}}`
	for _, format := range contractReportFormats {
		out, _, err := contractOutputs(t, document, "report", "-", "--format", format)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out, secret) {
			t.Errorf("%s has a value:\n%s", format, out)
		}
		for _, name := range []string{"alias", "GlobalReader", "/Certificates", "GET /CIUsers"} {
			if !strings.Contains(out, name) {
				t.Errorf("%s lacks %s:\n%s", format, name, out)
			}
		}
	}
}
