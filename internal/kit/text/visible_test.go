package text_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

func TestVisible(t *testing.T) {
	for given, want := range map[string]string{
		"group:Prüfer | 承認者": "group:Prüfer | 承認者",
		"a\nb\x1b[31m":       `a\nb\x1b[31m`,
		"a\u202eb":           `a\u202eb`,
		// Letters, marks and a symbol without any ink.
		"admin\u3164":       `admin\u3164`,
		"admin\ufe0f":       `admin\ufe0f`,
		"admin\u034f":       `admin\u034f`,
		"admin\u2800":       `admin\u2800`,
		"admin\U000e0101":   `admin\U000e0101`,
		"e\u0301 is an é":   "e\u0301 is an é",
		"a\u00a0b\u200bc":   `a\u00a0b\u200bc`,
		"\\n is no newline": `\n is no newline`,
	} {
		if got := text.Visible(given); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for given, want := range map[string]string{
		"a|b`c` # *e* <b> [f](g) ~x~ ![i](j) $1$ &amp;": "a\\|b\\`c\\` \\# \\*e\\* \\<b\\> \\[f\\](g) \\~x\\~ \\!\\[i\\](j) \\$1\\$ \\&amp;",
		"ci_user:a":                 `ci\_user:a`,
		"a\nb":                      `a\\nb`,
		"user:dev.lead@example.com": "user:dev.lead@example.com",
		"@team":                     "@<!-- -->team",
		"group:@acme/team":          "group:@<!-- -->acme/team",
		"é@team":                    "é@<!-- -->team",
		"@@team":                    "@<!-- -->@<!-- -->team",
		"_@team":                    "\\_@<!-- -->team",
		"see https://example.com":   "see https:<!-- -->//example.com",
		"WWW.example.com":           "W<!-- -->WW.example.com",
		"ci_user:rocket:":           `ci\_user:<!-- -->rocket:`,
		":a:b:":                     ":<!-- -->a:<!-- -->b:",
		"warn rule: a user":         "warn rule: a user",
		"xmpp:a@example.com":        "xmpp:<!-- -->a@example.com",
		"GH-12":                     "G<!-- -->H-12",
		"%5 ^6":                     `\%5 \^6`,
	} {
		if got := text.Markdown(given); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}
