package accesslist

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// How list resources come to the access lists of an organization: project by
// project, policy by policy, group by group, and no further than they have to.

// A listSearch is one run of a list resource for access lists.
type listSearch struct {
	*run.Listing
	*managedList
}

// search runs find when Terraform asks for the first result.
func (l *managedList) search(req list.ListRequest, stream *list.ListResultsStream, find func(*listSearch)) {
	l.Stream(req, stream, func(of *run.Listing) { find(&listSearch{of, l}) })
}

// parentFilters are the attributes that select among the lists' parents.
func parentFilters(l vocabulary.List) map[string]schema.Attribute {
	slug := func(of string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("Finds only what belongs to the %s with this slug. "+
				"If it is not set, everything that the token's user may see is searched.", of),
			Validators: []validator.String{run.IsSlug()},
		}
	}
	switch l.Parent {
	case vocabulary.ParentUserGroup:
		return map[string]schema.Attribute{run.AttrGroup: schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only of this user group, a reference: `group:NAME` or `group:UUID`. All if it is not set.",
			Validators:          []validator.String{run.IsMemberReference(access.KindGroup)},
		}}
	case vocabulary.ParentSigningPolicy:
		return map[string]schema.Attribute{run.AttrProject: slug("project"), run.AttrSigningPolicy: slug("signing policies")}
	}
	return map[string]schema.Attribute{run.AttrProject: slug("project")}
}

// eachList calls do with the lists that the filter selects, until no more
// results are wanted. results is how many a list holds as a rule.
func (l *listSearch) eachList(ctx context.Context, filter parentFields, results int64, do func(t api.Target, ids []string)) {
	ahead := func() int { return l.Ahead(results) }
	for found, err := range run.ReadAhead(ctx, l.targets(ctx, filter, results), ahead, l.readList) {
		switch {
		case err != nil:
			l.Fail(run.Failure{Doing: fmt.Sprintf("Listing the %s of %s", l.list.Plural, parentNouns(l.list)), Needs: run.ReadNeeds(l.list)}, err)
		case !found.isSynchronized:
			do(found.target, found.ids)
		}
		if l.IsDone() {
			return
		}
	}
}

// A listContent is who is on a list, unless that comes from the organization's
// directory.
type listContent struct {
	target         api.Target
	ids            []string
	isSynchronized bool
}

func (l *listSearch) readList(ctx context.Context, t api.Target) (listContent, error) {
	content := listContent{target: t}
	if t.List.Parent == vocabulary.ParentUserGroup {
		group, err := l.Client.Group(ctx, t.Group)
		if err != nil || group.Synchronized {
			content.isSynchronized = group.Synchronized
			return content, err
		}
	}
	var err error
	content.ids, err = l.Client.Members(ctx, t)
	return content, err
}

// targets yields the lists that the filter selects.
func (l *listSearch) targets(ctx context.Context, filter parentFields, results int64) iter.Seq2[api.Target, error] {
	switch l.list.Parent {
	case vocabulary.ParentUserGroup:
		return l.groupTargets(ctx, filter.Group)
	case vocabulary.ParentSigningPolicy:
		return l.policyTargets(ctx, filter, results)
	}
	return l.projectTargets(ctx, filter.Project)
}

func (l *listSearch) groupTargets(ctx context.Context, only types.String) iter.Seq2[api.Target, error] {
	return func(yield func(api.Target, error) bool) {
		if !only.IsNull() {
			group, err := l.ExistingMember(ctx, only.ValueString())
			yield(l.GroupTarget(l.list, group), err)
			return
		}
		l.Client.LearnLists(ctx)
		directory, err := l.Client.Directory(ctx, access.KindGroup)
		if err != nil {
			yield(api.Target{}, err)
			return
		}
		for _, group := range directory.All(access.KindGroup) {
			if !yield(l.GroupTarget(l.list, group), nil) {
				return
			}
		}
	}
}

func (l *listSearch) projectTargets(ctx context.Context, only types.String) iter.Seq2[api.Target, error] {
	return func(yield func(api.Target, error) bool) {
		for project, err := range l.projects(ctx, only) {
			if !yield(api.Target{List: l.list, Project: project.Slug}, err) {
				return
			}
		}
	}
}

// projects yields the project with the slug, or all. Only of the latter more may
// be known than the slug.
func (l *listSearch) projects(ctx context.Context, only types.String) iter.Seq2[api.Project, error] {
	return func(yield func(api.Project, error) bool) {
		if !only.IsNull() {
			yield(api.Project{Slug: only.ValueString()}, nil)
			return
		}
		l.Client.LearnLists(ctx)
		projects, err := l.Client.Projects(ctx)
		if err != nil {
			yield(api.Project{}, err)
			return
		}
		for _, project := range projects {
			if !yield(project, nil) {
				return
			}
		}
	}
}

// policiesPerProject is how many signing policies a project seldom exceeds.
const policiesPerProject = 4

func (l *listSearch) policyTargets(ctx context.Context, filter parentFields, results int64) iter.Seq2[api.Target, error] {
	return func(yield func(api.Target, error) bool) {
		target := func(project, policy string) api.Target {
			return api.Target{List: l.list, Project: project, Policy: policy}
		}
		if !filter.Project.IsNull() && !filter.SigningPolicy.IsNull() {
			yield(target(filter.Project.ValueString(), filter.SigningPolicy.ValueString()), nil)
			return
		}
		ahead := func() int { return l.Ahead(results * policiesPerProject) }
		for project, err := range run.ReadAhead(ctx, l.projects(ctx, filter.Project), ahead, l.withPolicies) {
			if err != nil {
				yield(api.Target{}, err)
				return
			}
			for _, policy := range project.SigningPolicies {
				isSelected := filter.SigningPolicy.IsNull() || filter.SigningPolicy.ValueString() == policy
				if isSelected && !yield(target(project.Slug, policy), nil) {
					return
				}
			}
		}
	}
}

// withPolicies reads the project if its policies are not known from the list of
// projects.
func (l *listSearch) withPolicies(ctx context.Context, project api.Project) (api.Project, error) {
	if len(project.SigningPolicies) > 0 {
		return project, nil
	}
	return l.Client.Project(ctx, project.Slug)
}

// parentOf names the parent of a list as a configuration does.
func (l *listSearch) parentOf(t api.Target) parentFields {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return parentFields{Group: types.StringValue(l.Client.Known().ReferenceTo(t.Group).String())}
	}
	return parentFields{Project: types.StringValue(t.Project), SigningPolicy: types.StringValue(t.Policy)}
}

// parentName names it for people.
func (l *listSearch) parentName(t api.Target) string {
	switch t.List.Parent {
	case vocabulary.ParentUserGroup:
		return l.NameOf(t.Group)
	case vocabulary.ParentSigningPolicy:
		return t.Project + "/" + t.Policy
	}
	return t.Project
}
