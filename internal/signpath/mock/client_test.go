package mock_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	demoToken        = "bW9jay10b2tlbi1vbmx5LWZvci1kZW1vLW5vLXZhbHU="
	demoOrganization = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"
	releaseSigning   = "/Projects/project-a/SigningPolicies/release-signing"
	testSigningB     = "/Projects/project-b/SigningPolicies/test-signing"
	releaseSigningB  = "/Projects/project-b/SigningPolicies/release-signing"
)

// client speaks to a mock server over HTTP, with literal names: the tests don't share wire.go with the server.
type client struct {
	t      *testing.T
	server *mock.Server
	root   string // http://127.0.0.1:port
	token  string
}

func startDemo(t *testing.T, options ...mock.Option) client {
	t.Helper()
	return startSeed(t, mock.DemoSeed(), options...)
}

func startSeed(t *testing.T, seed mock.Seed, options ...mock.Option) client {
	t.Helper()
	server, err := mock.New(seed, options...)
	if err != nil {
		t.Fatal(err)
	}
	root, stop, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return client{t, server, root, demoToken}
}

// in returns a client that reports to a subtest.
func (c client) in(t *testing.T) client {
	c.t = t
	return c
}

// as returns a client of another user, who gets a new token.
func (c client) as(reference string) client {
	c.t.Helper()
	token, err := c.server.Administrator("").IssueToken(reference)
	c.must(err)
	c.token = token
	return c
}

func (c client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c client) id(reference string) string {
	c.t.Helper()
	id, err := c.server.ID(reference)
	c.must(err)
	return id
}

func (c client) ids(references ...string) []string {
	c.t.Helper()
	ids := make([]string, 0, len(references))
	for _, reference := range references {
		ids = append(ids, c.id(reference))
	}
	return ids
}

type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// request builds a request of a path below the organization.
func (c client) request(method, path string, body io.Reader) *http.Request {
	c.t.Helper()
	url := path
	if !strings.HasPrefix(path, "http") {
		url = c.root + "/Api/v1/" + demoOrganization + path
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, url, body)
	c.must(err)
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

func (c client) do(request *http.Request) (reply, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{c.t, response.StatusCode, response.Header, string(body)}, err
}

func (c client) get(path string) reply {
	c.t.Helper()
	answer, err := c.do(c.request(http.MethodGet, path, nil))
	c.must(err)
	return answer
}

func (c client) post(path string, body any) reply {
	c.t.Helper()
	content, err := json.Marshal(body)
	c.must(err)
	answer, err := c.do(c.request(http.MethodPost, path, bytes.NewReader(content)))
	c.must(err)
	return answer
}

// editBody reads an object and makes the body of an Edit request of it, as a careful client does.
func (c client) editBody(path string) map[string]any {
	c.t.Helper()
	body := c.get(path).ok().object()
	for response, request := range map[string]string{
		"verifiesOriginPolicy":       "verifyOriginPolicy",
		"verifiesTrustedBuildSystem": "verifyTrustedBuildSystem",
		"usesApprovalProcess":        "useApprovalProcess",
	} {
		if value, has := body[response]; has {
			body[request] = value
			delete(body, response)
		}
	}
	return body
}

// editWith edits an object carefully, with some properties changed.
func (c client) editWith(path string, changes map[string]any) reply {
	c.t.Helper()
	body := c.editBody(path)
	for name, value := range changes {
		body[name] = value
	}
	return c.post(path+"/Edit", body)
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

func (r reply) decode(target any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.body), target); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
}

func (r reply) object() map[string]any {
	r.t.Helper()
	var object map[string]any
	r.decode(&object)
	return object
}

func (r reply) list() []map[string]any {
	r.t.Helper()
	var list []map[string]any
	r.decode(&list)
	return list
}

type problemDetails struct {
	Type, Title, Detail, TraceID string
	Status                       int
	Errors                       map[string][]string
}

func (r reply) problem() problemDetails {
	r.t.Helper()
	var details problemDetails
	r.decode(&details)
	return details
}

// refused expects problem details with a text about one property, or in the detail if property is "-".
func (r reply) refused(status int, property, text string) {
	r.t.Helper()
	details := r.expect(status).problem()
	message := details.Detail
	if property != "-" {
		message = strings.Join(details.Errors[property], " ")
	}
	if !strings.Contains(message, text) {
		r.t.Errorf("%q is not in %q of %s", text, property, r.body)
	}
}

// named returns the item of a list with a name.
func named(t *testing.T, items []map[string]any, name string) map[string]any {
	t.Helper()
	for _, item := range items {
		if item["name"] == name {
			return item
		}
	}
	t.Fatalf("nothing is named %q in %v", name, items)
	return nil
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	gotJSON, gotErr := json.Marshal(got)
	wantJSON, wantErr := json.Marshal(want)
	if gotErr != nil || wantErr != nil {
		t.Fatal(gotErr, wantErr)
	}
	if !bytes.Equal(gotJSON, wantJSON) {
		t.Errorf("%s: got %s, want %s", what, gotJSON, wantJSON)
	}
}
