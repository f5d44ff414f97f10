package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A snapshot is what one client has read. Each part is read at most once,
// however many callers ask for it at the same time, and kept up to date with
// the client's own writes.
type snapshot struct {
	// directory holds the principals of every kind that has been listed.
	directory *access.Directory
	listed    map[access.Kind]*cell[[]access.Principal]

	me           cell[Me]
	organization cell[Organization]
	projects     cell[[]Project]
	negotiation  cell[negotiation]
	version      cell[string]
	// learnt is filled once LearnLists has asked for the document, found or not.
	learnt cell[struct{}]

	mu sync.Mutex
	// entities are projects, signing policies and user groups, by their key.
	entities map[string]*cell[contract.Object]
	// groups are the user groups as their list has them, by id, but for those
	// that this client has written since.
	groups map[string]contract.Object
	// written are the groups that this client has written, or has to read by id for
	// another reason: their list does not count any more.
	written map[string]bool
	// confirmed are principals as this client wrote them or read them by id.
	// Lists may lag behind (documented incidents), so they do not overrule this.
	confirmed map[string]access.Principal
	// unknownRoles are those principals of the directory whose role nobody knows.
	unknownRoles map[string]access.Principal
	// noted counts what was noted of principals, and since is how far that was when an id
	// was noted first.
	noted uint64
	since map[string]uint64
	// missing are principals that neither the list of a kind nor a read by id knows.
	missing map[ofKind]bool
	// ids are those of the entities as they were first answered, by the entities' keys: a
	// slug leads to one object for a whole run.
	ids map[string]string
	// created are principals that this client has created, and unread those of them of which
	// only that request is known.
	created, unread map[string]bool
	// forgotten is true once forgetLists was called.
	forgotten bool
	// unpaged are the lists that were taken for the whole because no answer told of
	// pages.
	unpaged map[*contract.Route]bool
}

func newSnapshot(learn func(negotiation)) *snapshot {
	s := &snapshot{
		directory: access.NewDirectory(),
		listed:    map[access.Kind]*cell[[]access.Principal]{},
		entities:  map[string]*cell[contract.Object]{},
		groups:    map[string]contract.Object{},
		written:   map[string]bool{},
		confirmed: map[string]access.Principal{},

		unknownRoles: map[string]access.Principal{},

		missing: map[ofKind]bool{},
		since:   map[string]uint64{},
		ids:     map[string]string{},
		created: map[string]bool{},
		unread:  map[string]bool{},
		unpaged: map[*contract.Route]bool{},
	}
	s.negotiation.keep = learn
	for _, kind := range access.Kinds() {
		s.listed[kind] = &cell[[]access.Principal]{
			keep: func(principals []access.Principal) { s.keepList(kind, principals) },
		}
	}
	return s
}

// put notes a principal as a write left it, or as a read by id found it.
func (s *snapshot) put(p access.Principal) {
	s.mu.Lock()
	s.confirmed[p.ID] = p
	delete(s.missing, ofKind{p.Kind, p.ID})
	delete(s.unread, p.ID)
	s.note(p)
	s.mu.Unlock()
	s.listed[p.Kind].changed(func() { s.directory.Put(p) })
}

// note takes down what goes by without a look at everybody. The caller holds the lock.
func (s *snapshot) note(p access.Principal) {
	id := strings.ToLower(p.ID)
	if s.noted++; s.since[id] == 0 {
		s.since[id] = s.noted
	}
	delete(s.unknownRoles, id)
	if vocabulary.SignPath.IsUnknown(p.Role) {
		s.unknownRoles[id] = p
	}
}

// now returns the present as a point in time for wasKnown.
func (s *snapshot) now() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noted
}

// wasKnown tells whether somebody with the id had been noted at a point in time.
func (s *snapshot) wasKnown(id string, at uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.since[strings.ToLower(id)]
	return since > 0 && since <= at
}

// putCreated notes a principal as a create asked for it; nobody has read it yet.
func (s *snapshot) putCreated(p access.Principal) {
	s.put(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.created[p.ID], s.unread[p.ID] = true, true
}

// isCreated tells whether this client has created the principal.
func (s *snapshot) isCreated(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.created[id]
}

// read returns the principal as it was last read, in a list or by id.
func (s *snapshot) read(id string) (access.Principal, bool) {
	p, ok := s.directory.Get(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	return p, ok && !s.unread[id]
}

// identify notes the id of an entity that is addressed by another name, and returns an
// error if it was another one before. An empty id says nothing.
func (s *snapshot) identify(e entity, id string) error {
	if id == "" || slices.ContainsFunc(e.parameters, access.IsID) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.ids[e.key()]; ok && !strings.EqualFold(known, id) {
		return fmt.Errorf("it is about another object: its id is %q, and that of %s was %q before", id, e, known)
	}
	s.ids[e.key()] = id
	return nil
}

// confirmation returns a principal as this client wrote it or read it by id.
func (s *snapshot) confirmation(id string) (access.Principal, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.confirmed[id]
	return p, ok
}

// keepList makes what was listed, and what is known better, all principals of
// the kind.
func (s *snapshot) keepList(kind access.Kind, principals []access.Principal) {
	s.directory.Replace(kind, principals)
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.unknownRoles, func(_ string, p access.Principal) bool { return p.Kind == kind })
	for _, p := range principals {
		s.note(p)
	}
	for _, p := range s.confirmed {
		if p.Kind == kind {
			s.directory.Put(p)
			s.note(p)
		}
	}
}

// doubt makes the next look at the kind list it again, as after a write to one
// of its principals whose outcome is not known.
func (s *snapshot) doubt(kind access.Kind, id string) {
	s.mu.Lock()
	delete(s.confirmed, id)
	s.mu.Unlock()
	s.listed[kind].forget()
}

// entity returns the cell for a project, a signing policy or a user group.
func (s *snapshot) entity(e entity) *cell[contract.Object] {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := e.key()
	if s.entities[key] == nil {
		s.entities[key] = &cell[contract.Object]{}
	}
	return s.entities[key]
}

// A cell holds one value that is read on first use. Concurrent first reads
// share one request. Errors are not remembered. The zero value is ready.
type cell[T any] struct {
	mu         sync.Mutex
	value      T
	loaded     bool
	generation uint64
	flights    singleflight.Group
	// keep is called with a value that was read and is not out of date.
	keep func(T)
}

// get returns the value, reading it with load if there is none. The read goes
// on when the caller's context ends, because others may wait for it.
func (c *cell[T]) get(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	for {
		c.mu.Lock()
		value, loaded, generation := c.value, c.loaded, c.generation
		c.mu.Unlock()
		if loaded {
			return value, nil
		}
		flight := c.flights.DoChan(strconv.FormatUint(generation, 10), func() (any, error) {
			return nil, c.load(context.WithoutCancel(ctx), generation, load)
		})
		select {
		case <-ctx.Done():
			return value, ctx.Err()
		case result := <-flight:
			if result.Err != nil {
				return value, result.Err
			}
		}
	}
}

// load reads the value and keeps it, unless a write came in between: what was
// read before a write must not cover what the write left.
func (c *cell[T]) load(ctx context.Context, generation uint64, load func(context.Context) (T, error)) error {
	// Another flight may have landed after the caller looked, and before this one
	// took off.
	if _, loaded := c.peek(); loaded {
		return nil
	}
	value, err := load(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return nil
	}
	c.value, c.loaded = value, true
	if c.keep != nil {
		c.keep(value)
	}
	return nil
}

// peek returns the value if it was read.
func (c *cell[T]) peek() (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.loaded
}

// set makes value what the cell holds, as after a write that was read back.
func (c *cell[T]) set(value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.value, c.loaded = value, true
}

// forget makes the next get read the value again.
func (c *cell[T]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.loaded = false
}

// changed notes a write that apply brings into what was read. A read that is
// under way is not kept.
func (c *cell[T]) changed(apply func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	apply()
}

// An ofKind is an id as one kind of principals has it or has not: whose kind is not known is
// looked for among each.
type ofKind struct {
	kind access.Kind
	id   string
}

// isMissing tells whether a read by id has already found nobody of the kind.
func (s *snapshot) isMissing(kind access.Kind, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.missing[ofKind{kind, id}]
}

func (s *snapshot) setMissing(kind access.Kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missing[ofKind{kind, id}] = true
}

// forgetLists makes the next use read the lists of principals again. It does so
// once in the snapshot's life.
func (s *snapshot) forgetLists() {
	s.mu.Lock()
	forgotten := s.forgotten
	s.forgotten = true
	s.mu.Unlock()
	if forgotten {
		return
	}
	for _, list := range s.listed {
		list.forget()
	}
}
