package mockserver_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver/mockservertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// library is a small mock server, as a vendor's is made.
type library struct {
	*mockserver.Server

	mutex sync.Mutex
	books map[string]string
}

var controls = mockserver.Controls[*library]{
	mockserver.Do(`burn {"book":"b-1"}`, "burns a book", (*library).burn),
}

type burning struct {
	Book string `json:"book"`
}

func (l *library) burn(input burning) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if _, has := l.books[input.Book]; !has {
		return errors.New("there is no such book")
	}
	delete(l.books, input.Book)
	return nil
}

func startLibrary(t *testing.T, edit ...func(*mockserver.Config)) (l *library, root string) {
	t.Helper()
	l = &library{books: map[string]string{"b-1": "One", "b/2": "Two"}}
	config := mockserver.Config{
		Lock:   &l.mutex,
		Redact: mockserver.Redaction("secret"),
		Match: mockserver.Routes(refuseUnrouted,
			mockserver.Route{Method: http.MethodGet, Template: "/books", Handle: l.list},
			mockserver.Route{Method: http.MethodGet, Template: "/books/{book}", Handle: l.read},
			mockserver.Route{Method: http.MethodPut, Template: "/books/{book}", Handle: l.write},
		),
		Control: controls.On(l),
	}
	for _, apply := range edit {
		apply(&config)
	}
	l.Server = mockserver.New(config)
	root, stop, err := l.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return l, root
}

func refuseUnrouted(c *mockserver.Call) mockserver.Answer {
	if len(c.Allowed) > 0 {
		return mockserver.Text(http.StatusMethodNotAllowed, "text/plain", strings.Join(c.Allowed, ","))
	}
	return mockserver.Empty(http.StatusNotFound)
}

func (l *library) list(*mockserver.Call) mockserver.Answer {
	return mockserver.JSON(http.StatusOK, slices.Sorted(maps.Keys(l.books)))
}

func (l *library) read(c *mockserver.Call) mockserver.Answer {
	answer := mockserver.JSON(http.StatusOK, map[string]string{"title": l.books[c.Variables["book"]]})
	if c.Fault.Action == "lie" {
		answer = mockserver.JSON(http.StatusOK, map[string]string{"title": c.Fault.Properties[0]})
		answer.Header.Set(mockserver.HeaderFault, string(c.Fault.Action))
	}
	answer.Caller = c.Request.Header.Get("Reader")
	return answer
}

func (l *library) write(c *mockserver.Call) mockserver.Answer {
	l.books[c.Variables["book"]] = string(c.Content)
	return mockserver.Empty(http.StatusNoContent)
}

type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, method, address, body string) (answer, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // Go's client repeats no request over a connection of its own.
	request.Header.Set("Reader", "ada")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, strings.TrimSpace(string(content))}, err
}

func expect(t *testing.T, method, address, body string, status int, want string) answer {
	t.Helper()
	got, err := send(t, method, address, body)
	if err != nil || got.status != status || got.body != want {
		t.Errorf("%s %s: %v, status %d, %q; want status %d, %q", method, address, err, got.status, got.body, status, want)
	}
	return got
}

func TestIndependence(t *testing.T) { mockservertest.Independent(t, ".") }

func TestRoutes(t *testing.T) {
	_, root := startLibrary(t)
	expect(t, "GET", root+"/books/", "", 200, `["b-1","b/2"]`)
	expect(t, "GET", root+"/books/b%2F2", "", 200, `{"title":"Two"}`)
	expect(t, "DELETE", root+"/books/b-1", "", 405, "GET,PUT")
	expect(t, "GET", root+"/Books", "", 404, "")
	expect(t, "GET", root+"/books//b-1", "", 404, "")
	expect(t, "PUT", root+"/books/b-3", "Three", 204, "")
	expect(t, "GET", root+"/books/b-3", "", 200, `{"title":"Three"}`)
}

func TestRequestsAreLogged(t *testing.T) {
	now := time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)
	l, root := startLibrary(t, func(c *mockserver.Config) { c.Clock = func() time.Time { return now } })
	expect(t, "GET", root+"/books/b-1?limit=2&secret=abc", "", 200, `{"title":"One"}`)
	expect(t, "PUT", root+"/books/b-1", `{"title": "New", "secret": "abc"}`, 204, "")
	expect(t, "GET", root+"/nowhere", "", 404, "")
	requests := l.Requests()
	if len(requests) != 3 {
		t.Fatalf("requests %+v", requests)
	}
	read, write := requests[0], requests[1]
	if read.Sequence != 1 || !read.Time.Equal(now) || read.Route != "GET /books/{book}" || read.Query != "limit=2&secret=REDACTED" || read.Caller != "ada" {
		t.Errorf("read %+v", read)
	}
	var body map[string]string
	if err := write.DecodeBody(&body); err != nil || body["secret"] != "REDACTED" || body["title"] != "New" || write.Status != 204 {
		t.Errorf("%v, write %+v", err, write)
	}
	for pattern, count := range map[string]int{"*": 3, "GET *": 2, "/books/{book}": 2, "put /books/B-1": 1, "GET /books": 0, "*where": 1} {
		if got := l.CountRequests(pattern); got != count {
			t.Errorf("%s: %d requests, want %d", pattern, got, count)
		}
	}
	l.ResetRequests()
	if count := l.CountRequests(); count != 0 {
		t.Errorf("%d requests after the reset", count)
	}
}

func TestConcurrencyIsMeasured(t *testing.T) {
	l, root := startLibrary(t)
	var waiting, running sync.WaitGroup
	waiting.Add(3)
	if err := l.Inject(mockserver.Fault{Before: func() { waiting.Done(); waiting.Wait() }}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		running.Go(func() { expect(t, "GET", root+"/books/b-1", "", 200, `{"title":"One"}`) })
	}
	running.Wait()
	if got := l.MaxConcurrentRequests(); got != 3 {
		t.Errorf("%d requests at the same time, want 3", got)
	}
}

// TestFaultCases: the server makes all of the fault table go wrong as it says.
func TestFaultCases(t *testing.T) {
	for _, c := range testkit.FaultCases() {
		t.Run(c.Name, func(t *testing.T) {
			l, root := startLibrary(t)
			fault := mockserver.Fault{
				Route: "PUT *", Action: mockserver.FaultAction(c.Kind), Status: c.Status, Headers: c.Headers, Body: c.Body, BodyBytes: c.BodyBytes,
				DelayMilliseconds: int(c.Delay.Milliseconds()),
			}
			if err := l.Inject(fault); err != nil {
				t.Fatal(err)
			}
			got, err := send(t, "PUT", root+"/books/b-1", "New")
			isCut := strings.HasPrefix(string(c.Kind), "cut")
			if (err != nil) != isCut {
				t.Errorf("error %v", err)
			}
			if c.Status != 0 && (got.status != c.Status || got.body != c.Body) {
				t.Errorf("status %d, %q", got.status, got.body)
			}
			wantMark := string(c.Kind)
			if isCut || c.Kind == testkit.FaultDelay {
				wantMark = ""
			}
			if mark := got.header.Get(mockserver.HeaderFault); mark != wantMark {
				t.Errorf("the answer is marked with %q, want %q", mark, wantMark)
			}
			want := "One"
			if c.Acts || c.Kind == testkit.FaultDelay {
				want = "New"
			}
			expect(t, "GET", root+"/books/b-1", "", 200, `{"title":"`+want+`"}`)
		})
	}
}

func TestFaultsOfAVendor(t *testing.T) {
	l, root := startLibrary(t, func(c *mockserver.Config) {
		c.OwnFaults = map[mockserver.FaultAction]func(mockserver.Fault) error{"lie": mockserver.NeedsProperties}
	})
	for _, wrong := range []mockserver.Fault{{Action: "lie"}, {Action: "cheat"}} {
		if err := l.Inject(wrong); err == nil {
			t.Errorf("accepted %+v", wrong)
		}
	}
	if err := l.Inject(mockserver.Fault{Action: "lie", Properties: []string{"Three"}, Times: 1}); err != nil {
		t.Fatal(err)
	}
	got := expect(t, "GET", root+"/books/b-1", "", 200, `{"title":"Three"}`)
	if mark := got.header.Get(mockserver.HeaderFault); mark != "lie" {
		t.Errorf("marked with %q", mark)
	}
	expect(t, "GET", root+"/books/b-1", "", 200, `{"title":"One"}`)
}

func TestControlEndpoints(t *testing.T) {
	l, root := startLibrary(t)
	control := root + "/_mock/"
	expect(t, "POST", control+"burn", `{"book":"b-1"}`, 200, "{}")
	expect(t, "GET", root+"/books", "", 200, `["b/2"]`)
	for body, status := range map[string]int{`{"book":"b-1"}`: 400, `{"buch":"b/2"}`: 400} {
		if got, err := send(t, "POST", control+"burn", body); err != nil || got.status != status || !strings.Contains(got.body, `"error"`) {
			t.Errorf("%s: %v, %+v", body, err, got)
		}
	}
	expect(t, "POST", control+"faults", `{"route":"GET /books","action":"answer","status":503,"times":1}`, 200, "{}")
	expect(t, "GET", root+"/books", "", 503, "")
	if faults := l.Faults(); len(faults) != 1 || faults[0].Fired != 1 {
		t.Errorf("faults %+v", faults)
	}
	expect(t, "DELETE", control+"faults", "", 200, "{}")
	if faults := l.Faults(); len(faults) != 0 {
		t.Errorf("faults %+v", faults)
	}
	got, err := send(t, "GET", control+"requests?route="+url.QueryEscape("GET /books"), "")
	var logged []mockserver.Request
	if err != nil || json.Unmarshal([]byte(got.body), &logged) != nil || len(logged) != 2 || logged[1].Status != 503 {
		t.Errorf("%v, requests %s", err, got.body)
	}
	expect(t, "DELETE", control+"requests", "", 200, "{}")
	if count := l.CountRequests(); count != 0 {
		t.Errorf("%d requests", count)
	}
	var listed []mockserver.ControlEntry
	got, err = send(t, "GET", control, "")
	if err != nil || json.Unmarshal([]byte(got.body), &listed) != nil || !slices.Equal(listed, controls.Entries()) || listed[0].Path() != "/_mock/burn" {
		t.Errorf("%v, endpoints %s", err, got.body)
	}
	expect(t, "POST", control+"latency", `{"milliseconds":-1}`, 400, "{\n  \"error\": \"milliseconds can't be negative\"\n}")
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	if _, err := mockserver.Listen("0.0.0.0:0"); err == nil || !strings.Contains(err.Error(), "not a loopback") {
		t.Errorf("error %v", err)
	}
}

func TestRedaction(t *testing.T) {
	redact := mockserver.Redaction("client_secret", "token")
	for content, want := range map[string]string{
		`{"client_secret":"a\"b","name":"x"}`:  `{"client_secret":"REDACTED","name":"x"}`,
		`{"Token": 12, "tokens": "x"}`:         `{"Token": "REDACTED", "tokens": "x"}`,
		`{"token":"cut`:                        `{"token":"REDACTED"`,
		`grant_type=x&client_secret=a%20b&b=1`: `grant_type=x&client_secret=REDACTED&b=1`,
		`TOKEN=abc`:                            `TOKEN=REDACTED`,
		`my_token=abc`:                         `my_token=abc`,
		"  <html>token</html> ":                `<html>token</html>`,
		`[{"token":null},"tail"]`:              `[{"token":"REDACTED"},"tail"]`,
	} {
		if got := redact([]byte(content)); got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
}
