// Package contract is what is known of IgniSign's API, and how well: an OpenAPI document in which every operation,
// parameter and property has its evidence and its source. Client and mock server do not use it; tests hold both to it.
package contract

import (
	"bytes"
	_ "embed"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
)

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the document, as YAML.
func OpenAPI() []byte { return bytes.Clone(openAPI) }

// Facts returns what the document says of each operation, parameter and property, and how well that is known.
func Facts() []apidoc.Fact {
	facts, err := apidoc.Facts(openAPI)
	if err != nil {
		panic("contract: the embedded document is broken: " + err.Error())
	}
	return facts
}
