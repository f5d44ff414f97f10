package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Vocabulary is what a vendor calls things, and who may do what there: kinds of places
// as a tree, roles with what they allow, and permissions with what goes without saying for
// whoever has them. All that judges, compares and tells access goes by one. [Define] makes
// one.
type Vocabulary struct {
	// Organization is what the vendor calls the organization, in sentences and in the key of
	// that place; empty for "organization".
	Organization string
	// Places are the kinds of places within the organization, the outermost first.
	Places []PlaceKind
	// Principals are the kinds of principals that can be granted a role; empty for [Kinds].
	Principals []Kind
	// Roles are all that somebody can hold, at the organization or further in.
	Roles []RoleDescription
	// Open is true where the vendor has roles that it publishes nowhere. A role that is not
	// in Roles is then none that can be told to be wrong, and nobody says at which kinds of
	// places a role is refused.
	Open bool
	// Inheritance is how it is known that a role holds at its place and at all places within.
	Inheritance Cell
	// Contains tells, where the vendor does not publish what a role allows, whether whoever
	// was granted one role has all that the other one would give. Both are grants of one
	// principal, and the outer one is at the place of the inner one or further out. It is nil
	// where the rights of roles tell that.
	Contains func(outer, inner Grant) Cell
	// Settings are those of principals.
	Settings []Setting
	// Permissions are all there are, the narrowest first.
	Permissions []PermissionDescription
	// Most and Least are keys of roles of principals: the one that allows most, and the
	// one of whoever has no other. They are empty where no role is held by principal.
	Most, Least Role

	roles       map[Role]*RoleDescription
	permissions map[Permission]int
	at          map[string][]*RoleDescription
	granted     map[Role][]*Right
	settings    map[Kind][]Setting
}

// A PlaceKind is a kind of places.
type PlaceKind struct {
	// Key is the name of the attribute that names such a place: "signing_policy".
	Key string
	// Noun names it in a sentence, and Plural several: "signing policy", "signing policies".
	Noun, Plural string
	// Within is the key of the kind around it; empty for the organization.
	Within string
	// Slugs are all that a place of the kind can be called; empty for any text.
	Slugs []string
	// Settings reads the settings of such a place from the attributes of a data source; nil
	// if there is nothing to know.
	Settings func(Attributes) any
	// Tell says of a place with its settings what a reader has to know of it; nil if that is
	// nothing.
	Tell func(place Place, settings any) PlaceNotes
}

// PlaceNotes are what a reader of a review has to know of a place.
type PlaceNotes struct {
	// Noun names what kind of place it is among its kind, and Plural several: "release policy",
	// "release policies". They are empty for one that is like the others.
	Noun, Plural string
	// Grave is true where more is at stake than at others of the kind.
	Grave bool
	// Requires says what is asked there of whoever has a right: "2 approvals required".
	Requires string
}

// Attributes are those of a Terraform object. What is null or not known is empty, or nil.
type Attributes interface {
	Text(name string) string
	Boolean(name string) *bool
	Integer(name string) *int64
}

// A Role is the key of something that a principal can hold at a place, as the vendor spells
// it. A principal has exactly one of the roles that go by principal; a server may spell
// that in a way that no vocabulary has. What such a role allows is not known, so it counts
// against, in each question: [Vocabulary.AtMost] is for what is harmful if the role is a
// powerful one, and [Vocabulary.AtLeast] for what is harmful if it is not. The empty role
// is no such value: it says that nobody has told the role.
type Role string

// RoleUnstated is the role of a user of whom a server says null, where nobody has said that
// null is how it writes the least role. It is in no vocabulary.
const RoleUnstated Role = "null"

// A Holding says how somebody comes to hold a role.
type Holding string

const (
	// ByEntry is for roles that any number of principals hold at a place, each by an entry
	// of a list.
	ByEntry Holding = "entry"
	// ByPrincipal is for roles in the organization of which each principal has exactly one.
	ByPrincipal Holding = "principal"
	// BySupport is for what the vendor's support staff have.
	BySupport Holding = "support"
	// ByVendor is for what the vendor's own programs and staff have on the whole platform,
	// which no organization gives or takes.
	ByVendor Holding = "vendor"
	// ByParticipation is for what outsiders have who are invited to take part in one thing,
	// such as to sign a document, and are no users of the organization.
	ByParticipation Holding = "participation"
)

// A RoleDescription is all there is to know of a role.
type RoleDescription struct {
	Role Role
	// By says how the role is held.
	By Holding
	// Title names who has it, and stands in messages: "Global Administrator", "approver".
	Title string
	// Plural names all of those who have it by an entry: "approvers".
	Plural string
	// At is the key of the kind of places where it is held; empty for the organization.
	At string
	// AtNotStated is true where the vendor does not say at which kind of places the role is
	// held. At is then empty.
	AtNotStated bool
	// For is the permission that an entry is for.
	For Permission
	// Rights are a cell for each permission.
	Rights map[Permission]Cell
	// Permissions says what the role allows, in the words of the vendor's documentation.
	Permissions []string
	// ConsiderFor is the vendor's advice on whom to give it to.
	ConsiderFor string
}

// A Permission is something that a principal may do.
type Permission struct {
	// ID is the stable name: "read-artifacts".
	ID string
	// Noun names the permission in a sentence, to follow "gains".
	Noun string
	// Letter stands for it in a matrix.
	Letter string
}

// String returns the stable name.
func (p Permission) String() string { return p.ID }

// A PermissionDescription is what there is to know of a permission.
type PermissionDescription struct {
	Permission
	// Narrowest is the key of the smallest kind of places for which the vendor tells the
	// permission apart; empty for the organization.
	Narrowest string
	// Includes are the permissions that go without saying for whoever has this one by the
	// same reason.
	Includes []Permission
	// Gravity is greater for what is to be told before others. What has none is the first
	// to be left out where there is no room.
	Gravity int
}

// A Right is a permission that a role gives.
type Right struct {
	Role       *RoleDescription
	Permission Permission
	Cell
	// Shared is true where entries of several kinds give it.
	Shared bool
}

// Evidence says how well something is known.
type Evidence string

const (
	// Documented is what the vendor's documentation states.
	Documented Evidence = "documented"
	// Observed was seen in the vendor's own client code or published data models.
	Observed Evidence = "observed"
	// Inferred is deduced from what it states. An access review errs on the side of more
	// access where it has to infer.
	Inferred Evidence = "inferred"
)

// A Cell says whether a role has a permission, and how that is known.
type Cell struct {
	Granted  bool
	Evidence Evidence
	Source   string
	// Throughout is the key of a kind of places around the one where the role is held, in all
	// of which the permission holds; empty where it holds at that place alone.
	Throughout string
}

// Yes and No are documented cells.
func Yes(source string) Cell { return Cell{Granted: true, Evidence: Documented, Source: source} }

// No is the cell of what a role does not allow.
func No(source string) Cell { return Cell{Evidence: Documented, Source: source} }

// Weaker returns the evidence of what rests on both.
func (e Evidence) Weaker(other Evidence) Evidence {
	order := []Evidence{Documented, Observed, Inferred}
	return order[max(slices.Index(order, e), slices.Index(order, other), 0)]
}

// Observed marks what was seen in the vendor's code or data models.
func (c Cell) Observed() Cell {
	c.Evidence = Observed
	return c
}

// Inferred marks what the source does not say in so many words.
func (c Cell) Inferred() Cell {
	c.Evidence = Inferred
	return c
}

// In marks what holds in all of the place of a kind that is around the one where the role is
// held.
func (c Cell) In(kind string) Cell {
	c.Throughout = kind
	return c
}

// Define completes a vocabulary. It panics if something in it names what it does not have,
// or a cell is missing, because a vocabulary is written by hand.
func Define(v Vocabulary) *Vocabulary {
	v.roles, v.permissions, v.at = map[Role]*RoleDescription{}, map[Permission]int{}, map[string][]*RoleDescription{}
	for i, p := range v.Permissions {
		v.permissions[p.Permission] = i
		v.check(p.Narrowest == "" || v.depth(p.Narrowest) > 0, "permission %s is told for %q, which is no kind of places", p, p.Narrowest)
	}
	v.settings = map[Kind][]Setting{}
	for _, setting := range v.Settings {
		for _, kind := range setting.Kinds {
			v.settings[kind] = append(v.settings[kind], setting)
		}
	}
	for i := range v.Roles {
		role := &v.Roles[i]
		v.check(v.roles[role.Role] == nil, "the role %s is there twice", role.Role)
		v.check(role.At == "" || v.depth(role.At) > 0, "the role %s is held at %q, which is no kind of places", role.Role, role.At)
		v.check(len(role.Rights) == len(v.Permissions), "the role %s has %d cells, and there are %d permissions", role.Role, len(role.Rights), len(v.Permissions))
		for permission, cell := range role.Rights {
			_, known := v.permissions[permission]
			v.check(known, "the role %s has the permission %q, which is none", role.Role, permission)
			isAround := cell.Throughout == "" || v.depth(cell.Throughout) > 0 && v.depth(cell.Throughout) < v.depth(role.At)
			v.check(isAround, "the role %s gives %s in a %q, which is around no %q", role.Role, permission, cell.Throughout, role.At)
		}
		v.check(!role.AtNotStated || role.At == "", "the role %s is held at %q, and it is not stated where", role.Role, role.At)
		v.roles[role.Role] = role
	}
	v.place()
	v.grant()
	hasSuchRoles := len(v.RolesOf(ByPrincipal)) > 0 || v.Most != "" || v.Least != ""
	v.check(!hasSuchRoles || v.ofPrincipal(v.Most) != nil && v.ofPrincipal(v.Least) != nil, "%q or %q is no role of principals", v.Most, v.Least)
	return &v
}

// place notes the roles that are held by entries at each kind of places.
func (v *Vocabulary) place() {
	kinds := []string{""}
	for _, kind := range v.Places {
		kinds = append(kinds, kind.Key)
	}
	for i := range v.Roles {
		role := &v.Roles[i]
		for _, kind := range kinds {
			if role.By == ByEntry && (role.AtNotStated || role.At == kind) {
				v.at[kind] = append(v.at[kind], role)
			}
		}
	}
}

// grant notes what each role gives.
func (v *Vocabulary) grant() {
	v.granted = map[Role][]*Right{}
	for _, p := range v.Permissions {
		var byEntry []*Right
		for i := range v.Roles {
			role := &v.Roles[i]
			right := &Right{Role: role, Permission: p.Permission, Cell: role.Rights[p.Permission]}
			if !right.Granted {
				continue
			}
			v.granted[role.Role] = append(v.granted[role.Role], right)
			if role.By == ByEntry {
				byEntry = append(byEntry, right)
			}
		}
		for _, right := range byEntry {
			right.Shared = len(byEntry) > 1
		}
	}
	for _, role := range v.Roles {
		v.check(role.By != ByEntry || len(v.granted[role.Role]) > 0 || len(v.Permissions) == 0, "an entry for the role %s gives nothing", role.Role)
	}
}

// PlaceNamed returns the place that is named by a slug for each kind of places, or by none
// for a kind: that is the organization, or a place further out.
func (v *Vocabulary) PlaceNamed(slugOf func(kind string) string) (Place, error) {
	var slugs []string
	for i, kind := range v.Places {
		slug := slugOf(kind.Key)
		if slug != "" && len(slugs) < i {
			return Place{}, fmt.Errorf("it names a %s without its %s", kind.Noun, v.Places[i-1].Noun)
		}
		if slug != "" {
			slugs = append(slugs, slug)
		}
	}
	return PlaceOf(slugs...), nil
}

// SettingsOf returns the settings that principals of the kind have.
func (v *Vocabulary) SettingsOf(kind Kind) []Setting { return v.settings[kind] }

// RightsOf returns what the role gives, in the order of permissions.
func (v *Vocabulary) RightsOf(role Role) []*Right { return v.granted[role] }

func (v *Vocabulary) check(holds bool, format string, args ...any) {
	if !holds {
		panic("vocabulary: " + fmt.Sprintf(format, args...))
	}
}

// depth is how far in places of a kind are: 0 for the organization, and for what is no kind.
func (v *Vocabulary) depth(kind string) int {
	for _, k := range v.Places {
		if k.Key == kind {
			return 1 + v.depth(k.Within)
		}
	}
	return 0
}

// PlaceKind returns what there is to know of a kind of places; nothing for what is none.
func (v *Vocabulary) PlaceKind(key string) PlaceKind {
	for _, k := range v.Places {
		if k.Key == key {
			return k
		}
	}
	return PlaceKind{}
}

// KindAt returns the key of the kind of a place; empty for the organization.
func (v *Vocabulary) KindAt(place Place) string {
	for _, k := range v.Places {
		if v.depth(k.Key) == place.Depth() {
			return k.Key
		}
	}
	return ""
}

// RolesAt returns the roles that are held by entries at the place.
func (v *Vocabulary) RolesAt(place Place) []*RoleDescription { return v.at[v.KindAt(place)] }

// Widest returns the widest place at which an entry that stands at a place gives the permission.
func (v *Vocabulary) Widest(right *Right, place Place) Place {
	if depth := v.depth(right.Throughout); depth > 0 && depth < place.Depth() {
		return PlaceOf(place.Slugs()[:depth]...)
	}
	return place
}

// Description returns what there is to know of a role, or nil.
func (v *Vocabulary) Description(role Role) *RoleDescription { return v.roles[role] }

// ofPrincipal is Description for what a server says of a principal.
func (v *Vocabulary) ofPrincipal(role Role) *RoleDescription {
	if description := v.roles[role]; description != nil && description.By == ByPrincipal {
		return description
	}
	return nil
}

// RolesOf returns the roles that are held in the way.
func (v *Vocabulary) RolesOf(by Holding) []RoleDescription {
	return slices.DeleteFunc(slices.Clone(v.Roles), func(r RoleDescription) bool { return r.By != by })
}

// IsUnknown tells whether a server has given a principal a role that the vocabulary does
// not have, another spelling of one that it has included.
func (v *Vocabulary) IsUnknown(role Role) bool { return role != "" && v.ofPrincipal(role) == nil }

// AtMost is the role as which that of a principal counts where a powerful role is the worse
// case: when whoever has it is deactivated, gets another role, is activated or is
// reported. One that is unknown counts as the one that allows most.
func (v *Vocabulary) AtMost(role Role) Role {
	if v.IsUnknown(role) {
		return v.Most
	}
	return role
}

// AtLeast is the role as which that of a principal counts where somebody has to have it:
// when it is asked who remains, or who may do something. One that is unknown counts as the
// least.
func (v *Vocabulary) AtLeast(role Role) Role {
	if v.IsUnknown(role) {
		return v.Least
	}
	return role
}

// Spell is how the vendor spells the role of a principal. One that is unknown stands in
// quotes, because it can be any text, and is called so.
func (v *Vocabulary) Spell(role Role) string {
	switch {
	case role == RoleUnstated:
		return "null (unknown)"
	case v.IsUnknown(role):
		return strconv.Quote(string(role)) + " (unknown)"
	}
	return string(role)
}

// Title is how the vendor's pages call the role of a principal; as Spell has it for one
// that is unknown.
func (v *Vocabulary) Title(role Role) string {
	if description := v.ofPrincipal(role); description != nil {
		return description.Title
	}
	return v.Spell(role)
}

// Permission returns what there is to know of a permission.
func (v *Vocabulary) Permission(p Permission) PermissionDescription {
	return v.Permissions[v.permissions[p]]
}

// ComparePermissions orders permissions as the vocabulary does.
func (v *Vocabulary) ComparePermissions(a, b Permission) int {
	return v.permissions[a] - v.permissions[b]
}

// SortPermissions returns the permissions in order, each once.
func (v *Vocabulary) SortPermissions(all []Permission) []Permission {
	slices.SortFunc(all, v.ComparePermissions)
	return slices.Compact(all)
}

// IsToldAt tells whether the permission is told apart for the place.
func (v *Vocabulary) IsToldAt(p Permission, place Place) bool {
	return v.depth(v.Permission(p).Narrowest) >= place.Depth()
}

// PermissionNames returns the stable names of all permissions.
func (v *Vocabulary) PermissionNames() []string { return Spell(v.Permissions) }

// ParsePermission returns the permission with the stable name.
func (v *Vocabulary) ParsePermission(name string) (Permission, error) {
	for _, p := range v.Permissions {
		if p.ID == name {
			return p.Permission, nil
		}
	}
	return Permission{}, fmt.Errorf("%q is no permission; valid are %s", name, strings.Join(v.PermissionNames(), ", "))
}
