// Package contract is all that is known or assumed of SignPath's wire: the routes
// and the names of properties, where an answer has what, how a request says it,
// and how a server's own OpenAPI document settles what SignPath does not publish.
// It is handed documents and answers, and sends nothing.
//
// How well a route or a name is known, and from where, stands in openapi.yaml
// alone: whoever learns the truth about a name corrects it here.
package contract

import (
	_ "embed"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of the routes and properties that the
// client uses, each with its evidence, for tools, tests and readers.
func OpenAPI() []byte { return openAPI }

// ownDocument is that document, parsed.
var ownDocument = sync.OnceValue(func() *openapi3.T {
	parsed, err := load(openAPI)
	if err != nil {
		panic(err)
	}
	return parsed
})

// assumed is that document, as a server's would be read.
var assumed = sync.OnceValue(func() document {
	d, err := newDocument(ownDocument())
	if err != nil {
		panic(err)
	}
	return d
})

// assumedAnswer is what is assumed of a property that a route answers; nil if it does
// not stand there.
func assumedAnswer(r *Route, p Property) *schema {
	described, _ := assumed().of(r)
	if described.answer == nil {
		return nil
	}
	return described.answer.properties[string(p)].schema
}

// notEdited are the properties of answers that no edit takes, by name, each with why.
// They stand in the document, with their evidence.
var notEdited = sync.OnceValue(func() map[string]string {
	properties := map[string]string{}
	groups, _ := ownDocument().Extensions["x-not-edited"].([]any)
	for _, group := range groups {
		group, _ := group.(map[string]any)
		known := factIn(group)
		names, _ := group["names"].([]any)
		for _, name := range names {
			if name, ok := name.(string); ok {
				properties[name] = known.evidence + ": " + known.source
			}
		}
	}
	return properties
})
