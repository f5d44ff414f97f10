// Package provider is the Terraform provider for IgniSign. Most of it needs no network: what it
// records and tells is what the vendor publishes, and what people wrote. Invitations are sent by
// IgniSign's API.
package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
)

// Address is that of the provider in the registry.
const Address = "registry.terraform.io/signpath-community/ignisign"

// New returns the provider, which goes by a clock: [time.Now], or that of a test.
func New(version string, now func() time.Time) provider.Provider {
	return baselineprovider.New(vendor(now), version, now)
}

// NewServer serves the provider.
func NewServer(version string, now func() time.Time) tfprotov6.ProviderServer {
	return baselineprovider.NewServer(New(version, now))
}

func vendor(now func() time.Time) *baselineprovider.Vendor {
	v := &baselineprovider.Vendor{
		TypeName: "ignisign", Name: "IgniSign", Companion: "signpathctl",
		Summary: "Records what access to [IgniSign](https://ignisign.io) should be, tells what a person has to do in the Console to bring it about, and knows what its roles allow. " +
			"For that it asks IgniSign nothing and changes nothing there, and needs no key. Invitations, and what the API shows of access, need one.",
		Organization: attrOrganization, Places: attrApplications,
		PlaceKeys: "`organization`, `application:KEY` and `environment:KEY/PRODUCTION` (or `STAGING`, `DEVELOPMENT`), with a key of `applications`",
		Roles: "Roles are those of IAM, by their constants: `ORG_OWNER`, `ORG_ADMIN`, `ORG_BILLING` and `ORG_USER` for the organization, `APP_ADMIN` for an application, " +
			"`APP_MANAGER`, `APP_OPERATOR` and `APP_READER` for an environment.",
		Attributes: attributes(), Declare: declare, Model: procedure.Model,
		Functions: functions(),
		Resources: []func() resource.Resource{func() resource.Resource { return &invitationResource{} }},
		API:       connection(),
	}
	v.DataSources = append(dataSources(), newApplicationDataSource, newInvitationsDataSource, newWebhooksDataSource, newMembershipChangesDataSource,
		func() datasource.DataSource {
			return &accessReviewDataSource{liveDataSource{Name: "access_review"}, v, now}
		})
	return v
}
