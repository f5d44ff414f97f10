package planreview

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// principals are the users, CI users and groups that a plan tells of, on one side
// of it. Data sources, resources and references may tell of the same one.
type principals struct {
	all    []*person
	byID   map[string]*person
	byName map[access.Reference]*person
	// former are names that somebody had: in the state, or before the plan. Terraform
	// keeps the spelling of a state as long as it means the same one.
	former map[access.Reference]*person
	// holders is how many have a name; nil until it is asked for, and after each change of names.
	holders map[access.Reference]int
	// hidden are the ids of those whose name is sensitive, and secrets their references.
	hidden  map[string]bool
	secrets secrets
}

// A person is a principal with the resource that plans it, if one does.
type person struct {
	review.Principal
	address string
}

func newPrincipals(plan contents) *principals {
	return &principals{
		byID: map[string]*person{}, byName: map[access.Reference]*person{}, former: map[access.Reference]*person{},
		hidden: plan.hidden, secrets: plan.secrets,
	}
}

// principalLists are the data sources that list principals, and the filters by
// which they leave some out.
var principalLists = map[string]struct {
	kind    access.Kind
	filters []string
}{
	"users":       {access.KindUser, []string{"active", "name_contains", "role"}},
	"ci_users":    {access.KindCIUser, []string{"active", "name_contains", "role"}},
	"user_groups": {access.KindGroup, []string{"name_contains"}},
}

// principalsBefore are those of the prior state and its data sources; and, where the
// live organization is known, those that it has. If they are wanted as the plan found them,
// what that tells counts more.
func principalsBefore(plan contents, live *Live, asFound bool) *principals {
	p := newPrincipals(plan)
	p.addPlanned(plan)
	if live == nil {
		return p
	}
	p.overlay(live)
	if asFound {
		p.addPlanned(plan)
	}
	return p
}

// addPlanned notes what the plan tells of principals as they are before it.
func (p *principals) addPlanned(plan contents) {
	for _, source := range plan.data {
		source.eachPrincipal(func(kind access.Kind, o *object) { p.put(principalOf(kind, o), source.address) })
	}
	for _, i := range plan.managed {
		kind, ok := i.principal()
		if ok && i.before != nil {
			p.put(principalOf(kind, i.before), i.address)
		}
	}
	for _, i := range plan.managed {
		if kind, ok := i.principal(); ok && i.creates() {
			p.takenOver(kind, i, plan)
		}
	}
	p.meetAll(plan)
	for _, i := range plan.managed {
		p.identify(i)
		p.noteToken(i, i.before)
		p.assignRole(i, i.before)
		p.noteReplaced(i)
		if i.kind == "role_assignment" && i.creates() && i.after.Text(attributeReplacesRole) != "" {
			p.who(i.after, attributeMember).Role = access.Role(i.after.Text(attributeReplacesRole))
		}
	}
}

// eachPrincipal visits those whom a resource or a data source describes.
func (i *instance) eachPrincipal(visit func(access.Kind, *object)) {
	i.sides(func(at side, o *object) {
		kind, isOne := i.principal()
		listed, isList := principalLists[i.kind]
		switch {
		case at == after && i.after == i.before:
		case isOne:
			visit(kind, o)
		case isList:
			for _, element := range o.objects(i.kind) {
				visit(listed.kind, element)
			}
		case i.kind == "current_user":
			visit(access.Kind(o.Text("kind")), o)
		}
	})
}

// What a create takes away, or takes over, as the provider plans it.
const (
	attributeRemoves      = "removes"
	attributeReplacesRole = "replaces_role"
	attributeTakesOver    = "takes_over"
	// attributeAdoptExisting lets a create take over what exists, and not only what it replaces.
	attributeAdoptExisting = "adopt_existing"
	attributeWasActive     = "was_active"
)

// takenOver notes somebody who exists already, and whom a create takes over, unless the state
// tells more.
func (p *principals) takenOver(kind access.Kind, i *instance, plan contents) {
	id := i.after.id(attributeTakesOver)
	if id == "" || plan.hasInState(i.kind, id) {
		return
	}
	one := p.byID[id]
	if one == nil {
		was := principalOf(kind, i.after)
		was.ID, was.Invited, was.InvitationExpires = id, false, nil
		one = p.put(was, i.address)
	}
	if active := i.after.Boolean(attributeWasActive); active != nil {
		one.Active = *active
	}
}

// meetAll notes the ids of those whom lists, roles and tokens name, and the names by which
// they do. One member of a list after the other may become known by those of others.
func (p *principals) meetAll(plan contents) {
	for met := -1; met != len(p.former); {
		met = len(p.former)
		for _, i := range plan.managed {
			i.sides(func(at side, o *object) {
				if at == after && !i.creates() && i.before != nil {
					return // New names are for the other side.
				}
				switch {
				case i.kind == "role_assignment":
					p.meet(o, attributeMember, "id")
				case i.kind == "ci_user_token":
					p.meet(o, "ci_user", "id")
				case i.kind == kindHolders:
					p.named(holders, o)
				case i.list != nil:
					if i.list.role == "" {
						p.meet(o, "group", "group_id")
					}
					p.named(i.list, o)
				}
			})
		}
	}
}

// meet notes the id of whom an attribute names.
func (p *principals) meet(o *object, name, idName string) {
	text, _ := o.hiddenText(name)
	if reference, err := access.ParseReference(text); err == nil {
		p.introduce(reference, o.id(idName))
	}
}

// introduce notes that a reference means the principal with the id, and nothing else of it.
func (p *principals) introduce(reference access.Reference, id string) {
	if _, isID := reference.ID(); id == "" || isID || reference.Kind == access.KindUnknown {
		return
	}
	name := reference.Folded()
	found := p.byID[id]
	if found == nil {
		news := nobodyKnown(reference)
		if other := p.byName[name]; other != nil && other.ID != "" {
			news.Name, news.Email = "", "" // The name has gone to somebody else.
		} else if other != nil {
			news = other.Principal
		}
		news.ID = id
		found = p.put(news, "")
	}
	if p.former[name] == nil {
		p.former[name] = found
	}
}

// overlay makes the live organization's principals all there are, as it has them.
// Where it does not show all, those of the plan stay.
func (p *principals) overlay(live *Live) {
	planned := maps.Clone(p.byName)
	alive := map[*person]bool{}
	for _, principal := range live.Organization.Principals {
		alive[p.put(principal, "")] = true
	}
	for name, principal := range planned {
		// Who was renamed since is still the one whom the plan means.
		if p.former[name] == nil {
			p.former[name] = principal
		}
	}
	if live.Organization.PrincipalsIncomplete {
		return
	}
	isGone := func(one *person) bool { return !alive[one] }
	p.all, p.holders = slices.DeleteFunc(p.all, isGone), nil
	maps.DeleteFunc(p.byID, func(_ string, one *person) bool { return isGone(one) })
	maps.DeleteFunc(p.byName, func(_ access.Reference, one *person) bool { return isGone(one) })
	maps.DeleteFunc(p.former, func(_ access.Reference, one *person) bool { return isGone(one) })
}

// principalOf reads a principal from the attributes of a resource or data source.
func principalOf(kind access.Kind, o *object) review.Principal {
	p := review.Principal{Principal: access.Principal{Kind: kind, ID: o.id("id"), Role: o.role()}}
	p.Name, _ = o.hiddenText("name")
	if kind == access.KindUser {
		p.Email, _ = o.hiddenText(attributeEmail)
		if address, is := o.hiddenText(attributeAccountEmail); is == known && address != "" {
			p.Email = address // The configuration may have one from before.
		}
	}
	active := o.Boolean("active")
	p.Active = active == nil || *active
	p.Invited = kind == access.KindUser && isInvited(o)
	p.Support = o.is("support")
	p.InvitationExpires = timeOf(o, "invitation_expires_at")
	return p
}

// isInvited tells whether a user is known not to have accepted the invitation. The status
// of a deactivated one hides that, but not that accepting it has linked no identity.
func isInvited(o *object) bool {
	status := access.Status(o.Text("status"))
	return status == access.StatusInvited || status == access.StatusInactive && o.isNull("identity")
}

func timeOf(o *object, name string) *time.Time {
	t, err := time.Parse(time.RFC3339, o.Text(name))
	if err != nil {
		return nil
	}
	return &t
}

// put adds a principal, or what is new about one that is there already. One that
// cannot be named yet is left out.
func (p *principals) put(news review.Principal, address string) *person {
	name := news.Reference()
	if name.Key == "" && news.ID == "" {
		return nil
	}
	name, p.holders = name.Folded(), nil
	found := cmp.Or(p.byID[news.ID], p.byName[name])
	if found != nil && found.ID != "" && news.ID != "" && found.ID != news.ID {
		found = nil
	}
	if found == nil {
		found = &person{}
		p.all = append(p.all, found)
	} else {
		news.ID, news.Role = cmp.Or(news.ID, found.ID), cmp.Or(news.Role, found.Role)
		news.TokenGenerated = cmp.Or(news.TokenGenerated, found.TokenGenerated)
		if news.Invited {
			news.InvitationExpires = cmp.Or(news.InvitationExpires, found.InvitationExpires)
		}
		news.Support = news.Support || found.Support
		p.unname(found)
	}
	found.Principal, found.address = news, cmp.Or(address, found.address)
	if found.ID != "" {
		p.byID[found.ID] = found
	}
	if name.Key != "" {
		p.byName[name] = found
	}
	return found
}

// unname takes the name away from somebody who has it; it is a former one then.
func (p *principals) unname(one *person) {
	name := one.Reference().Folded()
	if p.byName[name] == one {
		delete(p.byName, name)
	}
	if name.Key != "" && p.former[name] == nil {
		p.former[name] = one
	}
}

// lookup returns whom a reference names, if the plan tells of that principal.
func (p *principals) lookup(reference access.Reference) *person {
	if id, ok := reference.ID(); ok && p.byID[id] != nil {
		return p.byID[id]
	}
	if found := cmp.Or(p.byName[reference.Folded()], p.former[reference.Folded()]); found != nil {
		return found
	}
	if strings.HasPrefix(reference.Key, sensitiveName) {
		for _, one := range p.all {
			if one.ID == "" && p.isHidden(one) && p.reference(one) == reference {
				return one
			}
		}
	}
	return nil
}

// sensitiveName is what the names begin with that stand for sensitive ones.
const sensitiveName = "(sensitive)@"

// nobodyKnown is one of whom no more is known than a reference. That one is taken to exist
// and to be active.
func nobodyKnown(reference access.Reference) review.Principal {
	stranger := review.Principal{Principal: access.Principal{Kind: reference.Kind, Active: true}}
	if id, ok := reference.ID(); ok {
		stranger.ID = id
	} else if reference.Kind == access.KindUser {
		stranger.Email = reference.Key
	} else {
		stranger.Name = reference.Key
	}
	return stranger
}

// find is lookup for who is to get something that no list holds.
func (p *principals) find(reference access.Reference) *person {
	if found := p.lookup(reference); found != nil {
		return found
	}
	return p.put(nobodyKnown(reference), "")
}

// who returns whom an object is about: by the id, where it tells one. It is nobody in
// particular where that is not known.
func (p *principals) who(o *object, name string) *person {
	text, _ := o.hiddenText(name)
	reference, err := access.ParseReference(text)
	if found := p.byID[o.id("id")]; found != nil && (err != nil || found.Kind == reference.Kind) {
		return found
	}
	if err != nil {
		return &person{}
	}
	return p.find(reference)
}

// key names a principal the same way however an entry spells it, and on both sides
// of a plan.
func (p *principals) key(reference access.Reference) string {
	found := p.lookup(reference)
	if found == nil {
		return reference.Folded().String()
	}
	return found.key()
}

func (one *person) key() string { return cmp.Or(one.ID, one.Reference().Folded().String()) }

// noteToken notes how old the token of a resource is. One that is about to be
// generated is new.
func (p *principals) noteToken(token *instance, o *object) {
	if token.kind == "ci_user_token" && o != nil {
		p.who(o, "ci_user").TokenGenerated = timeOf(o, attributeGeneratedAt)
	}
}

// assignRole gives a user the role of a resource.
func (p *principals) assignRole(assignment *instance, o *object) {
	if assignment.kind == "role_assignment" && o != nil && o.grants() {
		p.who(o, attributeMember).Role = o.role()
	}
}

// slice returns all of them as reports may call them.
func (p *principals) slice() []review.Principal {
	all := make([]review.Principal, len(p.all))
	for i, one := range p.all {
		all[i] = one.Principal
		if p.isHidden(one) {
			name := p.reference(one)
			all[i].Name, all[i].Email = "", ""
			if one.ID == "" {
				all[i].Name, all[i].Email = name.Key, name.Key
			}
		}
	}
	return all
}

// isHidden tells whether the name of somebody is sensitive.
func (p *principals) isHidden(one *person) bool {
	return p.hidden[one.ID] || p.secrets[one.Reference().Folded()]
}

// reference names somebody as a configuration would: by the id where another one has the
// name, or where that is sensitive. Whoever has no id yet goes by the resource then.
func (p *principals) reference(one *person) access.Reference {
	name := one.Reference()
	switch isHidden := p.isHidden(one); {
	case isHidden && one.ID == "":
		return unnamed(one.Kind, one.address)
	case !isHidden && name.Key != "" && p.byName[name.Folded()] == one && !p.isShared(name):
		return name
	}
	return one.IDReference()
}

// isShared tells whether several have the name: then it names none of them.
func (p *principals) isShared(name access.Reference) bool {
	if p.holders == nil {
		p.holders = map[access.Reference]int{}
		for _, one := range p.all {
			p.holders[one.Reference().Folded()]++
		}
	}
	return p.holders[name.Folded()] > 1
}

// unnamed names somebody whose name is sensitive, and who has no id. That of a user has the
// form of an e-mail address, as every one has.
func unnamed(kind access.Kind, address string) access.Reference {
	plain := strings.Map(func(r rune) rune {
		if r == '@' || r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return '_'
		}
		return r
	}, cmp.Or(address, "plan"))
	return access.Reference{Kind: kind, Key: sensitiveName + plain}
}

// spell names the principal with the key. Of whom nothing is known, the entry's own spelling
// stays, unless that is sensitive.
func (p *principals) spell(key string, entry access.Reference) access.Reference {
	found := p.byID[key]
	if found == nil {
		if found = p.byName[entry.Folded()]; found == nil {
			if p.secrets[entry.Folded()] {
				return unnamed(entry.Kind, "")
			}
			return entry
		}
	}
	return p.reference(found)
}
