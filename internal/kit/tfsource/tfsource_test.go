package tfsource_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfsource"
)

// TestFind has a configuration in a folder of a repository, with modules, and files that are
// not all right.
func TestFind(t *testing.T) {
	repository := t.TempDir()
	for path, content := range map[string]string{
		".git/HEAD":                    "ref: refs/heads/main\n",
		"infra/main.tf":                "# Who releases.\n\nresource \"acme_user\" \"a\" {\n  name = \"A\"\n}\n\ndata \"acme_user\" \"a\" {}\n",
		"infra/main_override.tf":       "resource \"acme_user\" \"a\" {}\n",
		"infra/modules.tf":             "module \"team\" {\n  source = \"../modules/team\"\n}\nmodule \"far\" {\n  source = \"example.com/far/away\"\n}\n",
		"infra/more.tf.json":           "{\n  \"resource\": {\n    \"acme_user\": {\n      \"j\": {}\n    }\n  }\n}\n",
		"infra/both.tf":                "resource \"acme_user\" \"both\" {}\n",
		"infra/both.tofu":              "\nresource \"acme_user\" \"both\" {}\n",
		"infra/broken.tf":              "resource \"acme_user\" \"before\" {}\nresource \"acme_user\" {{{\n",
		"modules/team/main.tf":         "module \"inner\" {\n  source = \"./inner\"\n}\nresource \"acme_user\" \"b\" {}\n",
		"modules/team/inner/users.tf":  "\n\n\nresource \"acme_user\" \"c\" {}\n",
		"infra/not-configuration.text": "resource \"acme_user\" \"n\" {}\n",
	} {
		path = filepath.Join(repository, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configuration, err := tfsource.Open(filepath.Join(repository, "infra"))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]tfsource.Position{
		"acme_user.a":                                  {Path: "infra/main.tf", Line: 3},
		`acme_user.a["x.y[\"z\"]"]`:                    {Path: "infra/main.tf", Line: 3},
		"data.acme_user.a":                             {Path: "infra/main.tf", Line: 7},
		"acme_user.j[0]":                               {Path: "infra/more.tf.json", Line: 4},
		"acme_user.both":                               {Path: "infra/both.tofu", Line: 2},
		"acme_user.before":                             {Path: "infra/broken.tf", Line: 1},
		"module.team.acme_user.b":                      {Path: "modules/team/main.tf", Line: 4},
		`module.team["a"].module.inner[0].acme_user.c`: {Path: "modules/team/inner/users.tf", Line: 4},
		"module.far.acme_user.b":                       {},
		"acme_user.n":                                  {},
		"acme_user.none":                               {},
		"not an address {":                             {},
	} {
		if got, ok := configuration.Find(address); got != want || ok != (want.Line > 0) {
			t.Errorf("%s is at %v, want %v", address, got, want)
		}
	}
	if _, err := tfsource.Open(filepath.Join(repository, "nowhere")); err == nil {
		t.Error("a folder that does not exist is opened")
	}
}
