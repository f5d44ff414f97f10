package contract

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// decodeStatedPage reads a page of which the mapping says how it tells of others. What else
// looks like a page does not count, but for a total, and for what says that there is more
// where the mapping finds no way to it.
func decodeStatedPage(list *mapping.List, body []byte, header http.Header) (Page, error) {
	var page, signals Page
	items, err := signals.readEnvelope(body)
	switch {
	case list.Items != nil:
		var ok bool
		if items, ok = list.Items.Get(body); !ok {
			return Page{}, noItems(list.Items)
		}
		_, _ = signals.readBeside(body, list.Items) // What is not understood beside it does not matter.
	case err != nil:
		if items, err = onlyList(body); err != nil {
			return Page{}, err
		}
	}
	if page.Items, err = DecodeItems(items); err != nil {
		return Page{}, err
	}
	err = page.readStated(list.Page, signals, body, header)
	return page, err
}

// readStated takes in what a page says of others, where the mapping says that it does, and a
// total that was found elsewhere.
func (p *Page) readStated(paging *mapping.Paging, signals Page, body []byte, header http.Header) error {
	isHeaderUnderstood := signals.readHeader(header) == nil
	if paging.Total != nil {
		total, _ := paging.Total.Get(body)
		if p.Total = valueAs[int64](total); p.Total == nil {
			return fmt.Errorf("it has no number at %q, where the mapping says that it tells how many entries there are. %s", paging.Total, Advice)
		}
	} else if !paging.Whole && isHeaderUnderstood {
		p.Total = signals.Total
	}
	if err := p.readStatedToken(paging.Next, body); err != nil {
		return err
	}
	if err := p.readStatedLink(paging.Link, body, header); err != nil {
		return err
	}
	p.More = !paging.Whole && p.Next == "" && p.Token == "" && (signals.More || signals.Next != "" || signals.Token != "")
	return nil
}

// readStatedToken takes in what asks for the next page, where the mapping says that it is. What
// is there in another form is no last page.
func (p *Page) readStatedToken(at mapping.Path, body []byte) error {
	token, _ := at.Get(body)
	switch {
	case at == nil || IsEmptyJSON(token):
	case typeOf(token) == "string":
		p.Token = Text(token)
	case typeOf(token) == "integer":
		p.Token = string(token)
	default:
		return noWayOn(at, token, "a text or a number")
	}
	return nil
}

// readStatedLink takes in the address of the next page, where the mapping says that it is.
func (p *Page) readStatedLink(at mapping.Path, body []byte, header http.Header) error {
	link, _ := at.Get(body)
	switch {
	case at.String() == mapping.LinkHeader:
		for _, text := range header[headerLink] {
			p.readLink(text)
		}
	case at == nil || IsEmptyJSON(link):
	case typeOf(link) == "string":
		p.Next = Text(link)
	default:
		return noWayOn(at, link, "an address")
	}
	return nil
}

func noWayOn(at mapping.Path, found json.RawMessage, wanted string) error {
	return fmt.Errorf("it has %s at %q, where the mapping says that %s leads to the next page. %s", inWords[typeOf(found)], at, wanted, Advice)
}

func noItems(path mapping.Path) error {
	return fmt.Errorf("%w: it has no list at %q, where the mapping says that it is. %s", httpapi.ErrNotJSON, path, Advice)
}
