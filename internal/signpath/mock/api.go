package mock

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

const maxRequestBody = 16 << 20

// applicationVersion is the version of SignPath that the mock claims to be.
const applicationVersion = "1.220.0"

func readSystemInfo(c *call) (answer, *problem) {
	return ok(object{
		propApplicationVersion: applicationVersion,
		propUIBaseURL:          "http://" + c.request.Host,
	}), nil
}

// serveAPI logs a request, executes it, unless a fault is in the way, and delivers the answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err != nil {
		http.Error(w, "the request body could not be read", http.StatusBadRequest)
		return
	}
	found := matchRoute(r.Method, r.URL.EscapedPath())
	entry := &Request{
		Time:        s.clock(),
		Method:      r.Method,
		Path:        r.URL.Path,
		Route:       found.routeName(),
		RequestBody: redactTokens(content),
		template:    found.template(),
		resource:    found.resource,
	}
	s.log.begin(entry)
	c := &call{
		match:   found,
		request: r,
		content: content,
		fault:   s.faults.next(r.Method, found.template(), found.resource),
		at:      entry.Time,
	}
	delivered, caller := s.perform(c)
	s.log.finish(entry, delivered, caller)
	delivered.write(w)
}

// perform executes the call, with what a fault does to it before, instead and after.
func (s *Server) perform(c *call) (delivered delivery, caller string) {
	pause(c.request.Context(), time.Duration(s.latency.Load())+c.fault.delay())
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
	if refused == nil && len(s.organization.Events) > events {
		refused = s.saveChange()
	}
	if refused != nil {
		result = refused.answer(s.dialect)
	}
	if c.caller != nil {
		caller = s.organization.reference(c.caller.ID)
	}
	return result.deliver(), caller
}

func (s *Server) saveChange() *problem {
	if err := s.saveState(); err != nil {
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
