package planreview

import (
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A knowledge says whether the value of an attribute can be used.
type knowledge int

const (
	known knowledge = iota
	// unknown is what comes with the apply.
	unknown
	// sensitive is known to Terraform and shown to nobody.
	sensitive
	// malformed is what has no form that an attribute of this name is known to have, as of
	// another version of the provider. A missing one is, too.
	malformed
)

func (k knowledge) String() string {
	return [...]string{"known", "known after apply", "sensitive, and so not shown", "missing, or of a form that is not known here"}[k]
}

// An object holds the attributes of a resource, before or after. A nil one does not
// exist.
type object struct {
	values map[string]any
	// unknown and sensitive mirror the values, with true in place of each that is so.
	unknown, sensitive mirror
	secrets            secrets
}

// A mirror says of each attribute whether it, or something in it, is marked.
type mirror struct{ of any }

func (m mirror) at(name string) any {
	if m.of == true {
		return true
	}
	marks, _ := m.of.(map[string]any)
	return marks[name]
}

func (m mirror) holds(name string) bool { return holdsTrue(m.at(name)) }

func newObject(values, unknown, sensitive any) *object {
	attributes, ok := values.(map[string]any)
	if !ok {
		return nil
	}
	return &object{values: attributes, unknown: mirror{unknown}, sensitive: mirror{sensitive}}
}

// text returns a text attribute; null is empty.
func (o *object) text(name string) (string, knowledge) {
	text, is := o.hiddenText(name)
	if is == known && (o.sensitive.holds(name) || o.secrets.hold(text)) {
		return "", sensitive
	}
	return text, is
}

// hiddenText is text for what judges, and does not tell: what is sensitive counts as known.
func (o *object) hiddenText(name string) (string, knowledge) {
	value := o.values[name]
	text, isText := value.(string)
	switch {
	case o.unknown.holds(name):
		return "", unknown
	case !isText && value != nil:
		return "", malformed
	}
	return text, known
}

// Text is text for where an unknown value and none come to the same.
func (o *object) Text(name string) string {
	text, _ := o.text(name)
	return text
}

// id returns an attribute that has the id of somebody; empty where it does not.
func (o *object) id(name string) string {
	if id, _ := o.hiddenText(name); access.IsID(id) {
		return strings.ToLower(id)
	}
	return ""
}

// ids returns the known ones of an attribute with the ids of several, and whether the object
// has such an attribute at all.
func (o *object) ids(name string) (ids []string, has bool) {
	elements, has := o.values[name].([]any)
	for _, element := range elements {
		if id, ok := element.(string); ok && access.IsID(id) {
			ids = append(ids, strings.ToLower(id))
		}
	}
	return ids, has
}

// texts returns the known elements of a set or list of texts, and whether there are
// others.
func (o *object) texts(name string) ([]string, knowledge) {
	if o.sensitive.holds(name) {
		return nil, sensitive
	}
	all, is := o.hiddenTexts(name)
	var texts []string
	for _, text := range all {
		if o.secrets.hold(text) {
			is = sensitive
		} else {
			texts = append(texts, text)
		}
	}
	return texts, is
}

// hiddenTexts is texts for what judges, and does not tell.
func (o *object) hiddenTexts(name string) ([]string, knowledge) {
	is := known
	elements, isList := o.values[name].([]any)
	switch {
	case o.unknown.holds(name):
		is = unknown
	case !isList:
		return nil, malformed
	}
	var texts []string
	for _, element := range elements {
		if text, ok := element.(string); ok {
			texts = append(texts, text)
		} else if is == known {
			is = malformed
		}
	}
	return texts, is
}

// isElementSensitive tells whether an element of a list may not be shown.
func (o *object) isElementSensitive(name string, element string) bool {
	marks, isList := o.sensitive.at(name).([]any)
	if !isList {
		return o.sensitive.holds(name)
	}
	elements, _ := o.values[name].([]any)
	for i, one := range elements {
		if one == element {
			return len(marks) != len(elements) && holdsTrue(marks) || i < len(marks) && holdsTrue(marks[i])
		}
	}
	return holdsTrue(marks)
}

// Boolean returns nil for null and what is not known.
func (o *object) Boolean(name string) *bool {
	if value, ok := o.values[name].(bool); ok && !o.sensitive.holds(name) && !o.unknown.holds(name) {
		return &value
	}
	return nil
}

// role returns the role that an attribute tells; the empty one where it does not, or cannot be
// read. Null is what the provider writes for a role that is none.
func (o *object) role() access.Role {
	if o.isNull(attributeRole) {
		return access.RoleUnstated
	}
	return access.Role(o.Text(attributeRole))
}

// isNull tells whether an attribute is known to be null.
func (o *object) isNull(name string) bool {
	value, has := o.values[name]
	return has && value == nil && o.knows(name) == known
}

// is tells whether an attribute is known to be true.
func (o *object) is(name string) bool {
	value := o.Boolean(name)
	return value != nil && *value
}

// Integer returns nil for null and what is not known.
func (o *object) Integer(name string) *int64 {
	value, ok := o.values[name].(float64)
	if !ok || o.sensitive.holds(name) {
		return nil
	}
	integer := int64(value)
	return &integer
}

// objects returns the elements of a list of nested objects.
func (o *object) objects(name string) []*object {
	marks, _ := o.sensitive.at(name).([]any)
	elements, _ := o.values[name].([]any)
	var found []*object
	for i, element := range elements {
		if nested := newObject(element, nil, elementMark(o.sensitive.at(name), marks, i)); nested != nil {
			nested.secrets = o.secrets
			found = append(found, nested)
		}
	}
	return found
}

// holdsTrue tells whether a mirror says so of the value or of anything in it.
func holdsTrue(mirror any) bool {
	switch mirror := mirror.(type) {
	case bool:
		return mirror
	case []any:
		for _, element := range mirror {
			if holdsTrue(element) {
				return true
			}
		}
	case map[string]any:
		for _, element := range mirror {
			if holdsTrue(element) {
				return true
			}
		}
	}
	return false
}

func elementMark(mark any, marks []any, i int) any {
	switch {
	case mark == true:
		return true
	case i < len(marks):
		return marks[i]
	}
	return nil
}

// secrets are the folded references of those whose name is marked as sensitive where a
// resource or a data source describes them. Terraform does not mark what a provider makes of
// that: the reference that has a sensitive e-mail address in it is not marked itself. What
// else is marked is a secret where it is marked, and nowhere else.
type secrets map[access.Reference]bool

// hold tells whether the text is a reference to somebody whose name is sensitive.
func (s secrets) hold(text string) bool {
	if len(s) == 0 {
		return false
	}
	kind, key, _ := strings.Cut(text, ":")
	return s[access.Reference{Kind: access.Kind(kind), Key: key}.Folded()]
}

// areIn tells whether a text has a secret in it.
func (s secrets) areIn(text string) bool {
	for secret := range s {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret.Key)) {
			return true
		}
	}
	return false
}

// collect adds whom an object describes, and tells whether it marks the name.
func (s secrets) collect(kind access.Kind, o *object) bool {
	natural := naturalKey(kind)
	if !o.sensitive.holds(natural) && !o.sensitive.holds(attributeMember) {
		return false
	}
	for _, name := range []string{natural, attributeAccountEmail} {
		if key, is := o.hiddenText(name); is == known && key != "" {
			s[access.Reference{Kind: kind, Key: key}.Folded()] = true
		}
	}
	if member, is := o.hiddenText(attributeMember); is == known && member != "" {
		kind, key, _ := strings.Cut(member, ":")
		s[access.Reference{Kind: access.Kind(kind), Key: key}.Folded()] = true
	}
	return true
}

const attributeMember = "member"

// naturalKey is the attribute that has what references name somebody by.
func naturalKey(kind access.Kind) string {
	if kind == access.KindUser {
		return attributeEmail
	}
	return attributeName
}
