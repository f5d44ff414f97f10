package referee

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// apiPath is where the mock server serves the API.
const apiPath = "/Api"

// document is an OpenAPI document that is ready to judge by.
type document struct {
	openAPI *openapi3.T
	router  routers.Router
}

func newDocument(openAPI []byte) (*document, error) {
	loaded, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	if err := loaded.Validate(context.Background()); err != nil {
		return nil, err
	}
	loaded.Servers = openapi3.Servers{{URL: apiPath}}
	// For 3.1, kin-openapi compiles the schema anew for each value, and then quotes
	// values in its reasons. Its own validator, which it uses for 3.0, does neither,
	// and knows what of 3.1 our documents use: lists of types.
	loaded.OpenAPI = "3.0.3"
	router, err := gorillamux.NewRouter(loaded)
	if err != nil {
		return nil, err
	}
	return &document{openAPI: loaded, router: router}, nil
}

func (d *document) routes() []string {
	var routes []string
	for path, item := range d.openAPI.Paths.Map() {
		for method := range item.Operations() {
			routes = append(routes, method+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

// call is a request whose route is known, and its answer.
type call struct {
	name  string
	input *openapi3filter.RequestValidationInput
}

var options = &openapi3filter.Options{
	IncludeResponseStatus:             true,
	RejectWhenRequestBodyNotSpecified: true,
	SkipSettingDefaults:               true,
	AuthenticationFunc:                requireToken,
}

var errNoToken = errors.New("it has no bearer token")

func requireToken(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	if bearerToken(input.RequestValidationInput.Request) == "" {
		return errNoToken
	}
	return nil
}

func bearerToken(request *http.Request) string {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	return token
}

// find returns an error that says what is unknown about the request's route.
func (d *document) find(request *http.Request) (*call, error) {
	route, parameters, err := d.router.FindRoute(request)
	if errors.Is(err, routers.ErrMethodNotAllowed) {
		return nil, errors.New("the document does not have the method for this path")
	}
	if err != nil {
		return nil, errors.New("the document does not have the path")
	}
	return &call{
		name:  route.Method + " " + route.Path,
		input: &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: optionsOf(route, request)},
	}, nil
}

// optionsOf lets an action come with {} where the document has no body for it:
// servers before 1.179.0 refuse an empty one (documented).
func optionsOf(route *routers.Route, request *http.Request) *openapi3filter.Options {
	if route.Operation.RequestBody != nil || request.ContentLength > int64(len("{}")) {
		return options
	}
	lenient := *options
	lenient.RejectWhenRequestBodyNotSpecified = false
	return &lenient
}

// unrouted is the path of a request below the organization, which may have ids
// and slugs in it.
func unrouted(request *http.Request) string {
	_, below, found := strings.Cut(strings.TrimPrefix(request.URL.Path, apiPath+"/v1/"), "/")
	if !found {
		return request.URL.Path
	}
	return "/" + below
}

func (c *call) judgeRequest() []violation {
	violations := c.judgeQuery()
	if err := openapi3filter.ValidateRequest(c.input.Request.Context(), c.input); err != nil {
		violations = append(violations, explain(c.name, "request", err))
	}
	return violations
}

// judgeQuery finds query parameters that no route has, which kin-openapi leaves
// alone.
func (c *call) judgeQuery() []violation {
	var violations []violation
	for _, name := range sortedKeys(c.input.Request.URL.Query()) {
		route := c.input.Route
		if route.Operation.Parameters.GetByInAndName("query", name) == nil && route.PathItem.Parameters.GetByInAndName("query", name) == nil {
			violations = append(violations, violation{c.name, "request", "query parameter " + name, "the document does not have it"})
		}
	}
	return violations
}

func (c *call) judgeAnswer(a *answer) []violation {
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: c.input,
		Status:                 a.status,
		Header:                 a.Header(),
		Body:                   io.NopCloser(bytes.NewReader(a.body)),
		Options:                c.optionsFor(a),
	})
	if err == nil {
		return nil
	}
	return []violation{explain(c.name, fmt.Sprintf("answer %d", a.status), err)}
}

// optionsFor lets an answer come without a body where the document says that it
// may, in words of its own: OpenAPI has none for that.
func (c *call) optionsFor(a *answer) *openapi3filter.Options {
	response := c.input.Route.Operation.Responses.Status(a.status)
	if len(a.body) > 0 || response == nil || response.Value.Extensions["x-body"] != "optional" {
		return options
	}
	withoutBody := *options
	withoutBody.ExcludeResponseBody = true
	return &withoutBody
}
