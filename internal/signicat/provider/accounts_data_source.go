package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/review"
)

// accountsDataSource lists the accounts that the API client is shown.
type accountsDataSource struct{ liveDataSource }

var _ datasource.DataSourceWithConfigure = (*accountsDataSource)(nil)

func newAccountsDataSource() datasource.DataSource {
	return &accountsDataSource{liveDataSource{Name: "accounts"}}
}

type accountsModel struct {
	Deleted  types.Bool      `tfsdk:"deleted"`
	Accounts []accountRecord `tfsdk:"accounts"`
}

type accountRecord struct {
	ID                types.String        `tfsdk:"id"`
	Name              types.String        `tfsdk:"name"`
	Type              types.String        `tfsdk:"type"`
	IsSandbox         types.Bool          `tfsdk:"is_sandbox"`
	Enabled           types.Bool          `tfsdk:"enabled"`
	IsDeleteProtected types.Bool          `tfsdk:"is_delete_protected"`
	IsSoftDeleted     types.Bool          `tfsdk:"is_soft_deleted"`
	SoftDeletedAt     types.String        `tfsdk:"soft_deleted_at"`
	CreatedDate       types.String        `tfsdk:"created_date"`
	LastModifiedDate  types.String        `tfsdk:"last_modified_date"`
	Region            types.String        `tfsdk:"region"`
	Cloud             types.String        `tfsdk:"cloud"`
	Products          []string            `tfsdk:"products"`
	Organisation      *organisationRecord `tfsdk:"organisation"`
	OfOrganisation    types.Bool          `tfsdk:"of_organisation"`
}

type organisationRecord struct {
	ID              types.String `tfsdk:"id"`
	Name            types.String `tfsdk:"name"`
	EntityID        types.String `tfsdk:"entity_id"`
	EntityVATNumber types.String `tfsdk:"entity_vat_number"`
	EntityLegalName types.String `tfsdk:"entity_legal_name"`
	Country         types.String `tfsdk:"country"`
}

// Schema implements [datasource.DataSource].
func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	const untold = "; null if Signicat does not tell it."
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the accounts that Signicat shows to the API client, whole or not at all. " +
			"It tells nothing of who has access to them: no API does.\n\n" +
			"An API client of one account may be shown that alone. Accounts of other organisations are in the list if Signicat shows them; `of_organisation` tells them apart.",
		Attributes: map[string]schema.Attribute{
			"deleted": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to list the soft-deleted accounts, and these alone. " +
					"Without it, the list is what Signicat answers to a question that does not mention deletion. " +
					"With it, Signicat has to be asked for both then: if it answers an account in both lists, without saying that it is deleted, that is an error.",
			},
			"accounts": tfkit.ComputedObjects("The accounts, in the order in which Signicat lists them.", map[string]schema.Attribute{
				"id":                  tfkit.ComputedText("Id, such as `a-ppge-…`."),
				"name":                tfkit.ComputedText("Name" + untold),
				"type":                tfkit.ComputedText("`production` or `sandbox`, as `accounts` of a baseline has it, by `is_sandbox`" + untold),
				"is_sandbox":          tfkit.ComputedTruth("Whether it is a sandbox" + untold),
				"enabled":             tfkit.ComputedTruth("Whether it is enabled" + untold + " No page says what that means."),
				"is_delete_protected": tfkit.ComputedTruth("Whether it is protected from deletion" + untold),
				"is_soft_deleted":     tfkit.ComputedTruth("Whether it is soft-deleted, as the account itself says" + untold),
				"soft_deleted_at":     tfkit.ComputedText("When it was soft-deleted" + untold),
				"created_date":        tfkit.ComputedText("When it was created" + untold),
				"last_modified_date":  tfkit.ComputedText("When it was changed last" + untold),
				"region":              tfkit.ComputedText("Region, such as `EU`" + untold),
				"cloud":               tfkit.ComputedText("Cloud, such as `GCP` or `OTC`" + untold),
				"products":            tfkit.ComputedTexts("Products. Their form is not documented: what is no text is its JSON."),
				"of_organisation":     tfkit.ComputedTruth("Whether it belongs to the `organisation_id` of the provider; null if Signicat does not tell its organisation, or the provider has none."),
				"organisation": schema.SingleNestedAttribute{
					Computed: true, MarkdownDescription: "The organisation that it belongs to" + untold,
					Attributes: map[string]schema.Attribute{
						"id":                tfkit.ComputedText("Id, such as `o-p-…`" + untold),
						"name":              tfkit.ComputedText("Name" + untold),
						"entity_id":         tfkit.ComputedText("Id of the legal entity" + untold),
						"entity_vat_number": tfkit.ComputedText("VAT number of the legal entity" + untold),
						"entity_legal_name": tfkit.ComputedText("Name of the legal entity" + untold),
						"country":           tfkit.ComputedText("Country" + untold),
					},
				},
			}),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *accountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model accountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	accounts, err := list(ctx, client, model.Deleted.ValueBool())
	var ignored *ignoredFilterError
	switch {
	case err == nil:
	case errors.As(err, &ignored):
		resp.Diagnostics.AddAttributeError(path.Root("deleted"), "Signicat does not tell deleted accounts apart", ignored.Error())
		return
	default:
		addFailure(&resp.Diagnostics, path.Empty(), "Listing the accounts", err)
		return
	}
	model.Accounts = make([]accountRecord, len(accounts))
	for i, account := range accounts {
		model.Accounts[i] = newAccountRecord(account, client.OrganisationID())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// list returns the accounts that are soft-deleted, or those that Signicat lists unless it is asked for
// these.
func list(ctx context.Context, client *api.Client, deleted bool) ([]api.Account, error) {
	if !deleted {
		return client.Accounts(ctx, false)
	}
	all, err := client.AllAccounts(ctx)
	if err != nil {
		return nil, err
	}
	found := []api.Account{}
	for _, account := range all {
		switch account.Deleted {
		case access.AnswerYes:
			found = append(found, account.Account)
		case access.AnswerUnknown:
			return nil, &ignoredFilterError{account.ID}
		}
	}
	return found, nil
}

// An ignoredFilterError is about an account that may be deleted or not.
type ignoredFilterError struct{ account string }

func (e *ignoredFilterError) Error() string {
	return fmt.Sprintf("Signicat lists the account %s both with the deleted accounts and with the others, or with a time of deletion and says that it is not deleted, so it may be either. "+
		"It seems not to heed what it is asked for. Leave \"deleted\" out, and go by is_soft_deleted where it is not null.", e.account)
}

func newAccountRecord(a api.Account, organisation string) accountRecord {
	record := accountRecord{
		ID: types.StringValue(a.ID), Name: tfkit.TextOrNull(a.Name), Type: tfkit.TextOrNull(review.TypeOf(a.IsSandbox)),
		IsSandbox: types.BoolPointerValue(a.IsSandbox),
		Enabled:   types.BoolPointerValue(a.Enabled), IsDeleteProtected: types.BoolPointerValue(a.IsDeleteProtected),
		IsSoftDeleted: types.BoolPointerValue(a.IsSoftDeleted), SoftDeletedAt: tfkit.TextOrNull(a.SoftDeletedAt),
		CreatedDate: tfkit.TextOrNull(a.CreatedDate), LastModifiedDate: tfkit.TextOrNull(a.LastModifiedDate), Region: tfkit.TextOrNull(a.Region),
		Cloud:    tfkit.TextOrNull(a.Cloud),
		Products: spelled(a.Products), OfOrganisation: truth(a.IsOf(organisation)),
	}
	if o := a.Organization; o != nil {
		record.Organisation = &organisationRecord{
			ID: tfkit.TextOrNull(o.ID), Name: tfkit.TextOrNull(o.Name), EntityID: tfkit.TextOrNull(o.EntityID), EntityVATNumber: tfkit.TextOrNull(o.EntityVATNumber),
			EntityLegalName: tfkit.TextOrNull(o.EntityLegalName), Country: tfkit.TextOrNull(o.Country),
		}
	}
	return record
}
