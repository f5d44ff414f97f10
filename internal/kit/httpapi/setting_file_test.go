package httpapi_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
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

// wrongSettings returns what New refuses.
func wrongSettings(c httpapi.Config) (wrong httpapi.ConfigErrors) {
	_, err := httpapi.New(c)
	errors.As(err, &wrong)
	return wrong
}

// expectRefusal checks that exactly the field is wrong, and what is said of it.
func expectRefusal(t *testing.T, c httpapi.Config, field httpapi.Field, want string) {
	t.Helper()
	wrong := wrongSettings(c)
	if len(wrong) != 1 || wrong[0].Field != field || !strings.Contains(wrong[0].Reason, want) {
		t.Errorf("want %s: …%s…, got:", field, want)
		for _, w := range wrong {
			t.Errorf("%s: %s", w.Field, w.Reason)
		}
	}
}

func TestTokenFromAFile(t *testing.T) {
	s := inProcess(t)
	s.config.Secret = ""
	s.config.SecretFile = writeFile(t, "\n\t "+token+" \r\n")
	s.restart()
	s.must(s.do(t.Context(), list))
}

func TestTokenFileIsRefused(t *testing.T) {
	folder := t.TempDir()
	long := strings.Repeat("x", 5<<20)
	tests := map[string]struct{ path, want string }{
		"missing":          {filepath.Join(folder, "missing.txt"), "missing.txt\" cannot be read: no such file or directory."},
		"folder":           {folder, "cannot be read: is a directory."},
		"empty":            {writeFile(t, ""), "is empty"},
		"white space":      {writeFile(t, " \n"), "is empty"},
		"composite":        {writeFile(t, token+":"+token), "has no colon"},
		"header":           {writeFile(t, "Bearer "+token), `begins with "Bearer"`},
		"two lines":        {writeFile(t, token+"\n"+token), "white space"},
		"too large":        {writeFile(t, long), "is larger than 4 MiB"},
		"the token itself": {token, "The path of 44 characters, which is not shown because it may be a secret itself, cannot be read"},
		"a composite one":  {token + ":" + token, "which is not shown"},
		"a key itself":     {"-----BEGIN PRIVATE KEY-----\n" + token, "which is not shown"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := config("")
			c.Secret, c.SecretFile = "", test.path
			expectRefusal(t, c, fieldTokenFile, test.want)
			if reason := wrongSettings(c)[0].Reason; strings.Contains(reason, token[:8]) {
				t.Errorf("the error has the token: %s", reason)
			}
		})
	}
}

func TestTokenAndTokenFileAreRefused(t *testing.T) {
	c := config("")
	c.SecretFile = writeFile(t, token)
	expectRefusal(t, c, fieldTokenFile,
		"Set one of api_token and token_file, or one of the environment variables EXAMPLE_API_TOKEN and EXAMPLE_API_TOKEN_FILE.")
}
