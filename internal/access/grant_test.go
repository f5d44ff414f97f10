package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func grants(t *testing.T, texts ...string) []access.Grant {
	t.Helper()
	var all []access.Grant
	for _, text := range texts {
		words := strings.Fields(text)
		reference := access.Reference{Kind: access.KindUser, Key: words[0]}
		if kind, key, found := strings.Cut(words[0], ":"); found {
			reference = access.Reference{Kind: access.Kind(kind), Key: key}
		}
		all = append(all, access.Grant{Principal: reference, Role: access.Role(words[1]), Place: access.PlaceOf(words[2:]...)})
	}
	return all
}

// A role holds where it was granted and within, once for each principal however that is
// spelled, and the result does not depend on the order of grants and places, but for the
// spelling, which is the first one.
func TestEffectiveRoles(t *testing.T) {
	given := grants(t,
		"Ann@example.com keeper", "domain:Example.com keeper a", "domain:example.com keeper a", "ann@example.com keeper a",
		"bob@example.com keeper a b", "api_client:X1 keeper c", "api_client:x1 keeper c",
	)
	places := []access.Place{access.PlaceOf("c"), access.PlaceOf("a", "b"), access.PlaceOf("a"), access.PlaceOf("a"), {}}
	want := []string{
		"user:Ann@example.com keeper the organization, inherited false from [the organization]",
		"domain:Example.com keeper a, inherited false from [a]",
		"user:Ann@example.com keeper a, inherited false from [the organization a]",
		"domain:Example.com keeper a/b, inherited true from [a]",
		"user:Ann@example.com keeper a/b, inherited true from [the organization a]",
		"user:bob@example.com keeper a/b, inherited false from [a/b]",
		"api_client:X1 keeper c, inherited false from [c]",
		"api_client:x1 keeper c, inherited false from [c]",
		"user:Ann@example.com keeper c, inherited true from [the organization]",
	}
	for range 2 {
		var got []string
		for _, e := range access.EffectiveRoles(given, places) {
			got = append(got, fmt.Sprintf("%s %s %s, inherited %t from %s", e.Principal, e.Role, e.Place, e.Inherited(), access.Spell(e.From)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s", strings.Join(got, "\n"))
		}
		slices.Reverse(places)
		slices.Reverse(given[2:])
	}
}

// What was granted at a place that is not asked about holds at those within that are.
func TestEffectiveRolesAtSomePlaces(t *testing.T) {
	effective := access.EffectiveRoles(grants(t, "ann@example.com keeper a", "ann@example.com keeper c"), []access.Place{access.PlaceOf("a", "b")})
	if len(effective) != 1 || effective[0].Place != access.PlaceOf("a", "b") || effective[0].From[0] != access.PlaceOf("a") {
		t.Errorf("got %v", effective)
	}
}

// A cover rests on each cell by which the outer role gives what the inner one does, and on
// inheritance where the places differ: it is known as well as the least of them.
func TestCoversRestOnWhatIsLeastWellKnown(t *testing.T) {
	cell := func(evidence access.Evidence) access.Cell {
		return access.Cell{Granted: true, Evidence: evidence, Source: "cell " + string(evidence)}
	}
	for _, c := range []struct{ read, write, inheritance, outer, want string }{
		{"documented", "observed", "documented", "a", "permissions, observed by cell observed"},
		{"observed", "documented", "inferred", "a", "permissions, observed by cell observed"},
		{"documented", "documented", "inferred", "", "permissions, inferred by cell inferred"},
		{"documented", "inferred", "documented", "", "permissions, inferred by cell inferred"},
		{"documented", "documented", "documented", "", "permissions, documented by cell documented"},
	} {
		v := access.Vocabulary{
			Places: []access.PlaceKind{{Key: "folder", Noun: "folder"}}, Inheritance: cell(access.Evidence(c.inheritance)),
			Permissions: []access.PermissionDescription{{Permission: read, Narrowest: "folder"}, {Permission: write, Narrowest: "folder"}},
			Roles: []access.RoleDescription{
				{Role: "keeper", By: access.ByEntry, Rights: map[access.Permission]access.Cell{
					read: cell(access.Evidence(c.read)), write: cell(access.Evidence(c.write)),
				}},
				{Role: "manager", By: access.ByEntry, At: "folder", Rights: map[access.Permission]access.Cell{
					read: cell(access.Evidence(c.read)), write: cell(access.Evidence(c.write)),
				}},
				{Role: "writer", By: access.ByEntry, At: "folder", Rights: rights(true, true)},
			},
		}
		outer := "manager"
		if c.outer == "" {
			outer = "keeper"
		}
		redundant := access.Define(v).Redundant(grants(t, "ann@example.com "+outer+" "+c.outer, "ann@example.com writer a"))
		if len(redundant) != 1 || redundant[0].Role != "writer" {
			t.Fatalf("redundant are %v", redundant)
		}
		cover := redundant[0].Covers[0]
		if got := fmt.Sprintf("%s, %s by %s", cover.Reason, cover.Evidence, cover.Source); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}
