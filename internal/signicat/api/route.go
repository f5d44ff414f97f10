package api

import (
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// A Route is one operation of Signicat's APIs.
type Route struct {
	// Method and Path are those of the request; a parameter of the path stands in braces.
	Method, Path string
	// Class says what may be done after an attempt whose outcome is unknown. All routes are
	// idempotent: each reads, or gets one more token.
	Class httpapi.Class
	// For says what it is for, to complete "is refused: to …".
	For string
}

// The routes that the client uses.
var (
	RouteToken         = Route{http.MethodPost, "/auth/open/connect/token", httpapi.Idempotent, "get a token"}
	RouteAccounts      = Route{http.MethodGet, "/account-management/accounts", httpapi.Idempotent, "list accounts"}
	RouteAuditMetadata = Route{http.MethodGet, "/audit/query/metadata", httpapi.Idempotent, "read what audit events can be asked by"}
	// RouteAuditQuery has an inferred path. [EventQuery.Path] replaces it.
	RouteAuditQuery = Route{http.MethodPost, "/audit/query", httpapi.Idempotent, "query audit events"}
)

// Routes returns all routes that the client uses.
func Routes() []Route {
	return []Route{RouteToken, RouteAccounts, RouteAuditMetadata, RouteAuditQuery}
}
