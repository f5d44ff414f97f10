package mock

import (
	"net/http"
	"net/url"
)

// page is what a token asks for.
type page struct {
	// list names what the token is of: another list does not take it.
	list string
	// begin is the number of items before the page; isEmpty tells that the page itself has none.
	begin   int
	isEmpty bool
}

// begin returns the page that a request asks for by a parameter of its query.
func (s *Server) begin(c *call, parameter, list string) (page, *refusal) {
	token := c.Request.URL.Query().Get(parameter)
	if token == "" {
		return page{list: list, isEmpty: s.dialect.EmptyPages}, nil
	}
	found, isGiven := s.pages[token]
	if !isGiven || found.list != list {
		return page{}, invalid(parameter, "was not given for this list")
	}
	return found, nil
}

// repeatedToken is the only one with NextRepeated.
const repeatedToken = "again"

// list renders a page of items.
func (s *Server) list(c *call, parameter string, p page, limit int, items []any) any {
	begin := min(p.begin, len(items))
	end := min(begin+limit, len(items))
	following := page{list: p.list, begin: end, isEmpty: s.dialect.EmptyPages}
	if p.isEmpty {
		following, end = page{list: p.list, begin: begin}, begin
	}
	data := append([]any{}, items[begin:end]...)
	isLast := end == len(items) && !p.isEmpty
	isEndless := s.dialect.Next == NextEndless || s.dialect.Next == NextRepeated
	answer := map[string]any{"data": data, "next": nil}
	switch {
	case !isLast || isEndless:
		answer["next"] = s.next(c, parameter, following)
	case s.dialect.NextAbsent:
		delete(answer, "next")
	}
	return answer
}

// next is what asks for a page.
func (s *Server) next(c *call, parameter string, p page) string {
	token := s.newID()
	if s.dialect.Next == NextRepeated {
		token = repeatedToken
	}
	s.pages[token] = p
	if s.dialect.Next != NextURL && s.dialect.Next != NextForeign {
		return token
	}
	query := c.Request.URL.Query()
	query.Set(parameter, token)
	target := url.URL{Scheme: "http", Host: c.Request.Host, Path: c.Request.URL.Path, RawQuery: query.Encode()}
	if s.dialect.Next == NextForeign {
		target.Scheme, target.Host = "https", foreignHost
	}
	return target.String()
}

// foreignHost is where next leads with NextForeign. Nobody is there.
const foreignHost = "signicat.attacker.example.com"

// deletedParameter reads the parameter deleted.
func deletedParameter(r *http.Request) (bool, *refusal) {
	switch r.URL.Query().Get("deleted") {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, invalid("deleted", "must be true or false")
}
