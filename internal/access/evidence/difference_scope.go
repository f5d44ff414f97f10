package evidence

import (
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The filters of a report that restrict knows how to apply to another one. Beside them stand
// those of places, by kind.
const (
	filterPrincipals  = "principals"
	filterPermissions = "permissions"
)

// restrict leaves the accesses that both reports would show. Where the principals are filtered
// otherwise, nobody can tell which these are: who stands behind a group is in no report.
func (c *comparison) restrict() {
	earlier, later := c.Old.Head.Filters, c.New.Head.Filters
	shown := func(map[string][]string, *Access) bool { return true }
	if !sameFilters(earlier, later) {
		c.isFilteredOtherwise = true
		c.gap("the reports show different parts: the old one %s, and the new one %s.", SpellFilters(earlier), SpellFilters(later))
		if !slices.Equal(sorted(earlier[filterPrincipals]), sorted(later[filterPrincipals])) {
			c.isApart = true
			c.gap("the reports show different principals; nothing is said of who gained and lost, nor of findings.")
			return
		}
		shown = c.shows
	}
	c.had, c.has = index{map[placed]*Access{}, c.sites.now}, index{map[placed]*Access{}, inNew}
	for _, side := range []struct {
		report  *Report
		filters map[string][]string
		index   index
	}{{c.Old, later, c.had}, {c.New, earlier, c.has}} {
		for i := range side.report.Access {
			if row := &side.report.Access[i]; shown(side.filters, row) {
				side.index.rows[placed{row.ID, row.Permission, side.index.site(row.Place)}] = row
			}
		}
	}
	c.leaveOutUnread("old", c.Old, c.had, c.has)
	c.leaveOutUnread("new", c.New, c.has, c.had)
}

func sameFilters(a, b map[string][]string) bool {
	names := map[string]bool{}
	for _, filters := range []map[string][]string{a, b} {
		for name := range filters {
			names[name] = true
		}
	}
	for name := range names {
		if !slices.Equal(sorted(a[name]), sorted(b[name])) {
			return false
		}
	}
	return true
}

// SpellFilters says of what part of an organization a report is.
func SpellFilters(filters map[string][]string) string {
	var spelled []string
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if values := filters[name]; len(values) > 0 {
			spelled = append(spelled, strings.ReplaceAll(name, "_", " ")+" "+strings.Join(values, ", "))
		}
	}
	if len(spelled) == 0 {
		return "everything"
	}
	return strings.Join(spelled, "; ")
}

// shows tells whether a report with the filters would show the access, as far as they are about
// places and permissions.
func (c *comparison) shows(filters map[string][]string, row *Access) bool {
	wanted := filters[filterPermissions]
	return (len(wanted) == 0 || slices.Contains(wanted, row.Permission.String())) && c.showsPlace(filters, row.Place)
}

// showsPlace applies the filters of each kind of places, which are called by the plural of their
// keys.
func (c *comparison) showsPlace(filters map[string][]string, place access.Place) bool {
	for _, kind := range c.vocabulary.Places {
		wanted := filters[strings.ReplaceAll(kind.Plural, " ", "_")]
		isWanted := slices.ContainsFunc(place.Enclosing(), func(outer access.Place) bool {
			return c.vocabulary.KindAt(outer) == kind.Key && slices.ContainsFunc(wanted, func(text string) bool {
				return text == outer.String() || text == outer.Slug(outer.Depth()-1)
			})
		})
		if len(wanted) > 0 && !isWanted {
			return false
		}
	}
	return true
}
