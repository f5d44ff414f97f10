package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The headers that are understood beside those that are called as a property is,
// with a leading "X-".
const (
	headerLink         = "Link"
	headerPagination   = "X-Pagination"
	headerContentRange = "Content-Range"
)

// readHeader takes in what the header says.
func (p *Page) readHeader(header http.Header) error {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, text := range header[name] {
			isSignal, ok := p.readField(name, strings.TrimSpace(text))
			if !ok {
				return fmt.Errorf("its header %s tells of pages, and not as it should, so it may be only a page of the whole", name)
			}
			if isSignal {
				p.Signals = append(p.Signals, "the header "+name)
			}
		}
	}
	return nil
}

// readField takes in one field of the header. It returns false for ok if it should
// tell of pages, and is not understood.
func (p *Page) readField(name, text string) (isSignal, ok bool) {
	switch http.CanonicalHeaderKey(name) {
	case headerLink:
		return p.readLink(text), true
	case headerContentRange:
		unit, total, _ := strings.Cut(text, "/")
		if strings.HasPrefix(unit, "bytes") { // That is about the body, which is read whole.
			return false, true
		}
		return true, p.readText(signalTotal, total)
	case headerPagination:
		nested, err := DecodeObject([]byte(text))
		if err != nil {
			return true, true // There are pages all the same.
		}
		for _, inner := range slices.Sorted(maps.Keys(nested)) {
			if kind := signals[foldName(inner)]; kind != 0 && kind != signalGroup && !p.read(kind, nested[inner]) {
				return true, false
			}
		}
		return true, true
	}
	bare, isOwn := strings.CutPrefix(strings.ToLower(name), "x-")
	kind := signals[foldName(bare)]
	switch {
	case !isOwn || kind == 0 || kind == signalGroup:
		return false, true
	case kind == signalPlace && !strings.Contains(bare, "page"): // X-Start is the time at a proxy.
		return false, true
	}
	return true, p.readText(kind, text)
}

// readText takes in a signal of a header, whose values are no JSON.
func (p *Page) readText(kind signal, text string) bool {
	value := MustMarshal(text)
	switch kind {
	case signalTotal, signalPages:
		if text == "*" { // The server does not know it.
			return true
		}
		value = json.RawMessage(text)
	case signalMore, signalLast:
		value = json.RawMessage(strings.ToLower(text))
	case signalNext:
		if _, err := strconv.Atoi(text); err == nil {
			value = json.RawMessage(text)
		}
	}
	return (text != "" || kind == signalNext || kind == signalToken) && p.read(kind, value)
}

var (
	linkField = regexp.MustCompile(`<([^>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)`)
	linkNext  = regexp.MustCompile(`(?i);\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?:[\s;]|$))`)
	linkPages = regexp.MustCompile(`(?i)\brel\s*=\s*"?[^";,]*\b(?:next|prev|previous|last)\b`)
)

// readLink takes in the links of RFC 8288, and tells whether one of them is to
// another page.
func (p *Page) readLink(text string) bool {
	isSignal := linkPages.MatchString(text)
	for _, link := range linkField.FindAllStringSubmatch(text, -1) {
		if linkNext.MatchString(link[2]) {
			p.Next = link[1]
		}
	}
	if isSignal && p.Next == "" {
		// What speaks of a next page, and cannot be taken apart, still says that there is one.
		isMore := linkNext.MatchString(";" + text)
		p.More, p.Last = p.More || isMore, p.Last || !isMore
	}
	return isSignal
}
