package baselineprovider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Stated is what the review of a live system is told of a baseline. The review is a data source, and
// one that refers to a baseline which is outstanding would be read in the apply only. So it is told in
// the forms of the baseline's attributes, from the same local values.
type Stated struct {
	baseline.Baseline
	// Attestation is nil if nobody has attested.
	Attestation *baseline.Attestation
	// Settings are those of the rules of the review.
	Settings baseline.Settings
	// IsKnown is false if some of it is only known after apply.
	IsKnown bool
}

// StatedAttributes are those by which a review is told of a baseline, but for the organization and the
// places, and that for the settings of its own rules.
func (v *Vendor) StatedAttributes(rules baseline.Catalogue) map[string]schema.Attribute {
	as := func(name string) string {
		return fmt.Sprintf("As `%s` of `%s_access_baseline`. Give both the same local value: a review that refers to a baseline is read in the apply only, as long as that is outstanding.", name, v.TypeName)
	}
	text := func(isRequired bool, name string) schema.Attribute {
		return schema.StringAttribute{Required: isRequired, Optional: !isRequired, MarkdownDescription: "As in `" + name + "` of the baseline."}
	}
	return map[string]schema.Attribute{
		attrGrants: schema.MapAttribute{Required: true, ElementType: rolesType, MarkdownDescription: as(attrGrants)},
		attrAttestation: schema.SingleNestedAttribute{
			Optional: true, MarkdownDescription: as(attrAttestation) + " Without one, nothing can be compared in time, and `gaps` says so.",
			Attributes: map[string]schema.Attribute{
				attrBy: text(true, attrAttestation), attrOn: text(true, attrAttestation), attrDigest: text(false, attrAttestation),
				attrReference: text(false, attrAttestation),
				attrObserved:  schema.MapAttribute{Optional: true, ElementType: rolesType, MarkdownDescription: "As in `attestation` of the baseline."},
			},
		},
		attrRules: schema.MapNestedAttribute{
			Optional: true,
			MarkdownDescription: "Settings of the rules of this review, by id; others keep their defaults. What is not known makes no rule fire. " +
				"The rules, with their defaults:\n" +
				strings.Join(ruleLines(rules), "\n"),
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrSeverity: schema.StringAttribute{
					Optional: true, Validators: []validator.String{stringvalidator.OneOf(string(review.Deny), string(review.Warn), string(review.Ignore))},
					MarkdownDescription: "`deny` or `warn` is what the finding then says; it fails nothing by itself. `ignore` finds nothing.",
				},
				attrParameters: schema.MapAttribute{Optional: true, ElementType: types.Int64Type, MarkdownDescription: "Parameters of the rule, by name."},
			}},
		},
	}
}

// ReadStated reads what a configuration of a data source says of a baseline, as far as it is known.
// What is wrong with it is reported on its attribute.
func (v *Vendor) ReadStated(
	ctx context.Context, config tfsdk.Config, rules baseline.Catalogue, declare func(*Attributes) Declared, now time.Time,
) (Stated, diag.Diagnostics) {
	a := &Attributes{ctx: ctx, source: config}
	c := configuration{
		Declared: declare(a), organization: a.Text(v.Organization), grants: a.grants(path.Root(attrGrants)), attestation: a.attestation(),
		settings: a.settings(rules),
	}
	c.unknown = a.unknown
	if a.diags.HasError() {
		return Stated{}, a.diags
	}
	b, attestation, diags := v.parse(c, now)
	if attestation != nil {
		*attestation = attestation.InUTC(now)
	}
	return Stated{Baseline: b, Attestation: attestation, Settings: c.settings, IsKnown: len(c.unknown) == 0}, diags
}
