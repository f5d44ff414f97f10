package run

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Terraform destroys the entries of a list one by one, ten resources at a time and in no order, so
// those of one list hardly meet, and each would cost an edit of its own. But the plan sees them
// all. So the plan of an end notes which other entries of the list it ends as well, as far as they
// were planned before, and whichever is destroyed first takes those along. Nobody leaves whom the
// plan does not take off, and each end still answers for itself: what went along, it finds done.

// maxAlong bounds what a plan notes for one entry.
const maxAlong = 20

// privateAlong has the ids that the end of an entry takes along.
const privateAlong = "along"

// ends are the entries of which this plan ends the resource, by list; see ListKey.
type ends struct {
	mu     sync.Mutex
	byList map[string][]string
}

// add notes the end of an entry, and returns those that were noted last before it.
func (e *ends) add(list, id string) (before []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byList == nil {
		e.byList = map[string][]string{}
	}
	all := e.byList[list]
	before = slices.Clone(all[max(0, len(all)-maxAlong):])
	e.byList[list] = append(all, id)
	return before
}

// NoteAlong notes in a plan whom the end of an entry takes along. Groups have routes by which
// members go one by one.
func (s *Session) NoteAlong(ctx context.Context, private tfkit.PrivateState, t api.Target, id string, diags *diag.Diagnostics) {
	if id == "" || t.List.Parent == vocabulary.ParentUserGroup || len(Leaving(ctx, private, ListKey(t), []string{id})) == 0 {
		return
	}
	tfkit.SetPrivate(ctx, private, privateAlong, s.ends.add(ListKey(t), id), diags)
}

// TakeAlong returns whom the end of an entry takes along, but for those whom another instance
// holds by now. The note does not outlive the end, which may fail: the next plan makes its own.
func (s *Session) TakeAlong(ctx context.Context, private tfkit.PrivateState, t api.Target, diags *diag.Diagnostics) []string {
	_, left := s.Holdings.Split(ListKey(t), tfkit.GetPrivate[[]string](ctx, private, privateAlong))
	tfkit.SetPrivate(ctx, private, privateAlong, nil, diags)
	return left
}
