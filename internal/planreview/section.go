package planreview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A section is a part of the report as text.
type section struct {
	title  string
	blocks []block
	// folded is true for what nobody has to decide about: Markdown shows it on demand.
	folded bool
	// again is true for what another section says in fewer words, where there is room for
	// it: in Markdown.
	again bool
}

// A block is a part of a section, in several lengths.
type block struct {
	// lengths are the lines of the block, the longest first. Each says all there
	// is to say, the shorter ones by counting; the last is a line or two, however
	// large the plan is. The lines are ordered, so that what matters less is cut first.
	lengths [][]line
	// keep is greater for what is to be shortened later.
	keep int
	// text is what stands in the format text, if not the longest; the others have it folded.
	text []line
}

// inText are the lines for the format text.
func (b block) inText() []line {
	if b.text != nil {
		return b.text
	}
	return b.lengths[0]
}

// How long the parts of a review are kept in full: what is graver is shortened later.
const (
	keepReading  = 0
	keepAgain    = 1
	keepLeft     = 2
	keepLists    = 3
	keepDetails  = 4
	keepMails    = 5
	keepAccounts = 6
	keepWarnings = 7
	keepAccess   = 8
	keepTokens   = 18
	keepGaps     = 19
	keepStale    = 20
	keepDenied   = 21
	keepRoles    = 22
)

// oneBlock is a section that has one block.
func oneBlock(title string, keep int, lengths ...[]line) section {
	if len(lengths[0]) == 0 {
		return section{}
	}
	return section{title: title, blocks: []block{{lengths: lengths, keep: keep}}}
}

func (s section) fold() section {
	s.folded = true
	return s
}

// A line is a sentence with its details.
type line struct {
	text    string
	details []string
}

func plainLine(text string) line { return line{text: text} }

// sections returns what is not empty, in the order of reading: what is to be decided about,
// the gravest first, and then the rest.
func (r *Report) sections() []section {
	given, others := r.management()
	all := []section{
		eventSection("Changed since the plan was made", "change", r.ChangedSince, keepStale),
		r.introducedSection(),
		eventSection("Global roles", "change", r.Roles, keepRoles),
		{title: "Who gains and loses what", blocks: r.accessBlocks()},
		r.byHandSection(),
		r.invitationSection(),
		r.attestationSection(),
		eventSection("Access until a day", "change", r.Validity, keepWarnings),
		eventSection("Ends soon", "end", r.EndsSoon, keepDetails),
		eventSection("Given up by Terraform", "object", given, keepWarnings),
		eventSection("API tokens", "token", r.Tokens, keepTokens),
		eventSection("Checks that fail", "check", r.Checks, keepMails),
		sentenceSection("Not seen in the live organization", "gap", r.Gaps, keepGaps),
		eventSection("Not known from this plan", "gap", r.Unknown, keepGaps),
		sentenceSection("Rules that are weaker than by default", "rule", r.weakerSentences(), keepDetails),
		sentenceSection("Exceptions that match nothing", "exception", r.Unmatched, keepDetails),
		exceptedSection(r.Findings.Excepted),
		r.stepsSection(),
		r.listSection().fold(),
		eventSection("Users, CI users and groups", "change", r.Accounts, keepAccounts).fold(),
		eventSection("Mails that will be sent", "mail", r.Mails, keepMails).fold(),
		eventSection("Taken over by Terraform", "object", others, keepDetails).fold(),
		eventSection("Changed outside Terraform, before this plan", "change", r.Drift, keepDetails).fold(),
		r.eachSection("Each finding introduced", len(r.Findings.Introduced), r.findingGroups(r.Findings.Introduced), each(r.Findings.Introduced, Finding.line)),
		r.eachSection("Each gain and loss", len(r.Access), r.accessLines(), each(r.Access, r.changeLine)),
		settledSection("Findings resolved", r.Findings.Resolved),
		settledSection("Findings left", r.Findings.Left),
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.blocks) == 0 })
}

// management parts what Terraform gives up from what it takes over.
func (r *Report) management() (given, others []Event) {
	for _, e := range r.Management {
		if e.givenUp {
			given = append(given, e)
		} else {
			others = append(others, e)
		}
	}
	return given, others
}

// eachSection tells one by one what another section has gathered; there is none where that has
// gathered nothing.
func (r *Report) eachSection(title string, number int, gathered, one []line) section {
	if len(gathered) >= number {
		return section{}
	}
	s := oneBlock(title, keepAgain, one, []line{}).fold()
	s.again = true
	return s
}

func (r *Report) accessLines() (lines []line) {
	for _, g := range r.accessGroups() {
		lines = append(lines, r.linesOf(g, 0)...)
	}
	return lines
}

func (r *Report) title() string { return review.Enumerate(r.Vendors) + " plan review" }

// vendorsIn are the vendors that a review is about: those of baselines, and the one whose
// resources give access.
func vendorsIn(reader *Reader, granting bool, recorded []string) []string {
	if granting {
		return append([]string{reader.Vendor}, recorded...)
	}
	return recorded
}

// headline says what is gravest, or else counts.
func (r *Report) headline() string {
	if gravest := r.gravest(); gravest != "" {
		return gravest
	}
	return r.counts()
}

// summary are the sentences after the headline.
func (r *Report) summary() []string {
	if r.gravest() == "" {
		return nil
	}
	return []string{r.counts()}
}

// counts says in numbers what the plan does.
func (r *Report) counts() string {
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
	text := fmt.Sprintf("No resource of %s changes; %s left.", review.Enumerate(r.Vendors), count(len(r.Findings.Left), "finding", "findings"))
	if len(r.Changes)+len(r.Access)+len(r.Findings.Introduced)+len(r.Findings.Resolved) > 0 {
		by := ""
		if len(r.Baselines)+len(r.Invitations) > 0 {
			by = " by the apply"
		}
		text = fmt.Sprintf("%s: %s and %s of access%s; %s introduced, %d of them denied; %d resolved, %d left.",
			count(len(r.Changes), "resource changes", "resources change"), count(gains, "gain", "gains"),
			count(len(r.Access)-gains-doubts, "loss", "losses")+doubted(doubts), by,
			count(len(r.Findings.Introduced), "finding", "findings"), denied, len(r.Findings.Resolved), len(r.Findings.Left))
	}
	switch {
	case r.Live:
		text += " The live organization was asked, too."
	case !r.recordsOnly:
		text += " " + unasked
	}
	if len(r.recorded) > 0 {
		text += " " + unreadBaseline(r.recorded...)
	}
	if off := review.SwitchedOff(r.Ignored); off != "" {
		text += " " + off
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

func (f Finding) text() string { return fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Sentence) }

func (f Finding) line() line { return line{f.text(), f.details()} }

// introducedSection has what is denied apart, which is cut last.
func (r *Report) introducedSection() section {
	var blocks []block
	for _, part := range []struct {
		denied bool
		keep   int
	}{{true, keepDenied}, {false, keepWarnings}} {
		findings := slices.DeleteFunc(slices.Clone(r.Findings.Introduced), func(f Finding) bool {
			return (f.Severity == string(review.Deny)) != part.denied
		})
		if len(findings) == 0 {
			continue
		}
		full := r.findingGroups(findings)
		short := each(full, func(l line) line { return plainLine(l.text) })
		blocks = append(blocks, block{lengths: [][]line{full, short, countedByRule(findings)}, keep: part.keep})
	}
	return section{title: "Findings introduced", blocks: blocks}
}

// settledSection tells in a line each what nobody has to decide about now.
func settledSection(title string, findings []Finding) section {
	lines := each(findings, func(f Finding) line { return line{f.text(), spellCauses(nil, f.Addresses)} })
	return oneBlock(title, keepLeft, lines, countedByRule(findings)).fold()
}

func countedByRule(findings []Finding) []line {
	var rules []string
	perRule := map[string]int{}
	for _, f := range findings {
		rule := f.Severity + " " + f.Rule
		if perRule[rule] == 0 {
			rules = append(rules, rule)
		}
		perRule[rule]++
	}
	return each(rules, func(rule string) line { return plainLine(rule + ": " + count(perRule[rule], "finding", "findings")) })
}

func exceptedSection(findings []Excepted) section {
	var full []line
	for _, f := range findings {
		excepted := fmt.Sprintf("Excepted until %s: %s", f.Until, f.Reason)
		full = append(full, line{fmt.Sprintf("%s: %s", f.Rule, f.Sentence), spellCauses([]string{excepted}, f.Addresses)})
	}
	return oneBlock("Findings introduced that an exception lets pass", keepWarnings, full, []line{{text: count(len(findings), "finding", "findings")}})
}

func (r *Report) listSection() section {
	full := each(r.Lists, func(c ListChange) line { return plainLine(c.String()) })
	short := each(r.Lists, func(c ListChange) line {
		return plainLine(fmt.Sprintf("%s of %s: %d more, %d fewer, then %s",
			c.List, c.Place(), len(c.Gains), len(c.Loses), count(len(c.Entries), "entry", "entries")))
	})
	s := oneBlock("Access lists", keepLists, full, short, []line{{text: count(len(r.Lists), "list changes", "lists change")}})
	if len(s.blocks) > 0 {
		s.blocks[0].text = r.listGroups()
	}
	return s
}

func eventSection(title, noun string, events []Event, keep int) section {
	return oneBlock(title, keep, each(events, func(e Event) line { return plainLine(e.Sentence) }), []line{{text: count(len(events), noun, noun+"s")}})
}

func sentenceSection(title, noun string, sentences []string, keep int) section {
	return oneBlock(title, keep, each(sentences, plainLine), []line{{text: count(len(sentences), noun, noun+"s")}})
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
