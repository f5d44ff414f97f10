// Command terraform-provider-signpath serves the Terraform provider for
// SignPath, with protocol version 6.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running, to attach a debugger")
	flag.Parse()
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/signpath-community/signpath",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
