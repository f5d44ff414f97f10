package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A ClientDataSource is one that asks a vendor. A data source embeds it, and brings schema and read.
type ClientDataSource[C any] struct {
	// Name is its type without the provider.
	Name   string
	Client *OptionalClient[C]
}

// Metadata implements [datasource.DataSource].
func (d *ClientDataSource[C]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.Name
}

// Configure implements [datasource.DataSourceWithConfigure].
func (d *ClientDataSource[C]) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.Client = ClientOf[C](req.ProviderData)
}

// TextOrNull is null for an empty text.
func TextOrNull[T ~string](text T) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(string(text))
}

// ComputedText is an attribute that is only told: a text.
func ComputedText(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// ComputedTruth is a boolean.
func ComputedTruth(description string) schema.Attribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

// ComputedTexts is a list of texts.
func ComputedTexts(description string) schema.Attribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

// ComputedObjects is a list of objects.
func ComputedObjects(description string, attributes map[string]schema.Attribute) schema.Attribute {
	return schema.ListNestedAttribute{Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes}}
}
