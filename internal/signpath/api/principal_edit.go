package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// PrincipalChange says what of a user or group to change; nil leaves it as it is.
type PrincipalChange struct {
	Name *string
	// Settings are new texts, by the attributes of the settings; an empty one clears it.
	Settings map[string]string
	Role     *access.Role
	// From leaves the role of whoever has another one than this, as the user is read right
	// before the write. It is empty where any role is replaced.
	From access.Role
	// Yields leaves what this client has set, or is about to in the same edit: in one run,
	// a role is handed from one owner to another, in an order that nobody knows.
	Yields bool
}

// IsEmpty tells whether the change changes nothing.
func (c PrincipalChange) IsEmpty() bool {
	return c.Name == nil && len(c.Settings) == 0 && c.Role == nil
}

// EditPrincipal changes settings of an interactive user, a CI user or a user
// group, and leaves all others as they are.
func (c *Client) EditPrincipal(ctx context.Context, kind access.Kind, id string, change PrincipalChange) (Warnings, error) {
	publish := publisher{
		as: func(o contract.Object) error {
			p, err := decodePrincipal(kind, o)
			if err == nil {
				c.snapshot.put(c.settleUser(p, o))
			}
			return err
		},
		forget: func() { c.snapshot.doubt(kind, id) },
	}
	if kind == access.KindGroup {
		publish = c.publishGroup(id, publish)
	}
	return c.edit(ctx, principalEntity(kind, id), change.mutations(kind), publish)
}

// mutations are what a change of somebody of the kind writes.
func (c PrincipalChange) mutations(kind access.Kind) []mutation {
	var mutations []mutation
	if c.Name != nil {
		mutations = append(mutations, setValue(contract.PropName, *c.Name))
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(kind) {
		switch text, asked := c.Settings[setting.Attribute]; {
		case !asked:
		case text == "":
			mutations = append(mutations, setNothing(contract.PropertyOfSetting(setting)))
		default:
			mutations = append(mutations, setValue(contract.PropertyOfSetting(setting), text))
		}
	}
	if c.Role != nil {
		role := setValue(contract.PropRole, *c.Role)
		if c.From != "" {
			role = onlyFrom(role, c.From)
		}
		mutations = append(mutations, role)
	}
	for i := range mutations {
		mutations[i].yields = c.Yields
	}
	return mutations
}

// activation is the route that activates or deactivates users of the kind, and what its
// request says. The id is empty for somebody who is yet to be created.
func (c *Client) activation(kind access.Kind, id string, active bool) (*contract.Route, composer) {
	routes := contract.RoutesOf[kind]
	if set := c.mapping.SetRoute(routes.Read, contract.PropActive); set != nil {
		before, _ := c.seenAs(id)
		edit := contract.Edit{Before: before, Wanted: maps.Clone(before), IsSummary: id == ""}
		if edit.Wanted == nil {
			edit.Wanted = contract.Object{}
		}
		edit.Wanted[string(contract.PropActive)] = contract.MustMarshal(active)
		return set, func(s contract.Settled) (json.RawMessage, error) { return s.ComposeSet(edit) }
	}
	if active {
		return routes.Activate, nil
	}
	return routes.Deactivate, nil
}

// seenAs returns the principal as an answer had it last.
func (c *Client) seenAs(id string) (contract.Object, bool) {
	seen, ok := c.seen.Load(id)
	o, _ := seen.(contract.Object)
	return o, ok
}

// SetActive activates or deactivates an interactive user or a CI user, and
// reads it back. If SignPath thereby also changed the role of the user, or emptied
// another setting, the error is a [*LostPropertiesError].
func (c *Client) SetActive(ctx context.Context, kind access.Kind, id string, active bool) error {
	if c.mapping.SetRoute(contract.RoutesOf[kind].Read, contract.PropActive) != nil {
		// Its request may say more than that, and that is to be as it is now.
		if _, err := c.readPrincipal(ctx, kind, id); err != nil {
			return err
		}
	}
	r, compose := c.activation(kind, id, active)
	before, isKnown := c.snapshot.read(id)
	if _, _, err := c.write(ctx, r, []string{id}, compose); err != nil {
		c.snapshot.doubt(kind, id)
		return err
	}
	p, err := c.readPrincipal(ctx, kind, id)
	for _, wait := range settleWaits {
		if err != nil || p.Active == active {
			break
		}
		if err = httpapi.Sleep(ctx, wait); err == nil {
			p, err = c.readPrincipal(ctx, kind, id)
		}
	}
	if err != nil {
		c.snapshot.doubt(kind, id)
		return err
	}
	if p.Active != active {
		return c.unusable(r, []string{id}, fmt.Errorf("it was accepted, but %s is still %s", p, map[bool]string{true: "active", false: "inactive"}[p.Active]))
	}
	if isKnown {
		return compareUser(before, p)
	}
	return nil
}

// compareUser finds what an activation or deactivation did to the user beyond that.
func compareUser(before, after access.Principal) error {
	unasked := &LostPropertiesError{Object: fmt.Sprintf("%s %s", before.Kind.Noun(), before.ID), Done: true}
	if before.Role != after.Role {
		unasked.Changed = append(unasked.Changed, fmt.Sprintf("the role, which was %s and is %s now", vocabulary.SignPath.Spell(before.Role), vocabulary.SignPath.Spell(after.Role)))
	}
	compare := func(noun, before, after string) {
		if before != "" && after == "" {
			unasked.Lost = append(unasked.Lost, fmt.Sprintf("the %s, which held %q", noun, before))
		}
	}
	compare("name", before.Name, after.Name)
	compare("e-mail address", before.Email, after.Email)
	for _, setting := range vocabulary.SignPath.SettingsOf(before.Kind) {
		compare(setting.Noun, *setting.Of(&before), *setting.Of(&after))
	}
	if len(unasked.Lost)+len(unasked.Changed) == 0 {
		return nil
	}
	return unasked
}

// Reinvite sends an interactive user a new invitation. The request is never sent
// twice: each one is a mail.
//
// Nothing can be read back that would show it, so an answer that is a page, as
// proxies and portals put it in the place of SignPath's, is an error.
func (c *Client) Reinvite(ctx context.Context, id string) error {
	r, parameters := contract.RoutesOf[access.KindUser].Reinvite, []string{id}
	body, _, err := c.write(ctx, r, parameters, nil)
	if err == nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return c.unusable(r, parameters, fmt.Errorf("%w: a page, so nobody can tell whether the invitation was sent", httpapi.ErrNotJSON))
	}
	return err
}
