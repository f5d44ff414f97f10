package planreview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// An accessGroup is the same change of several principals, or at several places: by the same
// way, the same principals at the same places.
type accessGroup struct {
	direction  Direction
	permission access.PermissionDescription
	way        string
	principals []string
	places     []access.Place
	// changes are those of the group, in order.
	changes []AccessChange
}

// fewChanges are as many as are told one by one, also where they are alike.
const fewChanges = 3

// accessGroups gathers what is alike, the gravest first. Nothing is left out.
func (r *Report) accessGroups() []accessGroup {
	type alike struct {
		principals string
		direction  Direction
		permission string
		way        string
	}
	at := map[alike]int{}
	var ofOne []accessGroup
	for _, c := range r.Access {
		k := alike{c.who, c.Direction, c.Permission, c.way}
		i, known := at[k]
		if !known {
			i, at[k] = len(ofOne), len(ofOne)
			ofOne = append(ofOne, accessGroup{
				direction: c.Direction, permission: r.permission(c.Permission), way: c.way, principals: []string{c.who},
			})
		}
		ofOne[i].places = append(ofOne[i].places, access.PlaceOf(c.Project, c.SigningPolicy))
		ofOne[i].changes = append(ofOne[i].changes, c)
	}
	clear(at)
	var groups []accessGroup
	for _, one := range ofOne {
		k := alike{strings.Join(access.Spell(one.places), "\x00"), one.direction, one.permission.ID, one.way}
		i, known := at[k]
		if !known {
			at[k] = len(groups)
			groups = append(groups, one)
			continue
		}
		groups[i].principals = append(groups[i].principals, one.principals...)
		groups[i].changes = append(groups[i].changes, one.changes...)
	}
	slices.SortStableFunc(groups, func(a, b accessGroup) int {
		return cmp.Or(
			cmp.Compare(b.permission.Gravity, a.permission.Gravity), cmp.Compare(rank(a.direction), rank(b.direction)),
			-compareBools(r.isGrave(a.places), r.isGrave(b.places)), cmp.Compare(len(b.changes), len(a.changes)),
		)
	})
	return groups
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func rank(d Direction) int {
	return slices.Index([]Direction{
		Direction(review.Gains), Direction(review.WillGain), Direction(review.Loses), MayLose, Direction(review.WillNotGain), MayNotGain,
	}, d)
}

// permission describes one by its id.
func (r *Report) permission(id string) access.PermissionDescription {
	if r.vocabulary != nil {
		for _, p := range r.vocabulary.Permissions {
			if p.ID == id {
				return p
			}
		}
	}
	return access.PermissionDescription{Permission: access.Permission{ID: id, Noun: id}}
}

// isGrave tells whether more is at stake at one of the places than elsewhere.
func (r *Report) isGrave(places []access.Place) bool {
	return slices.ContainsFunc(places, func(p access.Place) bool { return r.notes[p].Grave })
}

// linesOf tells the group in one line, or its changes one by one if they are few. It names as
// many principals; 0 is all.
func (r *Report) linesOf(g accessGroup, names int) []line {
	if len(g.changes) <= fewChanges {
		return each(g.changes, r.changeLine)
	}
	text := fmt.Sprintf("%s %s %s %s %s", who(g.principals), g.verb(), g.permission.Noun, preposition(g.places), r.placesOf(g.places))
	if requires := r.requires(g.places); requires != "" && g.permission.Gravity > 0 {
		text += ", " + requires
	}
	if g.way != "" {
		text += ", " + g.way
	}
	if len(g.principals) > 1 {
		text += ": " + enumerateFew(g.principals, names)
	}
	return []line{plainLine(text)}
}

// requires says what is asked at all of the places, if that is the same.
func (r *Report) requires(places []access.Place) string {
	same := r.notes[places[0]].Requires
	if slices.ContainsFunc(places, func(p access.Place) bool { return r.notes[p].Requires != same }) {
		return ""
	}
	if same != "" && len(places) > 1 {
		return same + " at each"
	}
	return same
}

// verb says the direction of one or several.
func (g accessGroup) verb() string {
	if len(g.principals) == 1 {
		return string(g.direction)
	}
	return plural(g.direction)
}

func plural(d Direction) string {
	switch d {
	case Direction(review.Gains):
		return "gain"
	case Direction(review.Loses):
		return "lose"
	}
	return string(d)
}

// changeLine is a sentence with what is to be known of the place.
func (r *Report) changeLine(c AccessChange) line {
	var notes []string
	place := access.PlaceOf(c.Project, c.SigningPolicy)
	if known := r.notes[place]; place.Depth() > 1 && r.permission(c.Permission).Gravity > 0 {
		if known.Noun != "" {
			notes = append(notes, "a "+known.Noun)
		}
		if known.Requires != "" {
			notes = append(notes, known.Requires)
		}
	}
	if len(notes) == 0 {
		return plainLine(c.Sentence)
	}
	return plainLine(c.Sentence + " (" + strings.Join(notes, "; ") + ")")
}

// who counts principals, or names the one that there is.
func who(principals []string) string {
	if len(principals) == 1 {
		return principals[0]
	}
	return count(len(principals), "principal", principalNoun(principals))
}

func principalNoun(principals []string) string {
	for _, kind := range []struct{ prefix, noun string }{
		{string(access.KindUser) + ":", "people"}, {string(access.KindCIUser) + ":", "CI users"}, {string(access.KindGroup) + ":", "groups"},
	} {
		if !slices.ContainsFunc(principals, func(p string) bool { return !strings.HasPrefix(p, kind.prefix) }) {
			return kind.noun
		}
	}
	return "principals"
}

func preposition(places []access.Place) string {
	if len(places) == 1 && places[0].Depth() == 0 {
		return "in"
	}
	return "on"
}

// A line names as many places of many, and all of a few.
const (
	fewPlaces     = 4
	samplesOfMany = 2
)

// placesOf counts places and names a few, those first at which more is at stake: "32 release
// policies (payments, product-01 …)".
func (r *Report) placesOf(places []access.Place) string {
	if len(places) == 1 {
		return places[0].String()
	}
	places = slices.Clone(places)
	slices.SortStableFunc(places, func(a, b access.Place) int {
		return cmp.Or(-compareBools(r.notes[a].Grave, r.notes[b].Grave), a.Compare(b))
	})
	names := 0
	if len(places) > fewPlaces {
		names = samplesOfMany
	}
	return fmt.Sprintf("%d %s (%s)", len(places), r.placeNoun(places), enumerateFew(namesOf(places), names))
}

// placeNoun names all of the places: "release policies", "signing policies, 4 of them release
// policies".
func (r *Report) placeNoun(places []access.Place) string {
	of, grave := map[string]int{}, map[string]int{}
	noun := "places"
	for i, place := range places {
		notes := r.notes[place]
		of[notes.Plural]++
		if notes.Grave {
			grave[notes.Plural]++
		}
		if r.vocabulary == nil {
			continue
		}
		switch kind := r.vocabulary.PlaceKind(r.vocabulary.KindAt(place)).Plural; {
		case i == 0:
			noun = kind
		case kind != noun:
			noun = "places"
		}
	}
	for plural, n := range of {
		if n == len(places) && plural != "" {
			return plural
		}
	}
	for _, plural := range sortedKeys(grave) {
		noun += fmt.Sprintf(", %d of them %s", grave[plural], plural)
	}
	return cmp.Or(noun, "places")
}

// namesOf names places by what differs: by the project, where each is the policy of the same
// name in another one.
func namesOf(places []access.Place) []string {
	projects := map[string]bool{}
	for _, place := range places {
		if place.Depth() < 2 || place.Slug(1) != places[0].Slug(1) || projects[place.Slug(0)] {
			return access.Spell(places)
		}
		projects[place.Slug(0)] = true
	}
	return each(places, func(p access.Place) string { return p.Slug(0) })
}

// enumerateFew names all, or as many as few if there are more; 0 is all.
func enumerateFew(names []string, few int) string {
	if few == 0 || len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " …"
}

// accessBlocks are a block for each permission, so that of each as much is told as there is
// room for: reading gives way to approval.
func (r *Report) accessBlocks() []block {
	var blocks []block
	groups := r.accessGroups()
	for len(groups) > 0 {
		permission := groups[0].permission
		end := slices.IndexFunc(groups, func(g accessGroup) bool { return g.permission.ID != permission.ID })
		if end < 0 {
			end = len(groups)
		}
		blocks = append(blocks, r.accessBlock(permission, groups[:end]))
		groups = groups[end:]
	}
	return blocks
}

func (r *Report) accessBlock(permission access.PermissionDescription, groups []accessGroup) block {
	b := block{keep: keepAccess + permission.Gravity}
	if permission.Gravity == 0 {
		b.keep = keepReading
	}
	var full, short []line
	numbers, places := map[Direction]int{}, map[access.Place]bool{}
	var directions []Direction
	for _, g := range groups {
		full = append(full, r.linesOf(g, 0)...)
		short = append(short, r.linesOf(g, fewAddresses)...)
		if numbers[g.direction] == 0 {
			directions = append(directions, g.direction)
		}
		numbers[g.direction] += len(g.changes)
		for _, place := range g.places {
			places[place] = true
		}
	}
	var parts []string
	for _, d := range directions {
		parts = append(parts, fmt.Sprintf("%d × %s", numbers[d], d))
	}
	counted := plainLine(fmt.Sprintf("%s: %s at %s", permission.Noun, strings.Join(parts, ", "), count(len(places), "place", "places")))
	b.lengths = [][]line{full, short, {counted}}
	return b
}
