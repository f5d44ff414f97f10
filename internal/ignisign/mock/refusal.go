package mock

import (
	"net/http"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// object is a JSON object of an answer.
type object = map[string]any

// refusal is an error answer. The five names of its body are documented; which route answers which code with which status
// is not, and so what this package says of that is an assumption. The codes are those of the published data models.
type refusal struct {
	status  int
	code    string
	message string
	context object
}

func refuse(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, message: message, context: object{}}
}

// invalidBody names one property and what is wrong with it.
func invalidBody(property, objection string) *refusal {
	return &refusal{http.StatusBadRequest, "BODY_VALIDATION_FAILED", "Body validation failed", object{property: objection}}
}

func invalidQuery(parameter, objection string) *refusal {
	return &refusal{http.StatusBadRequest, "QUERY_VALIDATION_FAILED", "Query validation failed", object{parameter: objection}}
}

func noPending() *refusal {
	return refuse(http.StatusBadRequest, "NO_PENDING_USER_INVITATION", "There is no pending invitation.")
}

func (r *refusal) answer(dialect Dialect, at time.Time) mockserver.Answer {
	var message any = r.message
	if dialect.MessageObjects {
		message = object{"en": r.message}
	}
	return mockserver.JSON(r.status, object{
		"message":   message,
		"timestamp": at.UTC().Format("2006-01-02 15:04:05 +0000"),
		"status":    r.status,
		"code":      r.code,
		"context":   r.context,
	})
}
