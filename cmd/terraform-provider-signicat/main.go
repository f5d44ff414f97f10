// Command terraform-provider-signicat serves the Terraform provider for Signicat, with protocol
// version 6.
package main

import (
	"log"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	newServer := func() tfprotov6.ProviderServer { return provider.NewServer(version, time.Now) }
	if err := tfkit.Serve(provider.Address, newServer); err != nil {
		log.Fatal(err)
	}
}
