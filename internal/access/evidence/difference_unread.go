package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// leaveOutUnread leaves out of one report what the other one, which is incomplete, would not show: that
// it is not there says nothing.
func (c *comparison) leaveOutUnread(side string, incomplete *Report, its, others index) {
	if len(incomplete.Head.Gaps) == 0 {
		return
	}
	ways, where := map[string]bool{}, map[string]bool{}
	leave := func(h Holding) { ways[h.Way], where[h.Place.String()] = true, true }
	for at, row := range its.rows {
		if incomplete.NotRead.Accounts && row.Status == "" { // It may be anybody, also a group.
			for _, h := range row.Reasons {
				leave(h)
			}
			delete(its.rows, at)
			delete(others.rows, at)
		}
	}
	for at, row := range others.rows {
		same := its.rows[at]
		told := slices.DeleteFunc(slices.Clone(row.Reasons), func(h Holding) bool {
			isThere := same != nil && slices.ContainsFunc(same.Reasons, func(other Holding) bool { return other.Way == h.Way })
			isUntold := !isThere && !incomplete.tells(h)
			if isUntold {
				leave(h)
			}
			return isUntold
		})
		switch {
		case len(told) == len(row.Reasons):
		case len(told) > 0:
			part := *row
			part.Reasons = told
			others.rows[at] = &part
		default:
			delete(others.rows, at)
			delete(its.rows, at)
		}
	}
	if len(ways) > 0 {
		c.gap("the %s report does not show all that the other one does: nothing is said of %s in %s.", side, text.Counted(len(ways), "way of access", "ways of access"), spellSome(where))
	}
}

// spellSome names the first of many.
func spellSome(names map[string]bool) string {
	const most = 10
	all := slices.Sorted(maps.Keys(names))
	if len(all) > most {
		return fmt.Sprintf("%s and %d more places", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// tells tells whether the report would show a way if it were there.
func (r *Report) tells(h Holding) bool {
	return r.tellsPlace(h.Place) && (len(h.Via) == 0 || !r.NotRead.Accounts) &&
		!slices.ContainsFunc(h.Via, func(group Subject) bool { return slices.Contains(r.NotRead.Groups, group.ID) })
}

// tellsPlace tells whether the report would show a place, and who has something there. Of the
// organization, it shows roles for as long as it shows all accounts.
func (r *Report) tellsPlace(place access.Place) bool {
	switch {
	case len(r.Head.Gaps) == 0:
		return true
	case place == (access.Place{}):
		return !r.NotRead.Accounts
	}
	return slices.ContainsFunc(r.Settings, func(s Settings) bool { return s.Place == place }) && !slices.Contains(r.NotRead.Places, place)
}
