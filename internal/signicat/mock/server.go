package mock

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Server is a Signicat organisation. It is an http.Handler and safe for concurrent use. It listens, logs requests, injects
// faults and delays as any mock server does. The API URL is that of Start.
type Server struct {
	*httpServer
	config mockserver.Config

	dialect Dialect
	newID   func() string
	// signingKey is that of tokens.
	signingKey []byte

	mutex        sync.Mutex
	organisation OrganisationSeed
	accounts     []AccountSeed
	clients      []ClientSeed
	events       []event // in the order of their times
	eventNames   map[Act]EventName
	mails        []Mail
	access       access
	sessions     map[string]session // by token
	pages        map[string]page    // by what asks for it
}

// httpServer has an unexported name, so that a Server shows its methods and not the field.
type httpServer = mockserver.Server

// Fault makes requests go wrong.
type Fault = mockserver.Fault

// Request is one request as the request log has it. Its Caller is the id of the API client.
type Request = mockserver.Request

// Option configures a Server.
type Option func(*Server)

// WithDialect makes the server speak another dialect than the default one.
func WithDialect(dialect Dialect) Option {
	return func(s *Server) { s.dialect = dialect }
}

// WithLatency delays every API request; see SetLatency.
func WithLatency(latency time.Duration) Option {
	return func(s *Server) { s.config.Latency = latency }
}

// WithClock sets the clock of tokens, events and the request log.
func WithClock(clock func() time.Time) Option {
	return func(s *Server) { s.config.Clock = clock }
}

// WithIDs sets what makes ids, cursors, tokens of pages and what identifies tokens. Without it they are random. Each has
// to differ from all before it.
func WithIDs(newID func() string) Option {
	return func(s *Server) { s.newID = newID }
}

// WithMiddleware puts a handler around all that the server serves, for an observer between it and the client. A second
// one replaces the first.
func WithMiddleware(middleware func(http.Handler) http.Handler) Option {
	return func(s *Server) { s.config.Middleware = middleware }
}

// New creates the organisation that the seed describes. Without a valid seed or dialect it fails.
func New(seed Seed, options ...Option) (*Server, error) {
	s := &Server{newID: randomID, sessions: map[string]session{}, pages: map[string]page{}}
	s.config.Clock = time.Now
	for _, option := range options {
		option(s)
	}
	if err := s.dialect.validate(); err != nil {
		return nil, err
	}
	if err := seed.validate(); err != nil {
		return nil, err
	}
	s.signingKey = []byte(randomID())
	s.organisation, s.accounts, s.clients = seed.Organisation, cloneAccounts(seed.Accounts), append([]ClientSeed(nil), seed.Clients...)
	s.eventNames, s.access = seed.EventNames, newAccess(seed, s.dialect)
	for _, seeded := range seed.Events {
		s.addEvent(seeded)
	}
	s.config.Lock = &s.mutex
	s.config.Match = mockserver.Routes(s.refuseUnrouted, s.routes()...)
	s.config.Redact = mockserver.Redaction("client_secret", "access_token")
	s.config.Control = Controls.On(s)
	s.httpServer = mockserver.New(s.config)
	return s, nil
}

// OrganisationID returns the id of the organisation.
func (s *Server) OrganisationID() string { return s.organisation.ID }

// Environment returns the environment variables that a client needs, as names and values, for the server at a URL such as
// that of Start. The API client is the first of the organisation, or else the first.
func (s *Server) Environment(url string) [][2]string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var client ClientSeed
	for _, candidate := range s.clients {
		if client.ID == "" || client.Account != "" && candidate.Account == "" {
			client = candidate
		}
	}
	return [][2]string{
		{"SIGNICAT_API_URL", url},
		{"SIGNICAT_ORGANISATION_ID", s.organisation.ID},
		{"SIGNICAT_CLIENT_ID", client.ID},
		{"SIGNICAT_CLIENT_SECRET", client.Secret},
	}
}

// Snapshot returns what is there now in the form of a seed, without secrets.
func (s *Server) Snapshot() Seed {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	seed := Seed{
		Organisation: s.organisation, Accounts: cloneAccounts(s.accounts), Roles: s.access.roles, Users: s.access.seedUsers(),
		Grants: s.access.seedGrants(), EventNames: s.eventNames,
	}
	for _, client := range s.clients {
		client.Secret = ""
		seed.Clients = append(seed.Clients, client)
	}
	for _, event := range s.events {
		seed.Events = append(seed.Events, event.EventSeed)
	}
	return seed
}

func (s *Server) now() time.Time { return s.config.Clock().UTC() }

func cloneAccounts(accounts []AccountSeed) []AccountSeed {
	return append([]AccountSeed(nil), accounts...)
}

func randomID() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}
