package planreview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// fewGrave are as many of a kind as the head names.
const fewGrave = 3

// gravest says in one line what whoever has two minutes must not miss: roles, approvals, what
// Terraform gives up, a plan that is out of date, what is denied, and what is not known. It is
// empty where there is nothing of it.
func (r *Report) gravest() string {
	parts := r.graveRoles()
	parts = append(parts, r.graveBaselines()...)
	parts = append(parts, r.graveInvitations()...)
	parts = append(parts, r.graveApprovals()...)
	parts = append(parts, r.graveLists()...)
	if r.Stale {
		parts = append(parts, fmt.Sprintf("The organization has changed since the plan was made (%s): plan again", count(len(r.ChangedSince), "change", "changes")))
	}
	parts = append(parts, r.graveFindings()...)
	parts = append(parts, r.graveGaps()...)
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ". ") + "."
}

func (r *Report) graveRoles() []string {
	var parts []string
	for _, e := range r.Roles {
		if len(parts) == fewGrave {
			return append(parts, count(len(r.Roles)-fewGrave, "more change of a global role", "more changes of global roles"))
		}
		parts = append(parts, e.Sentence)
	}
	return parts
}

// graveApprovals tell of the gravest permission that is given place by place, those of the
// graver places first.
func (r *Report) graveApprovals() []string {
	most := r.gravestPermission()
	var parts []string
	for _, direction := range []Direction{Direction(review.Gains), Direction(review.WillGain)} {
		for _, grave := range []bool{true, false} {
			var principals []string
			var places []access.Place
			for _, c := range r.Access {
				place := access.PlaceOf(c.Project, c.SigningPolicy)
				if c.Permission == most.ID && c.Direction == direction && r.notes[place].Grave == grave {
					principals, places = append(principals, c.who), append(places, place)
				}
			}
			if len(principals) == 0 {
				continue
			}
			principals, places = unique(principals), unique(places)
			g := accessGroup{direction: direction, principals: principals}
			text := fmt.Sprintf("%s %s %s on %s", who(principals), g.verb(), most.Noun, r.placesOf(places))
			if len(principals) > 1 && len(principals) <= fewGrave {
				text += ": " + strings.Join(principals, ", ")
			}
			parts = append(parts, text)
		}
	}
	return parts
}

// gravestPermission is that of those which lists give.
func (r *Report) gravestPermission() (most access.PermissionDescription) {
	if r.vocabulary == nil {
		return most
	}
	for _, p := range r.vocabulary.Permissions {
		if p.Narrowest != "" && p.Gravity > most.Gravity {
			most = p
		}
	}
	return most
}

func unique[T comparable](all []T) []T {
	seen := map[T]bool{}
	var found []T
	for _, one := range all {
		if !seen[one] {
			seen[one] = true
			found = append(found, one)
		}
	}
	return found
}

// graveLists tell what stays as it is, and no later plan looks at.
func (r *Report) graveLists() []string {
	var given []string
	note := func(f review.FindingRecord) {
		if f.Rule == review.NoLongerManaged {
			sentence, _, _ := strings.Cut(f.Sentence, ", which stays")
			sentence, _, _ = strings.Cut(sentence, ": they stay")
			given = append(given, sentence)
		}
	}
	for _, f := range r.Findings.Introduced {
		note(f.FindingRecord)
	}
	for _, f := range r.Findings.Excepted {
		note(f.FindingRecord)
	}
	if len(given) > fewGrave {
		return []string{fmt.Sprintf("Terraform gives up %d lists, entries, roles or groups, which stay as they are", len(given))}
	}
	return given
}

func (r *Report) graveFindings() []string {
	var rules []string
	denied := 0
	for _, f := range r.Findings.Introduced {
		if f.Severity == string(review.Deny) {
			denied++
			rules = append(rules, f.Rule)
		}
	}
	if denied == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s denied (%s)", count(denied, "finding is", "findings are"), strings.Join(unique(rules), ", "))}
}

func (r *Report) graveGaps() []string {
	var parts []string
	switch {
	case r.Errored:
		parts = append(parts, "Planning ended with an error, so there may be more")
	case !r.Complete:
		parts = append(parts, "The plan is a part of what is to be done")
	}
	if n := len(r.Unknown) + len(r.Gaps); n > 0 {
		parts = append(parts, "Not all is known: "+count(n, "gap", "gaps"))
	}
	return parts
}

// findingGroups gather the findings of a rule and severity where they are many.
func (r *Report) findingGroups(findings []Finding) []line {
	byRule := map[string][]Finding{}
	var rules []string
	for _, f := range findings {
		rule := f.Severity + " " + f.Rule
		if f.vendor != "" {
			rule += " (" + f.vendor + ")"
		}
		if byRule[rule] == nil {
			rules = append(rules, rule)
		}
		byRule[rule] = append(byRule[rule], f)
	}
	var lines []line
	for _, rule := range rules {
		all := byRule[rule]
		if len(all) <= fewChanges {
			lines = append(lines, each(all, func(f Finding) line {
				return line{fmt.Sprintf("%s: %s", rule, f.Sentence), f.details()}
			})...)
			continue
		}
		lines = append(lines, r.findingGroup(rule, all))
	}
	return lines
}

func (r *Report) findingGroup(rule string, all []Finding) line {
	var principals, places, addresses []string
	for _, f := range all {
		principals, places, addresses = append(principals, f.Principals...), append(places, f.Places...), append(addresses, f.Addresses...)
	}
	text := fmt.Sprintf("%s: %d findings", rule, len(all))
	if principals = unique(principals); len(principals) > 0 {
		text += " about " + enumerateFew(principals, fewAddresses)
	}
	if places = unique(places); len(places) > 0 {
		text += " at " + r.namePlaces(places, all[0].vendor)
	}
	addresses = unique(addresses)
	slices.Sort(addresses)
	return line{text, append(spellCauses(nil, addresses), unique(each(all, func(f Finding) string { return f.Advice }))...)}
}

// namePlaces names places of the vendor of a baseline, or else of the one that is reviewed.
func (r *Report) namePlaces(places []string, vendor string) string {
	if vendor != "" {
		return enumerateFew(places, fewAddresses)
	}
	return r.placesOf(each(places, placeNamed))
}

// placeNamed is the place of a spelling.
func placeNamed(text string) access.Place {
	if text == (access.Place{}).String() {
		return access.Place{}
	}
	return access.PlaceOf(strings.Split(text, "/")...)
}

// listGroups gather the lists of which the same changes.
func (r *Report) listGroups() []line {
	groups := map[string][]ListChange{}
	var order []string
	for _, c := range r.Lists {
		alike := fmt.Sprintf("%q", []any{c.List, c.Group, c.moves(), c.endsEmpty(), c.takenOff()})
		if groups[alike] == nil {
			order = append(order, alike)
		}
		groups[alike] = append(groups[alike], c)
	}
	var lines []line
	for _, alike := range order {
		all := groups[alike]
		if len(all) <= fewChanges {
			lines = append(lines, each(all, func(c ListChange) line { return plainLine(c.String()) })...)
			continue
		}
		places := each(all, func(c ListChange) access.Place { return access.PlaceOf(c.Project, c.SigningPolicy) })
		text := all[0].List + " of " + r.placesOf(places) + ": " + strings.TrimSuffix(all[0].moves(), "; ")
		if all[0].endsEmpty() {
			text += "; then each has no entry"
		}
		lines = append(lines, plainLine(text+all[0].takenOff()))
	}
	return lines
}
