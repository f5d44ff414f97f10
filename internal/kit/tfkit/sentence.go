package tfkit

import "strings"

// Sentence ends the text with a full stop, unless it ends already.
func Sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return "\n\n" + text
}
