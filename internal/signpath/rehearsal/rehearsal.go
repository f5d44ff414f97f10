package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Rehearsal is what was understood of an organization. Members are spelled as a configuration
// spells them. Lists are in order.
type Rehearsal struct {
	Counts Counts `json:"counts"`
	// Roles are all global roles, and such that nobody knows, with who has them.
	Roles []RoleHolders `json:"roles"`
	// Inactive are the users and CI users whose account is not active.
	Inactive []string `json:"inactive"`
	// Policies, Projects and Groups are examples: those that were asked for, or such that tell most.
	Policies []Policy  `json:"signing_policies"`
	Projects []Project `json:"projects"`
	Groups   []Group   `json:"groups"`
	// Faults are sentences on what cannot be right.
	Faults []string `json:"faults"`
	// Marks are the lines of the mapping file that nobody has confirmed.
	Marks []Mark `json:"marks"`

	// Found is the organization as it was read.
	Found *survey.Survey `json:"-"`
}

// Counts are how many there are of what.
type Counts struct {
	Users    int `json:"users"`
	Inactive int `json:"inactive_users"`
	Invited  int `json:"invited_users"`
	CIUsers  int `json:"ci_users"`
	Groups   int `json:"groups"`
	Projects int `json:"projects"`
	Policies int `json:"signing_policies"`
}

// RoleHolders are those who have a global role.
type RoleHolders struct {
	Role string `json:"role"`
	// Title is the role as the web application shows it.
	Title   string   `json:"title"`
	Holders []string `json:"holders"`
}

// A Policy is a signing policy with its settings, of which nil is one that no answer tells, and its lists.
type Policy struct {
	Project             string   `json:"project"`
	Policy              string   `json:"signing_policy"`
	Name                string   `json:"name"`
	Purpose             string   `json:"purpose"`
	Active              *bool    `json:"active"`
	UsesApprovalProcess *bool    `json:"uses_approval_process"`
	RequiredApprovals   *int64   `json:"required_approvals"`
	VerifiesBuildSystem *bool    `json:"verifies_trusted_build_system"`
	VerifiesOrigin      *bool    `json:"verifies_origin"`
	Submitters          []string `json:"submitters"`
	Approvers           []string `json:"approvers"`
}

// A Project is one with its lists.
type Project struct {
	Project       string   `json:"project"`
	Active        *bool    `json:"active"`
	Readers       []string `json:"readers"`
	Configurators []string `json:"configurators"`
}

// A Group is a user group with its direct members.
type Group struct {
	Group       string   `json:"group"`
	Description string   `json:"description"`
	Members     []string `json:"members"`
}

// A Mark is a line of the mapping file that a person has to look at.
type Mark struct {
	Line int `json:"line"`
	// Path is where the line is in the file.
	Path     string `json:"path"`
	Question string `json:"question"`
	// Open is true for a TODO, and false for a proposal.
	Open bool `json:"open"`
}

// Read reads the whole organization. The policies to show are PROJECT/POLICY; those that tell most if there
// are none. The mapping file and the progress may be nil. What SignPath refuses to show is a gap of the survey.
func Read(ctx context.Context, client *api.Client, mapped *api.MappingFile, policies []string, progress survey.Progress) (*Rehearsal, error) {
	found, err := survey.ReadThrough(ctx, client, progress)
	if err != nil {
		return nil, err
	}
	r := &Rehearsal{Found: found, Faults: faults(client, found), Marks: []Mark{}}
	r.people()
	places, err := choose(found.Organization, policies)
	if err != nil {
		return nil, err
	}
	r.examples(places)
	for _, mark := range mapped.MarksOf() {
		r.Marks = append(r.Marks, Mark{mark.Line, mark.Path, mark.Text, mark.Open})
	}
	return r, nil
}

// people counts, and sorts by roles.
func (r *Rehearsal) people() {
	holders, inactive := map[access.Role][]string{}, []string{}
	for _, kind := range access.Kinds() {
		for _, p := range r.Found.Directory.All(kind) {
			r.count(p)
			member := r.spell(p.IDReference())
			if kind != access.KindGroup {
				holders[p.Role] = append(holders[p.Role], member)
			}
			if !p.Active {
				inactive = append(inactive, member)
			}
		}
	}
	r.Inactive = inactive
	r.Counts.Projects = len(r.Found.Organization.PlacesOf(vocabulary.PlaceProject))
	r.Counts.Policies = len(r.Found.Organization.PlacesOf(vocabulary.PlaceSigningPolicy))
	add := func(role access.Role) {
		r.Roles = append(r.Roles, RoleHolders{string(role), vocabulary.SignPath.Title(role), append([]string{}, holders[role]...)})
		delete(holders, role)
	}
	for _, role := range vocabulary.GlobalRoles() {
		add(role.Role)
	}
	for _, role := range sortedKeys(holders) {
		add(role)
	}
}

func (r *Rehearsal) count(p access.Principal) {
	switch p.Kind {
	case access.KindGroup:
		r.Counts.Groups++
		return
	case access.KindCIUser:
		r.Counts.CIUsers++
	default:
		r.Counts.Users++
	}
	switch p.Status() {
	case access.StatusInactive:
		r.Counts.Inactive++
	case access.StatusInvited:
		r.Counts.Invited++
	}
}

// choose returns the signing policies to show: those that are named, or else one for releases, one for
// tests and another one, of each that with the most entries on its lists. What could not be read is not shown.
func choose(o review.Organization, named []string) ([]access.Place, error) {
	policies := o.PlacesOf(vocabulary.PlaceSigningPolicy)
	isUnread := func(place access.Place) bool { return o.Places[place] == nil }
	var chosen []access.Place
	for _, name := range named {
		i := slices.IndexFunc(policies, func(place access.Place) bool { return place.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no signing policy %q; there are %s", name, strings.Join(spellPlaces(policies), ", "))
		}
		chosen = append(chosen, policies[i])
	}
	if len(named) > 0 {
		return slices.DeleteFunc(chosen, isUnread), nil
	}
	policies = slices.DeleteFunc(policies, isUnread)
	entries := func(place access.Place) int {
		return len(entriesAt(o, vocabulary.Submitters, place)) + len(entriesAt(o, vocabulary.Approvers, place))
	}
	slices.SortStableFunc(policies, func(a, b access.Place) int { return cmp.Compare(entries(b), entries(a)) })
	for _, fits := range []func(vocabulary.SigningPolicy) bool{
		vocabulary.SigningPolicy.IsForRelease, vocabulary.SigningPolicy.IsForTest, func(vocabulary.SigningPolicy) bool { return true },
	} {
		i := slices.IndexFunc(policies, func(place access.Place) bool { return fits(policyAt(o, place)) && !slices.Contains(chosen, place) })
		if i >= 0 {
			chosen = append(chosen, policies[i])
		}
	}
	return chosen, nil
}

func policyAt(o review.Organization, place access.Place) vocabulary.SigningPolicy {
	policy := review.SettingsAt[vocabulary.SigningPolicy](o, place)
	policy.Slug = place.Slug(1)
	return policy
}

func spellPlaces(places []access.Place) []string {
	spelled := make([]string, len(places))
	for i, place := range places {
		spelled[i] = place.String()
	}
	return spelled
}

func entriesAt(o review.Organization, list vocabulary.List, place access.Place) []access.Reference {
	return o.Grants[review.Seat{Role: list.Role(), Place: place}].References
}

// maxGroups is how many groups are shown.
const maxGroups = 2

// examples are the signing policies with their projects, and the groups with the most members.
func (r *Rehearsal) examples(places []access.Place) {
	o := r.Found.Organization
	r.Policies, r.Projects, r.Groups = []Policy{}, []Project{}, []Group{}
	at := func(list vocabulary.List, place access.Place) []string { return r.spellAll(entriesAt(o, list, place)) }
	for _, place := range places {
		p := policyAt(o, place)
		r.Policies = append(r.Policies, Policy{
			place.Slug(0), place.Slug(1), p.Name, p.Purpose, p.Active, p.UsesApprovalProcess, p.RequiredApprovals,
			p.VerifiesTrustedBuildSystem, p.VerifiesOrigin, at(vocabulary.Submitters, place), at(vocabulary.Approvers, place),
		})
		isShown := slices.ContainsFunc(r.Projects, func(shown Project) bool { return shown.Project == place.Slug(0) })
		if project := access.PlaceOf(place.Slug(0)); !isShown {
			r.Projects = append(r.Projects, Project{
				project.Slug(0), review.SettingsAt[vocabulary.Project](o, project).Active, at(vocabulary.Readers, project), at(vocabulary.Configurators, project),
			})
		}
	}
	groups := slices.DeleteFunc(r.Found.Directory.All(access.KindGroup), func(group access.Principal) bool {
		_, isRead := o.Members[group.IDReference()]
		return !isRead
	})
	members := func(group access.Principal) []access.Reference { return o.Members[group.IDReference()].References }
	slices.SortStableFunc(groups, func(a, b access.Principal) int { return cmp.Compare(len(members(b)), len(members(a))) })
	for _, group := range groups[:min(maxGroups, len(groups))] {
		r.Groups = append(r.Groups, Group{r.spell(group.IDReference()), group.Description, r.spellAll(members(group))})
	}
}

// spell names a principal as a configuration does.
func (r *Rehearsal) spell(reference access.Reference) string {
	return r.Found.Directory.ReferenceTo(reference.Key).String()
}

func (r *Rehearsal) spellAll(references []access.Reference) []string {
	spelled := []string{}
	for _, reference := range references {
		spelled = append(spelled, r.spell(reference))
	}
	slices.Sort(spelled)
	return spelled
}
