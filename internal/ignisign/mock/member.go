package mock

import (
	"slices"
	"strings"
)

// member is the member with an address; nil if there is none.
func (s *Server) member(email string) *Member {
	for i := range s.application.Members {
		if strings.EqualFold(s.application.Members[i].Email, email) {
			return &s.application.Members[i]
		}
	}
	return nil
}

// addMember makes somebody a member, with the id that the user of the address always has.
func (s *Server) addMember(email string, granted Grant) Member {
	member := Member{Email: email, Grant: granted}
	member.complete()
	s.application.Members = append(s.application.Members, member)
	s.noteMembership(member.ID)
	return member
}

// changeMember changes what a member may do, and nothing if there is no such member.
func (s *Server) changeMember(email string, granted Grant) {
	if member := s.member(email); member != nil {
		member.Grant = granted
		s.noteMembership(member.ID)
	}
}

// removeMember removes a member, and nothing if there is no such member.
func (s *Server) removeMember(email string) {
	member := s.member(email)
	if member == nil {
		return
	}
	id := member.ID
	s.application.Members = slices.DeleteFunc(s.application.Members, func(m Member) bool { return m.ID == id })
	s.noteMembership(id)
}

// noteMembership tells the webhooks that the membership of a user changed: documented, with the user's id alone.
func (s *Server) noteMembership(user string) {
	s.emit(Event{Action: "MEMBERSHIP_UPDATED", UserID: user})
}
