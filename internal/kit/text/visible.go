// Package text makes text that other people chose, such as names, show as it is: in a
// terminal, and in Markdown at a code host.
package text

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Visible spells out what cannot be seen, so that a name can neither break a line nor
// move the cursor, turn the direction of the text, or look like another one.
func Visible(text string) string {
	if strings.IndexFunc(text, isHidden) < 0 {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		if isHidden(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			shown.WriteString(quoted[1 : len(quoted)-1])
		} else {
			shown.WriteRune(r)
		}
	}
	return shown.String()
}

// VisibleLines is Visible for a text that has lines of its own.
func VisibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Visible(line)
	}
	return strings.Join(lines, "\n")
}

// hidden are letters, marks and symbols that show nothing, but count as printable.
var hidden = []*unicode.RangeTable{unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

const brailleBlank = '\u2800'

func isHidden(r rune) bool {
	return !strconv.IsPrint(r) || r == brailleBlank || r > unicode.MaxLatin1 && unicode.In(r, hidden...)
}

// special are the characters that could make markup, HTML, a reference or a column of a
// table.
const special = "\\`*_[]<>|&~$#!%^"

// silence shows nothing, and keeps what is around it from becoming a mention, a link or
// an emoji, for which code hosts need no markup.
const silence = "<!-- -->"

// Markdown writes text so that it shows as it is: no name may format a comment, add a
// line or a link to it, or call people who have that name at the code host.
func Markdown(text string) string {
	var b strings.Builder
	text = Visible(text)
	for i, r := range text {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if comesAlive(text, i) {
			b.WriteString(silence)
		}
	}
	return b.String()
}

// alive is how an address, the code of an emoji or the number of an issue begins, from the
// character on behind which something is put.
var alive = regexp.MustCompile(`^(?i:://|www\.|:[0-9a-z_+-]+:|gh-[0-9])`)

// schemes are those that make a link of an address behind them.
var schemes = []string{"xmpp:", "mailto:"}

func isScheme(text string, end int) bool {
	return slices.ContainsFunc(schemes, func(scheme string) bool {
		begin := end - len(scheme)
		return begin >= 0 && strings.EqualFold(text[begin:end], scheme)
	})
}

// comesAlive tells whether code hosts would make something of the text at an offset. An
// e-mail address is no mention.
func comesAlive(text string, at int) bool {
	switch text[at] {
	case '@':
		return at == 0 || !isWordCharacter(text[at-1])
	case ':':
		return alive.MatchString(text[at:]) || isScheme(text, at+1)
	case 'w', 'W', 'g', 'G':
		return alive.MatchString(text[at:])
	}
	return false
}

// isWordCharacter goes by ASCII, as code hosts do.
func isWordCharacter(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
