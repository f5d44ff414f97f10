package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// A ContractMode says how the client settles the names that SignPath does not
// publish before it writes.
type ContractMode string

const (
	// ContractAuto reads the server's own OpenAPI document before the first write is
	// planned or sent, and goes by it. Without a document it assumes.
	ContractAuto ContractMode = "auto"
	// ContractAssumed writes with the assumed names and reads no document.
	ContractAssumed ContractMode = "assumed"
)

// A negotiation is what the server's own document says; if there is none, absence
// says why.
type negotiation struct {
	contract.Negotiation
	absence string
}

// negotiate reads the server's document. A server that has none, or whose
// document cannot be used, leaves the negotiation without one; a failure that says
// nothing about that is an error.
func (c *Client) negotiate(ctx context.Context) (negotiation, error) {
	body, _, err := c.call(ctx, contract.RouteDocument, nil, nil)
	if err != nil {
		if absence := absenceOf(err); absence != "" {
			return negotiation{contract.Assume(c.mapping), absence}, nil
		}
		return negotiation{}, fmt.Errorf("the server's OpenAPI document, which tells how to write, could not be read: %w", err)
	}
	negotiated, err := contract.Negotiate(body, c.mapping)
	switch {
	case errors.Is(err, contract.ErrDocumentTooLarge):
		return negotiation{}, c.unusable(contract.RouteDocument, nil, fmt.Errorf("it is %w", err))
	case err != nil:
		return negotiation{contract.Assume(c.mapping), fmt.Sprintf("what %s answered is %v", contract.RouteDocument, err)}, nil
	}
	return negotiation{Negotiation: negotiated}, nil
}

// absenceOf says why there is no document; it is empty if that is not certain.
func absenceOf(err error) string {
	var e *httpapi.Error
	if !errors.As(err, &e) || e.Status < http.StatusMultipleChoices || e.Status >= http.StatusInternalServerError {
		return ""
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return ""
	}
	return fmt.Sprintf("%s answered %d", contract.RouteDocument, e.Status)
}

// settle finds out how a write is to be sent, before the first of its run with
// one request for the server's document. The error is a [*contract.Error] if the
// document contradicts all that is plausible, or an [*httpapi.Error] if it is not known
// whether there is a document.
func (c *Client) settle(ctx context.Context, r *contract.Route) (contract.Settled, error) {
	negotiated, err := c.document(ctx)
	if err != nil {
		return contract.Settled{}, err
	}
	return negotiated.Settle(r, c.principals(ctx))
}

// kindOf is asked where an installation takes members per kind. A destroy may have read
// no list yet, and who is on the access list may be newer than the lists that were read,
// or on a page of them that the document has just told of.
func (c *Client) kindOf(ctx context.Context, id string) (access.Kind, bool) {
	if p, ok := c.snapshot.directory.Get(id); ok {
		return p.Kind, true
	}
	if told, ok := c.told.Load(id); ok {
		kind, _ := told.(access.Kind)
		return kind, true
	}
	if _, err := c.References(ctx, []string{id}); err != nil {
		return "", false
	}
	p, ok := c.snapshot.directory.Get(id)
	return p.Kind, ok
}

// A composer returns what a request says, in the form that the installation takes;
// nil for a request that says nothing.
type composer func(contract.Settled) (json.RawMessage, error)

// compose settles a write and returns its request.
func (c *Client) compose(ctx context.Context, r *contract.Route, compose composer) (contract.Settled, json.RawMessage, error) {
	settled, err := c.settle(ctx, r)
	if err != nil {
		return settled, nil, err
	}
	if compose == nil {
		compose = func(s contract.Settled) (json.RawMessage, error) { return s.Compose(nil) }
	}
	body, err := compose(settled)
	return settled, body, err
}

// write sends a request that changes something.
func (c *Client) write(ctx context.Context, r *contract.Route, parameters []string, compose composer) ([]byte, http.Header, error) {
	settled, body, err := c.compose(ctx, r, compose)
	if err != nil {
		return nil, nil, err
	}
	if settled.IsAssumed() {
		c.assumed.Store(r, true)
	}
	return c.call(ctx, r, parameters, body)
}

// MappingNotice returns, once, a warning that the server's own document is another one than the
// mapping was made from, though all that the mapping says of it still fits: what does not is refused.
// It is empty if there is nothing to say, or if it was said.
func (c *Client) MappingNotice() string {
	known, ok := c.snapshot.negotiation.peek()
	if !ok || !known.IsOtherDocument() || len(known.Unfit()) > 0 || c.mappingNoticed.Swap(true) {
		return ""
	}
	return "The server's own OpenAPI document is another one than the mapping was made from. " +
		"All that the mapping says of it still fits, so the provider goes by the mapping. " +
		"Look through `signpathctl contract map` with --mapping, which brings it up to date."
}

// ContractNotice returns, once, a warning that the client wrote with assumed names
// because the server offers no document to check them against, or one that does not
// say what it takes, and whether there is a document. The warning is empty if there is
// nothing to say, or if it was said.
func (c *Client) ContractNotice() (notice string, hasDocument bool) {
	known, ok := c.snapshot.negotiation.peek()
	if !ok {
		return "", false
	}
	lacks := fmt.Sprintf("does not offer its own OpenAPI document to settle them (%s)", known.absence)
	if known.HasDocument() {
		routes := c.assumedRoutes()
		if len(routes) == 0 {
			return "", true
		}
		lacks = "has an OpenAPI document that does not say what these take: " + strings.Join(routes, ", ")
	}
	if c.noticed.Swap(true) {
		return "", known.HasDocument()
	}
	return fmt.Sprintf("The names in SignPath's API are not all published, and this installation %s. "+
		"So the provider writes with the names that it assumes, and checks what became of it by reading it back. "+
		"A setting that an edit takes and that no answer shows cannot be known then: the edit may reset it unseen.", lacks), known.HasDocument()
}

// assumedRoutes are those to which something was written that no document describes.
func (c *Client) assumedRoutes() []string {
	var routes []string
	c.assumed.Range(func(r, _ any) bool {
		routes = append(routes, fmt.Sprint(r))
		return true
	})
	slices.Sort(routes)
	return routes
}
