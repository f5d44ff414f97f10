package baseline

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Procedure is how a person gives and takes access with a vendor's pages: in which words
// of theirs, and who can do it. Order and safety are no matter of it.
type Procedure struct {
	// Site is where all of it is done, to follow "in".
	Site string
	// Actions are what a person can do. The first that fits a step is what it says.
	Actions []Action
	// RemovesRows is true where [KindRemove] is done to what a principal has at one place, so
	// that it has to be done for each. Else it is done once, for the organization, and what
	// it does further in is not known, so all that is there is taken before.
	RemovesRows bool
	// Production is what people have to do before they can use access to production, if that
	// is documented.
	Production string
	// May tells whether whoever holds a role somewhere may do a step at a place to a principal,
	// who is inherited if it holds something further out than there. It is asked for steps
	// that change access.
	May func(held access.RoleAt, kind StepKind, at access.Place, inherited bool) access.Statement
}

// An Action is one thing that a person can do.
type Action struct {
	// Kind, At and Of say for which steps it is: At are the keys of kinds of places, with the
	// empty one for the organization, and Of the kinds of principals. Nil is for all.
	Kind StepKind
	At   []string
	Of   []access.Kind
	// Menu leads there. It is empty where no page says it.
	Menu string
	// Do is what is done there, as an order.
	Do string
	// Unworded says what of this no page of the vendor says. It is empty where the pages say
	// all of it.
	Unworded string
	// LastHere says what to take care of where somebody who keeps roles elsewhere loses the
	// last one at a place.
	LastHere string
	// Next says what happens next.
	Next string
	// Evidence and Source say how all this is known.
	Evidence access.Evidence
	Source   string
}

// action returns what fits a step. A kind of step that the vendor's pages do not know at all
// has an action that says so.
func (p Procedure) action(kind StepKind, placeKind string, of access.Kind) Action {
	for _, action := range p.Actions {
		if action.Kind == kind && (action.At == nil || slices.Contains(action.At, placeKind)) && (action.Of == nil || slices.Contains(action.Of, of)) {
			return action
		}
	}
	return Action{Kind: kind, Unworded: "how it is done", Evidence: access.Inferred, Source: "no page is known"}
}
