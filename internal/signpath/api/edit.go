package api

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
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
	// yields is true if what others of the run set goes before it.
	yields bool
	// end is the one of revokes that is asked for now, where the others only go along: their
	// own ends come later in the run.
	end string
}

// kept are the grants that no other change of the run takes back.
func (m mutation) kept() []string {
	if m.yields {
		return nil
	}
	return m.grants
}

// alone is the mutation without those who only go along.
func (m mutation) alone() mutation {
	if m.end == "" {
		return m
	}
	return endEntry(m.property, m.end, nil)
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
	return c.each(ctx, e, p.Edit, func(ctx context.Context, r *contract.Route, compose composer) error {
		_, _, err := c.write(ctx, r, e.parameters, compose)
		return err
	})
}

// each does something with each request that an edit takes: those of the routes that change
// one property alone, and that of the edit, where something else is changed.
func (c *Client) each(ctx context.Context, e entity, edit contract.Edit, do func(context.Context, *contract.Route, composer) error) error {
	isOther := len(edit.Changed) == 0
	for _, name := range slices.Sorted(maps.Keys(edit.Changed)) {
		set := c.mapping.SetRoute(e.read, contract.Property(name))
		if set == nil {
			isOther = true
			continue
		}
		err := do(ctx, set, func(s contract.Settled) (json.RawMessage, error) { return s.ComposeSet(edit) })
		if err != nil {
			return err
		}
	}
	if !isOther {
		return nil
	}
	return do(ctx, e.edit, func(s contract.Settled) (json.RawMessage, error) { return s.ComposeEdit(edit) })
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

// setNothing makes the property hold nothing. A server may write that as an empty text.
func setNothing(p contract.Property) mutation {
	m := setValue(p, nil)
	isNull := m.holds
	m.holds = func(current json.RawMessage) bool { return isNull(current) || string(current) == `""` }
	return m
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

// settleWaits are the waits between the looks at an object that does not show what was
// written: reads may lag behind (of lists that is documented), by how much nobody says.
// One write after the other on top of what is out of date would only undo more.
var settleWaits = []time.Duration{100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}

// emptyWait is waited for before a list that is empty against all expectation is read
// once more.
const emptyWait = 500 * time.Millisecond

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
		e.byEntity[key] = &editor{granted: entries{}, revoked: entries{}, assigned: map[contract.Property]bool{}}
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
	// batch touches it, granted and revoked.
	expected int
	// granted are the entries that this client has put there and not taken back,
	// and revoked those that it has taken off and not put back. Another writer who
	// read the list earlier can overwrite them, and a read that lags behind does not
	// show them; the next edit makes it good.
	granted, revoked entries
	// assigned are the other properties that this client has set.
	assigned map[contract.Property]bool
}

// entries are ids of members, by the list that they are on.
type entries map[contract.Property]map[string]bool

func (e entries) add(list contract.Property, ids []string) {
	if e[list] == nil && len(ids) > 0 {
		e[list] = map[string]bool{}
	}
	for _, id := range ids {
		e[list][id] = true
	}
}

func (e entries) remove(list contract.Property, ids []string) {
	for _, id := range ids {
		delete(e[list], id)
	}
}

func (e entries) of(list contract.Property) []string { return slices.Collect(maps.Keys(e[list])) }

// A change is what one caller of [Client.edit] asks for.
type change struct {
	ctx       context.Context //nolint:containedctx // The batch ends when all of its callers have gone.
	mutations []mutation
	publish   publisher
	done      chan outcome
}

// takesAlong tells whether the change is about more than what is asked for now.
func (c *change) takesAlong() bool {
	return slices.ContainsFunc(c.mutations, func(m mutation) bool { return m.end != "" && len(m.revokes) > 1 })
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

// wanted returns the object as the changes want it, and the properties in which
// that differs from what is there.
func (e *editor) wanted(current contract.Object, changes []*change) (contract.Object, map[string]bool, error) {
	result, changed := maps.Clone(current), map[string]bool{}
	set := func(p contract.Property, value json.RawMessage) {
		if name := string(p); !contract.SameJSON(result[name], value) {
			result[name] = value
			changed[name] = true
		}
	}
	for _, list := range e.lists() {
		value, err := withMembers(result[string(list)], e.granted.of(list), e.revoked.of(list))
		if err != nil {
			return nil, nil, err
		}
		set(list, value)
	}
	for _, change := range changes {
		for _, m := range change.mutations {
			if err := current.Require(m.property); err != nil && !m.property.IsOptional() {
				return nil, nil, err
			}
			value := result[string(m.property)]
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

// lists are those of which entries were granted or revoked.
func (e *editor) lists() []contract.Property {
	lists := maps.Clone(e.granted)
	maps.Copy(lists, e.revoked)
	return slices.Collect(maps.Keys(lists))
}

// remember notes the entries that the changes granted and revoked, once they were read
// back: later edits must not struggle for what SignPath does not take.
func (e *editor) remember(changes []*change) {
	for _, change := range changes {
		for _, m := range change.mutations {
			e.assigned[m.property] = e.assigned[m.property] || !m.yields
			e.granted.add(m.property, m.kept())
			e.revoked.add(m.property, m.revokes)
		}
	}
}
