package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roleOf returns the role that an answer about a principal states. A user whose role is
// null has [access.RoleUnstated]; an empty text says no more than a missing one. A group
// has no role.
func roleOf(kind access.Kind, o contract.Object) (access.Role, error) {
	role := access.Role(o.Text(contract.PropRole))
	switch {
	case role != "" || kind == access.KindGroup:
		return role, nil
	case contract.IsNull(o.Value(contract.PropRole)):
		return access.RoleUnstated, nil
	}
	return "", fmt.Errorf("its property %q is empty (the name is %s)",
		o.Key(contract.PropRole), contract.RoutesOf[kind].Read.Evidence(contract.PartAnswer, contract.PropRole))
}

// settleRole makes a Regular User of somebody whose role the answer of the route says to
// be null, if the server's own document says that this is how it writes that. For such an
// answer the document is read, once in the client's life; where there is none, and with
// [ContractAssumed], null stays a role that nobody knows. A document that cannot be read
// is an error: what null means must not depend on the weather.
func (c *Client) settleRole(ctx context.Context, p access.Principal, o contract.Object, r *contract.Route) (access.Principal, error) {
	if p.Role != access.RoleUnstated || !contract.IsNull(o.Value(contract.PropRole)) || c.config.Contract == ContractAssumed {
		return p, nil
	}
	negotiated, err := c.snapshot.negotiation.get(ctx, c.negotiate)
	if err != nil {
		return p, err
	}
	if negotiated.NullIsRegularUser(r, contract.RoutesOf[p.Kind].Read) {
		p.Role = vocabulary.RoleRegularUser
		c.answersNullRole.Store(true)
	}
	return p, nil
}

// setRole makes somebody have the role. A Regular User is written as the server writes
// one: as null, if its document says that null is one and it answers so, or takes
// nothing else. Either counts as the other then.
func (c *Client) setRole(ctx context.Context, kind access.Kind, role access.Role) (mutation, error) {
	asText := setValue(contract.PropRole, role)
	if role != vocabulary.RoleRegularUser {
		return asText, nil
	}
	negotiated, err := c.document(ctx)
	if routes := contract.RoutesOf[kind]; err != nil || !negotiated.NullIsRegularUser(routes.List, routes.Read) {
		return asText, err
	}
	asNull, written := setValue(contract.PropRole, nil), asText
	if c.answersNullRole.Load() || !negotiated.TakesRole(contract.RoutesOf[kind].Edit, role) {
		written = asNull
	}
	written.holds = func(current json.RawMessage) bool {
		return asText.holds(current) || current != nil && asNull.holds(current)
	}
	return written, nil
}

// onlyFrom makes of a mutation of the role one that has nothing to do with whoever has
// another role than the one given.
func onlyFrom(m mutation, from access.Role) mutation {
	is, has := m.holds, setValue(contract.PropRole, from).holds
	if from == access.RoleUnstated {
		has = contract.IsNull
	}
	m.holds = func(current json.RawMessage) bool { return is(current) || !has(current) }
	return m
}
