package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver/mockservertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

const (
	organisation = "o-p-BBBBBBBBBBBBBBBBBBBB"
	shop         = "a-ppge-AAAAAAAAAAAAAAAAAAAA"
	shopCI       = "a-spge-CCCCCCCCCCCCCCCCCCCC"
	oldLab       = "a-spge-DDDDDDDDDDDDDDDDDDDD"

	orgClient, orgSecret         = "org-round-apple-123", "mock-secret-only-for-demo-no-value"
	accountClient, accountSecret = "sandbox-blue-pear-7", "mock-secret-of-the-sandbox-account"

	accountsPath = "/account-management/accounts"
	queryPath    = "/audit/query"
	tokenPath    = "/auth/open/connect/token"
)

// judge is the document with what the client does without: the server has that as well.
var judge = contracttest.MustNew([]byte(strings.ReplaceAll(string(contract.OpenAPI()), "x-client: not used", "x-client: judged here")))

func TestMain(m *testing.M) { os.Exit(judge.RunAll(m)) }

func TestIndependence(t *testing.T) { mockservertest.Independent(t, ".") }

// start is when the clock of the tests begins.
var start = time.Date(2026, time.November, 28, 12, 0, 0, 0, time.UTC)

// client speaks to a mock server by plain HTTP.
type client struct {
	t      *testing.T
	server *mock.Server
	root   string
	now    *time.Time
	token  string
	header http.Header
}

func startDemo(t *testing.T, options ...mock.Option) *client {
	t.Helper()
	return startSeed(t, mock.DemoSeed(), options...)
}

func startDialect(t *testing.T, names string) *client {
	t.Helper()
	dialect, err := mock.ParseDialect(names)
	if err != nil {
		t.Fatal(err)
	}
	var excuse []contracttest.Option
	if dialect.QueryPath != "" {
		excuse = append(excuse, contracttest.Unwatched("this dialect has another path"))
	}
	return startDemo(t, mock.WithDialect(dialect), mock.WithMiddleware(judge.Middleware(t, excuse...)))
}

// startSeed starts a server under the contract middleware, with a client of the organisation that has a token.
func startSeed(t *testing.T, seed mock.Seed, options ...mock.Option) *client {
	t.Helper()
	now := start
	options = append([]mock.Option{mock.WithMiddleware(judge.Middleware(t)), mock.WithClock(func() time.Time { return now })}, options...)
	server, err := mock.New(seed, options...)
	if err != nil {
		t.Fatal(err)
	}
	root, stop, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return (&client{t: t, server: server, root: root, now: &now, header: http.Header{}}).as(orgClient, orgSecret)
}

// as returns a client with a token, or, if none is issued, without.
func (c *client) as(id, secret string) *client {
	c.t.Helper()
	other := *c
	other.header, other.token = http.Header{}, ""
	for _, answer := range []reply{other.form(credentials(id, secret)), other.basic(id, secret)} {
		if token, _ := answer.object()["access_token"].(string); token != "" {
			other.token = token
		}
	}
	return &other
}

func credentials(id, secret string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "scope": {"signicat-api"}, "client_id": {id}, "client_secret": {secret}}
}

func (c *client) form(fields url.Values) reply {
	c.t.Helper()
	return c.send(http.MethodPost, tokenPath, fields.Encode(), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
}

func (c *client) basic(id, secret string) reply {
	c.t.Helper()
	fields := url.Values{"grant_type": {"client_credentials"}, "scope": {"signicat-api"}}
	return c.send(http.MethodPost, tokenPath, fields.Encode(), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	})
}

type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (c *client) send(method, path, body string, edits ...func(*http.Request)) reply {
	c.t.Helper()
	target := path
	if !strings.HasPrefix(path, "http") {
		target = c.root + path
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, edit := range edits {
		edit(request)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{c.t, response.StatusCode, response.Header, string(content)}
}

func (c *client) authorize(r *http.Request) {
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
}

func (c *client) get(path string) reply {
	c.t.Helper()
	return c.send(http.MethodGet, path, "", c.authorize)
}

func (c *client) post(path, body string) reply {
	c.t.Helper()
	return c.send(http.MethodPost, path, body, c.authorize, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
}

func (r reply) expect(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// object is empty for a body that is none.
func (r reply) object() map[string]any {
	object := map[string]any{}
	_ = json.Unmarshal([]byte(r.body), &object)
	return object
}

// items are those of the field data.
func (r reply) items() []map[string]any {
	r.t.Helper()
	r.expect(http.StatusOK)
	var list struct{ Data []map[string]any }
	if err := json.Unmarshal([]byte(r.body), &list); err != nil || list.Data == nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
	return list.Data
}

func (r reply) next() string {
	next, _ := r.object()["next"].(string)
	return next
}

// all follows next by a parameter of the query.
func (c *client) all(parameter string, ask func(query string) reply) (items []map[string]any, pages int) {
	c.t.Helper()
	query := ""
	for pages = 1; pages < 20; pages++ {
		answer := ask(query)
		items = append(items, answer.items()...)
		if answer.next() == "" {
			return items, pages
		}
		query = "?" + parameter + "=" + url.QueryEscape(answer.next())
	}
	return items, pages
}

func list(items []map[string]any, field string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i], _ = item[field].(string)
	}
	return strings.Join(texts, " ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
