package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
)

type reviewBaselineFlags struct{ format, at, address, commit string }

func newReviewBaselineCommand() *cobra.Command {
	var flags reviewBaselineFlags
	command := &cobra.Command{
		Use:   "baseline PLAN-OR-STATE-JSON",
		Short: "Tell who should have which role at IgniSign or Signicat, confirmed or not",
		Long: `Tells who should have which role where by the access baselines of a plan or a state, with what inheritance makes of it, what
the rules find, and how far it is confirmed: as transcribed by whom and when, outstanding since which day, or overdue.
For access that no API can change, that is all that a program can tell: nothing is asked, and what is so nobody knows who
has not looked.

Of a plan, it tells what is so after its apply; of one with -refresh-only, and of a state, what was recorded last. A
baseline is overdue on the day of --at, which is today by default, if nobody has looked since its review_interval_days.

--format html is one page that loads nothing. Use - to read standard input. Exit status: 2 if a rule denies something; 1
if there is no report; else 0. "signpathctl review drift" fails where something is outstanding.`,
		Example: `  terraform show -json > state.json
  signpathctl review baseline state.json
  signpathctl review baseline state.json --at 2026-12-31 --format html > access.html`,
		Args: takes(baselineArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runReviewBaseline(command, arguments[0], flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.format, "format", string(report.FormatText), oneOf(report.Formats()))
	options.StringVar(&flags.at, "at", "", "day on which the baselines are judged to be confirmed or overdue, such as 2026-12-31 (default: today)")
	options.StringVar(&flags.address, "address", "", "address of one baseline, such as signicat_access_baseline.main")
	addCommitFlag(command, &flags.commit)
	return command
}

func runReviewBaseline(command *cobra.Command, source string, flags reviewBaselineFlags) error {
	if err := mustBeOneOf("--format", report.Format(flags.format), report.Formats()); err != nil {
		return err
	}
	head := newEnvelope(now())
	day := head.Time
	if flags.at != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, flags.at); err != nil {
			return fmt.Errorf("--at is %q, and must be a day such as 2026-12-31", flags.at)
		}
	}
	records, sum, err := readBaselines(source, flags.address, command.InOrStdin())
	if err != nil {
		return err
	}
	head.Plan = &envelope.Plan{SHA256: sum, Commit: commitOf(flags.commit)}
	if id := records[0].Organization; len(records) == 1 && id != "" {
		head.Organization.ID = &id
	}
	made := report.NewBaseline(records, day)
	if err := made.Write(command.OutOrStdout(), report.Format(flags.format), head); err != nil {
		return err
	}
	if made.Denies() {
		return statusFound
	}
	return nil
}
