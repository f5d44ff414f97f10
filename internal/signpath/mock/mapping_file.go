package mock

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mapping is a mapping file: what is different of a server from the default dialect, in the words that a client is told it in.
// The server trusts it to be well-formed, and refuses what it can't speak; see newFront.
type mapping struct {
	roles map[Role]any
	// answered and requested are the forms of members; nil if the file has none.
	answered, requested *memberForm
	things              map[thing]*thingMapping
}

// thingMapping is what is different of a thing.
type thingMapping struct {
	list   *listMapping
	answer map[string]place
	calls  map[string]*callMapping
	// set has the calls that set one concept.
	set map[string]*callMapping
}

// callMapping is what is different of a call. The method is "" if the route is none of its own, and the body nil if that is the
// assumed one.
type callMapping struct {
	line             int
	isNone           bool
	method, template string
	body             *bodyMapping
	// kept are the concepts, or the paths in answers, that an edit keeps if they are not sent.
	kept []string
	// id and token are where the answer has them; nil if the file does not say.
	id, token jsonPath
}

// listMapping is what is different of a list.
type listMapping struct {
	line             int
	method, template string
	items            jsonPath
	page             *pageMapping
}

// pageMapping is how pages are asked for. At most one of number, skip, token and link is there.
type pageMapping struct {
	number, skip, token, link, size string
	first, entries                  int
	next, total                     jsonPath
}

// bodyMapping is a body: one value alone, or fields.
type bodyMapping struct {
	whole  *source
	fields []field
}

// field is a place in a body and what is there.
type field struct {
	line int
	path jsonPath
	source
}

// source is what is at a place in a body: a concept, what the answer had at a path, or else a literal.
type source struct {
	concept string
	carried jsonPath
	literal any
	valueForm
}

// place is where an answer has a concept, and how.
type place struct {
	line int
	path jsonPath
	valueForm
}

// valueForm is the form of a value. What is nil is as in the default dialect.
type valueForm struct {
	values              map[Role]any
	whenTrue, whenFalse []any
	nullIsEmpty         bool
	members             *memberForm
	// slug and name are paths in the items of the list of signing policies.
	slug, name jsonPath
}

// The forms of members.
const (
	membersIDs     = "ids"
	membersObjects = "objects"
	membersPerKind = "per_kind"
	membersSlugs   = "slugs"
)

// memberForm is how principals are named in a list. Kind and kinds are those of objects, and each that of arrays per kind, which
// are named by lists.
type memberForm struct {
	form     string
	id, kind jsonPath
	kinds    map[kind]any
	lists    map[kind]string
	each     *memberForm
}

// parseMapping reads a mapping file. Errors name the line.
func parseMapping(text string) (*mapping, error) {
	m := &mapping{things: map[thing]*thingMapping{}}
	if strings.TrimSpace(text) == "" {
		return m, nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if len(document.Content) == 0 {
		return m, nil // nothing but comments
	}
	if err := m.read(part{document.Content[0]}); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return m, nil
}

func (m *mapping) read(file part) error {
	readers := map[string]func(part) error{
		"version": func(p part) error {
			if p.node.Value != "1" {
				return p.refuse("the version of the format is 1, not %s", p.node.Value)
			}
			return nil
		},
		"document": ignored,
		"roles":    func(p part) error { return p.roles(&m.roles) },
		"members": func(p part) error {
			return p.fields(map[string]func(part) error{
				"answer": func(p part) error { return p.memberForm(&m.answered) }, "request": func(p part) error { return p.memberForm(&m.requested) },
			})
		},
	}
	for t := range concepts {
		readers[string(t)] = func(p part) error { return m.readThing(t, p) }
	}
	return file.fields(readers)
}

func ignored(part) error { return nil }

func (m *mapping) readThing(t thing, p part) error {
	read := &thingMapping{answer: map[string]place{}, calls: map[string]*callMapping{}, set: map[string]*callMapping{}}
	m.things[t] = read
	readers := map[string]func(part) error{
		callList: func(p part) error {
			read.list = &listMapping{line: p.node.Line}
			return p.list(read.list)
		},
		"answer": func(p part) error {
			return p.each(func(name string, p part) error {
				if known, ok := conceptCalled(t, name); !ok || known.answer == "" {
					return p.refuse("answers about a %s have no %s", t, name)
				}
				answered, err := p.place()
				read.answer[name] = answered
				return err
			})
		},
		"set": func(p part) error {
			return p.each(func(name string, p part) error {
				if _, ok := conceptCalled(t, name); !ok {
					return p.refuse("a %s has no %s to set", t, name)
				}
				return p.call(t, read.set, name)
			})
		},
	}
	for _, call := range calls {
		readers[call] = func(p part) error { return p.call(t, read.calls, call) }
	}
	return p.fields(readers)
}

// part is a part of a mapping file.
type part struct{ node *yaml.Node }

func (p part) refuse(format string, arguments ...any) error {
	return refuseLine(p.node.Line, format, arguments...)
}

func refuseLine(line int, format string, arguments ...any) error {
	return fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, arguments...))
}

// openValue is what stands for a value that nobody filled in yet.
const openValue = "TODO"

// each reads the entries of a map.
func (p part) each(read func(name string, value part) error) error {
	if p.node.Kind != yaml.MappingNode {
		return p.refuse("there must be a map, not %q", p.node.Value)
	}
	for entries := range slices.Chunk(p.node.Content, 2) {
		if entries[1].Value == openValue {
			return refuseLine(entries[1].Line, "%s is open", entries[0].Value)
		}
		if err := read(entries[0].Value, part{entries[1]}); err != nil {
			return err
		}
	}
	return nil
}

// fields reads a map with known names.
func (p part) fields(readers map[string]func(part) error) error {
	return p.each(func(name string, value part) error {
		read, known := readers[name]
		if !known {
			return value.refuse("unknown name %q", name)
		}
		return read(value)
	})
}

// isMap tells whether the part is a map, and not a value.
func (p part) isMap() bool { return p.node.Kind == yaml.MappingNode }

func (p part) value() (value any, err error) {
	if p.node.Kind != yaml.ScalarNode {
		return nil, p.refuse("there must be one value")
	}
	return value, p.node.Decode(&value)
}

// values are those of a list, or the one that stands alone.
func (p part) values() ([]any, error) {
	if p.node.Kind != yaml.SequenceNode {
		value, err := p.value()
		return []any{value}, err
	}
	values := make([]any, 0, len(p.node.Content))
	for _, node := range p.node.Content {
		value, err := part{node}.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (p part) text(target *string) error {
	if p.node.Kind != yaml.ScalarNode {
		return p.refuse("there must be a text")
	}
	*target = p.node.Value
	return nil
}

func (p part) number(target *int) error {
	if p.node.Decode(target) != nil {
		return p.refuse("there must be a number, not %q", p.node.Value)
	}
	return nil
}

func (p part) path(target *jsonPath) error {
	var text string
	if err := p.text(&text); err != nil {
		return err
	}
	*target = parsePath(text)
	return nil
}

// parsePath reads names joined by dots; "." is the value itself.
func parsePath(text string) jsonPath {
	if text == "." {
		return jsonPath{}
	}
	return strings.Split(text, ".")
}

func textInto(target *string) func(part) error { return func(p part) error { return p.text(target) } }

func pathInto(target *jsonPath) func(part) error { return func(p part) error { return p.path(target) } }

func numberInto(target *int) func(part) error { return func(p part) error { return p.number(target) } }

func valuesInto(target *[]any) func(part) error {
	return func(p part) (err error) {
		*target, err = p.values()
		return err
	}
}

func (p part) roles(target *map[Role]any) error {
	*target = map[Role]any{}
	return p.each(func(name string, p part) error {
		if !Role(name).isKnown() {
			return p.refuse("there is no role %q", name)
		}
		value, err := p.value()
		(*target)[Role(name)] = value
		return err
	})
}

func (p part) memberForm(target **memberForm) error {
	read := &memberForm{}
	*target = read
	name := func(k kind) func(part) error {
		return func(p part) error {
			read.lists[k] = p.node.Value
			return nil
		}
	}
	read.lists = map[kind]string{}
	readers := map[string]func(part) error{
		"form": textInto(&read.form), "id": pathInto(&read.id), "kind": pathInto(&read.kind),
		"kinds": func(p part) error {
			read.kinds = map[kind]any{}
			return p.each(func(name string, p part) (err error) {
				read.kinds[kind(name)], err = p.value()
				return err
			})
		},
		"each": func(p part) error {
			if p.isMap() {
				return p.memberForm(&read.each)
			}
			read.each = &memberForm{form: p.node.Value}
			return nil
		},
	}
	for _, k := range principalKinds {
		readers[string(k)] = name(k)
	}
	if err := p.fields(readers); err != nil {
		return err
	}
	if !slices.Contains([]string{membersIDs, membersObjects, membersPerKind, membersSlugs}, read.form) {
		return p.refuse("there is no form %q of members", read.form)
	}
	return nil
}

// formReaders read what a map says of the form of a value.
func (f *valueForm) formReaders() map[string]func(part) error {
	return map[string]func(part) error{
		"values":    func(p part) error { return p.roles(&f.values) },
		"when_true": valuesInto(&f.whenTrue), "when_false": valuesInto(&f.whenFalse),
		"members": func(p part) error { return p.memberForm(&f.members) },
		"null": func(p part) error {
			f.nullIsEmpty = p.node.Value == "empty"
			if !f.nullIsEmpty {
				return p.refuse("null is either empty or nothing, not %q", p.node.Value)
			}
			return nil
		},
		"slug": pathInto(&f.slug), "name": pathInto(&f.name),
	}
}

func (p part) place() (place, error) {
	read := place{line: p.node.Line}
	if !p.isMap() {
		return read, errors.Join(p.path(&read.path), read.check(p))
	}
	readers := read.formReaders()
	readers["path"] = pathInto(&read.path)
	if err := p.fields(readers); err != nil {
		return read, err
	}
	if read.path == nil {
		return read, p.refuse("there is no path")
	}
	return read, read.check(p)
}

// check refuses places that an answer can't have.
func (read place) check(p part) error {
	switch {
	case len(read.path) == 0:
		return p.refuse("an answer about an object is no value alone")
	case (read.whenTrue == nil) != (read.whenFalse == nil):
		return p.refuse("when_true and when_false belong together")
	}
	return nil
}

func (p part) route(method, template *string) error {
	var isRoute bool
	if *method, *template, isRoute = strings.Cut(p.node.Value, " "); !isRoute || !strings.HasPrefix(*template, "/") {
		return p.refuse("%q is no route; write POST /People/{id}", p.node.Value)
	}
	return nil
}

func (p part) list(read *listMapping) error {
	err := p.fields(map[string]func(part) error{
		"route": func(p part) error { return p.route(&read.method, &read.template) },
		"items": pathInto(&read.items),
		"page": func(p part) error {
			page := &pageMapping{first: 1}
			var isWhole bool
			err := p.fields(map[string]func(part) error{
				"number": textInto(&page.number), "skip": textInto(&page.skip), "token": textInto(&page.token), "link": textInto(&page.link),
				"size": textInto(&page.size), "first": numberInto(&page.first), "entries": numberInto(&page.entries),
				"next": pathInto(&page.next), "total": pathInto(&page.total),
				"whole": func(part) error {
					isWhole = true
					return nil
				},
			})
			if !isWhole {
				read.page = page
			}
			return errors.Join(err, page.check(p, isWhole))
		},
	})
	if page := read.page; err == nil && page != nil && len(read.items) == 0 && (page.nextPath() != nil || page.total != nil) {
		return p.refuse("a bare array tells nothing of other pages")
	}
	return err
}

// check refuses pages that are asked for in no way or in several.
func (m *pageMapping) check(p part, isWhole bool) error {
	ways := slices.DeleteFunc([]string{m.number, m.skip, m.token, m.link}, func(way string) bool { return way == "" })
	switch {
	case isWhole && len(ways) == 0:
		return nil
	case isWhole || len(ways) != 1:
		return p.refuse("a list has pages by one of number, skip, token and link, or it is whole")
	case m.token != "" && len(m.next) == 0:
		return p.refuse("a token needs the path next of the following one")
	}
	return nil
}

// calls are those of a mapping file that are no lists.
var calls = []string{
	callRead, callMe, callCreate, callEdit, callActivate, callDeactivate, callReinvite, callRegenerateToken, callChangeMembers, callModifyMembers,
}

func (p part) call(t thing, target map[string]*callMapping, name string) error {
	read := &callMapping{line: p.node.Line}
	target[name] = read
	if p.node.Value == "none" {
		read.isNone = true
		return nil
	}
	return p.fields(map[string]func(part) error{
		"route": func(p part) error { return p.route(&read.method, &read.template) },
		"body":  func(p part) error { return p.body(&read.body) },
		"id":    pathInto(&read.id),
		"token": func(p part) error {
			switch {
			case p.node.Value == ".":
				return p.refuse("the token is in an object")
			case t != thingCIUser:
				return p.refuse("the tokens of all users are where those of CI users are")
			}
			return p.path(&read.token)
		},
		"kept": func(p part) error {
			values, err := p.values()
			for _, value := range values {
				read.kept = append(read.kept, fmt.Sprint(value))
			}
			return err
		},
	})
}

func (p part) body(target **bodyMapping) error {
	read := &bodyMapping{}
	*target = read
	if !p.isMap() {
		whole, err := p.source()
		read.whole = &whole
		return err
	}
	return p.each(func(path string, p part) error {
		sent, err := p.source()
		read.fields = append(read.fields, field{p.node.Line, parsePath(path), sent})
		return err
	})
}

func (p part) source() (read source, err error) {
	if p.isMap() {
		readers := read.formReaders()
		readers["from"] = func(p part) error {
			inner, err := p.source()
			read.concept, read.carried, read.literal = inner.concept, inner.carried, inner.literal
			return err
		}
		return read, p.fields(readers)
	}
	if concept, isConcept := strings.CutPrefix(p.node.Value, "="); isConcept && p.node.Tag == "!!str" {
		return source{concept: concept}, nil
	}
	if path, isCarried := strings.CutPrefix(p.node.Value, "<"); isCarried && p.node.Tag == "!!str" {
		return source{carried: parsePath(path)}, nil
	}
	read.literal, err = p.value()
	return read, err
}
