package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// statusFound is the exit status of a review with findings that it fails on.
const statusFound exitStatus = 2

// failOnNever lets a review with findings succeed.
const failOnNever = "never"

type reviewOrgFlags struct {
	connection                                connectionFlags
	format, by, rules, failOn                 string
	projects, policies, principals, permitted []string
	appliedBy                                 []string
	since                                     bool

	attestations string
	decide       bool
	seal         sealFlags
}

func newReviewOrgCommand() *cobra.Command {
	var flags reviewOrgFlags
	command := &cobra.Command{
		Use:   "org",
		Short: "Review who may do what in an existing organization",
		Long: `Review who may do what in an existing SignPath organization, in the end: directly, through groups in groups, or by a
global role; and what is wrong with that, with what to do about it.

It only reads from SignPath, with the settings of the provider: flags, or the environment variables ` + api.EnvURL + `,
` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. Use the token of a Global Reader, Project Administrator or Global
Administrator: others see only the projects that they have a right on. What the token does not see is said in the
report and on standard error, and no rule fires on it.

The filters can be given several times: values of one filter are alternatives, and every filter must fit. Exit status
and counts of findings go by what the filters show; the report names them, and says how many findings are outside.
As text or in Markdown, a right from a role or from a list of
the project is told once, at the organization or the project, if the filters show that; the other formats tell it at
every place where it holds.

The text tells each right with its reasons where that is not more than a person reads. Of a larger organization it tells by
place how many may do what, or by person in how many projects, what needs a look first, and how to see the rest; --by
chooses.

With --since it also reads SignPath's audit log, and tells of each entry and each global role since when it is there and
who gave it: by the last event that put it there, compared by ids. A way through groups has an entry for each step: the
access is as old as the youngest of them. What the token's user changed, if that is a CI user, and whoever --applied-by
names, counts as Terraform's. What no event surely tells is "not found in the audit log", with how far back that goes. The
audit log is a preview of SignPath's API and hardly documented; that it cannot be read, or not as a whole, is a gap.

--attestations takes a file that "signpathctl attest" writes, and switches the rules about it on: they find what nobody
attested, what is attested by whoever has it, and what comes about by another way than was attested. --decide writes a
table instead of the report, with a row for each way by which somebody has access and columns to decide in: as csv for
"signpathctl attest from-csv", as html for paper. Write the report as json beside it: decisions are on that report.

` + sealHelp + `

` + rulesHelp() + `

Exit status: 2 if there is a finding of the severity of --fail-on or a worse one; 1 if there is no report; else 0.`,
		Example: `  signpathctl review org
  signpathctl review org --policy project-a/release-signing --permission submit --permission approve
  signpathctl review org --policy project-a/release-signing --since --applied-by ci_user:terraform
  signpathctl review org --format html --fail-on never > access.html`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return runReviewOrg(command, &flags) },
	}
	options := command.Flags()
	flags.connection.addTo(command)
	addRulesFlag(command, &flags.rules)
	options.StringVar(&flags.format, "format", string(report.FormatText), oneOf(report.Formats())+": html is one page that loads nothing")
	addSealFlags(command, &flags.seal)
	options.StringVar(&flags.attestations, "attestations", "", "file of attestations, by which the rules about them judge")
	options.BoolVar(&flags.decide, "decide", false, "write a table to decide in, as csv or html, instead of the report")
	options.StringVar(&flags.by, "by", "", "how the text tells access: "+oneOf(report.Views())+"; without it, what fits the size")
	options.StringVar(&flags.failOn, "fail-on", string(review.Deny), "the mildest finding that fails: deny, warn, never")
	options.BoolVar(&flags.since, "since", false, "tell since when each access is there and who gave it, by SignPath's audit log")
	addAppliedByFlag(command, &flags.appliedBy)
	options.StringArrayVar(&flags.projects, "project", nil, "slug of a project to show, with its signing policies")
	options.StringArrayVar(&flags.policies, "policy", nil, "signing policy to show: PROJECT/POLICY, or POLICY in any project")
	options.StringArrayVar(&flags.principals, "principal", nil, "principal to show, such as user:dev.lead@example.com; a group with everybody who has something through it")
	options.StringArrayVar(&flags.permitted, "permission", nil, "permission to show in the matrix: "+strings.Join(vocabulary.SignPath.PermissionNames(), ", "))
	return command
}

// An orgReview is what the flags of a review of an organization ask for.
type orgReview struct {
	view     report.View
	fails    func(*report.Report) bool
	filter   review.Filter
	attested attestationFile
	rulebook review.Rulebook
	rules    *envelope.Rules
	signer   dsse.Signer
	appliers []access.Reference
}

func runReviewOrg(command *cobra.Command, flags *reviewOrgFlags) error {
	head := newEnvelope(now())
	// Whatever is wrong with the flags is said before anything is read.
	asked, err := flags.read(command, head.Time)
	if err != nil {
		return err
	}
	client, err := flags.connection.newClient()
	if err != nil {
		return err
	}
	if err := asked.attested.refuseOther(client.OrganizationID()); err != nil {
		return err
	}
	found, err := readOrganization(command, client)
	if err != nil {
		return err
	}
	made, err := report.New(found, asked.rulebook, asked.filter)
	if err != nil {
		return err
	}
	if flags.since {
		origins, err := audit.ReadOrigins(command.Context(), client, found, asked.appliers)
		if err != nil {
			return err
		}
		found.Gaps = append(found.Gaps, origins.Gaps...)
		made.TellSince(origins, origins.Appliers())
	}
	made.View = asked.view
	asked.rules.UnmatchedExceptions, made.Attestations = made.Unmatched, asked.attested.told()
	head.Organization, head.ReadBy, head.Rules, head.Filters = readLive(command.Context(), client), readBy(found.Caller), asked.rules, flags.filters()
	var output bytes.Buffer
	write := made.Write
	if flags.decide {
		write = made.WriteDecisions
	}
	if err := write(&output, report.Format(flags.format), head); err != nil {
		return err
	}
	if err := writeReport(command, asked.signer, made.Head(head), flags.format, output.Bytes(), asked.attested.inputs()...); err != nil {
		return err
	}
	warnOfGaps(command, found)
	if asked.fails(made) {
		return statusFound
	}
	return nil
}

// read reads the flags, and the files that they name.
func (f *reviewOrgFlags) read(command *cobra.Command, now time.Time) (asked orgReview, err error) {
	if err := f.checkFormat(); err != nil {
		return asked, err
	}
	if asked.view, err = f.view(); err != nil {
		return asked, err
	}
	if asked.fails, err = f.failure(); err != nil {
		return asked, err
	}
	if asked.filter, err = f.filter(); err != nil {
		return asked, err
	}
	if asked.attested, err = readAttestations(f.attestations, now); err != nil {
		return asked, err
	}
	if asked.rulebook, asked.rules, err = asked.attested.readRulebook(f.rules, now); err != nil {
		return asked, err
	}
	if asked.signer, err = f.seal.signer(command.ErrOrStderr()); err != nil {
		return asked, err
	}
	asked.appliers, err = f.appliers()
	return asked, err
}

// appliers are whose changes count as Terraform's, beside those of the token's user.
func (f *reviewOrgFlags) appliers() ([]access.Reference, error) {
	if !f.since {
		if len(f.appliedBy) > 0 {
			return nil, errors.New("--applied-by needs --since: without it, no audit log is read")
		}
		return nil, nil
	}
	return appliersOf(f.appliedBy)
}

func (f *reviewOrgFlags) checkFormat() error {
	if err := mustBeOneOf("--format", report.Format(f.format), report.Formats()); err != nil {
		return err
	}
	switch {
	case f.decide && !slices.Contains(report.DecisionFormats(), report.Format(f.format)):
		return fmt.Errorf("--decide needs --format %s: people decide in a table", strings.ReplaceAll(oneOf(report.DecisionFormats()), ", ", " or "))
	case f.decide && f.seal.isSet():
		return errors.New("--decide and --seal exclude each other: what people fill in cannot stay as it was sealed")
	}
	return nil
}

// view is how the text tells access; empty where nobody chose.
func (f *reviewOrgFlags) view() (report.View, error) {
	if f.by == "" {
		return "", nil
	}
	if f.format != string(report.FormatText) {
		return "", fmt.Errorf("--by is of --format %s: the others tell everything", report.FormatText)
	}
	return report.View(f.by), mustBeOneOf("--by", report.View(f.by), report.Views())
}

// failure returns what makes the command fail.
func (f *reviewOrgFlags) failure() (func(*report.Report) bool, error) {
	switch f.failOn {
	case string(review.Deny), string(review.Warn):
		return func(r *report.Report) bool { return r.Has(review.Severity(f.failOn)) }, nil
	case failOnNever:
		return func(*report.Report) bool { return false }, nil
	}
	return nil, fmt.Errorf("--fail-on: %q is none of %q, %q and %q", f.failOn, review.Deny, review.Warn, failOnNever)
}

// filters are what was asked for, as it was written.
func (f *reviewOrgFlags) filters() map[string][]string {
	all := map[string][]string{
		"projects": f.projects, "signing_policies": f.policies, "principals": f.principals, "permissions": f.permitted,
	}
	for name, values := range all {
		all[name] = append([]string{}, values...)
	}
	return all
}

func (f *reviewOrgFlags) filter() (review.Filter, error) {
	filter := review.Filter{Places: map[string][]string{vocabulary.PlaceProject: f.projects, vocabulary.PlaceSigningPolicy: f.policies}}
	for _, text := range f.principals {
		principal, err := access.ParseEntry(text)
		if err != nil {
			return filter, fmt.Errorf("--principal: %w", err)
		}
		filter.Principals = append(filter.Principals, principal)
	}
	for _, text := range f.permitted {
		permission, err := vocabulary.SignPath.ParsePermission(text)
		if err != nil {
			return filter, fmt.Errorf("--permission: %w", err)
		}
		filter.Permissions = append(filter.Permissions, permission)
	}
	return filter, nil
}

func readOrganization(command *cobra.Command, client *api.Client) (*survey.Survey, error) {
	progress := newProgress(command.ErrOrStderr())
	found, err := survey.ReadWithCaller(command.Context(), client, progress)
	progress.finish()
	return found, explainReview(err)
}

// warnOfGaps says apart from the report what it lacks.
func warnOfGaps(command *cobra.Command, found *survey.Survey) {
	for _, gap := range found.Gaps {
		command.PrintErrln("Warning: the review is incomplete.", gap)
	}
}

// explainReview adds to an error what to do about it.
func explainReview(err error) error {
	if advice := adviceFor(err, "review"); advice != "" {
		return fmt.Errorf("%w.\n%s", err, strings.TrimSuffix(advice, "."))
	}
	return err
}
