package mock

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Console does what people do: in the Console of IgniSign, and with the mails that they get. Nothing of it is a route of the
// API. An error says what is not there to be changed; then nothing was.
type Console struct{ server *Server }

// Console returns the Console of the application.
func (s *Server) Console() *Console { return &Console{s} }

// do holds the lock of the state.
func (c *Console) do(act func(s *Server) error) error {
	c.server.mutex.Lock()
	defer c.server.mutex.Unlock()
	return act(c.server)
}

// Mails returns the mails that were sent, the oldest first.
func (s *Server) Mails() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.mails)
}

// Members returns the members of the application, in the order in which they became members.
func (s *Server) Members() []Member { return s.Snapshot().Members }

// Invitations returns the records of invitations, the oldest first.
func (s *Server) Invitations() []Invitation { return s.Snapshot().Invitations }

// Accept accepts the pending invitation of an address: whoever has it becomes a member.
func (c *Console) Accept(email string) error {
	return c.onPending(email, func(s *Server, at int) {
		invitation := &s.application.Invitations[at]
		invitation.Status = statusAccepted
		if s.member(email) == nil {
			s.addMember(invitation.Email, invitation.Grant)
			return
		}
		s.changeMember(email, invitation.Grant)
	})
}

// Decline declines the pending invitation of an address.
func (c *Console) Decline(email string) error {
	return c.onPending(email, func(s *Server, at int) { s.application.Invitations[at].Status = statusDeclined })
}

// Cancel cancels the pending invitation of an address, as a request would.
func (c *Console) Cancel(email string) error {
	return c.onPending(email, func(s *Server, at int) { s.cancelAt(at) })
}

// ChangeInvitation gives the pending invitation of an address other roles.
func (c *Console) ChangeInvitation(email string, roles Roles) error {
	return c.onPending(email, func(s *Server, at int) {
		s.application.Invitations[at].Grant = Grant{Roles: roles.whole()}
	})
}

// Invite invites an address, and sends a mail. It answers the id of the invitation.
func (c *Console) Invite(email string, roles Roles) (id string, err error) {
	err = c.do(func(s *Server) error {
		if s.member(email) != nil {
			return fmt.Errorf("%s is a member already", email)
		}
		invitation := s.addInvitation(email, Grant{Roles: roles.whole()})
		s.send(invitation, false)
		id = invitation.ID
		return nil
	})
	return id, err
}

// Forget takes all invitations of an address out of the list, whatever their status.
func (c *Console) Forget(email string) error {
	return c.do(func(s *Server) error {
		if s.invitationOf(email, "") == nil {
			return fmt.Errorf("%s was not invited", email)
		}
		s.application.Invitations = slices.DeleteFunc(s.application.Invitations, func(i Invitation) bool { return strings.EqualFold(i.Email, email) })
		return nil
	})
}

func (c *Console) onPending(email string, act func(s *Server, at int)) error {
	return c.do(func(s *Server) error {
		pending := s.invitationOf(email, statusPending)
		if pending == nil {
			return fmt.Errorf("%s has no pending invitation", email)
		}
		act(s, slices.IndexFunc(s.application.Invitations, func(i Invitation) bool { return i.ID == pending.ID }))
		return nil
	})
}

// AddMember makes an address a member without an invitation. It answers the id of the user.
func (c *Console) AddMember(email string, roles Roles) (id string, err error) {
	err = c.do(func(s *Server) error {
		if s.member(email) != nil {
			return fmt.Errorf("%s is a member already", email)
		}
		id = s.addMember(email, Grant{Roles: roles}).ID
		return nil
	})
	return id, err
}

// ChangeMember changes what a member may do. No invitation changes by it.
func (c *Console) ChangeMember(email string, roles Roles) error {
	return c.onMember(email, func(s *Server) { s.changeMember(email, Grant{Roles: roles.whole()}) })
}

// RemoveMember takes all access from a member. No invitation changes by it.
func (c *Console) RemoveMember(email string) error {
	return c.onMember(email, func(s *Server) { s.removeMember(email) })
}

func (c *Console) onMember(email string, act func(s *Server)) error {
	return c.do(func(s *Server) error {
		if s.member(email) == nil {
			return fmt.Errorf("%s is no member", email)
		}
		act(s)
		return nil
	})
}

// EmitMembershipEvent tells the webhooks of PRODUCTION that the membership of a user changed, although nothing did here.
func (c *Console) EmitMembershipEvent(userID string) {
	c.server.mutex.Lock()
	defer c.server.mutex.Unlock()
	c.server.noteMembership(userID)
}

// MakeKey makes a new key, and answers its id and its secret, which is shown once.
func (c *Console) MakeKey(environment, name string) (id, secret string, err error) {
	err = c.do(func(s *Server) error {
		if !slices.Contains(environments, environment) {
			return fmt.Errorf("%q is no environment", environment)
		}
		secret = newKeyPrefix(s.application.Application.ID, environment) + randomHex(16)
		key := APIKey{ID: s.newID(), Name: name, Environment: environment, Secret: secret, Status: statusActive}
		s.application.APIKeys = append(s.application.APIKeys, key)
		id = key.ID
		return nil
	})
	return id, secret, err
}

// RevokeKey revokes a key, by its id or its name. It stays in the context as REVOCATED.
func (c *Console) RevokeKey(key string) error {
	return c.do(func(s *Server) error {
		at := slices.IndexFunc(s.application.APIKeys, func(k APIKey) bool { return k.ID == key || k.Name == key })
		if at < 0 {
			return fmt.Errorf("there is no key %q", key)
		}
		s.application.APIKeys[at].Status = statusRevoked
		return nil
	})
}

// AddSSO adds a configuration of single sign-on, and answers its id.
func (c *Console) AddSSO(config SSOConfig) (id string, err error) {
	err = c.do(func(s *Server) error {
		if !slices.Contains(environments, config.Environment) {
			return fmt.Errorf("%q is no environment", config.Environment)
		}
		orElse(&config.ID, s.newID())
		config.complete()
		s.application.SSOConfigs = append(s.application.SSOConfigs, config)
		id = config.ID
		return nil
	})
	return id, err
}

// ChangeSSO lets a change be made to a configuration of single sign-on, by its id or its name.
func (c *Console) ChangeSSO(config string, change func(*SSOConfig)) error {
	return c.do(func(s *Server) error {
		at := slices.IndexFunc(s.application.SSOConfigs, func(o SSOConfig) bool { return o.ID == config || o.Name == config })
		if at < 0 {
			return fmt.Errorf("there is no configuration %q", config)
		}
		change(&s.application.SSOConfigs[at])
		return nil
	})
}

// ArchiveSSO archives a configuration of single sign-on, by its id or its name.
func (c *Console) ArchiveSSO(config string) error {
	return c.ChangeSSO(config, func(o *SSOConfig) { o.Status = "ARCHIVED" })
}

// SetStatus makes the application ACTIVE, BLOCKED, ARCHIVED or ORG_ARCHIVED. That it was archived is told to the webhooks of
// PRODUCTION.
func (c *Console) SetStatus(status string) error {
	return c.do(func(s *Server) error {
		if !slices.Contains([]string{statusActive, "BLOCKED", "ARCHIVED", "ORG_ARCHIVED"}, status) {
			return fmt.Errorf("%q is no status of an application", status)
		}
		s.application.Application.Status = status
		if status == "ARCHIVED" {
			s.emit(Event{Action: "ARCHIVED"})
		}
		return nil
	})
}

// SetAPIVersion makes the application one of V3 or V4. Which versions are served is the dialect's.
func (c *Console) SetAPIVersion(version string) error {
	return c.do(func(s *Server) error {
		if version != "V3" && version != "V4" {
			return errors.New("an application has the version V3 or V4")
		}
		s.application.Application.APIVersion = version
		return nil
	})
}

// AddWebhook adds a webhook, and answers its id.
func (c *Console) AddWebhook(hook Webhook) (id string, err error) {
	err = c.do(func(s *Server) error {
		if !slices.Contains(environments, hook.Environment) || hook.URL == "" {
			return errors.New("a webhook needs an environment and a URL")
		}
		orElse(&hook.ID, s.newID())
		hook.complete()
		s.application.Webhooks = append(s.application.Webhooks, hook)
		id = hook.ID
		return nil
	})
	return id, err
}

// RemoveWebhook removes a webhook with its events, by its id or its URL.
func (c *Console) RemoveWebhook(hook string) error {
	return c.do(func(s *Server) error {
		at := slices.IndexFunc(s.application.Webhooks, func(w Webhook) bool { return w.ID == hook || w.URL == hook })
		if at < 0 {
			return fmt.Errorf("there is no webhook %q", hook)
		}
		s.application.Webhooks = slices.Delete(s.application.Webhooks, at, at+1)
		return nil
	})
}
