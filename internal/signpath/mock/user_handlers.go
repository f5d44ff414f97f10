package mock

import (
	"fmt"
	"net/http"
	"strings"
)

// userTemplate is where a user of a kind is read.
func userTemplate(k kind) string { return "/" + wireKinds[k].path + "/{id}" }

// userRoutes are the routes of a kind of users.
func userRoutes(k kind) []servedRoute {
	path, names := "/"+wireKinds[k].path, wireKinds[k]
	one, created := userAnswer(k), createdAnswer(k)
	list := listAnswer(thing(k), names.event, userAnswer(k).sample)
	token := &answerModel{schema: names.event + "ApiToken", whole: (*schemas).token}
	creates := &requestModel{schema: opCreate + names.event, read: readUserProperties(k)}
	edits := &requestModel{schema: opEdit + names.event, read: readUserProperties(k), isEdit: true}
	routes := []route{
		{opList, http.MethodGet, path, readDirectory, listUsers(k), nil, list},
		{opMe, http.MethodGet, path + "/Me", readDirectory, readMe(k), nil, one},
		{opGet, http.MethodGet, userTemplate(k), readDirectory, readUser(k), nil, one},
		{opCreate, http.MethodPost, path, changeUsers, createUser(k), creates, created},
		{opEdit, http.MethodPost, userTemplate(k) + "/Edit", changeUsers, withUser(k, editUser), edits, nil},
		{opActivate, http.MethodPost, userTemplate(k) + "/Activate", changeUsers, withUser(k, activateUser), nil, nil},
		{opDeactivate, http.MethodPost, userTemplate(k) + "/Deactivate", changeUsers, withUser(k, deactivateUser), nil, nil},
		{opRegenerateToken, http.MethodPost, userTemplate(k) + "/RegenerateApiToken", changeUsers, withUser(k, regenerateToken), nil, token},
	}
	if k == kindInteractiveUser {
		reinvite := route{opReinvite, http.MethodPost, userTemplate(k) + "/Reinvite", changeUsers, withUser(k, reinviteUser), nil, nil}
		routes = append(routes, reinvite)
	}
	return of(thing(k), routes)
}

func userAnswer(k kind) *answerModel {
	sample := func(r renderer) object { return (&user{Kind: k}).render(r) }
	return &answerModel{of: thing(k), schema: wireKinds[k].event, sample: sample}
}

func readUserProperties(k kind) func(*edit) {
	return func(e *edit) { _ = e.user(&user{Kind: k}, user{}) }
}

func listUsers(k kind) handler {
	return func(c *call) (answer, *problem) {
		users := c.listed().users
		items := make([]object, 0, len(users))
		for _, u := range users {
			if u.Kind == k {
				items = append(items, u.render(c.renderer))
			}
		}
		return c.list(thing(k), items)
	}
}

func readMe(k kind) handler {
	return func(c *call) (answer, *problem) {
		if c.caller.Kind != k {
			return answer{}, forbidden(fmt.Sprintf("The user '%s' is no %s.", c.caller.Name, wireKinds[k].title))
		}
		return c.showUser(k, c.caller.ID)
	}
}

func withUser(k kind, handle func(*call, *user) (answer, *problem)) handler {
	return func(c *call) (answer, *problem) {
		id, refused := c.id()
		if refused != nil {
			return answer{}, refused
		}
		u := c.organization.usersByID[id]
		if u == nil || u.Kind != k {
			return answer{}, c.unknown(wireKinds[k].title, id)
		}
		return handle(c, u)
	}
}

func readUser(k kind) handler {
	return func(c *call) (answer, *problem) {
		id, refused := c.id()
		if refused != nil {
			return answer{}, refused
		}
		return c.showUser(k, id)
	}
}

func (c *call) showUser(k kind, id string) (answer, *problem) {
	u := c.seen(id).user
	if u == nil || u.Kind != k {
		return answer{}, c.unknown(wireKinds[k].title, id)
	}
	return ok(c.shown(thing(k), u.render(c.renderer))), nil
}

// createUser adds a user. Creating an interactive user sends an invitation unless its identity is known (inferred: API
// creation was once described as the alternative to invitations for organizations with single sign-on).
func createUser(k kind) handler {
	return func(c *call) (answer, *problem) {
		created := &user{Kind: k, ID: c.server.newID(), IsActive: true}
		if refused := c.create().user(created, user{}); refused != nil {
			return answer{}, refused
		}
		if refused := c.checkUserQuota(created); refused != nil {
			return answer{}, refused
		}
		var token string
		if k == kindCIUser {
			token, created.TokenHash = newToken()
		}
		c.organization.insertUser(created)
		c.organization.record(c.stamp(), created.entity(), "Created", nil)
		if k == kindInteractiveUser && created.Identity == "" {
			c.organization.invite(c.now(), created.Email)
		}
		return c.created(k, created.ID, token), nil
	}
}

func editUser(c *call, u *user) (answer, *problem) {
	if refused := u.refuseSynchronized(); refused != nil {
		return answer{}, refused
	}
	edited := *u
	if refused := c.edit().user(&edited, *u); refused != nil {
		return answer{}, refused
	}
	c.change(u, "Edited", func() { *u = edited })
	return done(), nil
}

// user reads the properties of a user and checks them against the rules.
func (e *edit) user(u *user, before user) *problem {
	read(e, propName, &u.Name)
	for _, setting := range u.settings() {
		read(e, setting.property, setting.of(u))
		if setting.check != nil {
			setting.check(e, setting.property, *setting.of(u))
		}
	}
	read(e, propRole, &u.Role)
	if u.Kind == kindInteractiveUser {
		read(e, propAccountEmail, &u.Email)
	}
	if u.Role == "" {
		u.Role = RoleRegularUser // DIR: the role of a new user
	}
	e.require(propName, u.Name)
	if u.Kind == kindInteractiveUser {
		e.require(propAccountEmail, u.Email)
		e.checkEmail(propAccountEmail, u.Email)
		if e.organization.isEmailTaken(u.Email, u.ID) {
			e.reject(propAccountEmail, "There is an interactive user with the account email address '%s' already.", u.Email)
		}
	}
	if u.Kind == kindCIUser && u.Name != before.Name && e.organization.isCIUserNameTaken(u.Name, u.ID) {
		e.reject(propName, "There is a CI user with the name '%s' already.", u.Name)
	}
	return e.problem()
}

func (e *edit) checkEmail(property, email string) {
	if email != "" && !isEmail(email) {
		e.reject(property, "'%s' is not a valid email address.", email)
	}
}

// refuseSynchronized enforces DIR: synchronized users and groups can't be edited manually.
func (u *user) refuseSynchronized() *problem {
	if !u.IsSynchronized {
		return nil
	}
	return badRequest(fmt.Sprintf("The user '%s' is synchronized with a directory and cannot be edited manually.", u.Name))
}

func activateUser(c *call, u *user) (answer, *problem) {
	if refused := u.refuseSynchronized(); refused != nil {
		return answer{}, refused
	}
	if u.IsActive {
		return done(), nil
	}
	if refused := c.checkUserQuota(u); refused != nil {
		return answer{}, refused
	}
	c.change(u, "Activated", func() { u.IsActive = true })
	return done(), nil
}

func deactivateUser(c *call, u *user) (answer, *problem) {
	if refused := u.refuseSynchronized(); refused != nil {
		return answer{}, refused
	}
	if u.IsActive {
		c.change(u, "Deactivated", func() { u.IsActive = false })
	}
	return done(), nil
}

// checkUserQuota enforces EDX: the quota counts active interactive users, not CI users; and changelog 1.139.0: user
// creation over the API respects it. The status of the refusal is an assumption.
func (c *call) checkUserQuota(added *user) *problem {
	quota := c.organization.MaxInteractiveUsers
	if added.Kind != kindInteractiveUser || quota == 0 || c.organization.activeInteractiveUsers() < quota {
		return nil
	}
	return badRequest(fmt.Sprintf("The organization has reached its quota of %d active interactive users.", quota))
}

// regenerateToken enforces USR: the new token is shown once, and the old one stops working.
func regenerateToken(c *call, u *user) (answer, *problem) {
	token, hash := newToken()
	u.TokenHash = hash
	c.organization.record(c.stamp(), u.entity(), "ApiTokenRegenerated", nil)
	return ok(c.front.tokenAnswer(token)), nil
}

func reinviteUser(c *call, u *user) (answer, *problem) {
	c.organization.invite(c.now(), u.Email)
	c.organization.record(c.stamp(), u.entity(), "Reinvited", nil)
	return done(), nil
}

// setActivity activates or deactivates a user as the body says.
func setActivity(c *call, u *user) (answer, *problem) {
	e, isActive := c.edit(), false
	read(e, propIsActive, &isActive)
	if refused := e.problem(); refused != nil {
		return answer{}, refused
	}
	if isActive {
		return activateUser(c, u)
	}
	return deactivateUser(c, u)
}

// activating does what an edit says of whether a user is active, too, where a mapping file has that in the body.
func activating(edits handler, k kind) handler {
	return func(c *call) (answer, *problem) {
		if _, isSent := c.reading.body[strings.ToLower(propIsActive)]; !isSent {
			path := c.match.route.shape.pathOf(propIsActive)
			c.reading.reject(path, "The %s field is required.", path.title())
		}
		if _, refused := edits(c); refused != nil {
			return answer{}, refused
		}
		return withUser(k, setActivity)(c)
	}
}
