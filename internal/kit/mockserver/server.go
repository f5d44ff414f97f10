package mockserver

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a vendor's mock server is made of. Match and Lock are required.
type Config struct {
	// Match tells what a request is for, and who serves it; see Routes.
	Match func(method, escapedPath string) Match
	// Lock is held while a Handler runs: that of the state.
	Lock sync.Locker
	// Redact takes the secrets out of a body or a query, for the request log; nil takes nothing out. See Redaction.
	Redact func(content []byte) string
	// Control are further control endpoints; see Controls.On.
	Control []Endpoint
	// OwnFaults are the fault actions that the vendor's handlers carry out themselves, going by Call.Fault, each with what
	// else a fault of that action must have; nil checks nothing. A handler sets HeaderFault if such a fault changes an answer.
	OwnFaults map[FaultAction]func(Fault) error

	// Clock is that of the request log and of Call.At; nil is time.Now.
	Clock func() time.Time
	// Latency delays every API request; see Server.SetLatency.
	Latency time.Duration
	// Middleware is put around all that the server serves, control endpoints included, for an observer between it and the
	// client; nil puts nothing.
	Middleware func(http.Handler) http.Handler
}

// Server serves the API and the control endpoints. It is an http.Handler and safe for concurrent use.
type Server struct {
	config  Config
	control http.Handler
	// handler is what serves, with the middleware around it.
	handler http.Handler

	latency     atomic.Int64
	connections atomic.Int64
	log         requestLog
	faults      faultList
}

// New makes a server.
func New(config Config) *Server {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Redact == nil {
		config.Redact = func(content []byte) string { return string(content) }
	}
	server := &Server{config: config, log: requestLog{redact: config.Redact}}
	server.SetLatency(config.Latency)
	server.control = server.controlHandler()
	server.handler = http.HandlerFunc(server.serve)
	if config.Middleware != nil {
		server.handler = config.Middleware(server.handler)
	}
	return server
}

// SetLatency delays every API request from now on. Control endpoints are not delayed.
func (s *Server) SetLatency(latency time.Duration) { s.latency.Store(int64(latency)) }

// Connections returns how many connections were opened to the server since Serve or Start.
func (s *Server) Connections() int { return int(s.connections.Load()) }

// ServeHTTP serves the API and the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.serveAPI(w, r)
}
