package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// others collects what the audit log tells beside the changes of the plan.
type others struct {
	*trail
	stock
	told []telling
	// own counts what whoever applies did to what the plan does not manage, and plain the
	// events that are not about access, by their names.
	own   int
	plain map[string]int
	// untimed counts what would be told if it had a time.
	untimed int
}

type telling struct {
	step
	managed bool
}

// tellOthers tells what the audit log has of what the plan does not manage, or does not show.
func (t *trail) tellOthers() {
	o := &others{trail: t, stock: t.stock(), plain: map[string]int{}}
	chains, order := map[thing][]step{}, []thing{}
	for _, event := range t.events {
		steps := []step{}
		if contract.IsAboutAccess(event.Name) {
			steps = t.steps(event)
		}
		if len(steps) == 0 && !event.Time.Before(t.since) {
			o.plain[event.Name]++
		}
		for _, step := range steps {
			if chains[step.what] == nil {
				order = append(order, step.what)
			}
			chains[step.what] = append(chains[step.what], step)
		}
	}
	for _, what := range order {
		o.judge(chains[what])
	}
	slices.SortStableFunc(o.told, func(a, b telling) int { return a.event.Time.Compare(b.event.Time) })
	for _, told := range o.told {
		change := o.describe(told.step, chains)
		if change.Author = t.authorOf(told.event); change.Author == nil {
			change.Author = &planreview.DriftAuthor{Name: "somebody whom the audit log does not name", Time: told.event.Time, Event: told.event.ID}
		}
		t.report.Tell(told.managed, change)
	}
	o.tellScope()
}

// judge looks at all that happened to one thing, in order.
func (o *others) judge(chain []step) {
	last := chain[len(chain)-1]
	if o.isShown(last) {
		return
	}
	if o.has(last) == notManaged {
		for _, step := range chain {
			o.tellOutside(step)
		}
		return
	}
	// Whatever was before it, Terraform has left the thing as it was to be.
	for i := len(chain) - 1; i >= 0; i-- {
		if o.isOwn(chain[i].event) {
			chain = chain[i+1:]
			break
		}
	}
	o.tellUnseen(chain)
}

func (o *others) tellOutside(step step) {
	switch {
	case o.isOwn(step.event):
		if !step.event.Time.Before(o.since) {
			o.own++
		}
	case !o.cited[step.event.ID] || step.what.attribute != attributeExistence:
		o.tell(step, false)
	}
}

// tellUnseen tells of a managed thing what the plan does not show: that it went another way
// and came back, and that it is not as the plan has it. What only led to where the state is
// was done by whoever took it over into the state.
func (o *others) tellUnseen(chain []step) {
	var away []step
	for _, step := range chain {
		switch state := o.has(step); {
		case state == asChanged:
			for _, step := range append(away, step) {
				if len(away) > 0 {
					o.tell(step, true)
				}
			}
			away = nil
		case state == asBefore || len(away) > 0:
			away = append(away, step)
		}
	}
	for _, step := range away {
		o.tell(step, true)
	}
}

func (o *others) tell(step step, managed bool) {
	switch {
	case step.event.Time.IsZero():
		o.untimed++
	case !step.event.Time.Before(o.since):
		o.told = append(o.told, telling{step, managed})
	}
}

// tellScope says what was looked at.
func (o *others) tellScope() {
	r := o.report
	if o.partial {
		r.Miss("whether there are further events: SignPath's answer may be a part of the audit log only")
	}
	if o.untimed > 0 {
		r.Miss(fmt.Sprintf("when it was: of %s in the audit log no time is understood", text.Counted(o.untimed, "change", "changes")))
	}
	since := r.Spell(o.since)
	if back := earliest(o.events); back.After(o.since) {
		since += fmt.Sprintf(" (it goes back to %s only)", r.Spell(back))
	}
	scope := fmt.Sprintf("SignPath's audit log since %s, where what %s changed counts as Terraform's own", since, strings.Join(o.appliers(), ", "))
	if o.own > 0 {
		scope += fmt.Sprintf(": %s of what this plan does not manage", text.Counted(o.own, "change", "changes"))
	}
	r.Looked(scope)
	if len(o.plain) > 0 {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(o.plain)) {
			parts = append(parts, fmt.Sprintf("%d × %q", o.plain[name], name))
		}
		r.Looked("not told are events that change nobody's access: " + strings.Join(parts, ", "))
	}
	for _, line := range o.unmanaged() {
		r.Looked(line)
	}
}

func (o *others) appliers() []string {
	if owners := o.owners(); len(owners) > 0 {
		return owners
	}
	return []string{"nobody"}
}

// unmanaged says what the organization has now that this plan does not manage.
func (o *others) unmanaged() []string {
	var roles, lines []string
	accounts := 0
	for _, p := range o.found.Principals {
		if _, ok := o.stock.accounts[p.ID]; !ok {
			accounts++
		}
		isManaged := slices.Contains(o.wholeRoles, string(p.Role))
		if _, ok := o.roles[p.ID]; !ok && !isManaged && p.Role != "" && p.Role != vocabulary.SignPath.Least {
			roles = append(roles, fmt.Sprintf("%s (%s)", o.directory.ReferenceTo(p.ID), vocabulary.SignPath.Title(p.Role)))
		}
	}
	if len(roles) > 0 {
		lines = append(lines, "global roles that no resource of this plan covers: "+some(roles))
	}
	if lists := o.unmanagedLists(); accounts+lists > 0 {
		lines = append(lines, fmt.Sprintf("without a resource in this plan: %s, and %s that somebody is on and of which it does not manage all entries",
			text.Counted(accounts, "user, CI user or group", "users, CI users and groups"), text.Counted(lists, "access list", "access lists")))
	}
	return lines
}

// some lists the first names in order, and counts the others.
func some(names []string) string {
	const shown = 20
	slices.Sort(names)
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// unmanagedLists counts the lists that somebody is on and of which the plan does not manage
// all entries.
func (o *others) unmanagedLists() int {
	n := 0
	count := func(object, list string, entries review.Entries) {
		if managed := o.lists[thing{object: object, list: list}]; len(entries.References) > 0 && (managed == nil || !managed.whole) {
			n++
		}
	}
	for seat, entries := range o.found.Grants {
		count(o.placeIDs[seat.Place.String()], vocabulary.SignPath.Description(seat.Role).Plural, entries)
	}
	for group, entries := range o.found.Members {
		id, _ := group.ID()
		count(id, vocabulary.GroupMembers.Plural, entries)
	}
	return n
}
