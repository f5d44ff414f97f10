package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// readContract reads the server's document. A server that has none, or whose
// document cannot be used, leaves the contract without one; a failure that says
// nothing about that is an error.
func (c *Client) readContract(ctx context.Context) (contract, error) {
	body, _, err := c.call(ctx, routeDocument, nil, nil)
	if err != nil {
		if absence := absenceOf(err); absence != "" {
			return contract{absence: absence}, nil
		}
		return contract{}, fmt.Errorf("the server's OpenAPI document, which tells how to write, could not be read: %w", err)
	}
	document, err := parseDocument(body)
	if err != nil {
		return contract{absence: err.Error()}, nil //nolint:nilerr // What is no document is none.
	}
	return contract{document: document}, nil
}

// absenceOf says why there is no document; it is empty if that is not certain.
func absenceOf(err error) string {
	var e *httpapi.Error
	if !errors.As(err, &e) || e.Status < http.StatusMultipleChoices || e.Status >= http.StatusInternalServerError {
		return ""
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return ""
	}
	return fmt.Sprintf("%s answered %d", routeDocument, e.Status)
}

// A document is a server's OpenAPI document, reduced to what is compared.
type document struct {
	// operations are by method and path below the organization, folded as by
	// [foldRoute].
	operations map[string]operation
	// preview are those of v1-pre, which has other routes of the same names.
	preview map[string]operation
}

// of returns what the document has for a route as it is assumed.
func (d *document) of(r route) (operation, bool) {
	operations := d.operations
	if r.preview {
		operations = d.preview
	}
	found, ok := operations[foldRoute(r.method, r.path)]
	return found, ok
}

// An operation is one route of a document.
type operation struct {
	method, path string // The path is below the organization, as the document spells it.
	// request and answer are nil if the document does not say what they have.
	request, answer *schema
}

// A schema is an object that a document describes.
type schema struct {
	properties map[string]schemaProperty
	required   []string
	// closed is true if there are no other properties.
	closed bool
}

// A schemaProperty is what matters of one property.
type schemaProperty struct {
	types []string
	// list is what the objects of an array have; nil if it is no such array.
	list *schema
	// items are the types of an array's items, nested the properties of an
	// object.
	items, nested []string
}

// maxSchemaDepth bounds how deep schemas refer to schemas.
const maxSchemaDepth = 8

// parseDocument reads an OpenAPI 3 document. References to other files or hosts
// are never followed.
func parseDocument(data []byte) (*document, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	parsed, err := loader.LoadFromData(data)
	if err != nil || !strings.HasPrefix(parsed.OpenAPI, "3.") || parsed.Paths == nil {
		return nil, fmt.Errorf("what %s answered is no OpenAPI 3 document", routeDocument)
	}
	d := &document{operations: operationsOf(parsed, version), preview: operationsOf(parsed, versionPreview)}
	if len(d.operations) == 0 {
		return nil, fmt.Errorf("the document that %s answered has no route of an organization", routeDocument)
	}
	return d, nil
}

// operationsOf returns the operations of one version of the API.
func operationsOf(parsed *openapi3.T, version string) map[string]operation {
	operations := map[string]operation{}
	for path, item := range parsed.Paths.Map() {
		below, ok := belowOrganization(path, version)
		if !ok {
			continue
		}
		for method, described := range item.Operations() {
			operations[foldRoute(method, below)] = operation{
				method: method, path: below, request: requestSchema(described), answer: answerSchema(described),
			}
		}
	}
	return operations
}

// belowOrganization returns what follows /v1/{organization} in a path of the
// version.
func belowOrganization(path, version string) (string, bool) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.EqualFold(segment, version) && i+2 < len(segments) && strings.HasPrefix(segments[i+1], "{") {
			return "/" + strings.Join(segments[i+2:], "/"), true
		}
	}
	return "", false
}

// foldRoute makes routes comparable: paths are served without regard to case
// (observed), and the names of parameters do not matter.
func foldRoute(method, path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return method + " " + strings.ToLower(strings.Join(segments, "/"))
}

func requestSchema(o *openapi3.Operation) *schema {
	if o.RequestBody == nil || o.RequestBody.Value == nil {
		return nil
	}
	return jsonSchema(o.RequestBody.Value.Content)
}

func answerSchema(o *openapi3.Operation) *schema {
	if o.Responses == nil {
		return nil
	}
	for _, status := range []string{"200", "201", "2XX", "default"} {
		if response := o.Responses.Value(status); response != nil && response.Value != nil {
			if s := jsonSchema(response.Value.Content); s != nil {
				return s.unwrapped()
			}
		}
	}
	return nil
}

func jsonSchema(content openapi3.Content) *schema {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if strings.Contains(name, "json") && content[name].Schema != nil && content[name].Schema.Value != nil {
			s := &schema{properties: map[string]schemaProperty{}}
			s.add(content[name].Schema.Value, 0)
			if len(s.properties) > 0 {
				return s
			}
		}
	}
	return nil
}

// add takes in the properties of a schema and of all that it consists of. The
// schema of a list is that of its items.
func (s *schema) add(described *openapi3.Schema, depth int) {
	if depth > maxSchemaDepth {
		return
	}
	for name, p := range described.Properties {
		if p != nil && p.Value != nil {
			s.properties[name] = describe(p.Value, depth)
		}
	}
	s.required = unique(append(s.required, described.Required...))
	if has := described.AdditionalProperties.Has; has != nil && !*has {
		s.closed = true
	}
	for _, part := range slices.Concat(described.AllOf, described.OneOf, described.AnyOf) {
		if part.Value != nil {
			s.add(part.Value, depth+1)
		}
	}
	if described.Items != nil && described.Items.Value != nil {
		s.add(described.Items.Value, depth+1)
	}
}

func describe(described *openapi3.Schema, depth int) schemaProperty {
	p := schemaProperty{types: typesOf(described)}
	p.nested = slices.Sorted(maps.Keys(propertiesOf(described)))
	if described.Items != nil && described.Items.Value != nil {
		p.items = typesOf(described.Items.Value)
		if depth < maxSchemaDepth && slices.Contains(p.items, openapi3.TypeObject) {
			p.list = &schema{properties: map[string]schemaProperty{}}
			p.list.add(described.Items.Value, depth+1)
		}
	}
	return p
}

// unwrapped returns the schema of a list's items, where the list is the only
// property of the answer.
func (s *schema) unwrapped() *schema {
	for _, p := range s.properties {
		if len(s.properties) == 1 && p.list != nil {
			return p.list
		}
	}
	return s
}

func propertiesOf(described *openapi3.Schema) openapi3.Schemas {
	for _, part := range described.AllOf {
		if part.Value != nil && len(described.Properties) == 0 {
			return part.Value.Properties // How a reference is made nullable.
		}
	}
	return described.Properties
}

func typesOf(described *openapi3.Schema) []string {
	if described.Type != nil {
		return described.Type.Slice()
	}
	if len(propertiesOf(described)) > 0 {
		return []string{openapi3.TypeObject}
	}
	return nil
}

// names returns the names of the schema's properties, sorted.
func (s *schema) names() []string { return slices.Sorted(maps.Keys(s.properties)) }

// find returns the name that the schema has for the property in requests.
func (s *schema) find(p property) (string, bool) { return s.findAny(p.requestNames()) }

func (s *schema) findAny(names []string) (string, bool) {
	for _, name := range names {
		if _, ok := s.properties[name]; ok {
			return name, true
		}
	}
	return "", false
}

// memberEncoder returns how a request writes the list that the property is.
func (p schemaProperty) memberEncoder(kindOf func(string) (access.Kind, bool)) (memberEncoder, error) {
	switch {
	case slices.Contains(p.items, openapi3.TypeObject):
		return memberEncoder{form: formObjects}, nil
	case slices.Contains(p.types, openapi3.TypeArray):
		return memberEncoder{form: formIDs}, nil
	}
	if keys := perKindKeys(p.nested); keys != nil {
		return memberEncoder{form: formPerKind, keys: keys, kindOf: kindOf}, nil
	}
	return memberEncoder{}, fmt.Errorf("%w: %s", errMemberKinds, strings.Join(p.nested, ", "))
}

// An offer is what a document has for a route that is assumed.
type offer struct {
	assumed route
	// route is the one that the document has, if found is true.
	route   route
	found   bool
	request *schema
	// missing are the properties that the document has no place for: needed in
	// the answer.
	missing []*ContractError
	// near are the routes of the document that come close.
	near []string
}

// offer looks for the route among the plausible forms.
func (d *document) offer(r route) offer {
	result := offer{assumed: r, route: r}
	for _, candidate := range r.candidates() {
		if found, ok := d.operations[foldRoute(candidate.method, candidate.path)]; ok {
			result.route, result.found, result.request = candidate, true, found.request
			result.missing = missingInAnswer(r, found.answer)
			return result
		}
	}
	result.near = d.near(r)
	return result
}

// missingInAnswer finds what the answer has to tell and does not: a new token
// under an unknown name would be lost.
func missingInAnswer(r route, answer *schema) []*ContractError {
	var missing []*ContractError
	if answer == nil || len(answer.properties) == 0 {
		return nil
	}
	for _, p := range propertiesOfRoute(r).answer {
		if _, ok := answer.findAny(p.answerNames()); !ok {
			missing = append(missing, &ContractError{Route: r.String(), Property: p.name, Tried: p.answerNames(), Offered: answer.names()})
		}
	}
	return missing
}

func propertiesOfRoute(r route) writeRoute {
	for _, writes := range writeRoutes() {
		if writes.route == r {
			return writes
		}
	}
	return writeRoute{route: r}
}

// refusal returns why the route cannot be used at all.
func (o offer) refusal() error {
	if !o.found {
		return &ContractError{Route: o.assumed.String(), Tried: triedRoutes(o.assumed), Offered: o.near}
	}
	if len(o.missing) > 0 {
		return o.missing[0]
	}
	return nil
}

// triedRoutes are the candidates with the assumed method; the others are told by
// naming their methods.
func triedRoutes(r route) []string {
	var tried []string
	for _, candidate := range r.candidates() {
		if candidate.method == r.method {
			tried = append(tried, candidate.String())
		}
	}
	return append(tried, "the same with PATCH and PUT")
}

// near returns the document's routes that begin like the one that is missing, and
// read or write as it does.
func (d *document) near(r route) []string {
	first := strings.ToLower(strings.SplitN(r.path, "/", 3)[1])
	var near []string
	for _, found := range d.operations {
		sameKind := (found.method == http.MethodGet) == (r.method == http.MethodGet)
		if sameKind && strings.HasPrefix(strings.ToLower(found.path), "/"+first) {
			near = append(near, found.method+" "+found.path)
		}
	}
	slices.Sort(near)
	return near
}
