package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A replacement destroys before it creates, also where both are about the same object:
// after -replace, or a create that failed when it was carried out already. Terraform
// hands the destroy the private state that the plan of the create wrote. So that says
// what will be there again, and the destroy leaves it: nobody is to lose a right, be it
// for a moment, that both halves give.

const privateSuccessor = "successor"

// A successor is what the create half of a replacement will hold.
type successor struct {
	// Object is what the resource is about.
	Object string
	// Members are the ids of those who will be on a list; nil if not all are known.
	Members []string
}

func noteSuccessor(ctx context.Context, private privateState, s successor, diags *diag.Diagnostics) {
	setPrivate(ctx, private, privateSuccessor, s, diags)
}

// isSucceeded tells whether the create half of this replacement is about the same
// object.
func isSucceeded(ctx context.Context, private privateReader, object string) bool {
	return getPrivate[successor](ctx, private, privateSuccessor).Object == object
}

// leaving returns those of the ids who will not be on the list after the replacement.
func leaving(ctx context.Context, private privateReader, t api.Target, ids []string) []string {
	s := getPrivate[successor](ctx, private, privateSuccessor)
	switch {
	case s.Object != listKey(t):
		return ids
	case s.Members == nil:
		return nil // The create removes whoever is not to be there.
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(s.Members, id) })
}

// listKey identifies a list, also that of a group which is called otherwise by now.
func listKey(t api.Target) string {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return t.List.Plural + " of " + groupKey(t)
	}
	return t.String()
}
