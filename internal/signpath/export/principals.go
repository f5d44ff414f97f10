package export

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// principals writes users, CI users, and groups with their members.
func (g *generator) principals() {
	d := newDocument("The users, CI users and user groups of the organization, and who is in the groups.")
	g.users(d, access.KindUser)
	d.comment(
		"The API tokens of CI users cannot be imported: SignPath shows a token only when it is made.",
		"A signpath_ci_user_token would make a new one, and the old one would stop working.")
	g.users(d, access.KindCIUser)
	g.groups(d)
	g.files["principals.tf"] = d.bytes()
}

func (g *generator) users(d *document, kind access.Kind) {
	left := leftOut{}
	for _, p := range g.Directory.All(kind) {
		if why := unmanageable(p); why != "" {
			left.note(why, describe(p))
			continue
		}
		g.addPrincipal(d, g.user(p))
	}
	g.leaveOut(d, kind.Noun()+"s", left)
}

// user returns the resource of a user or CI user. What SignPath has no value for
// is left out: the provider leaves it as it is.
func (g *generator) user(p access.Principal) resource {
	r := resource{typeName: vocabulary.ResourceType(p.Kind), name: g.speller.names[p.ID], importID: g.speller.spell(p.ID).text}
	set := func(name string, value hclwrite.Tokens) { r.attributes = append(r.attributes, attribute{name, value}) }
	set("name", literal(p.Name))
	if p.Kind == access.KindUser {
		set("email", literal(p.Email))
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(p.Kind) {
		switch value := *setting.Of(&p); {
		case value == "":
		case setting.IsValid(value):
			set(setting.Attribute, literal(value))
		default:
			r.notes = append(r.notes, fmt.Sprintf("The %s %s is not managed: the provider does not take its form.", setting.Attribute, quote(value)))
		}
	}
	if !p.Active {
		set("active", hclwrite.TokensForValue(cty.False))
	}
	return r
}

func (g *generator) groups(d *document) {
	left := leftOut{}
	for _, group := range g.Directory.All(access.KindGroup) {
		why := unmanageable(group)
		if why == "" {
			g.addPrincipal(d, g.group(group))
		} else {
			left.note(why, describe(group))
		}
		if !group.Synchronized { // The members of a synchronized one cannot be changed, either.
			g.list(d, g.groupOwner(group), vocabulary.GroupMembers, g.Organization.Members[group.IDReference()])
		}
	}
	g.leaveOut(d, access.KindGroup.Noun()+"s", left)
}

func (g *generator) group(group access.Principal) resource {
	r := resource{typeName: vocabulary.ResourceType(access.KindGroup), name: g.speller.names[group.ID], importID: g.speller.spell(group.ID).text}
	r.attributes = append(r.attributes, attribute{"name", literal(group.Name)})
	if group.Description != "" {
		r.attributes = append(r.attributes, attribute{"description", literal(group.Description)})
	}
	return r
}

// describe names a principal in a comment.
func describe(p access.Principal) string {
	if p.Kind != access.KindUser {
		return quote(p.Reference().String())
	}
	return quote(p.Reference().String()) + ", " + quote(p.Name)
}
