package tfkit

import (
	"flag"
	"log"
	"os"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// Serve is the main function of a provider. It takes the flag with which a debugger can be
// attached, and returns when the CLI has no more questions.
func Serve(address string, newServer func() tfprotov6.ProviderServer) error {
	debug := flag.Bool("debug", false, "keep running, to attach a debugger")
	flag.Parse()
	silenceUnreadLog(path.Base(address))
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(address, newServer, options...)
}

// silenceUnreadLog turns the log off unless somebody asked for one: the plugin
// libraries otherwise write every line at the finest level, for Terraform to
// throw away, which takes a quarter of the provider's time.
func silenceUnreadLog(name string) {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TF_LOG") || strings.HasPrefix(variable, "TF_ACC") {
			return
		}
	}
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_" + strings.ToUpper(name)} {
		if err := os.Setenv(variable, "off"); err != nil {
			log.Print(err)
		}
	}
}
