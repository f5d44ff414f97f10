package baselinereview

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Record is a baseline as a plan or a state has it.
type Record struct {
	baseline.Baseline
	Vendor  *Vendor
	Address string
	// Settings and Wishes are what its configuration says to the rules.
	Settings baseline.Settings
	Wishes   baseline.Wishes
	// Attestation is nil where nobody attests.
	Attestation *baseline.Attestation
	// Attested are the grants that were last attested; nil if there are none.
	Attested []access.Grant
	// Confirmation is in the words of the resource, and empty in a plan after which something
	// is outstanding.
	Confirmation string
	// OutstandingSince is empty where nothing is outstanding, or not yet.
	OutstandingSince baseline.Day
	// Overdue is true where a refresh has found that it is time to look again.
	Overdue bool
	// Interval is after how many days that is; 0 for never.
	Interval int
	// Steps, Deviations and Found are in the words of the resource.
	Steps, Deviations, Found []string
	// Recorded is the digest that the resource has.
	Recorded string
	// Planned is true for what a plan makes of it.
	Planned bool
}

// The attributes of every baseline.
const (
	attributeGrants           = "grants"
	attributeAttestation      = "attestation"
	attributeObserved         = "observed"
	attributeRules            = "rules"
	attributeInterval         = "review_interval_days"
	attributeAttested         = "attested_grants"
	attributeConfirmation     = "confirmation"
	attributeOutstandingSince = "outstanding_since"
	attributeOverdue          = "overdue"
	attributeSteps            = "steps"
	attributeDeviations       = "deviations"
	attributeFindings         = "findings"
	attributeDigest           = "digest"
)

// defaultInterval is that of the resource.
const defaultInterval = 90

// An Object is the value of a resource in Terraform's JSON. Unknown and Sensitive mirror it,
// with true in the place of each part that is so.
type Object struct {
	Values             Values
	Unknown, Sensitive any
	Planned            bool
}

// An UnreadableError says why a baseline cannot be judged.
type UnreadableError struct {
	Address, Attribute, Why string
}

func (e *UnreadableError) Error() string {
	if e.Attribute == "" {
		return fmt.Sprintf("%s cannot be read: %s", e.Address, e.Why)
	}
	return fmt.Sprintf("%s of %s is %s", e.Attribute, e.Address, e.Why)
}

// Read makes a record of a resource. The error is an [UnreadableError].
func (v *Vendor) Read(address string, o Object) (*Record, error) {
	decisive := append(slices.Clone(v.Declared), attributeGrants, attributeAttestation, attributeRules)
	for _, name := range decisive {
		if holds(o.Unknown, name) {
			return nil, &UnreadableError{address, name, "known after apply"}
		}
		if holds(o.Sensitive, name) {
			return nil, &UnreadableError{address, name, "sensitive, and so not shown"}
		}
	}
	declared := v.Declare(o.Values)
	written := o.Values.written(attributeGrants)
	if written == nil {
		return nil, &UnreadableError{address, attributeGrants, "missing, or of a form that is not known here"}
	}
	parsed, problems := declared.Model.Parse(declared.Organization, declared.Places, written)
	if len(problems) > 0 {
		return nil, &UnreadableError{Address: address, Why: problems[0].Error()}
	}
	r := &Record{
		Baseline: parsed, Vendor: v, Address: address, Settings: settingsOf(o.Values), Wishes: declared.Wishes,
		Confirmation: o.Values.Text(attributeConfirmation), OutstandingSince: baseline.Day(o.Values.Text(attributeOutstandingSince)),
		Overdue: o.Values.Flag(attributeOverdue), Interval: o.Values.Number(attributeInterval, defaultInterval),
		Steps: o.Values.Texts(attributeSteps), Deviations: o.Values.Texts(attributeDeviations),
		Found: o.Values.Texts(attributeFindings), Recorded: o.Values.Text(attributeDigest), Planned: o.Planned,
	}
	if attested := o.Values.written(attributeAttested); attested != nil {
		r.Attested, _ = parsed.ParseRows(attested)
	}
	attestation := o.Values.Object(attributeAttestation)
	if attestation == nil {
		return r, nil
	}
	// Whether its day was in the future was for the provider to say.
	stated, problems := parsed.ParseAttestation(baseline.WrittenAttestation{
		By: attestation.Text("by"), On: attestation.Text("on"), Digest: attestation.Text("digest"), Reference: attestation.Text("reference"),
		Observed: attestation.written(attributeObserved),
	}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	if len(problems) > 0 {
		return nil, &UnreadableError{address, attributeAttestation, "of a form that is not known here: " + problems[0].Error()}
	}
	r.Attestation = &stated
	return r, nil
}

// holds tells whether an attribute, or something in it, is marked.
func holds(marks any, name string) bool {
	if marks == true {
		return true
	}
	of, _ := marks.(map[string]any)
	return anyTrue(of[name])
}

func anyTrue(marks any) bool {
	switch marks := marks.(type) {
	case bool:
		return marks
	case []any:
		return slices.ContainsFunc(marks, anyTrue)
	case map[string]any:
		for _, mark := range marks {
			if anyTrue(mark) {
				return true
			}
		}
	}
	return false
}

func settingsOf(v Values) baseline.Settings {
	settings := baseline.Settings{}
	for id, rule := range v.Objects(attributeRules) {
		set := review.RuleSetting{Severity: review.Severity(rule.Text("severity")), Parameters: map[string]int{}}
		for name := range rule.Object("parameters") {
			set.Parameters[name] = rule.Object("parameters").Number(name, 0)
		}
		settings[id] = set
	}
	return settings
}

// A State is how far a baseline is confirmed.
type State string

const (
	// StateConfirmed is for what somebody has attested.
	StateConfirmed State = "confirmed"
	// StateOutstanding is for what nobody has, or what deviates from it.
	StateOutstanding State = "outstanding"
	// StateOverdue is for what was confirmed so long ago that somebody has to look again.
	StateOverdue State = "overdue"
	// StateNotFollowed is for what nobody has attested, where the rules want to hear nothing
	// of that: somebody follows it up elsewhere.
	StateNotFollowed State = "not_followed"
)

// notConfirmed is what a resource says whose rules ignore that nobody has attested.
const notConfirmed = "not confirmed"

// StateOn tells how far the baseline is confirmed on a day.
func (r *Record) StateOn(day time.Time) State {
	switch {
	case r.Confirmation == notConfirmed:
		return StateNotFollowed
	case r.Overdue && r.Attestation != nil:
		return StateOverdue
	case r.OutstandingSince != "" || r.Confirmation == "" || r.Attestation == nil:
		return StateOutstanding
	case baseline.Overdue(r.Attestation.On, r.Interval, day) && !r.ignores(baseline.RuleOverdue):
		return StateOverdue
	}
	return StateConfirmed
}

func (r *Record) ignores(rule string) bool {
	return r.Model.Rules.SeverityOf(rule, r.Settings) == review.Ignore
}

// StepsOn are what a person has to do on a day. Of what became overdue since the last apply,
// the resource has none yet: somebody has to look again.
func (r *Record) StepsOn(day time.Time) []string {
	if len(r.Steps) == 0 && r.StateOn(day) == StateOverdue {
		return baseline.Format(r.Baseline.Steps(r.Grants))
	}
	return r.Steps
}

// due is the last day on which what was attested need not be looked at again.
func (r *Record) due() baseline.Day { return r.Attestation.On.After(r.Interval) }

// Since is the day since when somebody has to do something; empty where nobody has.
func (r *Record) Since(day time.Time) baseline.Day {
	switch r.StateOn(day) {
	case StateOutstanding, StateNotFollowed:
		return r.OutstandingSince
	case StateOverdue:
		return r.due()
	}
	return ""
}

// Where names what the baseline is of: "Signicat, organisation 4711".
func (r *Record) Where() string {
	text := r.Vendor.Name
	if r.Organization != "" {
		text += ", " + r.Model.Vocabulary.OrganizationNoun() + " " + r.Organization
	}
	return text
}

// Confirmed says in a sentence how far the baseline is confirmed on a day, and by whom.
func (r *Record) Confirmed(day time.Time) string {
	switch state := r.StateOn(day); {
	case state == StateConfirmed && r.Attestation != nil:
		return fmt.Sprintf("Confirmed: as transcribed by %s.", r.attested())
	case state == StateOverdue && r.Attestation != nil:
		return fmt.Sprintf("OVERDUE: as transcribed by %s, and somebody has to look every %d days.", r.attested(), r.Interval)
	case state == StateNotFollowed:
		return "NOT CONFIRMED: nobody has attested that access is so, and the rules of the baseline ignore that."
	case r.Planned:
		return "NOT CONFIRMED: after this plan, " + r.outstanding() + "."
	case r.OutstandingSince != "":
		return fmt.Sprintf("NOT CONFIRMED: outstanding since %s, %s.", r.OutstandingSince, r.outstanding())
	}
	return "NOT CONFIRMED: " + r.outstanding() + "."
}

// attested is as "user:dev.lead@example.com on 2026-11-20 (CHG-17)".
func (r *Record) attested() string {
	text := fmt.Sprintf("%s on %s", r.Attestation.By, r.Attestation.On)
	if r.Attestation.Reference != "" {
		text += " (" + r.Attestation.Reference + ")"
	}
	if !r.Attestation.IsSeen() {
		text += ", by a digest and not by what was seen"
	}
	return text
}

func (r *Record) outstanding() string {
	parts := []string{review.Count(len(r.Steps), "step") + " for a person"}
	if len(r.Steps) == 1 {
		parts[0] = "1 step is for a person"
	} else {
		parts[0] = fmt.Sprintf("%d steps are for a person", len(r.Steps))
	}
	if n := len(r.Deviations); n > 0 {
		parts = append(parts, review.Count(n, "deviation")+" seen by "+r.seenBy())
	}
	return strings.Join(parts, ", ")
}

func (r *Record) seenBy() string {
	if r.Attestation == nil {
		return "nobody who is told"
	}
	return r.attested()
}

// IsUnreadable returns the reason why something cannot be judged.
func IsUnreadable(err error) (*UnreadableError, bool) {
	var unreadable *UnreadableError
	return unreadable, errors.As(err, &unreadable)
}
