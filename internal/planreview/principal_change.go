package planreview

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// after returns the principals as the plan leaves them. What it does not change stays
// as it is now.
func (p *principals) after(plan contents) *principals {
	next := p.clone()
	for _, i := range plan.managed {
		if kind, ok := principalKinds[i.kind]; ok && i.touches() {
			next.change(kind, i, plan.vocabulary)
		}
	}
	for _, i := range plan.managed {
		if i.touches() {
			next.noteToken(i, i.after)
			next.dismiss(i, plan.vocabulary)
		}
	}
	// Only then: another resource may assign the next role to the same user.
	for _, i := range plan.managed {
		if i.touches() {
			next.assignRole(i, i.after)
		}
	}
	return next
}

func (p *principals) clone() *principals {
	copied := &principals{byID: map[string]*review.Principal{}, byName: map[access.Reference]*review.Principal{}}
	same := map[*review.Principal]*review.Principal{}
	for _, principal := range p.all {
		other := *principal
		same[principal] = &other
		copied.all = append(copied.all, &other)
	}
	for id, principal := range p.byID {
		copied.byID[id] = same[principal]
	}
	for name, principal := range p.byName {
		copied.byName[name] = same[principal]
	}
	return copied
}

// change does to a principal what the plan does to its resource.
func (p *principals) change(kind access.Kind, i *instance, vocabulary *access.Vocabulary) {
	was, is := i.before, i.after
	if was != nil && is != nil && !i.actions.Replace() {
		p.update(principalOf(kind, was), plannedPrincipal(kind, was, is))
		return
	}
	if was != nil {
		p.deactivate(principalOf(kind, was))
	}
	if is == nil {
		return
	}
	if found := p.put(plannedPrincipal(kind, was, is)); found != nil && found.Role == "" && kind != access.KindGroup && !is.is("adopt_existing") {
		found.Role = vocabulary.Least
	}
}

// deactivate is what a destroy does to a user: SignPath deletes no account.
func (p *principals) deactivate(was review.Principal) {
	if found := p.sameAs(was); found != nil && was.Kind != access.KindGroup {
		found.Active, found.Invited = false, false
	}
}

// update makes the difference between two versions of a principal.
func (p *principals) update(was, is review.Principal) {
	found := p.sameAs(was)
	if found == nil {
		p.put(is)
		return
	}
	delete(p.byName, found.Reference().Folded())
	carry(&found.Name, was.Name, is.Name)
	carry(&found.Email, was.Email, is.Email)
	carry(&found.Role, was.Role, is.Role)
	if was.Active != is.Active {
		found.Active = is.Active
	}
	if was.Invited != is.Invited || !found.Active {
		found.Invited = is.Invited
	}
	if is.InvitationExpires != nil {
		found.InvitationExpires = is.InvitationExpires
	}
	p.byName[found.Reference().Folded()] = found
}

// carry sets what changes, and is known afterwards.
func carry[T ~string](to *T, was, is T) {
	if was != is && is != "" {
		*to = is
	}
}

func (p *principals) sameAs(principal review.Principal) *review.Principal {
	if found := p.byID[principal.ID]; found != nil {
		return found
	}
	return p.byName[principal.Reference().Folded()]
}

// dismiss takes the role of a resource away. Who has one no longer has the least.
func (p *principals) dismiss(assignment *instance, vocabulary *access.Vocabulary) {
	if assignment.kind != "role_assignment" || assignment.before == nil {
		return
	}
	if reference, err := access.ParseReference(assignment.before.Text("member")); err == nil {
		p.find(reference).Role = vocabulary.Least
	}
}

// plannedPrincipal is what a resource plans. Whether somebody is still invited is
// mostly known from before only; and who was inactive is invited again as long as no
// identity is linked.
func plannedPrincipal(kind access.Kind, was, is *object) review.Principal {
	principal := principalOf(kind, is)
	if was != nil && is.Text("status") == "" {
		principal.Invited = kind == access.KindUser && isInvited(was)
	}
	return principal
}
