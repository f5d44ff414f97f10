package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

func newBaselineCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "baseline",
		Short: "Write down what access should be at IgniSign or Signicat",
		Args:  refuseCommand,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(newFromCSVCommand())
	return command
}

type fromCSVFlags struct{ vendor, name, organization, by, out string }

func newFromCSVCommand() *cobra.Command {
	var flags fromCSVFlags
	command := &cobra.Command{
		Use:   "from-csv OBSERVED-CSV",
		Short: "Write an access baseline from a table of what somebody saw",
		Long: `Writes the configuration of an access baseline from a table of what somebody saw in the IgniSign Console or the Signicat
Dashboard, attested by that table. It is what an import is elsewhere: there is no API that tells who has access.

The first line of the table names its columns: place, role and principal, as a configuration spells them, and, if you like,
seen_on (the day, or "no" for what is not there) and note. A row that fits nothing is an error with its line and column.

  place,role,principal,seen_on
  organisation,Organisation Admin,user:org.admin@example.com,2026-11-20
  account:shop,DEM Writer,api_client:sandbox-round-apple-123,2026-11-20

What the table does not tell, such as the ids of accounts, is a comment that begins with "Fill in". The plan of what is
written then says that the baseline is confirmed as of the day in the table, the first one if there are several.

Nothing is asked. Use - to read standard input: then the rows stand in the configuration, too. A file that is there is not
overwritten. Exit status: 0 if it was written; 1 if not.`,
		Example: `  signpathctl baseline from-csv observed.csv --vendor signicat --by user:security.officer@example.com --out baseline.tf`,
		Args:    takes("the file with the table, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runFromCSV(command, arguments[0], flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.vendor, "vendor", "", oneOf(vendors.Baselines.Providers()))
	options.StringVar(&flags.name, "name", "main", "name of the resource")
	options.StringVar(&flags.organization, "organization", "", "id of the organization at the vendor")
	options.StringVar(&flags.by, "by", "", "who looked, such as user:security.officer@example.com")
	options.StringVar(&flags.out, "out", "", "file to write, which must not be there yet (default: standard output)")
	return command
}

func runFromCSV(command *cobra.Command, source string, flags fromCSVFlags) error {
	if flags.vendor == "" {
		return fmt.Errorf("--vendor is missing: one of %s", oneOf(vendors.Baselines.Providers()))
	}
	if err := mustBeOneOf("--vendor", flags.vendor, vendors.Baselines.Providers()); err != nil {
		return err
	}
	vendor := vendors.Baselines.ByProvider(flags.vendor)
	draft := baselinereview.Draft{Name: flags.name, Organization: flags.organization, By: flags.by}
	if err := vendor.CheckDraft(draft); err != nil {
		return err
	}
	table, err := readTable(source, command.InOrStdin())
	if err != nil {
		return err
	}
	if draft.Observation, err = vendor.ReadCSV(table); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if source != "-" {
		if draft.Table, err = pathFrom(filepath.Dir(flags.out), source); err != nil {
			return err
		}
	}
	return writeNew(command.OutOrStdout(), flags.out, vendor.WriteConfiguration(draft))
}

func readTable(source string, stdin io.Reader) (string, error) {
	if source != "-" {
		file, err := os.Open(source) //nolint:gosec // The caller names the file on the command line.
		if err != nil {
			return "", err
		}
		defer file.Close() //nolint:errcheck // It is only read.
		stdin = file
	}
	// One byte more than there may be shows that there is too much.
	table, err := io.ReadAll(io.LimitReader(stdin, baseline.MaxCSVBytes+1))
	return string(table), err
}

// pathFrom is the path of a file as a module in a folder names it.
func pathFrom(folder, file string) (string, error) {
	from, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(from, to)
	return strings.ReplaceAll(relative, `\`, "/"), err
}

// writeNew writes a file that is not there yet, or standard output.
func writeNew(stdout io.Writer, path string, content []byte) error {
	if path == "" {
		_, err := stdout.Write(content)
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // The caller names the file on the command line.
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--out: %s is there already, and is not overwritten", path)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if _, err := file.Write(content); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}
