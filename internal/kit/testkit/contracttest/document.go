package contracttest

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

// document is an OpenAPI document that is ready to judge by.
type document struct {
	openAPI *openapi3.T
	// base is the path below which the API is served.
	base   string
	router routers.Router
	bodies bodySchemas
}

func newDocument(openAPI []byte) (*document, error) {
	loaded, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	if err := loaded.Validate(context.Background()); err != nil {
		return nil, err
	}
	dropUnused(loaded)
	base, err := loaded.Servers.BasePath()
	if err != nil {
		return nil, err
	}
	loaded.Servers = openapi3.Servers{{URL: base}}
	bodies, err := takeBodySchemas(loaded)
	if err != nil {
		return nil, err
	}
	router, err := gorillamux.NewRouter(loaded)
	if err != nil {
		return nil, err
	}
	return &document{openAPI: loaded, base: base, router: router, bodies: bodies}, nil
}

// dropUnused takes out the operations that a document has for readers, in words of
// its own: a client that requests one does what the document says that it does not.
func dropUnused(loaded *openapi3.T) {
	for _, item := range loaded.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.Extensions["x-client"] == "not used" {
				item.SetOperation(method, nil)
			}
		}
	}
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
	name   string
	input  *openapi3filter.RequestValidationInput
	bodies bodySchemas
	// body is the request's.
	body []byte
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

// find returns an error that says what is unknown about the route of a request
// with a body.
func (d *document) find(request *http.Request, body []byte) (*call, error) {
	route, parameters, err := d.router.FindRoute(request)
	if errors.Is(err, routers.ErrMethodNotAllowed) {
		return nil, errors.New("the document does not have the method for this path")
	}
	if err != nil {
		return nil, errors.New("the document does not have the path")
	}
	return &call{
		name: route.Method + " " + route.Path, bodies: d.bodies, body: body,
		input: &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: optionsOf(route, request)},
	}, nil
}

// optionsOf lets an action come with {} where the document has no body for it:
// some servers refuse an empty one.
func optionsOf(route *routers.Route, request *http.Request) *openapi3filter.Options {
	if route.Operation.RequestBody != nil || request.ContentLength > int64(len("{}")) {
		return options
	}
	lenient := *options
	lenient.RejectWhenRequestBodyNotSpecified = false
	return &lenient
}

// below is the path of a request below the API's.
func (d *document) below(request *http.Request) string {
	return "/" + strings.TrimPrefix(strings.TrimPrefix(request.URL.Path, d.base), "/")
}

func (c *call) judgeRequest() []violation {
	violations := c.judgeQuery()
	err := openapi3filter.ValidateRequest(c.input.Request.Context(), c.input)
	if described := c.input.Route.Operation.RequestBody; err == nil && described != nil {
		err = c.bodies.judge(described.Value.Content, c.input.Request.Header.Get("Content-Type"), c.body)
	}
	if err != nil {
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
	if described := c.input.Route.Operation.Responses.Status(a.status); err == nil && described != nil {
		err = c.bodies.judge(described.Value.Content, a.Header().Get("Content-Type"), a.body)
	}
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
