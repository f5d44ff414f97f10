package mockserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// A keyCheck goes through a document beside the Go type that it is read into, and finds the first key that the type has
// not. The decoder of encoding/json refuses such a key, too, but does not tell where it stands.
type keyCheck struct {
	document []byte
	decoder  *json.Decoder
}

// checkKeys returns an error with the line and the path of an unknown key. What is no JSON is left to the decoder.
func checkKeys(document []byte, target any) error {
	check := keyCheck{document, json.NewDecoder(bytes.NewReader(document))}
	return check.value(reflect.TypeOf(target), "")
}

// value reads one value, of a type that is nil where anything may be.
func (c keyCheck) value(of reflect.Type, path string) error {
	token, err := c.decoder.Token()
	if err != nil {
		return nil //nolint:nilerr // The decoder that reads the document says it better.
	}
	for of != nil && of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch token {
	case json.Delim('{'):
		err = c.object(of, path)
	case json.Delim('['):
		err = c.list(of, path)
	default:
		return nil
	}
	if err == nil {
		_, _ = c.decoder.Token() // the end of the object or list, or what the other decoder reports
	}
	return err
}

func (c keyCheck) list(of reflect.Type, path string) error {
	for i := 0; c.decoder.More(); i++ {
		if err := c.value(elementOf(of, reflect.Slice), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func (c keyCheck) object(of reflect.Type, path string) error {
	for c.decoder.More() {
		token, err := c.decoder.Token()
		if err != nil {
			return nil //nolint:nilerr // As above.
		}
		key, _ := token.(string)
		within := strings.TrimPrefix(path+"."+key, ".")
		member := elementOf(of, reflect.Map)
		if of != nil && of.Kind() == reflect.Struct && !of.Implements(unmarshaler) && !reflect.PointerTo(of).Implements(unmarshaler) {
			members := membersOf(of)
			at := slices.IndexFunc(members, func(m seedMember) bool { return strings.EqualFold(m.key, key) })
			if at < 0 {
				return fmt.Errorf("line %d: there is no %s; known there are %s", lineOf(c.document, c.decoder.InputOffset()), within, keys(members))
			}
			member = members[at].of
		}
		if err := c.value(member, within); err != nil {
			return err
		}
	}
	return nil
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// elementOf is the type of the elements of a slice or a map; nil if the type is none.
func elementOf(of reflect.Type, kind reflect.Kind) reflect.Type {
	if of == nil || of.Kind() != kind {
		return nil
	}
	return of.Elem()
}

// A seedMember is a key of an object, and the type of what it has.
type seedMember struct {
	key string
	of  reflect.Type
}

// membersOf are the keys of a struct, with those of the structs that it embeds.
func membersOf(of reflect.Type) []seedMember {
	var members []seedMember
	for _, field := range reflect.VisibleFields(of) {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key != "" && key != "-" {
			members = append(members, seedMember{key, field.Type})
		}
	}
	return members
}

func keys(members []seedMember) string {
	names := make([]string, len(members))
	for i, member := range members {
		names[i] = member.key
	}
	return strings.Join(names, ", ")
}
