package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// Principals tell who is meant, where a server does not name members by ids alone. What is
// nil is not known.
type Principals struct {
	// KindOf finds the kind of the principal with an id.
	KindOf func(id string) (access.Kind, bool)
	// IDOf finds the principal that has a slug, of any kind if it is empty, and SlugOf the
	// slug of one with an id, which nobody else of the kind, or of any, may have.
	IDOf   func(kind access.Kind, slug string) (string, error)
	SlugOf func(kind access.Kind, id string) (string, error)
	// Told is called with what an answer says of the kind of a member.
	Told func(id string, kind access.Kind)
}

func (p Principals) kindOf(id string) (access.Kind, error) {
	if p.KindOf != nil {
		if kind, ok := p.KindOf(id); ok {
			return kind, nil
		}
	}
	return "", fmt.Errorf("this installation takes members with their kinds, and no list tells whether %s is a user, a CI user or a group", id)
}

// Knowing are the principals and those whose kinds are given by their ids, as far as nothing
// else is known of them: they are yet to be created, and any slug does for them.
func (p Principals) Knowing(kinds map[string]access.Kind) Principals {
	known := p
	p.KindOf = func(id string) (access.Kind, bool) {
		if kind, ok := kinds[id]; ok {
			return kind, true
		}
		if known.KindOf == nil {
			return "", false
		}
		return known.KindOf(id)
	}
	p.SlugOf = func(kind access.Kind, id string) (string, error) {
		if _, ok := kinds[id]; ok || known.SlugOf == nil {
			return id, nil
		}
		return known.SlugOf(kind, id)
	}
	return p
}

// A codec turns one property from what a server writes into what is assumed, and back.
type codec struct {
	kind mapping.ConceptKind
	mapping.Form
}

// codecOf returns how a concept is written in the form, or else as the file says for all.
func (m *Mapping) codecOf(concept mapping.Concept, form mapping.Form) codec {
	switch concept.Kind {
	case mapping.KindRole:
		values := maps.Clone(m.file.Roles)
		if values == nil {
			values = map[string]json.RawMessage{}
		}
		maps.Copy(values, form.Values)
		form.Values = values
	case mapping.KindMembers:
		if form.Members == nil {
			form.Members = m.file.Members.Answer
		}
	}
	return codec{concept.Kind, form}
}

// check refuses two roles that are written alike.
func (c codec) check(t mapping.Thing, concept string) error {
	if c.kind != mapping.KindRole {
		return nil
	}
	roles := map[string]string{}
	for _, role := range mapping.Roles() {
		value := strings.ToLower(string(canonical(c.role(role))))
		if other := roles[value]; other != "" {
			return fmt.Errorf("the mapping of %s.%s has the same value for %s and %s", t, concept, other, role)
		}
		roles[value] = role
	}
	return nil
}

// hasPlainForm tells whether values are written as is assumed.
func (c codec) hasPlainForm() bool {
	form := c.Form
	return len(form.Values) == 0 && form.WhenTrue == nil && form.WhenFalse == nil && !form.NullIsEmpty && form.Slug == nil && form.Name == nil &&
		(form.Members == nil || form.Members.Form == mapping.FormIDs)
}

// empty is the empty value of the kind.
func (c codec) empty() json.RawMessage {
	switch c.kind {
	case mapping.KindState:
		return json.RawMessage("false")
	case mapping.KindNumber:
		return json.RawMessage("0")
	case mapping.KindMembers, mapping.KindPolicies:
		return json.RawMessage("[]")
	}
	return json.RawMessage(`""`)
}

// decode turns a value that a server wrote into the assumed one.
func (c codec) decode(value json.RawMessage, principals Principals) (json.RawMessage, error) {
	if IsNull(value) && c.NullIsEmpty {
		return c.empty(), nil
	}
	is := func(other json.RawMessage) bool { return SameJSON(value, other) }
	switch {
	case c.kind == mapping.KindRole:
		return c.decodeRole(value)
	case c.kind == mapping.KindState && c.WhenTrue != nil:
		isTrue := slices.ContainsFunc(c.WhenTrue, is)
		if !isTrue && !slices.ContainsFunc(c.WhenFalse, is) {
			return nil, errors.New("it is none of what the mapping says for true and for false")
		}
		return MustMarshal(isTrue), nil
	case c.kind == mapping.KindMembers:
		ids, err := c.decodeMembers(value, principals)
		if err != nil {
			return nil, err
		}
		return EncodeMembers(ids), nil
	case c.kind == mapping.KindPolicies && (c.Slug != nil || c.Name != nil):
		return c.decodePolicies(value)
	}
	return value, nil
}

func (c codec) role(role string) json.RawMessage {
	if value, ok := c.Values[role]; ok {
		return value
	}
	return MustMarshal(role)
}

// decodeRole returns the role that is written so. A text that nobody knows stays as it is, as
// a role that nobody knows, and so does null.
func (c codec) decodeRole(value json.RawMessage) (json.RawMessage, error) {
	for role, written := range c.Values {
		if SameJSON(value, written) {
			return MustMarshal(role), nil
		}
	}
	for role := range c.Values {
		if strings.EqualFold(Text(value), role) {
			return nil, errors.New("it is the name of a role, which the mapping says is written otherwise")
		}
	}
	if len(c.Values) > 0 && !IsNull(value) && Text(value) == "" {
		return nil, errors.New("it is none of the values that the mapping has for roles")
	}
	return value, nil
}

// decodePolicies turns the items of a list of signing policies into objects with a slug and
// a name.
func (c codec) decodePolicies(value json.RawMessage) (json.RawMessage, error) {
	var items []json.RawMessage
	if json.Unmarshal(value, &items) != nil || items == nil {
		return nil, errors.New("a list of signing policies is expected")
	}
	policies := make([]Object, len(items))
	for i, item := range items {
		rest := item
		policies[i] = Object{}
		known := Object{}
		for p, path := range map[Property]mapping.Path{PropSlug: c.Slug, PropName: c.Name} {
			if path == nil {
				path = mapping.Path{string(p)}
			}
			if inner, ok := path.Get(item); ok {
				known[string(p)] = inner
				rest = cut(rest, path)
			}
		}
		_ = json.Unmarshal(rest, &policies[i]) // What is no object has no more than is known.
		maps.Copy(policies[i], known)
	}
	return MustMarshal(policies), nil
}

// encode turns an assumed value into what the server takes.
func (c codec) encode(value json.RawMessage, principals Principals) (json.RawMessage, error) {
	switch {
	case c.kind == mapping.KindRole:
		if role := Text(value); role != "" {
			return c.role(role), nil
		}
	case c.kind == mapping.KindState && c.WhenTrue != nil: // What stands for false goes before null.
		if values := map[string][]json.RawMessage{"true": c.WhenTrue, "false": c.WhenFalse}[string(value)]; len(values) > 0 {
			return values[0], nil
		}
	case c.NullIsEmpty && IsEmptyJSON(value):
		return json.RawMessage("null"), nil
	case c.kind == mapping.KindMembers && c.members().Form != mapping.FormIDs:
		ids, err := DecodeMembers(value)
		if err != nil {
			return nil, err
		}
		return c.members().encode(memberList{Principals: principals, ids: ids})
	}
	return value, nil
}

// members is how a list names its members.
func (c codec) members() memberForm {
	if c.Members == nil {
		return plainMembers
	}
	return memberForm{*c.Members, c.NullIsEmpty}
}

func (c codec) decodeMembers(value json.RawMessage, principals Principals) ([]string, error) {
	return c.members().decode(value, "", principals)
}

// A memberForm reads and writes lists of members.
type memberForm struct {
	mapping.Members
	// nullIsEmpty is true if nobody is of a kind whose list is null or absent.
	nullIsEmpty bool
}

// plainMembers is how lists are assumed to name members.
var plainMembers = memberForm{Members: mapping.Members{Form: mapping.FormIDs}}

var errNoMembers = errors.New("a list of members is expected")

func (f memberForm) each() memberForm {
	if f.Each == nil {
		return plainMembers
	}
	return memberForm{Members: *f.Each}
}

// decode returns the ids of a list, whose members are all of the kind if it is not empty.
func (f memberForm) decode(value json.RawMessage, kind access.Kind, principals Principals) ([]string, error) {
	if f.Form == mapping.FormPerKind {
		return f.decodePerKind(value, principals)
	}
	var entries []json.RawMessage
	if json.Unmarshal(value, &entries) != nil || entries == nil {
		return nil, errNoMembers
	}
	var ids []string
	for _, entry := range entries {
		id, of, err := f.decodeMember(entry, kind, principals)
		if err != nil {
			return nil, err
		}
		if of != "" && principals.Told != nil {
			principals.Told(id, of)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (f memberForm) decodeMember(entry json.RawMessage, kind access.Kind, principals Principals) (string, access.Kind, error) {
	id := entry
	switch f.Form {
	case mapping.FormObjects:
		id, _ = f.ID.Get(entry)
		if f.Kind == nil {
			break
		}
		written, _ := f.Kind.Get(entry)
		if kind = f.kindWritten(written); kind == "" {
			return "", "", fmt.Errorf("one of its members has no kind that the mapping knows at %q", f.Kind)
		}
	case mapping.FormSlugs:
		if Text(entry) == "" || principals.IDOf == nil {
			return "", "", errors.New("one of its members is no slug")
		}
		found, err := principals.IDOf(kind, Text(entry))
		return found, kind, err
	}
	if Text(id) == "" {
		return "", "", fmt.Errorf("one of its members is %s and has no id where the mapping says that it is", inWords[typeOf(entry)])
	}
	return strings.ToLower(Text(id)), kind, nil
}

func (f memberForm) kindWritten(value json.RawMessage) access.Kind {
	for thing, written := range f.Kinds {
		if SameJSON(value, written) && len(value) > 0 {
			return access.Kind(thing)
		}
	}
	return ""
}

func (f memberForm) decodePerKind(value json.RawMessage, principals Principals) ([]string, error) {
	perKind, err := DecodeObject(value)
	if err != nil {
		return nil, errNoMembers
	}
	var ids []string
	names := map[string]bool{}
	for _, thing := range mapping.Principals {
		name, isOffered := f.PerKind[thing]
		names[name] = isOffered
		list, ok := perKind[name]
		switch {
		case !isOffered, f.nullIsEmpty && (!ok || IsNull(list)):
			continue
		case !ok: // An edit would write that nobody is there.
			return nil, fmt.Errorf("its members come per kind, and it has no list at %q, where the mapping says that each %s is", name, access.Kind(thing).Noun())
		}
		members, err := f.each().decode(list, access.Kind(thing), principals)
		if err != nil {
			return nil, err
		}
		ids = append(ids, members...)
	}
	for _, name := range slices.Sorted(maps.Keys(perKind)) {
		if !names[name] && !IsEmptyJSON(perKind[name]) {
			return nil, fmt.Errorf("its members come per kind, and what is at %q is not known", name)
		}
	}
	return ids, nil
}

// entries returns the members of a list that are objects, by their ids.
func (f memberForm) entries(list json.RawMessage) map[string]Object {
	entries := map[string]Object{}
	if f.Form == mapping.FormPerKind {
		perKind, _ := DecodeObject(list)
		for _, name := range f.PerKind {
			maps.Copy(entries, f.each().entries(perKind[name]))
		}
		return entries
	}
	items, _ := DecodeItems(list)
	for _, item := range items {
		id, _ := item.at(f.ID)
		entries[strings.ToLower(Text(id))] = item
	}
	return entries
}

// idOfObjects is where the objects have their ids that are the members; nil if members are none.
func (f memberForm) idOfObjects() mapping.Path {
	switch {
	case f.Form == mapping.FormPerKind:
		return f.each().idOfObjects()
	case f.Form == mapping.FormObjects && len(f.ID) > 0:
		return f.ID
	}
	return nil
}

// A memberList is what a list is written from.
type memberList struct {
	Principals
	ids []string
	// kind is that of all members; empty if they can be of any.
	kind access.Kind
	// came are those who were on the list as objects, by their ids: they go back as they came, as
	// far as the schema of the list takes that. It is nil if no document says.
	came  map[string]Object
	takes *schema
}

// encode writes a list. Where a kind has to be told, the principals know it.
func (f memberForm) encode(list memberList) (json.RawMessage, error) {
	if f.Form == mapping.FormPerKind {
		return f.encodePerKind(list)
	}
	entries := make([]any, len(list.ids))
	for i, id := range list.ids {
		switch f.Form {
		case mapping.FormObjects:
			if len(f.ID) == 0 { // The member is its id.
				entries[i] = id
				continue
			}
			member := list.came[id].takenBy(list.takes)
			if _, ok := member.at(f.ID); !ok {
				member = put(member, f.ID, MustMarshal(id))
			}
			if f.Kind != nil {
				kind, err := list.kindOf(id)
				if err != nil {
					return nil, err
				}
				written, ok := f.Kinds[mapping.Thing(kind)]
				if !ok {
					return nil, fmt.Errorf("the mapping does not say what is written for the kind of a %s (%s)", kind.Noun(), id)
				}
				member = put(member, f.Kind, written)
			}
			entries[i] = member
		case mapping.FormSlugs:
			if list.SlugOf == nil {
				return nil, errors.New("its members are named by slugs, which are not known")
			}
			slug, err := list.SlugOf(list.kind, id)
			if err != nil {
				return nil, err
			}
			entries[i] = slug
		default:
			entries[i] = id
		}
	}
	return MustMarshal(entries), nil
}

// takenBy returns what of a member of a list goes back to it.
func (o Object) takenBy(list *schema) Object {
	taken := maps.Clone(o)
	if list == nil || list.items == nil || len(list.items.properties) == 0 {
		return taken
	}
	maps.DeleteFunc(taken, func(name string, _ json.RawMessage) bool {
		return list.items.isReadOnly(name) || !list.items.open && !list.items.has(name)
	})
	return taken
}

func (f memberForm) encodePerKind(whole memberList) (json.RawMessage, error) {
	ids := map[mapping.Thing][]string{}
	for _, id := range whole.ids {
		kind, err := whole.kindOf(id)
		if err != nil {
			return nil, err
		}
		thing := mapping.Thing(kind)
		if _, offered := f.PerKind[thing]; !offered {
			return nil, fmt.Errorf("this installation takes members per kind, but has no place for a %s (%s) there", kind.Noun(), id)
		}
		ids[thing] = append(ids[thing], id)
	}
	perKind := Object{}
	for thing, name := range f.PerKind {
		list := whole
		list.ids, list.kind, list.takes = ids[thing], access.Kind(thing), nil
		if whole.takes != nil {
			list.takes = whole.takes.properties[name].schema
		}
		written, err := f.each().encode(list)
		if err != nil {
			return nil, err
		}
		perKind[name] = written
	}
	return MustMarshal(perKind), nil
}
