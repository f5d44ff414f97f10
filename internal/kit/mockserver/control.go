package mockserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// controlPrefix is the path of the control endpoints.
const controlPrefix = "/_mock/"

// A Control is a control endpoint of a server of type S: one line of a table that the server serves, and that a help lists.
// It is made by Look, Do, Make or Clear.
type Control[S any] struct {
	ControlEntry

	serve func(server S, r *http.Request) (any, error)
}

// A ControlEntry is what is said of a control endpoint.
type ControlEntry struct {
	// Method is that of the request, such as "POST".
	Method string `json:"method"`
	// Request is an example: the path below /_mock/ with a query, such as "lookup?ref=group:Readers", or with the JSON of a body
	// behind a space, such as `latency {"milliseconds":50}`.
	Request string `json:"request"`
	// About says in one line what it does, and what it answers unless that is {}.
	About string `json:"about"`
}

// Path is that of the endpoint, without query and body, such as "/_mock/latency".
func (e ControlEntry) Path() string {
	path, _, _ := strings.Cut(e.Request, " ")
	path, _, _ = strings.Cut(path, "?")
	return controlPrefix + path
}

// Look is a GET, which answers what look returns for the query.
func Look[S any](request, about string, look func(server S, query url.Values) (any, error)) Control[S] {
	return Control[S]{ControlEntry{http.MethodGet, request, about}, func(server S, r *http.Request) (any, error) {
		return look(server, r.URL.Query())
	}}
}

// Show is a Look that needs no query and can't fail.
func Show[S, T any](request, about string, show func(server S) T) Control[S] {
	return Look(request, about, func(server S, _ url.Values) (any, error) { return show(server), nil })
}

// Do is a POST of the JSON form of T, which answers {}.
func Do[S, T any](request, about string, do func(server S, input T) error) Control[S] {
	return Make(request, about, func(server S, input T) (any, error) { return nothing, do(server, input) })
}

// Make is a POST of the JSON form of T, which answers what it returns.
func Make[S, T any](request, about string, act func(server S, input T) (any, error)) Control[S] {
	return Control[S]{ControlEntry{http.MethodPost, request, about}, func(server S, r *http.Request) (any, error) {
		var input T
		if err := readControl(r, &input); err != nil {
			return nil, err
		}
		return act(server, input)
	}}
}

// Clear is a DELETE, which answers {}.
func Clear[S any](request, about string, forget func(server S)) Control[S] {
	return Control[S]{ControlEntry{http.MethodDelete, request, about}, func(server S, _ *http.Request) (any, error) {
		forget(server)
		return nothing, nil
	}}
}

// Controls are the control endpoints of a vendor's server besides those that each server has.
type Controls[S any] []Control[S]

// Entries are what is said of the endpoints of such a server: its own first, then those that each server has.
func (t Controls[S]) Entries() []ControlEntry { return append(t.entries(), common.entries()...) }

func (t Controls[S]) entries() []ControlEntry {
	entries := make([]ControlEntry, len(t))
	for i, control := range t {
		entries[i] = control.ControlEntry
	}
	return entries
}

// On makes what Config.Control takes: the endpoints of one server.
func (t Controls[S]) On(server S) []Endpoint {
	endpoints := make([]Endpoint, len(t))
	for i, control := range t {
		endpoints[i] = Endpoint{control.ControlEntry, func(r *http.Request) (any, error) { return control.serve(server, r) }}
	}
	return endpoints
}

// An Endpoint is a control endpoint of one server.
type Endpoint struct {
	ControlEntry

	// serve returns a value for the body of the answer, or an error, which is answered with 400.
	serve func(*http.Request) (any, error)
}

// nothing is the answer of a control request that has none.
var nothing = struct{}{}

// stats is the answer of GET /_mock/stats.
type stats struct {
	Requests      int `json:"requests"`
	Connections   int `json:"connections"`
	MaxConcurrent int `json:"maxConcurrent"`
}

// common are the endpoints that each server has.
var common = Controls[*Server]{
	Look("requests?route=POST+*/Edit", "the request log; without route all of it",
		func(s *Server, query url.Values) (any, error) { return s.Requests(query["route"]...), nil }),
	Clear("requests", "forgets the request log", (*Server).ResetRequests),
	Show("stats", `of API requests: {"requests":12,"connections":1,"maxConcurrent":4}`,
		func(s *Server) stats { return stats{s.CountRequests(), s.Connections(), s.MaxConcurrentRequests()} }),
	Show("faults", "the faults, and how often each has fired", (*Server).Faults),
	Do(`faults {"route":"POST */Edit","after":1,"times":1,"action":"answer","status":503,"headers":{"Retry-After":"1"},"body":"busy"}`,
		"lets requests go wrong: here the second edit; an action that is none is answered with those that there are", (*Server).Inject),
	Clear("faults", "clears the faults", (*Server).ClearFaults),
	Do(`latency {"milliseconds":50}`, "delays each API request", (*Server).controlLatency),
}

func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	endpoints := append(slices.Clone(s.config.Control), common.On(s)...)
	for _, endpoint := range endpoints {
		mux.Handle(endpoint.Method+" "+endpoint.Path(), endpoint)
	}
	entries := make([]ControlEntry, len(endpoints))
	for i, endpoint := range endpoints {
		entries[i] = endpoint.ControlEntry
	}
	mux.Handle("GET "+controlPrefix+"{$}", Endpoint{serve: func(*http.Request) (any, error) { return entries, nil }})
	mux.HandleFunc(controlPrefix, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, fmt.Sprintf("there is no %s %s; GET %s lists what there is", r.Method, r.URL.Path, controlPrefix), http.StatusNotFound)
	})
	return mux
}

// ServeHTTP answers with what the endpoint returns, as JSON.
func (e Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	body, err := e.serve(r)
	if err != nil {
		status, body = http.StatusBadRequest, map[string]any{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // a client that left does not mind
}

// readControl reads the JSON body of a control request. An unknown key is an error: a typo must not go unnoticed.
func readControl(r *http.Request, target any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequestBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	return nil
}

// delay is the body of a control request that sets the latency.
type delay struct {
	Milliseconds int `json:"milliseconds"`
}

func (s *Server) controlLatency(input delay) error {
	if input.Milliseconds < 0 {
		return errors.New("milliseconds can't be negative")
	}
	s.SetLatency(time.Duration(input.Milliseconds) * time.Millisecond)
	return nil
}
