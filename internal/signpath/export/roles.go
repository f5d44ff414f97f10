package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roles writes who has each privileged global role, also of those that nobody has: so
// whoever is given one by hand stands in the next plan.
func (g *generator) roles() {
	d := newDocument("Who has a global role, and nobody else. Whoever is in none of these, and not named below, is a Regular User.")
	left, holders := leftOut{}, map[access.Role][]string{}
	for _, p := range g.roleHolders() {
		if why := unassignable(p); why != "" {
			left.note(why, describe(p)+", "+spellRole(p.Role))
			continue
		}
		holders[p.Role] = append(holders[p.Role], p.ID)
	}
	for _, role := range vocabulary.PrivilegedRoles() {
		if !g.speller.isWhole(holders[role]) {
			g.roleAssignments(d, role, holders[role])
			continue
		}
		spelled := make([]spelling, len(holders[role]))
		for i, id := range holders[role] {
			spelled[i] = g.speller.spell(id)
		}
		g.add(d, resource{
			typeName: vocabulary.RoleHoldersType, name: roleName(role), importID: string(role),
			attributes: []attribute{{"role", literal(string(role))}, {"members", memberList(spelled)}},
		})
	}
	g.leaveOut(d, "global roles", left)
	g.files["roles.tf"] = d.bytes()
}

var wordInRole = regexp.MustCompile(`[A-Z][a-z]*`)

// roleName makes a resource name of a role: global_administrator.
func roleName(role access.Role) string {
	return strings.ToLower(strings.Join(wordInRole.FindAllString(string(role), -1), "_"))
}

// roleAssignments writes the holders of a role one by one.
func (g *generator) roleAssignments(d *document, role access.Role, ids []string) {
	d.comment(fmt.Sprintf("The holders of %s are managed one by one, because Terraform would spell some of their names differently.", role))
	var things []named
	for _, id := range ids {
		p, _ := g.Directory.Get(id)
		name := g.speller.names[id]
		things = append(things, named{key: id, candidates: []string{name, vocabulary.ResourceNoun(p.Kind) + "_" + name}, mark: id})
	}
	names := uniqueNames(things)
	for _, id := range ids {
		member := g.speller.spell(id)
		g.add(d, resource{
			typeName: vocabulary.RoleAssignmentType, name: roleName(role) + "__" + names[id], importID: member.text, notes: member.comment("member"),
			attributes: []attribute{{"member", member.expression}, {"role", literal(string(role))}},
		})
	}
}

func (g *generator) roleHolders() []access.Principal {
	var holders []access.Principal
	for _, kind := range []access.Kind{access.KindUser, access.KindCIUser} {
		holders = append(holders, g.Directory.All(kind)...)
	}
	return slices.DeleteFunc(holders, func(p access.Principal) bool { return p.Role == vocabulary.RoleRegularUser })
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
