package referee_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/referee"
)

const (
	token = "bW9jay10b2tlbi1vbmx5LWZvci1kZW1vLW5vLXZhbHU="
	below = "/Api/v1/5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"
	user  = "/CIUsers/1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"

	goodUser = `{"id":"1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f","name":"build","role":"RegularUser","isActive":true,"newSetting":7}`
)

// A game is a test of its own that is watched: it ends when report is called.
type game struct {
	testing.TB
	cleanups []func()
	errors   []string
	logs     []string
}

func (*game) Helper() {}

func (g *game) Cleanup(end func()) { g.cleanups = append(g.cleanups, end) }

func (g *game) Error(arguments ...any) { g.errors = append(g.errors, fmt.Sprint(arguments...)) }

func (g *game) Errorf(format string, arguments ...any) { g.Error(fmt.Sprintf(format, arguments...)) }

func (g *game) Logf(format string, arguments ...any) {
	g.logs = append(g.logs, fmt.Sprintf(format, arguments...))
}

// report ends the game and returns its errors, one per line.
func (g *game) report() string {
	for _, end := range slices.Backward(g.cleanups) {
		end()
	}
	return strings.Join(g.errors, "\n")
}

// server answers everything in one way.
type server struct {
	status      int
	contentType string
	header      http.Header
	body        string
}

func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	for name, values := range s.header {
		w.Header()[name] = values
	}
	if s.contentType != "" {
		w.Header().Set("Content-Type", s.contentType)
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func answering(body string) server {
	return server{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: body}
}

// send is one request of a client. Its path is below the organization unless it
// begins with two slashes.
func send(watched http.Handler, method, path, body string) *httptest.ResponseRecorder {
	if rooted, found := strings.CutPrefix(path, "/"); found && strings.HasPrefix(rooted, "/") {
		path = rooted
	} else {
		path = below + path
	}
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	watched.ServeHTTP(recorder, request)
	return recorder
}

var contract = referee.MustNew(api.ContractDocument())

func TestTheRefereeCatches(t *testing.T) {
	created := server{status: http.StatusCreated}
	project := `{"slug":"a","name":"A","signingPolicies":[],"readers":%s,"configurators":[]}`
	tests := map[string]struct {
		method, path, body string
		answer             server
		want               string
	}{
		"a property of the wrong type in a request": {
			"POST", user + "/Edit", `{"name":"build","role":{"value":"GlobalReader"}}`,
			server{status: 204},
			"contract: POST /v1/{organization}/CIUsers/{id}/Edit: request: /role: value must be a string",
		},
		"a list of members that is none": {
			"POST", "/Projects/a/Edit", `{"name":"A","readers":"everyone","configurators":[]}`,
			server{status: 200},
			"/Projects/{project}/Edit: request: /readers: value must be",
		},
		"a member that is no id": {
			"POST", "/Projects/a/Edit", `{"name":"A","configurators":[],"readers":["1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f","lead@example.com"]}`,
			server{status: 200},
			"/Projects/{project}/Edit: request: /readers/*: string doesn't match",
		},
		"an unknown property in a create": {
			"POST", "/CIUsers", `{"name":"build","globalRole":"GlobalReader"}`, created,
			`contract: POST /v1/{organization}/CIUsers: request: property "globalRole" is unsupported`,
		},
		"a property that is missing": {
			"POST", "/InteractiveUsers", `{"name":"Lead"}`, created,
			`POST /v1/{organization}/InteractiveUsers: request: /accountEmailAddress: property "accountEmailAddress" is missing`,
		},
		"members in the edit of a group": {
			"POST", "/UserGroups" + user[len("/CIUsers"):] + "/Edit", `{"name":"Managers","members":[]}`,
			server{status: 200},
			`UserGroups/{id}/Edit: request: it does not fit "not" of the schema`,
		},
		"a request without a body": {
			"POST", user + "/Activate", ``, server{status: 200}, "/Activate: request: value is required but missing",
		},
		"a request that is no JSON": {
			"POST", "/CIUsers", `name=build`, created, "/CIUsers: request: failed to decode request body",
		},
		"an id that is none": {
			"GET", "/CIUsers/build", ``, answering(goodUser), "GET /v1/{organization}/CIUsers/{id}: request: path parameter id: string doesn't match",
		},
		"a query that the route does not have": {
			"GET", "/CIUsers?page=2", ``, answering("[]"), "GET /v1/{organization}/CIUsers: request: query parameter page: the document does not have it",
		},
		"an unknown route": {
			"DELETE", "/Projects/a", ``, server{status: 200}, "contract: DELETE /Projects/a: the document does not have the method for this path",
		},
		"an unknown path": {
			"GET", "/Roles", ``, answering("[]"), "contract: GET /Roles: the document does not have the path",
		},
		"a path outside of the organization": {
			"GET", "//Api/v2/Projects", ``, answering("[]"), "contract: GET /Api/v2/Projects: the document does not have the path",
		},

		"a role of the wrong type in an answer": {
			"GET", user, ``, answering(strings.Replace(goodUser, `"RegularUser"`, `7`, 1)),
			"contract: GET /v1/{organization}/CIUsers/{id}: answer 200: /role: value must be a string",
		},
		"a role of the wrong type in a list": {
			"GET", "/CIUsers", ``, answering("[" + goodUser + "," + strings.Replace(goodUser, `"RegularUser"`, `null`, 1) + "]"),
			"contract: GET /v1/{organization}/CIUsers: answer 200: /*/role: Value is not nullable",
		},
		"a role of the wrong type in a wrapped list": {
			"GET", "/CIUsers", ``, answering(`{"ciUsers":[` + strings.Replace(goodUser, `"RegularUser"`, `7`, 1) + "]}"),
			"answer 200: /ciUsers/*/role: value must be a string",
		},
		"a list that may be a page": {
			"GET", "/CIUsers", ``, answering(`{"ciUsers":[],"next":2}`), `answer 200: property "next" is unsupported`,
		},
		"an answer that lacks its role": {
			"GET", user, ``, answering(strings.Replace(goodUser, "role", "globalRole", 1)), `answer 200: /role: property "role" is missing`,
		},
		"a member in an unknown form": {
			"GET", "/Projects/a", ``, answering(fmt.Sprintf(project, `[{"email":"lead@example.com"}]`)), `answer 200: /readers/*/id: property "id" is missing`,
		},
		"members of an unknown kind": {
			"GET", "/Projects/a", ``, answering(fmt.Sprintf(project, `{"robots":[]}`)), `answer 200: /readers: property "robots" is unsupported`,
		},
		"a status that the route does not have": {
			"GET", user, ``, server{status: 204}, "answer 204: status is not supported",
		},
		"an answer that is no JSON": {
			"GET", user, ``, answering("<html>"), "answer 200: failed to decode response body",
		},
		"a refusal in HTML": {
			"GET", user, ``, server{status: 403, contentType: "text/html", body: "<html>"}, `answer 403: response header Content-Type has unexpected value: "text/html"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &game{TB: t}
			send(contract.Watch(g, test.answer), test.method, test.path, test.body)
			if got := g.report(); !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("reported\n%q, want one violation with\n%q", got, test.want)
			}
		})
	}
}

func TestTheRefereeLetsPass(t *testing.T) {
	id := `"1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"`
	group := `{"id":` + id + `,"name":"Managers","members":%s}`
	tests := map[string]struct {
		method, path, body string
		answer             server
	}{
		"a summary in a list":     {"GET", "/CIUsers", ``, answering(`[{"id":` + id + `,"name":"build"}]`)},
		"a wrapped list":          {"GET", "/CIUsers", ``, answering(`{"ciUsers":[` + goodUser + `]}`)},
		"members as ids":          {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, "["+id+"]"))},
		"members as objects":      {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `[{"id":`+id+`,"name":"Lead"}]`))},
		"members per kind":        {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `{"interactiveUsers":[`+id+`],"ciUsers":[],"userGroups":[]}`))},
		"no members":              {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `[]`))},
		"null members":            {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `null`))},
		"a create with an id":     {"POST", "/CIUsers", `{"name":"build"}`, server{status: 201, contentType: "application/json", body: `{"ciUserId":` + id + `}`}},
		"a create with no body":   {"POST", "/CIUsers", `{"name":"build"}`, server{status: 201}},
		"an unknown property":     {"POST", user + "/Edit", goodUser, server{status: 204}},
		"an escaped slug":         {"GET", "/Projects/a%2Fb", ``, answering(`{"slug":"a/b","name":"A","readers":[],"configurators":[]}`)},
		"problem details":         {"GET", user, ``, server{status: 403, contentType: "application/problem+json", body: `{"title":"Forbidden","status":403}`}},
		"a refusal in plain text": {"GET", user, ``, server{status: 401, contentType: "text/plain; charset=utf-8", body: "No."}},
		"a control endpoint":      {"POST", "//_mock/faults", `{}`, answering("7")},
		"the server's document":   {"GET", "//Api/swagger/v1/swagger.json", ``, answering("{}")},
		"an answer of a fault":    {"GET", user, ``, server{status: 502, header: http.Header{"Mock-Fault": {"answer"}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &game{TB: t}
			answer := send(contract.Watch(g, test.answer), test.method, test.path, test.body)
			if got := g.report(); got != "" {
				t.Errorf("reported %q", got)
			}
			if answer.Code != test.answer.status || answer.Body.String() != test.answer.body {
				t.Errorf("the client got %d, %q", answer.Code, answer.Body)
			}
		})
	}
}

// A request is judged whatever becomes of it.
func TestTheRequestOfAFaultIsJudged(t *testing.T) {
	g := &game{TB: t}
	fault := server{status: 502, header: http.Header{"Mock-Fault": {"answer"}}}
	send(contract.Watch(g, fault), "POST", "/CIUsers", `{"name":7}`)
	if got := g.report(); !strings.Contains(got, "/name: value must be a string") {
		t.Errorf("reported %q", got)
	}
}

func TestARequestNeedsAToken(t *testing.T) {
	g := &game{TB: t}
	request := httptest.NewRequest("GET", below+user, http.NoBody)
	contract.Watch(g, answering(goodUser)).ServeHTTP(httptest.NewRecorder(), request)
	if got := g.report(); !strings.Contains(got, "request: it has no bearer token") {
		t.Errorf("reported %q", got)
	}
}

// Values may be secret, and a token may also stand where it does not belong.
func TestAReportHasNoValues(t *testing.T) {
	const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I="
	requests := []struct{ method, path, body string }{
		{"POST", "/CIUsers", `{"name":["` + secret + `"],"` + token + `":true}`},
		{"POST", "/CIUsers", `{"name":"x","` + token + `":true}`},
		{"GET", "/CIUsers/" + secret, ``},
		{"GET", "/" + token, ``},
		{"GET", "/CIUsers?token=" + secret, ``},
		{"GET", "/CIUsers?" + strings.TrimRight(token, "="), ``},
		{"POST", user + "/RegenerateApiToken", `{}`},
	}
	for _, r := range requests {
		for _, body := range []string{`{"apiToken":["` + secret + `"]}`, secret, `"` + secret + `"`, `["` + secret + `"]`} {
			g := &game{TB: t}
			send(contract.Watch(g, answering(body)), r.method, r.path, r.body)
			report := g.report()
			if report == "" || strings.Contains(report, secret) || strings.Contains(report, token) {
				t.Errorf("%s %s: reported %q", r.method, r.path, report)
			}
		}
	}
}

func TestTheSameViolationIsReportedOnce(t *testing.T) {
	g := &game{TB: t}
	watched := contract.Watch(g, answering(`[{"id":"1"}]`))
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() { send(watched, "GET", "/CIUsers", "") })
	}
	clients.Wait()
	if got := g.report(); !strings.HasSuffix(got, "(20 times)") || strings.Contains(got, "\n") {
		t.Errorf("reported %q", got)
	}
}

// What a test has begun is judged to its end before the test is.
func TestTheReportWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &game{TB: t}
		resume, reported := make(chan bool), make(chan string, 1)
		watched := contract.Watch(g, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			<-resume
			w.WriteHeader(http.StatusNoContent)
		}))
		go send(watched, "GET", user, "")
		synctest.Wait()
		go func() { reported <- g.report() }()
		synctest.Wait()
		resume <- true
		if got := <-reported; !strings.Contains(got, "answer 204: status is not supported") {
			t.Errorf("reported %q", got)
		}
	})
}

// An answer that is cut off is no answer, and stays cut off for the client.
func TestAnAnswerThatIsCutOff(t *testing.T) {
	g := &game{TB: t}
	watched := contract.Watch(g, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	served := httptest.NewServer(watched)
	defer served.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, served.URL+below+user, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil || string(body) != `{"id":` {
		t.Errorf("the client got %q, %v", body, err)
	}
	if got := g.report(); got != "" {
		t.Errorf("reported %q", got)
	}
}

func TestTheServerGetsTheWholeRequest(t *testing.T) {
	body := `{"name":"` + strings.Repeat("x", 1<<16) + `"}`
	var got string
	watched := contract.Watch(&game{TB: t}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = string(read)
	}))
	send(watched, "POST", "/CIUsers", body)
	if got != body {
		t.Errorf("the server got %d bytes, want %d", len(got), len(body))
	}
}

const otherDocument = `
openapi: 3.0.1
info: {title: Other names, version: "1"}
paths:
  /v1/{organization}/CIUsers:
    get:
      parameters: [{name: organization, in: path, required: true, schema: {type: string, format: uuid}}]
      responses:
        "200":
          description: OK
          content:
            application/json:
              schema:
                type: array
                items: {type: object, required: [globalRole], properties: {globalRole: {type: string, nullable: true}}}
`

func TestAnotherDocument(t *testing.T) {
	r := referee.MustNew(api.ContractDocument())
	g := &game{TB: t}
	watched := r.Watch(g, answering(`[{"globalRole":null}]`), referee.ByDocument([]byte(otherDocument), "the role has another name"))
	send(watched, "GET", "/CIUsers", "")
	send(watched, "GET", user, "")
	if got, want := g.report(), "contract: GET "+user+": the document does not have the path"; got != want {
		t.Errorf("reported %q, want %q", got, want)
	}
	if !slices.ContainsFunc(g.logs, func(log string) bool { return strings.Contains(log, "the role has another name") }) {
		t.Errorf("logged %q", g.logs)
	}
	if !slices.Contains(r.Unrequested(), "GET /v1/{organization}/CIUsers") {
		t.Error("a route of another document counts as requested")
	}
}

func TestTheDocumentOfTheServer(t *testing.T) {
	serving := func(document string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/Api/swagger/") {
				_, _ = io.WriteString(w, document)
				return
			}
			answering(`[{"globalRole":7}]`).ServeHTTP(w, r)
		})
	}
	served := referee.ByServedDocument("/Api/swagger/v1/swagger.json", "the role has another name")
	for document, want := range map[string]string{
		otherDocument: "contract: GET /v1/{organization}/CIUsers: answer 200: /*/globalRole: value must be a string",
		"<html>":      "/Api/swagger/v1/swagger.json is no document to judge by",
	} {
		g := &game{TB: t}
		send(contract.Watch(g, serving(document), served), "GET", "/CIUsers", "")
		if got := g.report(); !strings.Contains(got, want) || strings.Contains(got, "\n") {
			t.Errorf("reported %q, want %q", got, want)
		}
	}
}

func TestUnwatched(t *testing.T) {
	g := &game{TB: t}
	send(contract.Watch(g, answering("7"), referee.Unwatched("it is nonsense on purpose")), "GET", "/Nonsense", "")
	if got := g.report(); got != "" {
		t.Errorf("reported %q", got)
	}
	if !slices.ContainsFunc(g.logs, func(log string) bool { return strings.Contains(log, "it is nonsense on purpose") }) {
		t.Errorf("logged %q", g.logs)
	}
}

func TestUnrequested(t *testing.T) {
	r := referee.MustNew(api.ContractDocument())
	all := r.Unrequested()
	if !slices.IsSorted(all) || !slices.Contains(all, "POST /v1/{organization}/CIUsers") {
		t.Fatalf("got %q", all)
	}
	send(r.Watch(&game{TB: t}, server{status: 201}), "POST", "/CIUsers", `{"name":"build"}`)
	if left := r.Unrequested(); len(left) != len(all)-1 || slices.Contains(left, "POST /v1/{organization}/CIUsers") {
		t.Errorf("left %q", left)
	}
}

func TestADocumentThatIsNone(t *testing.T) {
	for _, document := range []string{"", "{}", "openapi: 3.1.0\npaths: {/a: 7}", strings.Replace(otherDocument, "OK", "{}", 1)} {
		if _, err := referee.New([]byte(document)); err == nil {
			t.Errorf("%q is taken for a document", document)
		}
	}
}

// BenchmarkList is the largest list that a test has: users with a role each, and
// a group of all of them.
func BenchmarkList(b *testing.B) {
	const users = 5000
	items, ids := make([]string, users), make([]string, users)
	for i := range users {
		id := fmt.Sprintf("1f0a6c4e-7d5b-4c11-8f2e-%012d", i)
		ids[i] = `"` + id + `"`
		items[i] = strings.Replace(goodUser, "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f", id, 1)
	}
	lists := map[string]struct{ path, body string }{
		"users":   {"/CIUsers", "[" + strings.Join(items, ",") + "]"},
		"members": {"/UserGroups" + user[len("/CIUsers"):], `{"id":` + ids[0] + `,"name":"All","members":[` + strings.Join(ids, ",") + "]}"},
		"single":  {user, goodUser},
	}
	for name, list := range lists {
		b.Run(name, func(b *testing.B) {
			g := &game{TB: b}
			watched := contract.Watch(g, answering(list.body))
			for b.Loop() {
				send(watched, "GET", list.path, "")
			}
			if got := g.report(); got != "" {
				b.Fatal(got)
			}
		})
	}
}
