package mock

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// organization is the state of the server. Its JSON form is the state file.
type organization struct {
	ID                  string       `json:"id"`
	Name                string       `json:"name"`
	MaxInteractiveUsers int          `json:"maxInteractiveUsers"`
	Edition             Edition      `json:"edition,omitempty"`
	Users               []*user      `json:"users"`
	Groups              []*userGroup `json:"groups"`
	Projects            []*project   `json:"projects"`
	Events              []AuditEvent `json:"events"`
	Mails               []Mail       `json:"mails"`

	usersByID  map[string]*user
	groupsByID map[string]*userGroup
	idsBySlug  map[string]string
}

// Mail is an invitation that was sent. USR: it is valid for 14 days.
type Mail struct {
	Time    time.Time `json:"time"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
}

// Quotas that the organization shows. They are not enforced, as the mock does not sign anything.
const (
	yearlyMaxSizeOfArtifacts = 100 << 30
	yearlyMaxSignatures      = 10_000
)

func readOrganization(c *call) (answer, *problem) {
	return ok(c.shown(thingOrganization, c.organization.render(c.now().Year()))), nil
}

func (o *organization) render(year int) object {
	return object{
		propID:                  o.ID,
		propName:                o.Name,
		propYearlyMaxSize:       int64(yearlyMaxSizeOfArtifacts),
		propYearlyMaxSignatures: yearlyMaxSignatures,
		propQuotaPeriodStart:    time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC),
		propQuotaPeriodEnd:      time.Date(year+1, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
}

// newOrganization builds the state from a seed: first all principals, then the lists that refer to them.
func newOrganization(seed Seed) (*organization, error) {
	id, err := uuid.Parse(seed.Organization.ID)
	if err != nil || id == uuid.Nil {
		return nil, fmt.Errorf("seed: organization id %q is not a UUID", seed.Organization.ID)
	}
	if edition := seed.Organization.Edition; !edition.isKnown() {
		return nil, fmt.Errorf("seed: unknown edition %q; known are %s and %s, and without one there is everything", edition, EditionStarter, EditionBasic)
	}
	o := &organization{
		ID:                  id.String(),
		Name:                seed.Organization.Name,
		MaxInteractiveUsers: seed.Organization.MaxInteractiveUsers,
		Edition:             seed.Organization.Edition,
	}
	o.index()
	for _, build := range []func(Seed) error{o.seedUsers, o.seedGroups, o.seedProjects} {
		if err := build(seed); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
	}
	return o, nil
}

func (o *organization) seedUsers(seed Seed) error {
	for _, interactive := range seed.InteractiveUsers {
		if _, err := o.addInteractiveUser(interactive); err != nil {
			return err
		}
	}
	for _, ci := range seed.CIUsers {
		if _, err := o.addCIUser(ci); err != nil {
			return err
		}
	}
	return nil
}

func (o *organization) seedGroups(seed Seed) error {
	groups := make([]*userGroup, len(seed.UserGroups))
	for i, described := range seed.UserGroups {
		group, err := o.addGroup(described)
		if err != nil {
			return err
		}
		groups[i] = group
	}
	for i, described := range seed.UserGroups {
		members, err := o.resolveAll(described.Members)
		if err != nil {
			return fmt.Errorf("members of group %q: %w", described.Name, err)
		}
		if path := o.cycle(groups[i], members); path != "" {
			return fmt.Errorf("group %q contains itself through %s", described.Name, path)
		}
		groups[i].Members = members
	}
	return nil
}

func (o *organization) seedProjects(seed Seed) error {
	for _, described := range seed.Projects {
		if _, err := o.addProject(described); err != nil {
			return err
		}
	}
	return nil
}

// index rebuilds what is derived from the state.
func (o *organization) index() {
	o.idsBySlug = make(map[string]string, len(o.Users)+len(o.Groups))
	o.usersByID = make(map[string]*user, len(o.Users))
	for _, u := range o.Users {
		o.slugify(u.ID, u.key(), &u.Slug)
		o.usersByID[u.ID] = u
	}
	o.groupsByID = make(map[string]*userGroup, len(o.Groups))
	for _, g := range o.Groups {
		o.slugify(g.ID, g.Name, &g.Slug)
		o.groupsByID[g.ID] = g
	}
}

// newID returns the wanted id, or one derived from the organization, the kind and the key. Where several principals
// share a name, the second one's key gets "#2".
func (o *organization) newID(wanted string, k kind, key string) (string, error) {
	if wanted == "" {
		return o.unusedID(k, key), nil
	}
	id, err := uuid.Parse(wanted)
	if err != nil || id == uuid.Nil {
		return "", fmt.Errorf("%s %q: id %q is not a UUID", k, key, wanted)
	}
	if o.hasPrincipal(id.String()) {
		return "", fmt.Errorf("%s %q: there is a user or group with the id %s already", k, key, id)
	}
	return id.String(), nil
}

func (o *organization) unusedID(k kind, key string) string {
	id := o.derivedID(string(k), key)
	for n := 2; o.hasPrincipal(id); n++ {
		id = o.derivedID(string(k), fmt.Sprintf("%s#%d", key, n))
	}
	return id
}

func (o *organization) derivedID(kind, key string) string {
	return uuid.NewSHA1(uuid.MustParse(o.ID), []byte(kind+":"+key)).String()
}

// hasPrincipal tells whether the id is that of a user or group.
func (o *organization) hasPrincipal(id string) bool {
	return o.usersByID[id] != nil || o.groupsByID[id] != nil
}

// removePrincipal takes a user or group out of the organization and all lists.
func (o *organization) removePrincipal(id string) {
	o.Users = slices.DeleteFunc(o.Users, func(u *user) bool { return u.ID == id })
	o.Groups = slices.DeleteFunc(o.Groups, func(g *userGroup) bool { return g.ID == id })
	o.index()
	for _, list := range o.allLists() {
		*list = without(*list, id)
	}
}

func (o *organization) allLists() []*[]string {
	var lists []*[]string
	for _, g := range o.Groups {
		lists = append(lists, &g.Members)
	}
	for _, p := range o.Projects {
		lists = slices.AppendSeq(lists, maps.Values(p.lists()))
		for _, policy := range p.Policies {
			lists = slices.AppendSeq(lists, maps.Values(policy.lists()))
		}
	}
	return lists
}

func without(ids []string, removed ...string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(removed, id) })
}

// isOn tells whether a user is on a list, directly or through groups. DIR: nested groups work on access lists.
func (o *organization) isOn(list []string, userID string) bool {
	return o.reaches(list, userID, map[string]bool{})
}

func (o *organization) reaches(list []string, id string, visited map[string]bool) bool {
	if slices.Contains(list, id) {
		return true
	}
	for _, member := range list {
		group := o.groupsByID[member]
		if group == nil || visited[member] {
			continue
		}
		visited[member] = true
		if o.reaches(group.Members, id, visited) {
			return true
		}
	}
	return false
}

// cycle returns the name of the member through which the group would contain itself; "" if it would not.
func (o *organization) cycle(g *userGroup, members []string) string {
	for _, id := range members {
		member := o.groupsByID[id]
		if member != nil && (id == g.ID || o.isOn(member.Members, g.ID)) {
			return fmt.Sprintf("%q", member.Name)
		}
	}
	return ""
}

// project returns the project with the slug, or nil. Slugs are compared exactly.
func (o *organization) project(slug string) *project {
	for _, p := range o.Projects {
		if p.Slug == slug {
			return p
		}
	}
	return nil
}

func (o *organization) activeInteractiveUsers() int {
	count := 0
	for _, u := range o.Users {
		if u.Kind == kindInteractiveUser && u.IsActive {
			count++
		}
	}
	return count
}

// userByToken returns the user that a token belongs to, or nil.
func (o *organization) userByToken(token string) *user {
	hash := hashToken(token)
	for _, u := range o.Users {
		if u.TokenHash == hash {
			return u
		}
	}
	return nil
}

func (o *organization) invite(at time.Time, email string) {
	subject := fmt.Sprintf("Invitation to %s", strings.TrimSpace(o.Name))
	o.Mails = append(o.Mails, Mail{Time: at, To: email, Subject: subject})
}
