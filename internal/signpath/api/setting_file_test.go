package api_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// writeFile writes a file that a setting names, and returns its path.
func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "setting.pem")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// expectRefusal checks that exactly the field is wrong, and what is said of it.
func expectRefusal(t *testing.T, c api.Config, field api.Field, want string) {
	t.Helper()
	wrong := c.Validate()
	if len(wrong) != 1 || wrong[0].Field != field || !strings.Contains(wrong[0].Reason, want) {
		t.Errorf("want %s: …%s…, got:", field, want)
		for _, w := range wrong {
			t.Errorf("%s: %s", w.Field, w.Reason)
		}
	}
}

func TestTokenFromAFile(t *testing.T) {
	o := inProcess(t)
	o.config.Token = ""
	o.config.TokenFile = writeFile(t, "\n\t "+demoToken+" \r\n")
	o.restart()
	o.must(doMe(t.Context(), o))
}

func TestTokenFileIsRefused(t *testing.T) {
	folder := t.TempDir()
	long := strings.Repeat("x", 5<<20)
	tests := map[string]struct{ path, want string }{
		"missing":          {filepath.Join(folder, "missing.txt"), "missing.txt\" cannot be read: no such file or directory."},
		"folder":           {folder, "cannot be read: is a directory."},
		"empty":            {writeFile(t, ""), "is empty"},
		"white space":      {writeFile(t, " \n"), "is empty"},
		"composite":        {writeFile(t, demoToken+":"+demoToken), "composite token"},
		"header":           {writeFile(t, "Bearer "+demoToken), `begins with "Bearer"`},
		"two lines":        {writeFile(t, demoToken+"\n"+demoToken), "white space"},
		"too large":        {writeFile(t, long), "is larger than 4 MiB"},
		"the token itself": {demoToken, "The path of 44 characters, which is not shown because it may be a secret itself, cannot be read"},
		"a composite one":  {demoToken + ":" + demoToken, "which is not shown"},
		"a key itself":     {"-----BEGIN PRIVATE KEY-----\n" + demoToken, "which is not shown"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := config("")
			c.Token, c.TokenFile = "", test.path
			expectRefusal(t, c, api.FieldTokenFile, test.want)
			if reason := c.Validate()[0].Reason; strings.Contains(reason, demoToken[:8]) {
				t.Errorf("the error has the token: %s", reason)
			}
		})
	}
}

func TestTokenAndTokenFileAreRefused(t *testing.T) {
	c := config("")
	c.TokenFile = writeFile(t, demoToken)
	expectRefusal(t, c, api.FieldTokenFile, "Set one of api_token and token_file, or one of the environment variables SIGNPATH_API_TOKEN and SIGNPATH_API_TOKEN_FILE.")
}
