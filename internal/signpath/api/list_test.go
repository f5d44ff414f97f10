package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A pager stands before the mock server and answers its lists in another way.
type pager struct {
	// parameters are the query parameters of lists in the server's document.
	parameters []string
	// page is what the mapping says of the pages of each list; empty if it says nothing.
	page string
	// noDocument lets the server have none.
	noDocument bool
	// answer writes the answer to one request for a list of all these items.
	answer answer
}

type answer func(w http.ResponseWriter, query url.Values, path string, items raws)

// listItems is how many items each list has in these tests.
const listItems = 9

// An organizationInPages is an organization behind a pager.
type organizationInPages struct {
	*organization
	mu sync.Mutex
	// lists and documents are how many requests there were for them.
	lists, documents int
}

// inPages makes an organization whose lists have listItems items each.
func inPages(t *testing.T, p pager) *organizationInPages {
	t.Helper()
	seed := seed()
	for i := len(seed.InteractiveUsers); i < listItems; i++ {
		seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "U", Email: fmt.Sprintf("u%d@example.com", i)})
	}
	for i := len(seed.CIUsers); i < listItems; i++ {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: fmt.Sprintf("build-%d", i)})
	}
	for i := len(seed.UserGroups); i < listItems; i++ {
		seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: fmt.Sprintf("Group %d", i)})
	}
	for i := len(seed.Projects); i < listItems; i++ {
		seed.Projects = append(seed.Projects, mock.ProjectSeed{Slug: fmt.Sprintf("p%d", i), Name: "P"})
	}
	o := &organizationInPages{organization: inProcessWith(t, seed)}
	o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(w, r, p) })
	o.Before = func(r *http.Request) {
		if r.URL.Host != "127.0.0.1:9" || r.URL.Scheme != "http" {
			t.Errorf("the token goes to %s", r.URL)
		}
	}
	o.config.Contract = api.ContractAuto
	o.config.RetryBudget = -1
	if p.page != "" {
		text := "version: 1\n"
		for _, thing := range []string{"user", "ci_user", "group", "project"} {
			text += thing + ": {list: {page: {" + p.page + "}}}\n"
		}
		o.config.Mapping = mappingtest.File(t, text)
	}
	o.restart()
	return o
}

func (o *organizationInPages) serve(w http.ResponseWriter, r *http.Request, p pager) {
	query := r.URL.Query()
	r.URL.RawQuery = ""
	isDocument := strings.HasSuffix(r.URL.Path, "/swagger.json")
	_, isList := lists()[path.Base(r.URL.Path)]
	isList = isList && r.Method == http.MethodGet
	if !isDocument && !isList {
		o.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	o.ServeHTTP(answer, r)
	o.mu.Lock()
	defer o.mu.Unlock()
	if isDocument {
		o.documents++
		if p.noDocument {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(answer.Code)
		if answer.Code != http.StatusOK {
			return
		}
		_, _ = w.Write(withParameters(o.t, answer.Body.Bytes(), p.parameters))
		return
	}
	o.lists++
	var items raws
	o.check(json.Unmarshal(answer.Body.Bytes(), &items))
	p.answer(w, query, r.URL.Path, items)
}

func (o *organizationInPages) listCIUsers() error {
	_, err := o.client.Directory(o.t.Context(), access.KindCIUser)
	return err
}

// withParameters adds query parameters to the lists of a document.
func withParameters(t testing.TB, document []byte, parameters []string) []byte {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(document, &d); err != nil {
		t.Error(err)
	}
	var described []any
	for _, name := range parameters {
		described = append(described, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string"}})
	}
	for path, item := range d["paths"].(map[string]any) {
		get, ok := item.(map[string]any)["get"].(map[string]any)
		if !ok || strings.Count(path, "/") != 3 {
			continue
		}
		present, _ := get["parameters"].([]any)
		get["parameters"] = append(present, described...)
	}
	encoded, err := json.Marshal(d)
	if err != nil {
		t.Error(err)
	}
	return encoded
}

// write answers with JSON.
func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK) // The wire takes an answer without for none.
	_ = json.NewEncoder(w).Encode(value)
}

func slice(items raws, from, size int) raws {
	from = max(0, min(from, len(items)))
	return items[from:min(from+size, len(items))]
}

func number(query url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(query.Get(name)); err == nil {
		return n
	}
	return otherwise
}

type (
	object = map[string]any
	raws   = []json.RawMessage
)

// byNumber pages by a parameter whose numbers begin with first.
func byNumber(parameter string, first, size int) answer {
	return func(w http.ResponseWriter, query url.Values, _ string, items raws) {
		write(w, slice(items, (number(query, parameter, first)-first)*size, size))
	}
}

// byLink pages by links that are made from the address of the list; %s is its path,
// and %d where the next page begins.
func byLink(format string, more ...string) answer {
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		from := number(query, "from", 0)
		page := slice(items, from, 4)
		if from+4 < len(items) {
			w.Header().Add("Link", `</style.css>; rel=preload, <`+fmt.Sprintf(format, path, from+4)+`>; title="a, b"; rel="next last"`)
		}
		for _, header := range more {
			name, value, _ := strings.Cut(header, ": ")
			w.Header().Add(name, value)
		}
		write(w, page)
	}
}

// enveloped pages by a parameter from 1, with an envelope.
func enveloped(parameter string, size int, envelope func(page, total int, items raws) any) answer {
	return func(w http.ResponseWriter, query url.Values, _ string, items raws) {
		page := number(query, parameter, 1)
		write(w, envelope(page, len(items), slice(items, (page-1)*size, size)))
	}
}

// whole answers with everything and headers.
func whole(headers ...string) answer {
	return func(w http.ResponseWriter, _ url.Values, _ string, items raws) {
		for _, header := range headers {
			name, value, _ := strings.Cut(header, ": ")
			w.Header().Add(name, value)
		}
		write(w, items)
	}
}

// cutTo answers with the first items only, and headers.
func cutTo(n int, headers ...string) answer {
	all := whole(headers...)
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		all(w, query, path, slice(items, 0, n))
	}
}

// lists are the lists, and how each is read: the number of items that come of it.
func lists() map[string]func(context.Context, *api.Client) (int, error) {
	principals := func(kind access.Kind) func(context.Context, *api.Client) (int, error) {
		return func(ctx context.Context, client *api.Client) (int, error) {
			directory, err := client.Directory(ctx, kind)
			if err != nil {
				return 0, err
			}
			return len(directory.All(kind)), nil
		}
	}
	return map[string]func(context.Context, *api.Client) (int, error){
		"InteractiveUsers": principals(access.KindUser),
		"CIUsers":          principals(access.KindCIUser),
		"UserGroups":       principals(access.KindGroup),
		"Projects": func(ctx context.Context, client *api.Client) (int, error) {
			projects, err := client.Projects(ctx)
			return len(projects), err
		},
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	tests := map[string]struct {
		pager
		// learn is true where only the document tells of pages.
		learn bool
		// lists and documents are the requests.
		lists, documents int
	}{
		"nothing tells of pages":               {pager{answer: whole()}, false, 1, 0},
		"nothing tells of pages, nor document": {pager{answer: whole()}, true, 1, 1},
		"other parameters":                     {pager{parameters: []string{"search", "isActive"}, answer: whole()}, true, 1, 1},

		"numbers from 1": {pager{parameters: []string{"pageSize", "page"}, page: "number: page", answer: byNumber("page", 1, 4)}, true, 4, 1},
		"numbers from 0": {
			pager{parameters: []string{"pageIndex"}, page: "number: pageIndex, first: 0", answer: byNumber("pageIndex", 0, 4)},
			false, 4, 0,
		},
		"the last page is full": {pager{page: "number: Paging.PageNumber", answer: byNumber("Paging.PageNumber", 1, 3)}, false, 4, 0},
		"one page":              {pager{page: "number: page", answer: byNumber("page", 1, 20)}, false, 2, 0},
		"numbers, and a total": {
			pager{page: "number: 'page[number]'", answer: withTotal("X-Total-Count", byNumber("page[number]", 1, 4))}, false, 3, 0,
		},
		"pages only where asked for": {pager{parameters: []string{"page"}, page: "number: page", answer: optional("page", byNumber("page", 1, 4))}, true, 4, 1},
		"a size": {pager{page: "number: page, size: take, entries: 5", answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			byNumber("page", 1, number(query, "take", 1))(w, query, path, items)
		}}, false, 3, 0},
		"offsets":        {pager{page: "skip: skip", answer: byOffset("skip", 4)}, false, 4, 0},
		"offsets, OData": {pager{page: "skip: $skip", answer: byOffset("$skip", 3)}, false, 4, 0},
		"known as whole": {pager{parameters: []string{"page"}, page: "whole: true", answer: whole("X-Total-Count: 12")}, true, 1, 1},
		"a stated total": {pager{page: "number: page, total: meta.all", answer: enveloped("page", 4, func(_, total int, items raws) any {
			return object{"data": items, "meta": object{"all": total}, "took": "3 ms"}
		})}, false, 3, 0},
		"a stated link": {pager{page: "link: further", answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			from := number(query, "from", 0)
			answer := object{"value": slice(items, from, 4), "further": nil}
			if from+4 < len(items) {
				answer["further"] = fmt.Sprintf("http://127.0.0.1:9%s?from=%d", path, from+4)
			}
			write(w, answer)
		}}, false, 3, 0},
		"a stated header": {pager{page: "link: Link", answer: byLink("%s?from=%d")}, false, 3, 0},
		"X-Pagination": {pager{page: "number: PageNumber", answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			page := number(query, "PageNumber", 1)
			w.Header().Set("X-Pagination", fmt.Sprintf(`{"TotalCount":%d,"PageSize":4,"CurrentPage":%d,"TotalPages":3,"HasNext":%t,"HasPrevious":%t,"route":"x"}`,
				len(items), page, page < 3, page > 1))
			byNumber("PageNumber", 1, 4)(w, query, path, items)
		}}, false, 3, 0},
		"Content-Range": {pager{page: "skip: offset", answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			from := number(query, "offset", 0)
			w.Header().Set("Content-Range", fmt.Sprintf("items %d-%d/%d", from, min(from+3, len(items)-1), len(items)))
			byOffset("offset", 4)(w, query, path, items)
		}}, false, 3, 0},

		"links":                    {pager{answer: byLink("http://127.0.0.1:9%s?from=%d")}, false, 3, 0},
		"relative links":           {pager{answer: byLink("%.0s?from=%d")}, false, 3, 0},
		"links and a total":        {pager{answer: withTotal("X-Total-Count", byLink("%s?from=%d"))}, false, 3, 0},
		"links to another host":    {pager{answer: byLink("https://internal.example.com/signpath%s?from=%d")}, false, 3, 0},
		"links without encryption": {pager{answer: byLink("ftp://127.0.0.1:9%s?from=%d")}, false, 3, 0},
		"links in lower case": {pager{answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			byLink("%s?from=%d")(w, query, strings.ToLower(path), items)
		}}, false, 3, 0},
		"links, though there are numbers": {pager{parameters: []string{"page"}, answer: byLink("%s?from=%d&page=2")}, true, 3, 1},
		"links in the answer": {pager{answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			from := number(query, "from", 0)
			answer := object{"value": slice(items, from, 4), "@odata.count": len(items)}
			if from+4 < len(items) {
				answer["@odata.nextLink"] = fmt.Sprintf("http://127.0.0.1:9%s?from=%d", path, from+4)
			}
			write(w, answer)
		}}, false, 3, 0},
		"links in an object": {pager{answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			from := number(query, "from", 0)
			links := object{"self": object{"href": path}, "next": nil}
			if from+4 < len(items) {
				links["next"] = object{"href": fmt.Sprintf("%s?from=%d", path, from+4)}
			}
			write(w, object{"items": slice(items, from, 4), "_links": links})
		}}, false, 3, 0},
		"tokens": {pager{page: "token: continuationToken, next: continuationToken", answer: func(w http.ResponseWriter, query url.Values, _ string, items raws) {
			from := number(query, "continuationToken", 0)
			answer := object{"items": slice(items, from, 4), "continuationToken": nil}
			if from+4 < len(items) {
				answer["continuationToken"] = strconv.Itoa(from + 4)
			}
			write(w, answer)
		}}, false, 3, 0},
		"tokens that end by being absent": {pager{page: "token: pageToken, next: nextPageToken", answer: func(w http.ResponseWriter, query url.Values, _ string,
			items raws,
		) {
			from := number(query, "pageToken", 0)
			answer := object{"items": slice(items, from, 4)}
			if from+4 < len(items) {
				answer["nextPageToken"] = strconv.Itoa(from + 4)
			}
			write(w, answer)
		}}, false, 3, 0},

		"an envelope with a total": {pager{page: "number: page", answer: enveloped("page", 4, func(page, total int, items raws) any {
			return object{"items": items, "page": page, "pageSize": 4, "totalCount": total}
		})}, false, 3, 0},
		"an envelope that says nothing but where it is": {pager{page: "number: page", answer: enveloped("page", 4, func(page, _ int, items raws) any {
			return object{"items": items, "page": page}
		})}, false, 4, 0},
		"an envelope with the whole": {pager{answer: enveloped("page", 20, func(_, total int, items raws) any {
			return object{"items": items, "totalCount": total, "pageNumber": 1}
		})}, false, 1, 0},

		"a total that is all there is":         {pager{answer: whole("X-Total-Count: 9")}, false, 1, 0},
		"a total, though there are parameters": {pager{parameters: []string{"page"}, answer: whole("X-Total-Count: 9")}, true, 1, 1},
		"links elsewhere": {
			pager{answer: whole(`Link: </style.css>; rel=preload`, "X-Start: t=1", "X-RateLimit-Limit: 100")},
			false,
			1, 0,
		},
		"no next link": {pager{answer: whole(`Link: </a?page=1>; rel="first", </a?page=1>; rel="last"`)}, false, 1, 0},
		"no next page": {pager{answer: whole("X-Next-Page: ", "X-Page: 1")}, false, 1, 0},
	}
	for name, test := range tests {
		for list, read := range lists() {
			t.Run(name+"/"+list, func(t *testing.T) {
				o := inPages(t, test.pager)
				if test.learn {
					o.client.LearnLists(t.Context())
				}
				got, err := read(t.Context(), o.client)
				if err != nil || got != listItems {
					t.Errorf("%d items, %v", got, err)
				}
				if o.lists != test.lists || o.documents != test.documents {
					t.Errorf("%d requests for the list and %d for the document, want %d and %d", o.lists, o.documents, test.lists, test.documents)
				}
				// The snapshot has it now.
				if got, err := read(t.Context(), o.client); err != nil || got != listItems || o.lists != test.lists {
					t.Errorf("again: %d items, %v, %d requests", got, err, o.lists)
				}
			})
		}
	}
}

// withTotal adds a header with the number of all items.
func withTotal(header string, answer answer) answer {
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		w.Header().Set(header, strconv.Itoa(len(items)))
		answer(w, query, path, items)
	}
}

// optional answers with the whole where the parameter is not set.
func optional(parameter string, answer answer) answer {
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		if !query.Has(parameter) {
			whole()(w, query, path, items)
			return
		}
		answer(w, query, path, items)
	}
}

// byOffset pages by a parameter for the number of items to leave out.
func byOffset(parameter string, size int) answer {
	return func(w http.ResponseWriter, query url.Values, _ string, items raws) {
		write(w, slice(items, number(query, parameter, 0), size))
	}
}

const unknownWay = "how to ask for the next page is not known"

func TestListsThatWouldBeCutShort(t *testing.T) {
	endless := func(w http.ResponseWriter, query url.Values, path string, items raws) {
		from := number(query, "from", 0)
		w.Header().Set("Link", fmt.Sprintf(`<%s?from=%d>; rel="next"`, path, from+1))
		page := raws{items[0]}
		if from > 0 {
			page = raws{json.RawMessage(fmt.Sprintf(`{"id":"%08d-0000-4000-8000-000000000000","slug":"s%d","name":"N"}`, from, from))}
		}
		write(w, page)
	}
	tests := map[string]struct {
		pager
		learn bool
		words []string
	}{
		"a link to another route": {
			pager{answer: byLink("https://other.example.com/x%.0s?from=%d")},
			false,
			[]string{"page 1 links to https://other.example.com/x, which is no page of this list", "Link"},
		},
		"a link to another route here": {
			pager{answer: byLink("/Api/v1/x%.0s?from=%d")},
			false,
			[]string{"page 1 links to http://127.0.0.1:9/Api/v1/x, which is no page of this list"},
		},
		"a link without a query": {pager{answer: byLink("%s#%d")}, false, []string{"no page of this list"}},
		"a link that is none":    {pager{answer: byLink("http://[%s%d")}, false, []string{"something that is no address"}},
		"a link back": {
			pager{answer: cutTo(4, `Link: <?from=0>; rel=next`)},
			false,
			[]string{"page 2 has an item that an earlier page has, too", "may have changed while it was read"},
		},
		"an empty page that links back": {pager{answer: cutTo(0, `Link: <?from=0>; rel=next`)}, false, []string{"page 2 leads back to an earlier one"}},
		"pages without an end":          {pager{answer: endless}, false, []string{"it has no end after 1000 pages with 1000 items"}},
		"a link that is not understood": {pager{answer: cutTo(4, `Link: http://127.0.0.1:9/?page=2; rel="next"`)}, false, []string{unknownWay, "Link"}},

		"only the total is higher": {pager{answer: cutTo(4, "X-Total-Count: 9")}, false, []string{unknownWay, "X-Total-Count"}},
		"the total is lower":       {pager{answer: whole("X-Total-Count: 8")}, false, []string{"it has 9 items, and not 8", "X-Total-Count"}},
		"the total of pages": {
			pager{page: "number: page", answer: wrongTotal(10, byNumber("page", 1, 4))},
			false,
			[]string{"it has 9 items, and not 10"},
		},
		"the total of links": {pager{answer: wrongTotal(7, byLink("%s?from=%d"))}, false, []string{"it has 9 items, and not 7"}},
		"the total changes": {pager{answer: func(w http.ResponseWriter, query url.Values, path string, items raws) {
			wrongTotal(9+number(query, "from", 0), byLink("%s?from=%d"))(w, query, path, items)
		}}, false, []string{"it had 9 items, and then 13"}},
		"the total is no number": {pager{answer: whole("X-Total-Count: nine")}, false, []string{"its header X-Total-Count", "only a page"}},
		"two totals":             {pager{answer: whole("X-Total-Count: 9", "X-Total: 8")}, false, []string{"only a page"}},
		"a total of nothing":     {pager{answer: cutTo(0, "X-Total-Count: 9")}, false, []string{unknownWay}},
		"a total, and no document": {
			pager{noDocument: true, parameters: []string{"page"}, answer: withTotal("X-Total-Count", byNumber("page", 1, 4))},
			false,
			[]string{unknownWay},
		},
		"an open Content-Range": {pager{answer: whole("Content-Range: items 0-8/*")}, false, []string{unknownWay}},
		"an odd X-Pagination":   {pager{answer: whole("X-Pagination: yes")}, false, []string{unknownWay, "X-Pagination"}},
		"a number of pages":     {pager{answer: cutTo(4, "X-Total-Pages: 3")}, false, []string{unknownWay}},
		"only the size of pages": {
			pager{parameters: []string{"pageSize"}, answer: cutTo(4)},
			true,
			[]string{unknownWay, `the query parameter "pageSize" in the server's OpenAPI document`},
		},
		"only a token": {pager{parameters: []string{"continuationToken"}, answer: cutTo(4)}, true, []string{unknownWay, "continuationToken"}},
		"a token nobody asks for": {
			pager{parameters: []string{"page"}, answer: envelopeOf(object{"nextToken": "x"})},
			false,
			[]string{unknownWay, "signpathctl contract map"},
		},
		"a token that comes again": {
			pager{page: "token: token, next: nextToken", answer: fixed(object{"items": []any{}, "nextToken": "x"})},
			false,
			[]string{"leads back"},
		},
		"more, and nothing else": {pager{answer: envelopeOf(object{"hasMore": true})}, false, []string{unknownWay, "hasMore"}},
		"more, and no next link": {pager{answer: envelopeOf(object{"hasMore": true, "nextLink": nil})}, false, []string{unknownWay}},
		"an unknown property": {
			pager{answer: envelopeOf(object{"partial": true})},
			false,
			[]string{"other properties (items, partial)", "only a page"},
		},
		"an unknown property inside": {pager{answer: envelopeOf(object{"meta": object{"rest": 3}})}, false, []string{"only a page"}},
		"a count of the page or all": {pager{answer: envelopeOf(object{"count": 4})}, false, []string{unknownWay, "count"}},

		"numbers that nobody has stated": {
			pager{parameters: []string{"page"}, answer: byNumber("page", 1, 4)},
			true,
			[]string{unknownWay, `the query parameter "page"`, "signpathctl contract map"},
		},
		"the same page again": {pager{page: "number: page", answer: cutTo(4)}, false, []string{"page 2 has an item that an earlier page has, too"}},
		"an item twice": {pager{page: "skip: offset", answer: func(w http.ResponseWriter, query url.Values, _ string, items raws) {
			write(w, slice(items, number(query, "offset", 0)-1, 4))
		}}, false, []string{"has an item that an earlier page has, too"}},
		"no list there": {pager{page: "number: page", answer: fixed(object{"a": []any{}, "b": []any{}})}, false, []string{"an object with 2 lists in it"}},
		"a token that is not where it is stated": {
			pager{page: "token: token, next: nextCursor", answer: fixed(object{"items": []any{}, "nextToken": "x"})},
			false,
			[]string{"page 1 does not say how to ask for the next"},
		},
		"no total there": {
			pager{page: "number: page, total: all", answer: byNumber("page", 1, 4)}, false, []string{`it has no number at "all"`, "signpathctl contract map"},
		},
	}
	for name, test := range tests {
		for list, read := range lists() {
			t.Run(name+"/"+list, func(t *testing.T) {
				o := inPages(t, test.pager)
				if test.learn {
					o.client.LearnLists(t.Context())
				}
				got, err := read(t.Context(), o.client)
				if err == nil || got != 0 {
					t.Fatalf("%d items, %v", got, err)
				}
				expectError(t, err, append(test.words, "GET /"+list+": SignPath's answer (200 OK) cannot be used", "request id ")...)
				if api.IsGone(err) || api.IsUnknownOrForbidden(err) || errors.Is(err, access.ErrNoPrincipal) {
					t.Errorf("it counts as proof: %v", err)
				}
			})
		}
	}
}

func wrongTotal(total int, answer answer) answer {
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		w.Header().Set("X-Total-Count", strconv.Itoa(total))
		answer(w, query, path, items)
	}
}

// envelopeOf answers with the first items, and properties beside them.
func envelopeOf(properties object) answer {
	return func(w http.ResponseWriter, _ url.Values, _ string, items raws) {
		answer := object{"items": slice(items, 0, 4)}
		for name, value := range properties {
			answer[name] = value
		}
		write(w, answer)
	}
}

func fixed(answer any) answer {
	return func(w http.ResponseWriter, _ url.Values, _ string, _ raws) { write(w, answer) }
}

// The same server, with and without the permission to read its document.
func TestAnAssumedContractFollowsNothingButLinks(t *testing.T) {
	for name, p := range map[string]pager{
		"links":   {answer: byLink("%s?from=%d")},
		"a total": {parameters: []string{"page"}, answer: withTotal("X-Total-Count", byNumber("page", 1, 4))},
	} {
		o := inPages(t, p)
		o.config.Contract = api.ContractAssumed
		o.restart()
		o.client.LearnLists(t.Context())
		projects, err := o.client.Projects(t.Context())
		if name == "links" && (err != nil || len(projects) != listItems) {
			t.Errorf("%d projects, %v", len(projects), err)
		}
		if name != "links" {
			expectError(t, err, "cut short", "signpathctl contract map")
		}
		if o.documents != 0 {
			t.Errorf("the document was read")
		}
	}
}

// A refresh reads no document. The first write does, and what was taken for the
// whole until then is read again, and refused.
func TestWhatTheDocumentTellsOfListsReadBefore(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inPages(t, pager{parameters: []string{"page"}, answer: byNumber("page", 1, 4)})
		for list, read := range lists() {
			if got, err := read(t.Context(), o.client); err != nil || got != 4 {
				t.Errorf("%s before: %d, %v", list, got, err)
			}
		}
		if o.lists != 4 || o.documents != 0 {
			t.Errorf("%d requests for lists, %d for the document", o.lists, o.documents)
		}
		o.must(o.makeReader())
		for list, read := range lists() {
			got, err := read(t.Context(), o.client)
			if err == nil {
				t.Errorf("%s after: %d", list, got)
				continue
			}
			expectError(t, err, unknownWay)
		}
		if o.lists != 4+4 || o.documents != 1 {
			t.Errorf("%d requests for lists, %d for the document", o.lists, o.documents)
		}
	})
}

// Where the document has no parameters for pages, nothing is read again.
func TestTheDocumentTellsThatListsAreWhole(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inPages(t, pager{answer: whole()})
		for range 2 {
			for list, read := range lists() {
				if got, err := read(t.Context(), o.client); err != nil || got != listItems {
					t.Errorf("%s: %d, %v", list, got, err)
				}
			}
			o.client.LearnLists(t.Context())
		}
		if o.lists != 4 || o.documents != 1 {
			t.Errorf("%d requests for lists, %d for the document", o.lists, o.documents)
		}
	})
}

// A page proves nothing. Each of these would, with the whole.
func TestAPageProvesNoAbsence(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		last := fmt.Sprintf("build-%d", listItems-1)
		refuse := func(o *organizationInPages) {
			o.inject(mock.Fault{Route: "GET */{id}", Action: mock.FaultAnswer, Status: 403})
		}
		tests := map[string]func(*organizationInPages) error{
			"by name": func(o *organizationInPages) error {
				_, err := o.client.Resolve(t.Context(), access.Reference{Kind: access.KindCIUser, Key: last})
				return err
			},
			"by id": func(o *organizationInPages) error {
				refuse(o)
				_, err := o.client.Resolve(t.Context(), access.Reference{Kind: access.KindCIUser, Key: o.id("ci_user:" + last)})
				return err
			},
			"a principal": func(o *organizationInPages) error {
				refuse(o)
				_, err := o.client.Principal(t.Context(), access.KindCIUser, o.id("ci_user:"+last))
				return err
			},
			"an id on a list": func(o *organizationInPages) error {
				found, err := o.client.References(t.Context(), o.ids("ci_user:"+last))
				if got := found[o.id("ci_user:"+last)].String(); err == nil && got != "ci_user:"+last {
					return fmt.Errorf("it is %s", got)
				}
				return err
			},
		}
		for name, do := range tests {
			o := inPages(t, pager{parameters: []string{"page"}, answer: byNumber("page", 1, 4)})
			o.must(o.listCIUsers())
			expectError(t, do(o), unknownWay)
			if o.documents != 1 {
				t.Errorf("%s: %d requests for the document", name, o.documents)
			}
			o = inPages(t, pager{page: "number: page", answer: byNumber("page", 1, 4)})
			if err := do(o); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}

		o := inPages(t, pager{parameters: []string{"page"}, answer: byNumber("page", 1, 4)})
		o.inject(mock.Fault{Route: "GET /Projects/{project}", Action: mock.FaultAnswer, Status: 403})
		if _, err := o.client.Project(t.Context(), fmt.Sprintf("p%d", listItems-1)); api.IsGone(err) || !api.IsUnknownOrForbidden(err) {
			t.Errorf("a project: %v", err)
		}
	})
}

// It is not known whether the lists have pages where the document fails.
func TestAFailingDocumentProvesNoAbsence(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		const nobody = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
		o := inPages(t, pager{answer: whole()})
		o.inject(mock.Fault{Route: documentRoute, Action: mock.FaultAnswer, Status: http.StatusInternalServerError})
		o.Handler = o.Server
		_, err := o.client.Principal(t.Context(), access.KindCIUser, nobody)
		if api.IsGone(err) {
			t.Errorf("a principal is gone: %v", err)
		}
		expectError(t, err, "whether the list of CI users is the whole is not known", "500")
		_, err = o.client.Resolve(t.Context(), access.Reference{Kind: access.KindCIUser, Key: "nobody"})
		if errors.Is(err, access.ErrNoPrincipal) {
			t.Errorf("nobody has the name: %v", err)
		}
		if _, err = o.client.Project(t.Context(), "project-c"); api.IsGone(err) || !api.IsUnknownOrForbidden(err) {
			t.Errorf("a project: %v", err)
		}
		// Who reads everybody goes on without.
		o.client.LearnLists(t.Context())
		o.must(o.listCIUsers())
	})
}

// Who exists on another page is not created again, nor taken for the one whose
// create was lost.
func TestWhoIsOnAnotherPageIsNotCreated(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inPages(t, pager{parameters: []string{"page"}, answer: byNumber("page", 1, 4)})
		o.must(o.listCIUsers())
		name := fmt.Sprintf("build-%d", listItems-1)
		_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: name})
		expectError(t, err, unknownWay)
		o.expectRequests(0, "POST *")

		o = inPages(t, pager{parameters: []string{"page"}, page: "number: page", answer: byNumber("page", 1, 4)})
		o.inject(mock.Fault{Route: "POST /CIUsers", Action: mock.FaultCutAfterActing})
		created, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		if err != nil || created.ID != o.id("ci_user:acme-new") {
			t.Errorf("got %+v, %v", created, err)
		}
	})
}

// Where requests name members per kind and answers do not tell their kinds, somebody who is
// newer than the lists that were read is looked for once, and the edit is not refused.
func TestKindOfSomebodyNewerThanTheLists(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithMapping("version: 1\nmembers:\n  answer: {form: ids}\n"+
			"  request: {form: per_kind, user: people, ci_user: robots, group: teams}\n"), judged(t, contracttest.Unwatched("members come per kind")))
		o.must(doReferences(t.Context(), o))
		_, err := o.Administrator("").CreateCIUser(mock.CIUserSeed{Name: "newer"})
		o.must(err)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", "ci_user:newer"))
		o.ResetRequests()
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectRequests(1, "GET /CIUsers")
		o.expectMembers(releaseA, "approvers", officer, "ci_user:newer")
	})
}
