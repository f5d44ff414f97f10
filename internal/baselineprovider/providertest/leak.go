package providertest

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A Leak is a search for secrets in all that a provider leaves, with the most talkative log.
type Leak struct {
	// Source is that of the provider, which runs in a process of its own, as a user's does.
	Source        string
	NewServer     NewServer
	Configuration string
	// Environment has the settings of the provider, as "NAME=value".
	Environment []string
	// Secrets are searched for, and Logged is what the log has for sure.
	Secrets []string
	Logged  string
}

// Search runs commands, which may fail, and searches what they print, and each file in the folder:
// states, saved plans, and the log. Between them, it calls what a test does with the server.
func (l Leak) Search(t *testing.T, commands ...any) {
	t.Helper()
	w := testkit.NewWorkspace(t, testkit.Factories{l.Source: factory(l.NewServer, &Clock{})})
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", l.Source, filepath.ToSlash(program(t, path.Base(l.Source)))))
	w.Write("main.tf", l.Configuration)
	w.Env = slices.DeleteFunc(w.Env, func(variable string) bool { return strings.HasPrefix(variable, "TF_REATTACH_PROVIDERS=") })
	w.Env = append(w.Env, "TF_CLI_CONFIG_FILE="+filepath.Join(w.Directory, "cli.tfrc"), "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Directory, "trace.log"))
	w.Env = append(w.Env, l.Environment...)
	left := map[string]string{}
	for _, one := range commands {
		switch act := one.(type) {
		case string:
			output, _ := w.Run(strings.Fields(act)...)
			left["the output of "+act] = output
		case func():
			act()
		}
	}
	testkit.Must(t, filepath.WalkDir(w.Directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := contentOf(path)
		left[entry.Name()] = content
		return err
	}))
	if !strings.Contains(left["trace.log"], l.Logged) {
		t.Fatalf("the log has no %q, so the search shows nothing", l.Logged)
	}
	for name, content := range left {
		for _, secret := range l.Secrets {
			if at := strings.Index(content, secret); at >= 0 {
				t.Errorf("%s has a secret: …%s", name, content[max(0, at-200):min(len(content), at+len(secret)+50)])
			}
		}
	}
}

// contentOf is that of a file, or of the files in an archive, such as a saved plan.
func contentOf(path string) (string, error) {
	archive, err := zip.OpenReader(path)
	if err != nil { // It is none.
		content, err := os.ReadFile(path)
		return string(content), err
	}
	var all strings.Builder
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return "", err
		}
		if _, err := io.Copy(&all, reader); err != nil {
			return "", err
		}
	}
	return all.String(), archive.Close()
}
