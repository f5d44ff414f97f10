package planreview

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// MaxMarkdown is how many characters the Markdown has at most. GitHub takes comments
// and issues of 65,536; the rest is for what a pipeline adds: a mark by which to find
// the comment again, and a link.
const MaxMarkdown = 65_000

const summarized = "_Some sections are shortened or only count, because a comment holds no more. The format json tells everything._"

// fittingMarkdown writes as much as fits, what matters most in full.
func fittingMarkdown(review document, of string, limit int) string {
	page := newMarkdownPage(review, of)
	whole := page.String()
	if utf8.RuneCountInString(whole) <= limit {
		return whole
	}
	page.head += "\n" + summarized + "\n"
	page.shorten(limit)
	return page.String()
}

// A markdownPage is a review of which each block has some of its lines.
type markdownPage struct {
	head     string
	sections []section
	blocks   []*markdownBlock
}

type markdownBlock struct {
	block
	section int
	// shown are the lines of the page.
	shown []line
}

func newMarkdownPage(review document, of string) *markdownPage {
	page := &markdownPage{sections: review.sections(), head: "## " + review.title() + "\n"}
	for i, paragraph := range paragraphs(review, of) {
		paragraph = text.Markdown(paragraph)
		if i == 0 {
			paragraph = "**" + paragraph + "**"
		}
		page.head += "\n" + paragraph + "\n"
	}
	for i, s := range page.sections {
		for _, b := range s.blocks {
			page.blocks = append(page.blocks, &markdownBlock{block: b, section: i, shown: b.lengths[0]})
		}
	}
	return page
}

// shorten gives each block its shortest form, and then as much of the room that is left as it
// can take: first to those that need little, so that a long one hides none of them, then to
// the others, in both cases what matters most before the rest.
func (p *markdownPage) shorten(limit int) {
	for _, b := range p.blocks {
		b.shown = b.lengths[len(b.lengths)-1]
	}
	room := limit - utf8.RuneCountInString(p.String())
	order := slices.Clone(p.blocks)
	slices.SortStableFunc(order, func(a, b *markdownBlock) int { return cmp.Compare(b.keep, a.keep) })
	// Folds that come into being need some characters of their own.
	room -= len(p.sections) * utf8.RuneCountInString(markdownFold("", ""))
	share := room / max(1, len(p.blocks))
	for _, mayBeLong := range []bool{false, true} {
		for _, b := range order {
			if room > 0 && (mayBeLong || sizeOf(b.lengths[0]) <= share) {
				room -= b.lengthen(room)
			}
		}
	}
}

// lengthen shows the longest form that fits, or else as many lines of one as do, and returns
// what it took.
func (b *markdownBlock) lengthen(room int) int {
	has := sizeOf(b.shown)
	for i, lines := range b.lengths[:len(b.lengths)-1] {
		if more := sizeOf(lines) - has; more <= room {
			b.shown = lines
			return max(more, 0)
		}
		// The last form but one is cut, behind what counts all.
		if i == len(b.lengths)-2 {
			if more := fitting(lines, room); len(more) > 0 {
				b.shown = append(slices.Clone(b.shown), more...)
				return sizeOf(b.shown) - has
			}
		}
	}
	return 0
}

// fitting are as many of the lines as there is room for, and one that says how many are not.
func fitting(lines []line, room int) []line {
	rest := plainLine("… and " + count(len(lines), "more line", "more lines") + " for which there is no room")
	room -= sizeOf([]line{rest})
	for i, l := range lines {
		if room -= sizeOf([]line{l}); room < 0 {
			if i == 0 {
				return nil
			}
			rest = plainLine("… and " + count(len(lines)-i, "more line", "more lines") + " for which there is no room")
			return append(slices.Clone(lines[:i]), rest)
		}
	}
	return lines
}

func sizeOf(lines []line) int { return utf8.RuneCountInString(markdownLines(lines)) }

func (p *markdownPage) String() string {
	var b strings.Builder
	b.WriteString(p.head)
	for i, s := range p.sections {
		var lines []line
		for _, block := range p.blocks {
			if block.section == i {
				lines = append(lines, block.shown...)
			}
		}
		switch {
		case len(lines) == 0:
		case s.folded:
			b.WriteString(markdownFold(s.title, markdownLines(lines)))
		default:
			b.WriteString("\n### " + s.title + "\n\n" + markdownLines(lines))
		}
	}
	return b.String()
}

// markdownFold is what code hosts show on demand. Without the empty lines they would take the
// list for HTML.
func markdownFold(title, lines string) string {
	return "\n<details><summary>" + title + "</summary>\n\n" + lines + "\n</details>\n"
}

func markdownLines(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("- " + text.Markdown(l.text) + "\n")
		for _, detail := range l.details {
			b.WriteString("  - " + text.Markdown(detail) + "\n")
		}
	}
	return b.String()
}
