package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// liveDataSource is a data source that asks IgniSign.
type liveDataSource = tfkit.ClientDataSource[*api.Client]

// contextSource says how it is known what an application shows.
const contextSource = "What an application shows to an API key is observed in the vendor's client code and data models, and which parts of it a server really sends is not known: what it does not send is null."

// applicationDataSource reads the application of the key.
type applicationDataSource struct{ liveDataSource }

func newApplicationDataSource() datasource.DataSource {
	return &applicationDataSource{liveDataSource{Name: "application"}}
}

type applicationModel struct {
	ID             types.String        `tfsdk:"id"`
	OrganizationID types.String        `tfsdk:"organization_id"`
	Name           types.String        `tfsdk:"name"`
	Status         types.String        `tfsdk:"status"`
	Type           types.String        `tfsdk:"type"`
	APIVersion     types.String        `tfsdk:"api_version"`
	Environments   []environmentRecord `tfsdk:"environments"`
}

type environmentRecord struct {
	Name         types.String    `tfsdk:"name"`
	Keys         []keyRecord     `tfsdk:"api_keys"`
	SingleSignOn []ssoRecord     `tfsdk:"single_sign_on"`
	Webhooks     []webhookRecord `tfsdk:"webhooks"`
}

type keyRecord struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	Description  types.String `tfsdk:"description"`
	Status       types.String `tfsdk:"status"`
	IsRestricted types.Bool   `tfsdk:"is_restricted"`
	Permissions  []string     `tfsdk:"permissions"`
}

type ssoRecord struct {
	ID                 types.String `tfsdk:"id"`
	Name               types.String `tfsdk:"name"`
	Description        types.String `tfsdk:"description"`
	Type               types.String `tfsdk:"type"`
	Status             types.String `tfsdk:"status"`
	IsFromOrganization types.Bool   `tfsdk:"is_from_organization"`
	ClientID           types.String `tfsdk:"client_id"`
	ServerURL          types.String `tfsdk:"server_url"`
	MetadataURL        types.String `tfsdk:"metadata_url"`
	EntityID           types.String `tfsdk:"entity_id"`
}

type webhookRecord struct {
	ID          types.String `tfsdk:"id"`
	URL         types.String `tfsdk:"url"`
	Description types.String `tfsdk:"description"`
	IsDisabled  types.Bool   `tfsdk:"is_disabled"`
}

// Schema implements [datasource.DataSource].
func (d *applicationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The application of the API key, with what is access to it and can be seen: API keys and ways to sign in. " +
			"**It tells nothing of who is a member:** no API does.\n\n" + contextSource +
			" Secrets of it are not even decoded: client secrets, certificates, and what a key looks like.",
		Attributes: map[string]schema.Attribute{
			"id":              tfkit.ComputedText("Id, such as `appId_…`."),
			"organization_id": tfkit.ComputedText("Id of the organization."),
			"name":            tfkit.ComputedText("Name."),
			"status":          tfkit.ComputedText("Status: `ACTIVE`, `BLOCKED`, `ARCHIVED` and `ORG_ARCHIVED` are known."),
			"type":            tfkit.ComputedText("What it is for, such as `SIGNATURE`."),
			"api_version":     tfkit.ComputedText("The version of the API that it uses by its own word: `V3` and `V4` are known."),
			"environments": tfkit.ComputedObjects("The environments of which settings are shown to the key, in the order in which the vendor has them.", map[string]schema.Attribute{
				"name": tfkit.ComputedText("Name, such as `PRODUCTION`."),
				"api_keys": tfkit.ComputedObjects("API keys. "+
					"Whoever holds one may do everything in the environment: that keys can be restricted is prepared in the data models, and not used.", map[string]schema.Attribute{
					"id": tfkit.ComputedText("Id."), "name": tfkit.ComputedText("Name."), "description": tfkit.ComputedText("Description."),
					"status":        tfkit.ComputedText("Status: `ACTIVE` and `REVOCATED` are known."),
					"is_restricted": tfkit.ComputedTruth("Whether it is restricted to `permissions`."),
					"permissions":   tfkit.ComputedTexts("What it is restricted to."),
				}),
				"single_sign_on": tfkit.ComputedObjects("Ways to sign in by an identity provider.", map[string]schema.Attribute{
					"id": tfkit.ComputedText("Id."), "name": tfkit.ComputedText("Name."), "description": tfkit.ComputedText("Description."),
					"type":                 tfkit.ComputedText("`OAUTH2` and `SAML` are known."),
					"status":               tfkit.ComputedText("Status: `ACTIVE` and `ARCHIVED` are known."),
					"is_from_organization": tfkit.ComputedTruth("Whether it is that of the organization."),
					"client_id":            tfkit.ComputedText("Client id at the identity provider (OAuth 2)."),
					"server_url":           tfkit.ComputedText("URL of the identity provider (OAuth 2)."),
					"metadata_url":         tfkit.ComputedText("URL of the metadata of the identity provider (SAML)."),
					"entity_id":            tfkit.ComputedText("Entity id of the service provider (SAML)."),
				}),
				"webhooks": tfkit.ComputedObjects("Webhooks, to which is sent what happens.", webhookAttributes()),
			}),
		},
	}
}

func webhookAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": tfkit.ComputedText("Id."), "url": tfkit.ComputedText("URL that events are sent to."), "description": tfkit.ComputedText("Description."),
		"is_disabled": tfkit.ComputedTruth("Whether it is disabled; false if IgniSign does not say."),
	}
}

// Read implements [datasource.DataSource].
func (d *applicationDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	application, err := client.Application(ctx)
	if err != nil {
		addReadFailure(&resp.Diagnostics, path.Empty(), "Reading the application", err)
		return
	}
	model := applicationModel{
		ID: tfkit.TextOrNull(application.ID), OrganizationID: tfkit.TextOrNull(application.OrganizationID), Name: tfkit.TextOrNull(application.Name),
		Status: tfkit.TextOrNull(application.Status), Type: tfkit.TextOrNull(application.Type), APIVersion: tfkit.TextOrNull(application.APIVersion),
		Environments: []environmentRecord{},
	}
	for _, environment := range application.Environments {
		model.Environments = append(model.Environments, newEnvironmentRecord(environment))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// newEnvironmentRecord keeps null apart from empty: what is not shown may well be there.
func newEnvironmentRecord(e api.EnvironmentSettings) environmentRecord {
	record := environmentRecord{Name: types.StringValue(e.Name)}
	if e.Keys != nil {
		record.Keys = []keyRecord{}
	}
	for _, k := range e.Keys {
		record.Keys = append(record.Keys, keyRecord{
			tfkit.TextOrNull(k.ID), tfkit.TextOrNull(k.Name), tfkit.TextOrNull(k.Description), tfkit.TextOrNull(k.Status),
			types.BoolPointerValue(k.IsRestricted), k.Permissions,
		})
	}
	if e.SSO != nil {
		record.SingleSignOn = []ssoRecord{}
	}
	for _, s := range e.SSO {
		one := ssoRecord{
			ID: tfkit.TextOrNull(s.ID), Name: tfkit.TextOrNull(s.Name), Description: tfkit.TextOrNull(s.Description), Type: tfkit.TextOrNull(s.Type),
			Status: tfkit.TextOrNull(s.Status), IsFromOrganization: types.BoolPointerValue(s.IsFromOrganization),
		}
		if s.OAuth2 != nil {
			one.ClientID, one.ServerURL = tfkit.TextOrNull(s.OAuth2.ClientID), tfkit.TextOrNull(s.OAuth2.ServerURL)
		}
		if s.SAML != nil {
			one.MetadataURL, one.EntityID = tfkit.TextOrNull(s.SAML.MetadataURL), tfkit.TextOrNull(s.SAML.EntityID)
		}
		record.SingleSignOn = append(record.SingleSignOn, one)
	}
	if e.Webhooks != nil {
		record.Webhooks = newWebhookRecords(e.Webhooks)
	}
	return record
}

func newWebhookRecords(webhooks []api.Webhook) []webhookRecord {
	records := []webhookRecord{}
	for _, w := range webhooks {
		records = append(records, webhookRecord{tfkit.TextOrNull(w.ID), tfkit.TextOrNull(w.URL), tfkit.TextOrNull(w.Description), types.BoolValue(w.IsDisabled)})
	}
	return records
}
