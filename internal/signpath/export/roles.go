package export

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roles writes the global role of everyone who is not a Regular User.
func (g *generator) roles() {
	d := newDocument("Who has a global role. Whoever has no role assignment, and is not named below, is a Regular User.")
	holders := g.roleHolders()
	var things []named
	for _, p := range holders {
		name := g.speller.names[p.ID]
		things = append(things, named{key: p.ID, candidates: []string{name, vocabulary.ResourceNoun(p.Kind) + "_" + name}, mark: p.ID})
	}
	names := uniqueNames(things)
	left := leftOut{}
	for _, p := range holders {
		if why := unassignable(p); why != "" {
			left.note(why, describe(p)+", "+spellRole(p.Role))
			continue
		}
		member := g.speller.spell(p.ID)
		g.add(d, resource{
			typeName: vocabulary.RoleAssignmentType, name: names[p.ID], importID: member.text, notes: member.comment("member"),
			attributes: []attribute{{"member", member.expression}, {"role", literal(string(p.Role))}},
		})
	}
	g.leaveOut(d, "global roles", left)
	g.files["roles.tf"] = d.bytes()
}

func (g *generator) roleHolders() []access.Principal {
	var holders []access.Principal
	for _, kind := range []access.Kind{access.KindUser, access.KindCIUser} {
		for _, p := range g.Directory.All(kind) {
			if p.Role != vocabulary.RoleRegularUser {
				holders = append(holders, p)
			}
		}
	}
	return holders
}

// spellRole writes the role as SignPath has it.
func spellRole(role access.Role) string {
	if role == access.RoleUnstated {
		return string(role)
	}
	return quote(string(role))
}

// unassignable returns why the role of the user cannot be managed; "" if it can.
func unassignable(p access.Principal) reason {
	switch other := vocabulary.ManagedBy(p); {
	case other != "":
		return reason(other)
	case vocabulary.SignPath.IsUnknown(p.Role):
		return reasonRole
	}
	return ""
}
