// Command terraform-provider-signpath serves the Terraform provider for
// SignPath, with protocol version 6.
package main

import (
	"flag"
	"log"
	"os"
	"runtime"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running, to attach a debugger")
	flag.Parse()
	silenceUnreadLog()
	defer runtime.KeepAlive(collectLater())
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	newServer := func() tfprotov6.ProviderServer { return tfkit.NewServer(provider.New(version)()) }
	if err := tf6server.Serve("registry.terraform.io/signpath-community/signpath", newServer, options...); err != nil {
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

// silenceUnreadLog turns the log off unless somebody asked for one: the plugin
// libraries otherwise write every line at the finest level, for Terraform to
// throw away, which takes a quarter of the provider's time.
func silenceUnreadLog() {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TF_LOG") || strings.HasPrefix(variable, "TF_ACC") {
			return
		}
	}
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_SIGNPATH"} {
		if err := os.Setenv(variable, "off"); err != nil {
			log.Print(err)
		}
	}
}
