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
	Permission Permission
	Place      Place
	// Reasons are all there are: taking one away leaves the others.
	Reasons []Reason

	account int
}

// InForce tells whether the principal can use the permission now.
func (a Access) InForce() bool { return a.Status == access.StatusActive }

// Effective returns every access in the organization, ordered by place, permission
// and principal.
func Effective(org Organization) []Access { return slices.Clone(analyze(org).rows) }

// A Reason is one thing that gives a permission: a global role, being the support
// user, or an entry of an access list, directly or through groups.
type Reason struct {
	// Place is where the entry stands; the organization for a role.
	Place Place
	// Via are the groups from the list to the principal, the one on the list
	// first. It is empty for an entry of one's own.
	Via []access.Reference

	right *Right
}

// Holder is the role or the list.
func (r Reason) Holder() Holder { return r.right.Holder }

// Evidence tells how well it is known that the reason gives the permission.
func (r Reason) Evidence() Evidence { return r.right.Evidence }

// Source is where SignPath says so.
func (r Reason) Source() string { return r.right.Source }

// String says what the principal is: "approver of acme/release-signing, through
// group:Release Managers".
func (r Reason) String() string {
	if holder := r.Holder(); holder.List == "" {
		return holder.String()
	}
	return r.Holder().String() + " of " + r.Place.String() + ", " + spellVia(r.Via)
}

// how is the reason behind the name of a permission: where that tells the list, it
// is not said again.
func (r Reason) how() string {
	holder := r.Holder()
	switch {
	case holder.Support:
		return "as the support user"
	case holder.Role != "":
		return "by the role " + holder.String()
	case r.right.Permission == ReadArtifacts:
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

// String names the holder in a sentence, without an article.
func (h Holder) String() string {
	if h.Support {
		return "support user"
	}
	for _, list := range access.Lists() {
		if h.List == list.Plural {
			return list.Singular
		}
	}
	for _, role := range access.Roles() {
		if h.Role == role.Role {
			return role.Title
		}
	}
	return string(h.Role) + h.List
}

// findAccess fills in the rows.
func (a *analysis) findAccess() {
	global := a.globalRights()
	var given []givenReason
	for _, place := range a.places {
		for _, permission := range Permissions() {
			if permissionTraits[permission].narrowest < place.extent() {
				continue
			}
			given = given[:0]
			for account, rights := range global {
				for _, right := range rights {
					if right.Permission == permission {
						given = append(given, givenReason{account, Reason{right: right}})
					}
				}
			}
			given = a.addEntries(given, place, permission)
			a.addRows(given, place, permission)
		}
	}
}

// A givenReason is a reason and whom it gives a permission.
type givenReason struct {
	account int
	reason  Reason
}

// globalRights returns what each account may do in the whole organization.
func (a *analysis) globalRights() [][]*Right {
	rights := make([][]*Right, len(a.accounts))
	for i, account := range a.accounts {
		if account.Role != "" {
			rights[i] = append(rights[i], grantedRights[Holder{Role: account.Role}]...)
		}
		if account.Support {
			rights[i] = append(rights[i], grantedRights[Holder{Support: true}]...)
		}
	}
	return rights
}

// addEntries adds the reasons that lists give, those of the project included.
func (a *analysis) addEntries(given []givenReason, place Place, permission Permission) []givenReason {
	lists := a.lists[place]
	if place.SigningPolicy != "" {
		lists = slices.Concat(a.lists[Place{Project: place.Project}], lists)
	}
	for _, l := range lists {
		right := rightOf(l.holder(), permission)
		if right == nil {
			continue
		}
		for _, way := range l.ways {
			given = append(given, givenReason{way.account, Reason{Place: l.place, Via: way.via, right: right}})
		}
	}
	return given
}

// addRows turns the reasons into rows. Rows of one permission at one place share one
// array of reasons, because there are tens of thousands of rows.
func (a *analysis) addRows(given []givenReason, place Place, permission Permission) {
	slices.SortStableFunc(given, func(a, b givenReason) int { return cmp.Compare(a.account, b.account) })
	reasons := make([]Reason, len(given))
	for i, g := range given {
		reasons[i] = g.reason
	}
	from := len(a.rows)
	for first := 0; first < len(given); {
		end := first + 1
		for end < len(given) && given[end].account == given[first].account {
			end++
		}
		a.rows = append(a.rows, a.row(given[first].account, place, permission, reasons[first:end:end]))
		first = end
	}
	a.found[placedPermission{place, permission}] = span{from, len(a.rows)}
}

func (a *analysis) row(number int, place Place, permission Permission, reasons []Reason) Access {
	account := a.accounts[number]
	row := Access{Principal: account.reference, Permission: permission, Place: place, Reasons: reasons, account: number}
	if !account.stranger {
		row.Status = account.Status()
	}
	return row
}
