package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A StepKind is what a step is about.
type StepKind string

const (
	// KindLookUp looks whether roles exist that nobody has declared.
	KindLookUp StepKind = "look-up"
	// KindInvite invites whoever is no user yet.
	KindInvite StepKind = "invite"
	// KindGive gives a role.
	KindGive StepKind = "give"
	// KindWait waits until people have accepted and logged in.
	KindWait StepKind = "wait"
	// KindTake takes roles of somebody who keeps others.
	KindTake StepKind = "take"
	// KindRemove takes all that somebody has, who keeps nothing.
	KindRemove StepKind = "remove"
	// KindLook looks again, for the attestation.
	KindLook StepKind = "look"
)

// A Step is one thing that a person has to do.
type Step struct {
	Kind       StepKind
	Place      access.Place
	Roles      []access.Role
	Principals []access.Reference
	// Where is the place as sentences have it.
	Where string
	// Site is where it is done, and Action how.
	Site string
	Action
	// Who are those who can do it at that moment, as far as is known of grants: first those who
	// stay able to. Of many, it has a few. Perhaps are those of whom the vendor's pages do not say whether they can.
	Who, Perhaps []access.Reference
	// WhoRoles and PerhapsRoles are the roles that make them able to.
	WhoRoles, PerhapsRoles []access.Role
	// Last is true for what somebody who can do these steps loses by this one: if that is
	// the one who carries them out, it is the last of them all.
	Last bool
	// Notes say what inheritance makes of it, and what to take care of.
	Notes []string
}

// Steps are what a person has to do until the grants are those of the baseline, and somebody
// has looked. They start from the grants that were last attested or seen; nil says that
// nothing is known of them.
//
// At every moment somebody is an administrator who was one before, or has accepted: what
// makes administrators is given first and waited for, and what makes them is taken last.
func (b Baseline) Steps(from []access.Grant) []Step {
	p := &planner{Baseline: b, isKnown: from != nil, wanted: holdingsOf(b.Grants), held: holdingsOf(from), difference: b.Compare(from)}
	p.lookUp()
	p.invite()
	p.give()
	p.wait()
	p.take()
	p.look()
	return p.steps
}

// A planner makes steps.
type planner struct {
	Baseline
	difference Difference
	isKnown    bool
	wanted     holdings
	// held is what is known to be in force at the step that is being made.
	held  holdings
	steps []Step
}

// step adds a step, and returns it to be completed.
func (p *planner) step(kind StepKind, place access.Place, roles []access.Role, principals []access.Reference) *Step {
	return p.add(Step{Kind: kind, Place: place, Roles: roles, Principals: principals})
}

// add adds a step with what the vendor's pages say of it.
func (p *planner) add(step Step) *Step {
	var of access.Kind
	if len(step.Principals) > 0 {
		of = step.Principals[0].Kind
	}
	step.Where, step.Site = p.Tell(step.Place), p.Model.Procedure.Site
	step.Action = p.Model.Procedure.action(step.Kind, p.Model.Vocabulary.KindAt(step.Place), of)
	switch step.Kind {
	case KindInvite, KindGive, KindTake, KindRemove:
		p.tellWho(&step)
	}
	p.steps = append(p.steps, step)
	return &p.steps[len(p.steps)-1]
}

// tellWho tells who can do a step by what is held now. Nobody is sent to take what is their
// own, but where nobody else can.
func (p *planner) tellWho(step *Step) {
	about := map[access.Reference]bool{}
	for _, principal := range step.Principals {
		about[principal.Folded()] = true
	}
	var who, perhaps candidates
	for _, outer := range step.Place.Enclosing() {
		inherited := slices.ContainsFunc(step.Principals, func(r access.Reference) bool { return p.held.isBeyond(r, step, outer) })
		for _, role := range p.Model.Vocabulary.RolesOf(access.ByEntry) {
			held := access.RoleAt{Role: role.Role, Place: outer}
			switch p.Model.Procedure.May(held, step.Kind, step.Place, inherited).Answer {
			case access.AnswerYes:
				step.WhoRoles = append(step.WhoRoles, role.Role)
				who.add(p, held, about)
			case access.AnswerUnknown:
				if p.Model.Vocabulary.MayBeHeldAt(role.Role, outer) == access.AnswerYes {
					step.PerhapsRoles = append(step.PerhapsRoles, role.Role)
					perhaps.add(p, held, about)
				}
			}
		}
	}
	step.WhoRoles, step.PerhapsRoles = slices.Compact(step.WhoRoles), slices.Compact(step.PerhapsRoles)
	step.Who, step.Perhaps = who.all(step.Last), perhaps.all(step.Last)
}

// maxWho is how many people a step names who can do it.
const maxWho = 10

// candidates are who can do a step, those who hold their role furthest out first: who stays
// able to, who does not, and whom it is about. There are a few of each.
type candidates struct{ staying, going, themselves []holder }

func (c *candidates) add(p *planner, held access.RoleAt, about map[access.Reference]bool) {
	for _, one := range p.held.at[held] {
		to := &c.going
		switch {
		case one.folded.Kind != access.KindUser:
			continue
		case about[one.folded]:
			to = &c.themselves
		case p.wanted.has(one, held):
			to = &c.staying
		}
		if len(c.staying) == maxWho {
			return
		}
		if len(*to) < maxWho && !slices.ContainsFunc(*to, func(h holder) bool { return h.folded == one.folded }) {
			*to = append(*to, one)
		}
	}
}

// all returns them, each once. Whom it is about is not sent if there is somebody else. What
// may be left to the very end is for who is there until then.
func (c *candidates) all(last bool) []access.Reference {
	all := slices.Concat(c.staying, c.going)
	switch {
	case last && len(c.staying) > 0:
		all = c.staying
	case last || len(all) == 0:
		all = append(all, c.themselves...)
	}
	var references []access.Reference
	seen := map[access.Reference]bool{}
	for _, one := range all {
		if !seen[one.folded] && len(references) < maxWho {
			seen[one.folded] = true
			references = append(references, one.spelled)
		}
	}
	return references
}

func (p *planner) lookUp() {
	var unknown []access.Role
	for _, c := range p.difference.Given {
		if !p.Model.IsKnown(c.Role) {
			unknown = append(unknown, c.Role)
		}
	}
	slices.Sort(unknown)
	if unknown = slices.Compact(unknown); len(unknown) > 0 {
		step := p.step(KindLookUp, access.Place{}, unknown, nil)
		step.note("If one is not there, stop: nobody has declared it, and its name may be misspelled.")
	}
}

// invite is for users who hold nothing, as far as is known. They are invited at the
// organization if they are to hold something there, else at the outermost place within it.
func (p *planner) invite() {
	first := map[access.Reference]access.Grant{}
	for _, g := range p.Grants {
		if key := g.Principal.Folded(); g.Principal.Kind == access.KindUser && len(p.held.by[key]) == 0 {
			if known, ok := first[key]; !ok || g.Place.Compare(known.Place) < 0 {
				first[key] = g
			}
		}
	}
	at := map[access.Place][]access.Reference{}
	for _, g := range first {
		place := access.PlaceOf(g.Place.Slug(0))
		at[place] = append(at[place], g.Principal)
	}
	for _, place := range access.WithOrganization(p.places()) {
		if invited := distinct(at[place]); len(invited) > 0 {
			slices.SortStableFunc(invited, func(x, y access.Reference) int { return int(p.powerOf(y) - p.powerOf(x)) })
			p.step(KindInvite, place, nil, invited)
		}
	}
}

// powerOf is the greatest power that the baseline gives a principal.
func (p *planner) powerOf(principal access.Reference) Power {
	power := NoPower
	for _, g := range p.wanted.by[principal.Folded()] {
		power = max(power, p.Model.power(g))
	}
	return power
}

func (p *planner) give() {
	given := slices.Clone(p.difference.Given)
	slices.SortStableFunc(given, func(a, b Change) int {
		return cmp.Or(int(p.Model.power(b.Grant)-p.Model.power(a.Grant)),
			a.Place.Compare(b.Place), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Principal.Kind, b.Principal.Kind))
	})
	for _, group := range groups(given, func(a, b Change) bool {
		return a.Place == b.Place && a.Role == b.Role && a.Principal.Kind == b.Principal.Kind
	}) {
		step := p.step(KindGive, group[0].Place, []access.Role{group[0].Role}, principalsOf(group))
		for _, c := range group {
			if len(c.Outer) > 0 {
				step.note("%s has it there already by inheritance from %s: giving it here gives nothing new.", c.Principal, p.tellAll(c.Outer))
			}
		}
		if len(group[0].Within) > 0 {
			step.note("It holds at %s, too.", p.tellAll(group[0].Within))
		}
		if group[0].Principal.Kind == access.KindUser && p.isProductive(group[0]) {
			step.note("%s", p.Model.Procedure.Production)
		}
	}
}

func (p *planner) isProductive(c Change) bool {
	return slices.ContainsFunc(p.Places, func(d DeclaredPlace) bool { return d.Stage == StageProduction && c.Place.Contains(d.Place) })
}

// wait is for new administrators. What is taken before they have accepted and logged in
// could leave nobody. For the same reason it is for all who remain, where somebody ceases to
// administer the organization: who was seen among those with a role may never have accepted.
func (p *planner) wait() {
	var awaited []access.Reference
	for _, c := range p.difference.Given {
		if c.Principal.Kind == access.KindUser && p.Model.power(c.Grant) > NoPower {
			awaited = append(awaited, c.Principal)
		}
	}
	if slices.ContainsFunc(p.difference.Taken, func(c Change) bool { return p.Model.isAdministrator(c.Grant) }) {
		awaited = append(awaited, p.Model.Administrators(p.Grants)...)
	}
	if awaited = distinct(awaited); len(awaited) == 0 {
		return
	}
	p.step(KindWait, access.Place{}, nil, awaited)
	isAwaited := map[access.Reference]bool{}
	for _, principal := range awaited {
		isAwaited[principal.Folded()] = true
	}
	for _, c := range p.difference.Given {
		if isAwaited[c.Principal.Folded()] {
			p.held.add(c.Grant)
		}
	}
}

// A withdrawal is what is taken from one principal at one place, and all of it gives the same
// power, or goes at once.
type withdrawal struct {
	kind      StepKind
	place     access.Place
	principal access.Reference
	changes   []Change
	power     Power
}

func (p *planner) take() {
	all := p.withdrawals()
	slices.SortStableFunc(all, func(a, b withdrawal) int {
		return cmp.Or(int(a.power-b.power), a.principal.Folded().Compare(b.principal.Folded()), b.place.Depth()-a.place.Depth(), a.place.Compare(b.place))
	})
	for _, w := range all {
		step := p.add(Step{
			Kind: w.kind, Place: w.place, Roles: rolesOf(w.changes), Principals: []access.Reference{w.principal},
			Last: w.power > NoPower && w.principal.Kind == access.KindUser && p.powerOf(w.principal) < PowerOverAll,
		})
		p.noteTaken(step, w)
		for _, c := range w.changes {
			p.held.remove(c.Grant)
		}
	}
}

// withdrawals returns what is taken, by principal and place.
func (p *planner) withdrawals() []withdrawal {
	keeps := func(key access.Reference) bool { return len(p.wanted.by[key]) > 0 }
	strongest := map[access.Reference]Power{}
	for _, c := range p.difference.Taken {
		key := c.Principal.Folded()
		strongest[key] = max(strongest[key], p.Model.power(c.Grant))
	}
	taken := slices.Clone(p.difference.Taken)
	slices.SortStableFunc(taken, func(a, b Change) int {
		return cmp.Or(a.Principal.Folded().Compare(b.Principal.Folded()), a.Place.Compare(b.Place))
	})
	var all []withdrawal
	removed := map[access.Reference]bool{}
	for _, group := range groups(taken, func(a, b Change) bool { return a.Principal.Same(b.Principal) && a.Place == b.Place }) {
		key := group[0].Principal.Folded()
		w := withdrawal{kind: KindTake, place: group[0].Place, principal: group[0].Principal}
		if !keeps(key) && (p.Model.Procedure.RemovesRows || w.place == access.Place{}) {
			// It may take all that the principal has, so it has the place of the most
			// powerful of it.
			w.kind, w.power, w.changes = KindRemove, strongest[key], group
			removed[key] = true
			all = append(all, w)
			continue
		}
		slices.SortStableFunc(group, func(a, b Change) int { return int(p.Model.power(a.Grant) - p.Model.power(b.Grant)) })
		for _, equal := range groups(group, func(a, b Change) bool { return p.Model.power(a.Grant) == p.Model.power(b.Grant) }) {
			w.power, w.changes = p.Model.power(equal[0].Grant), equal
			all = append(all, w)
		}
	}
	// Who held nothing at the organization itself may stand there all the same.
	for _, w := range slices.Clone(all) {
		if key := w.principal.Folded(); !keeps(key) && !removed[key] && key.Kind == access.KindUser {
			removed[key] = true
			all = append(all, withdrawal{kind: KindRemove, principal: w.principal, power: strongest[key]})
		}
	}
	return all
}

func (p *planner) noteTaken(step *Step, w withdrawal) {
	for _, c := range w.changes {
		if len(c.Outer) > 0 {
			step.note("%s keeps %s there by inheritance from %s: taking it here changes nothing.", c.Principal, quoteRole(c.Role), p.tellAll(c.Outer))
		}
	}
	if w.kind == KindRemove && len(w.changes) == 0 {
		step.note("If %s is not listed there, there is nothing to do.", w.principal)
	} else if w.kind == KindRemove && p.Model.Procedure.RemovesRows {
		step.note("If the row is gone already, there is nothing to do: whether a row is for one place or for all, no page says.")
	}
	if w.kind == KindTake {
		var kept []string
		isHereToo := false
		for _, g := range p.wanted.by[w.principal.Folded()] {
			kept = append(kept, quoteRole(g.Role)+" at "+p.Tell(g.Place))
			isHereToo = isHereToo || g.Place == w.place
		}
		if len(kept) > 0 {
			step.note("%s keeps %s.", w.principal, review.SpellFew(kept, "other role", "other roles"))
		}
		if !isHereToo {
			step.note("It is the last that %s has here by a grant of its own. %s", w.principal, step.LastHere)
		}
	}
	if step.Last {
		step.note("Whoever carries out these steps and is %s leaves this one to the very end, after all others.", w.principal)
	}
}

func (p *planner) look() {
	step := p.step(KindLook, access.Place{}, nil, nil)
	if !p.isKnown {
		step.note("Nothing was attested before, so look for everybody who is there, also those whom the baseline does not name.")
	}
}

func (s *Step) note(format string, args ...any) {
	if note := strings.TrimSpace(fmt.Sprintf(format, args...)); note != "" {
		s.Notes = append(s.Notes, note)
	}
}

// groups cuts a list where neighbours are not the same.
func groups(changes []Change, same func(a, b Change) bool) [][]Change {
	var all [][]Change
	for i, c := range changes {
		if i > 0 && same(changes[i-1], c) {
			all[len(all)-1] = append(all[len(all)-1], c)
		} else {
			all = append(all, []Change{c})
		}
	}
	return all
}

func principalsOf(changes []Change) []access.Reference {
	var all []access.Reference
	for _, c := range changes {
		all = append(all, c.Principal)
	}
	return distinct(all)
}

func rolesOf(changes []Change) []access.Role {
	var all []access.Role
	for _, c := range changes {
		all = append(all, c.Role)
	}
	slices.Sort(all)
	return all
}

// quoteRole sets a role off from the sentence around it: it can be any text.
func quoteRole(role access.Role) string {
	return `"` + strings.ReplaceAll(string(role), `"`, `'`) + `"`
}
