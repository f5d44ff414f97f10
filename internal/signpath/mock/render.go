package mock

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"
)

// object is a JSON object.
type object map[string]any

// foreignBase is where links point to with Dialect.ForeignLinks.
const foreignBase = "https://signpath.internal.example.com/Api/v1/"

// renderer writes objects of the organization in a dialect.
type renderer struct {
	dialect      Dialect
	base         string // URL of the organization's resources, without a trailing slash
	organization *organization
}

// link returns the URL of a resource, given by its path segments below the organization.
func (r renderer) link(segments ...string) string {
	var link strings.Builder
	link.WriteString(r.base)
	for _, segment := range segments {
		link.WriteString("/" + url.PathEscape(segment))
	}
	return link.String()
}

// wrap renders a list under its name, or bare.
func (r renderer) wrap(name string, items []object) any {
	if r.dialect.WrappedLists {
		return object{name: items}
	}
	return items
}

// summarize leaves only what a list item has in the dialect.
func (r renderer) summarize(item object) object {
	if !r.dialect.SummaryLists {
		return item
	}
	summary := maps.Clone(item)
	maps.DeleteFunc(summary, func(name string, _ any) bool {
		return name != propID && name != propLink && name != propName && name != propSlug
	})
	return summary
}

// nullable renders an absent text as null.
func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// encode marshals what was built of JSON values and so can't fail.
func encode(value any) json.RawMessage {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic("mock: unrenderable value: " + err.Error())
	}
	return encoded
}
