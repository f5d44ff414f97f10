package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

// baselineArgument says what the commands take that read baselines.
const baselineArgument = "the file with a plan or a state as terraform show -json prints it, or - for standard input"

type runbookFlags struct {
	template        bool
	address, commit string
}

func newRunbookCommand() *cobra.Command {
	var flags runbookFlags
	command := &cobra.Command{
		Use:   "runbook PLAN-OR-STATE-JSON",
		Short: "Print what a person has to do at IgniSign or Signicat, with boxes to tick",
		Long: `Prints the steps of the access baselines in a plan as Markdown with boxes to tick, for an issue or a change ticket. For
access that no API can change, a plan lists what a person has to do: invite, give, wait, take, and look again, in an order
that locks nobody out. Nothing is asked, and nothing is changed.

It takes a plan as JSON: then the steps are those after its apply. A plan with -refresh-only, or a state, has the steps of
the last apply.

With --template it prints, instead, a table (CSV) with a row for each grant that is expected: whoever looks at the end
notes in seen_on the day, or "no", and adds what else is there. "provider::signicat::observed(file(\"observed.csv\"))", or
that of ignisign, reads it for an attestation. It is of one baseline, which --address names where there are several.

Use - to read standard input. Exit status: 0, also if there is nothing to do; 1 if there is no baseline, or it cannot be
read.`,
		Example: `  terraform show -json plan.bin > plan.json
  signpathctl runbook plan.json > runbook.md
  signpathctl runbook plan.json --template > observed.csv`,
		Args: takes(baselineArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runRunbook(command, arguments[0], flags)
		},
	}
	options := command.Flags()
	options.BoolVar(&flags.template, "template", false, "print the table to fill in, as CSV")
	options.StringVar(&flags.address, "address", "", "address of one baseline, such as signicat_access_baseline.main")
	addCommitFlag(command, &flags.commit)
	return command
}

func runRunbook(command *cobra.Command, source string, flags runbookFlags) error {
	records, sum, err := readBaselines(source, flags.address, command.InOrStdin())
	if err != nil {
		return err
	}
	if flags.template {
		if len(records) > 1 {
			return fmt.Errorf("there are several baselines, and a table is of one; choose by --address: %s", addressesOf(records))
		}
		return records[0].WriteTemplate(command.OutOrStdout())
	}
	of := []string{"Of " + source + " with SHA-256 " + sum}
	if commit := commitOf(flags.commit); commit != "" {
		of = append(of, "commit "+commit)
	}
	at := now().UTC()
	of = append(of, "printed at "+at.Format("2006-01-02 15:04 UTC"))
	_, err = io.WriteString(command.OutOrStdout(), baselinereview.WriteRunbook(records, strings.Join(of, "; ")+".", at))
	return err
}

// readBaselines reads the baselines of a plan or a state, or the one with the address. It
// returns the SHA-256 of what it read, too.
func readBaselines(source, address string, stdin io.Reader) ([]*baselinereview.Record, string, error) {
	if source != "-" {
		data, err := os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
		if err != nil {
			return nil, "", err
		}
		stdin = bytes.NewReader(data)
	}
	sum := sha256.New()
	records, err := vendors.Baselines.Decode(io.TeeReader(stdin, sum))
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", source, err)
	}
	if address == "" {
		return records, fmt.Sprintf("%x", sum.Sum(nil)), nil
	}
	for _, record := range records {
		if record.Address == address {
			return []*baselinereview.Record{record}, fmt.Sprintf("%x", sum.Sum(nil)), nil
		}
	}
	return nil, "", errors.New("--address: there is no baseline " + address + "; there is " + addressesOf(records))
}

func addressesOf(records []*baselinereview.Record) string {
	addresses := make([]string, len(records))
	for i, record := range records {
		addresses[i] = record.Address
	}
	return strings.Join(addresses, ", ")
}
