package audit

import (
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// callings are what the audit log and the organization have ever called somebody or something,
// with the ids. What several were called names none of them.
type callings map[calling]map[string]bool

// A calling is a name among those of an entity: of any principal, by an e-mail address, or of
// what has lists.
type calling struct{ entity, text string }

const (
	anyPrincipal = ""
	byEmail      = "@"
)

func (c callings) note(entity, text, id string) {
	if text == "" || id == "" {
		return
	}
	key := calling{entity, text}
	if c[key] == nil {
		c[key] = map[string]bool{}
	}
	c[key][id] = true
}

// only returns the one that was ever called so.
func (c callings) only(entity, text string) (string, bool) {
	if ids := c[calling{entity, text}]; len(ids) == 1 {
		for id := range ids {
			return id, true
		}
	}
	return "", false
}

// notePrincipal notes names under all that an event may call them by.
func (c callings) notePrincipal(entity, name, email, id string) {
	c.note(anyPrincipal, name, id)
	c.note(entity, name, id)
	c.note(byEmail, strings.ToLower(email), id)
}

func (r *reading) callings() callings {
	c := callings{}
	for _, kind := range access.Kinds() {
		for _, p := range r.directory.All(kind) {
			c.notePrincipal(entityOfKind(kind), p.Name, p.Email, p.ID)
		}
	}
	for id, place := range r.places {
		c.note(entityOfPlace(place), place.String(), id)
	}
	for i, event := range r.events {
		c.noteEvent(event, strconv.Itoa(i))
	}
	return c
}

func (c callings) noteEvent(event api.AuditEvent, position string) {
	c.note(anyPrincipal, event.Actor.Name, event.Actor.ID)
	c.note(byEmail, strings.ToLower(event.Actor.Email), event.Actor.ID)
	for _, list := range vocabulary.Lists() {
		before, after, _ := event.List(list)
		for _, party := range append(before, after...) {
			c.notePrincipal(anyPrincipal, party.Name, party.Email, party.ID)
		}
	}
	object := event.Object
	if object.ID == "" && kindOf(event) == contract.EventDeleted {
		object.ID = "deleted by event " + position // Nobody who is there now.
	}
	name, _ := event.Change(contract.PropName)
	email, _ := event.Change(contract.PropEmail)
	names := []string{object.Name, contract.Text(name.Before), contract.Text(name.After)}
	emails := []string{object.Email, contract.Text(email.Before), contract.Text(email.After)}
	for i := range names {
		if _, isPrincipal := kindOfEntity(object.Type); isPrincipal {
			c.notePrincipal(object.Type, names[i], emails[i], object.ID)
		} else {
			c.note(object.Type, names[i], object.ID)
		}
	}
}

// who returns the id of a party among those of an entity; byName is true where the event tells
// none, and ok false where it may be several or is nobody who is known.
func (c callings) who(party api.AuditParty, entity string) (id string, byName, ok bool) {
	switch {
	case party.ID != "":
		return party.ID, false, true
	case party.Email != "":
		id, ok = c.only(byEmail, strings.ToLower(party.Email))
	default:
		id, ok = c.only(entity, party.Name)
	}
	return id, true, ok
}

func entityOfPlace(place access.Place) string {
	return map[string]string{
		vocabulary.PlaceProject: contract.EntityProject, vocabulary.PlaceSigningPolicy: contract.EntitySigningPolicy,
	}[vocabulary.SignPath.KindAt(place)]
}

// entityOfKind is how the names of events call principals of a kind: the end of the name of
// their route, in the singular (inferred).
func entityOfKind(kind access.Kind) string {
	return strings.TrimSuffix(strings.TrimPrefix(contract.RoutesOf[kind].List.Path, "/"), "s")
}

// actor is who made the change that an event tells.
func (r *reading) actor(called callings, event api.AuditEvent) evidence.Actor {
	party := event.Actor
	actor := evidence.Actor{Name: party.Name, Agency: evidence.ByUnknown}
	id, byName, ok := called.who(party, anyPrincipal)
	p, known := r.directory.Get(id)
	switch {
	case !ok || !known:
		if actor.Name == "" {
			actor.Name = party.Email + party.ID
		}
		return actor
	case byName && party.Email == "":
		actor.ByName = true
	default:
		actor.Member = r.directory.ReferenceTo(id).String()
		if actor.Name == "" {
			actor.Name = p.Name
		}
	}
	switch {
	case r.own[id]:
		actor.Agency = evidence.ByTerraform
	case p.Kind == access.KindUser:
		actor.Agency = evidence.ByPerson
	case p.Kind == access.KindCIUser:
		actor.Agency = evidence.ByProgram
	}
	return actor
}
