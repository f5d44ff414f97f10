package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Target is one access list of one project, signing policy or user group.
type Target struct {
	List vocabulary.List
	// Project and Policy are slugs; Policy is empty for a project's list.
	Project, Policy string
	// Group is the id of a user group, and GroupName what messages call it.
	Group, GroupName string
}

func (t Target) entity() entity {
	switch t.List.Parent {
	case vocabulary.ParentSigningPolicy:
		return policyEntity(t.Project, t.Policy)
	case vocabulary.ParentUserGroup:
		e := principalEntity(access.KindGroup, t.Group)
		e.name = fmt.Sprintf("%s %q", t.List.Parent, t.GroupName)
		return e
	}
	return projectEntity(t.Project)
}

// String names the list: `the approvers of signing policy "a/release"`.
func (t Target) String() string { return "the " + t.List.Plural + " of " + t.entity().name }

// Members returns the ids of the list's members, sorted. If the project, policy
// or group is proven not to exist, the error is a [*GoneError].
func (c *Client) Members(ctx context.Context, t Target) ([]string, error) {
	o, err := c.parent(ctx, t)
	if err != nil {
		return nil, err
	}
	p := contract.PropertyOf(t.List)
	err = o.Require(p)
	if err != nil {
		return nil, c.unusable(t.entity().read, t.entity().parameters, err)
	}
	ids, err := contract.DecodeMembers(o.Value(p))
	if err != nil {
		return nil, c.unusable(t.entity().read, t.entity().parameters, err)
	}
	return ids, nil
}

// ConfirmMembers is [Client.Members] for what must not be taken from the list of
// groups, because lists may lag behind (documented incidents): the group is read
// by id, once. Projects and signing policies always are.
func (c *Client) ConfirmMembers(ctx context.Context, t Target) ([]string, error) {
	if t.List.Parent == vocabulary.ParentUserGroup {
		c.snapshot.dismissListed(t.entity(), t.Group)
	}
	return c.Members(ctx, t)
}

func (c *Client) parent(ctx context.Context, t Target) (contract.Object, error) {
	switch t.List.Parent {
	case vocabulary.ParentSigningPolicy:
		return c.policyObject(ctx, t.Project, t.Policy)
	case vocabulary.ParentUserGroup:
		return c.groupObject(ctx, t.Group)
	}
	return c.projectObject(ctx, t.Project)
}

// ChangeMembers adds members to a list and removes others, by id, and leaves
// all further members alone. Whom this client has put onto the list, or is about to
// in the same edit, it does not take off again: in one run, an entry is handed from
// one owner to another, in an order that nobody knows. Changes of the same parent that are
// under way at the same time are merged into few edits.
func (c *Client) ChangeMembers(ctx context.Context, t Target, add, remove []string) (Warnings, error) {
	return c.changeMembers(ctx, t, changeList(contract.PropertyOf(t.List), add, remove, false))
}

// PutBack puts members onto a list again whom this client has taken off, because what they were
// taken off for has another owner by now. Whoever owns an entry may still take it off.
func (c *Client) PutBack(ctx context.Context, t Target, members []string) (Warnings, error) {
	return c.changeMembers(ctx, t, putBack(contract.PropertyOf(t.List), members))
}

// EndEntry takes a member off a list, and in the same edit others whose end the run has yet to
// ask for. What SignPath refuses is tried for the member alone. The end of an entry that went along
// with another one, and was not put back since, needs no request: that it is off the list was
// read when it went.
func (c *Client) EndEntry(ctx context.Context, t Target, id string, along []string) (Warnings, error) {
	return c.changeMembers(ctx, t, endEntry(contract.PropertyOf(t.List), id, along))
}

// SetMembers makes the members all that a list holds, as far as the caller has
// announced who leaves it: whoever else came onto the list stays there. Where
// there is nobody else, the list of a user group is written as a whole.
func (c *Client) SetMembers(ctx context.Context, t Target, members, announced []string) (Warnings, error) {
	remove := slices.DeleteFunc(slices.Clone(announced), func(id string) bool { return slices.Contains(members, id) })
	return c.changeMembers(ctx, t, changeList(contract.PropertyOf(t.List), members, remove, true))
}

func (c *Client) changeMembers(ctx context.Context, t Target, asked mutation) (Warnings, error) {
	e := t.entity()
	known := c.snapshot.entity(e)
	if t.List.Parent == vocabulary.ParentUserGroup {
		c.snapshot.setWritten(t.Group)
	}
	return c.edit(ctx, e, []mutation{asked}, publisher{
		as:     func(after contract.Object) error { known.set(after); return nil },
		forget: known.forget,
	})
}

// changeList puts members onto a list, and takes others off it.
func changeList(p contract.Property, add, remove []string, whole bool) mutation {
	return mutation{
		property: p,
		apply:    func(current json.RawMessage) (json.RawMessage, error) { return withMembers(current, add, remove) },
		holds: func(current json.RawMessage) bool {
			value, err := withMembers(current, add, remove)
			return err == nil && sameMembers(value, current)
		},
		grants: add, revokes: remove, whole: whole,
	}
}

// putBack puts members onto a list whom others of the run may take off.
func putBack(p contract.Property, members []string) mutation {
	m := changeList(p, members, nil, false)
	m.yields = true
	return m
}

// endEntry takes one member off a list, and others along with it.
func endEntry(p contract.Property, id string, along []string) mutation {
	m := changeList(p, nil, append([]string{id}, along...), false)
	m.end = id
	return m
}

// withMembers returns the list with members added and removed. A list that
// needs no change comes back as it was.
func withMembers(current json.RawMessage, add, remove []string) (json.RawMessage, error) {
	ids, err := contract.DecodeMembers(current)
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
	return contract.EncodeMembers(kept), nil
}

func sameMembers(a, b json.RawMessage) bool {
	left, errLeft := contract.DecodeMembers(a)
	right, errRight := contract.DecodeMembers(b)
	return errLeft == nil && errRight == nil && slices.Equal(left, right)
}
