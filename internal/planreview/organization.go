package planreview

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A model is what is known of the organization before a plan and after it.
type model struct {
	plan contents
	// live is nil where only the plan is known.
	live   *Live
	people [2]*principals
	lists  [2]*lists
	orgs   [2]review.Organization
}

func newModel(plan contents, live *Live) *model {
	m := &model{plan: plan, live: live}
	m.people[before] = principalsBefore(plan, live)
	m.lists[before] = listsBefore(plan, m.people[before], live)
	m.people[after] = m.people[before].after(plan)
	m.lists[after] = m.lists[before].after(plan, m.people[after])
	for _, at := range []side{before, after} {
		m.orgs[at] = m.organization(at)
	}
	return m
}

// organization fills one side. Both sides have the same places, or a list of which
// the plan first tells now would look like a new place.
func (m *model) organization(at side) review.Organization {
	org := review.Organization{
		Principals:           m.people[at].slice(),
		PrincipalsIncomplete: m.missesPrincipals(),
		Members:              map[access.Reference]review.Entries{},
	}
	for key, list := range m.lists[at].known {
		if key.group != "" {
			org.Members[m.group(at, key)] = m.people[at].entriesOf(list)
		}
	}
	policies := m.policies()
	for _, slug := range sortedKeys(policies) {
		project := review.Project{
			Slug:          slug,
			Active:        m.projectActivity(slug),
			Readers:       m.entries(at, access.Readers, slug, ""),
			Configurators: m.entries(at, access.Configurators, slug, ""),
		}
		for _, policy := range sortedKeys(policies[slug]) {
			settings := policies[slug][policy]
			settings.Slug = policy
			settings.Submitters = m.entries(at, access.Submitters, slug, policy)
			settings.Approvers = m.entries(at, access.Approvers, slug, policy)
			project.SigningPolicies = append(project.SigningPolicies, settings)
		}
		org.Projects = append(org.Projects, project)
	}
	return org
}

// projectActivity is known of the live organization only.
func (m *model) projectActivity(slug string) *bool {
	if m.live != nil {
		for _, project := range m.live.Organization.Projects {
			if project.Slug == slug {
				return project.Active
			}
		}
	}
	return nil
}

func (m *model) missesPrincipals() bool {
	if m.live != nil {
		return m.live.Organization.PrincipalsIncomplete
	}
	return !m.plan.complete()
}

func (m *model) entries(at side, list access.List, project, policy string) review.Entries {
	return m.people[at].entriesOf(m.lists[at].known[listKey{list: list.Plural, project: project, policy: policy}])
}

// group names the group of a list as its side does.
func (m *model) group(at side, key listKey) access.Reference {
	entry, err := access.ParseEntry(key.group)
	if err != nil {
		// The key is an id, of whom nothing else is known.
		entry = access.Reference{Kind: access.KindUnknown, Key: key.group}
	}
	return m.people[at].spell(key.group, entry)
}

// policies returns the settings of every signing policy that is known, by the slugs of
// project and policy. Projects without a policy are in it, too.
func (m *model) policies() map[string]map[string]review.SigningPolicy {
	found := map[string]map[string]review.SigningPolicy{}
	note := func(project, policy string, settings review.SigningPolicy) {
		if found[project] == nil {
			found[project] = map[string]review.SigningPolicy{}
		}
		if policy != "" {
			found[project][policy] = settings
		}
	}
	for _, lists := range m.lists {
		for key := range lists.known {
			if key.project != "" {
				note(key.project, key.policy, review.SigningPolicy{})
			}
		}
	}
	for _, source := range m.plan.data {
		o := source.before
		if project, slug := o.textOf("project"), o.textOf("slug"); source.kind == "signing_policy" && project != "" && slug != "" {
			note(project, slug, policyOf(o))
		}
	}
	if m.live == nil {
		return found
	}
	for _, project := range m.live.Organization.Projects {
		note(project.Slug, "", review.SigningPolicy{})
		for _, policy := range project.SigningPolicies {
			// Of a policy that the token may not see, the plan may know more.
			if _, isKnown := found[project.Slug][policy.Slug]; !isKnown || !policy.Submitters.Incomplete {
				note(project.Slug, policy.Slug, policy)
			}
		}
	}
	return found
}

func policyOf(o *object) review.SigningPolicy {
	return review.SigningPolicy{
		Name: o.textOf("name"), Purpose: o.textOf("purpose"), Active: o.boolean("active"),
		UsesApprovalProcess:        o.boolean("uses_approval_process"),
		RequiredApprovals:          o.integer("required_approvals"),
		VerifiesTrustedBuildSystem: o.boolean("verifies_trusted_build_system"),
		VerifiesOrigin:             o.boolean("verifies_origin"),
	}
}
