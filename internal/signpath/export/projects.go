package export

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// projects writes one file per project, with its lists and those of its signing
// policies.
func (g *generator) projects() {
	var projects, files, policies []named
	for _, place := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		slug := place.Slug(0)
		mark := hash(slug)
		projects = append(projects, named{key: slug, candidates: []string{identifier(slug, "project")}, mark: mark})
		// Some file systems do not tell upper from lower case.
		files = append(files, named{key: slug, candidates: []string{strings.ToLower(fileName(slug))}, mark: mark})
	}
	for _, place := range g.Organization.PlacesOf(vocabulary.PlaceSigningPolicy) {
		policies = append(policies, named{
			key:        place.String(),
			candidates: []string{identifier(place.Slug(0), "project") + "_" + identifier(place.Slug(1), "signing_policy")},
			mark:       hash(place.Slugs()...),
		})
	}
	projectNames, fileNames, policyNames := uniqueNames(projects), uniqueNames(files), uniqueNames(policies)
	for _, project := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		// In the case of the slug, with what tells it from others in lower case.
		file := fileName(project.Slug(0))
		file += fileNames[project.Slug(0)][len(file):]
		g.files["project-"+file+".tf"] = g.project(project, projectNames[project.Slug(0)], policyNames)
	}
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

func (g *generator) project(project access.Place, name string, policyNames map[string]string) []byte {
	d := newDocument(fmt.Sprintf("Project %s: who may read and configure it, and who may submit and approve under its signing policies.", quote(project.Slug(0))))
	left := leftOut{}
	if vocabulary.CheckSlug(project.Slug(0)) != nil {
		left.note(reasonSlug, quote(project.Slug(0)))
		g.leaveOut(d, "projects", left)
		return d.bytes()
	}
	g.lists(d, projectOwner(project, name), project)
	for _, policy := range g.Organization.PlacesOf(vocabulary.PlaceSigningPolicy) {
		switch {
		case !project.Contains(policy):
		case vocabulary.CheckSlug(policy.Slug(1)) != nil:
			left.note(reasonSlug, quote(policy.String()))
		default:
			owner := policyOwner(policy, policyNames[policy.String()])
			owner.isWatched = review.SettingsAt[vocabulary.SigningPolicy](g.Organization, policy).GuardsReleases()
			g.lists(d, owner, policy)
		}
	}
	g.leaveOut(d, "signing policies", left)
	return d.bytes()
}

// lists writes all lists of a place.
func (g *generator) lists(d *document, of owner, place access.Place) {
	for _, list := range vocabulary.Lists() {
		if list.Kind() == vocabulary.SignPath.KindAt(place) {
			g.list(d, of, list, g.Organization.Grants[review.Seat{Role: list.Role(), Place: place}])
		}
	}
}
