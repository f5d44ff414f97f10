package planreview

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A model is what a plan knows of the organization before it and after it.
type model struct {
	plan   contents
	people [2]*principals
	lists  [2]*lists
	orgs   [2]review.Organization
}

func newModel(plan contents) *model {
	m := &model{plan: plan}
	for _, at := range []side{before, after} {
		m.people[at] = principalsOf(plan, at)
		m.lists[at] = listsOf(plan, m.people[at], at)
	}
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
		PrincipalsIncomplete: !m.plan.complete(),
		Members:              map[access.Reference]review.Entries{},
	}
	for key, list := range m.lists[at].known {
		if key.group != "" {
			org.Members[m.group(at, key)] = list.asEntries()
		}
	}
	policies := m.policies()
	for _, slug := range sortedKeys(policies) {
		project := review.Project{
			Slug:          slug,
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

func (m *model) entries(at side, list access.List, project, policy string) review.Entries {
	return m.lists[at].known[listKey{list: list.Plural, project: project, policy: policy}].asEntries()
}

// group names the group of a list as its side does.
func (m *model) group(at side, key listKey) access.Reference {
	return m.people[at].spell(key.group)
}

// policies returns the settings of every signing policy of which the plan tells, by
// the slugs of project and policy.
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
	return found
}

func policyOf(o *object) review.SigningPolicy {
	return review.SigningPolicy{
		Name: o.textOf("name"), Purpose: o.textOf("purpose"),
		UsesApprovalProcess:        o.boolean("uses_approval_process"),
		RequiredApprovals:          o.integer("required_approvals"),
		VerifiesTrustedBuildSystem: o.boolean("verifies_trusted_build_system"),
		VerifiesOrigin:             o.boolean("verifies_origin"),
	}
}
