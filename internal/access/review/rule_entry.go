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

func (i *inspection) findInactiveEntries() []Finding {
	return i.findEntries(func(a *account) bool { return !a.stranger && a.Status() == access.StatusInactive }, "%s is deactivated and %s.")
}

func (i *inspection) findInvitedEntries() []Finding {
	return i.findEntries(func(a *account) bool { return !a.stranger && a.Status() == access.StatusInvited },
		"%s has not accepted the invitation and is %s.")
}

func (i *inspection) findUnidentifiedEntries() []Finding {
	if i.org.PrincipalsIncomplete {
		return nil
	}
	found := i.findEntries(func(a *account) bool { return a.stranger }, "%s fits no principal and is %s.")
	entries := newEntryFindings()
	i.eachList(func(l *placedList) {
		for _, group := range l.groups {
			if _, stranger := i.roster.strangers[group]; stranger && !i.groups.complete[group] {
				entries.add(l, way{}, i.roster.reference(group))
			}
		}
	})
	return append(found, entries.tell("%s fits no group and is %s.")...)
}

func (i *inspection) findEmptyGroups() []Finding {
	entries := newEntryFindings()
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
func (i *inspection) isEmpty(group string) bool {
	inside := i.expand([]string{group})
	return len(inside.ways) == 0 && !inside.hides
}

func (i *inspection) findEntries(wanted func(*account) bool, sentence string) []Finding {
	entries := newEntryFindings()
	i.eachList(func(l *placedList) {
		for _, way := range l.ways {
			if account := i.accounts[way.account]; wanted(account) {
				entries.add(l, way, account.reference)
			}
		}
	})
	return entries.tell(sentence)
}

// entryFindings are findings about entries, one for each principal and place, or for
// each principal and group.
type entryFindings struct {
	found map[string]*Finding
	lists map[string][]string
}

func newEntryFindings() *entryFindings {
	return &entryFindings{found: map[string]*Finding{}, lists: map[string][]string{}}
}

func (e *entryFindings) add(l *placedList, way way, principal access.Reference) {
	finding := Finding{Principals: []access.Reference{principal}}
	if depth := len(way.via); depth > 0 {
		finding.Principals = append(finding.Principals, way.via[depth-1])
	} else {
		finding.Places = []Place{l.place}
	}
	key := finding.Fingerprint()
	if e.found[key] == nil {
		e.found[key] = &finding
	}
	e.found[key].Reasons = append(e.found[key].Reasons, Reason{Place: l.place, Via: way.via, right: grantedRights[l.holder()][0]})
	e.lists[key] = append(e.lists[key], l.list.Plural+" of "+l.place.String())
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

// few are as many lists as a sentence names, where it could be any number.
const few = 3

func spellLists(lists []string) string {
	return spellFew(slices.Compact(slices.Clone(lists)), "other list", "other lists")
}

// spellFew enumerates the first few and counts the others.
func spellFew(texts []string, other, others string) string {
	more := len(texts) - few
	switch {
	case more <= 0:
		return enumerate(texts)
	case more == 1:
		others = other
	}
	return fmt.Sprintf("%s and %d %s", strings.Join(texts[:few], ", "), more, others)
}
