package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// Whether SignPath's lists come in pages is not published: no parameter, header or
// property of a page is documented or was observed. So this file is a table of
// proposals, and nothing in it is a fact about SignPath. They are the usual names of
// servers made with ASP.NET (X-Pagination and the properties of its samples, OData)
// and of public APIs (the Link header of RFC 8288, Content-Range of RFC 9110, X-Total-Count).
// A name in it costs at worst a list that is refused, or that is read page by page
// though it need not be; a name that is missing lets a page pass for the whole.

// A signal is what a header, or a property beside a list, says of the list's pages.
type signal int

const (
	// signalTotal is how many items the whole list has.
	signalTotal signal = iota + 1
	// signalPages is how many pages the whole list has.
	signalPages
	// signalMore tells whether there are further pages, signalLast whether there are none.
	signalMore
	signalLast
	// signalNext is a link to the next page, its number, or a token for it.
	signalNext
	// signalToken is a token by which the next page is asked for.
	signalToken
	// signalPlace is where the page is, or how long: that there may be other pages,
	// and nothing more.
	signalPlace
	// signalGroup is an object that holds signals.
	signalGroup
)

// signals are the names of what tells of pages, folded by [foldName].
var signals = map[string]signal{
	"total": signalTotal, "totalcount": signalTotal, "totalitems": signalTotal, "totalitemcount": signalTotal,
	"totalresults": signalTotal, "totalrecords": signalTotal, "totalelements": signalTotal, "totalrows": signalTotal, "odatacount": signalTotal,

	"totalpages": signalPages, "totalpagecount": signalPages, "lastpage": signalPages,

	"more": signalMore, "hasmore": signalMore, "hasnext": signalMore, "hasnextpage": signalMore, "hasmoreitems": signalMore,
	"hasmoreresults": signalMore, "moreavailable": signalMore, "istruncated": signalMore,
	"islast": signalLast, "islastpage": signalLast,

	"next": signalNext, "nextlink": signalNext, "nextpage": signalNext, "nextpagelink": signalNext, "nexturl": signalNext, "nexturi": signalNext,
	"nextpageurl": signalNext, "nextpageuri": signalNext, "nexthref": signalNext, "nextpagenumber": signalNext, "nextoffset": signalNext,
	"odatanextlink": signalNext,

	"continuationtoken": signalToken, "nextcontinuationtoken": signalToken, "continuation": signalToken, "nextpagetoken": signalToken,
	"pagetoken": signalToken, "nexttoken": signalToken, "skiptoken": signalToken, "cursor": signalToken, "nextcursor": signalToken,
	"endcursor": signalToken, "nextmarker": signalToken, "marker": signalToken,

	"page": signalPlace, "pagenumber": signalPlace, "pageno": signalPlace, "pageindex": signalPlace, "currentpage": signalPlace,
	"pagesize": signalPlace, "perpage": signalPlace, "itemsperpage": signalPlace, "size": signalPlace, "limit": signalPlace, "top": signalPlace,
	"take": signalPlace, "offset": signalPlace, "skip": signalPlace, "start": signalPlace, "startindex": signalPlace,
	// Some call the whole a count, and some the page.
	"count": signalPlace, "pagecount": signalPlace, "itemcount": signalPlace,
	"self": signalPlace, "first": signalPlace, "firstpage": signalPlace, "isfirst": signalPlace, "isfirstpage": signalPlace, "last": signalPlace,
	"prev": signalPlace, "previous": signalPlace, "previouslink": signalPlace, "prevpage": signalPlace, "previouspage": signalPlace,
	"previouspagelink": signalPlace, "hasprevious": signalPlace, "haspreviouspage": signalPlace, "startcursor": signalPlace,
	"number": signalPlace, "firstitemonpage": signalPlace, "lastitemonpage": signalPlace,

	"paging": signalGroup, "pagination": signalGroup, "pageinfo": signalGroup, "pageinformation": signalGroup, "meta": signalGroup, "metadata": signalGroup,
	"links": signalGroup, "cursors": signalGroup,
}

// pageParameters are the names of query parameters that tell that a list has pages, folded by
// [foldName]. How pages are asked for, a mapping says.
var pageParameters = []string{
	"page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage",
	"offset", "skip", "pageoffset", "start", "startindex", "startat",
	"continuationtoken", "continuation", "pagetoken", "nextpagetoken", "nexttoken", "skiptoken", "cursor", "nextcursor", "pagecursor",
	"after", "pageafter", "startingafter", "marker",
	"pagesize", "size", "limit", "pagelimit", "top", "take", "perpage", "itemsperpage", "maxresults", "maxpagesize", "maxitems", "count", "first",
}

// foldName makes the spellings of a name comparable: page_number, page[number] and
// PageNumber are one.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// PageParameters returns the query parameters that tell, by the document, that a list has
// pages, where the mapping does not say how they are asked for.
func (n Negotiation) PageParameters(list *Route) []string {
	if n.mapping.Page(list) != nil {
		return nil
	}
	described, _ := n.document.of(n.mapping.Wire(list))
	var found []string
	for _, name := range described.query {
		if slices.Contains(pageParameters, foldParameter(name)) {
			found = append(found, name)
		}
	}
	return found
}

// foldParameter folds the name of a query parameter, of which ASP.NET may make a
// property of an object: Paging.PageNumber.
func foldParameter(name string) string { return foldName(name[strings.LastIndex(name, ".")+1:]) }

// A Page is one answer of a list, and what it says of others.
type Page struct {
	Items []Object
	// Total is how many items, and Pages how many pages, the whole list has; nil if
	// the answer does not say.
	Total, Pages *int64
	// Next is a link to the next page as the server wrote it. Its host may be any.
	Next string
	// Token is what asks for the next page.
	Token string
	// More is true if the answer says that there are further pages, Last if it says
	// that there are none.
	More, Last bool
	// Signals name what in the answer tells that the list has pages: `the header Link`.
	Signals []string
}

// DecodePage reads an answer to a list: a bare array of objects, or an object with exactly
// one array in it, as both forms occur (observed), or the array where the mapping says that
// it is, together with what tells of other pages. Anything else beside the array is an error,
// unless the mapping says how pages are asked for: it could mean that there are further
// pages, and who is missing from a list that is cut short would count as gone. The items are
// as the server wrote them.
func (m *Mapping) DecodePage(list *Route, body []byte, header http.Header) (Page, error) {
	body = bytes.TrimSpace(body)
	stated := m.list(list)
	if stated.Page != nil {
		return decodeStatedPage(stated, body, header)
	}
	var page Page
	if err := page.readHeader(header); err != nil {
		return Page{}, err
	}
	var items json.RawMessage
	var err error
	if stated.Items != nil {
		items, err = page.readBeside(body, stated.Items)
	} else {
		items, err = page.readEnvelope(body)
	}
	if err == nil {
		page.Items, err = DecodeItems(items)
	}
	return page, err
}

// onlyList returns the one list in an object, whatever stands beside it.
func onlyList(body []byte) (json.RawMessage, error) {
	wrapper, err := DecodeObject(body)
	if err != nil {
		return nil, httpapi.NotJSON(body, "neither a list nor an object with a list in it")
	}
	maps.DeleteFunc(wrapper, func(_ string, value json.RawMessage) bool { return !bytes.HasPrefix(value, []byte("[")) })
	for _, list := range wrapper {
		if len(wrapper) == 1 {
			return list, nil
		}
	}
	return nil, fmt.Errorf("%w: an object with %d lists in it", httpapi.ErrNotJSON, len(wrapper))
}

// readBeside returns the list at the path of an answer, and takes in all that stands beside.
func (p *Page) readBeside(body []byte, path mapping.Path) (json.RawMessage, error) {
	if len(path) == 0 {
		return body, nil
	}
	wrapper, err := DecodeObject(body)
	if err != nil || wrapper[path[0]] == nil {
		return nil, noItems(path)
	}
	names, isUnderstood := wrapper.Names(), true
	for _, name := range names { // All of them: what is not understood hides nothing of the others.
		isUnderstood = (name == path[0] || p.readProperty(name, wrapper[name])) && isUnderstood
	}
	items, err := p.readBeside(wrapper[path[0]], path[1:])
	if err == nil && !isUnderstood {
		return nil, mayBePage(names)
	}
	return items, err
}

func mayBePage(names []string) error {
	return fmt.Errorf("%w: the list comes with other properties (%s), so it may be only a page of the whole. %s",
		httpapi.ErrNotJSON, strings.Join(names, ", "), Advice)
}

// readEnvelope returns the list in an answer.
func (p *Page) readEnvelope(body []byte) (json.RawMessage, error) {
	if len(body) > 0 && body[0] == '[' {
		return body, nil
	}
	wrapper, err := DecodeObject(body)
	if err != nil {
		return nil, httpapi.NotJSON(body, "neither a list nor an object with a list in it")
	}
	var list json.RawMessage
	names, isUnderstood := slices.Sorted(maps.Keys(wrapper)), true
	for _, name := range names { // All of them: what is not understood hides nothing of the others.
		value := wrapper[name]
		isList := len(wrapper) == 1 || bytes.HasPrefix(value, []byte("["))
		if isList && list == nil {
			list = value
		} else {
			isUnderstood = !isList && p.readProperty(name, value) && isUnderstood
		}
	}
	if !isUnderstood {
		return nil, mayBePage(names)
	}
	if list == nil {
		return nil, httpapi.NotJSON(body, "an object without a list in it")
	}
	return list, nil
}

// readProperty takes in what stands beside a list. It returns false if that is not
// understood.
func (p *Page) readProperty(name string, value json.RawMessage) bool {
	kind := signals[foldName(name)]
	nested, err := DecodeObject(value)
	if err == nil {
		// The object of a link has its address; any other has signals.
		if href := Text(nested["href"]); href != "" {
			value = MustMarshal(href)
		} else if kind == signalGroup || kind == signalPlace {
			isUnderstood := true
			for _, inner := range slices.Sorted(maps.Keys(nested)) {
				isUnderstood = p.readProperty(inner, nested[inner]) && isUnderstood
			}
			return isUnderstood
		}
	}
	if !p.read(kind, value) {
		return false
	}
	p.Signals = append(p.Signals, fmt.Sprintf("the property %q", name))
	return true
}

// read takes in one signal. It returns false if the value is not what it should be.
func (p *Page) read(kind signal, value json.RawMessage) bool {
	switch kind {
	case signalTotal:
		return readCount(&p.Total, value)
	case signalPages:
		return readCount(&p.Pages, value)
	case signalMore, signalLast:
		b := valueAs[bool](value)
		if b == nil {
			return false
		}
		isMore := *b == (kind == signalMore)
		p.More, p.Last = p.More || isMore, p.Last || !isMore
		return true
	case signalNext:
		return p.readNext(value)
	case signalToken:
		p.readToken(Text(value))
		return Text(value) != "" || IsEmptyJSON(value)
	case signalPlace, signalGroup:
		return true
	}
	return false
}

// readCount reads a number of items or pages. One that was told twice has to be the
// same: else neither can be relied on.
func readCount(count **int64, value json.RawMessage) bool {
	n := valueAs[int64](value)
	switch {
	case n == nil:
		return IsEmptyJSON(value)
	case *n < 0 || (*count != nil && **count != *n):
		return false
	}
	*count = n
	return true
}

func (p *Page) readNext(value json.RawMessage) bool {
	text := Text(value)
	switch {
	case IsEmptyJSON(value):
		p.Last = true
	case strings.ContainsAny(text, "/?"):
		p.Next = text
	case text != "":
		p.readToken(text)
	default:
		p.More = true // A number, which does not tell how to ask for it.
	}
	return true
}

func (p *Page) readToken(text string) {
	if text == "" {
		p.Last = true
		return
	}
	p.Token = text
}

// IsPartial tells whether the header of an answer says, or leaves open, that there is
// more than the n items of the answer.
func IsPartial(header http.Header, n int) bool {
	var p Page
	if p.readHeader(header) != nil {
		return true
	}
	isWhole := p.Last || (p.Total != nil && *p.Total == int64(n))
	return p.More || p.Next != "" || (len(p.Signals) > 0 && !isWhole)
}
