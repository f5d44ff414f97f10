package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

var (
	randomWalks    = flag.Int("walks", 15, "how many random walks through the lives of invitations are tried; 400 take two minutes")
	randomWalkSeed = flag.Uint64("seed", 0, "try only the walk of this seed")
)

// A wantedInvitation is a resource of a configuration.
type wantedInvitation struct {
	email, roles                string
	triggers                    int
	isForgotten, isCreatedFirst bool
}

func (i wantedInvitation) hcl(name string) string {
	var more strings.Builder
	if i.triggers > 0 {
		fmt.Fprintf(&more, "reinvite_triggers = { asked = %q }\n", fmt.Sprint(i.triggers))
	}
	if i.isForgotten {
		more.WriteString(forget + "\n")
	}
	if i.isCreatedFirst {
		more.WriteString("lifecycle {\n    create_before_destroy = true\n  }\n")
	}
	return invitationNamed(name, i.email, i.roles, more.String())
}

// A walk is a random sequence of edits of a configuration, of what people do, of plans and of applies.
type walk struct {
	*application
	*rand.Rand
	driver *testkit.Driver
	// wanted are the resources of the configuration by name, and applied those that were applied last.
	wanted, applied map[string]wantedInvitation
	// moved are the moved blocks of the configuration.
	moved string
	// done is what took place so far.
	done []string
	seed uint64
	// counts is what came of it.
	counts map[string]int
}

var (
	walkNames  = []string{"one", "two", "three"}
	walkEmails = []string{guest, "Two@example.com", "dev.lead@example.com", "release.manager@example.com", "three@example.com"}
	walkRoles  = []string{oneRole, twoRoles, `{ DEVELOPMENT = ["USER"] }`, `{ PRODUCTION = ["READER"], STAGING = [] }`}
)

// dialectOf is a random one that serves invitations.
func dialectOf(random *rand.Rand) string {
	var names []string
	for _, choices := range [][]string{
		{"", "cancel-accepted-keeps-member", "cancel-accepted-removes-member"},
		{"", "edit-accepted-changes-member", "edit-accepted-changes-nothing"},
		{"", "second-invitation-new", "second-invitation-same"},
		{"", "cancel-removes-record"},
		{"", "message-objects"},
		{"", "", "lower-case-addresses"},
		{"", "", "", "", "edit-by-post"},
	} {
		if name := pick(random, choices); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

func pick[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }

func newWalk(t *testing.T, seed uint64) *walk {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 18))
	dialect := dialectOf(random)
	driver := testkit.NewDriver(testkit.NewProviders(testkit.Factories{
		"ignisign": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test", time.Now), nil },
	}))
	driver.Parallelism, driver.Random = 1, testkit.NewRandom(seed)
	return &walk{
		application: startQuietly(t, dialect), Rand: random, driver: driver, seed: seed, counts: map[string]int{},
		wanted: map[string]wantedInvitation{}, applied: map[string]wantedInvitation{}, done: []string{fmt.Sprintf("the dialect is %q", dialect)},
	}
}

// does notes what takes place.
func (w *walk) does(format string, args ...any) {
	w.done = append(w.done, fmt.Sprintf(format, args...))
}

// fails ends the walk.
func (w *walk) fails(format string, args ...any) {
	w.t.Helper()
	const again = "go test ./internal/ignisign/provider -run TestRandomInvitations -args -seed"
	w.t.Fatalf("%s\n\nAll that took place:\n%s\n\nThe configuration is\n%s\ntry again with: %s %d",
		fmt.Sprintf(format, args...), strings.Join(w.done, "\n"), w.resources(), again, w.seed)
}

// resources are those of the configuration.
func (w *walk) resources() string {
	var hcl strings.Builder
	for _, name := range walkNames {
		if i, ok := w.wanted[name]; ok {
			hcl.WriteString(i.hcl(name))
		}
	}
	return hcl.String() + w.moved
}

// invitation is a random one, mostly for the address that is mostly that of the name.
func (w *walk) invitation(name string) wantedInvitation {
	email := walkEmails[slices.Index(walkNames, name)]
	if w.IntN(4) == 0 {
		email = pick(w.Rand, walkEmails)
	}
	return wantedInvitation{email: email, roles: pick(w.Rand, walkRoles), isForgotten: w.IntN(3) == 0, isCreatedFirst: w.IntN(5) == 0}
}

// edit changes the configuration in one thing.
func (w *walk) edit() {
	name := pick(w.Rand, walkNames)
	w.moved = ""
	i, ok := w.wanted[name]
	if !ok {
		w.wanted[name] = w.invitation(name)
		w.does("%s is written: %+v", name, w.wanted[name])
		return
	}
	switch w.IntN(13) {
	case 0:
		delete(w.wanted, name)
		w.does("%s is taken out", name)
		return
	case 1:
		i.email = pick(w.Rand, walkEmails)
	case 2:
		i.email = strings.ToUpper(i.email[:1]) + i.email[1:]
	case 3:
		i.isForgotten = !i.isForgotten
	case 4:
		i.isCreatedFirst = !i.isCreatedFirst
	case 5:
		w.rename(name)
		return
	case 6, 7, 8:
		i.roles = pick(w.Rand, walkRoles)
	default:
		i.triggers++
	}
	w.wanted[name] = i
	w.does("%s becomes %+v", name, i)
}

// rename gives a resource a name that is free, mostly with a moved block.
func (w *walk) rename(name string) {
	to := pick(w.Rand, walkNames)
	if _, isTaken := w.wanted[to]; isTaken {
		return
	}
	w.wanted[to] = w.wanted[name]
	delete(w.wanted, name)
	if w.IntN(4) > 0 {
		w.moved = fmt.Sprintf("moved {\n  from = ignisign_application_invitation.%s\n  to = ignisign_application_invitation.%s\n}\n", name, to)
	}
	w.does("%s is renamed to %s: %q", name, to, w.moved)
}

// act does something that a person does, and tells whether it could be done. A quiet one sends no mail.
func (w *walk) act(quietly bool) bool {
	email := pick(w.Rand, walkEmails)
	if name := pick(w.Rand, walkNames); w.applied[name].email != "" && w.IntN(3) > 0 { // Mostly it is about somebody who is managed.
		email = w.applied[name].email
	}
	roles := mock.Roles{pick(w.Rand, []string{mock.Development, mock.Staging}): {"USER"}}
	acts := map[string]func() error{
		"accepts":                     func() error { return w.Accept(email) },
		"declines":                    func() error { return w.Decline(email) },
		"is cancelled in the Console": func() error { return w.Cancel(email) },
		"gets other roles":            func() error { return w.ChangeInvitation(email, roles) },
		"goes out of the list":        func() error { return w.Console.Forget(email) },
		"becomes a member":            func() error { _, err := w.AddMember(email, roles); return err },
		"is a member with others":     func() error { return w.ChangeMember(email, roles) },
		"is no member any more":       func() error { return w.RemoveMember(email) },
		"is invited in the Console":   func() error { _, err := w.Invite(email, roles); return err },
	}
	// What people do most often weighs more.
	often := []string{"accepts", "accepts", "declines", "declines", "is cancelled in the Console", "gets other roles"}
	of := append(slices.Sorted(maps.Keys(acts)), often...)
	if quietly {
		of = often
	}
	what := pick(w.Rand, of)
	if acts[what]() != nil {
		return false
	}
	w.does("%s %s", email, what)
	return true
}

// walkFaults are those that need little time.
func walkFaults() []testkit.FaultCase {
	return slices.DeleteFunc(testkit.FaultCases(), func(fault testkit.FaultCase) bool {
		isWaitedFor := fault.Overcome && !fault.Acts && fault.Kind != testkit.FaultCutBeforeActing
		return isWaitedFor || fault.BodyBytes > 0 || fault.Always && fault.Status == http.StatusInternalServerError
	})
}

// befall lets a fault come, once in so many times.
func (w *walk) befall(once int, routes ...string) {
	if w.IntN(once) > 0 {
		return
	}
	route, fault := pick(w.Rand, routes), pick(w.Rand, walkFaults())
	w.befalls(route, fault)
	w.does("a fault befalls %s: %s", route, fault.Name)
}

// options are those of a plan.
func (w *walk) options() testkit.Options {
	var options testkit.Options
	switch w.IntN(12) {
	case 0:
		options.Destroy = true
	case 1:
		options.RefreshOnly = true
	case 2, 3:
		options.NoRefresh = true
	}
	if objects := w.driver.State.Objects(); len(objects) > 0 && !options.RefreshOnly && !options.Destroy && w.IntN(10) == 0 {
		options.Replace = []string{pick(w.Rand, objects).Address}
	}
	return options
}

// imports takes an invitation that there is into the state, by its address.
func (w *walk) imports() {
	name := pick(w.Rand, walkNames)
	i, ok := w.wanted[name]
	if !ok {
		return
	}
	_, err := w.driver.Import(w.configuration(w.resources()), "ignisign_application_invitation."+name, i.email)
	w.isClear(err)
	w.does("%s is imported: %v", name, err == nil)
}

// run plans and applies, with what people do in between.
func (w *walk) run() {
	options, config := w.options(), w.configuration(w.resources())
	before := w.look()
	w.befall(10, "GET "+invitations, "GET *")
	plan, err := w.driver.Plan(config, options)
	w.ClearFaults()
	w.isClear(err)
	w.does("planned with %+v: error %v\n%s%s", options, err != nil, plan.Said, plan)
	w.unchangedBy(before)
	if err != nil {
		w.counts["not planned"]++
		if w.IntN(4) > 0 {
			w.wanted, w.moved = maps.Clone(w.applied), ""
			w.does("the configuration is as before")
		}
		return
	}
	isLeft := true // alone, from the plan to the end of the apply
	for w.IntN(2) == 0 {
		isLeft = !w.act(w.IntN(3) > 0) && isLeft
	}
	r := applied{walk: w, plan: plan, options: options, planned: before, begun: w.look()}
	r.base = r.begun
	var mu sync.Mutex
	if w.IntN(6) == 0 {
		testkit.Must(w.t, w.Inject(mockserver.Fault{Route: "GET " + invitations, After: w.IntN(3), Times: 1, Before: func() {
			mu.Lock()
			defer mu.Unlock()
			if w.act(true) {
				r.base, isLeft = w.look(), false
			}
		}}))
	}
	w.befall(3, "POST "+invitations, "POST "+invitations, "PUT "+invitations+"/*", "DELETE "+invitations+"/*", "POST "+invitations+"/*/resend", "GET "+invitations)
	r.said, r.err = w.driver.ApplyPlan(plan)
	mu.Lock()
	defer mu.Unlock()
	w.ClearFaults()
	w.isClear(r.err)
	w.does("applied: error %v\n%s", r.err != nil, r.said)
	r.end = w.look()
	r.judge()
	if r.err != nil {
		w.counts["failed"]++
		return
	}
	w.counts["applied"]++
	if !options.Destroy && !options.RefreshOnly && !options.NoRefresh && isLeft {
		w.isEmpty(config)
	}
	if options.Destroy && isLeft && len(w.driver.State.Objects()) > 0 {
		w.fails("a destroy left something: %v", w.driver.State.Objects())
	}
	if !options.Destroy && !options.RefreshOnly {
		w.applied = maps.Clone(w.wanted)
	}
}

// TestRandomInvitations walks at random through what becomes of invitations. No mail is sent that the plan did not
// announce, members stay as they are, nothing that is pending or accepted leaves the state or ends without a word,
// and the plan after an apply is empty.
func TestRandomInvitations(t *testing.T) {
	first, count := rand.Uint64()>>32, *randomWalks
	if *randomWalkSeed != 0 {
		first, count = *randomWalkSeed, 1
	}
	var mu sync.Mutex
	counts := map[string]int{}
	t.Cleanup(func() { t.Logf("%d walks from seed %d: %v", count, first, counts) })
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, seed)
			for range 60 {
				switch w.IntN(10) {
				case 0, 1:
					w.act(false)
				case 2, 3, 4, 5:
					w.edit()
				case 6:
					w.imports()
				default:
					w.run()
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for what, n := range w.counts {
				counts[what] += n
			}
		})
	}
}
