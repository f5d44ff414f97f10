package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// IsUnknownOrForbidden tells whether the error is one with which SignPath
// answers for an object that does not exist: 403 (documented), or 404. Both
// also stand for an object that the token may not see, so neither proves
// absence.
func IsUnknownOrForbidden(err error) bool {
	var e *httpapi.Error
	return errors.As(err, &e) && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}

// A GoneError says that an object is proven not to exist: a list that the
// token is known to see whole does not hold it.
type GoneError struct {
	// Object names what is gone: `project "a"`.
	Object string
	// Project is true if it is a project, be it the project of the signing
	// policy that was asked for.
	Project bool
	// Nearest are existing names that come close, for messages.
	Nearest []string
}

func (e *GoneError) Error() string {
	text := fmt.Sprintf("the organization has no %s", e.Object)
	if len(e.Nearest) > 0 {
		text += fmt.Sprintf("; there is %s", strings.Join(e.Nearest, ", "))
	}
	return text
}

// IsGone tells whether the error proves that the object does not exist.
func IsGone(err error) bool {
	var gone *GoneError
	return errors.As(err, &gone)
}
