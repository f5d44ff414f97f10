package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// documentTemplate is the path of the OpenAPI document below /Api. It is no part of the API itself.
const documentTemplate = "/" + pathDocument + "/" + pathVersion + "/swagger.json"

var documentRoutes = of("", []route{
	{"Document", http.MethodGet, documentTemplate, nil, serveDocument, nil, nil},
})

// described is what the document describes: the server, or another one.
type described struct {
	front  *front
	routes routes
}

func (s *Server) describe() (err error) {
	s.described = described{s.front, s.routes}
	if s.dialect.Document == DocumentTrue {
		return nil
	}
	if s.described.front, err = newFront(s.dialect.described(), s.dialect.describedMapping(s.mapping)); err != nil {
		return err
	}
	s.described.routes, err = newRoutes(s.dialect, s.described.front)
	return err
}

// checkPlaces refuses a mapping file that has two things in one place: the document could not say so.
func (s *Server) checkPlaces() error {
	s.front.extras = s.organization.extras()
	if s.described.front.extras = s.front.extras; !s.front.isMapped {
		return nil
	}
	r := renderer{dialect: s.dialect, front: s.front, organization: s.organization}
	if _, conflicts := newDocument(r, s.routes); len(conflicts) > 0 {
		return fmt.Errorf("mapping: %w", errors.Join(conflicts...))
	}
	return nil
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
	r := c.renderer
	r.dialect, r.front = r.dialect.described(), c.server.described.front
	described, _ := newDocument(r, c.server.described.routes)
	document := encode(described)
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

// newDocument is the document of a server, with what could not be said of it.
func newDocument(r renderer, table routes) (document object, conflicts []error) {
	s := &schemas{renderer: r, types: propertyTypes, components: object{}, entities: r.front.entities(), operations: map[string]int{}}
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
	}, s.conflicts
}

// pathParameters are the variables of route templates as the OpenAPI document describes them, with the collection in which they
// are called so.
var pathParameters = map[string]struct {
	name, collection string
	schema           object
}{
	"{id}":           {paramID, "", object{"type": "string", "format": "uuid"}},
	"{project}":      {paramProject, pathProjects, object{"type": "string"}},
	"{policy}":       {paramPolicy, pathPolicies, object{"type": "string"}},
	"{organization}": {paramOrganization, "", object{"type": "string", "format": "uuid"}},
}

func (s *schemas) addPaths(paths object, base string, table []servedRoute) {
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
		if collection := segments[i-1]; parameter.collection != "" && collection != parameter.collection {
			parameter.name = camelCase(singular(collection)) + "Slug"
		}
		segments[i] = "{" + parameter.name + "}"
		parameters = append(parameters, object{
			"name": parameter.name, "in": "path", "required": true, "schema": parameter.schema,
		})
	}
	return strings.Join(segments, "/"), parameters
}

func (s *schemas) operation(r servedRoute, parameters []object) object {
	id := s.operationID(r)
	described := object{
		"tags":        []string{r.tag()},
		"operationId": id,
		"responses":   s.responses(r),
	}
	if r.answers != nil && r.answers.isList {
		parameters = slices.Concat(parameters, s.pageParameters(r.of))
	}
	if len(parameters) > 0 {
		described["parameters"] = parameters
	}
	if r.right == nil {
		described["security"] = []object{}
	}
	if r.reads != nil || r.shape != nil && len(r.shape.fields) > 0 {
		content := object{}
		for _, mediaType := range requestMediaTypes {
			content[mediaType] = object{"schema": s.request(r, id)}
		}
		described["requestBody"] = object{"content": content}
	}
	return described
}

// operationID is unique: the second one of a name gets a number.
func (s *schemas) operationID(r servedRoute) string {
	id := r.tag() + "_" + r.operation()
	if s.operations[id]++; s.operations[id] > 1 {
		return id + strconv.Itoa(s.operations[id])
	}
	return id
}

// operation is what the document calls what the route does: as the default dialect does, or as its path ends.
func (r servedRoute) operation() string {
	segments := strings.Split(r.template, "/")
	last := segments[len(segments)-1]
	switch isFixed := !strings.HasPrefix(last, "{") && last != r.tag(); {
	case r.isMapped && isFixed:
		return pascalCase(last)
	case r.isMapped && r.method != http.MethodPost && r.method != http.MethodGet:
		return pascalCase(strings.ToLower(r.method))
	}
	return r.name
}

// tag is the collection that a route is about: the last one that has items in its path.
func (r servedRoute) tag() string {
	segments := strings.Split(r.template[1:], "/")
	for i, segment := range slices.Backward(segments) {
		if i > 0 && strings.HasPrefix(segment, "{") {
			return segments[i-1]
		}
	}
	return segments[0]
}

func (s *schemas) responses(r servedRoute) object {
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
	case model == nil || model.whole != nil && model.whole(s) == nil:
		return nil
	case model.isList:
		return s.list(model)
	}
	return s.answer(model)
}

func (s *schemas) refusals(r servedRoute) []int {
	if r.right == nil {
		return nil
	}
	statuses := []int{http.StatusUnauthorized, http.StatusForbidden}
	if r.method != http.MethodGet || strings.Contains(r.template, "{id}") {
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

// singular is what one of a collection is called.
func singular(collection string) string {
	for _, end := range []struct{ plural, one string }{{"ies", "y"}, {"ches", "ch"}, {"shes", "sh"}, {"xes", "x"}, {"sses", "ss"}} {
		if stem, isPlural := strings.CutSuffix(collection, end.plural); isPlural {
			return stem + end.one
		}
	}
	return strings.TrimSuffix(collection, "s")
}

func camelCase(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// canonicalEntities are the names of things in the names of schemas.
var canonicalEntities = map[thing]string{
	thingUser: wireKinds[kindInteractiveUser].event, thingCIUser: wireKinds[kindCIUser].event, thingGroup: wireKinds[kindUserGroup].event,
	thingProject: eventProject, thingPolicy: eventSigningPolicy,
}

// otherSchemas are the names of schemas that are not about what has collections.
var otherSchemas = []string{"Organization", "AuditEvent", "SystemInfo", "Member", "ArtifactConfiguration"}

// entities are what the document calls things: as the collection that they are in, unless something else is called so.
func (f *front) entities() map[thing]string {
	entities, taken := map[thing]string{}, slices.Clone(otherSchemas)
	for _, t := range sortedKeys(canonicalEntities) {
		entities[t] = canonicalEntities[t]
		if method, template, isMapped := f.route(t, callRead, "", ""); isMapped {
			r := servedRoute{route: route{method: method, template: template}}
			entities[t] = pascalCase(singular(r.tag()))
		}
		if slices.Contains(taken, entities[t]) {
			entities[t] += "Model"
		}
		taken = append(taken, entities[t])
	}
	return entities
}

// schemaName is what the document calls the schema of an answer.
func (s *schemas) schemaName(model *answerModel) string { return s.named(model.of, model.schema) }

// named gives the name of a schema that of its thing in the document.
func (s *schemas) named(t thing, schema string) string {
	return strings.Replace(schema, canonicalEntities[t], s.entities[t], 1)
}

// requestName is what the document calls the schema of a request.
func (s *schemas) requestName(r servedRoute, operationID string) string {
	if r.reads == nil || r.isMapped {
		return strings.ReplaceAll(operationID, "_", "") + "Request"
	}
	return s.named(r.of, r.reads.schema) + "Request"
}
