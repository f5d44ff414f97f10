package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
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

// The attributes that only the review has.
const (
	attrKeys         = "api_keys"
	attrSingleSignOn = "single_sign_on"
	attrWebhooks     = "webhooks"
	attrEnvironments = "environments"
	attrApplication  = "application_id"
)

// Schema implements [datasource.DataSource].
func (d *accessReviewDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := d.vendor.StatedAttributes(review.Rules())
	maps.Copy(attributes, d.inputs())
	maps.Copy(attributes, baselineprovider.LiveReportAttributes("an environment, a principal such as `user:dev.lead@example.com`, or the id of the application"))
	attributes[attrApplication] = tfkit.ComputedText("Id of the application of the API key, which is the one that is compared.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares a baseline with what IgniSign's API shows to an API key of an application: the API keys, ways to sign in and webhooks that are there, who is invited, and that members changed since the attestation. " +
			"**It sees no members and no roles, because no API shows them:** that it finds nothing does not mean that access is as it should be. `cannot_see` says what it cannot see, and `gaps` what it could not compare.\n\n" +
			"An API key is access: whoever holds one may do everything in its environment. Made for `check` blocks and for a job at night: a finding fails nothing by itself.\n\n" +
			"It changes nothing, and it takes no baseline: a data source that refers to one which is outstanding is read in the apply only. " +
			"Give it the local values that the baseline has, and each plan reads it.\n\n" + contextSource + "\n\n" + experimentalInvitations,
		Attributes: attributes,
	}
}

func (d *accessReviewDataSource) inputs() map[string]schema.Attribute {
	things := func(description string) schema.Attribute {
		return schema.MapAttribute{
			Optional: true, ElementType: types.SetType{ElemType: types.StringType},
			Validators: []validator.Map{
				mapvalidator.KeysAre(stringvalidator.OneOf(vocabulary.Environments()...)),
				mapvalidator.ValueSetsAre(setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))),
			},
			MarkdownDescription: description + " By environment: " + quoted(vocabulary.Environments()) + ". What is not named should not be there.",
		}
	}
	return map[string]schema.Attribute{
		attrOrganization: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the organization, as in the baseline. Nothing is asked with it."},
		attrApplications: schema.MapNestedAttribute{
			Required: true, MarkdownDescription: "As `applications` of the baseline. The one with the id of the key's application is compared; others need a provider block, and a review, of their own.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrID: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the application, such as `appId_…`."},
			}},
		},
		attrKeys: things("The API keys that should be active: their ids, or their names. " +
			"A name covers one key alone, so a second one of the same name is told."),
		attrSingleSignOn: things("The ways to sign in by an identity provider that should be active: their ids, or their names."),
		attrWebhooks:     things("The webhooks that should be there: their ids, or their URLs."),
		attrEnvironments: schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.OneOf(vocabulary.Environments()...)),
			},
			MarkdownDescription: "The environments that are compared, all three if it is not set. " +
				"Whether a key is shown the settings of other environments than its own is not known: where it is not, that is a gap, and a key of the other environment, " +
				"with a review of its own, may close it. Changes of members are compared with `PRODUCTION`.",
		},
	}
}

// ValidateConfig implements [datasource.DataSourceWithValidateConfig].
func (d *accessReviewDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, diags := d.stated(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
}

func (d *accessReviewDataSource) stated(ctx context.Context, config tfsdk.Config) (baselineprovider.Stated, diag.Diagnostics) {
	return d.vendor.ReadStated(ctx, config, review.Rules(), declareApplications, d.now())
}

// Read implements [datasource.DataSource].
func (d *accessReviewDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	given, diags := d.stated(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	stated := review.Stated{Baseline: given.Baseline, Attestation: given.Attestation}
	for name, target := range map[string]any{
		attrKeys: &stated.Keys, attrSingleSignOn: &stated.SingleSignOn, attrWebhooks: &stated.Webhooks, attrEnvironments: &stated.Environments,
	} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
	}
	client, ok := d.Client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	live := look(ctx, client, stated, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Config.Raw
	baselineprovider.SetLiveReport(ctx, &resp.State, review.Review(stated, live, given.Settings), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrApplication), client.AppID())...)
}

// look asks IgniSign. What a server may well not serve is a gap where it answers that it does not;
// everything else that fails is an error.
func look(ctx context.Context, client *api.Client, stated review.Stated, diags *diag.Diagnostics) (live review.Live) {
	application, err := client.Application(ctx)
	if err != nil {
		addReadFailure(diags, path.Empty(), "Reading the application", err)
		return live
	}
	live.Application, live.Status = application.ID, application.Status
	for _, e := range application.Environments {
		live.Environments = append(live.Environments, newEnvironment(e))
	}
	invitations, err := client.Invitations(ctx)
	switch {
	case isNotServed(err):
		live.Gaps = append(live.Gaps, fmt.Sprintf("No invitation is compared: %s", tfkit.Sentence(err.Error())))
	case err != nil:
		addReadFailure(diags, path.Empty(), "Listing the invitations", err)
		return live
	}
	for _, i := range invitations {
		one := review.Invitation{ID: i.ID, Email: i.Email, Status: i.Status}
		for environment, roles := range i.Roles {
			if len(roles) > 0 {
				one.Environments = append(one.Environments, environment)
			}
		}
		live.Invitations = append(live.Invitations, one)
	}
	if stated.Compares(review.Production) {
		lookAtChanges(ctx, client, stated, &live, diags)
	}
	return live
}

// isNotServed tells whether the server answered that it has no such route.
func isNotServed(err error) bool {
	var failed *httpapi.Error
	return errors.As(err, &failed) && failed.Status == http.StatusNotFound
}

func lookAtChanges(ctx context.Context, client *api.Client, stated review.Stated, live *review.Live, diags *diag.Diagnostics) {
	webhooks, err := client.Webhooks(ctx, review.Production)
	if err != nil {
		addReadFailure(diags, path.Empty(), "Listing the webhooks of "+review.Production, err)
		return
	}
	for _, w := range webhooks {
		made, _ := time.Parse(time.RFC3339, w.CreatedAt) // Zero is for what cannot be read.
		live.Recorders = append(live.Recorders, review.Recorder{Made: made, IsDisabled: w.IsDisabled})
	}
	for i, e := range live.Environments { // This list is the webhooks' own; that of the application may leave some out.
		if e.Name == review.Production {
			live.Environments[i].Webhooks = newWebhooks(webhooks)
		}
	}
	if stated.Attestation == nil {
		return
	}
	since, _ := time.Parse(time.DateOnly, string(stated.Attestation.On)) // It was parsed before.
	for _, webhook := range webhooks {
		events, err := client.Events(ctx, webhook.ID, since)
		if err != nil {
			addReadFailure(diags, path.Empty(), "Reading the events of the webhook "+webhook.ID, err)
			return
		}
		if !events.IsComplete() {
			live.Gaps = append(live.Gaps, fmt.Sprintf("Of the webhook %s, IgniSign says that it has %d events, and answered %d: members may have changed in the others.", webhook.ID, events.Total, events.Read))
		}
		untold := 0
		for _, e := range events.Events {
			if e.IsUntold() {
				untold++
			}
			if e.IsMembershipChange() {
				live.Changes = append(live.Changes, review.Change{Event: e.ID, At: e.Time, UserID: e.UserID})
			}
		}
		if untold > 0 {
			live.Gaps = append(live.Gaps, fmt.Sprintf("Of the webhook %s, %d events since do not tell what happened: members may have changed in them.", webhook.ID, untold))
		}
	}
}

// newEnvironment keeps nil apart from empty: what is not shown may well be there.
func newEnvironment(e api.EnvironmentSettings) review.Environment {
	one := review.Environment{Name: e.Name}
	if e.Keys != nil {
		one.Keys = []review.Thing{}
	}
	for _, k := range e.Keys {
		one.Keys = append(one.Keys, review.Thing{ID: k.ID, Name: k.Name, Status: k.Status, IsUnrestricted: k.IsRestricted != nil && !*k.IsRestricted})
	}
	if e.SSO != nil {
		one.SingleSignOn = []review.Thing{}
	}
	for _, s := range e.SSO {
		one.SingleSignOn = append(one.SingleSignOn, review.Thing{ID: s.ID, Name: s.Name, Status: s.Status})
	}
	if e.Webhooks != nil {
		one.Webhooks = newWebhooks(e.Webhooks)
	}
	return one
}

func newWebhooks(webhooks []api.Webhook) []review.Thing {
	things := []review.Thing{}
	for _, w := range webhooks {
		things = append(things, review.Thing{ID: w.ID, Name: w.URL})
	}
	return things
}
