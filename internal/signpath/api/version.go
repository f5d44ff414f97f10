package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// versionTimeout bounds the question for the version, which is asked only to tell
// more about an answer that is there.
const versionTimeout = 10 * time.Second

// Version returns the version of the server, such as "1.220.0". It is empty if the
// server does not tell, as those before 1.186.1 do not (documented), or if it cannot
// be asked. It is asked at most once.
func (c *Client) Version(ctx context.Context) string {
	version, _ := c.snapshot.version.get(ctx, func(ctx context.Context) (string, error) { return ServerVersion(ctx, c.http), nil })
	return version
}

// ServerVersion is [Client.Version] of a server that may be asked for nothing else:
// without a token, or of no organization.
func ServerVersion(ctx context.Context, server *httpapi.Client) string {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	r := contract.RouteSystemInfo
	body, _, err := server.Do(ctx, httpapi.Request{Method: r.Method, Path: r.Path, Class: r.Class})
	if err != nil {
		return ""
	}
	return contract.ServerVersion(body)
}

// do sends the request for a route.
func (c *Client) do(ctx context.Context, r *contract.Route, request httpapi.Request) ([]byte, http.Header, error) {
	body, header, err := c.http.Do(ctx, request)
	return body, header, c.hinted(ctx, r, err)
}

// hinted gives the refusal of a request for a route a hint, if the server may be older
// than the route, and returns it. SignPath has no documented use for 404, and answers
// 403 for an unknown object (documented). Who is not a person either, as the token's own
// user, is not of the organization: [Client.Me] asks for that after all else.
func (c *Client) hinted(ctx context.Context, r *contract.Route, err error) error {
	var refused *httpapi.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Status {
	case http.StatusForbidden:
		if r == contract.RoutesOf[access.KindUser].Me || c.isOutside(ctx, r) {
			refused.Hint = httpapi.Hint{OfAll: true, Sure: true, Text: outsideAdvice}
		}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		if since := r.Since(); since != "" {
			refused.Hint = hintOfAge(r, since, c.Version(ctx))
		}
		// Of a server that is too old for the one, something else may be there.
		refused.Hint.OfAll = !refused.Hint.Sure && c.isOutside(ctx, r)
	}
	return err
}

// outsideAdvice is for a client that may not even ask for its own user.
const outsideAdvice = "The token's user may not even be asked for who it is. " +
	"So the organization is not that of the token's user, or the address is not that of its installation. " +
	"Check the organization's id and the API URL, and which token it is."

// isOutside tells whether the question for the token's own user is refused, as everything is then.
func (c *Client) isOutside(ctx context.Context, r *contract.Route) bool {
	for _, of := range contract.RoutesOf {
		if r == of.Me {
			return false // That is what is asked.
		}
	}
	if r.Global {
		return false
	}
	_, err := c.Me(ctx)
	return IsUnknownOrForbidden(err)
}

// hintOfAge says what the version of a server, if it tells one, has to do with the
// absence of a route.
func hintOfAge(r *contract.Route, since, version string) httpapi.Hint {
	switch {
	case version == "":
		return httpapi.Hint{Text: fmt.Sprintf("The installation may also be too old: %s exists since SignPath %s (changelog). "+
			"It does not tell its version, as it does since %s, so it may be older than %s. Then update it.", r, since, contract.RouteSystemInfo.Since(), since)}
	case contract.IsOlder(version, since):
		return httpapi.Hint{Sure: true, Text: fmt.Sprintf("This installation is SignPath %s. %s exists since %s (changelog). "+
			"Update it, or do without what needs this route.", version, r, since)}
	}
	return httpapi.Hint{}
}

// OldServer says, if an error certainly has that reason, what the server is too old
// for; else it is empty.
func OldServer(err error) string {
	var refused *httpapi.Error
	if errors.As(err, &refused) && refused.Hint.Sure {
		return refused.Hint.Text
	}
	return ""
}
