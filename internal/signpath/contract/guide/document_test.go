package main

import (
	"reflect"
	"testing"
)

const thing = `
openapi: 3.1.0
info: {title: A thing, version: "1"}
x-not-edited:
  - {names: [id, number], x-evidence: inferred, x-source: guessed}
  - {names: [made], x-evidence: documented, x-source: said}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      x-evidence: observed
      x-source: seen
      x-since: 1.2.3
      responses:
        "200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
    post:
      x-client: not used
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
        size: {type: integer, x-evidence: documented, x-source: said}
        link: {type: string, x-evidence: documented, x-source: said}
        parts: {type: array, items: {$ref: "#/components/schemas/Part"}, x-client: carries, x-evidence: inferred, x-source: guessed}
    ThingEdit:
      allOf:
        - x-object: Thing
          properties:
            makeRed: {type: boolean, x-response-name: isRed, x-evidence: inferred, x-source: guessed}
            name: {$ref: "#/components/schemas/Text", x-evidence: documented, x-source: said}
            size: {type: integer, x-evidence: inferred, x-source: answers have it}
            link: {type: string, x-evidence: documented, x-source: said}
        - x-object: Thing
          properties:
            link: {type: string, x-evidence: inferred, x-source: guessed}
    Part:
      oneOf:
        - type: string
        - x-object: Part
          type: object
          properties:
            of: {$ref: "#/components/schemas/Thing", x-evidence: observed, x-source: seen}
`

func TestRead(t *testing.T) {
	got, err := read([]byte(thing))
	if err != nil {
		t.Fatal(err)
	}
	want := &document{
		routes: []route{
			{Method: "GET", Path: "/things/{id}", Evidence: "observed", Source: "seen", Since: "1.2.3"},
			{Method: "POST", Path: "/things/{id}", Evidence: "documented", Source: "said", Client: "not used"},
		},
		properties: []property{
			{Object: "Part", Answer: "of", Evidence: "observed", Source: "seen"},
			{Object: "Thing", Answer: "isRed", Request: "makeRed", Evidence: "inferred", Source: "guessed"},
			{Object: "Thing", Answer: "link", Evidence: "documented", Source: "said"},
			{Object: "Thing", Request: "link", Evidence: "inferred", Source: "guessed"},
			{Object: "Thing", Answer: "name", Request: "name", Evidence: "documented", Source: "said"},
			{Object: "Thing", Answer: "parts", Evidence: "inferred", Source: "guessed", Client: "carries"},
			{Object: "Thing", Answer: "size", Evidence: "documented", Source: "said"},
			{Object: "Thing", Request: "size", Evidence: "inferred", Source: "answers have it"},
		},
		notEdited: []unedited{
			{Names: []string{"id", "number"}, Evidence: "inferred", Source: "guessed"},
			{Names: []string{"made"}, Evidence: "documented", Source: "said"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}
