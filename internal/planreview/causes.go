package planreview

import (
	"maps"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// causes know which resource instances make which difference between the two
// organizations. Whoever changes what is the same on both sides makes none.
type causes struct {
	*model
	// came and left are the entries that are on a list on one side only.
	came, left map[listEntry]addresses
	// touched is whatever touches a list, whatever comes of it.
	touched map[listKey]addresses
	// accounts are those of which the state or the name differs, by key.
	accounts, roles, tokens map[string]addresses
	// changes are those of who may do what, by where that stands.
	changes map[access.Place][]review.Change
	// catalogue has the rules of the findings.
	catalogue review.Catalogue
}

type listEntry struct {
	list  listKey
	entry string
}

// addresses are a set of resource instances.
type addresses map[string]bool

func (a addresses) addAll(others addresses) { maps.Copy(a, others) }

// note adds an address to those of a key.
func note[K comparable](to map[K]addresses, key K, address string) {
	if to[key] == nil {
		to[key] = addresses{}
	}
	to[key][address] = true
}

func (m *model) causes(changes []review.Change, catalogue review.Catalogue) *causes {
	c := &causes{
		model: m, catalogue: catalogue, came: map[listEntry]addresses{}, left: map[listEntry]addresses{}, touched: map[listKey]addresses{},
		accounts: map[string]addresses{}, roles: map[string]addresses{}, tokens: map[string]addresses{},
		changes: map[access.Place][]review.Change{},
	}
	for _, i := range m.plan.managed {
		if i.touches() {
			c.noteLists(i)
			c.noteGroup(i)
			c.noteAccounts(i)
		}
	}
	for _, change := range changes {
		c.changes[change.Place] = append(c.changes[change.Place], change)
	}
	return c
}

func (c *causes) noteLists(i *instance) {
	if i.list == nil {
		return
	}
	for at, o := range []*object{i.before, i.after} {
		if o == nil {
			continue
		}
		key, ok := c.lists[at].place(i.list, o)
		if !ok {
			continue
		}
		note(c.touched, key, i.address)
		c.noteEntries(i, key, c.people[at].named(i.list, o))
		if _, told := i.displaced(); told && side(at) == after {
			c.noteEntries(i, key, c.lists[before].known[key])
		}
	}
}

// noteGroup notes who leaves a group because it is destroyed.
func (c *causes) noteGroup(i *instance) {
	if i.kind != "user_group" {
		return
	}
	for at, o := range []*object{i.before, i.after} {
		if o == nil {
			continue
		}
		if key, ok := c.lists[at].groupOf(o, attributeMember, "id"); ok {
			note(c.touched, key, i.address)
			if i.after == nil {
				c.noteEntries(i, key, c.lists[before].known[key])
			}
		}
	}
}

func (c *causes) noteEntries(i *instance, list listKey, entries *entryList) {
	if entries == nil {
		return
	}
	for entry := range entries.entries {
		switch had, has := c.lists[before].known[list].has(entry), c.lists[after].known[list].has(entry); {
		case has && !had:
			note(c.came, listEntry{list, entry}, i.address)
		case had && !has:
			note(c.left, listEntry{list, entry}, i.address)
		}
	}
}

// noteAccounts notes what becomes of an account, its role or its token.
func (c *causes) noteAccounts(i *instance) {
	attribute, to, differs := "member", c.accounts, accountDiffers
	switch i.kind {
	case "user", "ci_user", "user_group":
	case "role_assignment":
		to, differs = c.roles, roleDiffers
	case "ci_user_token":
		attribute, to, differs = "ci_user", c.tokens, tokenDiffers
	default:
		return
	}
	for at, o := range []*object{i.before, i.after} {
		if o == nil {
			continue
		}
		key := c.people[at].who(o, attribute).key()
		was, is := c.people[before].byKey(key), c.people[after].byKey(key)
		if was == nil || is == nil || differs(was.Principal, is.Principal) {
			note(to, key, i.address)
		}
	}
}

func accountDiffers(was, is review.Principal) bool {
	return was.Active != is.Active || was.Invited != is.Invited || was.Reference() != is.Reference()
}

func roleDiffers(was, is review.Principal) bool { return was.Role != is.Role }

func tokenDiffers(was, is review.Principal) bool {
	return was.TokenGenerated == nil || is.TokenGenerated == nil || !was.TokenGenerated.Equal(*is.TokenGenerated)
}

// byKey returns the principal with the key, or nil.
func (p *principals) byKey(key string) *person {
	if found := p.byID[key]; found != nil {
		return found
	}
	reference, err := access.ParseEntry(key)
	if err != nil {
		return nil
	}
	return p.byName[reference.Folded()]
}
