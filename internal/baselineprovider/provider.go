package baselineprovider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// vendorProvider implements the provider of a vendor.
type vendorProvider struct {
	*Vendor
	version string
	now     func() time.Time
}

var _ provider.ProviderWithFunctions = (*vendorProvider)(nil)

// New returns the provider of a vendor. The clock is that of the machine; a test may have
// another one.
func New(vendor *Vendor, version string, now func() time.Time) provider.Provider {
	return &vendorProvider{vendor, version, now}
}

// Metadata implements [provider.Provider].
func (p *vendorProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = p.TypeName, p.version
}

// Schema implements [provider.Provider].
func (p *vendorProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: p.Summary}
	if p.API != nil {
		resp.Schema.Attributes = p.API.Attributes
	}
}

// Configure implements [provider.Provider]. It sends nothing, and demands nothing.
func (p *vendorProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	if p.API != nil {
		p.API.Configure(ctx, p.version, req, resp)
	}
}

// Resources implements [provider.Provider].
func (p *vendorProvider) Resources(context.Context) []func() resource.Resource {
	record := func() resource.Resource { return &baselineResource{p.Vendor, p.now} }
	return append([]func() resource.Resource{record}, p.Vendor.Resources...)
}

// DataSources implements [provider.Provider].
func (p *vendorProvider) DataSources(context.Context) []func() datasource.DataSource {
	return p.Vendor.DataSources
}

// Functions implements [provider.ProviderWithFunctions].
func (p *vendorProvider) Functions(context.Context) []func() function.Function {
	observed := func() function.Function { return &observedFunction{p.Vendor} }
	return append([]func() function.Function{observed}, p.Vendor.Functions...)
}
