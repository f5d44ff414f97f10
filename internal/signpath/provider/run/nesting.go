package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Groups in groups: who is on a list in the end, and groups that would contain
// themselves.

// memberships notes which members groups gain and lose by this plan, so that
// two resources which are fine each for itself cannot close a circle unseen.
// Groups and members are named by MemberKey.
type memberships struct {
	mu sync.Mutex
	// whole are the lists that a resource owns.
	whole map[string][]string
	// changed are the single entries: true if one is added, false if removed.
	changed map[string]map[string]bool
}

func newMemberships() *memberships {
	return &memberships{whole: map[string][]string{}, changed: map[string]map[string]bool{}}
}

func (m *memberships) Own(group string, members []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.whole[group] = members
}

// Change notes that the member is added, or else removed. Adding wins: where two
// resources mean the same entry, it stays.
func (m *memberships) Change(group, member string, added bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changed[group] == nil {
		m.changed[group] = map[string]bool{}
	}
	m.changed[group][member] = added || m.changed[group][member]
}

// after returns the members that a group will have, given those that it has.
func (m *memberships) after(group string, current []string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	members := map[string]bool{}
	if whole, owned := m.whole[group]; owned {
		current = whole
	}
	for _, member := range current {
		members[member] = true
	}
	for member, stays := range m.changed[group] {
		members[member] = stays
	}
	maps.DeleteFunc(members, func(_ string, stays bool) bool { return !stays })
	return slices.Sorted(maps.Keys(members))
}

// CheckNesting reports a member by which the group would contain itself, also
// through groups that this plan fills. at says where a member stands.
func (s *Session) CheckNesting(ctx context.Context, t api.Target, members []string, at func(member string) path.Path, diags *diag.Diagnostics) {
	group := GroupKey(t)
	nesting, err := access.Nest(members, func(key string) ([]string, error) {
		current, err := s.groupMembers(ctx, key)
		return s.Memberships.after(key, current), err
	})
	if err != nil {
		AddFailure(diags, Failure{At: ParentPath(t.List, nil), Doing: "Looking through the groups in " + t.String(), Needs: NeedsAnyRole}, err)
		return
	}
	cycle := nesting.Cycle(group, members)
	if cycle == nil {
		return
	}
	groups := make([]access.Reference, len(cycle))
	for i, key := range cycle {
		groups[i] = s.spellKey(key)
	}
	diags.AddAttributeError(at(cycle[1]), "User group would contain itself", fmt.Sprintf(
		"With %q among its members, %s %q would contain itself: %s. Leave out one of these memberships. "+
			"If another resource of this plan takes one away, name that resource in depends_on, so that it goes first.",
		groups[1], t.List.Parent, t.GroupName, access.SpellPath(groups)))
}

// groupMembers returns the direct members of a group that exists, by MemberKey,
// and nobody for anything else.
func (s *Session) groupMembers(ctx context.Context, key string) ([]string, error) {
	directory, err := s.Client.Directory(ctx, access.KindGroup)
	if err != nil {
		return nil, err
	}
	group, ok := directory.Get(key)
	if !ok || group.Kind != access.KindGroup {
		return nil, nil
	}
	return s.Client.Members(ctx, s.GroupTarget(vocabulary.GroupMembers, group))
}

// spellKey names a principal by its MemberKey.
func (s *Session) spellKey(key string) access.Reference {
	if access.IsID(key) {
		return s.Client.Known().ReferenceTo(key)
	}
	kind, name, _ := strings.Cut(key, ":")
	return access.Reference{Kind: access.Kind(kind), Key: name}
}

// ExpandedMember is somebody who is on a list in the end.
type ExpandedMember struct {
	Member types.String `tfsdk:"member"`
	Via    types.String `tfsdk:"via"`
}

// ExpandedName is the attribute beside the direct members of a list.
func ExpandedName(list vocabulary.List) string { return "expanded_" + list.Plural }

// ExpandedAttribute is an access list in a data source, with its groups resolved.
func ExpandedAttribute(list vocabulary.List) schema.Attribute {
	return schema.ListNestedAttribute{
		Computed: true,
		MarkdownDescription: fmt.Sprintf("Everyone who is among the %[1]s in the end, directly or through groups in groups, ordered by member. "+
			"Groups themselves are not in it: see `%[1]s`. A member of several of these groups is in it once for each, because leaving one group leaves them in the others.", list.Plural),
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			AttrMember: schema.StringAttribute{Computed: true, MarkdownDescription: "Member reference of a user or CI user."},
			"via": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The groups on the way from the list to the member, such as `group:A > group:B` for who is in B, which is in A, which is on the list. Empty for who is on the list directly. " +
					"Where several ways lead to one group, the shortest.",
			},
		}},
	}
}

// Expand resolves the groups among the ids of a list.
func (s *Session) Expand(ctx context.Context, ids []string) ([]ExpandedMember, error) {
	nesting, err := access.Nest(ids, func(key string) ([]string, error) { return s.groupMembers(ctx, key) })
	if err != nil {
		return nil, err
	}
	paths := nesting.Expand(ids)
	keys := make([]string, len(paths))
	for i, p := range paths {
		keys[i] = p.Key
	}
	references, err := s.Client.References(ctx, keys)
	if err != nil {
		return nil, err
	}
	expanded := []ExpandedMember{}
	for _, p := range paths {
		if references[p.Key].Kind == access.KindGroup {
			continue
		}
		via := make([]access.Reference, len(p.Via))
		for i, group := range p.Via {
			via[i] = references[group]
		}
		expanded = append(expanded, ExpandedMember{
			Member: types.StringValue(references[p.Key].String()), Via: types.StringValue(access.SpellPath(via)),
		})
	}
	slices.SortFunc(expanded, func(a, b ExpandedMember) int {
		return cmp.Or(cmp.Compare(a.Member.ValueString(), b.Member.ValueString()), cmp.Compare(a.Via.ValueString(), b.Via.ValueString()))
	})
	return expanded, nil
}
