package procedure_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline/baselinetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

const organisation = mock.ScopeOrganisation

// dashboardRoles are those that the Dashboard lists.
var dashboardRoles = []string{
	"Organisation Admin", "Partner Organisation Admin", "Account Admin", "Usage Viewer", "DEM Writer", "DEM Editor", "DEM Viewer", "Signing Desk",
}

// A dashboard is that of the mock server, with the places of these tests for accounts. It is our reading of the pages, and
// not the vendor.
type dashboard struct {
	t *testing.T
	*mock.Server
}

// newDashboard has who is to have forgotten as invited: such a user was given all that is there, and has not accepted. That
// befalls nobody who is the last to give access.
func newDashboard(t *testing.T, dialect mock.Dialect, start map[string]map[string][]string, forgotten []string) *dashboard {
	t.Helper()
	seed := mock.Seed{Organisation: mock.OrganisationSeed{ID: "o-p-BBBBBBBBBBBBBBBBBBBB"}, Roles: dashboardRoles}
	for _, place := range accountKeys {
		seed.Accounts = append(seed.Accounts, mock.AccountSeed{ID: place})
	}
	for scope, roles := range start {
		for role, principals := range roles {
			for _, principal := range principals {
				seed.Grants = append(seed.Grants, mock.GrantSeed{Scope: scope, Principal: principal, Roles: []string{role}})
			}
		}
	}
	serve := func(seed mock.Seed) *dashboard {
		server, err := mock.New(seed, mock.WithDialect(dialect))
		if err != nil {
			t.Fatal(err)
		}
		return &dashboard{t, server}
	}
	d := serve(seed)
	for _, user := range forgotten {
		if !slices.ContainsFunc(d.Snapshot().Users, func(u mock.UserSeed) bool { return strings.EqualFold(u.User, user) }) {
			continue
		}
		without := seed
		without.Users = append(slices.Clone(seed.Users), mock.UserSeed{User: user, Invited: true})
		canGrant := func(right mock.Right) bool {
			return right.Scope == organisation && isUserReference(right.Principal) &&
				(right.Role == "Organisation Admin" || dialect.PartnersGrant && right.Role == "Partner Organisation Admin")
		}
		if changed := serve(without); slices.ContainsFunc(changed.Rights(), canGrant) {
			d, seed = changed, without
		}
	}
	return d
}

func isUserReference(principal string) bool { return strings.HasPrefix(principal, "user:") }

// refusal is what a person knows of it.
func refusal(err error) error {
	for ofMock, known := range map[error]error{
		mock.ErrForbidden: baselinetest.ErrForbidden, mock.ErrNotOffered: baselinetest.ErrNotOffered, mock.ErrNoRow: baselinetest.ErrNoRow,
	} {
		if errors.Is(err, ofMock) {
			return known
		}
	}
	return err
}

func (d *dashboard) Invite(by, user, scope string) error {
	return refusal(d.Dashboard(by).Invite(user, scope))
}

func (d *dashboard) Give(by, principal, role, scope string) error {
	return refusal(d.Dashboard(by).Grant(principal, scope, role))
}

func (d *dashboard) Take(by, principal string, roles []string, scope string) error {
	return refusal(d.Dashboard(by).Edit(principal, scope, nil, roles))
}

func (d *dashboard) Remove(by, principal, scope string) error {
	return refusal(d.Dashboard(by).RemoveAccess(principal, scope))
}

// Accept lets a user accept all and log in again, if it was invited.
func (d *dashboard) Accept(user string) {
	d.t.Helper()
	switch err := d.Server.Accept(user); {
	case errors.Is(err, mock.ErrNoUser):
		return
	case err != nil:
		d.t.Fatal(err)
	}
	if err := d.LogIn(user); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dashboard) Administrators() []string {
	return d.users(func(right mock.Right) bool {
		return right.Scope == organisation && (right.Role == "Organisation Admin" || right.Role == "Partner Organisation Admin")
	})
}

func (d *dashboard) Holders(role, scope string) []string {
	return d.users(func(right mock.Right) bool { return right.Scope == scope && right.Role == role && !right.Inherited })
}

// users are those who have such a right, sorted.
func (d *dashboard) users(has func(mock.Right) bool) []string {
	var all []string
	for _, right := range d.Rights() {
		if has(right) && isUserReference(right.Principal) {
			all = append(all, strings.ToLower(right.Principal))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// seen is what somebody sees in IAM → Permissions.
func (d *dashboard) seen() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, row := range d.Grants() {
		if all[row.Scope] == nil {
			all[row.Scope] = map[string][]string{}
		}
		for _, role := range slices.Concat(row.Roles, row.Waiting) {
			all[row.Scope][role] = append(all[row.Scope][role], strings.ToLower(row.Principal))
		}
	}
	return all
}

// inForce are lines of who can use which role where, sorted.
func (d *dashboard) inForce() []string {
	lines := []string{}
	for _, right := range d.Rights() {
		lines = append(lines, line(right.Principal, right.Role, right.Scope))
	}
	slices.Sort(lines)
	return lines
}

func line(principal, role, scope string) string {
	return strings.ToLower(principal) + " has " + role + " in " + scope
}

// effective are lines of who can use which role where, of the accounts and the organisation:
// a role on the organisation holds in each account, and one on an account nowhere else.
func effective(grants map[string]map[string][]string, accounts []string) []string {
	all := map[string]bool{}
	for scope, roles := range grants {
		for role, principals := range roles {
			for _, principal := range principals {
				all[line(principal, role, scope)] = true
				for _, account := range accounts {
					if scope == organisation {
						all[line(principal, role, account)] = true
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
