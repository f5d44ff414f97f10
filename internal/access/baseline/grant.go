package baseline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// Written are grants as a configuration has them: by place, then by role, who is to have it.
// What is null there is empty here.
type Written map[string]map[string][]string

const (
	// MaxGrants bounds how many grants a baseline has, and how many rows an observation. More
	// than that nobody gives and takes by hand.
	MaxGrants = 5000
	// MaxPlaces bounds how many places a baseline has.
	MaxPlaces = 500
	// MaxEffective bounds at how many places the grants of a baseline hold in all, each counted
	// with the places within: so many rows it takes to tell what inheritance makes of them.
	MaxEffective = 100_000
	// maxLength bounds names, so that to look for what comes near takes no time.
	maxLength = 256
	// maxProblems bounds what is told of one configuration.
	maxProblems = 20
)

// A Problem is something that is wrong with what people wrote.
type Problem struct {
	// Path leads to it: the key of the place, then that of the role, then the principal. It
	// ends where the problem is.
	Path []string
	// Text is a sentence without its full stop.
	Text string
}

func (p Problem) Error() string {
	// Whoever is null has no name to be told.
	path := slices.DeleteFunc(slices.Clone(p.Path), func(step string) bool { return step == "" })
	if len(path) == 0 {
		return p.Text
	}
	return strings.Join(path, " → ") + ": " + p.Text
}

// problems collects the first few.
type problems struct {
	found []Problem
	more  int
}

func (p *problems) add(path []string, format string, args ...any) {
	if len(p.found) >= maxProblems {
		p.more++
		return
	}
	p.found = append(p.found, Problem{slices.Clone(path), fmt.Sprintf(format, args...)})
}

// full tells whether another problem would only be counted, so that nothing has to be looked
// up for it.
func (p *problems) full() bool { return len(p.found) >= maxProblems }

func (p *problems) all() []Problem {
	if p.more > 0 {
		return append(p.found, Problem{Text: fmt.Sprintf("%d more problems of this kind are not told", p.more)})
	}
	return p.found
}

// Parse reads a baseline. If there are problems, it is of no use.
func (m *Model) Parse(organization string, places []DeclaredPlace, written Written) (Baseline, []Problem) {
	b := Baseline{Model: m, Organization: organization, Places: slices.Clone(places)}
	if len(places) > MaxPlaces {
		return b, []Problem{{Text: fmt.Sprintf("there are %d places, and a baseline has at most %d", len(places), MaxPlaces)}}
	}
	slices.SortFunc(b.Places, func(a, b DeclaredPlace) int { return a.Place.Compare(b.Place) })
	grants, problems := b.ParseRows(written)
	b.Grants = grants
	if count := b.countEffective(); len(problems) == 0 && count > MaxEffective {
		return b, []Problem{{Text: fmt.Sprintf("with inheritance the grants hold at %d places in all, and a baseline tells at most %d", count, MaxEffective)}}
	}
	return b, problems
}

// countEffective counts each grant at its place and at those within.
func (b Baseline) countEffective() int {
	count, at := 0, map[access.Place]int{}
	for _, g := range b.Grants {
		if at[g.Place] == 0 {
			at[g.Place] = 1 + len(b.within(g.Place, nil, map[access.Place][]access.Place{}))
		}
		count += at[g.Place]
	}
	return count
}

// ParseRows reads grants at the places of the baseline, such as the rows that somebody saw.
func (b Baseline) ParseRows(written Written) ([]access.Grant, []Problem) {
	if count := written.count(); count > MaxGrants {
		return nil, []Problem{{Text: fmt.Sprintf("there are %d entries, and a baseline has at most %d: who is to have access is given and taken by hand", count, MaxGrants)}}
	}
	var found problems
	grants := []access.Grant{}
	for _, placeKey := range slices.Sorted(maps.Keys(written)) {
		place, err := b.parsePlace(placeKey, found.full())
		if err != nil {
			found.add([]string{placeKey}, "%s", err)
			continue
		}
		for _, role := range slices.Sorted(maps.Keys(written[placeKey])) {
			if err := b.Model.checkRole(access.Role(role), place, found.full()); err != nil {
				found.add([]string{placeKey, role}, "%s", err)
				continue
			}
			at := access.Grant{Role: access.Role(role), Place: place}
			grants = append(grants, b.Model.parsePrincipals(written[placeKey][role], at, []string{placeKey, role}, &found)...)
		}
	}
	slices.SortFunc(grants, access.Grant.Compare)
	return grants, found.all()
}

// count is how many entries there are. A place or a role without any counts as one, so that
// no configuration is longer than its count.
func (w Written) count() int {
	count := 0
	for _, roles := range w {
		count += max(0, 1-len(roles))
		for _, principals := range roles {
			count += max(1, len(principals))
		}
	}
	return count
}

// Write spells grants as a configuration does.
func (m *Model) Write(grants []access.Grant) Written {
	written := Written{}
	for _, g := range grants {
		key := m.Vocabulary.PlaceKey(g.Place)
		if written[key] == nil {
			written[key] = map[string][]string{}
		}
		written[key][string(g.Role)] = append(written[key][string(g.Role)], g.Principal.String())
	}
	return written
}

// parsePlace reads the key of a place that the baseline has.
func (b Baseline) parsePlace(key string, brief bool) (access.Place, error) {
	if err := checkName(key, "a place"); err != nil {
		return access.Place{}, err
	}
	place, err := b.Model.Vocabulary.ParsePlaceKey(key)
	switch {
	case err == nil && (place == access.Place{} || slices.ContainsFunc(b.Places, func(d DeclaredPlace) bool { return d.Place == place })):
		return place, nil
	case brief:
		return place, fmt.Errorf("there is no place %q", key)
	}
	known := []string{b.Model.Vocabulary.OrganizationNoun()}
	for _, declared := range b.Places {
		known = append(known, b.Model.Vocabulary.PlaceKey(declared.Place))
	}
	if err != nil {
		return place, fmt.Errorf("%w; %s", err, nearest(key, known))
	}
	return place, fmt.Errorf("there is no place %q; %s", key, nearest(key, known))
}

// checkRole tells what is wrong with a role at a place.
func (m *Model) checkRole(role access.Role, place access.Place, brief bool) error {
	if err := checkName(string(role), "a role"); err != nil {
		return err
	}
	v := m.Vocabulary
	description := v.Description(role)
	switch {
	case v.MayBeHeldAt(role, place) != access.AnswerNo:
		return nil
	case description == nil && brief:
		return fmt.Errorf("there is no role %q", role)
	case description == nil:
		var known []string
		for _, r := range v.RolesOf(access.ByEntry) {
			known = append(known, string(r.Role))
		}
		if m.Elsewhere != nil && m.Elsewhere(string(role)) != "" {
			return fmt.Errorf("there is no role %q: %s; %s", role, m.Elsewhere(string(role)), nearest(string(role), known))
		}
		return fmt.Errorf("there is no role %q; %s", role, nearest(string(role), known))
	case description.By == access.ByVendor:
		return fmt.Errorf("%s (%s) is for the staff and the programs of %s, so no organization gives or takes it", role, description.Title, m.Vendor)
	case description.By != access.ByEntry:
		return fmt.Errorf("%s (%s) is for whoever is invited to take part in one thing, so it is no lasting access, and no baseline records it", role, description.Title)
	}
	kind, here := m.kindNoun(description.At), m.kindNoun(v.KindAt(place))
	hint := "the " + v.OrganizationNoun()
	if description.At != "" {
		hint = v.PlaceKind(description.At).Plural
	}
	return fmt.Errorf("%s (%s) is a role for one %s, and %s is one %s: it can be given at %s alone", role, description.Title, kind, v.PlaceKey(place), here, hint)
}

func (m *Model) kindNoun(kind string) string {
	return cmp.Or(m.Vocabulary.PlaceKind(kind).Noun, m.Vocabulary.OrganizationNoun())
}

// parsePrincipals reads who is to have a role at a place.
func (m *Model) parsePrincipals(texts []string, grant access.Grant, path []string, found *problems) []access.Grant {
	seen := map[access.Reference]string{}
	var grants []access.Grant
	for _, text := range texts {
		principal, err := m.ParsePrincipal(text)
		path := append(slices.Clone(path), text)
		before, isDouble := seen[principal.Folded()]
		switch {
		case err != nil:
			found.add(path, "%s", err)
		case isDouble && before == text:
			found.add(path, "%q is named twice", text)
		case isDouble:
			found.add(path, "%q and %q are the same principal in two spellings; name it once", before, text)
		default:
			seen[principal.Folded()] = text
			grant.Principal = principal
			grants = append(grants, grant)
		}
	}
	return grants
}

// forms are how principals are spelled, by kind.
var forms = map[access.Kind]string{
	access.KindUser:      `"user:E-MAIL"`,
	access.KindAPIClient: `"api_client:ID"`,
	access.KindDomain:    `"domain:NAME"`,
}

// ParsePrincipal reads a reference to a principal of a kind that the vendor has.
func (m *Model) ParsePrincipal(written string) (access.Reference, error) {
	kind, key, found := strings.Cut(written, ":")
	reference := access.Reference{Kind: access.Kind(kind), Key: norm.NFC.String(key)}
	if err := checkName(written, "a principal"); err != nil {
		return reference, err
	}
	valid := m.principalForms()
	switch {
	case !found && access.IsEmail(written):
		return reference, fmt.Errorf("%q has no kind; did you mean %q? Valid are %s", written, string(access.KindUser)+":"+written, valid)
	case !found || !slices.Contains(m.Vocabulary.Principals, reference.Kind):
		return reference, fmt.Errorf("%q is no principal; valid are %s", written, valid)
	case strings.TrimSpace(key) != key:
		return reference, fmt.Errorf("%q has white space behind the colon", written)
	case !isKeyOf(reference.Kind, key):
		return reference, fmt.Errorf("%q names nobody: the form is %s", written, cmp.Or(forms[reference.Kind], string(reference.Kind)+":NAME"))
	}
	return reference, nil
}

// isKeyOf tells whether text can name a principal of the kind.
func isKeyOf(kind access.Kind, key string) bool {
	switch kind {
	case access.KindUser:
		return access.IsEmail(key)
	case access.KindDomain:
		return strings.Contains(key, ".") && !strings.ContainsAny(key, "@/: ")
	default:
		return key != "" && !strings.ContainsAny(key, " \t")
	}
}

func (m *Model) principalForms() string {
	var valid []string
	for _, kind := range m.Vocabulary.Principals {
		valid = append(valid, cmp.Or(forms[kind], string(kind)+":NAME"))
	}
	return strings.Join(valid, ", ")
}

// checkName tells what is wrong with a text that names something, whatever it names.
func checkName(name, what string) error {
	switch {
	case name == "":
		return fmt.Errorf("null or empty text names nothing where %s is expected", what)
	case len(name) > maxLength:
		return fmt.Errorf("%s is named in at most %d bytes, and this has %d", what, maxLength, len(name))
	case text.Visible(name) != name || !utf8.ValidString(name):
		return fmt.Errorf("%q has characters that cannot be seen", name)
	case name != strings.TrimSpace(name):
		return fmt.Errorf("%q has white space around it; did you mean %q?", name, strings.TrimSpace(name))
	}
	return nil
}

// nearest says what comes near to a name, as the end of a sentence.
func nearest(wanted string, known []string) string {
	if len(known) == 0 {
		return "there is none"
	}
	if meant := access.Nearest(wanted, known); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	near := access.NearestSlugs(wanted, known)
	quoted := make([]string, len(near))
	for i, name := range near {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	if len(near) == len(known) {
		return "there is " + strings.Join(quoted, ", ")
	}
	return "the nearest are " + strings.Join(quoted, ", ")
}

// distinct returns the references in order, each principal once.
func distinct(all []access.Reference) []access.Reference {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b access.Reference) int { return a.Folded().Compare(b.Folded()) })
	return slices.CompactFunc(all, access.Reference.Same)
}
