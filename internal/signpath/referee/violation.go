package referee

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// A violation is one way in which a request or an answer breaks the contract. It
// names properties, never their values: those may be secret.
type violation struct {
	Route string
	// Message is "request" or "answer 200".
	Message string
	// Where is what of the message is wrong, such as a JSON pointer with * for
	// each index; "" if the message as a whole is.
	Where  string
	Reason string
}

// String is the violation as a test reports it.
func (v violation) String() string {
	text := "contract: " + v.Route
	for _, part := range []string{v.Message, v.Where, v.Reason} {
		if part != "" {
			text += ": " + part
		}
	}
	return text
}

// without takes the token out, which a client could also have put where no
// secret belongs.
func (v violation) without(token string) violation {
	if token == "" {
		return v
	}
	for _, text := range []*string{&v.Route, &v.Where, &v.Reason} {
		*text = strings.ReplaceAll(*text, token, "(token)")
	}
	return v
}

// explain says what kin-openapi objects to. The texts of its errors quote the
// value, so only their parts are used.
func explain(route, message string, err error) violation {
	v := violation{Route: route, Message: message, Reason: "it does not fit the document"}
	var request *openapi3filter.RequestError
	var response *openapi3filter.ResponseError
	switch {
	case errors.As(err, &request):
		v.Reason = request.Reason
		if request.Parameter != nil {
			v.Where = request.Parameter.In + " parameter " + request.Parameter.Name
		}
		if errors.Is(err, openapi3filter.ErrInvalidRequired) {
			v.Reason = openapi3filter.ErrInvalidRequired.Error()
		}
	case errors.As(err, &response):
		v.Reason = response.Reason
	case errors.Is(err, errNoToken):
		v.Reason = errNoToken.Error()
	}
	if schema := closest(err); schema != nil {
		v.Where += pointer(schema)
		v.Reason = reason(schema)
	}
	return v
}

// closest returns the schema error that says most. Where several forms are
// possible, that is the one about the form that the value comes closest to.
func closest(err error) *openapi3.SchemaError {
	var found *openapi3.SchemaError
	consider := func(candidate *openapi3.SchemaError) {
		if candidate != nil && (found == nil || closeness(candidate) > closeness(found)) {
			found = candidate
		}
	}
	switch failed := err.(type) { //nolint:errorlint // It walks the tree of errors itself.
	case *openapi3.SchemaError:
		consider(closest(failed.Origin))
		consider(failed)
	case openapi3.MultiError:
		for _, one := range failed {
			consider(closest(one))
		}
	case interface{ Unwrap() []error }:
		for _, one := range failed.Unwrap() {
			consider(closest(one))
		}
	case interface{ Unwrap() error }:
		consider(closest(failed.Unwrap()))
	}
	return found
}

// closeness is how far into the value a schema went along with it, which is half
// a step further if the value has at least the type.
func closeness(failed *openapi3.SchemaError) int {
	steps := 2 * len(failed.JSONPointer())
	if failed.SchemaField != "type" && failed.SchemaField != "oneOf" {
		steps++
	}
	return steps
}

var index = regexp.MustCompile(`^\d+$`)

// pointer is the JSON pointer of what is wrong, the same for all items of a list.
func pointer(failed *openapi3.SchemaError) string {
	var path strings.Builder
	for _, key := range failed.JSONPointer() {
		path.WriteString("/" + index.ReplaceAllString(key, "*"))
	}
	return path.String()
}

func reason(failed *openapi3.SchemaError) string {
	if failed.Reason != "" {
		return failed.Reason
	}
	return fmt.Sprintf("it does not fit %q of the schema", failed.SchemaField)
}
