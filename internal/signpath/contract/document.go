package contract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A document is a server's OpenAPI document, reduced to what is compared: its
// operations, by their [foldRoute].
type document map[string]operation

// of returns what the document has for a route as it is assumed.
func (d document) of(r *Route) (operation, bool) {
	if r == nil {
		return operation{}, false
	}
	found, ok := d[foldRoute(r.Version(), r.Method, r.Path)]
	return found, ok
}

// An operation is one route of a document.
type operation struct {
	// The path is below the organization, as the document spells it. Outside of one
	// it is whole, and the version empty.
	version, method, path string
	// request and answer are nil if the document does not say what they have.
	request, answer *schema
	// body and result are what the document says of the request and of the answer, whatever
	// they are; nil if nothing.
	body, result *schema
	// requestForm and answerForm say what they are instead, where the document says that
	// they are no JSON object; empty otherwise. A list may be answered either way.
	requestForm, answerForm string
	// demanded are the parameters beside the path that a request must have.
	demanded []string
	// query are the names of the query parameters, in order.
	query []string
	fact
}

// A fact says how well something is known, from where, since which version it exists,
// if that is known, and why the client does not look at it, if it does not. Only the
// document of this package has it.
type fact struct{ evidence, source, since, client string }

func factIn(extensions map[string]any) fact {
	evidence, _ := extensions["x-evidence"].(string)
	source, _ := extensions["x-source"].(string)
	since, _ := extensions["x-since"].(string)
	client, _ := extensions["x-client"].(string)
	return fact{evidence, source, since, client}
}

// load parses an OpenAPI 3 document. References to other files or hosts are never
// followed.
func load(data []byte) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	parsed, err := loader.LoadFromData(data)
	if err != nil || !strings.HasPrefix(parsed.OpenAPI, "3.") || parsed.Paths == nil {
		return nil, errNoDocument
	}
	return parsed, nil
}

var errNoDocument = errors.New("no OpenAPI 3 document")

// An extent is how much there is in JSON.
type extent struct {
	// depth is that of the deepest object or list, and nested the sum of all of theirs: to
	// read one takes a copy of it at each level.
	depth, nested int
	values        int
}

// extentOf measures valid JSON.
func extentOf(data []byte) extent {
	e, depth, inText := extent{}, 0, false
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			inText = !inText
		case '\\':
			i++ // It stands in texts only, and so does what follows.
		case '{', '[':
			if !inText {
				depth++
				e.depth, e.nested, e.values = max(e.depth, depth), e.nested+depth, e.values+1
			}
		case ',':
			if !inText {
				e.values++
			}
		case '}', ']':
			if !inText {
				depth--
			}
		}
	}
	return e
}

// A document of a server is small: SignPath has some hundred routes. What is read of it
// grows with what is in it, and can take a thousand times its size.
const (
	maxDocumentBytes  = 4 << 20
	maxDocumentDepth  = 100
	maxDocumentNested = 500_000
	maxDocumentValues = 200_000
)

func isTooLarge(data []byte) bool {
	if len(data) > maxDocumentBytes {
		return true
	}
	e := extentOf(data)
	return e.depth > maxDocumentDepth || e.nested > maxDocumentNested || e.values > maxDocumentValues
}

// ErrDocumentTooLarge says that a document has too much in it, or is nested too deeply, to be
// read. What it would say is not known.
var ErrDocumentTooLarge = fmt.Errorf("a document of more than %d MiB, %d values or %d levels, or of very many levels in all, which is not read",
	maxDocumentBytes>>20, maxDocumentValues, maxDocumentDepth)

// parseDocument reads a server's document, which is JSON.
func parseDocument(data []byte) (document, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))) // Files of Windows begin with it.
	switch isObject := bytes.HasPrefix(data, []byte("{")); {
	case isObject && isTooLarge(data):
		return nil, ErrDocumentTooLarge // Before the look at the rest, which has a limit of its own.
	case !isObject || !json.Valid(data):
		return nil, errNoDocument
	}
	parsed, err := load(data)
	if err != nil {
		return nil, err
	}
	return newDocument(parsed)
}

func newDocument(parsed *openapi3.T) (document, error) {
	d, reader, hasOrganization := document{}, schemaReader{}, false
	for path, item := range parsed.Paths.Map() {
		version, below, ok := belowOrganization(path)
		hasOrganization = hasOrganization || ok
		for method, described := range item.Operations() {
			if described.Extensions["x-client"] == "not used" { // In the document of this package.
				continue
			}
			found := operation{
				version: version, method: method, path: below,
				demanded: demandedParameters(item.Parameters, described.Parameters), query: queryOf(item, described), fact: factIn(described.Extensions),
			}
			reader.readBodies(described, &found)
			d[foldRoute(version, method, below)] = found
		}
	}
	if !hasOrganization {
		return nil, errors.New("a document without a route of an organization")
	}
	return d, nil
}

// queryOf returns the names of the query parameters of an operation and of its path.
func queryOf(item *openapi3.PathItem, described *openapi3.Operation) []string {
	var names []string
	for _, parameter := range slices.Concat(item.Parameters, described.Parameters) {
		if parameter != nil && parameter.Value != nil && parameter.Value.In == openapi3.ParameterInQuery {
			names = append(names, parameter.Value.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// belowOrganization returns the version of a path /v1/{organization}/… and what
// follows there; of another path, no version and all of it.
func belowOrganization(path string) (version, below string, ok bool) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		version := strings.ToLower(segment)
		if slices.Contains(versions, version) && i+2 < len(segments) && strings.HasPrefix(segments[i+1], "{") {
			return version, "/" + strings.Join(segments[i+2:], "/"), true
		}
	}
	return "", path, false
}

// foldRoute makes routes comparable: paths are served without regard to case
// (observed), and the names of parameters do not matter.
func foldRoute(version, method, path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return version + " " + method + " " + strings.ToLower(strings.Join(segments, "/"))
}

func demandedParameters(all ...openapi3.Parameters) []string {
	var names []string
	for _, p := range slices.Concat(all...) {
		if p.Value != nil && p.Value.Required && p.Value.In != openapi3.ParameterInPath {
			names = append(names, p.Value.Name)
		}
	}
	return names
}

// readBodies takes in what the document says of the request and of the answer.
func (r schemaReader) readBodies(described *openapi3.Operation, o *operation) {
	if body := described.RequestBody; body != nil && body.Value != nil {
		o.requestForm = r.form(body.Value.Content)
		o.body = r.json(body.Value.Content)
		o.request = o.body.orNil()
	}
	if described.Responses == nil {
		return
	}
	for _, status := range []string{"200", "201", "2XX", "default"} {
		response := described.Responses.Value(status)
		if response == nil || response.Value == nil {
			continue
		}
		answer := r.json(response.Value.Content)
		o.result = cmp.Or(answer, o.result)
		o.answerForm = cmp.Or(o.answerForm, r.form(response.Value.Content))
		if o.method == http.MethodGet {
			answer = answer.listed()
		}
		if o.answer = answer.orNil(); o.answer != nil {
			return
		}
	}
}

// form says what a body is, if the document says that it is no JSON object.
func (r schemaReader) form(content openapi3.Content) string {
	names := slices.Sorted(maps.Keys(content))
	isJSON := func(name string) bool { return strings.Contains(name, "json") }
	switch s := r.json(content); {
	case len(names) > 0 && !slices.ContainsFunc(names, isJSON):
		return strings.Join(names, " or ")
	case s != nil && !s.is(openapi3.TypeObject):
		return s.String()
	}
	return ""
}

// json returns what the document says of a body in JSON; nil if it has none.
func (r schemaReader) json(content openapi3.Content) *schema {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if strings.Contains(name, "json") {
			return r.read(content[name].Schema)
		}
	}
	return nil
}
