package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// mappingOf writes a mapping file.
func mappingOf(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "signpath-api.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rehearse runs the command, and returns what it prints and its exit status.
func rehearse(t *testing.T, arguments ...string) (output string, status exitStatus, err error) {
	t.Helper()
	var out bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append([]string{"contract", "rehearse"}, arguments...))
	err = root.ExecuteContext(t.Context())
	if errors.As(err, &status) {
		err = nil
	}
	return out.String(), status, err
}

func mustSay(t *testing.T, output string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !strings.Contains(output, phrase) {
			t.Errorf("%q is not in\n%s", phrase, output)
		}
	}
}

// anyone is the demo organization with everything that can be on a list.
func anyone() mock.Seed {
	seed := mock.DemoSeed()
	signpathtest.WithAnyone(&seed)
	for i, user := range seed.CIUsers {
		if user.Name == "twin" {
			seed.CIUsers[i].Name = []string{"twin-a", "twin-b"}[i%2]
		}
	}
	return seed
}

const nothingMapped = "version: 1\n"

func TestRehearse(t *testing.T) {
	server := serveOrganization(t, anyone())
	output, status, err := rehearse(t, mappingOf(t, nothingMapped))
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	mustSay(t, output,
		"10 users and 4 CI users, of these 2 inactive and 2 invited; 3 user groups; 2 projects with 4 signing policies.\n",
		"Global Administrator: user:org.admin@example.com, user:support@example.com, ci_user:terraform\n",
		"Whose account is inactive\n  user:former.auditor@example.com, ci_user:twin-",
		"Signing policy project-a/release-signing\n", "approvers: group:Release Managers, user:security.officer@example.com\n",
		"Signing policy project-b/test-signing\n", "Project project-a\n", "Members of group:", "Nothing is wrong by itself.")
	if got := strings.Count(output, "As in the web application?"); got != 10 /* Three parts, three policies, two projects, two groups. */ {
		t.Errorf("it asks %d times:\n%s", got, output)
	}
	for _, request := range server.Requests() {
		if request.Method != http.MethodGet {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
	output, _, err = rehearse(t, mappingOf(t, nothingMapped), "--policy", "project-b/test-signing")
	if mustSay(t, output, "Signing policy project-b/test-signing", "Project project-b"); err != nil || strings.Contains(output, "policy project-a") {
		t.Errorf("%v\n%s", err, output)
	}
	if _, _, err = rehearse(t, mappingOf(t, nothingMapped), "--policy", "project-b/x"); err == nil || !strings.Contains(err.Error(), "there are project-a/") {
		t.Errorf("got %v", err)
	}
}

// Marks do not matter to who reads.
func TestRehearseListsMarks(t *testing.T) {
	serveOrganization(t, anyone())
	output, status, err := rehearse(t, mappingOf(t, nothingMapped+"user:\n  answer:\n    role: role # ? Is that the role?\n    # Which one?\n    identity: TODO\n"))
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	mustSay(t, output, "Not confirmed in the mapping file", "line 4, user.answer.role, proposed: Is that the role?", "line 6, user.answer.identity, open: Which one?")
}
