package review

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Inspection is one rule at work on an organization: what a rule may ask.
type Inspection struct {
	*analysis
	rulebook Rulebook
	rule     Rule
}

// Organization is what is looked at.
func (i *Inspection) Organization() Organization { return i.org }

// Accounts are the users and CI users, and the entries that fit nobody, in order.
func (i *Inspection) Accounts() []*Account { return i.accounts }

// Account is whom an access is of.
func (i *Inspection) Account(row Access) *Account { return i.accounts[row.account] }

// At returns who has the permission at the place, ordered by account.
func (i *Inspection) At(place access.Place, permission access.Permission) []Access {
	return i.at(place, permission)
}

// IsIncomplete tells whether there may be more who hold the role at the place by an entry.
func (i *Inspection) IsIncomplete(role access.Role, place access.Place) bool {
	return i.list(role, place).incomplete()
}

// MayHold tells whether somebody holds the role at the place by an entry and can use it
// without anybody's doing, or may do so because not everybody is known.
func (i *Inspection) MayHold(role access.Role, place access.Place) bool {
	return i.mayHold(role, place)
}

// Now is when the review takes place.
func (i *Inspection) Now() time.Time { return i.rulebook.Now }

// Parameter returns what the rulebook says, or the rule's default.
func (i *Inspection) Parameter(name string) int { return i.parameterOf(i.rule, name) }

// ParameterOf is [Inspection.Parameter] of another rule of the catalogue, for rules that must
// agree with it.
func (i *Inspection) ParameterOf(id, name string) int {
	rule, _ := i.rulebook.Catalogue.ByID(id)
	return i.parameterOf(rule, name)
}

func (i *Inspection) parameterOf(rule Rule, name string) int {
	if set, ok := i.rulebook.Rules[rule.ID].Parameters[name]; ok {
		return set
	}
	parameter, ok := rule.parameter(name)
	if !ok {
		panic(fmt.Sprintf("rule %s is asked for the parameter %q, which it does not declare", rule.ID, name))
	}
	return parameter.Default
}

// EachPlace collects what find has to say about each place of a kind.
func (i *Inspection) EachPlace(kind string, find func(access.Place) []Finding) []Finding {
	var found []Finding
	for _, place := range i.places {
		if i.org.Vocabulary.KindAt(place) == kind {
			found = append(found, find(place)...)
		}
	}
	return found
}

// EachAccount makes a finding of each account on which find has a sentence to say.
func (i *Inspection) EachAccount(find func(*Account) string) []Finding {
	var found []Finding
	for _, a := range i.accounts {
		if sentence := find(a); sentence != "" {
			found = append(found, Finding{Principals: []access.Reference{a.Reference}, Sentence: sentence})
		}
	}
	return found
}

// Finding is about one access, and says so if that is not in force yet.
func (i *Inspection) Finding(row Access, reasons []Reason, sentence string, args ...any) Finding {
	return Finding{
		Principals: []access.Reference{row.Principal}, Places: []access.Place{row.Place}, Reasons: reasons,
		Sentence: fmt.Sprintf(sentence, args...) + i.accounts[row.account].OnceInForce() + ".",
	}
}

// Coming leaves out who cannot use the permission without anybody's doing.
func (i *Inspection) Coming(rows []Access) []Access {
	return only(rows, func(row Access) bool { return i.accounts[row.account].Comes() })
}

// ReasonsFor returns why whom the access is of is among the rows, which are ordered by account.
func ReasonsFor(rows []Access, of Access) []Reason {
	at, found := slices.BinarySearchFunc(rows, of.account, func(row Access, account int) int { return cmp.Compare(row.account, account) })
	if !found {
		return nil
	}
	return rows[at].Reasons
}

// OfKind leaves the rows of principals of a kind.
func OfKind(rows []Access, kind access.Kind) []Access {
	return only(rows, func(row Access) bool { return row.Principal.Kind == kind })
}

// OfRole leaves the reasons that are an entry for the role.
func OfRole(reasons []Reason, role access.Role) []Reason {
	return only(reasons, func(r Reason) bool { return r.Holder().Role() == role })
}
