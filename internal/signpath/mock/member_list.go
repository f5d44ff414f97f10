package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// members names principals in a form.
func (r renderer) members(form *memberForm, ids []string) any {
	if form.form == membersPerKind {
		return r.membersPerKind(form, ids)
	}
	named := make([]any, len(ids))
	for i, id := range ids {
		named[i] = r.member(form, id)
	}
	return named
}

func (r renderer) member(form *memberForm, id string) any {
	switch form.form {
	case membersSlugs:
		return r.organization.slugOf(id)
	case membersObjects:
		return r.memberObject(form, id)
	}
	return id
}

// membersPerKind leaves out the kinds that have no place there.
func (r renderer) membersPerKind(form *memberForm, ids []string) object {
	members := object{}
	for k, name := range form.lists {
		ofKind := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return len(r.organization.principalWithID(k, id)) == 0 })
		members[name] = r.members(form.ofEach(), ofKind)
	}
	return members
}

// ofEach is the form of the arrays per kind.
func (f *memberForm) ofEach() *memberForm {
	if f.each == nil {
		return &memberForm{form: membersIDs}
	}
	return f.each
}

// idPath is where an object has the id.
func (f *memberForm) idPath() jsonPath {
	if f.id == nil {
		return jsonPath{propID}
	}
	return f.id
}

// memberObject has a kind, or else a name, besides the id.
func (r renderer) memberObject(form *memberForm, id string) object {
	member := object{}
	member.put(form.idPath(), id)
	if form.kind == nil {
		member.put(jsonPath{propName}, r.organization.principalName(id))
		return member
	}
	member.put(form.kind, form.kindValue(r.organization.kindOf(id)))
	return member
}

// kindValue is a kind on the wire.
func (f *memberForm) kindValue(k kind) any {
	if value, has := f.kinds[k]; has {
		return value
	}
	return string(k)
}

// kindOf is the kind of a user or group by its id.
func (o *organization) kindOf(id string) kind {
	if u := o.usersByID[id]; u != nil {
		return u.Kind
	}
	return kindUserGroup
}

func (o *organization) principalName(id string) string {
	if u := o.usersByID[id]; u != nil {
		return u.Name
	}
	if g := o.groupsByID[id]; g != nil {
		return g.Name
	}
	return ""
}

// title is what errors call the form.
func (f *memberForm) title() string {
	switch {
	case f.form == membersPerKind:
		return "an object of " + strings.TrimPrefix(f.ofEach().title(), "a list of ") + " per kind"
	case f.form == membersSlugs:
		return "a list of slugs"
	case f.form == membersObjects && f.kind != nil:
		return "a list of objects with an id and a " + f.kind.String()
	case f.form == membersObjects:
		return "a list of objects with an id"
	}
	return "a list of ids"
}

// decodeMembers reads a list of principals in its form. Without a form, requests may have ids and objects with an id.
func (r renderer) decodeMembers(form valueForm, value json.RawMessage) (json.RawMessage, error) {
	if form.members == nil || string(value) == "null" {
		return value, nil
	}
	sent, err := r.sentMembers(form.members, "", value)
	if err != nil {
		return nil, err
	}
	return encode(sent), nil
}

func (r renderer) sentMembers(form *memberForm, k kind, value json.RawMessage) ([]sentMember, error) {
	if form.form == membersPerKind {
		return r.sentPerKind(form, value)
	}
	var items []json.RawMessage
	if json.Unmarshal(value, &items) != nil {
		return nil, form.misfit()
	}
	members := make([]sentMember, 0, len(items))
	for _, item := range items {
		member, err := r.sentMember(form, item)
		if err != nil {
			return nil, err
		}
		if k != "" {
			member.Kind = k
		}
		members = append(members, member)
	}
	return members, nil
}

func (f *memberForm) misfit() error {
	return fmt.Errorf("The JSON value could not be converted to %s.", f.title()) //nolint:revive,staticcheck // SignPath's own words.
}

func (r renderer) sentPerKind(form *memberForm, value json.RawMessage) ([]sentMember, error) {
	if jsonType(value) != "{" {
		return nil, form.misfit()
	}
	var members []sentMember
	for _, k := range principalKinds {
		list, has := valueAt(value, jsonPath{form.lists[k]})
		if !has || string(list) == "null" {
			continue
		}
		ofKind, err := r.sentMembers(form.ofEach(), k, list)
		if err != nil {
			return nil, form.misfit()
		}
		members = append(members, ofKind...)
	}
	return members, nil
}

func (r renderer) sentMember(form *memberForm, item json.RawMessage) (sentMember, error) {
	switch form.form {
	case membersSlugs:
		return r.memberWithSlug(form, item)
	case membersObjects:
		return form.sentObject(item)
	}
	id, err := parseID(item)
	if err != nil {
		return sentMember{}, form.misfit()
	}
	return sentMember{ID: id}, nil
}

func (r renderer) memberWithSlug(form *memberForm, item json.RawMessage) (sentMember, error) {
	var slug string
	if json.Unmarshal(item, &slug) != nil {
		return sentMember{}, form.misfit()
	}
	id := r.organization.principalWithSlug(slug)
	if id == "" {
		return sentMember{}, fmt.Errorf("There is no user or user group with the slug '%s'.", slug) //nolint:revive,staticcheck // SignPath's own words.
	}
	return sentMember{ID: id}, nil
}

// sentObject reads a member that is an object, with a kind where the form has one.
func (f *memberForm) sentObject(item json.RawMessage) (sentMember, error) {
	value, _ := valueAt(item, f.idPath())
	id, err := parseID(value)
	if err != nil {
		return sentMember{}, f.misfit()
	}
	if f.kind == nil {
		return sentMember{ID: id}, nil
	}
	value, _ = valueAt(item, f.kind)
	for _, k := range principalKinds {
		if sameJSON(value, encode(f.kindValue(k))) {
			return sentMember{k, id}, nil
		}
	}
	return sentMember{}, f.misfit()
}

// sentMember is a principal in a request, as the handlers know it. Its kind is "" unless the request tells it.
type sentMember struct {
	Kind kind   `json:"kind"`
	ID   string `json:"id"`
}

// UnmarshalJSON reads an id, or an object with an id.
func (m *sentMember) UnmarshalJSON(content []byte) (err error) {
	if jsonType(content) != "{" {
		m.ID, err = parseID(content)
		return err
	}
	id, _ := valueAt(content, jsonPath{propID})
	m.ID, err = parseID(id)
	if told, has := valueAt(content, jsonPath{"kind"}); has && err == nil {
		_ = json.Unmarshal(told, &m.Kind)
	}
	return err
}

func (m sentMember) title() string {
	if names, isTold := wireKinds[m.Kind]; isTold {
		return names.title
	}
	return "user or user group"
}

// members sets the target to the ids of a list of principals.
func (e *edit) members(property string, target *[]string) {
	value, change := e.take(property)
	if !change {
		return
	}
	var sent []sentMember
	if json.Unmarshal(value, &sent) != nil {
		e.reject(property, "The JSON value could not be converted to a list of ids.")
		return
	}
	ids := make([]string, 0, len(sent))
	seen := make(map[string]bool, len(sent))
	for _, member := range sent {
		if !e.knows(member) {
			e.reject(property, "There is no %s with the id '%s'.", member.title(), member.ID)
		}
		if !seen[member.ID] {
			ids = append(ids, member.ID)
		}
		seen[member.ID] = true
	}
	*target = ids
}

func (e *edit) knows(member sentMember) bool {
	if _, isTold := wireKinds[member.Kind]; !isTold {
		return e.organization.hasPrincipal(member.ID)
	}
	return len(e.organization.principalWithID(member.Kind, member.ID)) > 0
}

func parseID(value json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return "", errors.New("this is no id")
	}
	id, err := uuid.Parse(text)
	return id.String(), err
}
