package provider

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A guard judges what each resource of a plan changes about access, by the guardrails.
//
// It sees the resources one by one, in an order that nobody knows, and Terraform
// carries them out in such an order, too, and may stop half way. So each change must
// be sound whichever of the others come before it: what others of the plan grant
// counts against it, and what they take away does not count for it; and where somebody
// must not be missing, it is the other way round. What counts grows with the plan, so
// the last one of several resources that are wrong only together is the one to be told.
// And because the apply, which plans again, never sees more of that than the plan did,
// it finds nothing that the plan did not find, unless SignPath changed meanwhile.
type guard struct {
	client   *api.Client
	rulebook review.Rulebook

	mu sync.Mutex
	// changes are those that the run has planned so far.
	changes []accessChange
	views   map[reach]*view
	// toldGaps is true once a warning said what the token may not see.
	toldGaps bool
}

func newGuard(client *api.Client, rulebook review.Rulebook) *guard {
	// That is judged where it is caused, and there it can be allowed; see lockout.go.
	rulebook.Rules = maps.Clone(rulebook.Rules)
	if rulebook.Rules == nil {
		rulebook.Rules = map[string]review.RuleSetting{}
	}
	rulebook.Rules[vocabulary.NoGlobalAdministrator] = review.RuleSetting{Severity: review.Ignore}
	return &guard{client: client, rulebook: rulebook, views: map[reach]*view{}}
}

// An accessChange is what one resource changes about access.
type accessChange struct {
	// principals are those whom the plan names: it may be about to create them.
	principals []access.Principal
	// gains is by what somebody may do more, and losses by what somebody may do less.
	gains, losses review.Delta
	// list is spelled out in messages; empty for an account.
	list string
	// reach is how much of the organization has to be looked at.
	reach reach
	// account is whose account changes, by all references; empty for a list. accountBefore
	// is what it was.
	account       []access.Reference
	accountBefore []review.AccountChange
	// ends is true for the destroy of a resource: what it takes from a list is no list of
	// this configuration any more.
	ends bool
	// replaceable is true for one entry of a list, and for what is destroyed: the plan
	// may put another in its place. That somebody is missing is then only warned of,
	// unless the guardrails themselves deny it.
	replaceable bool
	// at says on which attribute a finding is reported.
	at func(review.Finding) path.Path
}

// A view is a part of the organization: with what the plan adds to it; the same with
// what it takes from accounts, because whoever is deactivated is found on lists, too;
// without what the plan takes away; and as it is. The last is for what nobody is to
// blame for in the one before: where a resource puts somebody in another's place, that
// counts nobody, and who takes the next one away must still be told.
//
// Those begin as if somebody could submit everywhere, so that whoever comes to submit is
// not blamed for approvers who were missing before. ended is less, without what resources
// took away that this plan destroys: of it there is nothing to warn of.
type view struct {
	original                          review.Organization
	with, less, ended, without, alone world
	// unused are findings that were not told, because nobody can submit there.
	unused []unusedFinding
	// gaps are sentences on what the token could not see, on which no rule fires.
	gaps []string
}

// An unusedFinding begins to matter once somebody can submit.
type unusedFinding struct {
	review.Finding
	// replaceable is that of the change which causes it.
	replaceable bool
}

// A world is an organization to which changes of the plan were applied, in their order.
type world struct {
	reach reach
	// of is what it counts of a change, and ignores is the rest.
	of, ignores func(accessChange) review.Delta
	// finds tells whether a finding can be judged by that.
	finds   func(review.Finding) bool
	current review.Organization
	applied int
	// known are all references of those whom the current organization has; nil if they
	// were not asked for.
	known map[access.Reference]bool
	// findings are those of the current organization; nil if it was not reviewed.
	findings []review.Finding
}

// A judgement is what a guard has to say about one change.
type judgement struct {
	// caused are the findings that the change newly causes.
	caused []review.Finding
	// late are those that earlier changes cause, and that matter by this one.
	late []unusedFinding
	// after is the organization as it will be, as far as the plan has got.
	after review.Organization
	// gaps are what the token could not see, if nobody was told yet.
	gaps []string
}

// add notes the change, and judges it.
func (g *guard) add(ctx context.Context, c accessChange) (j judgement, err error) {
	v, err := g.view(ctx, c.reach)
	if err != nil {
		return j, err
	}
	if j, err = g.judge(v, c); err != nil {
		return j, err
	}
	j.caused = g.rulebook.AsIntroduced(j.caused)
	// A membership is found once, whichever lists it leads to, also out of reach.
	if !c.reach.everywhere && slices.ContainsFunc(j.caused, isOfMembership) {
		j.caused, err = g.withoutKnown(ctx, j.caused)
	}
	return j, err
}

// holdings are what a principal was given: what SignPath has now, and what the plan has
// added so far. isPart is true where the token does not see everything.
func (g *guard) holdings(ctx context.Context, member access.Reference) (held []review.Holding, isPart bool, err error) {
	v, err := g.view(ctx, reach{everywhere: true})
	if err != nil {
		return nil, false, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	v.with.apply(g.changes[v.with.applied:]...)
	return review.HoldingsOf(v.with.current, member), len(v.gaps) > 0, nil
}

// withoutKnown leaves out the findings that are elsewhere in the organization, too.
func (g *guard) withoutKnown(ctx context.Context, caused []review.Finding) ([]review.Finding, error) {
	v, err := g.view(ctx, reach{everywhere: true})
	if err != nil {
		return nil, err
	}
	report, err := review.Review(v.original, g.rulebook)
	return review.Compare(report.Findings, caused).Introduced, err
}

// isOfMembership tells whether a finding is about a member of a group, and so about no
// place of its own.
func isOfMembership(finding review.Finding) bool {
	return len(finding.Places) == 0 && len(finding.Principals) > 1
}

func (g *guard) judge(v *view, c accessChange) (j judgement, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changes = append(g.changes, c)
	for _, w := range v.worldsOf(g.changes) {
		if j.caused, err = w.judge(g.changes, g.rulebook, j.caused); err != nil {
			return j, err
		}
	}
	if j.caused, err = g.withoutEnded(v, c, j.caused); err != nil {
		return j, err
	}
	j.caused, j.late = g.withoutUnused(v, c, j.caused), g.used()
	j.after = v.with.current.With(c.losses)
	if !g.toldGaps {
		g.toldGaps, j.gaps = len(v.gaps) > 0, v.gaps
	}
	return j, nil
}

// isWarning tells whether a finding of the change is only warned of.
func (g *guard) isWarning(c accessChange, finding review.Finding) bool {
	rule := g.rule(finding)
	if g.rulebook.AsIntroduced([]review.Finding{finding})[0].Severity != review.Deny {
		return true
	}
	return rule.Absence && c.replaceable && g.rulebook.Rules[rule.ID].Severity != review.Deny
}

// withoutEnded leaves out warnings about what the plan destroys and so ends, as far as it
// was planned before. What is denied stays: the apply, which plans again, may not know of
// the destroy.
func (g *guard) withoutEnded(v *view, c accessChange, caused []review.Finding) ([]review.Finding, error) {
	if len(caused) == 0 || !slices.ContainsFunc(g.changes, func(c accessChange) bool { return c.ends }) {
		return caused, nil
	}
	v.ended.apply(g.changes[v.ended.applied:]...)
	still, err := v.ended.review(g.rulebook, c.account)
	if err != nil {
		return nil, err
	}
	isThere := func(finding review.Finding) bool {
		return slices.ContainsFunc(still, func(other review.Finding) bool { return other.Fingerprint() == finding.Fingerprint() })
	}
	return slices.DeleteFunc(caused, func(finding review.Finding) bool {
		return isOfPresence(finding) && g.isWarning(c, finding) && !isThere(finding)
	}), nil
}

// withoutUnused leaves out who is missing where nobody can submit: a signing policy that is
// wound down. It keeps them back; see used.
func (g *guard) withoutUnused(v *view, c accessChange, caused []review.Finding) []review.Finding {
	told := slices.DeleteFunc(slices.Clone(caused), func(finding review.Finding) bool { return g.isUnused(v, c, finding) })
	for _, finding := range caused {
		if g.isUnused(v, c, finding) {
			v.unused = append(v.unused, unusedFinding{finding, c.replaceable})
		}
	}
	return told
}

// used returns the findings that were kept back where somebody can submit by now, for the
// change by which that is so.
func (g *guard) used() (late []unusedFinding) {
	for _, v := range g.views {
		v.unused = slices.DeleteFunc(v.unused, func(finding unusedFinding) bool {
			v.with.apply(g.changes[v.with.applied:]...)
			isUsed := v.with.current.MayHold(g.rule(finding.Finding).Unless, finding.Places[0])
			if isUsed {
				late = append(late, finding)
			}
			return isUsed
		})
	}
	return late
}

// isUnused tells whether nobody can submit where approvers are missing, and the plan leaves
// no approver on the list: one that still names somebody is meant to be used. Whom others
// take off the submitters counts only for a warning, where the plan destroys that.
func (g *guard) isUnused(v *view, c accessChange, finding review.Finding) bool {
	rule := g.rule(finding)
	if len(rule.Unless) == 0 || g.namesSomebody(v, rule.Roles, finding.Places[0]) {
		return false
	}
	used := &v.with
	if g.isWarning(c, finding) {
		used = &v.ended
	}
	used.apply(g.changes[used.applied:]...)
	return !used.current.MayHold(rule.Unless, finding.Places[0])
}

// namesSomebody tells whether the plan so far leaves somebody with one of the roles.
func (g *guard) namesSomebody(v *view, roles []access.Role, place access.Place) bool {
	var gained review.Delta
	for _, c := range g.changes {
		gained.Added = append(gained.Added, c.gains.Added...)
	}
	left := v.without.current.With(gained)
	return !left.Has(place) || slices.ContainsFunc(roles, func(role access.Role) bool {
		return len(left.Grants[review.Seat{Role: role, Place: place}].References) > 0
	})
}

// worldsOf returns those in which the last change can cause something.
func (v *view) worldsOf(changes []accessChange) []*world {
	var worlds []*world
	last := changes[len(changes)-1]
	takesFromAccount := func(c accessChange) bool { return len(c.losses.Accounts) > 0 }
	if !last.gains.IsEmpty() {
		worlds = append(worlds, &v.with)
	}
	if takesFromAccount(last) || !last.gains.IsEmpty() && slices.ContainsFunc(changes, takesFromAccount) {
		worlds = append(worlds, &v.less)
	}
	if !last.losses.IsEmpty() {
		worlds = append(worlds, &v.without)
		if slices.ContainsFunc(changes[:len(changes)-1], isExchange) {
			worlds = append(worlds, &v.alone)
		}
	}
	return worlds
}

// view reads a part of the organization once.
func (g *guard) view(ctx context.Context, r reach) (*view, error) {
	g.mu.Lock()
	known := g.views[r]
	g.mu.Unlock()
	if known != nil {
		return known, nil
	}
	// Others may read the same meanwhile: the client sends each request once.
	found, err := r.survey(ctx, g.client)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.views[r] == nil {
		g.views[r] = newView(r, found.Organization.With(g.undone()), found.Gaps, g.rulebook.Catalogue.Users())
	}
	return g.views[r], nil
}

func newView(r reach, org review.Organization, gaps []string, users []access.Role) *view {
	org.Principals = r.peopleOf(org)
	used := org.AssumingMore(users...)
	return &view{
		gaps: gaps, original: org,
		with:    world{reach: r, current: org, finds: isOfPresence, of: gainsOf, ignores: lossesOf},
		less:    world{reach: r, current: org, finds: isOfPresence, of: gainsWithLess, ignores: lossesOfLists},
		ended:   world{reach: r, current: org, finds: isOfPresence, of: gainsWithEnds, ignores: lossesOfLists},
		without: world{reach: r, current: used, finds: isOfAbsence, of: lossesOf, ignores: gainsOf},
		alone:   world{reach: r, current: used, finds: isOfAbsence, of: nothingOf, ignores: everythingOf},
	}
}

func gainsOf(c accessChange) review.Delta  { return c.gains }
func lossesOf(c accessChange) review.Delta { return c.losses }

func nothingOf(accessChange) review.Delta      { return review.Delta{} }
func everythingOf(c accessChange) review.Delta { return c.gains.And(c.losses) }

func isExchange(c accessChange) bool { return !c.gains.IsEmpty() && !c.losses.IsEmpty() }

func gainsWithLess(c accessChange) review.Delta {
	return c.gains.And(review.Delta{Accounts: c.losses.Accounts})
}

func gainsWithEnds(c accessChange) review.Delta {
	if c.ends {
		return everythingOf(c)
	}
	return gainsWithLess(c)
}

func lossesOfLists(c accessChange) review.Delta {
	return review.Delta{Added: c.losses.Added, Removed: c.losses.Removed}
}

// undone is what takes back the changes so far. An apply may have carried them out by
// the time a part of the organization is read first, of which the plan saw what was
// there before: a finding from then must not look new.
func (g *guard) undone() review.Delta {
	var undone review.Delta
	for _, c := range g.changes {
		undone = undone.And(review.Delta{Added: c.losses.Removed, Removed: c.gains.Added, Accounts: c.accountBefore})
	}
	return undone
}

// isOfAbsence is true for what is found missing: no right that is granted brings that
// about, and what others of the plan grant may mend it, such as members of a new group.
func isOfAbsence(finding review.Finding) bool {
	rule, _ := vocabulary.Rules.ByID(finding.Rule)
	return rule.Absence
}

func isOfPresence(finding review.Finding) bool { return !isOfAbsence(finding) }

// rule is that of a finding.
func (g *guard) rule(finding review.Finding) review.Rule {
	rule, _ := g.rulebook.Catalogue.ByID(finding.Rule)
	return rule
}

// judge applies the changes that the world does not have yet, and adds the findings
// that the last one newly causes.
func (w *world) judge(changes []accessChange, rulebook review.Rulebook, caused []review.Finding) ([]review.Finding, error) {
	last := changes[len(changes)-1]
	w.apply(changes[w.applied : len(changes)-1]...)
	// Who the members are is no change: their roles are not blamed on the list.
	w.meet(last.principals)
	after := *w
	// The change as a whole, also what the world otherwise does not count.
	whole := last.gains.And(last.losses)
	after.current, after.findings = after.current.With(whole), nil
	after.applied++
	before, err := w.review(rulebook, last.account)
	if err != nil {
		return nil, err
	}
	found, err := after.review(rulebook, last.account)
	if err != nil {
		return nil, err
	}
	for _, finding := range review.Compare(before, found).Introduced {
		isKnown := func(other review.Finding) bool { return other.Fingerprint() == finding.Fingerprint() }
		if w.finds(finding) && !slices.ContainsFunc(caused, isKnown) {
			caused = append(caused, finding)
		}
	}
	if w.ignores(last).IsEmpty() {
		*w = after // What it was reviewed as is what it is from now on.
	} else {
		w.apply(last)
	}
	return caused, nil
}

// apply makes the changes at once, which is what they come to one by one: a world has
// of each only what it adds, or only what it takes away.
func (w *world) apply(changes ...accessChange) {
	w.applied += len(changes)
	var principals []access.Principal
	var delta review.Delta
	for _, change := range changes {
		if w.reach.feels(change) {
			principals = append(principals, change.principals...)
			delta = delta.And(w.of(change))
		}
	}
	w.meet(principals)
	if !delta.IsEmpty() {
		w.current, w.findings = w.current.With(delta), nil
	}
}

// meet adds those whom the world does not have: the plan creates them, or nothing that
// was read is about them.
func (w *world) meet(principals []access.Principal) {
	if w.known == nil {
		w.known = map[access.Reference]bool{}
		for _, p := range w.current.Principals {
			w.note(p.Principal)
		}
	}
	var delta review.Delta
	for _, p := range principals {
		if !w.knows(p) {
			delta.Principals = append(delta.Principals, review.Principal{Principal: p})
			w.note(p)
		}
	}
	if len(delta.Principals) == 0 {
		return
	}
	before := len(w.current.Principals)
	if w.current = w.current.With(delta); len(w.current.Principals) != before {
		w.findings = nil
	}
}

func (w *world) note(p access.Principal) {
	w.known[p.Reference().Folded()] = true
	if p.ID != "" {
		w.known[p.IDReference().Folded()] = true
	}
}

// knows goes by the id, where there is one: it may be news of who was met without.
func (w *world) knows(p access.Principal) bool {
	if p.ID != "" {
		return w.known[p.IDReference().Folded()]
	}
	return w.known[p.Reference().Folded()]
}

// review returns the findings, or those around an account alone.
func (w *world) review(rulebook review.Rulebook, account []access.Reference) ([]review.Finding, error) {
	if len(account) > 0 {
		report, err := review.Review(w.current.Around(account...), rulebook)
		return report.Findings, err
	}
	if w.findings == nil {
		report, err := review.Review(w.current, rulebook)
		if err != nil {
			return nil, err
		}
		w.findings = append([]review.Finding{}, report.Findings...)
	}
	return w.findings, nil
}
