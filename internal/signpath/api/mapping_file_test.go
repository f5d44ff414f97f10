package api_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

func TestReadMapping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signpath-api.yaml")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("version: 1\nroles: {GlobalReader: READER}\n")
	t.Setenv(api.EnvMapping, "")
	if read, err := api.ReadMapping(path); err != nil || string(read.Roles["GlobalReader"]) != `"READER"` {
		t.Errorf("got %+v, %v", read, err)
	}
	if read, err := api.ReadMapping(""); read.MappingOf() != nil || err != nil {
		t.Errorf("of no file, got %+v, %v", read, err)
	}
	write("version: 1\nuser:\n  answer: {mail: a}\nx: y\n")
	refused := func(path string, want ...string) {
		t.Helper()
		_, err := api.ReadMapping(path)
		var wrong httpapi.ConfigErrors
		if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != api.FieldMapping {
			t.Fatalf("got %v", err)
		}
		for _, phrase := range want {
			if !strings.Contains(wrong[0].Reason, phrase) {
				t.Errorf("%q is not in %s", phrase, wrong[0].Reason)
			}
		}
	}
	refused(path, path, "line 3: user.answer.mail is not known", "line 4: x is not known", "signpathctl contract map makes one")
	if _, err := api.ReadMapping(path); strings.Contains(err.Error(), api.EnvMapping) {
		t.Errorf("it speaks of the environment: %v", err)
	}
	missing := path + "-missing"
	t.Setenv(api.EnvMapping, " "+missing+" ")
	refused(api.MappingFromEnvironment(), "-missing\" cannot be read: no such file", "The environment variable SIGNPATH_API_MAPPING has that path")
}
