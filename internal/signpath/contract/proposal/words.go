package proposal

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// words takes a name apart: "CIUsers" is ci and user, "required_approvals" required and
// approval. Each word is in lower case and, as far as English goes by rules, in the singular.
func words(name string) []string {
	var result []string
	runes, current := []rune(name), []rune{}
	flush := func() {
		if len(current) > 0 {
			result = append(result, singular(strings.ToLower(string(current))))
		}
		current = nil
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			flush()
		}
		current = append(current, r)
	}
	flush()
	return result
}

var irregular = map[string]string{
	"people": "person", "persons": "person", "identities": "identity", "policies": "policy", "entries": "entry", "addresses": "address",
	"email": "mail", "emails": "mail", "e": "", "admin": "administrator", "admins": "administrator", "cert": "certificate", "certs": "certificate",
	"proj": "project", "sync": "synchronized", "synced": "synchronized", "synchronizer": "synchronized", "dir": "directory", "org": "organization",
	"descr": "description", "desc": "description",
}

func singular(word string) string {
	if known, ok := irregular[word]; ok {
		return known
	}
	for _, ending := range []string{"ss", "us", "is"} {
		if strings.HasSuffix(word, ending) {
			return word
		}
	}
	if len(word) > 3 {
		return strings.TrimSuffix(word, "s")
	}
	return word
}

// fold makes spellings of a name comparable: GLOBAL_ADMINISTRATOR is GlobalAdministrator.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// foldKind is fold, and the singular of the last word: interactiveUsers is InteractiveUser.
func foldKind(name string) string { return strings.Join(words(name), "") }

// fillers are words that say nothing of what a property is about.
var fillers = []string{"is", "has", "the", "id", "list", "value", "current", "of", "ref", ""}

func withoutFillers(all []string) []string {
	kept := slices.DeleteFunc(slices.Clone(all), func(word string) bool { return slices.Contains(fillers, word) })
	if len(kept) == 0 {
		return all
	}
	return kept
}

// The degrees of likeness between a name and a phrase.
const (
	likeSame   = 100
	likeNearly = 80
	likePart   = 60
	likeTypo   = 50
)

// likeness tells how like the path of a property is to a phrase; 0 is not at all.
func likeness(path []string, phrase string) int {
	wanted := words(phrase)
	last := withoutFillers(words(path[len(path)-1]))
	var all []string
	for _, name := range path {
		all = append(all, words(name)...)
	}
	all = withoutFillers(all)
	switch {
	case slices.Equal(last, wanted):
		return likeSame
	case len(path) > 1 && slices.Equal(all, wanted):
		return likeSame - 1
	case isEnd(all, wanted) || len(wanted) > 1 && isEnd(wanted, last) && isWithin(wanted, all):
		return likeNearly
	case len(wanted) > 1 && isWithin(wanted, all):
		return likePart
	}
	a, b := strings.Join(last, ""), strings.Join(wanted, "")
	if len(b) >= 6 && levenshtein.Distance(a, b, nil) <= 1+len(b)/10 {
		return likeTypo
	}
	return 0
}

func isEnd(all, end []string) bool {
	return len(end) > 0 && len(end) < len(all) && slices.Equal(all[len(all)-len(end):], end)
}

func isWithin(some, all []string) bool {
	return !slices.ContainsFunc(some, func(word string) bool { return !slices.Contains(all, word) })
}

// likestOf returns the greatest likeness of a path to one of the phrases, and which that is.
func likestOf(path, phrases []string) (degree int, phrase string) {
	for _, candidate := range phrases {
		if d := likeness(path, candidate); d > degree {
			degree, phrase = d, candidate
		}
	}
	return degree, phrase
}

// negations turn the meaning of a state or a setting round.
var negations = []string{
	"not", "no", "non", "without", "disabled", "disable", "inactive", "locked", "lock", "blocked", "block", "suspended", "suspend", "deactivated",
	"deactivate", "skip", "skipped", "ignore", "ignored", "exempt", "bypas", "bypass", "retired", "archived", "unverified", "disallow", "prevent",
	"banned", "revoked", "deny",
	"waive", "waived", "allow", "permit", "any", "omit", "unapproved", "lenient", "off", "frozen", "closed", "expired", "deleted", "optional",
}

// others are words of lists and values that look like what is there and are not: what was, what may
// come, and who is kept out.
var others = []string{
	"former", "past", "previou", "previous", "history", "historic", "old", "removed", "pending", "invited", "denied", "excluded", "blocked",
	"requested", "suggested", "last", "archived", "deleted", "potential", "candidate", "eligible", "next", "proposed", "revoked", "banned",
	"alumni", "default", "initial", "original", "max", "maximum", "added", "log", "inherited", "effective", "indirect", "created", "creator",
	"owner", "author", "watcher", "subscriber", "observer", "manager", "administrator", "moderator", "contact", "lead", "leader", "deputy",
	"follower", "guest", "applicant", "nominee", "invitation", "request", "template", "draft",
}

func hasWord(path []string, among []string) bool {
	return slices.ContainsFunc(path, func(name string) bool {
		return slices.ContainsFunc(words(name), func(word string) bool { return slices.Contains(among, word) })
	})
}
