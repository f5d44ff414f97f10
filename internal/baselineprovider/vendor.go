package baselineprovider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
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
	// DataSources and Functions are the vendor's own.
	DataSources []func() datasource.DataSource
	Functions   []func() function.Function
}

// Declared is what the attributes of a vendor say.
type Declared struct {
	Model  *baseline.Model
	Places []baseline.DeclaredPlace
	Wishes baseline.Wishes
}

// kinds spells the kinds of principals.
func (v *Vendor) kinds() []access.Kind { return v.Model.Vocabulary.Principals }
