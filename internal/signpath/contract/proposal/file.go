package proposal

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A fact is one line of a mapping file, with what stands above and behind it.
type fact struct {
	// path are the names that lead to it: user, answer, name.
	path []string
	// value is its text in YAML.
	value string
	// above are comments that have a line of their own, each without its "#", and behind is the
	// one on its line.
	above  []string
	behind string
	// isOpen says that the value is TODO, and behind is the question.
	isOpen bool
	// follows says that the question is no other one than that of another fact.
	follows bool
	// isKnown says that it was in the file from which the proposal was started.
	isKnown bool
}

// isMarked says that the fact is not confirmed.
func (f *fact) isMarked() bool {
	isMark := func(comment string) bool { return strings.HasPrefix(strings.TrimSpace(comment), "?") }
	return !f.isOpen && (isMark(f.behind) || slices.ContainsFunc(f.above, isMark))
}

// A file collects the facts of a mapping file.
type file struct{ facts []*fact }

// find returns the fact at the path; nil if there is none.
func (f *file) find(path []string) *fact {
	for _, known := range f.facts {
		if slices.Equal(known.path, path) {
			return known
		}
	}
	return nil
}

// isSettled tells whether something at the path, around it or in it is stated, at least in part.
func (f *file) isSettled(path []string) bool {
	return slices.ContainsFunc(f.facts, func(known *fact) bool {
		n := min(len(known.path), len(path))
		return known.value != todo && slices.Equal(known.path[:n], path[:n])
	})
}

// add takes in a fact, unless the file has it. What was open there gives way.
func (f *file) add(added fact) {
	if f.isSettled(added.path) {
		return
	}
	f.facts = slices.DeleteFunc(f.facts, func(known *fact) bool {
		n := min(len(known.path), len(added.path))
		return slices.Equal(known.path[:n], added.path[:n])
	})
	f.facts = append(f.facts, &added)
}

// order is that of the names at a place of the file.
func order(place []string) []string {
	switch {
	case len(place) == 0:
		return append([]string{"version", "document", "roles", "members"}, things...)
	case place[0] == "roles":
		return mapping.Roles()
	case len(place) == 1:
		return []string{
			"answer", "request", "list", "read", "me", "create", "edit", "set", "activate", "deactivate", "reinvite", "regenerate_token",
			"change_members", "modify_members",
		}
	case len(place) == 2 && (place[1] == "answer" || place[1] == "set"):
		var names []string
		for _, c := range mapping.Thing(place[0]).Concepts() {
			names = append(names, c.Name)
		}
		return names
	}
	return []string{"route", "items", "page", "body", "id", "token", "kept"}
}

// isMap tells whether what is at the place has a line for each of the names in it.
func isMap(place []string) bool {
	switch len(place) {
	case 1:
		return place[0] != "version" && place[0] != "document"
	case 2:
		return slices.Contains(things, place[0])
	case 3:
		return slices.Contains(things, place[0]) && (place[1] == "set" || place[2] == "body" && place[1] != "answer")
	case 4:
		return place[1] == "set" && place[3] == "body"
	}
	return false
}

// width is how long a line of a comment may be.
const width = 110

// write writes the facts, those of a place together.
func (f *file) write(head []string) string {
	var b strings.Builder
	for _, line := range head {
		writeComment(&b, "", line)
	}
	b.WriteString("\n")
	writeFacts(&b, f.facts, 0)
	return b.String()
}

func writeFacts(b *strings.Builder, facts []*fact, depth int) {
	if len(facts) == 0 {
		return
	}
	place := facts[0].path[:depth]
	names := order(place)
	rank := func(f *fact) int {
		if i := slices.Index(names, f.path[depth]); i >= 0 {
			return i
		}
		return len(names)
	}
	sorted := slices.Clone(facts)
	slices.SortStableFunc(sorted, func(a, b *fact) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.path[depth], b.path[depth]))
	})
	indent := strings.Repeat("  ", depth)
	for len(sorted) > 0 {
		name := sorted[0].path[depth]
		n := slices.IndexFunc(sorted, func(f *fact) bool { return f.path[depth] != name })
		if n < 0 {
			n = len(sorted)
		}
		inner := sorted[:n]
		sorted = sorted[n:]
		if len(inner) == 1 && len(inner[0].path) == depth+1 {
			writeFact(b, indent, inner[0])
			continue
		}
		if depth == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s%s:\n", indent, yamlText(name))
		writeFacts(b, inner, depth+1)
	}
}

func writeFact(b *strings.Builder, indent string, f *fact) {
	for _, line := range f.above {
		writeComment(b, indent, line)
	}
	fmt.Fprintf(b, "%s%s: %s", indent, yamlText(f.path[len(f.path)-1]), f.value)
	if f.behind != "" {
		b.WriteString(" # " + f.behind)
	}
	b.WriteString("\n")
}

// writeComment writes a comment that has its lines alone, of words that fit.
func writeComment(b *strings.Builder, indent, text string) {
	line := indent + "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != indent+"#" {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$`)
	plainPath = regexp.MustCompile(`^(?:GET|POST|PUT|PATCH) /[A-Za-z0-9_~{}/.-]*$`)
	notPlain  = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
)

// yamlText writes a text, in quotes where YAML would read something else.
func yamlText(text string) string {
	bare := strings.TrimLeft(text, "=<")
	if text == "." || len(text)-len(bare) <= 1 && plainText.MatchString(bare) && !slices.Contains(notPlain, strings.ToLower(text)) {
		return text
	}
	quoted := encode(text)
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(quoted)
}

// yamlValue writes a JSON value that is single.
func yamlValue(value any) string {
	if text, ok := value.(string); ok {
		return yamlText(text)
	}
	return encode(value)
}

// A pair is one name of a map on one line, with its text in YAML.
type pair struct{ key, value string }

func flow(pairs ...pair) string {
	var parts []string
	for _, p := range pairs {
		key := p.key
		if !plainText.MatchString(key) {
			key = yamlText(key)
		}
		parts = append(parts, key+": "+p.value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func flowList(values []string) string { return "[" + strings.Join(values, ", ") + "]" }

// clean makes what a document wrote fit for a comment.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return strings.TrimLeft(text, "? ")
}

// readFile takes in a mapping file that a person has worked on, with its comments.
func readFile(data []byte) (*file, error) {
	if _, err := mapping.Parse(data); err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil || len(root.Content) == 0 {
		return nil, errors.Join(errors.New("a mapping file without content"), err)
	}
	f := &file{}
	f.read(nil, root.Content[0])
	return f, nil
}

func (f *file) read(place []string, node *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		path := append(slices.Clone(place), key.Value)
		if isMap(path) && value.Kind == yaml.MappingNode && len(value.Content) > 0 && !isFormedSource(path, value) {
			f.read(path, value)
			continue
		}
		known := &fact{path: path, value: flowOf(value), isKnown: true, isOpen: isOpen(value)}
		if value.Kind == yaml.ScalarNode && plainPath.MatchString(value.Value) {
			known.value = value.Value
		}
		comments := commentsOf(key, value)
		known.above = comments[0]
		known.behind = strings.Join(comments[1], " ")
		f.facts = append(f.facts, known)
	}
}

// isFormedSource tells whether a body is one value with a form.
func isFormedSource(path []string, value *yaml.Node) bool {
	return path[len(path)-1] == "body" && slices.ContainsFunc(value.Content, func(n *yaml.Node) bool { return n.Value == "from" })
}

const todo = "TODO"

// isOpen tells whether a value, or something in it, is left open.
func isOpen(value *yaml.Node) bool {
	return value.Kind == yaml.ScalarNode && value.Value == todo || slices.ContainsFunc(value.Content, isOpen)
}

// commentsOf are the comments above a line, and those behind it or in what it begins.
func commentsOf(key, value *yaml.Node) (comments [2][]string) {
	add := func(i int, text string) {
		for _, line := range strings.Split(text, "\n") {
			if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "#")); line != "" {
				comments[i] = append(comments[i], line)
			}
		}
	}
	add(0, key.HeadComment)
	var inside func(n *yaml.Node)
	inside = func(n *yaml.Node) {
		add(1, n.LineComment)
		for _, inner := range n.Content {
			add(1, inner.HeadComment)
			inside(inner)
		}
		add(1, n.FootComment)
	}
	add(1, key.LineComment)
	inside(value)
	add(1, key.FootComment)
	return comments
}

// flowOf writes a node on one line.
func flowOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		var pairs []pair
		for i := 0; i+1 < len(node.Content); i += 2 {
			pairs = append(pairs, pair{node.Content[i].Value, flowOf(node.Content[i+1])})
		}
		return flow(pairs...)
	case yaml.SequenceNode:
		var values []string
		for _, inner := range node.Content {
			values = append(values, flowOf(inner))
		}
		return flowList(values)
	}
	switch {
	case node.Tag == "!!str" && plainPath.MatchString(node.Value):
		return encode(node.Value)
	case node.Tag == "!!str" || node.Tag == "!!timestamp":
		return yamlText(node.Value)
	case node.Tag == "!!null":
		return "null"
	}
	return node.Value
}
