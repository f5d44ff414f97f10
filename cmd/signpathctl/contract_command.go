package main

import (
	"context"
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

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// statusRefuses is the exit status of a comparison by which something would not be written.
const statusRefuses exitStatus = 3

const maxDocumentBytes = 64 << 20

var contractFormats = []string{"text", "json"}

type contractFlags struct {
	way wayFlags
	mappingFlag
	format string
	all    bool
}

func newContractCommand() *cobra.Command {
	var flags contractFlags
	command := &cobra.Command{
		Use:   "contract SWAGGER-FILE-OR-URL",
		Short: "Compare an installation's OpenAPI document with what the provider assumes",
		Long: `Compares the OpenAPI document of a SignPath installation, <apiUrl>/swagger/v1/swagger.json, with what this provider
assumes about the API, or with what a mapping file says of it, route by route and property by property. Much of the API is
not published, so this tells whether the provider fits an installation, before it writes anything there. Each line is about a
route or a property that

  mapped       is in the document as the mapping file says, and not as is assumed
  missing      is not in the document where it is assumed, or where the mapping file says
  contradicts  cannot be read or written without losing something: it is of another type, it is demanded and not known,
               an edit takes it and no answer shows it, or an answer has it and the edit no place for it
  unsaid       is not described, so the form that is assumed is used

A URL is fetched without a token. The installation is asked for its version, too; the token of the environment goes along
only if the URL is below that of $` + api.EnvURL + ` (or ` + api.DefaultURL + `). Use - to read
standard input.

Exit status: 0 if all is as assumed, or as the mapping file says; 3 if the provider would refuse to write something there,
because the document lacks what it needs or contradicts it, or because an edit could lose a setting: then signpathctl
contract map proposes a mapping file; 1 if the document or the mapping file cannot be read. What is optional, such as the
audit log, changes no status.`,
		Example: `  signpathctl contract https://app.signpath.io/Api/swagger/v1/swagger.json
  signpathctl contract swagger.json --mapping signpath-api.yaml --all`,
		Args: takes("the file or URL of the OpenAPI document, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runContract(command, arguments[0], flags)
		},
	}
	flags.way.addTo(command)
	flags.addMapping(command)
	command.Flags().StringVar(&flags.format, "format", contractFormats[0], oneOf(contractFormats)+", which has every line")
	command.Flags().BoolVar(&flags.all, "all", false, "also print what matches")
	command.AddCommand(newContractMapCommand(), newContractRehearseCommand(), newContractReportCommand())
	return command
}

func runContract(command *cobra.Command, source string, flags contractFlags) error {
	if err := mustBeOneOf("--format", flags.format, contractFormats); err != nil {
		return err
	}
	head := newEnvelope(now())
	mapped, err := flags.readMapping()
	if err != nil {
		return err
	}
	m, err := contract.NewMapping(mapped.MappingOf())
	if err != nil {
		return err
	}
	read, err := readDocument(command, source, flags.way)
	if err != nil {
		return err
	}
	read.marks = len(mapped.MarksOf())
	lines, err := contract.Compare(read.content, m)
	if err != nil {
		return fmt.Errorf("%s is %w", read.Source, err)
	}
	if flags.format == "json" {
		err = envelope.Write(command.OutOrStdout(), struct {
			envelope.Envelope
			Document    document        `json:"document"`
			Comparisons []contract.Line `json:"comparisons"`
		}{head.Of("contract_comparison", read.gaps(lines)), read, lines})
	} else {
		_, _ = io.WriteString(command.OutOrStdout(), read.told())
		err = printComparison(command.OutOrStdout(), lines, flags.all)
		if read.marks > 0 {
			command.PrintErrln("Warning: " + read.unconfirmed())
		}
	}
	if err != nil {
		return err
	}
	if status := statusOf(lines); status != 0 {
		return status
	}
	return nil
}

// A document is an OpenAPI document, and where it came from.
type document struct {
	Source string `json:"source"`
	// Version is that of the installation; empty if it does not tell, or was not asked.
	Version string `json:"installation_version,omitempty"`
	// silent says that the installation was asked and did not tell. It is empty otherwise.
	silent  string
	content []byte
	// marks is how many lines of the mapping file nobody has confirmed.
	marks int
}

// told is a line on the installation, if one was asked.
func (d document) told() string {
	switch {
	case d.Version != "":
		return "The installation is SignPath " + d.Version + ".\n\n"
	case d.silent != "":
		return d.silent + "\n\n"
	}
	return ""
}

// unconfirmed says what the marks of the mapping file mean.
func (d document) unconfirmed() string {
	return fmt.Sprintf("Not confirmed in the mapping file: %s. "+
		"Until then, the provider writes nothing; signpathctl contract rehearse lists them.", count(d.marks, "line", "lines"))
}

// gaps are what the comparison does not tell.
func (d document) gaps(lines []contract.Line) []envelope.Gap {
	var gaps []string
	if d.silent != "" {
		gaps = append(gaps, d.silent)
	}
	if d.marks > 0 {
		gaps = append(gaps, d.unconfirmed())
	}
	unsaid := 0
	for _, line := range lines {
		if line.State == contract.Unsaid {
			unsaid++
		}
	}
	if unsaid > 0 {
		gaps = append(gaps, fmt.Sprintf("The document does not describe %d of %d routes and properties.", unsaid, len(lines)))
	}
	return envelope.Gaps(gaps...)
}

func readDocument(command *cobra.Command, source string, way wayFlags) (document, error) {
	if u, err := url.Parse(source); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return fetchDocument(command.Context(), u, way)
	}
	if way != (wayFlags{}) {
		return document{}, errors.New("--proxy-url, --ca-certificate-file and the other flags for the connection need a URL: of a file, nobody is asked")
	}
	if source == "-" {
		content, err := io.ReadAll(io.LimitReader(command.InOrStdin(), maxDocumentBytes))
		return document{Source: "standard input", content: content}, err
	}
	content, err := os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
	return document{Source: source, content: content}, err
}

// fetchDocument reads a document without a token, and asks the API that it belongs to
// for its version.
func fetchDocument(ctx context.Context, address *url.URL, way wayFlags) (document, error) {
	apiURL, path := splitDocumentURL(address)
	config := way.config()
	config.URL, config.Anonymous = apiURL, true
	server, err := httpapi.New(config)
	if err != nil {
		return document{}, err
	}
	content, _, err := server.Do(ctx, httpapi.Request{Method: http.MethodGet, Path: path, Query: address.RawQuery})
	if err != nil {
		return document{}, explainFetch(err)
	}
	asked, hint := asConfigured(way, server), ""
	read := document{Source: server.URL() + path, Version: api.ServerVersion(ctx, asked), content: content}
	if asked == server {
		hint = ", but maybe not without a token"
	}
	if read.Version == "" {
		read.silent = fmt.Sprintf("The installation does not tell its version (SignPath does since %s%s).", contract.RouteSystemInfo.Since(), hint)
	}
	return read, nil
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
	_, err := fmt.Fprintf(w, "%s%d as assumed, %d as mapped, %d missing, %d contradict, %d not described.\n",
		separator, counts[contract.Matches], counts[contract.Mapped], counts[contract.Missing], counts[contract.Contradicts], counts[contract.Unsaid])
	return err
}

func remark(line contract.Line) string {
	switch {
	case line.State == contract.Mapped:
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
	if slices.ContainsFunc(lines, contract.Line.Refuses) {
		return statusRefuses
	}
	return 0
}
