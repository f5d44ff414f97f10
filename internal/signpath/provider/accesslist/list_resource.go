package accesslist

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessListListResource finds the access lists of one kind, such as the
// approvers of all signing policies.
type accessListListResource struct{ managedList }

// accessListEntryListResource finds their entries, each by itself.
type accessListEntryListResource struct{ managedList }

var (
	_ list.ListResourceWithConfigure = (*accessListListResource)(nil)
	_ list.ListResourceWithConfigure = (*accessListEntryListResource)(nil)
)

func newAccessListListResource(l vocabulary.List) list.ListResource {
	return &accessListListResource{managedList{list: l}}
}

func newAccessListEntryListResource(l vocabulary.List) list.ListResource {
	return &accessListEntryListResource{managedList{list: l}}
}

// Metadata implements [list.ListResource].
func (r *accessListListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.list.Type()
}

// Metadata implements [list.ListResource].
func (r *accessListEntryListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.list.EntryType()
}

// ListResourceConfigSchema implements [list.ListResource].
func (r *accessListListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	attributes := parentFilters(r.list)
	attributes[run.AttrIncludeEmpty] = schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: fmt.Sprintf("Whether to find lists with nobody on them, too. To manage an empty list means that every %s whom somebody adds is removed. Defaults to `false`.", r.list.Singular),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Finds the %[1]s of %[2]s as whole lists: who may %[3]s. For single entries there is `%[4]s`; import each list in one of the two forms.\n\n%[5]s%[6]s",
			r.list.Plural, parentNouns(r.list), r.list.Grants, r.list.EntryType(), unlistedGroups(r.list), run.LimitNote),
		Attributes: attributes,
	}
}

// ListResourceConfigSchema implements [list.ListResource].
func (r *accessListEntryListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	attributes := parentFilters(r.list)
	attributes[run.AttrMember] = schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: "Only the entries of this principal, a member reference such as `user:dev.lead@example.com`. Entries that they have through a group are not found. All if it is not set.",
		Validators:          []validator.String{run.IsMemberReference(access.Kinds()...)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Finds the %[1]s of %[2]s, each entry by itself: who may %[3]s. For whole lists there is `%[4]s`; import each list in one of the two forms.\n\n%[5]s%[6]s",
			r.list.Plural, parentNouns(r.list), r.list.Grants, r.list.Type(), unlistedGroups(r.list), run.LimitNote),
		Attributes: attributes,
	}
}

func parentNouns(l vocabulary.List) string {
	return map[vocabulary.Parent]string{
		vocabulary.ParentProject: "projects", vocabulary.ParentSigningPolicy: "signing policies", vocabulary.ParentUserGroup: "user groups",
	}[l.Parent]
}

func unlistedGroups(l vocabulary.List) string {
	if l.Parent != vocabulary.ParentUserGroup {
		return ""
	}
	return "Groups that are synchronized from the organization's directory are left out: their members cannot be managed here. "
}

// List implements [list.ListResource].
func (r *accessListListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	const listsPerParent = 1
	r.search(req, stream, func(l *listSearch) {
		var diags diag.Diagnostics
		var empty types.Bool
		diags.Append(req.Config.GetAttribute(ctx, path.Root(run.AttrIncludeEmpty), &empty)...)
		filter := getParent(ctx, req.Config, r.list, &diags)
		if l.Report(diags); diags.HasError() {
			return
		}
		l.eachList(ctx, filter, listsPerParent, func(t api.Target, ids []string) {
			if len(ids) > 0 || empty.ValueBool() {
				l.foundList(ctx, t, ids)
			}
		})
	})
}

func (l *listSearch) foundList(ctx context.Context, t api.Target, ids []string) {
	members, err := l.SpellMembers(ctx, ids, nil)
	if err != nil {
		l.Fail(run.Failure{Doing: "Naming " + t.String(), Needs: run.NeedsAnyRole}, err)
		return
	}
	l.Found(ctx, run.ListedObject{
		Name:     fmt.Sprintf("%s of %s", t.List.Plural, l.parentName(t)),
		Identity: l.listIdentity(t, ""),
		Fill: func(to *tfsdk.Resource, diags *diag.Diagnostics) {
			l.parentOf(t).set(ctx, to, t.List, diags)
			diags.Append(to.SetAttribute(ctx, path.Root(run.AttrMembers), run.MemberSet(members))...)
		},
	})
}

// List implements [list.ListResource].
func (r *accessListEntryListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	const entriesPerParent = 10
	r.search(req, stream, func(l *listSearch) {
		var diags diag.Diagnostics
		only := r.onlyMember(ctx, req.Config, &diags)
		filter := getParent(ctx, req.Config, r.list, &diags)
		if l.Report(diags); diags.HasError() {
			return
		}
		l.eachList(ctx, filter, entriesPerParent, func(t api.Target, ids []string) {
			l.foundEntries(ctx, t, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return only != "" && id != only }))
		})
	})
}

// onlyMember returns the id of the principal whose entries are wanted; it is
// empty for those of everybody.
func (r *accessListEntryListResource) onlyMember(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) string {
	member := entryMember(ctx, config, diags)
	if member == "" {
		return ""
	}
	p, err := r.ExistingMember(ctx, member)
	run.AddFailure(diags, run.Failure{Doing: fmt.Sprintf("Looking up %q", member), Needs: run.NeedsAnyRole}, err)
	return p.ID
}

func (l *listSearch) foundEntries(ctx context.Context, t api.Target, ids []string) {
	references, err := l.Client.References(ctx, ids)
	if err != nil {
		l.Fail(run.Failure{Doing: "Naming " + t.String(), Needs: run.NeedsAnyRole}, err)
		return
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(references[a].String(), references[b].String()) })
	for _, id := range ids {
		if l.IsDone() {
			return
		}
		l.Found(ctx, run.ListedObject{
			Name:     fmt.Sprintf("%s, %s of %s", l.NameOf(id), t.List.Singular, l.parentName(t)),
			Identity: l.listIdentity(t, id),
			Fill: func(to *tfsdk.Resource, diags *diag.Diagnostics) {
				l.parentOf(t).set(ctx, to, t.List, diags)
				diags.Append(to.SetAttribute(ctx, path.Root(run.AttrMember), references[id].String())...)
			},
		})
	}
}
