package api

import (
	"context"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// An entity is one object that is read and edited as a whole.
type entity struct {
	// name says which object, for messages: `project "a"`.
	name       string
	read, edit *contract.Route
	parameters []string
	// write sends what makes the object as it is wanted, where that is not one
	// request of the edit route with the whole object.
	write func(context.Context, *Client, entity, pendingEdit) error
}

func (e entity) String() string { return e.name }

func projectEntity(project string) entity {
	return entity{name: fmt.Sprintf("project %q", project), read: contract.RouteProject, edit: contract.RouteProjectEdit, parameters: []string{project}}
}

func policyEntity(project, policy string) entity {
	return entity{
		name: fmt.Sprintf("signing policy %q", project+"/"+policy),
		read: contract.RoutePolicy, edit: contract.RoutePolicyEdit, parameters: []string{project, policy},
	}
}

func principalEntity(kind access.Kind, id string) entity {
	routes := contract.RoutesOf[kind]
	e := entity{name: fmt.Sprintf("%s %s", kind.Noun(), id), read: routes.Read, edit: routes.Edit, parameters: []string{id}}
	if kind == access.KindGroup {
		e.write = writeGroup
	}
	return e
}

// key identifies the entity, which its name may not: two groups can be called
// the same.
func (e entity) key() string { return e.read.Expand(e.parameters) }

// fetch reads the entity now, not from the snapshot.
func (c *Client) fetch(ctx context.Context, e entity) (contract.Object, error) {
	return c.getObject(ctx, e.read, e.parameters...)
}
