package review

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Access says that a principal, a user or CI user, has a permission at a place,
// and why. Permission at a place holds for everything in it: who may read the
// artifacts of a project also has an Access for each of its signing policies.
type Access struct {
	Principal access.Reference
	// Status tells whether the access is in force. A deactivated user, and one who
	// has not accepted the invitation, can do nothing yet, but the entry stands and
	// comes into force without anybody granting it again. It is empty for an entry
	// that fits no principal.
	Status     access.Status
	Permission access.Permission
	Place      access.Place
	// Reasons are all there are: taking one away leaves the others.
	Reasons []Reason

	account int
}

// InForce tells whether the principal can use the permission now.
func (a Access) InForce() bool { return a.Status == access.StatusActive }

// Effective returns every access in the organization, ordered by place, permission
// and principal.
func Effective(org Organization) []Access {
	a := analyze(org)
	var rows []Access
	for _, place := range a.places {
		for _, permission := range org.Vocabulary.Permissions {
			if org.Vocabulary.IsToldAt(permission.Permission, place) {
				rows = append(rows, a.rowsAt(placedPermission{place, permission.Permission})...)
			}
		}
	}
	return rows
}

// A Reason is one thing that gives a permission: a role in the organization, being the
// support user, or an entry, directly or through groups.
type Reason struct {
	// Place is where the entry stands; the organization for a role.
	Place access.Place
	// Widest is the widest place at which it gives the permission: Place, or one around it.
	Widest access.Place
	// Via are the groups from the list to the principal, the one on the list
	// first. It is empty for an entry of one's own.
	Via []access.Reference

	right  *access.Right
	holder Holder
}

// Holder is the role.
func (r Reason) Holder() Holder { return r.holder }

// Evidence tells how well it is known that the reason gives the permission.
func (r Reason) Evidence() access.Evidence {
	if !r.isSure() {
		return access.Inferred
	}
	return r.right.Evidence
}

// Source is where the vendor says so.
func (r Reason) Source() string {
	if !r.isSure() {
		return "nothing is known of the role, so it counts as the one that allows most"
	}
	return r.right.Source
}

// isSure is false for a role that is unknown: it may give the permission, and nobody can
// rely on it.
func (r Reason) isSure() bool { return r.Holder().unknown == "" }

// String says what the principal is: "approver of acme/release-signing, through
// group:Release Managers".
func (r Reason) String() string {
	if holder := r.Holder(); holder.By() != access.ByEntry {
		return holder.String()
	}
	return r.Holder().String() + " of " + r.Place.String() + ", " + spellVia(r.Via)
}

// how is the reason behind the name of a permission: where that tells the list, it
// is not said again.
func (r Reason) how() string {
	holder := r.Holder()
	switch {
	case holder.By() == access.BySupport:
		return "as the " + holder.String()
	case holder.By() == access.ByPrincipal:
		return "by the role " + holder.String()
	case r.right.Shared:
		return "as " + r.String()
	}
	return spellVia(r.Via)
}

func spellVia(via []access.Reference) string {
	if len(via) == 0 {
		return "directly"
	}
	return "through " + access.SpellPath(via)
}

// key compares reasons of two analyses.
func (r Reason) key() string {
	return r.Holder().String() + "\x00" + r.Place.String() + "\x00" + access.SpellPath(r.Via)
}

// A givenReason is a reason and whom it gives a permission.
type givenReason struct {
	account int
	reason  Reason
}

// findReasons notes what each role and each list gives, at the widest place where it does.
func (a *analysis) findReasons() {
	for number, account := range a.accounts {
		for _, holder := range holdersOf(a.org.Vocabulary, account.Principal.Principal) {
			a.give(access.Place{}, way{account: number}, holder)
		}
	}
	a.eachList(func(l *placedList) {
		for _, way := range l.ways {
			a.give(l.place, way, l.holder())
		}
	})
	for _, given := range a.given {
		slices.SortStableFunc(given, func(a, b givenReason) int { return cmp.Compare(a.account, b.account) })
	}
}

func (a *analysis) give(place access.Place, way way, holder Holder) {
	for _, right := range a.org.Vocabulary.RightsOf(holder.Role()) {
		at := placedPermission{a.org.Vocabulary.Widest(right, place), right.Permission}
		reason := Reason{Place: place, Widest: at.place, Via: way.via, right: right, holder: holder}
		a.given[at] = append(a.given[at], givenReason{way.account, reason})
	}
}

// reasonsOf returns why one account has a permission at a place: what stands there,
// and before it what stands at the places around.
func (a *analysis) reasonsOf(account int, at placedPermission) []Reason {
	if !a.has(at.place) {
		return nil
	}
	var reasons []Reason
	for _, place := range at.place.Enclosing() {
		given := a.given[placedPermission{place, at.permission}]
		first, _ := slices.BinarySearchFunc(given, account, func(g givenReason, account int) int { return cmp.Compare(g.account, account) })
		for _, g := range given[first:] {
			if g.account != account {
				break
			}
			reasons = append(reasons, g.reason)
		}
	}
	return reasons
}

// rowsAt returns every access to a permission at a place. The rows share one array of
// reasons, because there are tens of thousands of rows.
func (a *analysis) rowsAt(at placedPermission) []Access {
	var given []givenReason
	if a.has(at.place) {
		for _, place := range at.place.Enclosing() {
			given = append(given, a.given[placedPermission{place, at.permission}]...)
		}
	}
	slices.SortStableFunc(given, func(a, b givenReason) int { return cmp.Compare(a.account, b.account) })
	reasons := make([]Reason, len(given))
	for i, g := range given {
		reasons[i] = g.reason
	}
	var rows []Access
	for first := 0; first < len(given); {
		end := first + 1
		for end < len(given) && given[end].account == given[first].account {
			end++
		}
		rows = append(rows, a.row(given[first].account, at, reasons[first:end:end]))
		first = end
	}
	return rows
}

func (a *analysis) row(number int, at placedPermission, reasons []Reason) Access {
	account := a.accounts[number]
	row := Access{Principal: account.Reference, Permission: at.permission, Place: at.place, Reasons: reasons, account: number}
	if !account.Stranger {
		row.Status = account.Status()
	}
	return row
}
