package planreview

import (
	"fmt"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Access that is granted until a day: a role assignment, or one entry of a list. The refresh finds
// that the day has passed, and the plan takes the access; the resource stays.

// The attributes of such a resource.
const (
	attributeValidUntil = "valid_until"
	attributeEnded      = "ended"
	attributeGranted    = "granted"
)

// EndsSoonWithin is how long before its last day access is told to end soon.
const EndsSoonWithin = 14 * 24 * time.Hour

// grants tells whether there is what the object stands for: not where it has ended by its day.
func (o *object) grants() bool {
	granted := o.Boolean(attributeGranted)
	return granted == nil || *granted
}

// hasDay tells whether what the object grants has a last day, or may have.
func (o *object) hasDay() bool {
	return o != nil && (o.values[attributeValidUntil] != nil || o.unknown.holds(attributeValidUntil))
}

// lastDay returns the last day of what an object grants; ok is false where it has none, or none that
// is known.
func (o *object) lastDay() (day time.Time, ok bool) {
	text := o.Text(attributeValidUntil)
	for _, form := range []string{time.DateOnly, time.RFC3339} { // YAML makes the second of the first.
		if day, err := time.Parse(form, text); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// becauseEnded says why an instance takes access, where that is because its day has passed.
func (i *instance) becauseEnded() string {
	if i.before == nil || i.after == nil || !i.before.grants() || i.after.grants() {
		return ""
	}
	return fmt.Sprintf(", because valid_until %s has passed", spellDay(i.after))
}

func spellDay(o *object) string {
	if day, ok := o.lastDay(); ok {
		return day.Format(time.DateOnly)
	}
	if o.isNull(attributeValidUntil) {
		return "no day"
	}
	return "a day that is not known"
}

// validityEvents tells what becomes of access that has a last day, or gets one or loses it.
func (m *model) validityEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if sentence := m.validitySentence(i); sentence != "" {
			found = append(found, Event{Address: i.address, Subject: m.subjectOf(i), Sentence: sentence})
		}
	}
	return found
}

func (m *model) validitySentence(i *instance) string {
	if i.of != nil || i.forgotten() || i.after == nil || !i.before.hasDay() && !i.after.hasDay() {
		return ""
	}
	switch {
	case i.creates():
		return fmt.Sprintf("%s is granted until %s", m.thing(i), spellDay(i.after))
	case i.becauseEnded() != "":
		return fmt.Sprintf("%s loses %s%s", m.subjectOf(i), m.given(i), i.becauseEnded())
	case i.after.is(attributeEnded) && i.after.grants():
		return fmt.Sprintf("%s has not ended, though valid_until %s has passed: the plan says why", m.thing(i), spellDay(i.after))
	case !i.before.grants() && i.after.grants():
		return fmt.Sprintf("%s, which has ended, is given back until %s", m.thing(i), spellDay(i.after))
	case i.differs(attributeValidUntil) && spellDay(i.before) != spellDay(i.after):
		return fmt.Sprintf("the last day of %s changes from %s to %s", m.thing(i), spellDay(i.before), spellDay(i.after))
	}
	return ""
}

// given names what somebody has by an instance.
func (m *model) given(i *instance) string {
	if i.list == nil {
		return "the global role " + m.plan.vocabulary.Title(i.before.role())
	}
	if key, ok := m.lists[before].place(i.list, i.before); ok {
		return "the entry among the " + m.spellList(key)
	}
	return "an entry"
}

// endsSoon tells what ends within two weeks from then on, or should have by now.
func (m *model) endsSoon(now time.Time) []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.of != nil || i.after == nil || i.forgotten() || !i.after.grants() || i.after.is(attributeEnded) {
			continue
		}
		day, ok := i.after.lastDay()
		if !ok || day.Sub(now) > EndsSoonWithin {
			continue
		}
		sentence := fmt.Sprintf("%s ends after %s, %s", m.thing(i), spellDay(i.after), inDays(now, day))
		if !now.Before(day.AddDate(0, 0, 1)) {
			sentence = fmt.Sprintf("valid_until %s of %s has passed: the next plan with a refresh ends it", spellDay(i.after), m.thing(i))
		}
		found = append(found, Event{Address: i.address, Subject: m.subjectOf(i), Sentence: sentence})
	}
	return found
}

// inDays counts the days until a day, UTC.
func inDays(now, day time.Time) string {
	today, _ := time.Parse(time.DateOnly, now.UTC().Format(time.DateOnly))
	switch days := int(day.Sub(today).Hours() / 24); days {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}

// driftOfGrant tells that somebody took by hand what was granted until a day, or gave it again.
func driftOfGrant(i *instance, vocabulary *access.Vocabulary) DriftChange {
	isGiven := i.after.grants()
	if i.list != nil {
		member, is := i.after.text(attributeMember)
		if is != known {
			return unshown(i, attributeMember)
		}
		return onList(i).OfMember(map[bool]DriftKind{true: DriftAdded, false: DriftRemoved}[isGiven], member)
	}
	if !isGiven {
		return roleGone(i, vocabulary)
	}
	c := about(i, DriftChanged, fmt.Sprintf("%s was given the global role %s, which had ended", i.subject(), vocabulary.Title(i.after.role())))
	c.Attribute, c.Before, c.After = attributeRole, string(vocabulary.Least), i.after.Text(attributeRole)
	return c
}
