package proposal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The names of what tells of pages, folded. They are the usual ones, and nothing in them is a
// fact about SignPath.
var (
	numberNames = []string{"page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage"}
	skipNames   = []string{"offset", "skip", "pageoffset", "startindex", "startat"}
	tokenNames  = []string{
		"continuationtoken", "continuation", "pagetoken", "nextpagetoken", "nexttoken", "skiptoken", "cursor", "nextcursor", "pagecursor", "after", "marker", "token",
	}
	sizeNames  = []string{"pagesize", "size", "limit", "pagelimit", "top", "take", "perpage", "itemsperpage", "maxresults", "maxpagesize", "count", "first"}
	totalNames = []string{"total", "totalcount", "totalitems", "totalitemcount", "totalresults", "totalrecords", "totalelements"}
	linkNames  = []string{"next", "nextlink", "nextpage", "nextpagelink", "nexturl", "nexturi", "nextpageurl", "nexthref", "odatanextlink"}
)

// proposeLists says where the lists are in their answers, and how their pages are asked for.
func (p *proposer) proposeLists() {
	for _, name := range append([]string{auditEvent}, things[:4]...) {
		t := p.things[name]
		if t == nil || t.calls["list"] == nil {
			continue
		}
		g := sure
		if !t.isSure {
			g = likely
		}
		if name == auditEvent {
			p.proposeEventRoute(t, g)
		} else {
			p.proposeRoute(t, "list", g, orWhy(t.why, "it answers a list of these objects"))
		}
		p.proposeItems(t)
		p.proposePage(t)
	}
}

func orWhy(why, otherwise string) string {
	if why != "" {
		return why
	}
	return otherwise
}

func (p *proposer) proposeEventRoute(t *thing, g grade) {
	o := t.calls["list"]
	if o.version != "v1-pre" || !matches(o.segments, assumedBase[auditEvent]) {
		p.stateOrMark(g, []string{auditEvent, "list", "route"}, o.method+" "+p.pathFor(auditEvent, o.segments), t.why)
	}
}

// proposeItems says where the list is, unless the answer is the list, or an object with nothing
// else in it.
func (p *proposer) proposeItems(t *thing) {
	answer := t.calls["list"].answer
	path, items := t.itemsIn(answer)
	if items == nil || len(path) == 0 || len(path) == 1 && len(answer.properties) == 1 || answer.says(openapi3.TypeArray) {
		return
	}
	p.state([]string{t.name, "list", "items"}, yamlText(strings.Join(path, ".")), "the list of these objects in the answer")
}

// proposePage says how the pages of a list are asked for.
func (p *proposer) proposePage(t *thing) {
	o := t.calls["list"]
	path := []string{t.name, "list", "page"}
	beside := besideItems(o)
	number, skip := parameterOf(o, numberNames), parameterOf(o, skipNames)
	token, size := parameterOf(o, tokenNames), parameterOf(o, sizeNames)
	total := sizeAndTotal(size, beside)
	switch next := nextToken(token, beside); {
	case next != nil:
		g := sure
		if name := fold(next.last()); !slices.Contains(append(slices.Concat(tokenNames, linkNames), fold(token.name)), name) {
			g = likely
		}
		p.stateOrMark(g, path, flow(append([]pair{{"token", yamlText(token.name)}, {"next", yamlText(next.String())}}, total...)...),
			"a parameter for a token, and the one text in the answer that can be it")
	case number != nil && skip == nil && number.says(openapi3.TypeInteger):
		p.proposeNumbered(path, number, total)
	case skip != nil && number == nil && skip.says(openapi3.TypeInteger):
		p.state(path, flow(append([]pair{{"skip", yamlText(skip.name)}}, total...)...), "the parameter is a number of entries by its name")
	case leadsOn(o, beside) != nil:
		p.state(path, flow(append([]pair{{"link", yamlText(leadsOn(o, beside).String())}}, total...)...), "the address of the next page in the answer")
	case o.hasLink:
		p.state(path, flow(append([]pair{{"link", "Link"}}, total...)...), "the answer has the header Link (RFC 8288)")
	case mayHavePages(o, beside) || len(total) > 0 || token != nil:
		p.ask(path, pageQuestion(o, beside), "the document may tell of pages")
	}
}

// mayHavePages tells whether a list takes a number or a text that may choose a page, or answers one
// beside its entries that may lead to the next.
func mayHavePages(o *operation, beside []leaf) bool {
	isText := func(q parameter) bool { return q.isText() && queryName.MatchString(q.name) }
	mayLead := func(l leaf) bool { return (l.isText() || l.format == "uri") && len(l.values) == 0 }
	return len(pageParameters(o)) > 0 || slices.ContainsFunc(o.query, isText) || slices.ContainsFunc(beside, mayLead)
}

// leadsOn is the address of the next page beside a list. A text that is not described as an address is
// one if the list takes no parameter for which it could be the value.
func leadsOn(o *operation, beside []leaf) *leaf {
	isOther := func(q parameter) bool { return !slices.Contains(sizeNames, fold(q.name)) }
	if next := nextLink(beside); next != nil && (next.format == "uri" || !slices.ContainsFunc(o.query, isOther)) {
		return next
	}
	return nil
}

func pageQuestion(o *operation, beside []leaf) string {
	question := "How are the further pages of this list asked for?"
	if len(o.query) > 0 {
		question += " Parameters: " + listOf(namesOf(o.query)) + "."
	}
	var names []string
	for _, l := range beside {
		names = append(names, l.String())
	}
	if len(names) > 0 {
		question += " Beside the list, the answer has " + listOf(names) + "."
	}
	return question + " If the list is never cut, however long it is, write {whole: true}"
}

// proposeNumbered proposes a parameter for the number of a page. That of the first one decides
// whether entries are missed, so that it is asked where the document does not say it.
func (p *proposer) proposeNumbered(path []string, number *parameter, total []pair) {
	pairs := []pair{{"number", yamlText(number.name)}}
	first, isSaid := 1, false
	if standard, ok := number.standard.(float64); ok && (standard == 0 || standard == 1) {
		first, isSaid = int(standard), true
	} else if number.least != nil && (*number.least == 0 || *number.least == 1) {
		first, isSaid = int(*number.least), true
	}
	if isSaid {
		if first == 0 {
			pairs = append(pairs, pair{"first", "0"})
		}
		p.state(path, flow(append(pairs, total...)...), fmt.Sprintf("the parameter is the number of a page by its name, and %d is the first by the document", first))
		return
	}
	why := "whether the first page has the number 1, or 0, is not in the document; if 0, write first: 0"
	if fold(number.name) == "pageindex" {
		pairs = append(pairs, pair{"first", "0"})
		why = "whether the first page has the number 0, or 1, is not in the document; an index mostly begins with 0"
	}
	p.mark(path, flow(append(pairs, total...)...), why)
}

// sizeAndTotal are the size of a page, where the document has a largest one, and the number of
// all entries.
func sizeAndTotal(size *parameter, beside []leaf) []pair {
	var pairs []pair
	if size != nil && size.says(openapi3.TypeInteger) && size.most != nil && *size.most >= 1 && *size.most <= 100_000 {
		pairs = append(pairs, pair{"size", yamlText(size.name)}, pair{"entries", strconv.Itoa(int(*size.most))})
	}
	var totals []leaf
	for _, l := range beside {
		if l.says(openapi3.TypeInteger) && slices.Contains(totalNames, fold(l.last())) {
			totals = append(totals, l)
		}
	}
	if len(totals) == 1 {
		pairs = append(pairs, pair{"total", yamlText(totals[0].String())})
	}
	return pairs
}

// besideItems are the values in an answer that are not in its list.
func besideItems(o *operation) []leaf {
	if o.answer == nil || o.answer.says(openapi3.TypeArray) {
		return nil
	}
	return slices.DeleteFunc(leavesOf(o.answer), func(l leaf) bool { return l.items != nil || l.isObject() })
}

// parameterOf returns the one parameter with one of the names; nil where there are none, or
// several. ASP.NET may make a property of an object of it: Paging.PageNumber.
func parameterOf(o *operation, names []string) *parameter {
	var found []*parameter
	for i, q := range o.query {
		if slices.Contains(names, fold(q.name[strings.LastIndex(q.name, ".")+1:])) && queryName.MatchString(q.name) {
			found = append(found, &o.query[i])
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// pageParameters are those that tell of pages, or that are numbers and may.
func pageParameters(o *operation) []string {
	var found []string
	for _, q := range o.query {
		name := fold(q.name[strings.LastIndex(q.name, ".")+1:])
		if slices.Contains(slices.Concat(numberNames, skipNames, tokenNames, sizeNames), name) || q.says(openapi3.TypeInteger) {
			found = append(found, q.name)
		}
	}
	return found
}

func namesOf(parameters []parameter) []string {
	var names []string
	for _, q := range parameters {
		names = append(names, q.name)
	}
	return names
}

// nextToken is the one text beside a list that may be the token for its next page.
func nextToken(token *parameter, beside []leaf) *leaf {
	if token == nil || !token.says(openapi3.TypeString) {
		return nil
	}
	var found []leaf
	for _, l := range beside {
		if l.isText() {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// nextLink is the address of the next page beside a list.
func nextLink(beside []leaf) *leaf {
	var found []leaf
	for _, l := range beside {
		name := fold(l.last())
		isHref := name == "href" && len(l.path) > 1 && slices.Contains(linkNames, fold(l.path[len(l.path)-2]))
		if l.says(openapi3.TypeString) && (isHref || slices.Contains(linkNames, name)) {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}
