package planreview

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The attributes by which a token rotates, and those that say who can open it.
const (
	attributeGeneratedAt = "generated_at"
	attributeRotateAfter = "rotate_after"
	attributeRotateEarly = "rotate_early"
	attributeRotatesAt   = "rotates_at"

	attributeEncryptionRecipients = "encryption_recipients"
	attributeGitHubRecipients     = "github_recipients"
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
		}
		if i.after == nil || i.forgotten() {
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
	case i.before == nil && i.after.unknown.holds("id") && !i.after.unknown.holds("ci_user"): // The same plan creates the CI user.
		return "an API token of " + name + " is generated"
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
	return strings.Join(append([]string{"the API token of " + name + " is rotated"}, because...), ", ") + "; the one before stops working" + otherForm(i)
}

// otherForm tells where a new token is kept for other keys than the one before, or in the clear.
func otherForm(i *instance) string {
	isInTheClear := func(o *object) bool {
		return o.isNull(attributeEncryptionRecipients) && o.isNull(attributeGitHubRecipients)
	}
	if isInTheClear(i.after) && !isInTheClear(i.before) {
		return "; the new one is in the state in the clear"
	}
	keys := []string{}
	before, after := githubKeys(i.before), githubKeys(i.after)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if key := after[name]; key == "" || key != before[name] {
			keys = append(keys, fmt.Sprintf("%q of %s", name, attributeGitHubRecipients))
		}
	}
	if len(after) == 0 && i.after.unknown.holds(attributeGitHubRecipients) {
		keys = append(keys, attributeGitHubRecipients+", which comes with the apply")
	}
	were, _ := i.before.hiddenTexts(attributeEncryptionRecipients)
	are, is := i.after.hiddenTexts(attributeEncryptionRecipients)
	if added := slices.DeleteFunc(are, func(key string) bool { return slices.Contains(were, key) }); len(added) > 0 || is == unknown {
		keys = append(keys, fmt.Sprintf("%s of %s", map[bool]string{true: "those", false: strconv.Itoa(len(added))}[is == unknown], attributeEncryptionRecipients))
	}
	if len(keys) == 0 {
		return ""
	}
	return "; the new one can be opened with keys that the one before could not: " + strings.Join(keys, ", ")
}

// githubKeys returns the public keys of github_recipients, by name. One that is not known is empty.
func githubKeys(o *object) map[string]string {
	keys := map[string]string{}
	recipients, _ := o.values[attributeGitHubRecipients].(map[string]any)
	for name, recipient := range recipients {
		of, _ := recipient.(map[string]any)
		keys[name], _ = of["key"].(string)
	}
	return keys
}

// isGeneratedAt tells by which attribute the provider lets Terraform replace a token that is due.
func isGeneratedAt(attribute string) bool { return attribute == attributeGeneratedAt }

// becauseDue says by what a token is due that is replaced for that, and since when, if the
// configuration says the same of it as before.
func becauseDue(i *instance) string {
	by := fmt.Sprintf("by rotate_after = %q", i.after.Text(attributeRotateAfter))
	isAsBefore := func(name string) bool { return i.before.Text(name) == i.after.Text(name) }
	if since := i.before.Text(attributeRotatesAt); since != "" && isAsBefore(attributeRotateAfter) && isAsBefore(attributeRotateEarly) {
		return fmt.Sprintf("because %s it has been due since %s", by, since)
	}
	return "because it is due " + by
}
