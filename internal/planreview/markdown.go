package planreview

import (
	"strings"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// MaxMarkdown is how many characters the Markdown has at most. GitHub takes comments
// and issues of 65,536; the rest is for what a pipeline adds: a mark by which to find
// the comment again, and a link.
const MaxMarkdown = 65_000

const summarized = "_Some sections only count, because a comment holds no more. The formats text and json tell everything._\n"

// fittingMarkdown writes each section in the longest form that fits.
func fittingMarkdown(review document, limit int) string {
	sections := review.sections()
	texts := make([][]string, len(sections))
	for i, s := range sections {
		for _, lines := range s.lengths {
			texts[i] = append(texts[i], markdownSection(s.title, lines))
		}
	}
	head := "## " + review.title() + "\n\n" + text.Markdown(review.headline()) + "\n"
	lengths := make([]int, len(sections))
	text := joinSections(head, texts, lengths)
	for utf8.RuneCountInString(text) > limit {
		next := shortenNext(sections, texts, lengths, limit)
		if next < 0 {
			break
		}
		lengths[next]++
		text = joinSections(head+"\n"+summarized, texts, lengths)
	}
	return text
}

// shortenNext returns the least important section of those that have a shorter form
// left, or -1 if none has. Where one takes more than its share of the space, one that
// does not is left alone: a long list of readers must not hide who becomes an
// administrator.
func shortenNext(sections []section, texts [][]string, lengths []int, limit int) int {
	next, nextIsLarge := -1, false
	for i, s := range sections {
		if lengths[i]+1 >= len(s.lengths) {
			continue
		}
		isLarge := utf8.RuneCountInString(texts[i][lengths[i]]) > limit/len(sections)
		if next < 0 || isLarge && !nextIsLarge || isLarge == nextIsLarge && s.keep < sections[next].keep {
			next, nextIsLarge = i, isLarge
		}
	}
	return next
}

func joinSections(head string, texts [][]string, lengths []int) string {
	var b strings.Builder
	b.WriteString(head)
	for i, length := range lengths {
		b.WriteString(texts[i][length])
	}
	return b.String()
}

func markdownSection(title string, lines []line) string {
	var b strings.Builder
	b.WriteString("\n### " + title + "\n\n")
	for _, l := range lines {
		b.WriteString("- " + text.Markdown(l.text) + "\n")
		for _, detail := range l.details {
			b.WriteString("  - " + text.Markdown(detail) + "\n")
		}
	}
	return b.String()
}
