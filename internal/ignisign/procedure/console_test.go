package procedure_test

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline/baselinetest"
)

const organization = "organization"

// A console is a simulated Console with one organization. It is our reading of the page and
// the models, and not the vendor.
type console struct {
	// removesAll is true if removing somebody from the organization takes the roles at
	// applications and environments as well.
	removesAll bool
	// asksAgain is true if who is a user already has to accept a new role.
	asksAgain bool
	// listsAll is true if the users of applications stand among those of the organization.
	listsAll bool

	// users are those who were invited; true once they have accepted.
	users map[string]bool
	// members are those who stand under Users & Members.
	members map[string]bool
	// grants are roles by place and user; true once they hold.
	grants map[string]map[string]map[string]bool
}

func newConsole(start map[string]map[string][]string, listsAll bool) *console {
	c := &console{listsAll: listsAll, users: map[string]bool{}, members: map[string]bool{}, grants: map[string]map[string]map[string]bool{}}
	for place, roles := range start {
		for role, users := range roles {
			for _, user := range users {
				user = strings.ToLower(user)
				c.users[user] = true
				c.members[user] = c.members[user] || listsAll || place == organization
				c.set(place, user, role, true)
			}
		}
	}
	return c
}

func (c *console) set(place, user, role string, holds bool) {
	if c.grants[place] == nil {
		c.grants[place] = map[string]map[string]bool{}
	}
	if c.grants[place][user] == nil {
		c.grants[place][user] = map[string]bool{}
	}
	c.grants[place][user][role] = c.grants[place][user][role] || holds
}

func (c *console) holds(user, role, place string) bool {
	user = strings.ToLower(user)
	return c.users[user] && c.grants[place][user][role]
}

func (c *console) mayManage(by, place string) bool {
	if c.holds(by, "ORG_OWNER", organization) || c.holds(by, "ORG_ADMIN", organization) {
		return true
	}
	application, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(place, "environment:"), "application:"), "/")
	return place != organization && c.holds(by, "APP_ADMIN", "application:"+application)
}

// forget makes a user one who was given all that is there, and has not accepted yet. It does
// nothing to the last administrator.
func (c *console) forget(user string) {
	user = strings.ToLower(user)
	if accepted := c.users[user]; accepted {
		c.users[user] = false
		c.users[user] = len(c.Administrators()) == 0
	}
}

func (c *console) HasRole(string) bool { return true }

func (c *console) Invite(by, user, place string) error {
	if !c.mayManage(by, place) {
		return baselinetest.ErrForbidden
	}
	user = strings.ToLower(user)
	if _, ok := c.users[user]; !ok {
		c.users[user] = false
	}
	c.members[user] = c.members[user] || c.listsAll || place == organization
	return nil
}

func (c *console) Give(by, user, role, place string) error {
	if !c.mayManage(by, place) {
		return baselinetest.ErrForbidden
	}
	user = strings.ToLower(user)
	if !c.users[user] {
		return baselinetest.ErrNotOffered
	}
	c.members[user] = c.members[user] || place == organization
	c.set(place, user, role, !c.asksAgain)
	return nil
}

func (c *console) Take(by, user string, roles []string, place string) error {
	if !c.mayManage(by, place) {
		return baselinetest.ErrForbidden
	}
	user = strings.ToLower(user)
	for _, role := range roles {
		if _, ok := c.grants[place][user][role]; !ok {
			return baselinetest.ErrNoRow
		}
		delete(c.grants[place][user], role)
	}
	return c.keepsAdministrator()
}

// keepsAdministrator is what the server answers to whoever takes the last one's role.
func (c *console) keepsAdministrator() error {
	if len(c.Administrators()) == 0 {
		return errors.New("AN_ORGANIZATION_MUST_HAVE_AT_LEAST_ONE_ADMIN")
	}
	return nil
}

func (c *console) Remove(by, user, place string) error {
	user = strings.ToLower(user)
	switch {
	case place != organization:
		return errors.New("users are removed from the organization, and nowhere else")
	case !c.mayManage(by, organization):
		return baselinetest.ErrForbidden
	case !c.members[user]:
		return baselinetest.ErrNoRow
	}
	delete(c.members, user)
	for at, users := range c.grants {
		if c.removesAll || at == organization {
			delete(users, user)
		}
	}
	return c.keepsAdministrator()
}

func (c *console) Accept(user string) {
	user = strings.ToLower(user)
	if _, ok := c.users[user]; !ok {
		return
	}
	c.users[user] = true
	for _, users := range c.grants {
		for role := range users[user] {
			users[user][role] = true
		}
	}
}

func (c *console) Administrators() []string {
	return slices.Compact(slices.Sorted(slices.Values(append(c.Holders("ORG_OWNER", organization), c.Holders("ORG_ADMIN", organization)...))))
}

func (c *console) Holders(role, place string) []string {
	var all []string
	for _, user := range slices.Sorted(maps.Keys(c.users)) {
		if c.holds(user, role, place) {
			all = append(all, user)
		}
	}
	return all
}

// seen is what somebody sees on all pages.
func (c *console) seen() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for place, users := range c.grants {
		for user, roles := range users {
			for role := range roles {
				if all[place] == nil {
					all[place] = map[string][]string{}
				}
				all[place][role] = append(all[place][role], user)
			}
		}
	}
	return all
}

// effective are lines of who has which role where, of all places: a role at the organization
// holds everywhere, one at an application in its environments.
func effective(grants map[string]map[string][]string, places []string) []string {
	all := map[string]bool{}
	for at, roles := range grants {
		for role, users := range roles {
			for _, user := range users {
				for _, place := range places {
					application := strings.TrimPrefix(at, "application:")
					if at == place || at == organization || application != at && strings.HasPrefix(place, "environment:"+application+"/") {
						all[strings.ToLower(user)+" has "+role+" in "+place] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
