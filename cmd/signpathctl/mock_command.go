package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// mockCaller is the CI user of the seed whose token the mock command prints.
const mockCaller = "terraform"

type mockFlags struct {
	listen, seedFile, stateFile, envFile string
	latency                              time.Duration
	dialect                              []string
}

func newMockCommand() *cobra.Command {
	var flags mockFlags
	command := &cobra.Command{
		Use:   "mock",
		Short: "Serve a mock SignPath organization for demonstrations and tests",
		Long: `Serve a mock SignPath organization on a loopback address until SIGINT or SIGTERM.

It prints the environment variables that the provider needs, ready for a shell. The token is good for this mock only.
The control endpoints below /_mock/ need no token. The OpenAPI document is at /Api/swagger/v1/swagger.json.

--dialect takes deviations from the assumed API contract, separated by commas:
` + dialectHelp(),
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return serveMock(command, flags) },
	}
	options := command.Flags()
	options.StringVar(&flags.listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 is a free one")
	options.StringVar(&flags.seedFile, "seed", "",
		"JSON file that describes the organization (default: SignPath's documentation example)")
	options.StringVar(&flags.stateFile, "state", "", "file that keeps the organization between runs")
	options.StringVar(&flags.envFile, "env-file", "",
		"file that the environment variables are written to once the server listens")
	options.DurationVar(&flags.latency, "latency", 0, "delay of each API request, such as 50ms")
	options.StringSliceVar(&flags.dialect, "dialect", nil,
		"deviations from the assumed API contract, as listed above")
	return command
}

// dialectHelp lists the deviations, one a line.
func dialectHelp() string {
	var help strings.Builder
	list := func(dialects []mock.Deviation) {
		for _, single := range dialects {
			fmt.Fprintf(&help, "\n  %-42s %s", single.Name, single.About)
		}
	}
	list(mock.SingleDialects())
	help.WriteString("\n\nWith these, a provider may have to refuse to write. A page has 20 items, or 5 with paging=link:5:\n")
	list(mock.HostileDialects())
	return help.String()
}

func serveMock(command *cobra.Command, flags mockFlags) error {
	seed, err := loadSeed(flags.seedFile)
	if err != nil {
		return err
	}
	server, err := newMockServer(seed, flags)
	if err != nil {
		return err
	}
	token, err := callerToken(server, seed)
	if err != nil {
		return err
	}
	listener, err := mock.Listen(flags.listen)
	if err != nil {
		return err
	}
	environment := mockEnvironment(listener.Addr(), server.OrganizationID(), token)
	if err := announce(command, environment, flags.envFile); err != nil {
		return errors.Join(err, listener.Close())
	}
	return server.Serve(command.Context(), listener)
}

func loadSeed(path string) (mock.Seed, error) {
	if path == "" {
		return mock.DemoSeed(), nil
	}
	document, err := os.ReadFile(path) //nolint:gosec // the caller names the file on the command line
	if err != nil {
		return mock.Seed{}, err
	}
	return mock.ParseSeed(document)
}

func newMockServer(seed mock.Seed, flags mockFlags) (*mock.Server, error) {
	dialect, err := mock.ParseDialect(flags.dialect...)
	if err != nil {
		return nil, err
	}
	options := []mock.Option{mock.WithDialect(dialect), mock.WithLatency(flags.latency)}
	if flags.stateFile != "" {
		options = append(options, mock.WithStateFile(flags.stateFile))
	}
	return mock.New(seed, options...)
}

// callerToken returns the token of the seed. If a state file has another one by now, which only its hash is known of,
// the CI user gets a new token.
func callerToken(server *mock.Server, seed mock.Seed) (string, error) {
	for _, ci := range seed.CIUsers {
		if ci.Name == mockCaller && ci.Token != "" && server.Accepts(ci.Token) {
			return ci.Token, nil
		}
	}
	token, err := server.Administrator("").IssueToken("ci_user:" + mockCaller)
	if err != nil {
		return "", fmt.Errorf("the seed needs a CI user %q, whose token is printed: %w", mockCaller, err)
	}
	return token, nil
}

func mockEnvironment(address net.Addr, organization, token string) string {
	return fmt.Sprintf(`export SIGNPATH_API_URL=http://%[1]s/Api
export SIGNPATH_ORGANIZATION_ID=%[2]s
export SIGNPATH_API_TOKEN=%[3]s
# control endpoints: http://%[1]s/_mock/
`, address, organization, token)
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
