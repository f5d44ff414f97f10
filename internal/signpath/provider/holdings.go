package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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
	// held has the ids by object: those on a list, and those of accounts and of roles.
	held map[string]map[string]bool
}

// The objects of holdings, beside lists; see listKey.
const (
	heldAccounts = "accounts"
	heldRoles    = "roles"
)

func newHoldings() *holdings { return &holdings{held: map[string]map[string]bool{}} }

func (h *holdings) hold(object string, ids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held[object] == nil {
		h.held[object] = map[string]bool{}
	}
	for _, id := range ids {
		h.held[object][id] = true
	}
}

// of returns the ids that are held of an object.
func (h *holdings) of(object string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.held[object]))
}

// split returns those of the ids that are held, and those that are not.
func (h *holdings) split(object string, ids []string) (held, left []string) {
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

// accounts notes what becomes of accounts and groups in a run. They cannot be handed from
// one instance to another: what the end of the one does to the account could come
// before or after what the other makes of it.
type accounts struct {
	// read has the instances by account, each by its mark: more than one where an object
	// that create_before_destroy has left is still there beside the present one.
	read sync.Map
	// planned are those that a create of this run takes up again, created those that it
	// did, and ended those whose destroy is planned.
	planned, created, ended idSet
}

func (a *accounts) noteRead(id, mark string) {
	marks, _ := a.read.LoadOrStore(id, &sync.Map{})
	marks.(*sync.Map).Store(mark, true) //nolint:forcetypeassert // Nothing else is stored.
}

// isBesideAnother tells whether several instances of the state are about the account.
func (a *accounts) isBesideAnother(id string) bool {
	count := 0
	if marks, ok := a.read.Load(id); ok {
		marks.(*sync.Map).Range(func(any, any) bool { count++; return true }) //nolint:forcetypeassert // As above.
	}
	return count > 1
}

// planCreateOf refuses the create of what another instance gives up in the same plan.
func (s *session) planCreateOf(existing access.Principal, at path.Path, diags *diag.Diagnostics) {
	s.accounts.planned.add(existing.ID)
	if s.accounts.ended.has(existing.ID) && !s.accounts.isBesideAnother(existing.ID) {
		addHandOver(existing, at, diags)
	}
}

// planEndOf refuses the destroy of what another instance creates in the same plan. In an
// apply, that one may have been created: then it is kept.
func (s *session) planEndOf(existing access.Principal, diags *diag.Diagnostics) {
	s.accounts.ended.add(existing.ID)
	if s.accounts.planned.has(existing.ID) && !s.accounts.created.has(existing.ID) && !s.accounts.isBesideAnother(existing.ID) {
		addHandOver(existing, path.Empty(), diags)
	}
}

func addHandOver(existing access.Principal, at path.Path, diags *diag.Diagnostics) {
	kind := resourceOf(existing.Kind)
	addError(diags, at, fmt.Sprintf("Handed to another resource: %s", existing), fmt.Sprintf(
		"This plan destroys one signpath_%[2]s of %[1]s and creates another. The destroy would take away what the create is to find. "+
			"If the resource was only renamed, say so, and nothing happens:\n\n"+
			"moved {\n  from = signpath_%[2]s.OLD\n  to   = signpath_%[2]s.NEW\n}\n\n"+
			"Else use a removed block with destroy = false for the old one, and import the new one.", existing, kind))
}

// privateKept has the ids that the end of the instance leaves to another one, by object.
const privateKept = "kept"

// noteKept notes in a plan which of the ids the end of the instance leaves to others,
// and returns the rest.
func (s *session) noteKept(ctx context.Context, private privateState, object string, ids []string, diags *diag.Diagnostics) []string {
	held, left := s.holdings.split(object, ids)
	if len(held) > 0 {
		setPrivate(ctx, private, privateKept, map[string][]string{object: held}, diags)
	}
	return left
}

// givenUp returns those of the ids that the end of an instance takes from the object.
func (s *session) givenUp(ctx context.Context, private privateReader, object string, ids []string) []string {
	kept := getPrivate[map[string][]string](ctx, private, privateKept)[object]
	_, left := s.holdings.split(object, ids)
	return slices.DeleteFunc(left, func(id string) bool { return slices.Contains(kept, id) })
}
