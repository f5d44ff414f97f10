package principal

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]: it compares the plan
// with what exists, refuses what would lock out, and registers the user for the
// access lists that are planned after it.
func (r *principalResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session != nil {
		r.Look(ctx, req)
	}
	defer r.NoticeRoles(ctx, &resp.Diagnostics)
	var prior principalModel
	if !req.State.Raw.IsNull() {
		prior = r.newModel()
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, prior, resp)
		return
	}
	plan := r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.key().IsUnknown() {
		if r.Session != nil && r.kind == access.KindUser {
			r.StayUnlessOther(ctx, req, path.Root(r.keyAttribute), &resp.Diagnostics)
		}
		r.settleUnknown(ctx, plan, prior, &resp.Diagnostics)
		return
	}
	plan.fields().Member = types.StringValue(access.Reference{Kind: r.kind, Key: plan.key().ValueString()}.String())
	if r.Session != nil {
		run.NoteAllowLockout(ctx, resp.Private, plan.account().allowsLockout(), &resp.Diagnostics)
		r.plan(ctx, req.Config, plan, prior, resp)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// plan checks a create (prior is nil) or an update.
func (r *principalResource) plan(ctx context.Context, config run.Attributes, plan, prior principalModel, resp *resource.ModifyPlanResponse) {
	planned, account := r.principalOf(plan), plan.account()
	var existing *access.Principal
	if prior == nil {
		existing = r.checkCreate(ctx, planned, plan.fields().AdoptExisting.ValueBool(), resp)
	} else {
		existing = r.checkUpdate(ctx, planned, plan, prior, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	planned = r.judge(ctx, planned, plan, prior, existing, &resp.Diagnostics)
	r.settle(ctx, planned, plan, prior, existing, &resp.Diagnostics)
	tellUninvited(plan, prior, &resp.Diagnostics)
	if prior == nil {
		run.NoteSuccessor(ctx, resp.Private, run.Successor{Object: run.MemberKey(planned)}, &resp.Diagnostics)
		plan.fields().TakesOver = run.TextOrNull(planned.ID)
		if account != nil {
			account.WasActive = r.wasActive(existing)
		}
	}
	r.claimPrincipal(ctx, run.MemberKey(planned), path.Root(r.keyAttribute), resp)
	if isNewName := existing == nil || !planned.Reference().Same(existing.Reference()); isNewName && !resp.Diagnostics.HasError() {
		r.ClaimName(ctx, resp.Private, planned, path.Root(r.keyAttribute), &resp.Diagnostics)
	}
	r.Holdings.Hold(run.HeldAccounts, run.MemberKey(planned))
	r.Planned.Put(planned)
	if prior == nil && existing == nil {
		planNew(ctx, config, plan)
	}
	plan.plan(prior, existing)
}

// judge completes the planned principal by what no configuration of one says, and judges what
// becomes of who exists.
func (r *principalResource) judge(
	ctx context.Context, planned access.Principal, plan, prior principalModel, existing *access.Principal, diags *diag.Diagnostics,
) access.Principal {
	account := plan.account()
	if existing == nil {
		if account != nil {
			// Whom the plan creates counts as the next plan will find them: an invited user is
			// a danger already where somebody may do too much, and not there yet where somebody
			// has to be.
			planned.Role, planned.Invited = vocabulary.RoleRegularUser, r.kind == access.KindUser && planned.Identity == ""
		}
		return planned
	}
	planned.Email = existing.Email // The configuration may have one from before.
	planned.ID, planned.Role, planned.Support, planned.Invited = existing.ID, existing.Role, existing.Support, existing.Invited && planned.Identity == ""
	if account != nil && (prior != nil || !r.IsWarnedOf(*existing)) { // No guard ends a destroy for what an apply refuses anyhow.
		r.GuardActivity(ctx, *existing, planned.Active, account.allowsLockout(), path.Root(run.AttrActive), diags)
	}
	switch {
	case prior == nil:
		r.TellTakeover(ctx, *existing, planned.Active, diags)
	case planned.Active && !existing.Active:
		r.TellReturn(ctx, *existing, path.Root(run.AttrActive), diags)
	}
	return planned
}

// planNew notes that what a new principal is not given, it does not have.
func planNew(ctx context.Context, config run.Attributes, plan principalModel) {
	for name, setting := range plan.settings() {
		if !isSet(ctx, config, name) {
			*setting = types.StringNull()
		}
	}
}

// wasActive tells whether an account that a create takes over was active when the run began;
// null where there is none.
func (r *principalResource) wasActive(existing *access.Principal) types.Bool {
	if existing == nil {
		return types.BoolNull()
	}
	return types.BoolValue(existing.Active || r.Accounts.Deactivated.Has(existing.ID))
}

// principalOf is the principal that a plan describes, as far as that is known.
func (r *principalResource) principalOf(plan principalModel) access.Principal {
	p := access.Principal{Kind: r.kind, Name: plan.fields().Name.ValueString(), Active: plan.account().isActive()}
	if r.kind == access.KindUser {
		p.Email = plan.key().ValueString()
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(r.kind) {
		*setting.Of(&p) = plan.settings()[setting.Attribute].ValueString()
	}
	return p
}

// settleUnknown finds out whether a user can be created of whom it is not known yet who
// that is. It may be somebody who exists.
func (r *principalResource) settleUnknown(ctx context.Context, plan, prior principalModel, diags *diag.Diagnostics) {
	if r.Session == nil {
		return
	}
	r.Planned.PutNameless()
	if prior != nil {
		return
	}
	planned := r.principalOf(plan)
	planned.Name, planned.Email = cmp.Or(planned.Name, notKnownYet), cmp.Or(planned.Email, map[access.Kind]string{access.KindUser: notKnownYet}[r.kind])
	doing := run.Failure{At: path.Root(r.keyAttribute), Doing: "Planning to create " + run.WithArticle(r.kind.Noun()), Needs: r.needs()}
	r.Settled(diags, doing, true, r.Client.SettleCreate(ctx, planned))
}

// notKnownYet stands for a text that is known after the apply.
const notKnownYet = "(known after apply)"

// settle finds out whether what the apply will send can be sent.
func (r *principalResource) settle(
	ctx context.Context, planned access.Principal, plan, prior principalModel, existing *access.Principal, diags *diag.Diagnostics,
) {
	doing := run.Failure{At: path.Root(r.keyAttribute), Doing: "Planning to create " + planned.String(), Needs: r.needs()}
	var errs []error
	if existing == nil {
		errs = append(errs, r.Client.SettleCreate(ctx, planned))
		if !planned.Active {
			errs = append(errs, r.Client.SettleActive(ctx, r.kind, false))
		}
	} else {
		change := adoption(plan)
		if prior != nil {
			doing.Doing = "Planning to change " + existing.String()
			change = changeOf(plan, prior)
		}
		if !change.IsEmpty() {
			errs = append(errs, r.Client.SettleEdit(ctx, r.kind, existing.ID, change))
		}
		if planned.Active != existing.Active {
			errs = append(errs, r.Client.SettleActive(ctx, r.kind, planned.Active))
		}
		if isReinvited(plan, prior) {
			errs = append(errs, r.Client.SettleReinvite(ctx))
		}
	}
	r.Settled(diags, doing, prior == nil && existing != nil, errs...)
}

// isReinvited tells whether an update sends a user a new invitation.
func isReinvited(plan, prior principalModel) bool {
	want, isUser := plan.(*userModel)
	have, isUpdate := prior.(*userModel)
	return isUser && isUpdate && want.isReinvited(have)
}

// tellUninvited warns where new triggers send nothing.
func tellUninvited(plan, prior principalModel, diags *diag.Diagnostics) {
	want, isUser := plan.(*userModel)
	have, isUpdate := prior.(*userModel)
	if !isUser || !isUpdate || want.isReinvited(have) || want.ReinviteTriggers.IsNull() || want.ReinviteTriggers.IsUnknown() ||
		want.ReinviteTriggers.Equal(have.ReinviteTriggers) {
		return
	}
	member := have.Member.ValueString()
	run.AddWarning(diags, path.Root(attrReinviteTriggers), "No invitation is sent: "+member, fmt.Sprintf("%s counts as %s, and only who has not accepted the invitation yet can be "+
		"invited again. "+
		"A user counts as invited whom the server shows without an identity; one that shows no identities does not tell who is.", member, have.Status.ValueString()))
}

// isSet tells whether the configuration sets the attribute, be it to something
// that is not known yet.
func isSet(ctx context.Context, config run.Attributes, name string) bool {
	var value types.String
	return !config.GetAttribute(ctx, path.Root(name), &value).HasError() && !value.IsNull()
}

// claimPrincipal notes that the resource being planned manages the principal.
func (r *principalResource) claimPrincipal(ctx context.Context, key string, at path.Path, resp *resource.ModifyPlanResponse) {
	r.Claim(ctx, resp.Private, r.kind.Noun()+" "+key, run.Claim{By: vocabulary.ResourceType(r.kind), Of: r.kind.Noun() + " " + key}, at, &resp.Diagnostics)
}

// checkCreate looks for a user to be created, and returns who exists already.
func (r *principalResource) checkCreate(ctx context.Context, planned access.Principal, adopt bool, resp *resource.ModifyPlanResponse) *access.Principal {
	at, diags := path.Root(r.keyAttribute), &resp.Diagnostics
	doing := run.Failure{At: at, Doing: fmt.Sprintf("Looking for an existing %s", planned), Needs: run.NeedsAnyRole}
	directory, err := r.Client.Directory(ctx, r.kind)
	var existing access.Principal
	if err == nil {
		existing, err = directory.Find(planned.Reference())
	}
	if err == nil {
		existing, err = r.Complete(ctx, existing)
	}
	switch {
	case run.IsNobody(err):
		return nil
	case err != nil:
		run.AddFailure(diags, doing, err)
		return nil
	case r.AwaitFate(ctx, existing, resp.Private):
		return nil
	}
	r.CheckExisting(ctx, existing, adopt, at, diags)
	return &existing
}

// checkUpdate reports a user that cannot be edited, and judges the end of one whose place
// another takes. An address that differs from that of the state is another account, unless it
// is what SignPath has for this one.
func (r *principalResource) checkUpdate(
	ctx context.Context, planned access.Principal, plan, prior principalModel, resp *resource.ModifyPlanResponse,
) *access.Principal {
	at, diags := path.Root(r.keyAttribute), &resp.Diagnostics
	existing, err := r.find(ctx, prior)
	if err != nil {
		run.AddFailure(diags, run.Failure{At: at, Doing: "Reading " + planned.String(), Needs: run.NeedsAnyRole}, err)
		return nil
	}
	if user, is := plan.(*userModel); is {
		before, _ := prior.(*userModel)
		if user.isOther(before, existing.Email) {
			resp.RequiresReplace.Append(at)
			r.RefuseHandOver(existing, at, diags)
			r.GuardEnd(ctx, existing, plan.account().allowsLockout(), at, diags)
			r.settleEnd(ctx, existing, at, diags)
			return nil // The create is planned next.
		}
		planned.Email = existing.Email
		tellAddress(user, existing, diags)
	}
	planned.ID = existing.ID
	r.Planned.Put(planned)
	r.PlanName(ctx, planned, existing, at, diags)
	run.RefuseUnmanageable(existing, at, diags)
	return &existing
}

// tellAddress warns of an address that is another one at SignPath by now.
func tellAddress(plan *userModel, existing access.Principal, diags *diag.Diagnostics) {
	configured := plan.Email.ValueString()
	if strings.EqualFold(configured, existing.Email) {
		return
	}
	run.AddWarning(diags, path.Root(run.AttrEmail), fmt.Sprintf("Address changed at SignPath: user:%s, now %s", configured, existing.Reference()), fmt.Sprintf(
		"The account that this resource manages has another e-mail address at SignPath than the configuration says: it was changed there, or the invitation was accepted with another account. "+
			"It is the same account, with what it was given, so nothing is replaced and nobody invited. Write in this resource:\n\n  email = %q\n\n"+
			"That changes nothing at SignPath. "+
			"Write %q, too, where a text names the account, or refer to the attribute member of this resource, which has that already. "+
			"If the account must not belong to the new address, deactivate it, or have the address changed back at SignPath.",
		existing.Email, existing.Reference()))
}

// planDestroy says what becomes of the principal: SignPath's API cannot delete any.
func (r *principalResource) planDestroy(ctx context.Context, prior principalModel, resp *resource.ModifyPlanResponse) {
	if r.Session == nil || resp.Diagnostics.HasError() {
		return
	}
	existing, err := r.find(ctx, prior)
	if r.kind == access.KindGroup {
		r.planEmptying(ctx, prior.fields().Member.ValueString(), existing, err, resp)
		return
	}
	if err != nil || !r.PlanEndOf(ctx, resp.Private, existing, &resp.Diagnostics) || !existing.Active {
		return // Nothing to deactivate.
	}
	allowed := prior.account().allowsLockout()
	run.NoteAllowLockout(ctx, resp.Private, allowed, &resp.Diagnostics)
	r.GuardEnd(ctx, existing, allowed, path.Empty(), &resp.Diagnostics)
	r.settleEnd(ctx, existing, path.Empty(), &resp.Diagnostics)
}

// settleEnd finds out whether the user can be deactivated.
func (r *principalResource) settleEnd(ctx context.Context, existing access.Principal, at path.Path, diags *diag.Diagnostics) {
	if !existing.Active {
		return
	}
	doing := run.Failure{At: at, Doing: "Planning to deactivate " + existing.String(), Needs: run.NeedsUserAdmin}
	r.Settled(diags, doing, false, r.Client.SettleActive(ctx, r.kind, false))
}
