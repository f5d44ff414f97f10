package mock

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

const maxRequestBody = 16 << 20

func readSystemInfo(c *call) (answer, *problem) {
	return ok(systemInfo(c.dialect, c.request.Host)), nil
}

func systemInfo(dialect Dialect, host string) object {
	return object{propApplicationVersion: dialect.version(), propUIBaseURL: "http://" + host}
}

// serveAPI logs a request, executes it, unless a fault is in the way, and delivers the answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err != nil {
		http.Error(w, "the request body could not be read", http.StatusBadRequest)
		return
	}
	found := s.routes.match(r.Method, r.URL.EscapedPath())
	entry := &Request{
		Time:        s.clock(),
		Method:      r.Method,
		Path:        r.URL.Path,
		Route:       found.routeName(),
		RequestBody: s.log.redact.tokens(content),
		target:      found.target(r.Method),
	}
	s.log.begin(entry)
	c := &call{
		server:  s,
		match:   found,
		request: r,
		content: content,
		fault:   s.faults.next(entry.target),
		at:      entry.Time,
	}
	delivered, caller := s.perform(c)
	s.log.finish(entry, delivered, caller)
	delivered.write(w)
}

// perform executes the call, with what a fault does to it before, instead and after.
func (s *Server) perform(c *call) (delivered delivery, caller string) {
	wait := time.Duration(s.latency.Load())
	if c.fault.Action == FaultDelay {
		wait += c.fault.delay()
	}
	pause(c.request.Context(), wait)
	if c.fault.Before != nil {
		c.fault.Before()
	}
	if prevented, isPrevented := c.fault.prevent(); isPrevented {
		return prevented, ""
	}
	executed, caller := s.execute(c)
	return c.fault.disturb(executed), caller
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

// execute serves the call under the lock of the state, and saves the state if it changed.
func (s *Server) execute(c *call) (executed delivery, caller string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	c.renderer = renderer{dialect: s.dialect, base: s.base(c.request), organization: s.organization}
	events := len(s.organization.Events)
	result, refused := c.serve()
	if s.dialect.reshapesAnswers() {
		result.body = s.dialect.spell(result.body)
	}
	if refused == nil {
		refused = s.commitCall(events)
	}
	if refused != nil {
		result = refused.answer(s.dialect)
	}
	if c.caller != nil {
		caller = s.organization.reference(c.caller.ID)
	}
	return result.deliver(), caller
}

func (s *Server) commitCall(events int) *problem {
	if err := s.commit(events); err != nil {
		return &problem{status: http.StatusInternalServerError, detail: err.Error()}
	}
	return nil
}

// base returns the URL of the organization's resources.
func (s *Server) base(r *http.Request) string {
	if s.dialect.ForeignLinks {
		return foreignBase + s.organization.ID
	}
	return "http://" + r.Host + "/" + strings.Join([]string{pathAPI, pathVersion, s.organization.ID}, "/")
}
