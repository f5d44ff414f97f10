package evidence

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A site is a place as the new report has it.
type site struct {
	access.Place
	// isFormer is true for a place of the old report in the place of which there is another one of
	// the same name.
	isFormer bool
}

// inNew is where a place of the new report is.
func inNew(place access.Place) site { return site{Place: place} }

// sites know which places of two reports are the same: those of one id, whatever they are called, and
// without an id those of one name.
type sites struct {
	moved map[access.Place]site
	// replacing are the places of the new report that took the place of others.
	replacing map[access.Place]bool
}

func sitesOf(earlier, later *Report) sites {
	was, is := earlier.PlaceIDs(), later.PlaceIDs()
	now := map[string]access.Place{}
	for place, id := range is {
		now[id] = place
	}
	s := sites{map[access.Place]site{}, map[access.Place]bool{}}
	for place, id := range was {
		if after, known := now[id]; known {
			s.moved[place] = inNew(after)
		} else if is[place] != "" {
			s.moved[place], s.replacing[place] = site{place, true}, true
		}
	}
	return s
}

// now is where a place of the old report is.
func (s sites) now(place access.Place) site {
	if at, known := s.moved[place]; known {
		return at
	}
	return inNew(place)
}

// becauseOf says of which of two places of one name somebody gained or lost something.
func (s sites) becauseOf(at site) string {
	switch {
	case at.isFormer:
		return "which is gone"
	case s.replacing[at.Place]:
		return "which is another one of that name"
	}
	return ""
}

// homonyms are the names that several accounts have, or had one after the other.
func homonyms(reports ...*Report) map[access.Reference]bool {
	ids, found := map[access.Reference]string{}, map[access.Reference]bool{}
	note := func(s Subject) {
		name := s.Reference.Folded()
		if id, known := ids[name]; known && id != s.ID {
			found[name] = true
		}
		ids[name] = s.ID
	}
	for _, r := range reports {
		for _, row := range r.Access {
			note(row.Subject)
		}
		for _, account := range r.Accounts {
			note(account)
		}
	}
	return found
}
