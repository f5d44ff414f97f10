package mock_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// Of what only the document could tell, nothing is drawn where it is hidden or wrong.
func TestRandomServer(t *testing.T) {
	silent := []string{
		"hide=", "rename-request=", "token-object", "paging=page", "paging=page-zero", "paging=offset", "rename=apiToken:", "rename=addedMembers:",
		"rename=removedMembers:", "rename=useApprovalProcess:", "rename=verifyOriginPolicy:", "rename=verifyTrustedBuildSystem:",
		"rename=originPolicyVerification:",
	}
	seen := map[string]bool{}
	hidden, managed := 0, 0
	const count = 2000
	for seed := range uint64(count) {
		dialect := mock.RandomServer(rand.New(rand.NewPCG(seed, 0)))
		if again := mock.RandomServer(rand.New(rand.NewPCG(seed, 0))); !reflect.DeepEqual(again, dialect) {
			t.Errorf("%q becomes %q", dialect, again)
		}
		expectRoundTrip(t, dialect)
		if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(dialect)); err != nil {
			t.Errorf("%q: %v", dialect, err)
		}
		if !dialect.IsHostile() {
			managed++
		}
		isUntrue := dialect.NoDocument || dialect.Document != mock.DocumentTrue
		if isUntrue {
			hidden++
		}
		for _, name := range strings.Split(dialect.String(), ",") {
			base, _, _ := strings.Cut(name, ":")
			begins := func(silent string) bool {
				return base == silent || strings.ContainsAny(silent[len(silent)-1:], "=:") && strings.HasPrefix(name, silent)
			}
			if isUntrue && slices.ContainsFunc(silent, begins) {
				t.Errorf("%q: nobody can know of %s", dialect, name)
			}
			if !strings.HasPrefix(base, "paging=") && !strings.HasPrefix(base, "document=") {
				base, _, _ = strings.Cut(base, "=")
			}
			seen[base] = true
		}
	}
	if hidden < count*2/5 || hidden > count*3/5 {
		t.Errorf("%d of %d documents are hidden or wrong, not half of them", hidden, count)
	}
	if managed == 0 || managed > count/2 {
		t.Errorf("%d of %d are not hostile", managed, count)
	}
	delete(seen, "") // the default dialect
	equal(t, "deviations that occur", len(seen), len(mock.SingleDialects())+len(mock.HostileDialects()))
}

// Tests judge a server by its document where that describes it.
func TestWhatADialectTellsOfItself(t *testing.T) {
	for name, want := range map[string][3]bool{ // needs the document, is described by it, is hostile
		"":                       {false, true, false},
		"wrapped-lists":          {false, true, false},
		"rename=role:globalRole": {true, true, false},
		"no-document":            {false, false, false},
		"document=old":           {false, false, true},
		"document=assumed-names": {false, false, true},
		"hide=role":              {true, true, true},
		"demand=reason":          {true, true, true},
		"demand-member-type":     {true, true, true},
		"paging=page":            {true, true, true},
		"paging=link":            {false, false, true},
		"paging=next-link:5":     {false, false, true},
		"paging=total":           {false, true, true},
		"paging=envelope":        {false, true, true},
		"null-regular":           {true, true, true},
		"role-numbers":           {true, true, true},
		"token-object":           {true, true, true},
		"boolean-texts":          {false, true, true},
		"version=1.176.0":        {false, true, true},
	} {
		dialect, err := mock.ParseDialect(name)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name, [3]bool{dialect.NeedsDocument(), dialect.IsDescribed(), dialect.IsHostile()}, want)
	}
}
