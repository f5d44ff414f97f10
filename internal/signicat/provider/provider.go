// Package provider is the Terraform provider for Signicat. Most of it needs no network: it records what
// people wrote, and tells what the vendor publishes. Some data sources ask Signicat's APIs, which show
// accounts and audit events and nothing else of access.
package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// Address is that of the provider in the registry.
const Address = "registry.terraform.io/signpath-community/signicat"

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
		TypeName: "signicat", Name: "Signicat", Companion: "signpathctl",
		Summary: "Records what access to the Dashboard of [Signicat](https://www.signicat.com) should be, tells what a person has to do there to bring it about, and knows what is published of its roles. " +
			"It changes nothing there. What its APIs show of access, which is the accounts and audit events, it can ask for, with an API client; the rest needs none.",
		Organization: attrOrganisation, OrganizationIsRequired: true, Places: attrAccounts,
		PlaceKeys: "`organisation` and `account:KEY`, with a key of `accounts`",
		Roles: "Roles are named as the Dashboard does, in *IAM → Roles*: `Organisation Admin`, `Account Admin`, `Partner Organisation Admin` and `Usage Viewer` are the published ones, " +
			"and others are declared in `roles`.",
		Attributes: attributes(), Declare: declare, Model: procedure.Model(vocabulary.Published),
		Functions: functions(), API: connection(),
	}
	v.DataSources = append(dataSources(), newAccountsDataSource, newAuditMetadataDataSource, newAuditEventsDataSource, func() datasource.DataSource {
		return &accessReviewDataSource{liveDataSource{Name: "access_review"}, v, now}
	})
	return v
}
