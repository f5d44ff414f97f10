package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// events tells what the filters found since the day of the attestation.
func (r *reviewer) events() {
	attested := r.stated.Attestation
	if attested == nil {
		told := "Nobody has attested, so nothing can be compared in time"
		if len(r.stated.Filters) > 0 {
			told += ", and no event was asked for"
		}
		r.Gap("%s.", told)
		return
	}
	for _, search := range r.live.Searches {
		if search.Gap != "" {
			r.Gap("The filter %q: %s", search.Name, search.Gap)
		}
		dated, timeless := search.Since(attested.On)
		switch {
		case len(dated)+len(timeless) > 0:
			r.Find(RuleEvents, search.Name, "%s", search.tell(attested, dated, timeless))
		case !search.Whole && search.Gap == "":
			r.Gap("The filter %q finds more events than were read, and those that were read are from before %s: the others may be since.", search.Name, attested.On)
		}
	}
}

// Since returns the events from the beginning of a day on, in the order of time, and those whose time
// is not known.
func (s Search) Since(day baseline.Day) (dated, timeless []Event) {
	for _, event := range s.Events {
		switch {
		case event.At.IsZero():
			timeless = append(timeless, event)
		case baseline.DayOf(event.At) >= day:
			dated = append(dated, event)
		}
	}
	slices.SortStableFunc(dated, func(a, b Event) int { return a.At.Compare(b.At) })
	return dated, timeless
}

func (s Search) tell(attested *baseline.Attestation, dated, timeless []Event) string {
	atLeast := ""
	if !s.Whole {
		atLeast = "at least "
	}
	sentences := []string{fmt.Sprintf("The filter %q finds %s%s on or after %s, when %s looked",
		s.Name, atLeast, review.Count(len(dated)+len(timeless), "event"), attested.On, attested.By)}
	switch {
	case len(dated) == 0:
	case s.Whole:
		sentences = append(sentences, fmt.Sprintf("The first is of %s, the last of %s", dated[0].Time(), dated[len(dated)-1].Time()))
	default: // The newest are those that were read.
		sentences = append(sentences, "The last is of "+dated[len(dated)-1].Time())
	}
	if len(timeless) > 0 {
		sentences = append(sentences, fmt.Sprintf("The API tells no time that can be read of %d of them", len(timeless)))
	}
	sentences = append(sentences, users(slices.Concat(dated, timeless)), "Whether they changed access, and whether before or after that look, is not known")
	return strings.Join(sentences, ". ") + "."
}

// Time spells when the event was, in UTC.
func (e Event) Time() string { return e.At.UTC().Format(time.RFC3339) }

// users tells the ids of users that events have, and how often.
func users(events []Event) string {
	count, ids := map[string]int{}, []string{}
	for _, event := range events {
		if event.UserID != "" {
			if count[event.UserID]++; count[event.UserID] == 1 {
				ids = append(ids, event.UserID)
			}
		}
	}
	if len(ids) == 0 {
		return "The API tells no userId of them"
	}
	slices.Sort(ids)
	for i, id := range ids {
		ids[i] = fmt.Sprintf("%q (%d)", id, count[id])
	}
	return "The userId is " + review.SpellFew(ids, "other", "others") + "; whether that is who acted is not documented"
}
