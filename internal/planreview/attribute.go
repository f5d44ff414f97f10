package planreview

import (
	"regexp"
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
)

func (k knowledge) String() string {
	return [...]string{"known", "known after apply", "sensitive, and so not shown"}[k]
}

// An object holds the attributes of a resource, before or after. A nil one does not
// exist.
type object struct {
	values map[string]any
	// unknown and sensitive mirror the values, with true in place of each that is so.
	unknown, sensitive map[string]any
	secrets            secrets
}

func newObject(values, unknown, sensitive any) *object {
	attributes, ok := values.(map[string]any)
	if !ok {
		return nil
	}
	o := &object{values: attributes}
	o.unknown, _ = unknown.(map[string]any)
	o.sensitive, _ = sensitive.(map[string]any)
	return o
}

// text returns a text attribute; null is empty.
func (o *object) text(name string) (string, knowledge) {
	switch {
	case holdsTrue(o.sensitive[name]):
		return "", sensitive
	case holdsTrue(o.unknown[name]):
		return "", unknown
	}
	text, _ := o.values[name].(string)
	if o.secrets.hold(text) {
		return "", sensitive
	}
	return text, known
}

// Text is text for where an unknown value and none come to the same.
func (o *object) Text(name string) string {
	text, _ := o.text(name)
	return text
}

// texts returns the known elements of a set or list of texts, and whether there are
// others.
func (o *object) texts(name string) ([]string, knowledge) {
	if holdsTrue(o.sensitive[name]) {
		return nil, sensitive
	}
	is := known
	if holdsTrue(o.unknown[name]) {
		is = unknown
	}
	var texts []string
	elements, _ := o.values[name].([]any)
	for _, element := range elements {
		switch text, ok := element.(string); {
		case !ok:
		case o.secrets.hold(text):
			is = sensitive
		default:
			texts = append(texts, text)
		}
	}
	return texts, is
}

// Boolean returns nil for null and what is not known.
func (o *object) Boolean(name string) *bool {
	if value, ok := o.values[name].(bool); ok && !holdsTrue(o.sensitive[name]) {
		return &value
	}
	return nil
}

// role returns the role that an attribute tells; the empty one where it does not. Null
// is what the provider writes for a role that is none.
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
	if !ok || holdsTrue(o.sensitive[name]) {
		return nil
	}
	integer := int64(value)
	return &integer
}

// objects returns the elements of a list of nested objects.
func (o *object) objects(name string) []*object {
	if holdsTrue(o.sensitive[name]) {
		return nil
	}
	elements, _ := o.values[name].([]any)
	var found []*object
	for _, element := range elements {
		if nested := newObject(element, nil, nil); nested != nil {
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

// secrets are all texts that are marked as sensitive anywhere. Terraform does not
// mark what a provider makes of them: the reference that has a sensitive e-mail
// address in it is not marked itself.
type secrets map[string]bool

// hold tells whether the text is a secret, or a reference to one.
func (s secrets) hold(text string) bool {
	if len(s) == 0 {
		return false
	}
	_, key, _ := strings.Cut(text, ":")
	return s[strings.ToLower(text)] || s[strings.ToLower(key)]
}

// areIn tells whether a text has a secret in it.
func (s secrets) areIn(text string) bool {
	for secret := range s {
		if strings.Contains(strings.ToLower(text), secret) {
			return true
		}
	}
	return false
}

// hide takes the secrets out of a text.
func (s secrets) hide(text string) string {
	if !s.areIn(text) {
		return text
	}
	for _, secret := range sortedKeys(s) {
		text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(secret)).ReplaceAllLiteralString(text, "(sensitive)")
	}
	return text
}

// collect adds every text below a mark.
func (s secrets) collect(value, mark any) {
	switch value := value.(type) {
	case string:
		if mark == true && value != "" {
			s[strings.ToLower(value)] = true
		}
	case []any:
		marks, _ := mark.([]any)
		for i, element := range value {
			s.collect(element, elementMark(mark, marks, i))
		}
	case map[string]any:
		marks, _ := mark.(map[string]any)
		for name, element := range value {
			if mark == true {
				s.collect(element, true)
			} else {
				s.collect(element, marks[name])
			}
		}
	}
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
