package baselinereview

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// WriteRunbook writes the steps of baselines as Markdown with boxes to tick, for an issue or a
// change ticket. Of says what the steps are of.
func WriteRunbook(records []*Record, of string, day time.Time) string {
	var b strings.Builder
	b.WriteString("# Run-book: access that no API can change\n\n")
	if of != "" {
		b.WriteString(text.Markdown(of) + "\n\n")
	}
	b.WriteString("A person has to do this, in this order; no apply does. Tick each step once it is done. " +
		"If something looks otherwise than it says here, stop and ask.\n")
	steps := 0
	for _, r := range records {
		fmt.Fprintf(&b, "\n## %s\n\n", text.Markdown(r.Where()))
		fmt.Fprintf(&b, "Access baseline of `%s`. %s\n", strings.ReplaceAll(text.Visible(r.Address), "`", "'"), text.Markdown(r.Confirmed(day)))
		if len(r.Deviations) > 0 {
			b.WriteString("\nSeen otherwise:\n\n")
			for _, deviation := range r.Deviations {
				b.WriteString("- " + text.Markdown(deviation) + "\n")
			}
		}
		b.WriteString("\n")
		outstanding := r.StepsOn(day)
		for _, step := range outstanding {
			steps++
			b.WriteString("- [ ] " + text.Markdown(step) + "\n")
		}
		if len(outstanding) == 0 {
			b.WriteString("There is nothing to do.\n")
		}
	}
	if steps > 0 {
		b.WriteString("\nWhoever looked at the end attests it with a commit: the rows that were seen, the name and the day. " +
			"`signpathctl runbook --template` prints the table to fill in.\n")
	}
	return b.String()
}
