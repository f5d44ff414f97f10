// Command terraform-provider-signicat serves the Terraform provider for Signicat, with protocol
// version 6.
package main

import (
	"log"
	"time"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	if err := tfkit.Serve(provider.Address, func() framework.Provider { return provider.New(version, time.Now) }); err != nil {
		log.Fatal(err)
	}
}
