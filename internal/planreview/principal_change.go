package planreview

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// after returns the principals as the plan leaves them. What it does not change stays
// as it is now.
func (p *principals) after(plan contents) *principals {
	next := p.clone()
	for _, ends := range []bool{true, false} {
		for _, i := range plan.managed {
			if kind, ok := i.principal(); ok && i.touches() && (i.after == nil) == ends && !plan.isLeft(i) {
				next.change(kind, i, plan.vocabulary)
			}
		}
	}
	next.meetNew(plan)
	dismissed := map[*person]bool{}
	for _, i := range plan.managed {
		if i.touches() {
			next.noteToken(i, i.after)
			dismissed[next.dismiss(i, plan.vocabulary)] = true
		}
	}
	// Only then: another resource may assign the next role to the same user, or keep the one
	// that a deposed object gives up.
	for _, i := range plan.managed {
		if i.kind == "role_assignment" && i.after != nil && (i.touches() || dismissed[next.who(i.after, attributeMember)]) {
			next.assignRole(i, i.after)
		}
	}
	return next
}

// meetNew notes the ids of those whom the plan names anew.
func (p *principals) meetNew(plan contents) {
	for _, i := range plan.managed {
		if i.after == nil || !i.touches() {
			continue
		}
		switch {
		case i.kind == "role_assignment":
			p.meet(i.after, attributeMember, "id")
		case i.kind == kindHolders:
			p.named(holders, i.after)
		case i.kind == "ci_user_token":
			p.meet(i.after, "ci_user", "id")
		case i.list != nil:
			p.named(i.list, i.after)
		}
	}
}

// isLeft tells whether an account or group that is destroyed is the one of another instance:
// one that takes it over, or has it since an apply that ended half-way. The provider then only
// forgets it.
func (c contents) isLeft(i *instance) bool {
	return i.after == nil && i.before.id("id") != "" && slices.ContainsFunc(c.managed, func(other *instance) bool {
		return other != i && other.kind == i.kind && other.after != nil &&
			(other.after.id("id") == i.before.id("id") || other.creates() && other.after.id(attributeTakesOver) == i.before.id("id"))
	})
}

func (p *principals) clone() *principals {
	copied := &principals{
		byID: map[string]*person{}, byName: map[access.Reference]*person{}, former: map[access.Reference]*person{},
		hidden: p.hidden, secrets: p.secrets,
	}
	same := map[*person]*person{}
	for _, principal := range p.all {
		other := *principal
		same[principal] = &other
		copied.all = append(copied.all, &other)
	}
	for id, principal := range p.byID {
		copied.byID[id] = same[principal]
	}
	for _, names := range []map[access.Reference]*person{p.former, p.byName} {
		for name, principal := range names {
			copied.former[name] = same[principal]
		}
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
		p.update(principalOf(kind, was), plannedPrincipal(kind, was, is), i.address)
		return
	}
	if was != nil {
		p.deactivate(principalOf(kind, was))
	}
	if is == nil {
		return
	}
	news := plannedPrincipal(kind, was, is)
	if id := is.id(attributeTakesOver); id != "" {
		news.ID = id
		if one := p.byID[id]; one != nil {
			news.Invited = one.Invited
		}
	}
	if found := p.put(news, i.address); found != nil && found.Role == "" && kind != access.KindGroup && !is.mayTakeOver() {
		found.Role = vocabulary.Least
	}
}

// mayTakeOver tells whether a create may find the account, or the group, there already. What
// the plan says of whom it takes over is for sure.
func (o *object) mayTakeOver() bool {
	if value, told := o.values[attributeTakesOver]; told {
		return value != nil
	}
	return o.is(attributeAdoptExisting) || o.unknown.holds(attributeTakesOver)
}

// deactivate is what a destroy does to a user: SignPath deletes no account.
func (p *principals) deactivate(was review.Principal) {
	if found := p.sameAs(was); found != nil && was.Kind != access.KindGroup {
		found.Active = false // Who was invited still is, and shows it when activated again.
	}
}

// update makes the difference between two versions of a principal.
func (p *principals) update(was, is review.Principal, address string) {
	found := p.sameAs(was)
	if found == nil {
		p.put(is, address)
		return
	}
	p.unname(found)
	p.holders = nil
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
	found.address = address
	p.byName[found.Reference().Folded()] = found
}

// carry sets what changes, and is known afterwards.
func carry[T ~string](to *T, was, is T) {
	if was != is && is != "" {
		*to = is
	}
}

func (p *principals) sameAs(principal review.Principal) *person {
	if found := p.byID[principal.ID]; found != nil {
		return found
	}
	return p.byName[principal.Reference().Folded()]
}

// dismiss takes the role of a resource away, and returns from whom, or nil. Who has one no
// longer has the least.
func (p *principals) dismiss(assignment *instance, vocabulary *access.Vocabulary) *person {
	if assignment.kind != "role_assignment" || assignment.before == nil || !assignment.before.grants() {
		return nil
	}
	one := p.who(assignment.before, attributeMember)
	one.Role = vocabulary.Least
	return one
}

// plannedPrincipal is what a resource plans. Whether somebody is still invited is
// mostly known from before only; and who was inactive is invited again as long as no
// identity is linked.
func plannedPrincipal(kind access.Kind, was, is *object) review.Principal {
	principal := principalOf(kind, is)
	if was != nil && is.Boolean("active") == nil {
		// What cannot be read is told as such, and taken for unchanged.
		active := was.Boolean("active")
		principal.Active = active == nil || *active
	}
	if was != nil && is.Text("status") == "" {
		principal.Invited = kind == access.KindUser && isInvited(was)
	}
	return principal
}
