package rehearsal

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// question follows each part that a person compares.
const question = "As in the web application?"

// maxNames is how many members a line of text names.
const maxNames = 20

// WriteText writes it for people.
func (r *Rehearsal) WriteText(w io.Writer) error {
	t := &writer{}
	if len(r.Found.Faults)+len(r.Found.Gaps) > 0 {
		t.line("Not everything could be read, so something is missing here: see the end.\n")
	}
	t.part("How many", fmt.Sprintf("%s, of these %d inactive and %d invited; %s; %s with %s.",
		many(r.Counts.Users, "user", "users")+" and "+many(r.Counts.CIUsers, "CI user", "CI users"), r.Counts.Inactive, r.Counts.Invited,
		many(r.Counts.Groups, "user group", "user groups"), many(r.Counts.Projects, "project", "projects"),
		many(r.Counts.Policies, "signing policy", "signing policies")))
	var roles []string
	for _, role := range r.Roles {
		if role.Role != string(vocabulary.RoleRegularUser) || len(role.Holders) <= maxNames {
			roles = append(roles, role.Title+": "+names(role.Holders))
		} else {
			roles = append(roles, fmt.Sprintf("%s: %d others", role.Title, len(role.Holders)))
		}
	}
	t.part("Who has which role", roles...)
	t.part("Whose account is inactive", names(r.Inactive))
	for _, p := range r.Policies {
		t.part("Signing policy "+p.Project+"/"+p.Policy, p.lines()...)
	}
	for _, p := range r.Projects {
		t.part("Project "+p.Project, "active: "+told(p.Active, strconv.FormatBool), "readers: "+names(p.Readers), "configurators: "+names(p.Configurators))
	}
	for _, g := range r.Groups {
		t.part("Members of "+g.Group, names(g.Members))
	}
	for _, gap := range r.Found.Gaps {
		t.line("Not seen: " + gap)
	}
	r.writeMarks(t)
	r.writeFaults(t)
	_, err := io.WriteString(w, t.String())
	return err
}

func (p Policy) lines() []string {
	name := p.Name
	if p.Purpose != "" {
		name += " (" + p.Purpose + ")"
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return []string{
		"name: " + text.Visible(name),
		"submitters: " + names(p.Submitters),
		"approvers: " + names(p.Approvers),
		"active: " + told(p.Active, strconv.FormatBool),
		"approval process: " + told(p.UsesApprovalProcess, strconv.FormatBool) + ", required approvals: " + told(p.RequiredApprovals, number),
		"verifies the trusted build system: " + told(p.VerifiesBuildSystem, strconv.FormatBool) + ", the origin: " + told(p.VerifiesOrigin, strconv.FormatBool),
	}
}

func (r *Rehearsal) writeMarks(t *writer) {
	if len(r.Marks) == 0 {
		return
	}
	t.line("Not confirmed in the mapping file, so that nothing is written:")
	for _, mark := range r.Marks {
		kind := "proposed"
		if mark.Open {
			kind = "open"
		}
		t.line(strings.TrimSuffix(fmt.Sprintf("  line %d, %s, %s: %s", mark.Line, mark.Path, kind, text.Visible(mark.Question)), ": "))
	}
	t.line("")
}

func (r *Rehearsal) writeFaults(t *writer) {
	if len(r.Faults) == 0 {
		t.line("Nothing is wrong by itself. If all is as in the web application, the mapping reads it rightly.")
		return
	}
	t.line("This cannot be right:")
	for _, fault := range r.Faults {
		t.line("  - " + strings.ReplaceAll(text.VisibleLines(fault), "\n", "\n    "))
	}
}

// A writer collects lines.
type writer struct{ strings.Builder }

func (w *writer) line(line string) { w.WriteString(line + "\n") }

func (w *writer) part(title string, lines ...string) {
	w.line(title)
	for _, line := range lines {
		w.line("  " + line)
	}
	w.line("  " + question)
	w.line("")
}

func many(n int, singular, plural string) string {
	if n == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%d %s", n, plural)
}

// names lists members, of many the first.
func names(members []string) string {
	switch {
	case len(members) == 0:
		return "nobody"
	case len(members) > maxNames:
		return strings.Join(members[:maxNames], ", ") + fmt.Sprintf(" and %d more", len(members)-maxNames)
	}
	return strings.Join(members, ", ")
}

// told spells a setting, or that no answer tells it.
func told[T any](setting *T, spell func(T) string) string {
	if setting == nil {
		return "not told"
	}
	return spell(*setting)
}
