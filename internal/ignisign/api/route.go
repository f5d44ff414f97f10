package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// A Version is one of the API, as paths spell it.
type Version string

// The versions. VersionAuto is the one that the application says of itself.
const (
	VersionAuto Version = "auto"
	Version3    Version = "v3"
	Version4    Version = "v4"
)

// A Route is one operation of the API that the client uses. Which versions serve it is unknown for
// most; how well each is known, the OpenAPI document of package contract says.
type Route struct {
	Method string
	// Path follows the version, and names its parameters in braces.
	Path  string
	Class httpapi.Class
	// Purpose says in a few words what it is for.
	Purpose string
	// invitation is true for the routes of the invitation API, which is documented for version 3 only.
	invitation bool
}

// The routes. An invitation is read by the list: no route reads one.
var (
	routeToken = &Route{Method: http.MethodPost, Path: "/auth/app-api", Purpose: "exchanges an old key for a token"}

	routeContext = &Route{Method: http.MethodGet, Path: "/applications/{appId}/context", Purpose: "reads the application"}

	routeInvitations = &Route{
		Method: http.MethodGet, Path: "/applications/{appId}/users-invitations", Purpose: "lists the invitations", invitation: true,
	}
	routeInvite = &Route{
		Method: http.MethodPost, Path: "/applications/{appId}/users-invitations", Class: httpapi.Once, Purpose: "invites somebody", invitation: true,
	}
	// routeEdit is observed as PUT; the reference of version 3 prints POST, and roles as a list.
	routeEdit = &Route{
		Method: http.MethodPut, Path: "/applications/{appId}/users-invitations/{id}", Purpose: "changes the roles of an invitation", invitation: true,
	}
	routeCancel = &Route{
		Method: http.MethodDelete, Path: "/applications/{appId}/users-invitations/{id}", Purpose: "cancels an invitation", invitation: true,
	}
	routeResend = &Route{
		Method: http.MethodPost, Path: "/applications/{appId}/users-invitations/{id}/resend", Class: httpapi.Once,
		Purpose: "sends the mail of an invitation again", invitation: true,
	}

	routeWebhooks = &Route{Method: http.MethodGet, Path: "/applications/{appId}/envs/{env}/webhooks", Purpose: "lists the webhooks of an environment"}
	routeEvents   = &Route{Method: http.MethodGet, Path: "/webhooks/{id}/events", Purpose: "reads the events of a webhook, a page at a time"}
)

// Routes returns every route that the client uses.
func Routes() []Route {
	var routes []Route
	for _, r := range []*Route{
		routeToken, routeContext, routeInvitations, routeInvite, routeEdit, routeCancel, routeResend, routeWebhooks, routeEvents,
	} {
		routes = append(routes, *r)
	}
	return routes
}

// expand fills the parameters in, in order, each as one escaped path segment.
func (r *Route) expand(parameters ...string) string {
	path := r.Path
	for _, parameter := range parameters {
		start, end := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:start] + url.PathEscape(parameter) + path[end+1:]
	}
	return path
}
