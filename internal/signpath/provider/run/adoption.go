package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What becomes of a create for something that exists already.

// AttrAdoptExisting is the attribute that lets a create take over what exists.
const AttrAdoptExisting = "adopt_existing"

// AdoptExistingAttribute describes it; what says what it takes over.
func AdoptExistingAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: fmt.Sprintf("Whether the create takes over %s, instead of failing. The plan and the apply say so in a warning. Defaults to `false`. It has no effect after the create.", what),
	}
}

// TakesOverAttribute has the id of what the plan of a create takes over.
func TakesOverAttribute(what string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: fmt.Sprintf("Id of %s that exists already, where the create takes it over: with `adopt_existing`, or when the resource is replaced. "+
			"It is also that of what a destroy has left, of which a plan only warns, and which an apply takes over for none but these. "+
			"Null where the create makes a new one, after an import, and where it is only known after apply whom the create is about. "+
			"It is known in every plan, and stays as it is after the create.%s", what, RefusedIfChanged),
		PlanModifiers: []planmodifier.String{OfCreate{}},
	}
}

// CheckExisting reports a principal to be created that exists: Terraform must
// not take over what it did not make without being told. One that this run
// replaces by itself, as after a create that failed half-way, is taken up again. Of what a
// destroy leaves a plan only warns, and plans to take it up: with create_before_destroy, a
// replacement plans its create again in the apply, which nothing there tells from that.
func (s *Session) CheckExisting(ctx context.Context, existing access.Principal, adopt bool, at path.Path, diags *diag.Diagnostics) {
	if RefuseUnmanageable(existing, at, diags) {
		return
	}
	s.planTakeUp(existing, adopt, at, diags)
	if adopt || s.Replaced.Has(existing.ID) { // TellTakeover says so.
		return
	}
	isLeft, err := s.isLeft(ctx, existing)
	AddFailure(diags, Failure{At: at, Doing: "Looking at " + existing.String(), Needs: NeedsAnyRole}, err)
	if !isLeft {
		diags.AddAttributeError(at, "Already exists", fmt.Sprintf("The organization has %s already. %s", existing, takeItOver(existing)))
		return
	}
	s.Departed.left.Add(existing.Reference().Folded().String())
	how := "deactivated"
	if existing.Kind == access.KindGroup {
		how = "with nobody in it"
	}
	AddWarning(diags, at, fmt.Sprintf("Already exists: %s, %s", existing.Reference(), how), fmt.Sprintf(
		"The organization has %s already, %s, as a destroy leaves it. "+
			"In a destroy there is nothing to do about it.%s %s", existing, how, refusedByApply, takeItOver(existing)))
}

// TellTakeover says in the plan that something will be taken over, and what it was given:
// nothing else in the plan of a create shows that. isActive is whether it will be active.
func (s *Session) TellTakeover(ctx context.Context, existing access.Principal, isActive bool, diags *diag.Diagnostics) {
	if s.Replaced.Has(existing.ID) || s.IsWarnedOf(existing) {
		return // This run replaces it by itself, or does nothing with it.
	}
	at := path.Root(AttrAdoptExisting)
	held, ok := s.whatItHolds(ctx, existing, at, diags)
	if !ok {
		return
	}
	var becomes string
	switch {
	case existing.Kind == access.KindGroup:
		becomes = fmt.Sprintf("%s counts %s, for whoever is in it: %s", existing.Reference(), held, s.membersOf(ctx, existing, diags))
	case !isActive:
		becomes = fmt.Sprintf("%s is inactive then; what it was given comes back when it is activated: %s", existing.Reference(), held)
	case existing.Active:
		becomes = fmt.Sprintf("%s stays active, %s", existing.Reference(), held)
	default:
		becomes = fmt.Sprintf("%s is active again, %s", existing.Reference(), held)
	}
	AddWarning(diags, at, fmt.Sprintf("Existing object will be taken over: %s", existing), fmt.Sprintf(
		"%s exists already%s. It will not be created, but given the settings of this resource. %s.", existing, inactiveNote(existing), becomes))
}

// membersOf names the direct members of a group.
func (s *Session) membersOf(ctx context.Context, group access.Principal, diags *diag.Diagnostics) string {
	ids, err := s.Client.Members(ctx, s.GroupTarget(vocabulary.GroupMembers, group))
	var names []string
	if err == nil {
		names, err = s.SpellMembers(ctx, ids, nil)
	}
	AddFailure(diags, Failure{Doing: "Naming the members of " + group.String(), Needs: NeedsAnyRole}, err)
	slices.Sort(names)
	return JoinOrNobody(names)
}

// WarnOfAdoption says in the apply that something was taken over.
func WarnOfAdoption(existing access.Principal, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(AttrAdoptExisting), fmt.Sprintf("Existing object was taken over: %s", existing), fmt.Sprintf(
		"%s existed already%s. It was not created, but given the settings of this resource.", existing, inactiveNote(existing)))
}

func inactiveNote(p access.Principal) string {
	if p.Active {
		return ""
	}
	return ", deactivated"
}

// RefuseUnmanageable reports a principal that cannot be managed, and tells
// whether it did.
func RefuseUnmanageable(p access.Principal, at path.Path, diags *diag.Diagnostics) bool {
	switch vocabulary.ManagedBy(p) {
	case vocabulary.Directory:
		diags.AddAttributeError(at, "Synchronized from a directory", fmt.Sprintf(
			"%s is synchronized from your organization's directory, and SignPath refuses to edit it. Change it in the directory. "+
				"To grant it rights, name it on an access list as %q, without this resource.",
			p, p.Reference()))
	case vocabulary.SupportStaff:
		AddError(diags, at, "Support user", fmt.Sprintf(
			"%s is the account of SignPath's support staff. "+
				"It is authorized and withdrawn on the organization page of SignPath's web application, and not managed with Terraform.", p))
	default:
		return false
	}
	return true
}
