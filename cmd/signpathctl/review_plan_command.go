package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfsource"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

var (
	planFormats  = []string{"text", "markdown", "json", formatSARIF, formatCodeQuality}
	planFailures = []string{"deny", "warn", failOnNever}
)

// The formats of findings for code hosts.
const (
	formatSARIF       = "sarif"
	formatCodeQuality = "codequality"
)

// planArgument says what the commands that read a plan take.
const planArgument = "the file with a plan as terraform show -json prints it, or - for standard input"

type reviewPlanFlags struct {
	connection            connectionFlags
	live                  bool
	format, rules, failOn string
	also                  []string
	source, commit        string
	seal                  sealFlags
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

The first line says what is gravest: roles, approvals, what Terraform gives up, a plan that is out of date, what is
denied, and what is not known. What is alike is told in one line; --format json tells everything one by one. The report
names the organization, the SHA-256 of PLAN-JSON, the commit and the time.

--format markdown fits a comment of a pull request: where the plan is too large, it is counted who may read before it is
counted who may approve. --format sarif and --format codequality, which is GitLab's, show each finding at the resource in
the configuration that --source names, or else at PLAN-JSON (plan.json for -); they leave out what an exception lets pass,
and codequality what the plan does not introduce. Use - to read standard input.

` + sealHelp + ` The statement
has the SHA-256 of PLAN-JSON, too.

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
	addSealFlags(command, &flags.seal)
	options.StringArrayVar(&flags.also, "also", nil, "write another format to a file, too: FORMAT=FILE; can be given several times")
	options.StringVar(&flags.source, "source", "", "folder of the root module of the configuration, for the lines at which sarif and codequality show findings")
	addCommitFlag(command, &flags.commit)
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
	signer, err := flags.seal.signer(command.ErrOrStderr())
	if err != nil {
		return err
	}
	where, err := flags.locations(source)
	if err != nil {
		return err
	}
	plan, sum, err := readPlan(source, command.InOrStdin())
	if err != nil {
		return err
	}
	head.Rules, head.Plan = rules, &envelope.Plan{SHA256: sum, Commit: commitOf(flags.commit)}
	report, err := flags.review(command, plan, rulebook, &head)
	if err != nil {
		return err
	}
	head.Rules.UnmatchedExceptions = report.Unmatched
	var output bytes.Buffer
	if err := writePlanReview(&output, report, flags.format, where, head); err != nil {
		return err
	}
	if err := writeReport(command, signer, report.Head(head), flags.format, output.Bytes()); err != nil {
		return err
	}
	if err := flags.writeAlso(report, where, head); err != nil {
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
	head.Organization, head.ReadBy = readLive(command.Context(), client), readBy(found.Caller)
	return planreview.ReviewLive(plan, planreview.Live{Organization: found.Organization, Gaps: found.Gaps}, rulebook)
}

func (f *reviewPlanFlags) check() error {
	if err := f.connection.needLive(f.live); err != nil {
		return err
	}
	if err := mustBeOneOf("--format", f.format, planFormats); err != nil {
		return err
	}
	for _, also := range f.also {
		format, path, _ := strings.Cut(also, "=")
		if path == "" {
			return fmt.Errorf("--also: %q must be FORMAT=FILE", also)
		}
		if err := mustBeOneOf("--also", format, planFormats); err != nil {
			return err
		}
	}
	return mustBeOneOf("--fail-on", f.failOn, planFailures)
}

// writeAlso writes the same review in other formats.
func (f *reviewPlanFlags) writeAlso(report *planreview.Report, where planreview.Locations, head envelope.Envelope) error {
	for _, also := range f.also {
		format, path, _ := strings.Cut(also, "=")
		var written bytes.Buffer
		if err := writePlanReview(&written, report, format, where, head); err != nil {
			return err
		}
		if err := os.WriteFile(path, written.Bytes(), 0o600); err != nil {
			return fmt.Errorf("--also: %w", err)
		}
	}
	return nil
}

// locations are where code hosts show findings, by paths of the repository.
func (f *reviewPlanFlags) locations(plan string) (planreview.Locations, error) {
	var where planreview.Locations
	if plan != "-" {
		where.Plan = tfsource.Relative(plan)
	}
	if f.source == "" {
		return where, nil
	}
	configuration, err := tfsource.Open(f.source)
	if err != nil {
		return where, fmt.Errorf("--source: %w", err)
	}
	where.Find = func(address string) (planreview.Location, bool) {
		found, ok := configuration.Find(address)
		return planreview.Location(found), ok
	}
	return where, nil
}

// commitVariables are what CI systems call the commit that is checked out.
var commitVariables = []string{"GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION"}

func addCommitFlag(command *cobra.Command, commit *string) {
	command.Flags().StringVar(commit, "commit", "", "commit of the configuration, which the report names; defaults to the environment variable "+
		strings.Join(commitVariables, ", or "))
}

func commitOf(flag string) string {
	all := []string{flag}
	for _, name := range commitVariables {
		all = append(all, os.Getenv(name))
	}
	return cmp.Or(all...)
}

// errPlanErrored ends a review that is of a part only, whatever it fails on.
var errPlanErrored = errors.New("planning ended with an error, so this review is of a part of the plan; mend the error and plan again")

// readPlan returns the SHA-256 of what it read, too.
func readPlan(source string, stdin io.Reader) (*planreview.Plan, string, error) {
	if source != "-" {
		data, err := os.ReadFile(source) //nolint:gosec // The caller names the file on the command line.
		if err != nil {
			return nil, "", err
		}
		stdin = bytes.NewReader(data)
	}
	plan, sum, err := decodePlan(stdin)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", source, err)
	}
	return plan, sum, nil
}

func decodePlan(source io.Reader) (*planreview.Plan, string, error) {
	sum := sha256.New()
	plan, err := planreview.Decode(io.TeeReader(source, sum), vendors.Readers)
	if err != nil {
		return nil, "", err
	}
	return plan, hex.EncodeToString(sum.Sum(nil)), nil
}

func writePlanReview(w io.Writer, report *planreview.Report, format string, where planreview.Locations, head envelope.Envelope) error {
	switch format {
	case formatSARIF:
		return report.WriteSARIF(w, where, head)
	case formatCodeQuality:
		return report.WriteCodeQuality(w, where)
	}
	return planreview.Write(w, report, planreview.Format(format), head)
}
