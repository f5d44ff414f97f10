package provider

import (
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// A session is what the resources of one run share: the client, and who manages what. Configure
// makes it anew for each walk over the graph.
type session struct {
	*tfkit.OptionalClient[*api.Client]

	mu sync.Mutex
	// owners are the marks of the resource instances that plan to have an invitation, by address in
	// lower case.
	owners map[string]string
	// ending are the addresses of invitations whose resource is to be destroyed, in lower case.
	ending map[string]bool
	// managed are the ids of invitations that instances of this run have in their state.
	managed map[string]bool
	// kept are the addresses, in lower case, of instances that were planned to keep theirs, by their marks.
	kept map[string]string
}

func newSession(client *tfkit.OptionalClient[*api.Client]) *session {
	return &session{OptionalClient: client, owners: map[string]string{}, ending: map[string]bool{}, managed: map[string]bool{}, kept: map[string]string{}}
}

// claim notes that an instance plans to have the invitation for an address, and tells whether another
// one does, or has one that is to be destroyed.
func (s *session) claim(email, mark string) (isClaimed, isEnding bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	email = strings.ToLower(email)
	if owner := s.owners[email]; owner != "" && owner != mark {
		return true, false
	}
	s.owners[email] = mark
	return false, s.ending[email]
}

// keep notes that an instance was planned to keep the address that it has.
func (s *session) keep(email, mark string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[mark] = strings.ToLower(email)
}

// isKept tells whether an instance that is planned as new was planned before to keep that address:
// then Terraform replaces it for a reason that the provider is not told.
func (s *session) isKept(email, mark string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[mark] == strings.ToLower(email)
}

// end notes that the resource of an invitation is to be destroyed, or lets go of its address, and tells
// whether another one plans to have an invitation for the same address.
func (s *session) end(email string) (isClaimed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	email = strings.ToLower(email)
	s.ending[email] = true
	return s.owners[email] != ""
}

// manage notes that an instance has an invitation in its state.
func (s *session) manage(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.managed[id] = true
}

func (s *session) isManaged(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.managed[id]
}
