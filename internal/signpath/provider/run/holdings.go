package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What one instance of a run gives up, another may take: an entry that moves from one
// resource to the next, a role, an account. Terraform knows nothing of that and destroys
// and creates in an order of its own. So the end of an instance leaves what another one
// holds: by the plan, as far as it was planned before, whose private state the destroy
// gets, and by what the run has planned again or made since. Where the destroy comes
// first all the same, the other one gives it back.

// holdings are what the instances of a run hold, as far as it has got.
type holdings struct {
	mu sync.Mutex
	// held has the ids by object: those on a list, and those of accounts and of roles. Of
	// tokens there are readers only.
	held map[string]map[string]bool
	// marks are those of the instances that were read.
	marks map[string]bool
	// readers are the marks of the instances of the state that have the id of an object.
	readers map[heldID]map[string]bool
}

type heldID struct{ object, id string }

// The objects of holdings, beside lists; see ListKey.
const (
	HeldAccounts = "accounts"
	HeldRoles    = "roles"
	HeldTokens   = "tokens"
)

func newHoldings() *holdings {
	return &holdings{held: map[string]map[string]bool{}, marks: map[string]bool{}, readers: map[heldID]map[string]bool{}}
}

func (h *holdings) Hold(object string, ids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held[object] == nil {
		h.held[object] = map[string]bool{}
	}
	for _, id := range ids {
		h.held[object][id] = true
	}
}

// Of returns the ids that are held of an object.
func (h *holdings) Of(object string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.held[object]))
}

// Split returns those of the ids that are held, and those that are not.
func (h *holdings) Split(object string, ids []string) (held, left []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		if h.held[object][id] {
			held = append(held, id)
		} else {
			left = append(left, id)
		}
	}
	return held, left
}

// Read notes that an instance of the state has the ids, and returns those that another
// one has, which was read before.
func (h *holdings) Read(object string, ids []string, mark string) (beside []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.marks[mark] = true
	for _, id := range ids {
		key := heldID{object, id}
		if h.readers[key] == nil {
			h.readers[key] = map[string]bool{}
		}
		h.readers[key][mark] = true
		if len(h.readers[key]) > 1 {
			beside = append(beside, id)
		}
	}
	return beside
}

// isRead tells whether the instance was read: it is in a plan with a refresh.
func (h *holdings) isRead(mark string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.marks[mark]
}

// IsBesideAnother tells whether several instances of the state have the id.
func (h *holdings) IsBesideAnother(object, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers[heldID{object, id}]) > 1
}

// isReadByAnother tells whether an instance of the state with another mark has the id.
func (h *holdings) isReadByAnother(object, id, mark string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	readers := h.readers[heldID{object, id}]
	return len(readers) > 1 || len(readers) == 1 && !readers[mark]
}

// accounts notes what becomes of accounts and groups in a run.
type accounts struct {
	// planned are those whom a create of this run takes up again, created those that it
	// has, adopted those whom one takes over because it is told to, and ended those of
	// which an end is planned.
	planned, Created, adopted, ended idSet
	// deactivated are those that this run has deactivated by an end, and emptied has whom
	// it took out of groups so, by list; see ListKey.
	Deactivated idSet
	Emptied     *holdings
	// locks keep an end from coming between another instance's look and its write.
	locks sync.Map
}

// Lock waits for whatever else this run does to the account, and returns what ends that.
func (a *accounts) Lock(id string) (unlock func()) {
	lock, _ := a.locks.LoadOrStore(id, &sync.Mutex{})
	mutex := lock.(*sync.Mutex) //nolint:forcetypeassert // Nothing else is stored.
	mutex.Lock()
	return mutex.Unlock
}

// planTakeUp notes that a create takes up who exists. It refuses what another instance
// gives up in the same plan, unless it is told to take over whatever is there.
func (s *Session) planTakeUp(existing access.Principal, adopt bool, at path.Path, diags *diag.Diagnostics) {
	isEnded := s.Accounts.ended.Has(existing.ID)
	switch {
	case adopt:
		s.Accounts.adopted.Add(existing.ID)
		if isEnded {
			warnOfHandOver(existing, at, diags)
		}
		return
	case isEnded && !s.Holdings.IsBesideAnother(HeldAccounts, existing.ID):
		addHandOver(existing, at, diags)
	}
	s.Accounts.planned.Add(existing.ID)
}

// PlanEndOf notes that a resource of an account ends, and tells whether the account ends
// with it. It refuses the end of what another instance creates in the same plan. In an
// apply, that one may have been created: then it is kept.
func (s *Session) PlanEndOf(ctx context.Context, private tfkit.PrivateState, existing access.Principal, diags *diag.Diagnostics) (ends bool) {
	if s.RefuseHandOver(existing, path.Empty(), diags) {
		return false
	}
	if len(s.NoteKept(ctx, private, HeldAccounts, []string{existing.ID}, diags)) > 0 {
		return true
	}
	// Nothing is read in an apply, which plans the old half of a replacement.
	if s.Accounts.adopted.Has(existing.ID) && s.Holdings.isReadByAnother(HeldAccounts, existing.ID, "") {
		warnOfHandOver(existing, path.Empty(), diags)
	}
	return false
}

// RefuseHandOver notes that a plan ends an instance of an account, and refuses that where
// another one creates it in the same plan. An apply has created it by then, or not yet.
func (s *Session) RefuseHandOver(existing access.Principal, at path.Path, diags *diag.Diagnostics) (refused bool) {
	s.Accounts.ended.Add(existing.ID)
	if !s.Accounts.planned.Has(existing.ID) || s.Accounts.Created.Has(existing.ID) || s.Holdings.IsBesideAnother(HeldAccounts, existing.ID) {
		return false
	}
	addHandOver(existing, at, diags)
	return true
}

func movedAdvice(existing access.Principal) string {
	kind := vocabulary.ResourceType(existing.Kind)
	return fmt.Sprintf("If the resource was only renamed, say so, and nothing happens:\n\nmoved {\n  from = %s.OLD\n  to   = %s.NEW\n}\n\n", kind, kind)
}

func addHandOver(existing access.Principal, at path.Path, diags *diag.Diagnostics) {
	AddError(diags, at, fmt.Sprintf("Handed to another resource: %s", existing), fmt.Sprintf(
		"This plan destroys one %s of %s and creates another. The destroy would take away what the create is to find. %s"+
			"Else use a removed block with destroy = false for the old one, and import the new one. "+
			"Where an earlier run has failed to replace the resource with create_before_destroy, set adopt_existing = true in it: then it stays as it is.",
		vocabulary.ResourceType(existing.Kind), existing, movedAdvice(existing)))
}

func warnOfHandOver(existing access.Principal, at path.Path, diags *diag.Diagnostics) {
	AddWarning(diags, at, fmt.Sprintf("Handed to another resource: %s", existing), fmt.Sprintf(
		"This plan destroys one %s of %s and creates another, which takes it over: it stays. %s"+
			"Where Terraform carries out the destroy first, the other one gives back at once what that takes.",
		vocabulary.ResourceType(existing.Kind), existing, movedAdvice(existing)))
}

// An earlier run that ended half-way may have left two instances for one object, of which
// this run ends one: what create_before_destroy has set aside, or what has another
// address by now. The other one does not change, so the apply would not know of it. But
// one of the two is read after the other, and what its refresh notes in private state
// reaches the apply: if it is the one that ends, it leaves what the other has; and else
// it is written again. See inOrganization.

const (
	// privateKept has the ids that the end of the instance leaves to another one, by object.
	privateKept = "kept"
	// privateBeside has those that another instance of the state has, which was read before.
	privateBeside = "beside"
)

// NoteRead notes in a refresh what the instance has of the object.
func (s *Session) NoteRead(ctx context.Context, private tfkit.PrivateState, object string, ids []string, diags *diag.Diagnostics) {
	beside := s.Holdings.Read(object, ids, tfkit.InstanceMark(ctx, private, diags))
	if len(beside)+len(tfkit.GetPrivate[map[string][]string](ctx, private, privateBeside)) > 0 {
		tfkit.SetPrivate(ctx, private, privateBeside, map[string][]string{object: beside}, diags)
	}
}

// beside names what an instance has that was read after another one which has it, too.
// It is empty if there is no such thing.
func (s *Session) beside(ctx context.Context, private tfkit.PrivateReader) string {
	var names []string
	for object, ids := range tfkit.GetPrivate[map[string][]string](ctx, private, privateBeside) {
		for _, id := range ids {
			names = append(names, fmt.Sprintf("%s (%s)", s.Client.Known().ReferenceTo(id), object))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// NoteKept notes in a plan which of the ids the end of the instance leaves to others,
// and returns the rest.
func (s *Session) NoteKept(ctx context.Context, private tfkit.PrivateState, object string, ids []string, diags *diag.Diagnostics) []string {
	held, left := s.Holdings.Split(object, notBeside(ctx, private, object, ids))
	if len(held) > 0 {
		tfkit.SetPrivate(ctx, private, privateKept, map[string][]string{object: held}, diags)
	}
	return left
}

func notBeside(ctx context.Context, private tfkit.PrivateReader, object string, ids []string) []string {
	beside := tfkit.GetPrivate[map[string][]string](ctx, private, privateBeside)[object]
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(beside, id) })
}

// GivenUp returns those of the ids that the end of an instance takes from the object.
func (s *Session) GivenUp(ctx context.Context, private tfkit.PrivateReader, object string, ids []string) []string {
	kept := tfkit.GetPrivate[map[string][]string](ctx, private, privateKept)[object]
	_, left := s.Holdings.Split(object, notBeside(ctx, private, object, ids))
	return slices.DeleteFunc(left, func(id string) bool { return slices.Contains(kept, id) })
}
