package mock

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is one request for the API or the OpenAPI document as the request log has it. Headers are not recorded, as they carry the token, and a token
// in a body is redacted.
type Request struct {
	Sequence int       `json:"sequence"`
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	// Route is the method and the route template, such as "POST /Projects/{project}/Edit"; "" if no route matched.
	Route string `json:"route"`
	// Status is 0 while the request is being served, and when a fault cut the connection before an answer.
	Status int `json:"status"`
	// Caller is the reference of the token's user; "" if the token was not accepted or none was needed.
	Caller       string `json:"caller,omitempty"`
	RequestBody  string `json:"requestBody,omitempty"`
	ResponseBody string `json:"responseBody,omitempty"`

	target target
}

// DecodeBody decodes the JSON body of the request.
func (r Request) DecodeBody(target any) error {
	return json.Unmarshal([]byte(r.RequestBody), target)
}

type requestLog struct {
	redact                    redaction
	mutex                     sync.Mutex
	sequence                  int
	entries                   []*Request
	inProgress, maxConcurrent int
}

func (l *requestLog) begin(entry *Request) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.sequence++
	entry.Sequence = l.sequence
	l.entries = append(l.entries, entry)
	if entry.target.isDocument() {
		return
	}
	l.inProgress++
	l.maxConcurrent = max(l.maxConcurrent, l.inProgress)
}

// finish is called before the answer is written, so that a client that has its answer finds it in the log.
func (l *requestLog) finish(entry *Request, delivered delivery, caller string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	entry.Status, entry.Caller = delivered.loggedStatus(), caller
	if entry.target.isDocument() {
		entry.ResponseBody = string(delivered.body) // There is no token in it.
		return
	}
	entry.ResponseBody = l.redact.tokens(delivered.body)
	l.inProgress--
}

func (l *requestLog) matching(patterns []string) []Request {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	found := make([]Request, 0, len(l.entries))
	for _, entry := range l.entries {
		fits := func(pattern string) bool {
			return routePattern(pattern).matches(entry.target)
		}
		if len(patterns) == 0 || slices.ContainsFunc(patterns, fits) {
			found = append(found, *entry)
		}
	}
	return found
}

func (l *requestLog) reset() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.entries, l.maxConcurrent = nil, l.inProgress
}

func (l *requestLog) concurrency() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.maxConcurrent
}

// redaction finds tokens in bodies.
type redaction struct{ property *regexp.Regexp }

// newRedaction knows the name of the default dialect besides those of the dialect: clients may be wrong.
func newRedaction(dialect Dialect) redaction {
	names := []string{propAPIToken, dialect.answerName(propAPIToken), dialect.requestName(propAPIToken)}
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	const value = `(?:\{\s*"` + propTokenValue + `"\s*:\s*)?` // with Dialect.TokenObjects
	pattern := `(?i)("(?:` + strings.Join(names, "|") + `)"\s*:\s*` + value + `)"(?:[^"\\]|\\.)*"?`
	compiled, known := redactions.Load(pattern)
	if !known {
		compiled, _ = redactions.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return redaction{compiled.(*regexp.Regexp)} //nolint:forcetypeassert // Nothing else is stored.
}

// redactions are compiled once, because tests start thousands of servers.
var redactions sync.Map

func (r redaction) tokens(body []byte) string {
	return string(r.property.ReplaceAll(bytes.TrimSpace(body), []byte(`$1"REDACTED"`)))
}

// Requests returns the requests, oldest first, that match any of the route patterns, or all without a pattern. A
// pattern is "POST /Projects/{project}/Edit" or "POST /Projects/project-a/Edit", where "*" stands for any text, as in
// "POST */Edit"; without a method it matches any. The OpenAPI document is no part of the API: only a pattern that names
// it, such as "GET /swagger/*", matches its requests.
func (s *Server) Requests(patterns ...string) []Request { return s.log.matching(patterns) }

// CountRequests returns how many requests match any of the route patterns; see Requests. Without a pattern it counts
// the API requests, without those for the OpenAPI document.
func (s *Server) CountRequests(patterns ...string) int {
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	return len(s.log.matching(patterns))
}

// ResetRequests forgets the requests so far. Sequence numbers go on.
func (s *Server) ResetRequests() { s.log.reset() }

// MaxConcurrentRequests returns the highest number of API requests that were in progress at the same time.
func (s *Server) MaxConcurrentRequests() int { return s.log.concurrency() }
