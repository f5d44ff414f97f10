package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// A Client talks to one organization as one user. It is safe for concurrent
// use, and answers reads from one snapshot: make a new Client for a new run.
type Client struct {
	config  Config
	http    *httpapi.Client
	mapping *contract.Mapping

	snapshot *snapshot
	editors  editors
	// seen are principals by id, as an answer had them last: it may be an item of a
	// list.
	seen sync.Map
	// told are the kinds of members, by id, as answers tell them, and slugs by what else the
	// server names principals.
	told  sync.Map
	slugs slugs
	// assumed are the routes that were written to and that the server's document does not
	// describe; showsIdentities is true once an answer had the identity of somebody.
	assumed         sync.Map
	showsIdentities atomic.Bool
	// noticed is true once ContractNotice has spoken, and mappingNoticed once MappingNotice has.
	noticed, mappingNoticed atomic.Bool
}

// New returns a client. It sends nothing. The error is a [httpapi.ConfigErrors].
func New(config Config) (*Client, error) {
	config.Service = Service
	config.Tenant = httpapi.Setting{Field: FieldOrganizationID, Value: config.OrganizationID}
	client, err := httpapi.New(config.Config, slices.Concat(refuseOrganization(config.OrganizationID), refuseURL(config.URL))...)
	if err != nil {
		return nil, err
	}
	m, err := contract.NewMapping(config.Mapping)
	if err != nil {
		return nil, httpapi.ConfigErrors{{Field: FieldMapping, Reason: err.Error()}}
	}
	c := &Client{config: config, http: client, mapping: m}
	c.snapshot = newSnapshot(c.learn)
	return c, nil
}

// OrganizationID returns the id of the organization that the client talks to.
func (c *Client) OrganizationID() string { return strings.ToLower(c.config.OrganizationID) }

// OrganizationVariable names the environment variable that the id came from; empty if none did.
func (c *Client) OrganizationVariable() string {
	if variable := c.config.Variables[FieldOrganizationID]; variable != "" {
		return "the environment variable " + variable
	}
	return ""
}

// URL returns the API URL, without /v1.
func (c *Client) URL() string { return c.http.URL() }

// LongestWait is that of [httpapi.Client].
func (c *Client) LongestWait() time.Duration { return c.http.LongestWait() }

// Secrets returns patterns of what must not stand in a log.
func (c *Client) Secrets() []*regexp.Regexp { return c.http.Secrets() }

// request returns the request for a route.
func (c *Client) request(r *contract.Route, parameters []string, body any) httpapi.Request {
	wire := c.mapping.Wire(r)
	request := httpapi.Request{Method: wire.Method, Path: wire.Expand(parameters), Class: r.Class, Body: body}
	if !r.Global {
		request.Base = "/" + wire.Version() + "/" + c.OrganizationID()
	}
	return request
}

// call sends one request, with retries, and returns the answer's body and
// header. Every failure is an [*httpapi.Error].
func (c *Client) call(ctx context.Context, r *contract.Route, parameters []string, body any) ([]byte, http.Header, error) {
	return c.do(ctx, r, c.request(r, parameters, body))
}

// getObject reads one JSON object, by the names that are assumed.
func (c *Client) getObject(ctx context.Context, r *contract.Route, parameters ...string) (contract.Object, error) {
	wire, err := get(ctx, c, r, parameters, contract.DecodeObject)
	if err != nil {
		return nil, err
	}
	o, err := c.mapping.DecodeObject(r, wire, c.principals(ctx))
	if err != nil {
		return nil, c.decoding(r, parameters, err)
	}
	return o, nil
}

// decoding reports why an answer could not be understood: because of what it says, or because
// what it speaks of could not be looked up.
func (c *Client) decoding(r *contract.Route, parameters []string, err error) error {
	var failed *httpapi.Error
	if errors.As(err, &failed) {
		return err
	}
	return c.unusable(r, parameters, err)
}

func get[T any](ctx context.Context, c *Client, r *contract.Route, parameters []string, decode func([]byte) (T, error)) (T, error) {
	var answer, none T
	var cause error
	err := c.http.Use(ctx, c.request(r, parameters, nil), func(body []byte, _ http.Header) { answer, cause = decode(body) })
	switch {
	case err != nil:
		return none, c.hinted(ctx, r, err)
	case cause != nil:
		return none, c.unusable(r, parameters, cause)
	}
	return answer, nil
}

// unusable reports an answer that does not say what it should.
func (c *Client) unusable(r *contract.Route, parameters []string, cause error) *httpapi.Error {
	var missing *contract.MissingError
	if errors.As(cause, &missing) {
		missing.Route = r
	}
	return c.http.Unusable(c.request(r, parameters, nil), cause)
}
