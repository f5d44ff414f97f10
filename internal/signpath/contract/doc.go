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
)

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of the routes and properties that the
// client uses, each with its evidence, for tools, tests and readers.
func OpenAPI() []byte { return openAPI }

// assumed is that document, as a server's would be read.
var assumed = sync.OnceValue(func() document {
	d, err := parseDocument(openAPI)
	if err != nil {
		panic(err)
	}
	return d
})
