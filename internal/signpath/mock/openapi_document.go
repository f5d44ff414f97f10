package mock

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// documentTemplate is the path of the OpenAPI document below /Api. It is no part of the API itself.
const documentTemplate = "/" + pathDocument + "/" + pathVersion + "/swagger.json"

var documentRoutes = []route{
	{"Document", http.MethodGet, documentTemplate, nil, serveDocument, nil, nil},
}

// rawDocument is served in place of the OpenAPI document.
type rawDocument struct {
	content, contentType string
}

// WithDocument edits the OpenAPI document each time before it is served, so that it no longer matches the server. The
// document is as encoding/json decodes it. The edit must not call the server.
func WithDocument(edit func(document map[string]any)) Option {
	return func(s *Server) { s.documentEdits = append(s.documentEdits, edit) }
}

// WithRawDocument serves something else in place of the OpenAPI document, such as the HTML of a proxy.
func WithRawDocument(content []byte, contentType string) Option {
	return func(s *Server) { s.rawDocument = &rawDocument{string(content), contentType} }
}

// serveDocument answers the OpenAPI document that matches the dialect, as Swashbuckle would write it.
func serveDocument(c *call) (answer, *problem) {
	if c.dialect.NoDocument {
		return answer{}, &problem{status: http.StatusNotFound, detail: "There is no such route."}
	}
	raw := c.server.rawDocument
	if raw == nil {
		raw = &rawDocument{renderDocument(c), "application/json; charset=utf-8"}
	}
	return answer{status: http.StatusOK, header: http.Header{"Content-Type": {raw.contentType}}, text: raw.content}, nil
}

func renderDocument(c *call) string {
	document := encode(newDocument(c.describing(), c.server.routes))
	for _, edit := range c.server.documentEdits {
		var decoded map[string]any
		if err := json.Unmarshal(document, &decoded); err != nil {
			panic(err) // It was encoded just now.
		}
		edit(decoded)
		document = encode(decoded)
	}
	return string(document)
}

// describing renders in the dialect that the OpenAPI document describes.
func (r renderer) describing() renderer {
	r.dialect = r.dialect.described()
	return r
}

func newDocument(r renderer, table routes) object {
	s := &schemas{renderer: r, types: propertyTypes, components: object{}}
	paths := object{}
	s.addPaths(paths, "/"+pathVersion, table.public)
	s.addPaths(paths, "/"+pathVersion+"/{organization}", table.organization)
	s.addPaths(paths, "/"+pathPreview+"/{organization}", table.preview)
	return object{
		"openapi": "3.0.1",
		"info":    object{"title": "SignPath REST API", "version": pathVersion},
		"servers": []object{{"url": "/" + pathAPI}},
		"paths":   paths,
		"components": object{
			"schemas": s.components,
			"securitySchemes": object{
				"Bearer": object{"type": "http", "scheme": "bearer", "description": "The API token of a user"},
			},
		},
		"security": []object{{"Bearer": []string{}}},
	}
}

// pathParameters are the variables of route templates as the OpenAPI document describes them.
var pathParameters = map[string]struct {
	name   string
	schema object
}{
	"{id}":           {paramID, object{"type": "string", "format": "uuid"}},
	"{project}":      {paramProject, object{"type": "string"}},
	"{policy}":       {paramPolicy, object{"type": "string"}},
	"{organization}": {paramOrganization, object{"type": "string", "format": "uuid"}},
}

func (s *schemas) addPaths(paths object, base string, table []route) {
	for _, r := range table {
		path, parameters := describePath(base + r.template)
		operations, _ := paths[path].(object)
		if operations == nil {
			operations = object{}
			paths[path] = operations
		}
		operations[strings.ToLower(r.method)] = s.operation(r, parameters)
	}
}

// describePath gives a template the variables of the document.
func describePath(template string) (path string, parameters []object) {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		parameter, isVariable := pathParameters[segment]
		if !isVariable {
			continue
		}
		segments[i] = "{" + parameter.name + "}"
		parameters = append(parameters, object{
			"name": parameter.name, "in": "path", "required": true, "schema": parameter.schema,
		})
	}
	return strings.Join(segments, "/"), parameters
}

func (s *schemas) operation(r route, parameters []object) object {
	described := object{
		"tags":        []string{r.tag()},
		"operationId": r.tag() + "_" + r.name,
		"responses":   s.responses(r),
	}
	if r.answers != nil && r.answers.isPaged {
		parameters = slices.Concat(parameters, s.pageParameters())
	}
	if len(parameters) > 0 {
		described["parameters"] = parameters
	}
	if r.right == nil {
		described["security"] = []object{}
	}
	if r.reads != nil {
		content := object{}
		for _, mediaType := range requestMediaTypes {
			content[mediaType] = object{"schema": s.request(r.reads)}
		}
		described["requestBody"] = object{"content": content}
	}
	return described
}

// tag is the collection that a route is about: the last one that has items in its path.
func (r route) tag() string {
	segments := strings.Split(r.template[1:], "/")
	for i, segment := range slices.Backward(segments) {
		if i > 0 && strings.HasPrefix(segment, "{") {
			return segments[i-1]
		}
	}
	return segments[0]
}

func (s *schemas) responses(r route) object {
	success := object{"description": "Success"}
	if schema := s.success(r.answers); schema != nil {
		success["content"] = object{"application/json": object{"schema": schema}}
	}
	responses := object{strconv.Itoa(r.answers.successStatus()): success}
	for _, status := range s.refusals(r) {
		responses[strconv.Itoa(status)] = s.refusal(status)
	}
	return responses
}

// success describes the body of a successful answer; nil if it has none.
func (s *schemas) success(model *answerModel) object {
	switch {
	case model == nil || len(model.sample(s.renderer)) == 0:
		return nil
	case model.list != "":
		return s.list(model)
	}
	return s.answer(model)
}

func (s *schemas) refusals(r route) []int {
	if r.right == nil {
		return nil
	}
	statuses := []int{http.StatusUnauthorized, http.StatusForbidden}
	if r.method == http.MethodPost || strings.Contains(r.template, "{id}") {
		statuses = append(statuses, http.StatusBadRequest)
	}
	if s.dialect.UnknownIs404 && strings.Contains(r.template, "{") {
		statuses = append(statuses, http.StatusNotFound)
	}
	return statuses
}

func (s *schemas) refusal(status int) object {
	isValidation := status == http.StatusBadRequest
	mediaType, schema := "application/problem+json", s.problem(isValidation)
	if s.dialect.hasPlainTextErrors() && !isValidation {
		mediaType, schema = "text/plain", object{"type": "string"}
	}
	return object{
		"description": http.StatusText(status),
		"content":     object{mediaType: object{"schema": schema}},
	}
}
