package contract

import (
	"encoding/json"
	"errors"
	"slices"
)

// DecodeMembers reads an access list as objects have it: an array of ids. The result is
// sorted, without duplicates and in lower case. Null is no list: an edit that took it for an
// empty one would wipe the list.
func DecodeMembers(list json.RawMessage) ([]string, error) {
	ids, err := plainMembers.decode(list, "", Principals{})
	if err != nil {
		return nil, errors.Join(errNoMembers, err)
	}
	ids = slices.AppendSeq([]string{}, slices.Values(ids)) // Never nil.
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// EncodeMembers writes an access list as objects have it.
func EncodeMembers(ids []string) json.RawMessage {
	sorted := slices.AppendSeq([]string{}, slices.Values(ids)) // Never null.
	slices.Sort(sorted)
	return MustMarshal(slices.Compact(sorted))
}
