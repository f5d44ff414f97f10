package baseline

import (
	"fmt"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Day is a day of the calendar, as in "2026-11-20". Days compare by <. The empty one is
// none.
type Day string

// ParseDay reads a day.
func ParseDay(text string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is no day: write it as in \"2026-11-20\"", text)
	}
	return Day(text), nil
}

// DayOf returns the day that it is in UTC at a time.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// After returns the day that is some days later.
func (d Day) After(days int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return DayOf(t.AddDate(0, 0, days))
}

// aheadOfUTC is how far local time runs ahead at most.
const aheadOfUTC = 14 * time.Hour

// IsFuture tells whether the day has begun nowhere.
func (d Day) IsFuture(now time.Time) bool { return d > DayOf(now.Add(aheadOfUTC)) }

// Overdue tells whether somebody has to look again, because the interval is over in days
// since the day when somebody looked. An interval of 0 never is. Only what reads may ask:
// what a plan says must not change with the clock before its apply.
func Overdue(on Day, interval int, now time.Time) bool {
	return interval > 0 && on != "" && DayOf(now) > on.After(interval)
}

// A WrittenAttestation is a person's statement as a configuration has it. What is null is
// empty, but for Observed.
type WrittenAttestation struct {
	By, On, Digest, Reference string
	Observed                  Written
}

// An Attestation is a person's statement on what access was on a day: the rows that were
// seen, or the digest of the baseline that it was found equal to.
type Attestation struct {
	By        access.Reference
	On        Day
	Digest    string
	Observed  []access.Grant
	Reference string
}

// IsSeen tells whether the statement has what was seen.
func (a Attestation) IsSeen() bool { return a.Observed != nil }

// Same tells whether two are one statement.
func (a Attestation) Same(other Attestation) bool {
	return a.By.Same(other.By) && a.On == other.On && a.Digest == other.Digest && a.IsSeen() == other.IsSeen() && sameGrants(a.Observed, other.Observed)
}

func sameGrants(a, b []access.Grant) bool {
	one, other := set(a), set(b)
	return len(one) == len(other) && !slices.ContainsFunc(a, func(g access.Grant) bool { return !other[g.Folded()] })
}

// ParseAttester reads who makes a statement: a person, whoever else can be named.
func ParseAttester(text string, parse func(string) (access.Reference, error)) (access.Reference, error) {
	by, err := parse(text)
	if err == nil && by.Kind != access.KindUser {
		err = fmt.Errorf("%q is no user: a person attests", text)
	}
	return by, err
}

// ParseSeen reads the day on which somebody looked, which must have begun somewhere.
func ParseSeen(text string, now time.Time) (Day, error) {
	on, err := ParseDay(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w, by hand, on the day when you look", err)
	case on.IsFuture(now):
		return "", fmt.Errorf("%s has not come yet", on)
	}
	return on, nil
}

// ParseAttestation reads a statement. Problems have the attribute first in their path.
func (b Baseline) ParseAttestation(w WrittenAttestation, now time.Time) (Attestation, []Problem) {
	a := Attestation{Digest: w.Digest, Reference: w.Reference}
	var found problems
	var err error
	if a.By, err = ParseAttester(w.By, b.Model.ParsePrincipal); err != nil {
		found.add([]string{"by"}, "%s", err)
	}
	if a.On, err = ParseSeen(w.On, now); err != nil {
		found.add([]string{"on"}, "%s", err)
	}
	switch {
	case w.Digest == "" && w.Observed == nil:
		found.add(nil, "it says nothing: set observed to the rows that were seen, or digest to what the plan prints")
	case w.Digest != "" && w.Observed != nil:
		found.add([]string{"digest"}, "set observed or digest, not both")
	case w.Digest != "":
		if err := CheckDigest(w.Digest); err != nil {
			found.add([]string{"digest"}, "%s", err)
		}
	default:
		rows, problems := b.ParseRows(w.Observed)
		for _, p := range problems {
			found.add(append([]string{"observed"}, p.Path...), "%s", p.Text)
		}
		a.Observed = append([]access.Grant{}, rows...)
	}
	return a, found.all()
}

// A Past is what is recorded of a baseline before the plan.
type Past struct {
	// Digest is that of the baseline that was recorded.
	Digest string
	// Attestation is the one that was recorded with it, or nil.
	Attestation *Attestation
	// Confirmed tells whether that confirmed it.
	Confirmed bool
	// OverdueSince is the day on which a confirmed baseline was found to be overdue, so that
	// it is confirmed no more; else it is empty.
	OverdueSince Day
	// OutstandingSince is the day since when the present grants are outstanding. Nobody can
	// have seen before it that they are so.
	OutstandingSince Day
	// Known are the grants that were last attested or seen, which is the [Verdict.Known] of
	// then; nil if there are none.
	Known []access.Grant
}

// A Cause is why a baseline is outstanding.
type Cause string

// Why a baseline is outstanding; none if it is confirmed.
const (
	CauseNone       Cause = ""
	CauseUnattested Cause = "unattested"
	CauseWithChange Cause = "with-change"
	CauseTooEarly   Cause = "too-early"
	CauseOverdue    Cause = "overdue"
	CauseDigest     Cause = "digest"
	CauseDeviates   Cause = "deviates"
)

// A Verdict says whether a statement confirms a baseline.
type Verdict struct {
	Confirmed bool
	// Unchanged is true for what was confirmed before by the same statement. What was found
	// then stays, so findings are not told anew.
	Unchanged bool
	Cause     Cause
	// Reason says in a sentence why it is confirmed or outstanding.
	Reason string
	// Deviations are what somebody saw otherwise, in sentences.
	Deviations []string
	// Known are the grants that the steps start from: what was seen or attested last. It is
	// nil if nothing is known.
	Known []access.Grant
	// Findings are about the statement. Findings of rules that are ignored are left out.
	Findings []Finding
}

// Judge says whether the statement, which may be nil, confirms the baseline. What is recorded
// is nil for a baseline that the plan creates.
func (b Baseline) Judge(a *Attestation, past *Past, settings Settings) Verdict {
	verdict := Verdict{}
	if past != nil {
		verdict.Known = past.Known
	}
	verdict.Cause, verdict.Reason = b.dismiss(a, past)
	if verdict.Cause != CauseNone {
		return verdict
	}
	if a.IsSeen() {
		verdict.Known = a.Observed
		if verdict.Deviations = b.Deviations(a.Observed); len(verdict.Deviations) > 0 {
			verdict.Cause = CauseDeviates
			verdict.Reason = fmt.Sprintf("As transcribed by %s on %s, access is not as it should be: %s.",
				a.By, a.On, review.Count(len(verdict.Deviations), "deviation"))
			return verdict
		}
	}
	verdict.Confirmed, verdict.Known = true, b.Grants
	verdict.Unchanged = past != nil && past.Confirmed && past.Attestation != nil && past.Attestation.Same(*a)
	verdict.Reason = fmt.Sprintf("Confirmed by %s on %s.", a.By, a.On)
	if !verdict.Unchanged {
		verdict.Findings = b.judgeStatement(*a, past, settings)
	}
	return verdict
}

// dismiss tells why a statement does not count, whatever was seen.
func (b Baseline) dismiss(a *Attestation, past *Past) (Cause, string) {
	switch {
	case a == nil:
		return CauseUnattested, "Nobody has attested that access is so."
	case past == nil && !a.IsSeen():
		return CauseWithChange, "The digest does not count in the plan that records the baseline first: the plan itself prints it."
	case past != nil:
		if cause, reason := b.dismissByPast(*a, *past); cause != CauseNone {
			return cause, reason
		}
	}
	if !a.IsSeen() && a.Digest != b.Digest() {
		return CauseDigest, fmt.Sprintf("%s attested on %s what has the digest %s, and the baseline has %s.", a.By, a.On, a.Digest, b.Digest())
	}
	return CauseNone, ""
}

// dismissByPast tells why a statement does not count beside what is recorded.
func (b Baseline) dismissByPast(a Attestation, past Past) (Cause, string) {
	isSame := past.Attestation != nil && past.Attestation.Same(a)
	isOfBaseline := b.isConfirmedBy(a)
	switch {
	case past.Digest != b.Digest() && isSame:
		return CauseWithChange, fmt.Sprintf("The attestation by %s of %s is about what the baseline was before.", a.By, a.On)
	case past.Digest != b.Digest():
		return CauseWithChange, fmt.Sprintf("The attestation by %s of %s comes in the plan that changes the baseline: who looked cannot have seen its outcome.", a.By, a.On)
	case past.isOverdueFor(a):
		return CauseOverdue, fmt.Sprintf("It was time on %s to look again, and nobody has attested since.", past.OverdueSince)
	case isSame && past.Confirmed:
		return CauseNone, ""
	case a.On < past.OutstandingSince:
		return CauseTooEarly, fmt.Sprintf("The attestation by %s is of %s, and the present grants are outstanding since %s only.", a.By, a.On, past.OutstandingSince)
	case isSame && isOfBaseline:
		return CauseWithChange, fmt.Sprintf("The attestation by %s of %s came with the change that it is about: look again, and attest that.", a.By, a.On)
	}
	return CauseNone, ""
}

// isConfirmedBy tells whether the statement says that access is as in the baseline.
func (b Baseline) isConfirmedBy(a Attestation) bool {
	if a.IsSeen() {
		return sameGrants(a.Observed, b.Grants)
	}
	return a.Digest == b.Digest()
}

// isOverdueFor tells whether it is time to look again, and the statement is of no later look.
func (p Past) isOverdueFor(a Attestation) bool {
	return p.OverdueSince != "" && (p.Attestation == nil || p.Attestation.Same(a) || a.On <= p.Attestation.On)
}

// The rules about attestations.
const (
	RuleUnattested            = "unattested"
	RuleOverdue               = "overdue"
	RuleAttestedUnseen        = "attested-unseen"
	RuleAttestedByBeneficiary = "attested-by-beneficiary"
)

// AttestationRules belong into every catalogue.
var AttestationRules = Catalogue{
	{Rule: review.Rule{
		ID: RuleUnattested, Severity: review.Warn, OfOrganization: true,
		Summary: "Nobody has attested that access is as the baseline says.",
		Advice: "Carry out the steps, look, and attest what you saw. " +
			"Ignored, the baseline is planned as not confirmed, and somebody has to follow it up elsewhere.",
		Source:   "no API tells who has access",
		Evidence: access.Inferred,
	}},
	{Rule: review.Rule{
		ID: RuleOverdue, Severity: review.Warn, OfOrganization: true,
		Summary:  "It is time to look again whether access is as it was attested.",
		Advice:   "Look, and attest what you saw.",
		Source:   "the vendor advises to review access regularly, or should",
		Evidence: access.Inferred,
	}},
	{Rule: review.Rule{
		ID: RuleAttestedUnseen, Severity: review.Warn,
		Summary:  "An attestation has a digest, which every plan prints, and not what somebody saw.",
		Advice:   "Attest the rows that you saw.",
		Source:   "who copies the digest need not have looked",
		Evidence: access.Inferred,
	}},
	{Rule: review.Rule{
		ID: RuleAttestedByBeneficiary, Severity: review.Warn,
		Summary:  "Whoever attests gains something by what is attested.",
		Advice:   "Let somebody else look and attest.",
		Source:   "separation of duties",
		Evidence: access.Inferred,
	}},
}

func (b Baseline) judgeStatement(a Attestation, past *Past, settings Settings) []Finding {
	var found []Finding
	tell := func(id, format string, args ...any) {
		rule, ok := b.Model.Rules.ByID(id)
		if ok && b.Model.Rules.SeverityOf(id, settings) != review.Ignore {
			finding := review.Finding{Principals: []access.Reference{a.By}, Sentence: fmt.Sprintf(format, args...)}
			found = append(found, b.Model.Rules.complete(rule, finding, settings))
		}
	}
	if !a.IsSeen() {
		tell(RuleAttestedUnseen, "%s attested on %s by a digest, which the plan prints, and not by what was seen.", a.By, a.On)
	}
	// What a new baseline was made of was seen before: nobody gains it.
	if past != nil {
		for _, c := range b.Compare(past.Known).Given {
			if c.Principal.Same(a.By) {
				tell(RuleAttestedByBeneficiary, "%s attests, and gains %s at %s.", a.By, quoteRole(c.Role), b.Tell(c.Place))
				break
			}
		}
	}
	return found
}
