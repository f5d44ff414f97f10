package provider

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// invitationsDataSource lists the invitations of the application.
type invitationsDataSource struct{ liveDataSource }

func newInvitationsDataSource() datasource.DataSource {
	return &invitationsDataSource{liveDataSource{Name: "application_invitations"}}
}

type invitationsModel struct {
	ApplicationID types.String       `tfsdk:"application_id"`
	Invitations   []invitationRecord `tfsdk:"invitations"`
}

type invitationRecord struct {
	ID     types.String        `tfsdk:"id"`
	Email  types.String        `tfsdk:"email"`
	Status types.String        `tfsdk:"status"`
	Roles  map[string][]string `tfsdk:"roles"`
}

// Schema implements [datasource.DataSource].
func (d *invitationsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the invitations of the application of the API key, whatever became of them. " +
			"**It is no list of members:** what an invitation says is what was asked, and not what its person may do now.\n\n" +
			experimentalInvitations,
		Attributes: map[string]schema.Attribute{
			"application_id": tfkit.ComputedText("Id of the application."),
			"invitations": tfkit.ComputedObjects("The invitations, in the order in which IgniSign lists them.", map[string]schema.Attribute{
				"id": tfkit.ComputedText("Id."), "email": tfkit.ComputedText("Address, as IgniSign has it."),
				"status": tfkit.ComputedText("`PENDING`, `ACCEPTED`, `DECLINED` or `CANCELED`; another text is told as it is."),
				"roles": schema.MapAttribute{
					Computed: true, ElementType: types.ListType{ElemType: types.StringType},
					MarkdownDescription: "Roles by environment: `ADMIN`, `USER` and `READER` are known. How they relate to the roles of a baseline is not published.",
				},
			}),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *invitationsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	invitations, err := client.Invitations(ctx)
	if err != nil {
		addReadFailure(&resp.Diagnostics, path.Empty(), "Listing the invitations", err)
		return
	}
	model := invitationsModel{ApplicationID: types.StringValue(client.AppID()), Invitations: []invitationRecord{}}
	for _, i := range invitations {
		roles := map[string][]string{}
		for environment, held := range i.Roles {
			roles[environment] = append([]string{}, held...)
		}
		model.Invitations = append(model.Invitations, invitationRecord{types.StringValue(i.ID), types.StringValue(i.Email), types.StringValue(i.Status), roles})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// webhooksDataSource lists the webhooks of an environment.
type webhooksDataSource struct{ liveDataSource }

func newWebhooksDataSource() datasource.DataSource {
	return &webhooksDataSource{liveDataSource{Name: "webhooks"}}
}

type webhooksModel struct {
	Environment types.String    `tfsdk:"environment"`
	Webhooks    []webhookRecord `tfsdk:"webhooks"`
}

const attrEnvironment = "environment"

// Schema implements [datasource.DataSource].
func (d *webhooksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the webhooks of an environment, to which IgniSign sends what happens there. The route is observed in the vendor's client code.",
		Attributes: map[string]schema.Attribute{
			attrEnvironment: schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(vocabulary.Environments()...)},
				MarkdownDescription: "Environment: " + quoted(vocabulary.Environments()) + ". That of the API key if it is not set. " +
					"Whether a key may list those of another environment is not known.",
			},
			"webhooks": tfkit.ComputedObjects("The webhooks, in the order in which IgniSign lists them.", webhookAttributes()),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *webhooksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model webhooksModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrEnvironment), &model.Environment)...)
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	environment := cmp.Or(model.Environment.ValueString(), client.Environment())
	webhooks, err := client.Webhooks(ctx, environment)
	if err != nil {
		addReadFailure(&resp.Diagnostics, path.Root(attrEnvironment), "Listing the webhooks of "+environment, err)
		return
	}
	model.Webhooks = newWebhookRecords(webhooks)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// membershipChangesDataSource reads which members of the application changed.
type membershipChangesDataSource struct{ liveDataSource }

func newMembershipChangesDataSource() datasource.DataSource {
	return &membershipChangesDataSource{liveDataSource{Name: "membership_changes"}}
}

type membershipChangesModel struct {
	WebhookID types.String   `tfsdk:"webhook_id"`
	Since     types.String   `tfsdk:"since"`
	Changes   []changeRecord `tfsdk:"changes"`
	Complete  types.Bool     `tfsdk:"complete"`
}

type changeRecord struct {
	EventID types.String `tfsdk:"event_id"`
	Time    types.String `tfsdk:"time"`
	UserID  types.String `tfsdk:"user_id"`
}

const (
	attrWebhook = "webhook_id"
	attrSince   = "since"
)

// Schema implements [datasource.DataSource].
func (d *membershipChangesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the events of a webhook which say that the membership of somebody in the application changed: not how, and not by whom. IgniSign sends these to webhooks of `PRODUCTION` alone, and for members of the application alone. " +
			"Event and topic are documented; that the events of a webhook can be read with an API key is observed in the vendor's client code, and how long they are kept is not known.",
		Attributes: map[string]schema.Attribute{
			attrWebhook: schema.StringAttribute{Required: true, MarkdownDescription: "Id of a webhook of `PRODUCTION`, as `ignisign_webhooks` lists it."},
			attrSince: schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "From when on, such as `2026-11-20` or `2026-11-20T12:00:00Z`. An event that tells no time that can be read is among the changes all the same. All if it is not set.",
			},
			"changes": tfkit.ComputedObjects("The changes, the oldest first.", map[string]schema.Attribute{
				"event_id": tfkit.ComputedText("Id of the event."),
				"time":     tfkit.ComputedText("When it was made; null if IgniSign does not tell it."),
				"user_id":  tfkit.ComputedText("Id at IgniSign of the user whose membership it is; null if it is not told. No API tells whose id that is."),
			}),
			"complete": tfkit.ComputedTruth("Whether all events could be read that there are, by IgniSign's word, and each tells what happened."),
		},
	}
}

// ValidateConfig implements [datasource.DataSourceWithValidateConfig].
func (d *membershipChangesDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var model membershipChangesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if id := model.WebhookID; !id.IsNull() && !id.IsUnknown() && !api.IsID(id.ValueString()) {
		resp.Diagnostics.AddAttributeError(path.Root(attrWebhook), "Invalid id of a webhook", fmt.Sprintf("%q is no id of a webhook: 24 hexadecimal digits, as ignisign_webhooks lists them.", id.ValueString()))
	}
	if _, err := parseSince(model.Since); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root(attrSince), "Invalid time", err.Error())
	}
}

func parseSince(since types.String) (time.Time, error) {
	if since.IsNull() || since.IsUnknown() {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, since.ValueString()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: a day such as 2026-11-20, or one such as 2026-11-20T12:00:00Z", since.ValueString())
}

// Read implements [datasource.DataSource].
func (d *membershipChangesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model membershipChangesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	since, err := parseSince(model.Since)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root(attrSince), "Invalid time", err.Error())
	}
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	events, err := client.Events(ctx, model.WebhookID.ValueString(), since)
	if err != nil {
		addReadFailure(&resp.Diagnostics, path.Root(attrWebhook), "Reading the events of the webhook "+model.WebhookID.ValueString(), err)
		return
	}
	model.Changes, model.Complete = []changeRecord{}, types.BoolValue(events.IsComplete())
	for _, e := range events.Events {
		if e.IsUntold() {
			model.Complete = types.BoolValue(false)
		}
		if !e.IsMembershipChange() {
			continue
		}
		record := changeRecord{EventID: types.StringValue(e.ID), UserID: tfkit.TextOrNull(e.UserID)}
		if !e.Time.IsZero() {
			record.Time = types.StringValue(e.Time.UTC().Format(time.RFC3339))
		}
		model.Changes = append(model.Changes, record)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
