package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// A Client talks to one application with one key. It is safe for concurrent use. It keeps the
// application, and the list of invitations until it changes one: make a new Client for a new run.
type Client struct {
	appID, environment string
	isOldKey           bool
	// asked is the version that is set, or VersionAuto.
	asked Version
	// http has a client for each version, because an old key has a token of each.
	http map[Version]*httpapi.Client

	application cell[Application]
	invitations cell[[]Invitation]
}

// New returns a client. It sends nothing. The error is a [httpapi.ConfigErrors].
func New(config Config) (*Client, error) {
	settled, wrong := config.settle()
	c := &Client{
		appID: settled.AppID, environment: settled.AppEnv, isOldKey: settled.isOldKey, asked: settled.APIVersion,
		http: map[Version]*httpapi.Client{},
	}
	for _, version := range []Version{Version3, Version4} {
		with := settled.Config.Config
		if settled.isOldKey {
			with.Exchange = c.exchange(version)
		}
		client, err := httpapi.New(with, wrong...)
		if err != nil {
			return nil, err
		}
		c.http[version] = client
	}
	return c, nil
}

// AppID returns the id of the application.
func (c *Client) AppID() string { return c.appID }

// Environment returns the environment that the key is for. Whether it bounds what the key may do
// beyond it is unknown.
func (c *Client) Environment() string { return c.environment }

// IsOldKey tells whether the key is one that is exchanged for a token.
func (c *Client) IsOldKey() bool { return c.isOldKey }

// URL returns the API URL, before the version.
func (c *Client) URL() string { return c.http[Version4].URL() }

// LongestWait is that of [httpapi.Client].
func (c *Client) LongestWait() time.Duration {
	return max(c.http[Version3].LongestWait(), c.http[Version4].LongestWait())
}

// Secrets returns patterns of what must not stand in a log.
func (c *Client) Secrets() []*regexp.Regexp {
	return append(c.http[Version3].Secrets(), c.http[Version4].Secrets()...)
}

// A call is one use of a route.
type call struct {
	route   *Route
	version Version
	httpapi.Request
}

// prepare settles the version and returns the call of a route.
func (c *Client) prepare(ctx context.Context, r *Route, parameters ...string) (call, error) {
	version, err := c.version(ctx)
	if err != nil {
		return call{}, err
	}
	return newCall(r, version, parameters...), nil
}

// newCall returns the call of a route. Its path has the version, so that messages name it.
func newCall(r *Route, version Version, parameters ...string) call {
	return call{r, version, httpapi.Request{Method: r.Method, Path: "/" + string(version) + r.expand(parameters...), Class: r.Class}}
}

// send sends the request, with retries, and returns the answer's body. Every failure is an
// [*httpapi.Error].
func (c *Client) send(ctx context.Context, call call) ([]byte, error) {
	body, _, err := c.http[call.version].Do(ctx, call.Request)
	if err != nil {
		return nil, c.hinted(call, err)
	}
	return body, nil
}

// unusable reports an answer that does not say what it should.
func (c *Client) unusable(call call, cause error) error {
	return c.http[call.version].Unusable(call.Request, cause)
}

// hinted adds to a refusal what is known of the route beyond the answer.
func (c *Client) hinted(call call, err error) error {
	var failed *httpapi.Error
	// It may be the exchange of an old key that failed.
	if !errors.As(err, &failed) || failed.Path != call.Path {
		return err
	}
	switch isMissing := failed.Status == http.StatusNotFound; {
	case call.route == routeEdit && (isMissing || failed.Status == http.StatusMethodNotAllowed):
		failed.Hint.Text = "How an invitation is changed is published in two ways: the vendor's client sends PUT, as was done here, and the reference of version 3 prints POST. " +
			"Nothing else is tried. The roles of an invitation can be changed in the Console, or by cancelling it and inviting anew."
		if call.version == Version4 {
			failed.Hint.Text += " " + c.notServed()
		}
	case isMissing && call.route.invitation && call.version == Version4:
		failed.Hint.Text = c.notServed()
	case isMissing && c.asked == VersionAuto:
		failed.Hint.Text = fmt.Sprintf("Version %q of the API was asked; if this installation serves another one, set %s.", call.version, FieldAPIVersion)
	}
	return err
}

// notServed says what a 404 to the invitation API may mean on version 4.
func (c *Client) notServed() string {
	text := "This installation may not serve the invitation API: it is documented for version 3 only."
	if c.asked == VersionAuto {
		return text + fmt.Sprintf(" Version 4 was asked because the application says that it is of that; if version 3 serves it, set %s to %q.", FieldAPIVersion, Version3)
	}
	return text + fmt.Sprintf(" If version 3 serves it, set %s to %q.", FieldAPIVersion, Version3)
}
