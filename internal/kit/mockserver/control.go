package mockserver

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// controlPrefix is the path of the control endpoints; the package documentation describes them.
const controlPrefix = "/_mock/"

// Endpoint serves a control request: a value for the body of the answer, or an error, which is answered with 400.
type Endpoint func(*http.Request) (any, error)

// Nothing is the answer of a control request that has none.
var Nothing = struct{}{}

// stats is the answer of GET /_mock/stats.
type stats struct {
	Requests      int `json:"requests"`
	Connections   int `json:"connections"`
	MaxConcurrent int `json:"maxConcurrent"`
}

func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	own := map[string]Endpoint{
		"GET requests":    s.controlRequests,
		"DELETE requests": s.controlResetRequests,
		"GET stats":       s.controlStats,
		"GET faults":      func(*http.Request) (any, error) { return s.Faults(), nil },
		"POST faults":     Act(s.Inject),
		"DELETE faults":   s.controlClearFaults,
		"POST latency":    s.controlLatency,
	}
	for _, endpoints := range []map[string]Endpoint{own, s.config.Control} {
		for name, serve := range endpoints {
			method, path, _ := strings.Cut(name, " ")
			mux.Handle(method+" "+controlPrefix+path, serve)
		}
	}
	return mux
}

// ServeHTTP answers with what the endpoint returns, as JSON.
func (e Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	body, err := e(r)
	if err != nil {
		status, body = http.StatusBadRequest, map[string]any{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // a client that left does not mind
}

// ReadControl reads the JSON body of a control request. An unknown key is an error: a typo must not go unnoticed.
func ReadControl(r *http.Request, target any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequestBody))
	decoder.DisallowUnknownFields()
	return decoder.Decode(target)
}

// Act makes an endpoint of an act that takes the JSON body of the request and answers Nothing.
func Act[T any](act func(T) error) Endpoint {
	return func(r *http.Request) (any, error) {
		var input T
		if err := ReadControl(r, &input); err != nil {
			return nil, err
		}
		return Nothing, act(input)
	}
}

func (s *Server) controlRequests(r *http.Request) (any, error) {
	return s.Requests(r.URL.Query()["route"]...), nil
}

func (s *Server) controlResetRequests(*http.Request) (any, error) {
	s.ResetRequests()
	return Nothing, nil
}

func (s *Server) controlStats(*http.Request) (any, error) {
	return stats{s.CountRequests(), s.Connections(), s.MaxConcurrentRequests()}, nil
}

func (s *Server) controlClearFaults(*http.Request) (any, error) {
	s.ClearFaults()
	return Nothing, nil
}

func (s *Server) controlLatency(r *http.Request) (any, error) {
	var input struct {
		Milliseconds int `json:"milliseconds"`
	}
	if err := ReadControl(r, &input); err != nil {
		return nil, err
	}
	if input.Milliseconds < 0 {
		return nil, errors.New("milliseconds can't be negative")
	}
	s.SetLatency(time.Duration(input.Milliseconds) * time.Millisecond)
	return Nothing, nil
}
