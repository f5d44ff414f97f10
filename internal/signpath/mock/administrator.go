package mock

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Administrator changes the organization behind the back of the API's clients, as somebody in the user interface or
// the directory synchronization does. No rule stands in the way, but the audit log has every change.
type Administrator struct {
	server *Server
	actor  string
}

// Administrator returns an administrator whose changes the audit log shows under the reference of a user, or under
// the name of the system if it is "".
func (s *Server) Administrator(actor string) *Administrator {
	return &Administrator{server: s, actor: actor}
}

// CreateInteractiveUser adds an interactive user and returns its id. No invitation is sent.
func (a *Administrator) CreateInteractiveUser(seed InteractiveUserSeed) (id string, err error) {
	return a.create(func(o *organization) (entity, error) { return o.addInteractiveUser(seed) })
}

// CreateCIUser adds a CI user and returns its id.
func (a *Administrator) CreateCIUser(seed CIUserSeed) (id string, err error) {
	return a.create(func(o *organization) (entity, error) { return o.addCIUser(seed) })
}

// CreateUserGroup adds a user group and returns its id.
func (a *Administrator) CreateUserGroup(seed UserGroupSeed) (id string, err error) {
	return a.create(func(o *organization) (entity, error) {
		members, err := o.resolveAll(seed.Members)
		if err != nil {
			return entity{}, err
		}
		group, err := o.addGroup(seed)
		if err != nil {
			return entity{}, err
		}
		group.Members = members
		return group.entity(), nil
	})
}

// CreateProject adds a project with its signing policies and returns its id.
func (a *Administrator) CreateProject(seed ProjectSeed) (id string, err error) {
	return a.create(func(o *organization) (entity, error) {
		project, err := o.addProject(seed)
		if err != nil {
			return entity{}, err
		}
		return project.entity(), nil
	})
}

// CreateSigningPolicy adds a signing policy to a project, given by its slug, and returns its id.
func (a *Administrator) CreateSigningPolicy(project string, seed SigningPolicySeed) (id string, err error) {
	return a.create(func(o *organization) (entity, error) {
		owner := o.project(project)
		if owner == nil {
			return entity{}, fmt.Errorf("no project is named %q", project)
		}
		policy, err := o.addPolicy(owner, seed)
		if err != nil {
			return entity{}, err
		}
		return policy.entity(), nil
	})
}

func (a *Administrator) create(add func(*organization) (entity, error)) (id string, err error) {
	err = a.do(func(o *organization, by stamp) error {
		created, err := add(o)
		if err != nil {
			return err
		}
		id = created.ID
		o.record(by, created, "Created", nil)
		return nil
	})
	return id, err
}

// Remove deletes an object, by its reference, from the organization and all lists.
func (a *Administrator) Remove(reference string) error {
	return a.do(func(o *organization, by stamp) error {
		found, err := o.subject(reference)
		if err != nil {
			return err
		}
		removed := found.entity()
		o.remove(found)
		o.record(by, removed, verbDeleted, nil)
		return nil
	})
}

func (o *organization) remove(removed subject) {
	switch typed := removed.(type) {
	case *project:
		o.Projects = slices.DeleteFunc(o.Projects, func(p *project) bool { return p == typed })
	case *signingPolicy:
		owner := o.project(typed.ProjectSlug)
		owner.Policies = slices.DeleteFunc(owner.Policies, func(s *signingPolicy) bool { return s == typed })
	default:
		o.removePrincipal(removed.entity().ID)
	}
}

// Change changes a user, CI user or user group, by its reference, even a synchronized one.
func (a *Administrator) Change(reference string, change PrincipalChange) error {
	if change.Role != nil && !change.Role.isKnown() {
		return change.Role.unknown()
	}
	return a.do(func(o *organization, by stamp) error {
		found, err := o.subject(reference)
		if err != nil {
			return err
		}
		switch typed := found.(type) {
		case *user:
			o.change(by, typed, "Edited", func() { change.applyToUser(typed) })
		case *userGroup:
			o.change(by, typed, "Edited", func() { change.applyToGroup(typed) })
		default:
			return fmt.Errorf("%s is no user or group; see SetProperties", reference)
		}
		return nil
	})
}

func (p PrincipalChange) applyToGroup(g *userGroup) {
	assign(&g.Name, p.Name)
	assign(&g.Description, p.Description)
	assign(&g.IsSynchronized, p.Synchronized)
}

func assign[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

// SetRole gives a user or CI user, by its reference, a global role.
func (a *Administrator) SetRole(reference string, role Role) error {
	return a.Change(reference, PrincipalChange{Role: &role})
}

// SetActive activates or deactivates a user or CI user, by its reference.
func (a *Administrator) SetActive(reference string, active bool) error {
	return a.Change(reference, PrincipalChange{Active: &active})
}

// AddMembers adds principals to a list; see Server.Members for the owner and the list.
func (a *Administrator) AddMembers(owner, list string, members ...string) error {
	return a.ChangeMembers(owner, list, members, nil)
}

// RemoveMembers removes principals from a list; see Server.Members for the owner and the list.
func (a *Administrator) RemoveMembers(owner, list string, members ...string) error {
	return a.ChangeMembers(owner, list, nil, members)
}

// ChangeMembers adds principals to a list and removes others; see Server.Members for the owner and the list.
func (a *Administrator) ChangeMembers(owner, list string, added, removed []string) error {
	return a.do(func(o *organization, by stamp) error {
		found, members, err := o.list(owner, list)
		if err != nil {
			return err
		}
		addedIDs, err := o.resolveAll(added)
		if err != nil {
			return err
		}
		removedIDs, err := o.resolveAll(removed)
		if err != nil {
			return err
		}
		changed := append(without(*members, append(removedIDs, addedIDs...)...), addedIDs...)
		if group, isGroup := found.(*userGroup); isGroup && o.cycle(group, changed) != "" {
			return fmt.Errorf("%s would contain itself", owner)
		}
		o.change(by, found, "Edited", func() { *members = changed })
		return nil
	})
}

// SetProperties sets properties of a project or signing policy, by its reference, by their names in an Edit request,
// and leaves the others. A name that it does not have becomes a property that clients do not know. The isActive of a
// signing policy, the status of a project, and the slugs of both can be set, too. Whether SignPath lets anybody change a slug is
// not documented: project and policy have a field for it.
func (a *Administrator) SetProperties(reference string, properties map[string]any) error {
	content, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	body, err := parseBody(content)
	if err != nil {
		return err
	}
	return a.do(func(o *organization, by stamp) error {
		found, err := o.subject(reference)
		if err != nil {
			return err
		}
		return o.setProperties(by, found, patch(o, body))
	})
}

// patch changes nothing but what the body has.
func patch(o *organization, body requestBody) *edit {
	e := newEdit(o, body)
	e.keepsOmitted = true
	return e
}

func (o *organization) setProperties(by stamp, changed subject, e *edit) error {
	var apply func()
	switch typed := changed.(type) {
	case *project:
		draft := *typed
		draft.set(e)
		apply = func() {
			*typed = draft
			for _, policy := range draft.Policies {
				policy.ProjectSlug = draft.Slug
			}
		}
	case *signingPolicy:
		draft := *typed
		draft.set(e)
		apply = func() { *typed = draft }
	default:
		return fmt.Errorf("%s is no project or signing policy; see Change", changed.entity().Name)
	}
	if len(e.errors) > 0 {
		return fmt.Errorf("properties of %s: %v", changed.entity().Name, e.errors)
	}
	o.change(by, changed, "Edited", apply)
	return nil
}

// slug sets a slug that nothing else beside it has. An edit by the API sets none.
func (e *edit) slug(of *string, isTaken func(slug string) bool) {
	slug := *of
	read(e, propSlug, &slug)
	switch {
	case slug == *of:
	case slug == "" || isTaken(slug):
		e.reject(propSlug, "%q is no slug that is free.", slug)
	default:
		*of = slug
	}
}

// addExtras adds what the body has beyond the known properties, except names that only answers have.
func (e *edit) addExtras(extras map[string]json.RawMessage, rendered object) map[string]json.RawMessage {
	answered := make([]string, 0, len(rendered))
	for name := range rendered {
		answered = append(answered, strings.ToLower(name))
	}
	for key, sent := range e.body {
		wasRead := func(property string) bool { return strings.ToLower(property) == key }
		if slices.ContainsFunc(e.asked, wasRead) {
			continue
		}
		if slices.Contains(answered, key) {
			e.reject(sent.name, "This is a name in answers and can't be set.")
			continue
		}
		if extras == nil {
			extras = map[string]json.RawMessage{}
		}
		extras[sent.name] = sent.value
	}
	return extras
}

// IssueToken gives a user or CI user, by its reference, a new API token, as it might itself. The old one stops working.
func (a *Administrator) IssueToken(reference string) (token string, err error) {
	err = a.do(func(o *organization, by stamp) error {
		u, err := o.userNamed(reference)
		if err != nil {
			return err
		}
		token, u.TokenHash = newToken()
		o.record(by, u.entity(), "ApiTokenRegenerated", nil)
		return nil
	})
	return token, err
}

// systemActor is who changes something if no user does.
const systemActor = "System"

// do changes the organization under the lock and saves it.
func (a *Administrator) do(change func(*organization, stamp) error) error {
	a.server.mutex.Lock()
	defer a.server.mutex.Unlock()
	o := a.server.organization
	by := stamp{at: a.server.clock(), by: EventParty{Name: systemActor}}
	if a.actor != "" {
		u, err := o.userNamed(a.actor)
		if err != nil {
			return fmt.Errorf("actor: %w", err)
		}
		by.by = EventParty{ID: u.ID, Name: u.Name}
	}
	events := len(o.Events)
	if err := change(o, by); err != nil {
		return err
	}
	return a.server.commit(events)
}
