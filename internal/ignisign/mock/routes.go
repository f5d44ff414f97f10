package mock

import (
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// handler serves a request, and returns the body of the answer.
type handler func(*call) (any, *refusal)

// route is a method and a path below a version.
type route struct {
	method, path string
	serve        handler
	checks       []check
}

// check refuses a request, or prepares it.
type check func(*call) *refusal

var (
	// public routes need no credential.
	public = []check{}
	// seen routes are those that say what became of an application, whatever that is.
	seen = []check{(*call).authenticate, (*call).checkApplication}
	// invited routes are those of invitations.
	invited = []check{(*call).authenticate, (*call).checkApplication, (*call).checkActive, (*call).checkInvitations}
	// hooked routes are those of webhooks.
	hooked = []check{(*call).authenticate, (*call).checkApplication, (*call).checkActive}
)

const (
	invitationsPath = "/applications/{appId}/users-invitations"
	invitationPath  = invitationsPath + "/{invitationId}"
	eventsPath      = "/webhooks/{webhookId}/events"
)

// served are the routes of a version.
func (d Dialect) served(version string) []route {
	if !d.Versions.serves(version) {
		return nil
	}
	table := []route{
		{http.MethodPost, "/auth/app-api", (*call).exchange, public},
		{http.MethodGet, "/applications/{appId}/context", (*call).readContext, seen},
		{http.MethodGet, "/applications/{appId}/envs/{appEnv}/webhooks", (*call).listWebhooks, hooked},
		{http.MethodGet, eventsPath, (*call).listEvents, hooked},
		{http.MethodGet, eventsPath + "/{eventId}", (*call).readEvent, hooked},
	}
	if version == "v4" && d.InvitationsOnV4 == InvitationsNotFound {
		return table
	}
	table = append(table,
		route{http.MethodGet, invitationsPath, (*call).listInvitations, invited},
		route{http.MethodPost, invitationsPath, (*call).invite, invited},
		route{http.MethodDelete, invitationPath, (*call).cancel, invited},
		route{http.MethodPost, invitationPath + "/resend", (*call).resend, invited},
	)
	if d.Edits != EditByPost {
		table = append(table, route{http.MethodPut, invitationPath, (*call).edit, invited})
	}
	if d.Edits != EditByPut {
		table = append(table, route{http.MethodPost, invitationPath, (*call).edit, invited})
	}
	return table
}

// routes are those of all versions, for the HTTP part.
func (s *Server) routes() []mockserver.Route {
	var routes []mockserver.Route
	for _, version := range []string{"v3", "v4"} {
		for _, r := range s.dialect.served(version) {
			routes = append(routes, mockserver.Route{
				Method: r.method, Template: "/" + version + r.path, Handle: s.answering(r.checked(version)),
			})
		}
	}
	return routes
}

// checked is the handler behind its checks.
func (r route) checked(version string) handler {
	return func(c *call) (any, *refusal) {
		c.version = version
		for _, passes := range r.checks {
			if refused := passes(c); refused != nil {
				return nil, refused
			}
		}
		return r.serve(c)
	}
}

// unrouted refuses what no route fits. What is said there is an assumption.
func unrouted(c *call) (any, *refusal) {
	if c.dialect.OtherMethod405 && len(c.Allowed) > 0 {
		return nil, refuse(http.StatusMethodNotAllowed, "UNKNOWN_ERROR", "Method not allowed")
	}
	return nil, refuse(http.StatusNotFound, "UNKNOWN_ERROR", "Not found")
}

// answering makes answers of what a handler returns.
func (s *Server) answering(serve handler) mockserver.Handler {
	return func(asked *mockserver.Call) mockserver.Answer {
		c := &call{Call: asked, Server: s, now: asked.At}
		body, refused := serve(c)
		answer := mockserver.Answer{}
		if refused != nil {
			answer = refused.answer(s.dialect, c.now)
		} else {
			answer = mockserver.JSON(http.StatusOK, body)
		}
		if c.key != nil {
			answer.Caller = "key:" + c.key.Name
		}
		return answer
	}
}
