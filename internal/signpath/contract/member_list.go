package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// How SignPath represents the members of a list is not published. Answers are
// understood in each plausible form; requests go in the form that the server's
// own document asks for, or in that of its answers.

// kindKeys are the plausible names of the arrays of a list per kind, the
// likeliest first (inferred from the names of the routes).
var kindKeys = map[access.Kind][]string{
	access.KindUser:   {"interactiveUsers", "users", "interactiveUserIds", "userIds"},
	access.KindCIUser: {"ciUsers", "ciUserIds"},
	access.KindGroup:  {"userGroups", "groups", "userGroupIds", "groupIds"},
}

// DecodeMembers reads an access list: an array of ids, or of objects with an id,
// or an object with such an array per kind. Null is no list: an edit that took it for
// an empty one would wipe the list. The result is sorted, without duplicates.
func DecodeMembers(raw json.RawMessage) ([]string, error) {
	lists := []json.RawMessage{raw}
	if perKind, err := DecodeObject(raw); err == nil {
		if perKindKeys(slices.Collect(maps.Keys(perKind))) == nil {
			return nil, fmt.Errorf("%w: no list of members", httpapi.ErrNotJSON)
		}
		lists = slices.Collect(maps.Values(perKind))
	}
	ids := []string{}
	for _, list := range lists {
		members, err := decodeMemberArray(list)
		if err != nil {
			return nil, err
		}
		ids = append(ids, members...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func decodeMemberArray(raw json.RawMessage) ([]string, error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil || entries == nil {
		return nil, fmt.Errorf("%w: no list of members", httpapi.ErrNotJSON)
	}
	ids := make([]string, len(entries))
	for i, entry := range entries {
		id, err := decodeMember(entry)
		if err != nil {
			return nil, err
		}
		ids[i] = strings.ToLower(id)
	}
	return ids, nil
}

func decodeMember(raw json.RawMessage) (string, error) {
	var id string
	if err := json.Unmarshal(raw, &id); err == nil && id != "" {
		return id, nil
	}
	var o Object
	if err := json.Unmarshal(raw, &o); err == nil && o.ID() != "" {
		return o.ID(), nil
	}
	return "", fmt.Errorf("%w: a member is neither an id nor an object with an id", httpapi.ErrNotJSON)
}

// EncodeMembers writes an access list as an array of ids, the form in which an
// edit keeps it until it is sent.
func EncodeMembers(ids []string) json.RawMessage {
	sorted := slices.AppendSeq([]string{}, slices.Values(ids)) // Never null.
	slices.Sort(sorted)
	return MustMarshal(slices.Compact(sorted))
}

// formatID is the format of an id in documents.
const formatID = "uuid"

// A memberEncoder writes a list of members for a request.
type memberEncoder func(ids []string) (json.RawMessage, error)

// encodeAsIDs writes an array of ids: what is assumed (inferred).
func encodeAsIDs(ids []string) (json.RawMessage, error) { return EncodeMembers(ids), nil }

// encodeAsObjects writes an array of objects, each with an id.
func encodeAsObjects(ids []string) (json.RawMessage, error) {
	members := make([]map[Property]string, len(ids))
	for i, id := range ids {
		members[i] = map[Property]string{PropID: id}
	}
	return MustMarshal(members), nil
}

// encoderPerKind writes an object with an array of ids per kind of principal,
// whose names are among those that an answer or a schema has.
func encoderPerKind(names []string, kindOf KindOf) (memberEncoder, error) {
	keys := perKindKeys(names)
	if keys == nil {
		slices.Sort(names)
		return nil, fmt.Errorf("its members come per kind, under names that are not known: %s", strings.Join(names, ", "))
	}
	return func(ids []string) (json.RawMessage, error) {
		lists := map[string][]string{}
		for _, key := range keys {
			lists[key] = []string{}
		}
		for _, id := range ids {
			kind, known := kindOf(id)
			key, offered := keys[kind]
			switch {
			case !known:
				return nil, fmt.Errorf("this installation takes members per kind, and no list tells whether %s is a user, a CI user or a group", id)
			case !offered:
				return nil, fmt.Errorf("this installation takes members per kind, but has no place for a %s (%s) there", kind.Noun(), id)
			}
			lists[key] = append(lists[key], id)
		}
		return MustMarshal(lists), nil
	}, nil
}

// perKindKeys finds the names of the arrays; nil if there are none of them.
func perKindKeys(names []string) map[access.Kind]string {
	keys := map[access.Kind]string{}
	for kind, candidates := range kindKeys {
		if i := slices.IndexFunc(candidates, func(name string) bool { return slices.Contains(names, name) }); i >= 0 {
			keys[kind] = candidates[i]
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return keys
}

// encoderLike returns the encoder for a server that answered the list like this,
// and has no document.
func encoderLike(answered json.RawMessage, kindOf KindOf) (memberEncoder, error) {
	perKind, err := DecodeObject(answered)
	if err != nil {
		return encodeAsIDs, nil //nolint:nilerr // Not per kind, then.
	}
	return encoderPerKind(slices.Collect(maps.Keys(perKind)), kindOf)
}

// kindsIn adds the kinds that a list per kind tells of its members.
func kindsIn(answered json.RawMessage, kindOf KindOf) (KindOf, error) {
	perKind, err := DecodeObject(answered)
	if err != nil {
		return kindOf, nil //nolint:nilerr // Not per kind, then.
	}
	told := map[string]access.Kind{}
	for kind, key := range perKindKeys(slices.Collect(maps.Keys(perKind))) {
		ids, err := decodeMemberArray(perKind[key])
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			told[id] = kind
		}
	}
	return func(id string) (access.Kind, bool) {
		if kind, ok := told[id]; ok {
			return kind, true
		}
		return kindOf(id)
	}, nil
}

// memberEncoder returns how a request writes the list that the property is, as the
// document describes it.
func (p schemaProperty) memberEncoder(kindOf KindOf) (memberEncoder, error) {
	if p.is(openapi3.TypeArray) {
		return p.items.arrayEncoder()
	}
	if !p.is(openapi3.TypeObject) {
		return nil, fmt.Errorf("its members are %s, and no list", p.schema)
	}
	encoder, err := encoderPerKind(p.names(), kindOf)
	if err != nil {
		return nil, err
	}
	keys := slices.Collect(maps.Values(perKindKeys(p.names())))
	for _, name := range p.required {
		if !slices.Contains(keys, name) {
			return nil, fmt.Errorf("its members come per kind, and it demands %s, which is not known", name)
		}
	}
	for _, key := range keys {
		list := p.properties[key]
		if !list.is(openapi3.TypeArray) || !list.items.is(openapi3.TypeString) {
			return nil, fmt.Errorf("its members come per kind, and %s is no array of ids", key)
		}
	}
	return encoder, nil
}

// noMembers says why answers with the property could not be read as a list of members;
// it is empty if they could be.
func (p schemaProperty) noMembers() string {
	switch {
	case p.is(openapi3.TypeArray):
		switch {
		case !p.items.is(openapi3.TypeString, openapi3.TypeObject):
			return "has items of which each is " + p.items.String()
		case p.items != nil && len(p.items.properties) > 0 && !p.items.hasAny(append(PropID.AnswerNames(), string(PropLink))):
			return "has items of which each is an object with " + listed(p.items.names()) + ", and without an id"
		}
		return ""
	case !p.is(openapi3.TypeObject):
		return "is " + p.String() + ", and no list of members"
	case len(p.properties) > 0 && perKindKeys(p.names()) == nil:
		return "has members per kind, under names that are not known: " + listed(p.names())
	}
	return ""
}

// arrayEncoder returns how the items of a list of members are written.
func (s *schema) arrayEncoder() (memberEncoder, error) {
	if s.is(openapi3.TypeString) {
		if s != nil && s.format != "" && s.format != formatID {
			return nil, fmt.Errorf("each of its members has the format %s, and is no id", s.format)
		}
		return encodeAsIDs, nil
	}
	if !s.is(openapi3.TypeObject) {
		return nil, fmt.Errorf("each of its members is %s, and neither an id nor an object with an id", s)
	}
	for _, name := range s.required {
		if name != string(PropID) {
			return nil, fmt.Errorf("each of its members has to have the property %q, which this provider does not know", name)
		}
	}
	if id, ok := s.properties[string(PropID)]; len(s.properties) > 0 && (!ok || !id.is(openapi3.TypeString)) {
		return nil, fmt.Errorf("each of its members is an object with %s, and without an id that is a text", listed(s.names()))
	}
	return encodeAsObjects, nil
}
