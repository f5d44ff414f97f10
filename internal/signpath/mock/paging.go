package mock

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
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
	// size is the query parameter for the size of a page.
	size string
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
	PagingByNumber: {
		about: "lists have pages, which only the document tells: pageNumber",
		size:  queryPageSize, silent: true, said: fragment{"number": queryPageNumber},
	},
	PagingFromZero: {
		about: "lists have pages, which only the document tells: pageIndex",
		size:  queryPageSize, silent: true, said: fragment{"number": queryPageIndex, "first": 0},
	},
	PagingByOffset: {
		about: "lists have pages, which only the document tells: skip and take",
		size:  queryTake, silent: true, said: fragment{"skip": querySkip},
	},
	PagingByLink: {
		about: "lists have pages, with the next one in the header Link",
		size:  queryPageSize, undocumented: true, said: fragment{"link": headerLink},
	},
	PagingWithTotal: {
		about: "lists have pages, with the number of all items in a header",
		size:  queryPageSize, said: fragment{"number": queryPageNumber},
	},
	PagingInEnvelope: {
		about: "lists have pages, in an object with the number of all items",
		size:  queryPageSize, items: pageItems, said: fragment{"number": queryPageNumber, "total": pageTotal},
	},
	PagingByToken: {
		about: "lists have pages, in an object with a token for the next one",
		size:  queryPageSize, items: pageItems, said: fragment{"token": queryContinuation, "next": queryContinuation},
	},
	PagingByNextLink: {
		about: "lists have pages, in an object with a link to the next one",
		size:  queryPageSize, undocumented: true, items: pageValue, said: fragment{"link": pageNextLink},
	},
}

// headerLink is the header with the next page in its place (RFC 8288).
const headerLink = "Link"

func (p Paging) isEnvelope() bool { return pagings[p.Kind].items != "" }

// list is how a list looks.
func (f *front) list(t thing) listMapping {
	if said := f.of(t).list; said != nil {
		return *said
	}
	return listMapping{}
}

// page is one page of a list.
type page struct {
	said *pageMapping
	// parameter and sizeParameter are the query parameters that ask for a page; the latter is "" if there is none.
	parameter, sizeParameter string
	// first is the position of the first page, inItems tells that positions count items, not pages.
	first   int
	inItems bool
	// position is that of the page, size how many items it may have.
	position, size int
	items          []object
	// total is the number of all items.
	total int
}

// newPage is a page as it is asked for.
func (f *front) newPage(said *pageMapping) page {
	p := page{said: said, sizeParameter: cmp.Or(said.size, pagings[f.dialect.Paging.Kind].size), first: said.first}
	switch {
	case said.number != "":
		p.parameter = said.number
	case said.link != "":
		p.parameter, p.sizeParameter, p.first = queryPageNumber, cmp.Or(p.sizeParameter, queryPageSize), 1
	default:
		p.parameter, p.inItems, p.first = cmp.Or(said.skip, said.token), true, 0
	}
	return p
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
func (c *call) page(said *pageMapping, items []object) (page, *problem) {
	p := c.front.newPage(said)
	p.total = len(items)
	largest := cmp.Or(c.dialect.Paging.Size, said.entries, defaultPageSize)
	query, errors := foldedQuery(c.request.URL.Query()), map[string][]string{}
	if said.token != "" {
		query.decodeToken(p.parameter)
	}
	p.position = query.number(p.parameter, p.first, p.first, errors)
	p.size = largest
	if p.sizeParameter != "" {
		p.size = min(query.number(p.sizeParameter, largest, 1, errors), largest)
	}
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
	parameters := url.Values{p.parameter: {strconv.Itoa(position)}, p.sizeParameter: {strconv.Itoa(p.size)}}
	return c.base + c.match.resource + "?" + parameters.Encode()
}

// list is the answer of a list.
func (c *call) list(t thing, items []object) (answer, *problem) {
	said, header, p := c.front.list(t), http.Header{}, page{items: items}
	if said.page != nil {
		var refused *problem
		if p, refused = c.page(said.page, items); refused != nil {
			return answer{}, refused
		}
	}
	shown := make([]object, len(p.items))
	for i, item := range p.items {
		if t != thingEvent {
			item = c.summarize(item)
		}
		shown[i] = c.shown(t, item)
	}
	result := ok(shown)
	if len(said.items) > 0 {
		envelope := object{}
		envelope.put(said.items, shown)
		result.body = envelope
	}
	if said.page != nil {
		result.body = c.dialect.withoutNulls(c.tellOfOthers(p, result.body, header))
	}
	if c.fault.Action == FaultStaleList && t != thingEvent {
		header.Set(mockserver.HeaderFault, string(FaultStaleList))
	}
	result.header = header
	return result, nil
}

// tellOfOthers tells in the header or the body what the kind of paging tells of the other pages.
func (c *call) tellOfOthers(p page, body any, header http.Header) any {
	following, hasNext := p.next()
	if p.said.link == headerLink && hasNext {
		header.Set(headerLink, fmt.Sprintf(`<%s>; rel="next"`, c.url(p, following)))
	}
	if c.dialect.Paging.Kind == PagingWithTotal {
		header.Set("X-Total-Count", strconv.Itoa(p.total))
	}
	envelope, isObject := body.(object)
	if !isObject {
		return body
	}
	if path := p.said.nextPath(); path != nil {
		var next any
		switch {
		case hasNext && p.said.token != "":
			next = encodeToken(following)
		case hasNext:
			next = c.url(p, following)
		}
		envelope.put(path, next)
	}
	if p.said.total != nil {
		envelope.put(p.said.total, p.total)
	}
	if c.dialect.Paging.Kind == PagingInEnvelope {
		envelope.put(jsonPath{queryPageNumber}, p.position)
		envelope.put(jsonPath{queryPageSize}, p.size)
	}
	return envelope
}

// nextPath is where an answer has the next page; nil if it does not.
func (m *pageMapping) nextPath() jsonPath {
	if m.link != "" && m.link != headerLink {
		return parsePath(m.link)
	}
	return m.next
}

// pageParameters are the query parameters of a list in the OpenAPI document.
func (s *schemas) pageParameters(t thing) []object {
	said := s.front.list(t).page
	if said == nil {
		return nil
	}
	p := s.front.newPage(said)
	number := object{"type": "integer", "format": "int32"}
	position := object{"type": "integer", "format": "int32", "default": p.first}
	if said.token != "" {
		position = object{"type": "string", "nullable": true}
	}
	size := object{"name": p.sizeParameter, "in": "query", "schema": number}
	switch {
	case said.link != "" && said.size == "":
		return nil
	case said.link != "":
		return []object{size}
	case p.sizeParameter == "":
		return []object{{"name": p.parameter, "in": "query", "schema": position}}
	}
	return []object{{"name": p.parameter, "in": "query", "schema": position}, size}
}
