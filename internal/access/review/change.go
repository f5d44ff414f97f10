package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Direction says what a change does to a principal.
type Direction string

const (
	// Gains is to be able to do more from now on.
	Gains Direction = "gains"
	// Loses is to be able to do less.
	Loses Direction = "loses"
	// WillGain is to have an entry that comes into force with the account: when
	// the invitation is accepted, or the user activated.
	WillGain Direction = "will gain"
	// WillNotGain is to lose such an entry.
	WillNotGain Direction = "will no longer gain"
)

var directions = []Direction{Gains, Loses, WillGain, WillNotGain}

func (d Direction) isGain() bool { return d == Gains || d == WillGain }

// A Change is one permission at one place that a principal gains or loses. Who only
// gets another way to the same permission gains nothing.
type Change struct {
	Direction  Direction
	Principal  access.Reference
	Permission access.Permission
	Place      access.Place
	// Reasons are why the principal has the permission now, or had it before.
	Reasons []Reason
	// Because completes the sentence where the account changed and not the access.
	Because string
}

// String says the change in a sentence without a full stop: "user:a@example.com
// gains approval on acme/release-signing, through group:Release Managers".
func (c Change) String() string {
	preposition := "on"
	if c.Place == (access.Place{}) {
		preposition = "in"
	}
	return fmt.Sprintf("%s %s %s %s %s, %s", c.Principal, c.Direction, c.Permission.Noun, preposition, c.Place, c.Way())
}

// Way says how the principal comes to have the permission, or had it: "through group:Release
// Managers".
func (c Change) Way() string {
	ways := make([]string, len(c.Reasons))
	for i, reason := range c.Reasons {
		ways[i] = reason.how()
	}
	text := strings.Join(ways, " and ")
	if c.Because != "" {
		text += ", " + c.Because
	}
	return text
}

// Changes tells who gains and who loses what between two organizations, ordered by
// principal, direction and place. It compares what principals can do, not entries. A
// principal is the same if the id or else the natural reference is.
//
// An unknown role counts against the change: as no right before another role that gives
// something, and as every right before another role that takes something.
//
// What goes without saying is left out: a permission inside a place where the same
// one changes for the same reasons, and one that another includes. An approver
// gains the reading of artifacts with the approval, and is told to gain that of other
// signing policies.
func Changes(before, after Organization) []Change {
	c := accessComparison{earlier: comparedSide{analysis: analyze(before)}, later: comparedSide{analysis: analyze(after)}}
	c.matchAccounts()
	for at := range c.later.given {
		c.compareAt(at)
	}
	for at := range c.earlier.given {
		if _, compared := c.later.given[at]; !compared {
			c.compareAt(at)
		}
	}
	changes := c.withoutImplied()
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(
			a.Principal.Compare(b.Principal),
			cmp.Compare(slices.Index(directions, a.Direction), slices.Index(directions, b.Direction)),
			a.Place.Compare(b.Place),
			after.Vocabulary.ComparePermissions(a.Permission, b.Permission),
		)
	})
	return changes
}

// An accessComparison collects the changes between two analyses.
type accessComparison struct {
	earlier, later comparedSide
	changes        []Change
}

// A comparedSide is one of two analyses. A person is a number that whoever is the same
// has in both.
type comparedSide struct {
	*analysis
	// personOf is the person of each account.
	personOf   []int
	accountsOf map[int][]int
}

func (c *accessComparison) matchAccounts() {
	numbers := map[string]int{}
	for _, side := range []*comparedSide{&c.earlier, &c.later} {
		side.personOf, side.accountsOf = make([]int, len(side.accounts)), map[int][]int{}
		for i, account := range side.accounts {
			identity := c.later.roster.identity(account)
			if _, known := numbers[identity]; !known {
				numbers[identity] = len(numbers)
			}
			person := numbers[identity]
			side.personOf[i] = person
			side.accountsOf[person] = append(side.accountsOf[person], i)
		}
	}
}

// access returns the access of a person, which is the zero value if there is none.
func (s *comparedSide) access(person int, at placedPermission) Access {
	var access Access
	for _, account := range s.accountsOf[person] {
		if reasons := s.reasonsOf(account, at); len(reasons) > 0 {
			access = s.row(account, at, reasons)
		}
	}
	return access
}

// compareAt compares who has one permission at one place, of those to whom something
// at this very place gives it. For everybody else nothing changes here that does not
// change in the same way at a place around this one, and goes without saying.
func (c *accessComparison) compareAt(at placedPermission) {
	var people []int
	for _, side := range []comparedSide{c.earlier, c.later} {
		for _, given := range side.given[at] {
			people = append(people, side.personOf[given.account])
		}
	}
	slices.Sort(people)
	for _, person := range slices.Compact(people) {
		had, has := c.earlier.access(person, at), c.later.access(person, at)
		if gained, ok := c.compare(had.counting(has), has); ok && gained.Direction.isGain() {
			c.changes = append(c.changes, gained)
		}
		if lost, ok := c.compare(had, has.counting(had)); ok && !lost.Direction.isGain() {
			c.changes = append(c.changes, lost)
		}
	}
}

// counting leaves out the unknown roles, but for one that is the same on the other side:
// that changes nothing.
func (a Access) counting(other Access) Access {
	if slices.ContainsFunc(a.Reasons, func(r Reason) bool { return !r.isSure() }) {
		a.Reasons = slices.DeleteFunc(slices.Clone(a.Reasons), func(r Reason) bool {
			return !r.isSure() && !slices.ContainsFunc(other.Reasons, func(o Reason) bool { return o.key() == r.key() })
		})
	}
	return a
}

// identity finds an account of another roster in this one.
func (r *roster) identity(account *Account) string {
	if _, ok := r.principals[account.key]; ok {
		return account.key
	}
	if p, ok := r.find(account.Reference); ok {
		return p.ID
	}
	return strangerPrefix + account.Reference.Folded().String()
}

// isNews leaves the reasons that can change something, and tells whether there are
// any. In a place that the other organization does not have, those are the entries
// of the place itself and of what is in it: who reads all of a project gains nothing by a
// new signing policy.
func isNews(access *Access, other *analysis) bool {
	if !other.has(access.Place) {
		access.Reasons = slices.DeleteFunc(slices.Clone(access.Reasons), func(r Reason) bool { return !access.Place.Contains(r.Place) })
	}
	return len(access.Reasons) > 0
}

// compare tells what is different between the access that there was and the one that is
// there. Either has no reasons if there is none.
func (c *accessComparison) compare(had, has Access) (Change, bool) {
	switch {
	case isNews(&has, c.earlier.analysis):
		return c.gain(had, has)
	case isNews(&had, c.later.analysis):
		return loss(had), true
	}
	return Change{}, false
}

// gain is compare for where there is an access.
func (c *accessComparison) gain(had, has Access) (Change, bool) {
	change := Change{Principal: has.Principal, Permission: has.Permission, Place: has.Place, Reasons: has.Reasons}
	isNew := len(had.Reasons) == 0
	switch {
	case !isNew && had.takesEffect() == has.takesEffect():
		return change, false
	case has.takesEffect():
		change.Direction = Gains
		if !isNew {
			change.Because = "because the account is now active"
		}
	case !isNew:
		change.Direction, change.Reasons, change.Because = Loses, had.Reasons, "because the account is no longer active"
	default:
		change.Direction = WillGain
		change.Because = strings.TrimPrefix(c.later.accounts[has.account].OnceInForce(), ", ")
	}
	return change, true
}

func loss(had Access) Change {
	c := Change{Direction: Loses, Principal: had.Principal, Permission: had.Permission, Place: had.Place, Reasons: had.Reasons}
	if !had.takesEffect() {
		c.Direction = WillNotGain
	}
	return c
}

// takesEffect is true as well for an entry that fits no principal: removing it is a
// loss until somebody knows better.
func (a Access) takesEffect() bool { return a.InForce() || a.Status == "" }

// withoutImplied leaves out the changes of which each reason is told by another change
// of the same principal that says at least as much.
func (c *accessComparison) withoutImplied() []Change {
	told := tellings{}
	for _, change := range c.changes {
		s := telling{change.Principal, change.Direction, change.Permission, change.Place}
		told[s] = append(told[s], change.Reasons...)
	}
	permissions := c.later.org.Vocabulary.Permissions
	return slices.DeleteFunc(slices.Clone(c.changes), func(change Change) bool {
		known := map[string]bool{}
		for _, place := range change.Place.Enclosing() {
			told.at(place, change, permissions, known)
		}
		if change.isOfInside() {
			for _, place := range c.inside(change) {
				here := map[string]bool{}
				told.at(place, change, permissions, here)
				if len(here) == 0 {
					return false
				}
				maps.Copy(known, here)
			}
		}
		return !slices.ContainsFunc(change.Reasons, func(r Reason) bool { return !known[r.key()] })
	})
}

// inside returns the places right inside that of a change, of the organization in which it
// has its reasons.
func (c *accessComparison) inside(change Change) []access.Place {
	side := c.later
	if !change.Direction.isGain() {
		side = c.earlier
	}
	return only(side.places, func(place access.Place) bool {
		return place.Depth() == change.Place.Depth()+1 && change.Place.Contains(place)
	})
}

// tellings are the reasons that are told.
type tellings map[telling][]Reason

type telling struct {
	principal  access.Reference
	direction  Direction
	permission access.Permission
	place      access.Place
}

// at adds the keys of the reasons at a place after which the change goes without saying.
func (t tellings) at(place access.Place, c Change, permissions []access.PermissionDescription, keys map[string]bool) {
	for _, permission := range permissions {
		if !c.goesWithoutSaying(permission, place) {
			continue
		}
		for _, reason := range t[telling{c.Principal, c.Direction, permission.Permission, place}] {
			keys[reason.key()] = true
		}
	}
}

// isOfInside tells whether only what stands further in gives the permission. Then it goes
// without saying where it does at each place there.
func (c Change) isOfInside() bool {
	return !slices.ContainsFunc(c.Reasons, func(r Reason) bool { return r.Place.Contains(c.Place) })
}

// goesWithoutSaying tells whether the change does after one of the permission at the
// place, which contains that of the change, as far as the reasons are the same.
func (c Change) goesWithoutSaying(permission access.PermissionDescription, place access.Place) bool {
	if permission.Permission == c.Permission {
		return place != c.Place
	}
	return slices.Contains(permission.Includes, c.Permission)
}
