package mock

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Paging is how lists are cut into pages. The zero value answers them whole.
type Paging struct {
	Kind PagingKind
	// Size is how many items a page has at most: a client gets fewer if it asks for fewer, and never more. 0 is 20.
	Size int
}

// PagingKind is a way to page. Nothing is documented of any.
type PagingKind string

const (
	// PagingByNumber takes pageNumber, from 1, and pageSize. The answer does not show that there is more.
	PagingByNumber PagingKind = "page"
	// PagingFromZero is PagingByNumber with pageIndex, from 0.
	PagingFromZero PagingKind = "page-zero"
	// PagingByOffset is PagingByNumber with skip and take, which count items.
	PagingByOffset PagingKind = "offset"
	// PagingByLink has the absolute URL of the next page in the header Link (RFC 8288), and no parameters in the document.
	PagingByLink PagingKind = "link"
	// PagingWithTotal is PagingByNumber with the number of all items in the header X-Total-Count.
	PagingWithTotal PagingKind = "total"
	// PagingInEnvelope is PagingByNumber with the page in an object that tells the number of all items.
	PagingInEnvelope PagingKind = "envelope"
	// PagingByToken has the page in an object with the continuationToken of the next one, or null.
	PagingByToken PagingKind = "token"
	// PagingByNextLink has the page in an object with the absolute URL of the next one, or null, as OData does. No
	// parameters are in the document.
	PagingByNextLink PagingKind = "next-link"
)

// defaultPageSize is the size of pages unless Paging tells another one.
const defaultPageSize = 20

// paging is how a kind of paging looks.
type paging struct {
	about string
	// position and size are the query parameters that ask for a page.
	position, size string
	// first is the position of the first page.
	first int
	// inItems tells that positions count items, not pages.
	inItems bool
	// undocumented tells that the parameters are not in the OpenAPI document.
	undocumented bool
	// silent tells that nothing but the document shows that there are pages.
	silent bool
	// items is the name of the page in an object; "" for a bare or wrapped list.
	items string
	// said is what a mapping file says of the pages.
	said fragment
}

var pagings = map[PagingKind]paging{
	PagingByNumber: numbered(paging{about: "lists have pages, which only the document tells: pageNumber", silent: true}),
	PagingFromZero: {
		about:    "lists have pages, which only the document tells: pageIndex",
		position: queryPageIndex, size: queryPageSize, silent: true,
		said: fragment{"number": queryPageIndex, "first": 0},
	},
	PagingByOffset: {
		about:    "lists have pages, which only the document tells: skip and take",
		position: querySkip, size: queryTake, inItems: true, silent: true,
		said: fragment{"skip": querySkip},
	},
	PagingByLink:    numbered(paging{about: "lists have pages, with the next one in the header Link", undocumented: true, said: fragment{"link": "Link"}}),
	PagingWithTotal: numbered(paging{about: "lists have pages, with the number of all items in a header"}),
	PagingInEnvelope: numbered(paging{about: "lists have pages, in an object with the number of all items", items: pageItems,
		said: fragment{"number": queryPageNumber, "total": pageTotal}}),
	PagingByToken: {
		about:    "lists have pages, in an object with a token for the next one",
		position: queryContinuation, size: queryPageSize, inItems: true, items: pageItems,
		said: fragment{"token": queryContinuation, "next": queryContinuation},
	},
	PagingByNextLink: numbered(paging{about: "lists have pages, in an object with a link to the next one", undocumented: true, items: pageValue,
		said: fragment{"link": pageNextLink}}),
}

// numbered is a paging by numbers from 1.
func numbered(p paging) paging {
	p.position, p.size, p.first = queryPageNumber, queryPageSize, 1
	if p.said == nil {
		p.said = fragment{"number": queryPageNumber}
	}
	return p
}

func (p Paging) isEnvelope() bool { return pagings[p.Kind].items != "" }

// page is one page of a list.
type page struct {
	paging
	kind PagingKind
	// position is that of the page, size how many items it may have.
	position, size int
	items          []object
	// total is the number of all items.
	total int
}

// begin is the number of items before the page.
func (p page) begin() int {
	if p.inItems {
		return p.position
	}
	return (p.position - p.first) * p.size
}

// next is the position of the next page; hasNext=false after the last one.
func (p page) next() (position int, hasNext bool) {
	hasNext = p.begin()+p.size < p.total
	if p.inItems {
		return p.position + p.size, hasNext
	}
	return p.position + 1, hasNext
}

// page cuts the page that is asked for out of a list.
func (c *call) page(items []object) (page, *problem) {
	p := page{paging: pagings[c.dialect.Paging.Kind], kind: c.dialect.Paging.Kind, total: len(items)}
	largest := c.dialect.Paging.Size
	if largest == 0 {
		largest = defaultPageSize
	}
	query, errors := foldedQuery(c.request.URL.Query()), map[string][]string{}
	if p.kind == PagingByToken {
		query.decodeToken(p.paging.position)
	}
	p.position = query.number(p.paging.position, p.first, p.first, errors)
	p.size = min(query.number(p.paging.size, largest, 1, errors), largest)
	if len(errors) > 0 {
		return page{}, invalid(errors)
	}
	begin := min(p.begin(), p.total)
	p.items = items[begin:min(begin+p.size, p.total)]
	return p, nil
}

// query are the parameters of a request, by their names in lower case: ASP.NET compares them without case.
type query map[string]string

func foldedQuery(values url.Values) query {
	folded := query{}
	for name, value := range values {
		folded[strings.ToLower(name)] = value[0]
	}
	return folded
}

// number returns a parameter that is a number and not below the least one.
func (q query) number(name string, fallback, least int, errors map[string][]string) int {
	text, sent := q[strings.ToLower(name)]
	if !sent {
		return fallback
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil || int(number) < least {
		errors[pascalCase(name)] = []string{fmt.Sprintf("The value '%s' is not valid.", text)}
	}
	return int(number)
}

// decodeToken makes a number of a token that encodeToken made of it.
func (q query) decodeToken(name string) {
	name = strings.ToLower(name)
	if decoded, err := base64.RawURLEncoding.DecodeString(q[name]); err == nil && q[name] != "" {
		q[name] = strings.TrimPrefix(string(decoded), tokenPrefix)
	}
}

// tokenPrefix keeps a plain number from being a token.
const tokenPrefix = "items:"

func encodeToken(position int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + strconv.Itoa(position)))
}

// url is the absolute URL of a position, on the host that links name.
func (c *call) url(p page, position int) string {
	parameters := url.Values{p.paging.position: {strconv.Itoa(position)}, p.paging.size: {strconv.Itoa(p.size)}}
	return c.base + c.match.resource + "?" + parameters.Encode()
}

// list is the answer of a list of users, groups or projects.
func (c *call) list(name string, items []object) (answer, *problem) {
	result := ok(c.wrap(name, items))
	result.header = http.Header{}
	if c.dialect.Paging.Kind != "" {
		p, refused := c.page(items)
		if refused != nil {
			return answer{}, refused
		}
		result.body = c.wrapPage(name, p, result.header)
	}
	if c.fault.Action == FaultStaleList {
		result.header.Set(mockserver.HeaderFault, string(FaultStaleList))
	}
	return result, nil
}

// wrapPage renders a page, and tells in the header or the body what its kind tells of the others.
func (c *call) wrapPage(name string, p page, header http.Header) any {
	following, hasNext := p.next()
	switch p.kind {
	case PagingByLink:
		if hasNext {
			header.Set("Link", fmt.Sprintf(`<%s>; rel="next"`, c.url(p, following)))
		}
	case PagingWithTotal:
		header.Set("X-Total-Count", strconv.Itoa(p.total))
	case PagingInEnvelope:
		return object{pageItems: p.items, pageTotal: p.total, queryPageNumber: p.position, queryPageSize: p.size}
	case PagingByToken:
		envelope := object{pageItems: p.items, queryContinuation: nil}
		if hasNext {
			envelope[queryContinuation] = encodeToken(following)
		}
		return envelope
	case PagingByNextLink:
		envelope := object{pageValue: p.items, pageNextLink: nil}
		if hasNext {
			envelope[pageNextLink] = c.url(p, following)
		}
		return envelope
	}
	return c.wrap(name, p.items)
}

// pageParameters are the query parameters of a list in the OpenAPI document.
func (s *schemas) pageParameters() []object {
	p := pagings[s.dialect.Paging.Kind]
	if s.dialect.Paging.Kind == "" || p.undocumented {
		return nil
	}
	position := object{"type": "integer", "format": "int32", "default": p.first}
	if s.dialect.Paging.Kind == PagingByToken {
		position = object{"type": "string", "nullable": true}
	}
	return []object{
		{"name": p.position, "in": "query", "schema": position},
		{"name": p.size, "in": "query", "schema": object{"type": "integer", "format": "int32"}},
	}
}

// page describes the envelope of a page.
func (s *schemas) page(model *answerModel, items object) object {
	number, optionalText := object{"type": "integer", "format": "int32"}, object{"type": "string", "nullable": true}
	properties := map[PagingKind]object{
		PagingInEnvelope: {pageItems: items, pageTotal: number, queryPageNumber: number, queryPageSize: number},
		PagingByToken:    {pageItems: items, queryContinuation: optionalText},
		PagingByNextLink: {pageValue: items, pageNextLink: optionalText},
	}[s.dialect.Paging.Kind]
	return s.component(model.schema+"Page", func() object { return s.closed(properties, slices.Sorted(maps.Keys(properties))...) })
}
