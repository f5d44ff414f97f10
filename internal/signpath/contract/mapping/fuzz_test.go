package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// FuzzParse makes sure that no file breaks the reader, that what is refused is told with a
// reason, and that a proposal in a comment is never overlooked.
func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("version: 1\nuser: {answer: {role: x}} # ? likely\n")
	f.Add("version: 1\nuser: TODO\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := mapping.Parse([]byte(text))
		if err != nil {
			var all mapping.Errors
			if !errors.As(err, &all) || len(all) == 0 || strings.TrimSpace(err.Error()) == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if strings.Contains(text, "\n# ?") && len(file.Marks) == 0 {
			t.Errorf("%q has no marks", text)
		}
	})
}
