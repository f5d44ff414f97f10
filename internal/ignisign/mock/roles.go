package mock

import (
	"maps"
	"slices"
)

// The three environments of an application.
const (
	Development = "DEVELOPMENT"
	Staging     = "STAGING"
	Production  = "PRODUCTION"
)

var environments = []string{Development, Staging, Production}

// applicationRoles are those of an invitation.
var applicationRoles = []string{"ADMIN", "USER", "READER"}

// iamRoles are the constants of IAM roles in an application: what Dialect.IAMRoles takes.
var iamRoles = []string{"APP_ADMIN", "APP_MANAGER", "APP_OPERATOR", "APP_READER"}

// Roles are lists of ADMIN, USER and READER by environment.
type Roles map[string][]string

// whole are the roles with a list for each environment, a copy.
func (r Roles) whole() Roles {
	whole := Roles{}
	for _, environment := range environments {
		whole[environment] = append([]string{}, r[environment]...)
	}
	return whole
}

// differsOutside tells whether two have other lists in an environment that is not the given one.
func (r Roles) differsOutside(environment string, other Roles) bool {
	return slices.ContainsFunc(environments, func(e string) bool { return e != environment && !slices.Equal(r[e], other[e]) })
}

// Grant is what somebody is invited to, or has.
type Grant struct {
	// Roles are those by environment.
	Roles Roles `json:"roles,omitempty"`
	// IAMRoles are instead of Roles what the sample on the page Users, Roles, and Rights has; see Dialect.IAMRoles.
	IAMRoles []string `json:"iamRoles,omitempty"`
}

// wire is the grant as answers have it.
func (g Grant) wire() any {
	if len(g.IAMRoles) > 0 {
		return slices.Clone(g.IAMRoles)
	}
	return g.Roles
}

func (g Grant) clone() Grant {
	copied := Grant{IAMRoles: slices.Clone(g.IAMRoles)}
	if g.Roles != nil {
		copied.Roles = maps.Clone(g.Roles)
		for environment, list := range copied.Roles {
			copied.Roles[environment] = slices.Clone(list)
		}
	}
	return copied
}
