package api

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Target is one access list of one project or signing policy.
type Target struct {
	List access.List
	// Project and Policy are slugs; Policy is empty for a project's list.
	Project, Policy string
}

func (t Target) entity() entity {
	if t.List.Parent == access.ParentSigningPolicy {
		return policyEntity(t.Project, t.Policy)
	}
	return projectEntity(t.Project)
}

// String names the list: `the approvers of signing policy "a/release"`.
func (t Target) String() string { return "the " + t.List.Plural + " of " + t.entity().name }

// Members returns the ids of the list's members, sorted. If the project or
// policy is proven not to exist, the error is a [*GoneError].
func (c *Client) Members(ctx context.Context, t Target) ([]string, error) {
	o, err := c.parent(ctx, t)
	if err != nil {
		return nil, err
	}
	p := listProperties[t.List.Plural]
	err = o.require(p)
	if err != nil {
		return nil, unusable(t.entity().read, t.entity().parameters, err)
	}
	ids, err := decodeMembers(o[p.name])
	if err != nil {
		return nil, unusable(t.entity().read, t.entity().parameters, err)
	}
	return ids, nil
}

func (c *Client) parent(ctx context.Context, t Target) (object, error) {
	if t.List.Parent == access.ParentSigningPolicy {
		return c.policyObject(ctx, t.Project, t.Policy)
	}
	return c.projectObject(ctx, t.Project)
}

// ChangeMembers adds members to a list and removes others, by id, and leaves
// all further members alone. Changes of the same project or policy that are
// under way at the same time are merged into few edits.
func (c *Client) ChangeMembers(ctx context.Context, t Target, add, remove []string) (Warnings, error) {
	m := mutation{
		property: listProperties[t.List.Plural],
		apply: func(current json.RawMessage) (json.RawMessage, error) {
			return withMembers(current, add, remove)
		},
		holds: func(current json.RawMessage) bool {
			value, err := withMembers(current, add, remove)
			return err == nil && sameMembers(value, current)
		},
		grants:  add,
		revokes: remove,
	}
	e := t.entity()
	known := c.snapshot.entity(e)
	return c.edit(ctx, e, []mutation{m}, publisher{
		as:     func(after object) error { known.set(after); return nil },
		forget: known.forget,
	})
}

// withMembers returns the list with members added and removed. A list that
// needs no change comes back as it was.
func withMembers(current json.RawMessage, add, remove []string) (json.RawMessage, error) {
	ids, err := decodeMembers(current)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(remove, id) })
	kept = append(kept, add...)
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if slices.Equal(kept, ids) {
		return current, nil
	}
	return encodeMembers(kept), nil
}

func sameMembers(a, b json.RawMessage) bool {
	left, errLeft := decodeMembers(a)
	right, errRight := decodeMembers(b)
	return errLeft == nil && errRight == nil && slices.Equal(left, right)
}
