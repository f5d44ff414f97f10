package mock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Server is a SignPath organization. It is an http.Handler and safe for concurrent use.
type Server struct {
	dialect   Dialect
	clock     func() time.Time
	lagging   func() bool
	newID     func() string
	stateFile string
	control   http.Handler
	// handler is what serves, with the middleware around it.
	handler    http.Handler
	middleware func(http.Handler) http.Handler

	latency     atomic.Int64
	connections atomic.Int64
	log         requestLog
	faults      faultList

	documentEdits []func(map[string]any)
	rawDocument   *rawDocument

	routes       routes
	mutex        sync.Mutex
	organization *organization
	history      history
}

// Option configures a Server.
type Option func(*Server)

// WithDialect makes the server speak another dialect than the default one.
func WithDialect(dialect Dialect) Option {
	return func(s *Server) { s.dialect = dialect }
}

// WithLatency delays every API request; see SetLatency.
func WithLatency(latency time.Duration) Option {
	return func(s *Server) { s.SetLatency(latency) }
}

// WithStateFile keeps the organization in a file: it is loaded from there instead of from the seed if the file exists,
// and saved after each change. Tokens are in it as hashes only.
func WithStateFile(path string) Option {
	return func(s *Server) { s.stateFile = path }
}

// WithClock sets the clock of audit events and the request log.
func WithClock(clock func() time.Time) Option {
	return func(s *Server) { s.clock = clock }
}

// WithLagging asks of each read that lags in the dialect whether it does, as where one of several replicas is behind.
func WithLagging(lagging func() bool) Option {
	return func(s *Server) { s.lagging = lagging }
}

// WithIDs sets what makes the ids of users and groups that are created. Without it they are random.
func WithIDs(newID func() string) Option {
	return func(s *Server) { s.newID = newID }
}

// WithMiddleware puts a handler around all that the server serves, for an observer between it and the client. A second
// one replaces the first.
func WithMiddleware(middleware func(http.Handler) http.Handler) Option {
	return func(s *Server) { s.middleware = middleware }
}

// New creates the organization that the seed describes. Without a valid seed, dialect or state file it fails.
func New(seed Seed, options ...Option) (*Server, error) {
	server := &Server{clock: time.Now, newID: uuid.NewString}
	for _, option := range options {
		option(server)
	}
	if err := server.dialect.validate(); err != nil {
		return nil, err
	}
	server.routes = newRoutes(server.dialect)
	server.log.redact = newRedaction(server.dialect)
	server.control = server.controlHandler()
	server.handler = http.HandlerFunc(server.serve)
	if server.middleware != nil {
		server.handler = server.middleware(server.handler)
	}
	seeded, err := newOrganization(seed)
	if err != nil {
		return nil, err
	}
	server.organization = seeded
	if err := server.loadState(); err != nil {
		return nil, err
	}
	if err := server.organization.checkHidden(server.dialect); err != nil {
		return nil, err
	}
	server.history.begin(server.organization)
	return server, nil
}

// SetLatency delays every API request and the OpenAPI document from now on. Control endpoints are not delayed.
func (s *Server) SetLatency(latency time.Duration) { s.latency.Store(int64(latency)) }

// Connections returns how many connections were opened to the server since Serve or Start.
func (s *Server) Connections() int { return int(s.connections.Load()) }

// OrganizationID returns the id of the organization.
func (s *Server) OrganizationID() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.organization.ID
}

// ServeHTTP serves the API and the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.serveAPI(w, r)
}

// Listen opens a listener for Serve. It refuses an address that is not loopback: the control endpoints need no token.
func Listen(address string) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("mock: %w", err)
	}
	if err := requireLoopback(resolved); err != nil {
		return nil, err
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fmt.Errorf("mock: %w", err)
	}
	return listener, nil
}

func requireLoopback(address net.Addr) error {
	if tcp, isTCP := address.(*net.TCPAddr); !isTCP || !tcp.IP.IsLoopback() {
		return fmt.Errorf("mock: %s is not a loopback address", address)
	}
	return nil
}

const shutdownTimeout = 5 * time.Second

// Serve serves on a loopback listener, as from Listen, until the context ends, then lets running requests end. It closes
// the listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	if err := requireLoopback(listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := s.httpServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

// Start serves on a free port of the loopback interface until stop is called, which cuts all connections. The API URL
// is url + "/Api".
func (s *Server) Start() (url string, stop func(), err error) {
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := s.httpServer()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // always ends with ErrServerClosed, by stop
	}()
	stop = func() {
		_ = server.Close() // nobody is left to care about connections that were cut
		<-served
	}
	return "http://" + listener.Addr().String(), stop, nil
}

func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.connections.Add(1)
			}
		},
	}
}
