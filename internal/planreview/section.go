package planreview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A section is a part of the report as text, in several lengths.
type section struct {
	title string
	// lengths are the lines of the section, the longest first. Each says all there
	// is to say, the shorter ones by counting; the last is a line or two, however
	// large the plan is.
	lengths [][]line
	// keep is greater for what is to be shortened later.
	keep int
}

// A line is a sentence with its details.
type line struct {
	text    string
	details []string
}

func plainLine(text string) line { return line{text: text} }

// sections returns what is not empty, in the order of reading.
func (r *Report) sections() []section {
	all := []section{
		findingSection("Findings introduced", r.Findings.Introduced, 9),
		accessSection(r.Access),
		listSection(r.Lists),
		eventSection("Users, CI users and groups", "change", r.Accounts, 6),
		eventSection("Global roles", "change", r.Roles, 8),
		eventSection("API tokens", "token", r.Tokens, 7),
		eventSection("Mails that will be sent", "mail", r.Mails, 5),
		eventSection("Taken over or given up by Terraform", "object", r.Management, 4),
		eventSection("Checks that fail", "check", r.Checks, 5),
		findingSection("Findings resolved", r.Findings.Resolved, 2),
		findingSection("Findings left", r.Findings.Left, 0),
		exceptedSection(r.Findings.Excepted),
		eventSection("Changed since the plan was made", "change", r.ChangedSince, 8),
		gapSection(r.Gaps),
		sentenceSection("Rules that are weaker than by default", "rule", r.Weaker, 3),
		sentenceSection("Exceptions that match nothing", "exception", r.Unmatched, 3),
		eventSection("Changed outside Terraform, before this plan", "change", r.Drift, 3),
		eventSection("Not known from this plan", "gap", r.Unknown, 4),
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.lengths) == 0 })
}

func (r *Report) title() string { return "SignPath plan review" }

// headline counts what the plan does in one sentence.
func (r *Report) headline() string {
	gains, doubts := 0, 0
	for _, c := range r.Access {
		switch c.Direction {
		case Direction(review.Gains), Direction(review.WillGain):
			gains++
		case MayLose, MayNotGain:
			doubts++
		}
	}
	denied := 0
	for _, f := range r.Findings.Introduced {
		if f.Severity == string(review.Deny) {
			denied++
		}
	}
	text := fmt.Sprintf("No resource of SignPath changes; %s left.", count(len(r.Findings.Left), "finding", "findings"))
	if len(r.Changes)+len(r.Access)+len(r.Findings.Introduced)+len(r.Findings.Resolved) > 0 {
		text = fmt.Sprintf("%s: %s and %s of access; %s introduced, %d of them denied; %d resolved, %d left.",
			count(len(r.Changes), "resource changes", "resources change"), count(gains, "gain", "gains"),
			count(len(r.Access)-gains-doubts, "loss", "losses")+doubted(doubts),
			count(len(r.Findings.Introduced), "finding", "findings"), denied, len(r.Findings.Resolved), len(r.Findings.Left))
	}
	if r.Stale {
		text += " " + fmt.Sprintf(stale, count(len(r.ChangedSince), "change", "changes"))
	}
	if r.Live {
		text += " The live organization was asked, too."
	} else {
		text += " " + unasked
	}
	if off := review.SwitchedOff(r.Ignored); off != "" {
		text += " " + off
	}
	if len(r.Unknown) > 0 {
		text += " Not all is known: " + count(len(r.Unknown), "gap", "gaps") + "."
	}
	switch {
	case r.Errored:
		text += " " + erroredPlan
	case !r.Complete:
		text += " " + partialPlan
	}
	return text
}

// What a review may lack as a whole.
const (
	erroredPlan = "Planning ended with an error: this is only what was planned until then."
	partialPlan = "The plan is a part of what is to be done: another one must follow."
	unasked     = "The live organization was not asked."
	stale       = "The organization has changed since the plan was made (%s): plan again."
)

// doubted adds what may be lost to what is.
func doubted(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d that may be)", n)
}

func (f Finding) details() []string {
	return append(spellCauses(slices.Clone(f.Reasons), f.Addresses), f.Advice)
}

// fewAddresses are as many as people are told of one finding. Programs get all.
const fewAddresses = 10

// spellCauses adds a line on the resource instances that bring something about.
func spellCauses(lines, addresses []string) []string {
	if len(addresses) == 0 {
		return lines
	}
	text := "By " + strings.Join(addresses[:min(fewAddresses, len(addresses))], ", ")
	if more := len(addresses) - fewAddresses; more > 0 {
		text += " and " + count(more, "other resource", "other resources")
	}
	return append(lines, text)
}

func findingSection(title string, findings []Finding, keep int) section {
	if len(findings) == 0 {
		return section{}
	}
	var full, short, denied []line
	var rules []string
	perRule := map[string]int{}
	for _, f := range findings {
		text := fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Sentence)
		full = append(full, line{text, f.details()})
		short = append(short, line{text: text})
		if f.Severity == string(review.Deny) {
			denied = append(denied, line{text: text})
		}
		rule := f.Severity + " " + f.Rule
		if perRule[rule] == 0 {
			rules = append(rules, rule)
		}
		perRule[rule]++
	}
	var counted []line
	for _, rule := range rules {
		counts := line{text: fmt.Sprintf("%s: %s", rule, count(perRule[rule], "finding", "findings"))}
		counted = append(counted, counts)
		if !strings.HasPrefix(rule, string(review.Deny)) {
			denied = append(denied, counts)
		}
	}
	// What fails the plan is counted only where nothing else helps.
	return section{title, [][]line{full, short, denied, counted}, keep}
}

func exceptedSection(findings []Excepted) section {
	if len(findings) == 0 {
		return section{}
	}
	var full []line
	for _, f := range findings {
		excepted := fmt.Sprintf("Excepted until %s: %s", f.Until, f.Reason)
		full = append(full, line{fmt.Sprintf("%s: %s", f.Rule, f.Sentence), spellCauses([]string{excepted}, f.Addresses)})
	}
	counted := []line{{text: count(len(findings), "finding", "findings")}}
	return section{"Findings introduced that an exception lets pass", [][]line{full, counted}, 2}
}

func accessSection(changes []AccessChange) section {
	if len(changes) == 0 {
		return section{}
	}
	var full []line
	tally := newTally()
	for _, c := range changes {
		full = append(full, line{text: c.Sentence})
		tally.add(access.PlaceOf(c.Project, c.SigningPolicy).String(), string(c.Direction)+" "+c.Permission)
	}
	return section{"Who gains and loses what", [][]line{full, tally.lines(), {{text: fmt.Sprintf("%s at %s",
		count(len(changes), "change", "changes"), count(len(tally.places), "place", "places"))}}}, 10}
}

func listSection(changes []ListChange) section {
	if len(changes) == 0 {
		return section{}
	}
	var full, short []line
	for _, c := range changes {
		full = append(full, line{text: c.String()})
		short = append(short, line{text: fmt.Sprintf("%s of %s: %d more, %d fewer, then %s",
			c.List, c.Place(), len(c.Gains), len(c.Loses), count(len(c.Entries), "entry", "entries"))})
	}
	return section{"Access lists", [][]line{full, short, {{text: count(len(changes), "list changes", "lists change")}}}, 1}
}

func eventSection(title, noun string, events []Event, keep int) section {
	if len(events) == 0 {
		return section{}
	}
	full := each(events, func(e Event) line { return line{text: e.Sentence} })
	return section{title, [][]line{full, {{text: count(len(events), noun, noun+"s")}}}, keep}
}

func gapSection(gaps []string) section {
	return sentenceSection("Not seen in the live organization", "gap", gaps, 8)
}

func sentenceSection(title, noun string, sentences []string, keep int) section {
	if len(sentences) == 0 {
		return section{}
	}
	return section{title, [][]line{each(sentences, plainLine), {{text: count(len(sentences), noun, noun+"s")}}}, keep}
}

// A tally counts what happens at each place, in the order in which it is added.
type tally struct {
	places []string
	kinds  map[string][]string
	counts map[[2]string]int
}

func newTally() *tally { return &tally{kinds: map[string][]string{}, counts: map[[2]string]int{}} }

func (t *tally) add(place, kind string) {
	if len(t.kinds[place]) == 0 {
		t.places = append(t.places, place)
	}
	if t.counts[[2]string{place, kind}] == 0 {
		t.kinds[place] = append(t.kinds[place], kind)
	}
	t.counts[[2]string{place, kind}]++
}

func (t *tally) lines() []line {
	var found []line
	for _, place := range t.places {
		var parts []string
		for _, kind := range t.kinds[place] {
			parts = append(parts, fmt.Sprintf("%d × %s", t.counts[[2]string{place, kind}], kind))
		}
		found = append(found, line{text: place + ": " + strings.Join(parts, ", ")})
	}
	return found
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
