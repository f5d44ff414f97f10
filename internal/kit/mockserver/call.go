package mockserver

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Call is an API request on its way to its handler.
type Call struct {
	Match

	// Request has method, URL and headers. Its body was read.
	Request *http.Request
	// Content is the body.
	Content []byte
	// At is when the request came, by the server's clock.
	At time.Time
	// Fault is what is to befall the request; the zero Fault is none. Handlers look at it for Config.OwnFaults.
	Fault Fault
}

// Handler serves a call while the lock of the state is held. It must not call a method of the server that takes the lock.
type Handler func(*Call) Answer

// maxRequestBody is how many bytes a request may have.
const maxRequestBody = 16 << 20

// serveAPI logs a request, executes it, unless a fault is in the way, and delivers the answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err != nil {
		http.Error(w, "the request body could not be read", http.StatusBadRequest)
		return
	}
	c := &Call{Match: s.config.Match(r.Method, r.URL.EscapedPath()), Request: r, Content: content, At: s.config.Clock()}
	entry := &Request{
		Time:        c.At,
		Method:      r.Method,
		Path:        r.URL.Path,
		Query:       s.config.Redact([]byte(r.URL.RawQuery)),
		Route:       c.routeName(r.Method),
		RequestBody: s.config.Redact(content),
		target:      c.target(r.Method),
	}
	s.log.begin(entry)
	c.Fault = s.faults.next(entry.target)
	delivered := s.perform(c)
	s.log.finish(entry, delivered)
	delivered.write(w)
}

// perform executes the call, with what a fault does to it before, instead and after.
func (s *Server) perform(c *Call) delivery {
	wait := time.Duration(s.latency.Load())
	if c.Fault.Action == FaultDelay {
		wait += c.Fault.Delay()
	}
	pause(c.Request.Context(), wait)
	if c.Fault.Before != nil {
		c.Fault.Before()
	}
	if prevented, isPrevented := c.Fault.prevent(); isPrevented {
		return prevented
	}
	return c.Fault.disturb(s.execute(c))
}

func (s *Server) execute(c *Call) Answer {
	s.config.Lock.Lock()
	defer s.config.Lock.Unlock()
	return c.Handle(c)
}

// pause outside of the lock, no longer than the client waits.
func pause(ctx context.Context, duration time.Duration) {
	if duration <= 0 {
		return
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
