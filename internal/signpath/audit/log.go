package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// LogOptions say of which part of the audit log is told.
type LogOptions struct {
	// From is when the period begins, and To when it is over. It is over when the log was read at the latest, which is also
	// what zero means for To. Zero as From is [LogDays] before that, or where the log begins, if that is later.
	From, To time.Time
	// AppliedBy are whose changes count as Terraform's, beside those of the token's user if that is a CI user.
	AppliedBy []access.Reference
	LogFilter
}

// LogDays is how long a period is of which nobody says when it begins.
const LogDays = 30

// A LogFilter narrows what is told of the log. Values of one field are alternatives, and each field that is set must fit.
type LogFilter struct {
	// Projects are slugs, and show the signing policies of the projects, too. Policies are slugs, or PROJECT/POLICY, and show
	// the projects of the policies, too. Both show what decides about these places elsewhere: who was ever on their lists, by
	// groups in groups, or had a global role, and what became of them; and what the log does not tell enough of.
	Projects, Policies []string
	// Members are whom something is about: who came onto a list or left it, whose account, role or members changed; or of
	// which groups, that they were ever in, that is so.
	Members []access.Reference
}

// kindReinvited is what no drift is.
const kindReinvited planreview.DriftKind = "reinvited"

// A logReader turns events into entries.
type logReader struct {
	*reading
	called callings
	chains map[thing][]step
	// wanted are the ids, or else the references, of the members of the filter.
	filter LogFilter
	wanted map[string]bool
	// ofProjects and ofPolicies are what the filters of places show; nil without one. carrying are the groups through which
	// the members of the filter have, or ever had, what these groups have.
	ofProjects, ofPolicies *logScope
	carrying               map[string]bool
	// matched are the values of the filter that something of the whole log fits.
	matched map[string]bool
	log     *evidence.Log
}

// ReadLog reads the audit log and tells what it has of access in a period. It leaves out no event: one that is not understood
// has an entry that says so, and those about nobody's access are counted by name. An [*api.AuditLogError] says that the log
// cannot be had. The organization is read beside it for what things are called; what the token does not see is a gap.
func ReadLog(ctx context.Context, client *api.Client, progress survey.Progress, options LogOptions) (*evidence.Log, error) {
	answered, err := client.AuditEvents(ctx)
	if err != nil {
		return nil, err
	}
	found, err := survey.Read(ctx, client, progress)
	if err != nil {
		return nil, err
	}
	r := &logReader{
		reading: newReading(ctx, client, answered.Events, found), chains: map[thing][]step{}, filter: options.LogFilter,
		wanted: map[string]bool{}, matched: map[string]bool{},
		log: &evidence.Log{Gaps: slices.Clone(found.Gaps)},
	}
	if err := r.bound(options, answered); err != nil {
		return nil, err
	}
	if err := r.noteApplying(ctx, client, options.AppliedBy); err != nil {
		return nil, err
	}
	r.notePlaces()
	r.called = r.callings()
	r.forgetAmbiguous()
	r.log.Appliers = r.owners()
	for _, member := range options.Members {
		for _, id := range r.idsOfWanted(member) {
			r.wanted[id] = true
		}
	}
	r.read()
	return r.log, r.refuseUnmatched()
}

// bound says of which period the log is, and what of that it does not have.
func (r *logReader) bound(options LogOptions, answered api.AuditLog) error {
	log := r.log
	log.Back, log.From, log.To = earliest(r.events), options.From, answered.Until
	if !options.To.IsZero() && options.To.Before(log.To) {
		log.To = options.To
	}
	if log.From.IsZero() {
		log.From = log.To.AddDate(0, 0, -LogDays)
		if !answered.Partial && log.Back.After(log.From) && log.Back.Before(log.To) {
			log.From = log.Back
		}
	}
	if !log.From.Before(log.To) {
		return fmt.Errorf("the period is empty: it begins at %s, and the audit log was read until before %s, by SignPath's clock",
			log.From.Format(time.RFC3339), log.To.Format(time.RFC3339))
	}
	gap := ""
	switch {
	case answered.Partial && !reachesBack(answered.Events, log.From):
		gap = "There may be further events: SignPath's answer may be a part of the audit log only."
	case log.Back.IsZero():
		gap = "The audit log has no event of which it tells the time: whether anything happened in the period, it does not tell."
	case log.Back.After(log.From):
		end := log.Back
		if log.To.Before(end) {
			end = log.To
		}
		gap = fmt.Sprintf("The audit log goes back to %s only: whether anything happened from %s until before %s, it does not tell.",
			log.Back.UTC().Format(evidence.Stamp), log.From.UTC().Format(evidence.Stamp), end.UTC().Format(evidence.Stamp))
	}
	if gap != "" {
		log.Gaps = append(log.Gaps, gap)
	}
	return nil
}

// forgetAmbiguous forgets the names that were ever those of several, by all that the log and the organization tell: an event
// that tells a name alone may be about any of them.
func (r *logReader) forgetAmbiguous() {
	for name, id := range r.named {
		if only, ok := r.called.only(anyPrincipal, name); !ok || only != id {
			r.named[name] = ""
		}
	}
}

// idsOfWanted are the ids of whom a filter names now and of all whom it named earlier: one name may have been that of several.
// It is the reference where there is none.
func (r *logReader) idsOfWanted(member access.Reference) []string {
	var ids []string
	if id := r.idNow(member); id != "" {
		ids = append(ids, id)
	}
	for _, n := range r.formerly[member.Folded()] {
		ids = append(ids, n.id)
	}
	if len(ids) == 0 {
		return []string{member.String()}
	}
	return ids
}

func (r *logReader) read() {
	steps := make([][]step, len(r.events))
	for i, event := range r.events {
		if contract.IsAboutAccess(event.Name) {
			steps[i] = r.stepsOfEvent(event)
		}
		for _, step := range steps[i] {
			r.chains[step.what] = append(r.chains[step.what], step)
		}
	}
	r.widen()
	notUnderstood, plain, untimed := map[string]int{}, map[string]int{}, map[string]int{}
	for i, event := range r.events {
		switch at := event.Time; {
		case at.IsZero():
			untimed[event.Name]++
			continue
		case at.Before(r.log.From) || !at.Before(r.log.To):
			for _, step := range steps[i] {
				r.shows(step)
			}
			continue
		}
		r.log.Events++
		if len(steps[i]) == 0 {
			plain[event.Name]++
		}
		if slices.ContainsFunc(steps[i], step.isNotUnderstood) {
			notUnderstood[event.Name]++
		}
		for _, step := range steps[i] {
			if r.shows(step) {
				r.log.Entries = append(r.log.Entries, r.entry(step))
			} else {
				r.log.Outside++
			}
		}
	}
	r.log.NotUnderstood, r.log.Plain = counts(notUnderstood), counts(plain)
	if len(untimed) > 0 {
		var names []string
		for _, count := range counts(untimed) {
			names = append(names, fmt.Sprintf("%d × %q", count.Number, count.Event))
		}
		r.log.Gaps = append(r.log.Gaps, "Of some events no time is understood, so that it is not known whether they are of the period: "+strings.Join(names, ", ")+".")
	}
}

// stepsOfEvent also tells what is no drift: that an invitation was sent again.
func (r *logReader) stepsOfEvent(event api.AuditEvent) []step {
	if kindOf(event) != contract.EventReinvited {
		return r.steps(event)
	}
	o := r.objectOf(event)
	s := step{event: event, object: o, what: thing{object: o.id, attribute: string(kindReinvited)}}
	s.told = s.about(kindReinvited, "the invitation of "+o.named+" was sent again")
	return []step{s}
}

// isNotUnderstood tells whether no more is known of the step than that there is an event, or
// whose list it changed.
func (s step) isNotUnderstood() bool {
	return s.told.Kind == planreview.DriftOther || s.what.list != "" && s.what.member == ""
}

func counts(of map[string]int) []evidence.LogCount {
	all := []evidence.LogCount{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, evidence.LogCount{Event: name, Number: of[name]})
	}
	return all
}

// kinds are how entries call kinds of drift where they call them otherwise.
var kinds = map[planreview.DriftKind]string{planreview.DriftGone: "deleted", planreview.DriftOther: "not_understood"}

func (r *logReader) entry(s step) evidence.LogEntry {
	change := r.describe(s, r.chains)
	entry := evidence.LogEntry{
		Time: s.event.Time.UTC(), Event: s.event.ID, EventName: s.event.Name, Actor: r.actor(r.called, s.event), Kind: kinds[change.Kind], Fact: change.Fact(),
		Principal: change.Principal, List: change.List, Group: change.Group, Place: access.PlaceOf(change.Project, change.SigningPolicy),
		Attribute: change.Attribute, Before: change.Before, After: change.After,
	}
	if entry.Kind == "" {
		entry.Kind = string(change.Kind)
	}
	if isKnown := s.object.principal != nil || s.object.isPlace; isKnown && isByName(s.event.Object) || s.isMemberByName {
		fact, comma := strings.CutSuffix(entry.Fact, ",")
		if entry.Fact = fact + " (told by names alone)"; comma {
			entry.Fact += ","
		}
	}
	entry.Sentence = entry.Fact + " by " + entry.Actor.String() + "."
	return entry
}
