package procedure_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline/baselinetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

var (
	runbooks    = flag.Int("runbooks", 300, "how many run-books of random pairs of baselines are carried out")
	runbookSeed = flag.Uint64("runbook", 0, "carry out only the run-book of this seed")
)

var (
	accounts = map[string]vocabulary.Account{
		"shop": {ID: "a-ppge-AAAAAAAAAAAAAAAAAAAA", Type: vocabulary.Production}, "shop_ci": {ID: "a-spge-CCCCCCCCCCCCCCCCCCCC", Type: vocabulary.Sandbox},
		"lab": {Type: vocabulary.Sandbox},
	}
	accountKeys = []string{"account:shop", "account:shop_ci", "account:lab"}
	declared    = map[access.Role]vocabulary.Declaration{"DEM Writer": {BasicType: vocabulary.TypeWriter, Product: "Digital Evidence Management"}}
	model       = procedure.Model(vocabulary.Declare(declared))
)

var users = []string{"user:ada@example.com", "user:Ben@example.com", "user:cy@example.com", "user:dee@example.com", "user:eve@example.com"}

func parse(t testing.TB, written baseline.Written) baseline.Baseline {
	t.Helper()
	b, problems := model.Parse("o-p-BBBBBBBBBBBBBBBBBBBB", procedure.Places(accounts), written)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

// TestRunbooks carries out the printed steps from one random baseline to another. It tests
// how the pages are read here, and not the vendor.
func TestRunbooks(t *testing.T) {
	first := rand.Uint64()
	if *runbookSeed != 0 {
		first, *runbooks = *runbookSeed, 1
	}
	kinds := map[string]int{}
	for i := range *runbooks {
		seed := first + uint64(i)
		if err := carryOut(t, seed, kinds); err != nil {
			t.Fatalf("%v\ntry again with: go test ./internal/signicat/procedure -run TestRunbooks -args -runbook %d", err, seed)
		}
	}
	t.Logf("seeds from %d on: steps %v", first, kinds)
	for _, kind := range []baseline.StepKind{
		baseline.KindLookUp, baseline.KindInvite, baseline.KindGive, baseline.KindWait, baseline.KindTake, baseline.KindRemove, baseline.KindLook,
	} {
		if kinds[string(kind)] == 0 && *runbooks >= 50 {
			t.Errorf("no run-book had a step of the kind %s", kind)
		}
	}
}

func carryOut(t *testing.T, seed uint64, kinds map[string]int) error {
	random := rand.New(rand.NewPCG(seed, 17))
	yes := func() bool { return random.IntN(2) == 0 }
	partnersGrant := yes()
	before, after := randomGrants(random, partnersGrant), randomGrants(random, partnersGrant)
	dialect := mock.Dialect{RemovesRowOnly: yes(), PartnersGrant: partnersGrant, OffersInvited: yes()}
	early := yes()
	site := newDashboard(t, dialect, before, users[:random.IntN(len(users))])
	person := &baselinetest.Person{Site: site, Random: random, Early: early, Organisation: organisation}
	if admins := site.Administrators(); yes() {
		slices.Sort(admins)
		person.Self = admins[random.IntN(len(admins))]
	}
	wanted := parse(t, after)
	from := parse(t, before).Grants
	isFirst := random.IntN(4) == 0
	if isFirst {
		// Nobody has attested anything: the steps give, and whoever looks then writes down
		// what is there.
		first := wanted.Steps(nil)
		if err := person.CarryOut(baseline.Format(first)); err != nil {
			return fmt.Errorf("the first steps: %w\n%s", err, strings.Join(baseline.Format(first), "\n"))
		}
		from = parse(t, site.seen()).Grants
	}
	steps := wanted.Steps(from)
	for _, step := range steps {
		kinds[string(step.Kind)]++
	}
	lines := baseline.Format(steps)
	if err := person.CarryOut(lines); err != nil {
		return fmt.Errorf("%w\nbefore: %v\nafter: %v\nDashboard: %s, by %q\n%s\ndone:\n%s",
			err, before, after, dialect, person.Self, strings.Join(lines, "\n"), strings.Join(person.Log, "\n"))
	}
	for _, user := range site.Snapshot().Users {
		site.Accept(user.User)
	}
	got, want := site.inForce(), effective(after, accountKeys)
	if !slices.Equal(got, want) {
		return fmt.Errorf("access is %v\nand should be %v\n%s", got, want, strings.Join(lines, "\n"))
	}
	observed := parse(t, site.seen())
	if !wanted.Compare(observed.Grants).IsEmpty() {
		return fmt.Errorf("after the steps there is left: %v", wanted.Sentences(observed.Grants))
	}
	if again := wanted.Steps(observed.Grants); len(again) != 1 || again[0].Kind != baseline.KindLook {
		return fmt.Errorf("after the steps there are more steps: %v", baseline.Format(again))
	}
	return nil
}

// randomGrants are what no rule denies: there is an administrator, and it is one of whom it is
// known what it can do if partners cannot grant.
func randomGrants(random *rand.Rand, partnersGrant bool) baseline.Written {
	others := []string{"api_client:sandbox-round-apple-123", "api_client:org-blue-pear-7", "domain:example.com"}
	written := baseline.Written{}
	add := func(place, role, principal string) {
		if written[place] == nil {
			written[place] = map[string][]string{}
		}
		if !slices.Contains(written[place][role], principal) {
			written[place][role] = append(written[place][role], principal)
		}
	}
	for range random.IntN(14) {
		place := append(accountKeys, organisation)[random.IntN(4)]
		role := dashboardRoles[random.IntN(len(dashboardRoles))]
		principal := append(users, others...)[random.IntN(8)]
		isPowerful := strings.HasSuffix(role, "Admin")
		if !isPowerful || !strings.HasPrefix(principal, "domain:") {
			add(place, role, principal)
		}
	}
	if admins := written[organisation]; !hasUser(admins["Organisation Admin"]) && (!partnersGrant || !hasUser(admins["Partner Organisation Admin"])) {
		add(organisation, "Organisation Admin", users[random.IntN(len(users))])
	}
	return written
}

func hasUser(principals []string) bool {
	return slices.ContainsFunc(principals, func(p string) bool { return strings.HasPrefix(p, "user:") })
}
