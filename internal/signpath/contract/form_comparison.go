package contract

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// misfit says why values could not be read, or written, in the form as the document describes
// them; it is empty if they could be.
func (c codec) misfit(s *schema, sent bool) string {
	expected := func(name string) string { return "is " + s.String() + ", and no " + name }
	switch {
	case c.kind == mapping.KindMembers:
		return c.members().misfit(s)
	case c.kind == mapping.KindState && c.WhenTrue != nil:
		for _, value := range append(slices.Clone(c.WhenTrue[:1]), c.WhenFalse[0]) {
			if reason := s.refuses(value); sent && reason != "" {
				return "does not fit: " + reason
			}
		}
	case c.kind == mapping.KindPolicies && !s.is(openapi3.TypeArray):
		return expected("list")
	}
	return ""
}

// misfit says why a list of members is not described as the form says.
func (f memberForm) misfit(s *schema) string {
	switch {
	case s == nil:
		return ""
	case f.Form == mapping.FormPerKind:
		return f.misfitPerKind(s)
	case !s.is(openapi3.TypeArray):
		return "is " + s.String() + ", and no list of members"
	case s.items == nil:
		return ""
	}
	return f.misfitOfItems(s.items)
}

func (f memberForm) misfitPerKind(s *schema) string {
	if !s.is(openapi3.TypeObject) {
		return "is " + s.String() + ", and no object with a list for each kind"
	}
	for _, name := range f.PerKind {
		list, ok := s.properties[name]
		if !ok && len(s.properties) > 0 {
			return "has members per kind, and not " + name + ": " + listed(s.names())
		}
		if reason := f.each().misfit(list.schema); reason != "" {
			return "has members per kind, and " + name + " " + reason
		}
	}
	return ""
}

// misfitOfItems says why the members of a list are not described as the form says.
func (f memberForm) misfitOfItems(items *schema) string {
	switch {
	case f.Form != mapping.FormObjects && !items.is(openapi3.TypeString):
		return "has items of which each is " + items.String()
	case f.Form == mapping.FormIDs && items.format != "" && items.format != formatID:
		return "has items of which each has the format " + items.format + ", and is no id"
	case f.Form == mapping.FormObjects && !items.is(openapi3.TypeObject):
		return "has items of which each is " + items.String() + ", and no object"
	case f.Form == mapping.FormObjects && len(items.properties) > 0:
		for _, path := range []mapping.Path{f.ID, f.Kind} {
			if described, _ := items.at(path); path != nil && described == nil {
				return "has items of which each is an object with " + listed(items.names()) + ", and not with " + path.String()
			}
		}
	}
	return ""
}

// missingRoles says which roles a document does not take.
func (c codec) missingRoles(s *schema) string {
	var missing []string
	for _, d := range vocabulary.GlobalRoles() {
		if s.refuses(c.role(string(d.Role))) != "" {
			missing = append(missing, string(d.Role))
		}
	}
	switch {
	case len(missing) == 0:
		return ""
	case s.values == nil:
		return "is " + s.String() + ", which is not " + strings.Join(missing, ", ")
	}
	return "takes only " + strings.Join(s.values, ", ") + ", and not " + strings.Join(missing, ", ")
}
