package principal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// day is the unit of periods that Go's durations have not got. It has 24 hours, whatever a
// time zone makes of it.
const day = 24 * time.Hour

// maxDays is how many of them a [time.Duration] can have.
const maxDays = math.MaxInt64 / int64(day)

// periodForms says how a period is written.
const periodForms = `days, hours, minutes and seconds, such as "90d", "720h", "1d12h" or "1h30m"`

// parsePeriod reads a Go duration that may begin with whole days.
func parsePeriod(text string) (time.Duration, error) {
	days, rest := time.Duration(0), text
	if number, after, found := strings.Cut(text, "d"); found {
		count, err := strconv.ParseUint(number, 10, 64)
		if err != nil || count > uint64(maxDays) {
			return 0, fmt.Errorf("%q is not a period: valid are %s", text, periodForms)
		}
		days, rest = time.Duration(count)*day, after
		if rest == "" {
			return days, nil
		}
	}
	period, err := time.ParseDuration(rest)
	if err != nil || days > 0 && (period < 0 || strings.ContainsAny(rest[:1], "+-")) || days > math.MaxInt64-max(period, 0) {
		return 0, fmt.Errorf("%q is not a period: valid are %s", text, periodForms)
	}
	return days + period, nil
}

// isPeriod accepts periods that are allowed; otherwise says what is wrong with another one.
func isPeriod(valid string, allowed func(time.Duration) bool, otherwise string) validator.String {
	return run.StringValidator{
		Valid:   valid,
		Summary: "Invalid period",
		Check: func(value string) error {
			period, err := parsePeriod(value)
			if err == nil && !allowed(period) {
				err = fmt.Errorf("%q %s", value, otherwise)
			}
			return err
		},
	}
}

// isRotationPeriod accepts the periods after which a token can be rotated.
func isRotationPeriod() validator.String {
	return isPeriod("a period above zero, such as \"90d\" or \"720h\"", func(period time.Duration) bool { return period > 0 },
		"is not above zero: the token would be rotated in every apply")
}

// isEarlyPeriod accepts the windows before the end of such a period.
func isEarlyPeriod() validator.String {
	return isPeriod("a period, such as \"9d\" or \"72h\", or \"0s\" for none", func(period time.Duration) bool { return period >= 0 },
		"is below zero: the token would get older than rotate_after")
}

// isBelowRotateAfter accepts a window that is a part of the period in rotate_after.
type isBelowRotateAfter struct{}

// Description implements [validator.Describer].
func (isBelowRotateAfter) Description(context.Context) string {
	return "value must be below rotate_after"
}

// MarkdownDescription implements [validator.Describer].
func (v isBelowRotateAfter) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString implements [validator.String].
func (isBelowRotateAfter) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	var after types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrRotateAfter), &after)...)
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || after.IsUnknown() {
		return
	}
	if after.IsNull() {
		resp.Diagnostics.AddAttributeError(req.Path, "Nothing to rotate early",
			"rotate_early is the last part of the period in rotate_after, which is not set. Set rotate_after, or take rotate_early out.")
		return
	}
	whole, wholeErr := parsePeriod(after.ValueString())
	window, windowErr := parsePeriod(req.ConfigValue.ValueString())
	if wholeErr == nil && windowErr == nil && window >= whole { // Else another validator has reported it.
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid period", fmt.Sprintf(
			"%q is not below rotate_after = %q: the token could be due as soon as it is generated.", req.ConfigValue.ValueString(), after.ValueString()))
	}
}

// earlyPart is which part of rotate_after the early window is by default.
const earlyPart = 10

// rotation returns the moment from which on the token is due, and whether it ever is. The
// moment is in the last part of rotate_after, which is rotate_early, and nobody chooses it:
// it is a function of the CI user and of the time when the token was generated. So it is
// the same in each plan and apply, and tokens that were generated together fall due apart.
// It is before the end of rotate_after in any case. A time of generation that cannot be
// read is as good as long ago.
func (m *ciUserTokenModel) rotation() (due time.Time, isEver bool) {
	period, err := parsePeriod(m.RotateAfter.ValueString())
	if err != nil { // Null and unknown are no periods.
		return time.Time{}, false
	}
	window := time.Duration(0) // Of one that is unknown, nothing is known but the end.
	if m.RotateEarly.IsNull() {
		window = period / earlyPart
	} else if early, err := parsePeriod(m.RotateEarly.ValueString()); err == nil {
		window = early
	}
	generated, _ := time.Parse(time.RFC3339, m.GeneratedAt.ValueString())
	share := sha256.Sum256([]byte(m.ID.ValueString() + "\n" + m.GeneratedAt.ValueString()))
	early, _ := bits.Mul64(uint64(max(window, 0)), binary.BigEndian.Uint64(share[:]))
	return generated.Add(period - time.Duration(early)).UTC().Truncate(time.Second), true //nolint:gosec // It is below the window.
}

// rotatesAt is the moment of [ciUserTokenModel.rotation] as an attribute: null without
// rotate_after, and unknown as long as something that it depends on is.
func (m *ciUserTokenModel) rotatesAt() types.String {
	if m.RotateAfter.IsNull() {
		return types.StringNull()
	}
	due, isEver := m.rotation()
	if !isEver || m.RotateEarly.IsUnknown() || m.GeneratedAt.IsUnknown() || m.ID.IsUnknown() {
		return types.StringUnknown()
	}
	return types.StringValue(due.Format(time.RFC3339))
}

// clockSkew is by how much a token may have been generated after now before a plan says so:
// the clocks of two machines differ.
const clockSkew = 5 * time.Minute

// The titles of the warnings about tokens that are due. They name no token: of warnings with
// one title, a CLI shows the first and how many more there are. An organization may have a
// token for each policy, of which many can be due, and a title each would bury all else.
const (
	warningOfDue  = "API tokens are due for rotation, and replaced"
	warningOfHeld = "API tokens are due for rotation, and held"
)

// planRotation plans a replacement if the token has become too old.
//
// It looks only after a refresh. Terraform refreshes for a plan and not for an
// apply, and plans an update again right before it applies it: a token that
// becomes too old in between must not make that plan another one.
func (r *ciUserTokenResource) planRotation(plan *ciUserTokenModel, state ciUserTokenModel, p access.Principal, resp *resource.ModifyPlanResponse) {
	if !r.Tokens.Read.Has(p.ID) {
		return
	}
	r.warnOfFuture(state, p, &resp.Diagnostics)
	due, isEver := plan.rotation()
	if !isEver || r.Now().Before(due) {
		return
	}
	since := fmt.Sprintf("The API token of %s was generated at %s, and by rotate_after = %q it has been due for rotation since %s. ",
		p, state.GeneratedAt.ValueString(), plan.RotateAfter.ValueString(), due.Format(time.RFC3339))
	if !p.Active {
		since += "It is inactive, so that no token of it works. "
	}
	if r.HoldsTokens {
		resp.Diagnostics.AddAttributeWarning(path.Root(attrRotateAfter), warningOfHeld,
			since+"This plan leaves it as it is, because token_rotation is \"hold\" here. A plan with \"due\" replaces it.")
		return
	}
	resp.RequiresReplace.Append(path.Root(attrGeneratedAt))
	plan.GeneratedAt = types.StringUnknown()
	resp.Diagnostics.AddAttributeWarning(path.Root(attrRotateAfter), warningOfDue,
		since+"So this plan replaces it; the old token stops working as soon as the new one is generated.")
}

// warnOfFuture warns of a token that was generated after now, which would not rotate for as long.
func (r *ciUserTokenResource) warnOfFuture(state ciUserTokenModel, p access.Principal, diags *diag.Diagnostics) {
	generated, err := time.Parse(time.RFC3339, state.GeneratedAt.ValueString())
	if err != nil || !generated.After(r.Now().Add(clockSkew)) {
		return
	}
	diags.AddAttributeWarning(path.Root(attrGeneratedAt), "The API token comes from the future: "+p.String(), fmt.Sprintf(
		"By the state, the API token of %s was generated at %s, and it is %s now. The clock of the machine that generated it was wrong, or that of this one is. "+
			"The token gets that much older than it should before rotate_after has passed. "+
			"Correct the clock that is wrong. If it was the other one, generate the token anew: change rotation_triggers, or plan with -replace.",
		p, state.GeneratedAt.ValueString(), r.Now().UTC().Format(time.RFC3339)))
}
