package mock_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

// openAPI judges by the whole document, also by what the client does without.
var openAPI = contracttest.MustNew(bytes.ReplaceAll(contract.OpenAPI(), []byte("x-client: not used"), nil))

func TestMain(m *testing.M) { os.Exit(openAPI.RunAll(m)) }

const (
	application = "appId_11111111-2222-3333-4444-555555555555"
	demoKey     = "skv2_development_11111111-2222-3333-4444-555555555555_MockOnlyDemoKeyOfDevelopmentD3V1"
	oldKey      = "sk_development_MockOnlyDemoOldKey0LDk"

	invitations = "/applications/" + application + "/users-invitations"
	appContext  = "/applications/" + application + "/context"
	hooks       = "/applications/" + application + "/envs/PRODUCTION/webhooks"
	events      = "/webhooks/66bf00000000000000000003/events"
)

// Ids of invitations in the demo seed.
const (
	accepted = "65a0c0ffee00000000000001"
	pending  = "65a0c0ffee00000000000002"
	declined = "65a0c0ffee00000000000003"
	canceled = "65a0c0ffee00000000000004"
)

// client speaks to a mock server by net/http, with literal names.
type client struct {
	t       *testing.T
	server  *mock.Server
	root    string
	version string
	key     string
}

// start starts the demo in a dialect, with the contract before it.
func start(t *testing.T, dialect string, options ...mock.Option) client {
	t.Helper()
	return startJudged(t, dialect, nil, options...)
}

// startUnjudged is start for requests that the contract does not have.
func startUnjudged(t *testing.T, dialect, reason string, options ...mock.Option) client {
	t.Helper()
	return startJudged(t, dialect, []contracttest.Option{contracttest.Unwatched(reason)}, options...)
}

func startJudged(t *testing.T, dialect string, judge []contracttest.Option, options ...mock.Option) client {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	must(t, err)
	all := append([]mock.Option{mock.WithDialect(parsed), mock.WithMiddleware(openAPI.Middleware(t, judge...))}, options...)
	server, err := mock.New(mock.DemoSeed(), all...)
	must(t, err)
	root, stop, err := server.Start()
	must(t, err)
	t.Cleanup(stop)
	return client{t, server, root, "v4", demoKey}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c client) on(version string) client {
	c.version = version
	return c
}

func (c client) with(key string) client {
	c.key = key
	return c
}

type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// send sends a request below the version, with a body as JSON unless that is nil.
func (c client) send(method, path string, body any) reply {
	c.t.Helper()
	return c.sendTo(c.root+"/"+c.version+path, method, body)
}

// control sends a request to a control endpoint.
func (c client) control(method, path string, body any) reply {
	c.t.Helper()
	return c.sendTo(c.root+"/_mock/"+path, method, body)
}

func (c client) sendTo(url, method string, body any) reply {
	c.t.Helper()
	answer, err := c.try(url, method, body)
	must(c.t, err)
	return answer
}

func (c client) try(url, method string, body any) (reply, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		must(c.t, err)
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, url, content)
	must(c.t, err)
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return reply{c.t, response.StatusCode, response.Header, string(read)}, err
}

func (c client) get(path string) reply {
	c.t.Helper()
	return c.send(http.MethodGet, path, nil)
}

// invite is the usual invitation.
func (c client) invite(email string, roles any) reply {
	c.t.Helper()
	return c.send(http.MethodPost, invitations, map[string]any{"email": email, "roles": roles})
}

// list are the invitations as "address STATUS".
func (c client) list() string {
	c.t.Helper()
	var lines []string
	for _, item := range c.get(invitations).ok().list() {
		lines = append(lines, item["email"].(string)+" "+item["status"].(string))
	}
	return strings.Join(lines, "\n")
}

// members are those of the Console as "address DEVELOPMENT/STAGING/PRODUCTION".
func (c client) members() string {
	var lines []string
	for _, m := range c.server.Members() {
		lists := []string{strings.Join(m.Roles["DEVELOPMENT"], "+"), strings.Join(m.Roles["STAGING"], "+"), strings.Join(m.Roles["PRODUCTION"], "+")}
		lines = append(lines, m.Email+" "+strings.Join(lists, "/"))
	}
	return strings.Join(lines, "\n")
}

func (r reply) expect(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (r reply) ok() reply {
	r.t.Helper()
	return r.expect(http.StatusOK)
}

// refused expects an error with the five documented names.
func (r reply) refused(status int, code string) reply {
	r.t.Helper()
	body := r.expect(status).object()
	if body["code"] != code || body["status"] != float64(status) {
		r.t.Errorf("got %s, want the code %s", r.body, code)
	}
	for _, name := range []string{"message", "timestamp", "context"} {
		if body[name] == nil {
			r.t.Errorf("%s has no %s", r.body, name)
		}
	}
	return r
}

// outcome is the status, and the code of an error.
func (r reply) outcome() string {
	r.t.Helper()
	code, _ := r.decode().(map[string]any)["code"].(string)
	return strings.TrimSpace(http.StatusText(r.status) + " " + code)
}

func (r reply) decode() any {
	r.t.Helper()
	var value any
	must(r.t, json.Unmarshal([]byte(r.body), &value))
	return value
}

func (r reply) object() map[string]any {
	r.t.Helper()
	return r.decode().(map[string]any)
}

func (r reply) list() []map[string]any {
	r.t.Helper()
	var list []map[string]any
	must(r.t, json.Unmarshal([]byte(r.body), &list))
	return list
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	gotJSON, _ := json.Marshal(got)
	wantJSON, _ := json.Marshal(want)
	if !bytes.Equal(gotJSON, wantJSON) {
		t.Errorf("%s: got %s, want %s", what, gotJSON, wantJSON)
	}
}

type object = map[string]any
