package datasource

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessReviewDataSource says who may do what in the live organization, and what is
// wrong with that.
type accessReviewDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*accessReviewDataSource)(nil)

func newAccessReviewDataSource() datasource.DataSource { return &accessReviewDataSource{} }

const (
	attrPrincipal  = "principal"
	attrPermission = "permission"
)

// accessReviewModel is the state of the data source signpath_access_review.
type accessReviewModel struct {
	accessReviewFilter
	Entries          []accessEntryRecord     `tfsdk:"entries"`
	Findings         []findingRecord         `tfsdk:"findings"`
	ExceptedFindings []exceptedFindingRecord `tfsdk:"excepted_findings"`
	Gaps             []string                `tfsdk:"gaps"`
}

// accessReviewFilter are the arguments that narrow a review.
type accessReviewFilter struct {
	Project       types.String `tfsdk:"project"`
	SigningPolicy types.String `tfsdk:"signing_policy"`
	Principal     types.String `tfsdk:"principal"`
	Permission    types.String `tfsdk:"permission"`
}

// filter is what the arguments mean, which their validators have checked.
func (f accessReviewFilter) filter() (review.Filter, error) {
	filter := review.Filter{Places: map[string][]string{}}
	if !f.Project.IsNull() {
		filter.Places[vocabulary.PlaceProject] = []string{f.Project.ValueString()}
	}
	if !f.SigningPolicy.IsNull() {
		place := access.PlaceOf(f.Project.ValueString(), f.SigningPolicy.ValueString())
		filter.Places[vocabulary.PlaceSigningPolicy] = []string{place.String()}
	}
	if !f.Principal.IsNull() {
		principal, err := access.ParseEntry(f.Principal.ValueString())
		if err != nil {
			return filter, err
		}
		filter.Principals = []access.Reference{principal}
	}
	if !f.Permission.IsNull() {
		permission, err := vocabulary.SignPath.ParsePermission(f.Permission.ValueString())
		if err != nil {
			return filter, err
		}
		filter.Permissions = []access.Permission{permission}
	}
	return filter, nil
}

// Metadata implements [datasource.DataSource].
func (d *accessReviewDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_review"
}

// Schema implements [datasource.DataSource].
func (d *accessReviewDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reviews the live organization: who may do what in the end, directly, through groups in groups or by a global role, and what is wrong with that. " +
			"Made for `check` blocks and postconditions.\n\n" +
			"It tells what `signpathctl review org` tells, by the rules of the provider's `guardrails` block: " +
			"a rule that is set to `ignore` there finds nothing here either. The whole organization is read, whatever the filters are, " +
			"so that none of them hides what a finding rests on; " +
			"that shares its requests with everything else in the run, and adds one to the refresh of an organization that is managed whole. " +
			"Use the token of a Global Reader, Project Administrator or Global Administrator: " +
			"SignPath shows others only the projects that they have a right on, without saying that there are more.\n\n" +
			vocabulary.ReadRule + " That whoever submitted a request reads it goes beside: no list says who that was.\n\n" +
			"A data source is read before the changes of a plan are made. So in a plan, this one tells of the organization as it is; " +
			"in a `check` block, it is read again at the end of the apply. " +
			"With `depends_on`, or with a filter that is known after apply, it is read in the apply, after what it depends on: name the memberships of groups there, too. " +
			"What a plan would do is what `signpathctl review plan` tells before.",
		Attributes: map[string]schema.Attribute{
			run.AttrProject: schema.StringAttribute{
				Optional: true, Validators: []validator.String{run.IsSlug()},
				MarkdownDescription: "Only what holds in this project, or is found there: its slug. What is in the project counts with it. " +
					"One that the token does not see is an error.",
			},
			run.AttrSigningPolicy: schema.StringAttribute{
				Optional: true, Validators: []validator.String{run.IsSlug(), stringvalidator.AlsoRequires(path.MatchRoot(run.AttrProject))},
				MarkdownDescription: "Only what holds in this signing policy of the project, or is found there: its slug. One that the token does not see is an error.",
			},
			attrPrincipal: schema.StringAttribute{
				Optional: true, Validators: []validator.String{run.IsEntry()},
				MarkdownDescription: "Only what this principal has, or has to do with: a member reference such as `user:dev.lead@example.com`. " +
					"A group stands for whoever has something through it. One that does not exist is an error.",
			},
			attrPermission: schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(vocabulary.SignPath.PermissionNames()...)},
				MarkdownDescription: "Only entries with this permission: " + code(vocabulary.SignPath.PermissionNames()) + ". Findings are not narrowed by it, because they are about several at once.",
			},
			"entries": schema.ListNestedAttribute{
				Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: accessEntryAttributes()},
				MarkdownDescription: "Who may do what, where and why, ordered by place, permission and member. " +
					"What holds in the organization or in a project has an entry for each place in it, too, " +
					"so that no other place has to be looked at. In a large organization these are thousands: narrow them.",
			},
			"findings": schema.ListNestedAttribute{
				Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: findingAttributes()},
				MarkdownDescription: "What is wrong with that, the worst first. Nothing is said of what the server does not tell, and of what the token cannot see.",
			},
			"excepted_findings": schema.ListNestedAttribute{
				Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: exceptedFindingAttributes()},
				MarkdownDescription: "The findings that an exception lets pass, which are not among `findings`.",
			},
			"gaps": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Sentences on what SignPath refused to show to the token, ordered. No rule fires on what is in a gap, " +
					"so a check that must not miss anything has to look at this list, too.",
			},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *accessReviewDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model accessReviewModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := survey.Read(ctx, d.Client, nil)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading the organization for the review", Needs: run.NeedsAnyRole}, err)
		return
	}
	model.review(found, d.Rulebook(), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}

// review fills in what the arguments show of the organization.
func (m *accessReviewModel) review(found *survey.Survey, rulebook review.Rulebook, diags *diag.Diagnostics) {
	filter, err := m.filter()
	if err != nil {
		diags.AddError("Invalid filter", tfkit.Sentence(err.Error()))
		return
	}
	shown, err := filter.On(found.Organization)
	if err != nil {
		addFilterErrors(diags, err, found.Gaps)
		return
	}
	report, err := review.Review(found.Organization, rulebook)
	if err != nil {
		diags.AddError("Invalid rules", tfkit.Sentence(err.Error()))
		return
	}
	report = shown.Report(report)
	m.Entries = newAccessEntryRecords(shown.Access(review.Effective(found.Organization)))
	m.Findings = newFindingRecords(report.Findings)
	m.ExceptedFindings = newExceptedFindingRecords(report.Excepted)
	m.Gaps = append([]string{}, found.Gaps...)
}

// addFilterErrors reports each filter that names what the token does not see, and
// what it could not see at all, which may be why.
func addFilterErrors(diags *diag.Diagnostics, err error, gaps []string) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		diags.AddError("Invalid filter", tfkit.Sentence(err.Error()))
		return
	}
	for _, one := range joined.Unwrap() {
		var refused *review.FilterError
		if !errors.As(one, &refused) {
			continue
		}
		summary, advice := "Unknown object", "One that nobody may use and one that is not there would look alike. Correct the slug."
		if refused.Kind == "" {
			summary, advice = run.Explain(run.Failure{}, refused)
		}
		detail := append([]string{tfkit.Sentence("The review finds nothing to show: " + refused.Error())}, gaps...)
		run.AddError(diags, path.Root(cmp.Or(refused.Kind, attrPrincipal)), summary, strings.TrimSpace(strings.Join(append(detail, advice), "\n\n")))
		if refused.Kind == vocabulary.PlaceProject {
			return // Its signing policy is then missing, too.
		}
	}
}

// code lists values in documentation.
func code(values []string) string {
	quoted := slices.Clone(values)
	for i := range quoted {
		quoted[i] = "`" + quoted[i] + "`"
	}
	return strings.Join(quoted, ", ")
}
