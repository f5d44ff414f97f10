package apidoc_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
)

const document = `
paths:
  /books:
    parameters: [{$ref: "#/components/parameters/page"}]
    get: {x-evidence: documented, x-source: the page}
    put: {x-evidence: inferred, x-source: guess, x-client: not used}
components:
  parameters:
    page: {in: query, x-evidence: observed, x-source: code}
  schemas:
    Book:
      properties:
        title: {type: string, x-evidence: documented, x-source: the page}
        authors:
          x-evidence: observed
          x-source: code
          items: {properties: {name: {x-source: nobody labelled it}}}
`

func TestFacts(t *testing.T) {
	facts, err := apidoc.Facts([]byte(document))
	want := []apidoc.Fact{
		{apidoc.Operation, "GET /books", "documented", "the page", true},
		{apidoc.Operation, "PUT /books", "inferred", "guess", false},
		{apidoc.Parameter, "page", "observed", "code", true},
		{apidoc.Property, "Book.authors", "observed", "code", true},
		{apidoc.Property, "Book.authors.name", "", "nobody labelled it", true},
		{apidoc.Property, "Book.title", "documented", "the page", true},
	}
	if err != nil || !slices.Equal(facts, want) {
		t.Errorf("%v, %+v", err, facts)
	}
	if _, err := apidoc.Facts([]byte("paths: [")); err == nil {
		t.Error("what is no document was read")
	}
}
