package planreview

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A veil knows which entries and roles the plan has under the mark "sensitive". They are judged
// as all others, and what is told of them names nobody: whoever has an id goes by that, which
// Terraform shows, too. Where Terraform shows the name, it is told.
type veil struct {
	// entries are those of lists, and roles are by the key of the principal.
	entries map[listEntry]access.Reference
	roles   map[string]access.Reference
	people  [2]*principals
	lists   [2]*lists
}

func newVeil(m *model) *veil {
	v := &veil{entries: map[listEntry]access.Reference{}, roles: map[string]access.Reference{}, people: m.people, lists: m.lists}
	for _, i := range m.plan.managed {
		i.sides(func(at side, o *object) {
			switch {
			case i.kind == "role_assignment" && o.sensitive.holds(attributeMember):
				one := m.people[at].who(o, attributeMember)
				v.roles[one.key()] = one.Reference()
			case i.list != nil:
				if list, ok := m.lists[at].place(i.list, o); ok {
					named := m.people[at].meant(i.list, o)
					for key := range named.concealed {
						v.entries[listEntry{list, key}] = named.entries[key]
					}
				}
			}
		})
	}
	return v
}

func (v *veil) isEmpty() bool { return len(v.entries)+len(v.roles) == 0 }

// covers tells whether a step of the way to a principal is under the veil.
func (v *veil) covers(at side, reason review.Reason, principal access.Reference) bool {
	list, ok := listOfReason(reason)
	if !ok {
		_, covered := v.roles[v.people[at].key(principal)]
		return covered
	}
	for _, step := range append(slices.Clone(reason.Via), principal) {
		key := v.people[at].key(step)
		if _, covered := v.entries[listEntry{list, key}]; covered {
			return true
		}
		list = membersOf(key)
	}
	return false
}

// change leaves the ways out of a change that are under the veil, and tells whom it must not
// name if there is no other.
func (v *veil) change(c review.Change) (review.Change, map[string]access.Reference) {
	if v.isEmpty() {
		return c, nil
	}
	at := after
	if c.Direction == review.Loses || c.Direction == review.WillNotGain {
		at = before
	}
	shown := slices.DeleteFunc(slices.Clone(c.Reasons), func(r review.Reason) bool { return v.covers(at, r, c.Principal) })
	if len(shown) > 0 || len(c.Reasons) == 0 {
		c.Reasons = shown
		return c, nil
	}
	names := map[string]access.Reference{}
	for _, reason := range c.Reasons {
		for _, step := range append(slices.Clone(reason.Via), c.Principal) {
			names[v.people[at].key(step)] = step
		}
	}
	return c, names
}

// finding returns whom a finding must not name: who is on its lists under the veil, and, if
// one of its ways is, whom it is about.
func (v *veil) finding(f review.Finding, at side, lists []listKey) map[string]access.Reference {
	if v.isEmpty() {
		return nil
	}
	names := map[string]access.Reference{}
	for _, list := range lists {
		v.on(names, list)
	}
	for _, principal := range f.Principals {
		for _, reason := range f.Reasons {
			if v.covers(at, reason, f.Principals[0]) {
				names[v.people[at].key(principal)] = principal
			}
		}
	}
	if len(f.Places) == 0 && len(lists) == 0 {
		for key, reference := range v.roles {
			names[key] = reference
		}
	}
	return names
}

// on adds who is on a list under the veil, or in a group on it.
func (v *veil) on(names map[string]access.Reference, list listKey) {
	for _, lists := range v.lists {
		for _, reached := range lists.reached(list) {
			for key := range lists.known[reached].entries {
				if reference, covered := v.entries[listEntry{reached, key}]; covered {
					names[key] = reference
				}
			}
		}
	}
}

// label is what somebody is called who must not be named.
func (v *veil) label(key string, reference access.Reference) access.Reference {
	address := ""
	for _, people := range v.people {
		if one := people.byKey(key); one != nil && one.ID != "" {
			return one.IDReference()
		} else if one != nil {
			address = one.address
		}
	}
	return unnamed(reference.Kind, address)
}

// over replaces the names in texts. All other names stay as they are, also those that begin
// with one of these.
func (v *veil) over(names map[string]access.Reference, texts ...*string) {
	if len(names) == 0 {
		return
	}
	var pairs [][2]string
	for key, reference := range names {
		label := v.label(key, reference).String()
		pairs = append(pairs, [2]string{reference.String(), label})
		for _, people := range v.people {
			if one := people.byKey(key); one != nil && one.Reference().Key != "" {
				pairs = append(pairs, [2]string{one.Reference().String(), label})
			}
		}
	}
	for _, people := range v.people {
		for _, one := range people.all {
			if _, covered := names[one.key()]; !covered && one.Reference().Key != "" {
				pairs = append(pairs, [2]string{one.Reference().String(), one.Reference().String()})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
	var replacements []string
	for _, pair := range pairs {
		replacements = append(replacements, pair[0], pair[1])
	}
	replacer := strings.NewReplacer(replacements...)
	for _, text := range texts {
		*text = replacer.Replace(*text)
	}
}

// overAll is over for lists of texts.
func (v *veil) overAll(names map[string]access.Reference, lists ...[]string) {
	for _, list := range lists {
		for i := range list {
			v.over(names, &list[i])
		}
	}
}
