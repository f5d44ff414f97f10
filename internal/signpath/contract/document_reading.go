package contract

import (
	"bytes"
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
)

// ParseOpenAPI reads a server's OpenAPI 3 document, which is JSON, within the limits
// of all that reads one. The error says what the text is instead, or is
// [ErrDocumentTooLarge].
func ParseOpenAPI(data []byte) (*openapi3.T, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))) // Files of Windows begin with it.
	switch isObject := bytes.HasPrefix(data, []byte("{")); {
	case isObject && isTooLarge(data):
		return nil, ErrDocumentTooLarge
	case !isObject || !json.Valid(data):
		return nil, errNoDocument
	}
	return load(data)
}

// IsNotEdited tells whether a property of answers is one that no edit takes, as far as is
// known or assumed: an edit that leaves it out loses nothing.
func IsNotEdited(name string) bool { return notEdited()[name] != "" }
