package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const attrGuardrails = "guardrails"

// guardrailsModel is the guardrails block. Its rules have the form of the file that
// `signpathctl review` takes, so that one file can serve both.
type guardrailsModel struct {
	Rules          map[string]guardrailModel `tfsdk:"rules"`
	AccessWarnings types.String              `tfsdk:"access_warnings"`
}

type guardrailModel struct {
	Severity   types.String     `tfsdk:"severity"`
	Parameters map[string]int64 `tfsdk:"parameters"`
	Exceptions []exceptionModel `tfsdk:"exceptions"`
}

type exceptionModel struct {
	Member        types.String `tfsdk:"member"`
	Project       types.String `tfsdk:"project"`
	SigningPolicy types.String `tfsdk:"signing_policy"`
	Reason        types.String `tfsdk:"reason"`
	Until         types.String `tfsdk:"until"`
}

func guardrailsBlock() schema.Block {
	return schema.SingleNestedBlock{
		MarkdownDescription: "What a plan may do about access. " +
			"Every resource that changes access is judged, with its own change applied to what SignPath has now, by the rules of access reviews. " +
			"What it newly causes fails the plan, or is a warning, or nothing, as the rule says; what was wrong before is not blamed on it. " +
			"See the guide [Reviewing changes to signing rights](guides/reviewing-changes.md). " +
			"Without this block, every rule has its default: what leaves nobody to approve is denied, and so is self-approval; the rest is a warning. " +
			"Each provider block judges what it plans itself: two of them for one organization are two processes that know nothing of each other.",
		Attributes: map[string]schema.Attribute{
			"rules": schema.MapNestedAttribute{
				Optional: true,
				MarkdownDescription: "Settings of rules, by the id of the rule; others keep their defaults. The form is that of the file for `signpathctl review --rules`, so one file can serve both: " +
					"`rules = yamldecode(file(\"signing-rules.yaml\")).rules`. The rules:\n" + ruleList(),
				NestedObject: schema.NestedAttributeObject{Attributes: guardrailAttributes()},
			},
			"access_warnings": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Of which changes of lists and of holders of roles a plan warns who gains and who loses:\n" +
					"  - `notable` (the default): somebody loses, somebody gains through a group, or a create takes something over. Who gains by an entry of their own stands in the plan anyway.\n" +
					"  - `all`: every change.\n" +
					"  - `none`: no change. `signpathctl review plan` tells all of them in any case.\n\n" +
					"  Where the same people gain through the same group at several places, Terraform shows the first of the warnings, and how many more there are. " +
					"Findings of rules are not switched by this.",
				Validators: []validator.String{stringvalidator.OneOf(string(run.WarnOfNotable), string(run.WarnOfAll), string(run.WarnOfNone))},
			},
		},
	}
}

func guardrailAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"severity": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`deny` fails the plan, `warn` warns, `ignore` switches the rule off. Defaults to that of the rule. " +
				"What is denied by default is only a warning where a single entry of a list is removed or a resource destroyed, " +
				"because the plan may put another in its place; a `deny` that is set here counts there, too.",
		},
		"parameters": schema.MapAttribute{
			Optional:            true,
			ElementType:         types.Int64Type,
			Validators:          []validator.Map{run.NoNullsInMap()},
			MarkdownDescription: "Numbers of the rule, by name: whole numbers from 1. Defaults to those of the rule.",
		},
		"exceptions": schema.ListNestedAttribute{
			Optional:   true,
			Validators: []validator.List{run.NoNullsInList()},
			MarkdownDescription: "Findings of the rule that may pass for a time. An exception covers a finding if each subject that it names is the finding's. " +
				"After its end it no longer counts.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				run.AttrMember: schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Whom the finding is about, as a member reference. " +
						"A member or a project is required, unless the rule is about the organization as a whole.",
					Validators: []validator.String{run.IsEntry()},
				},
				run.AttrProject: schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Slug of the project that the finding is about.",
					Validators:          []validator.String{run.IsSlug()},
				},
				run.AttrSigningPolicy: schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Slug of the signing policy that the finding is about. Needs `project`.",
					Validators:          []validator.String{run.IsSlug()},
				},
				"reason": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "Why the finding may pass. Reviews show it.",
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
				"until": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "The last day on which the exception counts, in UTC, as `2026-12-31`.",
					Validators:          []validator.String{run.IsDate()},
				},
			}},
		},
	}
}

// ruleList describes the rules, one a line.
func ruleList() string {
	var list strings.Builder
	for _, rule := range vocabulary.Rules {
		fmt.Fprintf(&list, "\n  - `%s` (%s): %s", rule.ID, cmp.Or(rule.Introduced, rule.Severity), rule.Summary)
		for _, parameter := range rule.Parameters {
			fmt.Fprintf(&list, " Parameter `%s`: %s; %d.", parameter.Name, parameter.Meaning, parameter.Default)
		}
	}
	return list.String()
}

// ValidateConfig implements [provider.ProviderWithValidateConfig].
func (p *signpathProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var block types.Object
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrGuardrails), &block)...)
	if !isFullyKnown(ctx, block) {
		return
	}
	readGuardrails(ctx, block, &resp.Diagnostics)
}

// isFullyKnown tells whether nothing in the object is only known after apply.
func isFullyKnown(ctx context.Context, block types.Object) bool {
	value, err := block.ToTerraformValue(ctx)
	return err == nil && value.IsFullyKnown()
}

// readGuardrails returns the settings of rules and what a plan warns of, and reports what is
// wrong with the rules on each.
func readGuardrails(ctx context.Context, block types.Object, diags *diag.Diagnostics) (map[string]review.RuleSetting, run.AccessWarnings) {
	var model guardrailsModel
	diags.Append(block.As(ctx, &model, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true})...)
	settings := map[string]review.RuleSetting{}
	for _, id := range slices.Sorted(maps.Keys(model.Rules)) {
		settings[id] = model.Rules[id].setting()
		if wrong := model.Rules[id].refuse(id, settings[id]); wrong != "" {
			diags.AddAttributeError(path.Root(attrGuardrails).AtName("rules").AtMapKey(id), "Invalid guardrail", wrong)
		}
	}
	return settings, run.AccessWarnings(model.AccessWarnings.ValueString())
}

// refuse says what is wrong with the settings of the rule, or nothing.
func (m guardrailModel) refuse(id string, setting review.RuleSetting) string {
	// When the review takes place does not matter to whether the rules hold.
	one := review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Unix(0, 0), Rules: map[string]review.RuleSetting{id: setting}}
	err := one.Validate()
	for i, written := range m.Exceptions {
		if _, wrong := written.place(); wrong != nil {
			err = errors.Join(err, fmt.Errorf("rule %s: exception %d: %w", id, i+1, wrong))
		}
	}
	switch {
	case id == "rules":
		return "This takes what the file for signpathctl has under the key rules, and not the file as a whole: put .rules behind yamldecode(…)."
	case err != nil:
		return tfkit.Sentence(err.Error())
	case m.isEmpty():
		return fmt.Sprintf("The rule %s is named and nothing about it is set. Terraform drops a key that it does not know, without a word: it may be misspelled. "+
			"There are severity, parameters and exceptions.", id)
	}
	return ""
}

// isEmpty tells whether nothing is set, as when the only key is misspelled.
func (m guardrailModel) isEmpty() bool {
	return m.Severity.IsNull() && m.Parameters == nil && m.Exceptions == nil
}

func (m guardrailModel) setting() review.RuleSetting {
	setting := review.RuleSetting{Severity: review.Severity(m.Severity.ValueString()), Parameters: map[string]int{}}
	for name, value := range m.Parameters {
		setting.Parameters[name] = int(value)
	}
	for _, written := range m.Exceptions {
		setting.Exceptions = append(setting.Exceptions, written.exception())
	}
	return setting
}

// exception puts something in the place of what a validator refuses, so that it is not
// told a second time, as if it were missing.
func (m exceptionModel) exception() review.Exception {
	member, err := access.ParseEntry(m.Member.ValueString())
	if err != nil && !m.Member.IsNull() {
		member.Kind = access.KindUnknown
	}
	until, err := run.ParseDate(m.Until.ValueString())
	if err != nil {
		until = time.Unix(0, 0)
	}
	place, err := m.place()
	if err != nil {
		place = access.PlaceOf(m.SigningPolicy.ValueString())
	}
	return review.Exception{Member: member, Place: place, Reason: m.Reason.ValueString(), Until: until}
}

// place is that which the exception names.
func (m exceptionModel) place() (access.Place, error) {
	slugs := map[string]string{vocabulary.PlaceProject: m.Project.ValueString(), vocabulary.PlaceSigningPolicy: m.SigningPolicy.ValueString()}
	return vocabulary.SignPath.PlaceNamed(func(kind string) string { return slugs[kind] })
}
