// Package openapi reads the document of SignPath's API contract: an OpenAPI
// document in which every route and every property says how well it is known.
package openapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Evidence says how well a route or a property is known.
type Evidence string

const (
	// Documented is stated in SignPath's documentation or changelog.
	Documented Evidence = "documented"
	// Observed was seen in client code or in recorded answers.
	Observed Evidence = "observed"
	// Inferred is deduced by analogy: no fact.
	Inferred Evidence = "inferred"
)

// EvidenceLevels are all levels of evidence, the best first.
var EvidenceLevels = []Evidence{Documented, Observed, Inferred}

// A Route is one operation of the API.
type Route struct {
	// Path is relative to the API URL, with parameters in braces.
	Method, Path string
	Evidence     Evidence
	Source       string
}

// String is the route as messages name it: "GET /v1/{organization}/Projects".
func (r Route) String() string { return r.Method + " " + r.Path }

// A Property is one JSON property of one object.
type Property struct {
	// Object is what has the property, as people call it: "Signing policy".
	Object string
	// Answer is its name in answers, Request the one in requests; "" where
	// there is none.
	Answer, Request string
	Evidence        Evidence
	Source          string
	// Client is empty if the client knows the property by its name; else it
	// says why it does not have to. The document explains the words.
	Client string
}

// Name is the property's name, in answers if it has one there.
func (p Property) Name() string { return cmp.Or(p.Answer, p.Request) }

// String is the property as messages name it: "Signing policy: purpose".
func (p Property) String() string { return p.Object + ": " + p.Name() }

// A Document is what an OpenAPI document says of the evidence: routes by path,
// properties by object and name.
type Document struct {
	Routes     []Route
	Properties []Property
}

// Read reads an OpenAPI document. The error joins everything that is wrong with
// it: what OpenAPI does not allow, and what lacks its evidence.
func Read(document []byte) (*Document, error) {
	loaded, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	if err := loaded.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	r := reader{properties: map[string]*Property{}}
	for path, item := range loaded.Paths.Map() {
		for method, operation := range item.Operations() {
			r.operation(method, path, operation)
		}
	}
	return r.document(), errors.Join(r.wrong...)
}

// A reader collects what a document says.
type reader struct {
	routes     []Route
	properties map[string]*Property
	wrong      []error
}

func (r *reader) document() *Document {
	d := &Document{Routes: r.routes}
	slices.SortFunc(d.Routes, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	for _, key := range slices.Sorted(maps.Keys(r.properties)) {
		d.Properties = append(d.Properties, *r.properties[key])
	}
	return d
}

func (r *reader) operation(method, path string, operation *openapi3.Operation) {
	route := Route{Method: method, Path: path}
	route.Evidence, route.Source = r.evidence(route.String(), operation.Extensions)
	r.routes = append(r.routes, route)
	if body := operation.RequestBody; body != nil {
		r.content(body.Value.Content, func(p *Property, name string) { p.Request = name })
	}
	for _, response := range operation.Responses.Map() {
		r.content(response.Value.Content, func(p *Property, name string) { p.Answer = name })
	}
}

// noteName notes the name of a property in answers or in requests.
type noteName func(p *Property, name string)

func (r *reader) content(content openapi3.Content, note noteName) {
	for _, media := range content {
		r.schema(media.Schema, note, map[*openapi3.Schema]bool{})
	}
}

// schema looks for properties wherever a schema may have them.
func (r *reader) schema(ref *openapi3.SchemaRef, note noteName, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	schema := ref.Value
	for name, property := range schema.Properties {
		r.property(text(schema.Extensions, "x-object"), name, property, note)
		r.schema(property, note, seen)
	}
	for _, part := range slices.Concat(schema.OneOf, schema.AnyOf, schema.AllOf, openapi3.SchemaRefs{schema.Items, schema.AdditionalProperties.Schema}) {
		r.schema(part, note, seen)
	}
}

func (r *reader) property(object, name string, ref *openapi3.SchemaRef, note noteName) {
	// What stands beside a reference is about this use of it.
	extensions := ref.Value.Extensions
	if ref.Ref != "" {
		extensions = ref.Extensions
	}
	found := Property{Object: object, Client: text(extensions, "x-client")}
	note(&found, name)
	if object == "" {
		r.reject("the property %s is of no object: its schema lacks x-object", name)
	}
	found.Evidence, found.Source = r.evidence(found.String(), extensions)
	key := object + "\x00" + cmp.Or(text(extensions, "x-response-name"), name)
	known := r.properties[key]
	if known == nil {
		known = &found
		r.properties[key] = known
	}
	note(known, name)
	if known.Evidence != found.Evidence || known.Source != found.Source || known.Client != found.Client {
		r.reject("%s: its evidence, source or x-client is not the same everywhere", known)
	}
}

func (r *reader) evidence(what string, extensions map[string]any) (Evidence, string) {
	evidence, source := Evidence(text(extensions, "x-evidence")), text(extensions, "x-source")
	if !slices.Contains(EvidenceLevels, evidence) {
		r.reject("%s: x-evidence is %q, not one of %q", what, evidence, EvidenceLevels)
	}
	if source == "" {
		r.reject("%s: it has no x-source", what)
	}
	return evidence, source
}

func (r *reader) reject(format string, arguments ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("openapi: "+format, arguments...))
}

func text(extensions map[string]any, name string) string {
	value, _ := extensions[name].(string)
	return value
}
