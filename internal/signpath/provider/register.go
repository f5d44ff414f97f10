package provider

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
}

func newRegister() *register {
	return &register{principals: map[access.Reference]access.Principal{}}
}

// put notes a principal as it will be after the apply. Its ID is empty if it
// does not exist yet.
func (r *register) put(p access.Principal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.principals[p.Reference().Folded()] = p
	if p.ID != "" {
		r.principals[p.IDReference().Folded()] = p
	}
}

func (r *register) find(reference access.Reference) (access.Principal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.principals[reference.Folded()]
	return p, ok
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

// resolve finds the principal that a reference will name after the apply: one
// that this plan creates or changes, or one that exists.
func (s *session) resolve(ctx context.Context, reference access.Reference) (access.Principal, error) {
	planned, isPlanned := s.planned.find(reference)
	if !isPlanned {
		p, err := s.client.Resolve(ctx, reference)
		if !isNobody(err) {
			return p, err
		}
		// Whoever is named by a text, and not by an attribute of the resource that creates
		// them, may be planned later.
		isFound := func() bool { planned, isPlanned = s.planned.find(reference); return isPlanned }
		if !s.await(ctx, isFound) {
			return p, err
		}
	}
	if planned.ID != "" {
		return planned, nil // Whoever has the name now may give it up in the same plan.
	}
	directory, err := s.client.Directory(ctx, reference.Kind)
	if err != nil {
		return planned, err
	}
	existing, err := directory.Find(reference)
	switch {
	case err == nil && !s.givesUp(existing):
		planned.ID = existing.ID
	case err == nil:
	case !isNobody(err):
		return planned, err
	}
	return planned, nil
}

// appliedMember finds the principal that a member of a plan names, which is carried out
// now. Whoever is named by a text may be under way.
func (s *session) appliedMember(ctx context.Context, member string) (access.Principal, error) {
	p, err := s.existingMember(ctx, member)
	reference, invalid := access.ParseReference(member)
	if !isNobody(err) || invalid != nil {
		return p, err
	}
	s.await(ctx, func() bool { p, err = s.client.Known().Find(reference); return err == nil })
	if err != nil {
		return s.existingMember(ctx, member)
	}
	return p, nil
}

// whole returns all that SignPath tells of a principal.
func (s *session) whole(ctx context.Context, kind access.Kind, id string) (access.Principal, error) {
	if kind == access.KindGroup {
		return s.client.Group(ctx, id)
	}
	return s.client.Principal(ctx, kind, id)
}

// complete adds what the list of groups may not say of one.
func (s *session) complete(ctx context.Context, p access.Principal) (access.Principal, error) {
	if p.Kind != access.KindGroup {
		return p, nil
	}
	return s.client.Group(ctx, p.ID)
}
