package mock

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// problem is an error answer. Since 1.195.0 all are problem details (RFC 9457); their content type is inferred from it.
type problem struct {
	status int
	detail string
	errors map[string][]string
	header http.Header
}

var problemTypes = map[int]string{
	http.StatusBadRequest:           "https://tools.ietf.org/html/rfc9110#section-15.5.1", // observed
	http.StatusUnauthorized:         "https://tools.ietf.org/html/rfc9110#section-15.5.2",
	http.StatusForbidden:            "https://tools.ietf.org/html/rfc9110#section-15.5.4",
	http.StatusNotFound:             "https://tools.ietf.org/html/rfc9110#section-15.5.5",
	http.StatusMethodNotAllowed:     "https://tools.ietf.org/html/rfc9110#section-15.5.6",
	http.StatusNotAcceptable:        "https://tools.ietf.org/html/rfc9110#section-15.5.7",
	http.StatusUnsupportedMediaType: "https://tools.ietf.org/html/rfc9110#section-15.5.16",
	http.StatusInternalServerError:  "https://tools.ietf.org/html/rfc9110#section-15.6.1",
}

// invalid is the observed 400 of a validation: an errors map and no detail.
func invalid(errors map[string][]string) *problem {
	return &problem{status: http.StatusBadRequest, errors: errors}
}

// invalidObject is a 400 about no single property: observed under the name "".
func invalidObject(message string) *problem {
	return invalid(map[string][]string{"": {message}})
}

func badRequest(detail string) *problem {
	return &problem{status: http.StatusBadRequest, detail: detail}
}

// unauthorized has a concrete message since 1.107.0.
func unauthorized(detail string) *problem {
	return &problem{
		status: http.StatusUnauthorized,
		detail: detail,
		header: http.Header{"Www-Authenticate": {"Bearer"}},
	}
}

// forbidden carries the specific cause since 1.204.0.
func forbidden(detail string) *problem {
	return &problem{status: http.StatusForbidden, detail: detail}
}

func (p *problem) title() string {
	if p.errors != nil {
		return "One or more validation errors occurred." // observed
	}
	return http.StatusText(p.status)
}

// answer renders the problem. With Dialect.PlainTextErrors only a problem with an errors map stays one: before 1.195.0
// some 400 were, while 401 and 403 were text.
func (p *problem) answer(dialect Dialect) answer {
	header := p.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if dialect.hasPlainTextErrors() && p.errors == nil {
		header.Set("Content-Type", "text/plain; charset=utf-8")
		return answer{status: p.status, header: header, text: p.detail}
	}
	body := object{
		"type":    problemTypes[p.status],
		"title":   p.title(),
		"status":  p.status,
		"traceId": newTraceID(),
	}
	if p.detail != "" {
		body["detail"] = p.detail
	}
	if p.errors != nil {
		body["errors"] = p.errors
	}
	header.Set("Content-Type", "application/problem+json")
	return answer{status: p.status, header: header, body: body}
}

// newTraceID returns a W3C trace context as ASP.NET writes it, "00-<trace>-<span>-00"; the prefix is observed.
func newTraceID() string {
	trace := strings.ReplaceAll(uuid.NewString(), "-", "")
	span := strings.ReplaceAll(uuid.NewString(), "-", "")[:16]
	return "00-" + trace + "-" + span + "-00"
}
