package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var (
	randomDays    = flag.Int("days", 6, "how many random walks through days are tried; 200 take three minutes")
	randomDaySeed = flag.Uint64("day", 0, "the seed of the first of them, where it is not any")
)

// TestRandomDays walks at random through the life of access that ends: days pass, somebody changes the day,
// gives and takes by hand, plans, refreshes and applies, also late. Each time SignPath and the state
// are as the days say, or nothing was changed.
func TestRandomDays(t *testing.T) {
	t.Parallel()
	first := rand.Uint64() >> 32
	if *randomDaySeed != 0 {
		first = *randomDaySeed
	}
	names := slices.Sorted(maps.Keys(validKinds))
	for i := range *randomDays {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 2))
			w := &dayWalk{newValidSite(newOrganization(t), false, validKinds[names[random.IntN(len(names))]]), random, 0, unapplied}
			t.Logf("go test ./internal/signpath/provider -run TestRandomDays -args -days 1 -day %d: %s", seed, w.kind.address)
			w.until(0)
			for range 30 {
				w.step()
				if t.Failed() {
					return
				}
			}
		})
	}
}

// unapplied is the day of what has not been applied.
const unapplied = -2

// A dayWalk knows the day that the configuration has and the one that the state has; -1 is none.
type dayWalk struct {
	*validSite
	random             *rand.Rand
	configured, stated int
}

func (w *dayWalk) today() int { return int(w.day.Load()) }

func (w *dayWalk) isPast(day int) bool { return day >= 0 && day < w.today() }

func (w *dayWalk) step() {
	w.t.Helper()
	switch w.random.IntN(8) {
	case 0:
		w.is(w.today() + w.random.IntN(3))
	case 1:
		w.configured = max(-1, w.today()+w.random.IntN(6)-2)
		w.until(w.configured)
	case 2:
		w.act("gives", w.kind.give)
	case 3:
		w.act("takes", w.kind.take)
	case 4:
		w.mustApply(testkit.Options{RefreshOnly: true})
		w.look()
	case 5:
		w.applyUnseen()
	default:
		w.apply(w.random.IntN(2) == 0)
	}
}

func (w *dayWalk) act(what string, do func(*mock.Administrator) error) {
	w.t.Logf("day %d: somebody %s it by hand", w.today(), what)
	w.behindTerraform(do)()
}

// look learns whether the state has the resource still.
func (w *dayWalk) look() {
	if len(w.Objects()) == 0 {
		w.stated = unapplied
	}
}

// isRefused tells whether a plan with a refresh refuses the day: one that is new and past.
func (w *dayWalk) isRefused(had bool) bool {
	isLost := !had && !w.isPast(w.stated) // The refresh takes it out of the state.
	return w.isPast(w.configured) && (w.configured != w.stated || isLost)
}

// apply applies, perhaps days after the plan.
func (w *dayWalk) apply(isLate bool) {
	w.t.Helper()
	w.look()
	had, refused, isEnd := w.kind.has(w.organization), w.isRefused(w.kind.has(w.organization)), w.isPast(w.configured)
	planned := w.Plan(testkit.Options{Out: "plan"})
	w.t.Logf("day %d: plan until %d, the state has %d: %+v, %v", w.today(), w.configured, w.stated, planned.Summary, planned.Err)
	if refused != (planned.Err != nil) {
		w.t.Errorf("the plan is to be refused: %t: %s", refused, planned)
	}
	if planned.Err != nil {
		return
	}
	if isLate {
		w.is(w.today() + w.random.IntN(4))
	}
	applied := w.Apply(testkit.Options{Saved: "plan"})
	if applied.Err != nil {
		if !w.isPast(w.configured) || !says("The day has passed").MatchString(applied.Said) || w.kind.has(w.organization) != had {
			w.t.Errorf("day %d: the apply fails: %s", w.today(), applied)
		}
		return
	}
	w.stated = w.configured
	if got := w.kind.has(w.organization); got == isEnd {
		w.t.Errorf("day %d: the access is there: %t", w.today(), got)
	}
	if w.configured >= 0 {
		w.stands(isEnd, !isEnd)
	}
	if again := w.Plan(testkit.Options{NoRefresh: true}); again.Changes {
		w.t.Errorf("the plan after it is not empty: %s", again)
	}
}

// applyUnseen applies without a refresh what has been applied: it goes by the state, and does what that says.
func (w *dayWalk) applyUnseen() {
	w.t.Helper()
	w.look()
	if w.stated == unapplied || w.stated != w.configured {
		return
	}
	granted := w.stated < 0 || w.attribute(w.kind.address, "ended") == false
	isThere := granted && w.kind.has(w.organization) // What a hand took, no refresh has seen.
	if w.stated >= 0 && w.attribute(w.kind.address, "granted") == false {
		isThere = w.kind.has(w.organization) // Nor what it gave.
	}
	w.mustApply(testkit.Options{NoRefresh: true})
	if w.kind.has(w.organization) != isThere {
		w.t.Errorf("day %d: without a refresh, the access is there: %t, want %t", w.today(), !isThere, isThere)
	}
}
