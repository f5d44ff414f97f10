package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

const attrQueryPath = "query_path"

// A conditionRecord is a condition that events have to fulfil.
type conditionRecord struct {
	Field    types.String `tfsdk:"field"`
	Operator types.String `tfsdk:"operator"`
	Value    types.String `tfsdk:"value"`
}

func conditions(records []conditionRecord) []api.Condition {
	all := make([]api.Condition, len(records))
	for i, r := range records {
		all[i] = api.Condition{Field: r.Field.ValueString(), Operator: r.Operator.ValueString(), Value: r.Value.ValueString()}
	}
	return all
}

// filterAttribute is that of the conditions of a query.
func filterAttribute(isRequired bool, more ...validator.List) schema.Attribute {
	some := []validator.String{stringvalidator.LengthAtLeast(1)}
	return schema.ListNestedAttribute{
		Required: isRequired, Optional: !isRequired, Validators: more,
		MarkdownDescription: "Conditions, of which events fulfil each. Which fields, operators and values there are, Signicat does not publish: `signicat_audit_metadata` shows what it tells. " +
			"They are sent as they are written here.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"field":    schema.StringAttribute{Required: true, Validators: some, MarkdownDescription: "Field of the event."},
			"operator": schema.StringAttribute{Required: true, Validators: some, MarkdownDescription: "Operator."},
			"value":    schema.StringAttribute{Required: true, MarkdownDescription: "Value that the field is compared with."},
		}},
	}
}

func queryPathAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{isAuditPath{}},
		MarkdownDescription: "Path of the query at Signicat, which is inferred: for the case that it is another one. It begins with `/audit/`. Defaults to `" + api.RouteAuditQuery.Path + "`.",
	}
}

// isAuditPath validates a path.
type isAuditPath struct{}

// Description implements [validator.Describer].
func (isAuditPath) Description(context.Context) string { return "a path of the audit API" }

// MarkdownDescription implements [validator.Describer].
func (v isAuditPath) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (isAuditPath) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := api.CheckAuditPath(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid path", tfkit.Sentence(err.Error()))
	}
}
