package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// owners notes which resources of this configuration manage which objects, so
// that two of them for the same object are an error in the plan, instead of
// undoing each other in every apply.
//
// Only planning claims. A resource instance is told from another by a random
// mark in its private state, because Terraform does not tell a provider the
// address, and plans an instance twice when it replaces it.
type owners struct {
	mu     sync.Mutex
	claims map[string][]claim
}

type claim struct {
	mark string
	// by is the resource type, and of what it manages, for messages.
	by, of string
	// shared claims get along with each other, as single entries of a list do.
	shared bool
}

func newOwners() *owners { return &owners{claims: map[string][]claim{}} }

// add notes the claim and returns an earlier one that it conflicts with.
func (o *owners) add(object string, c claim) (conflict claim, found bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, other := range o.claims[object] {
		if other.mark != c.mark && (!other.shared || !c.shared) {
			return other, true
		}
	}
	o.claims[object] = append(o.claims[object], c)
	return claim{}, false
}

const privateMark = "owner"

// instanceMark returns the mark of the resource instance that is being planned,
// and gives it one if it has none.
func instanceMark(ctx context.Context, private privateState, diags *diag.Diagnostics) string {
	mark := getPrivate[string](ctx, private, privateMark)
	if mark == "" {
		mark = uuid.NewString()
		setPrivate(ctx, private, privateMark, mark, diags)
	}
	return mark
}

// claim notes that the resource instance being planned manages the object, and reports
// a conflict on the attribute.
func (s *session) claim(ctx context.Context, private privateState, object string, c claim, at path.Path, diags *diag.Diagnostics) {
	c.mark = instanceMark(ctx, private, diags)
	other, conflict := s.owners.add(object, c)
	if !conflict {
		return
	}
	by := "another " + other.by
	advice := "Keep one of the two. If this resource was only renamed, add a moved block; if it takes the place of another, " +
		"use a removed block with destroy = false for the old one."
	if other.by != c.by {
		by = "a " + other.by
		advice = "Use either the resource that owns the whole list or resources for single entries, not both: they would undo each other in every apply. " +
			"To change from one to the other, use removed blocks with destroy = false for the old ones."
	}
	diags.AddAttributeError(at, "Managed twice",
		fmt.Sprintf("This plan already manages %s, in %s. %s", c.of, by, advice))
}
