package principal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// SignPath's API is not known to delete groups. A destroy takes the members out,
// so that nobody keeps a right through a group that Terraform gave up. The plan
// names them, and its private state hands them to the destroy: who joined later
// stays, with a warning.

const privateAnnounced = "announced_members"

// planEmptying says what becomes of a group, and who leaves it; err is why it was not found.
func (r *principalResource) planEmptying(ctx context.Context, member string, group access.Principal, err error, resp *resource.ModifyPlanResponse) {
	if run.IsNobody(err) {
		return
	}
	var members []string
	if err == nil {
		members, err = r.Client.Members(ctx, r.GroupTarget(vocabulary.GroupMembers, group))
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading " + member, Needs: run.NeedsAnyRole}, err)
		return
	}
	if !r.PlanEndOf(ctx, resp.Private, group, &resp.Diagnostics) {
		return
	}
	if group.Synchronized {
		announce(ctx, resp.Private, nil, &resp.Diagnostics)
		resp.Diagnostics.AddWarning("Synchronized from a directory: "+group.String(), fmt.Sprintf(
			"%s is synchronized from your organization's directory now, and SignPath refuses to edit it. "+
				"The destroy leaves it as it is; Terraform only forgets it.", group))
		return
	}
	for _, id := range members {
		r.Memberships.Change(group.ID, id, false)
	}
	announce(ctx, resp.Private, members, &resp.Diagnostics)
	if len(members) > 0 {
		r.Settled(&resp.Diagnostics, run.Failure{Doing: fmt.Sprintf("Planning to empty %s", group), Needs: run.NeedsGroupAdmin}, false,
			r.Client.SettleMembers(ctx, r.GroupTarget(vocabulary.GroupMembers, group), true))
	}
	emptied := r.ListChange(r.GroupTarget(vocabulary.GroupMembers, group), nil, members)
	emptied.Replaceable, emptied.Ends = true, true
	r.GuardAccess(ctx, emptied, &resp.Diagnostics)
	names, err := r.SpellMembers(ctx, members, nil)
	run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Naming the members of " + member, Needs: run.NeedsAnyRole}, err)
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

func announce(ctx context.Context, private tfkit.PrivateState, ids []string, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateAnnounced, append([]string{}, ids...), diags)
}

// empty takes those out of a group whom the plan has announced. The destroy half of a
// replacement has announced nobody, and takes nobody out: the create takes the group up again.
func (r *principalResource) empty(ctx context.Context, private tfkit.PrivateReader, group access.Principal, diags *diag.Diagnostics) {
	announced := tfkit.GetPrivate[[]string](ctx, private, privateAnnounced)
	t := r.GroupTarget(vocabulary.GroupMembers, group)
	if len(announced) > 0 {
		r.Accounts.Emptied.Hold(run.ListKey(t), announced...)
		warnings, err := r.Client.SetMembers(ctx, t, nil, announced)
		run.AddEditWarnings(diags, t.String(), warnings)
		if err != nil {
			run.AddFailure(diags, run.Failure{Doing: "Emptying " + group.Reference().String(), Needs: run.NeedsGroupAdmin}, err)
			return
		}
	}
	r.warnOfRemaining(ctx, t, announced != nil && !group.Synchronized, diags)
}

// warnOfRemaining names who joined the group after the plan.
func (r *principalResource) warnOfRemaining(ctx context.Context, t api.Target, emptied bool, diags *diag.Diagnostics) {
	left, err := r.Client.Members(ctx, t)
	if err != nil || len(left) == 0 || !emptied {
		return
	}
	if names, err := r.SpellMembers(ctx, left, nil); err == nil {
		diags.AddWarning("Somebody was added after the plan: "+t.String(), fmt.Sprintf(
			"User group %q still holds %s, who came into it after this plan was made. The plan did not announce their removal, so they were left there.",
			t.GroupName, strings.Join(names, ", ")))
	}
}

// refill puts those back whom the end of another instance for the same group took out,
// but for those who leave it by a resource of their own. The lock of the group is held.
func (r *principalResource) refill(ctx context.Context, group access.Principal, diags *diag.Diagnostics) {
	t := r.GroupTarget(vocabulary.GroupMembers, group)
	_, left := r.Taken.Entries.Split(run.ListKey(t), r.Accounts.Emptied.Of(run.ListKey(t)))
	if len(left) == 0 {
		return
	}
	warnings, err := r.Client.PutBack(ctx, t, left)
	run.AddEditWarnings(diags, t.String(), warnings)
	run.AddFailure(diags, run.Failure{Doing: "Putting members back into " + group.String(), Needs: run.NeedsGroupAdmin}, err)
}
