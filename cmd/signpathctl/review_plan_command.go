package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

var (
	planFormats  = []string{"text", "markdown", "json", "sarif"}
	planFailures = []string{"deny", "warn", failOnNever}
)

// planArgument says what the commands that read a plan take.
const planArgument = "the file with a plan as terraform show -json prints it, or - for standard input"

type reviewPlanFlags struct {
	connection            connectionFlags
	live                  bool
	format, rules, failOn string
}

func newReviewPlanCommand() *cobra.Command {
	var flags reviewPlanFlags
	command := &cobra.Command{
		Use:   "plan PLAN-JSON",
		Short: "Review a Terraform plan: who gains and loses what, and what is wrong with it",
		Long: `Reviews a saved plan as JSON: who gains and who loses what, the access lists that result, accounts, roles, rotated
tokens, mails that will be sent, what changed outside Terraform, and the findings that the plan introduces, resolves and
leaves, across all its resources together, with the addresses of the resources that bring a finding about.

Without --live nothing is sent. What only SignPath knows is then not judged: of a list that Terraform manages by single
entries, the plan does not tell who else is on it. Data sources for signing policies, projects, groups and users in the
configuration let it tell more.

With --live the organization is read, as "review org" does and with the same settings: flags, or the environment
variables ` + api.EnvURL + `, ` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. The plan's changes are then made to
what is there now, as the apply would make them. Where that is no longer as the plan found it, and what the token does
not see, is said in the report; the plan is then judged for what it found, too.

Values that Terraform marks as sensitive are judged and not shown: whoever is named by one is told by the id, or by the
resource. Where a plan changes who has access and does not tell whom, because a value is known after the apply only or has
a form that this program does not know, that is a finding of the rule unreadable-change, which is denied by default.

--format markdown fits a comment of a pull request: where the plan is too large, sections are summarized. SARIF names
PLAN-JSON as the location. Use - to read standard input.

` + rulesHelp() + `

Exit status: 0 if the plan introduces nothing that --fail-on names; 2 if it does; 1 if it cannot be read, or if planning
ended with an error, so that the review is of a part only. What was wrong before and stays so is reported and does not
fail.`,
		Example: `  terraform plan -out=plan.bin
  terraform show -json plan.bin > plan.json
  signpathctl review plan plan.json
  signpathctl review plan plan.json --live --rules rules.yaml --format markdown`,
		Args: takes(planArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runReviewPlan(command, arguments[0], &flags)
		},
	}
	flags.connection.addTo(command)
	addRulesFlag(command, &flags.rules)
	options := command.Flags()
	options.BoolVar(&flags.live, "live", false, "read the organization, and review the plan with what only SignPath knows")
	options.StringVar(&flags.format, "format", "text", oneOf(planFormats))
	options.StringVar(&flags.failOn, "fail-on", "deny", "the mildest finding that fails: "+oneOf(planFailures))
	return command
}

func runReviewPlan(command *cobra.Command, source string, flags *reviewPlanFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	head := newEnvelope(now())
	rulebook, rules, err := readRulebook(flags.rules, head.Time)
	if err != nil {
		return err
	}
	plan, err := readPlan(source, command.InOrStdin())
	if err != nil {
		return err
	}
	head.Rules = rules
	report, err := flags.review(command, plan, rulebook, &head)
	if err != nil {
		return err
	}
	head.Rules.UnmatchedExceptions = report.Unmatched
	if err := writePlanReview(command.OutOrStdout(), report, flags.format, source, head); err != nil {
		return err
	}
	return verdictOn(report, flags.failOn)
}

// verdictOn is how a review ends: with nothing where the plan may pass.
func verdictOn(report *planreview.Report, failOn string) error {
	if report.Errored {
		return errPlanErrored
	}
	if failOn != failOnNever && report.Introduces(review.Severity(failOn)) {
		return statusFound
	}
	return nil
}

// review asks SignPath only where that is wanted, and then says so in the envelope.
func (f *reviewPlanFlags) review(
	command *cobra.Command, plan *planreview.Plan, rulebook review.Rulebook, head *envelope.Envelope,
) (*planreview.Report, error) {
	if !f.live {
		return planreview.Review(plan, rulebook)
	}
	client, err := f.connection.newClientFor(plan)
	if err != nil {
		return nil, err
	}
	found, err := readOrganization(command, client)
	if err != nil {
		return nil, err
	}
	warnOfGaps(command, found)
	head.Organization, head.ReadBy = readLive(found.ID, found.URL), readBy(found.Caller)
	return planreview.ReviewLive(plan, planreview.Live{Organization: found.Organization, Gaps: found.Gaps}, rulebook)
}

func (f *reviewPlanFlags) check() error {
	if err := f.connection.needLive(f.live); err != nil {
		return err
	}
	if err := mustBeOneOf("--format", f.format, planFormats); err != nil {
		return err
	}
	return mustBeOneOf("--fail-on", f.failOn, planFailures)
}

// errPlanErrored ends a review that is of a part only, whatever it fails on.
var errPlanErrored = errors.New("planning ended with an error, so this review is of a part of the plan; mend the error and plan again")

func readPlan(source string, stdin io.Reader) (*planreview.Plan, error) {
	if source != "-" {
		data, err := os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
		if err != nil {
			return nil, err
		}
		stdin = bytes.NewReader(data)
	}
	plan, err := planreview.Decode(stdin, vocabulary.SignPath)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return plan, nil
}

func writePlanReview(w io.Writer, report *planreview.Report, format, source string, head envelope.Envelope) error {
	if format == "sarif" {
		artifact := url.URL{Path: filepath.ToSlash(source)}
		return report.WriteSARIF(w, artifact.String(), head.Tool)
	}
	return planreview.Write(w, report, planreview.Format(format), head)
}
