package provider

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

const (
	attrRemoves      = "removes"
	attrReplacesRole = "replaces_role"
	attrTakesOver    = "takes_over"
	attrWasActive    = "was_active"
	attrMemberIDs    = "member_ids"
)

// refusedIfChanged says in the documentation what becomes of a saved plan of a create.
const refusedIfChanged = " If that has changed since the plan, Terraform refuses the create before anything is written, " +
	"with \"Provider produced inconsistent final plan\": plan again."

// refusedNote says the same beside what a create takes away. The plan in the apply shows it
// right before Terraform's own words.
const refusedNote = "\n\nIf the apply ends with \"Provider produced inconsistent final plan\", this has changed since the plan: plan again."

// taken is what destroys of this run have taken: a create that is planned again after one
// of them counts it in, because the first plan did.
type taken struct {
	// entries are the ids by list; see listKey.
	entries *holdings
	// roles are the roles by the id of the user.
	roles sync.Map
}

// before returns who was on the list when the run began, given who is on it now.
func (t *taken) before(list string, now []string) []string {
	ids := append(t.entries.of(list), now...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// roleBefore is the role that the user had when the run began.
func (t *taken) roleBefore(p access.Principal) access.Role {
	if role, ok := t.roles.Load(p.ID); ok {
		return role.(access.Role) //nolint:forcetypeassert // Nothing else is stored.
	}
	return p.Role
}

// ofCreate is the plan of an attribute that says what a create takes away: nothing, until
// the resource finds something. It is never unknown, and later plans leave it as it is.
type ofCreate struct{}

var (
	_ planmodifier.String = ofCreate{}
	_ planmodifier.Bool   = ofCreate{}
	_ planmodifier.Set    = ofCreate{}
)

// Description implements [planmodifier.Describer].
func (ofCreate) Description(context.Context) string { return "set by the create" }

// MarkdownDescription implements [planmodifier.Describer].
func (m ofCreate) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements [planmodifier.String].
func (ofCreate) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	resp.PlanValue = req.StateValue // Null, where there is no state.
}

// PlanModifyBool implements [planmodifier.Bool].
func (ofCreate) PlanModifyBool(_ context.Context, req planmodifier.BoolRequest, resp *planmodifier.BoolResponse) {
	resp.PlanValue = req.StateValue
}

// PlanModifySet implements [planmodifier.Set].
func (ofCreate) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	resp.PlanValue = req.StateValue
	if req.State.Raw.IsNull() {
		resp.PlanValue = memberSet(nil)
	}
}

// idSetOf is a set of ids. That of who does not exist yet is unknown.
func idSetOf(ids []string) types.Set {
	elements := make([]attr.Value, len(ids))
	for i, id := range ids {
		elements[i] = idValue(id)
	}
	return types.SetValueMust(types.StringType, elements)
}

// idValue is the id of a principal, which is unknown before it exists.
func idValue(id string) types.String {
	if id == "" {
		return types.StringUnknown()
	}
	return types.StringValue(id)
}

// resolveMeant resolves a reference that stands for an id in the state; the id is empty
// where the state does not have the reference. A name that has gone to somebody else since
// still means whom it meant, unless nobody is that any more. One that goes to somebody else
// by this run does not: the configuration means them.
func (s *session) resolveMeant(ctx context.Context, reference access.Reference, id string) (access.Principal, error) {
	if id == "" || s.isNameMoved(reference, id) {
		return s.resolve(ctx, reference)
	}
	p, err := s.resolve(ctx, access.Reference{Kind: reference.Kind, Key: id})
	if isNobody(err) {
		return s.resolve(ctx, reference)
	}
	return p, err
}
