package run

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// AttrCIUser names the CI user of a token.
const AttrCIUser = "ci_user"

// refuseBareIDs refuses ids in the place of member references, as those who write .id in the
// place of .member have them, and says whose they are. One that is only known after apply cannot
// be told from a reference; see tellUnknownMember.
func (r *inOrganization) refuseBareIDs(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) (refused bool) {
	for _, name := range []string{AttrGroup, AttrCIUser, AttrMember, AttrMembers} {
		attribute, ok := req.Config.Schema.GetAttributes()[name]
		if !ok || !attribute.IsRequired() { // That of an account is computed.
			continue
		}
		var value attr.Value
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &value)...)
		texts := []attr.Value{value}
		if set, ok := value.(types.Set); ok {
			texts = set.Elements()
		}
		for _, element := range texts {
			text, _ := element.(types.String)
			switch {
			case text.IsUnknown():
				r.tellUnknownMember(path.Root(name), req, resp)
			case access.IsID(text.ValueString()):
				r.refuseBareID(ctx, text.ValueString(), path.Root(name), resp)
				refused = true
			}
		}
	}
	return refused
}

// refuseBareID says whose id it is.
func (r *inOrganization) refuseBareID(ctx context.Context, id string, at path.Path, resp *resource.ModifyPlanResponse) {
	directory, err := r.own.Client.Directory(ctx, access.Kinds()...)
	if err != nil {
		AddFailure(&resp.Diagnostics, Failure{At: at, Doing: fmt.Sprintf("Looking up %q", id), Needs: NeedsAnyRole}, err)
		return
	}
	detail := tfkit.Sentence((&access.BareIDError{ID: id}).Error()) + " The organization has nobody with this id."
	if _, known := directory.Get(id); known {
		detail = fmt.Sprintf("%q is the id of %q. Refer to the attribute `member` of its resource instead of `id`, or write %[2]q.", id, directory.ReferenceTo(id))
	}
	resp.Diagnostics.AddAttributeError(at, "Invalid member reference", detail)
}

// tellUnknownMember warns where it may be the id of what this plan creates, with which the apply
// would end half-way: a plan knows the references of those, and their ids it does not.
func (r *inOrganization) tellUnknownMember(at path.Path, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	created, ok := r.own.Planned.onlyNew()
	if !ok || !req.State.Raw.IsNull() { // Of what exists, the plan says that it stays as it is.
		return
	}
	resp.Diagnostics.AddAttributeWarning(at, fmt.Sprintf("Known after apply, and maybe an id: %s, beside %s", at.Steps()[0], created), fmt.Sprintf(
		"The plan does not know whom this means. Where it is the attribute `id` of a resource, the apply will fail half-way: refer to `member` instead, "+
			"which the plan knows of whomever it creates, such as of %s.", created))
}
