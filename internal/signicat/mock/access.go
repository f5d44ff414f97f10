package mock

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// ScopeOrganisation is the scope of what is granted on the organisation. Others are ids of accounts.
const ScopeOrganisation = "organisation"

// The roles that the Dashboard goes by (documented). All others are names to it.
const (
	roleOrganisationAdmin = "Organisation Admin"
	rolePartnerAdmin      = "Partner Organisation Admin"
	roleAccountAdmin      = "Account Admin"
)

// What the Dashboard refuses.
var (
	// ErrForbidden is that whoever acts may not.
	ErrForbidden = errors.New("you may not do that")
	// ErrNotOffered is that the principal is not there to choose: a user has to accept the invitation first.
	ErrNotOffered = errors.New("the principal is not offered")
	// ErrNoRow is that the principal has no such role in the scope.
	ErrNoRow = errors.New("there is no such row")
	// ErrNoRole is that the Dashboard lists no role of that name.
	ErrNoRole = errors.New("there is no such role")
	// ErrNoUser is that the principal is no user, or none who was invited.
	ErrNoUser = errors.New("there is no such user")
	// ErrNotAccepted is that a user who has accepted nothing cannot log in.
	ErrNotAccepted = errors.New("the user has not accepted the invitation")
	// ErrNoScope is that the scope is neither the organisation nor an account.
	ErrNoScope = errors.New("there is no such scope")
)

var principalKinds = map[string]bool{"user": true, "api_client": true, "domain": true}

func isPrincipal(principal string) bool {
	kind, name, _ := strings.Cut(principal, ":")
	return principalKinds[kind] && name != ""
}

func isUser(principal string) bool { return strings.HasPrefix(principal, "user:") }

// key is how principals are compared.
func key(principal string) string { return strings.ToLower(principal) }

// access is who has which role where, and who is a user.
type access struct {
	dialect Dialect
	roles   []string
	// names are the spellings of principals by their keys.
	names map[string]string
	// users are those who were invited, by key; true once they have accepted.
	users map[string]bool
	// grants are by scope, key of the principal and role.
	grants map[string]map[string]map[string]*holding
}

// holding is a role of a principal: users accept new roles (documented), and have them once they have logged in again
// (documented).
type holding struct{ accepted, holds bool }

func newAccess(seed Seed, dialect Dialect) access {
	a := access{
		dialect: dialect, roles: seed.Roles, names: map[string]string{}, users: map[string]bool{},
		grants: map[string]map[string]map[string]*holding{},
	}
	for _, user := range seed.Users {
		a.users[a.name(user.User)] = !user.Invited
	}
	for _, grant := range seed.Grants {
		principal := a.name(grant.Principal)
		if _, listed := a.users[principal]; isUser(principal) && !listed {
			a.users[principal] = true
		}
		a.give(grant.Scope, principal, grant.Roles, holding{true, true})
		a.give(grant.Scope, principal, grant.Waiting, holding{})
	}
	return a
}

// name returns the key of a principal, and keeps its spelling.
func (a *access) name(principal string) string {
	if _, known := a.names[key(principal)]; !known {
		a.names[key(principal)] = principal
	}
	return key(principal)
}

// give adds roles. What the principal has already stays as it is.
func (a *access) give(scope, principal string, roles []string, given holding) {
	if len(roles) == 0 {
		return
	}
	if a.grants[scope] == nil {
		a.grants[scope] = map[string]map[string]*holding{}
	}
	if a.grants[scope][principal] == nil {
		a.grants[scope][principal] = map[string]*holding{}
	}
	for _, role := range roles {
		if a.grants[scope][principal][role] == nil {
			a.grants[scope][principal][role] = &holding{given.accepted, given.holds}
		}
	}
}

func (a *access) take(scope, principal string, roles []string) {
	row := a.grants[scope][principal]
	for _, role := range roles {
		delete(row, role)
	}
	if len(row) == 0 {
		delete(a.grants[scope], principal)
	}
}

// inForce tells whether a principal can use a role of just that scope.
func (a *access) inForce(scope, principal, role string) bool {
	held := a.grants[scope][principal][role]
	return held != nil && held.holds && (!isUser(principal) || a.users[principal])
}

// mayGrant tells whether somebody can give and take roles in a scope. An Account Admin can in the account alone; an
// Organisation Admin in each account, by inheritance.
func (a *access) mayGrant(by, scope string) bool {
	return by == "" || a.inForce(ScopeOrganisation, by, roleOrganisationAdmin) || a.dialect.PartnersGrant && a.isPartner(by) ||
		scope != ScopeOrganisation && a.inForce(scope, by, roleAccountAdmin)
}

func (a *access) isPartner(by string) bool { return a.inForce(ScopeOrganisation, by, rolePartnerAdmin) }

func (a *access) mayInvite(by, scope string) bool {
	return a.mayGrant(by, scope) || scope == ScopeOrganisation && a.isPartner(by)
}

func (a *access) hasRole(role string) bool {
	return len(a.roles) == 0 || slices.Contains(a.roles, role)
}

// isOffered tells whether a principal is there to choose.
func (a *access) isOffered(principal string) bool {
	accepted, isThere := a.users[principal]
	return !isUser(principal) || accepted || isThere && a.dialect.OffersInvited
}

// scopesOf are those in which a principal has a row, sorted.
func (a *access) scopesOf(principal string) []string {
	var scopes []string
	for _, scope := range slices.Sorted(maps.Keys(a.grants)) {
		if len(a.grants[scope][principal]) > 0 {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// mayRemove tells whether somebody can take all of a principal's roles in the scopes. An Account Admin removes nobody whom
// the account has from the organisation (documented).
func (a *access) mayRemove(by, principal string, scopes []string) bool {
	for _, scope := range scopes {
		if !a.mayGrant(by, scope) {
			return false
		}
	}
	return a.mayGrant(by, ScopeOrganisation) || len(a.grants[ScopeOrganisation][principal]) == 0
}

func (a *access) seedUsers() []UserSeed {
	var users []UserSeed
	for _, user := range slices.Sorted(maps.Keys(a.users)) {
		users = append(users, UserSeed{User: a.names[user], Invited: !a.users[user]})
	}
	return users
}

// seedGrants are the rows, sorted by scope and principal.
func (a *access) seedGrants() []GrantSeed {
	var rows []GrantSeed
	for _, scope := range slices.Sorted(maps.Keys(a.grants)) {
		for _, principal := range slices.Sorted(maps.Keys(a.grants[scope])) {
			row := GrantSeed{Scope: scope, Principal: a.names[principal]}
			held := a.grants[scope][principal]
			for _, role := range slices.Sorted(maps.Keys(held)) {
				if held[role].holds {
					row.Roles = append(row.Roles, role)
				} else {
					row.Waiting = append(row.Waiting, role)
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Right is that a principal can use a role in a scope.
type Right struct {
	Scope     string `json:"scope"`
	Principal string `json:"principal"`
	Role      string `json:"role"`
	// Inherited is true if the account has it from the organisation alone.
	Inherited bool `json:"inherited,omitempty"`
}

// rights are what holds in the organisation and in each account, sorted: a role on the organisation holds in each account of
// it, and one on an account nowhere else (documented).
func (a *access) rights(accounts []string) []Right {
	var rights []Right
	for _, scope := range append([]string{ScopeOrganisation}, accounts...) {
		for _, principal := range slices.Sorted(maps.Keys(a.names)) {
			roles := map[string]bool{}
			for _, from := range []string{scope, ScopeOrganisation} {
				for role := range a.grants[from][principal] {
					roles[role] = roles[role] || a.inForce(from, principal, role)
				}
			}
			for _, role := range slices.Sorted(maps.Keys(roles)) {
				if roles[role] {
					rights = append(rights, Right{scope, a.names[principal], role, !a.inForce(scope, principal, role)})
				}
			}
		}
	}
	return rights
}
