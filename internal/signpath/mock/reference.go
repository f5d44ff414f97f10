package mock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Prefixes of references to what is not a principal.
const (
	refProject = "project"
	refPolicy  = "policy"
)

// resolve returns the id of the principal that a reference names.
func (o *organization) resolve(reference string) (string, error) {
	prefix, key, hasKind := strings.Cut(reference, ":")
	if !hasKind {
		return "", fmt.Errorf("%q has no kind: write user:EMAIL, ci_user:NAME or group:NAME", reference)
	}
	ids := o.principalsNamed(kind(prefix), key)
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", fmt.Errorf("no user or group is named %q", reference)
	default:
		return "", fmt.Errorf("%q is ambiguous: name it %s:UUID with one of %s", reference, prefix, strings.Join(ids, ", "))
	}
}

func (o *organization) resolveAll(references []string) ([]string, error) {
	ids := make([]string, 0, len(references))
	for _, reference := range references {
		id, err := o.resolve(reference)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// principalsNamed returns the ids of all principals of a kind that a key (an e-mail, a name or a UUID) fits.
func (o *organization) principalsNamed(k kind, key string) []string {
	if id, err := uuid.Parse(key); err == nil {
		return o.principalWithID(k, id.String())
	}
	var ids []string
	for _, u := range o.Users {
		if u.Kind == k && u.isNamed(key) {
			ids = append(ids, u.ID)
		}
	}
	for _, g := range o.Groups {
		if k == kindUserGroup && g.Name == key {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

func (o *organization) principalWithID(k kind, id string) []string {
	if u := o.usersByID[id]; u != nil && u.Kind == k {
		return []string{id}
	}
	if o.groupsByID[id] != nil && k == kindUserGroup {
		return []string{id}
	}
	return nil
}

// reference names a principal: by UUID where its key fits several.
func (o *organization) reference(id string) string {
	if u := o.usersByID[id]; u != nil {
		return o.unambiguous(u.Kind, u.key(), id)
	}
	if g := o.groupsByID[id]; g != nil {
		return o.unambiguous(kindUserGroup, g.Name, id)
	}
	return id
}

func (o *organization) unambiguous(k kind, key, id string) string {
	if len(o.principalsNamed(k, key)) != 1 {
		key = id
	}
	return string(k) + ":" + key
}

// references names principals, sorted.
func (o *organization) references(ids []string) []string {
	named := make([]string, 0, len(ids))
	for _, id := range ids {
		named = append(named, o.reference(id))
	}
	slices.Sort(named)
	return named
}

// subject returns the object that a reference names: a principal, "project:SLUG" or "policy:PROJECT/POLICY".
func (o *organization) subject(reference string) (subject, error) {
	prefix, key, _ := strings.Cut(reference, ":")
	switch prefix {
	case refProject:
		return o.projectSubject(key)
	case refPolicy:
		return o.policySubject(key)
	}
	id, err := o.resolve(reference)
	if err != nil {
		return nil, err
	}
	if u := o.usersByID[id]; u != nil {
		return u, nil
	}
	return o.groupsByID[id], nil
}

func (o *organization) projectSubject(slug string) (subject, error) {
	p := o.project(slug)
	if p == nil {
		return nil, fmt.Errorf("no project is named %q", slug)
	}
	return p, nil
}

func (o *organization) policySubject(key string) (subject, error) {
	projectSlug, slug, _ := strings.Cut(key, "/")
	p := o.project(projectSlug)
	if p == nil {
		return nil, fmt.Errorf("no project is named %q", projectSlug)
	}
	policy := p.policy(slug)
	if policy == nil {
		return nil, fmt.Errorf("project %q has no signing policy %q", projectSlug, slug)
	}
	return policy, nil
}

// list returns a list of an object: members of a group, readers or configurators of a project, submitters or
// approvers of a signing policy.
func (o *organization) list(owner, name string) (subject, *[]string, error) {
	found, err := o.subject(owner)
	if err != nil {
		return nil, nil, err
	}
	list := found.lists()[name]
	if list == nil {
		return nil, nil, fmt.Errorf("%s has no list %q", owner, name)
	}
	return found, list, nil
}
