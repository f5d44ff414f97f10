package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// reportArgument says what the commands that read a report take.
const reportArgument = "a report as signpathctl review org --format json writes it, or - for standard input"

func newAttestCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "attest",
		Short: "Confirm who is to have access, and find what nobody confirmed",
		Long: `Keeps a file of attestations: who is to have which role or entry where, by which way, confirmed by whom and when, and
until when that counts. It belongs into version control, beside the configuration.

A way is an entry of one's own, or one of a group with each group in between, or a global role. An attestation is of one
way, by its fingerprint, which goes by ids: it still counts when somebody is renamed, and not when somebody comes to the
same role by another way.

Who has access is told by a report that "signpathctl review org --format json" wrote; nothing is asked. "signpathctl review
org --attestations FILE" judges the live organization by the file, with rules that a rulebook can change.`,
		Args: refuseCommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(newAttestWriteCommand(), newAttestCheckCommand(), newAttestFromCSVCommand())
	return command
}

// attestFlags are those by which the commands of attest know whose statement it is, and where it
// is written.
type attestFlags struct {
	file, by, on, until, reference string
}

func (f *attestFlags) addTo(command *cobra.Command) {
	options := command.Flags()
	options.StringVar(&f.file, "attestations", "", "file of attestations, which is made if it is not there")
	options.StringVar(&f.by, "by", "", "who attests, such as user:security.officer@example.com")
	options.StringVar(&f.until, "until", "", fmt.Sprintf("last day on which the attestations count, such as 2026-12-31 (default: %d days)", evidence.DefaultDays()))
}

// attestSettings are the flags as they are meant.
type attestSettings struct {
	by        access.Reference
	on, until baseline.Day
}

func (f *attestFlags) parse(at time.Time, needBy bool) (attestSettings, error) {
	var (
		settings attestSettings
		err      error
	)
	if f.file == "" {
		return settings, errors.New("--attestations is missing: the file of attestations")
	}
	if f.by != "" || needBy {
		if settings.by, err = baseline.ParseAttester(f.by, access.ParseReference); err != nil {
			return settings, fmt.Errorf("--by: %w", err)
		}
	}
	settings.on = baseline.DayOf(at)
	if f.on != "" {
		if settings.on, err = baseline.ParseSeen(f.on, at); err != nil {
			return settings, fmt.Errorf("--on: %w", err)
		}
	}
	if f.until != "" {
		if settings.until, err = baseline.ParseDay(f.until); err != nil {
			return settings, fmt.Errorf("--until: %w", err)
		}
		if settings.until < settings.on {
			return settings, fmt.Errorf("--until is %s, which is before %s", settings.until, settings.on)
		}
	}
	return settings, nil
}

// extend writes attestations into the file, which has to be about the organization of the report.
// It is read first as a whole, so that nothing is added to what is wrong.
func (f *attestFlags) extend(read *evidence.Report, more []evidence.Attestation, at time.Time) error {
	organization, err := organizationOf(read)
	if err != nil {
		return err
	}
	document, err := os.ReadFile(f.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--attestations: %w", err)
	}
	if len(bytes.TrimSpace(document)) > 0 {
		file, err := readAttestations(f.file, at)
		if err != nil {
			return err
		}
		if err := file.refuseOther(organization); err != nil {
			return err
		}
	}
	written, err := evidence.Extend(vocabulary.SignPath, document, organization, more)
	if err != nil {
		return fmt.Errorf("--attestations: %s: %w", f.file, err)
	}
	if _, err := evidence.ParseFile(vocabulary.SignPath, written, at); err != nil {
		return fmt.Errorf("--attestations: %s would not be right any more: %w", f.file, err)
	}
	return replaceFile(f.file, written)
}

// replaceFile writes a file as a whole or not at all, so that a full disk takes no attestations.
func replaceFile(path string, content []byte) error {
	mode := fs.FileMode(0o600)
	if old, err := os.Stat(path); err == nil {
		mode = old.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(mode), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

func organizationOf(read *evidence.Report) (string, error) {
	if id := read.Head.Organization.ID; id != nil {
		return *id, nil
	}
	return "", errors.New("the report does not tell which organization it is about")
}

type attestWriteFlags struct {
	attestFlags
	filter holdingFilter
}

func newAttestWriteCommand() *cobra.Command {
	var flags attestWriteFlags
	command := &cobra.Command{
		Use:   "write REPORT.json",
		Short: "Attest what a report shows",
		Long: `Attests each way of access that the report shows and the filters leave, and writes that into the file: as new ones, or in
the place of an earlier attestation of the same way. What else is in the file stays as it is, with its comments.

Who attests says to have looked at each of them. To decide one by one, use "signpathctl review org --decide" and
"signpathctl attest from-csv".`,
		Example: `  signpathctl review org --format json --fail-on never > report.json
  signpathctl attest write report.json --attestations attestations.yaml --by user:security.officer@example.com \
    --policy project-a/release-signing --until 2026-12-31 --reference REC-2026-2`,
		Args: takes(reportArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runAttestWrite(command, arguments[0], &flags)
		},
	}
	flags.addTo(command)
	options := command.Flags()
	options.StringVar(&flags.on, "on", "", "day on which somebody looked (default: today, in UTC)")
	options.StringVar(&flags.reference, "reference", "", "where more is to be read, such as a ticket")
	flags.filter.addTo(command)
	return command
}

func runAttestWrite(command *cobra.Command, source string, flags *attestWriteFlags) error {
	at := now()
	settings, err := flags.parse(at, true)
	if err != nil {
		return err
	}
	read, err := readReport(source, command.InOrStdin())
	if err != nil {
		return err
	}
	holdings, err := flags.filter.of(read)
	if err != nil {
		return err
	}
	if err := read.CheckSeen(settings.on); err != nil {
		return fmt.Errorf("--on: %w", err)
	}
	attestations, by := make([]evidence.Attestation, len(holdings)), read.Find(settings.by)
	for i, h := range holdings {
		attestations[i] = evidence.Attest(h, by, settings.on, settings.until, flags.reference)
	}
	if err := flags.extend(read, attestations, at); err != nil {
		return err
	}
	warnOfReport(command, read, attestations)
	written := text.Counted(len(attestations), "attestation", "attestations")
	_, err = fmt.Fprintf(command.OutOrStdout(), "Written into %s: %s by %s.\n", flags.file, written, settings.by)
	return err
}

// oldReport is how old a report is that somebody is warned of who attests what it shows.
const oldReport = 31 * 24 * time.Hour

// warnOfReport says what whoever attests should know of what they attested.
func warnOfReport(command *cobra.Command, read *evidence.Report, attestations []evidence.Attestation) {
	if age := now().Sub(read.Head.Time); age > oldReport {
		command.PrintErrf("Warning: the report is of %s, so that access may be otherwise by now, and more than was looked at.\n",
			read.Head.Time.UTC().Format(time.DateOnly))
	}
	for _, gap := range read.Head.Gaps {
		command.PrintErrln("Warning: the report is incomplete.", text.Visible(gap.Sentence))
	}
	unknown := map[string]bool{}
	for _, a := range attestations {
		if !read.Knows(a.By) {
			unknown[a.By.String()] = true
		}
	}
	for _, by := range slices.Sorted(maps.Keys(unknown)) {
		command.PrintErrf("Warning: %s, who attests or decides, is no account of the organization. "+
			"Is it misspelled? Nobody can tell then whether they have the same role themselves.\n", text.Visible(by))
	}
	file, company := evidence.File{Attestations: attestations}, evidence.CompanyOf(read)
	var own []string
	for _, verdict := range file.Judge(company.Holdings, company, baseline.DayOf(now()), evidence.DefaultDays()) {
		if verdict.Attestation != nil && verdict.Rule == review.AttestedByBeneficiary {
			own = append(own, verdict.Sentence())
		}
	}
	if len(own) > 0 {
		command.PrintErrf("Warning: %s by somebody who has the same role there. The rule %s finds that, such as: %s\n",
			text.Counted(len(own), "attestation is", "attestations are"), review.AttestedByBeneficiary, text.Visible(own[0]))
	}
}

type attestCheckFlags struct {
	file, format, on string
	days             uint
	filter           holdingFilter
}

func newAttestCheckCommand() *cobra.Command {
	var flags attestCheckFlags
	command := &cobra.Command{
		Use:   "check REPORT.json",
		Short: "Tell what of a report nobody has attested",
		Long: `Tells of each way of access that the report shows and the filters leave whether it is attested: what nobody attested, or
too long ago; what somebody decided to remove, and is still there; what is attested by somebody who has the same role
there; and what comes about by another way than was attested. It also tells which attestations are of what the report does
not show, unless that shows a part only. It judges by today; with --on, by another day, such as that of an older report.

"signpathctl review org --attestations FILE" finds the same in the live organization, with severities and exceptions.

Exit status: 0 if everything is attested by somebody else, 2 if not, 1 if there is no answer, or if nothing was found and
the report is incomplete.`,
		Example: `  signpathctl attest check report.json --attestations attestations.yaml`,
		Args:    takes(reportArgument),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runAttestCheck(command, arguments[0], &flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.file, "attestations", "", "file of attestations")
	options.StringVar(&flags.format, "format", string(report.FormatText), oneOf(report.CheckFormats()))
	options.StringVar(&flags.on, "on", "", "day to judge by, such as that of the report, as 2026-12-31: what was attested later does not count (default: today, in UTC)")
	options.UintVar(&flags.days, "days", uint(evidence.DefaultDays()), "days for which an attestation counts that has no end")
	flags.filter.addTo(command)
	return command
}

// errNotAllChecked ends a check that found nothing, of a report that does not have everything.
var errNotAllChecked = errors.New("all that the report shows is attested by somebody else, and the report is incomplete: the check says what it lacks")

func runAttestCheck(command *cobra.Command, source string, flags *attestCheckFlags) error {
	if err := mustBeOneOf("--format", report.Format(flags.format), report.CheckFormats()); err != nil {
		return err
	}
	if flags.file == "" {
		return errors.New("--attestations is missing: the file of attestations")
	}
	head := newEnvelope(now())
	file, err := readAttestations(flags.file, head.Time)
	if err != nil {
		return err
	}
	read, err := readReport(source, command.InOrStdin())
	if err != nil {
		return err
	}
	organization, err := organizationOf(read)
	if err != nil {
		return err
	}
	if err := file.refuseOther(organization); err != nil {
		return err
	}
	judged, day := file.File, baseline.DayOf(head.Time)
	if flags.on != "" {
		if day, err = baseline.ParseSeen(flags.on, head.Time); err != nil {
			return fmt.Errorf("--on: %w", err)
		}
		judged = judged.On(day)
	}
	holdings, err := flags.filter.of(read)
	if err != nil {
		return err
	}
	if read.ShowsSomePrincipals() {
		return fmt.Errorf("%s shows some principals only, so that it does not tell whether those who attest have the same role: "+
			"give a report without --principal, and the filter here", source)
	}
	company := evidence.CompanyOf(read)
	check := report.Check{
		Report: read, Attestations: *file.told(), Filters: flags.filter.told(), Day: day,
		Verdicts:  judged.Judge(holdings, company, day, int(min(flags.days, 1_000_000))),
		Unmatched: judged.Unmatched(company.Holdings),
	}
	if err := check.Write(command.OutOrStdout(), report.Format(flags.format), head); err != nil {
		return err
	}
	switch {
	case !check.Fine():
		return statusFound
	case len(read.Head.Gaps) > 0:
		return errNotAllChecked
	}
	return nil
}

type attestFromCSVFlags struct {
	attestFlags
	report, state string
}

func newAttestFromCSVCommand() *cobra.Command {
	var flags attestFromCSVFlags
	command := &cobra.Command{
		Use:   "from-csv DECISIONS.csv",
		Short: "Attest what people decided to keep, and tell what to take out of Terraform",
		Long: `Reads a table that "signpathctl review org --format csv --decide" wrote, after people filled in the column decision with
keep or remove, and by, on and reason. What was kept is attested in the file. What was to be removed is told as a change
of the Terraform configuration: which line of which resource goes, or which resource. It changes nothing at SignPath.

Rows are found by ids and fingerprints in the report, which has to be that of the same day. A row that says anything else
than the report outside of the columns to decide in is refused, with its line, and then nothing is written. Rows may be
gone or in another order, and so may columns; commas, semicolons and tabs are understood. A row without a decision decides
nothing.

With --state, a state or a plan as terraform show -json prints it, it tells the addresses of the resources. Use - to read
the table from standard input.`,
		Example: `  signpathctl review org --format json --fail-on never > report.json
  signpathctl review org --format csv --decide --fail-on never > decisions.csv
  signpathctl attest from-csv decisions.csv --report report.json --attestations attestations.yaml \
    --by user:security.officer@example.com --until 2026-12-31`,
		Args: takes("a table of decisions, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runAttestFromCSV(command, arguments[0], &flags)
		},
	}
	flags.addTo(command)
	options := command.Flags()
	options.StringVar(&flags.report, "report", "", "report as JSON that the decisions are on")
	options.StringVar(&flags.state, "state", "", "state or plan as JSON, which tells the addresses of resources")
	return command
}

func runAttestFromCSV(command *cobra.Command, source string, flags *attestFromCSVFlags) error {
	at := now()
	settings, err := flags.parse(at, false)
	if err != nil {
		return err
	}
	if flags.report == "" {
		return errors.New("--report is missing: the report that the decisions are on")
	}
	read, err := readReport(flags.report, strings.NewReader(""))
	if err != nil {
		return err
	}
	managed, err := readManaged(flags.state)
	if err != nil {
		return err
	}
	table, err := readSource(source, command.InOrStdin())
	if err != nil {
		return err
	}
	decided, err := evidence.ReadDecisions(table, read, evidence.Decider{By: settings.by, Until: settings.until, Now: at})
	if err != nil {
		return fmt.Errorf("%s: nothing was written:\n%w", source, err)
	}
	written := slices.Clone(decided.Kept)
	for _, removal := range decided.Removed {
		written = append(written, removal.Attestation(read))
	}
	if err := flags.extend(read, written, at); err != nil {
		return err
	}
	warnOfReport(command, read, written)
	return tellDecisions(command.OutOrStdout(), flags.file, decided, read, managed)
}

func tellDecisions(w io.Writer, file string, decided evidence.Decisions, read *evidence.Report, managed []managedResource) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Written into %s: %s, and %s. %d undecided.", file, text.Counted(len(decided.Kept), "attestation", "attestations"),
		text.Counted(len(decided.Removed), "decision to remove", "decisions to remove"), len(decided.Undecided))
	if absent := len(decided.Absent); absent > 0 {
		fmt.Fprintf(&b, " The table has no row for %s of the report.", text.Counted(absent, "other way", "other ways"))
	}
	b.WriteString("\n")
	for _, line := range tellLastHolders(decided, read) {
		b.WriteString("\n" + text.Visible(line) + "\n")
	}
	for _, removal := range decided.Removed {
		b.WriteString("\n")
		for _, line := range tellRemoval(removal, decided, read, managed) {
			b.WriteString(text.Visible(line) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
