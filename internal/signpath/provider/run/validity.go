package run

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// Access that ends by a day. A plan and its apply are two processes, hours apart, and Terraform
// plans once more in the apply: what looks at the clock there may find another day. So the refresh
// alone looks, and writes what it finds into the state, which both plans have. The end is an update
// of a resource that stays: nothing at SignPath tells that there was an end.

// The attributes of what is granted until a day.
const (
	AttrValidUntil = "valid_until"
	AttrEnded      = "ended"
	AttrGranted    = "granted"
)

// ValidityAttributes describes them; what names what ends, as in "the role".
func ValidityAttributes(what string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		AttrValidUntil: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("The last day of %s, as `2026-12-31`: through the end of that day, UTC. SignPath knows no such day, so %[1]s ends with the first apply after it whose plan refreshed: "+
				"plan and apply daily. The resource stays then, with `ended = true`, and what somebody grants by hand after that, the next plan takes away again. "+
				"A later day, or none, gives it back. A new day that has passed already is an error. Without it, nothing ends.", what),
			Validators: []validator.String{IsDate()},
		},
		AttrEnded: schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether `valid_until` has passed, as the last refresh found it; null without `valid_until`. " +
				"A plan goes by this and not by the clock, so `-refresh=false` ends nothing, and a saved plan does what it says on whichever day it is applied.",
		},
		AttrGranted: schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("Whether %s is there, as the last refresh or apply found it; null without `valid_until`. A plan shows an end as a change of it from `true` to `false`.", what),
		},
	}
}

// A Validity is what a state or a plan says of the day.
type Validity struct {
	Until          types.String
	Ended, Granted types.Bool
}

// ValidityIn reads it.
func ValidityIn(ctx context.Context, from Attributes, diags *diag.Diagnostics) (v Validity) {
	diags.Append(from.GetAttribute(ctx, path.Root(AttrValidUntil), &v.Until)...)
	diags.Append(from.GetAttribute(ctx, path.Root(AttrEnded), &v.Ended)...)
	diags.Append(from.GetAttribute(ctx, path.Root(AttrGranted), &v.Granted)...)
	return v
}

// Set writes what is computed.
func (v Validity) Set(ctx context.Context, to SettableAttributes, diags *diag.Diagnostics) {
	diags.Append(to.SetAttribute(ctx, path.Root(AttrEnded), v.Ended)...)
	diags.Append(to.SetAttribute(ctx, path.Root(AttrGranted), v.Granted)...)
}

// IsGranted tells whether the access is there: without a day, it is for as long as the resource.
func (v Validity) IsGranted() bool {
	return v.Granted.IsNull() || v.Granted.IsUnknown() || v.Granted.ValueBool()
}

// hasPassed tells whether there is a day and it is over, UTC.
func (v Validity) hasPassed(now time.Time) bool {
	day, err := ParseDate(v.Until.ValueString())
	return err == nil && !now.Before(day.AddDate(0, 0, 1))
}

// isSameDay compares days, not spellings.
func (v Validity) isSameDay(other Validity) bool {
	if v.Until.IsNull() || v.Until.IsUnknown() || other.Until.IsNull() || other.Until.IsUnknown() {
		return v.Until.Equal(other.Until)
	}
	mine, err := ParseDate(v.Until.ValueString())
	theirs, otherErr := ParseDate(other.Until.ValueString())
	return err == nil && otherErr == nil && mine.Equal(theirs)
}

// ReadValidity is that of a state after a refresh, which found the access there or not.
func (s *Session) ReadValidity(v Validity, granted bool) Validity {
	if v.Until.IsNull() {
		return Validity{}
	}
	v.Ended, v.Granted = types.BoolValue(v.hasPassed(s.Now())), types.BoolValue(granted)
	return v
}

// IsEndedIn tells whether the state says that the day has passed, and the plan has the same day:
// then it leaves no access. Of a create, the state has no day.
func (v Validity) IsEndedIn(plan Validity) bool {
	return v.Ended.ValueBool() && v.isSameDay(plan)
}

// Planned is what the plan says, given what the state did.
func (v Validity) Planned(state Validity) Validity {
	switch {
	case v.Until.IsNull():
		v.Ended, v.Granted = types.BoolNull(), types.BoolNull()
	case v.Until.IsUnknown():
		v.Ended, v.Granted = types.BoolUnknown(), types.BoolUnknown()
	default:
		isEnded := state.IsEndedIn(v)
		v.Ended, v.Granted = types.BoolValue(isEnded), types.BoolValue(!isEnded)
	}
	return v
}

// RefusePastDay reports a new day that has passed, and tells whether it did. An update is judged by
// the clock in the run that has read the resource, and where it would give something back: so a
// saved plan that only writes down another day does what it says on whichever day it is applied.
func (s *Session) RefusePastDay(ctx context.Context, private tfkit.PrivateReader, state, plan Validity, isCreate bool, diags *diag.Diagnostics) bool {
	isJudged := isCreate || !plan.isSameDay(state) && (!state.IsGranted() || s.Holdings.isRead(tfkit.GetPrivate[string](ctx, private, tfkit.PrivateMark)))
	if !isJudged || !plan.hasPassed(s.Now()) {
		return false
	}
	diags.AddAttributeError(path.Root(AttrValidUntil), "The day has passed", fmt.Sprintf(
		"valid_until is %s, and %s is over (UTC), so nothing is granted for it. Give a later day, or take the resource out. "+
			"Where the apply of a saved plan says so, the day has passed since it was made. "+DestroyNote,
		plan.Until, plan.Until.ValueString()))
	return true
}

// An End is that of one resource's access by its day.
type End struct {
	// Member is whose access ends, and Of is what: a list, or a role.
	Member access.Reference
	Of     string
	Until  types.String
	// Loses are those who lose it, also through groups.
	Loses []review.ListMember
}

// TellEnd warns of the end, as far as the guardrails want it.
func (s *Session) TellEnd(e End, diags *diag.Diagnostics) {
	if s.Warnings == WarnOfNone {
		return
	}
	loses := "nobody loses it, because each has it in another way"
	if len(e.Loses) > 0 {
		loses = review.ListChange{Loses: e.Loses}.String()
	}
	AddWarning(diags, path.Root(AttrValidUntil), fmt.Sprintf("Ends, because valid_until has passed: %s, %s", e.Member, e.Of),
		fmt.Sprintf("valid_until of %s is %s. Of %s, %s.", e.Member, e.Until.ValueString(), e.Of, loses))
}

// KeepEnd says that what should end does not, and why. It is said in each plan, because nothing
// else would: a plan without it stays empty.
func KeepEnd(e End, because string, diags *diag.Diagnostics) {
	AddWarning(diags, path.Root(AttrValidUntil), fmt.Sprintf("Has not ended, though valid_until has passed: %s, %s", e.Member, e.Of), fmt.Sprintf(
		"valid_until of %s is %s, and it is not taken away: %s If the apply ends with \"Provider produced inconsistent final plan\", this has changed since the plan: plan again.",
		e.Member, e.Until.ValueString(), because))
}
