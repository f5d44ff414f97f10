// Command terraform-provider-signpath serves the Terraform provider for
// SignPath, with protocol version 6.
package main

import (
	"log"
	"os"
	"runtime"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	defer runtime.KeepAlive(collectLater())
	newServer := func() tfprotov6.ProviderServer { return tfkit.NewServer(provider.New(version)()) }
	if err := tfkit.Serve("registry.terraform.io/signpath-community/signpath", newServer); err != nil {
		log.Fatal(err)
	}
}

// collectLater returns something to be kept alive. A run holds a few MiB and makes garbage
// many times as fast, in thousands of short calls, so by itself the garbage collector looks
// at the same few MiB again and again, which takes a fifth of the provider's time. What is
// returned counts as memory in use and takes none, because nobody touches it: so the collector
// begins later, by a fixed amount, which a big organization does not multiply. Whoever sets the
// collector by the environment is obeyed.
func collectLater() any {
	const allowance = 96 << 20
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return make([]byte, allowance)
}
