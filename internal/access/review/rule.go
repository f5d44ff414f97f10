package review

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Rule is one entry of the catalogue.
type Rule struct {
	// ID is stable: rulebooks and fingerprints name it.
	ID string
	// Severity is what holds unless the rulebook says otherwise: what can lock
	// everybody out is denied, everything else is a warning.
	Severity Severity
	// Introduced is the severity of a finding that a plan newly introduces against the live
	// organization, unless the rulebook says otherwise; empty for the same one. What nobody
	// would fix today need not be allowed to grow.
	Introduced Severity
	// Summary says what the rule finds.
	Summary string
	// Advice says what to do about a finding.
	Advice string
	// Source is what the rule rests on.
	Source   string
	Evidence access.Evidence
	// Roles are those that somebody is found for who holds them by an entry, directly or
	// through groups. There are none for rules about roles in the organization and accounts.
	Roles []access.Role
	// Unless are the roles held by entries that keep the rule silent while nobody holds them.
	Unless []access.Role
	// Needs are the settings that must be known. While one is not, the rule does
	// not fire.
	Needs      []Setting
	Parameters []Parameter
	// OfOrganization is true where a finding has no subject but the organization.
	OfOrganization bool
	// OfToken is true where a finding is about an API token and not about what its
	// user may do.
	OfToken bool
	// Absence is true where the rule finds that somebody is missing, so that adding
	// somebody mends it. Else it finds that somebody is there.
	Absence bool

	// Find does the work. Rule, severity and advice are filled in. It is nil for a rule that
	// no organization can break by itself.
	Find func(*Inspection) []Finding
}

// A Parameter is a number of a rule that a rulebook can change.
type Parameter struct {
	Name, Meaning string
	Default       int
	// MoreIsLaxer is true where the rule finds less the greater the number is.
	MoreIsLaxer bool
}

// A Setting names a setting of a place.
type Setting string

// A Catalogue is all rules of a vendor, in the order in which reports have them.
type Catalogue []Rule

// IDs returns the ids of all rules.
func (c Catalogue) IDs() []string {
	ids := make([]string, len(c))
	for i, rule := range c {
		ids[i] = rule.ID
	}
	return ids
}

// ByID finds one rule.
func (c Catalogue) ByID(id string) (Rule, bool) {
	i := slices.IndexFunc(c, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return c[i], true
}

// Users returns the roles without which some rule is silent.
func (c Catalogue) Users() []access.Role {
	var roles []access.Role
	for _, rule := range c {
		roles = append(roles, rule.Unless...)
	}
	return roles
}

func (r Rule) parameter(name string) (Parameter, bool) {
	i := slices.IndexFunc(r.Parameters, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		return Parameter{}, false
	}
	return r.Parameters[i], true
}

func (r Rule) parameterNames() (names []string) {
	for _, parameter := range r.Parameters {
		names = append(names, parameter.Name)
	}
	return names
}
