package main

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
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

// mappingOfDialect is the mapping file for servers that speak the dialect.
func mappingOfDialect(t *testing.T, dialect string) string {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Mapping()
}

// compareContract runs the command and returns what it prints, and how it ends.
func compareContract(t *testing.T, stdin string, arguments ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	root := newRootCommand()
	root.SetArgs(append([]string{"contract"}, arguments...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestContractCommand(t *testing.T) {
	const otherwise = "edit-without-suffix,rename=role:globalRole"
	tests := map[string]struct {
		dialect string
		mapped  bool
		status  exitStatus
		says    []string
	}{
		"as assumed": {"", false, 0, []string{"0 as mapped", "0 missing"}},
		"unmapped": {
			otherwise, false, statusRefuses, []string{"missing  POST /CIUsers/{id}/Edit ", "missing  GET /CIUsers/{id}: answer role", "0 as mapped"},
		},
		"mapped": {
			otherwise, true, 0,
			[]string{
				"mapped ", "POST /CIUsers/{id}/Edit ", "is POST /CIUsers/{id}",
				"POST /CIUsers/{id}/Edit: request role", "inferred", "is globalRole", "0 missing",
			},
		},
		"missing": {
			"rename-request=role:newRole", false, statusRefuses,
			[]string{
				"missing      POST /InteractiveUsers/{id}/Edit: request role", "there are", "newRole", "2 missing, 2 contradict",
				"contradicts  POST /InteractiveUsers/{id}/Edit: request newRole", "GET /InteractiveUsers/{id} does not answer it",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			arguments := []string{serverOf(t, test.dialect).URL + documentPath}
			if test.mapped {
				arguments = append(arguments, "--mapping", mappingOf(t, mappingOfDialect(t, test.dialect)))
			}
			output, err := compareContract(t, "", arguments...)
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

	output, err := compareContract(t, "", file, "--format", "json")
	var read struct{ Comparisons []contract.Line }
	if err != nil || json.Unmarshal([]byte(output), &read) != nil || len(read.Comparisons) < 50 {
		t.Errorf("%v, %d lines", err, len(read.Comparisons))
	}
	all, err := compareContract(t, "", file, "--all")
	if err != nil || strings.Count(all, "\n") < len(read.Comparisons) {
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

// An installation is asked for its version, a file is not.
func TestContractCommandTellsTheVersion(t *testing.T) {
	t.Setenv(api.EnvURL, "")
	server := serverOf(t, "")
	address := server.URL + documentPath + "?download=true"
	const told = "The installation is SignPath 1.220.0.\n"
	if output, err := compareContract(t, "", address); err != nil || !strings.HasPrefix(output, told) {
		t.Errorf("%v\n%s", err, output)
	}
	output, err := compareContract(t, "", address, "--format", "json")
	if err != nil || !json.Valid([]byte(output)) || !strings.Contains(output, `"installation_version": "1.220.0"`) {
		t.Errorf("%v\n%s", err, output)
	}
	old := serverOf(t, "old-origin-names").URL + documentPath
	output, err = compareContract(t, "", old)
	if err != nil && !errors.As(err, new(exitStatus)) || !strings.HasPrefix(output, "The installation is SignPath 1.200.2.\n") {
		t.Errorf("%v\n%s", err, output)
	}
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "Meta") {
			http.NotFound(w, r)
			return
		}
		server.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(silent.Close)
	const notTold = "The installation does not tell its version (SignPath does since 1.186.1, but maybe not without a token).\n"
	if output, err := compareContract(t, "", silent.URL+documentPath); err != nil || !strings.HasPrefix(output, notTold) {
		t.Errorf("%v\n%s", err, output)
	}
}

// The document is fetched without a token, and the token of the environment goes to no
// other server than the one that it is for.
func TestContractCommandSendsTheTokenToItsServerOnly(t *testing.T) {
	organization := serverOf(t, "").Config.Handler
	sent := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent[strings.ToLower(r.URL.Path)] = r.Header.Get("Authorization")
		organization.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv(api.EnvToken, "the-token")
	t.Setenv(api.EnvTokenFile, "")
	const document, info = "/api/swagger/v1/swagger.json", "/api/v1/meta/systeminfo"
	for configured, want := range map[string]string{
		"": "", "https://signpath.example.com/Api": "", server.URL + "/other": "", "no URL": "",
		server.URL + "/Api": "Bearer the-token", server.URL + "/api/v1/": "Bearer the-token",
	} {
		clear(sent)
		t.Setenv(api.EnvURL, configured)
		if output, err := compareContract(t, "", server.URL+documentPath); err != nil || !strings.HasPrefix(output, "The installation is SignPath") {
			t.Errorf("%s: %v\n%s", configured, err, output)
		}
		if len(sent) != 2 || sent[document] != "" || sent[info] != want {
			t.Errorf("%s: sent %q", configured, sent)
		}
	}
}

// A server is reached as the other commands reach it.
func TestContractCommandHeedsConnectionSettings(t *testing.T) {
	t.Setenv(api.EnvURL, "")
	organization := serverOf(t, "").Config.Handler
	installation := httptest.NewUnstartedServer(organization)
	installation.Config.ErrorLog = log.New(io.Discard, "", 0)
	installation.StartTLS()
	t.Cleanup(installation.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: installation.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	address := installation.URL + documentPath
	if output, err := compareContract(t, "", address, "--ca-certificate-file", authority); err != nil || !strings.Contains(output, "0 missing") {
		t.Errorf("%v\n%s", err, output)
	}
	proxied := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "signpath.example.com" {
			proxied++
		}
		organization.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	if output, err := compareContract(t, "", "http://signpath.example.com"+documentPath, "--proxy-url", proxy.URL); err != nil || proxied != 2 {
		t.Errorf("%v, %d by the proxy\n%s", err, proxied, output)
	}
	for want, arguments := range map[string][]string{
		"set --ca-certificate-file to a PEM file":       {address},
		"Check the URL and the network":                 {"http://127.0.0.1:1" + documentPath, "--retry-timeout-seconds", "1"},
		"the other flags for the connection need a URL": {"-", "--proxy-url", proxy.URL},
		"client_key_file":                               {address, "--client-certificate-file", authority},
		"must not carry credentials":                    {"https://user:password@signpath.example.com" + documentPath},
		"give it as a file or on standard input":        {serverOf(t, "no-document").URL + documentPath},
		"it exists since 1.177.0":                       {documentWithout(t, "SigningPolicies/{signingPolicySlug}")},
	} {
		output, err := compareContract(t, "{}", arguments...)
		if err == nil || !strings.Contains(output+err.Error(), want) {
			t.Errorf("%q: %v, want %q\n%s", arguments, err, want, output)
		}
		if err != nil && strings.Contains(err.Error(), "password") {
			t.Errorf("%v", err)
		}
	}
}

// documentWithout is a file with the document of a server that lacks the path which
// ends so.
func documentWithout(t *testing.T, ending string) (path string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	serverOf(t, "").Config.Handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, documentPath, http.NoBody))
	var document map[string]any
	if err := json.Unmarshal(recorder.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	paths, _ := document["paths"].(map[string]any)
	before := len(paths)
	maps.DeleteFunc(paths, func(path string, _ any) bool { return strings.HasSuffix(path, ending) })
	if len(paths) != before-1 {
		t.Fatalf("no path ends with %s: %q", ending, slices.Sorted(maps.Keys(paths)))
	}
	content, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "swagger.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
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
			for _, arguments := range [][]string{{file}, {file, "--all"}, {file, "--format", "json"}, {"-"}} {
				output, err := compareContract(t, document, arguments...)
				if err == nil {
					t.Fatalf("%q fits:\n%s", arguments, output)
				}
				for _, phrase := range []string{"sent", "answered", "swagger/v1", "the server", "fetch"} {
					if told := strings.ReplaceAll(output+err.Error(), `"sentence"`, ""); strings.Contains(told, phrase) {
						t.Errorf("%q: %q is in\n%s", arguments, phrase, told)
					}
				}
			}
		})
	}
}

// The first file of the page about mapping files is for old servers, and is all that they need.
func TestMappingOfThePageIsForOldServers(t *testing.T) {
	page, err := os.ReadFile("../../templates/guides/api-mapping.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	_, file, _ := strings.Cut(string(page), "```yaml\n")
	file, _, _ = strings.Cut(file, "```")
	document := serverOf(t, "version=1.201.0").URL + documentPath
	var status exitStatus
	if _, err := compareContract(t, "", document); !errors.As(err, &status) || status != statusRefuses {
		t.Errorf("without the file, it ends with %v", err)
	}
	if output, err := compareContract(t, "", document, "--mapping", mappingOf(t, file)); err != nil || !strings.Contains(output, "is verifyOrigin") {
		t.Errorf("with the file, it ends with %v\n%s", err, output)
	}
}
