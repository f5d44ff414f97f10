package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// The exit statuses of the contract command, besides 1 for an error.
const (
	statusDiffers exitStatus = 2
	statusRefuses exitStatus = 3
)

const (
	documentTimeout  = 30 * time.Second
	maxDocumentBytes = 64 << 20
)

type contractFlags struct {
	json, all bool
}

func newContractCommand() *cobra.Command {
	var flags contractFlags
	command := &cobra.Command{
		Use:   "contract SWAGGER-FILE-OR-URL",
		Short: "Compare an installation's OpenAPI document with what the provider assumes",
		Long: `Compares the OpenAPI document of a SignPath installation, <apiUrl>/swagger/v1/swagger.json, with what this provider
assumes about the API, route by route and property by property. Much of the API is not published, so this tells whether
the provider fits an installation, before it writes anything there.

A URL is fetched without a token. Use - to read standard input.

Exit status: 0 if all is as assumed; 2 if something differs and the provider goes by the document; 3 if the provider
would refuse to write something there, because the document lacks what it needs, or because an edit could lose a
setting; 1 if the document cannot be read.`,
		Example: `  signpathctl contract https://app.signpath.io/Api/swagger/v1/swagger.json
  signpathctl contract swagger.json --all`,
		Args: takes("the file or URL of the OpenAPI document, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runContract(command, arguments[0], flags)
		},
	}
	command.Flags().BoolVar(&flags.json, "json", false, "print every line as JSON")
	command.Flags().BoolVar(&flags.all, "all", false, "also print what matches")
	return command
}

func runContract(command *cobra.Command, source string, flags contractFlags) error {
	data, err := readDocument(command.Context(), source, command.InOrStdin())
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
		encoder := json.NewEncoder(command.OutOrStdout())
		encoder.SetIndent("", "  ")
		err = encoder.Encode(lines)
	} else {
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

func readDocument(ctx context.Context, source string, stdin io.Reader) ([]byte, error) {
	if source == "-" {
		return io.ReadAll(io.LimitReader(stdin, maxDocumentBytes))
	}
	if u, err := url.Parse(source); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return fetchDocument(ctx, source)
	}
	return os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
}

func fetchDocument(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, documentTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxDocumentBytes))
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
	case line.State == contract.Missing && len(line.Offered) == 0:
		return "nothing of the kind there"
	case line.State == contract.Missing && line.Optional:
		return "optional; there are " + strings.Join(line.Offered, ", ")
	case line.State == contract.Missing:
		return "there are " + strings.Join(line.Offered, ", ")
	}
	return ""
}

func statusOf(lines []contract.Line) exitStatus {
	has := func(state contract.State) bool {
		return slices.ContainsFunc(lines, func(line contract.Line) bool { return line.State == state && !line.Optional })
	}
	switch {
	case has(contract.Missing), has(contract.Contradicts):
		return statusRefuses
	case has(contract.Differs):
		return statusDiffers
	}
	return 0
}
