package api

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// Roles are the application roles of an invitation, by environment. Values that IgniSign answers
// and that are unknown here are kept as they are.
type Roles map[string][]string

// Equal tells whether both mean the same: the order does not count, a role that is there twice is
// there once, and an environment that is missing has none.
func (r Roles) Equal(other Roles) bool { return maps.EqualFunc(r.clean(), other.clean(), slices.Equal) }

// clean returns the roles sorted, each once, without environments that have none.
func (r Roles) clean() Roles {
	clean := Roles{}
	for environment, roles := range r {
		if len(roles) > 0 {
			clean[environment] = slices.Compact(slices.Sorted(slices.Values(roles)))
		}
	}
	return clean
}

// whole returns the roles as a request has them: every environment, with an empty list where there
// is no role.
func (r Roles) whole() Roles {
	whole := r.clean()
	for _, environment := range vocabulary.Environments() {
		if whole[environment] == nil {
			whole[environment] = []string{}
		}
	}
	return whole
}
