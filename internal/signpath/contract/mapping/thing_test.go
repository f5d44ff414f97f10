package mapping_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestRolesAreThoseOfTheVocabulary(t *testing.T) {
	var want []string
	for _, d := range vocabulary.GlobalRoles() {
		want = append(want, string(d.Role))
	}
	got := mapping.Roles()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
