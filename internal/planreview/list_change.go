package planreview

import (
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A ListChange says who comes onto one access list and who leaves it, also through
// groups, and which entries it then has.
type ListChange struct {
	// List is the plural of the list: "approvers".
	List          string   `json:"list"`
	Project       string   `json:"project,omitempty"`
	SigningPolicy string   `json:"signingPolicy,omitempty"`
	Group         string   `json:"group,omitempty"`
	Gains         []string `json:"gains"`
	Loses         []string `json:"loses"`
	// Entries are those after the apply.
	Entries []string `json:"entries"`
	// Complete is false where there may be more entries than the plan knows.
	Complete bool `json:"complete"`
	// BeforeComplete is the same of the entries before. Where it is false and
	// Complete is true, the apply may take more off the list than Loses says.
	BeforeComplete bool `json:"beforeComplete"`
}

// Place spells where the list is: "acme/release-signing", or the group.
func (c ListChange) Place() string {
	if c.Group != "" {
		return c.Group
	}
	return review.Place{Project: c.Project, SigningPolicy: c.SigningPolicy}.String()
}

// String tells the change in a sentence without a full stop.
func (c ListChange) String() string {
	text := c.List + " of " + c.Place() + ": "
	if len(c.Gains) > 0 {
		text += "gains " + strings.Join(c.Gains, ", ") + "; "
	}
	if len(c.Loses) > 0 {
		text += "loses " + strings.Join(c.Loses, ", ") + "; "
	}
	text += "then has "
	switch {
	case len(c.Entries) == 0 && c.Complete:
		text += "no entry"
	case len(c.Entries) == 0:
		text += "what this plan does not know"
	default:
		text += strings.Join(c.Entries, ", ")
		if !c.Complete {
			text += ", and whoever else is on it"
		}
	}
	if c.Complete && !c.BeforeComplete {
		text += "; who else was on it before, which this plan does not tell, is taken off"
	}
	return text
}

// listChanges returns the lists of which an entry changes.
func (m *model) listChanges() []ListChange {
	earlier, later := m.lists[before].known, m.lists[after].known
	all := maps.Clone(earlier)
	maps.Copy(all, later)
	found := []ListChange{}
	var entries []review.ListEntries
	for _, key := range slices.SortedFunc(maps.Keys(all), compareLists) {
		had, has := earlier[key], later[key]
		if had == nil && m.lists[after].created[key] {
			had = &entryList{complete: true}
		}
		if differs(had, has) {
			// A principal that is renamed stays the same entry.
			change := review.ListEntries{Before: m.people[after].entriesOf(had), After: m.people[after].entriesOf(has)}
			entries = append(entries, change)
			found = append(found, m.listChange(key, change))
		}
	}
	for i, change := range review.ChangesOfLists(m.orgs[after], entries) {
		found[i].Gains, found[i].Loses = access.Spell(change.Gains), access.Spell(change.Loses)
	}
	return found
}

func differs(had, has *entryList) bool {
	if had == nil || has == nil {
		return (had == nil) != (has == nil)
	}
	same := func(_, _ access.Reference) bool { return true }
	return had.complete != has.complete || !maps.EqualFunc(had.entries, has.entries, same)
}

// listChange tells of a list what its entries tell.
func (m *model) listChange(key listKey, entries review.ListEntries) ListChange {
	c := ListChange{
		List: key.list, Project: key.project, SigningPolicy: key.policy,
		Entries:  access.Spell(entries.After.References),
		Complete: !entries.After.Incomplete, BeforeComplete: !entries.Before.Incomplete,
	}
	if key.group != "" {
		c.Group = m.group(after, key).String()
	}
	slices.Sort(c.Entries)
	return c
}
