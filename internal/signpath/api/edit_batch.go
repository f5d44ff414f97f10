package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// A batch is a number of changes to one object that are written together.
type batch struct {
	client  *Client
	target  entity
	editor  *editor
	changes []*change
}

func (b *batch) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer b.cancelWhenAbandoned(cancel)()
	if b.leaveEnded(); len(b.changes) == 0 {
		return
	}
	after, warnings, err := b.write(ctx)
	if httpapi.IsRefusal(err) && (len(b.changes) > 1 || b.changes[0].takesAlong()) {
		b.runOneByOne(ctx)
		return
	}
	for i, change := range b.changes {
		result := outcome{err: err}
		if err == nil {
			result.err = change.publish.as(after)
		} else {
			change.publish.forget()
		}
		if i == 0 {
			result.warnings = warnings // Once is enough.
		}
		change.done <- result
	}
}

// leaveEnded answers the changes that end an entry which this run has taken off already, along
// with another one, and has read that it is off.
func (b *batch) leaveEnded() {
	isEnded := func(m mutation) bool { return m.end != "" && b.editor.revoked[m.property][m.end] }
	b.changes = slices.DeleteFunc(b.changes, func(c *change) bool {
		ended := !slices.ContainsFunc(c.mutations, func(m mutation) bool { return !isEnded(m) })
		if ended {
			c.done <- outcome{}
		}
		return ended
	})
}

// runOneByOne makes each change on its own, after SignPath refused them
// together: one bad change must not fail the others.
func (b *batch) runOneByOne(ctx context.Context) {
	for _, one := range b.changes {
		for i, m := range one.mutations {
			one.mutations[i] = m.alone()
		}
		alone := &batch{client: b.client, target: b.target, editor: b.editor, changes: []*change{one}}
		alone.run(ctx)
	}
}

// cancelWhenAbandoned ends the batch when every caller has gone away, as when
// Terraform is interrupted. The function that it returns ends the watch.
func (b *batch) cancelWhenAbandoned(cancel context.CancelFunc) (stop func()) {
	var mu sync.Mutex
	// Counted beforehand: a caller that has gone already is taken off at once.
	left := len(b.changes)
	var stops []func() bool
	for _, change := range b.changes {
		stops = append(stops, context.AfterFunc(change.ctx, func() {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				cancel()
			}
		}))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// write brings the object into the wanted form and returns it as read back.
func (b *batch) write(ctx context.Context) (contract.Object, Warnings, error) {
	b.leaveGranted()
	first, err := b.readBefore(ctx)
	if err != nil {
		return nil, nil, err
	}
	current, written, waits := first, map[string]bool{}, settleWaits
	for round := 0; ; round++ {
		wanted, changed, err := b.editor.wanted(current, b.changes)
		if err != nil {
			return nil, nil, fmt.Errorf("%s cannot be edited: %w", b.target, b.client.unusable(b.target.read, b.target.parameters, err))
		}
		if len(changed) == 0 {
			warnings, err := b.compare(first, current, written)
			if err == nil {
				b.editor.remember(b.changes)
			}
			return current, warnings, err
		}
		if round == maxRounds {
			return nil, nil, fmt.Errorf("%s was written %d times, and each time it was different when read back (%s). "+
				"Another writer may be changing it; then apply again when it has finished. Or this installation does not take the change under the name that was sent",
				b.target, maxRounds, strings.Join(slices.Sorted(maps.Keys(changed)), ", "))
		}
		maps.Copy(written, changed)
		if err = b.target.send(ctx, b.client, pendingEdit{contract.Edit{Before: current, Wanted: wanted, Changed: changed}, b.changes}); err != nil {
			return nil, nil, err
		}
		if current, waits, err = b.readBack(ctx, first, current, written, waits); err != nil {
			return nil, nil, err
		}
	}
}

// readBefore reads the object that is to be written. Every list goes back with the
// edit, so one that is empty although this run knows members of it, which it did not
// take off, is believed only if it is empty again.
func (b *batch) readBefore(ctx context.Context) (contract.Object, error) {
	before, err := b.client.fetch(ctx, b.target)
	if err != nil || !b.lacksKnown(before) {
		return before, err
	}
	if err := httpapi.Sleep(ctx, emptyWait); err != nil {
		return nil, err
	}
	return b.client.fetch(ctx, b.target)
}

// lacksKnown tells whether a list is empty that should have somebody on it.
func (b *batch) lacksKnown(current contract.Object) bool {
	// Also what is out of date, as after an edit whose outcome is not known.
	known, _ := b.client.snapshot.entity(b.target).peek()
	for name, value := range current {
		list := contract.Property(name)
		if !list.IsList() || len(membersOf(value)) > 0 {
			continue
		}
		if len(without(membersOf(known.Value(list)), b.revokes(list))) > 0 {
			return true
		}
	}
	return false
}

// membersOf returns the ids on a list that was examined; none if it is absent.
func membersOf(list json.RawMessage) []string {
	ids, _ := contract.DecodeMembers(list)
	return ids
}

// grants and revokes are the entries that the changes put on a list and take off.
func (b *batch) grants(list contract.Property) []string {
	return b.entries(list, func(m mutation) []string { return m.grants })
}

func (b *batch) revokes(list contract.Property) []string {
	return b.entries(list, func(m mutation) []string { return m.revokes })
}

func (b *batch) entries(list contract.Property, of func(mutation) []string) []string {
	var ids []string
	for _, change := range b.changes {
		for _, m := range change.mutations {
			if m.property == list {
				ids = append(ids, of(m)...)
			}
		}
	}
	return ids
}

// readBack reads the object after a write, and looks again, as long as there are waits
// left, where it does not show the changes or shows that something was lost: once in
// any case, and further as long as a property is as it was before the write. It
// returns what it saw last, and the waits that are left.
func (b *batch) readBack(ctx context.Context, first, before contract.Object, written map[string]bool, waits []time.Duration) (
	contract.Object, []time.Duration, error,
) {
	for look := 0; ; look++ {
		after, err := b.client.fetch(ctx, b.target)
		if err != nil {
			return nil, waits, fmt.Errorf("%s was edited, but could not be read back: %w", b.target, err)
		}
		_, undone, err := b.editor.wanted(after, b.changes)
		_, unasked := b.compare(first, after, written)
		isStale := func(name string) bool { return contract.SameJSON(before[name], after[name]) }
		lags := slices.ContainsFunc(slices.Collect(maps.Keys(undone)), isStale)
		switch {
		case unasked == nil && err == nil && len(undone) == 0:
			return after, waits, nil
		case len(waits) == 0 || look > 0 && !lags:
			return after, waits, unasked
		}
		if err := httpapi.Sleep(ctx, waits[0]); err != nil {
			return nil, waits, err
		}
		waits = waits[1:]
	}
}

// leaveGranted takes out of the changes that somebody leaves a list who is put there by
// another one of them, or was by an earlier one. And what is granted is not revoked
// any more, even if it never becomes known whether the grant succeeded.
func (b *batch) leaveGranted() {
	for _, change := range b.changes {
		for _, m := range change.mutations {
			b.editor.revoked.remove(m.property, m.grants)
		}
	}
	assigned := maps.Clone(b.editor.assigned)
	for _, change := range b.changes {
		for _, m := range change.mutations {
			assigned[m.property] = assigned[m.property] || !m.yields
		}
	}
	for _, change := range b.changes {
		change.mutations = slices.DeleteFunc(slices.Clone(change.mutations), func(m mutation) bool {
			return m.yields && len(m.grants) == 0 && assigned[m.property]
		})
		for i, m := range change.mutations {
			if m.yields && len(m.grants) > 0 {
				change.mutations[i] = putBack(m.property, without(m.grants, b.revokes(m.property)))
				continue
			}
			granted := append(b.entries(m.property, mutation.kept), b.editor.granted.of(m.property)...)
			if left := without(m.revokes, granted); len(left) < len(m.revokes) {
				change.mutations[i] = changeList(m.property, m.grants, left, m.whole)
				change.mutations[i].end = m.end
			}
		}
	}
}

// compare finds what an edit did beyond what it was asked for. A property that was
// lost is an error, and so is a change of what decides who may do what: nobody asked
// for that. Of the rest, a remark is made: servers keep time stamps and counters by
// themselves.
func (b *batch) compare(first, after contract.Object, written map[string]bool) (Warnings, error) {
	var warnings Warnings
	unasked := &LostPropertiesError{Object: b.target.name}
	names := append(first.Names(), after.Names()...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		was, is, p := first[name], after[name], contract.Property(name)
		switch {
		case contract.SameJSON(was, is):
		case !written[name] && contract.IsEmptyJSON(is) && !contract.IsEmptyJSON(was):
			unasked.Lost = append(unasked.Lost, fmt.Sprintf("%s, which held %s", name, was))
		case p.IsList():
			gone, came := b.moved(p, membersOf(was), membersOf(is))
			if len(gone) > 0 {
				unasked.Changed = append(unasked.Changed, fmt.Sprintf("%s, which lacks %s now", name, b.client.spell(gone)))
			}
			if len(came) > 0 {
				warnings = append(warnings, fmt.Sprintf("While %s was edited, %s came onto its %s. Terraform did not ask for that.", b.target, b.client.spell(came), name))
			}
		case written[name]:
		case p.IsDecisive():
			unasked.Changed = append(unasked.Changed, fmt.Sprintf("%s, which was %s and is %s now", name, orNull(was), is))
		default:
			warnings = append(warnings, fmt.Sprintf("While %s was edited, its property %s changed from %s to %s. Terraform did not ask for that.",
				b.target, name, orNull(was), orNull(is)))
		}
	}
	if len(unasked.Lost)+len(unasked.Changed) == 0 {
		return warnings, nil
	}
	_, undone, err := b.editor.wanted(after, b.changes)
	unasked.Done = err == nil && len(undone) == 0
	return nil, unasked
}

// moved returns who left a list and who came onto it, but for those whom this run
// itself takes off it or puts there.
func (b *batch) moved(list contract.Property, was, is []string) (gone, came []string) {
	asked := slices.Concat(b.grants(list), b.revokes(list), b.editor.granted.of(list), b.editor.revoked.of(list))
	return without(without(was, is), asked), without(without(is, was), asked)
}

// spell names principals as configurations do, as far as they are known.
func (c *Client) spell(ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, c.snapshot.directory.ReferenceTo(id).String())
	}
	return strings.Join(names, ", ")
}

// orNull is the JSON of a property, which may be absent.
func orNull(value json.RawMessage) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	return value
}

// A LostPropertiesError says that SignPath carried out an edit, but that something is
// otherwise for which nobody asked: properties are dropped or emptied, or who may do
// what is decided in another way. Another writer at the same time cannot be told from
// that.
type LostPropertiesError struct {
	Object string
	// Lost names each property that was dropped or emptied, and what it held.
	Lost []string
	// Changed names each other property that decides who may do what, or who has to
	// agree, and what it was and is.
	Changed []string
	// Done is true if everything that was asked for is in force.
	Done bool
}

func (e *LostPropertiesError) Error() string {
	text := fmt.Sprintf("SignPath carried out an edit of %s, but ", e.Object)
	if len(e.Lost) > 0 {
		text += "lost what it was not asked to change:\n  - " + strings.Join(e.Lost, "\n  - ")
	}
	if len(e.Lost) > 0 && len(e.Changed) > 0 {
		text += "\nand "
	}
	if len(e.Changed) > 0 {
		text += "who may do what has changed without being asked for:\n  - " + strings.Join(e.Changed, "\n  - ")
	}
	return text + "\nEither this installation did it with the edit, or somebody else did it at the same time. " +
		"To take it back, set it in SignPath's web application, or apply a configuration that says so."
}
