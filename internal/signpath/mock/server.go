package mock

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Server is a SignPath organization. It is an http.Handler and safe for concurrent use. It listens, logs requests, injects
// faults and delays as any mock server does; its API URL is that of Start + "/Api".
type Server struct {
	*httpServer
	config mockserver.Config

	dialect   Dialect
	mapping   string
	front     *front
	clock     func() time.Time
	lagging   func() bool
	newID     func() string
	stateFile string

	documentEdits []func(map[string]any)
	rawDocument   *rawDocument

	routes       routes
	described    described
	mutex        sync.Mutex
	organization *organization
	history      history
}

// httpServer has an unexported name, so that a Server shows its methods and not the field.
type httpServer = mockserver.Server

// Option configures a Server.
type Option func(*Server)

// WithDialect makes the server speak another dialect than the default one.
func WithDialect(dialect Dialect) Option {
	return func(s *Server) { s.dialect = dialect }
}

// WithMapping makes the server differ from the default dialect as a mapping file says, besides a dialect that tells how it
// behaves: YAML. It publishes the OpenAPI document that such a server would. New refuses a file that it can't speak.
func WithMapping(text string) Option {
	return func(s *Server) { s.mapping = text }
}

// WithLatency delays every API request and the OpenAPI document; see SetLatency.
func WithLatency(latency time.Duration) Option {
	return func(s *Server) { s.config.Latency = latency }
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
	return func(s *Server) { s.config.Middleware = middleware }
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
	var err error
	if server.front, err = newFront(server.dialect, server.mapping); err != nil {
		return nil, err
	}
	if server.routes, err = newRoutes(server.dialect, server.front); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if err := server.describe(); err != nil {
		return nil, err
	}
	server.config.Match, server.config.Lock, server.config.Clock = server.match, &server.mutex, server.clock
	server.config.Redact = newRedaction(server.front).tokens
	server.config.Control, server.config.OwnFaults = Controls.On(server), ownFaults
	server.httpServer = mockserver.New(server.config)
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
	if err := server.checkPlaces(); err != nil {
		return nil, err
	}
	server.history.begin(server.organization)
	return server, nil
}

// OrganizationID returns the id of the organization.
func (s *Server) OrganizationID() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.organization.ID
}

// Listen opens a listener for Serve. It refuses an address that is not loopback: the control endpoints need no token.
func Listen(address string) (net.Listener, error) { return mockserver.Listen(address) }
