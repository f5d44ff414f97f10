package report

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A page is what the template shows. Principals and places have numbers, by which
// everything else names them: a number cannot be mistaken for a name, and is short.
type page struct {
	ID, Name, Day, At, ReadBy, Tool, Filtered string
	// Notes are about the rules.
	Notes, Gaps []string
	// Tallies count findings, and Counts everything else.
	Tallies, Counts []Count
	Rules           []*pageRule
	Excepted        []pageExcepted
	Projects        []string
	Policies        []string
	Permissions     []access.Permission
	Groups          []pageGroup
	Places          []pagePlace
	// Data is the access for the script.
	Data *pageData
	// Plain is the access for a browser without JavaScript, where it is little enough, and Summary what there is
	// instead. Rows are how many lines all of it is.
	Plain   []*pageAccount
	Summary [][]string
	Rows    int
	// Activated are accounts with when and by whom.
	Activated [][]string

	principals map[access.Reference]int
	places     map[access.Place]int
}

// A pageRule is a rule with all that it found, so that its advice is read once.
type pageRule struct {
	// Open is false where there are many.
	Open                                            bool
	ID, Severity, Summary, Advice, Source, Evidence string
	Findings                                        []pageFinding
}

type pageFinding struct {
	Sentence string
	Reasons  []string
	// Principals and Places are numbers.
	Principals, Places string
}

type pageExcepted struct{ Rule, Sentence, Reason, Until string }

type pageGroup struct {
	Number int
	Who    string
}

type pagePlace struct{ Project, Policy, Name string }

// A pageAccount is a user or CI user with a line for each place.
type pageAccount struct {
	Number                  int
	Kind, Key, Name, Status string
	Lines                   []pageLine
}

// A pageLine is what an account may do at a place.
type pageLine struct {
	Place    string
	OffForce bool
	Rights   []pageRight
	Why      []string
}

// A pageRight is wider where nothing at the place itself gives it.
type pageRight struct {
	Name  string
	Wider bool
}

func (r *Report) newPage(head envelope.Envelope) *page {
	p := &page{
		ID: r.Survey.ID, Day: r.Day, At: r.at(head), ReadBy: text.Visible(r.readBy()), Filtered: text.Visible(r.filtered(head)),
		Notes: each(r.notes(head), text.Visible), Gaps: each(r.Survey.Gaps, text.Visible),
		principals: map[access.Reference]int{}, places: map[access.Place]int{},
	}
	if head.Organization.Name != nil {
		p.Name = text.Visible(*head.Organization.Name)
	}
	if head.Tool.Name != "" {
		p.Tool = text.Visible(head.Tool.Name + " " + head.Tool.Version)
	}
	counts := r.Counts()
	p.Tallies, p.Counts = counts[:findingCounts], counts[findingCounts:]
	p.Permissions = r.permissions()
	cells := r.cells()
	for _, c := range cells {
		p.addPlace(c.place)
	}
	w := r.newDataWriter(p)
	slices.SortStableFunc(cells, func(a, b *cell) int { return a.principal.Compare(b.principal) })
	for account := range chunksOf(cells, func(a, b *cell) bool { return a.principal == b.principal }) {
		w.addAccount(account)
	}
	p.addPlain(r, cells)
	for _, finding := range r.Findings {
		p.addFinding(finding)
	}
	for _, rule := range p.Rules {
		rule.Open = len(r.Findings) <= openFindings || len(rule.Findings) <= openFindingsOfRule
	}
	p.Excepted = each(r.Excepted, func(f review.ExceptedFinding) pageExcepted {
		return pageExcepted{f.Rule, text.Visible(f.Sentence), text.Visible(f.Exception.Reason), f.Exception.Until.Format(time.DateOnly)}
	})
	p.Activated = each(r.activationRows(), func(row []string) []string { return each(row, text.Visible) })
	p.Projects, p.Policies = sorted(p.Projects), sorted(p.Policies)
	slices.SortFunc(p.Groups, func(a, b pageGroup) int { return strings.Compare(a.Who, b.Who) })
	p.Data = w.finish()
	return p
}

// So many findings are unfolded at first: all of them, or else those of a rule.
const openFindings, openFindingsOfRule = 50, 10

// plainLines is how many lines are in the page for a browser without JavaScript.
const plainLines = 2000

// sorted has each once.
func sorted(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }

// chunksOf yields those that follow each other and belong together.
func chunksOf[T any](all []T, together func(a, b T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			end := 1
			for end < len(all) && together(all[0], all[end]) {
				end++
			}
			if !yield(all[:end]) {
				return
			}
			all = all[end:]
		}
	}
}

func (r *Report) permissions() []access.Permission {
	var all []access.Permission
	for _, row := range r.Access {
		all = append(all, row.Permission)
	}
	return r.vocabulary().SortPermissions(all)
}

func (p *page) addPlace(place access.Place) {
	if _, known := p.places[place]; known {
		return
	}
	p.places[place] = len(p.Places)
	shown := pagePlace{text.Visible(place.Slug(0)), text.Visible(place.Slug(1)), text.Visible(place.String())}
	p.Places = append(p.Places, shown)
	if shown.Project != "" {
		p.Projects = append(p.Projects, shown.Project)
	}
	if shown.Policy != "" {
		p.Policies = append(p.Policies, shown.Policy)
	}
}

// number returns the number of a principal, which it gives to one it has not seen.
func (p *page) number(principal access.Reference) int {
	number, known := p.principals[principal]
	if known {
		return number
	}
	number = len(p.principals)
	p.principals[principal] = number
	if principal.Kind == access.KindGroup {
		p.Groups = append(p.Groups, pageGroup{number, text.Visible(principal.String())})
	}
	return number
}

// addPlain adds what is not told at a wider place, or a summary where that is too much. Cells come by account.
func (p *page) addPlain(r *Report, cells []*cell) {
	own := slices.DeleteFunc(slices.Clone(cells), func(c *cell) bool { return !r.tellsHere(c) })
	p.Rows = len(own)
	if len(own) > plainLines {
		summary := r.byPlace()
		p.Summary = each(append([][]string{summary.head}, summary.rows...), func(row []string) []string { return each(row, text.Visible) })
		return
	}
	for account := range chunksOf(own, func(a, b *cell) bool { return a.principal == b.principal }) {
		plain := r.newPageAccount(p.number(account[0].principal), account[0])
		plain.Lines = each(account, func(c *cell) pageLine {
			return pageLine{text.Visible(c.place.String()), c.status != access.StatusActive, c.pageRights(), c.pageReasons()}
		})
		p.Plain = append(p.Plain, plain)
	}
}

func (r *Report) newPageAccount(number int, c *cell) *pageAccount {
	account := &pageAccount{Number: number, Name: text.Visible(r.nameOf(c.principal))}
	kind, key, _ := strings.Cut(text.Visible(c.principal.String()), ":")
	account.Kind, account.Key = kind+":", key
	if c.status != access.StatusActive {
		account.Status = strings.TrimPrefix(inForce(c.status), "no, ")
	}
	return account
}

func (c *cell) pageRights() []pageRight {
	return each(c.permissions(), func(permission access.Permission) pageRight {
		own := slices.ContainsFunc(c.reasons, func(reason cellReason) bool {
			return slices.ContainsFunc(reason.rights, func(right cellRight) bool {
				return right.Permission == permission && (reason.place == c.place || right.widest == c.place)
			})
		})
		return pageRight{permission.String(), !own}
	})
}

// pageReasons says what a reason gives, if there is another one that gives more or less.
func (c *cell) pageReasons() []string {
	all := c.permissions()
	return each(c.reasons, func(reason cellReason) string {
		why := text.Visible(reason.text)
		if len(reason.rights) < len(all) {
			why += ": " + spellPermissions(reason.permissions())
		}
		if reason.since != "" {
			why += " · since " + text.Visible(reason.since)
		}
		return why
	})
}

// numbers are those of the principals, each once, as a list for an attribute.
func (p *page) numbers(principals []access.Reference) string {
	return spellNumbers(p.numbersOf(principals))
}

// numbersOf are those of the principals, in order.
func (p *page) numbersOf(principals []access.Reference) []int {
	numbers := each(principals, p.number)
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

func spellNumbers(numbers []int) string {
	slices.Sort(numbers)
	return strings.Join(each(slices.Compact(numbers), strconv.Itoa), " ")
}

// addFinding adds the finding to its rule. Findings come by rule.
func (p *page) addFinding(f review.Finding) {
	if len(p.Rules) == 0 || p.Rules[len(p.Rules)-1].ID != f.Rule {
		p.Rules = append(p.Rules, &pageRule{
			ID: f.Rule, Severity: string(f.Severity), Summary: f.Summary, Advice: f.Advice, Source: f.Source, Evidence: string(f.Evidence),
		})
	}
	rule := p.Rules[len(p.Rules)-1]
	principals := slices.Clone(f.Principals)
	for _, reason := range f.Reasons {
		principals = append(principals, reason.Via...)
	}
	rule.Findings = append(rule.Findings, pageFinding{
		Sentence: text.Visible(f.Sentence), Principals: p.numbers(principals), Places: p.findingPlaces(f),
		Reasons: each(f.Reasons, func(reason review.Reason) string { return text.Visible(reason.String()) }),
	})
}

// findingPlaces are the numbers of the places of a finding, also of one where nobody
// may do anything, and of where its reasons stand, as far as the page shows that.
func (p *page) findingPlaces(f review.Finding) string {
	var numbers []int
	for _, place := range f.Places {
		p.addPlace(place)
		numbers = append(numbers, p.places[place])
	}
	for _, reason := range f.Reasons {
		if number, shown := p.places[reason.Place]; shown {
			numbers = append(numbers, number)
		}
	}
	return spellNumbers(numbers)
}
