// Package guard judges what each resource of a plan changes about access, by the rules of
// reviews. It is pure: whoever uses it reads the organization.
//
// It sees the changes one by one, in an order that nobody knows, and Terraform carries them
// out in such an order, too, and may stop half way. So each change must be sound whichever
// of the others come before it; see scenario. What counts grows with the plan, so the last
// one of several changes that are wrong only together is the one to be told. And because the
// apply, which plans again, never sees more of that than the plan did, it finds nothing that
// the plan did not find, unless the organization changed meanwhile.
//
// The organization is kept once, and each change is judged in the part of it in which it can
// be felt: among those whom it is about, and where they hold something.
package guard

import (
	"context"
	"slices"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Change is what one resource changes about access.
type Change struct {
	// Principals are those whom the plan names: it may be about to create them.
	Principals []access.Principal
	// Gains is by what somebody may do more, and Losses by what somebody may do less.
	Gains, Losses review.Delta
	// Reach is how much of the organization has to be looked at.
	Reach Reach
	// Account is whose account changes, by all references; empty for a list.
	Account []access.Reference
	// Ends is true for the destroy of a resource: what it takes from a list is no list of
	// this configuration any more.
	Ends bool
	// Replaceable is true for one entry of a list, and for what is destroyed: the plan may
	// put another in its place. That somebody is missing is then only warned of, unless the
	// rules themselves deny it.
	Replaceable bool
}

// A Reach is a part of the organization. The zero value is nothing.
type Reach struct {
	Everywhere bool
	// Place is looked at with those around it, and if Inside is true with those inside it.
	Place  access.Place
	Inside bool
}

func (r Reach) has(place access.Place) bool {
	return r.Everywhere || place.Contains(r.Place) || r.Inside && r.Place.Contains(place)
}

// A Read reads a part of the organization: of the zero reach, the principals and groups; of
// another one, its lists; and everything for all of it. The gaps are sentences on what could
// not be seen, on which no rule fires.
type Read func(context.Context, Reach) (org review.Organization, gaps []string, err error)

// A Guard judges the changes of one plan, or of one apply.
type Guard struct {
	read     Read
	rulebook review.Rulebook

	mu     sync.Mutex
	ledger *ledger
	// parts have the gaps of what was read.
	parts map[Reach][]string
	// isLess is true once the plan took something from an account, and ends once it
	// destroyed a list.
	isLess, ends bool
	// unused are findings that were not told, because nobody uses what they are about.
	unused []Late
	// toldGaps is true once somebody was told what could not be seen.
	toldGaps bool
}

// A Judgement is what a guard has to say about one change.
type Judgement struct {
	// Caused are the findings that the change newly causes.
	Caused []review.Finding
	// Late are those that earlier changes cause, and that matter by this one.
	Late []Late
	// Gaps are what could not be seen, if nobody was told yet.
	Gaps []string
}

// A Late finding begins to matter once somebody uses what it is about.
type Late struct {
	review.Finding
	// Replaceable is that of the change which causes it.
	Replaceable bool
}

// New returns a guard that has judged nothing.
func New(vocabulary *access.Vocabulary, rulebook review.Rulebook, read Read) *Guard {
	return &Guard{rulebook: rulebook, read: read, ledger: newLedger(vocabulary), parts: map[Reach][]string{}}
}

// Add notes the change, and judges it.
func (g *Guard) Add(ctx context.Context, c Change) (j Judgement, err error) {
	if err := g.learn(ctx, c.Reach); err != nil {
		return j, err
	}
	if j, err = g.judge(c); err != nil {
		return j, err
	}
	// A membership is found once, whichever lists it leads to, also out of reach.
	if everywhere := (Reach{Everywhere: true}); !c.Reach.Everywhere && slices.ContainsFunc(j.Caused, isOfMembership) {
		if err := g.learn(ctx, everywhere); err != nil {
			return j, err
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		known, err := g.review(g.ledger.around(everywhere, c).organization(now, nil))
		if err != nil {
			return j, err
		}
		j.Caused = review.Compare(known, j.Caused).Introduced
	}
	j.Caused = g.rulebook.AsIntroduced(j.Caused)
	return j, nil
}

// isOfMembership tells whether a finding is about a member of a group, and so about no
// place of its own.
func isOfMembership(finding review.Finding) bool {
	return len(finding.Places) == 0 && len(finding.Principals) > 1
}

// learn reads a part of the organization once.
func (g *Guard) learn(ctx context.Context, r Reach) error {
	g.mu.Lock()
	_, known := g.parts[r]
	g.mu.Unlock()
	if known {
		return nil
	}
	if principals := (Reach{}); r != principals && !r.Everywhere {
		if err := g.learn(ctx, principals); err != nil {
			return err
		}
	}
	// Others may read the same meanwhile: the client sends each request once.
	org, gaps, err := g.read(ctx, r)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.parts[r]; known {
		return nil
	}
	g.ledger.learn(org)
	g.parts[r] = gaps
	if !r.Everywhere {
		g.parts[r] = slices.Concat(g.parts[Reach{}], gaps)
	}
	return nil
}

func (g *Guard) judge(c Change) (j Judgement, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Who the members are is no change: their roles are not blamed on the list.
	for _, p := range c.Principals {
		g.ledger.meet(review.Principal{Principal: p})
	}
	// The change as a whole counts, also what the scenario otherwise does not count.
	whole := c.Gains.And(c.Losses)
	around := g.ledger.around(c.Reach, c)
	for _, s := range c.scenarios(g.isLess) {
		org := around.organization(s, g.rulebook.Catalogue.Users())
		before, err := g.review(org)
		if err != nil {
			return j, err
		}
		after, err := g.review(org.With(whole))
		if err != nil {
			return j, err
		}
		for _, finding := range review.Compare(before, after).Introduced {
			isKnown := func(other review.Finding) bool { return other.Fingerprint() == finding.Fingerprint() }
			if s.finds(g.rule(finding)) && !slices.ContainsFunc(j.Caused, isKnown) {
				j.Caused = append(j.Caused, finding)
			}
		}
	}
	g.ledger.add(c)
	g.isLess = g.isLess || len(c.Losses.Accounts) > 0
	g.ends = g.ends || c.Ends
	if j.Caused, err = g.withoutEnded(c, j.Caused); err != nil {
		return j, err
	}
	j.Caused = g.withoutUnused(c, j.Caused)
	if !c.Gains.IsEmpty() {
		j.Late = g.used()
	}
	if gaps := g.parts[c.Reach]; !g.toldGaps {
		g.toldGaps, j.Gaps = len(gaps) > 0, gaps
	}
	return j, nil
}

func (g *Guard) review(org review.Organization) ([]review.Finding, error) {
	report, err := review.Review(org, g.rulebook)
	return report.Findings, err
}

// rule is that of a finding.
func (g *Guard) rule(finding review.Finding) review.Rule {
	rule, _ := g.rulebook.Catalogue.ByID(finding.Rule)
	return rule
}

// isWarning tells whether a finding of the change is only warned of.
func (g *Guard) isWarning(c Change, finding review.Finding) bool {
	rule := g.rule(finding)
	if g.rulebook.AsIntroduced([]review.Finding{finding})[0].Severity != review.Deny {
		return true
	}
	return rule.Absence && c.Replaceable && g.rulebook.Rules[rule.ID].Severity != review.Deny
}

// withoutEnded leaves out warnings about what the plan destroys and so ends, as far as it
// was planned before. What is denied stays: the apply, which plans again, may not know of
// the destroy.
func (g *Guard) withoutEnded(c Change, caused []review.Finding) ([]review.Finding, error) {
	if len(caused) == 0 || !g.ends {
		return caused, nil
	}
	still, err := g.review(g.ledger.around(c.Reach, c).organization(ended, nil))
	if err != nil {
		return nil, err
	}
	isThere := func(finding review.Finding) bool {
		return slices.ContainsFunc(still, func(other review.Finding) bool { return other.Fingerprint() == finding.Fingerprint() })
	}
	return slices.DeleteFunc(caused, func(finding review.Finding) bool {
		return isOfPresence(g.rule(finding)) && g.isWarning(c, finding) && !isThere(finding)
	}), nil
}

// withoutUnused leaves out who is missing where nobody can submit: a signing policy that is
// wound down. It keeps them back; see used.
func (g *Guard) withoutUnused(c Change, caused []review.Finding) []review.Finding {
	return slices.DeleteFunc(caused, func(finding review.Finding) bool {
		isUnused := g.isUnused(c, finding)
		if isUnused {
			g.unused = append(g.unused, Late{finding, c.Replaceable})
		}
		return isUnused
	})
}

// used returns the findings that were kept back where somebody uses by now what they are
// about, for the change by which that is so.
func (g *Guard) used() (late []Late) {
	g.unused = slices.DeleteFunc(g.unused, func(finding Late) bool {
		isUsed := g.mayHold(with, g.rule(finding.Finding).Unless, finding.Places[0])
		if isUsed {
			late = append(late, finding)
		}
		return isUsed
	})
	return late
}

// isUnused tells whether nobody uses that for which somebody is missing, and the plan leaves
// nobody there: a list that still names somebody is meant to be used. Whom others take away
// counts only for a warning, where the plan destroys that.
func (g *Guard) isUnused(c Change, finding review.Finding) bool {
	rule := g.rule(finding)
	if len(rule.Unless) == 0 || g.namesSomebody(rule.Roles, finding.Places[0]) {
		return false
	}
	s := with
	if g.isWarning(c, finding) {
		s = ended
	}
	return !g.mayHold(s, rule.Unless, finding.Places[0])
}

// mayHold tells whether somebody may hold one of the roles at the place in a scenario.
func (g *Guard) mayHold(s scenario, roles []access.Role, place access.Place) bool {
	p := part{ledger: g.ledger, of: map[*node]bool{}, places: map[access.Place]bool{place: true}}
	s.whole = true
	return p.organization(s, nil).MayHold(roles, place)
}

// namesSomebody tells whether the plan so far leaves somebody with one of the roles.
func (g *Guard) namesSomebody(roles []access.Role, place access.Place) bool {
	return slices.ContainsFunc(roles, func(role access.Role) bool {
		return slices.ContainsFunc(g.ledger.seat(review.Seat{Role: role, Place: place}).entries, left)
	})
}

// HoldingsOf returns what a principal was given: what there is now, and what the plan has
// added so far. isPart is true where not everything could be seen.
func (g *Guard) HoldingsOf(ctx context.Context, member access.Reference) (held []review.Holding, isPart bool, err error) {
	everywhere := Reach{Everywhere: true}
	if err := g.learn(ctx, everywhere); err != nil {
		return nil, false, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	org := g.ledger.around(everywhere, Change{Account: []access.Reference{member}}).organization(with, nil)
	return review.HoldingsOf(org, member), len(g.parts[everywhere]) > 0, nil
}

// People returns those whom the references name, with the members of groups as the plan has
// them so far, and as the change leaves them. There are no places.
func (g *Guard) People(c Change, references ...access.Reference) review.Organization {
	g.mu.Lock()
	defer g.mu.Unlock()
	of := map[*node]bool{}
	for _, reference := range references {
		of[g.ledger.node(reference)] = true
	}
	return part{ledger: g.ledger, of: below(of)}.organization(with, nil).With(c.Losses)
}
