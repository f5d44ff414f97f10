// Package tfkit is what providers share that are made with the plugin framework.
package tfkit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// NewServer serves a provider, and spells out what cannot be seen in what it says. Names that
// other people chose stand in errors and warnings, and Terraform prints those as they are: one
// that has a carriage return or an escape sequence would erase the line that it stands in. It is
// done here, and not where a message is made, so that none is left out: the framework and the
// validators of libraries make messages, too.
//
// A line feed stays, because messages have paragraphs. No reference to a principal has one.
func NewServer(p provider.Provider) tfprotov6.ProviderServer {
	served, _ := providerserver.NewProtocol6(p)().(everything) // The framework implements it.
	return &server{served}
}

// everything is what the framework offers of the protocol, but for what only providers of state
// stores need.
type everything interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

type server struct{ everything }

// spelledOut makes what was answered visible.
func spelledOut[R any](resp *R, err error, diagnostics func(*R) []*tfprotov6.Diagnostic) (*R, error) {
	if resp != nil {
		spellOut(diagnostics(resp))
	}
	return resp, err
}

// nullRequired is the framework's summary for null as the value of a required attribute; its detail
// speaks to the developers of a provider.
const nullRequired = "Missing Configuration for Required Attribute"

func spellOut(diagnostics []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		if d.Summary == nullRequired && d.Attribute != nil {
			name := d.Attribute.LastStep()
			d.Summary, d.Detail = fmt.Sprintf("No value: %v", name), fmt.Sprintf("%v is required, and is null here. What it comes from has no value: "+
				"a variable, a module's output, an optional attribute, or try(). Give it one; an empty set is [].", name)
		}
		d.Summary, d.Detail = text.Visible(d.Summary), text.VisibleLines(d.Detail)
	}
}

// ValidateProviderConfig implements [tfprotov6.ProviderServer].
func (s *server) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := s.everything.ValidateProviderConfig(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ValidateProviderConfigResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.everything.ConfigureProvider(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ConfigureProviderResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.everything.ValidateResourceConfig(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ValidateResourceConfigResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	resp, err := s.everything.UpgradeResourceState(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.UpgradeResourceStateResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.everything.ReadResource(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ReadResourceResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.everything.PlanResourceChange(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.PlanResourceChangeResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.everything.ApplyResourceChange(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ApplyResourceChangeResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.everything.ImportResourceState(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ImportResourceStateResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (s *server) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	resp, err := s.everything.MoveResourceState(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.MoveResourceStateResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ValidateDataResourceConfig implements [tfprotov6.DataSourceServer].
func (s *server) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	resp, err := s.everything.ValidateDataResourceConfig(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ValidateDataResourceConfigResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.everything.ReadDataSource(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ReadDataSourceResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ValidateListResourceConfig implements [tfprotov6.ListResourceServer].
func (s *server) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	resp, err := s.everything.ValidateListResourceConfig(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ValidateListResourceConfigResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// ValidateActionConfig implements [tfprotov6.ActionServer].
func (s *server) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := s.everything.ValidateActionConfig(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.ValidateActionConfigResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// PlanAction implements [tfprotov6.ActionServer].
func (s *server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	resp, err := s.everything.PlanAction(ctx, req)
	return spelledOut(resp, err, func(r *tfprotov6.PlanActionResponse) []*tfprotov6.Diagnostic { return r.Diagnostics })
}

// CallFunction implements [tfprotov6.FunctionServer].
func (s *server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	resp, err := s.everything.CallFunction(ctx, req)
	if resp != nil && resp.Error != nil {
		resp.Error.Text = text.VisibleLines(resp.Error.Text)
	}
	return resp, err
}

// ListResource implements [tfprotov6.ListResourceServer].
func (s *server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.everything.ListResource(ctx, req)
	if stream != nil {
		results := stream.Results
		stream.Results = func(push func(tfprotov6.ListResourceResult) bool) {
			results(func(result tfprotov6.ListResourceResult) bool {
				result.DisplayName = text.Visible(result.DisplayName)
				spellOut(result.Diagnostics)
				return push(result)
			})
		}
	}
	return stream, err
}

// InvokeAction implements [tfprotov6.ActionServer].
func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.everything.InvokeAction(ctx, req)
	if stream != nil {
		events := stream.Events
		stream.Events = func(push func(tfprotov6.InvokeActionEvent) bool) {
			events(func(event tfprotov6.InvokeActionEvent) bool {
				switch told := event.Type.(type) {
				case tfprotov6.ProgressInvokeActionEventType:
					told.Message = text.VisibleLines(told.Message)
					event.Type = told
				case tfprotov6.CompletedInvokeActionEventType:
					spellOut(told.Diagnostics)
				}
				return push(event)
			})
		}
	}
	return stream, err
}
