package datasource

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessEntryRecord says that a member has a permission at a place, and why.
type accessEntryRecord struct {
	Member        types.String `tfsdk:"member"`
	Permission    types.String `tfsdk:"permission"`
	Project       types.String `tfsdk:"project"`
	SigningPolicy types.String `tfsdk:"signing_policy"`
	Status        types.String `tfsdk:"status"`
	InForce       types.Bool   `tfsdk:"in_force"`
	Reasons       types.List   `tfsdk:"reasons"`
}

// accessReasonType is one thing that gives the permission.
var accessReasonType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"sentence": types.StringType, run.AttrRole: types.StringType, "list": types.StringType,
	run.AttrProject: types.StringType, run.AttrSigningPolicy: types.StringType, "groups": types.ListType{ElemType: types.StringType},
}}

func newAccessEntryRecords(rows []review.Access) []accessEntryRecord {
	records := make([]accessEntryRecord, len(rows))
	for i, row := range rows {
		records[i] = accessEntryRecord{
			Member: types.StringValue(row.Principal.String()), Permission: types.StringValue(row.Permission.String()),
			Project: run.TextOrNull(row.Place.Slug(0)), SigningPolicy: run.TextOrNull(row.Place.Slug(1)),
			Status: run.TextOrNull(string(row.Status)), InForce: types.BoolValue(row.InForce()),
			Reasons: newAccessReasons(row.Reasons),
		}
	}
	return records
}

// newAccessReasons makes values and not structs: there are tens of thousands in a large
// organization, and the framework would take seconds to reflect on those.
func newAccessReasons(reasons []review.Reason) types.List {
	objects := make([]attr.Value, len(reasons))
	for i, reason := range reasons {
		groups := make([]attr.Value, len(reason.Via))
		for j, group := range reason.Via {
			groups[j] = types.StringValue(group.String())
		}
		holder := reason.Holder()
		objects[i] = types.ObjectValueMust(accessReasonType.AttrTypes, map[string]attr.Value{
			"sentence":   types.StringValue(reason.String()),
			run.AttrRole: run.TextOrNull(string(holder.Stated())), "list": run.TextOrNull(holder.Plural()),
			run.AttrProject: run.TextOrNull(reason.Place.Slug(0)), run.AttrSigningPolicy: run.TextOrNull(reason.Place.Slug(1)),
			"groups": types.ListValueMust(types.StringType, groups),
		})
	}
	return types.ListValueMust(accessReasonType, objects)
}

func accessEntryAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		run.AttrMember: schema.StringAttribute{Computed: true, MarkdownDescription: "Member reference of a user or CI user; `unknown:UUID` for an entry that fits nobody."},
		attrPermission: schema.StringAttribute{
			Computed: true, MarkdownDescription: "What the member may do: " + code(vocabulary.SignPath.PermissionNames()) + ".",
		},
		run.AttrProject:       schema.StringAttribute{Computed: true, MarkdownDescription: "Slug of the project where that holds; null for the organization."},
		run.AttrSigningPolicy: schema.StringAttribute{Computed: true, MarkdownDescription: "Slug of the signing policy where that holds; null for the project or the organization."},
		"status": schema.StringAttribute{
			Computed: true, MarkdownDescription: "Whether the member is `active`, `invited` or `inactive`; null for an entry that fits nobody.",
		},
		"in_force": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether the member can use the permission now. " +
				"Who is invited or inactive cannot, but comes into it without anybody granting it again.",
		},
		"reasons": schema.ListNestedAttribute{
			Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: accessReasonAttributes()},
			MarkdownDescription: "Everything that gives the permission: taking one away leaves the others.",
		},
	}
}

func accessReasonAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"sentence": schema.StringAttribute{
			Computed: true, MarkdownDescription: "The reason in words, such as `approver of project-a/release-signing, through group:Release Managers`.",
		},
		run.AttrRole: schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "Global role that gives the permission, such as `GlobalAdministrator`; null otherwise. " +
				"A role that this version does not know stands as SignPath spells it, and counts as one that gives everything. " +
				"The support user has neither a role nor a list here.",
		},
		"list":                schema.StringAttribute{Computed: true, MarkdownDescription: "Access list that gives the permission, such as `approvers`; null otherwise."},
		run.AttrProject:       schema.StringAttribute{Computed: true, MarkdownDescription: "Slug of the project where the list is; null otherwise."},
		run.AttrSigningPolicy: schema.StringAttribute{Computed: true, MarkdownDescription: "Slug of the signing policy where the list is; null otherwise."},
		"groups": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Member references of the groups on the way from the list to the member, the one on the list first. " +
				"Empty for an entry of the member's own.",
		},
	}
}

// findingRecord is something that a rule has to say.
type findingRecord struct {
	Rule        types.String `tfsdk:"rule"`
	Severity    types.String `tfsdk:"severity"`
	Sentence    types.String `tfsdk:"sentence"`
	Reasons     []string     `tfsdk:"reasons"`
	Advice      types.String `tfsdk:"advice"`
	Principals  []string     `tfsdk:"principals"`
	Places      []string     `tfsdk:"places"`
	Fingerprint types.String `tfsdk:"fingerprint"`
}

// exceptedFindingRecord is a finding, and the exception that lets it pass.
type exceptedFindingRecord struct {
	findingRecord
	ExceptionReason types.String `tfsdk:"exception_reason"`
	ExceptionUntil  types.String `tfsdk:"exception_until"`
}

func newFindingRecords(findings []review.Finding) []findingRecord {
	records := make([]findingRecord, len(findings))
	for i, finding := range findings {
		records[i] = newFindingRecord(finding)
	}
	return records
}

func newFindingRecord(f review.Finding) findingRecord {
	return findingRecord{
		Rule: types.StringValue(f.Rule), Severity: types.StringValue(string(f.Severity)),
		Sentence: types.StringValue(f.Sentence), Advice: types.StringValue(f.Advice),
		Reasons: access.Spell(f.Reasons), Principals: access.Spell(f.Principals), Places: access.Spell(f.Places),
		Fingerprint: types.StringValue(f.Fingerprint()),
	}
}

func newExceptedFindingRecords(findings []review.ExceptedFinding) []exceptedFindingRecord {
	records := make([]exceptedFindingRecord, len(findings))
	for i, f := range findings {
		records[i] = exceptedFindingRecord{
			findingRecord:   newFindingRecord(f.Finding),
			ExceptionReason: types.StringValue(f.Exception.Reason),
			ExceptionUntil:  types.StringValue(f.Exception.Until.Format(time.DateOnly)),
		}
	}
	return records
}

func findingAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"rule":       schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the rule that found it: " + code(vocabulary.Rules.IDs()) + "."},
		"severity":   schema.StringAttribute{Computed: true, MarkdownDescription: "`deny` for what must not be, `warn` for what somebody should look at."},
		"sentence":   schema.StringAttribute{Computed: true, MarkdownDescription: "What was found, with names."},
		"reasons":    schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The ways by which it came to be, where access is what was found."},
		"advice":     schema.StringAttribute{Computed: true, MarkdownDescription: "What to do about it."},
		"principals": schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Member references of whom it is about."},
		"places": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "What it is about: `project-a` is a project, `project-a/release-signing` a signing policy.",
		},
		"fingerprint": schema.StringAttribute{
			Computed: true, MarkdownDescription: "The same for the same rule, principals and places in every review, also in those of `signpathctl`.",
		},
	}
}

func exceptedFindingAttributes() map[string]schema.Attribute {
	attributes := findingAttributes()
	attributes["exception_reason"] = schema.StringAttribute{Computed: true, MarkdownDescription: "Why the exception was made."}
	attributes["exception_until"] = schema.StringAttribute{Computed: true, MarkdownDescription: "The last day on which it counts, as `YYYY-MM-DD`."}
	return attributes
}
