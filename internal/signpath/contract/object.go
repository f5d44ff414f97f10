package contract

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An Object is a JSON object whose values are kept as the bytes in which they
// came, so that an edit can send back what it does not understand.
type Object map[string]json.RawMessage

// DecodeObject reads one JSON object.
func DecodeObject(body []byte) (Object, error) {
	var o Object
	if err := json.Unmarshal(body, &o); err != nil || o == nil {
		return nil, httpapi.NotJSON(body, "no JSON object")
	}
	return o, nil
}

// DecodeItems reads a bare array of objects.
func DecodeItems(body []byte) ([]Object, error) {
	var items []Object
	if err := json.Unmarshal(body, &items); err != nil || items == nil || slices.ContainsFunc(items, func(o Object) bool { return o == nil }) {
		return nil, httpapi.NotJSON(body, "no list of objects")
	}
	return items, nil
}

// Value returns the property as it came; nil if it is absent.
func (o Object) Value(p Property) json.RawMessage { return o[string(p)] }

// Has tells whether the object has each of the properties at all, be it null.
func (o Object) Has(properties ...Property) bool {
	for _, p := range properties {
		if _, ok := o[string(p)]; !ok {
			return false
		}
	}
	return true
}

// Text returns a string property; "" if it is absent, null or no string.
func (o Object) Text(p Property) string { return Text(o.Value(p)) }

// Text returns what a JSON string says; "" for everything else.
func Text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// ID returns the object's id, in lower case: its own property, or else what its
// link ends with (list items have one: documented). It is "" if there is none.
func (o Object) ID() string {
	if id := o.Text(PropID); id != "" {
		return strings.ToLower(id)
	}
	return lastID(o.Text(PropLink))
}

// Boolean returns a boolean property; nil if it is absent or no boolean.
func (o Object) Boolean(p Property) *bool { return valueAs[bool](o.Value(p)) }

// Is tells whether a boolean property is true.
func (o Object) Is(p Property) bool {
	b := o.Boolean(p)
	return b != nil && *b
}

// Number returns an integer property; nil if it is absent or no integer.
func (o Object) Number(p Property) *int64 { return valueAs[int64](o.Value(p)) }

// Time returns a property that is a time with a zone: which one a time without is
// in, is unknown.
func (o Object) Time(p Property) time.Time {
	t, err := time.Parse(time.RFC3339, o.Text(p))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func valueAs[T any](raw json.RawMessage) *T {
	var value *T
	if json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return value
}

// Require returns an error, a [*MissingError], that names the first property that is
// absent. What an answer does not say must not be guessed, least of all before an edit.
func (o Object) Require(properties ...Property) error {
	for _, p := range properties {
		if !o.Has(p) {
			return &MissingError{Property: p, names: o.Names()}
		}
	}
	return nil
}

// MustMarshal encodes values that cannot fail to encode: strings, numbers,
// booleans, null and slices of them.
func MustMarshal(value any) json.RawMessage {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false) // What goes back goes as it came.
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimRight(raw.Bytes(), "\n")
}

// SameJSON tells whether two JSON values mean the same: white space and the
// order of properties do not count. Absent is null.
func SameJSON(a, b json.RawMessage) bool {
	return bytes.Equal(a, b) || bytes.Equal(canonical(a), canonical(b))
}

// canonical writes a JSON value in one way; null if it is absent.
func canonical(raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return []byte("null")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return raw
	}
	return MustMarshal(value)
}

// IsEmptyJSON tells whether a value holds nothing: absent, null, "", false, 0,
// [] or {}. A server that clears what an edit leaves out ends with one of
// these.
func IsEmptyJSON(raw json.RawMessage) bool {
	switch string(canonical(raw)) {
	case "null", `""`, "false", "0", "[]", "{}":
		return true
	}
	return false
}

var idInPath = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// lastID returns the last UUID in a URL. Only the id of a Location or a link is
// ever used: its host may be another one than the configured (inferred from
// settings of self-hosted installations), and must not get the token.
func lastID(location string) string {
	ids := idInPath.FindAllString(location, -1)
	if len(ids) == 0 {
		return ""
	}
	return strings.ToLower(ids[len(ids)-1])
}

// IsNull tells whether a value is the JSON null, and not absent.
func IsNull(raw json.RawMessage) bool { return string(raw) == "null" }
