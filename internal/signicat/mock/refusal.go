package mock

import (
	"net/http"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// refusal is an error answer.
type refusal struct {
	status int
	// code and detail are those of a problem document. The codes are the mock's own.
	code, detail string
	// invalid are the parameters that are wrong, with the reasons.
	invalid []invalidParam
	// oauth is the code of a token error; "" for other errors.
	oauth  string
	header http.Header
}

// invalidParam is an item of invalidParams (documented).
type invalidParam struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func invalid(name, reason string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "invalid_request", detail: "The request has invalid parameters.", invalid: []invalidParam{{name, reason}},
	}
}

func forbidden(detail string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "forbidden", detail: detail}
}

func unauthorized(detail string) *refusal {
	return &refusal{
		status: http.StatusUnauthorized, code: "unauthorized", detail: detail, header: http.Header{"Www-Authenticate": {"Bearer"}},
	}
}

func notFound(detail string) *refusal {
	return &refusal{status: http.StatusNotFound, code: "not_found", detail: detail}
}

// refuse renders a refusal in the form of the dialect.
func (s *Server) refuse(r *refusal) mockserver.Answer {
	answer := s.formOf(r)
	if answer.Header == nil {
		answer.Header = http.Header{}
	}
	for name, values := range r.header {
		answer.Header[name] = values
	}
	return answer
}

func (s *Server) formOf(r *refusal) mockserver.Answer {
	title := http.StatusText(r.status)
	switch {
	case s.dialect.Errors == ErrorsEmpty:
		return mockserver.Empty(r.status)
	case s.dialect.Errors == ErrorsHTML:
		return mockserver.Text(r.status, "text/html", "<html><body><h1>"+title+"</h1></body></html>")
	case r.oauth != "":
		return mockserver.JSON(r.status, map[string]any{"error": r.oauth, "error_description": r.detail})
	case s.dialect.Errors == ErrorsMessage:
		return mockserver.JSON(r.status, map[string]any{"message": r.detail})
	}
	problem := map[string]any{
		"type": "about:blank", "title": title, "status": r.status, "detail": r.detail, "code": r.code, "traceId": s.newID(),
	}
	if len(r.invalid) > 0 {
		problem["invalidParams"] = r.invalid
	}
	return mockserver.Encoded(r.status, "application/problem+json", problem)
}

func (s *Server) refuseUnrouted(c *mockserver.Call) mockserver.Answer {
	if len(c.Allowed) == 0 {
		return s.refuse(notFound("There is no such route."))
	}
	return s.refuse(&refusal{
		status: http.StatusMethodNotAllowed, code: "method_not_allowed", detail: "The route does not have this method.",
		header: http.Header{"Allow": {strings.Join(c.Allowed, ", ")}},
	})
}
