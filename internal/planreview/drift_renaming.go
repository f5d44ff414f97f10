package planreview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Renaming is a reference that took the place of another one.
type Renaming struct{ Before, After access.Reference }

// Renamings are where one reference took the place of another one, because both mean the
// same principal or because they do not: only who knows their ids can tell.
func (r *DriftReport) Renamings() []Renaming {
	var found []Renaming
	seen := map[Renaming]bool{}
	add := func(n Renaming, ok bool) {
		if ok && !seen[n] {
			seen[n] = true
			found = append(found, n)
		}
	}
	left := map[string][]DriftChange{}
	for _, c := range r.Changes {
		add(c.renames())
		if c.Kind == DriftRemoved {
			left[c.Address] = append(left[c.Address], c)
		}
	}
	for _, c := range r.Changes {
		if c.Kind == DriftAdded {
			for _, other := range left[c.Address] {
				add(renaming(other.Principal, c.Principal))
			}
		}
	}
	return found
}

// renames is for an attribute that names a principal, and names one otherwise.
func (c DriftChange) renames() (Renaming, bool) {
	was, isText := c.Before.(string)
	is, isStillText := c.After.(string)
	if c.Kind != DriftChanged || !isText || !isStillText || isKey(c.Attribute) {
		return Renaming{}, false
	}
	return renaming(was, is)
}

// renaming is for two references that can name the same principal.
func renaming(before, after string) (Renaming, bool) {
	was, err := access.ParseEntry(before)
	if err != nil {
		return Renaming{}, false
	}
	is, err := access.ParseEntry(after)
	return Renaming{was, is}, err == nil && was.Kind == is.Kind && !was.Same(is)
}

// isKey tells whether references name a principal by the attribute.
func isKey(attribute string) bool { return attribute == attributeName || attribute == attributeEmail }

const (
	attributeName  = "name"
	attributeEmail = "email"
	// attributeAccountEmail is the address that a server has, beside that of the configuration.
	attributeAccountEmail = "account_email"
)

// Follow takes out what is there only because the principal with the id is named otherwise
// than before. Unless Terraform renamed it, that is told once in its place, as a change of
// the name.
func (r *DriftReport) Follow(n Renaming, id string, byTerraform bool) {
	swapped := r.swapped(n)
	var addresses []string
	kept, told := []DriftChange{}, -1
	for _, c := range r.Changes {
		switch found, ok := c.renames(); {
		case ok && n.is(found), swapped[c.Address] && (c.isHalf(DriftRemoved, n.Before) || c.isHalf(DriftAdded, n.After)):
			addresses = append(addresses, c.Address)
			continue
		case n.isTold(c, id):
			told = len(kept)
		}
		kept = append(kept, c)
	}
	if len(addresses) == 0 {
		return
	}
	if told < 0 && !byTerraform {
		told = len(kept)
		change := Renamed(n)
		change.followed = true
		kept = append(kept, change)
	}
	r.Changes = kept
	if told >= 0 {
		r.Changes[told].id = id
		r.Changes[told].shownBy(addresses)
	}
}

// Settle takes out the names that only lists and entries show, and that Terraform gave: those
// of accounts that are in another configuration.
func (r *DriftReport) Settle(byTerraform func(n Renaming, id string) bool) {
	r.Changes = slices.DeleteFunc(r.Changes, func(c DriftChange) bool {
		after, err := access.ParseEntry(c.Principal)
		before := access.Reference{Kind: after.Kind, Key: fmt.Sprint(c.Before)}
		return c.followed && err == nil && byTerraform(Renaming{before, after}, c.id)
	})
}

// shownBy notes further resource instances that show the change.
func (c *DriftChange) shownBy(addresses []string) {
	all := slices.DeleteFunc(append([]string{c.Address}, addresses...), func(address string) bool { return address == "" })
	c.Address = all[0]
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > 1 {
		c.Addresses = all
	}
}

// swapped are the addresses of the lists that the one reference left and the other came onto.
func (r *DriftReport) swapped(n Renaming) map[string]bool {
	left, both := map[string]bool{}, map[string]bool{}
	for _, c := range r.Changes {
		left[c.Address] = left[c.Address] || c.isHalf(DriftRemoved, n.Before)
	}
	for _, c := range r.Changes {
		both[c.Address] = both[c.Address] || left[c.Address] && c.isHalf(DriftAdded, n.After)
	}
	return both
}

func (c DriftChange) isHalf(kind DriftKind, reference access.Reference) bool {
	found, err := access.ParseEntry(c.Principal)
	return c.Kind == kind && err == nil && found.Same(reference)
}

func (n Renaming) is(other Renaming) bool {
	return n.Before.Same(other.Before) && n.After.Same(other.After)
}

// isTold tells whether a change of an account is this one, or the last part of it: a list may
// have a name from before the one that the state has of the account.
func (n Renaming) isTold(c DriftChange, id string) bool {
	was, isText := c.Before.(string)
	is, isStillText := c.After.(string)
	return c.Kind == DriftChanged && isKey(c.Attribute) && isText && isStillText &&
		n.After.Same(access.Reference{Kind: n.After.Kind, Key: is}) &&
		(id != "" && c.id == id || n.Before.Same(access.Reference{Kind: n.Before.Kind, Key: was}))
}

// Renamed is that a principal has another name, or a user another e-mail address.
func Renamed(n Renaming) DriftChange {
	attribute := attributeName
	if n.Before.Kind == access.KindUser {
		attribute = attributeEmail
	}
	return DriftChange{
		Kind: DriftChanged, Principal: n.After.String(), Attribute: attribute, Before: n.Before.Key, After: n.After.Key,
		fact: fmt.Sprintf("%s of %s was changed%s", attribute, n.Before, fromTo(n.Before.Key, n.After.Key)),
	}
}

// followIDs follows the names of which the plan itself shows, by ids, that they mean the same
// principal as before. What the state already calls so was renamed by Terraform.
func (r *DriftReport) followIDs(plan *Plan) {
	eachDrift(plan, func(i *instance) {
		if i.after == nil {
			return
		}
		for _, reference := range []struct{ name, id string }{
			{"member", "member_id"}, {"member", "id"}, {"ci_user", "id"}, {attributeGroup, "group_id"},
		} {
			id := i.before.Text(reference.id)
			n, ok := renaming(i.before.Text(reference.name), i.after.Text(reference.name))
			if ok && id != "" && id == i.after.Text(reference.id) {
				r.Follow(n, id, r.StateHas(id, n.After))
			}
		}
	})
	for r.followLists() {
	}
}

// followLists follows a pair of names of a list that nobody came onto or nobody left, which
// must mean the same one, and tells whether there was one.
func (r *DriftReport) followLists() bool {
	for _, n := range r.Renamings() {
		for _, c := range r.Changes {
			if c.list == nil || !c.list.goesOneWay() || !c.isHalf(DriftAdded, n.After) || !r.isOnlySwap(n, c.Address) {
				continue
			}
			id, known := r.Managed.idOf(n.After)
			r.Follow(n, id, known)
			return true
		}
	}
	return false
}

// goesOneWay tells whether nobody came onto a list or nobody left it. Then every name that
// came, or that left, is another one of somebody who stays.
func (i *instance) goesOneWay() bool {
	left, came := i.leftAndCame()
	return len(left) == 0 || len(came) == 0
}

// isOnlySwap tells whether no other two references of the kind took each other's place there.
func (r *DriftReport) isOnlySwap(n Renaming, address string) bool {
	counts := map[DriftKind]int{}
	for _, c := range r.Changes {
		reference, err := access.ParseEntry(c.Principal)
		if c.Address == address && err == nil && reference.Kind == n.After.Kind {
			counts[c.Kind]++
		}
	}
	return counts[DriftAdded] == 1 && counts[DriftRemoved] == 1
}

// StateHas tells whether the state of the plan knew the account by the name before the
// refresh: then Terraform has renamed it, or has taken that over.
func (r *DriftReport) StateHas(id string, reference access.Reference) bool {
	known, ok := r.Managed.idOf(reference)
	return ok && strings.EqualFold(known, id)
}

func (m Managed) idOf(reference access.Reference) (string, bool) {
	for _, account := range m.Accounts {
		if known, err := access.ParseReference(account.Member); err == nil && known.Same(reference) {
			return account.ID, true
		}
	}
	return "", false
}

// StaysOn tells whether the principal with the id was on the lists that came to name it, and
// is; known is false where no list has ids.
func (r *DriftReport) StaysOn(n Renaming, id string) (stays, known bool) {
	for _, c := range r.Changes {
		if c.list != nil && c.isHalf(DriftAdded, n.After) {
			known = true
			stays = stays || slices.Contains(c.list.before.memberIDs(), id) && slices.Contains(c.list.after.memberIDs(), id)
		}
	}
	return stays, known
}
