package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
)

// statusDrift is the exit status of a plan that found something changed.
const statusDrift exitStatus = 2

// What a drift review fails on: all that it finds, or what the plan manages alone.
const (
	failOnDrift   = "drift"
	failOnManaged = "managed"
)

var (
	driftFormats = []string{"text", "markdown", "json"}
	driftFails   = []string{failOnDrift, failOnManaged, failOnNever}
)

// sinceByDefault is how far back the audit log is looked at: a week, so that a check of each
// night loses nothing where it fails for some nights, or nobody looks on some days.
const sinceByDefault = "168h"

type reviewDriftFlags struct {
	connection            connectionFlags
	format, failOn, since string
	commit                string
	appliedBy             []string
	live                  bool
}

// envSeen says until when somebody has looked at what the audit log tells.
const envSeen = "SIGNPATH_DRIFT_SINCE"

func newReviewDriftCommand() *cobra.Command {
	var flags reviewDriftFlags
	command := &cobra.Command{
		Use:   "drift PLAN-JSON",
		Short: "Tell what was changed outside Terraform, and with --live by whom",
		Long: `Tells what the refresh of a plan found changed outside Terraform, one sentence each: who was added to which access list
or removed from it, which roles, accounts, groups and their members changed, and what no longer exists. It takes a plan
as JSON, best one with -refresh-only; any other plan that refreshes tells it, too. One with -refresh=false finds nothing,
and does not say so. Drift is against the state: who is on a list that Terraform manages by single entries, without being
one of them, is none.

Without --live it asks nobody, and knows nothing of what the plan does not manage. With --live it reads SignPath's audit
log, and all of the organization that the token sees, with the settings of the provider: flags, or the environment
variables ` + api.EnvURL + `, ` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. It then says who made each change, and when: in UTC, with the
date unless that is today. A change is put down to an actor only if an event of the audit log tells of the same object and
the same change, and no other one contradicts it; else the sentence says that it was not found there. Somebody who is
called otherwise is one change, and none if Terraform did that.

With --live it also tells what the audit log has since --since about access that the plan does not manage: global roles
that no resource covers, users, CI users, groups and their members, projects and signing policies, lists without a
resource or of which it manages single entries, API tokens, and settings of approval and verification, of any signing
policy. And it tells what the plan manages and does not show, because it was taken back or came after the plan. What the
token's user changed, and whoever --applied-by names, counts as Terraform's own. So does what the state has as the event
left it. An event that is not understood is told as such.

The audit log is a preview of SignPath's API and hardly documented. Where it cannot be read, the report says why, and is
otherwise the same.

--format markdown fits an issue or a comment at GitHub: where there is too much, it is summarized. Use - to read standard
input.

Exit status: 0 if nothing changed, or nobody did more than accept an invitation; 2 if something did, in the plan or outside
of it, unless --fail-on is never, or is managed and it is outside of what the plan manages; 1 if there is no report, if the
plan is of a part only or ended with an error, and, unless --fail-on is managed or never, if nothing was found and what
--live looks at could not be read.`,
		Example: `  terraform plan -refresh-only -out=drift.bin
  terraform show -json drift.bin > drift.json
  signpathctl review drift drift.json --live`,
		Args: takes(planArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runReviewDrift(command, arguments[0], flags)
		},
	}
	flags.connection.addTo(command)
	options := command.Flags()
	options.BoolVar(&flags.live, "live", false, "read from SignPath's audit log who made the changes, and what else was changed")
	options.StringVar(&flags.since, "since", sinceByDefault,
		"from when on the audit log is told: hours before now (48h), a day (2026-03-01) or a time (2026-03-01T15:00:00Z); "+
			"by default from the time in the environment variable "+envSeen+", if that is later")
	addAppliedByFlag(command, &flags.appliedBy)
	addCommitFlag(command, &flags.commit)
	options.StringVar(&flags.format, "format", "text", oneOf(driftFormats))
	options.StringVar(&flags.failOn, "fail-on", failOnDrift, oneOf(driftFails))
	return command
}

func runReviewDrift(command *cobra.Command, source string, flags reviewDriftFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	plan, sum, err := readPlan(source, command.InOrStdin())
	if err != nil {
		return err
	}
	head := newEnvelope(now())
	head.Plan = &envelope.Plan{SHA256: sum, Commit: commitOf(flags.commit)}
	report := planreview.Drift(plan, head.Time)
	if err := flags.ask(command, plan, report, &head); err != nil {
		return err
	}
	if err := planreview.Write(command.OutOrStdout(), report, planreview.Format(flags.format), head); err != nil {
		return err
	}
	return flags.statusOf(report)
}

func (f *reviewDriftFlags) statusOf(report *planreview.DriftReport) error {
	switch {
	case report.Errored:
		return errPlanErrored
	case report.Partial:
		return errPlanPartial
	case f.failOn == failOnNever:
		return nil
	case report.Drifted(f.failOn == failOnDrift):
		return statusDrift
	case f.failOn == failOnDrift && !report.IsWhole():
		return errNotAllLookedAt
	}
	return nil
}

var (
	errPlanPartial    = errors.New("the plan is of a part only, as with -target, so this review is, too; plan all of it")
	errNotAllLookedAt = errors.New("nothing was found, and not all could be looked at: the report says what; --fail-on managed looks at what the plan manages alone")
)

func (f *reviewDriftFlags) check() error {
	if err := f.connection.needLive(f.live); err != nil {
		return err
	}
	if !f.live && (f.since != sinceByDefault || len(f.appliedBy) > 0) {
		return errors.New("--since and --applied-by need --live: without it, no audit log is read")
	}
	if err := mustBeOneOf("--format", f.format, driftFormats); err != nil {
		return err
	}
	return mustBeOneOf("--fail-on", f.failOn, driftFails)
}

// options are what of the audit log is told.
func (f *reviewDriftFlags) options(at time.Time) (audit.Options, error) {
	since, err := timeBefore(f.since, at)
	if err != nil {
		return audit.Options{}, fmt.Errorf("--since %w", err)
	}
	if known := os.Getenv(envSeen); known != "" && f.since == sinceByDefault {
		seen, err := timeBefore(known, at)
		if err != nil {
			return audit.Options{}, fmt.Errorf("%s %w", envSeen, err)
		}
		if seen.After(since) {
			since = seen
		}
	}
	options := audit.Options{Since: since}
	options.AppliedBy, err = appliersOf(f.appliedBy)
	return options, err
}

// timeBefore reads a time, a day in UTC, or how long before another time it was.
func timeBefore(text string, at time.Time) (time.Time, error) {
	since, err := time.Parse(time.RFC3339, text)
	if err != nil {
		since, err = time.Parse(time.DateOnly, text)
	}
	if before, isDuration := time.ParseDuration(text); isDuration == nil {
		since, err = at.Add(-before), nil
	}
	switch {
	case err != nil:
		return since, fmt.Errorf("is %q, and must be hours such as 48h, a day such as 2026-03-01, or a time such as 2026-03-01T15:00:00Z", text)
	case since.After(at):
		return since, fmt.Errorf("is %q, which is not over yet", text)
	}
	return since.UTC(), nil
}

// ask says who made the changes and what else was changed, or why that is not known. A
// program is told who asked.
func (f *reviewDriftFlags) ask(command *cobra.Command, plan *planreview.Plan, report *planreview.DriftReport, head *envelope.Envelope) error {
	if !f.live {
		if report.IsAuthorUnasked() {
			report.Note("who made the changes: only --live reads SignPath's audit log")
		}
		return nil
	}
	options, err := f.options(head.Time)
	if err != nil {
		return err
	}
	client, err := f.connection.newClientFor(plan)
	if err != nil {
		return err
	}
	head.Organization = readLive(command.Context(), client)
	if err := audit.Read(command.Context(), client, report, options); err != nil {
		return err
	}
	if me, err := client.Me(command.Context()); err == nil {
		head.ReadBy = readBy(me.Principal)
	}
	return nil
}
