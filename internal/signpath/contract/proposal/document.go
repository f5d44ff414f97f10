package proposal

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// A document is a server's OpenAPI document, reduced to its operations below an
// organization, in the order of their paths and methods.
type document struct {
	operations []*operation
	// version is what the document calls itself.
	version string
}

// An operation is one route of a document.
type operation struct {
	method string
	// version is v1 or v1-pre, and segments are those below the organization, as the document
	// has them.
	version  string
	segments []string
	query    []parameter
	// request and answer are nil where the document does not describe a body.
	request, answer *schema
	// hasLocation and hasLink tell of headers of the answer.
	hasLocation, hasLink bool
}

// A parameter is one of the query.
type parameter struct {
	name string
	*schema
	required bool
}

func (o *operation) String() string { return o.method + " " + o.path() }

// path is that below the organization, with the names of parameters as the document has them.
func (o *operation) path() string { return "/" + strings.Join(o.segments, "/") }

func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }

func readDocument(data []byte) (*document, error) {
	parsed, err := contract.ParseOpenAPI(data)
	if err != nil {
		return nil, err
	}
	d, reader := &document{}, schemaReader{}
	if parsed.Info != nil {
		d.version = parsed.Info.Version
	}
	for _, path := range slices.Sorted(maps.Keys(parsed.Paths.Map())) {
		version, segments, ok := belowOrganization(path)
		item := parsed.Paths.Value(path)
		if !ok || item == nil {
			continue
		}
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			if operations[method].Extensions["x-client"] == "not used" { // In the document of package contract.
				continue
			}
			o := &operation{method: method, version: version, segments: segments}
			o.read(reader, item, operations[method])
			d.operations = append(d.operations, o)
		}
	}
	reader.countPlaces()
	return d, nil
}

// belowOrganization takes a path /v1/{organization}/… apart.
func belowOrganization(path string) (version string, segments []string, ok bool) {
	all := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range all {
		version := strings.ToLower(segment)
		if (version == "v1" || version == "v1-pre") && i+2 < len(all) && isVariable(all[i+1]) && areWritable(all[i+2:]) {
			return version, all[i+2:], true
		}
	}
	return "", nil, false
}

func (o *operation) read(reader schemaReader, item *openapi3.PathItem, described *openapi3.Operation) {
	o.readQuery(reader, slices.Concat(item.Parameters, described.Parameters))
	if body := described.RequestBody; body != nil && body.Value != nil {
		o.request = ofJSON(reader, body.Value.Content)
	}
	if described.Responses == nil {
		return
	}
	for _, status := range []string{"200", "201", "202", "204", "2XX", "default"} {
		response := described.Responses.Value(status)
		if response == nil || response.Value == nil {
			continue
		}
		for name := range response.Value.Headers {
			o.hasLocation = o.hasLocation || strings.EqualFold(name, "Location")
			o.hasLink = o.hasLink || strings.EqualFold(name, "Link")
		}
		if o.answer == nil {
			o.answer = ofJSON(reader, response.Value.Content)
		}
	}
}

func (o *operation) readQuery(reader schemaReader, parameters openapi3.Parameters) {
	for _, p := range parameters {
		if p == nil || p.Value == nil || p.Value.In != openapi3.ParameterInQuery {
			continue
		}
		s := reader.read(p.Value.Schema)
		if s == nil {
			s = &schema{}
		}
		o.query = append(o.query, parameter{p.Value.Name, s, p.Value.Required})
	}
}

// ofJSON returns what the document says of a body in JSON; nil if that is nothing.
func ofJSON(reader schemaReader, content openapi3.Content) *schema {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if !strings.Contains(name, "json") || content[name] == nil {
			continue
		}
		s := reader.read(content[name].Schema)
		if s == nil || len(s.types) == 0 || s.says(openapi3.TypeObject) && len(s.properties) == 0 && s.items == nil {
			return nil
		}
		return s
	}
	return nil
}

// under are the operations below a prefix of segments, with what follows there. Variables of
// the prefix match any.
func (d *document) under(prefix []string) []*operation {
	var found []*operation
	for _, o := range d.operations {
		if o.version == "v1" && len(o.segments) >= len(prefix) && matches(o.segments[:len(prefix)], prefix) {
			found = append(found, o)
		}
	}
	return found
}

// at returns the operation with the method whose path is the segments; nil if there is none.
func (d *document) at(method string, segments []string) *operation {
	for _, o := range d.under(segments) {
		if o.method == method && len(o.segments) == len(segments) {
			return o
		}
	}
	return nil
}

func matches(segments, prefix []string) bool {
	return slices.EqualFunc(segments, prefix, func(a, b string) bool {
		return isVariable(a) && isVariable(b) || strings.EqualFold(a, b)
	})
}

// isAction tells whether an operation changes something.
func (o *operation) isAction() bool {
	return slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch}, o.method)
}

// What a mapping file can write of a route and of a query parameter.
var (
	writableSegment = regexp.MustCompile(`^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[^{}]*\})$`)
	queryName       = regexp.MustCompile(`^[A-Za-z0-9_.$\[\]-]+$`)
)

func areWritable(segments []string) bool {
	return !slices.ContainsFunc(segments, func(segment string) bool { return !writableSegment.MatchString(segment) })
}
