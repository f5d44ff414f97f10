package baselineprovider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// NewServer serves a provider. It refuses a configuration that is far too long before the
// framework looks at it, which takes minutes for a million entries.
func NewServer(p provider.Provider) tfprotov6.ProviderServer {
	served := tfkit.NewServer(p)
	return &server{served, sync.OnceValues(func() (configTypes, error) { return typesOf(served) })}
}

type server struct {
	tfprotov6.ProviderServer
	types func() (configTypes, error)
}

// configTypes are the types of configurations by name.
type configTypes struct{ resources, dataSources map[string]tftypes.Type }

func typesOf(served tfprotov6.ProviderServer) (configTypes, error) {
	schemas, err := served.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return configTypes{}, err
	}
	types := func(schemas map[string]*tfprotov6.Schema) map[string]tftypes.Type {
		all := map[string]tftypes.Type{}
		for name, schema := range schemas {
			all[name] = schema.ValueType()
		}
		return all
	}
	return configTypes{types(schemas.ResourceSchemas), types(schemas.DataSourceSchemas)}, nil
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	types, err := s.types()
	if err != nil {
		return nil, err
	}
	diagnostics, err := refuseTooMany(types.resources[req.TypeName], req.Config)
	if err != nil || len(diagnostics) > 0 {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: diagnostics}, err
	}
	return s.ProviderServer.ValidateResourceConfig(ctx, req)
}

// ValidateDataResourceConfig implements [tfprotov6.DataSourceServer].
func (s *server) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	types, err := s.types()
	if err != nil {
		return nil, err
	}
	diagnostics, err := refuseTooMany(types.dataSources[req.TypeName], req.Config)
	if err != nil || len(diagnostics) > 0 {
		return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: diagnostics}, err
	}
	return s.ProviderServer.ValidateDataResourceConfig(ctx, req)
}

// refuseTooMany reports the attributes in which there is more than a baseline can have. An
// attestation has a few texts beside what was seen; the resource itself counts exactly.
func refuseTooMany(ty tftypes.Type, packed *tfprotov6.DynamicValue) (diagnostics []*tfprotov6.Diagnostic, err error) {
	const few = 4
	if ty == nil || packed == nil {
		return nil, nil
	}
	config, err := packed.Unmarshal(ty)
	if err != nil {
		return nil, err
	}
	var attributes map[string]tftypes.Value
	if !config.IsKnown() || config.IsNull() {
		return nil, nil
	}
	if err := config.As(&attributes); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(attributes) {
		if count := countTexts(attributes[name]); count > baseline.MaxGrants+few {
			diagnostics = append(diagnostics, &tfprotov6.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, Summary: "Too many entries", Attribute: tftypes.NewAttributePath().WithAttributeName(name),
				Detail: fmt.Sprintf("%s: there are %d entries, and a baseline has at most %d: who is to have access is given and taken by hand.", name, count, baseline.MaxGrants),
			})
		}
	}
	return diagnostics, nil
}

// countTexts counts what is in the sets, maps and objects of a value.
func countTexts(value tftypes.Value) int {
	if !value.IsKnown() || value.IsNull() {
		return 1
	}
	count := 0
	var table map[string]tftypes.Value
	var list []tftypes.Value
	switch {
	case value.Type().Is(tftypes.Map{}) || value.Type().Is(tftypes.Object{}):
		_ = value.As(&table) // It is one.
		for _, element := range table {
			count += countTexts(element)
		}
	case value.Type().Is(tftypes.Set{}):
		_ = value.As(&list) // It is one.
		for _, element := range list {
			count += countTexts(element)
		}
	default:
		return 1
	}
	return max(1, count)
}
