// Command terraform-provider-ignisign serves the Terraform provider for IgniSign, with protocol
// version 6.
package main

import (
	"log"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// version is set by the linker.
var version = "dev"

func main() {
	newServer := func() tfprotov6.ProviderServer { return provider.NewServer(version, time.Now) }
	if err := tfkit.Serve(provider.Address, newServer); err != nil {
		log.Fatal(err)
	}
}
