package planreview

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The attributes by which a token rotates.
const (
	attributeGeneratedAt = "generated_at"
	attributeRotateAfter = "rotate_after"
	attributeRotatesAt   = "rotates_at"
)

// tokenEvents tells which API tokens stop working, and in one sentence which are due for
// rotation at a time and stay.
func (m *model) tokenEvents(now time.Time) []Event {
	found, held, first := []Event{}, []string{}, ""
	for _, i := range m.plan.managed {
		if i.kind != "ci_user_token" {
			continue
		}
		name := m.subjectOf(i)
		if i.changes() || i.after == nil {
			found = append(found, Event{Address: i.address, Subject: name, Sentence: tokenSentence(i, name)})
			continue
		}
		if since := timeOf(i.after, attributeRotatesAt); since != nil && !since.After(now) {
			if len(held) == 0 {
				first = i.address
			}
			held = append(held, fmt.Sprintf("%s, since %s", name, since.Format(time.RFC3339)))
		}
	}
	if len(held) > 0 {
		found = append(found, Event{Address: first, Sentence: fmt.Sprintf("due for rotation, and left as %s by this plan: %s",
			map[bool]string{true: "it is", false: "they are"}[len(held) == 1], strings.Join(held, "; "))})
	}
	return found
}

func tokenSentence(i *instance, name string) string {
	switch {
	case i.after == nil || i.forgotten():
		return "the API token of " + name + " is not revoked; Terraform forgets it"
	case i.before == nil:
		return "an API token of " + name + " is generated; one that it has stops working"
	case !i.actions.Replace():
		return "the settings of the API token of " + name + " change; the token stays"
	}
	because := []string{}
	if others := slices.DeleteFunc(slices.Clone(i.replacedBy), isGeneratedAt); len(others) > 0 {
		because = append(because, "because of "+strings.Join(others, ", "))
	}
	if slices.ContainsFunc(i.replacedBy, isGeneratedAt) {
		because = append(because, becauseDue(i))
	}
	return strings.Join(append([]string{"the API token of " + name + " is rotated"}, because...), ", ") + "; the one before stops working"
}

// isGeneratedAt tells by which attribute the provider lets Terraform replace a token that is due.
func isGeneratedAt(attribute string) bool { return attribute == attributeGeneratedAt }

// becauseDue says by what, and since when, a token is due that is replaced for that.
func becauseDue(i *instance) string {
	by := fmt.Sprintf("by rotate_after = %q", i.after.Text(attributeRotateAfter))
	if since := i.before.Text(attributeRotatesAt); since != "" {
		return fmt.Sprintf("because %s it has been due since %s", by, since)
	}
	return "because it is due " + by
}
