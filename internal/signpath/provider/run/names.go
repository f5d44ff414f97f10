package run

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// SignPath has no second place for a name. One that a run frees, because it gives whoever
// has it another one, can be given to somebody else in the same run, if Terraform does
// that later or at the same time.

// nameHolder is who else has the name of the planned principal now.
func (s *Session) nameHolder(ctx context.Context, planned access.Principal) (holder access.Principal, isTaken bool) {
	directory, err := s.Client.Directory(ctx, planned.Kind)
	if err != nil {
		return holder, false // Whatever comes next reports it.
	}
	holder, err = directory.Find(planned.Reference())
	return holder, err == nil && holder.ID != planned.ID
}

// isPlanned tells whether this run has planned what becomes of a principal that exists.
func (s *Session) isPlanned(id string) bool {
	_, ok := s.Planned.findID(id)
	return ok || s.Accounts.ended.Has(id)
}

// givesUp tells whether this run gives a principal another name.
func (s *Session) givesUp(p access.Principal) bool {
	planned, ok := s.Planned.findID(p.ID)
	return ok && !planned.Reference().Same(p.Reference())
}

// IsNameMoved tells whether this run takes the name in a reference from whoever has the id,
// and gives it to somebody else.
func (s *Session) IsNameMoved(reference access.Reference, id string) bool {
	holder, ok := s.Planned.findID(id)
	next, isPlanned := s.Planned.Find(reference)
	return ok && isPlanned && next.ID != id && !holder.Reference().Same(reference)
}

// PlanName refuses a new name that somebody else has and keeps, as far as is known.
func (s *Session) PlanName(ctx context.Context, planned, present access.Principal, at path.Path, diags *diag.Diagnostics) {
	if planned.Reference().Same(present.Reference()) {
		return
	}
	s.await(ctx, func() bool {
		holder, isTaken := s.nameHolder(ctx, planned)
		return !isTaken || s.isPlanned(holder.ID)
	})
	holder, isTaken := s.nameHolder(ctx, planned)
	switch {
	case !isTaken:
	case !s.givesUp(holder):
		addNameTaken(present, planned, at, diags)
	case s.isExchanged(ctx, planned, holder):
		AddError(diags, at, "Names are exchanged", fmt.Sprintf("This plan gives %s the name of %s, and in the end the other way round. "+
			"SignPath has no second place for a name, so none of them can be the first. "+
			"Do it in two applies: give one of them a name that nobody has, and then the other names.",
			present.Reference(), holder.Reference()))
	}
}

// ClaimName notes that the resource instance being planned gives somebody a new name, and refuses one that
// another instance gives in the same plan. Two who have one name already keep it. An account is known by
// its address, which no plan changes.
func (s *Session) ClaimName(ctx context.Context, private tfkit.PrivateState, planned access.Principal, at path.Path, diags *diag.Diagnostics) {
	reference := planned.Reference()
	if planned.Kind == access.KindUser {
		return
	}
	if _, isTaken := s.owners.add("the name "+reference.Folded().String(), Claim{mark: tfkit.InstanceMark(ctx, private, diags)}); isTaken {
		AddError(diags, at, fmt.Sprintf("The name is taken: %s", reference), fmt.Sprintf(
			"This plan gives the name %s to another %s, too, and SignPath has no second place for it. "+
				"Give one of the two another name.", reference, planned.Kind.Noun()))
	}
}

// isExchanged tells whether whoever has the name takes that of the planned principal, be it
// by way of others.
func (s *Session) isExchanged(ctx context.Context, planned, holder access.Principal) bool {
	for seen := map[string]bool{}; holder.ID != planned.ID && !seen[holder.ID]; {
		seen[holder.ID] = true
		next, ok := s.Planned.findID(holder.ID)
		if !ok {
			return false
		}
		if holder, ok = s.nameHolder(ctx, next); !ok {
			return false
		}
	}
	return holder.ID == planned.ID
}

// AwaitName waits for a name that this run frees, and reports where it does not.
func (s *Session) AwaitName(ctx context.Context, planned, present access.Principal, at path.Path, diags *diag.Diagnostics) {
	isFree := s.await(ctx, func() bool {
		_, isTaken := s.nameHolder(ctx, planned)
		return !isTaken
	})
	if !isFree {
		addNameTaken(present, planned, at, diags)
	}
}

func addNameTaken(present, planned access.Principal, at path.Path, diags *diag.Diagnostics) {
	what := fmt.Sprintf("%s cannot become %s", present.Reference(), planned.Reference())
	if present.ID == "" {
		what = fmt.Sprintf("%s cannot be created", planned.Reference())
	}
	AddError(diags, at, fmt.Sprintf("The name is taken: %s", planned.Reference()), fmt.Sprintf(
		"%s, because another %s has this name. Nothing was changed here. If this configuration gives that one another name, let Terraform do that first: "+
			"add depends_on with its resource to this one, or do it in two applies. A destroy frees no name, because SignPath's API is not known to delete anybody.",
		what, planned.Kind.Noun()))
}

// AwaitFate waits until it is planned what becomes of somebody who has the name of what is
// to be created, as far as this run manages them, and tells whether they give it up.
func (s *Session) AwaitFate(ctx context.Context, existing access.Principal, private tfkit.PrivateReader) (givesUp bool) {
	mark, looks := tfkit.GetPrivate[string](ctx, private, tfkit.PrivateMark), 0
	s.await(ctx, func() bool {
		looks++
		now, err := s.Client.Known().Find(existing.Reference())
		switch {
		case err != nil || now.ID != existing.ID || s.isPlanned(existing.ID):
			return true
		case s.Holdings.isReadByAnother(HeldAccounts, existing.ID, mark) && looks <= idleLooks:
			return false // It is planned right after that.
		}
		return s.Replaced.Has(existing.ID)
	})
	return s.givesUp(existing)
}
