package openapi_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/openapi"
)

const thing = `
openapi: 3.1.0
info: {title: A thing, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      x-evidence: observed
      x-source: seen
      responses:
        "200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
    post:
      x-evidence: documented
      x-source: said
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ThingEdit"}}}}
      responses:
        2XX: {description: Done.}
components:
  schemas:
    Text: {type: string}
    Thing:
      x-object: Thing
      properties:
        isRed: {type: boolean, x-evidence: inferred, x-source: guessed}
        name: {$ref: "#/components/schemas/Text", x-evidence: documented, x-source: said}
        parts: {type: array, items: {$ref: "#/components/schemas/Part"}, x-client: carries, x-evidence: inferred, x-source: guessed}
    ThingEdit:
      allOf:
        - x-object: Thing
          properties:
            makeRed: {type: boolean, x-response-name: isRed, x-evidence: inferred, x-source: guessed}
            name: {$ref: "#/components/schemas/Text", x-evidence: documented, x-source: said}
    Part:
      oneOf:
        - type: string
        - x-object: Part
          type: object
          properties:
            of: {$ref: "#/components/schemas/Thing", x-evidence: observed, x-source: seen}
`

func TestRead(t *testing.T) {
	got, err := openapi.Read([]byte(thing))
	if err != nil {
		t.Fatal(err)
	}
	want := &openapi.Document{
		Routes: []openapi.Route{
			{Method: "GET", Path: "/things/{id}", Evidence: openapi.Observed, Source: "seen"},
			{Method: "POST", Path: "/things/{id}", Evidence: openapi.Documented, Source: "said"},
		},
		Properties: []openapi.Property{
			{Object: "Part", Answer: "of", Evidence: openapi.Observed, Source: "seen"},
			{Object: "Thing", Answer: "isRed", Request: "makeRed", Evidence: openapi.Inferred, Source: "guessed"},
			{Object: "Thing", Answer: "name", Request: "name", Evidence: openapi.Documented, Source: "said"},
			{Object: "Thing", Answer: "parts", Evidence: openapi.Inferred, Source: "guessed", Client: "carries"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// What a document fails to say is an error, each with what it is about.
func TestReadRefuses(t *testing.T) {
	tests := map[string]struct{ from, to, want string }{
		"a route without evidence":       {"      x-evidence: observed\n", "", `GET /things/{id}: x-evidence is ""`},
		"a route without a source":       {"      x-source: seen\n", "", "GET /things/{id}: it has no x-source"},
		"another kind of evidence":       {"x-evidence: inferred, x-source: guessed}\n        name", "x-evidence: verified, x-source: guessed}\n        name", `Thing: isRed: x-evidence is "verified"`},
		"a property without evidence":    {"isRed: {type: boolean, x-evidence: inferred,", "isRed: {type: boolean,", `Thing: isRed: x-evidence is ""`},
		"a reference without evidence":   {`$ref: "#/components/schemas/Thing", x-evidence: observed, x-source: seen`, `$ref: "#/components/schemas/Thing"`, `Part: of: x-evidence is ""`},
		"properties of nothing":          {"- x-object: Part\n          type", "- type", "the property of is of no object"},
		"evidence that contradicts":      {"x-response-name: isRed, x-evidence: inferred", "x-response-name: isRed, x-evidence: observed", "Thing: isRed: its evidence, source or x-client is not the same everywhere"},
		"a response without anything":    {"{description: Done.}", "{}", "description"},
		"a reference that leads nowhere": {"#/components/schemas/Part", "#/components/schemas/Parts", "Parts"},
		"no YAML":                        {"openapi: 3.1.0", "{", "openapi"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			document := strings.Replace(thing, test.from, test.to, 1)
			if document == thing {
				t.Fatal("the document is unchanged")
			}
			if _, err := openapi.Read([]byte(document)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q in it", err, test.want)
			}
		})
	}
}
