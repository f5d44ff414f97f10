package run

import (
	"context"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A register holds the principals that this run plans to create or change.
//
// Terraform plans a resource after those that it refers to, in one provider
// process. So an access list that names signpath_ci_user.build.member finds
// that CI user here before SignPath knows it.
type register struct {
	mu         sync.Mutex
	principals map[access.Reference]access.Principal
	// isNameless is true once somebody is planned whose name is only known after apply.
	isNameless bool
}

func newRegister() *register {
	return &register{principals: map[access.Reference]access.Principal{}}
}

// Put notes a principal as it will be after the apply. Its ID is empty if it
// does not exist yet.
func (r *register) Put(p access.Principal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.principals[p.Reference().Folded()] = p
	if p.ID != "" {
		r.principals[p.IDReference().Folded()] = p
	}
}

func (r *register) Find(reference access.Reference) (access.Principal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.principals[reference.Folded()]
	return p, ok
}

// PutNameless notes that somebody is planned whose name is only known after apply.
func (r *register) PutNameless() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isNameless = true
}

// onlyNew names somebody whom this run creates, if the reference of everybody it creates is known.
func (r *register) onlyNew() (created access.Reference, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.principals {
		if reference := p.Reference(); p.ID == "" && (!ok || reference.Compare(created) < 0) {
			created, ok = reference, true
		}
	}
	return created, ok && !r.isNameless
}

// findID finds what is planned for a principal that exists.
func (r *register) findID(id string) (access.Principal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range access.Kinds() {
		if p, ok := r.principals[access.Reference{Kind: kind, Key: id}.Folded()]; ok {
			return p, true
		}
	}
	return access.Principal{}, false
}

// Resolve finds the principal that a reference will name after the apply: one
// that this plan creates or changes, or one that exists.
func (s *Session) Resolve(ctx context.Context, reference access.Reference) (access.Principal, error) {
	planned, isPlanned := s.Planned.Find(reference)
	if !isPlanned {
		p, err := s.Client.Resolve(ctx, reference)
		if !IsNobody(err) {
			return p, err
		}
		// Whoever is named by a text, and not by an attribute of the resource that creates
		// them, may be planned later.
		isFound := func() bool { planned, isPlanned = s.Planned.Find(reference); return isPlanned }
		if !s.await(ctx, isFound) {
			return p, err
		}
	}
	if planned.ID != "" {
		return planned, nil // Whoever has the name now may give it up in the same plan.
	}
	directory, err := s.Client.Directory(ctx, reference.Kind)
	if err != nil {
		return planned, err
	}
	existing, err := directory.Find(reference)
	switch {
	case err == nil && !s.givesUp(existing):
		planned.ID = existing.ID
	case err == nil:
	case !IsNobody(err):
		return planned, err
	}
	return planned, nil
}

// AppliedMember finds the principal that a member of a plan names, which is carried out
// now. Whoever is named by a text may be under way.
func (s *Session) AppliedMember(ctx context.Context, member string) (access.Principal, error) {
	p, err := s.ExistingMember(ctx, member)
	reference, invalid := access.ParseReference(member)
	if !IsNobody(err) || invalid != nil {
		return p, err
	}
	s.await(ctx, func() bool { p, err = s.Client.Known().Find(reference); return err == nil })
	if err != nil {
		return s.ExistingMember(ctx, member)
	}
	return p, nil
}

// Whole returns all that SignPath tells of a principal.
func (s *Session) Whole(ctx context.Context, kind access.Kind, id string) (access.Principal, error) {
	if kind == access.KindGroup {
		return s.Client.Group(ctx, id)
	}
	return s.Client.Principal(ctx, kind, id)
}

// Complete adds what the list of groups may not say of one.
func (s *Session) Complete(ctx context.Context, p access.Principal) (access.Principal, error) {
	if p.Kind != access.KindGroup {
		return p, nil
	}
	return s.Client.Group(ctx, p.ID)
}
