package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// A Difference is what is different between two reports on one organization.
type Difference struct {
	Old, New *Report
	// Gaps say what cannot be told, and why. With one, nobody knows that nothing else changed.
	Gaps []string
	// Notes say what else the reports do not have in common: who read, which rules judged, by
	// which version of the program.
	Notes []string
	// Changes are who gained and lost what, ordered by principal, direction and place.
	Changes []Change
	// Ways are accesses that are as they were, and come about otherwise.
	Ways []WayChange
	// Renamed are those who are called otherwise, and RenamedPlaces the places that are.
	Renamed       []Rename
	RenamedPlaces []PlaceRename
	// Introduced findings are only in the new report, Resolved ones only in the old one, and
	// Excepted ones were found before, and an exception lets them pass now.
	Introduced, Resolved []review.FindingRecord
	Excepted             []review.ExceptedRecord
	// Settings are those of places that both reports show.
	Settings []SettingChange
	// Come and Gone are the places that only one report shows, and Replaced those in the place of which
	// there is another one of the same name.
	Come, Gone, Replaced []access.Place
}

// A Change is one permission at one place that a principal gained or lost.
type Change struct {
	Direction review.Direction
	Subject
	Permission access.Permission
	Place      access.Place
	// Reasons are the ways that are there now, or that were there before.
	Reasons []string
	// Because is set where the account changed and not the access, or the place is another one.
	Because string
	// IsHomonym is true where another account has, or had, the same name.
	IsHomonym bool

	ways map[string]bool
}

// String says the change in a sentence without a full stop.
func (c Change) String() string {
	text := fmt.Sprintf("%s %s %s %s", c.Reference, c.Direction, c.Permission.Noun, where(c.Place))
	if c.Because != "" {
		text += ", " + c.Because
	}
	if c.IsHomonym {
		text += ", as the account " + c.ID
	}
	return text
}

func where(place access.Place) string {
	if place == (access.Place{}) {
		return "in " + place.String()
	}
	return "on " + place.String()
}

// IsGain tells whether the principal can do more, or will.
func (c Change) IsGain() bool {
	return c.Direction == review.Gains || c.Direction == review.WillGain
}

// A WayChange is an access that is as it was, by other ways.
type WayChange struct {
	Subject
	Permission    access.Permission
	Place         access.Place
	Before, After []string

	// ways are those that came or went.
	ways map[string]bool
}

// A Rename says that a principal is called otherwise.
type Rename struct {
	ID            string
	Before, After string
}

// A PlaceRename says that a place is called otherwise.
type PlaceRename struct{ Before, After access.Place }

// A SettingChange is one setting of one place. A value that was not known is nil.
type SettingChange struct {
	Place         access.Place
	Setting       string
	Before, After any
}

// Same tells whether nothing is different in what both reports show. Only without gaps does
// that mean that nothing changed.
func (d *Difference) Same() bool {
	return len(d.Changes)+len(d.Ways)+len(d.Renamed)+len(d.RenamedPlaces)+len(d.Introduced)+len(d.Resolved)+len(d.Excepted)+
		len(d.Settings)+len(d.Come)+len(d.Gone)+len(d.Replaced) == 0
}

// Gained tells whether somebody gained something.
func (d *Difference) Gained() bool { return slices.ContainsFunc(d.Changes, Change.IsGain) }

// Compare tells what is different. The reports have to be about one organization, and the old
// one must not be younger.
func Compare(vocabulary *access.Vocabulary, earlier, later *Report) (*Difference, error) {
	one, other := earlier.Head.Organization.ID, later.Head.Organization.ID
	if one == nil || other == nil || *one != *other {
		return nil, fmt.Errorf("the reports are about two organizations, %s and %s", spellID(one), spellID(other))
	}
	if earlier.Head.Time.After(later.Head.Time) {
		return nil, errors.New("the first report is younger than the second one: name the old one first")
	}
	d := &Difference{Old: earlier, New: later}
	c := comparison{Difference: d, vocabulary: vocabulary, sites: sitesOf(earlier, later)}
	c.note()
	c.restrict()
	if !c.isApart {
		c.compareAccess()
		c.compareFindings()
	}
	c.compareSettings()
	return d, nil
}

func spellID(id *string) string {
	if id == nil {
		return "one that is not told"
	}
	return *id
}

// A comparison collects a difference.
type comparison struct {
	*Difference
	vocabulary *access.Vocabulary
	// had and has are the accesses that both reports would show.
	had, has index
	// sites are the places of the old report as the new one has them.
	sites sites
	// called are the principals of the new report by id: whoever lost something is called as now.
	called map[string]Subject
	// homonyms are the names that several accounts have, or had one after the other.
	homonyms map[access.Reference]bool
	// isFilteredOtherwise is true where the reports are of different parts, and isApart where
	// nobody can tell what both would show.
	isFilteredOtherwise, isApart bool
}

// note says what the reports do not have in common.
func (c *comparison) note() {
	earlier, later := c.Old.Head, c.New.Head
	for _, side := range []struct {
		name string
		head envelope.Envelope
	}{{"old", earlier}, {"new", later}} {
		for _, gap := range side.head.Gaps {
			c.gap("the %s report is incomplete: %s", side.name, gap.Sentence)
		}
	}
	if reader(earlier) != reader(later) {
		c.Notes = append(c.Notes, fmt.Sprintf("The reports were read by different users: %s, and %s.", reader(earlier), reader(later)))
	}
	if earlier.Tool != later.Tool {
		c.Notes = append(c.Notes, fmt.Sprintf("The reports were made by %s %s and %s %s, which may judge otherwise.",
			earlier.Tool.Name, earlier.Tool.Version, later.Tool.Name, later.Tool.Version))
	}
	if isJudgedOtherwise(c.Old, c.New) {
		c.Notes = append(c.Notes, "Other rules judged: a finding may have come or gone because of that.")
	}
}

func (c *comparison) gap(format string, args ...any) {
	c.Gaps = append(c.Gaps, "Not all that changed can be told, because "+fmt.Sprintf(format, args...))
}

func reader(head envelope.Envelope) string {
	if head.ReadBy == nil {
		return "nobody who is told"
	}
	return fmt.Sprintf("%s (%s)", head.ReadBy.Member, head.ReadBy.Role)
}

// isJudgedOtherwise compares the files of rules, and what is switched off.
func isJudgedOtherwise(a, b *Report) bool {
	return !slices.Equal(sorted(a.Ignored), sorted(b.Ignored)) || !reflect.DeepEqual(rulesOf(a.Head), rulesOf(b.Head))
}

func rulesOf(head envelope.Envelope) string {
	if head.Rules == nil || head.Rules.SHA256 == nil {
		return ""
	}
	return *head.Rules.SHA256
}

func sorted(texts []string) []string {
	return slices.Sorted(slices.Values(texts))
}

// An index finds an access of one report.
type index struct {
	rows map[placed]*Access
	// site is where a place of the report is.
	site func(access.Place) site
}

type placed struct {
	id         string
	permission access.Permission
	site       site
}

// own are the fingerprints of the ways that no row of a wider place tells.
func (x index) own(row *Access) map[string]bool {
	own := map[string]bool{}
	if row == nil {
		return own
	}
	for _, h := range row.Reasons {
		own[h.Way] = true
	}
	for _, place := range row.Place.Enclosing() {
		if place == row.Place {
			break
		}
		if wider := x.rows[placed{row.ID, row.Permission, x.site(place)}]; wider != nil {
			for _, h := range wider.Reasons {
				delete(own, h.Way)
			}
		}
	}
	return own
}

// compareAccess looks at each permission at each place where something gives it that no wider
// place tells. Everywhere else nothing changes that does not change there.
func (c *comparison) compareAccess() {
	c.called = map[string]Subject{}
	for _, row := range c.New.Access {
		c.called[row.ID] = row.Subject
	}
	c.homonyms = homonyms(c.Old, c.New)
	all := map[placed]bool{}
	for _, side := range []index{c.had, c.has} {
		for at := range side.rows {
			all[at] = true
		}
	}
	for at := range all {
		had, has := c.had.rows[at], c.has.rows[at]
		was, is := c.had.own(had), c.has.own(has)
		if len(was)+len(is) > 0 {
			c.compareRows(had, has, was, is, c.sites.becauseOf(at.site))
		}
	}
	c.leaveOutImplied()
	slices.SortFunc(c.Changes, c.orderChanges)
	slices.SortFunc(c.Ways, func(a, b WayChange) int {
		return cmp.Or(a.Reference.Compare(b.Reference), a.Place.Compare(b.Place), c.vocabulary.ComparePermissions(a.Permission, b.Permission))
	})
	c.findRenamed()
}

func (c *comparison) orderChanges(a, b Change) int {
	order := []review.Direction{review.Gains, review.Loses, review.WillGain, review.WillNotGain}
	return cmp.Or(
		a.Reference.Compare(b.Reference), cmp.Compare(slices.Index(order, a.Direction), slices.Index(order, b.Direction)),
		a.Place.Compare(b.Place), c.vocabulary.ComparePermissions(a.Permission, b.Permission),
	)
}

// compareRows compares one permission of one principal at one place. Who has it by a wider place
// on one side neither gains nor loses it.
func (c *comparison) compareRows(had, has *Access, was, is map[string]bool, because string) {
	change := func(direction review.Direction, row *Access, ways map[string]bool, because string) {
		who := row.Subject
		if now, isThere := c.called[row.ID]; isThere {
			who = now
		}
		c.Changes = append(c.Changes, Change{
			Direction: direction, Subject: who, Permission: row.Permission, Place: row.Place,
			Reasons: row.texts(), Because: because, IsHomonym: c.homonyms[who.Reference.Folded()], ways: ways,
		})
	}
	switch {
	case had == nil && has.takesEffect():
		change(review.Gains, has, is, because)
	case had == nil:
		change(review.WillGain, has, is, onceInForce(has.Status))
	case has == nil && had.takesEffect():
		change(review.Loses, had, was, because)
	case has == nil:
		change(review.WillNotGain, had, was, because)
	case !had.takesEffect() && has.takesEffect():
		change(review.Gains, has, is, "because the account is now active")
	case had.takesEffect() && !has.takesEffect():
		change(review.Loses, has, is, "because the account is no longer active")
	case !maps.Equal(was, is):
		c.Ways = append(c.Ways, WayChange{has.Subject, has.Permission, has.Place, had.texts(), has.texts(), different(was, is)})
	}
}

// different are the ways that only one side has.
func different(was, is map[string]bool) map[string]bool {
	ways := map[string]bool{}
	for way := range was {
		if !is[way] {
			ways[way] = true
		}
	}
	for way := range is {
		if !was[way] {
			ways[way] = true
		}
	}
	return ways
}

func onceInForce(status access.Status) string {
	if status == access.StatusInvited {
		return "once the invitation is accepted"
	}
	return "once the account is active"
}

// leaveOutImplied leaves out the permission that goes without saying for whoever gains or loses
// another one at the same place by the same ways.
func (c *comparison) leaveOutImplied() {
	type position struct {
		id    string
		place access.Place
	}
	at := map[position][]Change{}
	for _, change := range c.Changes {
		p := position{change.ID, change.Place}
		at[p] = append(at[p], change)
	}
	isImplied := func(id string, place access.Place, permission access.Permission, ways map[string]bool, like func(Change) bool) bool {
		return slices.ContainsFunc(at[position{id, place}], func(other Change) bool {
			return like(other) && slices.Contains(c.vocabulary.Permission(other.Permission).Includes, permission) && isPart(ways, other.ways)
		})
	}
	c.Changes = slices.DeleteFunc(slices.Clone(c.Changes), func(change Change) bool {
		return isImplied(change.ID, change.Place, change.Permission, change.ways, func(other Change) bool { return other.Direction == change.Direction })
	})
	c.Ways = slices.DeleteFunc(c.Ways, func(w WayChange) bool {
		return isImplied(w.ID, w.Place, w.Permission, w.ways, func(Change) bool { return true })
	})
}

func isPart(ways, of map[string]bool) bool {
	for way := range ways {
		if !of[way] {
			return false
		}
	}
	return true
}

// findRenamed looks at everybody whom both reports name, and at the groups on the ways.
func (c *comparison) findRenamed() {
	was, is := names(c.Old), names(c.New)
	for _, id := range slices.Sorted(maps.Keys(was)) {
		if after, known := is[id]; known && after != was[id] {
			c.Renamed = append(c.Renamed, Rename{id, was[id].String(), after.String()})
		}
	}
}

// names are what those are called whom the report knows.
func names(r *Report) map[string]access.Reference {
	all := map[string]access.Reference{}
	note := func(s Subject) {
		if _, isUnknown := s.Reference.ID(); !isUnknown && s.Reference.Kind != access.KindUnknown {
			all[s.ID] = s.Reference
		}
	}
	for _, row := range r.Access {
		note(row.Subject)
		for _, h := range row.Reasons {
			for _, group := range h.Via {
				note(group)
			}
		}
	}
	return all
}

// compareFindings goes by fingerprint. Where the reports are of different parts, a finding that
// only one of them has need not have come or gone.
func (c *comparison) compareFindings() {
	if c.isFilteredOtherwise {
		c.gap("the reports show different parts; nothing is said of findings.")
		return
	}
	had, has, excepted := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range c.Old.Findings {
		had[f.Fingerprint] = true
	}
	if len(c.Old.Head.Gaps) > 0 {
		c.gap("the old report is incomplete: no finding is told as new.")
	}
	if len(c.New.Head.Gaps) > 0 {
		c.gap("the new report is incomplete: no finding is told as gone.")
	}
	for _, f := range c.New.Findings {
		has[f.Fingerprint] = true
		if !had[f.Fingerprint] && len(c.Old.Head.Gaps) == 0 {
			c.Introduced = append(c.Introduced, f)
		}
	}
	for _, f := range c.New.Excepted {
		excepted[f.Fingerprint] = true
		if had[f.Fingerprint] {
			c.Excepted = append(c.Excepted, f)
		}
	}
	for _, f := range c.Old.Findings {
		if !has[f.Fingerprint] && !excepted[f.Fingerprint] && len(c.New.Head.Gaps) == 0 {
			c.Resolved = append(c.Resolved, f)
		}
	}
}

// compareSettings looks at what both reports would show.
func (c *comparison) compareSettings() {
	was, is := settingsBySite(c.Old, c.sites.now), settingsBySite(c.New, inNew)
	for at, before := range was {
		after, isThere := is[at]
		switch {
		case isThere:
			c.compareValues(at.Place, before.Values, after.Values)
			if before.Place != at.Place && before.Place.Slug(before.Place.Depth()-1) != at.Slug(at.Depth()-1) {
				c.RenamedPlaces = append(c.RenamedPlaces, PlaceRename{before.Place, at.Place})
			}
		case at.isFormer:
			c.Replaced = append(c.Replaced, at.Place)
		case c.showsPlace(c.New.Head.Filters, at.Place) && c.New.tellsPlace(at.Place):
			c.Gone = append(c.Gone, at.Place)
		}
	}
	for at := range is {
		_, wasThere := was[at]
		if !wasThere && !c.sites.replacing[at.Place] && c.showsPlace(c.Old.Head.Filters, at.Place) && c.Old.tellsPlace(at.Place) {
			c.Come = append(c.Come, at.Place)
		}
	}
	slices.SortFunc(c.RenamedPlaces, func(a, b PlaceRename) int { return a.Before.Compare(b.Before) })
	for _, places := range [][]access.Place{c.Come, c.Gone, c.Replaced} {
		slices.SortFunc(places, access.Place.Compare)
	}
	slices.SortFunc(c.Settings, func(a, b SettingChange) int {
		return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Setting, b.Setting))
	})
}

func settingsBySite(r *Report, at func(access.Place) site) map[site]Settings {
	all := map[site]Settings{}
	for _, s := range r.Settings {
		all[at(s.Place)] = s
	}
	return all
}

func (c *comparison) compareValues(place access.Place, was, is map[string]any) {
	for setting, before := range was {
		if after := is[setting]; before != after {
			c.Settings = append(c.Settings, SettingChange{place, setting, before, after})
		}
	}
}
