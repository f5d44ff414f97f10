// Command profiled is the provider with a profile of what it takes the processors for, in
// the folder that an environment variable names: a file for each process.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

func main() {
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_SIGNPATH"} { // As in the provider itself.
		if err := os.Setenv(variable, "off"); err != nil {
			log.Fatal(err)
		}
	}
	file, err := os.Create(filepath.Join(os.Getenv("BENCH_PROFILES"), fmt.Sprintf("%d.prof", os.Getpid()))) //nolint:gosec // The benchmark's folder.
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		log.Fatal(err)
	}
	err = providerserver.Serve(context.Background(), provider.New("dev"), providerserver.ServeOpts{
		Address: "registry.terraform.io/signpath-community/signpath",
	})
	pprof.StopCPUProfile()
	if err != nil {
		log.Fatal(err)
	}
}
