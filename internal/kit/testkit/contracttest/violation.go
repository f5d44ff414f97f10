package contracttest

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
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

// explain says what kin-openapi or a JSON Schema objects to. The texts of their
// errors quote the value, so only their parts are used.
func explain(route, message string, err error) violation {
	v := violation{Route: route, Message: message, Reason: "it does not fit the document"}
	var request *openapi3filter.RequestError
	var response *openapi3filter.ResponseError
	switch {
	case errors.As(err, &request):
		v.Reason = cmp.Or(request.Reason, v.Reason)
		if request.Parameter != nil {
			v.Where = request.Parameter.In + " parameter " + request.Parameter.Name
		}
		if errors.Is(err, openapi3filter.ErrInvalidRequired) {
			v.Reason = openapi3filter.ErrInvalidRequired.Error()
		}
	case errors.As(err, &response):
		v.Reason = cmp.Or(response.Reason, v.Reason)
	case errors.Is(err, errNoToken):
		v.Reason = errNoToken.Error()
	}
	if o := closest(err); o != nil {
		v.Where += o.pointer()
		v.Reason = o.reason
	}
	return v
}

// An objection is what a schema has against a value.
type objection struct {
	// location is what of the value it is about, key by key.
	location []string
	reason   string
	// ofType is true if the value is of another kind than the schema is about.
	ofType bool
}

// closest returns the objection that says most. Where several forms are possible,
// that is the one about the form that the value comes closest to.
func closest(err error) *objection {
	var found *objection
	for _, o := range objections(err) {
		if found == nil || o.closeness() > found.closeness() {
			found = &o
		}
	}
	return found
}

// objections are all that an error has in it, the innermost first.
func objections(err error) []objection {
	var ofJSONSchema *jsonschema.ValidationError
	if errors.As(err, &ofJSONSchema) { // kin-openapi's own error would quote the value.
		return leaves(ofJSONSchema)
	}
	var found []objection
	switch failed := err.(type) { //nolint:errorlint // It walks the tree of errors itself.
	case *openapi3.SchemaError:
		reason := failed.Reason
		if reason == "" {
			reason = misfit(failed.SchemaField)
		}
		isForm := failed.SchemaField == "type" || failed.SchemaField == "oneOf"
		return append(objections(failed.Origin), objection{failed.JSONPointer(), reason, isForm})
	case openapi3.MultiError:
		for _, one := range failed {
			found = append(found, objections(one)...)
		}
	case interface{ Unwrap() []error }:
		for _, one := range failed.Unwrap() {
			found = append(found, objections(one)...)
		}
	case interface{ Unwrap() error }:
		return objections(failed.Unwrap())
	}
	return found
}

// leaves are the objections of a JSON Schema that have no further causes.
func leaves(failed *jsonschema.ValidationError) []objection {
	var found []objection
	for _, cause := range failed.Causes {
		found = append(found, leaves(cause)...)
	}
	if len(failed.Causes) > 0 {
		return found
	}
	o := objection{location: failed.InstanceLocation}
	switch what := failed.ErrorKind.(type) {
	case *kind.Type:
		o.reason, o.ofType = "value must be of the type "+strings.Join(what.Want, " or "), true
	case *kind.Required:
		o.location = append(slices.Clone(o.location), what.Missing[0])
		o.reason = fmt.Sprintf("property %q is missing", what.Missing[0])
	case *kind.AdditionalProperties:
		o.reason = fmt.Sprintf("property %q is unsupported", slices.Min(what.Properties))
	default:
		o.reason = misfit(cmp.Or(strings.Join(what.KeywordPath(), "/"), "not"))
		o.ofType = o.reason == misfit("oneOf")
	}
	return []objection{o}
}

func misfit(keyword string) string { return fmt.Sprintf("it does not fit %q of the schema", keyword) }

// closeness is how far into the value a schema went along with it, which is half
// a step further if the value has at least the type.
func (o objection) closeness() int {
	steps := 2 * len(o.location)
	if !o.ofType {
		steps++
	}
	return steps
}

var index = regexp.MustCompile(`^\d+$`)

// pointer is the JSON pointer of what is wrong, the same for all items of a list.
func (o objection) pointer() string {
	var path strings.Builder
	for _, key := range o.location {
		path.WriteString("/" + index.ReplaceAllString(key, "*"))
	}
	return path.String()
}
