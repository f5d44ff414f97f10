package provider

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// auditEventsDataSource reads audit events by a query.
type auditEventsDataSource struct{ liveDataSource }

var (
	_ datasource.DataSourceWithConfigure      = (*auditEventsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*auditEventsDataSource)(nil)
)

func newAuditEventsDataSource() datasource.DataSource {
	return &auditEventsDataSource{liveDataSource{Name: "audit_events"}}
}

const (
	attrFilter = "filter"
	attrFrom   = "from"
	attrTo     = "to"
	// maxEvents bounds what goes into a state.
	maxEvents = 10_000
)

type auditEventsModel struct {
	Filter    []conditionRecord `tfsdk:"filter"`
	From      timetypes.RFC3339 `tfsdk:"from"`
	To        timetypes.RFC3339 `tfsdk:"to"`
	Limit     types.Int64       `tfsdk:"limit"`
	QueryPath types.String      `tfsdk:"query_path"`
	Whole     types.Bool        `tfsdk:"whole"`
	Events    []eventRecord     `tfsdk:"events"`
}

type eventRecord struct {
	Cursor          types.String `tfsdk:"cursor"`
	Timestamp       types.String `tfsdk:"timestamp"`
	ServiceName     types.String `tfsdk:"service_name"`
	EventType       types.String `tfsdk:"event_type"`
	Message         types.String `tfsdk:"message"`
	AccountID       types.String `tfsdk:"account_id"`
	OrganisationID  types.String `tfsdk:"organisation_id"`
	Sandbox         types.Bool   `tfsdk:"sandbox"`
	UserID          types.String `tfsdk:"user_id"`
	ClientID        types.String `tfsdk:"client_id"`
	JWTID           types.String `tfsdk:"jwt_id"`
	MessageID       types.String `tfsdk:"message_id"`
	ReferenceID     types.String `tfsdk:"reference_id"`
	TraceID         types.String `tfsdk:"trace_id"`
	IPAddress       types.String `tfsdk:"ip_address"`
	ExpiresAt       types.String `tfsdk:"expires_at"`
	Data            types.String `tfsdk:"data"`
	IndexedData     types.String `tfsdk:"indexed_data"`
	MayHaveMoreData types.Bool   `tfsdk:"may_have_more_data"`
}

// Schema implements [datasource.DataSource].
func (d *auditEventsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	const untold = "; null if the event does not tell it."
	text := func(name string) schema.Attribute {
		return tfkit.ComputedText("`" + name + "`, as Signicat has it" + untold)
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads audit events by a query of your own, the newest first.\n\n" + experimental + "\n\n" +
			"Events are read anew in every plan, so an output of them changes whenever there are more. " +
			"All of them go into the state, with what they hold of people: keep the time short and the filter narrow.",
		Attributes: map[string]schema.Attribute{
			attrFilter: filterAttribute(false),
			attrFrom: schema.StringAttribute{
				Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "Only events of this time or later, as RFC 3339, such as `2026-11-01T00:00:00Z`. Signicat takes 30 days before `to` if it is not set; an older text of its pages allows 60 days at most.",
			},
			attrTo: schema.StringAttribute{
				Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "Only events before this time, as RFC 3339. Signicat takes the present if it is not set.",
			},
			"limit": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(1, maxEvents)},
				MarkdownDescription: "At most this many events, the newest: from 1 to 10000. Defaults to 1000.",
			},
			attrQueryPath: queryPathAttribute(),
			"whole":       tfkit.ComputedTruth("Whether there are no more events than these. If it is false, there may be older ones: `limit` was reached."),
			"events": tfkit.ComputedObjects("The events, in the order in which Signicat lists them.", map[string]schema.Attribute{
				"cursor": text("cursor"), "timestamp": text("timestamp"), "service_name": text("serviceName"), "event_type": text("eventType"),
				"message": text("message"), "account_id": text("accountId"), "organisation_id": text("organizationId"),
				"sandbox": tfkit.ComputedTruth("`sandbox`, as Signicat has it" + untold),
				"user_id": tfkit.ComputedText("`userId`, as Signicat has it" + untold + " Whether that is who acted is not documented."), "client_id": text("clientId"),
				"jwt_id":     text("jwtId"),
				"message_id": text("messageId"), "reference_id": text("referenceId"), "trace_id": text("traceId"),
				"ip_address": text("ipAddress"), "expires_at": text("expiresAt"),
				"data":               tfkit.ComputedText("`data`, as JSON" + untold + " What it holds is not documented."),
				"indexed_data":       tfkit.ComputedText("`indexedData`, as JSON" + untold + " What it holds is not documented."),
				"may_have_more_data": tfkit.ComputedTruth("`mayHaveMoreData`, as Signicat has it" + untold),
			}),
		},
	}
}

// ValidateConfig implements [datasource.DataSourceWithValidateConfig].
func (d *auditEventsDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	from, to := period(ctx, req.Config, &resp.Diagnostics)
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		resp.Diagnostics.AddAttributeError(path.Root(attrTo), "Invalid time", "It is not after \"from\", so no event can be between them.")
	}
}

// period is what a configuration says of the time; zero for what it does not say, or not yet.
func period(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) (from, to time.Time) {
	read := func(name string) (at time.Time) {
		var value timetypes.RFC3339
		diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
		if !value.IsNull() && !value.IsUnknown() {
			parsed, wrong := value.ValueRFC3339Time()
			diags.Append(wrong...)
			at = parsed
		}
		return at
	}
	return read(attrFrom), read(attrTo)
}

// Read implements [datasource.DataSource].
func (d *auditEventsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model auditEventsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	from, to := period(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	limit := api.MaxEventsPerPage
	if !model.Limit.IsNull() {
		limit = int(model.Limit.ValueInt64())
	}
	found, err := client.Events(ctx, api.EventQuery{And: conditions(model.Filter), From: from, To: to, Limit: limit, Path: model.QueryPath.ValueString()})
	if err != nil {
		addFailure(&resp.Diagnostics, path.Root(attrFilter), "Reading audit events", err)
		return
	}
	model.Whole, model.Events = types.BoolValue(found.Whole), make([]eventRecord, len(found.Events))
	for i, event := range found.Events {
		model.Events[i] = newEventRecord(event)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func newEventRecord(e api.Event) eventRecord {
	document := func(raw json.RawMessage) types.String {
		if string(raw) == "null" {
			return types.StringNull()
		}
		return tfkit.TextOrNull(string(raw))
	}
	return eventRecord{
		Cursor: tfkit.TextOrNull(e.Cursor), Timestamp: tfkit.TextOrNull(e.Timestamp), ServiceName: tfkit.TextOrNull(e.ServiceName),
		EventType: tfkit.TextOrNull(e.EventType),
		Message:   tfkit.TextOrNull(e.Message), AccountID: tfkit.TextOrNull(e.AccountID), OrganisationID: tfkit.TextOrNull(e.OrganizationID),
		Sandbox: types.BoolPointerValue(e.Sandbox),
		UserID:  tfkit.TextOrNull(e.UserID), ClientID: tfkit.TextOrNull(e.ClientID), JWTID: tfkit.TextOrNull(e.JWTID), MessageID: tfkit.TextOrNull(e.MessageID),
		ReferenceID: tfkit.TextOrNull(e.ReferenceID), TraceID: tfkit.TextOrNull(e.TraceID), IPAddress: tfkit.TextOrNull(e.IPAddress),
		ExpiresAt: tfkit.TextOrNull(e.ExpiresAt),
		Data:      document(e.Data), IndexedData: document(e.IndexedData), MayHaveMoreData: types.BoolPointerValue(e.MayHaveMoreData),
	}
}
