package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A cell is all that one principal may do at one place.
type cell struct {
	vocabulary *access.Vocabulary

	principal access.Reference
	status    access.Status
	place     access.Place
	reasons   []cellReason
}

// A cellReason is one reason, and what it allows there.
type cellReason struct {
	text string
	// since tells since when, and by whom; empty where the report does not tell it.
	since  string
	place  access.Place
	via    []access.Reference
	rights []cellRight
}

// A cellRight is a permission, and the widest place at which the reason gives it.
type cellRight struct {
	access.Permission
	widest access.Place
}

func (r cellReason) permissions() []access.Permission {
	return each(r.rights, func(right cellRight) access.Permission { return right.Permission })
}

// cells gathers the access by place and principal.
func (r *Report) cells() []*cell {
	type position struct {
		place     access.Place
		principal access.Reference
	}
	var cells []*cell
	at, order := map[position]*cell{}, map[access.Place]int{}
	for _, row := range r.Access {
		if _, seen := order[row.Place]; !seen {
			order[row.Place] = len(order)
		}
		here := position{row.Place, row.Principal}
		if at[here] == nil {
			at[here] = &cell{vocabulary: r.vocabulary(), principal: row.Principal, status: row.Status, place: row.Place}
			cells = append(cells, at[here])
		}
		at[here].add(row, r.sinceOf)
	}
	slices.SortStableFunc(cells, func(a, b *cell) int {
		return cmp.Or(cmp.Compare(order[a.place], order[b.place]), a.principal.Compare(b.principal))
	})
	return cells
}

func (c *cell) add(row review.Access, since func(access.Reference, review.Reason) string) {
	for _, reason := range row.Reasons {
		text := reason.String()
		i := slices.IndexFunc(c.reasons, func(known cellReason) bool { return known.text == text })
		if i < 0 {
			i = len(c.reasons)
			c.reasons = append(c.reasons, cellReason{text: text, since: since(row.Principal, reason), place: reason.Place, via: reason.Via})
		}
		c.reasons[i].rights = append(c.reasons[i].rights, cellRight{row.Permission, reason.Widest})
	}
}

// permissions are what the reasons allow, each once, in order.
func (c *cell) permissions() []access.Permission {
	var all []access.Permission
	for _, reason := range c.reasons {
		all = append(all, reason.permissions()...)
	}
	return c.vocabulary.SortPermissions(all)
}

func (c *cell) why() []string {
	return each(c.reasons, func(reason cellReason) string { return reason.text })
}

func (c *cell) since() []string {
	return each(c.reasons, func(reason cellReason) string { return reason.since })
}

// ownCells are the cells without what is said at a wider place of the report, too:
// an administrator would else stand at every signing policy.
func (r *Report) ownCells() []*cell {
	cells := r.cells()
	for _, c := range cells {
		for i := range c.reasons {
			c.reasons[i].rights = slices.DeleteFunc(c.reasons[i].rights, func(right cellRight) bool { return r.tellsElsewhere(c, right) })
		}
		c.reasons = slices.DeleteFunc(c.reasons, func(reason cellReason) bool { return len(reason.rights) == 0 })
	}
	return slices.DeleteFunc(cells, func(c *cell) bool { return len(c.reasons) == 0 })
}

// tellsHere tells whether something in the cell is told at no wider place of the report.
func (r *Report) tellsHere(c *cell) bool {
	return slices.ContainsFunc(c.reasons, func(reason cellReason) bool {
		return slices.ContainsFunc(reason.rights, func(right cellRight) bool { return !r.tellsElsewhere(c, right) })
	})
}

// tellsElsewhere tells whether the right is told at a wider place of the report.
func (r *Report) tellsElsewhere(c *cell, right cellRight) bool {
	return right.widest != c.place && r.shown.ShowsPlace(right.widest)
}

func spellPermissions(permissions []access.Permission) string {
	return strings.Join(access.Spell(permissions), ", ")
}

// inForce says whether a right can be used now.
func inForce(status access.Status) string {
	switch status {
	case access.StatusActive:
		return "yes"
	case "":
		return "unknown"
	}
	return "no, " + string(status)
}
