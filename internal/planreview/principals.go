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
	all    []*review.Principal
	byID   map[string]*review.Principal
	byName map[access.Reference]*review.Principal
}

// principalKinds are the resources and single data sources that are principals.
var principalKinds = map[string]access.Kind{
	"user": access.KindUser, "ci_user": access.KindCIUser, "user_group": access.KindGroup,
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
// live organization is known, those that it has.
func principalsBefore(plan contents, live *Live) *principals {
	p := &principals{byID: map[string]*review.Principal{}, byName: map[access.Reference]*review.Principal{}}
	for _, source := range plan.data {
		if listed, ok := principalLists[source.kind]; ok {
			for _, element := range source.before.objects(source.kind) {
				p.put(principalOf(listed.kind, element))
			}
		} else if kind, ok := principalKinds[source.kind]; ok {
			p.put(principalOf(kind, source.before))
		} else if source.kind == "current_user" {
			p.put(principalOf(access.Kind(source.before.Text("kind")), source.before))
		}
	}
	for _, resource := range plan.managed {
		if kind, ok := principalKinds[resource.kind]; ok && resource.before != nil {
			p.put(principalOf(kind, resource.before))
		}
	}
	for _, resource := range plan.managed {
		p.noteToken(resource, resource.before)
		p.assignRole(resource, resource.before)
	}
	p.overlay(live, plan.secrets)
	return p
}

// overlay makes the live organization's principals all there are, as it has them.
// Where it does not show all, those of the plan stay. Who has a sensitive name in the
// plan goes by the id.
func (p *principals) overlay(live *Live, hidden secrets) {
	if live == nil {
		return
	}
	planned := maps.Clone(p.byName)
	alive := map[*review.Principal]bool{}
	for _, principal := range live.Organization.Principals {
		for _, text := range []*string{&principal.Name, &principal.Email} {
			if hidden.hold(*text) {
				*text = ""
			}
		}
		alive[p.put(principal)] = true
	}
	for name, principal := range planned {
		// Who was renamed since is still the one whom the plan means.
		if p.byName[name] == nil {
			p.byName[name] = principal
		}
	}
	if live.Organization.PrincipalsIncomplete {
		return
	}
	p.all = slices.DeleteFunc(p.all, func(principal *review.Principal) bool { return !alive[principal] })
	maps.DeleteFunc(p.byID, func(_ string, principal *review.Principal) bool { return !alive[principal] })
	maps.DeleteFunc(p.byName, func(_ access.Reference, principal *review.Principal) bool { return !alive[principal] })
}

// principalOf reads a principal from the attributes of a resource or data source.
func principalOf(kind access.Kind, o *object) review.Principal {
	p := review.Principal{Principal: access.Principal{
		Kind: kind, ID: strings.ToLower(o.Text("id")), Name: o.Text("name"), Email: o.Text("email"), Role: o.role(),
	}}
	if kind != access.KindUser {
		p.Email = ""
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
func (p *principals) put(news review.Principal) *review.Principal {
	name := news.Reference()
	if name.Key == "" && news.ID == "" {
		return nil
	}
	name = name.Folded()
	known := cmp.Or(p.byID[news.ID], p.byName[name])
	if known != nil && known.ID != "" && news.ID != "" && known.ID != news.ID {
		known = nil
	}
	if known == nil {
		known = &review.Principal{}
		p.all = append(p.all, known)
	} else {
		news.ID, news.Role = cmp.Or(news.ID, known.ID), cmp.Or(news.Role, known.Role)
		news.TokenGenerated = cmp.Or(news.TokenGenerated, known.TokenGenerated)
		if news.Invited {
			news.InvitationExpires = cmp.Or(news.InvitationExpires, known.InvitationExpires)
		}
		news.Support = news.Support || known.Support
		delete(p.byName, known.Reference().Folded())
	}
	*known = news
	if known.ID != "" {
		p.byID[known.ID] = known
	}
	if name.Key != "" {
		p.byName[name] = known
	}
	return known
}

// lookup returns whom a reference names, if the plan tells of that principal.
func (p *principals) lookup(reference access.Reference) *review.Principal {
	if id, ok := reference.ID(); ok && p.byID[id] != nil {
		return p.byID[id]
	}
	return p.byName[reference.Folded()]
}

// find is lookup for who is to get something that no list holds. One of whom the
// plan tells no more is taken to exist and to be active.
func (p *principals) find(reference access.Reference) *review.Principal {
	if found := p.lookup(reference); found != nil {
		return found
	}
	stranger := review.Principal{Principal: access.Principal{Kind: reference.Kind, Active: true}}
	if id, ok := reference.ID(); ok {
		stranger.ID = id
	} else if reference.Kind == access.KindUser {
		stranger.Email = reference.Key
	} else {
		stranger.Name = reference.Key
	}
	return p.put(stranger)
}

// key names a principal the same way however an entry spells it, and on both sides
// of a plan.
func (p *principals) key(reference access.Reference) string {
	found := p.lookup(reference)
	if found == nil {
		return reference.Folded().String()
	}
	return cmp.Or(found.ID, found.Reference().Folded().String())
}

// noteToken notes how old the token of a resource is. One that is about to be
// generated is new.
func (p *principals) noteToken(token *instance, o *object) {
	if token.kind != "ci_user_token" || o == nil {
		return
	}
	if reference, err := access.ParseReference(o.Text("ci_user")); err == nil {
		p.find(reference).TokenGenerated = timeOf(o, "generated_at")
	}
}

// assignRole gives a user the role of a resource.
func (p *principals) assignRole(assignment *instance, o *object) {
	if assignment.kind != "role_assignment" || o == nil {
		return
	}
	if reference, err := access.ParseReference(o.Text("member")); err == nil {
		p.find(reference).Role = o.role()
	}
}

func (p *principals) slice() []review.Principal {
	all := make([]review.Principal, len(p.all))
	for i, principal := range p.all {
		all[i] = *principal
	}
	return all
}

// spell names the principal with the key as a configuration would: by its id where
// another one has the name. Of whom nothing is known, the entry's own spelling stays.
func (p *principals) spell(key string, entry access.Reference) access.Reference {
	found := p.byID[key]
	if found == nil {
		if found = p.byName[entry.Folded()]; found == nil {
			return entry
		}
	}
	if name := found.Reference(); name.Key != "" && p.byName[name.Folded()] == found {
		return name
	}
	return found.IDReference()
}
