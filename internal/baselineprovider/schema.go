package baselineprovider

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The attributes that each vendor has, by their names.
const (
	attrGrants      = "grants"
	attrAttestation = "attestation"
	attrBy          = "by"
	attrOn          = "on"
	attrObserved    = "observed"
	attrDigest      = "digest"
	attrReference   = "reference"
	attrInterval    = "review_interval_days"
	attrRules       = "rules"
	attrSeverity    = "severity"
	attrParameters  = "parameters"

	attrConfirmation     = "confirmation"
	attrOutstandingSince = "outstanding_since"
	attrOverdue          = "overdue"
	attrSteps            = "steps"
	attrDeviations       = "deviations"
	attrEffective        = "effective"
	attrFindings         = "findings"
	attrAttestedGrants   = "attested_grants"
)

// grantsType is the type of grants: by place, then by role, who is to have it.
var (
	rolesType  = types.MapType{ElemType: principalsType{types.SetType{ElemType: types.StringType}}}
	grantsType = types.MapType{ElemType: rolesType}
)

const (
	defaultInterval = 90
	maxInterval     = 3660
)

// Schema implements [resource.Resource].
func (r *baselineResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := r.computedAttributes()
	maps.Copy(attributes, r.Attributes)
	organization := schema.StringAttribute{
		MarkdownDescription: "Id of the " + r.Model.Vocabulary.OrganizationNoun() + " at " + r.Name + ". " +
			"The baseline of another one is another record, so a new id replaces the resource.",
		Validators:    []validator.String{stringvalidator.LengthBetween(1, 256)},
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(isAnotherOrganization, "another organization", "another organization")},
		Required:      r.OrganizationIsRequired, Optional: !r.OrganizationIsRequired,
	}
	attributes[r.Organization] = organization
	attributes[attrGrants] = schema.MapAttribute{
		Required: true, ElementType: rolesType,
		MarkdownDescription: fmt.Sprintf("What access should be: by place, then by role, who is to have it. Places are %s. %s People and programs are %s. "+
			"What is not listed nobody should have. Compose it with `merge` if several teams write it.", r.PlaceKeys, r.Roles, r.principalForms()),
	}
	attributes[attrAttestation] = r.attestationAttribute()
	attributes[attrInterval] = schema.Int64Attribute{
		Optional: true, Computed: true, Default: int64default.StaticInt64(defaultInterval),
		Validators: []validator.Int64{int64validator.Between(0, maxInterval)},
		MarkdownDescription: fmt.Sprintf("After how many days somebody has to look again, counted from `attestation.on`. Defaults to `%d`; `0` never asks. "+
			"A refresh notices it and sets `overdue`, and the baseline is then outstanding until somebody attests anew.", defaultInterval),
	}
	attributes[attrRules] = r.rulesAttribute()
	resp.Schema = schema.Schema{MarkdownDescription: r.description(), Attributes: attributes}
}

func (r *baselineResource) description() string {
	return fmt.Sprintf("**This changes nothing at %[1]s.** It records what access to %[1]s should be, because no API tells or changes who has access. "+
		"A plan says who should gain and lose what, what inheritance makes of it and what is wrong with it, and lists the steps that a person has to carry out. "+
		"As long as nobody has attested that access is so, the plan is not empty (`confirmation` is known after apply), and `plan -detailed-exitcode` is 2: "+
		"to apply it again does no harm and changes nothing. "+
		"Once attested, it says what was so *on that day, as that person saw it*, and no more. "+
		"To destroy it takes access from nobody. There is no import, because there is nothing to read: `%[2]s baseline from-csv` writes a configuration from a table of what somebody saw.",
		r.Name, r.Companion)
}

// principalForms is as "`user:E-MAIL`, `api_client:ID`".
func (r *baselineResource) principalForms() string {
	forms := make([]string, 0, len(r.kinds()))
	for _, kind := range r.kinds() {
		key := map[string]string{"user": "E-MAIL", "domain": "NAME"}[string(kind)]
		if key == "" {
			key = "ID"
		}
		forms = append(forms, fmt.Sprintf("`%s:%s`", kind, key))
	}
	return strings.Join(forms, ", ")
}

func (r *baselineResource) attestationAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "A person's statement on what access was, written by that person in a commit. " +
			"All of it has to be known in the plan, so it cannot come from `timestamp()` or from what a pipeline computes. " +
			"It counts if the rows that were seen are those of the baseline, on or after the day since when the present grants are outstanding, and not in the plan that changes them.",
		Attributes: map[string]schema.Attribute{
			attrBy: schema.StringAttribute{Required: true, MarkdownDescription: "Who looked: `user:E-MAIL`. " +
				"Whoever gains something by it should leave it to somebody else."},
			attrOn: schema.StringAttribute{Required: true, MarkdownDescription: "The day on which that person looked, as in `2026-11-20`, written by hand. " +
				"Days are those of UTC."},
			attrObserved: schema.MapAttribute{
				Optional: true, ElementType: rolesType,
				MarkdownDescription: fmt.Sprintf("The rows that were seen, in the form of `grants`: `provider::%s::observed(file(\"observed.csv\"))`. "+
					"Set this, or `digest`.", r.TypeName),
			},
			attrDigest: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The digest of the baseline that was found to be exactly so. " +
					"Every plan prints it, so who copies it need not have looked: the finding `attested-unseen` says that. " +
					"It does not count in the plan that creates the baseline. Prefer `observed`.",
			},
			attrReference: schema.StringAttribute{Optional: true, MarkdownDescription: "Where there is more, such as a change ticket. Nothing is done with it."},
		},
	}
}

// ruleLines are the rules of a catalogue as a list.
func ruleLines(rules baseline.Catalogue) []string {
	lines := make([]string, len(rules))
	for i, rule := range rules {
		word := string(rule.Severity)
		if rule.Note {
			word = "note"
		}
		lines[i] = fmt.Sprintf("   * `%s` (%s) %s", rule.ID, word, rule.Summary)
		for _, p := range rule.Parameters {
			lines[i] += fmt.Sprintf(" Parameter `%s`: %s (%d).", p.Name, p.Meaning, p.Default)
		}
	}
	return lines
}

func (r *baselineResource) rulesAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Settings of rules, by id; others keep their defaults. " +
			"What is not known makes no rule fire. The rules, with their defaults:\n" + strings.Join(ruleLines(r.Model.Rules), "\n") +
			"\n\nWith `unattested` ignored, an outstanding baseline is planned as `not confirmed` and its plan is empty: for those who follow it up elsewhere. " +
			"It cannot deny, " +
			"because a change has to be applied before anybody can attest it.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			attrSeverity: schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(string(review.Deny), string(review.Warn), string(review.Ignore))},
				MarkdownDescription: "`deny` fails the plan, `warn` warns, `ignore` says nothing.",
			},
			attrParameters: schema.MapAttribute{Optional: true, ElementType: types.Int64Type, MarkdownDescription: "Parameters of the rule, by name."},
		}},
	}
}

func (r *baselineResource) computedAttributes() map[string]schema.Attribute {
	texts := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	grants := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: grantsType.ElemType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		attrDigest: text("Names what the baseline says, its places and its grants, whatever their order and spelling. It begins with `b1:`."),
		attrConfirmation: text("`confirmed by user:… on …`, `outstanding since DAY: N steps`, or `not confirmed` if the rule `unattested` is ignored. " +
			"In each plan it is known after apply as long as something is outstanding."),
		attrOutstandingSince: text("The day since when the present grants are outstanding; null if they are confirmed."),
		attrOverdue: schema.BoolAttribute{
			Computed: true, MarkdownDescription: "Whether it is time to look again. A refresh alone sets it. It stays until somebody attests anew.",
		},
		attrSteps: texts("What a person has to do, in this order, until access is so and somebody has looked; empty if the baseline is confirmed. " +
			"The steps start from what was last seen or attested, however many applies ago."),
		attrDeviations: texts("What the attestation saw otherwise: who has what they should not, and who lacks what they should have."),
		attrEffective: grants("`grants` with what inheritance makes of them. " +
			"What holds at a place by a grant further out alone stands by a role with ` (inherited)` at its end. " +
			fmt.Sprintf("Null where that would be more than %d entries.", maxEffective)),
		attrFindings:       texts("What the rules find, the worst first."),
		attrAttestedGrants: grants("The grants that were last attested or seen, from which the steps start; null if there are none yet."),
	}
}
