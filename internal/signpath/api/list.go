package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// Whether SignPath's lists come in pages is not published. Whoever is missing from a
// list that is cut short counts as gone, as nobody who could be left, or as nobody
// at all. So an answer is taken for the whole only if nothing tells otherwise: not the
// answer, nor the server's own document where that is known. A list of pages is
// read to its end, or it is an error.

// What a list may have at most: one that goes on beyond that has no end.
const (
	maxPages = 1_000
	maxItems = 100_000
)

// getList reads a list of JSON objects, all its pages. One that is not known to be
// the whole is an error.
func (c *Client) getList(ctx context.Context, r *contract.Route, parameters ...string) ([]contract.Object, error) {
	l := &listReader{client: c, route: r, parameters: parameters, seen: map[string]bool{}}
	err := l.read(ctx)
	var failed *httpapi.Error
	if err != nil && ctx.Err() == nil && !errors.As(err, &failed) {
		err = c.unusable(r, parameters, err)
	}
	if err != nil {
		return nil, err
	}
	return l.items, nil
}

// A listReader reads one list.
type listReader struct {
	client     *Client
	route      *contract.Route
	parameters []string

	// items are what was read so far, and seen what tells them apart.
	items []contract.Object
	seen  map[string]bool
	// pages is how many pages were read.
	pages int
	// total is how many items there are in all; nil if no answer says.
	total *int64
	// signals name what tells that the list has pages.
	signals []string
}

// errInconsistent is added where pages contradict each other: that also happens
// when somebody is added or removed between two of them.
var errInconsistent = errors.New("the list may have changed while it was read; then another try succeeds")

// read reads the first page as it is answered without parameters, and goes on by
// what that page says or, where it does not say how, by what the document names.
func (l *listReader) read(ctx context.Context) error {
	first, err := l.get(ctx, "")
	if err != nil {
		return err
	}
	if err := l.add(first); err != nil {
		return err
	}
	switch {
	case first.Next != "":
		return l.follow(ctx, first, l.linked)
	case first.Token == "" && l.isEnd(first):
		return nil
	case first.Token == "" && len(first.Items) == 0 && !l.isShort(first):
		return nil // There is no page after an empty one.
	case l.total != nil && *l.total < int64(len(l.seen)):
		return l.finish()
	}
	return l.goOn(ctx, first)
}

// goOn reads the pages after the first by what the document names, or takes the first
// for the whole where nothing tells of others.
func (l *listReader) goOn(ctx context.Context, first contract.Page) error {
	paging, err := l.paging(ctx)
	if err != nil {
		return err
	}
	switch {
	case first.Token != "":
		parameter := paging.Token(first.TokenName)
		if parameter == "" {
			return l.cut(fmt.Sprintf("how %s asks for the next page is not known", strconv.Quote(first.TokenName)))
		}
		return l.follow(ctx, first, func(page contract.Page) (string, error) {
			if page.Token == "" {
				return "", nil
			}
			return url.Values{parameter: {page.Token}}.Encode(), nil
		})
	case len(l.signals) == 0:
		return nil
	case paging.Page() != "":
		return l.count(ctx, paging.Page())
	case paging.Offset() != "":
		return l.skip(ctx, first, paging.Offset())
	}
	return l.cut("how to ask for the next page is not known")
}

// paging returns what the server's document says of the list. Where something tells
// that the list has pages, the document is read for that; else only one that is known
// already counts, and the list is noted as one that the document may yet say otherwise of.
func (l *listReader) paging(ctx context.Context) (contract.Paging, error) {
	c := l.client
	if len(l.signals) == 0 {
		// Noted before the look at the document, so that one of the two sees the other.
		c.snapshot.setUnpaged(l.route)
	} else if _, err := c.document(ctx); err != nil {
		return contract.Paging{}, l.cut(fmt.Sprintf("how to ask for the next page is not known: %v", err))
	}
	known, _ := c.snapshot.negotiation.peek()
	paging := known.Paging(l.route)
	for _, parameter := range paging.Parameters() {
		l.signals = append(l.signals, fmt.Sprintf("the query parameter %q in the server's OpenAPI document", parameter))
	}
	return paging, nil
}

// get reads one page.
func (l *listReader) get(ctx context.Context, query string) (contract.Page, error) {
	if l.pages >= maxPages || len(l.items) >= maxItems {
		return contract.Page{}, l.cut(fmt.Sprintf("it has no end after %d pages with %d items", l.pages, len(l.items)))
	}
	request := l.client.request(l.route, l.parameters, nil)
	request.Query = query
	body, header, err := l.client.do(ctx, l.route, request)
	if err != nil {
		return contract.Page{}, err
	}
	page, err := contract.DecodePage(body, header)
	if err != nil && l.pages > 0 {
		err = fmt.Errorf("page %d of the list: %w", l.pages+1, err)
	}
	return page, err
}

// add takes the items of a page in. An item that an earlier page has had means that
// another one may have been left out.
func (l *listReader) add(page contract.Page) error {
	if err := l.note(page); err != nil {
		return err
	}
	keys := keysOf(page)
	if l.pages > 0 && slices.ContainsFunc(keys, func(key string) bool { return l.seen[key] }) {
		return l.cut(fmt.Sprintf("page %d has an item that an earlier page has, too", l.pages+1), errInconsistent)
	}
	for _, key := range keys {
		l.seen[key] = true
	}
	l.items = append(l.items, page.Items...)
	l.pages++
	return nil
}

// note takes in what a page says of the list.
func (l *listReader) note(page contract.Page) error {
	if page.Total != nil && l.total != nil && *page.Total != *l.total {
		return l.cut(fmt.Sprintf("it had %d items, and then %d", *l.total, *page.Total), errInconsistent)
	}
	if page.Total != nil {
		l.total = page.Total
	}
	for _, signal := range page.Signals {
		if !slices.Contains(l.signals, signal) {
			l.signals = append(l.signals, signal)
		}
	}
	return nil
}

// keysOf returns what tells the items of a page apart: ids, or slugs.
func keysOf(page contract.Page) []string {
	keys := make([]string, len(page.Items))
	for i, item := range page.Items {
		switch {
		case item.ID() != "":
			keys[i] = item.ID()
		case item.Text(contract.PropSlug) != "":
			keys[i] = item.Text(contract.PropSlug)
		default:
			keys[i] = string(contract.MustMarshal(item))
		}
	}
	return keys
}

// isShort tells whether the page, or a count, says that something follows, and isEnd
// whether one says that nothing does. It can be that none says anything.
func (l *listReader) isShort(page contract.Page) bool {
	return page.More || (l.total != nil && *l.total > int64(len(l.seen))) || (page.Pages != nil && *page.Pages > int64(l.pages))
}

func (l *listReader) isEnd(page contract.Page) bool {
	says := page.Last || page.Pages != nil || (l.total != nil && *l.total == int64(len(l.seen)))
	return says && !l.isShort(page)
}

// finish makes sure that the list that was read to its end is the whole.
func (l *listReader) finish() error {
	if l.total != nil && *l.total != int64(len(l.seen)) {
		return l.cut(fmt.Sprintf("it has %d items, and not %d", len(l.seen), *l.total), errInconsistent)
	}
	return nil
}

// follow reads the pages of which each names the next one.
func (l *listReader) follow(ctx context.Context, page contract.Page, next func(contract.Page) (string, error)) error {
	asked := map[string]bool{}
	for {
		query, err := next(page)
		switch {
		case err != nil:
			return err
		case query == "" && (page.More || (page.Pages != nil && *page.Pages > int64(l.pages))):
			return l.cut(fmt.Sprintf("page %d does not say how to ask for the next", l.pages))
		case query == "":
			return l.finish()
		case asked[query]:
			return l.cut(fmt.Sprintf("page %d leads back to an earlier one", l.pages))
		}
		asked[query] = true
		if page, err = l.get(ctx, query); err != nil {
			return err
		}
		if err := l.add(page); err != nil {
			return err
		}
	}
}

// linked returns the query of the link to the next page. Of the link nothing else
// is used: behind a proxy it may name another host, and the token must go to none but the
// configured one.
func (l *listReader) linked(page contract.Page) (string, error) {
	if page.Next == "" {
		return "", nil
	}
	request := l.client.request(l.route, l.parameters, nil)
	own := request.Base + request.Path
	base, err := url.Parse(l.client.URL() + own)
	if err != nil {
		return "", err
	}
	target, err := base.Parse(page.Next)
	if err != nil {
		return "", l.cut(fmt.Sprintf("page %d links to something that is no address", l.pages))
	}
	path := strings.ToLower(strings.TrimSuffix(target.EscapedPath(), "/"))
	query, err := url.ParseQuery(target.RawQuery)
	if err != nil || len(query) == 0 || !strings.HasSuffix(path, strings.ToLower(own)) {
		return "", l.cut(fmt.Sprintf("page %d links to %s://%s%s, which is no page of this list", l.pages, target.Scheme, target.Host, target.EscapedPath()))
	}
	return query.Encode(), nil
}

// count reads the pages by their numbers. Whether these begin with 0 or 1 shows in
// page 1: it is the first page again, or the second one.
func (l *listReader) count(ctx context.Context, parameter string) error {
	ask := func(number int) (contract.Page, error) {
		return l.get(ctx, url.Values{parameter: {strconv.Itoa(number)}}.Encode())
	}
	page, err := ask(1)
	if err != nil {
		return err
	}
	known := 0
	keys := keysOf(page)
	for _, key := range keys {
		if l.seen[key] {
			known++
		}
	}
	switch {
	case known == 0: // Numbers begin with 0.
		err = l.add(page)
	case known < len(keys):
		err = l.cut("its page 1 and its answer without a page overlap", errInconsistent)
	case known < len(l.seen):
		return l.check(page, ask)
	default:
		err = l.note(page)
	}
	if err != nil {
		return err
	}
	for number := 2; len(page.Items) > 0 && !l.isEnd(page); number++ {
		previous := keysOf(page)
		if page, err = ask(number); err != nil {
			return err
		}
		if len(page.Items) > 0 && slices.Equal(previous, keysOf(page)) {
			return l.cut(fmt.Sprintf("pages %d and %d are the same", number-1, number))
		}
		if err := l.add(page); err != nil {
			return err
		}
	}
	return l.finish()
}

// check makes sure that the answer without a page is the whole, where it has more
// than page 1: then no page has anything else.
func (l *listReader) check(page contract.Page, ask func(number int) (contract.Page, error)) error {
	pages := map[string]bool{}
	for number := 2; len(page.Items) > 0; number++ {
		var err error
		keys := keysOf(page)
		for _, key := range keys {
			if !l.seen[key] || pages[key] {
				return l.cut(fmt.Sprintf("its page %d does not fit to its answer without a page", number-1), errInconsistent)
			}
			pages[key] = true
		}
		l.pages++
		if page, err = ask(number); err != nil {
			return err
		}
	}
	return l.finish()
}

// skip reads the pages by how many items to leave out.
func (l *listReader) skip(ctx context.Context, page contract.Page, parameter string) error {
	for len(page.Items) > 0 && !l.isEnd(page) {
		previous := keysOf(page)
		var err error
		if page, err = l.get(ctx, url.Values{parameter: {strconv.Itoa(len(l.items))}}.Encode()); err != nil {
			return err
		}
		if len(page.Items) > 0 && slices.Equal(previous, keysOf(page)) {
			return l.cut(fmt.Sprintf("it answers the same page with and without the parameter %q", parameter))
		}
		if err := l.add(page); err != nil {
			return err
		}
	}
	return l.finish()
}

// cut is the error of a list that would be cut short: what tells so, and why it
// cannot be read to the end.
func (l *listReader) cut(why string, more ...error) error {
	text := "the list would be cut short: " + why
	if len(l.signals) > 0 {
		text += fmt.Sprintf(" (that there are pages is told by %s)", strings.Join(l.signals, ", "))
	}
	if l.client.config.Contract == ContractAssumed {
		text += `. With api_contract = "auto", the server's own OpenAPI document may tell how to ask for pages`
	}
	for _, err := range more {
		text += ". " + strings.ToUpper(err.Error()[:1]) + err.Error()[1:]
	}
	return errors.New(text)
}

// document returns what the server's own document says, reading it once. There is
// none where the contract is assumed.
func (c *Client) document(ctx context.Context) (negotiation, error) {
	if c.config.Contract == ContractAssumed {
		return negotiation{}, nil
	}
	return c.snapshot.negotiation.get(ctx, c.negotiate)
}

// LearnLists reads the server's own document, if there is one, for who is about to
// read everybody: no answer needs to tell that a list has pages, but the document
// names the parameters for them. A list that was read as a whole, and has pages by the document, is read
// again when it is next asked for. A document that cannot be read is as none.
func (c *Client) LearnLists(ctx context.Context) {
	// The error is that of a caller who has gone, whose next request says so.
	_, _ = c.snapshot.learnt.get(ctx, func(ctx context.Context) (struct{}, error) {
		_, _ = c.document(ctx)
		return struct{}{}, nil
	})
}

// setUnpaged notes that nothing told of pages when the list was read.
func (s *snapshot) setUnpaged(list *contract.Route) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unpaged[list] = true
}

// learn makes those lists be read again that were taken for the whole, and have pages
// by the document.
func (s *snapshot) learn(known negotiation) {
	forget := map[*contract.Route]func(){contract.RouteProjects: s.projects.forget}
	for _, kind := range access.Kinds() {
		forget[contract.RoutesOf[kind].List] = s.listed[kind].forget
	}
	s.mu.Lock()
	unpaged := s.unpaged
	s.unpaged = map[*contract.Route]bool{}
	s.mu.Unlock()
	for list := range unpaged {
		if len(known.Paging(list).Parameters()) > 0 {
			forget[list]()
		}
	}
}
