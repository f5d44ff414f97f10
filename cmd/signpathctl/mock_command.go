package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	printSeed                                         bool
}

// A servedMock is a mock server of some vendor.
type servedMock interface {
	Serve(ctx context.Context, listener net.Listener) error
	// Environment is what a client needs to reach the server at a URL: names and values of variables.
	Environment(url string) [][2]string
}

// A mockVendor is what the mock command has to know of a vendor.
type mockVendor struct {
	// name is that of the subcommand; "" is the vendor that mock itself serves.
	name string
	// what is served, such as "SignPath organization", and what the seed is without a file.
	what, demo string
	// about is what there is to know besides.
	about string
	// controls are the control endpoints, and dialects the lines of the help about --dialect.
	controls func() []mockserver.ControlEntry
	dialects func() string
	seeded   seededMock
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

It prints the environment variables that the provider needs, ready for a shell. What is secret in them is good for this mock only.` +
			vendor.about + `

--print-seed shows what --seed takes: change it, and serve that. An error of a seed names the line and the path in it,
or whom or what it is about.

The control endpoints are for people and scripts, need no token, and are in no API. GET /_mock/ lists them, too:
` + controlHelp(vendor.controls()) + `

--dialect takes deviations from the assumed API contract, separated by commas:
` + vendor.dialects(),
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if flags.printSeed {
				return vendor.seeded.print(command.OutOrStdout(), flags)
			}
			return serveMock(command, vendor, flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 is a free one")
	options.StringVar(&flags.seedFile, "seed", "", "JSON file that describes what is served (default: "+vendor.demo+")")
	options.BoolVar(&flags.printSeed, "print-seed", false, "print the seed in the form that --seed takes, that of --seed or the default, and end")
	if vendor.keepsState {
		options.StringVar(&flags.stateFile, "state", "", "file that keeps what is served between runs")
	}
	if vendor.speaksMappings {
		options.StringVar(&flags.mappingFile, "mapping", "", "mapping file (YAML) by which the server differs from the assumed API contract")
	}
	options.StringVar(&flags.envFile, "env-file", "", "file that the environment variables are written to once the server listens;\nread it by a path, as in . ./mock.env: a shell looks for a bare name in the folders of its PATH first")
	options.DurationVar(&flags.latency, "latency", 0, "delay of each API request, such as 50ms")
	options.StringSliceVar(&flags.dialect, "dialect", nil, "deviations from the assumed API contract, as listed above")
	return command
}

// A seededMock is what a vendor's mock does with the seed that the flags name, or else the demo's.
type seededMock struct {
	print func(io.Writer, mockFlags) error
	start func(mockFlags) (servedMock, error)
}

// seededBy is the mock of a vendor, whose servers are made of a seed in a dialect.
func seededBy[S, D any](
	demo func() S, parseSeed func([]byte) (S, error), parseDialect func(...string) (D, error), serve func(S, D, mockFlags) (servedMock, error),
) seededMock {
	read := func(flags mockFlags) (seed S, err error) {
		if flags.seedFile == "" {
			return demo(), nil
		}
		document, err := os.ReadFile(flags.seedFile)
		if err != nil {
			return seed, err
		}
		if seed, err = parseSeed(document); err != nil {
			return seed, fmt.Errorf("%s: %w", flags.seedFile, err)
		}
		return seed, nil
	}
	return seededMock{
		print: func(w io.Writer, flags mockFlags) error {
			seed, err := read(flags)
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(w)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			return encoder.Encode(seed)
		},
		start: func(flags mockFlags) (servedMock, error) {
			dialect, err := parseDialect(flags.dialect...)
			if err != nil {
				return nil, err
			}
			seed, err := read(flags)
			if err != nil {
				return nil, err
			}
			return serve(seed, dialect, flags)
		},
	}
}

// controlHelp lists control endpoints, each with an example of a request.
func controlHelp(controls []mockserver.ControlEntry) string {
	var help strings.Builder
	for _, control := range controls {
		fmt.Fprintf(&help, "\n  %-6s /_mock/%s\n           %s", control.Method, control.Request, control.About)
	}
	return help.String()
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
	server, err := vendor.seeded.start(flags)
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

// announce writes the environment to a file, which appears complete or not at all, and prints it.
func announce(command *cobra.Command, environment, envFile string) error {
	if envFile != "" {
		if err := writeWhole(envFile, environment); err != nil {
			return fmt.Errorf("--env-file %s: %w", envFile, err)
		}
	}
	_, err := fmt.Fprint(command.OutOrStdout(), environment)
	return err
}

// writeWhole writes a file that only its owner can read. It appears complete or not at all.
func writeWhole(envFile, environment string) error {
	temporary, err := os.CreateTemp(filepath.Dir(envFile), filepath.Base(envFile)+".*")
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err // Without the name of the temporary file.
	}
	if err != nil {
		return err
	}
	_, writeErr := temporary.WriteString(environment)
	if err := errors.Join(writeErr, temporary.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return os.Rename(temporary.Name(), envFile)
}
