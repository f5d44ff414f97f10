package api

import (
	"context"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An entity is one object that is read and edited as a whole.
type entity struct {
	// name says which object, for messages: `project "a"`.
	name       string
	read, edit route
	parameters []string
}

func (e entity) String() string { return e.name }

func projectEntity(project string) entity {
	return entity{fmt.Sprintf("project %q", project), routeProject, routeProjectEdit, []string{project}}
}

func policyEntity(project, policy string) entity {
	return entity{fmt.Sprintf("signing policy %q", project+"/"+policy), routePolicy, routePolicyEdit, []string{project, policy}}
}

func principalEntity(kind access.Kind, id string) entity {
	routes := routesOf[kind]
	return entity{fmt.Sprintf("%s %s", kind.Noun(), id), routes.read, routes.edit, []string{id}}
}

// fetch reads the entity now, not from the snapshot.
func (c *Client) fetch(ctx context.Context, e entity) (object, error) {
	return c.getObject(ctx, e.read, e.parameters...)
}
