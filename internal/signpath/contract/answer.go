package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// What an answer says is believed only if it can be right: each property that is
// read has a type that it may have, and the object is the one that was asked for.

// CheckTypes returns an error that names the first property of the answer whose
// value has another type than the route's schema in openapi.yaml permits: of a role
// that is a number, nobody knows which one it is. What is only carried along may be
// anything.
func (m *Mapping) CheckTypes(r *Route, o Object) error {
	for _, p := range checkedProperties()[r] {
		value, ok := o[string(p.name)]
		if !ok {
			continue
		}
		if wanted := p.wants(value); wanted != "" {
			return fmt.Errorf("its property %q is %s where %s is expected (%s). %s", m.answerPath(r, p.name), inWords[typeOf(value)], wanted,
				m.evidence(r, p.name), Advice)
		}
	}
	return nil
}

// answerPath is where answers to the route have a property.
func (m *Mapping) answerPath(r *Route, p Property) string {
	if known, ok := m.orAssumed().placeOf(r.thing(), p); ok {
		return known.path.String()
	}
	return string(p)
}

// evidence says how well it is known that answers to the route have the property there.
func (m *Mapping) evidence(r *Route, p Property) string {
	if known, _ := m.orAssumed().placeOf(r.thing(), p); known.line > 0 {
		return fmt.Sprintf("as the mapping says in line %d", known.line)
	}
	return "the name is " + r.Evidence(PartAnswer, p)
}

// A checkedProperty is one of the answers to a route.
type checkedProperty struct {
	name   Property
	isList bool
	schemaProperty
}

// checkedProperties are the properties of the answers to each route that reads, but for
// those that are only carried along.
var checkedProperties = sync.OnceValue(func() map[*Route][]checkedProperty {
	checked := map[*Route][]checkedProperty{}
	for _, r := range Routes() {
		described, _ := assumed().of(r)
		if r.Method != http.MethodGet || described.answer == nil {
			continue
		}
		for _, name := range described.answer.names() {
			if known := described.answer.properties[name]; known.client == "" {
				checked[r] = append(checked[r], checkedProperty{Property(name), Property(name).IsList(), known})
			}
		}
	}
	return checked
})

// wants says what the value should be; it is empty if that is what it is.
func (p checkedProperty) wants(value json.RawMessage) (wanted string) {
	switch {
	case p.name == PropRole && IsNull(value):
		return "" // Whether that is a role, the server's document tells.
	case p.isList:
		if _, err := DecodeMembers(value); err != nil {
			return "a list of members"
		}
	case p.items != nil && p.items.is("object"):
		if _, err := DecodeItems(value); err != nil {
			return "a list of objects"
		}
	case typeOf(value) == "null" && !p.nullable && len(p.types) > 0, typeOf(value) != "null" && !p.is(typeOf(value)):
		return inWords[p.types[0]]
	}
	return ""
}

// inWords are the types of JSON schema as messages call them.
var inWords = map[string]string{
	"null": "null", "object": "an object", "array": "a list of something", "string": "a text",
	"boolean": "true or false", "integer": "a whole number", "number": "another number",
}

// typeOf returns the type of a JSON value as schemas name it. What does not fit into
// 64 bits is no integer.
func typeOf(value json.RawMessage) string {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return "null"
	}
	switch value[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	if valueAs[int64](value) != nil {
		return "integer"
	}
	return "number"
}

// slugsBeside are, by the parameter of a route, the properties in which an answer may
// also name its slug: by analogy with signing requests, where both are documented.
var slugsBeside = map[string]string{"project": "projectSlug", "policy": "signingPolicySlug"}

// CheckSubject returns an error if the answer to a route that reads one object says
// that it is about another one: by its id, by a slug, or by a link that has the form of
// the route. The host of the link does not matter, as it may be another one than the
// configured (inferred from settings of self-hosted installations). What an answer
// does not say of itself contradicts nothing.
func (m *Mapping) CheckSubject(r *Route, o Object, organization string, parameters []string) error {
	names := r.parameters()
	for i, asked := range parameters {
		claims := map[string]string{}
		if beside := slugsBeside[names[i]]; beside != "" {
			claims[beside] = Text(o[beside])
		}
		if i == len(parameters)-1 {
			own := PropSlug
			if names[i] == "id" {
				own = PropID
			}
			claims[m.answerPath(r, own)] = o.Text(own)
		}
		for _, claim := range slices.Sorted(maps.Keys(claims)) {
			if said := claims[claim]; said != "" && !strings.EqualFold(said, asked) {
				return fmt.Errorf("it is about another object: its property %q is %q, and %q was asked for", claim, said, asked)
			}
		}
	}
	if link, wire := o.Text(PropLink), m.Wire(r); wire.linksElsewhere(link, organization, parameters) {
		return fmt.Errorf("it is about another object: its property %q is %q, and %s was asked for", m.answerPath(r, PropLink), link, wire.Expand(parameters))
	}
	return nil
}

// parameters returns the names of the parameters in the path.
func (r *Route) parameters() []string {
	var names []string
	for segment := range strings.SplitSeq(r.Path, "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
		}
	}
	return names
}

// linksElsewhere tells whether a link has the form of the route, but with other
// parameters, or below another organization. Fixed segments are served in any case
// (observed).
func (r *Route) linksElsewhere(link, organization string, parameters []string) bool {
	parsed, err := url.Parse(link)
	if err != nil {
		return false
	}
	linked := strings.Split(strings.Trim(parsed.EscapedPath(), "/"), "/")
	form := strings.Split(strings.Trim(r.Path, "/"), "/")
	above := len(linked) - len(form)
	if above < 0 {
		return false
	}
	elsewhere := false
	for i, fixed := range form {
		segment, err := url.PathUnescape(linked[above+i])
		switch {
		case err != nil:
			return false
		case !strings.HasPrefix(fixed, "{"):
			if !strings.EqualFold(fixed, segment) {
				return false
			}
		case fixed == "{id}" && !access.IsID(segment):
			return false // Named otherwise than routes name it.
		default:
			elsewhere = elsewhere || !strings.EqualFold(segment, parameters[0])
			parameters = parameters[1:]
		}
	}
	isBelow := above >= 2 && slices.Contains(versions, strings.ToLower(linked[above-2])) && access.IsID(linked[above-1])
	return elsewhere || isBelow && !strings.EqualFold(linked[above-1], organization)
}

// CheckCreated returns an error if the answer to a create contradicts a text of the
// request: then it is about another object. Servers may well trim a text or change its
// case.
func (m *Mapping) CheckCreated(create *Route, answer []byte, texts map[Property]string) error {
	for p, asked := range texts {
		known, _ := m.orAssumed().placeOf(create.thing(), p)
		value, _ := known.path.Get(answer)
		said := strings.TrimSpace(Text(value))
		if said != "" && asked != "" && !strings.EqualFold(said, strings.TrimSpace(asked)) {
			return fmt.Errorf("it is about another object: its property %q is %q, and %q was asked for", known.path, said, asked)
		}
	}
	return nil
}

// decisive are the settings, beside the access lists, that decide who may do what and
// who has to agree.
var decisive = []Property{
	PropRole, PropActive, PropVerifiesTrustedBuildSystem, PropVerifiesOriginPolicy, PropOriginPolicyVerification,
	PropUsesApprovalProcess, PropRequiredApprovals,
}

// IsDecisive tells whether the property decides who may do what, or who has to agree.
// Access lists do so too; see [Property.IsList].
func (p Property) IsDecisive() bool { return slices.Contains(decisive, p) }
