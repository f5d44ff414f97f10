package contracttest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

const login = `
openapi: 3.1.0
info: {title: Login, version: "1"}
servers: [{url: "https://books.example.com"}]
paths:
  /token:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [grant, code]
              properties: {grant: {const: card}, code: {type: string, minLength: 4}}
              additionalProperties: false
      responses: {2XX: {description: Fine.}}
`

// Forms are judged as objects are, and their values are not shown.
func TestForms(t *testing.T) {
	for body, want := range map[string]string{
		"grant=card&code=s3cret%20":       "",
		"grant=card":                      `/code: property "code" is missing`,
		"grant=cash&code=s3cret":          `/grant: it does not fit "const" of the schema`,
		"grant=card&code=s3c":             `/code: it does not fit "minLength" of the schema`,
		"grant=card&code=s3cret&x=s3cret": `property "x" is unsupported`,
		"grant=card&code=s3cret&code=b":   "/code: value must be of the type string",
		"":                                "value is required but missing",
	} {
		recorded := contracttest.Record(t)
		watched := contracttest.MustNew([]byte(login)).Watch(recorded, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("grant") == "" && body != "" {
				t.Errorf("%s: the server got no form", body)
			}
			w.WriteHeader(http.StatusNoContent)
		}))
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/token", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		watched.ServeHTTP(httptest.NewRecorder(), request)
		got := recorded.End()
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "s3c") {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}
