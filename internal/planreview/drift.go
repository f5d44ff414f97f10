package planreview

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// driftOf tells what the refresh found to be changed outside Terraform.
func driftOf(plan *tfjson.Plan) []Event {
	found := []Event{}
	hidden := secretsOf(plan)
	for _, change := range plan.ResourceDrift {
		if !isOurs(change.Type) || change.Change == nil || change.Mode == tfjson.DataResourceMode {
			continue
		}
		i := ordered(map[string]*instance{"": instanceOfChange(change)}, hidden)[0]
		for _, sentence := range driftSentences(i) {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: sentence})
		}
	}
	return found
}

func driftSentences(i *instance) []string {
	if i.before == nil || i.after == nil {
		return []string{i.address + ": is gone"}
	}
	var found []string
	for _, name := range sortedKeys(i.before.values) {
		switch {
		case !i.differs(name):
		case i.before.knows(name) != known || i.after.knows(name) != known:
			found = append(found, fmt.Sprintf("%s: %s changed", i.address, name))
		case name == "members":
			found = append(found, i.address+": "+membersDrift(i))
		default:
			found = append(found, fmt.Sprintf("%s: %s changed%s", i.address, name, fromTo(i, name)))
		}
	}
	return found
}

func membersDrift(i *instance) string {
	had, _ := i.before.texts("members")
	has, _ := i.after.texts("members")
	var parts []string
	if came := without(has, had); len(came) > 0 {
		parts = append(parts, strings.Join(came, ", ")+" came onto the list")
	}
	if left := without(had, has); len(left) > 0 {
		parts = append(parts, strings.Join(left, ", ")+" left it")
	}
	return strings.Join(parts, "; ")
}

func without(texts, others []string) []string {
	excluded := map[string]bool{}
	for _, other := range others {
		excluded[other] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return excluded[text] })
}

// fromTo spells simple values only: maps and lists are the plan's to show.
func fromTo(i *instance, name string) string {
	was, is := i.before.values[name], i.after.values[name]
	for _, value := range []any{was, is} {
		switch value.(type) {
		case string, bool, nil:
		default:
			return ""
		}
	}
	return fmt.Sprintf(" from %s to %s", spellValue(was), spellValue(is))
}

func spellValue(value any) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(value)
}
