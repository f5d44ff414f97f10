package mock

import (
	"encoding/json"
	"fmt"
	"slices"
)

// ID returns the id of an object by its reference: "user:EMAIL", "ci_user:NAME", "group:NAME", "project:SLUG" or
// "policy:PROJECT/POLICY".
func (s *Server) ID(reference string) (string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, err := s.organization.subject(reference)
	if err != nil {
		return "", err
	}
	return found.entity().ID, nil
}

// Members returns a list as sorted references: "readers" or "configurators" of a project, "submitters" or "approvers"
// of a signing policy, "members" of a group. The owner is a reference as for ID.
func (s *Server) Members(owner, list string) ([]string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, ids, err := s.organization.list(owner, list)
	if err != nil {
		return nil, err
	}
	return s.organization.references(*ids), nil
}

// ListMembers is Members of a project's list, or of a signing policy's if policy is not "". It is nil if there is no
// such list.
func (s *Server) ListMembers(project, policy, list string) []string {
	members, err := s.Members(listOwner(project, policy), list)
	if err != nil {
		return nil
	}
	return members
}

func listOwner(project, policy string) string {
	if policy == "" {
		return refProject + ":" + project
	}
	return refPolicy + ":" + project + "/" + policy
}

// User returns an interactive user or CI user by its reference.
func (s *Server) User(reference string) (UserState, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	u, err := s.organization.userNamed(reference)
	if err != nil {
		return UserState{}, err
	}
	return u.state(), nil
}

// Permits tells whether the rights table lets an active user do something at a project and, if that is not "", at one
// of its signing policies. It answers also for what no route does, such as reading signing requests.
func (s *Server) Permits(action, reference, projectSlug, policySlug string) (bool, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	u, err := s.organization.userNamed(reference)
	if err != nil {
		return false, err
	}
	rights := Rights()
	i := slices.IndexFunc(rights, func(r Right) bool { return r.Action == action })
	if i < 0 {
		return false, fmt.Errorf("there is no right to %s", action)
	}
	p := s.organization.project(projectSlug)
	if p == nil {
		return false, fmt.Errorf("no project is named %q", projectSlug)
	}
	return u.IsActive && rights[i].in(s.dialect).permits(s.organization, u, p, p.policy(policySlug)), nil
}

func (o *organization) userNamed(reference string) (*user, error) {
	id, err := o.resolve(reference)
	if err != nil {
		return nil, err
	}
	u := o.usersByID[id]
	if u == nil {
		return nil, fmt.Errorf("%q is no user", reference)
	}
	return u, nil
}

// Properties returns an object as the API shows it in the default dialect, with links relative to the organization.
func (s *Server) Properties(reference string) (map[string]any, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, err := s.organization.subject(reference)
	if err != nil {
		return nil, err
	}
	var properties map[string]any
	err = json.Unmarshal(encode(found.render(renderer{organization: s.organization})), &properties)
	return properties, err
}

// Accepts tells whether a token belongs to an active user.
func (s *Server) Accepts(token string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	owner := s.organization.userByToken(token)
	return owner != nil && owner.IsActive
}

// Mails returns the invitations that were sent, oldest first.
func (s *Server) Mails() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Mail{}, s.organization.Mails...)
}

// Events returns the audit log, oldest first.
func (s *Server) Events() []AuditEvent {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]AuditEvent{}, s.organization.Events...)
}

// Snapshot returns the organization as a seed, to compare or to start another server with. It has ids and sorted
// members, but no tokens, mails or audit log.
func (s *Server) Snapshot() Seed {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.organization.seed()
}

func (o *organization) seed() Seed {
	seed := Seed{Organization: OrganizationSeed{ID: o.ID, Name: o.Name, MaxInteractiveUsers: o.MaxInteractiveUsers, Edition: o.Edition}}
	for _, u := range o.Users {
		if u.Kind == kindInteractiveUser {
			seed.InteractiveUsers = append(seed.InteractiveUsers, u.interactiveSeed())
		} else {
			seed.CIUsers = append(seed.CIUsers, u.ciSeed())
		}
	}
	for _, g := range o.Groups {
		seed.UserGroups = append(seed.UserGroups, UserGroupSeed{
			ID:           g.ID,
			Name:         g.Name,
			Description:  g.Description,
			Synchronized: g.IsSynchronized,
			Members:      o.references(g.Members),
		})
	}
	for _, p := range o.Projects {
		seed.Projects = append(seed.Projects, p.seed(o))
	}
	return seed
}
