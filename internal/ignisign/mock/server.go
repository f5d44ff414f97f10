package mock

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// httpServer is the HTTP part.
type httpServer = mockserver.Server

// Server is an application at IgniSign. It is an http.Handler and safe for concurrent use. Its API is served below /v3 and
// /v4 of the URL that Start returns.
type Server struct {
	*httpServer

	dialect    Dialect
	clock      func() time.Time
	newID      func() string
	latency    time.Duration
	middleware func(http.Handler) http.Handler
	signingKey []byte // of tokens

	mutex sync.Mutex
	// application is what is there now. Webhooks have their events, the oldest first.
	application Seed
	mails       []Mail
}

// Option configures a Server.
type Option func(*Server)

// WithDialect makes the server speak another dialect than the default one.
func WithDialect(dialect Dialect) Option {
	return func(s *Server) { s.dialect = dialect }
}

// WithLatency delays every API request; see SetLatency.
func WithLatency(latency time.Duration) Option {
	return func(s *Server) { s.latency = latency }
}

// WithClock sets the clock of tokens, events, errors and the request log.
func WithClock(clock func() time.Time) Option {
	return func(s *Server) { s.clock = clock }
}

// WithIDs sets what makes the ids of what is created, of 24 hexadecimal digits. Without it they are random. The id of a user
// is derived from the address.
func WithIDs(newID func() string) Option {
	return func(s *Server) { s.newID = newID }
}

// WithMiddleware puts a handler around all that the server serves, for an observer between it and the client. A second one
// replaces the first.
func WithMiddleware(middleware func(http.Handler) http.Handler) Option {
	return func(s *Server) { s.middleware = middleware }
}

// New creates the application that the seed describes. Without a valid seed or dialect it fails.
func New(seed Seed, options ...Option) (*Server, error) {
	s := &Server{clock: time.Now, newID: func() string { return randomHex(12) }, signingKey: []byte(randomHex(32))}
	for _, option := range options {
		option(s)
	}
	if err := s.dialect.validate(); err != nil {
		return nil, err
	}
	s.application = seed.completed()
	if err := s.application.validate(); err != nil {
		return nil, err
	}
	s.httpServer = mockserver.New(mockserver.Config{
		Match:      mockserver.Routes(s.answering(unrouted), s.routes()...),
		Lock:       &s.mutex,
		Redact:     mockserver.Redaction("secret", "jwtToken", "clientSecret", "displayableSecret", "certificate"),
		Control:    Controls.On(s),
		Clock:      s.clock,
		Latency:    s.latency,
		Middleware: s.middleware,
	})
	return s, nil
}

// ApplicationID returns the id of the application.
func (s *Server) ApplicationID() string { return s.Snapshot().Application.ID }

// Snapshot returns what is there now in the form of a seed, without the secrets of keys and of single sign-on.
func (s *Server) Snapshot() Seed {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	snapshot := s.application.clone()
	for i := range snapshot.APIKeys {
		snapshot.APIKeys[i].Secret = ""
	}
	for i := range snapshot.SSOConfigs {
		snapshot.SSOConfigs[i].ClientSecret, snapshot.SSOConfigs[i].Certificate = "", ""
	}
	return snapshot
}

// Environment returns names and values of the environment variables that a client needs, in order: of the first active new
// key, or of the first old one if there is no new one. The root is what Start returns.
func (s *Server) Environment(root string) [][2]string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	server := [2]string{"IGNISIGN_SERVER_URL", root}
	for _, key := range s.application.APIKeys {
		if key.Status == statusActive && isNewKey(key.Secret) {
			return [][2]string{{"IGNISIGN_API_KEY", key.Secret}, server}
		}
	}
	for _, key := range s.application.APIKeys {
		if key.Status == statusActive && key.Secret != "" {
			return [][2]string{
				{"IGNISIGN_APP_ID", s.application.Application.ID}, {"IGNISIGN_APP_ENV", key.Environment}, {"IGNISIGN_APP_SECRET", key.Secret}, server,
			}
		}
	}
	return [][2]string{server}
}

func randomHex(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}
