package run

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A replacement destroys before it creates, also where both are about the same object:
// after -replace, or a create that failed when it was carried out already. Terraform
// hands the destroy the private state that the plan of the create wrote. So that says
// what will be there again, and the destroy leaves it: nobody is to lose a right, be it
// for a moment, that both halves give.

const privateSuccessor = "successor"

// A Successor is what the create half of a replacement will hold.
type Successor struct {
	// Object is what the resource is about.
	Object string
	// Members are the ids of those who will be on a list; nil if not all are known.
	Members []string
}

// NoteSuccessor notes in the plan of a create what it will hold.
func NoteSuccessor(ctx context.Context, private tfkit.PrivateState, s Successor, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateSuccessor, s, diags)
}

// IsSucceeded tells whether the create half of this replacement is about the same
// object.
func IsSucceeded(ctx context.Context, private tfkit.PrivateReader, object string) bool {
	return tfkit.GetPrivate[Successor](ctx, private, privateSuccessor).Object == object
}

// Leaving returns those of the ids who will not be on the list, or whatever else the
// object is, after the replacement.
func Leaving(ctx context.Context, private tfkit.PrivateReader, object string, ids []string) []string {
	s := tfkit.GetPrivate[Successor](ctx, private, privateSuccessor)
	switch {
	case s.Object != object:
		return ids
	case s.Members == nil:
		return nil // The create removes whoever is not to be there.
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(s.Members, id) })
}

// ListKey identifies a list, also that of a group which is called otherwise by now.
func ListKey(t api.Target) string {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return t.List.Plural + " of " + GroupKey(t)
	}
	return t.String()
}
