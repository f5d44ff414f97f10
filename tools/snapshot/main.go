// Command snapshot tries what GoReleaser made, as those who install it will.
//
// It compares every sum with the file that it is of, and every list of contents with the binary that it is of. With a Terraform or OpenTofu
// CLI, it lets that install the provider from its archive and plan examples/complete against a
// mock SignPath, lets it install the other providers and apply their examples, and looks at which versions the programs claim to be.
//
//	snapshot -dist DIST [-cli CLI]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

const (
	signpath = "signpath"
	project  = "terraform-provider-" + signpath
	// companion is the program beside the providers.
	companion = "signpathctl"
)

// withoutNetwork are the providers that ask nobody.
var withoutNetwork = []string{"ignisign", "signicat"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) (err error) {
	flags := flag.NewFlagSet("snapshot", flag.ContinueOnError)
	dist := flags.String("dist", "dist", "directory that GoReleaser wrote to")
	cli := flags.String("cli", "", "path of Terraform or OpenTofu; without it, the files are compared and nothing is run")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	r, err := readRelease(*dist)
	if err != nil {
		return err
	}
	files, err := r.checkSums()
	if err != nil {
		return err
	}
	fmt.Printf("%s: the sums of %d files are right\n", r.version, files)

	directory, err := os.MkdirTemp("", "snapshot-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(directory)) }()
	listed, err := r.checkContents(directory)
	if err != nil {
		return err
	}
	fmt.Println(listed)
	if *cli == "" {
		return nil
	}
	said, err := r.checkCompanion(ctx, directory)
	if err != nil {
		return err
	}
	fmt.Println(said)
	served, err := newInstallation(r, *cli, directory).plan(ctx)
	if err != nil {
		return err
	}
	fmt.Println(served)
	for _, name := range withoutNetwork {
		recorded, err := newInstallation(r, *cli, filepath.Join(directory, name)).record(ctx, name)
		if err != nil {
			return err
		}
		fmt.Println(recorded)
	}
	return nil
}

// A release is what GoReleaser left in its directory.
type release struct {
	directory, version string
}

func readRelease(directory string) (release, error) {
	content, err := os.ReadFile(filepath.Join(directory, "metadata.json")) //nolint:gosec // The caller names the directory.
	if err != nil {
		return release{}, err
	}
	var metadata struct{ Version string }
	err = json.Unmarshal(content, &metadata)
	return release{directory: directory, version: metadata.Version}, err
}

// archive has the name by which Terraform looks for a provider.
func (r release) archive(name string) string {
	return fmt.Sprintf("terraform-provider-%s_%s_%s_%s.zip", name, r.version, runtime.GOOS, runtime.GOARCH)
}
