package principal

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// ListResource finds what is one resource for each principal: users, CI
// users, groups, and the roles of users.
type ListResource struct {
	run.Configured
	// resource is the resource that manages what is found.
	Resource resource.Resource
	Kinds    []access.Kind
	// finds says what it finds.
	Finds string
	// filters are the attributes that select among the principals.
	Filters map[string]schema.Attribute
	// includes tells whether the principal has what is looked for; nil is yes.
	Includes func(p access.Principal) bool
	// describe is the display name, given the name of the principal.
	Describe func(p access.Principal, name string) string
	// state is the state of the resource.
	State func(p access.Principal, member string) any
}

var _ list.ListResourceWithConfigure = (*ListResource)(nil)

func newUserListResource() list.ListResource {
	return &ListResource{
		Resource: newUserResource(), Kinds: []access.Kind{access.KindUser},
		Finds: "interactive users. " +
			"Those that are synchronized from the organization's directory are left out, and so is SignPath's support user: they cannot be managed here",
		Filters:  UserFilters("name or e-mail address", run.AnyRole),
		Describe: asNamed,
		State:    principalState(newUserModel),
	}
}

func newCIUserListResource() list.ListResource {
	return &ListResource{
		Resource: newCIUserResource(), Kinds: []access.Kind{access.KindCIUser},
		Finds:    "CI users. Their API tokens, `signpath_ci_user_token`, cannot be listed, because they cannot be imported",
		Filters:  UserFilters("name", run.AnyRole),
		Describe: asNamed,
		State:    principalState(newCIUserModel),
	}
}

func newUserGroupListResource() list.ListResource {
	return &ListResource{
		Resource: newUserGroupResource(), Kinds: []access.Kind{access.KindGroup},
		Finds:    "user groups, but for their members. Groups that are synchronized from the organization's directory are left out: they cannot be managed here",
		Filters:  map[string]schema.Attribute{run.AttrNameContains: nameFilter("groups", "name")},
		Describe: asNamed,
		State:    principalState(newUserGroupModel),
	}
}

func asNamed(_ access.Principal, name string) string { return name }

// principalState makes the state of a user of a model.
func principalState(newModel func() principalModel) func(access.Principal, string) any {
	return func(p access.Principal, _ string) any {
		m := newModel()
		readPrincipal(m, p)
		return m
	}
}

// UserFilters are the attributes that select among users: by what is searched, and by the role,
// which is described and checked.
func UserFilters(searched, role string, checks ...validator.String) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		run.AttrActive:       schema.BoolAttribute{Optional: true, MarkdownDescription: run.DescribeActiveFilter},
		run.AttrRole:         schema.StringAttribute{Optional: true, MarkdownDescription: run.DescribeRoleFilter(role), Validators: checks},
		run.AttrNameContains: nameFilter("users", searched),
	}
}

func nameFilter(of, searched string) schema.Attribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: run.DescribeNameFilter(of, searched)}
}

// Metadata implements [list.ListResource].
func (r *ListResource) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	r.Resource.Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (r *ListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds " + r.Finds + ".\n\n" + run.LimitNote,
		Attributes:          r.Filters,
	}
}

// List implements [list.ListResource].
func (r *ListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	r.Stream(req, stream, func(l *run.Listing) {
		var diags diag.Diagnostics
		filter := run.NewPrincipalFilter(ctx, r.Filters, req.Config, &diags)
		if l.Report(diags); diags.HasError() {
			return
		}
		r.find(ctx, l, filter)
	})
}

func (r *ListResource) find(ctx context.Context, l *run.Listing, filter run.PrincipalFilter) {
	ahead := func() int { return l.Ahead(1) }
	for p, err := range run.ReadAhead(ctx, r.selected(ctx, filter), ahead, l.Complete) {
		switch {
		case err != nil:
			l.Fail(run.Failure{Doing: "Listing the " + r.Kinds[0].Noun() + "s", Needs: run.NeedsAnyRole}, err)
		case vocabulary.ManagedBy(p) == "":
			member := l.Client.Known().ReferenceTo(p.ID).String()
			l.Found(ctx, run.ListedObject{
				Name: r.Describe(p, l.NameOf(p.ID)), Identity: run.PrincipalIdentity(p.ID),
				Fill: func(to *tfsdk.Resource, diags *diag.Diagnostics) { diags.Append(to.Set(ctx, r.State(p, member))...) },
			})
		}
		if l.IsDone() {
			return
		}
	}
}

// selected yields the principals that the filter lets through.
func (r *ListResource) selected(ctx context.Context, filter run.PrincipalFilter) iter.Seq2[access.Principal, error] {
	return func(yield func(access.Principal, error) bool) {
		r.Client.LearnLists(ctx)
		directory, err := r.Client.Directory(ctx, r.Kinds...)
		if err != nil {
			yield(access.Principal{}, err)
			return
		}
		for _, kind := range r.Kinds {
			for _, p := range directory.All(kind) {
				if filter.Matches(p) && (r.Includes == nil || r.Includes(p)) && !yield(p, nil) {
					return
				}
			}
		}
	}
}
