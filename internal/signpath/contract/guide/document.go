package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A route is one operation of the API. Client is its x-client: "not used" if the
// client does without it.
type route struct{ Method, Path, Evidence, Source, Since, Client string }

// A property is one JSON property of one object, as far as it is known equally well:
// an answer may be documented to have what requests are only assumed to take.
type property struct {
	// Object is what has the property, as people call it: "Signing policy".
	Object string
	// Answer is its name in answers, Request the one in requests; "" where
	// there is none.
	Answer, Request  string
	Evidence, Source string
	// Client is empty if the client knows the property by its name; else it
	// says why it does not have to. The document explains the words.
	Client string
}

// An unedited is what answers have and no edit takes, under any of the names.
type unedited struct {
	Names            []string
	Evidence, Source string
}

// A document is what an OpenAPI document says of the evidence: routes by path,
// properties by object and name.
type document struct {
	routes     []route
	properties []property
	notEdited  []unedited
}

// read reads an OpenAPI document in which everything has its evidence: a test of
// the contract holds that.
func read(openAPI []byte) (*document, error) {
	loaded, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	d, properties := &document{}, propertiesByKey{}
	for path, item := range loaded.Paths.Map() {
		for method, operation := range item.Operations() {
			d.routes = append(d.routes, route{
				method, path, textOf(operation.Extensions, "x-evidence"), textOf(operation.Extensions, "x-source"),
				textOf(operation.Extensions, "x-since"), textOf(operation.Extensions, "x-client"),
			})
			if body := operation.RequestBody; body != nil {
				properties.addAll(body.Value.Content, func(p *property, name string) { p.Request = name })
			}
			for _, response := range operation.Responses.Map() {
				properties.addAll(response.Value.Content, func(p *property, name string) { p.Answer = name })
			}
		}
	}
	slices.SortFunc(d.routes, func(a, b route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		d.properties = append(d.properties, *properties[key])
	}
	d.notEdited = notEditedIn(loaded.Extensions)
	return d, nil
}

func notEditedIn(extensions map[string]any) []unedited {
	var found []unedited
	groups, _ := extensions["x-not-edited"].([]any)
	for _, group := range groups {
		group, _ := group.(map[string]any)
		names, _ := group["names"].([]any)
		u := unedited{Evidence: textOf(group, "x-evidence"), Source: textOf(group, "x-source")}
		for _, name := range names {
			u.Names = append(u.Names, fmt.Sprint(name))
		}
		found = append(found, u)
	}
	return found
}

// propertiesByKey are the properties by their object, their name in answers, and
// their evidence.
type propertiesByKey map[string]*property

// noteName notes the name of a property in answers or in requests.
type noteName func(p *property, name string)

func (p propertiesByKey) addAll(content openapi3.Content, note noteName) {
	for _, media := range content {
		found := body{}
		found.add(media.Schema, map[*openapi3.Schema]bool{})
		for _, use := range found {
			key := strings.Join([]string{use.Object, use.answer, use.Evidence, use.Source}, "\x00")
			if p[key] == nil {
				p[key] = &use.property
			}
			note(p[key], use.name)
		}
	}
}

// A body is what one request or answer has, by object and name.
type body map[string]*use

// A use is a property in one body.
type use struct {
	property
	// name is what the body calls it, answer what answers do.
	name, answer string
}

// add looks for properties wherever a schema may have them. What a part of a schema
// says of a property goes before what stands above it.
func (b body) add(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	schema := ref.Value
	for name, described := range schema.Properties {
		// What stands beside a reference is about this use of it.
		extensions := described.Value.Extensions
		if described.Ref != "" {
			extensions = described.Extensions
		}
		object := textOf(schema.Extensions, "x-object")
		b[object+"\x00"+name] = &use{name: name, answer: cmp.Or(textOf(extensions, "x-response-name"), name), property: property{
			Object: object, Client: textOf(extensions, "x-client"),
			Evidence: textOf(extensions, "x-evidence"), Source: textOf(extensions, "x-source"),
		}}
		b.add(described, seen)
	}
	for _, part := range slices.Concat(schema.OneOf, schema.AnyOf, schema.AllOf, openapi3.SchemaRefs{schema.Items, schema.AdditionalProperties.Schema}) {
		b.add(part, seen)
	}
}

func textOf(extensions map[string]any, name string) string {
	value, _ := extensions[name].(string)
	return value
}
