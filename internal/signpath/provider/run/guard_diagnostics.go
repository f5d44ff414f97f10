package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// GuardAccess judges a change of access, and reports what it newly causes. It tells whether
// there was something to judge.
func (s *Session) GuardAccess(ctx context.Context, c AccessChange, diags *diag.Diagnostics) bool {
	if c.Gains.IsEmpty() && c.Losses.IsEmpty() {
		return false
	}
	judged, err := s.Guard.Add(ctx, c.Change)
	if err != nil {
		AddFailure(diags, Failure{At: c.At(review.Finding{}), Doing: "Checking the guardrails", Needs: NeedsAnyRole}, err)
		return false
	}
	c.warnOfSupport(s, diags)
	c.tell(s, slices.DeleteFunc(judged.Caused, func(f review.Finding) bool { return c.isTold(s, f) }), diags)
	for _, finding := range judged.Late {
		late := c
		late.Replaceable, late.Expires = finding.Replaceable, false
		late.tell(s, []review.Finding{finding.Finding}, diags)
	}
	// Who set guardrails relies on them.
	if len(judged.Gaps) > 0 && len(s.rules) > 0 {
		diags.AddWarning("The guardrails do not see the whole organization", fmt.Sprintf(
			"What the token may not read is not judged:\n  - %s\n\nA Global Administrator or Global Reader sees everything.", strings.Join(judged.Gaps, "\n  - ")))
	}
	return true
}

// isTold tells whether the plan says without the finding what it says: whom the plan invites has not
// accepted that, and whom it ends is not active. Among approvers it counts who has accepted, so there
// it is told; and so is what the guardrails set a rule for.
func (c AccessChange) isTold(s *Session, f review.Finding) bool {
	if _, isSet := s.rules[f.Rule]; isSet {
		return false
	}
	isOld := func(r access.Reference) bool { p, ok := s.Planned.Find(r); return !ok || p.ID != "" }
	approves := func(r review.Reason) bool { return r.Holder().Role() == vocabulary.Approvers.Role() }
	switch f.Rule {
	case vocabulary.InvitedEntry:
		return !slices.ContainsFunc(f.Principals, isOld) && !slices.ContainsFunc(f.Reasons, approves)
	case vocabulary.InactiveEntry:
		return c.isEnd
	}
	return false
}

// tell reports findings, one rule at a time.
func (c AccessChange) tell(s *Session, caused []review.Finding, diags *diag.Diagnostics) {
	for len(caused) > 0 {
		rule := caused[0].Rule
		isOther := func(f review.Finding) bool { return f.Rule != rule }
		c.report(slices.DeleteFunc(slices.Clone(caused), isOther), s.rules[rule].Severity == review.Deny, diags)
		caused = slices.DeleteFunc(slices.Clone(caused), func(f review.Finding) bool { return f.Rule == rule })
	}
}

// warnOfSupport says that the support user comes onto a list, also through a group: an
// administrator authorizes and withdraws that account with one switch, and an entry outlives that.
func (c AccessChange) warnOfSupport(s *Session, diags *diag.Diagnostics) {
	warn := func(entry, support access.Principal, through string) {
		AddWarning(diags, c.At(review.Finding{Principals: []access.Reference{entry.Reference()}}),
			fmt.Sprintf("Support user gets an entry: %s among %s%s", support.Reference(), c.list, through),
			fmt.Sprintf("%s is the account of SignPath's support staff, who could then act on it for your organization. "+
				"The entry stays when you withdraw the account on the organization page of SignPath's web application, and counts again as soon as it is authorized again.", support))
	}
	for _, p := range c.Principals {
		isIts := func(e review.Entry) bool { return e.Member.Same(p.Reference()) || e.Member.Same(p.IDReference()) }
		switch isNew := slices.ContainsFunc(c.Gains.Added, isIts); {
		case isNew && p.Support:
			warn(p, p, "")
		case isNew && p.Kind == access.KindGroup:
			group := s.KeyReference(MemberKey(p))
			for _, gain := range review.ChangeOfList(s.Guard.People(c.Change, group), review.Entries{}, review.EntriesOf(group)).Gains {
				if user, err := s.Client.Known().Find(gain.Principal); err == nil && user.Support {
					warn(p, user, fmt.Sprintf(" (through %s)", p.Reference()))
				}
			}
		}
	}
}

// report tells the findings of one rule, which is denied by the guardrails themselves
// or else has its default.
func (c AccessChange) report(found []review.Finding, denied bool, diags *diag.Diagnostics) {
	rule, _ := vocabulary.Rules.ByID(found[0].Rule)
	at := c.At(found[0])
	for _, finding := range found {
		if !c.At(finding).Equal(at) {
			at = c.At(review.Finding{})
		}
	}
	summary, detail := guardrailSummary(rule, found), guardrailDetail(rule, found)
	switch {
	case found[0].Severity != review.Deny:
		AddWarning(diags, at, summary, detail)
	case rule.Absence && c.Replaceable && !denied:
		AddWarning(diags, at, summary, detail+"\n\nThis is only a warning, because another resource of the plan may mend it.")
	case c.Expires:
		AddWarning(diags, at, summary, detail+"\n\nThis is only a warning, because valid_until has passed: an error would stop every plan from that day on.")
	default:
		AddError(diags, at, summary, detail+"\n\n"+guardrailOrder(rule)+"\n\n"+DestroyNote)
	}
}

// guardrailSummary says what was found, because of warnings with one summary Terraform
// shows only the first.
func guardrailSummary(rule review.Rule, found []review.Finding) string {
	summary := fmt.Sprintf("Guardrail %s: %s", rule.ID, strings.TrimSuffix(found[0].Sentence, "."))
	if more := len(found) - 1; more > 0 {
		summary += fmt.Sprintf(" (and %d more)", more)
	}
	return summary
}

func guardrailDetail(rule review.Rule, found []review.Finding) string {
	var text strings.Builder
	text.WriteString("With this change:")
	for _, finding := range found {
		fmt.Fprintf(&text, "\n  - %s", finding.Sentence)
		for _, reason := range finding.Reasons {
			fmt.Fprintf(&text, "\n      %s", reason)
		}
	}
	fmt.Fprintf(&text, "\n\n%s To accept it, change the rule %s in guardrails of the provider block, or add an exception there.", rule.Advice, rule.ID)
	return text.String()
}

// DestroyNote says how what a plan refuses is destroyed: without a refresh, Terraform does not
// plan normally before.
const DestroyNote = "A destroy is stopped by this, too, unless it is run as `terraform destroy -refresh=false`."

// guardrailOrder says why what another resource does is no help.
func guardrailOrder(rule review.Rule) string {
	if rule.Absence {
		return "Whom other resources of the plan add does not count, because Terraform may get to them later, or not at all: add them first, in an apply of its own."
	}
	return "What other resources of the plan take away does not count, because Terraform may get to them later, or not at all: take it away first, in an apply of its own."
}
