package proposal_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// A described server is an OpenAPI document in few words. Each line is an operation,
//
//	POST /People/{id}/Role {role!: Role} -> {}
//
// with query parameters behind the path (?page:int), or a type:
//
//	Role = enum(A B)
//
// A type is uuid, text, mail, uri, time, bool, int, any, [T], {name!: T, name: T} or the
// name of another; a "!" behind a name says that it is demanded, a "?" behind a type that it
// may be null.
type description struct {
	fail  func(format string, arguments ...any)
	text  string
	types map[string]any
}

// describe makes the document of a described server.
func describe(t *testing.T, text string) []byte {
	t.Helper()
	return describeOr(text, t.Fatalf)
}

// describeOr is describe with what to call where the description is none. That must not return.
func describeOr(text string, fail func(format string, arguments ...any)) []byte {
	d := &description{fail: fail, types: map[string]any{}}
	var operations []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		name, definition, isType := strings.Cut(line, " = ")
		switch {
		case line == "":
		case isType:
			d.types[name] = d.parse(definition)
		default:
			operations = append(operations, line)
		}
	}
	paths := map[string]any{}
	for _, line := range operations {
		d.operation(paths, line)
	}
	document, err := json.Marshal(map[string]any{
		"openapi": "3.0.1", "info": map[string]any{"title": "t", "version": "v1"}, "paths": paths, "components": map[string]any{"schemas": d.types},
	})
	if err != nil {
		fail("%v", err)
	}
	return document
}

func (d *description) operation(paths map[string]any, line string) {
	line, answer, _ := strings.Cut(line, " -> ")
	method, rest, _ := strings.Cut(line, " ")
	path, request, _ := strings.Cut(rest, " ")
	path, query, _ := strings.Cut(path, "?")
	version := "/v1"
	if strings.HasPrefix(path, "/AuditLog") {
		version = "/v1-pre"
	}
	path = version + "/{organization}" + path
	var parameters []any
	for _, segment := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			schema := map[string]any{"type": "string"}
			parameters = append(parameters, map[string]any{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": schema})
		}
	}
	for _, q := range strings.Split(query, "&") {
		if name, kind, ok := strings.Cut(q, ":"); ok {
			schema := d.parse(kind)
			switch kind {
			case "page0":
				schema = map[string]any{"type": "integer", "default": 0}
			case "page1":
				schema = map[string]any{"type": "integer", "minimum": 1}
			}
			parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": schema})
		}
	}
	response := map[string]any{"description": "ok"}
	if answer != "" {
		response["content"] = d.content(answer)
	}
	operation := map[string]any{"responses": map[string]any{"200": response}, "parameters": parameters}
	if request != "" {
		operation["requestBody"] = map[string]any{"content": d.content(request)}
	}
	operations, _ := paths[path].(map[string]any)
	if operations == nil {
		operations = map[string]any{}
		paths[path] = operations
	}
	operations[strings.ToLower(method)] = operation
}

func (d *description) content(definition string) any {
	return map[string]any{"application/json": map[string]any{"schema": d.parse(definition)}}
}

func (d *description) parse(definition string) map[string]any {
	d.text = strings.TrimSpace(definition)
	schema := d.value()
	if d.text != "" {
		d.fail("%q is left of %q", d.text, definition)
	}
	return schema
}

func (d *description) accept(token string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(d.text, " ,"), token)
	if ok {
		d.text = strings.TrimLeft(rest, " ")
	}
	return ok
}

var simpleTypes = map[string]map[string]any{
	"uuid": {"type": "string", "format": "uuid"}, "text": {"type": "string"}, "mail": {"type": "string", "format": "email"},
	"uri": {"type": "string", "format": "uri"}, "time": {"type": "string", "format": "date-time"}, "bool": {"type": "boolean"},
	"int": {"type": "integer"}, "any": {}, "page0": {}, "page1": {},
}

func (d *description) value() map[string]any {
	var schema map[string]any
	switch {
	case d.accept("["):
		schema = map[string]any{"type": "array", "items": d.value()}
		d.accept("]")
	case d.accept("{"):
		schema = d.object()
	case d.accept("enum("):
		values, rest, _ := strings.Cut(d.text, ")")
		d.text = strings.TrimLeft(rest, " ")
		var all []any
		for _, value := range strings.Fields(values) {
			all = append(all, value)
		}
		schema = map[string]any{"type": "string", "enum": all}
	default:
		name := d.name()
		if simple, ok := simpleTypes[name]; ok {
			schema = map[string]any{}
			for key, value := range simple {
				schema[key] = value
			}
		} else {
			schema = map[string]any{"allOf": []any{map[string]any{"$ref": "#/components/schemas/" + name}}}
		}
	}
	if d.accept("?") {
		schema["nullable"] = true
	}
	return schema
}

func (d *description) name() string {
	end := strings.IndexFunc(d.text, func(r rune) bool { return strings.ContainsRune(" ,:!?[]{}()", r) })
	if end < 0 {
		end = len(d.text)
	}
	name := d.text[:end]
	d.text = strings.TrimLeft(d.text[end:], " ")
	if name == "" {
		d.fail("no name at %q", d.text)
	}
	return name
}

func (d *description) object() map[string]any {
	properties, required := map[string]any{}, []any{}
	for !d.accept("}") {
		d.text = strings.TrimLeft(d.text, " ,")
		name := d.name()
		if d.accept("!") {
			required = append(required, name)
		}
		d.accept(":")
		properties[name] = d.value()
	}
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}
