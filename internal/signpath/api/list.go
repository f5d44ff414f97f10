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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
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

// read reads the list as the mapping says that pages are asked for, or else the one answer
// that there is, and the pages that this links to. Where something tells of others, the list
// is refused.
func (l *listReader) read(ctx context.Context) error {
	if paging := l.client.mapping.Page(l.route); paging != nil {
		return l.readPages(ctx, paging)
	}
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
	if l.askDocument(); first.Token == "" && len(l.signals) == 0 {
		return nil
	}
	return l.cut("how to ask for the next page is not known")
}

// readPages reads the pages as the mapping says that they are asked for.
func (l *listReader) readPages(ctx context.Context, paging *mapping.Paging) error {
	query := func(parameter, value string) string {
		asked := url.Values{}
		if paging.Size != "" {
			asked.Set(paging.Size, strconv.Itoa(paging.Entries))
		}
		if parameter != "" {
			asked.Set(parameter, value)
		}
		return asked.Encode()
	}
	switch {
	case paging.Number != "":
		return l.count(ctx, func(page int) string { return query(paging.Number, strconv.Itoa(paging.First+page)) })
	case paging.Skip != "":
		return l.count(ctx, func(int) string { return query(paging.Skip, strconv.Itoa(len(l.items))) })
	}
	first, err := l.get(ctx, query("", ""))
	if err != nil {
		return err
	}
	if err := l.add(first); err != nil {
		return err
	}
	switch {
	case paging.Token != "":
		return l.follow(ctx, first, func(page contract.Page) (string, error) {
			if page.Token == "" {
				return "", nil
			}
			return query(paging.Token, page.Token), nil
		})
	case paging.Link != nil:
		return l.follow(ctx, first, l.linked)
	}
	return l.finish()
}

// count reads one page after the other, until one is empty or all that there is was read.
func (l *listReader) count(ctx context.Context, query func(page int) string) error {
	for number := 0; ; number++ {
		page, err := l.get(ctx, query(number))
		if err != nil {
			return err
		}
		if err := l.add(page); err != nil {
			return err
		}
		isEnd := len(page.Items) == 0 || l.total != nil && *l.total <= int64(len(l.seen))
		switch {
		case isEnd && page.More:
			return l.cut(fmt.Sprintf("page %d says that there are further ones, and by the mapping there are none after %d entries", l.pages, len(l.items)))
		case isEnd:
			return l.finish()
		}
	}
}

// askDocument takes in what the server's document says of the list, where it is known
// already. Else the list is noted as one that the document may yet say otherwise of.
func (l *listReader) askDocument() {
	c := l.client
	if len(l.signals) == 0 {
		// Noted before the look at the document, so that one of the two sees the other.
		c.snapshot.setUnpaged(l.route)
	}
	known, _ := c.snapshot.negotiation.peek()
	for _, parameter := range known.PageParameters(l.route) {
		l.signals = append(l.signals, fmt.Sprintf("the query parameter %q in the server's OpenAPI document", parameter))
	}
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
	page, err := l.client.mapping.DecodePage(l.route, body, header)
	if err == nil {
		err = l.client.decodeItems(ctx, l.route, page.Items)
	}
	if err != nil && l.pages > 0 {
		err = fmt.Errorf("page %d of the list: %w", l.pages+1, err)
	}
	return page, err
}

// decodeItems turns the items of a list into the names that are assumed. Who is on lists of
// members may be among the items.
func (c *Client) decodeItems(ctx context.Context, list *contract.Route, items []contract.Object) error {
	if c.mapping.Has(list, contract.PropSlug) {
		for kind, routes := range contract.RoutesOf {
			for _, item := range items {
				if id, slug := c.mapping.Slug(list, item); list == routes.List {
					c.slugs.note(kind, id, slug)
				}
			}
		}
	}
	principals := c.principals(ctx)
	for i := range items {
		decoded, err := c.mapping.DecodeObject(list, items[i], principals)
		if err != nil {
			return fmt.Errorf("in entry %d, %w", i+1, err)
		}
		items[i] = decoded
	}
	return nil
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

// cut is the error of a list that would be cut short: what tells so, and why it
// cannot be read to the end.
func (l *listReader) cut(why string, more ...error) error {
	text := "the list would be cut short: " + why
	if len(l.signals) > 0 {
		text += fmt.Sprintf(" (that there are pages is told by %s)", strings.Join(l.signals, ", "))
	}
	text += ". " + contract.Advice
	for _, err := range more {
		text += ". " + strings.ToUpper(err.Error()[:1]) + err.Error()[1:]
	}
	return errors.New(text)
}

// document returns what the server's own document says, reading it once. There is
// none where the contract is assumed.
func (c *Client) document(ctx context.Context) (negotiation, error) {
	if c.config.Contract == ContractAssumed {
		return negotiation{Negotiation: contract.Assume(c.mapping)}, nil
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
func (c *Client) learn(known negotiation) {
	s := c.snapshot
	forget := map[*contract.Route]func(){contract.RouteProjects: s.projects.forget}
	for _, kind := range access.Kinds() {
		forget[contract.RoutesOf[kind].List] = s.listed[kind].forget
	}
	s.mu.Lock()
	unpaged := s.unpaged
	s.unpaged = map[*contract.Route]bool{}
	s.mu.Unlock()
	for list := range unpaged {
		if len(known.PageParameters(list)) > 0 {
			forget[list]()
		}
	}
}
