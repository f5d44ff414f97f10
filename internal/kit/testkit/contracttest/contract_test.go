package contracttest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

const (
	token = "bW9jay10b2tlbi1vbmx5LWZvci1kZW1vLW5vLXZhbHU="
	id    = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	book  = "/books/" + id

	goodBook = `{"id":"` + id + `","title":"Ulysses","pages":730,"note":null,"shelf":7}`
)

// shelf is the document of an API with books, in the version of OpenAPI.
func shelf(version string) []byte {
	note := `{type: [string, "null"]}`
	if strings.HasPrefix(version, "3.0") {
		note = `{type: string, nullable: true}`
	}
	return []byte(strings.NewReplacer("VERSION", version, "NOTE", note).Replace(`
openapi: VERSION
info: {title: Books, version: "1"}
servers: [{url: "{root}/Api/v1", variables: {root: {default: https://books.example.com}}}]
security: [{token: []}]
paths:
  /books:
    get:
      responses:
        "200":
          description: The books.
          content: {application/json: {schema: {$ref: "#/components/schemas/Books"}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewBook"}}}}
      responses:
        2XX:
          description: The id.
          x-body: optional
          content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}
  /books/{id}:
    parameters: [{$ref: "#/components/parameters/id"}]
    get:
      responses:
        "200":
          description: The book.
          content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}
        4XX: {description: No., content: {text/plain: {schema: {type: string}}, application/json: {schema: {type: object}}}}
  /books/{id}/Lend:
    parameters: [{$ref: "#/components/parameters/id"}]
    post:
      responses: {"200": {description: Done.}}
  /books/{id}/Key:
    parameters: [{$ref: "#/components/parameters/id"}]
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false}}}}
      responses:
        2XX:
          description: A key.
          content: {application/json: {schema: {type: object, properties: {key: {type: string}}}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  parameters:
    id: {name: id, in: path, required: true, schema: {type: string, pattern: "^[0-9a-f-]{36}$"}}
  schemas:
    Book:
      type: object
      required: [id, title]
      properties: {id: {type: string}, title: {type: string}, pages: {type: integer}, note: NOTE}
      not: {required: [pulped]}
    NewBook:
      type: object
      required: [title]
      additionalProperties: false
      properties: {title: {type: string}, note: NOTE}
    Books:
      oneOf:
        - {type: array, items: {$ref: "#/components/schemas/Book"}}
        - {type: object, required: [books], additionalProperties: false, properties: {books: {type: array, items: {$ref: "#/components/schemas/Book"}}}}
`))
}

// versions are the document of each version, ready to judge by.
var versions = map[string]*contracttest.Contract{
	"3.0": contracttest.MustNew(shelf("3.0.3")),
	"3.1": contracttest.MustNew(shelf("3.1.0")),
}

// byEachVersion runs the test by the document of each version.
func byEachVersion(t *testing.T, test func(*testing.T, *contracttest.Contract)) {
	t.Helper()
	for version, contract := range versions {
		t.Run(version, func(t *testing.T) { test(t, contract) })
	}
}

// server answers everything in one way.
type server struct {
	status      int
	contentType string
	header      http.Header
	body        string
}

func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	for name, values := range s.header {
		w.Header()[name] = values
	}
	if s.contentType != "" {
		w.Header().Set("Content-Type", s.contentType)
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func answering(body string) server {
	return server{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: body}
}

// send is one request of a client. Its path is below the API's unless it begins
// with two slashes.
func send(watched http.Handler, method, path, body string) *httptest.ResponseRecorder {
	if rooted, found := strings.CutPrefix(path, "/"); found && strings.HasPrefix(rooted, "/") {
		path = rooted
	} else {
		path = "/Api/v1" + path
	}
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	watched.ServeHTTP(recorder, request)
	return recorder
}

func TestItCatches(t *testing.T) {
	created := server{status: http.StatusCreated}
	tests := map[string]struct {
		method, path, body string
		answer             server
		want               string
	}{
		"a property of the wrong type in a request": {
			"POST", "/books", `{"title":{"value":"Ulysses"}}`, created, "contract: POST /books: request: /title: value must be",
		},
		"an unknown property in a request": {
			"POST", "/books", `{"title":"Ulysses","pages":7}`, created, `contract: POST /books: request: property "pages" is unsupported`,
		},
		"a property that is missing": {"POST", "/books", `{}`, created, `POST /books: request: /title: property "title" is missing`},
		"a request without a body":   {"POST", book + "/Key", ``, answering("{}"), "/Key: request: value is required but missing"},
		"a request that is no JSON":  {"POST", "/books", `title=x`, created, "/books: request: failed to decode request body"},
		"a body where there is none": {"POST", book + "/Lend", `{"to":"me"}`, server{status: 200}, "/Lend: request: it does not fit the document"},
		"an id that is none":         {"GET", "/books/Ulysses", ``, answering(goodBook), "GET /books/{id}: request: path parameter id: "},
		"a query that is unknown":    {"GET", "/books?page=2", ``, answering("[]"), "GET /books: request: query parameter page: the document does not have it"},
		"an unknown method":          {"DELETE", "/books", ``, created, "contract: DELETE /books: the document does not have the method for this path"},
		"an unknown path":            {"GET", "/films", ``, created, "contract: GET /films: the document does not have the path"},
		"a path outside of the API":  {"GET", "//v2/books", ``, created, "contract: GET /v2/books: the document does not have the path"},
		"a wrong type in an answer": {
			"GET", book, ``, answering(strings.Replace(goodBook, "730", `"many"`, 1)), "GET /books/{id}: answer 200: /pages: value must be",
		},
		"null in a list": {
			"GET", "/books", ``, answering("[" + goodBook + "," + strings.Replace(goodBook, `"Ulysses"`, `null`, 1) + "]"),
			"answer 200: /*/title: ",
		},
		"a wrong type in the other": {
			"GET", "/books", ``, answering(`{"books":[` + strings.Replace(goodBook, "730", `"many"`, 1) + "]}"),
			"answer 200: /books/*/pages: value must be",
		},
		"more than the list":          {"GET", "/books", ``, answering(`{"books":[],"next":2}`), `answer 200: property "next" is unsupported`},
		"an answer that lacks a name": {"GET", book, ``, answering(strings.Replace(goodBook, "title", "name", 1)), `answer 200: /title: property "title" is missing`},
		"what must not be there": {
			"GET", book, ``, answering(strings.Replace(goodBook, "shelf", "pulped", 1)), `answer 200: it does not fit "not" of the schema`,
		},
		"an unknown status":          {"GET", book, ``, server{status: 204}, "answer 204: status is not supported"},
		"an answer that is no JSON":  {"GET", book, ``, answering("<html>"), "answer 200: failed to decode response body"},
		"an answer without its body": {"GET", book, ``, answering(""), "answer 200: failed to decode response body"},
		"another content type": {
			"GET", book, ``,
			server{status: 403, contentType: "text/html", body: "<html>"},
			`answer 403: response header Content-Type has unexpected value: "text/html"`,
		},
	}
	byEachVersion(t, func(t *testing.T, contract *contracttest.Contract) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				r := contracttest.Record(t)
				send(contract.Watch(r, test.answer), test.method, test.path, test.body)
				if got := r.End(); !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
					t.Errorf("reported\n%q, want one violation with\n%q", got, test.want)
				}
			})
		}
	})
}

func TestItLetsPass(t *testing.T) {
	tests := map[string]struct {
		method, path, body string
		answer             server
	}{
		"one form of a list":         {"GET", "/books", ``, answering(`[` + goodBook + `]`)},
		"the other form of a list":   {"GET", "/books", ``, answering(`{"books":[` + goodBook + `]}`)},
		"null where it may be":       {"POST", "/books", `{"title":"Ulysses","note":null}`, server{status: 201, contentType: "application/json", body: `{"id":"7"}`}},
		"a body that may be missing": {"POST", "/books", `{"title":"Ulysses"}`, server{status: 201}},
		"an action without a body":   {"POST", book + "/Lend", ``, server{status: 200}},
		"an action with an empty":    {"POST", book + "/Lend", `{}`, server{status: 200}},
		"a refusal in plain text":    {"GET", book, ``, server{status: 401, contentType: "text/plain; charset=utf-8", body: "No."}},
		"a control endpoint":         {"POST", "//_mock/faults", `{}`, answering("7")},
		"the server's document":      {"GET", "//Api/swagger/v1/swagger.json", ``, answering("{}")},
		"an answer of a fault":       {"GET", book, ``, server{status: 502, header: http.Header{"Mock-Fault": {"answer"}}}},
	}
	byEachVersion(t, func(t *testing.T, contract *contracttest.Contract) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				r := contracttest.Record(t)
				answer := send(contract.Watch(r, test.answer), test.method, test.path, test.body)
				if got := r.End(); got != "" {
					t.Errorf("reported %q", got)
				}
				if answer.Code != test.answer.status || answer.Body.String() != test.answer.body {
					t.Errorf("the client got %d, %q", answer.Code, answer.Body)
				}
			})
		}
	})
}

// A document is judged as the version that it declares: the same schema means
// something else in 3.0 and in 3.1, and most of JSON Schema is in 3.1 alone.
func TestTheVersionThatADocumentDeclares(t *testing.T) {
	const document = `
openapi: %s
info: {title: Things, version: "1"}
paths:
  /thing:
    get: {responses: {"200": {description: A thing., content: {application/json: {schema: %s}}}}}
%s`
	const component = `components: {schemas: {Text: {type: [string, "null"]}}}`
	tests := map[string]struct {
		version, schema string
		fits, misfits   []string // want is what is reported of those that do not fit.
		want            string
	}{
		"nullable means something in 3.0": {"3.0.3", `{type: string, nullable: true}`, []string{`"a"`, `null`}, []string{`7`}, "value must be a string"},
		"nullable means nothing in 3.1":   {"3.1.0", `{type: string, nullable: true}`, []string{`"a"`}, []string{`7`, `null`}, "value must be of the type string"},
		"several types": {
			"3.1.0", `{type: [integer, "null"]}`, []string{`7`, `null`}, []string{`"a"`, `7.5`}, "value must be of the type null or integer",
		},
		"several types behind a reference": {
			"3.1.0", `{type: array, items: {$ref: "#/components/schemas/Text"}}`,
			[]string{`["a",null]`},
			[]string{`[7]`},
			"/*: value must be of the type null or string",
		},
		"beside a reference": {
			"3.1.0", `{$ref: "#/components/schemas/Text", maxLength: 2}`,
			[]string{`"ab"`, `null`},
			[]string{`"abc"`},
			`it does not fit "maxLength" of the schema`,
		},
		"a constant": {"3.1.0", `{const: 7}`, []string{`7`}, []string{`8`}, `it does not fit "const" of the schema`},
		"a constant behind a reference": {
			"3.1.0", `{properties: {kind: {const: book}, of: {$ref: "#/components/schemas/Text"}}}`,
			[]string{`{"kind":"book","of":null}`},
			[]string{`{"kind":"film"}`},
			`/kind: it does not fit "const"`,
		},
		"a bound that is a number": {"3.1.0", `{type: number, exclusiveMinimum: 0}`, []string{`1`}, []string{`0`}, `it does not fit "exclusiveMinimum"`},
		"a condition": {
			"3.1.0", `{if: {required: [from]}, then: {required: [to]}}`,
			[]string{`{}`, `{"from":1,"to":2}`},
			[]string{`{"from":1}`},
			`/to: property "to" is missing`,
		},
		"what one property needs": {
			"3.1.0", `{dependentRequired: {from: [to]}}`, []string{`{}`}, []string{`{"from":1}`}, `it does not fit "dependentRequired`,
		},
		"properties that no part describes": {
			"3.1.0", `{allOf: [{properties: {a: {type: integer}}}], unevaluatedProperties: false}`,
			[]string{`{"a":1}`},
			[]string{`{"b":1}`},
			`/b: it does not fit`,
		},
		"names of properties": {
			"3.1.0", `{patternProperties: {"^is": {type: boolean}}}`,
			[]string{`{"isRed":true,"red":7}`},
			[]string{`{"isRed":7}`},
			"/isRed: value must be of the type boolean",
		},
		"the first of an array": {"3.1.0", `{prefixItems: [{type: string}]}`, []string{`["a",7]`}, []string{`[7]`}, "/*: value must be of the type string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			components := component
			if test.version < "3.1" {
				components = ""
			}
			contract := contracttest.MustNew(fmt.Appendf(nil, document, test.version, test.schema, components))
			report := func(body string) string {
				r := contracttest.Record(t)
				contract.Watch(r, answering(body)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/thing", http.NoBody))
				return r.End()
			}
			for _, body := range test.fits {
				if got := report(body); got != "" {
					t.Errorf("%s: reported %q", body, got)
				}
			}
			for _, body := range test.misfits {
				if got := report(body); !strings.Contains(got, test.want) {
					t.Errorf("%s: reported %q, want %q", body, got, test.want)
				}
			}
		})
	}
}

// A request is judged whatever becomes of it.
func TestTheRequestOfAFaultIsJudged(t *testing.T) {
	byEachVersion(t, func(t *testing.T, contract *contracttest.Contract) {
		r := contracttest.Record(t)
		fault := server{status: 502, header: http.Header{"Mock-Fault": {"answer"}}}
		send(contract.Watch(r, fault), "POST", "/books", `{"title":7}`)
		if got := r.End(); !strings.Contains(got, "/title: value must be") {
			t.Errorf("reported %q", got)
		}
	})
}

func TestARequestNeedsAToken(t *testing.T) {
	byEachVersion(t, func(t *testing.T, contract *contracttest.Contract) {
		r := contracttest.Record(t)
		request := httptest.NewRequest("GET", "/Api/v1"+book, http.NoBody)
		contract.Watch(r, answering(goodBook)).ServeHTTP(httptest.NewRecorder(), request)
		if got := r.End(); !strings.Contains(got, "request: it has no bearer token") {
			t.Errorf("reported %q", got)
		}
	})
}

// Values may be secret, and a token may also stand where it does not belong.
func TestAReportHasNoValues(t *testing.T) {
	const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I="
	requests := []struct{ method, path, body string }{
		{"POST", "/books", `{"title":["` + secret + `"],"` + token + `":true}`},
		{"POST", "/books", `{"title":"x","` + token + `":true}`},
		{"GET", "/books/" + secret, ``},
		{"GET", "/" + token, ``},
		{"GET", "/books?token=" + secret, ``},
		{"GET", "/books?" + strings.TrimRight(token, "="), ``},
		{"POST", book + "/Key", `{}`},
	}
	byEachVersion(t, func(t *testing.T, contract *contracttest.Contract) {
		for _, request := range requests {
			for _, body := range []string{`{"key":["` + secret + `"]}`, secret, `"` + secret + `"`, `["` + secret + `"]`} {
				r := contracttest.Record(t)
				send(contract.Watch(r, answering(body)), request.method, request.path, request.body)
				report := r.End()
				if report == "" || strings.Contains(report, secret) || strings.Contains(report, token) {
					t.Errorf("%s %s: reported %q", request.method, request.path, report)
				}
			}
		}
	})
}

func TestTheSameViolationIsReportedOnce(t *testing.T) {
	r := contracttest.Record(t)
	watched := versions["3.1"].Watch(r, answering(`[{"id":"1"}]`))
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() { send(watched, "GET", "/books", "") })
	}
	clients.Wait()
	if got := r.End(); !strings.HasSuffix(got, "(20 times)") || strings.Contains(got, "\n") {
		t.Errorf("reported %q", got)
	}
}

// What a test has begun is judged to its end before the test is.
func TestTheReportWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := contracttest.Record(t)
		resume, reported := make(chan bool), make(chan string, 1)
		watched := versions["3.1"].Watch(r, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			<-resume
			w.WriteHeader(http.StatusNoContent)
		}))
		go send(watched, "GET", book, "")
		synctest.Wait()
		go func() { reported <- r.End() }()
		synctest.Wait()
		resume <- true
		if got := <-reported; !strings.Contains(got, "answer 204: status is not supported") {
			t.Errorf("reported %q", got)
		}
	})
}

// An answer that is cut off is no answer, and stays cut off for the client.
func TestAnAnswerThatIsCutOff(t *testing.T) {
	r := contracttest.Record(t)
	watched := versions["3.1"].Watch(r, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	served := httptest.NewServer(watched)
	defer served.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, served.URL+"/Api/v1"+book, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil || string(body) != `{"id":` {
		t.Errorf("the client got %q, %v", body, err)
	}
	if got := r.End(); got != "" {
		t.Errorf("reported %q", got)
	}
}

func TestTheServerGetsTheWholeRequest(t *testing.T) {
	body := `{"title":"` + strings.Repeat("x", 1<<16) + `"}`
	var got string
	watched := versions["3.1"].Watch(contracttest.Record(t), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = string(read)
	}))
	send(watched, "POST", "/books", body)
	if got != body {
		t.Errorf("the server got %d bytes, want %d", len(got), len(body))
	}
}

func TestAnotherDocument(t *testing.T) {
	contract := contracttest.MustNew(shelf("3.1.0"))
	other := []byte(strings.NewReplacer("[id, title]", "[id, name]", "title: {type: string}", "name: {type: string}").Replace(string(shelf("3.0.1"))))
	r := contracttest.Record(t)
	watched := contract.Watch(r, answering(`[{"id":"7","name":"Ulysses"}]`), contracttest.ByDocument(other, "the title has another name"))
	send(watched, "GET", "/books", "")
	send(watched, "GET", "/films", "")
	if got, want := r.End(), "contract: GET /films: the document does not have the path"; got != want {
		t.Errorf("reported %q, want %q", got, want)
	}
	if !strings.Contains(r.Logged(), "the title has another name") {
		t.Errorf("logged %q", r.Logged())
	}
	if !slices.Contains(contract.Unrequested(), "GET /books") {
		t.Error("a route of another document counts as requested")
	}
}

func TestTheDocumentOfTheServer(t *testing.T) {
	serving := func(document []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/Api/swagger/") {
				_, _ = w.Write(document)
				return
			}
			answering(`{"id":"7","title":null}`).ServeHTTP(w, r)
		})
	}
	served := contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "it knows")
	for want, document := range map[string][]byte{
		"contract: GET /books/{id}: answer 200: /title: Value is not nullable":               shelf("3.0.1"),
		"contract: GET /books/{id}: answer 200: /title: value must be of the type string":    shelf("3.1.1"),
		"contract: /Api/swagger/v1/swagger.json is no document to judge by: failed to unmar": []byte("<html>"),
	} {
		r := contracttest.Record(t)
		send(versions["3.0"].Watch(r, serving(document), served), "GET", book, "")
		if got := r.End(); !strings.Contains(got, want) || strings.Contains(got, "\n") {
			t.Errorf("reported %q, want %q", got, want)
		}
	}
}

func TestUnwatched(t *testing.T) {
	r := contracttest.Record(t)
	send(versions["3.1"].Watch(r, answering("7"), contracttest.Unwatched("it is nonsense on purpose")), "GET", "/nonsense", "")
	if got := r.End(); got != "" {
		t.Errorf("reported %q", got)
	}
	if !strings.Contains(r.Logged(), "it is nonsense on purpose") {
		t.Errorf("logged %q", r.Logged())
	}
}

func TestUnrequested(t *testing.T) {
	contract := contracttest.MustNew(shelf("3.1.0"))
	all := contract.Unrequested()
	if !slices.IsSorted(all) || !slices.Contains(all, "POST /books") {
		t.Fatalf("got %q", all)
	}
	send(contract.Watch(contracttest.Record(t), server{status: 201}), "POST", "/books", `{"title":"Ulysses"}`)
	if left := contract.Unrequested(); len(left) != len(all)-1 || slices.Contains(left, "POST /books") {
		t.Errorf("left %q", left)
	}
}

// A route that a document has for readers only is none that a client may request, or
// has to.
func TestARouteThatIsNotUsed(t *testing.T) {
	const used, unused = `      responses: {"200": {description: Done.}}`, "      x-client: not used\n"
	contract := contracttest.MustNew([]byte(strings.Replace(string(shelf("3.1.0")), used, unused+used, 1)))
	if slices.Contains(contract.Unrequested(), "POST /books/{id}/Lend") {
		t.Error("it has to be requested")
	}
	r := contracttest.Record(t)
	send(contract.Watch(r, server{status: 200}), "POST", book+"/Lend", `{}`)
	if got := r.End(); !strings.Contains(got, "the document does not have the method for this path") {
		t.Errorf("reported %q", got)
	}
}

func TestADocumentThatIsNone(t *testing.T) {
	for _, document := range []string{
		"", "{}", "openapi: 3.1.0\npaths: {/a: 7}",
		strings.Replace(string(shelf("3.0.1")), "description: The book.", "description: {}", 1),
		strings.Replace(string(shelf("3.1.0")), "pages: {type: integer}", "pages: {type: integer, pattern: '['}", 1),
	} {
		if _, err := contracttest.New([]byte(document)); err == nil {
			t.Errorf("%q is taken for a document", document)
		}
	}
}

// BenchmarkList is the largest list that a test has.
func BenchmarkList(b *testing.B) {
	items := make([]string, 5000)
	for i := range items {
		items[i] = strings.Replace(goodBook, id, fmt.Sprintf("1f0a6c4e-7d5b-4c11-8f2e-%012d", i), 1)
	}
	answers := map[string]struct{ path, body string }{
		"books": {"/books", "[" + strings.Join(items, ",") + "]"},
		"book":  {book, goodBook},
	}
	for version, contract := range versions {
		for name, answer := range answers {
			b.Run(version+" "+name, func(b *testing.B) {
				r := contracttest.Record(b)
				watched := contract.Watch(r, answering(answer.body))
				for b.Loop() {
					send(watched, "GET", answer.path, "")
				}
				if got := r.End(); got != "" {
					b.Fatal(got)
				}
			})
		}
	}
}
