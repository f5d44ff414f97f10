// Package wire sends requests to a server without a network, as a test needs it in
// which time is not real.
package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// A Wire carries requests to a handler. What the handler does to the connection,
// the wire does to the answer.
type Wire struct {
	Handler http.Handler
	// Before sees the request before the server has it.
	Before func(*http.Request)
	// After sees the answer before the client has it.
	After func(*http.Request, *http.Response)
}

// RoundTrip implements [http.RoundTripper].
func (w *Wire) RoundTrip(request *http.Request) (*http.Response, error) {
	if w.Before != nil {
		w.Before(request)
	}
	done := make(chan *recorder, 1)
	received := request.Clone(request.Context())
	received.Host = request.URL.Host
	if received.Body == nil {
		received.Body = http.NoBody
	}
	go func() {
		answer := &recorder{header: http.Header{}}
		defer func() {
			reason := recover()
			if err, ok := reason.(error); reason != nil && (!ok || !errors.Is(err, http.ErrAbortHandler)) {
				panic(reason)
			}
			done <- answer
		}()
		w.Handler.ServeHTTP(answer, received)
	}()
	select {
	case <-request.Context().Done():
		return nil, request.Context().Err()
	case answer := <-done:
		response, err := answer.response(request)
		if err == nil && w.After != nil {
			w.After(request, response)
		}
		return response, err
	}
}

// recorder takes down what a handler answers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(text []byte) (int, error) { return r.body.Write(text) }

// response is what a client gets: an error if the handler never began to
// answer, a body that breaks off if it did not finish.
func (r *recorder) response(request *http.Request) (*http.Response, error) {
	if r.status == 0 {
		return nil, io.EOF
	}
	var body io.Reader = bytes.NewReader(r.body.Bytes())
	if length, err := strconv.Atoi(r.header.Get("Content-Length")); err == nil && length > r.body.Len() {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{StatusCode: r.status, Header: r.header, Body: io.NopCloser(body), Request: request}, nil
}

// broken is a connection that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
