package mock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Dialect selects among the plausible readings of what SignPath does not document. The zero value is the default.
type Dialect struct {
	// WrappedLists answers lists as {"interactiveUsers": […]} instead of a bare array. One documented route
	// (Cryptoki/MySigningPolicies) does so; for all others it is unknown.
	WrappedLists bool
	// SummaryLists gives list items only id, link and name (and slug, for what is addressed by its slug).
	SummaryLists bool
	// ListLag makes the lists of users, groups and projects show the organization as it was that long ago: lists were
	// outdated in an incident, and lagged behind creates until 1.186.1. What was there when the server started is always
	// seen, and a single object is read as it is now.
	ListLag time.Duration

	// MemberObjects shows members as {"id": …, "name": …} instead of bare ids.
	MemberObjects bool
	// MemberObjectRequests takes members as objects with an id only, and shows them so too. Without it, requests may have
	// bare ids or objects.
	MemberObjectRequests bool
	// MembersPerKind shows and takes members as an object of ids per kind,
	// {"interactiveUsers": […], "ciUsers": […], "userGroups": […]}. It excludes MemberObjects and MemberObjectRequests.
	MembersPerKind bool
	// NoCIUsersInGroups refuses CI users as group members, on which the documentation is silent.
	NoCIUsersInGroups bool

	// EditPatches keeps properties that an Edit request omits. The routes were PATCH in v1-pre.
	EditPatches bool
	// EditWithoutSuffix edits at the path of the object, without /Edit: so changelog 1.202.0 names the route for signing
	// policies, other than 1.170.2.
	EditWithoutSuffix bool
	// CreateSuffix creates users and groups at /Create below the path of the list.
	CreateSuffix bool
	// ActivationVerbs name the routes that activate and deactivate.
	ActivationVerbs ActivationVerbs
	// CreateIDForm says where a create answers the id of the new object.
	CreateIDForm CreateIDForm

	// OldOriginNames has the names before 1.202.0: verifyOrigin and originVerification in requests, verifiesOrigin in
	// answers.
	OldOriginNames bool
	// Renamed has other names for properties, by their names in the default dialect, in requests and answers. The name in
	// the default dialect is then unknown.
	Renamed map[string]string
	// RenamedInRequests is Renamed for requests alone, and goes before it.
	RenamedInRequests map[string]string

	// TextActors names the actors of audit events by a text, and not as an object with an id and a name: of metadata.actor
	// nothing but the place is documented.
	TextActors bool

	// PlainTextErrors answers errors as text, except those with an errors map: observed before 1.195.0.
	PlainTextErrors bool
	// UnknownIs404 answers 404 for an unknown object instead of the documented 403.
	UnknownIs404 bool
	// ForeignLinks makes link and Location name another host than the one called, as behind a misconfigured proxy:
	// these addresses come from the server's configuration (changelog 1.197.0).
	ForeignLinks bool
	// NoDocument answers 404 for the OpenAPI document, which an installation may keep from the outside.
	NoDocument bool
}

// CreateIDForm says where a create answers the id of the new object. All forms answer the Location header too.
type CreateIDForm string

const (
	// CreateIDEntity is a property named after the entity, such as interactiveUserId: observed for signing requests.
	CreateIDEntity CreateIDForm = ""
	// CreateIDPlain is a property named id.
	CreateIDPlain CreateIDForm = "id"
	// CreateIDLocationOnly has the id in the Location header only, as before 1.155.0.
	CreateIDLocationOnly CreateIDForm = "locationOnly"
)

// ActivationVerbs name the routes that activate and deactivate users: the capability is documented, the names are not.
type ActivationVerbs string

const (
	// ActivateDeactivate is /Activate and /Deactivate.
	ActivateDeactivate ActivationVerbs = ""
	// EnableDisable is /Enable and /Disable.
	EnableDisable ActivationVerbs = "enableDisable"
)

// answersMemberObjects tells whether members are shown as objects.
func (d Dialect) answersMemberObjects() bool { return d.MemberObjects || d.MemberObjectRequests }

// answerName is the name that a property of the default dialect has in answers.
func (d Dialect) answerName(property string) string {
	if renamed := d.Renamed[property]; renamed != "" {
		return renamed
	}
	if old := oldAnswerNames[property]; old != "" && d.OldOriginNames {
		return old
	}
	return property
}

// requestName is the name that a property of the default dialect has in requests.
func (d Dialect) requestName(property string) string {
	for _, renamed := range []string{d.RenamedInRequests[property], d.Renamed[property]} {
		if renamed != "" {
			return renamed
		}
	}
	if old := oldRequestNames[property]; old != "" && d.OldOriginNames {
		return old
	}
	return property
}

func (d Dialect) renamesAnswers() bool { return d.OldOriginNames || len(d.Renamed) > 0 }

// spell gives the properties of an answer their names in the dialect. JSON that the mock only keeps for its clients is
// no object of its own, and stays as it is.
func (d Dialect) spell(value any) any {
	switch typed := value.(type) {
	case object:
		spelled := make(object, len(typed))
		for name, property := range typed {
			spelled[d.answerName(name)] = d.spell(property)
		}
		return spelled
	case []object:
		spelled := make([]any, len(typed))
		for i, item := range typed {
			spelled[i] = d.spell(item)
		}
		return spelled
	}
	return value
}

// spellRoute gives a route its template in the dialect.
func (d Dialect) spellRoute(r route) route {
	switch r.name {
	case opEdit:
		if d.EditWithoutSuffix {
			r.template = strings.TrimSuffix(r.template, "/"+opEdit)
		}
	case opCreate:
		if d.CreateSuffix {
			r.template += "/" + opCreate
		}
	case opActivate:
		if d.ActivationVerbs == EnableDisable {
			r.template = strings.TrimSuffix(r.template, opActivate) + "Enable"
		}
	case opDeactivate:
		if d.ActivationVerbs == EnableDisable {
			r.template = strings.TrimSuffix(r.template, opDeactivate) + "Disable"
		}
	}
	return r
}

// validate tells what is wrong with a dialect that no server could speak.
func (d Dialect) validate() error {
	switch {
	case d.MembersPerKind && d.answersMemberObjects():
		return errors.New("dialect: members are either objects or ids per kind")
	case d.ListLag < 0:
		return fmt.Errorf("dialect: the list lag %s is negative", d.ListLag)
	case !slices.Contains([]CreateIDForm{CreateIDEntity, CreateIDPlain, CreateIDLocationOnly}, d.CreateIDForm):
		return fmt.Errorf("dialect: unknown form %q of the id in a create", d.CreateIDForm)
	case !slices.Contains([]ActivationVerbs{ActivateDeactivate, EnableDisable}, d.ActivationVerbs):
		return fmt.Errorf("dialect: unknown activation verbs %q", d.ActivationVerbs)
	}
	for _, renamed := range []map[string]string{d.Renamed, d.RenamedInRequests} {
		if err := validateRenames(renamed); err != nil {
			return err
		}
	}
	if err := distinctNames(d.requestName); err != nil {
		return err
	}
	return distinctNames(d.answerName)
}

func validateRenames(renamed map[string]string) error {
	for name, other := range renamed {
		if _, known := propertyTypes[name]; !known {
			return fmt.Errorf("dialect: there is no property %q to rename", name)
		}
		if other == "" || strings.ContainsAny(other, ":,= ") {
			return fmt.Errorf("dialect: %q is no name for the property %q", other, name)
		}
	}
	return nil
}

// distinctNames refuses two properties of one name. Names are compared without case, as in requests.
func distinctNames(spell func(string) string) error {
	owners := map[string]string{}
	for _, property := range slices.Sorted(maps.Keys(propertyTypes)) {
		name := strings.ToLower(spell(property))
		if other, taken := owners[name]; taken {
			return fmt.Errorf("dialect: the properties %q and %q would both be named %q", other, property, spell(property))
		}
		owners[name] = property
	}
	return nil
}
