package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const documentPath = "/Api/swagger/v1/swagger.json"

// serverOf serves an organization that speaks the dialect.
func serverOf(t *testing.T, dialect string) *httptest.Server {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	if err != nil {
		t.Fatal(err)
	}
	organization, err := mock.New(mock.DemoSeed(), mock.WithDialect(parsed))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(organization)
	t.Cleanup(server.Close)
	return server
}

// compareContract runs the command and returns what it prints, and how it ends.
func compareContract(t *testing.T, stdin string, arguments ...string) (string, error) {
	t.Helper()
	var output strings.Builder
	root := newRootCommand()
	root.SetArgs(append([]string{"contract"}, arguments...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&output)
	err := root.ExecuteContext(t.Context())
	return output.String(), err
}

func TestContractCommand(t *testing.T) {
	tests := map[string]struct {
		dialect string
		status  exitStatus
		says    []string
	}{
		"as assumed": {"", 0, []string{"0 differ", "0 missing"}},
		"differs": {
			"edit-without-suffix,rename=role:globalRole", statusDiffers,
			[]string{
				"differs  POST /CIUsers/{id}/Edit ", "is POST /CIUsers/{id}",
				"POST /CIUsers/{id}/Edit: request role", "inferred", "is globalRole", "0 missing",
			},
		},
		"missing": {
			"rename-request=role:newRole", statusRefuses,
			[]string{
				"missing      POST /InteractiveUsers/{id}/Edit: request role", "there are", "newRole", "2 missing, 2 contradict",
				"contradicts  POST /InteractiveUsers/{id}/Edit: request newRole", "GET /InteractiveUsers/{id} does not answer it",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			output, err := compareContract(t, "", serverOf(t, test.dialect).URL+documentPath)
			var status exitStatus
			if err != nil && !errors.As(err, &status) || status != test.status {
				t.Errorf("ends with %v, want %v", err, test.status)
			}
			for _, phrase := range test.says {
				if !strings.Contains(output, phrase) {
					t.Errorf("%q is not in\n%s", phrase, output)
				}
			}
		})
	}
}

func TestContractCommandReadsFilesAndStandardInput(t *testing.T) {
	response, err := http.Get(serverOf(t, "").URL + documentPath)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var document json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "swagger.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, run := range [][]string{{file}, {"-"}} {
		if output, err := compareContract(t, string(document), run...); err != nil || !strings.Contains(output, "0 missing") {
			t.Errorf("%q: %v\n%s", run, err, output)
		}
	}

	output, err := compareContract(t, "", file, "--json")
	var lines []contract.Line
	if err != nil || json.Unmarshal([]byte(output), &lines) != nil || len(lines) < 50 {
		t.Errorf("%v, %d lines", err, len(lines))
	}
	all, err := compareContract(t, "", file, "--all")
	if err != nil || strings.Count(all, "\n") < len(lines) {
		t.Errorf("%v\n%s", err, all)
	}
}

func TestContractCommandErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.json")
	for source, says := range map[string]string{
		missing: "none.json",
		"-":     "standard input is no OpenAPI 3 document",
		serverOf(t, "no-document").URL + documentPath: "404",
	} {
		_, err := compareContract(t, "<html>", source)
		var status exitStatus
		if err == nil || errors.As(err, &status) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// Who reads a file is told of the file, and of no request: none was made, and no
// server answered it.
func TestContractCommandTellsOfNoRequest(t *testing.T) {
	describing := func(version, paths string) string {
		return `{"openapi":"` + version + `","info":{"title":"t","version":"1"},"paths":{` + paths + `}}`
	}
	documents := map[string]string{
		"a page":          `<html>`,
		"Swagger 2":       `{"swagger":"2.0"}`,
		"no organization": describing("3.0.1", `"/v1/Meta/SystemInfo":{"get":{"responses":{}}}`),
		"hardly a route":  describing("3.1.0", `"/v1/{o}/CIUsers":{"get":{"responses":{}}}`),
		"no place for it": describing("3.0.1", `"/v1/{o}/CIUsers/{id}/Edit":{"post":{"requestBody":{"content":{"application/json":{"schema":{`+
			`"required":["ticket"],"properties":{"ticket":{"type":"string"}}}}}},"responses":{}}}`),
		"a token elsewhere": describing("3.0.1", `"/v1/{o}/CIUsers/{id}/RegenerateApiToken":{"post":{"responses":{"200":{"description":"",`+
			`"content":{"application/json":{"schema":{"properties":{"credential":{"type":"string"}}}}}}}}}`),
	}
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "swagger.json")
			if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, arguments := range [][]string{{file}, {file, "--all"}, {file, "--json"}, {"-"}} {
				output, err := compareContract(t, document, arguments...)
				if err == nil {
					t.Fatalf("%q fits:\n%s", arguments, output)
				}
				for _, phrase := range []string{"sent", "answered", "swagger/v1", "the server", "fetch"} {
					if told := output + err.Error(); strings.Contains(told, phrase) {
						t.Errorf("%q: %q is in\n%s", arguments, phrase, told)
					}
				}
			}
		})
	}
}
