package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Rules about entries that give nobody a right now. A finding is about the entry
// itself: the one on a list, or the membership in a group by which the list is
// reached, however many lists that are.

// FindInactiveEntries finds who is deactivated and on a list.
func FindInactiveEntries(i *Inspection) []Finding {
	return i.findEntries(func(a *Account) bool { return !a.Stranger && a.Status() == access.StatusInactive }, "%s is deactivated and %s.")
}

// FindInvitedEntries finds who is invited and on a list.
func FindInvitedEntries(i *Inspection) []Finding {
	return i.findEntries(func(a *Account) bool { return !a.Stranger && a.Status() == access.StatusInvited },
		"%s has not accepted the invitation and is %s.")
}

// FindUnidentifiedEntries finds entries that fit no principal.
func FindUnidentifiedEntries(i *Inspection) []Finding {
	if i.org.PrincipalsIncomplete {
		return nil
	}
	found := i.findEntries(func(a *Account) bool { return a.Stranger }, "%s fits no principal and is %s.")
	entries := i.newEntryFindings()
	i.eachList(func(l *placedList) {
		for _, group := range l.groups {
			if _, stranger := i.roster.strangers[group]; stranger && !i.groups.complete[group] {
				entries.add(l, way{}, i.roster.reference(group))
			}
		}
	})
	return append(found, entries.tell("%s fits no group and is %s.")...)
}

// FindEmptyGroups finds groups on lists that hold nobody.
func FindEmptyGroups(i *Inspection) []Finding {
	entries := i.newEntryFindings()
	i.eachList(func(l *placedList) {
		for _, key := range l.direct {
			if i.roster.isGroup(key) && i.isEmpty(key) {
				entries.add(l, way{}, i.roster.reference(key))
			}
		}
	})
	return entries.tell("%s holds nobody and is %s.")
}

// isEmpty tells whether the group is known to hold no user, also not through groups.
func (i *Inspection) isEmpty(group string) bool {
	inside := i.expand([]string{group})
	return len(inside.ways) == 0 && !inside.hides
}

func (i *Inspection) findEntries(wanted func(*Account) bool, sentence string) []Finding {
	entries := i.newEntryFindings()
	i.eachList(func(l *placedList) {
		for _, way := range l.ways {
			if account := i.accounts[way.account]; wanted(account) {
				entries.add(l, way, account.Reference)
			}
		}
	})
	return entries.tell(sentence)
}

// entryFindings are findings about entries, one for each principal and place, or for
// each principal and group.
type entryFindings struct {
	vocabulary *access.Vocabulary

	found map[string]*Finding
	lists map[string][]string
}

func (i *Inspection) newEntryFindings() *entryFindings {
	return &entryFindings{vocabulary: i.org.Vocabulary, found: map[string]*Finding{}, lists: map[string][]string{}}
}

func (e *entryFindings) add(l *placedList, way way, principal access.Reference) {
	finding := Finding{Principals: []access.Reference{principal}}
	if depth := len(way.via); depth > 0 {
		finding.Principals = append(finding.Principals, way.via[depth-1])
	} else {
		finding.Places = []access.Place{l.place}
	}
	key := finding.Fingerprint()
	if e.found[key] == nil {
		e.found[key] = &finding
	}
	e.found[key].Reasons = append(e.found[key].Reasons, Reason{Place: l.place, Via: way.via, right: e.vocabulary.RightsOf(l.role.Role)[0], holder: l.holder()})
	e.lists[key] = append(e.lists[key], l.role.Plural+" of "+l.place.String())
}

// tell fills in the sentences: who, and where the entry stands and leads.
func (e *entryFindings) tell(sentence string) []Finding {
	var found []Finding
	for key, finding := range e.found {
		where := "among the " + spellLists(e.lists[key])
		if len(finding.Principals) > 1 {
			where = fmt.Sprintf("in %s, and so %s", finding.Principals[1], where)
		}
		finding.Sentence = fmt.Sprintf(sentence, finding.Principals[0], where)
		found = append(found, *finding)
	}
	return found
}

// Few are as many things as a sentence names, where it could be any number.
const Few = 3

func spellLists(lists []string) string {
	return SpellFew(slices.Compact(slices.Clone(lists)), "other list", "other lists")
}

// SpellFew enumerates the first few and counts the others.
func SpellFew(texts []string, other, others string) string {
	more := len(texts) - Few
	switch {
	case more <= 0:
		return Enumerate(texts)
	case more == 1:
		others = other
	}
	return fmt.Sprintf("%s and %d %s", strings.Join(texts[:Few], ", "), more, others)
}

// Enumerate joins texts as a sentence does: "a, b and c".
func Enumerate(texts []string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

// Count spells a number of things: "1 approval", "2 approvals".
func Count(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
