package mock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Act is what is done in the Dashboard.
type Act string

// The acts.
const (
	ActInvite         Act = "invite"
	ActAccept         Act = "accept"
	ActLogIn          Act = "logIn"
	ActGrant          Act = "grant"
	ActEdit           Act = "edit"
	ActRemoveAccess   Act = "removeAccess"
	ActRemoveUser     Act = "removeUser"
	ActCreateAccount  Act = "createAccount"
	ActDeleteAccount  Act = "deleteAccount"
	ActRestoreAccount Act = "restoreAccount"
	ActReplaceAccount Act = "replaceAccount"
)

// Mail is what a user was sent: an invitation, or roles to accept.
type Mail struct {
	To    string   `json:"to"`
	Scope string   `json:"scope"`
	Roles []string `json:"roles,omitempty"`
}

// Dashboard is Signicat's web application for one who acts in it. It follows what the pages say of inheritance, grants and
// users. Each act leaves an audit event.
type Dashboard struct {
	server *Server
	by     string
}

// Dashboard returns the web application for a user such as "user:ada@example.com", or, for "", for somebody who may do
// everything.
func (s *Server) Dashboard(by string) *Dashboard { return &Dashboard{s, by} }

// deed is what an audit event tells.
type deed struct {
	act Act
	// by is who acts, subject whom or what it is about.
	by, subject, scope string
	roles              []string
}

// act carries out a change under the lock, and leaves an event if it was not refused.
func (s *Server) act(d deed, change func() error) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := s.checkScope(d); err != nil {
		return err
	}
	if err := change(); err != nil {
		return fmt.Errorf("%s %s at %s: %w", d.act, d.subject, d.scope, err)
	}
	s.record(d)
	return nil
}

func (s *Server) checkScope(d deed) error {
	isThere := d.scope == ScopeOrganisation || slices.ContainsFunc(s.accounts, func(a AccountSeed) bool { return a.ID == d.scope })
	if !isThere {
		return fmt.Errorf("%s %s at %s: %w", d.act, d.subject, d.scope, ErrNoScope)
	}
	return nil
}

// record leaves the audit event of an act.
func (s *Server) record(d deed) {
	if d.scope == ScopeOrganisation && s.dialect.NoOrganisationEvents {
		return
	}
	name, isNamed := s.eventNames[d.act]
	if !isNamed {
		name = EventName{ServiceName: "mock-dashboard", EventType: "mock." + string(d.act)}
	}
	seed := EventSeed{
		ServiceName: name.ServiceName, EventType: name.EventType, UserID: UserID(d.by),
		Message: strings.TrimSpace(fmt.Sprintf("%s %s at %s %s", d.act, d.subject, d.scope, strings.Join(d.roles, ", "))),
		Data:    map[string]any{"act": string(d.act), "subject": d.subject, "scope": d.scope, "roles": d.roles},
	}
	if d.scope != ScopeOrganisation {
		seed.Account = d.scope
	}
	if s.dialect.UserIsSubject {
		seed.UserID = UserID(d.subject)
	}
	s.addEvent(seed)
}

// UserID is the id that events have for a user; "" for what is no user.
func UserID(user string) string {
	if !isUser(user) {
		return ""
	}
	hash := sha256.Sum256([]byte(key(user)))
	return "u-" + hex.EncodeToString(hash[:8])
}

// Invite invites a user at a scope, who gets a mail. Organisation Admins and Partner Organisation Admins can at the
// organisation, Account Admins at their account.
func (d *Dashboard) Invite(user, scope string) error {
	s := d.server
	return s.act(deed{ActInvite, d.by, user, scope, nil}, func() error {
		if !isUser(user) {
			return ErrNoUser // Machine clients are not invited (documented).
		}
		if !s.access.mayInvite(key(d.by), scope) {
			return ErrForbidden
		}
		s.access.users[s.access.name(user)] = s.access.users[key(user)]
		s.mails = append(s.mails, Mail{To: user, Scope: scope})
		return nil
	})
}

// Accept lets a user accept the invitation and all roles that are waiting. The roles hold after LogIn.
func (s *Server) Accept(user string) error {
	return s.act(deed{ActAccept, user, user, ScopeOrganisation, nil}, func() error {
		if _, isThere := s.access.users[key(user)]; !isThere {
			return ErrNoUser
		}
		s.access.users[key(user)] = true
		for _, scope := range s.access.scopesOf(key(user)) {
			for _, held := range s.access.grants[scope][key(user)] {
				held.accepted = true
			}
		}
		return nil
	})
}

// LogIn lets a user log in again: what was accepted holds from now on.
func (s *Server) LogIn(user string) error {
	return s.act(deed{ActLogIn, user, user, ScopeOrganisation, nil}, func() error {
		if !s.access.users[key(user)] {
			return ErrNotAccepted
		}
		for _, scope := range s.access.scopesOf(key(user)) {
			for _, held := range s.access.grants[scope][key(user)] {
				held.holds = held.holds || held.accepted
			}
		}
		return nil
	})
}

// Grant gives a principal roles in a scope. A user gets a mail, and has them after Accept and LogIn; others have them at once.
func (d *Dashboard) Grant(principal, scope string, roles ...string) error {
	s := d.server
	return s.act(deed{ActGrant, d.by, principal, scope, roles}, func() error {
		if !s.access.mayGrant(key(d.by), scope) {
			return ErrForbidden
		}
		return s.give(principal, scope, roles)
	})
}

func (s *Server) give(principal, scope string, roles []string) error {
	if len(roles) == 0 {
		return ErrNoRole // A grant has at least one (documented).
	}
	for _, role := range roles {
		if !s.access.hasRole(role) {
			return ErrNoRole
		}
	}
	if !isPrincipal(principal) || !s.access.isOffered(key(principal)) {
		return ErrNotOffered
	}
	waits := isUser(principal)
	s.access.give(scope, s.access.name(principal), roles, holding{!waits, !waits})
	if waits {
		s.mails = append(s.mails, Mail{To: principal, Scope: scope, Roles: roles})
	}
	return nil
}

// Edit selects and deselects roles in the row of a principal. That roles can be deselected there is inferred.
func (d *Dashboard) Edit(principal, scope string, add, remove []string) error {
	s := d.server
	return s.act(deed{ActEdit, d.by, principal, scope, slices.Concat(add, remove)}, func() error {
		row := s.access.grants[scope][key(principal)]
		if !s.access.mayGrant(key(d.by), scope) {
			return ErrForbidden
		}
		lacks := func(role string) bool { return row[role] == nil }
		if len(row) == 0 || slices.ContainsFunc(remove, lacks) {
			return ErrNoRow
		}
		if len(add) > 0 {
			if err := s.give(principal, scope, add); err != nil {
				return err
			}
		}
		s.access.take(scope, key(principal), remove)
		return nil
	})
}

// RemoveAccess takes all roles of a principal who has a row in the scope: in all scopes, or, with Dialect.RemovesRowOnly, in
// that one.
func (d *Dashboard) RemoveAccess(principal, scope string) error {
	s := d.server
	return s.act(deed{ActRemoveAccess, d.by, principal, scope, nil}, func() error {
		if len(s.access.grants[scope][key(principal)]) == 0 {
			return ErrNoRow
		}
		scopes := []string{scope}
		if !s.access.dialect.RemovesRowOnly {
			scopes = s.access.scopesOf(key(principal))
		}
		if !s.access.mayRemove(key(d.by), key(principal), scopes) {
			return ErrForbidden
		}
		for _, each := range scopes {
			delete(s.access.grants[each], key(principal))
		}
		return nil
	})
}

// RemoveUser takes a user and all of its roles away. Organisation Admins and Partner Organisation Admins can, and Account
// Admins if the user has roles in their accounts only.
func (d *Dashboard) RemoveUser(user string) error {
	s := d.server
	return s.act(deed{ActRemoveUser, d.by, user, ScopeOrganisation, nil}, func() error {
		if _, isThere := s.access.users[key(user)]; !isThere {
			return ErrNoUser
		}
		scopes := s.access.scopesOf(key(user))
		isOwn := len(scopes) > 0 && s.access.mayRemove(key(d.by), key(user), scopes)
		if !isOwn && !s.access.mayInvite(key(d.by), ScopeOrganisation) {
			return ErrForbidden
		}
		for _, scope := range scopes {
			delete(s.access.grants[scope], key(user))
		}
		delete(s.access.users, key(user))
		return nil
	})
}

// HasRole tells whether the Dashboard lists a role of that name.
func (s *Server) HasRole(role string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.access.hasRole(role)
}

// Grants are the rows of the Dashboard (IAM, Permissions), sorted by scope and principal.
func (s *Server) Grants() []GrantSeed {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.access.seedGrants()
}

// Rights are what principals can use now, in the organisation and in each account, after inheritance: sorted by scope, in the
// order of the accounts, and principal.
func (s *Server) Rights() []Right {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	accounts := make([]string, len(s.accounts))
	for i, account := range s.accounts {
		accounts[i] = account.ID
	}
	return s.access.rights(accounts)
}

// Mails are those that were sent, oldest first.
func (s *Server) Mails() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.mails)
}
