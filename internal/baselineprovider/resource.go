package baselineprovider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// baselineResource is the record of what access should be.
type baselineResource struct {
	*Vendor
	now func() time.Time
}

var (
	_ resource.ResourceWithImportState    = (*baselineResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*baselineResource)(nil)
	_ resource.ResourceWithValidateConfig = (*baselineResource)(nil)
)

// Metadata implements [resource.Resource].
func (r *baselineResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_baseline"
}

// isAnotherOrganization tells an organization from one of which nobody had told the id.
func isAnotherOrganization(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.StateValue.IsNull() && !req.PlanValue.IsNull()
}

// ValidateConfig implements [resource.ResourceWithValidateConfig].
func (r *baselineResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	c, diags := r.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	_, _, diags = r.parse(c, r.now())
	resp.Diagnostics.Append(diags...)
}

// Create implements [resource.Resource].
func (r *baselineResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(r.settle(ctx, &resp.State)...)
}

// Update implements [resource.Resource].
func (r *baselineResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(r.settle(ctx, &resp.State)...)
}

// Delete implements [resource.Resource]. The plan has said that nobody loses anything.
func (r *baselineResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// Read implements [resource.Resource]. There is nothing to read but the clock.
func (r *baselineResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	rec, diags := r.recorded(ctx, req.State)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	isWatched := rec.Model.Rules.SeverityOf(baseline.RuleOverdue, rec.settings) != review.Ignore
	if rec.outstandingSince == "" && rec.attestation != nil && isWatched && baseline.Overdue(rec.attestation.On, rec.interval, r.now()) {
		rec.isOverdue = true
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrOverdue), types.BoolValue(true))...)
	}
	switch {
	case rec.isOverdue:
		resp.Diagnostics.AddAttributeWarning(path.Root(attrAttestation), "An access baseline is overdue", fmt.Sprintf(
			"What access to %s is was attested by %s on %s, and it was time on %s to look again. Look, and attest what you see.",
			r.Name, rec.attestation.By, rec.attestation.On, rec.due()))
	case rec.outstandingSince != "":
		resp.Diagnostics.AddWarning("An access baseline is not confirmed", fmt.Sprintf(
			"That nothing has changed says nothing of %s: this baseline is %s.", r.Name, rec.confirmation))
	}
}

// ImportState implements [resource.ResourceWithImportState]: it says what to do instead.
func (r *baselineResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("A baseline cannot be imported", fmt.Sprintf(
		"There is nothing to read: no API of %s tells who has access. Write down what you see there as a table, and let "+
			"\"%s baseline from-csv observed.csv --vendor %s\" make a configuration of it, attested by what it was made of.", r.Name, r.Companion, r.TypeName))
}
