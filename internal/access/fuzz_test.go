package access_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// FuzzParseReference: a reference that is accepted is spelled as it was, means
// the same when it is read again, and finds its principal.
func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{
		"user:dev.lead@example.com", "user:Dev.Lead@EXAMPLE.com", "ci_user:acme-release", "group:Release Managers", "group:a:b", "user:", "group: x",
		"user:11111111-1111-4111-8111-111111111111", "ci_user:00000000-0000-0000-0000-000000000000", "dev.lead@example.com", "unknown:x", "group:Cafe\u0301",
		"group:\xff", "role:GlobalAdministrator",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reference, err := access.ParseReference(text)
		if err != nil {
			if !strings.Contains(err.Error(), strconv.Quote(text)) {
				t.Errorf("the error does not quote %q: %v", text, err)
			}
			return
		}
		if reference.String() != text {
			t.Errorf("%q is spelled %q", text, reference)
		}
		again, err := access.ParseReference(reference.Folded().String())
		if err != nil || !again.Same(reference) || !reference.Same(again) {
			t.Errorf("%q folded is %q, %v", text, again, err)
		}
		if _, isID := reference.ID(); isID {
			return
		}
		p := access.Principal{Kind: reference.Kind, ID: "11111111-1111-4111-8111-111111111111", Name: reference.Key, Email: reference.Key}
		if found, err := access.NewDirectory(p).Resolve(reference); err != nil || found.ID != p.ID {
			t.Errorf("%q does not find its principal: %v", text, err)
		}
	})
}
