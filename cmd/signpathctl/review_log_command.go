package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
)

type reviewLogFlags struct {
	connection                  connectionFlags
	format, from, to            string
	projects, policies, members []string
	appliedBy                   []string
	seal                        sealFlags
}

func newReviewLogCommand() *cobra.Command {
	var flags reviewLogFlags
	command := &cobra.Command{
		Use:   "log",
		Short: "Tell what happened to access in a period, by the audit log",
		Long: fmt.Sprintf(`Tells of a period what SignPath's audit log has about access, one sentence each: who gave or took whom what and where, by
Terraform or by hand; accounts, roles, groups and their members, invitations and API tokens; projects and signing policies
that were made or deleted; and what decides about a signature: the approval process and how many approvals it takes,
verification of the origin and of the trusted build system.

It only reads from SignPath, with the settings of the provider: flags, or the environment variables %s,
%s and %s. What the token's user changed, if that is a CI user, and whoever
--applied-by names, counts as Terraform's; what other interactive users changed, as made by hand.

The period is from --from, and until before --to: a day begins and ends in UTC, and as --to it is part of the period. It is
over when the log was read at the latest, by SignPath's clock, and so it is without --to. Without --from it begins %d days
before that, or where the log begins, if that is later. All times are told in UTC. Let the next period begin where this one
is over; whether SignPath notes an event at once is not documented, so seal a period that is over for a while.

The audit log is a preview of SignPath's API and hardly documented. No event is left out: one that is not understood is told
as such and counted by its name, and those that change nobody's access are counted by theirs. Nobody is named on a guess: a
name counts only where the event tells no id, and then the sentence says so. What of the period is before the log begins is
not known, which is a gap.

The filters can be given several times: values of one filter are alternatives, and every filter must fit. How much they
leave out is told. --project and --policy also show what decides about the place elsewhere: its project, who was ever on its
lists, groups in groups, global roles, and what the log does not tell enough of; --member, what groups of the member get.

%s
A sealed report names the period among its filters, as from and to.

Exit status: 1 if there is no report, or if not all of the period could be looked at: the report says why; else 0.`,
			api.EnvURL, api.EnvOrganizationID, api.EnvToken, audit.LogDays, sealHelp),
		Example: `  signpathctl review log
  signpathctl review log --from 2026-01-01 --to 2026-03-31 --applied-by ci_user:terraform --format html > quarter.html
  signpathctl review log --policy project-a/release-signing --from 2026-03-01T15:00:00Z`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return runReviewLog(command, &flags) },
	}
	options := command.Flags()
	flags.connection.addTo(command)
	options.StringVar(&flags.from, "from", "", fmt.Sprintf(
		"day (2026-03-01) or time (2026-03-01T15:00:00Z) at which the period begins (default: %d days before its end, or where the log begins)", audit.LogDays))
	options.StringVar(&flags.to, "to", "", "last day of the period, or the time at which it is over (default: when the log is read)")
	addAppliedByFlag(command, &flags.appliedBy)
	addSealFlags(command, &flags.seal)
	options.StringVar(&flags.format, "format", string(report.FormatText), oneOf(report.Formats()))
	options.StringArrayVar(&flags.projects, "project", nil, "slug of a project to show, with its signing policies")
	options.StringArrayVar(&flags.policies, "policy", nil, "signing policy to show: PROJECT/POLICY, or POLICY in any project")
	options.StringArrayVar(&flags.members, "member", nil, "user, CI user or group to show, such as user:dev.lead@example.com: what was done to it, and not what it did")
	return command
}

// errLogIncomplete is for a report that does not have the whole period.
var errLogIncomplete = errors.New("not all of the period could be looked at: the report says what is missing")

func runReviewLog(command *cobra.Command, flags *reviewLogFlags) error {
	if err := mustBeOneOf("--format", report.Format(flags.format), report.Formats()); err != nil {
		return err
	}
	head := newEnvelope(now())
	options, err := flags.options(head.Time)
	if err != nil {
		return err
	}
	signer, err := flags.seal.signer(command.ErrOrStderr())
	if err != nil {
		return err
	}
	client, err := flags.connection.newClient()
	if err != nil {
		return err
	}
	progress := newProgress(command.ErrOrStderr())
	log, err := audit.ReadLog(command.Context(), client, progress, options)
	progress.finish()
	if err != nil {
		return explainReview(err)
	}
	head.Organization, head.Filters = readLive(command.Context(), client), flags.filters()
	if me, err := client.Me(command.Context()); err == nil {
		head.ReadBy = readBy(me.Principal)
	}
	var output bytes.Buffer
	told := report.LogReport{Log: log}
	if err := told.Write(&output, report.Format(flags.format), head); err != nil {
		return err
	}
	if err := writeReport(command, signer, told.SealedHead(head), flags.format, output.Bytes()); err != nil {
		return err
	}
	if len(log.Gaps) > 0 {
		return errLogIncomplete
	}
	return nil
}

// filters are what was asked for, as it was written.
func (f *reviewLogFlags) filters() map[string][]string {
	return map[string][]string{
		"projects": append([]string{}, f.projects...), "signing_policies": append([]string{}, f.policies...), "members": append([]string{}, f.members...),
	}
}

func (f *reviewLogFlags) options(at time.Time) (audit.LogOptions, error) {
	options := audit.LogOptions{LogFilter: audit.LogFilter{Projects: f.projects, Policies: f.policies}}
	var err error
	if options.From, options.To, err = period(f.from, f.to, at); err != nil {
		return options, err
	}
	for _, text := range f.members {
		member, err := access.ParseReference(text)
		if err != nil {
			return options, fmt.Errorf("--member: %w", err)
		}
		options.Members = append(options.Members, member)
	}
	options.AppliedBy, err = appliersOf(f.appliedBy)
	return options, err
}

// period reads when a period begins, and when it is over; zero is what is left open.
func period(from, to string, at time.Time) (begin, end time.Time, err error) {
	if to != "" {
		var isDay bool
		if end, isDay, err = dayOrTime("--to", to); err != nil {
			return begin, end, err
		}
		if isDay {
			end = end.AddDate(0, 0, 1)
		}
	}
	if from == "" {
		return begin, end, nil
	}
	if begin, _, err = dayOrTime("--from", from); err != nil {
		return begin, end, err
	}
	switch {
	case !end.IsZero() && !begin.Before(end):
		err = fmt.Errorf("the period from %s until before %s is empty", begin.Format(time.RFC3339), end.Format(time.RFC3339))
	case begin.After(at):
		err = fmt.Errorf("--from is %q, which is not over yet", from)
	}
	return begin, end, err
}

func dayOrTime(flag, text string) (read time.Time, isDay bool, err error) {
	if read, err = time.Parse(time.DateOnly, text); err == nil {
		return read, true, nil
	}
	if read, err = time.Parse(time.RFC3339, text); err != nil {
		return read, false, fmt.Errorf("%s is %q, and must be a day such as 2026-03-01, or a time such as 2026-03-01T15:00:00Z", flag, text)
	}
	return read.UTC(), false, nil
}
