package mapping

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The names of calls in a file.
const (
	callList            = "list"
	callRead            = "read"
	callMe              = "me"
	callCreate          = "create"
	callEdit            = "edit"
	callSet             = "set"
	callActivate        = "activate"
	callDeactivate      = "deactivate"
	callReinvite        = "reinvite"
	callRegenerateToken = "regenerate_token"
	callChangeMembers   = "change_members"
	callModifyMembers   = "modify_members"
)

const answerKey = "answer"

// none stands for a route that the server does not have.
const none = "none"

func (r *reader) thing(t Thing, e entry) *ThingMapping {
	m := &ThingMapping{}
	calls := map[string]**Call{
		callRead: &m.Read, callMe: &m.Me, callCreate: &m.Create, callEdit: &m.Edit, callActivate: &m.Activate, callDeactivate: &m.Deactivate,
		callReinvite: &m.Reinvite, callRegenerateToken: &m.RegenerateToken, callChangeMembers: &m.ChangeMembers, callModifyMembers: &m.ModifyMembers,
	}
	for _, inner := range r.entries(e.value, e.at) {
		switch {
		case inner.key == answerKey:
			m.Answer = r.answer(t, inner)
		case !slices.Contains(things[t].calls, inner.key):
			r.unknown(inner, append(slices.Clone(things[t].calls), answerKey)...)
		case inner.key == callList:
			m.List = r.listCall(inner)
		case inner.key == callSet:
			m.Set = r.setCalls(t, inner)
		default:
			*calls[inner.key] = r.call(t, inner.key, inner)
		}
	}
	return m
}

func (r *reader) answer(t Thing, e entry) map[string]Place {
	places := map[string]Place{}
	for _, inner := range r.entries(e.value, e.at) {
		concept, ok := t.Concept(inner.key)
		if !ok || concept.InRequestsOnly {
			r.unknown(inner, conceptsIn(t, false)...)
			continue
		}
		if place, ok := r.place(concept, inner); ok {
			places[inner.key] = place
		}
	}
	return places
}

// conceptsIn are the names of the concepts that answers about a thing, or requests, can have.
func conceptsIn(t Thing, request bool) []string {
	var names []string
	for _, concept := range t.Concepts() {
		if request || !concept.InRequestsOnly {
			names = append(names, concept.Name)
		}
	}
	return names
}

// place reads where an answer has a concept. It returns false if that is left open.
func (r *reader) place(concept Concept, e entry) (Place, bool) {
	if r.isOpen(e.value) {
		return Place{}, false
	}
	if e.value.Kind == yaml.ScalarNode {
		path := r.path(e)
		return Place{Path: path, Line: e.line}, path != nil
	}
	place := Place{Line: e.line}
	for _, inner := range r.entries(e.value, e.at) {
		switch {
		case inner.key == "path":
			place.Path = r.path(inner)
		case !r.form(&place.Form, concept.Kind, inner):
			r.unknown(inner, append(slices.Clone(formsOf[concept.Kind]), "path")...)
		}
	}
	r.checkForm(place.Form, e.value, e.at)
	return place, true
}

// route is a method and a path below the organization.
var route = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) ((?:/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[a-z]+\}))+)$`)

var parameter = regexp.MustCompile(`\{([a-z]+)\}`)

// route reads a route with just the parameters, in their order.
func (r *reader) route(e entry, reads bool, parameters []string) (method, path string) {
	text := r.text(e)
	if text == "" {
		return "", ""
	}
	found := route.FindStringSubmatch(text)
	if found == nil {
		r.refuse(e.value.Line, "%s: %q is no route: it is a method and a path below the organization, such as POST /People/{id}/Role", e.at, text)
		return "", ""
	}
	var named []string
	for _, name := range parameter.FindAllStringSubmatch(found[2], -1) {
		named = append(named, name[1])
	}
	switch isRead := found[1] == http.MethodGet; {
	case !slices.Equal(named, parameters):
		r.refuse(e.value.Line, "%s: the path %s has to have %s", e.at, found[2], inBraces(parameters))
	case isRead != reads:
		r.refuse(e.value.Line, "%s: GET reads, and every other method writes; %s does not fit here", e.at, found[1])
	case found[1] == http.MethodDelete:
		r.refuse(e.value.Line, "%s: DELETE is not sent, because what it deletes could not be had back", e.at)
	}
	return found[1], found[2]
}

func inBraces(parameters []string) string {
	if len(parameters) == 0 {
		return "no parameters"
	}
	return "{" + strings.Join(parameters, "}, then {") + "}, and no other parameters"
}

func (r *reader) listCall(e entry) *List {
	l := &List{Line: e.line}
	for _, inner := range r.entries(e.value, e.at) {
		switch inner.key {
		case "route":
			l.Method, l.Path = r.route(inner, true, nil)
		case "items":
			l.Items = r.path(inner)
		case "page":
			l.Page = r.paging(inner)
		default:
			r.unknown(inner, "route", "items", "page")
		}
	}
	return l
}

// pagingWays are the ways to ask for pages, of which a list has one.
var pagingWays = []string{"number", "skip", "token", "link", "whole"}

// queries are where the names of query parameters belong, and paths where paths do.
func (p *Paging) queries() map[string]*string {
	return map[string]*string{"number": &p.Number, "skip": &p.Skip, "token": &p.Token, "size": &p.Size}
}

func (p *Paging) paths() map[string]*Path {
	return map[string]*Path{"next": &p.Next, "link": &p.Link, "total": &p.Total}
}

func (r *reader) paging(e entry) *Paging {
	if r.isOpen(e.value) {
		return nil
	}
	p, ways, hasFirst := &Paging{First: 1}, []string{}, false
	for _, inner := range r.entries(e.value, e.at) {
		if slices.Contains(pagingWays, inner.key) {
			ways = append(ways, inner.key)
		}
		switch queries, paths := p.queries(), p.paths(); {
		case queries[inner.key] != nil:
			*queries[inner.key] = r.query(inner)
		case paths[inner.key] != nil:
			*paths[inner.key] = r.path(inner)
		case inner.key == "first":
			p.First, hasFirst = r.number(inner, 0, 1), true
		case inner.key == "entries":
			p.Entries = r.number(inner, 1, 100_000)
		case inner.key == "whole":
			p.Whole = r.truth(inner)
		default:
			r.unknown(inner, "number", "first", "skip", "token", "next", "link", "size", "entries", "total", "whole")
		}
	}
	if !leavesOpen(e.value) {
		r.checkPaging(e, p, ways, hasFirst)
	}
	return p
}

// checkPaging refuses a paging with several ways, or half of one.
func (r *reader) checkPaging(e entry, p *Paging, ways []string, hasFirst bool) {
	isWay := func(way string) bool { return slices.Equal(ways, []string{way}) }
	switch {
	case len(ways) != 1:
		r.refuse(e.line, "%s needs just one of number, skip, token, link and whole", e.at)
	case isWay("whole") && !p.Whole:
		r.refuse(e.line, "%s: whole can only be true; leave it out otherwise", e.at)
	case isWay("token") != (p.Next != nil):
		r.refuse(e.line, "%s: token and next go together", e.at)
	case hasFirst && !isWay("number"):
		r.refuse(e.line, "%s: first goes with number", e.at)
	case (p.Size == "") != (p.Entries == 0):
		r.refuse(e.line, "%s: size, the parameter, and entries, how many are asked for, go together", e.at)
	}
}

var queryName = regexp.MustCompile(`^[A-Za-z0-9_.$\[\]-]+$`)

// query reads the name of a query parameter.
func (r *reader) query(e entry) string {
	text := r.text(e)
	if text != "" && !queryName.MatchString(text) {
		r.refuse(e.value.Line, "%s: %q is no name of a query parameter", e.at, text)
	}
	return text
}

// setCalls reads the routes that change one concept each.
func (r *reader) setCalls(t Thing, e entry) map[string]*Call {
	calls := map[string]*Call{}
	for _, inner := range r.entries(e.value, e.at) {
		concept, ok := t.Concept(inner.key)
		if !ok || concept.InRequestsOnly || concept.Kind == KindPolicies || inner.key == "id" || inner.key == "link" {
			r.unknown(inner, slices.DeleteFunc(conceptsIn(t, false), func(name string) bool {
				return name == "id" || name == "link" || name == "signing_policies"
			})...)
			continue
		}
		call := r.call(t, callSet, inner)
		if call.None || call.Path == "" && !leavesOpen(inner.value) {
			r.refuse(inner.line, "%s needs a route", inner.at)
		}
		calls[inner.key] = call
	}
	return calls
}

// fieldsOf are the names that a call can have, beside route and body.
var fieldsOf = map[string][]string{
	callRead: {"route"}, callMe: {"route"}, callReinvite: {"route", "body"},
	callCreate: {"route", "body", "id"}, callEdit: {"route", "body", "kept"}, callRegenerateToken: {"route", "body", "token"},
	callSet: {"route", "body"}, callActivate: {"route", "body"}, callDeactivate: {"route", "body"},
	callChangeMembers: {"route", "body"}, callModifyMembers: {"route", "body"},
}

func (r *reader) call(t Thing, name string, e entry) *Call {
	c := &Call{Line: e.line}
	if e.value.Kind == yaml.ScalarNode && e.value.Value == none {
		if name == callRead || name == callMe {
			r.refuse(e.value.Line, "%s cannot be none: without it, nothing is known of anybody", e.at)
		}
		c.None = true
		return c
	}
	parameters := things[t].parameters
	if name == callMe || name == callCreate {
		parameters = nil
	}
	for _, inner := range r.entries(e.value, e.at) {
		switch {
		case !slices.Contains(fieldsOf[name], inner.key):
			r.unknown(inner, slices.Clone(fieldsOf[name])...)
		case inner.key == "route":
			c.Method, c.Path = r.route(inner, name == callRead || name == callMe, parameters)
		case inner.key == "body":
			c.Body = r.body(t, inner)
		case inner.key == "id":
			c.ID = r.path(inner)
		case inner.key == "token":
			c.Token = r.path(inner)
		case inner.key == "kept":
			c.Kept = r.list(inner)
		}
	}
	return c
}

func (r *reader) body(t Thing, e entry) *Body {
	if r.isOpen(e.value) {
		return nil
	}
	if e.value.Kind == yaml.ScalarNode {
		source := r.source(t, e)
		return &Body{Whole: &source}
	}
	body := &Body{}
	for _, inner := range r.entries(e.value, e.at) {
		if inner.key == "from" {
			source := r.source(t, e)
			return &Body{Whole: &source}
		}
		path, err := ParsePath(inner.key)
		if err != nil || len(path) == 0 {
			r.refuse(inner.line, "%s: %q is no place in a request: it is the names of properties, joined by dots", e.at, inner.key)
			continue
		}
		for _, field := range body.Fields {
			if field.Path.Begins(path) || path.Begins(field.Path) {
				r.refuse(inner.line, "%s: %s and %s cannot both be sent, because one is inside the other", e.at, field.Path, path)
			}
		}
		body.Fields = append(body.Fields, Field{path, r.source(t, inner), inner.line})
	}
	return body
}

// source reads where a value of a request comes from.
func (r *reader) source(t Thing, e entry) Source {
	if e.value.Kind != yaml.ScalarNode {
		return r.formedSource(t, e)
	}
	text := e.value.Value
	switch {
	case r.isOpen(e.value):
		return Source{}
	case strings.HasPrefix(text, "="):
		name := strings.TrimSpace(text[1:])
		if _, ok := t.Concept(name); !ok {
			r.refuse(e.value.Line, "%s: there is no concept %q of a %s; there are %s", e.at, name, t, strings.Join(conceptsIn(t, true), ", "))
		}
		return Source{Concept: name}
	case strings.HasPrefix(text, "<"):
		path, err := ParsePath(strings.TrimSpace(text[1:]))
		if err != nil {
			r.refuse(e.value.Line, "%s: %v", e.at, err)
		}
		return Source{Carried: path}
	}
	return Source{Literal: r.scalar(e.value, e.at)}
}

// formedSource reads a concept that is written in a form of its own.
func (r *reader) formedSource(t Thing, e entry) Source {
	var source Source
	entries := r.entries(e.value, e.at)
	for _, inner := range entries {
		if inner.key == "from" {
			source = r.source(t, inner)
		}
	}
	concept, ok := t.Concept(source.Concept)
	if !ok {
		if !leavesOpen(e.value) {
			r.refuse(e.line, "%s: a value with a form is {from: =concept, …}", e.at)
		}
		return source
	}
	for _, inner := range entries {
		if inner.key != "from" && !r.form(&source.Form, concept.Kind, inner) {
			r.unknown(inner, append(slices.Clone(formsOf[concept.Kind]), "from")...)
		}
	}
	r.checkForm(source.Form, e.value, e.at)
	return source
}
