package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// An edited is a configuration of which a test knows what it wants, and which it edits as
// people do.
type edited struct {
	accounts []*editedAccount
	blocks   []*editedBlock
	// moved are the moved blocks.
	moved []string
	// labels counts what was called, so that no label comes twice.
	labels int
}

// An editedAccount is a user, a CI user or a group. Members name it by "@" and its number,
// and by "~" and its number where the configuration spells it out.
type editedAccount struct {
	number      int
	kind, label string
	name        string
	adopts      bool
	createFirst bool
}

// An editedBlock gives something to its members: a whole list, or an instance for each.
type editedBlock struct {
	place       place
	label       string
	members     []string
	shape       string // "list", "single", "count" or "for_each"
	role        string // of role assignments
	createFirst bool
	// hides is "sensitive" or "unknown" for members that a plan does not show, or not yet.
	hides string
}

// A place is a list, or that of the global roles.
type place struct {
	name string // as facts have it; that of a group's members is the group
	list list
}

var rolesPlace = place{name: "roles"}

func editedPlaces() (all []place) {
	for _, name := range slices.Sorted(maps.Keys(lists())) {
		all = append(all, place{name: name, list: lists()[name]})
	}
	return all
}

func (e *edited) clone() *edited {
	c := &edited{moved: slices.Clone(e.moved), labels: e.labels}
	for _, a := range e.accounts {
		copied := *a
		c.accounts = append(c.accounts, &copied)
	}
	for _, b := range e.blocks {
		copied := *b
		copied.members = slices.Clone(b.members)
		c.blocks = append(c.blocks, &copied)
	}
	return c
}

func (e *edited) label(prefix string) string {
	e.labels++
	return fmt.Sprintf("%s%d", prefix, e.labels)
}

func (e *edited) account(number int) *editedAccount {
	i := slices.IndexFunc(e.accounts, func(a *editedAccount) bool { return a.number == number })
	if i < 0 {
		return nil
	}
	return e.accounts[i]
}

func (e *edited) accountOf(member string) *editedAccount {
	var number int
	if n, _ := fmt.Sscanf(member[1:], "%d", &number); n == 0 || !strings.ContainsAny(member[:1], "@~") {
		return nil
	}
	return e.account(number)
}

func (a *editedAccount) reference() string {
	return strings.TrimPrefix(strings.Replace(a.kind, "user_group", "group", 1), "signpath_") + ":" + a.name
}

// reference is how a member is called in the end.
func (e *edited) reference(member string) string {
	if a := e.accountOf(member); a != nil {
		return a.reference()
	}
	return member
}

// expression is the member in HCL.
func (e *edited) expression(member string) string {
	if a := e.accountOf(member); a != nil && member[0] == '@' {
		return fmt.Sprintf("signpath_%s.%s.member", a.kind, a.label)
	}
	return fmt.Sprintf("%q", e.reference(member))
}

func (b *editedBlock) kind() string {
	switch {
	case b.place.name == rolesPlace.name && b.shape == "list":
		return "signpath_role_holders"
	case b.place.name == rolesPlace.name:
		return "signpath_role_assignment"
	case b.shape == "list":
		return b.place.list.plural
	}
	return b.place.list.singular
}

// hcl is the configuration.
func (e *edited) hcl() string {
	var hcl strings.Builder
	lifecycle := map[bool]string{true: "  lifecycle {\n    create_before_destroy = true\n  }\n"}
	for _, a := range e.accounts {
		name := fmt.Sprintf("  name = %q\n", a.name)
		if a.kind == "user" {
			name = fmt.Sprintf("  name  = \"N\"\n  email = %q\n", a.name)
		}
		if a.adopts {
			name += "  adopt_existing = true\n"
		}
		fmt.Fprintf(&hcl, "resource \"signpath_%s\" %q {\n%s%s}\n", a.kind, a.label, name, lifecycle[a.createFirst])
	}
	for _, b := range e.blocks {
		members := make([]string, len(b.members))
		for i, member := range b.members {
			members[i] = e.expression(member)
		}
		all := "[" + strings.Join(members, ", ") + "]"
		body := b.place.list.parent
		if b.role != "" {
			body = fmt.Sprintf("  role = %q\n", b.role)
		}
		switch b.shape {
		case "list":
			body += "  members = " + b.hidden(&hcl, all) + "\n"
		case "single":
			body += "  member = " + b.hidden(&hcl, members[0]) + "\n"
		case "count":
			body += fmt.Sprintf("  count  = %d\n  member = %s[count.index]\n", len(members), all)
		case "for_each":
			body += "  for_each = toset(" + all + ")\n  member   = each.value\n"
		}
		fmt.Fprintf(&hcl, "resource %q %q {\n%s%s}\n", b.kind(), b.label, body, lifecycle[b.createFirst])
	}
	for _, moved := range e.moved {
		hcl.WriteString(moved)
	}
	return hcl.String()
}

// hidden is an expression for what a plan is to hide. What it needs is written before it.
func (b *editedBlock) hidden(hcl *strings.Builder, expression string) string {
	switch b.hides {
	case "sensitive":
		return "sensitive(" + expression + ")"
	case "unknown":
		fmt.Fprintf(hcl, "resource \"terraform_data\" %q {\n  input = %s\n}\n", b.label, expression)
		return "terraform_data." + b.label + ".output"
	}
	return expression
}

// addresses are those of the instances.
func (e *edited) addresses() (all []string) {
	for _, a := range e.accounts {
		all = append(all, "signpath_"+a.kind+"."+a.label)
	}
	for _, b := range e.blocks {
		address := b.kind() + "." + b.label
		for i, member := range b.members {
			switch b.shape {
			case "count":
				all = append(all, fmt.Sprintf("%s[%d]", address, i))
			case "for_each":
				all = append(all, fmt.Sprintf("%s[%q]", address, e.reference(member)))
			case "single":
				all = append(all, address)
			}
		}
		if b.shape == "list" {
			all = append(all, address)
		}
	}
	return all
}

// facts are what the configuration wants of an organization.
func (e *edited) facts(seed mock.Seed) facts {
	all, ids := facts{}, referenceIDs(seed)
	for _, a := range e.accounts {
		if a.kind == "user_group" {
			all[ids[a.reference()]+" exists"] = true
		} else {
			all[ids[a.reference()]+" is active: true"] = true
		}
	}
	for _, b := range e.blocks {
		for _, member := range b.members {
			id := ids[e.reference(member)]
			if b.place.name == rolesPlace.name {
				all[fmt.Sprintf("%s is %s", id, b.role)] = true
			} else {
				all[fmt.Sprintf("%s has %s", factPlace(b.place.list, ids), id)] = true
			}
		}
	}
	return all
}

// factPlace is how facts call a list.
func factPlace(l list, ids map[string]string) string {
	kind, name, _ := strings.Cut(l.owner, ":")
	if kind == "group" {
		name = ids[l.owner]
	}
	return name + " " + l.name
}

// at are the blocks of a place.
func (e *edited) at(p place) (all []*editedBlock) {
	for _, b := range e.blocks {
		if b.place.name == p.name {
			all = append(all, b)
		}
	}
	return all
}

// free are those whom a place may still have.
func (e *edited) free(p place) (all []string) {
	candidates := slices.Clone(somebody)
	for _, a := range e.accounts {
		if p.name == rolesPlace.name && a.kind == "user_group" || p.name == "approvers" && a.kind == "ci_user" {
			continue
		}
		candidates = append(candidates, fmt.Sprintf("@%d", a.number))
	}
	for _, member := range candidates {
		if !slices.ContainsFunc(e.at(p), func(b *editedBlock) bool { return slices.Contains(b.members, member) }) {
			all = append(all, member)
		}
	}
	return all
}

// drop takes the blocks away that have nobody left, but for whole lists. Of a role that one
// owns, there is no other block.
func (e *edited) drop() {
	owners := map[string]*editedBlock{}
	for _, b := range e.at(rolesPlace) {
		if b.shape == "list" && owners[b.role] == nil {
			owners[b.role] = b
		}
	}
	for _, b := range e.at(rolesPlace) {
		if owner := owners[b.role]; owner != nil && owner != b {
			owner.members, b.members, b.shape = append(owner.members, b.members...), nil, "single"
		}
	}
	e.blocks = slices.DeleteFunc(e.blocks, func(b *editedBlock) bool { return len(b.members) == 0 && b.shape != "list" })
}

// edited is a random configuration.
func (c chance) edited() *edited {
	e := &edited{}
	for _, name := range []string{"agent", "next", "d@example.com", "e@example.com", "Signers", "Interns"} {
		if c.IntN(3) == 0 {
			c.addAccount(e, name)
		}
	}
	for _, p := range append(editedPlaces(), rolesPlace) {
		if c.IntN(2) == 0 {
			c.fill(e, p)
		}
	}
	return e
}

func (c chance) addAccount(e *edited, name string) {
	kind := "ci_user"
	switch {
	case strings.Contains(name, "@"):
		kind = "user"
	case strings.ToLower(name) != name:
		kind = "user_group"
	}
	a := &editedAccount{kind: kind, name: name, label: e.label("a"), adopts: c.IntN(2) == 0, createFirst: c.IntN(6) == 0}
	a.number = e.labels
	e.accounts = append(e.accounts, a)
}

// fill gives something to some at a place where nobody has anything.
func (c chance) fill(e *edited, p place) {
	c.shape(e, p, c.one([]string{"list", "single", "count", "for_each"}), c.some(e.free(p)))
}

func (c chance) shape(e *edited, p place, shape string, members []string) {
	b := &editedBlock{place: p, shape: shape, members: members, createFirst: c.IntN(5) == 0}
	if p.name == rolesPlace.name {
		b.role = c.one([]string{"GlobalReader", "CertificateAdministrator"})
	}
	if shape != "single" {
		members = members[:0]
		b.label = e.label("b")
		e.blocks = append(e.blocks, b)
	}
	for _, member := range members {
		one := *b
		one.members, one.label = []string{member}, e.label("b")
		e.blocks = append(e.blocks, &one)
	}
	e.drop()
}

// edit changes something of a configuration, and says what.
func (c chance) edit(e *edited) string {
	places := append(editedPlaces(), rolesPlace)
	p := places[c.IntN(len(places))]
	blocks := e.at(p)
	if len(blocks) == 0 {
		c.fill(e, p)
		return "fill " + p.name
	}
	b := blocks[c.IntN(len(blocks))]
	other := blocks[c.IntN(len(blocks))]
	kinds := []func() string{
		func() string { // Exchange two of one list, or two in it.
			if len(b.members) > 0 && len(other.members) > 0 {
				i, j := c.IntN(len(b.members)), c.IntN(len(other.members))
				b.members[i], other.members[j] = other.members[j], b.members[i]
			}
			return "exchange two of " + p.name
		},
		func() string { // One more in front, and in the place of who was there.
			if free := e.free(p); len(free) > 0 && b.shape != "single" {
				b.members = append([]string{c.one(free)}, b.members...)
			} else if len(free) > 0 {
				first := b.members[0]
				b.members = []string{c.one(free)}
				c.shape(e, p, "single", []string{first})
			}
			return "one more in front of " + p.name
		},
		func() string {
			if len(b.members) > 0 {
				b.members = b.members[1:]
				e.drop()
			}
			return "the first one of " + p.name + " gone"
		},
		func() string { b.label = e.label("b"); return "rename one of " + p.name },
		func() string {
			from := b.kind() + "." + b.label
			b.label = e.label("b")
			e.moved = append(e.moved, fmt.Sprintf("moved {\n  from = %s\n  to   = %s.%s\n}\n", from, b.kind(), b.label))
			return "move one of " + p.name
		},
		func() string {
			b.createFirst = !b.createFirst
			return "create one of " + p.name + " before it is destroyed, or not"
		},
		func() string { // The same ones otherwise.
			var members []string
			for _, one := range blocks {
				members = append(members, one.members...)
			}
			e.blocks = slices.DeleteFunc(e.blocks, func(one *editedBlock) bool { return one.place.name == p.name })
			shape := c.one([]string{"single", "count", "for_each", "list"})
			c.shape(e, p, shape, members)
			return p.name + " as " + shape
		},
		func() string {
			if b.role != "" {
				b.role = c.one([]string{"GlobalReader", "CertificateAdministrator"})
				e.drop()
			}
			return "another role"
		},
	}
	if len(e.accounts) > 0 && c.IntN(2) == 0 {
		return c.editAccount(e)
	}
	return kinds[c.IntN(len(kinds))]()
}

// editAccount changes something of an account.
func (c chance) editAccount(e *edited) string {
	a := e.accounts[c.IntN(len(e.accounts))]
	other := e.accounts[c.IntN(len(e.accounts))]
	switch c.IntN(6) {
	case 0:
		a.name = map[string]string{"user": "new@example.com", "ci_user": "new", "user_group": "New"}[a.kind]
		return "rename " + a.label
	case 1:
		if other.kind == a.kind {
			a.name, other.name = other.name, a.name
		}
		return "exchange the names of " + a.label + " and " + other.label
	case 2:
		a.label = e.label("a")
		return "another label"
	case 3:
		from := a.kind + "." + a.label
		a.label = e.label("a")
		e.moved = append(e.moved, fmt.Sprintf("moved {\n  from = signpath_%s\n  to   = signpath_%s.%s\n}\n", from, a.kind, a.label))
		return "move " + a.label
	case 4: // Gone, and another has the name.
		name := a.name
		e.remove(a)
		if other != a && other.kind == a.kind {
			other.name = name
		}
		return name + " gone, and maybe handed on"
	}
	a.createFirst = !a.createFirst
	return "create " + a.label + " before it is destroyed, or not"
}

// remove takes an account out, with all that it has.
func (e *edited) remove(a *editedAccount) {
	e.accounts = slices.DeleteFunc(e.accounts, func(one *editedAccount) bool { return one == a })
	for _, b := range e.blocks {
		b.members = slices.DeleteFunc(b.members, func(member string) bool { return strings.ContainsAny(member[:1], "@~") && e.accountOf(member) == nil })
	}
	e.drop()
}
