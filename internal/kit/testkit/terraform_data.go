package testkit

import (
	"context"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// terraformData is the provider that is built into the CLI: the resource
// terraform_data, of which the output is known after apply.
type terraformData struct{ tfprotov6.ProviderServer }

var terraformDataType = cty.Object(map[string]cty.Type{
	"id": cty.String, "input": cty.DynamicPseudoType, "output": cty.DynamicPseudoType, "triggers_replace": cty.DynamicPseudoType,
})

func (terraformData) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{
		Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas: map[string]*tfprotov6.Schema{"terraform_data": {Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "id", Type: tftypes.String, Computed: true},
			{Name: "input", Type: tftypes.DynamicPseudoType, Optional: true},
			{Name: "output", Type: tftypes.DynamicPseudoType, Computed: true},
			{Name: "triggers_replace", Type: tftypes.DynamicPseudoType, Optional: true},
		}}}},
	}, nil
}

func (terraformData) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (terraformData) ValidateProviderConfig(context.Context, *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{}, nil
}

func (terraformData) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (terraformData) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (terraformData) ReadResource(_ context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: request.CurrentState}, nil
}

func (terraformData) PlanResourceChange(_ context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	prior, err := unpack(request.PriorState, terraformDataType)
	if err != nil {
		return nil, err
	}
	proposed, err := unpack(request.ProposedNewState, terraformDataType)
	if err != nil {
		return nil, err
	}
	answer := &tfprotov6.PlanResourceChangeResponse{PlannedState: request.ProposedNewState}
	if proposed.IsNull() {
		return answer, nil
	}
	values := proposed.AsValueMap()
	switch {
	case prior.IsNull():
		values["id"] = cty.UnknownVal(cty.String)
		values["output"] = planOutput(values["input"])
	case !values["input"].RawEquals(prior.GetAttr("input")):
		values["output"] = planOutput(values["input"])
	}
	if !prior.IsNull() && !values["triggers_replace"].RawEquals(prior.GetAttr("triggers_replace")) {
		answer.RequiresReplace = []*tftypes.AttributePath{tftypes.NewAttributePath().WithAttributeName("triggers_replace")}
	}
	answer.PlannedState = pack(cty.ObjectVal(values), terraformDataType)
	return answer, nil
}

func planOutput(input cty.Value) cty.Value {
	if input.IsNull() {
		return input
	}
	return cty.UnknownVal(input.Type())
}

func (terraformData) ApplyResourceChange(_ context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	planned, err := unpack(request.PlannedState, terraformDataType)
	if err != nil {
		return nil, err
	}
	if planned.IsNull() {
		return &tfprotov6.ApplyResourceChangeResponse{NewState: request.PlannedState}, nil
	}
	values := planned.AsValueMap()
	if !values["id"].IsKnown() {
		values["id"] = cty.StringVal(uuid.NewString())
	}
	values["output"] = values["input"]
	return &tfprotov6.ApplyResourceChangeResponse{NewState: pack(cty.ObjectVal(values), terraformDataType)}, nil
}
