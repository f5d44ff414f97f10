package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// A liveDataSource is one that asks Signicat.
type liveDataSource struct {
	name   string
	client *tfkit.OptionalClient[*api.Client]
}

// Metadata implements [datasource.DataSource].
func (d *liveDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

// Configure implements [datasource.DataSourceWithConfigure].
func (d *liveDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client = tfkit.ClientOf[*api.Client](req.ProviderData)
}

// experimental begins the page of what rests on routes that are documented in part.
const experimental = "~> **Experimental.** Signicat documents its audit API in part, and nobody has tried this on the live one: the path of the query is inferred, and which events there are, " +
	"by what they can be asked for and what their fields mean is not published. What an event does not tell is null and never made up."

// addFailure reports what was asked of Signicat and failed.
func addFailure(diags *diag.Diagnostics, at path.Path, doing string, err error) {
	tfkit.Failure{At: at, Doing: doing, Needs: api.ForbiddenAdvice}.Add(diags, &api.Service, err)
}

func textOrNull[T ~string](text T) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(string(text))
}

// truth is null for what is not known.
func truth(answer access.Answer) types.Bool {
	if answer == access.AnswerUnknown {
		return types.BoolNull()
	}
	return types.BoolValue(answer == access.AnswerYes)
}

func spelled[T ~string](all []T) []string {
	spelling := make([]string, len(all))
	for i, one := range all {
		spelling[i] = string(one)
	}
	return spelling
}

func computedText(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func computedTruth(description string) schema.Attribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

func computedTexts(description string) schema.Attribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

func computedObjects(description string, attributes map[string]schema.Attribute) schema.Attribute {
	return schema.ListNestedAttribute{Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes}}
}
