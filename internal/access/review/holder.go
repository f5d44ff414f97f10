package review

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// A Holder is what gives permissions: a role in the organization, an entry of a list, or being
// the support user.
type Holder struct {
	description *access.RoleDescription
	// stated is the role of a principal as the server says it. If the vocabulary does not
	// have it, unknown spells it, and it counts as the one of the description.
	stated  access.Role
	unknown string
}

// holdersOf returns what a principal holds in the organization. An unknown role is all that
// any role gives; who must surely have a right is for the asker to find out, see
// [Reason.isSure].
func holdersOf(vocabulary *access.Vocabulary, p access.Principal) []Holder {
	var holders []Holder
	if p.Role != "" {
		holder := Holder{description: vocabulary.Description(vocabulary.AtMost(p.Role)), stated: p.Role}
		if vocabulary.IsUnknown(p.Role) {
			holder.unknown = vocabulary.Spell(p.Role)
		}
		holders = append(holders, holder)
	}
	if p.Support {
		for _, role := range vocabulary.RolesOf(access.BySupport) {
			holders = append(holders, Holder{description: vocabulary.Description(role.Role)})
		}
	}
	return holders
}

// Role is the key of the role; of one that is unknown, that as which it counts.
func (h Holder) Role() access.Role { return h.description.Role }

// Stated is the role of a principal as the server says it; empty for other roles.
func (h Holder) Stated() access.Role { return h.stated }

// By says how the role is held.
func (h Holder) By() access.Holding { return h.description.By }

// Plural names all who hold the role by an entry: "approvers".
func (h Holder) Plural() string { return h.description.Plural }

// String names the holder in a sentence, without an article.
func (h Holder) String() string {
	if h.unknown != "" {
		return h.unknown + ", which counts as " + h.description.Title
	}
	return h.description.Title
}
