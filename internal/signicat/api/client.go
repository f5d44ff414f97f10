package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"sync/atomic"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// A Client asks as one API client. It is safe for concurrent use.
type Client struct {
	config Config
	http   *httpapi.Client
	// account is the account of the API client, as its token has it; empty for that of an
	// organisation, and before the first token.
	account atomic.Value
}

// New returns a client. It sends nothing. The error is a [httpapi.ConfigErrors].
func New(config Config) (*Client, error) {
	c := &Client{config: config}
	config.Service = Service
	config.Tenant = httpapi.Setting{Field: FieldOrganisationID, Value: config.OrganisationID}
	config.Exchange = c.exchange
	client, err := httpapi.New(config.Config, config.refuse()...)
	if err != nil {
		return nil, err
	}
	c.http = client
	return c, nil
}

// OrganisationID returns the id of the organisation that the client asks for; empty if none was set.
func (c *Client) OrganisationID() string { return c.config.OrganisationID }

// URL returns the API URL.
func (c *Client) URL() string { return c.http.URL() }

// Secrets returns patterns of what must not stand in a log.
func (c *Client) Secrets() []*regexp.Regexp { return c.http.Secrets() }

// The names by which the vendor's SDK tells for whom it asks, with every request (observed). Which of
// them the account and audit APIs need is not known, so all are sent that can be.
const (
	headerOrganisation = "Signicat-OrganizationId"
	queryOrganisation  = "signicat-organizationId"
	queryAccount       = "signicat-accountId"
)

// request returns a request for a route, with the token at hand whose account it has to name.
func (c *Client) request(ctx context.Context, r Route, path string, query url.Values, body any) (httpapi.Request, error) {
	if err := c.http.Authorize(ctx); err != nil {
		return httpapi.Request{}, err
	}
	header := http.Header{}
	if query == nil {
		query = url.Values{}
	}
	if c.config.OrganisationID != "" {
		header.Set(headerOrganisation, c.config.OrganisationID)
		query.Set(queryOrganisation, c.config.OrganisationID)
	}
	if account, _ := c.account.Load().(string); account != "" {
		query.Set(queryAccount, account)
	}
	return httpapi.Request{Method: r.Method, Path: path, Query: query.Encode(), Class: r.Class, Header: header, Body: body}, nil
}

// get sends a request and decodes its answer. Every failure is an [*httpapi.Error].
func get[T any](ctx context.Context, c *Client, request httpapi.Request, decode func([]byte) (T, error)) (T, error) {
	var answer, none T
	var cause error
	err := c.http.Use(ctx, request, func(body []byte, _ http.Header) { answer, cause = decode(body) })
	switch {
	case err != nil:
		return none, err
	case cause != nil:
		return none, c.http.Unusable(request, cause)
	}
	return answer, nil
}

// decodeObject reads a JSON object that has certain properties, which may be null.
func decodeObject[T any](body []byte, properties ...string) (T, error) {
	var object T
	var found map[string]json.RawMessage
	if json.Unmarshal(body, &found) != nil || found == nil {
		return object, httpapi.NotJSON(body, "no JSON object")
	}
	for _, name := range properties {
		if _, ok := found[name]; !ok {
			return object, errors.New("it has no " + name)
		}
	}
	if err := json.Unmarshal(body, &object); err != nil {
		return object, wrongForm(err)
	}
	return object, nil
}

// wrongForm says which property has another form than the contract says, without its value.
func wrongForm(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return errors.New("its " + wrong.Field + " is a " + wrong.Value + ", which is not what was expected")
	}
	return httpapi.ErrNotJSON
}
