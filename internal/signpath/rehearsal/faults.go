package rehearsal

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// faults are sentences on what of an organization cannot be right. Where something was refused to
// the token, it says nothing of what may be there.
func faults(client *api.Client, found *survey.Survey) []string {
	all := unusable(found.Faults)
	for _, concept := range client.Unanswered() {
		all = append(all, fmt.Sprintf("No answer has anything for %s, where the mapping says that it is. The path is wrong, or the server leaves it out.", concept))
	}
	all = append(all, unknownRoles(found)...)
	if !found.Organization.PrincipalsIncomplete {
		all = append(all, unlisted(found)...)
	}
	all = append(all, twice(found)...)
	all = append(all, administrators(found)...)
	return append([]string{}, all...)
}

// unusable tells of answers that cannot be right. What is wrong with many objects alike is told once.
func unusable(found []survey.Fault) []string {
	alike := map[string][]string{}
	first := map[string]string{}
	for _, fault := range found {
		cause := fault.Err
		var answer *httpapi.Error
		if errors.As(fault.Err, &answer) {
			cause = answer.Cause
		}
		key := cause.Error()
		alike[key], first[key] = append(alike[key], fault.What), cmp.Or(first[key], fault.Err.Error())
	}
	var sentences []string
	for _, key := range slices.Sorted(maps.Keys(alike)) {
		what := alike[key]
		slices.Sort(what)
		sentence := what[0] + " cannot be used: " + key
		if len(what) > 1 {
			sentence += fmt.Sprintf(" (and %d more alike)", len(what)-1)
		}
		sentences = append(sentences, strings.TrimSuffix(sentence, ".")+".")
	}
	return sentences
}

func unknownRoles(found *survey.Survey) []string {
	holders := map[access.Role][]string{}
	for _, kind := range access.Kinds() {
		for _, p := range found.Directory.All(kind) {
			if vocabulary.SignPath.IsUnknown(p.Role) {
				holders[p.Role] = append(holders[p.Role], p.Reference().String())
			}
		}
	}
	var sentences []string
	for _, role := range sortedKeys(holders) {
		sentences = append(sentences, fmt.Sprintf("The role %s, which %s, is none of those that are known: state under roles which one it stands for.",
			vocabulary.SignPath.Spell(role), have(holders[role])))
	}
	return sentences
}

// have says that somebody has something, of many the first.
func have(members []string) string {
	if len(members) == 1 {
		return members[0] + " has"
	}
	return fmt.Sprintf("%s and %d more have", members[0], len(members)-1)
}

// unlisted tells of ids on lists that no list of principals holds.
func unlisted(found *survey.Survey) []string {
	at := map[string][]string{}
	note := func(place string, references []access.Reference) {
		for _, reference := range references {
			if reference.Kind == access.KindUnknown {
				at[reference.Key] = append(at[reference.Key], place)
			}
		}
	}
	for group, members := range found.Organization.Members {
		note("the members of "+found.Directory.ReferenceTo(group.Key).String(), members.References)
	}
	for seat, entries := range found.Organization.Grants {
		note(fmt.Sprintf("the %ss of %s", seat.Role, seat.Place), entries.References)
	}
	var sentences []string
	for _, id := range sortedKeys(at) {
		slices.Sort(at[id])
		sentence := fmt.Sprintf("%s is on a list and is no user, CI user or group: it is among %s", id, at[id][0])
		if len(at[id]) > 1 {
			sentence += fmt.Sprintf(" and %d more", len(at[id])-1)
		}
		sentences = append(sentences, sentence+". Either that is no list of members, or their ids are somewhere else, or a list of principals is cut short.")
	}
	if id := found.Organization.Caller; id != "" {
		if _, ok := found.Directory.Get(id); !ok {
			sentences = append(sentences, fmt.Sprintf("%s, whose token this is, is on no list: a list is cut short, or ids are somewhere else.", found.Caller))
		}
	}
	return sentences
}

// twice tells of addresses and names that several have, where a configuration names somebody by it, and
// of addresses that are none.
func twice(found *survey.Survey) []string {
	nouns := map[access.Kind]string{access.KindUser: "e-mail address", access.KindCIUser: "name", access.KindGroup: "name"}
	var sentences []string
	for _, kind := range access.Kinds() {
		seen := map[access.Reference]int{}
		for _, p := range found.Directory.All(kind) {
			seen[p.Reference().Folded()]++
			if kind == access.KindUser && !strings.Contains(p.Email, "@") {
				sentences = append(sentences, fmt.Sprintf("The e-mail address of user %s is %q, which is none.", p.ID, p.Email))
			}
		}
		for reference, count := range seen {
			if count > 1 {
				sentences = append(sentences, fmt.Sprintf("%d %ss have the %s %q. Is that the %s at all?", count, kind.Noun(), nouns[kind], reference.Key, nouns[kind]))
			}
		}
	}
	slices.Sort(sentences)
	return sentences
}

// administrators tells that nobody could administer the organization.
func administrators(found *survey.Survey) []string {
	if found.Organization.PrincipalsIncomplete || slices.ContainsFunc(found.Organization.Principals, func(p review.Principal) bool {
		return p.Active && p.Role == vocabulary.RoleGlobalAdministrator
	}) {
		return nil
	}
	return []string{"Nobody is an active Global Administrator, which no organization can do without: either what the role is written as is wrong, or what is active."}
}

func sortedKeys[K cmp.Ordered, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }
