package audit

import (
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A logScope is what decides about the places of a filter.
type logScope struct {
	places map[access.Place]bool
	// ids are those of the accounts and groups that ever had something there.
	ids map[string]bool
}

// widen finds what the filter shows beside what it names.
func (r *logReader) widen() {
	members := r.everMembers()
	if len(r.filter.Projects) > 0 {
		r.ofProjects = r.scope(members, func(place access.Place) bool { return slices.ContainsFunc(r.filter.Projects, isOfProject(place)) })
	}
	if len(r.filter.Policies) > 0 {
		r.ofPolicies = r.scope(members, func(place access.Place) bool { return slices.ContainsFunc(r.filter.Policies, isPolicy(place)) })
	}
	groups := map[string][]string{}
	for group, all := range members {
		for _, member := range all {
			groups[member] = append(groups[member], group)
		}
	}
	r.carrying = map[string]bool{}
	for id := range r.wanted {
		spread(r.carrying, id, groups)
	}
}

func isOfProject(place access.Place) func(string) bool {
	return func(text string) bool { return text == place.Slug(0) }
}

func isPolicy(place access.Place) func(string) bool {
	return func(text string) bool { return place.Depth() > 1 && (text == place.Slug(1) || text == place.String()) }
}

// everMembers are, by the id of a group, the ids of those who are in it or ever were, by the log.
func (r *logReader) everMembers() map[string][]string {
	members := map[string][]string{}
	for group, entries := range r.found.Members {
		id, _ := group.ID()
		for _, entry := range entries.References {
			members[id] = append(members[id], r.idNow(entry))
		}
	}
	for what := range r.chains {
		if what.list == vocabulary.GroupMembers.Plural && what.member != "" {
			members[what.object] = append(members[what.object], what.member)
		}
	}
	return members
}

// spread adds all that is reached from an id.
func spread(reached map[string]bool, from string, next map[string][]string) {
	for _, id := range next[from] {
		if !reached[id] {
			reached[id] = true
			spread(reached, id, next)
		}
	}
}

// scope is that of the places that a filter names, and of the places around these.
func (r *logReader) scope(members map[string][]string, isNamed func(access.Place) bool) *logScope {
	s := &logScope{places: map[access.Place]bool{}, ids: map[string]bool{}}
	add := func(place access.Place) {
		if isNamed(place) {
			for _, around := range place.Enclosing() {
				s.places[around] = around.Depth() > 0
			}
		}
	}
	for place := range r.found.Places {
		add(place)
	}
	for _, chain := range r.chains {
		add(chain[0].object.place)
	}
	for id := range r.holders(s.places) {
		s.ids[id] = true
		spread(s.ids, id, members)
	}
	return s
}

// holders are the ids of those who are or ever were on a list of the places, or had a global role.
func (r *logReader) holders(places map[access.Place]bool) map[string]bool {
	ids := map[string]bool{}
	for seat, entries := range r.found.Grants {
		if !places[seat.Place] {
			continue
		}
		for _, entry := range entries.References {
			ids[r.idNow(entry)] = true
		}
	}
	for what, chain := range r.chains {
		if o := chain[0].object; what.member != "" && o.isPlace && places[o.place] {
			ids[what.member] = true
		}
		if what.attribute == attributeRole {
			ids[what.object] = true
		}
	}
	for _, p := range r.found.Principals {
		if len(vocabulary.SignPath.RightsOf(vocabulary.SignPath.AtMost(p.Role))) > 0 {
			ids[p.ID] = true
		}
	}
	return ids
}

// shows tells whether a step may decide about the places. What the log does not tell enough of may: a place of which it does not
// tell the slug, an account that is gone and may have had a global role, and whatever it does not name.
func (s *logScope) shows(step step) bool {
	o := step.object
	switch {
	case s == nil:
		return true
	case o.isPlace:
		return s.places[o.place]
	case o.principal != nil:
		return s.ids[o.id]
	}
	if kind, is := kindOfEntity(step.event.Object.Type); is && kind == access.KindGroup {
		return s.ids[o.id] || s.ids[step.event.Object.Name]
	}
	return true
}

// notePlaces notes places that are gone, where an event tells the slug of a project.
func (r *logReader) notePlaces() {
	for _, event := range r.events {
		slug, _ := event.Change(contract.PropSlug)
		text := contract.Text(slug.After)
		if text == "" {
			text = contract.Text(slug.Before)
		}
		if _, known := r.places[event.Object.ID]; event.Object.ID != "" && event.Object.Type == contract.EntityProject && text != "" && !known {
			r.places[event.Object.ID] = access.PlaceOf(text)
		}
	}
}

// shows tells whether the filter shows a step, and notes which of its values fit.
func (r *logReader) shows(s step) bool {
	if s.object.isPlace {
		r.notePlace(s.object.place)
	}
	member := len(r.wanted) == 0 || r.carrying[s.what.member] || r.carrying[s.object.id] && s.what.attribute == attributeExistence
	about := []string{s.what.member, s.object.id, s.told.Principal, s.told.Group}
	if s.told.Kind == planreview.DriftCreated && len(r.wanted) > 0 {
		for _, list := range r.listsOfNew(s, r.chains) {
			about = append(about, list.ids...)
		}
	}
	for _, id := range about {
		if id != "" && r.wanted[id] {
			r.matched["--member\x00"+id], member = true, true
		}
		member = member || s.object.isPlace && r.carrying[id]
	}
	return r.ofProjects.shows(s) && r.ofPolicies.shows(s) && member
}

// notePlace notes the values of the filter that name a place.
func (r *logReader) notePlace(place access.Place) {
	note := func(flag string, values []string, is func(string) bool) {
		for _, value := range values {
			if is(value) {
				r.matched[flag+"\x00"+value] = true
			}
		}
	}
	note("--project", r.filter.Projects, isOfProject(place))
	note("--policy", r.filter.Policies, isPolicy(place))
}

// refuseUnmatched refuses a filter that fits nothing of the log and nothing that is there: a typo must not look like a quiet
// month.
func (r *logReader) refuseUnmatched() error {
	for place := range r.found.Places {
		r.notePlace(place)
	}
	refuse := func(flag, noun string, values []string) error {
		for _, value := range values {
			if !r.matched[flag+"\x00"+value] {
				return fmt.Errorf("%s: the token sees no %s %q, and the audit log has none", flag, noun, value)
			}
		}
		return nil
	}
	if err := refuse("--project", "project", r.filter.Projects); err != nil {
		return err
	}
	if err := refuse("--policy", "signing policy", r.filter.Policies); err != nil {
		return err
	}
	for _, member := range r.filter.Members {
		if slices.ContainsFunc(r.idsOfWanted(member), func(id string) bool {
			_, known := r.directory.Get(id)
			return known || r.matched["--member\x00"+id]
		}) {
			continue
		}
		_, err := r.directory.Resolve(member)
		return fmt.Errorf("--member: %w; nor does the audit log tell of one", err)
	}
	return nil
}
