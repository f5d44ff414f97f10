package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

type project struct {
	ID             string                     `json:"id"`
	Slug           string                     `json:"slug"`
	Name           string                     `json:"name"`
	Description    string                     `json:"description,omitempty"`
	Status         string                     `json:"status"`
	Readers        []string                   `json:"readers"`
	Configurators  []string                   `json:"configurators"`
	RepositoryURLs []string                   `json:"repositoryUrls"`
	Extras         map[string]json.RawMessage `json:"extras,omitempty"`
	Policies       []*signingPolicy           `json:"policies"`
}

// ProjectSeed describes a project with its signing policies. Properties are those that clients may not know.
type ProjectSeed struct {
	ID              string                     `json:"id,omitempty"`
	Slug            string                     `json:"slug"`
	Name            string                     `json:"name"`
	Description     string                     `json:"description,omitempty"`
	Inactive        bool                       `json:"inactive,omitempty"`
	Invalid         bool                       `json:"invalid,omitempty"`
	Readers         []string                   `json:"readers,omitempty"`
	Configurators   []string                   `json:"configurators,omitempty"`
	RepositoryURLs  []string                   `json:"repositoryUrls,omitempty"`
	Properties      map[string]json.RawMessage `json:"properties,omitempty"`
	SigningPolicies []SigningPolicySeed        `json:"signingPolicies,omitempty"`
}

var projectLists = []accessList[project, ProjectSeed]{
	{propReaders, "Reader", func(p *project) *[]string { return &p.Readers }, func(s *ProjectSeed) *[]string { return &s.Readers }},
	{propConfigurators, "Configurator", func(p *project) *[]string { return &p.Configurators }, func(s *ProjectSeed) *[]string { return &s.Configurators }},
}

// Values of the status of a project: PRJ. When one is invalid, and what cannot be done with it then, is not documented: here it
// is a word alone.
const (
	statusValid    = "Valid"
	statusInactive = "Inactive"
	statusInvalid  = "Invalid"
)

// initialArtifactConfiguration is what every project is created with (changelog 1.170.2).
const initialArtifactConfiguration = "initial"

func (o *organization) addProject(seed ProjectSeed) (*project, error) {
	if seed.Slug == "" || seed.Name == "" {
		return nil, fmt.Errorf("a project needs a slug and a name: %q, %q", seed.Slug, seed.Name)
	}
	if o.project(seed.Slug) != nil {
		return nil, fmt.Errorf("there are two projects with the slug %q", seed.Slug)
	}
	id, err := o.newID(seed.ID, refProject, seed.Slug)
	if err != nil {
		return nil, err
	}
	added := &project{
		ID:             id,
		Slug:           seed.Slug,
		Name:           seed.Name,
		Description:    seed.Description,
		Status:         statusOf(seed.Inactive, seed.Invalid),
		RepositoryURLs: slices.Clone(seed.RepositoryURLs),
	}
	if err := resolveLists(o, projectLists, added, &seed, fmt.Sprintf("project %q", seed.Slug)); err != nil {
		return nil, err
	}
	if added.Extras, err = o.newExtras(added, seed.Properties); err != nil {
		return nil, fmt.Errorf("project %q: %w", seed.Slug, err)
	}
	for _, policy := range seed.SigningPolicies {
		if _, err := o.addPolicy(added, policy); err != nil {
			return nil, err
		}
	}
	o.Projects = append(o.Projects, added)
	return added, nil
}

func statusOf(inactive, invalid bool) string {
	switch {
	case inactive:
		return statusInactive
	case invalid:
		return statusInvalid
	}
	return statusValid
}

func (p *project) seed(o *organization) ProjectSeed {
	seed := ProjectSeed{
		ID:             p.ID,
		Slug:           p.Slug,
		Name:           p.Name,
		Description:    p.Description,
		Inactive:       p.Status == statusInactive,
		Invalid:        p.Status == statusInvalid,
		RepositoryURLs: slices.Clone(p.RepositoryURLs),
		Properties:     maps.Clone(p.Extras),
	}
	seedLists(o, projectLists, p, &seed)
	for _, policy := range p.Policies {
		seed.SigningPolicies = append(seed.SigningPolicies, policy.seed(o))
	}
	return seed
}

// newExtras returns the properties of an object that clients may not know, which those that it has anyhow can't be.
func (o *organization) newExtras(owner subject, properties map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	extras := make(map[string]json.RawMessage, len(properties))
	known := owner.render(renderer{organization: o})
	for name, value := range properties {
		if _, taken := known[name]; taken {
			return nil, fmt.Errorf("%q is no property that clients don't know", name)
		}
		extras[name] = compact(value)
	}
	return extras, nil
}

// policy returns the signing policy with the slug, or nil. Slugs are compared exactly.
func (p *project) policy(slug string) *signingPolicy {
	for _, policy := range p.Policies {
		if policy.Slug == slug {
			return policy
		}
	}
	return nil
}

func (p *project) entity() entity { return entity{eventProject, p.ID, p.Name} }

func (p *project) lists() map[string]*[]string {
	return listsOf(projectLists, p)
}

// summary is the project as a list item.
func (p *project) summary(r renderer) object {
	return object{
		propID:          p.ID,
		propLink:        r.linkOf(thingProject, p.Slug),
		propSlug:        p.Slug,
		propName:        p.Name,
		propDescription: nullable(p.Description),
		propStatus:      p.Status,
	}
}

func (p *project) render(r renderer) object {
	rendered := p.summary(r)
	for name, value := range p.Extras {
		rendered[name] = value
	}
	r.lists(rendered, p)
	rendered[propRepositoryURLs] = append([]string{}, p.RepositoryURLs...)
	rendered[propPolicies] = p.policySummaries(r)
	rendered[propArtifacts] = []object{p.artifactConfiguration(r)}
	return rendered
}

func (p *project) policySummaries(r renderer) []object {
	summaries := make([]object, 0, len(p.Policies))
	for _, policy := range p.Policies {
		summaries = append(summaries, policy.summary(r))
	}
	return summaries
}

func (p *project) artifactConfiguration(r renderer) object {
	const route = "ArtifactConfigurations"
	return object{
		propID:             r.organization.derivedID("artifact_configuration", p.Slug+"/"+initialArtifactConfiguration),
		propLink:           r.linkOf(thingProject, p.Slug, route, initialArtifactConfiguration),
		propSlug:           initialArtifactConfiguration,
		propName:           "Initial",
		propArtifactXMLURL: r.linkOf(thingProject, p.Slug, route, initialArtifactConfiguration, "Xml"),
	}
}

const projectTemplate = "/Projects/{project}"

var projectRoutes = of(thingProject, []route{
	{opList, http.MethodGet, "/Projects", listProjectsRight, listReadableProjects, nil, projectList},
	{opGet, http.MethodGet, projectTemplate, readProjects, readProject, nil, projectAnswer},
	{opEdit, http.MethodPost, projectTemplate + "/Edit", changeProjects, editProject, projectEdit, nil},
})

var (
	projectList   = listAnswer(thingProject, eventProject, func(r renderer) object { return (&project{}).summary(r) })
	projectAnswer = &answerModel{
		of:     thingProject,
		schema: eventProject,
		sample: func(r renderer) object { return r.organization.sampleProject().render(r) },
		extras: (*organization).projectExtras,
	}
	projectEdit = &requestModel{
		schema: opEdit + eventProject,
		read:   func(e *edit) { e.project(e.organization.sampleProject()) },
		extras: (*organization).projectExtras,
		isEdit: true,
	}
	artifactConfigurationItem = &answerModel{
		schema: "ArtifactConfiguration",
		sample: func(r renderer) object { return (&project{}).artifactConfiguration(r) },
	}
)

// sampleProject has all properties that a project may have.
func (o *organization) sampleProject() *project { return &project{Extras: o.projectExtras()} }

// projectExtras are the properties of all projects that clients may not know.
func (o *organization) projectExtras() map[string]json.RawMessage {
	extras := map[string]json.RawMessage{}
	for _, p := range o.Projects {
		maps.Copy(extras, p.Extras)
	}
	return extras
}

// listReadableProjects leaves out what the user may not read (inferred from the project read permission). Rights do not
// lag behind.
func listReadableProjects(c *call) (answer, *problem) {
	projects := c.listed().projects
	items := make([]object, 0, len(projects))
	right := readProjects.in(c.dialect)
	for _, p := range projects {
		if right.permits(c.organization, c.caller, c.organization.latest(p), nil) {
			items = append(items, p.summary(c.renderer))
		}
	}
	return c.list(thingProject, items)
}

func readProject(c *call) (answer, *problem) {
	return ok(c.shown(thingProject, withAbsent(c.project.render(c.renderer), c.organization.projectExtras()))), nil
}

// withAbsent shows as null what other objects of the kind have and this one has not: all have the same model.
func withAbsent(rendered object, extras map[string]json.RawMessage) object {
	for name := range extras {
		if _, has := rendered[name]; !has {
			rendered[name] = nil
		}
	}
	return rendered
}

func editProject(c *call) (answer, *problem) {
	edited := *c.project
	e := c.edit()
	e.project(&edited)
	e.checkDelegation(edited, *c.project)
	if refused := e.problem(); refused != nil {
		return answer{}, refused
	}
	c.change(c.project, "Edited", func() { *c.project = edited })
	return done(), nil
}

func (e *edit) project(p *project) {
	read(e, propName, &p.Name)
	read(e, propDescription, &p.Description)
	read(e, propRepositoryURLs, &p.RepositoryURLs)
	e.lists(p)
	e.require(propName, p.Name)
	p.Extras = e.extras(p.Extras)
}

// set applies the edit of an administrator.
func (p *project) set(e *edit) {
	e.project(p)
	read(e, propStatus, &p.Status)
	e.slug(&p.Slug, func(slug string) bool { return e.organization.project(slug) != nil })
	p.Extras = e.addExtras(p.Extras, p.render(renderer{organization: e.organization}))
}
