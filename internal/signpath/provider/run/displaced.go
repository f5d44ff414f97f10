package run

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// What a create takes away, and whom it means, has to reach the apply from the plan.
// Terraform plans a create again in the apply, and the private state of the first plan
// does not arrive there. The values of computed attributes do, as far as they were known:
// where the second plan has others, Terraform refuses it before anything is written. A
// provider is not told which of the two it makes. So both plans say the same of the same
// server, and nothing that only one of them can know, such as what a replacement has just
// destroyed.

// The attributes that say what a create takes from whom.
const (
	AttrRemoves      = "removes"
	AttrReplacesRole = "replaces_role"
	AttrTakesOver    = "takes_over"
	AttrWasActive    = "was_active"
	AttrMemberIDs    = "member_ids"
)

// RefusedIfChanged says in the documentation what becomes of a saved plan of a create.
const RefusedIfChanged = " If that has changed since the plan, Terraform refuses the create before anything is written, " +
	"with \"Provider produced inconsistent final plan\": plan again."

// RefusedNote says the same beside what a create takes away. The plan in the apply shows it
// right before Terraform's own words.
const RefusedNote = "\n\nIf the apply ends with \"Provider produced inconsistent final plan\", this has changed since the plan: plan again."

// taken is what this run has taken: a create that is planned again after that counts it
// in, because the first plan did.
type taken struct {
	// entries are the ids by list; see ListKey.
	Entries *holdings
	// roles are those that users had when the run began, by the id of the user.
	roles sync.Map
}

// NoteRole notes the role of a user who is about to get another one.
func (t *taken) NoteRole(p access.Principal) { t.roles.LoadOrStore(p.ID, p.Role) }

// Before returns who was on the list when the run began, given who is on it now.
func (t *taken) Before(list string, now []string) []string {
	ids := append(t.Entries.Of(list), now...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// RoleBefore is the role that the user had when the run began.
func (t *taken) RoleBefore(p access.Principal) access.Role {
	if role, ok := t.roles.Load(p.ID); ok {
		return role.(access.Role) //nolint:forcetypeassert // Nothing else is stored.
	}
	return p.Role
}

// OfCreate is the plan of an attribute that says what a create takes away: nothing, until
// the resource finds something. It is never unknown, and later plans leave it as it is.
type OfCreate struct{}

var (
	_ planmodifier.String = OfCreate{}
	_ planmodifier.Bool   = OfCreate{}
	_ planmodifier.Set    = OfCreate{}
	_ planmodifier.Map    = OfCreate{}
)

// Description implements [planmodifier.Describer].
func (OfCreate) Description(context.Context) string { return "set by the create" }

// MarkdownDescription implements [planmodifier.Describer].
func (m OfCreate) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements [planmodifier.String].
func (OfCreate) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	resp.PlanValue = req.StateValue // Null, where there is no state.
}

// PlanModifyBool implements [planmodifier.Bool].
func (OfCreate) PlanModifyBool(_ context.Context, req planmodifier.BoolRequest, resp *planmodifier.BoolResponse) {
	resp.PlanValue = req.StateValue
}

// PlanModifySet implements [planmodifier.Set].
func (OfCreate) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	resp.PlanValue = req.StateValue
	if req.State.Raw.IsNull() {
		resp.PlanValue = MemberSet(nil)
	}
}

// PlanModifyMap implements [planmodifier.Map].
func (OfCreate) PlanModifyMap(_ context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	resp.PlanValue = req.StateValue
	if req.State.Raw.IsNull() {
		resp.PlanValue = types.MapValueMust(types.StringType, map[string]attr.Value{})
	}
}

// IDSetOf is a set of ids. That of who does not exist yet is unknown.
func IDSetOf(ids []string) types.Set {
	elements := make([]attr.Value, len(ids))
	for i, id := range ids {
		elements[i] = IDValue(id)
	}
	return types.SetValueMust(types.StringType, elements)
}

// IDValue is the id of a principal, which is unknown before it exists.
func IDValue(id string) types.String {
	if id == "" {
		return types.StringUnknown()
	}
	return types.StringValue(id)
}

// ResolveMeant resolves a reference that stands for an id in the state; the id is empty
// where the state does not have the reference. A name that has gone to somebody else since
// still means whom it meant, unless nobody is that any more. One that goes to somebody else
// by this run does not: the configuration means them.
func (s *Session) ResolveMeant(ctx context.Context, reference access.Reference, id string) (access.Principal, error) {
	if id == "" || s.IsNameMoved(reference, id) {
		return s.Resolve(ctx, reference)
	}
	p, err := s.Resolve(ctx, access.Reference{Kind: reference.Kind, Key: id})
	if IsNobody(err) {
		return s.Resolve(ctx, reference)
	}
	return p, err
}
