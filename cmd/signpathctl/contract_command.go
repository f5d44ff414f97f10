package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// The exit statuses of the contract command, besides 1 for an error.
const (
	statusDiffers exitStatus = 2
	statusRefuses exitStatus = 3
)

const maxDocumentBytes = 64 << 20

type contractFlags struct {
	way       wayFlags
	json, all bool
}

func newContractCommand() *cobra.Command {
	var flags contractFlags
	command := &cobra.Command{
		Use:   "contract SWAGGER-FILE-OR-URL",
		Short: "Compare an installation's OpenAPI document with what the provider assumes",
		Long: `Compares the OpenAPI document of a SignPath installation, <apiUrl>/swagger/v1/swagger.json, with what this provider
assumes about the API, route by route and property by property. Much of the API is not published, so this tells whether
the provider fits an installation, before it writes anything there. Each line is about a route or a property that

  differs      has another form in the document, by which the provider goes
  missing      has no form in the document that the provider would try
  contradicts  cannot be read or written without losing something: it is of another type, it is demanded and not known,
               an edit takes it and no answer shows it, or an answer has it and the edit no place for it
  unsaid       is not described, so the form that is assumed is used

A URL is fetched without a token. The installation is asked for its version, too; the token of the environment goes along
only if the URL is below that of $` + api.EnvURL + ` (or ` + api.DefaultURL + `). Use - to read
standard input.

Exit status: 0 if all is as assumed; 2 if something differs and the provider goes by the document; 3 if the provider
would refuse to write something there, because the document lacks what it needs or contradicts it, or because an edit
could lose a setting; 1 if the document cannot be read. What is optional, such as the audit log, changes no status.`,
		Example: `  signpathctl contract https://app.signpath.io/Api/swagger/v1/swagger.json
  signpathctl contract swagger.json --all`,
		Args: takes("the file or URL of the OpenAPI document, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runContract(command, arguments[0], flags)
		},
	}
	flags.way.addTo(command)
	command.Flags().BoolVar(&flags.json, "json", false, "print every line as JSON")
	command.Flags().BoolVar(&flags.all, "all", false, "also print what matches")
	return command
}

func runContract(command *cobra.Command, source string, flags contractFlags) error {
	data, told, err := readDocument(command, source, flags.way)
	if err != nil {
		return err
	}
	lines, err := contract.Compare(data)
	if err != nil {
		if source == "-" {
			source = "standard input"
		}
		return fmt.Errorf("%s is %w", source, err)
	}
	if flags.json {
		command.PrintErr(told) // A program reads nothing but the lines.
		encoder := json.NewEncoder(command.OutOrStdout())
		encoder.SetIndent("", "  ")
		err = encoder.Encode(lines)
	} else {
		_, _ = io.WriteString(command.OutOrStdout(), told)
		err = printComparison(command.OutOrStdout(), lines, flags.all)
	}
	if err != nil {
		return err
	}
	if status := statusOf(lines); status != 0 {
		return status
	}
	return nil
}

// readDocument returns the document, and a line on the server that it came from; no
// line if it came from no server.
func readDocument(command *cobra.Command, source string, way wayFlags) (document []byte, told string, err error) {
	if u, err := url.Parse(source); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return fetchDocument(command.Context(), u, way)
	}
	if way != (wayFlags{}) {
		return nil, "", errors.New("--proxy-url, --ca-certificate-file and the other flags for the connection need a URL: of a file, nobody is asked")
	}
	if source == "-" {
		document, err = io.ReadAll(io.LimitReader(command.InOrStdin(), maxDocumentBytes))
		return document, "", err
	}
	document, err = os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
	return document, "", err
}

// fetchDocument reads a document without a token, and asks the API that it belongs to
// for its version.
func fetchDocument(ctx context.Context, address *url.URL, way wayFlags) (document []byte, told string, err error) {
	apiURL, path := splitDocumentURL(address)
	config := way.config()
	config.URL, config.Anonymous = apiURL, true
	server, err := httpapi.New(config)
	if err != nil {
		return nil, "", err
	}
	document, _, err = server.Do(ctx, httpapi.Request{Method: http.MethodGet, Path: path, Query: address.RawQuery})
	if err != nil {
		return nil, "", explainFetch(err)
	}
	return document, askVersion(ctx, server, way) + "\n\n", nil
}

func askVersion(ctx context.Context, server *httpapi.Client, way wayFlags) string {
	asked, hint := asConfigured(way, server), ""
	if found := api.ServerVersion(ctx, asked); found != "" {
		return "The installation is SignPath " + found + "."
	}
	if asked == server {
		hint = ", but maybe not without a token"
	}
	return fmt.Sprintf("The installation does not tell its version (SignPath does since %s%s).", contract.RouteSystemInfo.Since(), hint)
}

// splitDocumentURL parts the address of a document, <apiUrl>/swagger/…, into the API
// URL and what follows. Of another address, nothing but the host is taken for the API's.
func splitDocumentURL(address *url.URL) (apiURL, path string) {
	path = address.EscapedPath()
	cut := max(0, strings.LastIndex(strings.ToLower(path), "/swagger/"))
	base := url.URL{Scheme: address.Scheme, User: address.User, Host: address.Host}
	return base.String() + path[:cut], path[cut:]
}

// asConfigured returns the client with the token of the environment, if the server is
// the one that it is for; else the client as it is.
func asConfigured(way wayFlags, server *httpapi.Client) *httpapi.Client {
	withToken, err := httpapi.New(way.config().FromEnvironment())
	if err != nil || !strings.EqualFold(withToken.URL(), server.URL()) {
		return server
	}
	return withToken
}

// explainFetch adds to an error what to do about it.
func explainFetch(err error) error {
	const otherwise = "Fetch the document by other means, as with a browser that is signed in, and give it as a file or on standard input"
	var answer *httpapi.Error
	switch {
	case errors.As(err, &answer) && answer.Status >= http.StatusMultipleChoices && answer.Status < http.StatusInternalServerError:
		return fmt.Errorf("%w.\n%s", err, "Check the URL: the document is at /swagger/v1/swagger.json below the API's. An installation may have it switched off, "+
			"or show it only to who is signed in. "+otherwise)
	case errors.As(err, &answer):
		_, advice := answer.Explain(httpapi.Audience{Spell: spellURL, Run: "it"})
		return fmt.Errorf("%w.\n%s", err, strings.TrimSuffix(advice, "."))
	}
	return err
}

// spellURL is spell for a command of which the URL is an argument.
func spellURL(setting httpapi.Field) string {
	if setting == httpapi.FieldURL {
		return "the URL"
	}
	return spell(setting)
}

// printComparison prints what is not as assumed, each with its evidence, and
// counts everything.
func printComparison(w io.Writer, lines []contract.Line, all bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	counts, separator := map[contract.State]int{}, ""
	for _, line := range lines {
		counts[line.State]++
		if line.State == contract.Matches && !all {
			continue
		}
		separator = "\n"
		subject := line.Route
		if line.Part != contract.PartRoute {
			subject += ": " + string(line.Part) + " " + line.Assumed
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", line.State, subject, line.Evidence, remark(line)); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s%d as assumed, %d differ and are settled by the document, %d missing, %d contradict, %d not described.\n",
		separator, counts[contract.Matches], counts[contract.Differs], counts[contract.Missing], counts[contract.Contradicts], counts[contract.Unsaid])
	return err
}

func remark(line contract.Line) string {
	switch {
	case line.State == contract.Differs:
		return "is " + line.Found
	case line.State == contract.Contradicts && len(line.Offered) > 0:
		return line.Found + "; another route takes it: " + strings.Join(line.Offered, ", ")
	case line.State == contract.Contradicts:
		return line.Found
	case line.State == contract.Missing:
		return remarkOnMissing(line)
	}
	return ""
}

func remarkOnMissing(line contract.Line) string {
	remark := "nothing of the kind there"
	if len(line.Offered) > 0 {
		remark = "there are " + strings.Join(line.Offered, ", ")
		if line.Optional {
			remark = "optional; " + remark
		}
	}
	if since := line.Since(); line.Part == contract.PartRoute && since != "" {
		remark += "; it exists since " + since
	}
	return remark
}

func statusOf(lines []contract.Line) exitStatus {
	differs := func(line contract.Line) bool { return line.State == contract.Differs && !line.Optional }
	switch {
	case slices.ContainsFunc(lines, contract.Line.Refuses):
		return statusRefuses
	case slices.ContainsFunc(lines, differs):
		return statusDiffers
	}
	return 0
}
