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

// SignPath's Edit routes take whole objects. Whether a property that a request
// leaves out is kept or cleared is not documented, and there is no ETag. So an
// edit reads the object, changes the one property, sends everything else back
// as it came, and reads the object again to see what became of it.

// A mutation is a change of one property.
type mutation struct {
	property contract.Property
	// apply returns the value to send, given the current one.
	apply func(current json.RawMessage) (json.RawMessage, error)
	// holds tells whether the current value is as the mutation wants it.
	holds func(current json.RawMessage) bool
	// grants and revokes are the members that a change of an access list puts
	// there and takes away; see editor.granted.
	grants, revokes []string
	// whole is true if grants are all that is to be on the list.
	whole bool
}

// A pendingEdit is what an edit is about to write.
type pendingEdit struct {
	contract.Edit
	// changes are what was asked for.
	changes []*change
}

// send writes the edit, in the entity's own way if it has one.
func (e entity) send(ctx context.Context, c *Client, p pendingEdit) error {
	if e.write != nil {
		return e.write(ctx, c, e, p)
	}
	_, _, err := c.write(ctx, e.edit, e.parameters, func(s contract.Settled) (contract.Object, error) { return s.ComposeEdit(p.Edit) })
	return err
}

// setValue makes the property hold the value.
func setValue(p contract.Property, value any) mutation {
	wanted := contract.MustMarshal(value)
	return mutation{
		property: p,
		apply:    func(json.RawMessage) (json.RawMessage, error) { return wanted, nil },
		holds:    func(current json.RawMessage) bool { return contract.SameJSON(current, wanted) },
	}
}

// Warnings are remarks on an edit that succeeded, for whoever asked for it.
type Warnings []string

// How long an edit waits for others to the same object, so that the parallel
// changes of one run share few requests. Terraform starts its next changes
// within milliseconds after the answer to the last ones, so where a number of
// changes came together, as many are likely to come again.
const (
	// mergeWindow is waited for in any case.
	mergeWindow = 25 * time.Millisecond
	// maxMergeWait is waited for at most, until as many have come as last time.
	maxMergeWait = 250 * time.Millisecond
)

// maxRounds bounds how often an edit is written because another writer undid
// it.
const maxRounds = 5

// editors holds one editor per object that is edited.
type editors struct {
	mu       sync.Mutex
	byEntity map[string]*editor
}

func (e *editors) of(target entity) *editor {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := target.key()
	if e.byEntity == nil {
		e.byEntity = map[string]*editor{}
	}
	if e.byEntity[key] == nil {
		e.byEntity[key] = &editor{granted: map[contract.Property]map[string]bool{}}
	}
	return e.byEntity[key]
}

// An editor makes the edits to one object one after the other, and merges those
// that wait.
type editor struct {
	mu      sync.Mutex
	waiting []*change
	running bool

	// expected is how many changes came together last time. Only the running
	// batch touches it, and granted.
	expected int
	// granted are the entries per list that this client has put there and not
	// taken back. Another writer who read the list earlier can overwrite them;
	// the next edit puts them back.
	granted map[contract.Property]map[string]bool
}

// A change is what one caller of [Client.edit] asks for.
type change struct {
	ctx       context.Context //nolint:containedctx // The batch ends when all of its callers have gone.
	mutations []mutation
	publish   publisher
	done      chan outcome
}

// A publisher brings the outcome of an edit into the snapshot.
type publisher struct {
	// as takes the object as it was read back.
	as func(contract.Object) error
	// forget is called when the outcome is not known.
	forget func()
}

type outcome struct {
	warnings Warnings
	err      error
}

// edit applies the mutations to the entity, merged with those of other callers,
// and returns when the object is read back.
func (c *Client) edit(ctx context.Context, target entity, mutations []mutation, publish publisher) (Warnings, error) {
	asked := &change{ctx: ctx, mutations: mutations, publish: publish, done: make(chan outcome, 1)}
	editor := c.editors.of(target)
	editor.mu.Lock()
	editor.waiting = append(editor.waiting, asked)
	start := !editor.running
	editor.running = true
	editor.mu.Unlock()
	if start {
		// The batch serves other callers too, so it does not end with this
		// one's context.
		go c.runEdits(context.WithoutCancel(ctx), target, editor)
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-asked.done:
		return result.warnings, result.err
	}
}

// runEdits works off the editor's waiting changes, batch by batch.
func (c *Client) runEdits(ctx context.Context, target entity, editor *editor) {
	for {
		editor.awaitChanges(ctx)
		batch := &batch{client: c, target: target, editor: editor}
		if !editor.takeWaiting(batch) {
			return
		}
		editor.expected = len(batch.changes)
		batch.run(ctx)
	}
}

// awaitChanges gives other changes the time to come.
func (e *editor) awaitChanges(ctx context.Context) {
	for waited := time.Duration(0); waited < maxMergeWait; waited += mergeWindow {
		if httpapi.Sleep(ctx, mergeWindow) != nil {
			return
		}
		e.mu.Lock()
		waiting := len(e.waiting)
		e.mu.Unlock()
		if waiting >= e.expected || waiting == 0 {
			return
		}
	}
}

// takeWaiting moves the waiting changes into the batch, but for those whose
// callers have gone and were told that they failed. If there are none, the
// editor stops running.
func (e *editor) takeWaiting(b *batch) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, change := range e.waiting {
		if change.ctx.Err() == nil {
			b.changes = append(b.changes, change)
		}
	}
	e.waiting = nil
	e.running = len(b.changes) > 0
	return e.running
}

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
	after, warnings, err := b.write(ctx)
	if httpapi.IsRefusal(err) && len(b.changes) > 1 {
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

// runOneByOne makes each change on its own, after SignPath refused them
// together: one bad change must not fail the others.
func (b *batch) runOneByOne(ctx context.Context) {
	for _, one := range b.changes {
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
	var warnings Warnings
	var undone map[string]bool
	b.editor.takeBack(b.changes)
	for range maxRounds {
		before, err := b.client.fetch(ctx, b.target)
		if err != nil {
			return nil, nil, err
		}
		wanted, changed, err := b.editor.wanted(before, b.changes)
		if err != nil {
			return nil, nil, fmt.Errorf("%s cannot be edited: %w", b.target, b.client.unusable(b.target.read, b.target.parameters, err))
		}
		if len(changed) == 0 {
			b.editor.remember(b.changes)
			return before, warnings, nil
		}
		if err = b.target.send(ctx, b.client, pendingEdit{contract.Edit{Before: before, Wanted: wanted, Changed: changed}, b.changes}); err != nil {
			return nil, nil, err
		}
		after, err := b.client.fetch(ctx, b.target)
		if err != nil {
			return nil, nil, fmt.Errorf("%s was edited, but could not be read back: %w", b.target, err)
		}
		remarks, err := compare(b.target, before, after, changed)
		if err != nil {
			return nil, nil, err
		}
		warnings = append(warnings, remarks...)
		if _, undone, err = b.editor.wanted(after, b.changes); err == nil && len(undone) == 0 {
			b.editor.remember(b.changes)
			return after, warnings, nil
		}
	}
	return nil, nil, fmt.Errorf("%s was written %d times, and each time it was different when read back (%s). "+
		"Another writer may be changing it; then apply again when it has finished. Or this installation does not take the change under the name that was sent",
		b.target, maxRounds, strings.Join(slices.Sorted(maps.Keys(undone)), ", "))
}

// wanted returns the object as the changes want it, and the properties in which
// that differs from what is there.
func (e *editor) wanted(current contract.Object, changes []*change) (contract.Object, map[string]bool, error) {
	result, changed := maps.Clone(current), map[string]bool{}
	set := func(p contract.Property, value json.RawMessage) {
		if name := current.Key(p); !contract.SameJSON(result[name], value) {
			result[name] = value
			changed[name] = true
		}
	}
	for p, granted := range e.granted {
		value, err := withMembers(result[current.Key(p)], slices.Collect(maps.Keys(granted)), nil)
		if err != nil {
			return nil, nil, err
		}
		set(p, value)
	}
	for _, change := range changes {
		for _, m := range change.mutations {
			if err := current.Require(m.property); err != nil && !m.property.IsOptional() {
				return nil, nil, err
			}
			value := result[current.Key(m.property)]
			if m.holds(value) {
				continue
			}
			value, err := m.apply(value)
			if err != nil {
				return nil, nil, err
			}
			set(m.property, value)
		}
	}
	return result, changed, nil
}

// takeBack forgets the entries that the changes revoke: even if it never becomes
// known whether they are gone, no later edit may put them back.
func (e *editor) takeBack(changes []*change) {
	for _, change := range changes {
		for _, m := range change.mutations {
			for _, id := range m.revokes {
				delete(e.granted[m.property], id)
			}
		}
	}
}

// remember notes the entries that the changes granted, once they were read
// back: later edits must not struggle for one that SignPath does not take.
func (e *editor) remember(changes []*change) {
	for _, change := range changes {
		for _, m := range change.mutations {
			for _, id := range m.grants {
				if e.granted[m.property] == nil {
					e.granted[m.property] = map[string]bool{}
				}
				e.granted[m.property][id] = true
			}
		}
	}
}

// compare finds what an edit did beyond what it was asked for. A property that
// was lost is an error, one that took another value is a remark: servers keep
// time stamps and counters by themselves.
func compare(target entity, before, after contract.Object, changed map[string]bool) (Warnings, error) {
	var warnings Warnings
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		switch {
		case changed[name] || contract.SameJSON(before[name], after[name]):
		case contract.IsEmptyJSON(after[name]) && !contract.IsEmptyJSON(before[name]):
			lost = append(lost, fmt.Sprintf("%s, which held %s", name, before[name]))
		default:
			warnings = append(warnings, fmt.Sprintf("While %s was edited, its property %s changed from %s to %s. Terraform did not ask for that.",
				target, name, before[name], after[name]))
		}
	}
	if len(lost) > 0 {
		return nil, &LostPropertiesError{Object: target.name, Lost: lost}
	}
	return warnings, nil
}

// A LostPropertiesError says that SignPath dropped or emptied properties in an
// edit that did not ask for it.
type LostPropertiesError struct {
	Object string
	// Lost names each property and what it held.
	Lost []string
}

func (e *LostPropertiesError) Error() string {
	text := fmt.Sprintf("SignPath carried out an edit of %s, but lost what it was not asked to change:", e.Object)
	for _, property := range e.Lost {
		text += "\n  - " + property
	}
	return text
}
