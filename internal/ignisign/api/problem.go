package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// The codes of errors that the client knows (observed). There are some 400; the others are shown as they are.
const (
	// codeFeatureForbidden comes with status 403 since 2026-09-30 (documented).
	codeFeatureForbidden = "ORGANIZATION_FEATURE_FORBIDDEN"
)

// readProblem reads the body of a refusal: message, code and context are documented, and that the
// message can be an object is observed. The code is the title. A stack, which may be present
// (observed), is shown nowhere.
func readProblem(body []byte) httpapi.Problem {
	var properties map[string]any
	if json.Unmarshal(body, &properties) != nil {
		if bytes.Contains(body, []byte(`"stack"`)) {
			return httpapi.Problem{Detail: "(its body is not the JSON that was expected)"}
		}
		return httpapi.Problem{}
	}
	withoutStacks(properties)
	problem := httpapi.Problem{Title: asText(properties["code"]), Detail: asText(properties["message"])}
	if problem.Title == "" && problem.Detail == "" {
		return httpapi.Problem{Detail: asText(properties)}
	}
	details, isObject := properties["context"].(map[string]any)
	switch {
	case properties["context"] == nil:
	case !isObject:
		problem.Fields = map[string][]string{"": {asText(properties["context"])}}
	default:
		problem.Fields = map[string][]string{}
		for name, value := range details {
			problem.Fields[name] = []string{asText(value)}
		}
		if missing := missingFeatures(details["missing"]); problem.Title == codeFeatureForbidden && missing != "" {
			delete(problem.Fields, "missing")
			problem.Fields[""] = []string{missing}
		}
	}
	return problem
}

// withoutStacks takes the stacks out of a value, wherever they stand in it.
func withoutStacks(value any) {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "stack")
		for _, inner := range value {
			withoutStacks(inner)
		}
	case []any:
		for _, inner := range value {
			withoutStacks(inner)
		}
	}
}

// asText returns a text as it is, nothing as an empty one, and anything else as JSON.
func asText(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // It was decoded from JSON.
	return strings.TrimSpace(encoded.String())
}

// missingFeatures spells out context.missing, a list of features with their claims (documented);
// empty if it is something else.
func missingFeatures(value any) string {
	list, _ := value.([]any)
	var features []string
	for _, item := range list {
		properties, _ := item.(map[string]any)
		feature := asText(properties["feature"])
		if feature == "" {
			return ""
		}
		features = append(features, feature+claimsOf(properties["claims"]))
	}
	if len(features) == 0 {
		return ""
	}
	return "The organization may not use " + strings.Join(features, " and ") + ". Another key does not help: what an organization may use is settled with IgniSign."
}

func claimsOf(value any) string {
	var claims []string
	switch value := value.(type) {
	case []any:
		for _, claim := range value {
			claims = append(claims, asText(claim))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			claims = append(claims, name+"="+asText(value[name]))
		}
	default:
		claims = append(claims, asText(value))
	}
	claims = slices.DeleteFunc(claims, func(claim string) bool { return claim == "" })
	if len(claims) == 0 {
		return ""
	}
	return fmt.Sprintf(" (claims %s)", strings.Join(claims, ", "))
}
