package contracttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// bodySchemas are the schemas of the bodies in a document of OpenAPI 3.1 or
// newer, where they are JSON Schema 2020-12; nil for an older document.
// kin-openapi would compile such a schema anew for each value, and would judge
// one that refers to another by the rules of 3.0.
type bodySchemas map[*openapi3.MediaType]*jsonschema.Schema

// takeBodySchemas compiles the schemas of a document's bodies and takes them out
// of it: what kin-openapi then judges of a body is whether it can be read.
func takeBodySchemas(loaded *openapi3.T) (bodySchemas, error) {
	if !loaded.IsOpenAPI31OrLater() {
		return nil, nil
	}
	const (
		address = "https://document.invalid/openapi.json"
		// bodies stand in the document, so that their references lead somewhere.
		bodies = "x-bodies"
	)
	found := mediaTypes(loaded)
	media := slices.Collect(maps.Keys(found))
	described := make([]*openapi3.SchemaRef, len(media))
	for i := range media {
		described[i] = media[i].Schema
	}
	document := map[string]any{}
	if err := convert(loaded, &document); err != nil {
		return nil, err
	}
	var inBodies any
	if err := convert(described, &inBodies); err != nil {
		return nil, err
	}
	document[bodies] = inBodies
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource(address, document); err != nil {
		return nil, err
	}
	schemas := bodySchemas{}
	for i := range media {
		schema, err := compiler.Compile(fmt.Sprintf("%s#/%s/%d", address, bodies, i))
		if err != nil {
			return nil, err
		}
		schemas[media[i]], media[i].Schema = schema, openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true})
		if isForm(found[media[i]]) {
			media[i].Schema.Value.Type = &openapi3.Types{openapi3.TypeObject} // kin-openapi reads no other form.
		}
	}
	return schemas, asOlder(loaded)
}

// asOlder makes a document of OpenAPI 3.0 of one whose bodies were taken out. What is
// left are parameters: of 3.1, kin-openapi would compile their schemas anew for each
// value too. The error says what of them is not the same in both versions.
func asOlder(loaded *openapi3.T) error {
	loaded.OpenAPI = "3.0.3"
	if loaded.Components != nil {
		loaded.Components.Schemas = nil
	}
	return loaded.Validate(context.Background())
}

// mediaTypes are those of all bodies that have a schema, with their names.
func mediaTypes(loaded *openapi3.T) map[*openapi3.MediaType]string {
	found := map[*openapi3.MediaType]string{}
	add := func(content openapi3.Content) {
		for name, media := range content {
			if media.Schema != nil {
				found[media] = name
			}
		}
	}
	for _, item := range loaded.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				add(operation.RequestBody.Value.Content)
			}
			for _, response := range operation.Responses.Map() {
				add(response.Value.Content)
			}
		}
	}
	return found
}

func isForm(contentType string) bool {
	return strings.HasPrefix(contentType, "application/x-www-form-urlencoded")
}

// formObject is a form as an object: a field has a text, or a list of them if it is there more than once.
func formObject(body []byte) (map[string]any, error) {
	fields, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the form cannot be read") // The error itself would quote it.
	}
	object := map[string]any{}
	for name, values := range fields {
		object[name] = values[0]
		if len(values) > 1 {
			list := make([]any, len(values))
			for i, value := range values {
				list[i] = value
			}
			object[name] = list
		}
	}
	return object, nil
}

// convert makes plain values of what has a JSON encoding.
func convert(from, to any) error {
	encoded, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(encoded, to)
}

// judge holds a body that kin-openapi could read against its schema.
func (s bodySchemas) judge(content openapi3.Content, contentType string, body []byte) error {
	schema := s[content.Get(contentType)]
	if schema == nil || len(body) == 0 {
		return nil
	}
	var value any = string(body)
	var err error
	switch {
	case strings.Contains(contentType, "json"):
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(body))
	case isForm(contentType):
		value, err = formObject(body)
	}
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
