package main

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

type reviewVerifyFlags struct {
	key, certificate, report, plan, out, format string
	kind, organization, rules                   string
	maxAge                                      string
	filters, inputs                             []string
	complete                                    bool
}

var verifyFormats = []string{"text", "json"}

// noFilters is what --expect-filters says for a report of the whole organization.
const noFilters = "none"

// defaultRules is what --expect-rules says for a report that is judged without a file of rules.
const defaultRules = "default"

func newReviewVerifyCommand() *cobra.Command {
	var flags reviewVerifyFlags
	command := &cobra.Command{
		Use:   "verify SEALED",
		Short: "Check that a sealed report is as it was sealed, and tell what it is",
		Long: `Checks the signature of a report that was sealed with --seal or --seal-command, by the public key or the certificate of
whoever sealed it, and then tells what the report is: of which organization, read by whom, when, by which version of
signpathctl, what was filtered, by which rules it judges, what it lacks, and the SHA-256 of the report, of its plan and of
the files that it was made of: attestations, or the two reports of a difference.

A report that was changed by one byte is refused, and so are one that was sealed with another key, a part of one, one
with more or fewer signatures than one, and whatever is not written as signpathctl seals. Nothing of such a report is
shown. Use - to read standard input.

The report itself is inside: --out writes it to a file. --report compares a file with it, --plan the plan that it is of,
and --input a file that it was made of. --expect-filters tells what the report has to show, so that nobody hands in a report of a harmless part: "none" for
all of the organization, or NAME=VALUE as often as there are values, with the names that a report as JSON has in filters,
such as projects=project-a; a log has its period there, too. A key seals reports of many kinds and organizations, and rules can
be weakened: --expect-kind, --expect-organization and --expect-rules refuse another report. --complete refuses one with gaps,
and --max-age one that is too old.

The certificate of --certificate is trusted because you name its file: nobody is asked who issued it. It must have been
valid when the report was made.

Exit status: 0 if all of that holds, else 1.`,
		Example: `  signpathctl review verify access.sealed --key auditor.pub.pem --expect-filters none --max-age 720h \
    --expect-kind organization_review --expect-organization 6a2e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90 --expect-rules default
  signpathctl review verify access.sealed --key auditor.pub.pem --out access.html`,
		Args: takes("a sealed report"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runReviewVerify(command, arguments[0], &flags)
		},
	}
	options := command.Flags()
	options.StringVar(&flags.key, "key", "", "PEM file with the public key")
	options.StringVar(&flags.certificate, "certificate", "", "PEM file with a certificate, instead of --key")
	options.StringVar(&flags.report, "report", "", "file that must be the report that was sealed")
	options.StringVar(&flags.plan, "plan", "", "plan as JSON that the report must be of")
	options.StringArrayVar(&flags.inputs, "input", nil,
		"file that the report must have been made of, such as the attestations, or one of two reports that were compared; can be given several times")
	options.StringVar(&flags.out, "out", "", "file to write the report to, which must not be there yet")
	options.StringVar(&flags.maxAge, "max-age", "", "how old the report may be, such as 720h or 30d (default: any age)")
	options.StringArrayVar(&flags.filters, "expect-filters", nil, "what the report must be filtered by: NAME=VALUE, or none; can be given several times")
	options.StringVar(&flags.kind, "expect-kind", "", "kind that the report must be of, such as organization_review")
	options.StringVar(&flags.organization, "expect-organization", "", "id of the organization that the report must be about")
	options.StringVar(&flags.rules, "expect-rules", "", "file of rules that must judge the report, or "+defaultRules)
	options.BoolVar(&flags.complete, "complete", false, "refuse a report that has gaps")
	options.StringVar(&flags.format, "format", verifyFormats[0], oneOf(verifyFormats))
	return command
}

func runReviewVerify(command *cobra.Command, source string, flags *reviewVerifyFlags) error {
	if err := mustBeOneOf("--format", flags.format, verifyFormats); err != nil {
		return err
	}
	filters, err := flags.expected()
	if err != nil {
		return err
	}
	maxAge, err := flags.age()
	if err != nil {
		return err
	}
	verifier, certificate, err := flags.verifier()
	if err != nil {
		return err
	}
	document, err := readSource(source, command.InOrStdin())
	if err != nil {
		return err
	}
	sealed, err := sealedReport.Open(command.Context(), document, verifier)
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	head := newEnvelope(now())
	if err := errors.Join(
		sealed.CheckAge(head.Time, maxAge), checkValidity(certificate, sealed.Head.Time), flags.checkFiles(sealed),
		flags.checkSubject(sealed), flags.checkFilters(sealed, filters), flags.checkGaps(sealed),
	); err != nil {
		return fmt.Errorf("%s: the signature is right, but %w", source, err)
	}
	if flags.out != "" {
		if err := writeNew(nil, flags.out, sealed.Report); err != nil {
			return err
		}
	}
	if flags.format == "json" {
		return envelope.Write(command.OutOrStdout(), newVerification(head, sealed))
	}
	var b strings.Builder
	for _, line := range tellSealed(sealed, certificate) {
		b.WriteString(text.Visible(line) + "\n")
	}
	_, err = io.WriteString(command.OutOrStdout(), b.String())
	return err
}

// age is how old the report may be; 0 is any age, which nobody can ask for.
func (f *reviewVerifyFlags) age() (time.Duration, error) {
	if f.maxAge == "" {
		return 0, nil
	}
	age, err := time.ParseDuration(f.maxAge)
	if days, isDays := strings.CutSuffix(f.maxAge, "d"); isDays {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		age = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || age <= 0 {
		return 0, fmt.Errorf("--max-age is %q, and must be hours or days such as 720h or 30d, and more than none", f.maxAge)
	}
	return age, nil
}

// expected are the filters that the report must have; nil if that is left open.
func (f *reviewVerifyFlags) expected() (map[string][]string, error) {
	if len(f.filters) == 0 {
		return nil, nil
	}
	expected := map[string][]string{}
	for _, filter := range f.filters {
		name, value, found := strings.Cut(filter, "=")
		switch {
		case filter == noFilters && len(f.filters) == 1:
		case !found || name == "" || value == "":
			return nil, fmt.Errorf("--expect-filters is %q, and must be NAME=VALUE, or %s alone", filter, noFilters)
		default:
			expected[name] = append(expected[name], value)
		}
	}
	return expected, nil
}

func (f *reviewVerifyFlags) verifier() (dsse.Verifier, *x509.Certificate, error) {
	if (f.key == "") == (f.certificate == "") {
		return nil, nil, errors.New("give the public key of whoever sealed the report as --key, or a certificate as --certificate")
	}
	flag, path := "--key", cmp.Or(f.key, f.certificate)
	if f.key == "" {
		flag = "--certificate"
	}
	file, err := os.ReadFile(path) //nolint:gosec // The caller names the file on the command line.
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", flag, err)
	}
	var (
		verifier    dsse.Verifier
		certificate *x509.Certificate
	)
	if f.key != "" {
		verifier, err = evidence.ParseVerifier(file)
	} else {
		verifier, certificate, err = evidence.ParseCertificate(file)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %s: %w", flag, path, err)
	}
	return verifier, certificate, nil
}

// checkValidity refuses a certificate that was not valid when the report was made.
func checkValidity(certificate *x509.Certificate, made time.Time) error {
	if certificate == nil || !made.Before(certificate.NotBefore) && !made.After(certificate.NotAfter) {
		return nil
	}
	return fmt.Errorf("the certificate is valid from %s to %s, and the report is of %s",
		certificate.NotBefore.Format(time.RFC3339), certificate.NotAfter.Format(time.RFC3339), made.Format(time.RFC3339))
}

func (f *reviewVerifyFlags) checkFiles(sealed *evidence.Sealed) error {
	type check struct {
		flag, path string
		by         func([]byte) error
	}
	checks := []check{{"--report", f.report, sealed.CheckReport}, {"--plan", f.plan, sealed.CheckPlan}}
	for _, input := range f.inputs {
		checks = append(checks, check{"--input " + input, input, sealed.CheckInput})
	}
	for _, check := range checks {
		if check.path == "" {
			continue
		}
		file, err := os.ReadFile(check.path)
		if err == nil {
			err = check.by(file)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", check.flag, err)
		}
	}
	return nil
}

// checkSubject refuses a report of another kind, on another organization, or judged by other rules.
func (f *reviewVerifyFlags) checkSubject(sealed *evidence.Sealed) error {
	var wrong []error
	if f.kind != "" {
		wrong = append(wrong, sealed.CheckKind(f.kind))
	}
	if f.organization != "" {
		wrong = append(wrong, sealed.CheckOrganization(f.organization))
	}
	switch f.rules {
	case "":
	case defaultRules:
		wrong = append(wrong, sealed.CheckRules(nil))
	default:
		file, err := os.ReadFile(f.rules)
		if err != nil {
			return fmt.Errorf("--expect-rules: %w", err)
		}
		wrong = append(wrong, sealed.CheckRules(file))
	}
	return errors.Join(wrong...)
}

func (f *reviewVerifyFlags) checkFilters(sealed *evidence.Sealed, expected map[string][]string) error {
	if expected == nil {
		return nil
	}
	return sealed.CheckFilters(expected)
}

func (f *reviewVerifyFlags) checkGaps(sealed *evidence.Sealed) error {
	if !f.complete || sealed.Head.Complete {
		return nil
	}
	return fmt.Errorf("the report is incomplete: %s", spellGaps(sealed.Head.Gaps))
}

func spellGaps(gaps []envelope.Gap) string {
	sentences := make([]string, len(gaps))
	for i, gap := range gaps {
		sentences[i] = gap.Sentence
	}
	return strings.Join(sentences, " ")
}

// tellSealed says what a sealed report is, one thing a line.
func tellSealed(sealed *evidence.Sealed, certificate *x509.Certificate) []string {
	head := sealed.Head
	lines := []string{"The signature is right."}
	tell := func(what, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf("%-14s%s", what+":", value))
		}
	}
	if certificate != nil {
		tell("signed by", certificate.Subject.String())
		tell("issued by", certificate.Issuer.String()+", as the certificate says")
	}
	tell("key", sealed.KeyID)
	tell("kind", head.Kind)
	tell("organization", strings.TrimSpace(strings.Join([]string{deref(head.Organization.ID), deref(head.Organization.Name), deref(head.Organization.URL)}, " ")))
	if head.ReadBy != nil {
		tell("reader", fmt.Sprintf("%s (%s)", head.ReadBy.Member, head.ReadBy.Role))
	} else {
		tell("reader", "nobody: nothing was read live")
	}
	tell("time", head.Time.UTC().Format(time.RFC3339))
	tell("tool", head.Tool.Name+" "+head.Tool.Version)
	tell("shows", evidence.SpellFilters(head.Filters))
	tellRules(tell, head.Rules)
	if head.Complete {
		tell("complete", "yes")
	} else {
		tell("complete", "no. "+spellGaps(head.Gaps))
	}
	tell("format", sealed.Format)
	tell("report", "SHA-256 "+sealed.SHA256)
	if head.Plan != nil {
		tell("plan", "SHA-256 "+head.Plan.SHA256)
		tell("commit", head.Plan.Commit)
	}
	for _, input := range sealed.Inputs {
		tell("made of", input.Name+", SHA-256 "+input.SHA256)
	}
	return lines
}

func tellRules(tell func(what, value string), rules *envelope.Rules) {
	switch {
	case rules == nil:
		tell("rules", "none judged")
	case rules.SHA256 == nil:
		tell("rules", "the defaults")
	default:
		tell("rules", "a file with the SHA-256 "+*rules.SHA256)
		for _, weaker := range rules.Weaker {
			tell("weaker", weaker.Sentence)
		}
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// A verification is what the command tells programs.
type verification struct {
	envelope.Envelope
	// Sealed is what the report is.
	Sealed envelope.Envelope `json:"sealed"`
	// Inputs are the files that it was made of.
	Inputs []evidence.Input `json:"inputs"`
	Format string           `json:"format"`
	SHA256 string           `json:"report_sha256"`
	KeyID  string           `json:"key_id"`
}

func newVerification(head envelope.Envelope, sealed *evidence.Sealed) verification {
	head.Organization = sealed.Head.Organization
	return verification{head.Of("seal_verification", nil), sealed.Head, sealed.Inputs, sealed.Format, sealed.SHA256, sealed.KeyID}
}
