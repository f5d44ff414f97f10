package export

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// projects writes one file per project, with its lists and those of its signing
// policies.
func (g *generator) projects() {
	var projects, files, policies []named
	for _, project := range g.Organization.Projects {
		mark := hash(project.Slug)
		projects = append(projects, named{key: project.Slug, candidates: []string{identifier(project.Slug, "project")}, mark: mark})
		// Some file systems do not tell upper from lower case.
		files = append(files, named{key: project.Slug, candidates: []string{strings.ToLower(fileName(project.Slug))}, mark: mark})
		for _, policy := range project.SigningPolicies {
			policies = append(policies, named{
				key:        policyKey(project, policy),
				candidates: []string{identifier(project.Slug, "project") + "_" + identifier(policy.Slug, "signing_policy")},
				mark:       hash(project.Slug, policy.Slug),
			})
		}
	}
	projectNames, fileNames, policyNames := uniqueNames(projects), uniqueNames(files), uniqueNames(policies)
	for _, project := range g.Organization.Projects {
		// In the case of the slug, with what tells it from others in lower case.
		file := fileName(project.Slug)
		file += fileNames[project.Slug][len(file):]
		g.files["project-"+file+".tf"] = g.project(project, projectNames[project.Slug], policyNames)
	}
}

func policyKey(project review.Project, policy review.SigningPolicy) string {
	return project.Slug + "/" + policy.Slug
}

var notInFileName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fileName makes part of a file name of a slug. Terraform takes a file whose name
// ends with _override for corrections of the others.
func fileName(slug string) string {
	name := notInFileName.ReplaceAllString(slug, "_")
	if strings.HasSuffix(strings.ToLower(name), "_override") {
		name += "_"
	}
	return name
}

func (g *generator) project(project review.Project, name string, policyNames map[string]string) []byte {
	d := newDocument(fmt.Sprintf("Project %s: who may read and configure it, and who may submit and approve under its signing policies.", quote(project.Slug)))
	left := leftOut{}
	if access.CheckSlug(project.Slug) != nil {
		left.note(reasonSlug, quote(project.Slug))
		g.leaveOut(d, "projects", left)
		return d.bytes()
	}
	owner := projectOwner(project, name)
	g.list(d, owner, access.Readers, project.Readers)
	g.list(d, owner, access.Configurators, project.Configurators)
	for _, policy := range project.SigningPolicies {
		if access.CheckSlug(policy.Slug) != nil {
			left.note(reasonSlug, quote(policyKey(project, policy)))
			continue
		}
		owner := policyOwner(project, policy, policyNames[policyKey(project, policy)])
		g.list(d, owner, access.Submitters, policy.Submitters)
		g.list(d, owner, access.Approvers, policy.Approvers)
	}
	g.leaveOut(d, "signing policies", left)
	return d.bytes()
}
