package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A plan that could not be carried out is to fail as a plan. So each write can be
// settled before: with one request for the server's document in a run, and with
// what was read already. The error is a [*contract.Error] if the write would be
// refused, or an [*httpapi.Error] if the document could not be read.

// IsUnsettled tells whether the error says that a request was not sent, or would not
// be, because the server could not be told what it has to say, or would lose something.
func IsUnsettled(err error) bool {
	var unsettled *contract.Error
	return errors.As(err, &unsettled)
}

// SettleCreate settles [Client.CreatePrincipal].
func (c *Client) SettleCreate(ctx context.Context, p access.Principal) error {
	_, _, err := c.compose(ctx, contract.RoutesOf[p.Kind].Create, c.composeCreate(p))
	return err
}

// SettleActive settles [Client.SetActive].
func (c *Client) SettleActive(ctx context.Context, kind access.Kind, active bool) error {
	r, compose := c.activation(kind, "", active)
	_, _, err := c.compose(ctx, r, compose)
	return err
}

// SettleReinvite settles [Client.Reinvite].
func (c *Client) SettleReinvite(ctx context.Context) error {
	_, _, err := c.compose(ctx, contract.RoutesOf[access.KindUser].Reinvite, nil)
	return err
}

// SettleToken settles [Client.RegenerateToken].
func (c *Client) SettleToken(ctx context.Context) error {
	_, _, err := c.compose(ctx, contract.RoutesOf[access.KindCIUser].RegenerateToken, nil)
	return err
}

// SettleEdit settles [Client.EditPrincipal]. The id is empty for somebody who is yet
// to be created.
func (c *Client) SettleEdit(ctx context.Context, kind access.Kind, id string, change PrincipalChange) error {
	before, isSummary := contract.Object{}, true
	if seen, ok := c.seenAs(id); ok {
		before = seen
	}
	return c.settleEdit(ctx, principalEntity(kind, id), before, isSummary, change.mutations(kind))
}

// SettleMembers settles [Client.SetMembers] for a whole list, and else
// [Client.ChangeMembers]: who is added may yet have to be created, and so may the group
// of the target.
func (c *Client) SettleMembers(ctx context.Context, t Target, whole bool, added ...access.Principal) error {
	p := contract.PropertyOf(t.List)
	before, read := c.snapshot.entity(t.entity()).peek()
	current, ids, kinds := membersOf(before.Value(p)), []string{}, map[string]access.Kind{}
	for i, principal := range added {
		// Who is yet to be created has no id; any other will do, as nothing is sent.
		id := cmp.Or(principal.ID, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		ids, kinds[id] = append(ids, id), principal.Kind
	}
	compose := func(ctx context.Context, r *contract.Route, request composer) error {
		_, _, err := c.compose(ctx, r, func(s contract.Settled) (json.RawMessage, error) { return request(s.Knowing(kinds)) })
		return err
	}
	if t.List.Parent != vocabulary.ParentUserGroup || !c.hasMemberRoutes() {
		edit := contract.Edit{Before: before, Wanted: maps.Clone(before), Changed: map[string]bool{string(p): true}, IsSummary: !read}
		if edit.Wanted == nil {
			edit.Wanted = contract.Object{}
		}
		edit.Wanted[string(p)] = contract.EncodeMembers(append(current, ids...))
		return c.each(ctx, t.entity(), edit, compose)
	}
	routes := contract.RoutesOf[access.KindGroup]
	if whole || c.mapping.Lacks(routes.ModifyMembers) {
		err := compose(ctx, routes.ChangeMembers, composeMembers(before, map[contract.Property][]string{p: append(current, ids...)}))
		if !IsUnsettled(err) || c.mapping.Lacks(routes.ModifyMembers) {
			return err
		}
	}
	return compose(ctx, routes.ModifyMembers, composeMembers(before, map[contract.Property][]string{
		contract.PropAddedMembers: ids, contract.PropRemovedMembers: current,
	}))
}

// settleEdit composes an edit of what is known of an object.
func (c *Client) settleEdit(ctx context.Context, e entity, before contract.Object, isSummary bool, mutations []mutation) error {
	wanted := maps.Clone(before)
	if wanted == nil {
		wanted = contract.Object{}
	}
	changed := map[string]bool{}
	for _, m := range mutations {
		name := string(m.property)
		if m.holds(wanted[name]) {
			continue
		}
		value, err := m.apply(wanted[name])
		if err != nil {
			return err
		}
		wanted[name], changed[name] = value, true
	}
	if len(changed) == 0 {
		return nil
	}
	edit := contract.Edit{Before: before, Wanted: wanted, Changed: changed, IsSummary: isSummary}
	return c.each(ctx, e, edit, func(ctx context.Context, r *contract.Route, compose composer) error {
		_, _, err := c.compose(ctx, r, compose)
		return err
	})
}
