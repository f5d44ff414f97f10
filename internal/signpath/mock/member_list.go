package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// members renders a list of principals.
func (r renderer) members(ids []string) any {
	switch {
	case r.dialect.MembersPerKind:
		return r.membersPerKind(ids)
	case r.dialect.answersMemberObjects():
		return r.memberObjects(ids)
	}
	return append([]string{}, ids...)
}

func (r renderer) membersPerKind(ids []string) object {
	members := object{}
	for _, k := range principalKinds {
		members[wireKinds[k].list] = append([]string{}, slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			return len(r.organization.principalWithID(k, id)) == 0
		})...)
	}
	return members
}

func (r renderer) memberObjects(ids []string) []object {
	members := make([]object, 0, len(ids))
	for _, id := range ids {
		members = append(members, r.memberObject(id))
	}
	return members
}

func (r renderer) memberObject(id string) object {
	if r.dialect.MemberTypes {
		return object{propID: id, propType: wireKinds[r.organization.kindOf(id)].event}
	}
	return object{propID: id, propName: r.organization.principalName(id)}
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

// members sets the target to the ids of a list of principals.
func (e *edit) members(property string, target *[]string) {
	value, change := e.take(property)
	if !change {
		return
	}
	sent, err := e.sentMembers(value)
	if err != nil {
		e.reject(property, "The JSON value could not be converted to %s.", e.memberListTitle())
		return
	}
	ids := make([]string, 0, len(sent))
	seen := make(map[string]bool, len(sent))
	for _, member := range sent {
		if !e.knows(member) {
			e.reject(property, "There is no %s with the id '%s'.", member.title(), member.id)
		}
		if !seen[member.id] {
			ids = append(ids, member.id)
		}
		seen[member.id] = true
	}
	*target = ids
}

func (e *edit) memberListTitle() string {
	switch {
	case e.dialect.MembersPerKind:
		return "an object of ids per kind"
	case e.dialect.MemberTypes:
		return "a list of objects with an id and a type"
	case e.dialect.MemberObjectRequests:
		return "a list of objects with an id"
	}
	return "a list of ids"
}

// sentMember is a principal in a request. Its kind is "" unless the request tells it.
type sentMember struct {
	kind kind
	id   string
}

func (m sentMember) title() string {
	if m.kind == "" {
		return "user or user group"
	}
	return wireKinds[m.kind].title
}

func (e *edit) knows(member sentMember) bool {
	if member.kind == "" {
		return e.organization.hasPrincipal(member.id)
	}
	return len(e.organization.principalWithID(member.kind, member.id)) > 0
}

// sentMembers reads a list of principals in the form of the dialect.
func (e *edit) sentMembers(value json.RawMessage) ([]sentMember, error) {
	if !e.dialect.MembersPerKind {
		return e.sentList("", value)
	}
	lists, err := e.nested(value)
	if err != nil {
		return nil, err
	}
	return lists.sentKinds()
}

// nested reads an object in a property.
func (e *edit) nested(value json.RawMessage) (*edit, error) {
	body, err := parseBody(value)
	return &edit{organization: e.organization, dialect: e.dialect, body: body}, err
}

func (e *edit) sentKinds() ([]sentMember, error) {
	var members []sentMember
	for _, k := range principalKinds {
		value, _ := e.take(wireKinds[k].list)
		ofKind, err := e.sentList(k, value)
		if err != nil {
			return nil, err
		}
		members = append(members, ofKind...)
	}
	return members, nil
}

func (e *edit) sentList(k kind, value json.RawMessage) ([]sentMember, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(value, &items); err != nil {
		return nil, err
	}
	members := make([]sentMember, 0, len(items))
	for _, item := range items {
		member, err := e.sentMember(k, item)
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	return members, nil
}

// sentMember reads "id", {"id": "id"} or {"id": "id", "type": "type"}, as far as the dialect takes them.
func (e *edit) sentMember(k kind, item json.RawMessage) (sentMember, error) {
	isObject := bytes.HasPrefix(item, []byte("{"))
	if isObject && e.dialect.MembersPerKind || !isObject && e.dialect.demandsMemberObjects() {
		return sentMember{}, errors.New("this is not how the dialect names a member")
	}
	if !isObject {
		id, err := parseID(item)
		return sentMember{k, id}, err
	}
	member, err := e.nested(item)
	if err != nil {
		return sentMember{}, err
	}
	return member.sentObject(k)
}

// sentObject reads a member that is an object, with a type where the dialect demands one.
func (e *edit) sentObject(k kind) (sentMember, error) {
	e.requireSent(propID)
	value, _ := e.take(propID)
	id, err := parseID(value)
	if e.dialect.MemberTypes {
		var unknownType error
		k, unknownType = e.sentType()
		err = errors.Join(err, unknownType)
	}
	return sentMember{k, id}, err
}

func (e *edit) sentType() (kind, error) {
	var name string
	e.requireSent(propType)
	read(e, propType, &name)
	for _, k := range principalKinds {
		if wireKinds[k].event == name {
			return k, nil
		}
	}
	return "", fmt.Errorf("there is no type %q of members", name)
}

func parseID(value json.RawMessage) (string, error) {
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return "", err
	}
	id, err := uuid.Parse(text)
	return id.String(), err
}
