package access

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/agext/levenshtein"
)

// A Directory knows the principals of one organization and answers by id and
// by reference. It is safe for concurrent use. The zero value is empty and
// ready.
type Directory struct {
	mu    sync.RWMutex
	byID  map[string]Principal
	byKey map[Reference][]string // folded natural reference to ids
}

// NewDirectory returns a directory that holds the principals.
func NewDirectory(principals ...Principal) *Directory {
	d := &Directory{}
	for _, p := range principals {
		d.Put(p)
	}
	return d
}

// Put adds the principal, or replaces the one with the same id.
func (d *Directory) Put(p Principal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(p)
}

// Replace makes principals all that the directory holds of the kind.
func (d *Directory) Replace(kind Kind, principals []Principal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, p := range d.byID {
		if p.Kind == kind {
			d.remove(id)
		}
	}
	for _, p := range principals {
		d.put(p)
	}
}

func (d *Directory) put(p Principal) {
	if d.byID == nil {
		d.byID = map[string]Principal{}
		d.byKey = map[Reference][]string{}
	}
	p.ID = strings.ToLower(p.ID)
	d.remove(p.ID)
	d.byID[p.ID] = p
	key := p.Reference().Folded()
	d.byKey[key] = append(d.byKey[key], p.ID)
}

func (d *Directory) remove(id string) {
	old, ok := d.byID[id]
	if !ok {
		return
	}
	delete(d.byID, id)
	key := old.Reference().Folded()
	ids := slices.DeleteFunc(d.byKey[key], func(other string) bool { return other == id })
	if len(ids) == 0 {
		delete(d.byKey, key)
		return
	}
	d.byKey[key] = ids
}

// Get returns the principal with the id.
func (d *Directory) Get(id string) (Principal, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.byID[strings.ToLower(id)]
	return p, ok
}

// IDs returns the ids of all principals.
func (d *Directory) IDs() map[string]bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	ids := make(map[string]bool, len(d.byID))
	for id := range d.byID {
		ids[id] = true
	}
	return ids
}

// All returns the principals of a kind, ordered by natural key, then id.
func (d *Directory) All(kind Kind) []Principal {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var all []Principal
	for _, p := range d.byID {
		if p.Kind == kind {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Principal) int {
		return cmp.Or(
			cmp.Compare(a.Reference().Folded().Key, b.Reference().Folded().Key),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return all
}

// Resolve finds the one principal that the reference names. The error is a
// [*NotFoundError], with what comes close, or an [*AmbiguousError].
func (d *Directory) Resolve(reference Reference) (Principal, error) {
	p, err := d.Find(reference)
	if errors.Is(err, ErrNoPrincipal) {
		d.mu.RLock()
		defer d.mu.RUnlock()
		return p, d.notFound(reference)
	}
	return p, err
}

// Find is Resolve for a reference that may well name nobody: it does not look
// for what comes close, which takes a comparison with everybody.
func (d *Directory) Find(reference Reference) (Principal, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if id, ok := reference.ID(); ok {
		if p, ok := d.byID[id]; ok && p.Kind == reference.Kind {
			return p, nil
		}
		// Never by name: whoever takes an id for a name must not get the rights
		// of the one who has the id, or had it.
		return Principal{}, &NotFoundError{Reference: reference}
	}
	ids := d.byKey[reference.Folded()]
	switch len(ids) {
	case 0:
		return Principal{}, &NotFoundError{Reference: reference}
	case 1:
		return d.byID[ids[0]], nil
	}
	ambiguous := &AmbiguousError{Reference: reference}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		ambiguous.Candidates = append(ambiguous.Candidates, d.byID[id])
	}
	return Principal{}, ambiguous
}

// ReferenceTo spells the principal with the id as a configuration would: by
// its natural key, or by its id where the natural key fits several or cannot be
// read as a reference. An id that the directory does not hold gets the kind
// [KindUnknown].
func (d *Directory) ReferenceTo(id string) Reference {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id = strings.ToLower(id)
	p, ok := d.byID[id]
	if !ok {
		return Reference{Kind: KindUnknown, Key: id}
	}
	return d.referenceTo(p)
}

func (d *Directory) referenceTo(p Principal) Reference {
	natural := p.Reference()
	if _, err := ParseReference(natural.String()); err != nil || IsID(natural.Key) || len(d.byKey[natural.Folded()]) > 1 {
		return p.IDReference()
	}
	return natural
}

// notFound builds the error for a reference that nothing matches: the same key
// under another kind, and the nearest spellings of the same kind.
func (d *Directory) notFound(reference Reference) *NotFoundError {
	err := &NotFoundError{Reference: reference}
	if id, ok := reference.ID(); ok {
		if p, ok := d.byID[id]; ok { // Somebody of another kind has this id.
			err.Suggestions = append(err.Suggestions, d.referenceTo(p))
		}
		return err
	}
	for _, kind := range Kinds() {
		other := Reference{Kind: kind, Key: reference.Key}
		if kind != reference.Kind && len(d.byKey[other.Folded()]) > 0 {
			err.Suggestions = append(err.Suggestions, other)
		}
	}
	if len(err.Suggestions) == 0 {
		err.Suggestions = d.nearest(reference)
	}
	return err
}

// maxSuggestions bounds what a message offers; more would hide the best one.
const maxSuggestions = 3

func (d *Directory) nearest(reference Reference) []Reference {
	wanted := strings.ToLower(reference.Key)
	type near struct {
		reference Reference
		distance  int
	}
	var found []near
	// A third of the key may differ: enough for typing errors, too little for
	// another person's name.
	limit := max(2, len(wanted)/3)
	for _, p := range d.byID {
		if p.Kind != reference.Kind {
			continue
		}
		distance := levenshtein.Distance(wanted, strings.ToLower(p.Reference().Key), nil)
		if distance <= limit {
			found = append(found, near{p.Reference(), distance})
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.reference.Key, b.reference.Key))
	})
	var nearest []Reference
	for _, n := range found[:min(len(found), maxSuggestions)] {
		nearest = append(nearest, n.reference)
	}
	return nearest
}

// A NotFoundError says that no principal matches a reference, and what comes
// close.
type NotFoundError struct {
	Reference Reference
	// Suggestions are references that do exist, the best first: the same key
	// under another kind, or similar keys of the same kind.
	Suggestions []Reference
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("the organization has no %s %q", e.Reference.Kind.Noun(), e.Reference.Key)
	if len(e.Suggestions) == 0 {
		return text
	}
	return text + "; did you mean " + quoteReferences(e.Suggestions, " or ") + "?"
}

// Unwrap lets errors.Is find [ErrNoPrincipal].
func (e *NotFoundError) Unwrap() error { return ErrNoPrincipal }

// An AmbiguousError says that a reference fits several principals.
type AmbiguousError struct {
	Reference  Reference
	Candidates []Principal
}

func (e *AmbiguousError) Error() string {
	var ids []Reference
	for _, p := range e.Candidates {
		ids = append(ids, p.IDReference())
	}
	return fmt.Sprintf("the organization has %d principals that %q fits; name the one you mean by its id: %s",
		len(e.Candidates), e.Reference, quoteReferences(ids, ", "))
}

func quoteReferences(references []Reference, separator string) string {
	quoted := make([]string, len(references))
	for i, r := range references {
		quoted[i] = fmt.Sprintf("%q", r)
	}
	return strings.Join(quoted, separator)
}
