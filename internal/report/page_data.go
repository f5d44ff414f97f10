package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// pageData is the access that the page shows, as its script reads it. Whatever is said of many
// is in a table once, and named by its number there: the members of a group share their lines, and
// the holders of a role share all of theirs. Rights are a set of bits, by the position in
// Permissions. A further column of the report is a further table, or a further part of the notes.
type pageData struct {
	Permissions []string `json:"permissions"`
	// Accounts are [number, kind, key, name, status, set, notes]. The status is empty where rights can
	// be used. The notes, of each line one for each of its reasons, are distances as in Sets, and left out where there are none.
	Accounts [][]any `json:"accounts"`
	// Groups are [number, text].
	Groups   [][2]any `json:"groups"`
	Projects []string `json:"projects"`
	Policies []string `json:"policies"`
	// Places are [project, signing policy, name], with -1 for what a place is not in.
	Places [][3]any `json:"places"`
	// Ways are [groups, text], or [groups, text before the place, text after it].
	Ways [][]any `json:"ways"`
	// Reasons are each a way and a place, one after the other.
	Reasons []int `json:"reasons"`
	// Lines are [place, rights that only something wider gives, 1 if all is told at a wider place],
	// followed by each reason and the rights that it gives.
	Lines [][]int `json:"lines"`
	// Sets are lines in the order of the places. Of each number but the first, the distance to the one before is written.
	Sets [][]int `json:"sets"`
	// Notes are texts, each of parts one after the other.
	Notes [][]int  `json:"notes"`
	Parts []string `json:"parts"`
}

// A numbering gives the same number to what is the same.
type numbering map[string]int

// of returns the number of what has the key, which is added if it is new.
func (n numbering) of(key string, add func()) int {
	number, known := n[key]
	if !known {
		number = len(n)
		n[key] = number
		add()
	}
	return number
}

// A dataWriter makes the data of cells, which come by account.
type dataWriter struct {
	*page
	report *Report
	data   pageData

	ways, reasons, lines, sets, notes, parts numbering
	bits                                     map[access.Permission]int
	// set and noted are the lines of the account that is written, and their notes.
	set   []int
	noted []int
}

func (r *Report) newDataWriter(p *page) *dataWriter {
	w := &dataWriter{
		page: p, report: r, ways: numbering{}, reasons: numbering{}, lines: numbering{}, sets: numbering{}, notes: numbering{}, parts: numbering{},
		bits: map[access.Permission]int{},
	}
	for i, permission := range p.Permissions {
		w.bits[permission] = i
	}
	w.data = pageData{
		Permissions: access.Spell(p.Permissions), Accounts: [][]any{}, Reasons: []int{}, Lines: [][]int{}, Ways: [][]any{}, Sets: [][]int{},
		Notes: [][]int{}, Parts: []string{},
	}
	return w
}

// addAccount adds somebody with all that is in the cells.
func (w *dataWriter) addAccount(cells []*cell) {
	w.set, w.noted = nil, nil
	for _, c := range cells {
		w.addLine(c)
	}
	distances := distancesOf(w.set)
	set := w.sets.of(fmt.Sprint(distances), func() { w.data.Sets = append(w.data.Sets, distances) })
	account := w.report.newPageAccount(w.number(cells[0].principal), cells[0])
	written := []any{account.Number, account.Kind, account.Key, account.Name, account.Status, set}
	if w.noted != nil {
		written = append(written, distancesOf(w.noted))
	}
	w.data.Accounts = append(w.data.Accounts, written)
}

func (w *dataWriter) addLine(c *cell) {
	line := []int{w.places[c.place], w.wider(c), boolNumber(!w.report.tellsHere(c))}
	for _, reason := range c.reasons {
		line = append(line, w.reason(reason), w.rights(reason.permissions()))
		if reason.since != "" {
			w.noted = append(w.noted, w.note("since "+text.Visible(reason.since)))
		}
	}
	w.set = append(w.set, w.lines.of(fmt.Sprint(line), func() { w.data.Lines = append(w.data.Lines, line) }))
}

// distancesOf are shorter to write than the numbers, of which those next to each other are alike.
func distancesOf(numbers []int) []int {
	distances := slices.Clone(numbers)
	for i := len(distances) - 1; i > 0; i-- {
		distances[i] -= distances[i-1]
	}
	return distances
}

func boolNumber(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (w *dataWriter) rights(permissions []access.Permission) int {
	rights := 0
	for _, permission := range permissions {
		rights |= 1 << w.bits[permission]
	}
	return rights
}

func (w *dataWriter) wider(c *cell) int {
	rights := 0
	for i, right := range c.pageRights() {
		if right.Wider {
			rights |= 1 << w.bits[c.permissions()[i]]
		}
	}
	return rights
}

// reason takes the name of the place out of the text, where that is known: most texts then are those
// of many places.
func (w *dataWriter) reason(reason cellReason) int {
	groups, said, place := w.numbersOf(reason.via), []string{text.Visible(reason.text)}, 0
	if number, known := w.places[reason.place]; known {
		if before, after, found := strings.Cut(said[0], " of "+w.Places[number].Name+", "); found {
			said, place = []string{before + " of ", ", " + after}, number
		}
	}
	way := append([]any{groups}, each(said, func(part string) any { return part })...)
	number := w.ways.of(fmt.Sprintf("%d %q", groups, said), func() { w.data.Ways = append(w.data.Ways, way) })
	return w.reasons.of(fmt.Sprint(number, " ", place), func() { w.data.Reasons = append(w.data.Reasons, number, place) })
}

// noteParts end where a text goes on with what is said of many: the steps of a way through groups are those of other members, too.
var noteParts = regexp.MustCompile(`.*?(UTC: |; |$)`)

func (w *dataWriter) note(note string) int {
	return w.notes.of(note, func() {
		w.data.Notes = append(w.data.Notes, each(noteParts.FindAllString(note, -1), func(part string) int {
			return w.parts.of(part, func() { w.data.Parts = append(w.data.Parts, part) })
		}))
	})
}

// finish adds what is known only when everything else is.
func (w *dataWriter) finish() *pageData {
	w.data.Groups = each(w.Groups, func(group pageGroup) [2]any { return [2]any{group.Number, group.Who} })
	w.data.Projects, w.data.Policies = append([]string{}, w.Projects...), append([]string{}, w.Policies...)
	projects, policies := positions(w.data.Projects), positions(w.data.Policies)
	w.data.Places = each(w.Places, func(place pagePlace) [3]any {
		return [3]any{position(projects, place.Project), position(policies, place.Policy), place.Name}
	})
	return &w.data
}

func positions(all []string) map[string]int {
	at := map[string]int{}
	for i, one := range all {
		at[one] = i
	}
	return at
}

func position(at map[string]int, one string) int {
	if i, known := at[one]; known {
		return i
	}
	return -1
}
