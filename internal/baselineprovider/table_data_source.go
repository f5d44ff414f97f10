package baselineprovider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A Table is an attribute of a data source that tells what a vendor publishes: a list of
// objects.
type Table struct {
	Name, Description string
	Columns           []Column
	// Rows have a cell for each column: text, of which the empty one is null, a list of text,
	// a number or a truth.
	Rows [][]any
}

// A Column is an attribute of the objects.
type Column struct {
	Name, Description string
	Type              attr.Type
}

// Texts is the type of a list of text.
var Texts = types.ListType{ElemType: types.StringType}

// NewTables returns the constructor of a data source that asks nobody.
func NewTables(name, description string, tables ...Table) func() datasource.DataSource {
	return func() datasource.DataSource { return &tablesDataSource{name, description, tables} }
}

type tablesDataSource struct {
	name, description string
	tables            []Table
}

// Metadata implements [datasource.DataSource].
func (d *tablesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

// Schema implements [datasource.DataSource].
func (d *tablesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: d.description, Attributes: map[string]schema.Attribute{}}
	for _, table := range d.tables {
		columns := map[string]schema.Attribute{}
		for _, column := range table.Columns {
			columns[column.Name] = column.attribute()
		}
		resp.Schema.Attributes[table.Name] = schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: table.Description, NestedObject: schema.NestedAttributeObject{Attributes: columns},
		}
	}
}

func (c Column) attribute() schema.Attribute {
	switch c.Type {
	case types.BoolType:
		return schema.BoolAttribute{Computed: true, MarkdownDescription: c.Description}
	case types.Int64Type:
		return schema.Int64Attribute{Computed: true, MarkdownDescription: c.Description}
	case types.StringType:
		return schema.StringAttribute{Computed: true, MarkdownDescription: c.Description}
	}
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: c.Description}
}

// Read implements [datasource.DataSource].
func (d *tablesDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	for _, table := range d.tables {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(table.Name), table.value())...)
	}
}

func (t Table) value() types.List {
	row := types.ObjectType{AttrTypes: map[string]attr.Type{}}
	for _, column := range t.Columns {
		row.AttrTypes[column.Name] = column.Type
	}
	rows := make([]attr.Value, len(t.Rows))
	for i, cells := range t.Rows {
		values := map[string]attr.Value{}
		for j, column := range t.Columns {
			values[column.Name] = cellValue(cells[j])
		}
		rows[i] = types.ObjectValueMust(row.AttrTypes, values)
	}
	return types.ListValueMust(row, rows)
}

func cellValue(cell any) attr.Value {
	switch cell := cell.(type) {
	case string:
		if cell == "" {
			return types.StringNull()
		}
		return types.StringValue(cell)
	case []string:
		return textsValue(cell)
	case bool:
		return types.BoolValue(cell)
	case int:
		return types.Int64Value(int64(cell))
	}
	return types.StringNull()
}
