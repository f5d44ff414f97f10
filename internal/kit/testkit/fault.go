package testkit

import (
	"net/http"
	"time"
)

// A FaultKind is what happens to a request.
type FaultKind string

// The kinds. A server that can be told to fail knows them by these names.
const (
	// FaultAnswer answers instead of the server, which does not act.
	FaultAnswer FaultKind = "answer"
	// FaultAnswerAfterActing answers instead of the server, which has acted.
	FaultAnswerAfterActing FaultKind = "answerAfterActing"
	// FaultDelay lets the answer wait.
	FaultDelay FaultKind = "delay"
	// FaultCutBeforeActing and FaultCutAfterActing close the connection.
	FaultCutBeforeActing FaultKind = "cutBeforeActing"
	FaultCutAfterActing  FaultKind = "cutAfterActing"
	// FaultCutBody closes the connection in the middle of the answer.
	FaultCutBody FaultKind = "cutBody"
	// FaultMalformedBody answers something that is no JSON.
	FaultMalformedBody FaultKind = "malformedBody"
)

// A FaultCase is one way in which a request goes wrong, and what a client has to
// make of it.
type FaultCase struct {
	Name string
	Kind FaultKind
	// Status, Headers and Body are those of an answer.
	Status  int
	Headers map[string]string
	Body    string
	// BodyBytes is how large a body is, where it is large.
	BodyBytes int
	// Delay is how long an answer waits.
	Delay time.Duration
	// Always is true if each such request goes wrong, and not the first alone.
	Always bool
	// Overcome is true if a client gets over it by itself: by sending a read, or a
	// write that states the whole result, again.
	Overcome bool
	// Acts is true if the server carries the request out.
	Acts bool
	// OnlyBodies is true if it can befall an answer with a body alone.
	OnlyBodies bool
}

// CertainlyNotActed tells whether the fault proves that the server did not act, so that
// even a create may be sent again.
func (c FaultCase) CertainlyNotActed() bool {
	return c.Status == http.StatusTooManyRequests || c.Kind == FaultDelay
}

// FaultReason is what the answers of the cases say of themselves.
const FaultReason = "A reason."

// FaultCases are all that can go wrong with a request to a server behind proxies.
func FaultCases() []FaultCase {
	const (
		problem = `{"title":"Trouble","detail":"` + FaultReason + `"}`
		page    = `<html><body>The proxy says no.</body></html>`
	)
	html := map[string]string{"Content-Type": "text/html"}
	after := func(value string) map[string]string { return map[string]string{"Retry-After": value} }
	inASecond := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	cases := []FaultCase{
		{Name: "503 once", Status: http.StatusServiceUnavailable, Overcome: true},
		{Name: "503 with seconds", Status: http.StatusServiceUnavailable, Headers: after("1"), Overcome: true},
		{Name: "429 with seconds", Status: http.StatusTooManyRequests, Headers: after("1"), Overcome: true},
		{Name: "429 with a date", Status: http.StatusTooManyRequests, Headers: after(inASecond), Overcome: true},
		{Name: "cut before acting", Kind: FaultCutBeforeActing, Overcome: true},
		{Name: "cut after acting", Kind: FaultCutAfterActing, Overcome: true, Acts: true},
		{Name: "cut in the body", Kind: FaultCutBody, Overcome: true, Acts: true, OnlyBodies: true},
		{Name: "truncated JSON", Kind: FaultMalformedBody, Acts: true, OnlyBodies: true},
		{Name: "HTML for the answer", Kind: FaultMalformedBody, Body: page, Acts: true, OnlyBodies: true},
		{Name: "HTML with status 200", Status: http.StatusOK, Headers: html, Body: page},
		{
			Name: "HTML of a proxy's 502", Kind: FaultAnswerAfterActing, Status: http.StatusBadGateway, Headers: html, Body: page,
			Overcome: true, Acts: true,
		},
		{Name: "body of 10 MB", Kind: FaultMalformedBody, BodyBytes: 10 << 20, Acts: true},
		{Name: "delay", Kind: FaultDelay, Delay: 300 * time.Millisecond, Overcome: true},
	}
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError} {
		name := map[int]string{http.StatusForbidden: "403", http.StatusNotFound: "404", http.StatusInternalServerError: "500"}[status]
		cases = append(cases,
			FaultCase{Name: name + " once", Status: status},
			FaultCase{Name: name + " always", Status: status, Always: true})
	}
	cases = append(cases, FaultCase{Name: "401 always", Status: http.StatusUnauthorized, Always: true})
	for i := range cases {
		c := &cases[i]
		if c.Kind == "" {
			c.Kind = FaultAnswer
		}
		if c.Status != 0 && c.Body == "" {
			c.Body = problem
		}
	}
	return cases
}
