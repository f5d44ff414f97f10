package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// ImportState implements [resource.ResourceWithImportState]: by the id of an invitation, by the
// address, or by identity.
func (r *invitationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	client, ok := r.session.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	wanted := req.ID
	if wanted == "" && req.Identity != nil {
		var application types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(attrApplicationID), &application)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(attrID), &wanted)...)
		if !r.isOfApplication(client, invitationModel{ID: types.StringValue(wanted), ApplicationID: application}, &resp.Diagnostics) {
			return
		}
	}
	list, err := client.Invitations(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, path.Empty(), "Reading the invitations", err)
		return
	}
	found := importable(list, wanted)
	switch {
	case len(found) == 0:
		resp.Diagnostics.AddError("Cannot import what does not exist", fmt.Sprintf(
			"The application %s has no invitation %q that was not cancelled. Import by the id of an invitation or by an e-mail address.", client.AppID(), wanted))
		return
	case len(found) > 1:
		var ids []string
		for _, invitation := range found {
			ids = append(ids, fmt.Sprintf("%s (%s)", invitation.ID, invitation.Status))
		}
		resp.Diagnostics.AddError("More than one invitation",
			fmt.Sprintf("There are several invitations for %q. Import one by its id: %s.", wanted, strings.Join(ids, ", ")))
		return
	}
	m := invitationModel{
		AcceptedOnDestroy: types.StringValue(onDestroyError), Roles: types.MapNull(rolesType), ReinviteTriggers: types.MapNull(types.StringType),
	}
	m.take(client, found[0])
	r.save(ctx, m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// importable finds what an id or an address means. Of an address that was invited again after a
// decline, it is the invitation that is live.
func importable(list []api.Invitation, wanted string) []api.Invitation {
	var live, declined []api.Invitation
	for _, invitation := range list {
		isWanted := invitation.ID == wanted || strings.Contains(wanted, "@") && invitation.IsFor(wanted)
		switch {
		case !isWanted || invitation.Status == vocabulary.StatusCanceled:
		case invitation.IsLive():
			live = append(live, invitation)
		default:
			declined = append(declined, invitation)
		}
	}
	if len(live) > 0 {
		return live
	}
	return declined
}
