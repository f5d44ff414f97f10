package mock

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// call is a request whose client is known, and may ask for it.
type call struct {
	*mockserver.Call
	client ClientSeed
	// account is the one that the request is about: that of the client, or the one that the request names; "" for all.
	account string
}

// handler serves a call.
type handler func(*call) (any, *refusal)

func (s *Server) routes() []mockserver.Route {
	canAudit := func(c ClientSeed) bool { return !c.NoAudit }
	canAccounts := func(c ClientSeed) bool { return !c.NoAccounts }
	return []mockserver.Route{
		{Method: http.MethodPost, Template: "/auth/open/connect/token", Handle: s.issueToken},
		{Method: http.MethodGet, Template: "/account-management/accounts", Handle: s.serve(canAccounts, s.listAccounts)},
		{Method: http.MethodGet, Template: "/account-management/accounts/{accountId}", Handle: s.serve(canAccounts, s.readAccount)},
		{Method: http.MethodGet, Template: "/audit/query/metadata", Handle: s.serve(canAudit, s.readMetadata)},
		{Method: http.MethodGet, Template: "/audit/query/cursor/{cursor}", Handle: s.serve(canAudit, s.readEvent)},
		{Method: http.MethodPost, Template: s.dialect.queryPath(), Handle: s.serve(canAudit, s.queryEvents)},
	}
}

// serve checks what is the same for all routes behind a token.
func (s *Server) serve(may func(ClientSeed) bool, handle handler) mockserver.Handler {
	return func(request *mockserver.Call) mockserver.Answer {
		client, refused := s.caller(request)
		if refused != nil {
			return s.refuse(refused)
		}
		answer := s.serveCaller(&call{Call: request, client: client}, may, handle)
		answer.Caller = client.ID
		return answer
	}
}

func (s *Server) serveCaller(c *call, may func(ClientSeed) bool, handle handler) mockserver.Answer {
	if !may(c.client) {
		return s.refuse(forbidden("The client lacks the permission for this operation."))
	}
	if refused := s.findScope(c); refused != nil {
		return s.refuse(refused)
	}
	value, refused := handle(c)
	if refused != nil {
		return s.refuse(refused)
	}
	return mockserver.JSON(http.StatusOK, value)
}

// findScope looks at the organisation and the account that a request names, in headers (documented for the usage API) or in
// the query (as the .NET SDK does).
func (s *Server) findScope(c *call) *refusal {
	query := c.Request.URL.Query()
	organisation := cmp.Or(c.Request.Header.Get("signicat-organizationid"), query.Get("signicat-organizationId"))
	account := cmp.Or(c.Request.Header.Get("signicat-accountid"), query.Get("signicat-accountId"))
	isNamed := map[ScopeNeeded]bool{
		NoScopeNeeded: true, OrganisationNeeded: organisation != "", AccountNeeded: account != "", EitherNeeded: organisation+account != "",
	}[s.dialect.ScopeNeeded]
	switch {
	case !isNamed && s.dialect.MissingScopeForbidden:
		return forbidden("The request does not name the organisation or the account that it is about.")
	case !isNamed:
		name := "signicat-organizationid"
		if s.dialect.ScopeNeeded == AccountNeeded {
			name = "signicat-accountid"
		}
		return invalid(name, "is required")
	case organisation != "" && organisation != s.organisation.ID:
		return forbidden("The client has no access to the organisation.")
	}
	c.account = cmp.Or(account, c.client.Account)
	isThere := slices.ContainsFunc(s.accounts, func(a AccountSeed) bool { return a.ID == c.account })
	if c.account != "" && (!isThere || c.client.Account != "" && c.client.Account != c.account) {
		return forbidden("The client has no access to the account.")
	}
	return nil
}

// limit is how many items the page is to have.
func (s *Server) limit(c *call, byDefault, largest int) (int, *refusal) {
	limit := byDefault
	if text := c.Request.URL.Query().Get("limit"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > largest {
			return 0, invalid("limit", "must be a number from 1 to "+strconv.Itoa(largest))
		}
		limit = number
	}
	if s.dialect.PageSize > 0 {
		limit = min(limit, s.dialect.PageSize)
	}
	return limit, nil
}
