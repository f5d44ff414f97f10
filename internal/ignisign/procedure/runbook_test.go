package procedure_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline/baselinetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
)

var (
	runbooks    = flag.Int("runbooks", 300, "how many run-books of random pairs of baselines are carried out")
	runbookSeed = flag.Uint64("runbook", 0, "carry out only the run-book of this seed")
)

var (
	applications = map[string]string{"contracts": "appId_11111111-2222-3333-4444-555555555555", "seals": ""}
	// rolesAt are those that users can have, by the kind of the place.
	rolesAt = map[string][]string{
		organization:  {"ORG_OWNER", "ORG_ADMIN", "ORG_BILLING", "ORG_USER"},
		"application": {"APP_ADMIN"}, "environment": {"APP_MANAGER", "APP_OPERATOR", "APP_READER"},
	}
	places = []string{
		organization, "application:contracts", "application:seals", "environment:contracts/DEVELOPMENT", "environment:contracts/STAGING",
		"environment:contracts/PRODUCTION", "environment:seals/DEVELOPMENT", "environment:seals/STAGING", "environment:seals/PRODUCTION",
	}
)

var users = []string{"user:ada@example.com", "user:Ben@example.com", "user:cy@example.com", "user:dee@example.com", "user:eve@example.com"}

func parse(t testing.TB, written baseline.Written) baseline.Baseline {
	t.Helper()
	b, problems := procedure.Model.Parse("66bf00000000000000000001", procedure.Places(applications), written)
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
			t.Fatalf("%v\ntry again with: go test ./internal/ignisign/procedure -run TestRunbooks -args -runbook %d", err, seed)
		}
	}
	t.Logf("seeds from %d on: steps %v", first, kinds)
	for _, kind := range []baseline.StepKind{
		baseline.KindInvite, baseline.KindGive, baseline.KindWait, baseline.KindTake, baseline.KindRemove, baseline.KindLook,
	} {
		if kinds[string(kind)] == 0 && *runbooks >= 50 {
			t.Errorf("no run-book had a step of the kind %s", kind)
		}
	}
}

func carryOut(t *testing.T, seed uint64, kinds map[string]int) error {
	random := rand.New(rand.NewPCG(seed, 17))
	yes := func() bool { return random.IntN(2) == 0 }
	before, after := randomGrants(random), randomGrants(random)
	site := newConsole(before, yes())
	site.removesAll, site.asksAgain = yes(), yes()
	person := &baselinetest.Person{Site: site, Random: random, Early: yes(), Organisation: organization}
	for _, user := range users[:random.IntN(len(users))] {
		site.forget(user)
	}
	if admins := site.Administrators(); yes() {
		person.Self = admins[random.IntN(len(admins))]
	}
	wanted := parse(t, after)
	from := parse(t, before).Grants
	if random.IntN(4) == 0 {
		// Nobody has attested anything: the steps give, and whoever looks then writes down
		// what is there.
		if err := person.CarryOut(baseline.Format(wanted.Steps(nil))); err != nil {
			return fmt.Errorf("the first steps: %w", err)
		}
		from = parse(t, site.seen()).Grants
	}
	steps := wanted.Steps(from)
	for _, step := range steps {
		kinds[string(step.Kind)]++
	}
	lines := baseline.Format(steps)
	if err := person.CarryOut(lines); err != nil {
		return fmt.Errorf("%w\nbefore: %v\nafter: %v\nremoves all: %v, by %q\n%s\ndone:\n%s",
			err, before, after, site.removesAll, person.Self, strings.Join(lines, "\n"), strings.Join(person.Log, "\n"))
	}
	for user := range site.users {
		site.Accept(user)
	}
	if got, want := effective(site.seen(), places), effective(after, places); !slices.Equal(got, want) {
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

// randomGrants are what no rule denies: there is an administrator.
func randomGrants(random *rand.Rand) baseline.Written {
	written := baseline.Written{}
	add := func(place, role, user string) {
		if written[place] == nil {
			written[place] = map[string][]string{}
		}
		if !slices.Contains(written[place][role], user) {
			written[place][role] = append(written[place][role], user)
		}
	}
	for range random.IntN(14) {
		place := places[random.IntN(len(places))]
		kind, _, _ := strings.Cut(place, ":")
		add(place, rolesAt[kind][random.IntN(len(rolesAt[kind]))], users[random.IntN(len(users))])
	}
	if len(written[organization]["ORG_OWNER"])+len(written[organization]["ORG_ADMIN"]) == 0 {
		add(organization, rolesAt[organization][random.IntN(2)], users[random.IntN(len(users))])
	}
	return written
}
