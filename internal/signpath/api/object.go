package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An object is a JSON object whose values are kept as the bytes in which they
// came, so that an edit can send back what it does not understand.
type object map[string]json.RawMessage

func decodeObject(body []byte) (object, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil || o == nil {
		return nil, httpapi.NotJSON(body, "no JSON object")
	}
	return o, nil
}

// decodeList reads a bare array of objects, or an object with exactly one array
// in it, as both forms occur (observed). Anything beside the array could mean
// that there are further pages, and a list that is cut short must not be taken
// for the whole: who is missing from it would count as gone.
func decodeList(body []byte) ([]object, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		return decodeItems(body)
	}
	wrapper, err := decodeObject(body)
	if err != nil {
		return nil, httpapi.NotJSON(body, "neither a list nor an object with a list in it")
	}
	if len(wrapper) != 1 {
		return nil, fmt.Errorf("%w: the list comes with other properties (%s), so it may be only a page of the whole",
			httpapi.ErrNotJSON, strings.Join(slices.Sorted(maps.Keys(wrapper)), ", "))
	}
	for _, items := range wrapper {
		return decodeItems(items)
	}
	return nil, httpapi.ErrNotJSON
}

func decodeItems(body []byte) ([]object, error) {
	var items []object
	if err := json.Unmarshal(body, &items); err != nil || items == nil || slices.ContainsFunc(items, func(o object) bool { return o == nil }) {
		return nil, httpapi.NotJSON(body, "no list of objects")
	}
	return items, nil
}

// key returns the name under which the object has the property: the first of
// the plausible ones, or the assumed one if it has none of them.
func (o object) key(p property) string {
	for _, name := range p.answerNames() {
		if _, ok := o[name]; ok {
			return name
		}
	}
	return p.name
}

// value returns the property as it came; nil if it is absent.
func (o object) value(p property) json.RawMessage { return o[o.key(p)] }

// has tells whether the object has the property at all, be it null.
func (o object) has(p property) bool {
	_, ok := o[o.key(p)]
	return ok
}

// text returns a string property; "" if it is absent, null or no string.
func (o object) text(p property) string { return text(o.value(p)) }

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// id returns the object's id, in lower case: its own property, or else what its
// link ends with (list items have one: documented). It is "" if there is none.
func (o object) id() string {
	if id := o.text(propID); id != "" {
		return strings.ToLower(id)
	}
	return lastID(o.text(propLink))
}

// boolean returns a boolean property; false if it is absent or no boolean.
func (o object) boolean(p property) bool {
	var b bool
	return json.Unmarshal(o.value(p), &b) == nil && b
}

// number returns an integer property, and whether the object has one.
func (o object) number(p property) (int64, bool) {
	var n *int64
	if json.Unmarshal(o.value(p), &n) != nil || n == nil {
		return 0, false
	}
	return *n, true
}

// require returns an error that names the first property that is absent. What
// an answer does not say must not be guessed, least of all before an edit.
func (o object) require(properties ...property) error {
	for _, p := range properties {
		if !o.has(p) {
			return fmt.Errorf("it has no property %q (the name is %s: %s), only %s",
				p.name, p.evidence, p.source, strings.Join(slices.Sorted(maps.Keys(o)), ", "))
		}
	}
	return nil
}

// mustMarshal encodes values that cannot fail to encode: strings, numbers,
// booleans, null and slices of them.
func mustMarshal(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return raw
}

// sameJSON tells whether two JSON values mean the same: white space and the
// order of properties do not count. Absent is null.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	return bytes.Equal(canonical(a), canonical(b))
}

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
	return mustMarshal(value)
}

// isEmptyJSON tells whether a value holds nothing: absent, null, "", false, 0,
// [] or {}. A server that clears what an edit leaves out ends with one of
// these.
func isEmptyJSON(raw json.RawMessage) bool {
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

// optionalBoolean returns a boolean property; nil if it is absent or no
// boolean.
func (o object) optionalBoolean(p property) *bool {
	var b *bool
	if json.Unmarshal(o.value(p), &b) != nil {
		return nil
	}
	return b
}
