package provider

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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// principalListResource finds what is one resource for each principal: users, CI
// users, groups, and the roles of users.
type principalListResource struct {
	configured
	// resource is the resource that manages what is found.
	resource resource.Resource
	kinds    []access.Kind
	// finds says what it finds.
	finds string
	// filters are the attributes that select among the principals.
	filters map[string]schema.Attribute
	// includes tells whether the principal has what is looked for; nil is yes.
	includes func(p access.Principal) bool
	// describe is the display name, given the name of the principal.
	describe func(p access.Principal, name string) string
	// state is the state of the resource.
	state func(p access.Principal, member string) any
}

var _ list.ListResourceWithConfigure = (*principalListResource)(nil)

func newUserListResource() list.ListResource {
	return &principalListResource{
		resource: newUserResource(), kinds: []access.Kind{access.KindUser},
		finds:    "interactive users. Those that are synchronized from the organization's directory are left out, and so is SignPath's support user: they cannot be managed here",
		filters:  userFilters("name or e-mail address", anyRole),
		describe: asNamed,
		state:    principalState(newUserModel),
	}
}

func newCIUserListResource() list.ListResource {
	return &principalListResource{
		resource: newCIUserResource(), kinds: []access.Kind{access.KindCIUser},
		finds:    "CI users. Their API tokens, `signpath_ci_user_token`, cannot be listed, because they cannot be imported",
		filters:  userFilters("name", anyRole),
		describe: asNamed,
		state:    principalState(newCIUserModel),
	}
}

func newUserGroupListResource() list.ListResource {
	return &principalListResource{
		resource: newUserGroupResource(), kinds: []access.Kind{access.KindGroup},
		finds:    "user groups, but for their members. Groups that are synchronized from the organization's directory are left out: they cannot be managed here",
		filters:  map[string]schema.Attribute{attrNameContains: nameFilter("groups", "name")},
		describe: asNamed,
		state:    principalState(newUserGroupModel),
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

func userFilters(searched, role string, checks ...validator.String) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrActive:       schema.BoolAttribute{Optional: true, MarkdownDescription: describeActiveFilter},
		attrRole:         schema.StringAttribute{Optional: true, MarkdownDescription: describeRoleFilter(role), Validators: checks},
		attrNameContains: nameFilter("users", searched),
	}
}

func nameFilter(of, searched string) schema.Attribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: describeNameFilter(of, searched)}
}

// Metadata implements [list.ListResource].
func (r *principalListResource) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	r.resource.Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (r *principalListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds " + r.finds + ".\n\n" + limitNote,
		Attributes:          r.filters,
	}
}

// List implements [list.ListResource].
func (r *principalListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	r.stream(req, stream, func(l *listing) {
		var diags diag.Diagnostics
		filter := newPrincipalFilter(ctx, r.filters, req.Config, &diags)
		if l.report(diags); diags.HasError() {
			return
		}
		r.find(ctx, l, filter)
	})
}

func (r *principalListResource) find(ctx context.Context, l *listing, filter principalFilter) {
	ahead := func() int { return l.ahead(1) }
	for p, err := range readAhead(ctx, r.selected(ctx, filter), ahead, l.complete) {
		switch {
		case err != nil:
			l.fail(failure{doing: "Listing the " + r.kinds[0].Noun() + "s", needs: needsAnyRole}, err)
		case vocabulary.ManagedBy(p) == "":
			member := l.client.Known().ReferenceTo(p.ID).String()
			l.found(ctx, listedObject{
				name: r.describe(p, l.nameOf(p.ID)), identity: principalIdentity(p.ID),
				fill: func(to *tfsdk.Resource, diags *diag.Diagnostics) { diags.Append(to.Set(ctx, r.state(p, member))...) },
			})
		}
		if l.isDone() {
			return
		}
	}
}

// selected yields the principals that the filter lets through.
func (r *principalListResource) selected(ctx context.Context, filter principalFilter) iter.Seq2[access.Principal, error] {
	return func(yield func(access.Principal, error) bool) {
		r.client.LearnLists(ctx)
		directory, err := r.client.Directory(ctx, r.kinds...)
		if err != nil {
			yield(access.Principal{}, err)
			return
		}
		for _, kind := range r.kinds {
			for _, p := range directory.All(kind) {
				if filter.matches(p) && (r.includes == nil || r.includes(p)) && !yield(p, nil) {
					return
				}
			}
		}
	}
}
