package mock

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Dialect selects among the plausible readings of what SignPath does not document. The zero value is the default.
type Dialect struct {
	// WrappedLists answers lists as {"interactiveUsers": […]} instead of a bare array. One documented route
	// (Cryptoki/MySigningPolicies) does so; for all others it is unknown.
	WrappedLists bool
	// SummaryLists gives list items only id, link and name (and slug, for what is addressed by its slug).
	SummaryLists bool
	// MemberObjects shows members as {"id": …, "name": …} instead of bare ids.
	MemberObjects bool
	// EditPatches keeps properties that an Edit request omits. The routes were PATCH in v1-pre.
	EditPatches bool
	// CreateIDForm says where a create answers the id of the new object.
	CreateIDForm CreateIDForm
	// PlainTextErrors answers errors as text, except those with an errors map: observed before 1.195.0.
	PlainTextErrors bool
	// UnknownIs404 answers 404 for an unknown object instead of the documented 403.
	UnknownIs404 bool
	// ForeignLinks makes link and Location name another host than the one called, as behind a misconfigured proxy:
	// these addresses come from the server's configuration (changelog 1.197.0).
	ForeignLinks bool
	// NoCIUsersInGroups refuses CI users as group members, on which the documentation is silent.
	NoCIUsersInGroups bool
}

// CreateIDForm says where a create answers the id of the new object. All forms answer the Location header too.
type CreateIDForm string

const (
	// CreateIDEntity is a property named after the entity, such as interactiveUserId: observed for signing requests.
	CreateIDEntity CreateIDForm = ""
	// CreateIDPlain is a property named id.
	CreateIDPlain CreateIDForm = "id"
	// CreateIDLocationOnly has the id in the Location header only, as before 1.155.0.
	CreateIDLocationOnly CreateIDForm = "locationOnly"
)

var dialectNames = map[string]func(*Dialect){
	"wrapped-lists":         func(d *Dialect) { d.WrappedLists = true },
	"summary-lists":         func(d *Dialect) { d.SummaryLists = true },
	"member-objects":        func(d *Dialect) { d.MemberObjects = true },
	"edit-patches":          func(d *Dialect) { d.EditPatches = true },
	"create-id":             func(d *Dialect) { d.CreateIDForm = CreateIDPlain },
	"create-location-only":  func(d *Dialect) { d.CreateIDForm = CreateIDLocationOnly },
	"plain-text-errors":     func(d *Dialect) { d.PlainTextErrors = true },
	"unknown-is-404":        func(d *Dialect) { d.UnknownIs404 = true },
	"foreign-links":         func(d *Dialect) { d.ForeignLinks = true },
	"no-ci-users-in-groups": func(d *Dialect) { d.NoCIUsersInGroups = true },
}

// DialectNames returns the names that ParseDialect knows, sorted.
func DialectNames() []string {
	return slices.Sorted(maps.Keys(dialectNames))
}

// ParseDialect builds a dialect of named deviations from the default; see DialectNames.
func ParseDialect(names ...string) (Dialect, error) {
	var dialect Dialect
	for _, name := range names {
		deviate, known := dialectNames[strings.TrimSpace(name)]
		if !known {
			return Dialect{}, fmt.Errorf("unknown dialect %q; known are %s", name, strings.Join(DialectNames(), ", "))
		}
		deviate(&dialect)
	}
	return dialect, nil
}
