package main

import (
	"fmt"
	"os"
	"strings"

	ignisign "github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	signicat "github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
	signpath "github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// mockVendors are those whose mock servers are served; the first is that of the command without a vendor.
var mockVendors = []mockVendor{
	{
		what: "SignPath organization", demo: "SignPath's documentation example",
		about: "\nThe OpenAPI document is at /Api/swagger/v1/swagger.json.\n" +
			"Other vendors have commands of their own, such as: mock signicat.\n\n" +
			"--mapping takes a mapping file, as clients have it for a server that differs from what is assumed. The server then has those\n" +
			"names, forms and routes, and publishes the OpenAPI document that such a server would. --dialect says besides how it behaves.\n" +
			"A file that it can't speak is refused with the line. Servers to try are in internal/signpath/mock/servers.\n\n" +
			"In a control request that changes something, \"actor\" is whom the audit log shows, such as user:org.admin@example.com.",
		controls: signpath.Controls.Entries, dialects: signpathDialects, keepsState: true, speaksMappings: true,
		seeded: seededBy(signpath.DemoSeed, signpath.ParseSeed, signpath.ParseDialect, startSignPath),
	},
	{
		name: "ignisign", what: "IgniSign application", demo: "an application with members, invitations and a webhook",
		about:    "\nIts control endpoints are the Console as well, for what a person does there.",
		controls: ignisign.Controls.Entries,
		dialects: func() string { return dialectHelp(ignisign.Deviations()) },
		seeded: seededBy(ignisign.DemoSeed, ignisign.ParseSeed, ignisign.ParseDialect,
			func(seed ignisign.Seed, dialect ignisign.Dialect, flags mockFlags) (servedMock, error) {
				return ignisign.New(seed, ignisign.WithDialect(dialect), ignisign.WithLatency(flags.latency))
			}),
	},
	{
		name: "signicat", what: "Signicat organisation", demo: "an organisation with a production and a sandbox account",
		about: "\nIts control endpoints are the Dashboard as well, for what a person does there; \"by\" in a request is who it is, such as\n" +
			"user:ada@example.com, and without it somebody who may do everything.",
		controls: signicat.Controls.Entries,
		dialects: func() string { return dialectHelp(signicat.Deviations()) },
		seeded: seededBy(signicat.DemoSeed, signicat.ParseSeed, signicat.ParseDialect,
			func(seed signicat.Seed, dialect signicat.Dialect, flags mockFlags) (servedMock, error) {
				return signicat.New(seed, signicat.WithDialect(dialect), signicat.WithLatency(flags.latency))
			}),
	},
}

// signpathDialects lists the deviations, and apart from them those with which a provider may have to refuse.
func signpathDialects() string {
	var help strings.Builder
	list := func(dialects []signpath.Deviation) {
		for _, single := range dialects {
			writeDialect(&help, single.Name, single.About)
		}
	}
	list(signpath.SingleDialects())
	help.WriteString("\n\nWith these, a provider may have to refuse to write. A page has 20 items, or 5 with paging=link:5:\n")
	list(signpath.HostileDialects())
	return help.String()
}

// mockCaller is the CI user of SignPath's seed whose token is printed.
const mockCaller = "terraform"

// servedSignPath is a server with the token of the CI user.
type servedSignPath struct {
	*signpath.Server
	token string
}

// Environment implements [servedMock].
func (s servedSignPath) Environment(url string) [][2]string {
	return [][2]string{
		{"SIGNPATH_API_URL", url + "/Api"}, {"SIGNPATH_ORGANIZATION_ID", s.OrganizationID()}, {"SIGNPATH_API_TOKEN", s.token},
	}
}

func startSignPath(seed signpath.Seed, dialect signpath.Dialect, flags mockFlags) (servedMock, error) {
	options := []signpath.Option{signpath.WithDialect(dialect), signpath.WithLatency(flags.latency)}
	if flags.mappingFile != "" {
		text, err := os.ReadFile(flags.mappingFile)
		if err != nil {
			return nil, err
		}
		options = append(options, signpath.WithMapping(string(text)))
	}
	if flags.stateFile != "" {
		options = append(options, signpath.WithStateFile(flags.stateFile))
	}
	server, err := signpath.New(seed, options...)
	if err != nil {
		return nil, err
	}
	token, err := callerToken(server, seed)
	if err != nil {
		return nil, err
	}
	return servedSignPath{server, token}, nil
}

// callerToken returns the token of the seed. If a state file has another one by now, which only its hash is known of,
// the CI user gets a new token.
func callerToken(server *signpath.Server, seed signpath.Seed) (string, error) {
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
