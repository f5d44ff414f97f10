package evidence

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// An Agency is what kind of actor made a change.
type Agency string

// The agencies.
const (
	// ByTerraform is an account that applies the configuration.
	ByTerraform Agency = "terraform"
	// ByPerson is any other interactive user.
	ByPerson Agency = "person"
	// ByProgram is any other account of a program.
	ByProgram Agency = "program"
	// ByUnknown is an actor of whom the log does not tell which account it is.
	ByUnknown Agency = "unknown"
)

// An Actor is who made a change, by a log of the vendor's. The zero value is nobody whom the log names.
type Actor struct {
	// Member is the member reference, where the log tells for sure which account it is.
	Member string `json:"member,omitempty"`
	// Name is how the log calls the actor.
	Name   string `json:"name"`
	Agency Agency `json:"agency"`
	// ByName is true where the agency is that of the only account that has the name, and was the only one to have it.
	ByName bool `json:"by_name,omitempty"`
}

// String completes "by": it names the actor, and says where it is Terraform.
func (a Actor) String() string {
	name := strings.TrimPrefix(a.Member, string(access.KindUser)+":")
	switch {
	case a.Member == "" && a.Name == "":
		name = "somebody whom the audit log does not name"
	case a.Member == "":
		name = fmt.Sprintf("%q", a.Name)
	}
	if a.ByName {
		name += ", told by the name alone"
	}
	switch {
	case a.Agency == ByTerraform:
		return "Terraform (" + name + ")"
	case a.ByName:
		return strings.Replace(name, ", ", " (", 1) + ")"
	}
	return name
}

// An Origin is the event that put an entry or a role where it is, or why none is known. The zero value is one that was
// not found.
type Origin struct {
	Found bool
	// Time is zero where it was not found, or the log does not tell it.
	Time  time.Time
	Actor Actor
	// Event is the id of the event, and EventName what the log calls it; each is empty where the log does not tell it.
	Event, EventName string
	// With is what was created with the entry in it, where no event tells of the entry by itself: "group:Release Managers".
	With string
	// ByName is true where the log tells no id, and what it calls so is the only thing of that name.
	ByName bool
	// Missing says why it was not found, where there is more to say than that. It follows a colon.
	Missing string
}

// Stamp is how times are written for people: in UTC, to the minute.
const Stamp = "2006-01-02 15:04 UTC"

// String tells when, by whom, and what it was told by. Back is how far the log goes back; zero where that is not known.
func (o Origin) String(back time.Time) string {
	if !o.Found {
		text := "not found in the audit log"
		if !back.IsZero() {
			text += ", which goes back to " + back.UTC().Format(Stamp)
		}
		if o.Missing != "" {
			text += ": " + o.Missing
		}
		return text
	}
	text := "at a time that the audit log does not tell"
	if !o.Time.IsZero() {
		text = o.Time.UTC().Format(Stamp)
	}
	text += " by " + o.Actor.String()
	if o.With != "" {
		text += ", as " + o.With + " was created"
	}
	if o.ByName {
		text += " (the audit log tells names and no ids)"
	}
	return text
}

// Origins knows of each entry and each role where it comes from.
type Origins interface {
	// Entry is for who is on the list of a seat, or a member of its group.
	Entry(seat review.Seat, member access.Reference) Origin
	// Role is for the role that a principal has in the organization.
	Role(principal access.Reference) Origin
	// Activation is the last event that let an account come into force; false where there is none, as with an account that
	// has been active from the beginning.
	Activation(principal access.Reference) (Origin, bool)
	// Back is how far back the log goes; zero where that is not known.
	Back() time.Time
}

// A Way is one reason of an access with the origin of each entry that it needs.
type Way struct {
	Steps []Step
	// Since is when the access came to be: the time of the youngest step. Where a step has none, the access is not older
	// than that; it is zero where no step has one.
	Since time.Time
	// Whole is true where each step has a time.
	Whole bool

	back time.Time
}

// A Step is an entry or a role on a way, and where it comes from.
type Step struct {
	// Seat and Member say which entry it is. A role in the organization has the seat of no place.
	Seat   review.Seat
	Member access.Reference
	// Fact says it in words: "group:Release Managers is on the list", "user:a@example.com is in group:Release Managers".
	Fact string
	Origin
}

// WayOf asks for each step of a reason for which a principal has access.
func WayOf(origins Origins, principal access.Reference, reason review.Reason) Way {
	way := Way{back: origins.Back(), Whole: true}
	holder := reason.Holder()
	add := func(seat review.Seat, member access.Reference, fact string, origin Origin) {
		way.Steps = append(way.Steps, Step{Seat: seat, Member: member, Fact: fact, Origin: origin})
	}
	switch holder.By() {
	case access.ByPrincipal:
		add(review.Seat{Role: holder.Stated()}, principal, principal.String()+" has the role", origins.Role(principal))
	case access.ByEntry:
		seat, within := review.Seat{Role: holder.Role(), Place: reason.Place}, "on the list"
		for _, group := range reason.Via {
			add(seat, group, group.String()+" is "+within, origins.Entry(seat, group))
			seat, within = review.Seat{Group: group}, "in "+group.String()
		}
		add(seat, principal, principal.String()+" is "+within, origins.Entry(seat, principal))
	default:
		add(review.Seat{Role: holder.Role()}, principal, principal.String()+" is the "+holder.String(), Origin{Missing: "it tells nothing of that"})
	}
	for _, step := range way.Steps {
		way.Whole = way.Whole && !step.Time.IsZero()
		if step.Time.After(way.Since) {
			way.Since = step.Time
		}
	}
	return way
}

// String tells since when, and by whom; of a way through groups, each step after that.
func (w Way) String() string {
	if len(w.Steps) == 1 {
		return w.Steps[0].String(w.back)
	}
	text := "not known"
	switch {
	case w.Whole:
		text = w.Since.UTC().Format(Stamp)
	case !w.Since.IsZero():
		text = "not before " + w.Since.UTC().Format(Stamp)
	}
	steps := make([]string, len(w.Steps))
	for i, step := range w.Steps {
		preposition := " since "
		if !step.Found {
			preposition = ", "
		}
		steps[i] = step.Fact + preposition + step.String(w.back)
	}
	return text + ": " + strings.Join(steps, "; ")
}
