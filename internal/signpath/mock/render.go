package mock

import (
	"encoding/json"
	"maps"
	"net/http"
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
	front        *front // nil where the default dialect is rendered
	base         string // URL of the organization's resources, without a trailing slash
	organization *organization
}

// readTemplates are where the things that links lead to are read in the default dialect.
var readTemplates = map[thing]string{
	thingUser: userTemplate(kindInteractiveUser), thingCIUser: userTemplate(kindCIUser), thingGroup: groupTemplate,
	thingProject: projectTemplate, thingPolicy: policyTemplate,
}

// linkOf returns the URL of a thing, by the variables of the route that reads it, or of what is below it.
func (r renderer) linkOf(t thing, variables ...string) string {
	template := readTemplates[t]
	if r.front != nil {
		_, template, _ = r.front.route(t, callRead, http.MethodGet, template)
	}
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i], variables = variables[0], variables[1:]
		}
		segments[i] = url.PathEscape(segments[i])
	}
	for _, below := range variables {
		segments = append(segments, url.PathEscape(below))
	}
	return r.base + strings.Join(segments, "/")
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
