package baselineprovider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

const (
	// maxEffective bounds how much inheritance is spelled out.
	maxEffective = 20000
	// maxWarned bounds how many steps, findings and changes a warning has. All stand in the
	// attributes.
	maxWarned = 40
	// maxRemoved bounds how many principals there may be for a destroy to tell the steps that
	// would take their access.
	maxRemoved = 10
)

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *baselineResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var before *record
	if !req.State.Raw.IsNull() {
		rec, diags := r.recorded(ctx, req.State)
		resp.Diagnostics.Append(diags...)
		before = &rec
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if req.Plan.Raw.IsNull() {
		r.warnOfDestroy(*before, &resp.Diagnostics)
		return
	}
	c, diags := r.read(ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	if before != nil && before.organization != "" && c.organization != "" && before.organization != c.organization {
		before = nil // Another organization is another record.
	}
	refuseUnknownAttestation(c.unknown, &resp.Diagnostics)
	b, a, diags := r.parse(c, r.now())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if len(c.unknown) > 0 {
		r.planUnknown(ctx, c, &resp.Plan, &resp.Diagnostics)
		return
	}
	p := &planned{baselineResource: r, configuration: c, Baseline: b, attestation: a, before: before}
	p.judge()
	p.set(ctx, &resp.Plan, &resp.Diagnostics)
	p.tell(&resp.Diagnostics)
}

// planUnknown is for a configuration of which parts are only known after apply. Nothing is
// concluded from the rest.
func (r *baselineResource) planUnknown(ctx context.Context, c configuration, plan *tfsdk.Plan, diags *diag.Diagnostics) {
	for name, value := range map[string]attr.Value{
		attrDigest: types.StringUnknown(), attrConfirmation: types.StringUnknown(), attrOutstandingSince: types.StringUnknown(), attrOverdue: types.BoolUnknown(),
		attrSteps: types.ListUnknown(types.StringType), attrDeviations: types.ListUnknown(types.StringType), attrFindings: types.ListUnknown(types.StringType),
		attrEffective: types.MapUnknown(grantsType.ElemType), attrAttestedGrants: types.MapUnknown(grantsType.ElemType),
	} {
		diags.Append(plan.SetAttribute(ctx, path.Root(name), value)...)
	}
	var parts []string
	for _, at := range c.unknown {
		parts = append(parts, at.String())
	}
	slices.Sort(parts)
	diags.AddAttributeWarning(path.Root(attrGrants), "Not known what access should be", fmt.Sprintf(
		"Only known after apply: %s. So this plan tells no steps and no findings; the plan after the apply does. "+
			"A reviewer sees more if places, roles and principals are written out.\n\nThis apply changes nothing at %s.",
		review.SpellFew(slices.Compact(parts), "other part", "other parts"), r.Name))
}

// planned is a baseline that is planned, and all of it is known.
type planned struct {
	*baselineResource
	configuration
	baseline.Baseline
	attestation *baseline.Attestation
	before      *record
	past        *baseline.Past

	verdict  baseline.Verdict
	steps    []baseline.Step
	findings []baseline.Finding
	digest   string
}

func (p *planned) judge() {
	if p.before != nil {
		p.past = p.before.past(p.configuration)
	}
	p.digest = p.Digest()
	p.verdict = p.Judge(p.attestation, p.past, p.settings)
	p.findings = append(p.Review(p.settings, p.Wishes), p.verdict.Findings...)
	if !p.verdict.Confirmed {
		p.steps = p.Steps(p.verdict.Known)
	}
}

// model is that of the baseline, with what the configuration declares.
func (p *planned) model() *baseline.Model { return p.Declared.Model }

// isChanged tells whether the plan changes what access should be.
func (p *planned) isChanged() bool { return p.before == nil || p.before.digest != p.digest }

func (p *planned) isFollowedUpElsewhere() bool {
	return p.model().Rules.SeverityOf(baseline.RuleUnattested, p.settings) == review.Ignore
}

// set plans the computed attributes.
func (p *planned) set(ctx context.Context, plan *tfsdk.Plan, diags *diag.Diagnostics) {
	isOverdue := p.verdict.Cause == baseline.CauseOverdue
	values := map[string]attr.Value{
		attrDigest: types.StringValue(p.digest), attrOverdue: types.BoolValue(isOverdue),
		attrSteps: textsValue(baseline.Format(p.steps)), attrDeviations: textsValue(p.verdict.Deviations), attrFindings: textsValue(p.findingTexts()),
		attrEffective: p.effective(), attrAttestedGrants: grantsValue(p.known()),
		attrConfirmation: types.StringUnknown(), attrOutstandingSince: types.StringUnknown(),
	}
	switch {
	case p.verdict.Confirmed:
		values[attrConfirmation] = types.StringValue(fmt.Sprintf("confirmed by %s on %s", p.attestation.By, p.attestation.On))
		values[attrOutstandingSince] = types.StringNull()
	case isOverdue:
		values[attrOutstandingSince] = types.StringValue(string(p.before.due()))
	case !p.isChanged() && p.before.outstandingSince != "":
		values[attrOutstandingSince] = types.StringValue(string(p.before.outstandingSince))
	}
	if !p.verdict.Confirmed && p.isFollowedUpElsewhere() {
		values[attrConfirmation] = types.StringValue("not confirmed")
	}
	for name, value := range values {
		diags.Append(plan.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// known are the grants from which later steps start.
func (p *planned) known() baseline.Written {
	if p.verdict.Known == nil {
		return nil
	}
	return p.model().Write(p.verdict.Known)
}

func (p *planned) findingTexts() []string {
	texts := access.Spell(p.findings)
	if p.verdict.Unchanged {
		texts = append(texts, p.before.keptFindings(p.model().Rules, p.settings)...)
	}
	return texts
}

func (p *planned) effective() types.Map {
	all := p.Effective()
	if len(all) > maxEffective {
		return types.MapNull(grantsType.ElemType)
	}
	written := baseline.Written{}
	for _, held := range all {
		key, role := p.model().Vocabulary.PlaceKey(held.Place), string(held.Role)
		if held.Inherited() {
			role += " (inherited)"
		}
		if written[key] == nil {
			written[key] = map[string][]string{}
		}
		written[key][role] = append(written[key][role], held.Principal.String())
	}
	return grantsValue(written)
}

// tell warns of what is outstanding and found, and refuses what a rule denies.
func (p *planned) tell(diags *diag.Diagnostics) {
	var found []string
	for _, finding := range p.findings {
		text := finding.String() + " " + finding.Advice
		if finding.Severity == review.Deny && !finding.Note {
			diags.AddAttributeError(p.pathOf(finding), "Denied by a rule", text)
			continue
		}
		found = append(found, text)
	}
	if p.verdict.Cause == baseline.CauseOverdue && p.model().Rules.SeverityOf(baseline.RuleOverdue, p.settings) == review.Deny {
		diags.AddAttributeError(path.Root(attrAttestation), "Denied by a rule", fmt.Sprintf("%s (deny): %s", baseline.RuleOverdue, p.verdict.Reason))
	}
	if len(found) > 0 {
		diags.AddAttributeWarning(path.Root(attrGrants), "Findings in an access baseline", paragraphs(found))
	}
	if p.verdict.Confirmed {
		return
	}
	diags.AddAttributeWarning(path.Root(attrGrants), "This apply changes nothing at "+p.Name, p.outstanding())
}

// pathOf leads to what a finding is about.
func (p *planned) pathOf(finding baseline.Finding) path.Path {
	switch finding.Rule {
	case baseline.RuleAttestedByBeneficiary:
		return path.Root(attrAttestation).AtName(attrBy)
	case baseline.RuleAttestedUnseen:
		return path.Root(attrAttestation).AtName(attrDigest)
	}
	at := path.Root(attrGrants)
	if len(finding.Places) == 1 {
		key := p.model().Vocabulary.PlaceKey(finding.Places[0])
		if _, isThere := p.grants[key]; isThere {
			return at.AtMapKey(key)
		}
	}
	return at
}

// outstanding says what a person has to do.
func (p *planned) outstanding() string {
	verb := "are"
	if len(p.steps) == 1 {
		verb = "is"
	}
	text := []string{
		fmt.Sprintf("%s %s for a person: this apply changes nothing at %s.", review.Count(len(p.steps), "step"), verb, p.Name),
		p.verdict.Reason + " The digest of this baseline is " + p.digest + ".",
	}
	if changes := p.changes(); len(changes) > 0 {
		what := "What changes, once a person has done it:"
		if p.verdict.Known == nil {
			what = "What should be, and nobody has said yet how far it is:"
		}
		text = append(text, what, paragraphs(changes))
	}
	if len(p.verdict.Deviations) > 0 {
		text = append(text, "What was seen otherwise:", paragraphs(p.verdict.Deviations))
	}
	return strings.Join(append(text, "Steps, which the attribute steps and \""+p.Companion+" runbook\" tell in full, with how, by whom and what to take care of:",
		paragraphs(headlines(p.steps))), "\n\n")
}

// headlines number what steps do.
func headlines(steps []baseline.Step) []string {
	lines := make([]string, len(steps))
	for i, step := range steps {
		lines[i] = fmt.Sprintf("%d. %s", i+1, step.Headline())
	}
	return lines
}

// changes are told where the plan changes what access should be.
func (p *planned) changes() []string {
	if !p.isChanged() {
		return nil
	}
	return p.Sentences(p.verdict.Known)
}

// paragraphs sets texts below each other, as many as a reader looks at.
func paragraphs(texts []string) string {
	if more := len(texts) - maxWarned; more > 0 {
		texts = append(slices.Clone(texts[:maxWarned]), fmt.Sprintf("… and %d more, which stand in the attributes of the resource.", more))
	}
	return strings.Join(texts, "\n")
}

// warnOfDestroy says that nobody loses anything.
func (r *baselineResource) warnOfDestroy(rec record, diags *diag.Diagnostics) {
	held := slices.Concat(rec.granted, rec.known)
	var all []access.Reference
	seen := map[access.Reference]bool{}
	for _, g := range held {
		if key := g.Principal.Folded(); !seen[key] {
			seen[key] = true
			all = append(all, g.Principal)
		}
	}
	text := []string{fmt.Sprintf("Nobody loses anything at %s: whatever access %s there stays. "+
		"Only the record of what it should be goes, and with it who attested what.",
		r.Name, have(len(all)))}
	if len(all) > 0 && len(all) <= maxRemoved {
		slices.SortFunc(all, access.Reference.Compare)
		empty := baseline.Baseline{Model: rec.Model, Organization: rec.organization, Places: rec.Places}
		steps := slices.DeleteFunc(empty.Steps(held), func(s baseline.Step) bool { return s.Kind == baseline.KindLook })
		text = append(text, fmt.Sprintf("They are %s. "+
			"To take what they have would take a person these steps.%s", review.Enumerate(access.Spell(all)), rec.lastOfAll(held)),
			paragraphs(headlines(steps)))
	}
	diags.AddWarning("To destroy an access baseline takes access from nobody", strings.Join(text, "\n\n"))
}

// lastOfAll says what to take care of if all are taken what they hold.
func (r *record) lastOfAll(held []access.Grant) string {
	if len(r.Model.Administrators(held)) == 0 {
		return ""
	}
	return " After the last of them, nobody whom the baseline names can give access again: see that somebody else is an administrator before."
}

// have is as "3 principals have".
func have(count int) string {
	if count == 1 {
		return "1 principal has"
	}
	return review.Count(count, "principal") + " have"
}

// settle notes in an apply what the plan left open: since when something is outstanding.
func (r *baselineResource) settle(ctx context.Context, state *tfsdk.State) diag.Diagnostics {
	a := &Attributes{ctx: ctx, source: state}
	var confirmation, since types.String
	a.get(attrConfirmation, &confirmation)
	a.get(attrOutstandingSince, &since)
	if since.IsUnknown() {
		since = types.StringValue(string(baseline.DayOf(r.now())))
		a.diags.Append(state.SetAttribute(ctx, path.Root(attrOutstandingSince), since)...)
	}
	if confirmation.IsUnknown() {
		text := fmt.Sprintf("outstanding since %s: %s", since.ValueString(), review.Count(len(a.list(attrSteps)), "step"))
		a.diags.Append(state.SetAttribute(ctx, path.Root(attrConfirmation), types.StringValue(text))...)
	}
	return a.diags
}
