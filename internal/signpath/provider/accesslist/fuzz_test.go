package accesslist

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// FuzzImportID: an import id is either taken apart into what it was put together
// from, or refused with its valid form.
func FuzzImportID(f *testing.F) {
	for _, seed := range []string{
		"project-a", "project-a/release-signing", "project-a/release-signing/user:dev.lead@example.com", "project-a/group:a/b",
		"Release Managers", "Release Managers/user:dev.lead@example.com", "a/b/ci_user:x", "group:Release Managers/ci_user:b/c",
		"11111111-1111-4111-8111-111111111111/user:22222222-2222-4222-8222-222222222222", "", "/", "//", "a//b", "é/user:é@example.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for _, list := range vocabulary.Lists() {
			for _, withMember := range []bool{false, true} {
				parent, member, err := parseImportID(id, list, withMember)
				if err != nil {
					continue
				}
				if list.Parent == vocabulary.ParentUserGroup {
					if !strings.HasSuffix(id, member) || parent.Group.ValueString() == "" {
						t.Errorf("%s: %q is group %q and member %q", list.Plural, id, parent.Group.ValueString(), member)
					}
					continue
				}
				parts := []string{parent.Project.ValueString()}
				if list.Parent == vocabulary.ParentSigningPolicy {
					parts = append(parts, parent.SigningPolicy.ValueString())
				}
				if withMember {
					parts = append(parts, member)
				}
				if strings.Join(parts, "/") != id || strings.Contains(parts[0], "/") || parts[0] == "" {
					t.Errorf("%s: %q is taken apart into %q", list.Plural, id, parts)
				}
				if _, err := access.ParseEntry(member); withMember && err != nil {
					t.Errorf("%s: the member of %q: %v", list.Plural, id, err)
				}
			}
		}
	})
}
