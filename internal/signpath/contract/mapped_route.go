package contract

import (
	"cmp"
	"slices"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// addRoute takes in how a route differs.
func (m *Mapping) addRoute(r *Route) {
	t, of := r.thing(), m.of(r.thing())
	method, path := "", ""
	call := callOf(r, of)
	if list := of.List; r.Lists && list != nil {
		method, path = list.Method, list.Path
	}
	if call != nil {
		method, path = call.Method, call.Path
	}
	if path != "" {
		wire := *r
		// A mapping states paths below the organization in the version that is no preview.
		wire.Method, wire.Path, wire.Preview = method, path, false
		m.wires[r] = &wire
	}
	m.requests[r] = m.requestOf(t, r, call)
}

// readOf is the route that reads a thing that can be edited.
func readOf(t mapping.Thing) *Route {
	switch t {
	case mapping.Project:
		return RouteProject
	case mapping.SigningPolicy:
		return RoutePolicy
	}
	return RoutesOf[access.Kind(t)].Read
}

// thing is what the route is about.
func (r *Route) thing() mapping.Thing { return thingsOfRoutes()[cmp.Or(r.Sets, r)] }

var thingsOfRoutes = sync.OnceValue(func() map[*Route]mapping.Thing {
	things := map[*Route]mapping.Thing{
		RouteOrganization: mapping.Organization, RouteProjects: mapping.Project, RouteProject: mapping.Project, RouteProjectEdit: mapping.Project,
		RoutePolicy: mapping.SigningPolicy, RoutePolicyEdit: mapping.SigningPolicy, RouteAuditEvents: mapping.AuditEvent,
	}
	for kind, routes := range RoutesOf {
		for _, r := range []*Route{
			routes.List, routes.Me, routes.Read, routes.Create, routes.Edit, routes.Activate, routes.Deactivate, routes.Reinvite,
			routes.RegenerateToken, routes.ChangeMembers, routes.ModifyMembers,
		} {
			things[r] = mapping.Thing(kind)
		}
	}
	return things
})

// callOf returns what a mapping says of a route; nil if it says nothing.
func callOf(r *Route, of *mapping.ThingMapping) *mapping.Call {
	routes := RoutesOf[access.Kind(r.thing())]
	switch r {
	case RouteOrganization, RouteProject, RoutePolicy, routes.Read:
		return of.Read
	case RouteProjectEdit, RoutePolicyEdit, routes.Edit:
		return of.Edit
	case routes.Me:
		return of.Me
	case routes.Create:
		return of.Create
	case routes.Activate:
		return of.Activate
	case routes.Deactivate:
		return of.Deactivate
	case routes.Reinvite:
		return of.Reinvite
	case routes.RegenerateToken:
		return of.RegenerateToken
	case routes.ChangeMembers:
		return of.ChangeMembers
	case routes.ModifyMembers:
		return of.ModifyMembers
	}
	return nil
}

// Wire returns the route as the server has it.
func (m *Mapping) Wire(r *Route) *Route { return cmp.Or(m.orAssumed().wires[r], r) }

// Lacks tells whether the mapping says that the server has no such route.
func (m *Mapping) Lacks(r *Route) bool {
	m = m.orAssumed()
	call := callOf(r, m.of(r.thing()))
	return call != nil && call.None
}

// SetRoute returns the route that changes a property of a thing alone; nil if there is none.
// The thing is that of any route about it.
func (m *Mapping) SetRoute(of *Route, p Property) *Route { return m.orAssumed().sets[of.thing()][p] }

// Edits tells whether the request of an edit, or of another route, says the property, and not only
// because it goes back as it came.
func (m *Mapping) Edits(edit *Route, p Property) bool {
	return slices.ContainsFunc(m.orAssumed().requests[edit].fields, func(f field) bool { return f.property == p && !f.echoes })
}
