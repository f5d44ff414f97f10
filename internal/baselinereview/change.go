package baselinereview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Change is what a plan makes of a baseline. Before is nil for one that is new, and After for
// one that is no longer recorded.
type Change struct {
	Before, After *Record
}

// A Direction says what a plan means for somebody.
type Direction string

// The directions.
const (
	Gains Direction = "gains"
	Loses Direction = "loses"
	// ToHave is for who is to have a role by a baseline that is new, of which nobody has said
	// who has what now.
	ToHave Direction = "is_to_have"
)

// A RoleChange is what a plan means for one principal. A person has to bring it about.
type RoleChange struct {
	Principal string    `json:"principal"`
	Direction Direction `json:"direction"`
	Role      string    `json:"role"`
	// Place is spelled as a configuration does, and Within are places further in where it comes
	// or goes with it.
	Place  string   `json:"place"`
	Within []string `json:"within"`
	// Outer are places further out by which it makes no difference.
	Outer    []string `json:"outer"`
	Sentence string   `json:"sentence"`
}

// record is the one that says what the change is about.
func (c Change) record() *Record {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Record is the baseline after the plan, or else before it.
func (c Change) Record() *Record { return c.record() }

// Roles tells who gains and loses what by the plan. By one that records nothing more, nobody
// loses anything.
func (c Change) Roles() []RoleChange {
	changes := []RoleChange{}
	if c.After == nil {
		return changes
	}
	from, verb, direction := c.from()
	difference := c.After.Compare(from)
	note := func(change baseline.Change, direction Direction, sentence string) {
		keys := func(places []access.Place) []string {
			all := []string{}
			for _, place := range places {
				all = append(all, c.After.Model.Vocabulary.PlaceKey(place))
			}
			return all
		}
		changes = append(changes, RoleChange{
			Principal: change.Principal.String(), Direction: direction, Role: string(change.Role),
			Place: c.After.Model.Vocabulary.PlaceKey(change.Place), Within: keys(change.Within), Outer: keys(change.Outer), Sentence: sentence,
		})
	}
	for _, given := range difference.Given {
		note(given, direction, c.After.TellGiven(given, verb))
	}
	for _, taken := range difference.Taken {
		note(taken, Loses, c.After.TellTaken(taken))
	}
	return changes
}

// from are the grants that a plan starts from: those that were recorded or, where the baseline
// is new, those that somebody saw.
func (c Change) from() (grants []access.Grant, verb string, direction Direction) {
	switch {
	case c.Before != nil:
		return c.carried(), "gains", Gains
	case c.After.Attestation != nil && c.After.Attestation.IsSeen():
		return c.After.Attestation.Observed, "gains", Gains
	}
	return nil, "is to have", ToHave
}

// moves tells what a place of before is now: the one with the same id, whatever it is called.
// A place that stands for another one now is none.
func (c Change) moves() func(access.Place) (access.Place, bool) {
	keys, isOther := map[string]string{}, map[string]bool{}
	for _, was := range c.Before.Places {
		if was.Place.Depth() != 1 || was.ID == "" {
			continue
		}
		for _, is := range c.After.Places {
			if is.Place.Depth() == 1 && is.ID == was.ID {
				keys[was.Place.Slug(0)] = is.Place.Slug(0)
			} else if is.Place == was.Place && is.ID != "" {
				isOther[was.Place.Slug(0)] = true
			}
		}
	}
	return func(place access.Place) (access.Place, bool) {
		slugs := place.Slugs()
		if len(slugs) == 0 {
			return place, true
		}
		key := slugs[0]
		if keys[key] != "" {
			slugs[0] = keys[key]
			return access.PlaceOf(slugs...), true
		}
		return place, !isOther[key]
	}
}

// carried are the grants that were recorded, at the places of now.
func (c Change) carried() []access.Grant {
	grants, now := []access.Grant{}, c.moves()
	for _, g := range c.Before.Grants {
		var isThere bool
		if g.Place, isThere = now(g.Place); isThere {
			grants = append(grants, g)
		}
	}
	return grants
}

// Dropped tells of each place that the baseline has no longer, and of whom nothing is recorded
// there any more.
func (c Change) Dropped() []string {
	sentences := []string{}
	if c.Before == nil || c.After == nil {
		return sentences
	}
	now := c.moves()
	for _, was := range c.Before.Places {
		place, isThere := now(was.Place)
		isThere = isThere && slices.ContainsFunc(c.After.Places, func(is baseline.DeclaredPlace) bool { return is.Place == place })
		if !isThere && was.Place.Depth() == 1 {
			sentences = append(sentences, fmt.Sprintf("%s is no longer in the baseline: nothing is recorded of who has something there.", c.Before.tellWithID(was)))
		}
	}
	return sentences
}

// tellWithID names a place that may stand for another one now.
func (r *Record) tellWithID(p baseline.DeclaredPlace) string {
	if p.ID == "" {
		return r.Tell(p.Place)
	}
	return r.Tell(p.Place) + " with the id " + p.ID
}

// Extended tells of each new place where what is held further out holds, too.
func (c Change) Extended() []string {
	sentences := []string{}
	if c.Before == nil || c.After == nil {
		return sentences
	}
	now, was := c.moves(), map[access.Place]bool{}
	for _, declared := range c.Before.Places {
		if place, isThere := now(declared.Place); isThere {
			was[place] = true
		}
	}
	type seat struct {
		place     access.Place
		principal access.Reference
	}
	inherited, told := map[access.Place][]access.Reference{}, map[seat]bool{}
	for _, held := range c.After.Effective() {
		at := seat{held.Place, held.Principal.Folded()}
		if !was[held.Place] && held.Inherited() && !told[at] {
			told[at] = true
			inherited[held.Place] = append(inherited[held.Place], held.Principal)
		}
	}
	for _, declared := range c.After.Places {
		if holders := inherited[declared.Place]; len(holders) > 0 {
			sentences = append(sentences, fmt.Sprintf("%s is new in the baseline, and what is held further out holds there, too: %s.",
				c.After.Tell(declared.Place), review.SpellFew(access.Spell(holders), "other", "others")))
		}
	}
	return sentences
}

// IsEnd tells whether the plan records nothing any more.
func (c Change) IsEnd() bool { return c.After == nil }

// End says what it means that nothing is recorded any more.
func (c Change) End() string {
	holders := map[access.Reference]bool{}
	for _, g := range c.Before.Grants {
		holders[g.Principal.Folded()] = true
	}
	if len(holders) == 0 {
		return "The baseline is no longer recorded: nobody loses anything."
	}
	return fmt.Sprintf("The baseline is no longer recorded: nobody loses anything. %s may go on having what it says.", review.Count(len(holders), "principal"))
}

// Attested says what becomes of the statement of the person who looked; empty where nothing
// does.
func (c Change) Attested() string {
	var was, is *baseline.Attestation
	if c.Before != nil {
		was = c.Before.Attestation
	}
	if c.After != nil {
		is = c.After.Attestation
	}
	switch {
	case c.After == nil || is == nil && was == nil:
		return ""
	case is == nil:
		return fmt.Sprintf("The attestation by %s is taken out.", c.Before.attested())
	case was == nil:
		return fmt.Sprintf("It is attested by %s: %s", c.After.attested(), c.counts())
	case was.Same(*is) && was.Reference == is.Reference:
		return ""
	}
	return fmt.Sprintf("The attestation is another one: by %s, and no longer by %s: %s", c.After.attested(), c.Before.attested(), c.counts())
}

// counts tells whether the statement confirms the baseline.
func (c Change) counts() string {
	if c.After.Confirmation != "" && c.After.Confirmation != notConfirmed {
		return "it confirms the baseline."
	}
	verdict := c.verdict()
	if verdict.Confirmed {
		return "it does not confirm the baseline."
	}
	return "it does not confirm the baseline. " + verdict.Reason
}

// verdict judges the statement as the provider did, by what the state tells.
func (c Change) verdict() baseline.Verdict {
	var past *baseline.Past
	if was := c.Before; was != nil {
		past = &baseline.Past{
			Digest: was.Recorded, Attestation: was.Attestation, Confirmed: was.OutstandingSince == "",
			OutstandingSince: was.OutstandingSince, Known: was.Attested,
		}
		if was.Overdue && was.Attestation != nil {
			// Who looked before it became so has seen these grants all the same.
			past.Confirmed, past.OutstandingSince = true, ""
			if c.After.Interval > 0 && !c.After.ignores(baseline.RuleOverdue) {
				past.OverdueSince = was.due()
			}
		}
	}
	return c.After.Judge(c.After.Attestation, past, c.After.Settings)
}

// Findings are what the rules find in each of the two, which have to do with each other where
// they are the same.
func (c Change) Findings() (before, after []baseline.Finding) {
	if c.Before != nil {
		before = append(c.Before.Review(c.Before.Settings, c.Before.Wishes), c.Before.kept()...)
	}
	if c.After == nil {
		return before, after
	}
	after = c.After.Review(c.After.Settings, c.After.Wishes)
	verdict := c.verdict()
	if verdict.Unchanged {
		return before, append(after, c.After.kept()...)
	}
	return before, append(after, verdict.Findings...)
}

// kept are the findings about the statement, which depend on what was recorded before it.
func (r *Record) kept() []baseline.Finding {
	var found []baseline.Finding
	for _, rule := range baseline.AttestationRules {
		for _, text := range r.Found {
			_, sentence, isTold := strings.Cut(text, "): ")
			if !isTold || !strings.HasPrefix(text, rule.ID+" (") || r.Attestation == nil || r.ignores(rule.ID) {
				continue
			}
			found = append(found, baseline.Finding{Finding: review.Finding{
				Rule: rule.ID, Severity: r.Model.Rules.SeverityOf(rule.ID, r.Settings), Principals: []access.Reference{r.Attestation.By}, Sentence: sentence,
				Summary: rule.Summary, Advice: rule.Advice, Source: rule.Source, Evidence: rule.Evidence,
			}})
		}
	}
	return found
}

// Weaker says which rules find less by the configuration than by default.
func (c Change) Weaker() []string {
	sentences := []string{}
	if c.After == nil {
		return sentences
	}
	for _, rule := range c.After.Model.Rules {
		set := c.After.Settings[rule.ID]
		if set.Severity != "" && rank(set.Severity) < rank(rule.Severity) {
			sentences = append(sentences, fmt.Sprintf("%s: %s is %s, and not %s", c.After.Address, rule.ID, set.Severity, rule.Severity))
		}
		for _, parameter := range rule.Parameters {
			if value, isSet := set.Parameters[parameter.Name]; isSet && value != parameter.Default {
				sentences = append(sentences, fmt.Sprintf("%s: %s of %s is %d, and not %d", c.After.Address, parameter.Name, rule.ID, value, parameter.Default))
			}
		}
	}
	if c.After.Interval == 0 || c.After.Interval > defaultInterval {
		sentences = append(sentences, fmt.Sprintf("%s: review_interval_days is %d, and not %d", c.After.Address, c.After.Interval, defaultInterval))
	}
	return sentences
}

func rank(severity review.Severity) int {
	return slices.Index([]review.Severity{review.Ignore, review.Warn, review.Deny}, severity)
}

// Changes tells whether anything of what the baseline says, or of who attests it, changes.
func (c Change) Changes() bool {
	return c.IsEnd() || c.Before == nil || len(c.Roles()) > 0 || len(c.Extended()) > 0 || len(c.Dropped()) > 0 || c.Attested() != ""
}
