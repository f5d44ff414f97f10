package planreview

import (
	"fmt"
	"slices"

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
		case n.isTold(c):
			told = len(kept)
		}
		kept = append(kept, c)
	}
	if len(addresses) == 0 {
		return
	}
	if told < 0 && !byTerraform {
		told = len(kept)
		kept = append(kept, Renamed(n))
	}
	r.Changes = kept
	if told >= 0 {
		r.Changes[told].id = id
		r.Changes[told].shownBy(addresses)
	}
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

// isTold tells whether a change of an account is this very one.
func (n Renaming) isTold(c DriftChange) bool {
	was, isText := c.Before.(string)
	is, isStillText := c.After.(string)
	return c.Kind == DriftChanged && isKey(c.Attribute) && isText && isStillText &&
		n.is(Renaming{access.Reference{Kind: n.Before.Kind, Key: was}, access.Reference{Kind: n.After.Kind, Key: is}})
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

// followAccounts follows the accounts of which the plan itself shows that they are called
// otherwise.
func (r *DriftReport) followAccounts(plan *Plan) {
	eachDrift(plan, func(i *instance) {
		if _, isAccount := principalKinds[i.kind]; !isAccount || i.after == nil {
			return
		}
		if n, ok := renaming(i.before.Text("member"), i.after.Text("member")); ok {
			r.Follow(n, i.before.Text("id"), false)
		}
	})
}
