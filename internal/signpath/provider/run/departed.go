package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Before Terraform plans a destroy it plans normally, what is destroyed already included,
// and an error in that plan ends the destroy. A provider is not told which of the two
// plans it makes. So what a destroy leaves at SignPath, and who was removed there, is a
// warning in the plan. An apply refuses both.

// departed is what this run knows of those who are gone, or half gone.
type departed struct {
	// stated are references and lists that the state had when this run began.
	Stated sync.Map
	// left are references of those of whom a destroy left something.
	left idSet
}

// Note notes a member of a state, and the id, empty if that is not known.
func (d *departed) Note(member, id string) {
	if reference, err := access.ParseReference(member); err == nil {
		d.Stated.Store(reference.Folded().String(), id)
	}
}

// idOf tells whether the state had the member, and by which id.
func (d *departed) idOf(member string) (id string, ok bool) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return "", false
	}
	stated, ok := d.Stated.Load(reference.Folded().String())
	id, _ = stated.(string)
	return id, ok
}

// refusedByApply is what a plan says of what only the apply refuses.
const refusedByApply = " This is a warning only because Terraform plans like this before a destroy, too, which it does not stop: an apply refuses it."

// TellDeparted warns of somebody whom the state had, and who is not to be found any more,
// and tells whether it did.
func (s *Session) TellDeparted(member string, err error, at path.Path, diags *diag.Diagnostics) bool {
	id, isStated := s.Departed.idOf(member)
	if !IsNobody(err) || !isStated {
		return false
	}
	if renamed, exists := s.Client.Known().Get(id); exists {
		now := s.Client.Known().ReferenceTo(renamed.ID)
		AddWarning(diags, at, fmt.Sprintf("Called otherwise since the last apply: %s, now %s", member, now), fmt.Sprintf(
			"%s was in the state, and has another name at SignPath by now: %s.\n\nWrite %q, or refer to the attribute member of its resource.%s", member, renamed, now, refusedByApply))
		return true
	}
	AddWarning(diags, at, fmt.Sprintf("Gone since the last apply: %s", member), fmt.Sprintf(
		"%s was in the state, and SignPath does not have it any more: it was removed there, with all that it had been given. (%s)\n\n"+
			"Take it out of the configuration, or correct its name.%s", member, err, refusedByApply))
	return true
}

// TellGoneList is TellDeparted for a project, signing policy or group.
func (s *Session) TellGoneList(key string, err error, at path.Path, diags *diag.Diagnostics) bool {
	if _, known := s.Departed.Stated.Load(key); !known || !IsNobody(err) {
		return false
	}
	AddWarning(diags, at, "Gone since the last apply: "+key, fmt.Sprintf(
		"It was in the state, and SignPath does not have it any more. (%s)\n\nTake it out of the configuration, or correct its name.%s", err, refusedByApply))
	return true
}

// settlingTime is how long after its create nothing proves that something is gone: answers
// lag behind (documented incidents), by how much nobody says.
const settlingTime = 5 * time.Second

const privateCreated = "created"

// NoteCreated notes when the resource was created.
func (s *Session) NoteCreated(ctx context.Context, private tfkit.PrivateState, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateCreated, s.Now().UTC(), diags)
}

// AwaitCreated looks again for somebody who was created just now and is not there.
func (s *Session) AwaitCreated(ctx context.Context, private tfkit.PrivateReader, kind access.Kind, id string, absence error) (access.Principal, error) {
	created := tfkit.GetPrivate[time.Time](ctx, private, privateCreated)
	for wait := settlingTime - s.Now().Sub(created); wait > 0 && wait <= settlingTime && id != ""; wait -= time.Second {
		if err := httpapi.Sleep(ctx, min(wait, time.Second)); err != nil {
			return access.Principal{}, err
		}
		if p, err := s.Client.ConfirmPrincipal(ctx, kind, id); err == nil {
			return p, nil
		}
	}
	return access.Principal{}, absence
}

const privateGoneMembers = "gone_members"

// NoteGoneMembers notes the members of a list whom SignPath has no more, now and for later
// runs: they are no names that never were.
func (s *Session) NoteGoneMembers(ctx context.Context, before tfkit.PrivateReader, after tfkit.PrivateState, diags *diag.Diagnostics) {
	gone := map[string]string{}
	for _, members := range []map[string]string{tfkit.GetPrivate[map[string]string](ctx, before, privateGoneMembers), MemberIDs(ctx, before)} {
		for member, id := range members {
			if _, exists := s.Client.Known().Get(id); !exists {
				gone[member] = id
				s.Departed.Note(member, id)
			}
		}
	}
	tfkit.SetPrivate(ctx, after, privateGoneMembers, gone, diags)
}

// isLeft tells whether what is in the way of a create is what a destroy leaves: SignPath
// deletes no account and no group by its API.
func (s *Session) isLeft(ctx context.Context, existing access.Principal) (bool, error) {
	if existing.Kind != access.KindGroup {
		return !existing.Active, nil
	}
	members, err := s.Client.Members(ctx, s.GroupTarget(vocabulary.GroupMembers, existing))
	return len(members) == 0, err
}

// IsGone tells whether nobody has the id any more. Read keeps the entry and the role of
// whom SignPath has no more, and the plan warns of them again and again: a state without
// them would take them for names that never were.
func (s *Session) IsGone(ctx context.Context, member, id string) bool {
	reference, err := access.ParseReference(member)
	if err != nil || id == "" {
		return false
	}
	_, err = s.Client.Principal(ctx, reference.Kind, id)
	return api.IsGone(err)
}

// IsWarnedOf tells whether the plan has warned that there is what a destroy has left.
func (s *Session) IsWarnedOf(p access.Principal) bool {
	return s.Departed.left.Has(p.Reference().Folded().String())
}

// RefuseLeft refuses a create of which the plan has warned, and tells whether it did.
func (s *Session) RefuseLeft(wanted access.Principal, at path.Path, diags *diag.Diagnostics) bool {
	if !s.IsWarnedOf(wanted) {
		return false
	}
	diags.AddAttributeError(at, "Already exists", fmt.Sprintf("%s exists already, as the plan has said, and was not created. %s", wanted, takeItOver(wanted)))
	return true
}

// takeItOver says how Terraform comes to manage what exists.
func takeItOver(existing access.Principal) string {
	return fmt.Sprintf("To manage it with Terraform, import it, with the name of this resource in the place of NAME:\n\n"+
		"import {\n  to = %s.NAME\n  id = %q\n}\n\n"+
		"If another resource of this configuration managed it so far, and was only renamed, add a moved block. "+
		"Or set adopt_existing = true, to take it over with the settings of this resource: also where Terraform replaces this resource by the same one with "+
		"create_before_destroy, which that of another resource that refers to it brings about, too. "+
		"Nothing is lost by that.", vocabulary.ResourceType(existing.Kind), existing.Reference().Key)
}
