// Command terraform-provider-ignisign serves the Terraform provider for IgniSign, with protocol
// version 6.
package main

import (
	"log"
	"time"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// version is set by the linker.
var version = "dev"

func main() {
	if err := tfkit.Serve(provider.Address, func() framework.Provider { return provider.New(version, time.Now) }); err != nil {
		log.Fatal(err)
	}
}
