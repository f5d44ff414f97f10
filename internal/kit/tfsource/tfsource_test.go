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
		"infra/main.tf":                "# Who releases.\n\nresource \"signpath_user\" \"a\" {\n  name = \"A\"\n}\n\ndata \"signpath_user\" \"a\" {}\n",
		"infra/main_override.tf":       "resource \"signpath_user\" \"a\" {}\n",
		"infra/modules.tf":             "module \"team\" {\n  source = \"../modules/team\"\n}\nmodule \"far\" {\n  source = \"example.com/far/away\"\n}\n",
		"infra/more.tf.json":           "{\n  \"resource\": {\n    \"signpath_user\": {\n      \"j\": {}\n    }\n  }\n}\n",
		"infra/both.tf":                "resource \"signpath_user\" \"both\" {}\n",
		"infra/both.tofu":              "\nresource \"signpath_user\" \"both\" {}\n",
		"infra/broken.tf":              "resource \"signpath_user\" \"before\" {}\nresource \"signpath_user\" {{{\n",
		"modules/team/main.tf":         "module \"inner\" {\n  source = \"./inner\"\n}\nresource \"signpath_user\" \"b\" {}\n",
		"modules/team/inner/users.tf":  "\n\n\nresource \"signpath_user\" \"c\" {}\n",
		"infra/not-configuration.text": "resource \"signpath_user\" \"n\" {}\n",
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
		"signpath_user.a":                                  {Path: "infra/main.tf", Line: 3},
		`signpath_user.a["x.y[\"z\"]"]`:                    {Path: "infra/main.tf", Line: 3},
		"data.signpath_user.a":                             {Path: "infra/main.tf", Line: 7},
		"signpath_user.j[0]":                               {Path: "infra/more.tf.json", Line: 4},
		"signpath_user.both":                               {Path: "infra/both.tofu", Line: 2},
		"signpath_user.before":                             {Path: "infra/broken.tf", Line: 1},
		"module.team.signpath_user.b":                      {Path: "modules/team/main.tf", Line: 4},
		`module.team["a"].module.inner[0].signpath_user.c`: {Path: "modules/team/inner/users.tf", Line: 4},
		"module.far.signpath_user.b":                       {},
		"signpath_user.n":                                  {},
		"signpath_user.none":                               {},
		"not an address {":                                 {},
	} {
		if got, ok := configuration.Find(address); got != want || ok != (want.Line > 0) {
			t.Errorf("%s is at %v, want %v", address, got, want)
		}
	}
	if _, err := tfsource.Open(filepath.Join(repository, "nowhere")); err == nil {
		t.Error("a folder that does not exist is opened")
	}
}
