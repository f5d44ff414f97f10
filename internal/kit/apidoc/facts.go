// Package apidoc reads how well an API is known: the labels of an OpenAPI document in which every operation, parameter
// and property has its evidence, x-evidence, and its source, x-source.
package apidoc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Kind is what of the document a fact is about.
type Kind string

// The kinds of facts.
const (
	Operation Kind = "operation"
	Parameter Kind = "parameter"
	Property  Kind = "property"
)

// A Fact says how well something in the document is known, and from where.
type Fact struct {
	Kind Kind
	// Subject is an operation such as "GET /books/{book}", a parameter such as "page", or a property such as "Book.title",
	// whose first part is the schema; a property within a property has both names, as "Book.author.name".
	Subject string
	// Evidence is the label: documented, observed or inferred.
	Evidence string
	// Source names where it is from, or says what was deduced from what.
	Source string
	// IsUsed is false for what the client does without, or must not use: x-client is "not used".
	IsUsed bool
}

// Facts returns the facts of a document, as YAML or JSON: operations, then the parameters and the properties of its
// components, each sorted by subject. The error says that the document is none.
func Facts(openAPI []byte) ([]Fact, error) {
	var document struct {
		Paths      map[string]node `yaml:"paths"`
		Components struct {
			Parameters map[string]node `yaml:"parameters"`
			Schemas    map[string]node `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(openAPI, &document); err != nil {
		return nil, fmt.Errorf("the document cannot be read: %w", err)
	}
	var facts []Fact
	for _, path := range sorted(document.Paths) {
		for _, method := range sorted(document.Paths[path]) {
			if operation := document.Paths[path].below(method); operation != nil {
				facts = append(facts, operation.fact(Operation, strings.ToUpper(method)+" "+path))
			}
		}
	}
	for _, name := range sorted(document.Components.Parameters) {
		facts = append(facts, document.Components.Parameters[name].fact(Parameter, name))
	}
	for _, name := range sorted(document.Components.Schemas) {
		facts = append(facts, document.Components.Schemas[name].properties(name)...)
	}
	return facts, nil
}

// A node is a mapping of the document.
type node map[string]any

func (n node) text(key string) string {
	value, _ := n[key].(string)
	return value
}

// below is the mapping behind a key; nil if there is none, as behind the parameters of a path, which are a list.
func (n node) below(key string) node {
	value, _ := n[key].(node)
	return value
}

func (n node) fact(kind Kind, subject string) Fact {
	return Fact{kind, subject, n.text("x-evidence"), n.text("x-source"), n.text("x-client") != "not used"}
}

// properties are those of a schema, of its items, and of the objects within.
func (n node) properties(subject string) []Fact {
	var facts []Fact
	properties := n.below("properties")
	for _, name := range sorted(properties) {
		property := properties.below(name)
		facts = append(facts, property.fact(Property, subject+"."+name))
		facts = append(facts, property.properties(subject+"."+name)...)
	}
	if items := n.below("items"); items != nil {
		facts = append(facts, items.properties(subject)...)
	}
	return facts
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
