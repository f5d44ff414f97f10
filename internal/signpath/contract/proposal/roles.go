package proposal

import (
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

const regularUser = "RegularUser"

// A roleMatch says which values of an enumeration stand for which roles.
type roleMatch struct {
	values map[string]any // by role
	// isSure says of a role that its value is its name, or is spelled as it but for signs and case.
	isSure map[string]bool
	// unknown are the values that are like no role, or like several.
	unknown []any
}

// named are the names that a document has for the values of an enumeration: the texts
// themselves, or what stands beside numbers.
func (s *schema) named() []string {
	if s.valueNames != nil {
		return s.valueNames
	}
	return texts(s.values)
}

// matchRoles finds the roles in an enumeration.
func matchRoles(s *schema) roleMatch {
	m := roleMatch{values: map[string]any{}, isSure: map[string]bool{}}
	names := s.named()
	taken := make([]bool, len(names))
	match := func(isLike func(role, name string) bool, isSure bool) {
		found := map[string][]int{}
		owners := map[int]int{}
		for _, role := range mapping.Roles() {
			if _, has := m.values[role]; has {
				continue
			}
			for i, name := range names {
				if !taken[i] && name != "" && isLike(role, name) {
					found[role] = append(found[role], i)
					owners[i]++
				}
			}
		}
		for role, at := range found {
			if len(at) == 1 && owners[at[0]] == 1 {
				m.values[role], m.isSure[role], taken[at[0]] = s.values[at[0]], isSure, true
			}
		}
	}
	match(func(role, name string) bool { return fold(role) == fold(name) }, true)
	match(func(role, name string) bool { return slices.Equal(words(role), words(name)) }, false)
	match(isLikeRole, false)
	for i, value := range s.values {
		if !taken[i] {
			m.unknown = append(m.unknown, value)
		}
	}
	return m
}

// isLikeRole tells whether the words of a value are among those of a role, or say the same.
func isLikeRole(role, name string) bool {
	said := words(name)
	if role == regularUser && slices.Contains([]string{"none", "user", "regular", "standard", "member"}, fold(name)) {
		return true
	}
	if role == "GlobalAdministrator" && slices.Equal(said, []string{"administrator"}) {
		return true
	}
	if role == "GlobalReader" && slices.Contains([]string{"auditor", "reader", "viewer"}, fold(name)) {
		return true
	}
	return len(said) > 0 && len(said) > 1 && isWithin(said, words(role))
}

// isRoles tells whether a value is an enumeration of the global roles.
func isRoles(s *schema) bool {
	if len(s.values) < 3 || len(s.values) > 12 {
		return false
	}
	m := matchRoles(s)
	return len(m.values) >= 3 && len(m.values) > len(m.unknown)
}

// proposeRoles says what the server writes for the roles, once for all things.
func (p *proposer) proposeRoles(l leaf) {
	switch {
	case len(l.values) == 0:
		return
	case !l.says(openapi3.TypeString) && l.valueNames == nil, len(matchRoles(l.schema).unknown) > 2:
		p.ask([]string{"roles"}, "What does the server write for each global role? Write {GlobalAdministrator: …, GlobalReader: …, and so on}",
			fmt.Sprintf("%s takes %s", l.String(), listOf(allTexts(l.values))))
		return
	}
	m := matchRoles(l.schema)
	for _, role := range mapping.Roles() {
		switch value, has := m.values[role]; {
		case !has:
			p.proposeUnmatched(role, m, l)
		case value == any(role):
		case m.isSure[role]:
			p.state([]string{"roles", role}, yamlValue(value), "the name of the role, in another spelling")
		default:
			p.mark([]string{"roles", role}, yamlValue(value), "by the words in the value "+clean(encode(value)))
		}
	}
}

// proposeUnmatched says what is known of a role that no value is like.
func (p *proposer) proposeUnmatched(role string, m roleMatch, l leaf) {
	path := []string{"roles", role}
	switch {
	case role == regularUser && len(m.unknown) == 0 && l.nullable:
		p.state(path, "null", "the enumeration has no value for it, the others all have one, and it may be null")
	case role == regularUser && len(m.unknown) == 0:
		p.ask(path, "What does the server show for somebody without a global role? It may be null", "the enumeration has no value for it")
	case len(m.unknown) == 1 && len(m.values) == len(mapping.Roles())-1:
		p.mark(path, yamlValue(m.unknown[0]), "the only value that is left")
	case len(m.unknown) > 0 && role != "DirectorySynchronizer":
		p.ask(path, "What does the server write for this role: one of "+listOf(allTexts(m.unknown))+"?", "no value is like it")
	}
}

// allTexts are values as texts, whatever they are.
func allTexts(values []any) []string {
	var result []string
	for _, value := range values {
		if text, ok := value.(string); ok {
			result = append(result, text)
		} else {
			result = append(result, encode(value))
		}
	}
	return result
}

// rolesForm is what roles are written as in one place, where that is not as elsewhere.
func (p *proposer) rolesForm(at *place) (form []pair, g grade, why string) {
	if p.rolesAt == nil || len(at.values) == 0 || encode(sortedTexts(at.values)) == encode(sortedTexts(p.rolesAt.values)) {
		return nil, sure, ""
	}
	return nil, asked, "What does the server write here for each global role: " + listOf(allTexts(at.values)) + "? Write {path: " + clean(at.String()) +
		", values: {GlobalAdministrator: …, and so on}}"
}

func sortedTexts(values []any) []string { return slices.Sorted(slices.Values(allTexts(values))) }
