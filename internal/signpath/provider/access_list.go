package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// What the resources for whole lists and for single entries share. There is one
// implementation of each for all access lists, with an [access.List] as its
// descriptor.

// parentFields are the attributes that name the project or signing policy. For
// a project's list the schema has no signing_policy, so resources embed
// parentFields only in the models of policy lists; see listModel.
type parentFields struct {
	Project       types.String
	SigningPolicy types.String
}

const (
	attrProject       = "project"
	attrSigningPolicy = "signing_policy"
)

// parentAttributes returns the schema of what names the list's parent.
func parentAttributes(list access.List) map[string]schema.Attribute {
	slug := func(of string) schema.StringAttribute {
		return schema.StringAttribute{
			Required:            true,
			MarkdownDescription: fmt.Sprintf("Slug of the %s, as in its web address. Another value replaces the resource.", of),
			Validators:          []validator.String{isSlug()},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		}
	}
	attributes := map[string]schema.Attribute{attrProject: slug("project")}
	if list.Parent == access.ParentSigningPolicy {
		attributes[attrSigningPolicy] = slug("signing policy")
	}
	return attributes
}

// listNeeds says which role the resources of the list need.
func listNeeds(list access.List) string {
	text := "Needs the role Project Administrator or Global Administrator."
	if list.Parent == access.ParentProject {
		text += " A configurator of the project may do, too."
	}
	return text
}

// attributes is what a plan, a state or a configuration offers for reading one
// attribute.
type attributes interface {
	GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
}

// settableAttributes is what a plan or a state offers for writing one.
type settableAttributes interface {
	SetAttribute(ctx context.Context, path path.Path, val any) diag.Diagnostics
}

func getParent(ctx context.Context, from attributes, list access.List, diags *diag.Diagnostics) parentFields {
	var parent parentFields
	diags.Append(from.GetAttribute(ctx, path.Root(attrProject), &parent.Project)...)
	if list.Parent == access.ParentSigningPolicy {
		diags.Append(from.GetAttribute(ctx, path.Root(attrSigningPolicy), &parent.SigningPolicy)...)
	}
	return parent
}

func (p parentFields) set(ctx context.Context, to settableAttributes, list access.List, diags *diag.Diagnostics) {
	diags.Append(to.SetAttribute(ctx, path.Root(attrProject), p.Project)...)
	if list.Parent == access.ParentSigningPolicy {
		diags.Append(to.SetAttribute(ctx, path.Root(attrSigningPolicy), p.SigningPolicy)...)
	}
}

func (p parentFields) isUnknown() bool { return p.Project.IsUnknown() || p.SigningPolicy.IsUnknown() }

func (p parentFields) target(list access.List) api.Target {
	return api.Target{List: list, Project: p.Project.ValueString(), Policy: p.SigningPolicy.ValueString()}
}

// parentPath is the attribute to point at for an error about the parent.
func parentPath(list access.List, err error) path.Path {
	var gone *api.GoneError
	if list.Parent == access.ParentProject || (errors.As(err, &gone) && gone.Project) {
		return path.Root(attrProject)
	}
	return path.Root(attrSigningPolicy)
}

// parseImportID splits an import id into the slugs of the parent and, where an
// entry is imported, the member, which may itself contain slashes.
func parseImportID(id string, list access.List, withMember bool) (parent parentFields, member string, err error) {
	names := []string{"PROJECT"}
	if list.Parent == access.ParentSigningPolicy {
		names = append(names, "SIGNING_POLICY")
	}
	if withMember {
		names = append(names, "MEMBER")
	}
	parts := strings.SplitN(id, "/", len(names))
	if len(parts) != len(names) || slices.Contains(parts, "") {
		return parent, "", fmt.Errorf("%q is not of the form %s, with the slugs from the web address%s", id, strings.Join(names, "/"),
			map[bool]string{true: ` and a member such as "user:dev.lead@example.com"`}[withMember])
	}
	parent.Project = types.StringValue(parts[0])
	if list.Parent == access.ParentSigningPolicy {
		parent.SigningPolicy = types.StringValue(parts[1])
	}
	if withMember {
		member = parts[len(parts)-1]
	}
	return parent, member, nil
}

// conditions reads the settings of the list's parent that decide who may be on
// it.
func (s *session) conditions(ctx context.Context, t api.Target) (access.Conditions, error) {
	if t.List.Parent != access.ParentSigningPolicy {
		return access.Conditions{}, nil
	}
	policy, err := s.client.SigningPolicy(ctx, t.Project, t.Policy)
	return policy.Conditions(), err
}

// planMember finds the principal that a planned entry names and checks that it
// may be on the list. Who is on the list already is not checked: SignPath took
// it, and a plan must not fail because somebody was deactivated meanwhile.
func (s *session) planMember(ctx context.Context, t api.Target, current []string, member string, at path.Path, diags *diag.Diagnostics) (access.Principal, bool) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, false // Validation has reported it.
	}
	f := failure{at: at, doing: fmt.Sprintf("Looking up %q for %s", member, t), needs: needsAnyRole, granting: true}
	p, err := s.resolve(ctx, reference)
	if err != nil {
		addFailure(diags, f, err)
		return p, false
	}
	if slices.Contains(current, p.ID) {
		return p, true
	}
	conditions, err := s.conditions(ctx, t)
	if err == nil {
		err = t.List.Admit(p, conditions)
	}
	f.doing = fmt.Sprintf("Planning %q for %s", member, t)
	f.needs = needsProjectRead
	addFailure(diags, f, err)
	return p, err == nil
}

// memberKey identifies a planned principal: by id, or before it exists by its
// reference.
func memberKey(p access.Principal) string {
	if p.ID != "" {
		return p.ID
	}
	return p.Reference().Folded().String()
}

// existingMember finds the principal that a member of a state or of an applied
// plan names.
func (s *session) existingMember(ctx context.Context, member string) (access.Principal, error) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, err
	}
	return s.client.Resolve(ctx, reference)
}

// spellMembers names ids as the known spellings do, where one of them means the
// same principal, and else by natural key. So a state keeps the spelling of the
// configuration, and a foreign member stands out.
func (s *session) spellMembers(ctx context.Context, ids, known []string) ([]string, error) {
	references, err := s.client.References(ctx, ids)
	if err != nil {
		return nil, err
	}
	directory, err := s.client.Directory(ctx, access.Kinds()...)
	if err != nil {
		return nil, err
	}
	spelling := map[string]string{}
	for _, member := range known {
		if reference, err := access.ParseReference(member); err == nil {
			if p, err := directory.Resolve(reference); err == nil {
				spelling[p.ID] = member
			}
		}
	}
	members := make([]string, len(ids))
	for i, id := range ids {
		members[i] = references[i].String()
		if known, ok := spelling[id]; ok {
			members[i] = known
		}
	}
	return members, nil
}
