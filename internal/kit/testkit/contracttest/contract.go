// Package contracttest is the contract middleware of tests: it stands between a
// client and a mock server, and holds every request and every answer against the
// OpenAPI document of the API. Client and mock server are two readings of the
// contract that were made apart; where both deviate from it in the same way,
// their own tests pass.
package contracttest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Contract judges by one document, and remembers which of its routes were
// requested. It is safe for concurrent use: a package's tests share one.
type Contract struct {
	document *document

	mutex     sync.Mutex
	requested map[string]bool
}

// New returns a contract by an OpenAPI document, whose first server says below
// which path the API is served. The error says what is wrong with the document.
func New(openAPI []byte) (*Contract, error) {
	document, err := newDocument(openAPI)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return &Contract{document: document, requested: map[string]bool{}}, nil
}

// MustNew is New for the documents of this module, which are known to be good.
func MustNew(openAPI []byte) *Contract {
	c, err := New(openAPI)
	if err != nil {
		panic(err)
	}
	return c
}

// Unrequested returns the routes of the document that no watched handler was
// asked for, sorted.
func (c *Contract) Unrequested() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.DeleteFunc(c.document.routes(), func(route string) bool { return c.requested[route] })
}

func (c *Contract) note(route string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.requested[route] = true
}

// An Option changes how one handler is watched.
type Option func(*watch)

// ByDocument judges by another OpenAPI document than the contract's, as for a
// server with other names. The reason is logged.
func ByDocument(openAPI []byte, reason string) Option {
	return func(w *watch) {
		w.t.Helper()
		document, err := newDocument(openAPI)
		if err != nil {
			w.t.Fatalf("contract: %v", err)
		}
		w.t.Logf("The contract middleware judges by another document: %s", reason)
		w.document = document
	}
}

// ByServedDocument is ByDocument with the document that the watched handler itself
// serves at the path. It is read with the first request.
func ByServedDocument(path, reason string) Option {
	return func(w *watch) {
		w.t.Helper()
		w.t.Logf("The contract middleware judges by the document that the server has at %s: %s", path, reason)
		w.served = path
	}
}

// Unwatched judges nothing. The reason is logged.
func Unwatched(reason string) Option {
	return func(w *watch) {
		w.t.Helper()
		w.t.Logf("The contract middleware watches nothing: %s", reason)
		w.document = nil
	}
}

// Watch returns the handler with the middleware before it. At its end, the test
// fails with one error for each kind of violation.
//
// The control endpoints of a mock server, below /_mock/, and the OpenAPI document
// that it serves, below /swagger/, are no part of the contract. Answers that a
// fault made are not judged; the requests are.
func (c *Contract) Watch(t testing.TB, watched http.Handler, options ...Option) http.Handler {
	t.Helper()
	w := &watch{t: t, contract: c, document: c.document, watched: watched, violations: map[violation]int{}}
	for _, option := range options {
		option(w)
	}
	t.Cleanup(func() {
		t.Helper()
		for _, v := range w.end() {
			t.Error(v)
		}
	})
	return w
}

// Middleware is [Contract.Watch] for a server that takes a middleware.
func (c *Contract) Middleware(t testing.TB, options ...Option) func(http.Handler) http.Handler {
	return func(watched http.Handler) http.Handler {
		t.Helper()
		return c.Watch(t, watched, options...)
	}
}

// watch is one handler that is watched for one test.
type watch struct {
	t        testing.TB
	contract *Contract
	document *document // nil if nothing is judged
	watched  http.Handler
	running  sync.WaitGroup

	served string // where the watched handler has the document to judge by
	read   sync.Once

	mutex      sync.Mutex
	ended      bool
	violations map[violation]int
}

// ServeHTTP implements [http.Handler].
func (w *watch) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	w.read.Do(w.readServed)
	if w.document == nil || isAside(request) || !w.begin() {
		w.watched.ServeHTTP(writer, request)
		return
	}
	defer w.running.Done()
	call, err := w.document.find(readBody(request))
	if err != nil {
		w.note(request, violation{Route: request.Method + " " + w.document.below(request), Reason: err.Error()})
		w.watched.ServeHTTP(writer, request)
		return
	}
	if w.document == w.contract.document {
		w.contract.note(call.name)
	}
	w.noteAll(request, call.judgeRequest())
	answer := &answer{ResponseWriter: writer}
	// A handler that panics cuts the answer off: there is nothing to judge.
	w.watched.ServeHTTP(answer, request)
	if writer.Header().Get(faultHeader) == "" {
		w.noteAll(request, call.judgeAnswer(answer))
	}
}

// readServed reads the document that the handler serves, if it is to judge by that.
func (w *watch) readServed() {
	if w.served == "" {
		return
	}
	recorder := httptest.NewRecorder()
	w.watched.ServeHTTP(recorder, httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, w.served, http.NoBody))
	document, err := newDocument(recorder.Body.Bytes())
	if err != nil {
		w.t.Errorf("contract: %s is no document to judge by: %v", w.served, err)
	}
	w.document = document
}

// faultHeader is on the answers that a fault of a mock server made or changed.
const faultHeader = "Mock-Fault"

func isAside(request *http.Request) bool {
	path := strings.ToLower(request.URL.Path)
	return strings.HasPrefix(path, "/_mock/") || strings.Contains(path, "/swagger/")
}

// readBody returns a copy of a request to be judged, and its body, and leaves the
// request as it was for whom it is meant.
func readBody(request *http.Request) (judged *http.Request, body []byte) {
	// What cannot be read is for the server to find out.
	body, _ = io.ReadAll(request.Body)
	request.Body = rest{io.MultiReader(bytes.NewReader(body), request.Body), request.Body}
	judged = request.Clone(request.Context())
	judged.Body, judged.GetBody = io.NopCloser(bytes.NewReader(body)), nil
	judged.ContentLength = int64(len(body))
	return judged, body
}

// rest is a body that was read, and what may come after it.
type rest struct {
	io.Reader
	io.Closer
}

// begin tells whether the test is still interested.
func (w *watch) begin() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.ended {
		w.running.Add(1)
	}
	return !w.ended
}

// end waits for the judgement of what is under way, and returns what to report.
func (w *watch) end() []string {
	w.mutex.Lock()
	w.ended = true
	w.mutex.Unlock()
	w.running.Wait()
	var reports []string
	for v, times := range w.violations {
		report := v.String()
		if times > 1 {
			report += fmt.Sprintf(" (%d times)", times)
		}
		reports = append(reports, report)
	}
	return slices.Sorted(slices.Values(reports))
}

func (w *watch) noteAll(request *http.Request, violations []violation) {
	for _, v := range violations {
		w.note(request, v)
	}
}

func (w *watch) note(request *http.Request, v violation) {
	v = v.without(bearerToken(request))
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.violations[v]++
}

// answer passes an answer on and keeps a copy.
type answer struct {
	http.ResponseWriter
	status int
	body   []byte
}

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(text []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.body = append(a.body, text...)
	return a.ResponseWriter.Write(text)
}

// Unwrap lets [http.ResponseController] flush the answer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
