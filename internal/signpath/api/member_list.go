package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// How SignPath represents the members of a list is not published. Answers are
// understood in each plausible form; requests go in the form that the server's
// own document asks for, or in that of its answers.

// A memberForm is one way to write a list of members.
type memberForm string

const (
	// formIDs is an array of ids: what is assumed (inferred).
	formIDs memberForm = "ids"
	// formObjects is an array of objects, each with an id.
	formObjects memberForm = "objects"
	// formPerKind is an object with an array of ids per kind of principal.
	formPerKind memberForm = "ids per kind"
)

// kindKeys are the plausible names of the arrays of a list per kind, the
// likeliest first (inferred from the names of the routes).
var kindKeys = map[access.Kind][]string{
	access.KindUser:   {"interactiveUsers", "users", "interactiveUserIds", "userIds"},
	access.KindCIUser: {"ciUsers", "ciUserIds"},
	access.KindGroup:  {"userGroups", "groups", "userGroupIds", "groupIds"},
}

// decodeMembers reads an access list: an array of ids, or of objects with an id,
// or an object with such an array per kind. Null is an empty list. The result is
// sorted, without duplicates.
func decodeMembers(raw json.RawMessage) ([]string, error) {
	lists := []json.RawMessage{raw}
	if perKind, err := decodeObject(raw); err == nil {
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
	if err := json.Unmarshal(raw, &entries); err != nil {
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
	var o object
	if err := json.Unmarshal(raw, &o); err == nil && o.id() != "" {
		return o.id(), nil
	}
	return "", fmt.Errorf("%w: a member is neither an id nor an object with an id", httpapi.ErrNotJSON)
}

// encodeMembers writes an access list as an array of ids, the form in which an
// edit keeps it until it is sent.
func encodeMembers(ids []string) json.RawMessage {
	sorted := slices.AppendSeq([]string{}, slices.Values(ids)) // Never null.
	slices.Sort(sorted)
	return mustMarshal(slices.Compact(sorted))
}

// A memberEncoder writes lists of members for requests.
type memberEncoder struct {
	form memberForm
	// keys are what the arrays of formPerKind are called.
	keys map[access.Kind]string
	// kindOf finds the kind of a member.
	kindOf func(id string) (access.Kind, bool)
}

func (e memberEncoder) encode(ids []string) (json.RawMessage, error) {
	switch e.form {
	case formObjects:
		members := make([]map[string]string, len(ids))
		for i, id := range ids {
			members[i] = map[string]string{propID.name: id}
		}
		return mustMarshal(members), nil
	case formPerKind:
		return e.encodePerKind(ids)
	}
	return encodeMembers(ids), nil
}

func (e memberEncoder) encodePerKind(ids []string) (json.RawMessage, error) {
	lists := map[string][]string{}
	for _, key := range e.keys {
		lists[key] = []string{}
	}
	for _, id := range ids {
		kind, known := e.kindOf(id)
		key, offered := e.keys[kind]
		switch {
		case !known:
			return nil, fmt.Errorf("this installation takes members per kind, and no list tells whether %s is a user, a CI user or a group", id)
		case !offered:
			return nil, fmt.Errorf("this installation takes members per kind, but has no place for a %s (%s) there", kind.Noun(), id)
		}
		lists[key] = append(lists[key], id)
	}
	return mustMarshal(lists), nil
}

// perKindKeys finds the names of the arrays among those that an answer or a
// schema has; nil if these are not lists per kind.
func perKindKeys(names []string) map[access.Kind]string {
	keys := map[access.Kind]string{}
	for kind, candidates := range kindKeys {
		for _, candidate := range candidates {
			if _, found := keys[kind]; !found && slices.Contains(names, candidate) {
				keys[kind] = candidate
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return keys
}

var errMemberKinds = errors.New("its members come per kind, under names that are not known")

// encoderLike returns the encoder for a server that answered the list like this,
// and has no document: the kinds of ids that the answer had are known from it.
func encoderLike(answered json.RawMessage, kindOf func(string) (access.Kind, bool)) (memberEncoder, error) {
	perKind, err := decodeObject(answered)
	if err != nil {
		return memberEncoder{form: formIDs}, nil //nolint:nilerr // Not per kind, then.
	}
	keys := perKindKeys(slices.Collect(maps.Keys(perKind)))
	if keys == nil {
		return memberEncoder{}, fmt.Errorf("%w: %s", errMemberKinds, strings.Join(slices.Sorted(maps.Keys(perKind)), ", "))
	}
	known := map[string]access.Kind{}
	for kind, key := range keys {
		ids, err := decodeMemberArray(perKind[key])
		if err != nil {
			return memberEncoder{}, err
		}
		for _, id := range ids {
			known[id] = kind
		}
	}
	return memberEncoder{form: formPerKind, keys: keys, kindOf: func(id string) (access.Kind, bool) {
		if kind, ok := known[id]; ok {
			return kind, true
		}
		return kindOf(id)
	}}, nil
}
