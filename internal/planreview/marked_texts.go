package planreview

import (
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// markedTexts are all texts that a plan marks as sensitive anywhere, in lower case. The audit
// log tells them without a mark.
type markedTexts map[string]bool

func markedTextsOf(plan *Plan) markedTexts {
	found := markedTexts{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(plan.Readers.Granting, plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			found.collect(r.AttributeValues, sensitiveValues(r))
		})
	}
	for _, change := range slices.Concat(plan.ResourceChanges, plan.ResourceDrift) {
		if plan.Readers.Granting.owns(change.Type) && change.Change != nil {
			found.collect(change.Change.Before, change.Change.BeforeSensitive)
			found.collect(change.Change.After, change.Change.AfterSensitive)
		}
	}
	return found
}

// hide takes them out of a text.
func (m markedTexts) hide(text string) string {
	for _, marked := range sortedKeys(m) {
		if strings.Contains(strings.ToLower(text), marked) {
			text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(marked)).ReplaceAllLiteralString(text, "(sensitive)")
		}
	}
	return text
}

// collect adds every text below a mark.
func (m markedTexts) collect(value, mark any) {
	switch value := value.(type) {
	case string:
		if mark == true && value != "" {
			m[strings.ToLower(value)] = true
		}
	case []any:
		marks, _ := mark.([]any)
		for i, element := range value {
			m.collect(element, elementMark(mark, marks, i))
		}
	case map[string]any:
		marks := mirror{mark}
		for name, element := range value {
			m.collect(element, marks.at(name))
		}
	}
}
