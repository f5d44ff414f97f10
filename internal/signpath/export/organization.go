package export

import (
	"context"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// An Organization is all that an export needs to know.
type Organization struct {
	ID string
	// URL is the API URL, without /v1.
	URL string
	// Caller is the user whose token reads.
	Caller access.Principal
	// Principals are all users, CI users and groups.
	Principals *access.Directory
	Groups     []Group
	Projects   []Project
}

// A Group is a user group with its members.
type Group struct {
	access.Principal
	Members []string
}

// A Project is a project with its access lists and signing policies.
type Project struct {
	Slug     string
	Lists    []List
	Policies []Policy
}

// A Policy is a signing policy with its access lists.
type Policy struct {
	Slug  string
	Lists []List
}

// A List is an access list and who is on it, by id.
type List struct {
	access.List
	Members []string
}

// Read reads the organization: the lists of users, CI users, groups and projects,
// the token's own user, and then each project, each signing policy and each group
// that its list does not tell everything of, once. Nothing is written.
func Read(ctx context.Context, client *api.Client, progress survey.Progress) (*Organization, error) {
	r := &reader{client: client, progress: survey.Shared(progress)}
	o := &Organization{ID: client.OrganizationID(), URL: client.URL()}
	for _, step := range []func(context.Context, *Organization) error{r.lists, r.groups, r.projects, r.policies} {
		if err := step(ctx, o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

type reader struct {
	client   *api.Client
	progress survey.Progress
}

// lists reads what one request each tells.
func (r *reader) lists(ctx context.Context, o *Organization) error {
	reads := []func(context.Context) error{
		func(ctx context.Context) error {
			me, err := r.client.Me(ctx)
			o.Caller = me.Principal
			return err
		},
		func(ctx context.Context) error {
			projects, err := r.client.Projects(ctx)
			for _, p := range projects {
				o.Projects = append(o.Projects, Project{Slug: p.Slug})
			}
			return err
		},
	}
	for _, kind := range access.Kinds() {
		reads = append(reads, func(ctx context.Context) error {
			_, err := r.client.Directory(ctx, kind)
			return err
		})
	}
	err := survey.Each(ctx, len(reads), r.progress, func(ctx context.Context, i int) error { return reads[i](ctx) })
	o.Principals = &access.Directory{}
	for _, kind := range access.Kinds() {
		o.Principals.Replace(kind, r.client.Known().All(kind))
	}
	return err
}

func (r *reader) groups(ctx context.Context, o *Organization) error {
	listed := o.Principals.All(access.KindGroup)
	o.Groups = make([]Group, len(listed))
	err := survey.Each(ctx, len(listed), r.progress, func(ctx context.Context, i int) error {
		// The list may leave out the description, and whether it is synchronized.
		group, err := r.client.Group(ctx, listed[i].ID)
		if err != nil {
			return err
		}
		members, err := r.client.Members(ctx, api.Target{List: access.GroupMembers, Group: group.ID, GroupName: group.Name})
		o.Groups[i] = Group{Principal: group, Members: members}
		return err
	})
	if err != nil {
		return err
	}
	for _, group := range o.Groups {
		o.Principals.Put(group.Principal)
	}
	return nil
}

func (r *reader) projects(ctx context.Context, o *Organization) error {
	return survey.Each(ctx, len(o.Projects), r.progress, func(ctx context.Context, i int) (err error) {
		project := &o.Projects[i]
		if project.Lists, err = r.listsOf(ctx, access.ParentProject, api.Target{Project: project.Slug}); err != nil {
			return err
		}
		slugs, err := r.client.SigningPolicies(ctx, project.Slug)
		for _, slug := range slugs {
			project.Policies = append(project.Policies, Policy{Slug: slug})
		}
		return err
	})
}

func (r *reader) policies(ctx context.Context, o *Organization) error {
	type place struct{ project, policy int }
	var places []place
	for i, project := range o.Projects {
		for j := range project.Policies {
			places = append(places, place{i, j})
		}
	}
	return survey.Each(ctx, len(places), r.progress, func(ctx context.Context, i int) (err error) {
		project := &o.Projects[places[i].project]
		policy := &project.Policies[places[i].policy]
		policy.Lists, err = r.listsOf(ctx, access.ParentSigningPolicy, api.Target{Project: project.Slug, Policy: policy.Slug})
		return err
	})
}

// listsOf reads all access lists of one project or signing policy.
func (r *reader) listsOf(ctx context.Context, parent access.Parent, of api.Target) ([]List, error) {
	var lists []List
	for _, list := range access.Lists() {
		if list.Parent != parent {
			continue
		}
		of.List = list
		members, err := r.client.Members(ctx, of)
		if err != nil {
			return nil, err
		}
		lists = append(lists, List{List: list, Members: members})
	}
	return lists, nil
}
