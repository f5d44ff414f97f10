package baselineprovider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// liveFinding is a finding of a review of the live system.
type liveFinding struct {
	Rule     types.String `tfsdk:"rule"`
	Severity types.String `tfsdk:"severity"`
	Subject  types.String `tfsdk:"subject"`
	Sentence types.String `tfsdk:"sentence"`
	Advice   types.String `tfsdk:"advice"`
}

// LiveReportAttributes are those with what a review of the live system tells. The subject says what
// its findings are about.
func LiveReportAttributes(subject string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"findings": tfkit.ComputedObjects("What the rules find, the worst first.", map[string]schema.Attribute{
			"rule":     tfkit.ComputedText("Id of the rule."),
			"severity": tfkit.ComputedText("`deny` for what must not be, `warn` for what somebody should look at, `note` for what is only told."),
			"subject":  tfkit.ComputedText("What it is about: " + subject + "."),
			"sentence": tfkit.ComputedText("What was found."),
			"advice":   tfkit.ComputedText("What to do about it."),
		}),
		"complete":   tfkit.ComputedTruth("Whether everything was compared that can be: `gaps` is empty. It says nothing of what is in `cannot_see`."),
		"gaps":       tfkit.ComputedTexts("Sentences on what should have been compared and could not be. No rule fires on what is in a gap."),
		"cannot_see": tfkit.ComputedTexts("Sentences on what this review cannot see at all."),
	}
}

// SetLiveReport writes what a review tells.
func SetLiveReport(ctx context.Context, state *tfsdk.State, report baseline.LiveReport, diags *diag.Diagnostics) {
	findings := []liveFinding{}
	for _, f := range report.Findings {
		findings = append(findings, liveFinding{
			types.StringValue(f.Rule), types.StringValue(f.Word()), types.StringValue(f.Subject), types.StringValue(f.Sentence), types.StringValue(f.Advice),
		})
	}
	for name, value := range map[string]any{
		"findings": findings, "complete": report.Complete(), "gaps": append([]string{}, report.Gaps...), "cannot_see": append([]string{}, report.CannotSee...),
	} {
		diags.Append(state.SetAttribute(ctx, path.Root(name), value)...)
	}
}
