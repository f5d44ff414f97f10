package mockserver

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Request is one request as the request log has it. Headers are not recorded, as they carry secrets, and the secrets in
// bodies and queries are redacted.
type Request struct {
	Sequence int       `json:"sequence"`
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	// Query is what follows the question mark, as sent.
	Query string `json:"query,omitempty"`
	// Route is the method and the route template, such as "POST /books/{book}/edit"; "" if no route matched.
	Route string `json:"route"`
	// Status is 0 while the request is being served, and when a fault cut the connection before an answer.
	Status int `json:"status"`
	// Caller is whom the server took the client for; "" if it was not accepted or need not be.
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
	redact                    func(content []byte) string
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
	if entry.target.aside != "" {
		return
	}
	l.inProgress++
	l.maxConcurrent = max(l.maxConcurrent, l.inProgress)
}

// finish is called before the answer is written, so that a client that has its answer finds it in the log.
func (l *requestLog) finish(entry *Request, delivered delivery) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	entry.Status, entry.Caller = delivered.loggedStatus(), delivered.Caller
	if entry.target.aside != "" {
		entry.ResponseBody = string(delivered.Body) // There is no secret in what is about the API.
		return
	}
	entry.ResponseBody = l.redact(delivered.Body)
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

// Requests returns the requests, oldest first, that match any of the route patterns, or all without a pattern. A
// pattern is "POST /books/{book}/edit" or "POST /books/b-1/edit", where "*" stands for any text, as in "POST */edit";
// without a method it matches any. What is no part of the API (Match.Aside) is matched only by a pattern that names it.
func (s *Server) Requests(patterns ...string) []Request { return s.log.matching(patterns) }

// CountRequests returns how many requests match any of the route patterns; see Requests. Without a pattern it counts
// the API requests.
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
