package api

import (
	"encoding/json"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// roleOf returns the role that an answer about a principal states. A user whose role is
// null, which no mapping explains, has [access.RoleUnstated]; an empty text says no more than a
// missing one. A group has no role.
func roleOf(kind access.Kind, o contract.Object) (access.Role, error) {
	role := access.Role(o.Text(contract.PropRole))
	switch {
	case role != "" || kind == access.KindGroup:
		return role, nil
	case contract.IsNull(o.Value(contract.PropRole)):
		return access.RoleUnstated, nil
	}
	return "", fmt.Errorf("its property %q is empty (the name is %s)",
		contract.PropRole, contract.RoutesOf[kind].Read.Evidence(contract.PartAnswer, contract.PropRole))
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
