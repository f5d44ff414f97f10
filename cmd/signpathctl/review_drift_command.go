package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
)

// statusDrift is the exit status of a plan that found something changed.
const statusDrift exitStatus = 2

// failOnDrift lets a review that finds anything fail.
const failOnDrift = "drift"

var driftFormats = []string{"text", "markdown", "json"}

type reviewDriftFlags struct {
	connection     connectionFlags
	format, failOn string
	live           bool
}

func newReviewDriftCommand() *cobra.Command {
	var flags reviewDriftFlags
	command := &cobra.Command{
		Use:   "drift PLAN-JSON",
		Short: "Tell what was changed outside Terraform, and with --live by whom",
		Long: `Tells what the refresh of a plan found changed outside Terraform, one sentence each: who was added to which access list
or removed from it, which roles, accounts, groups and their members changed, and what no longer exists. It takes a plan
as JSON, best one with -refresh-only; any other plan that refreshes tells it, too. Drift is against the state: who is on
a list that Terraform manages by single entries, without being one of them, is none.

Without --live it asks nobody. With --live it reads SignPath's audit log, with the settings of the provider: flags, or the
environment variables ` + api.EnvURL + `, ` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. It then says who made
each change, and when: in UTC, with the date unless that is today. A change is put down to an actor only if an event of
the audit log tells of the same object and the same change, and no other one contradicts it; else the sentence says
that it was not found there. The audit log is a preview of SignPath's API and hardly documented. Where it cannot be
read, the report says why, and is otherwise the same.

--format markdown fits an issue or a comment at GitHub: where there is too much, it is summarized. Use - to read standard
input.

Exit status: 0 if nothing changed; 2 if something did, unless --fail-on is never; 1 if there is no report, or one of a
part only, because planning ended with an error.`,
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
	options.BoolVar(&flags.live, "live", false, "read from SignPath's audit log who made the changes")
	options.StringVar(&flags.format, "format", "text", oneOf(driftFormats))
	options.StringVar(&flags.failOn, "fail-on", failOnDrift, failOnDrift+" or "+failOnNever)
	return command
}

func runReviewDrift(command *cobra.Command, source string, flags reviewDriftFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	plan, err := readPlan(source, command.InOrStdin())
	if err != nil {
		return err
	}
	head := newEnvelope(now())
	report := planreview.Drift(plan, head.Time)
	if err := flags.attribute(command, plan, report, &head); err != nil {
		return err
	}
	if err := planreview.Write(command.OutOrStdout(), report, planreview.Format(flags.format), head); err != nil {
		return err
	}
	if report.Errored {
		return errPlanErrored
	}
	if len(report.Changes) > 0 && flags.failOn == failOnDrift {
		return statusDrift
	}
	return nil
}

func (f *reviewDriftFlags) check() error {
	if err := f.connection.needLive(f.live); err != nil {
		return err
	}
	if err := mustBeOneOf("--format", f.format, driftFormats); err != nil {
		return err
	}
	if f.failOn != failOnDrift && f.failOn != failOnNever {
		return fmt.Errorf("--fail-on is %q, and must be %s or %s", f.failOn, failOnDrift, failOnNever)
	}
	return nil
}

// attribute says who made the changes, or why that is not known. A program is told who
// asked.
func (f *reviewDriftFlags) attribute(
	command *cobra.Command, plan *planreview.Plan, report *planreview.DriftReport, head *envelope.Envelope,
) error {
	if !f.live {
		if len(report.Changes) > 0 {
			report.Note("who made the changes: only --live reads SignPath's audit log")
		}
		return nil
	}
	client, err := f.connection.newClientFor(plan)
	if err != nil {
		return err
	}
	head.Organization = readLive(client.OrganizationID(), client.URL())
	if len(report.Changes) > 0 && f.format == string(planreview.FormatJSON) {
		me, err := client.Me(command.Context())
		if err == nil {
			head.ReadBy = readBy(me.Principal)
		} else {
			report.Note(fmt.Sprintf("whose token it is: %v", err))
		}
	}
	return audit.Attribute(command.Context(), client, report)
}
