package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Project is what the list of projects says of one.
type Project struct {
	ID, Slug, Name, Description string
	// Status is SignPath's word for it: Valid, Inactive, Invalid or another.
	Status string
	// SigningPolicies are the slugs of its signing policies. The list of
	// projects may not tell them.
	SigningPolicies []string
}

// Active tells whether the project is active: nil where the server does not tell.
func (p Project) Active() *bool {
	if p.Status == "" {
		return nil
	}
	active := !strings.EqualFold(p.Status, "Inactive")
	return &active
}

// A SigningPolicy is a policy's settings, as far as they are known.
type SigningPolicy struct {
	ID, Slug, Name, Description, Purpose string
	Project                              string
	// Active is nil where the server does not tell. So are the other pointers.
	Active                     *bool
	VerifiesTrustedBuildSystem *bool
	VerifiesOrigin             *bool
	UsesApprovalProcess        *bool
	RequiredApprovals          *int64
}

// Conditions are the settings that decide who may be on the policy's lists.
// Origin verification needs trusted build system verification (documented), so
// either tells of it.
func (p SigningPolicy) Conditions() vocabulary.Conditions {
	return vocabulary.Conditions{TrustedBuildSystem: isTrue(p.VerifiesTrustedBuildSystem) || isTrue(p.VerifiesOrigin)}
}

func isTrue(b *bool) bool { return b != nil && *b }

// Projects lists the projects that the token may see.
func (c *Client) Projects(ctx context.Context) ([]Project, error) {
	return c.snapshot.projects.get(ctx, func(ctx context.Context) ([]Project, error) {
		items, err := c.getList(ctx, contract.RouteProjects)
		if err != nil {
			return nil, err
		}
		err = c.examineList(contract.RouteProjects, items, func(item contract.Object) (entity, error) {
			return projectEntity(item.Text(contract.PropSlug)), item.Require(contract.PropSlug, contract.PropName)
		})
		if err != nil {
			return nil, c.unusable(contract.RouteProjects, nil, err)
		}
		projects := make([]Project, len(items))
		for i, item := range items {
			projects[i] = decodeProject(item)
		}
		slices.SortFunc(projects, func(a, b Project) int { return strings.Compare(a.Slug, b.Slug) })
		return projects, nil
	})
}

// Project reads one project. If it is proven not to exist, the error is a
// [*GoneError].
func (c *Client) Project(ctx context.Context, slug string) (Project, error) {
	o, err := c.projectObject(ctx, slug)
	if err != nil {
		return Project{}, err
	}
	return decodeProject(o), nil
}

// SigningPolicy reads one signing policy. If it, or its project, is proven not
// to exist, the error is a [*GoneError].
func (c *Client) SigningPolicy(ctx context.Context, project, policy string) (SigningPolicy, error) {
	o, err := c.policyObject(ctx, project, policy)
	if err != nil {
		return SigningPolicy{}, err
	}
	return decodePolicy(project, o), nil
}

func decodeProject(o contract.Object) Project {
	p := Project{
		ID: o.ID(), Slug: o.Text(contract.PropSlug), Name: o.Text(contract.PropName),
		Description: o.Text(contract.PropDescription), Status: o.Text(contract.PropStatus),
	}
	var policies []contract.Object
	if json.Unmarshal(o.Value(contract.PropSigningPolicies), &policies) == nil {
		for _, policy := range policies {
			p.SigningPolicies = append(p.SigningPolicies, policy.Text(contract.PropSlug))
		}
		slices.Sort(p.SigningPolicies)
	}
	return p
}

func decodePolicy(project string, o contract.Object) SigningPolicy {
	return SigningPolicy{
		ID: o.ID(), Slug: o.Text(contract.PropSlug), Name: o.Text(contract.PropName),
		Description: o.Text(contract.PropDescription), Purpose: o.Text(contract.PropPurpose), Project: project,
		Active:                     o.Boolean(contract.PropActive),
		VerifiesTrustedBuildSystem: o.Boolean(contract.PropVerifiesTrustedBuildSystem),
		VerifiesOrigin:             o.Boolean(contract.PropVerifiesOriginPolicy),
		UsesApprovalProcess:        o.Boolean(contract.PropUsesApprovalProcess),
		RequiredApprovals:          o.Number(contract.PropRequiredApprovals),
	}
}

func (c *Client) projectObject(ctx context.Context, slug string) (contract.Object, error) {
	e := projectEntity(slug)
	o, err := c.snapshot.entity(e).get(ctx, func(ctx context.Context) (contract.Object, error) { return c.fetch(ctx, e) })
	if !IsUnknownOrForbidden(err) {
		return o, err
	}
	return nil, c.proveProjectGone(ctx, slug, err)
}

// proveProjectGone finds out what a 403 or a 404 for a project means. Only a
// list that shows every project can prove that one does not exist: since
// 1.207.3 a token sees projects by its global role or its rights on them
// (documented).
func (c *Client) proveProjectGone(ctx context.Context, slug string, refusal error) error {
	me, err := c.Me(ctx)
	if err != nil || !vocabulary.SeesAllProjects(me.Role) {
		return refusal
	}
	if _, err := c.document(ctx); err != nil {
		return refusal // The list may be a page, which proves nothing.
	}
	projects, err := c.Projects(ctx)
	if err != nil {
		return refusal
	}
	slugs := make([]string, len(projects))
	for i, p := range projects {
		slugs[i] = p.Slug
	}
	switch {
	case slices.Contains(slugs, slug):
		return refusal
	case len(slugs) == 0:
		return fmt.Errorf("%w; and %w", refusal, errEmptyList("projects"))
	}
	return &GoneError{Object: fmt.Sprintf("project %q", slug), Project: true, Nearest: access.NearestSlugs(slug, slugs)}
}

func (c *Client) policyObject(ctx context.Context, project, policy string) (contract.Object, error) {
	e := policyEntity(project, policy)
	o, err := c.snapshot.entity(e).get(ctx, func(ctx context.Context) (contract.Object, error) { return c.fetch(ctx, e) })
	if !IsUnknownOrForbidden(err) {
		return o, err
	}
	return nil, c.provePolicyGone(ctx, project, policy, err)
}

// provePolicyGone finds out what a 403 or a 404 for a policy means: its project,
// if the token may read it, says which policies it has.
func (c *Client) provePolicyGone(ctx context.Context, project, policy string, refusal error) error {
	o, err := c.projectObject(ctx, project)
	if IsGone(err) {
		return err
	}
	if err != nil {
		return refusal
	}
	// Null, or a list of anything but objects, says nothing.
	if _, err := contract.DecodeItems(o.Value(contract.PropSigningPolicies)); err != nil {
		return refusal
	}
	slugs := decodeProject(o).SigningPolicies
	switch {
	case slices.Contains(slugs, policy) || slices.Contains(slugs, ""):
		return refusal
	case len(slugs) == 0:
		return fmt.Errorf("%w; and %w", refusal, errEmptyList("signing policies of project "+project))
	}
	nearest := access.NearestSlugs(policy, slugs)
	for i := range nearest {
		nearest[i] = project + "/" + nearest[i]
	}
	return &GoneError{Object: fmt.Sprintf("signing policy %q", project+"/"+policy), Nearest: nearest}
}
