package api

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// Group returns the user group with the id, with what a list may leave out: its
// description, and whether it is synchronized. If it is proven not to exist, the
// error is a [*GoneError].
func (c *Client) Group(ctx context.Context, id string) (access.Principal, error) {
	o, err := c.groupObject(ctx, id)
	if err != nil {
		return access.Principal{}, err
	}
	p, err := decodePrincipal(access.KindGroup, o)
	if err != nil {
		return p, c.unusable(contract.RoutesOf[access.KindGroup].Read, []string{id}, err)
	}
	return p, nil
}

// Groups returns all user groups, each with what [Client.Group] tells, ordered as
// the directory does.
func (c *Client) Groups(ctx context.Context) ([]access.Principal, error) {
	directory, err := c.Directory(ctx, access.KindGroup)
	if err != nil {
		return nil, err
	}
	groups := directory.All(access.KindGroup)
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(c.http.MaxConcurrentRequests())
	for i := range groups {
		reads.Go(func() (err error) {
			groups[i], err = c.Group(ctx, groups[i].ID)
			return err
		})
	}
	return groups, reads.Wait()
}

// groupObject returns the group as the list of groups has it, or the entity if
// the list has only a summary. A 403 or 404 for the entity of a group that the
// list holds proves nothing.
func (c *Client) groupObject(ctx context.Context, id string) (contract.Object, error) {
	if _, err := c.Principal(ctx, access.KindGroup, id); err != nil {
		return nil, err
	}
	e := principalEntity(access.KindGroup, id)
	return c.snapshot.entity(e).get(ctx, func(ctx context.Context) (contract.Object, error) {
		if o, ok := c.snapshot.listedGroup(id); ok {
			return o, nil
		}
		return c.fetch(ctx, e)
	})
}

// setGroups notes the groups as their list has them, if it has all that is asked
// of a group, and not only a summary.
func (s *snapshot) setGroups(items []contract.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range items {
		id := o.ID()
		if o.Has(contract.PropMembers, contract.PropDescription, contract.PropSynchronized) && !s.written[id] {
			s.groups[id] = o
		}
	}
}

// setWritten notes that this client writes the group: what a list said of it may
// be older than that.
func (s *snapshot) setWritten(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written[id] = true
	delete(s.groups, id)
}

// dismissListed makes the next look at the group read it by id, unless that is
// where what is known of it comes from.
func (s *snapshot) dismissListed(e entity, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written[id] {
		return
	}
	s.written[id] = true
	delete(s.groups, id)
	if known := s.entities[e.key()]; known != nil {
		known.forget()
	}
}

func (s *snapshot) listedGroup(id string) (contract.Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.groups[id]
	return o, ok
}

// publishGroup also keeps the group as a whole, with its members.
func (c *Client) publishGroup(id string, also publisher) publisher {
	known := c.snapshot.entity(principalEntity(access.KindGroup, id))
	c.snapshot.setWritten(id)
	return publisher{
		as: func(o contract.Object) error {
			known.set(o)
			return also.as(o)
		},
		forget: func() {
			known.forget()
			also.forget()
		},
	}
}

// writeGroup writes a user group. Its members go by routes of their own: since changelog
// 1.159.0 they are no longer part of the edit.
func writeGroup(ctx context.Context, c *Client, e entity, p pendingEdit) error {
	e.write = nil
	if !c.hasMemberRoutes() {
		return e.send(ctx, c, p)
	}
	const members = string(contract.PropMembers)
	if p.Changed[members] {
		if err := c.writeMembers(ctx, e, p); err != nil {
			return err
		}
		if p.Changed = maps.Clone(p.Changed); len(p.Changed) == 1 {
			return nil
		}
		delete(p.Changed, members)
	}
	p.Apart = members
	return e.send(ctx, c, p)
}

// hasMemberRoutes tells whether the members of a group have routes of their own, and neither
// go with its edit nor by a route that takes nothing else, as the mapping may say.
func (c *Client) hasMemberRoutes() bool {
	routes := contract.RoutesOf[access.KindGroup]
	return c.mapping.SetRoute(routes.Read, contract.PropMembers) == nil && !c.mapping.Edits(routes.Edit, contract.PropMembers)
}

// writeMembers writes who is to be in the group: as a whole where that is what
// was asked for, and else as a difference, which leaves those alone whom nobody
// asked about.
func (c *Client) writeMembers(ctx context.Context, e entity, p pendingEdit) error {
	before, err := contract.DecodeMembers(p.Before.Value(contract.PropMembers))
	if err != nil {
		return err
	}
	wanted, err := contract.DecodeMembers(p.Wanted.Value(contract.PropMembers))
	if err != nil {
		return err
	}
	routes := contract.RoutesOf[access.KindGroup]
	lacksModify := c.mapping.Lacks(routes.ModifyMembers)
	if lacksModify || p.isWhole(contract.PropMembers, wanted) {
		whole := composeMembers(p.Before, map[contract.Property][]string{contract.PropMembers: wanted})
		// Where the server has no such route, the difference comes to the same.
		if _, _, err := c.compose(ctx, routes.ChangeMembers, whole); lacksModify || !IsUnsettled(err) {
			_, _, err = c.write(ctx, routes.ChangeMembers, e.parameters, whole)
			return err
		}
	}
	_, _, err = c.write(ctx, routes.ModifyMembers, e.parameters, composeMembers(p.Before, map[contract.Property][]string{
		contract.PropAddedMembers: without(wanted, before), contract.PropRemovedMembers: without(before, wanted),
	}))
	return err
}

func composeMembers(before contract.Object, lists map[contract.Property][]string) composer {
	return func(s contract.Settled) (json.RawMessage, error) { return s.ComposeMembers(before, lists) }
}

// isWhole tells whether one of the changes states just these members as all of
// the list.
func (p pendingEdit) isWhole(list contract.Property, wanted []string) bool {
	for _, change := range p.changes {
		for _, m := range change.mutations {
			all := slices.Compact(slices.Sorted(slices.Values(m.grants)))
			if m.whole && m.property == list && slices.Equal(all, wanted) {
				return true
			}
		}
	}
	return false
}

// without returns the ids that are not among the others.
func without(ids, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
}
