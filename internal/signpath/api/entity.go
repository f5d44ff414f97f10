package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
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

// fetch reads the entity now, not from the snapshot. An answer that cannot be right is
// an error. Reads may lag behind, so somebody whom this client has created and who is not
// there is waited for.
func (c *Client) fetch(ctx context.Context, e entity) (contract.Object, error) {
	o, err := c.getObject(ctx, e.read, e.parameters...)
	for _, wait := range settleWaits {
		if !IsUnknownOrForbidden(err) || !c.snapshot.isCreated(e.parameters[len(e.parameters)-1]) {
			break
		}
		if err := httpapi.Sleep(ctx, wait); err != nil {
			return nil, err
		}
		o, err = c.getObject(ctx, e.read, e.parameters...)
	}
	if err != nil {
		return nil, err
	}
	if err := c.examine(e.read, e, o); err != nil {
		return nil, c.unusable(e.read, e.parameters, err)
	}
	return o, nil
}

// examine tells why the answer to the route cannot be believed: a property has another
// type than is known what to do with, or it is about another object than the entity.
func (c *Client) examine(r *contract.Route, e entity, o contract.Object) error {
	if err := c.mapping.CheckTypes(r, o); err != nil {
		return err
	}
	return c.identify(e, o)
}

// identify tells why an object is not the entity: by what it says of itself, or by what
// the entity's id was in this run before.
func (c *Client) identify(e entity, o contract.Object) error {
	if err := c.mapping.CheckSubject(e.read, o, c.OrganizationID(), e.parameters); err != nil {
		return err
	}
	return c.snapshot.identify(e, o.Text(contract.PropID))
}

// examineList is [Client.examine] for the items of a list, which holds none of them
// twice. The function tells which entity an item is.
func (c *Client) examineList(r *contract.Route, items []contract.Object, entityOf func(contract.Object) (entity, error)) error {
	held := map[string]bool{}
	for i, item := range items {
		if err := c.mapping.CheckTypes(r, item); err != nil {
			return fmt.Errorf("in entry %d, %w", i+1, err)
		}
		e, err := entityOf(item)
		if err != nil {
			return err
		}
		if err := c.identify(e, item); err != nil {
			return fmt.Errorf("in entry %d, %w", i+1, err)
		}
		for _, key := range []string{e.key(), strings.ToLower(item.Text(contract.PropID))} {
			if key != "" && held[key] {
				return fmt.Errorf("it holds %s twice", e)
			}
			held[key] = true
		}
	}
	return nil
}
