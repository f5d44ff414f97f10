package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// accessReviewDataSource compares what is live with what a baseline says.
type accessReviewDataSource struct {
	liveDataSource
	vendor *baselineprovider.Vendor
	now    func() time.Time
}

var (
	_ datasource.DataSourceWithConfigure      = (*accessReviewDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*accessReviewDataSource)(nil)
)

const attrAudit = "audit"

type liveAccountRecord struct {
	Key            types.String `tfsdk:"key"`
	ID             types.String `tfsdk:"id"`
	Name           types.String `tfsdk:"name"`
	Type           types.String `tfsdk:"type"`
	Deleted        types.Bool   `tfsdk:"deleted"`
	Enabled        types.Bool   `tfsdk:"enabled"`
	OrganisationID types.String `tfsdk:"organisation_id"`
}

type searchRecord struct {
	Name  types.String `tfsdk:"name"`
	Count types.Int64  `tfsdk:"count"`
	First types.String `tfsdk:"first"`
	Last  types.String `tfsdk:"last"`
	Whole types.Bool   `tfsdk:"whole"`
}

// A filterRecord is a filter for audit events.
type filterRecord struct {
	Name   types.String      `tfsdk:"name"`
	Filter []conditionRecord `tfsdk:"filter"`
}

// Schema implements [datasource.DataSource].
func (d *accessReviewDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := d.vendor.StatedAttributes(review.Rules())
	maps.Copy(attributes, d.inputs())
	maps.Copy(attributes, baselineprovider.LiveReportAttributes(
		"a place of the baseline such as `account:shop`, the id of an account that the baseline does not mention, or the name of a filter"))
	maps.Copy(attributes, outputs())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares a baseline with what Signicat's APIs show: the accounts of the organisation, and audit events since the attestation, by filters of your own. " +
			"**It sees no users, roles or grants, because no API shows them:** that it finds nothing does not mean that access is as it should be. `cannot_see` says what it cannot see, and `gaps` what it could not compare.\n\n" +
			"An account that somebody made is access: every role on the organisation holds in it. Made for `check` blocks and for a job at night: a finding fails nothing by itself.\n\n" +
			"It changes nothing, and it takes no baseline: a data source that refers to one which is outstanding is read in the apply only. " +
			"Give it the local values that the baseline has, and each plan reads it.\n\n" + experimental,
		Attributes: attributes,
	}
}

func (d *accessReviewDataSource) inputs() map[string]schema.Attribute {
	var accountTypes []string
	for _, t := range vocabulary.AccountTypes() {
		accountTypes = append(accountTypes, string(t))
	}
	return map[string]schema.Attribute{
		attrOrganisation: schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 256)},
			MarkdownDescription: "Id of the organisation, as in the baseline. The provider must not be set to another one.",
		},
		attrAccounts: schema.MapNestedAttribute{
			Required: true, MarkdownDescription: "As `accounts` of the baseline. One without an id is a gap, and so is one whose type is not told.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrID: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the account."},
				attrType: schema.StringAttribute{
					Optional: true, Validators: []validator.String{stringvalidator.OneOf(accountTypes...)}, MarkdownDescription: "What the account is for.",
				},
			}},
		},
		attrAudit: schema.ListNestedAttribute{
			Optional: true, Validators: []validator.List{listvalidator.SizeBetween(1, 20)},
			MarkdownDescription: "Filters for audit events that you want to know of if there are any since the day of the attestation: such as those that tell of invitations or grants, once you have found out which they are. " +
				"At most 1000 events of each are read.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 100)},
					MarkdownDescription: "A name of your own, which findings and gaps have.",
				},
				attrFilter: filterAttribute(true, listvalidator.SizeAtLeast(1)),
			}},
		},
		attrQueryPath: queryPathAttribute(),
	}
}

func outputs() map[string]schema.Attribute {
	const untold = "; null if Signicat does not tell it."
	return map[string]schema.Attribute{
		"live_accounts": tfkit.ComputedObjects("The accounts that Signicat shows to the API client, deleted ones included.", map[string]schema.Attribute{
			"key":             tfkit.ComputedText("Key in `accounts`; null for an account that the baseline does not mention."),
			"id":              tfkit.ComputedText("Id."),
			"name":            tfkit.ComputedText("Name" + untold),
			"type":            tfkit.ComputedText("`production` or `sandbox`" + untold),
			"deleted":         tfkit.ComputedTruth("Whether it is soft-deleted; null if Signicat does not tell it, or tells both."),
			"enabled":         tfkit.ComputedTruth("Whether it is enabled" + untold),
			"organisation_id": tfkit.ComputedText("Id of the organisation that it belongs to" + untold),
		}),
		"events": tfkit.ComputedObjects("What each filter found.", map[string]schema.Attribute{
			"name":  tfkit.ComputedText("Name of the filter."),
			"count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many events were read that are of the day of the attestation or later, or of which no time is told."},
			"first": tfkit.ComputedText("When the earliest of these was; null if no time is told."),
			"last":  tfkit.ComputedText("When the latest of these was; null if no time is told."),
			"whole": tfkit.ComputedTruth("Whether there are no more events since that day."),
		}),
	}
}

// ValidateConfig implements [datasource.DataSourceWithValidateConfig].
func (d *accessReviewDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, diags := d.stated(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
}

func (d *accessReviewDataSource) stated(ctx context.Context, config tfsdk.Config) (baselineprovider.Stated, diag.Diagnostics) {
	declare := func(a *baselineprovider.Attributes) baselineprovider.Declared {
		model := procedure.Model(vocabulary.Published)
		return baselineprovider.Declared{Model: model, Places: procedure.Places(declareAccounts(a, model))}
	}
	return d.vendor.ReadStated(ctx, config, review.Rules(), declare, d.now())
}

// Read implements [datasource.DataSource].
func (d *accessReviewDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	given, diags := d.stated(ctx, req.Config)
	var filters []filterRecord
	diags.Append(req.Config.GetAttribute(ctx, path.Root(attrAudit), &filters)...)
	var queryPath types.String
	diags.Append(req.Config.GetAttribute(ctx, path.Root(attrQueryPath), &queryPath)...)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	if asked := client.OrganisationID(); asked != "" && asked != given.Organization {
		resp.Diagnostics.AddAttributeError(path.Root(attrOrganisation), "Another organisation",
			fmt.Sprintf("The review is about %s, and the provider asks for %s. "+
				"Use a provider block of that organisation, or correct the id.", given.Organization, asked))
		return
	}
	stated := review.Stated{Baseline: given.Baseline, Attestation: given.Attestation}
	for i, filter := range filters {
		name := filter.Name.ValueString()
		if slices.Contains(stated.Filters, name) {
			resp.Diagnostics.AddAttributeError(path.Root(attrAudit).AtListIndex(i).AtName("name"), "Invalid filter",
				fmt.Sprintf("There are two filters with the name %q.", name))
			return
		}
		stated.Filters = append(stated.Filters, name)
	}
	live := d.look(ctx, client, stated, filters, queryPath.ValueString(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Config.Raw
	baselineprovider.SetLiveReport(ctx, &resp.State, review.Review(stated, live, given.Settings), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("live_accounts"), newLiveAccountRecords(stated, live))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("events"), newSearchRecords(stated, live))...)
}

// look asks Signicat.
func (d *accessReviewDataSource) look(
	ctx context.Context, client *api.Client, stated review.Stated, filters []filterRecord, queryPath string, diags *diag.Diagnostics,
) (live review.Live) {
	accounts, err := client.AllAccounts(ctx)
	if err != nil {
		addFailure(diags, path.Empty(), "Listing the accounts", err)
		return live
	}
	for _, a := range accounts {
		live.Accounts = append(live.Accounts, newLiveAccount(a))
	}
	if stated.Attestation == nil {
		return live
	}
	for i, filter := range filters {
		query := api.EventQuery{And: conditions(filter.Filter), Path: queryPath}
		search, err := searchSince(ctx, client, query, stated.Attestation.On, d.now())
		if err != nil {
			addFailure(diags, path.Root(attrAudit).AtListIndex(i), fmt.Sprintf("Reading audit events by the filter %q", filter.Name.ValueString()), err)
			return live
		}
		search.Name = filter.Name.ValueString()
		live.Searches = append(live.Searches, search)
	}
	return live
}

func newLiveAccount(a api.KnownAccount) review.Account {
	account := review.Account{ID: a.ID, Name: a.Name, Type: review.TypeOf(a.IsSandbox), Deleted: a.Deleted, Enabled: access.AnswerUnknown}
	if a.Organization != nil {
		account.Organisation = a.Organization.ID
	}
	if a.Enabled != nil {
		account.Enabled = access.AnswerNo
		if *a.Enabled {
			account.Enabled = access.AnswerYes
		}
	}
	return account
}

func newLiveAccountRecords(stated review.Stated, live review.Live) []liveAccountRecord {
	keys, records := map[string]string{}, []liveAccountRecord{}
	for _, declared := range stated.Places {
		keys[declared.ID] = declared.Place.Slug(0)
	}
	for _, a := range live.Accounts {
		records = append(records, liveAccountRecord{
			Key: tfkit.TextOrNull(keys[a.ID]), ID: types.StringValue(a.ID), Name: tfkit.TextOrNull(a.Name), Type: tfkit.TextOrNull(a.Type),
			Deleted: truth(a.Deleted), Enabled: truth(a.Enabled), OrganisationID: tfkit.TextOrNull(a.Organisation),
		})
	}
	return records
}

func newSearchRecords(stated review.Stated, live review.Live) []searchRecord {
	records := []searchRecord{}
	for _, s := range live.Searches {
		dated, timeless := s.Since(stated.Attestation.On)
		record := searchRecord{
			Name: types.StringValue(s.Name), Count: types.Int64Value(int64(len(dated) + len(timeless))), Whole: types.BoolValue(s.Whole && s.Gap == ""),
		}
		if len(dated) > 0 {
			record.First, record.Last = types.StringValue(dated[0].Time()), types.StringValue(dated[len(dated)-1].Time())
		}
		records = append(records, record)
	}
	return records
}
