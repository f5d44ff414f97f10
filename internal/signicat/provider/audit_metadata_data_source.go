package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// auditMetadataDataSource tells by what audit events can be asked for.
type auditMetadataDataSource struct{ liveDataSource }

var _ datasource.DataSourceWithConfigure = (*auditMetadataDataSource)(nil)

func newAuditMetadataDataSource() datasource.DataSource {
	return &auditMetadataDataSource{liveDataSource{Name: "audit_metadata"}}
}

type auditMetadataModel struct {
	Extended types.String `tfsdk:"extended"`
	Targets  []string     `tfsdk:"targets"`
}

// Schema implements [datasource.DataSource].
func (d *auditMetadataDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Shows by what audit events can be asked for, as Signicat tells it: to find out which filter for `signicat_audit_events` and `signicat_access_review` finds what you want to know of.\n\n" + experimental,
		Attributes: map[string]schema.Attribute{
			"extended": tfkit.ComputedText("What Signicat tells as `extended`. What it means is not documented; what is no text is its JSON."),
			"targets":  tfkit.ComputedTexts("What Signicat tells as `targets`. Their form is not documented: texts stand as they are, and of what is no text its JSON does, for `jsondecode`."),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *auditMetadataDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	metadata, err := client.AuditMetadata(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, path.Empty(), "Reading what audit events can be asked for by", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, auditMetadataModel{Extended: tfkit.TextOrNull(metadata.Extended), Targets: spelled(metadata.Targets)})...)
}
