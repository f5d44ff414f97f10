package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestDecodePage(t *testing.T) {
	good := map[string]int{
		`[]`:                          0,
		` [{"a":1},{}] `:              2,
		`{"signingPolicies":[]}`:      0,
		`{"anything":[{"id":"x"}]}`:   1,
		"\n{ \"list\" : [ {} ] }\r\n": 1,
	}
	for body, want := range good {
		got, err := (*Mapping)(nil).DecodePage(RouteProjects, []byte(body), http.Header{
			"Content-Type": {"application/json"}, "X-Request-Id": {"1"},
			"Content-Range": {"bytes 0-1/2"},
		})
		if err != nil || len(got.Items) != want || len(got.Signals) > 0 {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	// What is not understood must never read as an empty list.
	bad := []string{
		``, `null`, `{}`, `"x"`, `17`, `true`, `{"list":null}`, `{"list":{}}`, `{"list":"x"}`, `[1]`, `["x"]`, `[null]`, `[[]]`, `[{}`,
		`[]]`, `[] []`, `{"list":[]}{}`, `{"a":[],"b":[]}`, `{"list":[null]}`, `<html>`, `{"total":0}`, `{"total":0,"list":null}`,
		`{"list":[],"other":1}`, `{"list":[],"total":-1}`, `{"list":[],"total":"many"}`, `{"list":[],"total":1.5}`, `{"list":[],"total":1,"totalCount":2}`,
		`{"list":[],"hasMore":"yes"}`, `{"list":[],"paging":{"rest":1}}`, `{"list":[],"paging":[]}`,
		`{"list":[],"continuationToken":7}`, `{"list":[],"total":{"a":1}}`,
	}
	for _, body := range bad {
		if got, err := (*Mapping)(nil).DecodePage(RouteProjects, []byte(body), nil); err == nil {
			t.Errorf("%s is taken for %+v", body, got)
		}
	}
}

// summary is what a page says of others.
func (p Page) summary() string {
	count := func(n *int64) string {
		if n == nil {
			return "?"
		}
		return fmt.Sprint(*n)
	}
	return strings.Join([]string{
		count(p.Total), count(p.Pages), p.Next, p.Token, fmt.Sprintf("more=%t", p.More), fmt.Sprintf("last=%t", p.Last),
	}, " ")
}

func TestSignalsOfAPage(t *testing.T) {
	type header = http.Header
	tests := map[string]struct {
		body   string
		header header
		want   string
	}{
		"total": {`{"items":[],"totalCount":8,"pageNumber":1,"page_size":20}`, nil, "8 ?   more=false last=false"},
		"ASP.NET": {
			`{"items":[],"pageCount":1,"totalItemCount":8,"hasNextPage":true,"hasPreviousPage":false,"isFirstPage":true,"isLastPage":false}`, nil,
			"8 ?   more=true last=false",
		},
		"OData":            {`{"value":[],"@odata.count":8,"@odata.nextLink":"/a?$skip=1"}`, nil, "8 ? /a?$skip=1  more=false last=false"},
		"no total":         {`{"items":[],"totalCount":null}`, nil, "? ?   more=false last=false"},
		"no next link":     {`{"items":[],"nextLink":null}`, nil, "? ?   more=false last=true"},
		"an empty token":   {`{"items":[],"continuationToken":""}`, nil, "? ?   more=false last=true"},
		"a token":          {`{"items":[],"nextCursor":"abc"}`, nil, "? ?  abc more=false last=false"},
		"a token as next":  {`{"items":[],"next":"abc"}`, nil, "? ?  abc more=false last=false"},
		"a number as next": {`{"items":[],"nextPage":2}`, nil, "? ?   more=true last=false"},
		"nested": {
			`{"items":[],"meta":{"pagination":{"total":8,"total_pages":2,"links":{"next":{"href":"?p=2"},"self":{"href":"?p=1"}}}}}`, nil,
			"8 2 ?p=2  more=false last=false",
		},
		"the place alone": {`{"items":[],"page":{"number":0,"size":20}}`, nil, "? ?   more=false last=false"},
		"Link": {
			`[]`,
			header{"Link": {`<https://h/a?x=1,2>; title="rel=next"; rel="prev", <https://h/a?x=3>; rel="last NEXT"`}},
			"? ? https://h/a?x=3  more=false last=false",
		},
		"Link, twice": {
			`[]`,
			header{"Link": {`<https://h/a?x=1>; rel=prev`, `<https://h/a?x=3>;rel=next`}},
			"? ? https://h/a?x=3  more=false last=true",
		},
		"Link, last page":    {`[]`, header{"Link": {`<https://h/a?x=1>; rel=prev`}}, "? ?   more=false last=true"},
		"Link, broken":       {`[]`, header{"Link": {`https://h/a?x=1; rel="next"`}}, "? ?   more=true last=false"},
		"totals":             {`[]`, header{"X-Total-Count": {"8"}, "X-Total": {" 8 "}, "X-Total-Pages": {"2"}}, "8 2   more=false last=false"},
		"Content-Range":      {`[]`, header{"Content-Range": {"users 0-19/53"}}, "53 ?   more=false last=false"},
		"X-Pagination":       {`[]`, header{"X-Pagination": {`{"TotalCount":8,"TotalPages":2,"HasNext":true,"x":1}`}}, "8 2   more=true last=false"},
		"X-Next-Page":        {`[]`, header{"X-Next-Page": {"2"}, "X-Per-Page": {"20"}}, "? ?   more=true last=false"},
		"X-Next-Page, empty": {`[]`, header{"X-Next-Page": {""}}, "? ?   more=false last=true"},
		"X-Has-More":         {`[]`, header{"X-Has-More": {"True"}}, "? ?   more=true last=false"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := (*Mapping)(nil).DecodePage(RouteProjects, []byte(test.body), test.header)
			if err != nil || got.summary() != test.want || len(got.Signals) == 0 {
				t.Errorf("%q, %v, signals %q\nwant %q", got.summary(), err, got.Signals, test.want)
			}
		})
	}
}

// What the document says of pages tells that there are some.
func TestPageParameters(t *testing.T) {
	for names, want := range map[string][]string{
		"search isActive api-version":         nil,
		"pageSize pageNumber":                 {"pageNumber", "pageSize"},
		"Paging.Page Paging.Size filter.name": {"Paging.Page", "Paging.Size"},
		"page[number] page[size]":             {"page[number]", "page[size]"},
		"$skip $top":                          {"$skip", "$top"},
		"ContinuationToken":                   {"ContinuationToken"},
	} {
		document := `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{` +
			`"parameters":[{"name":"o","in":"path","required":true,"schema":{"type":"string"}}],` +
			`"get":{"parameters":[{"$ref":"#/components/parameters/A"}`
		for _, name := range strings.Fields(names) {
			document += fmt.Sprintf(`,{"name":%q,"in":"query","schema":{"type":"string"}}`, name)
		}
		document += `],"responses":{}}}},"components":{"parameters":{"A":{"name":"Accept","in":"header","schema":{"type":"string"}}}}}`
		for file, want := range map[string][]string{"": want, "ci_user: {list: {page: {whole: true}}}": nil} {
			known, err := Negotiate([]byte(document), mapped(t, file))
			if err != nil {
				t.Fatal(err)
			}
			if got := known.PageParameters(RoutesOf["ci_user"].List); !slices.Equal(got, want) {
				t.Errorf("%s: %q", names, got)
			}
		}
	}
	if got := (Negotiation{}).PageParameters(RouteProjects); got != nil {
		t.Errorf("without a document: %q", got)
	}
}
