package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// mockFlags are those of a mock command. The state file and the mapping file are SignPath's alone.
type mockFlags struct {
	listen, seedFile, stateFile, envFile, mappingFile string
	latency                                           time.Duration
	dialect                                           []string
}

// A servedMock is a mock server of some vendor.
type servedMock interface {
	Serve(ctx context.Context, listener net.Listener) error
	// Environment is what a client needs to reach the server at a URL: names and values of variables.
	Environment(url string) [][2]string
}

// A mockVendor is what the mock command has to know of a vendor. What starts the server is made by starter.
type mockVendor struct {
	// name is that of the subcommand; "" is the vendor that mock itself serves.
	name string
	// what is served, such as "SignPath organization", and what the seed is without a file.
	what, demo string
	// about is what there is to know besides.
	about string
	// dialects are the lines of the help about --dialect.
	dialects func() string
	start    func(mockFlags) (servedMock, error)
	// keepsState tells whether there is a file that keeps what is served between runs, speaksMappings whether the server may
	// differ as a mapping file says.
	keepsState, speaksMappings bool
}

// newMockCommand serves SignPath's mock, and has a subcommand for each other vendor.
func newMockCommand() *cobra.Command {
	command := newMockVendorCommand(mockVendors[0])
	for _, vendor := range mockVendors[1:] {
		command.AddCommand(newMockVendorCommand(vendor))
	}
	return command
}

func newMockVendorCommand(vendor mockVendor) *cobra.Command {
	var flags mockFlags
	command := &cobra.Command{
		Use:   cmp.Or(vendor.name, "mock"),
		Short: "Serve a mock " + vendor.what + " for demonstrations and tests",
		Long: `Serve a mock ` + vendor.what + ` on a loopback address until SIGINT or SIGTERM.

It prints the environment variables that the provider needs, ready for a shell. What is secret in them is good for this mock only.
The control endpoints below /_mock/ need no token.` + vendor.about + `

--dialect takes deviations from the assumed API contract, separated by commas:
` + vendor.dialects(),
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return serveMock(command, vendor, flags) },
	}
	options := command.Flags()
	options.StringVar(&flags.listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 is a free one")
	options.StringVar(&flags.seedFile, "seed", "", "JSON file that describes what is served (default: "+vendor.demo+")")
	if vendor.keepsState {
		options.StringVar(&flags.stateFile, "state", "", "file that keeps what is served between runs")
	}
	if vendor.speaksMappings {
		options.StringVar(&flags.mappingFile, "mapping", "", "mapping file (YAML) by which the server differs from the assumed API contract")
	}
	options.StringVar(&flags.envFile, "env-file", "", "file that the environment variables are written to once the server listens")
	options.DurationVar(&flags.latency, "latency", 0, "delay of each API request, such as 50ms")
	options.StringSliceVar(&flags.dialect, "dialect", nil, "deviations from the assumed API contract, as listed above")
	return command
}

// starter makes a server of what the flags say: of the seed, or else the demo's, in the dialect.
func starter[S, D any](
	demo func() S, parseSeed func([]byte) (S, error), parseDialect func(...string) (D, error), serve func(S, D, mockFlags) (servedMock, error),
) func(mockFlags) (servedMock, error) {
	return func(flags mockFlags) (servedMock, error) {
		dialect, err := parseDialect(flags.dialect...)
		if err != nil {
			return nil, err
		}
		if flags.seedFile == "" {
			return serve(demo(), dialect, flags)
		}
		document, err := os.ReadFile(flags.seedFile)
		if err != nil {
			return nil, err
		}
		seed, err := parseSeed(document)
		if err != nil {
			return nil, err
		}
		return serve(seed, dialect, flags)
	}
}

// dialectHelp lists deviations, one a line.
func dialectHelp[D any](deviations []mockserver.Deviation[D]) string {
	var help strings.Builder
	for _, single := range deviations {
		writeDialect(&help, single.Name, single.About)
	}
	return help.String()
}

func writeDialect(help *strings.Builder, name, about string) {
	fmt.Fprintf(help, "\n  %-42s %s", name, about)
}

func serveMock(command *cobra.Command, vendor mockVendor, flags mockFlags) error {
	server, err := vendor.start(flags)
	if err != nil {
		return err
	}
	listener, err := mockserver.Listen(flags.listen)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if err := announce(command, mockEnvironment(url, server.Environment(url)), flags.envFile); err != nil {
		return errors.Join(err, listener.Close())
	}
	return server.Serve(command.Context(), listener)
}

// mockEnvironment is a shell script that sets the variables.
func mockEnvironment(url string, variables [][2]string) string {
	var script strings.Builder
	for _, variable := range variables {
		fmt.Fprintf(&script, "export %s=%s\n", variable[0], shellWord(variable[1]))
	}
	fmt.Fprintf(&script, "# control endpoints: %s/_mock/\n", url)
	return script.String()
}

// shellWord quotes what a shell would not take as it is.
func shellWord(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/=+@%"
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(plain, r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// announce prints the environment and writes it to a file, which appears complete or not at all.
func announce(command *cobra.Command, environment, envFile string) error {
	if _, err := fmt.Fprint(command.OutOrStdout(), environment); err != nil {
		return err
	}
	if envFile == "" {
		return nil
	}
	temporary, err := os.CreateTemp(filepath.Dir(envFile), filepath.Base(envFile)+".*")
	if err != nil {
		return err
	}
	_, writeErr := temporary.WriteString(environment)
	if err := errors.Join(writeErr, temporary.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return os.Rename(temporary.Name(), envFile)
}
