package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// maxPages bounds how many pages a list may have, so that a server that never ends is an error.
const maxPages = 1000

// A page is a part of a list. An empty one is not the end: only the absence of next is, or null.
type page struct {
	Data []json.RawMessage `json:"data"`
	// Next is nil if the answer does not have it.
	Next json.RawMessage `json:"next"`
}

func decodePage(body []byte) (page, error) {
	answer, err := decodeObject[page](body, "data")
	if err == nil && answer.Data == nil {
		return page{}, errors.New("its data is null, and no list")
	}
	return answer, err
}

// pages reads a list, page by page, until it ends or visit wants no more. The parameter is the name by
// which a query takes what next says. A page is full with so many items: one that is and has no next
// may be all or not, so it is an error. Every failure is an [*httpapi.Error].
func (c *Client) pages(
	ctx context.Context, first httpapi.Request, parameter string, full int, visit func([]json.RawMessage) (more bool, err error),
) (ended bool, err error) {
	request, seen := first, map[string]bool{first.Query: true}
	for range maxPages {
		answer, err := get(ctx, c, request, decodePage)
		if err != nil {
			return false, err
		}
		more, err := visit(answer.Data)
		if err != nil {
			return false, c.http.Unusable(request, err)
		}
		query, err := c.next(first, parameter, answer.Next)
		isUntold := answer.Next == nil && len(answer.Data) >= full
		if err == nil && more && isUntold {
			err = fmt.Errorf("it has %d items, as many as a page has, and no next, so whether there are more is not told", len(answer.Data))
		}
		if err != nil {
			return false, c.http.Unusable(request, err)
		}
		if query == "" || !more {
			return query == "" && !isUntold, nil
		}
		if seen[query] {
			return false, c.http.Unusable(request, errors.New("its next leads to a page that was read before, so the list would never end"))
		}
		seen[query], request.Query = true, query
	}
	return false, c.http.Unusable(request, fmt.Errorf("the list has more than %d pages", maxPages))
}

// link is what next looks like if it is a URL, whole or from the host on, and no token: the
// vendor's pages do not say which of them it is.
var link = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:)?//|^/?[^?]*\?`)

// next returns the query of the request for the page after this one, or nothing at the end. A URL must
// lead where the request went: a token is sent to no other host, and no other route is a page of the
// list.
func (c *Client) next(first httpapi.Request, parameter string, next json.RawMessage) (query string, err error) {
	var written string
	if next != nil && json.Unmarshal(next, &written) != nil { // Null is the empty text.
		return "", errors.New("its next is neither a text nor null")
	}
	if written == "" {
		return "", nil
	}
	values, err := url.ParseQuery(first.Query)
	if err != nil {
		return "", err
	}
	if !link.MatchString(written) {
		values.Set(parameter, written)
		return values.Encode(), nil
	}
	target, err := c.sameRoute(first, written)
	if err != nil {
		return "", err
	}
	further, err := url.ParseQuery(target.RawQuery)
	if err != nil {
		return "", errors.New("its next has a query that cannot be read")
	}
	if further.Encode() == "" {
		return "", errors.New("its next leads to the beginning of the list")
	}
	// What was asked for holds for each page, whatever the URL says of it.
	for name := range values {
		further[name] = values[name]
	}
	return further.Encode(), nil
}

// sameRoute returns the URL that next is, or why it is not followed.
func (c *Client) sameRoute(first httpapi.Request, next string) (*url.URL, error) {
	const nothingSent = "so it is not followed, and nothing was sent there"
	own, err := url.Parse(c.URL() + first.Path)
	if err != nil {
		return nil, err
	}
	target, err := own.Parse(next)
	if err != nil {
		return nil, errors.New("its next is no URL that can be read")
	}
	switch {
	case target.User != nil:
		return nil, errors.New("its next is a URL with credentials, " + nothingSent)
	case !strings.EqualFold(target.Hostname(), own.Hostname()) || target.Scheme == own.Scheme && port(target) != port(own):
		return nil, fmt.Errorf("its next is on another host, %q and not %q, %s", target.Host, own.Host, nothingSent)
	case target.Scheme != own.Scheme:
		return nil, fmt.Errorf("its next is a URL with the scheme %q and not %q, %s", target.Scheme, own.Scheme, nothingSent)
	case target.EscapedPath() != own.EscapedPath():
		return nil, fmt.Errorf("its next is another route, %q and not %q, %s", target.EscapedPath(), own.EscapedPath(), nothingSent)
	}
	return target, nil
}

// port is the usual one where a URL has none.
func port(u *url.URL) string {
	return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}
