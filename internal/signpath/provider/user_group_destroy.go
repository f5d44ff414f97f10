package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// SignPath's API is not known to delete groups. A destroy takes the members out,
// so that nobody keeps a right through a group that Terraform gave up. The plan
// names them, and its private state hands them to the destroy: who joined later
// stays, with a warning.

const privateAnnounced = "announced_members"

// planDestroy says what becomes of the group, and who leaves it.
func (r *userGroupResource) planDestroy(ctx context.Context, prior userGroupModel, resp *resource.ModifyPlanResponse) {
	if r.session == nil || resp.Diagnostics.HasError() {
		return
	}
	group, err := r.find(ctx, prior)
	if isNobody(err) {
		return
	}
	var members []string
	if err == nil {
		members, err = r.client.Members(ctx, r.groupTarget(vocabulary.GroupMembers, group))
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Reading " + prior.Member.ValueString(), needs: needsAnyRole}, err)
		return
	}
	if !r.planEndOf(ctx, resp.Private, group, &resp.Diagnostics) {
		return
	}
	if group.Synchronized {
		announce(ctx, resp.Private, nil, &resp.Diagnostics)
		resp.Diagnostics.AddWarning("Synchronized from a directory: "+group.String(), fmt.Sprintf(
			"%s is synchronized from your organization's directory now, and SignPath refuses to edit it. The destroy leaves it as it is; Terraform only forgets it.", group))
		return
	}
	for _, id := range members {
		r.memberships.change(group.ID, id, false)
	}
	announce(ctx, resp.Private, members, &resp.Diagnostics)
	if len(members) > 0 {
		settled(&resp.Diagnostics, failure{doing: fmt.Sprintf("Planning to empty %s", group), needs: needsGroupAdmin}, false,
			r.client.SettleMembers(ctx, r.groupTarget(vocabulary.GroupMembers, group), true))
	}
	emptied := r.listChange(r.groupTarget(vocabulary.GroupMembers, group), nil, members)
	emptied.Replaceable, emptied.Ends = true, true
	r.guardAccess(ctx, emptied, &resp.Diagnostics)
	names, err := r.spellMembers(ctx, members, nil)
	addFailure(&resp.Diagnostics, failure{doing: "Naming the members of " + prior.Member.ValueString(), needs: needsAnyRole}, err)
	resp.Diagnostics.AddWarning(fmt.Sprintf("User groups are emptied, not deleted: %s", group), emptyingNote(group, names))
}

func emptyingNote(group access.Principal, names []string) string {
	note := fmt.Sprintf("SignPath's API offers no known way to delete a user group, so the destroy of %s only takes its members out. "+
		"The group stays, also on the access lists that still name it, and can be deleted in SignPath's web application.", group)
	if len(names) == 0 {
		return note + " It has no members now."
	}
	slices.Sort(names)
	return note + " These lose what they may do through it:\n  - " + strings.Join(names, "\n  - ")
}

func announce(ctx context.Context, private privateState, ids []string, diags *diag.Diagnostics) {
	setPrivate(ctx, private, privateAnnounced, append([]string{}, ids...), diags)
}

// Delete implements [resource.Resource]. The destroy half of a replacement has
// announced nobody, and takes nobody out: the create takes the group up again.
func (r *userGroupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.noticeContract(&resp.Diagnostics)
	var state userGroupModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	announced := getPrivate[[]string](ctx, req.Private, privateAnnounced)
	group, err := r.find(ctx, state)
	if resp.Diagnostics.HasError() || isNobody(err) {
		return
	}
	r.replaced.add(group.ID)
	t := r.groupTarget(vocabulary.GroupMembers, group)
	defer r.accounts.lock(group.ID)()
	if len(r.givenUp(ctx, req.Private, heldAccounts, []string{group.ID})) == 0 {
		return
	}
	if err == nil && len(announced) > 0 {
		var warnings api.Warnings
		r.accounts.emptied.hold(listKey(t), announced...)
		warnings, err = r.client.SetMembers(ctx, t, nil, announced)
		addEditWarnings(&resp.Diagnostics, t.String(), warnings)
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Emptying " + state.Member.ValueString(), needs: needsGroupAdmin}, err)
		return
	}
	r.warnOfRemaining(ctx, t, announced != nil && !group.Synchronized, &resp.Diagnostics)
}

// warnOfRemaining names who joined the group after the plan.
func (r *userGroupResource) warnOfRemaining(ctx context.Context, t api.Target, emptied bool, diags *diag.Diagnostics) {
	left, err := r.client.Members(ctx, t)
	if err != nil || len(left) == 0 || !emptied {
		return
	}
	if names, err := r.spellMembers(ctx, left, nil); err == nil {
		diags.AddWarning("Somebody was added after the plan: "+t.String(), fmt.Sprintf(
			"User group %q still holds %s, who came into it after this plan was made. The plan did not announce their removal, so they were left there.",
			t.GroupName, strings.Join(names, ", ")))
	}
}

// restore puts those back whom the end of another instance for the same group took out,
// but for those who leave it by a resource of their own.
func (r *userGroupResource) restore(ctx context.Context, group access.Principal, diags *diag.Diagnostics) {
	defer r.accounts.lock(group.ID)()
	t := r.groupTarget(vocabulary.GroupMembers, group)
	_, left := r.taken.entries.split(listKey(t), r.accounts.emptied.of(listKey(t)))
	if len(left) == 0 {
		return
	}
	warnings, err := r.client.ChangeMembers(ctx, t, left, nil)
	addEditWarnings(diags, t.String(), warnings)
	addFailure(diags, failure{doing: "Putting members back into " + group.String(), needs: needsGroupAdmin}, err)
}
