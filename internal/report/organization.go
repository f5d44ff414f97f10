package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// An Organization is a live organization, as far as a token sees it.
type Organization struct {
	// ID and URL say which one it is; URL is that of the API, without /v1.
	ID, URL string
	// Caller is the user whose token read.
	Caller access.Principal
	// Reviewed is what a review looks at.
	Reviewed review.Organization
	// Gaps are sentences on what the token could not see, in order.
	Gaps []string

	directory *access.Directory
}

// A Progress is told how a long read goes on. It is called from one goroutine at
// a time.
type Progress interface {
	// Expect says that so many more objects will be read.
	Expect(objects int)
	// Done says that one of them was read.
	Done()
}

// concurrency is how many objects are read at once. The client sends no more
// requests than that, and what waits in it counts against its time limits.
const concurrency = 10

// Read reads the organization: the lists of users, CI users, groups and projects,
// the token's own user, and then each project, each signing policy and each group
// of which its list does not tell the members, once. Nothing is written.
//
// What SignPath refuses to show is a gap. Everything else that goes wrong is an
// error, because a report must not depend on the weather.
func Read(ctx context.Context, client *api.Client, progress Progress) (*Organization, error) {
	r := &reader{client: client, progress: progress, found: &Organization{
		ID: client.OrganizationID(), URL: client.URL(), directory: access.NewDirectory(),
		Reviewed: review.Organization{Members: map[access.Reference]review.Entries{}},
	}}
	for _, step := range []func(context.Context) error{r.lists, r.groups, r.projects, r.policies} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	slices.Sort(r.found.Gaps)
	return r.found, nil
}

type reader struct {
	client   *api.Client
	progress Progress
	found    *Organization
	// mu guards the progress, and what several goroutines add to what was found.
	mu sync.Mutex
}

// lists reads what one request each tells.
func (r *reader) lists(ctx context.Context) error {
	reads := []func(context.Context) error{r.caller, r.projectList}
	for _, kind := range access.Kinds() {
		reads = append(reads, func(ctx context.Context) error { return r.directory(ctx, kind) })
	}
	err := r.each(ctx, len(reads), func(ctx context.Context, i int) error { return reads[i](ctx) })
	for _, kind := range access.Kinds() {
		for _, p := range r.found.directory.All(kind) {
			r.found.Reviewed.Principals = append(r.found.Reviewed.Principals, review.Principal{Principal: p})
		}
	}
	return err
}

// caller must not be refused: a token that may not even say whose it is fits
// another organization, and everything else would be a gap.
func (r *reader) caller(ctx context.Context) error {
	me, err := r.client.Me(ctx)
	if err != nil {
		return err
	}
	r.found.Caller = me.Principal
	if !me.Role.SeesAllProjects() {
		r.gap("There may be projects that %s does not see, having the role %s.", me.Reference(), roleTitle(me.Role))
	}
	return nil
}

func (r *reader) projectList(ctx context.Context) error {
	projects, err := r.client.Projects(ctx)
	for _, p := range projects {
		r.found.Reviewed.Projects = append(r.found.Reviewed.Projects, review.Project{Slug: p.Slug})
	}
	_, err = r.refused(err, "The list of projects")
	return err
}

func (r *reader) directory(ctx context.Context, kind access.Kind) error {
	_, err := r.client.Directory(ctx, kind)
	refused, err := r.refused(err, "The list of "+kind.Noun()+"s")
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if refused {
		r.found.Reviewed.PrincipalsIncomplete = true
		return nil
	}
	r.found.directory.Replace(kind, r.client.Known().All(kind))
	return nil
}

func (r *reader) groups(ctx context.Context) error {
	groups := r.found.directory.All(access.KindGroup)
	return r.each(ctx, len(groups), func(ctx context.Context, i int) error {
		group := groups[i]
		members, err := r.entries(ctx, api.Target{List: access.GroupMembers, Group: group.ID, GroupName: group.Name})
		refused, err := r.refused(err, fmt.Sprintf("The list of members of %s", group.IDReference()))
		if err == nil && !refused {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.found.Reviewed.Members[group.IDReference()] = members
		}
		return err
	})
}

func (r *reader) projects(ctx context.Context) error {
	projects := r.found.Reviewed.Projects
	return r.each(ctx, len(projects), func(ctx context.Context, i int) error {
		err := r.project(ctx, &projects[i])
		refused, err := r.refused(err, fmt.Sprintf("Project %q with its signing policies", projects[i].Slug))
		if refused {
			projects[i] = review.Project{Slug: projects[i].Slug, Readers: unseen, Configurators: unseen}
		}
		return err
	})
}

func (r *reader) project(ctx context.Context, project *review.Project) (err error) {
	if project.Readers, err = r.entries(ctx, api.Target{List: access.Readers, Project: project.Slug}); err != nil {
		return err
	}
	if project.Configurators, err = r.entries(ctx, api.Target{List: access.Configurators, Project: project.Slug}); err != nil {
		return err
	}
	slugs, err := r.client.SigningPolicies(ctx, project.Slug)
	for _, slug := range slugs {
		project.SigningPolicies = append(project.SigningPolicies, review.SigningPolicy{Slug: slug})
	}
	return err
}

func (r *reader) policies(ctx context.Context) error {
	type policy struct {
		project string
		at      *review.SigningPolicy
	}
	var policies []policy
	for _, project := range r.found.Reviewed.Projects {
		for i := range project.SigningPolicies {
			policies = append(policies, policy{project.Slug, &project.SigningPolicies[i]})
		}
	}
	return r.each(ctx, len(policies), func(ctx context.Context, i int) error {
		p := policies[i]
		err := r.policy(ctx, p.project, p.at)
		refused, err := r.refused(err, fmt.Sprintf("Signing policy %q", p.project+"/"+p.at.Slug))
		if refused {
			*p.at = review.SigningPolicy{Slug: p.at.Slug, Submitters: unseen, Approvers: unseen}
		}
		return err
	})
}

func (r *reader) policy(ctx context.Context, project string, policy *review.SigningPolicy) error {
	settings, err := r.client.SigningPolicy(ctx, project, policy.Slug)
	if err != nil {
		return err
	}
	policy.Name, policy.Purpose = settings.Name, settings.Purpose
	policy.UsesApprovalProcess, policy.RequiredApprovals = settings.UsesApprovalProcess, settings.RequiredApprovals
	policy.VerifiesTrustedBuildSystem, policy.VerifiesOrigin = settings.VerifiesTrustedBuildSystem, settings.VerifiesOrigin
	if policy.Submitters, err = r.entries(ctx, api.Target{List: access.Submitters, Project: project, Policy: policy.Slug}); err != nil {
		return err
	}
	policy.Approvers, err = r.entries(ctx, api.Target{List: access.Approvers, Project: project, Policy: policy.Slug})
	return err
}

// unseen is a list of which nothing is known.
var unseen = review.Entries{Incomplete: true}

// entries reads a list and names those on it by kind and id, which no two share.
func (r *reader) entries(ctx context.Context, of api.Target) (review.Entries, error) {
	ids, err := r.client.Members(ctx, of)
	if err != nil {
		return review.Entries{}, err
	}
	references := make([]access.Reference, len(ids))
	for i, id := range ids {
		references[i] = access.Reference{Kind: access.KindUnknown, Key: id}
		if p, ok := r.found.directory.Get(id); ok {
			references[i] = p.IDReference()
		}
	}
	return review.EntriesOf(references...), nil
}

// refused turns a refusal to show something into a gap. Any other error stays one.
func (r *reader) refused(err error, what string) (bool, error) {
	if !api.IsUnknownOrForbidden(err) {
		return false, err
	}
	r.gap("%s could not be read: SignPath refused it to the token.", what)
	return true, nil
}

func (r *reader) gap(sentence string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found.Gaps = append(r.found.Gaps, fmt.Sprintf(sentence, args...))
}

// each reads the objects 0 to n-1, some at a time. The first error ends it.
func (r *reader) each(ctx context.Context, n int, read func(ctx context.Context, i int) error) error {
	r.tell(func(p Progress) { p.Expect(n) })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := read(ctx, i); err != nil {
				return err
			}
			r.tell(Progress.Done)
			return nil
		})
	}
	return group.Wait()
}

func (r *reader) tell(say func(Progress)) {
	if r.progress == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	say(r.progress)
}

// nameOf returns the display name behind a reference, where it says more.
func (o *Organization) nameOf(reference access.Reference) string {
	p, err := o.directory.Find(reference)
	if err != nil || strings.EqualFold(p.Name, reference.Key) {
		return ""
	}
	return p.Name
}

// same tells whether two references name the same principal.
func (o *Organization) same(a, b access.Reference) bool {
	if a.Same(b) {
		return true
	}
	one, err := o.directory.Find(a)
	other, otherErr := o.directory.Find(b)
	return err == nil && otherErr == nil && one.ID == other.ID
}

func roleTitle(role access.Role) string {
	for _, description := range access.Roles() {
		if description.Role == role {
			return description.Title
		}
	}
	return string(role)
}
