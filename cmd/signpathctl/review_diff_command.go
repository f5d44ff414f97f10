package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What a difference fails on, beside nothing.
const (
	failOnGained  = "gained"
	failOnChanged = "changed"
)

var diffFails = []string{failOnNever, failOnGained, failOnChanged}

// errNotAllCompared ends a comparison that found nothing to fail on, and could not look at all.
var errNotAllCompared = errors.New("nothing was found to fail on, and not all could be compared: the report says why; --fail-on never lets it pass")

type reviewDiffFlags struct {
	format, failOn string
	seal           sealFlags
}

func newReviewDiffCommand() *cobra.Command {
	var flags reviewDiffFlags
	command := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Tell who gained and who lost what between two reports",
		Long: `Tells what is different between two reports that "signpathctl review org --format json" wrote, such as those of two
quarters: who gained and who lost what where; whose access is the same and comes about otherwise, such as through a group
now; findings that are new or gone; settings of signing policies; projects that came and went. Nothing is asked.

Everybody is compared by id, so that whoever was renamed is told as such, and neither gains nor loses. A right from a role
or from a list of a project is told once, where it stands.

What cannot be told is said, too: what a report has as a gap, and what only one of them shows, because they were filtered
otherwise. Only if nothing is missing does it say that nothing changed. That another user read, that other rules judged
and that another version of signpathctl did is noted. Reports on two organizations are refused.

` + sealHelp + `

Exit status: 0, or 2 with --fail-on gained if somebody gained something, and with --fail-on changed if anything is
different; 1 if there is no difference to tell, or, unless --fail-on is never, if nothing was found and not all could be
compared.`,
		Example: `  signpathctl review diff 2026-q1.json 2026-q2.json
  signpathctl review diff 2026-q1.json 2026-q2.json --fail-on gained --format markdown`,
		Args: func(command *cobra.Command, arguments []string) error {
			if len(arguments) == 2 {
				return nil
			}
			return fmt.Errorf("%s takes two arguments, the old report and the new one, and got %d", command.CommandPath(), len(arguments))
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			return runReviewDiff(command, arguments[0], arguments[1], &flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.format, "format", string(report.FormatText), oneOf(report.DifferenceFormats()))
	options.StringVar(&flags.failOn, "fail-on", failOnNever, oneOf(diffFails))
	addSealFlags(command, &flags.seal)
	return command
}

func runReviewDiff(command *cobra.Command, older, newer string, flags *reviewDiffFlags) error {
	if err := mustBeOneOf("--format", report.Format(flags.format), report.DifferenceFormats()); err != nil {
		return err
	}
	if err := mustBeOneOf("--fail-on", flags.failOn, diffFails); err != nil {
		return err
	}
	signer, err := flags.seal.signer(command.ErrOrStderr())
	if err != nil {
		return err
	}
	earlier, err := readReport(older, command.InOrStdin())
	if err != nil {
		return err
	}
	later, err := readReport(newer, command.InOrStdin())
	if err != nil {
		return err
	}
	found, err := evidence.Compare(vocabulary.SignPath, earlier, later)
	if err != nil {
		return err
	}
	told, head := report.Difference{Difference: found}, newEnvelope(now())
	var output bytes.Buffer
	if err := told.Write(&output, report.Format(flags.format), head); err != nil {
		return err
	}
	inputs := []evidence.Input{{Name: "old_report", SHA256: earlier.SHA256}, {Name: "new_report", SHA256: later.SHA256}}
	if err := writeReport(command, signer, told.Head(head), flags.format, output.Bytes(), inputs...); err != nil {
		return err
	}
	switch {
	case flags.failOn == failOnGained && found.Gained() || flags.failOn == failOnChanged && !found.Same():
		return statusFound
	case flags.failOn != failOnNever && len(found.Gaps) > 0:
		return errNotAllCompared
	}
	return nil
}

// readReport reads a report on an organization, which stands in a file or in standard input.
func readReport(source string, stdin io.Reader) (*evidence.Report, error) {
	document, err := readSource(source, stdin)
	if err != nil {
		return nil, err
	}
	read, err := report.ReadJSON(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return read, nil
}

// readSource reads a file, or standard input if that is called "-".
func readSource(source string, stdin io.Reader) ([]byte, error) {
	if source == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
}
