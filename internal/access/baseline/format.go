package baseline

import (
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// String tells a person what to do, in one paragraph: what, for whom, where, who can do it,
// what to take care of and what happens next.
func (s Step) String() string {
	sentences := []string{s.Headline()}
	if s.Menu != "" || s.Do != "" {
		sentences = append(sentences, s.where())
	}
	if s.Unworded != "" {
		sentences = append(sentences, strings.TrimSpace("No page of the vendor says "+s.Unworded+". "+s.caution()))
	}
	if len(s.WhoRoles) > 0 {
		sentences = append(sentences, s.who())
	}
	sentences = append(sentences, s.Notes...)
	if s.Next != "" {
		sentences = append(sentences, "Then: "+s.Next)
	}
	if s.Source != "" {
		sentences = append(sentences, fmt.Sprintf("(%s: %s)", s.Evidence, s.Source))
	}
	return strings.Join(sentences, " ")
}

// Headline says what a step does, and for whom, without how and by whom.
func (s Step) Headline() string {
	principals := strings.Join(access.Spell(s.Principals), ", ")
	switch s.Kind {
	case KindLookUp:
		return fmt.Sprintf("Look whether there is %s, spelled so.", s.quotedRoles())
	case KindInvite:
		return fmt.Sprintf("Invite %s at %s; whoever is a user already needs no invitation.", principals, s.Where)
	case KindGive:
		return fmt.Sprintf("Give %s at %s to %s.", s.quotedRoles(), s.Where, principals)
	case KindWait:
		return fmt.Sprintf("Wait until %s accepted what was given and logged in again. Take nothing from anybody before that.", have(s.Principals))
	case KindTake:
		return fmt.Sprintf("Take %s at %s from %s.", s.quotedRoles(), s.Where, principals)
	case KindRemove:
		if len(s.Roles) == 0 {
			return fmt.Sprintf("Remove all access of %s at %s, who keeps nothing anywhere.", principals, s.Where)
		}
		return fmt.Sprintf("Remove all access of %s at %s, who keeps nothing anywhere: this takes %s.", principals, s.Where, s.quotedRoles())
	default:
		return "Look again at who has which role where, write what you see into observed.csv, and attest it with your name and the day."
	}
}

// have is as "user:a has", "user:a and user:b have".
func have(principals []access.Reference) string {
	if len(principals) == 1 {
		return principals[0].String() + " has"
	}
	return review.Enumerate(access.Spell(principals)) + " have"
}

func (s Step) quotedRoles() string {
	return enumerateRoles(s.Roles, " and ")
}

func (s Step) where() string {
	text := "In " + s.Site
	if s.Menu != "" {
		text += ", " + s.Menu
	}
	if s.Do != "" {
		text += ": " + s.Do
	}
	return text + "."
}

// caution is for what no page says.
func (s Step) caution() string {
	switch s.Kind {
	case KindTake, KindRemove:
		return "If it looks otherwise there, stop before the last role goes, and ask."
	case KindInvite, KindGive:
		return "If it looks otherwise there, stop and ask."
	default:
		return ""
	}
}

func (s Step) who() string {
	text := "Who can do it: whoever has " + enumerateRoles(s.WhoRoles, " or ")
	if s.Place != (access.Place{}) {
		text += " here or further out"
	}
	if len(s.Who) > 0 {
		text += ", such as " + review.SpellFew(access.Spell(s.Who), "other", "others")
	}
	if len(s.PerhapsRoles) > 0 {
		text += "; whether " + enumerateRoles(s.PerhapsRoles, " or ") + " is enough, no page says"
	}
	return text + "."
}

func enumerateRoles(roles []access.Role, separator string) string {
	quoted := make([]string, len(roles))
	for i, role := range roles {
		quoted[i] = quoteRole(role)
	}
	return strings.Join(quoted, separator)
}

// Format numbers the steps, and tells them as people read them.
func Format(steps []Step) []string {
	lines := make([]string, len(steps))
	for i, step := range steps {
		lines[i] = fmt.Sprintf("%d. %s", i+1, step)
	}
	return lines
}
