package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// MaxFileBytes bounds a file of attestations.
const MaxFileBytes = 64 << 20

// fileVersion is that of the form of the file.
const fileVersion = "1"

// The keys of the file, and of an attestation in it. Beside these, an attestation has one for each
// kind of places, as an exception of a rulebook has; at the organization it has none of them.
const (
	keyVersion      = "version"
	keyOrganization = "organization"
	keyAttestations = "attestations"

	keyDecision  = "decision"
	keyPrincipal = "principal"
	keyID        = "id"
	keyRole      = "role"
	keyPlaceID   = "place_id"
	keyThrough   = "through"
	keyWay       = "way"
	keyBy        = "by"
	keyByID      = "by_id"
	keyOn        = "on"
	keyUntil     = "until"
	keyReference = "reference"
)

// ParseFile reads a file of attestations, in YAML or JSON. An unknown key is an error, and so is
// a second statement on one way: nobody could tell which one counts. The error has a line for
// each problem.
func ParseFile(vocabulary *access.Vocabulary, document []byte, now time.Time) (File, error) {
	parsed, err := parseYAML(document)
	if err != nil {
		return File{}, err
	}
	root := parsed.Content[0]
	r := fileReader{vocabulary: vocabulary, now: now, lines: map[string]int{}}
	fields := r.fields(root, "document", keyVersion, keyOrganization, keyAttestations)
	file := File{Organization: strings.ToLower(r.text(fields, keyOrganization, true))}
	if version := r.text(fields, keyVersion, true); version != "" && version != fileVersion {
		r.problem(fields[keyVersion], "the version is %q, and this reads version %s", version, fileVersion)
	}
	if organization := fields[keyOrganization]; organization != nil && !access.IsID(organization.Value) {
		r.problem(organization, "%q is no id of an organization", organization.Value)
	}
	switch list := fields[keyAttestations]; {
	case list == nil:
		r.problem(root, "the key %q is missing", keyAttestations)
	case list.Kind != yaml.SequenceNode && list.Tag != "!!null":
		r.problem(list, "%s has the wrong form for this place", keyAttestations)
	default:
		for _, item := range list.Content {
			file.Attestations = append(file.Attestations, r.attestation(item))
		}
	}
	if len(r.problems) > 0 {
		return File{}, errors.Join(r.problems...)
	}
	return file, nil
}

// parseYAML returns a document of one value, with the comments before it.
func parseYAML(document []byte) (*yaml.Node, error) {
	if len(document) > MaxFileBytes {
		return nil, fmt.Errorf("it has %d bytes, and may have %d", len(document), MaxFileBytes)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(document))
	var parsed yaml.Node
	if err := decoder.Decode(&parsed); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something behind the first document")
	}
	return &parsed, nil
}

// maxFileProblems is how many problems are told at once.
const maxFileProblems = 20

// A fileReader collects what is wrong with a file.
type fileReader struct {
	vocabulary *access.Vocabulary
	now        time.Time
	// lines are where each way is attested.
	lines    map[string]int
	problems []error
}

func (r *fileReader) problem(at *yaml.Node, format string, args ...any) {
	if len(r.problems) < maxFileProblems {
		r.problems = append(r.problems, fmt.Errorf("line %d: %s", at.Line, fmt.Sprintf(format, args...)))
	}
}

// fields returns the values of a mapping by key, each of which is one of those that are known.
func (r *fileReader) fields(node *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	if node.Kind != yaml.MappingNode {
		r.problem(node, "the %s has the wrong form for this place", what)
		return fields
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.problem(key, "there is no key %q in this place", key.Value)
		case fields[key.Value] != nil:
			r.problem(key, "the key %q is there twice", key.Value)
		default:
			fields[key.Value] = value
		}
	}
	return fields
}

// text returns the text of a field, which is empty if there is none.
func (r *fileReader) text(fields map[string]*yaml.Node, key string, required bool) string {
	node := fields[key]
	switch {
	case node == nil:
		if required {
			r.missing(fields, key)
		}
		return ""
	case node.Kind != yaml.ScalarNode || node.Tag == "!!null":
		r.problem(node, "%s has the wrong form for this place", key)
		return ""
	case required && node.Value == "":
		r.problem(node, "%s is empty", key)
	}
	return node.Value
}

// missing says that a key is, at the first line of its mapping.
func (r *fileReader) missing(fields map[string]*yaml.Node, key string) {
	at := &yaml.Node{Line: 1}
	for _, node := range fields {
		if at.Line == 1 || node.Line < at.Line {
			at = node
		}
	}
	r.problem(at, "the key %q is missing", key)
}

func (r *fileReader) attestation(node *yaml.Node) Attestation {
	known := []string{keyDecision, keyPrincipal, keyID, keyRole, keyPlaceID, keyThrough, keyWay, keyBy, keyByID, keyOn, keyUntil, keyReference}
	for _, kind := range r.vocabulary.Places {
		known = append(known, kind.Key)
	}
	fields := r.fields(node, "attestation", known...)
	if len(fields) == 0 {
		return Attestation{}
	}
	a := Attestation{
		Role: access.Role(r.text(fields, keyRole, true)), Through: r.text(fields, keyThrough, false),
		Way: r.text(fields, keyWay, true), Reference: r.text(fields, keyReference, false),
	}
	switch decision := r.text(fields, keyDecision, false); decision {
	case "", keep:
	case remove:
		a.IsRemoval = true
	default:
		r.problem(fields[keyDecision], "%s: it is %q, and must be %q or %q", keyDecision, decision, keep, remove)
	}
	a.PlaceID = strings.ToLower(r.text(fields, keyPlaceID, false))
	a.Principal.ID, a.ByID = strings.ToLower(r.text(fields, keyID, true)), strings.ToLower(r.text(fields, keyByID, false))
	check := func(key string, err error) {
		if err != nil && fields[key] != nil && fields[key].Value != "" {
			r.problem(fields[key], "%s: %s", key, err)
		}
	}
	var err error
	a.Principal.Reference, err = access.ParseEntry(r.text(fields, keyPrincipal, true))
	check(keyPrincipal, err)
	a.By, err = baseline.ParseAttester(r.text(fields, keyBy, true), access.ParseReference)
	check(keyBy, err)
	if a.ByID != "" && !access.IsID(a.ByID) {
		r.problem(fields[keyByID], "%s: %q is no id of a user", keyByID, a.ByID)
	}
	a.On, err = baseline.ParseSeen(r.text(fields, keyOn, true), r.now)
	check(keyOn, err)
	if until := r.text(fields, keyUntil, false); until != "" {
		a.Until, err = baseline.ParseDay(until)
		if err == nil && a.Until < a.On {
			err = fmt.Errorf("it ends on %s, before somebody looked", a.Until)
		}
		check(keyUntil, err)
	}
	a.Place, err = r.vocabulary.PlaceNamed(func(kind string) string { return r.text(fields, kind, false) })
	if err != nil {
		r.problem(node, "%s", err)
	}
	r.checkWay(node, fields[keyWay], a)
	return a
}

// checkWay looks at the form of the fingerprint, and at whether it was there before.
func (r *fileReader) checkWay(node, way *yaml.Node, a Attestation) {
	if way == nil || a.Way == "" {
		return
	}
	if !strings.HasPrefix(a.Way, wayVersion) || len(a.Way) != len(wayVersion)+2*wayBytes {
		r.problem(way, "way: %q is no fingerprint of a way: reports have them, and they begin with %q", a.Way, wayVersion)
	}
	if a.Through == "" && (Holding{Subject: a.Principal, Role: a.Role, Place: a.Place, PlaceID: a.PlaceID}).fingerprint() != a.Way {
		r.problem(way, "way: it is not the fingerprint of what the attestation says: copy it from a report")
	}
	if first := r.lines[a.Way]; first > 0 {
		r.problem(node, "it is about the same way as line %d", first)
	}
	r.lines[a.Way] = node.Line
}

// Extend returns the file with some attestations more, each of which takes the place of the one
// of the same way. What is in the file already stays as it is written, with its comments; the
// document is empty for a new file.
func Extend(vocabulary *access.Vocabulary, document []byte, organization string, more []Attestation) ([]byte, error) {
	if len(bytes.TrimSpace(document)) == 0 {
		document = fmt.Appendf(nil, "%s: %s\n%s: %s\n%s: []\n", keyVersion, fileVersion, keyOrganization, organization, keyAttestations)
	}
	parsed, err := parseYAML(document)
	if err != nil {
		return nil, err
	}
	list := valueOf(parsed.Content[0], keyAttestations)
	if list == nil {
		return nil, fmt.Errorf("the key %q is missing", keyAttestations)
	}
	list.Kind, list.Tag, list.Value, list.Style = yaml.SequenceNode, "!!seq", "", 0
	replaced := map[string]bool{}
	for _, a := range more {
		replaced[a.Way] = true
	}
	list.Content = slices.DeleteFunc(list.Content, func(item *yaml.Node) bool {
		way := valueOf(item, keyWay)
		return way != nil && replaced[way.Value]
	})
	for _, a := range slices.SortedFunc(slices.Values(more), CompareAttestations) {
		list.Content = append(list.Content, a.node(vocabulary))
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(parsed); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// node is the attestation as it is written.
func (a Attestation) node(vocabulary *access.Vocabulary) *yaml.Node {
	mapping := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key, value string) {
		if value == "" {
			return
		}
		var text yaml.Node
		text.SetString(value)
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &text)
	}
	if a.IsRemoval {
		add(keyDecision, remove)
	}
	add(keyPrincipal, a.Principal.Reference.String())
	add(keyID, a.Principal.ID)
	add(keyRole, string(a.Role))
	for depth, kind := range vocabulary.Places {
		add(kind.Key, a.Place.Slug(depth))
	}
	add(keyPlaceID, a.PlaceID)
	add(keyThrough, a.Through)
	add(keyWay, a.Way)
	add(keyBy, a.By.String())
	add(keyByID, a.ByID)
	add(keyOn, string(a.On))
	add(keyUntil, string(a.Until))
	add(keyReference, a.Reference)
	return mapping
}
