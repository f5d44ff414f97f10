package mapping

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v3"
)

// The names of forms in a file.
const (
	formValues    = "values"
	formWhenTrue  = "when_true"
	formWhenFalse = "when_false"
	formNull      = "null"
	formMembers   = "members"
	formSlug      = "slug"
	formName      = "name"
)

// formsOf are the forms that a kind of concepts can have.
var formsOf = map[ConceptKind][]string{
	KindText:     {formNull},
	KindNumber:   {formNull},
	KindState:    {formNull, formWhenTrue, formWhenFalse},
	KindRole:     {formValues},
	KindMembers:  {formNull, formMembers},
	KindPolicies: {formSlug, formName},
}

// form reads one name of a form. It returns false if the kind of concepts does not have it.
func (r *reader) form(f *Form, kind ConceptKind, e entry) bool {
	if !slices.Contains(formsOf[kind], e.key) {
		return false
	}
	switch e.key {
	case formValues:
		f.Values = r.roles(e)
	case formWhenTrue:
		f.WhenTrue = r.scalars(e)
	case formWhenFalse:
		f.WhenFalse = r.scalars(e)
	case formNull:
		if text := r.text(e); text != "" && text != "empty" {
			r.refuse(e.value.Line, "%s can only be empty: null is the empty value then", e.at)
		}
		f.NullIsEmpty = true
	case formMembers:
		f.Members = r.members(e)
	case formSlug:
		f.Slug = r.path(e)
	case formName:
		f.Name = r.path(e)
	}
	return true
}

// checkForm refuses a form that says half of something, or the same of both.
func (r *reader) checkForm(f Form, value *yaml.Node, at string) {
	line := value.Line
	if (f.WhenTrue == nil) != (f.WhenFalse == nil) && !leavesOpen(value) {
		r.refuse(line, "%s needs both when_true and when_false", at)
	}
	for _, yes := range f.WhenTrue {
		if slices.ContainsFunc(f.WhenFalse, func(no json.RawMessage) bool { return folded(no) == folded(yes) }) {
			r.refuse(line, "%s: %s cannot mean both true and false", at, yes)
		}
	}
	isNull := func(value json.RawMessage) bool { return string(value) == "null" }
	if f.NullIsEmpty && (slices.ContainsFunc(f.WhenTrue, isNull) || slices.ContainsFunc(f.WhenFalse, isNull)) {
		r.refuse(line, "%s: null is empty, and means something else too", at)
	}
}

func (r *reader) membersBothWays(e entry) MembersBothWays {
	var both MembersBothWays
	for _, inner := range r.entries(e.value, e.at) {
		switch inner.key {
		case "answer":
			both.Answer = r.members(inner)
		case "request":
			both.Request = r.members(inner)
		default:
			r.unknown(inner, "answer", "request")
		}
	}
	return both
}

// members reads how a list names its members; nil if that is left open.
func (r *reader) members(e entry) *Members {
	if r.isOpen(e.value) {
		return nil
	}
	m := &Members{ID: Path{"id"}}
	for _, inner := range r.entries(e.value, e.at) {
		switch inner.key {
		case "form":
			m.Form = MembersForm(r.text(inner))
		case "id":
			m.ID = r.path(inner)
		case "kind":
			m.Kind = r.path(inner)
		case "kinds":
			m.Kinds = r.kinds(inner)
		case "each":
			m.Each = r.each(inner)
		case string(User), string(CIUser), string(Group):
			if m.PerKind == nil {
				m.PerKind = map[Thing]string{}
			}
			m.PerKind[Thing(inner.key)] = r.text(inner)
		default:
			r.unknown(inner, "form", "id", "kind", "kinds", "each", string(User), string(CIUser), string(Group))
		}
	}
	r.checkMembers(e, m)
	return m
}

// each reads the form of the arrays per kind, which may be its name alone.
func (r *reader) each(e entry) *Members {
	if e.value.Kind != yaml.ScalarNode {
		return r.members(e)
	}
	m := &Members{Form: MembersForm(r.text(e)), ID: Path{"id"}}
	r.checkMembers(e, m)
	return m
}

func (r *reader) kinds(e entry) map[Thing]json.RawMessage {
	kinds, owners := map[Thing]json.RawMessage{}, map[string]string{}
	for _, inner := range r.entries(e.value, e.at) {
		if !slices.Contains(Principals, Thing(inner.key)) {
			r.unknown(inner, string(User), string(CIUser), string(Group))
			continue
		}
		value := r.scalar(inner.value, inner.at)
		key := folded(value)
		if owner := owners[key]; owner != "" && value != nil {
			r.refuse(inner.line, "%s: %s and %s are both written %s, so that nobody could tell them apart", e.at, owner, inner.key, value)
		}
		owners[key] = inner.key
		kinds[Thing(inner.key)] = value
	}
	return kinds
}

func (r *reader) checkMembers(e entry, m *Members) {
	isOpen := leavesOpen(e.value)
	switch m.Form {
	case FormIDs, FormObjects, FormPerKind, FormSlugs:
		if !isOpen {
			r.checkMembersForm(e, m)
		}
	case "":
		if !isOpen {
			r.refuse(e.line, "%s does not state its form: ids, objects, per_kind or slugs", e.at)
		}
	default:
		r.refuse(e.line, "%s has the form %q, which is none of ids, objects, per_kind and slugs", e.at, m.Form)
	}
	r.distinctArrays(e, m)
}

// checkMembersForm refuses what does not go with the form.
func (r *reader) checkMembersForm(e entry, m *Members) {
	isPerKind := m.Form == FormPerKind
	switch {
	case isPerKind && len(m.PerKind) == 0:
		r.refuse(e.line, "%s has members per kind and names no kind: user, ci_user, group", e.at)
	case !isPerKind && (len(m.PerKind) > 0 || m.Each != nil):
		r.refuse(e.line, "%s names arrays of kinds, and its form is not per_kind", e.at)
	case m.Form != FormObjects && (m.Kind != nil || m.Kinds != nil):
		r.refuse(e.line, "%s states the kind of a member, and its form is not objects", e.at)
	case (m.Kind == nil) != (len(m.Kinds) == 0):
		r.refuse(e.line, "%s needs both kind, where an object has it, and kinds, what is written there for each", e.at)
	case m.Each != nil && m.Each.Form == FormPerKind:
		r.refuse(e.line, "%s cannot have members per kind in each of the arrays per kind", e.at)
	}
}

func (r *reader) distinctArrays(e entry, m *Members) {
	names := map[string]Thing{}
	for _, kind := range Principals {
		name := m.PerKind[kind]
		if other := names[name]; name != "" && other != "" {
			r.refuse(e.line, "%s: %s and %s have the same array", e.at, other, kind)
		}
		names[name] = kind
	}
}
