package baselineprovider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// A Vendor is what the provider has to know of one.
type Vendor struct {
	// TypeName begins the names of resources, and Name is what the vendor is called.
	TypeName, Name string
	// Summary says in a sentence what the provider does.
	Summary string
	// Companion is the command that reads tables and prints run-books.
	Companion string
	// Organization is the name of the attribute with the id of the organization, which is
	// required or not. Places is that of the attribute with the places within.
	Organization           string
	OrganizationIsRequired bool
	Places                 string
	// PlaceKeys gives examples of the keys of places, and Roles says which roles there are, for
	// the documentation.
	PlaceKeys, Roles string
	// Attributes are those that only this vendor has, the places included.
	Attributes map[string]schema.Attribute
	// Declare reads them.
	Declare func(*Attributes) Declared
	// Model is for what needs no declaration, such as to read a table.
	Model *baseline.Model
	// DataSources, Resources and Functions are the vendor's own, beside the baseline.
	DataSources []func() datasource.DataSource
	Resources   []func() resource.Resource
	Functions   []func() function.Function
	// API is how the vendor is asked, by those that need it; nil if none does.
	API *API
}

// An API is that of a vendor, which the provider can be used without.
type API struct {
	// Attributes are the settings of the provider block. All are optional.
	Attributes map[string]providerschema.Attribute
	// Configure makes what the vendor's own resources and data sources get. It sends nothing, and
	// demands nothing.
	Configure func(ctx context.Context, version string, req provider.ConfigureRequest, resp *provider.ConfigureResponse)
}

// Declared is what the attributes of a vendor say.
type Declared struct {
	Model  *baseline.Model
	Places []baseline.DeclaredPlace
	Wishes baseline.Wishes
}

// kinds spells the kinds of principals.
func (v *Vendor) kinds() []access.Kind { return v.Model.Vocabulary.Principals }
