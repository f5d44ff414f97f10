package mock

import (
	"net/http"
	"slices"
	"time"
)

// history has what the organization showed earlier, for lists and single objects that lag behind.
type history struct {
	versions []version
}

// version is a user, group or project as it was from a time on: a copy, or nothing if it was gone.
type version struct {
	since   time.Time // zero for what was there when the server started
	id      string
	user    *user
	group   *userGroup
	project *project
}

// listed is what lists show.
type listed struct {
	users    []*user
	groups   []*userGroup
	projects []*project
}

func (o *organization) listed() listed {
	return listed{users: o.Users, groups: o.Groups, projects: o.Projects}
}

// begin notes what was there when the server started.
func (h *history) begin(o *organization) {
	h.versions = nil
	for _, u := range o.Users {
		h.note(time.Time{}, o, u.ID)
	}
	for _, g := range o.Groups {
		h.note(time.Time{}, o, g.ID)
	}
	for _, p := range o.Projects {
		h.note(time.Time{}, o, p.ID)
	}
}

// note notes what an object, by its id, is from now on. A signing policy is noted with its project.
func (h *history) note(since time.Time, o *organization, id string) {
	noted := version{since: since, id: id}
	if u := o.usersByID[id]; u != nil {
		copied := *u
		noted.user = &copied
	}
	if g := o.groupsByID[id]; g != nil {
		copied := *g
		noted.group = &copied
	}
	for _, p := range o.Projects {
		if p.ID == id || slices.ContainsFunc(p.Policies, func(s *signingPolicy) bool { return s.ID == id }) {
			noted.id, noted.project = p.ID, p.copied()
		}
	}
	h.versions = append(h.versions, noted)
}

// copied is the project with its signing policies, which are changed and removed in place.
func (p *project) copied() *project {
	copied := *p
	copied.Policies = make([]*signingPolicy, len(p.Policies))
	for i, policy := range p.Policies {
		copiedPolicy := *policy
		copied.Policies[i] = &copiedPolicy
	}
	return &copied
}

// noteEvents notes the objects of audit events. Whoever is deleted leaves all lists, without events of theirs, and so
// does a signing policy its project.
func (h *history) noteEvents(since time.Time, o *organization, events []AuditEvent) {
	for _, event := range events {
		h.note(since, o, event.Entity.ID)
		if event.isDeletion() {
			for _, g := range o.Groups {
				h.note(since, o, g.ID)
			}
			for _, p := range o.Projects {
				h.note(since, o, p.ID)
			}
		}
	}
}

// at returns what was there at a time, in the order of creation.
func (h *history) at(moment time.Time) listed {
	latest := map[string]version{}
	var order []string
	for _, v := range h.versions {
		if v.since.After(moment) {
			continue
		}
		if _, known := latest[v.id]; !known {
			order = append(order, v.id)
		}
		latest[v.id] = v
	}
	var then listed
	for _, id := range order {
		then.add(latest[id])
	}
	return then
}

func (l *listed) add(v version) {
	switch {
	case v.user != nil:
		l.users = append(l.users, v.user)
	case v.group != nil:
		l.groups = append(l.groups, v.group)
	case v.project != nil:
		l.projects = append(l.projects, v.project)
	}
}

// latest is the project that an earlier version is of, or the version itself if that is gone.
func (o *organization) latest(earlier *project) *project {
	for _, p := range o.Projects {
		if p.ID == earlier.ID {
			return p
		}
	}
	return earlier
}

// listed is what a list shows: the organization as it is, or as it was, by a fault or in the dialect.
func (c *call) listed() listed {
	now := c.server.clock()
	switch {
	case c.fault.Action == FaultStaleList && c.fault.DelayMilliseconds == 0:
		return c.server.history.at(time.Time{})
	case c.fault.Action == FaultStaleList:
		return c.server.history.at(now.Add(-c.fault.Delay()))
	case c.dialect.ListLag > 0 && c.server.lags():
		return c.server.history.at(now.Add(-c.dialect.ListLag))
	}
	return c.organization.listed()
}

// seen is what a read of a single user or group shows: the object as it is, or as it was.
func (c *call) seen(id string) version {
	if c.dialect.ReadLag == 0 || !c.server.lags() {
		return version{user: c.organization.usersByID[id], group: c.organization.groupsByID[id]}
	}
	var seen version
	moment := c.seenAt()
	for _, v := range c.server.history.versions {
		if v.id == id && !v.since.After(moment) {
			seen = v
		}
	}
	return seen
}

// lags tells whether the read at hand lags behind, in a dialect in which reads do.
func (s *Server) lags() bool { return s.lagging == nil || s.lagging() }

func (c *call) seenAt() time.Time { return c.server.clock().Add(-c.dialect.ReadLag) }

// seenProject returns the project with the slug as a read shows it, or as it is now for all else; nil if there is none.
func (c *call) seenProject(slug string) *project {
	if c.dialect.ReadLag == 0 || c.request.Method != http.MethodGet || !c.server.lags() {
		return c.organization.project(slug)
	}
	for _, p := range c.server.history.at(c.seenAt()).projects {
		if p.Slug == slug {
			return p
		}
	}
	return nil
}

// commit keeps what was changed since the audit log had a number of events.
func (s *Server) commit(events int) error {
	changes := s.organization.Events[events:]
	if len(changes) == 0 {
		return nil
	}
	s.history.noteEvents(s.clock(), s.organization, changes)
	return s.saveState()
}
