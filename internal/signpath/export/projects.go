package export

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// placeNames are resource names for the lists of projects and signing policies, by the texts of
// their places.
func (g *generator) placeNames() map[string]string {
	var projects, policies []named
	for _, place := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		projects = append(projects, named{key: place.String(), candidates: []string{identifier(place.Slug(0), "project")}, mark: hash(place.Slug(0))})
	}
	for _, place := range g.Organization.PlacesOf(vocabulary.PlaceSigningPolicy) {
		policies = append(policies, named{
			key:        place.String(),
			candidates: []string{identifier(place.Slug(0), "project") + "_" + identifier(place.Slug(1), "signing_policy")},
			mark:       hash(place.Slugs()...),
		})
	}
	names := uniqueNames(projects)
	maps.Copy(names, uniqueNames(policies))
	return names
}

// projects writes one file per project, with its lists and those of its signing
// policies.
func (g *generator) projects() {
	var files []named
	for _, place := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		slug := place.Slug(0)
		// Some file systems do not tell upper from lower case.
		files = append(files, named{key: slug, candidates: []string{strings.ToLower(fileName(slug))}, mark: hash(slug)})
	}
	fileNames, names := uniqueNames(files), g.placeNames()
	for _, project := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		slug := project.Slug(0)
		d := newDocument(fmt.Sprintf("Project %s: who may read and configure it, and who may submit and approve under its signing policies.", quote(slug)))
		g.project(d, project, names)
		// In the case of the slug, with what tells it from others in lower case.
		file := fileName(slug)
		file += fileNames[slug][len(file):]
		g.files[projectFilePrefix+file+".tf"] = d.bytes()
	}
}

// projectFilePrefix begins the name of a project's file.
const projectFilePrefix = "project-"

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

// takesSlug tells whether the provider takes a slug, and gets it from Terraform as SignPath has it.
func takesSlug(slug string) bool { return vocabulary.CheckSlug(slug) == nil && isNormalized(slug) }

// A projectFile takes the access lists of a project, and those of its signing policies.
type projectFile interface {
	listFile
	policy(slug string) listFile
}

func (d *document) policy(string) listFile { return d }

func (g *generator) project(d projectFile, project access.Place, names map[string]string) {
	left := leftOut{}
	if !takesSlug(project.Slug(0)) {
		left.note(reasonSlug, quote(project.Slug(0)))
		g.leaveOut(d, "projects", left)
		return
	}
	g.lists(d, projectOwner(project, names[project.String()]), project)
	for _, policy := range g.Organization.PlacesOf(vocabulary.PlaceSigningPolicy) {
		switch {
		case !project.Contains(policy):
		case !takesSlug(policy.Slug(1)):
			left.note(reasonSlug, quote(policy.String()))
		default:
			owner := policyOwner(policy, names[policy.String()])
			owner.isWatched = review.SettingsAt[vocabulary.SigningPolicy](g.Organization, policy).GuardsReleases()
			g.lists(d.policy(policy.Slug(1)), owner, policy)
		}
	}
	g.leaveOut(d, "signing policies", left)
}

// lists writes all lists of a place.
func (g *generator) lists(d listFile, of owner, place access.Place) {
	for _, list := range vocabulary.Lists() {
		if list.Kind() == vocabulary.SignPath.KindAt(place) {
			g.list(d, of, list, g.Organization.Grants[review.Seat{Role: list.Role(), Place: place}])
		}
	}
}
