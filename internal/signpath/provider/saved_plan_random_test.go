package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

var (
	randomPlans    = flag.Int("plans", 60, "how many saved plans are tried after random changes; 1000 take two minutes")
	randomPlanSeed = flag.Uint64("plan", 0, "try only the saved plan of this seed")
)

// facts are what decides who may do what in an organization, by id: a line each.
type facts map[string]bool

func factsOf(seed mock.Seed) facts {
	all, ids := facts{}, referenceIDs(seed)
	list := func(name string, members []string) {
		for _, member := range members {
			all[fmt.Sprintf("%s has %s", name, ids[member])] = true
		}
	}
	for _, u := range seed.InteractiveUsers {
		all[fmt.Sprintf("%s is %s", u.ID, u.Role)] = true
		all[fmt.Sprintf("%s is active: %t", u.ID, !u.Inactive)] = true
	}
	for _, u := range seed.CIUsers {
		all[fmt.Sprintf("%s is %s", u.ID, u.Role)] = true
		all[fmt.Sprintf("%s is active: %t", u.ID, !u.Inactive)] = true
	}
	for _, g := range seed.UserGroups {
		all[g.ID+" exists"] = true
		list(g.ID+" members", g.Members)
	}
	for _, p := range seed.Projects {
		list(p.Slug+" readers", p.Readers)
		list(p.Slug+" configurators", p.Configurators)
		for _, s := range p.SigningPolicies {
			list(p.Slug+"/"+s.Slug+" submitters", s.Submitters)
			list(p.Slug+"/"+s.Slug+" approvers", s.Approvers)
		}
	}
	return all
}

// referenceIDs are the ids by reference. Where two have one name, lists name them by id.
func referenceIDs(seed mock.Seed) map[string]string {
	ids := map[string]string{}
	put := func(kind, name, id string) { ids[kind+":"+name], ids[kind+":"+id] = id, id }
	for _, u := range seed.InteractiveUsers {
		put("user", u.Email, u.ID)
	}
	for _, u := range seed.CIUsers {
		put("ci_user", u.Name, u.ID)
	}
	for _, g := range seed.UserGroups {
		put("group", g.Name, g.ID)
	}
	return ids
}

// A promise is what a plan says that it makes true and untrue, read by the references as
// they were when it was made.
type promise struct {
	ids       map[string]string
	come, end facts
	// created are the references of those whom it creates.
	created []string
}

func promiseOf(plan *testkit.Plan, seed mock.Seed) *promise {
	p := &promise{ids: referenceIDs(seed), come: facts{}, end: facts{}}
	for _, c := range plan.Changes {
		kind, _, _ := strings.Cut(strings.TrimPrefix(c.Address(), "signpath_"), ".")
		before, after := c.Before, c.After
		if c.Action == testkit.NoOp {
			continue
		}
		switch kind {
		case "user", "ci_user", "user_group":
			p.account(kind, before, after)
		case "role_assignment":
			p.role(before, after)
		case "role_holders":
			p.holders(before, after)
		default:
			p.list(kind, before, after)
		}
	}
	return p
}

func textAt(o cty.Value, name string) string {
	if o.IsNull() || !o.Type().HasAttribute(name) || !o.GetAttr(name).IsKnown() || o.GetAttr(name).IsNull() {
		return ""
	}
	return o.GetAttr(name).AsString()
}

func textsAt(o cty.Value, name string) (all []string) {
	if o.IsNull() || !o.Type().HasAttribute(name) || o.GetAttr(name).IsNull() {
		return nil
	}
	for _, value := range o.GetAttr(name).AsValueSlice() {
		all = append(all, value.AsString())
	}
	return all
}

func (p *promise) account(kind string, before, after cty.Value) {
	if id := textAt(before, "id"); id != "" { // Deactivated, activated again, or neither.
		p.come[id+" is active: false"], p.come[id+" is active: true"] = true, true
	}
	switch id := textAt(after, "takes_over"); {
	case after.IsNull():
	case id != "":
		p.come[id+" is active: true"] = true
	case before.IsNull():
		p.created = append(p.created, textAt(after, "member"))
	}
	if kind == "user_group" && after.IsNull() {
		p.end["members of "+textAt(before, "id")] = true
	}
}

func (p *promise) role(before, after cty.Value) {
	if !before.IsNull() {
		p.end[fmt.Sprintf("%s is %s", textAt(before, "id"), textAt(before, "role"))] = true
		p.come[textAt(before, "id")+" is RegularUser"] = true
	}
	if after.IsNull() {
		return
	}
	id := p.ids[textAt(after, "member")]
	p.come[fmt.Sprintf("%s is %s", id, textAt(after, "role"))] = true
	p.end[id+" is RegularUser"] = true
	p.end[fmt.Sprintf("%s is %s", id, textAt(after, "replaces_role"))] = true
}

func (p *promise) holders(before, after cty.Value) {
	loses := func(id, role string) { p.end[id+" is "+role], p.come[id+" is RegularUser"] = true, true }
	isReplaced := textAt(before, "role") != textAt(after, "role")
	var members []string
	for _, member := range textsAt(after, "members") {
		id := p.ids[member]
		members = append(members, id)
		p.come[fmt.Sprintf("%s is %s", id, textAt(after, "role"))], p.end[id+" is RegularUser"] = true, true
	}
	for _, id := range textsAt(before, "member_ids") {
		if isReplaced || !slices.Contains(members, id) {
			loses(id, textAt(before, "role"))
		}
	}
	if after.IsNull() {
		return
	}
	for _, id := range textsAt(after, "removes") {
		loses(id, textAt(after, "role"))
	}
	if replaced := after.GetAttr("replaces_roles"); !replaced.IsNull() && replaced.IsKnown() {
		for id, role := range replaced.AsValueMap() {
			p.end[id+" is "+role.AsString()] = true
		}
	}
}

func (p *promise) list(kind string, before, after cty.Value) {
	names := func(o cty.Value) (string, []string) {
		place := textAt(o, "project")
		if policy := textAt(o, "signing_policy"); policy != "" {
			place += "/" + policy
		}
		plural := strings.TrimPrefix(strings.TrimPrefix(kind, "signing_policy_"), "project_")
		if group := textAt(o, "group"); group != "" {
			place, plural = p.ids[group], "members"
		}
		members := textsAt(o, "members")
		if member := textAt(o, "member"); member != "" {
			members, plural = []string{member}, strings.TrimSuffix(plural, "s")+"s"
		}
		return place + " " + plural, members
	}
	if !before.IsNull() {
		name, _ := names(before)
		for _, id := range append(textsAt(before, "member_ids"), textAt(before, "member_id")) {
			p.end[fmt.Sprintf("%s has %s", name, id)] = true
		}
	}
	if after.IsNull() {
		return
	}
	name, members := names(after)
	for _, member := range members {
		p.come[fmt.Sprintf("%s has %s", name, p.ids[member])] = true
	}
	for _, id := range textsAt(after, "removes") {
		p.end[fmt.Sprintf("%s has %s", name, id)] = true
	}
	if before.IsNull() {
		return
	}
	// Of an update, those stay who are in both, whatever they are called.
	for _, member := range members {
		delete(p.end, fmt.Sprintf("%s has %s", name, p.ids[member]))
	}
}

// broken are the changes that the plan did not show. Whoever was created is new, and may
// be where the plan names them.
func (p *promise) broken(before, after mock.Seed) []string {
	was, is, ids := factsOf(before), factsOf(after), referenceIDs(after)
	existed := slices.Collect(maps.Values(referenceIDs(before)))
	isNew := func(fact string) bool {
		return slices.ContainsFunc(p.created, func(reference string) bool {
			id := ids[reference]
			return id != "" && !slices.Contains(existed, id) && strings.Contains(fact, id)
		})
	}
	var broken []string
	for fact := range is {
		if !was[fact] && !p.come[fact] && !isNew(fact) {
			broken = append(broken, "+ "+fact)
		}
	}
	for fact := range was {
		accountChange := strings.Contains(fact, " is active: ") // The other half of what comes.
		if !is[fact] && !p.end[fact] && !accountChange {
			broken = append(broken, "- "+fact)
		}
	}
	slices.Sort(broken)
	return broken
}

// savedPlanSeed is the demo organization with more people, some of whom have something.
func savedPlanSeed(seed *mock.Seed) {
	withTeam(seed)
	seed.InteractiveUsers = append(seed.InteractiveUsers,
		mock.InteractiveUserSeed{Name: "A", Email: "a@example.com", Identity: "example:a"},
		mock.InteractiveUserSeed{Name: "B", Email: "b@example.com", Identity: "example:b", Role: "GlobalReader"},
		mock.InteractiveUserSeed{Name: "C", Email: "c@example.com", Identity: "example:c", Inactive: true},
	)
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"}, mock.CIUserSeed{Name: "spare"})
	o := outcome{seed}
	o.project("project-b").Readers = []string{outsider, "user:a@example.com"}
	o.policy("project-b", "release-signing").Approvers = []string{"user:b@example.com"}
	o.group("Core Team").Members = []string{"user:a@example.com"}
}

var somebody = []string{lead, manager, officer, outsider, "user:a@example.com", "user:b@example.com", "user:qa.lead@example.com"}

type chance struct{ *rand.Rand }

func (c chance) one(of []string) string { return of[c.IntN(len(of))] }

func (c chance) some(of []string) []string {
	all := slices.Clone(of)
	c.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:c.IntN(4)]
}

// configuration is a random one. Each block is about an object of its own.
func (c chance) configuration() string {
	var hcl strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lists())) {
		l := lists()[name]
		switch c.IntN(4) {
		case 0, 1:
			hcl.WriteString(l.all(c.some(somebody)...))
		case 2:
			for i, member := range c.some(somebody) {
				hcl.WriteString(l.one(fmt.Sprintf("entry_%d", i), member))
			}
		}
	}
	// Each role is owned as a whole, by single users, or not at all.
	holders := map[string][]string{}
	for _, member := range c.some(append([]string{"ci_user:spare"}, somebody...)) {
		role := c.one([]string{"GlobalReader", "CertificateAdministrator"})
		holders[role] = append(holders[role], member)
	}
	for _, role := range []string{"GlobalReader", "CertificateAdministrator"} {
		if c.IntN(2) == 0 {
			hcl.WriteString(roleHoldersNamed(c.one([]string{"x", "y"})+role, role, holders[role]...))
			continue
		}
		for i, member := range holders[role] {
			fmt.Fprintf(&hcl, "resource \"signpath_role_assignment\" \"%s%d\" {\n  member = %q\n  role = %q\n}\n", role, i, member, role)
		}
	}
	block := func(kind, name, body string) {
		if c.IntN(2) == 0 {
			fmt.Fprintf(&hcl, "resource \"signpath_%s\" %q {\n  %s\n  adopt_existing = true\n}\n", kind, name, body)
		}
	}
	block("user", "c", "name = \"C\"\n  email = \"c@example.com\"")
	block("user", "d", "name = \"D\"\n  email = \"d@example.com\"")
	block("ci_user", "build", "name = \"build\"")
	block("ci_user", "next", "name = \"next\"")
	block("user_group", "g", "name = \"Signers\"")
	return hcl.String()
}

// change is something that somebody does in the web application. It may fail, as what it
// is about may be gone.
func (c chance) change(a *mock.Administrator) {
	l := lists()[c.one(slices.Sorted(maps.Keys(lists())))]
	reference, other := c.one(somebody), c.one(somebody)
	changes := []func() error{
		func() error { return a.AddMembers(l.owner, l.name, reference) },
		func() error { return a.AddMembers(l.owner, l.name, reference) },
		func() error { return a.RemoveMembers(l.owner, l.name, reference) },
		func() error {
			return a.SetRole(reference, mock.Role(c.one([]string{"RegularUser", "GlobalReader", "ProjectAdministrator", "CertificateAdministrator"})))
		},
		func() error {
			if reference == other {
				return nil
			}
			return handsOver(reference, other)(a)
		},
		func() error { return a.Remove(reference) },
		func() error {
			_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{ID: anotherID, Name: "Another", Email: strings.TrimPrefix(reference, "user:")})
			return err
		},
		func() error { return a.Change("group:Core Team", mock.PrincipalChange{Name: ptr("Old Team")}) },
		func() error {
			_, err := a.CreateUserGroup(mock.UserGroupSeed{Name: c.one([]string{"Signers", "Core Team"})})
			return err
		},
		func() error { _, err := a.CreateCIUser(mock.CIUserSeed{Name: "next"}); return err },
		func() error {
			_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{Name: "D", Email: "d@example.com", Role: "ProjectAdministrator"})
			return err
		},
		func() error { return a.Remove(c.one([]string{"user:c@example.com", "ci_user:build"})) },
		func() error { return handsOver("ci_user:build", "ci_user:spare")(a) },
	}
	_ = changes[c.IntN(len(changes))]()
}

func ptr[T any](value T) *T { return &value }

// TestRandomSavedPlans applies saved plans after random changes of the organization, or
// in another one. What was done is what the plan showed, or nothing of it: by ids, read
// from the plan with the references as they were then. For every second one, half of the
// reads are 2 s behind; the changes are older than that when the apply begins.
func TestRandomSavedPlans(t *testing.T) {
	var whole, refused, denied, elsewhere atomic.Int32
	first, count := rand.Uint64()>>32, *randomPlans
	if *randomPlanSeed != 0 {
		first, count = *randomPlanSeed, 1
	}
	t.Cleanup(func() {
		t.Logf("%d saved plans from seed %d: %d applied as a whole, %d refused in whole or in part, %d denied by the plan, %d in another organization",
			count, first, whole.Load(), refused.Load(), denied.Load(), elsewhere.Load())
	})
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			c := chance{rand.New(rand.NewPCG(seed, 13))}
			options, pass := lagging(t, seed, seed%2 == 0)
			org := newOrganizationWith(t, options, savedPlanSeed)
			d := testkit.NewDriver(signpathtest.Providers)
			if c.IntN(3) > 0 { // Something is in the state.
				if run, err := d.Apply(org.config(c.configuration()), testkit.Options{}); !run.Applied && err != nil {
					denied.Add(1)
					return
				}
			}
			pass()
			planned := org.Snapshot()
			plan, err := d.Plan(org.config(c.configuration()), testkit.Options{Destroy: c.IntN(10) == 0})
			if err != nil {
				denied.Add(1)
				return
			}
			for range 1 + c.IntN(3) {
				c.change(org.Administrator("user:org.admin@example.com"))
			}
			pass()
			target := org
			if c.IntN(10) == 0 {
				target = otherOrganization(t, savedPlanSeed)
				d.Providers = target.elsewhere()
				elsewhere.Add(1)
			}
			before := target.Snapshot()
			said, err := d.ApplyPlan(plan)
			if err != nil {
				refused.Add(1)
			} else {
				whole.Add(1)
			}
			if target != org {
				target.unchangedSince(before)
				if err == nil && plan.Count() > 0 {
					t.Errorf("a plan of another organization was applied:\n%s", plan)
				}
				return
			}
			if broken := promiseOf(plan, planned).broken(before, org.Snapshot()); len(broken) > 0 {
				t.Errorf("go test ./internal/signpath/provider -run TestRandomSavedPlans -args -plan %d\nnot in the plan:\n  %s\nthe plan is\n%s\nthe apply says:\n%s",
					seed, strings.Join(broken, "\n  "), plan, said)
			}
		})
	}
}

// lagging makes half of the reads 2 s late, if they lag at all. The function that it
// returns lets that time pass.
func lagging(t *testing.T, seed uint64, lags bool) (options []mock.Option, pass func()) {
	t.Helper()
	if !lags {
		return nil, func() {}
	}
	const lag = 2 * time.Second
	var passed atomic.Int64
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 14))
	dialect := mock.Dialect{ListLag: lag, ReadLag: lag}
	return []mock.Option{
		mock.WithDialect(dialect),
		mock.WithClock(func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }),
		mock.WithLagging(func() bool {
			mu.Lock()
			defer mu.Unlock()
			return random.IntN(2) == 0
		}),
	}, func() { passed.Add(int64(lag) + 1) }
}
