package api

import _ "embed"

//go:embed openapi.yaml
var contractDocument []byte

// ContractDocument returns the OpenAPI 3.1 document of the routes and properties
// that the client uses, each with its evidence: what wire.go assumes, for tools,
// tests and readers.
func ContractDocument() []byte { return contractDocument }
