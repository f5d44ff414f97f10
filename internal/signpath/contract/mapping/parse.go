package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Version is that of the format, which each file states.
const Version = 1

// maxBytes bounds the size of a file: one that states everything has some ten kilobytes.
const maxBytes = 1 << 20

// An Error says what is wrong with a line of a file.
type Error struct {
	// Line is 0 if the error is about the file as a whole.
	Line   int
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// Errors are all that is wrong with a file, in the order of lines.
type Errors []*Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, wrong := range e {
		lines[i] = wrong.Error()
	}
	return strings.Join(lines, "\n")
}

// Parse reads a mapping file. The error is an [Errors], with the line of each. What is
// open or not confirmed is no error, but a mark.
func Parse(data []byte) (*File, error) {
	if len(data) > maxBytes {
		return nil, Errors{{Reason: fmt.Sprintf("the file has more than %d KiB and is not read", maxBytes>>10)}}
	}
	if !utf8.Valid(data) || bytes.ContainsRune(data, 0) {
		// The decoder would read UTF-16, too; marks are looked for in the bytes.
		return nil, Errors{{Reason: "the file is not in UTF-8, and is not read: save it as UTF-8. Windows PowerShell writes UTF-16 where > leads into a file"}}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, Errors{{Reason: "the file is empty, and a mapping begins with version: 1. If the output of a command goes into the file that it reads, the shell empties it before: write to another file"}}
	case err != nil:
		return nil, Errors{notYAML(err, data)}
	}
	switch err := decoder.Decode(new(yaml.Node)); {
	case err == nil:
		return nil, Errors{{Reason: "the file holds several YAML documents; a mapping is one"}}
	case !errors.Is(err, io.EOF):
		return nil, Errors{notYAML(err, data)}
	}
	r := &reader{places: map[int]string{}}
	file := r.file(root.Content[0])
	r.validate(file)
	if len(r.errors) > 0 {
		slices.SortStableFunc(r.errors, func(a, b *Error) int { return a.Line - b.Line })
		return nil, r.errors
	}
	file.Marks = r.marksIn(data)
	return file, nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

var routeInBraces = regexp.MustCompile(`\{[^"']*/\{`)

func notYAML(err error, data []byte) *Error {
	text := err.Error()
	line := 0
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		text = text[len(found[0]):]
	}
	if routeInBraces.Match(data) {
		text += " (a route inside of braces has to be in quotes)"
	}
	return &Error{line, "this is no YAML: " + text}
}

// A reader takes a file apart and collects what is wrong with it.
type reader struct {
	errors Errors
	// places are the paths in the file of the first entry of each line.
	places map[int]string
	// open are the lines of values that are TODO.
	open []int
}

func (r *reader) refuse(line int, format string, arguments ...any) {
	r.errors = append(r.errors, &Error{line, fmt.Sprintf(format, arguments...)})
}

// todo is the value of what is left open. The word leaves open whatever it stands in.
const todo = "TODO"

var todoInside = regexp.MustCompile(`\b` + todo + `\b`)

// isTodo tells whether a value is left open. In other capitals than its own, the word has to stand
// alone and without quotes: it is one of other languages, too.
func isTodo(node *yaml.Node) bool {
	isAlone := node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && strings.EqualFold(strings.Trim(node.Value, "=< \n"), todo)
	return node.Kind == yaml.ScalarNode && (isAlone || todoInside.MatchString(node.Value))
}

// isOpen tells whether a value is left open, and notes it.
func (r *reader) isOpen(node *yaml.Node) bool {
	if !isTodo(node) {
		return false
	}
	r.open = append(r.open, node.Line)
	return true
}

// leavesOpen tells whether a value, or something in it, is left open.
func leavesOpen(node *yaml.Node) bool {
	return isTodo(node) || slices.ContainsFunc(node.Content, leavesOpen)
}

// An entry is one key of a map, and its value.
type entry struct {
	key   string
	line  int
	at    string
	value *yaml.Node
}

// entries are those of a map at the place, but for those that are left open. What is no map is
// an error, and so is a key that occurs twice.
func (r *reader) entries(node *yaml.Node, at string) []entry {
	if r.isOpen(node) {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		r.refuse(node.Line, "%s has to be a map of names to values", orFile(at))
		return nil
	}
	var entries []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		e := entry{key.Value, key.Line, strings.TrimPrefix(at+"."+key.Value, "."), value}
		if r.places[e.line] == "" {
			r.places[e.line] = e.at
		}
		switch {
		case r.isOpen(key):
			continue
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			r.refuse(key.Line, "a name is a text: %s has another one", orFile(at))
			continue
		case seen[e.key]:
			r.refuse(key.Line, "%s is there twice", e.at)
			continue
		case value.Kind == yaml.AliasNode || value.Anchor != "":
			r.refuse(value.Line, "%s: anchors and aliases are no part of the format; write the value out", e.at)
			continue
		}
		seen[e.key] = true
		entries = append(entries, e)
	}
	return entries
}

func orFile(at string) string {
	if at == "" {
		return "the file"
	}
	return at
}

// unknown refuses a name that the format does not have at that place.
func (r *reader) unknown(e entry, known ...string) {
	slices.Sort(known)
	r.refuse(e.line, "%s is not known; there can be %s", e.at, strings.Join(known, ", "))
}

// text reads a text; "" if it is left open.
func (r *reader) text(e entry) string {
	if r.isOpen(e.value) {
		return ""
	}
	if e.value.Kind != yaml.ScalarNode || e.value.Tag == "!!null" || e.value.Value == "" {
		r.refuse(e.value.Line, "%s has to be a text", e.at)
		return ""
	}
	return e.value.Value
}

func (r *reader) truth(e entry) bool {
	if r.isOpen(e.value) {
		return false
	}
	if e.value.Tag != "!!bool" {
		r.refuse(e.value.Line, "%s has to be true or false", e.at)
	}
	return strings.EqualFold(e.value.Value, "true")
}

func (r *reader) number(e entry, least, most int) int {
	if r.isOpen(e.value) {
		return least
	}
	n, err := strconv.Atoi(e.value.Value)
	if e.value.Tag != "!!int" || err != nil || n < least || n > most {
		r.refuse(e.value.Line, "%s has to be a whole number from %d to %d", e.at, least, most)
	}
	return n
}

func (r *reader) path(e entry) Path {
	text := r.text(e)
	if text == "" {
		return nil
	}
	path, err := ParsePath(text)
	if err != nil {
		r.refuse(e.value.Line, "%s: %v", e.at, err)
	}
	return path
}

// scalar reads a value as JSON; nil if it is none or left open.
func (r *reader) scalar(node *yaml.Node, at string) json.RawMessage {
	if r.isOpen(node) {
		return nil
	}
	if node.Kind == yaml.ScalarNode {
		var value any
		switch node.Tag {
		case "!!null", "!!bool", "!!int", "!!float":
			if node.Decode(&value) != nil {
				break
			}
			if raw, err := json.Marshal(value); err == nil {
				return raw
			}
		case "!!str", "!!timestamp":
			raw, _ := json.Marshal(node.Value)
			return raw
		}
	}
	r.refuse(node.Line, "%s has to be a single value: a text, a number, true, false or null", at)
	return nil
}

// scalars reads one value, or a list of several.
func (r *reader) scalars(e entry) []json.RawMessage {
	nodes := []*yaml.Node{e.value}
	if e.value.Kind == yaml.SequenceNode {
		nodes = e.value.Content
	}
	var values []json.RawMessage
	for _, node := range nodes {
		if value := r.scalar(node, e.at); value != nil {
			values = append(values, value)
		}
	}
	if len(nodes) == 0 {
		r.refuse(e.line, "%s has no value", e.at)
	}
	return values
}

func (r *reader) list(e entry) []string {
	if r.isOpen(e.value) {
		return nil
	}
	if e.value.Kind != yaml.SequenceNode {
		r.refuse(e.value.Line, "%s has to be a list of texts", e.at)
		return nil
	}
	var items []string
	for _, node := range e.value.Content {
		items = append(items, r.text(entry{"", node.Line, e.at, node}))
	}
	return slices.DeleteFunc(items, func(item string) bool { return item == "" })
}

func (r *reader) file(root *yaml.Node) *File {
	file := &File{Things: map[Thing]*ThingMapping{}}
	isStated := false
	for _, e := range r.entries(root, "") {
		switch {
		case e.key == "version":
			isStated = true
			if e.value.Value != strconv.Itoa(Version) {
				r.refuse(e.value.Line, "version %s of the format is not known; this is version %d", e.value.Value, Version)
			}
		case e.key == "document":
			file.Document = r.hash(e)
		case e.key == "roles":
			file.Roles = r.roles(e)
		case e.key == "members":
			file.Members = r.membersBothWays(e)
		case slices.Contains(Things(), Thing(e.key)):
			file.Things[Thing(e.key)] = r.thing(Thing(e.key), e)
		default:
			known := []string{"version", "document", "roles", "members"}
			for _, thing := range Things() {
				known = append(known, string(thing))
			}
			r.unknown(e, known...)
		}
	}
	if !isStated && len(r.errors) == 0 {
		r.refuse(0, "the file does not state the version of its format; write version: %d", Version)
	}
	return file
}

var hash = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (r *reader) hash(e entry) string {
	text := r.text(e)
	if text != "" && !hash.MatchString(text) {
		r.refuse(e.value.Line, "document has to be sha256: and 64 hexadecimal digits, the hash of the server's OpenAPI document")
	}
	return text
}

func (r *reader) roles(e entry) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	for _, inner := range r.entries(e.value, e.at) {
		if !slices.Contains(roles, inner.key) {
			r.unknown(inner, Roles()...)
			continue
		}
		if value := r.scalar(inner.value, inner.at); value != nil {
			values[inner.key] = value
		}
	}
	r.distinctRoles(e, values)
	return values
}

// distinctRoles refuses two roles that are written alike. Capitals alone tell nobody apart: a
// server may well not look at them.
func (r *reader) distinctRoles(e entry, values map[string]json.RawMessage) {
	owners := map[string]string{}
	for _, role := range roles {
		value, ok := values[role]
		if !ok {
			value, _ = json.Marshal(role)
		}
		key := folded(value)
		if owner := owners[key]; owner != "" {
			r.refuse(e.line, "%s: %s and %s are both written %s, so that nobody could tell them apart", e.at, owner, role, value)
		}
		owners[key] = role
	}
}

// folded makes values comparable that differ in capitals alone.
func folded(value json.RawMessage) string { return strings.ToLower(string(value)) }
