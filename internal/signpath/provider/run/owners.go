package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
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
	claims map[string][]Claim
}

// A Claim says that a resource instance manages an object.
type Claim struct {
	mark string
	// by is the resource type, and of what it manages, for messages.
	By, Of string
	// shared claims get along with each other, as single entries of a list do.
	Shared bool
}

func newOwners() *owners { return &owners{claims: map[string][]Claim{}} }

// add notes the claim and returns an earlier one that it conflicts with.
func (o *owners) add(object string, c Claim) (conflict Claim, found bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, other := range o.claims[object] {
		if other.mark != c.mark && (!other.Shared || !c.Shared) {
			return other, true
		}
	}
	o.claims[object] = append(o.claims[object], c)
	return Claim{}, false
}

// Claim notes that the resource instance being planned manages the object, and reports
// a conflict on the attribute.
func (s *Session) Claim(ctx context.Context, private tfkit.PrivateState, object string, c Claim, at path.Path, diags *diag.Diagnostics) {
	c.mark = tfkit.InstanceMark(ctx, private, diags)
	other, conflict := s.owners.add(object, c)
	if !conflict {
		return
	}
	by := "another " + other.By
	advice := "Keep one of the two. If this resource was only renamed, add a moved block; if it takes the place of another, " +
		"use a removed block with destroy = false for the old one."
	if other.By != c.By {
		by = "a " + other.By
		advice = "Use either the resource that owns the whole list or resources for single entries, not both: they would undo each other in every apply. " +
			"To change from one to the other, use removed blocks with destroy = false for the old ones."
	}
	diags.AddAttributeError(at, "Managed twice",
		fmt.Sprintf("This plan already manages %s, in %s. %s", c.Of, by, advice))
}
