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

// planEmptying says what becomes of a group, and who leaves it; err is why it was not found.
func (r *principalResource) planEmptying(ctx context.Context, member string, group access.Principal, err error, resp *resource.ModifyPlanResponse) {
	if isNobody(err) {
		return
	}
	var members []string
	if err == nil {
		members, err = r.client.Members(ctx, r.groupTarget(vocabulary.GroupMembers, group))
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Reading " + member, needs: needsAnyRole}, err)
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
	addFailure(&resp.Diagnostics, failure{doing: "Naming the members of " + member, needs: needsAnyRole}, err)
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

// empty takes those out of a group whom the plan has announced. The destroy half of a
// replacement has announced nobody, and takes nobody out: the create takes the group up again.
func (r *principalResource) empty(ctx context.Context, private privateReader, group access.Principal, diags *diag.Diagnostics) {
	announced := getPrivate[[]string](ctx, private, privateAnnounced)
	t := r.groupTarget(vocabulary.GroupMembers, group)
	if len(announced) > 0 {
		r.accounts.emptied.hold(listKey(t), announced...)
		warnings, err := r.client.SetMembers(ctx, t, nil, announced)
		addEditWarnings(diags, t.String(), warnings)
		if err != nil {
			addFailure(diags, failure{doing: "Emptying " + group.Reference().String(), needs: needsGroupAdmin}, err)
			return
		}
	}
	r.warnOfRemaining(ctx, t, announced != nil && !group.Synchronized, diags)
}

// warnOfRemaining names who joined the group after the plan.
func (r *principalResource) warnOfRemaining(ctx context.Context, t api.Target, emptied bool, diags *diag.Diagnostics) {
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

// refill puts those back whom the end of another instance for the same group took out,
// but for those who leave it by a resource of their own. The lock of the group is held.
func (r *principalResource) refill(ctx context.Context, group access.Principal, diags *diag.Diagnostics) {
	t := r.groupTarget(vocabulary.GroupMembers, group)
	_, left := r.taken.entries.split(listKey(t), r.accounts.emptied.of(listKey(t)))
	if len(left) == 0 {
		return
	}
	warnings, err := r.client.ChangeMembers(ctx, t, left, nil)
	addEditWarnings(diags, t.String(), warnings)
	addFailure(diags, failure{doing: "Putting members back into " + group.String(), needs: needsGroupAdmin}, err)
}
