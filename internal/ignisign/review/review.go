package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// Production is the environment whose webhooks are told of members.
const Production = "PRODUCTION"

// Review compares what is stated with what is live.
func Review(stated Stated, live Live, settings baseline.Settings) baseline.LiveReport {
	r := &reviewer{LiveReviewer: &baseline.LiveReviewer{Rules: Rules(), Settings: settings}, stated: stated, live: live}
	for _, gap := range live.Gaps {
		r.Gap("%s", gap)
	}
	switch live.Status {
	case "":
		r.Gap("IgniSign does not tell the status of the application.")
	case "ACTIVE":
	default:
		r.Find(RuleNotActive, live.Application, "The application %s is %s.", live.Application, live.Status)
	}
	for _, environment := range vocabulary.Environments() {
		if stated.Compares(environment) {
			r.environment(environment)
		}
	}
	r.otherEnvironments()
	if key, found := r.applicationKey(); found {
		r.invitations(key)
	}
	if stated.Compares(Production) {
		r.changes()
	}
	return r.Report(cannotSee(stated, live)...)
}

type reviewer struct {
	*baseline.LiveReviewer
	stated Stated
	live   Live
}

// A kind is a kind of things that environments have.
type kind struct {
	noun, plural     string
	outside, missing string
	// inactive is the status of those that do nothing any more; empty if there is none.
	inactive string
	of       func(Environment) []Thing
	stated   func(Stated) map[string][]string
}

var kinds = []kind{
	{
		"API key", "API keys", RuleKeyOutside, RuleKeyMissing, "REVOCATED",
		func(e Environment) []Thing { return e.Keys }, func(s Stated) map[string][]string { return s.Keys },
	},
	{
		"way to sign in", "ways to sign in", RuleSingleSignOnOutside, RuleSingleSignOnMissing, "ARCHIVED",
		func(e Environment) []Thing { return e.SingleSignOn }, func(s Stated) map[string][]string { return s.SingleSignOn },
	},
	{
		"webhook", "webhooks", RuleWebhookOutside, RuleWebhookMissing, "",
		func(e Environment) []Thing { return e.Webhooks }, func(s Stated) map[string][]string { return s.Webhooks },
	},
}

func (r *reviewer) environment(name string) {
	i := slices.IndexFunc(r.live.Environments, func(e Environment) bool { return e.Name == name })
	if i < 0 {
		r.Gap("IgniSign does not show the settings of %s to this key, so its API keys, ways to sign in and webhooks are not compared. "+
			"A key of that environment may be shown them.", name)
		return
	}
	for _, k := range kinds {
		things := k.of(r.live.Environments[i])
		if things == nil {
			r.Gap("IgniSign does not show the %s of %s to this key, so they are not compared.", k.plural, name)
			continue
		}
		r.things(k, name, things)
	}
}

// otherEnvironments are those that no source knows.
func (r *reviewer) otherEnvironments() {
	for _, e := range r.live.Environments {
		if !slices.Contains(vocabulary.Environments(), e.Name) {
			r.Gap("IgniSign shows an environment %s, which no source knows. What it has is not compared.", e.Name)
		}
	}
}

// things compares what an environment has with what it should have. What is stated is an id, or a
// name, which covers one thing alone: a second one of the same name is outside. Ids go first, so that no
// name stands for what an id is of, nor anything else for a thing that does nothing any more.
func (r *reviewer) things(k kind, environment string, live []Thing) {
	active := slices.DeleteFunc(slices.Clone(live), func(t Thing) bool { return k.inactive != "" && t.Status == k.inactive })
	covered := make([]bool, len(active))
	for _, name := range r.byID(k, environment, live, active, covered) {
		r.byName(k, environment, name, active, covered)
	}
	for i, t := range active {
		if !covered[i] {
			r.Find(k.outside, environment, "%s has the %s %s, which is not among those that should be there.", environment, k.noun, t.describe())
		}
		if t.IsUnrestricted {
			r.Find(RuleUnrestrictedKey, environment, "The %s %s of %s is not restricted.", k.noun, t.describe(), environment)
		}
	}
}

// byID covers what is stated by its id, and returns what of it is no id of anything.
func (r *reviewer) byID(k kind, environment string, live, active []Thing, covered []bool) (names []string) {
	for _, wanted := range slices.Sorted(slices.Values(k.stated(r.stated)[environment])) {
		isIt := func(t Thing) bool { return t.ID == wanted && wanted != "" }
		i := slices.IndexFunc(active, isIt)
		switch {
		case i >= 0:
			covered[i] = true
		case slices.ContainsFunc(live, isIt):
			r.missing(k, environment, wanted)
		default:
			names = append(names, wanted)
		}
	}
	return names
}

// byName covers what is stated by its name.
func (r *reviewer) byName(k kind, environment, name string, active []Thing, covered []bool) {
	var named []int
	for i, t := range active {
		if t.Name == name && name != "" && !covered[i] {
			named = append(named, i)
		}
	}
	switch len(named) {
	case 0:
		r.missing(k, environment, name)
	case 1:
	default:
		r.Find(k.outside, environment, "%s has %d %s called %q, and one name covers one alone. Name by id which it is: %s.",
			environment, len(named), k.plural, name, strings.Join(idsOf(active, named), ", "))
	}
	for _, i := range named {
		covered[i] = true
	}
}

func (r *reviewer) missing(k kind, environment, wanted string) {
	r.Find(k.missing, environment, "%s has no active %s %q.", environment, k.noun, wanted)
}

func idsOf(things []Thing, which []int) (ids []string) {
	for _, i := range which {
		ids = append(ids, fmt.Sprintf("%q", things[i].ID))
	}
	return ids
}

func (t Thing) describe() string {
	text := fmt.Sprintf("%q", t.Name)
	var more []string
	if t.ID != "" {
		more = append(more, t.ID)
	}
	if t.Status != "" && t.Status != "ACTIVE" {
		more = append(more, "status "+t.Status)
	}
	if len(more) == 0 {
		return text
	}
	return text + " (" + strings.Join(more, ", ") + ")"
}

// applicationKey is that of the application in the baseline. An id that differs in case alone is the
// same, unless another one does not differ.
func (r *reviewer) applicationKey() (key string, found bool) {
	for _, isSame := range []func(id, other string) bool{func(id, other string) bool { return id == other }, strings.EqualFold} {
		for _, declared := range r.stated.Places {
			if declared.Place.Depth() == 1 && isSame(declared.ID, r.live.Application) {
				return declared.Place.Slug(0), true
			}
		}
	}
	r.Gap("No application of the baseline has the id %s, so no invitation is compared with it.", r.live.Application)
	return "", false
}

// invitations compares who is invited with who has a role in the environments, whichever: how the
// roles of invitations and those of a baseline relate is not published.
func (r *reviewer) invitations(key string) {
	held := map[string]map[string]bool{}
	for _, role := range r.stated.Effective() {
		if role.Principal.Kind != access.KindUser || role.Place.Depth() != 2 || role.Place.Slug(0) != key {
			continue
		}
		email := strings.ToLower(role.Principal.Key)
		if held[email] == nil {
			held[email] = map[string]bool{}
		}
		held[email][role.Place.Slug(1)] = true
	}
	for _, i := range r.live.Invitations {
		verb, isLive := map[string]string{vocabulary.StatusPending: "is invited to", vocabulary.StatusAccepted: "accepted an invitation to"}[i.Status]
		switch {
		case i.Status == vocabulary.StatusDeclined || i.Status == vocabulary.StatusCanceled:
			continue
		case !isLive:
			verb = fmt.Sprintf("has an invitation of the status %q to", i.Status)
		}
		r.invitation(i, verb, held[strings.ToLower(i.Email)])
	}
}

func (r *reviewer) invitation(i Invitation, verb string, held map[string]bool) {
	subject := "user:" + i.Email
	if len(i.Environments) == 0 && len(held) == 0 {
		r.Find(RuleInvitedOutside, subject, "%s %s the application, with no role that IgniSign tells, and the baseline has nothing for them there.", subject, verb)
		return
	}
	outside := slices.DeleteFunc(slices.Sorted(slices.Values(i.Environments)), func(environment string) bool { return held[environment] })
	if len(outside) > 0 {
		r.Find(RuleInvitedOutside, subject, "%s %s %s, where the baseline has no role for them.", subject, verb, review.Enumerate(outside))
	}
}

// changes tells what the members did since the day of the attestation.
func (r *reviewer) changes() {
	attested := r.stated.Attestation
	switch {
	case len(r.live.Recorders) == 0:
		r.Gap("The application has no webhook in %s that this key is shown, and IgniSign keeps a record of changed members for those alone.", Production)
		return
	case attested == nil:
		r.Gap("Nobody has attested, so it is not told what changed since.")
		return
	}
	r.recorders(attested.On)
	var first, last time.Time
	count, timeless, users := 0, 0, map[string]bool{}
	for _, c := range r.live.Changes {
		switch {
		case c.At.IsZero():
			timeless++
		case baseline.DayOf(c.At) < attested.On:
			continue
		}
		count++
		if !c.At.IsZero() && (first.IsZero() || c.At.Before(first)) {
			first = c.At
		}
		if c.At.After(last) {
			last = c.At
		}
		if c.UserID != "" {
			users[c.UserID] = true
		}
	}
	if count == 0 {
		return
	}
	sentence := fmt.Sprintf("IgniSign has %s of changed members of the application on or after %s, when %s looked", review.Count(count, "record"), attested.On, attested.By)
	if !first.IsZero() {
		sentence += fmt.Sprintf(": the first of %s, the last of %s", first.UTC().Format(time.RFC3339), last.UTC().Format(time.RFC3339))
	}
	if timeless > 0 {
		sentence += fmt.Sprintf("; of %d, it tells no time that can be read", timeless)
	}
	sentence += "."
	if len(users) > 0 {
		sentence += " By their ids at IgniSign: " + review.SpellFew(slices.Sorted(maps.Keys(users)), "other", "others") + "."
	}
	r.Find(RuleChanged, r.live.Application, "%s Each webhook has a record of its own. "+
		"What changed, who did it, and whether before or after that look, is not told.", sentence)
}

// recorders tells where no webhook was there to record what changed since a day.
func (r *reviewer) recorders(since baseline.Day) {
	var first baseline.Day
	enabled := 0
	for _, webhook := range r.live.Recorders {
		if webhook.IsDisabled {
			continue
		}
		enabled++
		made := baseline.DayOf(webhook.Made)
		if webhook.Made.IsZero() || made <= since {
			return
		}
		if first == "" || made < first {
			first = made
		}
	}
	if enabled == 0 {
		r.Gap("Each webhook of %s is disabled, and whether IgniSign keeps a record of changed members for such is not known.", Production)
		return
	}
	r.Gap("IgniSign keeps a record of changed members for webhooks of %s alone, and the first that is enabled was made on %s: what changed after %s and before that is not told.",
		Production, first, since)
}

// cannotSee says what no review of this kind can see.
func cannotSee(stated Stated, live Live) []string {
	all := []string{
		"Who is a member of the organization or of the application, and with which roles: no API of IgniSign shows it, so no role of the baseline was compared with anything.",
		"Which roles an invitation stands for: it has ADMIN, USER and READER, and how these relate to the roles of a baseline is not published. " +
			"An invitation that was accepted says nothing of what the member may do now.",
		"Who was invited otherwise than by the invitation API, and who holds an API key.",
		"Changes of members that no webhook of " + Production + " recorded: those before there was one, those that IgniSign no longer gives, those of the organization, and those of other applications than " + live.Application + ".",
		baseline.DayIsOfUTC,
		"API keys, ways to sign in and webhooks of the organization and of its other applications.",
	}
	for _, environment := range vocabulary.Environments() {
		if !stated.Compares(environment) {
			all = append(all, "What is in "+environment+", which this review was told not to compare.")
		}
	}
	return all
}
