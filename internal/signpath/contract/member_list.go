package contract

import (
	"encoding/json"
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
// and has no document: the kinds of ids that the answer had are known from it.
func encoderLike(answered json.RawMessage, kindOf KindOf) (memberEncoder, error) {
	perKind, err := DecodeObject(answered)
	if err != nil {
		return encodeAsIDs, nil //nolint:nilerr // Not per kind, then.
	}
	names := slices.Collect(maps.Keys(perKind))
	known := map[string]access.Kind{}
	for kind, key := range perKindKeys(names) {
		ids, err := decodeMemberArray(perKind[key])
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			known[id] = kind
		}
	}
	return encoderPerKind(names, func(id string) (access.Kind, bool) {
		if kind, ok := known[id]; ok {
			return kind, true
		}
		return kindOf(id)
	})
}
