package procedure_test

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline/baselinetest"
)

const organisation = "organisation"

// A dashboard is a simulated Dashboard with one organisation. It follows what the pages say of
// inheritance, grants, and users. It is our reading of the pages, and not the vendor.
type dashboard struct {
	// removesAll is true if Remove access takes all roles of the principal, wherever they
	// are; else those of the scope of the row.
	removesAll bool
	// partnersGrant is true if a Partner Organisation Admin can do what an Organisation Admin
	// can; else it can invite.
	partnersGrant bool
	// offersInvited is true if who has not accepted is offered where access is granted.
	offersInvited bool

	roles map[string]bool
	// users are those who were invited; true once they have accepted.
	users map[string]bool
	// grants are roles by scope and principal; true once they work.
	grants map[string]map[string]map[string]bool
}

func newDashboard(start map[string]map[string][]string) *dashboard {
	d := &dashboard{roles: map[string]bool{}, users: map[string]bool{}, grants: map[string]map[string]map[string]bool{}}
	for scope, roles := range start {
		for role, principals := range roles {
			for _, principal := range principals {
				d.set(scope, principal, role, true)
				if strings.HasPrefix(principal, "user:") {
					d.users[strings.ToLower(principal)] = true
				}
			}
		}
	}
	return d
}

func (d *dashboard) set(scope, principal, role string, works bool) {
	principal = strings.ToLower(principal)
	if d.grants[scope] == nil {
		d.grants[scope] = map[string]map[string]bool{}
	}
	if d.grants[scope][principal] == nil {
		d.grants[scope][principal] = map[string]bool{}
	}
	d.grants[scope][principal][role] = d.grants[scope][principal][role] || works
}

// works tells whether the user has accepted, and has the role on just that scope.
func (d *dashboard) works(user, role, scope string) bool {
	user = strings.ToLower(user)
	return d.users[user] && d.grants[scope][user][role]
}

func (d *dashboard) isAdministrator(user string) bool {
	return d.works(user, "Organisation Admin", organisation)
}

func (d *dashboard) isPartner(user string) bool {
	return d.works(user, "Partner Organisation Admin", organisation)
}

// mayGrant tells whether somebody may give and take roles on a scope.
func (d *dashboard) mayGrant(by, scope string) bool {
	return d.isAdministrator(by) || d.partnersGrant && d.isPartner(by) || scope != organisation && d.works(by, "Account Admin", scope)
}

// forget makes a user one who was given all that is there, and has not accepted yet. It does
// nothing to the last who can give access.
func (d *dashboard) forget(user string) {
	user = strings.ToLower(user)
	if accepted := d.users[user]; accepted {
		d.users[user] = false
		d.users[user] = !slices.ContainsFunc(d.Administrators(), func(admin string) bool { return d.mayGrant(admin, organisation) })
	}
}

func (d *dashboard) HasRole(role string) bool { return role != "Misspelled Viewer" }

func (d *dashboard) Invite(by, user, scope string) error {
	if !d.mayGrant(by, scope) && (scope != organisation || !d.isPartner(by)) {
		return baselinetest.ErrForbidden
	}
	if _, ok := d.users[strings.ToLower(user)]; !ok {
		d.users[strings.ToLower(user)] = false
	}
	return nil
}

func (d *dashboard) Give(by, principal, role, scope string) error {
	if !d.mayGrant(by, scope) {
		return baselinetest.ErrForbidden
	}
	isUser := strings.HasPrefix(principal, "user:")
	if accepted, invited := d.users[strings.ToLower(principal)]; isUser && !accepted && (!invited || !d.offersInvited) {
		return baselinetest.ErrNotOffered
	}
	d.set(scope, principal, role, !isUser)
	return nil
}

func (d *dashboard) Take(by, principal string, roles []string, scope string) error {
	if !d.mayGrant(by, scope) {
		return baselinetest.ErrForbidden
	}
	row := d.grants[scope][strings.ToLower(principal)]
	for _, role := range roles {
		if _, ok := row[role]; !ok {
			return baselinetest.ErrNoRow
		}
		delete(row, role)
	}
	if len(row) == 0 {
		delete(d.grants[scope], strings.ToLower(principal))
	}
	return nil
}

func (d *dashboard) Remove(by, principal, scope string) error {
	principal = strings.ToLower(principal)
	if len(d.grants[scope][principal]) == 0 {
		return baselinetest.ErrNoRow
	}
	scopes := []string{scope}
	for other, rows := range d.grants {
		if len(rows[principal]) > 0 && d.removesAll {
			scopes = append(scopes, other)
		}
	}
	for _, other := range scopes {
		if !d.mayGrant(by, other) {
			return baselinetest.ErrForbidden
		}
	}
	// An Account Admin removes nobody whom the account has from the organisation.
	if !d.mayGrant(by, organisation) && len(d.grants[organisation][principal]) > 0 {
		return baselinetest.ErrForbidden
	}
	for _, other := range scopes {
		delete(d.grants[other], principal)
	}
	return nil
}

func (d *dashboard) Accept(user string) {
	user = strings.ToLower(user)
	if _, ok := d.users[user]; !ok {
		return
	}
	d.users[user] = true
	for _, rows := range d.grants {
		for role := range rows[user] {
			rows[user][role] = true
		}
	}
}

func (d *dashboard) Administrators() []string {
	var all []string
	for user := range d.users {
		if d.isAdministrator(user) || d.isPartner(user) {
			all = append(all, user)
		}
	}
	return all
}

func (d *dashboard) Holders(role, scope string) []string {
	var all []string
	for user := range d.users {
		if d.works(user, role, scope) {
			all = append(all, user)
		}
	}
	slices.Sort(all)
	return all
}

// seen is what somebody sees in IAM → Permissions.
func (d *dashboard) seen() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for scope, rows := range d.grants {
		for principal, roles := range rows {
			for role := range roles {
				if all[scope] == nil {
					all[scope] = map[string][]string{}
				}
				all[scope][role] = append(all[scope][role], principal)
			}
		}
	}
	return all
}

// effective are lines of who can use which role where, of the accounts and the organisation:
// a role on the organisation holds in each account, and one on an account nowhere else.
func effective(grants map[string]map[string][]string, accounts []string) []string {
	all := map[string]bool{}
	for scope, roles := range grants {
		for role, principals := range roles {
			for _, principal := range principals {
				who := strings.ToLower(principal) + " has " + role + " in "
				all[who+scope] = true
				for _, account := range accounts {
					if scope == organisation {
						all[who+account] = true
					}
				}
			}
		}
	}
	lines := []string{}
	for line := range all {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// inForce leaves out what waits for somebody to accept.
func (d *dashboard) inForce() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for scope, roles := range d.seen() {
		all[scope] = map[string][]string{}
		for role, principals := range roles {
			for _, principal := range principals {
				if !strings.HasPrefix(principal, "user:") && d.grants[scope][principal][role] || d.works(principal, role, scope) {
					all[scope][role] = append(all[scope][role], principal)
				}
			}
		}
	}
	return all
}
