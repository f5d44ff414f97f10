package mock

import (
	"net/http"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

func readSystemInfo(c *call) (answer, *problem) {
	return ok(c.shown("", systemInfo(c.dialect, c.request.Host))), nil
}

func systemInfo(dialect Dialect, host string) object {
	return object{propApplicationVersion: dialect.version(), propUIBaseURL: "http://" + host}
}

// match tells what a request is for.
func (s *Server) match(method, escapedPath string) mockserver.Match {
	found := s.routes.match(method, escapedPath)
	described := mockserver.Match{Path: found.resource, Variables: found.variables, Allowed: found.allowed}
	if found.route != nil {
		described.Template = found.route.template
	}
	if described.Template == documentTemplate {
		described.Aside = pathDocument
	}
	described.Handle = func(c *mockserver.Call) mockserver.Answer {
		return s.execute(&call{server: s, match: found, request: c.Request, content: c.Content, fault: c.Fault, at: c.At})
	}
	return described
}

// execute serves the call, and saves the state if it changed.
func (s *Server) execute(c *call) mockserver.Answer {
	c.renderer = renderer{dialect: s.dialect, front: s.front, base: s.base(c.request), organization: s.organization}
	events := len(s.organization.Events)
	result, refused := c.serve()
	if refused == nil {
		refused = s.commitCall(events)
	}
	if refused != nil {
		result = refused.answer(s.dialect)
	}
	delivered := result.deliver()
	if c.caller != nil {
		delivered.Caller = s.organization.reference(c.caller.ID)
	}
	return delivered
}

// deliver renders an answer. Changes of the state after it don't show in it.
func (a answer) deliver() mockserver.Answer {
	rendered := mockserver.Answer{Status: a.status, Header: a.header.Clone(), Body: []byte(a.text)}
	if rendered.Header == nil {
		rendered.Header = http.Header{}
	}
	if a.body == nil {
		return rendered
	}
	rendered.Body = encode(a.body)
	if rendered.Header.Get("Content-Type") == "" {
		rendered.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return rendered
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
