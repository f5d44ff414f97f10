package mock_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestStateFile(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "state.json")
	c := startDemo(t, mock.WithStateFile(path))
	c.get("/Projects").ok()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("saved without a change: %v", err)
	}
	token := c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated).object()["apiToken"].(string)
	c.post("/InteractiveUsers", map[string]any{"name": "New", "accountEmailAddress": "new@example.com"}).expect(http.StatusCreated)
	c.editWith(releaseSigning, map[string]any{"approvers": c.ids("user:new@example.com")}).ok()
	c.must(c.server.Administrator("user:new@example.com").AddMembers("project:project-b", "readers", "ci_user:build"))

	again := startDemo(t, mock.WithStateFile(path))
	equal(t, "state", again.server.Snapshot(), c.server.Snapshot())
	equal(t, "mails", again.server.Mails(), c.server.Mails())
	equal(t, "events", again.server.Events(), c.server.Events())
	again.get("/CIUsers/Me").ok()
	again.token = token
	again.get("/Projects/project-b").ok()

	files, err := os.ReadDir(directory)
	c.must(err)
	equal(t, "files left behind", len(files), 1)
}

func TestUnusableStateFile(t *testing.T) {
	for name, content := range map[string]string{"of another organization": `{"id": "` + nobody + `"}`, "no JSON": `{`} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := mock.New(mock.DemoSeed(), mock.WithStateFile(path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStateThatCannotBeSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "state.json")
	c := startDemo(t, mock.WithStateFile(path))
	c.post("/CIUsers", map[string]any{"name": "build"}).refused(http.StatusInternalServerError, "-", "state file")
}
