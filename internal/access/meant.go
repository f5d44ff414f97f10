package access

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// Meant returns which of the names somebody may have meant by a text that is none of them, or
// nothing: the same one written in another way, one whose words are cut short, or one with
// another letter or two.
func Meant[N ~string](text string, names []N) N {
	distance := func(name N) int {
		return levenshtein.Distance(strings.ToLower(text), strings.ToLower(string(name)), nil)
	}
	near := slices.Clone(names)
	slices.SortStableFunc(near, func(a, b N) int { return distance(a) - distance(b) })
	written := wordsOf(text)
	for _, fits := range []func(name N) bool{
		func(name N) bool { return strings.Join(wordsOf(string(name)), "") == strings.Join(written, "") },
		func(name N) bool { return isCutShort(written, wordsOf(string(name))) },
		// Enough for typing errors, too little for another name.
		func(name N) bool { return distance(name) <= max(1, len(text)/3) },
	} {
		if i := slices.IndexFunc(near, fits); i >= 0 && len(written) > 0 {
			return near[i]
		}
	}
	return ""
}

// isCutShort tells whether the words are beginnings of some of the others, in their order.
func isCutShort(words, others []string) bool {
	for _, word := range words {
		i := slices.IndexFunc(others, func(other string) bool { return strings.HasPrefix(other, word) })
		if i < 0 {
			return false
		}
		others = others[i+1:]
	}
	return true
}

// wordsOf splits a name into its words, in lower case and in the singular. A name may be written
// with spaces, hyphens or underscores between them, or with capitals.
func wordsOf(name string) (words []string) {
	begin, wasLower := true, false
	for _, r := range name {
		switch isUpper := unicode.IsUpper(r); {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			begin, wasLower = true, false
			continue
		case begin, isUpper && wasLower:
			words = append(words, "")
			fallthrough
		default:
			words[len(words)-1] += string(unicode.ToLower(r))
			begin, wasLower = false, !isUpper
		}
	}
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	return words
}
