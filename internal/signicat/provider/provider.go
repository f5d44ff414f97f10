// Package provider is the Terraform provider for Signicat. It needs no network: what it records
// and tells is what the vendor publishes, and what people wrote.
package provider

import (
	"time"

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
	return baselineprovider.New(vendor(), version, now)
}

// NewServer serves the provider.
func NewServer(version string, now func() time.Time) tfprotov6.ProviderServer {
	return baselineprovider.NewServer(New(version, now))
}

func vendor() *baselineprovider.Vendor {
	return &baselineprovider.Vendor{
		TypeName: "signicat", Name: "Signicat", Companion: "signpathctl",
		Summary: "Records what access to the Dashboard of [Signicat](https://www.signicat.com) should be, tells what a person has to do there to bring it about, and knows what is published of its roles. " +
			"It asks Signicat nothing and changes nothing there, so it needs no client.",
		Organization: attrOrganisation, OrganizationIsRequired: true, Places: attrAccounts,
		PlaceKeys: "`organisation` and `account:KEY`, with a key of `accounts`",
		Roles: "Roles are named as the Dashboard does, in *IAM → Roles*: `Organisation Admin`, `Account Admin`, `Partner Organisation Admin` and `Usage Viewer` are the published ones, " +
			"and others are declared in `roles`.",
		Attributes: attributes(), Declare: declare, Model: procedure.Model(vocabulary.Published),
		DataSources: dataSources(), Functions: functions(),
	}
}
