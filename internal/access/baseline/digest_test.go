package baseline_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// FuzzDigest: a digest does not depend on the order of places and grants, nor on the case of
// people's addresses, and is another one without one of the grants.
func FuzzDigest(f *testing.F) {
	f.Add(uint64(1), "ada", "Example.com")
	f.Add(uint64(2), "B.en+x", "EXAMPLE.org")
	f.Add(uint64(3), "Ünïcode", "example.com")
	f.Fuzz(func(t *testing.T, seed uint64, local, domain string) {
		random := rand.New(rand.NewPCG(seed, 1))
		person := "user:" + local + "@" + domain
		if _, err := model.ParsePrincipal(person); err != nil {
			t.Skip()
		}
		b := parse(t, baseline.Written{
			"company":     {"BOSS": {person, "user:ben@b.example.com"}, "CLEANER": {"domain:example.com", "api_client:Bot"}},
			"house:north": {"JANITOR": {person}},
		})
		other := b
		other.Places, other.Grants = slices.Clone(b.Places), slices.Clone(b.Grants)
		random.Shuffle(len(other.Places), func(i, j int) { other.Places[i], other.Places[j] = other.Places[j], other.Places[i] })
		random.Shuffle(len(other.Grants), func(i, j int) { other.Grants[i], other.Grants[j] = other.Grants[j], other.Grants[i] })
		for i, g := range other.Grants {
			loud := g.Principal
			loud.Key = strings.ToUpper(loud.Key)
			if loud.Same(g.Principal) && random.IntN(2) == 0 {
				other.Grants[i].Principal = loud
			}
		}
		if b.Digest() != other.Digest() {
			t.Errorf("%v and %v have two digests", b.Grants, other.Grants)
		}
		if err := baseline.CheckDigest(b.Digest()); err != nil {
			t.Error(err)
		}
		other.Grants = other.Grants[1:]
		if b.Digest() == other.Digest() {
			t.Error("one grant less has the same digest")
		}
	})
}

// TestDigestTellsApart: whatever is said otherwise has another digest.
func TestDigestTellsApart(t *testing.T) {
	digests := map[string]string{}
	note := func(name, organization string, places []baseline.DeclaredPlace, written baseline.Written) {
		b, problems := model.Parse(organization, places, written)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if before, ok := digests[b.Digest()]; ok {
			t.Errorf("%s has the digest of %s", name, before)
		}
		digests[b.Digest()] = name
	}
	ada := []string{"user:ada@example.com"}
	note("one", "c-1", houses, baseline.Written{"company": {"BOSS": ada}})
	note("another company", "c-2", houses, baseline.Written{"company": {"BOSS": ada}})
	note("fewer places", "c-1", houses[1:], baseline.Written{"company": {"BOSS": ada}})
	changed := slices.Clone(houses)
	changed[0].ID = "h-9"
	note("another id", "c-1", changed, baseline.Written{"company": {"BOSS": ada}})
	changed[0].ID, changed[0].Type = "h-1", "shed"
	note("another type", "c-1", changed, baseline.Written{"company": {"BOSS": ada}})
	note("another role", "c-1", houses, baseline.Written{"company": {"CLEANER": ada}})
	note("another place", "c-1", houses, baseline.Written{"house:north": {"CLEANER": ada}})
	note("a client of another case", "c-1", houses, baseline.Written{"company": {"BOSS": {"api_client:bot"}}})
	note("a client", "c-1", houses, baseline.Written{"company": {"BOSS": {"api_client:Bot"}}})
	note("nobody", "c-1", houses, nil)
}

func TestBadDigests(t *testing.T) {
	for _, digest := range []string{"b1:", "b1:00", "b2:" + strings.Repeat("00", 32), strings.Repeat("00", 32), "b1:" + strings.Repeat("zz", 32), "confirmed"} {
		if err := baseline.CheckDigest(digest); err == nil {
			t.Errorf("%q counts as a digest", digest)
		}
	}
}
