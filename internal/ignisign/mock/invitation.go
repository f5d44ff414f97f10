package mock

import (
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"
)

const (
	statusPending  = "PENDING"
	statusAccepted = "ACCEPTED"
	statusDeclined = "DECLINED"
	statusCanceled = "CANCELED"
)

// Mail is a mail that was sent. That POST and resend send one each is inferred.
type Mail struct {
	To string `json:"to"`
	// Invitation is the id of the invitation.
	Invitation string `json:"invitation"`
	// Resent is true for one that resend sent.
	Resent bool      `json:"resent,omitempty"`
	At     time.Time `json:"at"`
}

func (s *Server) send(invitation *Invitation, isResent bool) {
	s.mails = append(s.mails, Mail{To: invitation.Email, Invitation: invitation.ID, Resent: isResent, At: s.clock()})
}

// answerOf is an invitation as answers have it (documented).
func (s *Server) answerOf(invitation Invitation) object {
	return object{
		"_id":    invitation.ID,
		"email":  invitation.Email,
		"appId":  s.application.Application.ID,
		"status": invitation.Status,
		"roles":  invitation.wire(),
	}
}

// listInvitations answers all, in the order in which they were made. That there are no pages is inferred.
func (c *call) listInvitations() (any, *refusal) {
	list := []object{}
	for _, invitation := range c.application.Invitations {
		list = append(list, c.answerOf(invitation))
	}
	return list, nil
}

func (c *call) invite() (any, *refusal) {
	body, refused := c.body()
	if refused != nil {
		return nil, refused
	}
	email := text(body, "email")
	if !isAddress(email) {
		return nil, invalidBody("email", "email must be an email")
	}
	granted, refused := c.readGrant(body, "email", "roles")
	if refused != nil {
		return nil, refused
	}
	if refused := c.checkChange(nil, granted.Roles); refused != nil {
		return nil, refused
	}
	if c.member(email) != nil {
		return nil, refuse(http.StatusBadRequest, "USER_ALREADY_IN_APP", "The user is in the application already.")
	}
	if c.dialect.SecondInvitation == SecondInvitationRefused && c.invitationOf(email, statusPending) != nil {
		return nil, refuse(http.StatusBadRequest, "USER_ALREADY_INVITED_BY_ORGANIZATION", "The user has an invitation already.")
	}
	invitation := c.addInvitation(email, granted)
	c.send(invitation, false)
	return c.answerOf(*invitation), nil
}

// addInvitation makes a record, or renews the one of before in the dialect that does.
func (s *Server) addInvitation(email string, granted Grant) *Invitation {
	if s.dialect.LowerAddresses {
		email = strings.ToLower(email)
	}
	if before := s.invitationOf(email, ""); before != nil && s.dialect.SecondInvitation == SecondInvitationSame {
		before.Status, before.Grant = statusPending, granted
		return before
	}
	s.application.Invitations = append(s.application.Invitations, Invitation{ID: s.newID(), Email: email, Status: statusPending, Grant: granted})
	return &s.application.Invitations[len(s.application.Invitations)-1]
}

// invitationOf is the newest invitation of an address with a status; with "", with any.
func (s *Server) invitationOf(email, status string) *Invitation {
	for i := range slices.Backward(s.application.Invitations) {
		invitation := &s.application.Invitations[i]
		if strings.EqualFold(invitation.Email, email) && (status == "" || invitation.Status == status) {
			return invitation
		}
	}
	return nil
}

// isAddress is what the validators of the data models ask of an address.
func isAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return false
	}
	_, host, _ := strings.Cut(text, "@")
	return strings.Contains(host, ".")
}

// readGrant reads the roles of a body that may have the known properties.
func (c *call) readGrant(body map[string]json.RawMessage, known ...string) (Grant, *refusal) {
	var list []string
	if c.dialect.IAMRoles && json.Unmarshal(body["roles"], &list) == nil && len(list) > 0 {
		return readIAMRoles(list)
	}
	if refused := c.checkProperties(body, known...); refused != nil {
		return Grant{}, refused
	}
	var roles map[string]json.RawMessage
	if json.Unmarshal(body["roles"], &roles) != nil || len(roles) == 0 {
		return Grant{}, invalidBody("roles", "roles must be a non-empty object")
	}
	read := Roles{}
	for environment, encoded := range roles {
		list, refused := c.readRoles(environment, encoded)
		if refused != nil {
			return Grant{}, refused
		}
		read[environment] = list
	}
	if len(read) < len(environments) && c.dialect.MissingEnvironmentRefused {
		return Grant{}, invalidBody("roles", "roles must have each environment")
	}
	return Grant{Roles: read.whole()}, nil
}

func readIAMRoles(list []string) (Grant, *refusal) {
	for _, role := range list {
		if !slices.Contains(iamRoles, role) {
			return Grant{}, invalidBody("roles", "each value in roles must be a role of applications")
		}
	}
	return Grant{IAMRoles: list}, nil
}

func (c *call) readRoles(environment string, encoded json.RawMessage) ([]string, *refusal) {
	if !slices.Contains(environments, environment) {
		return nil, invalidBody("roles", "each key of roles must be an environment")
	}
	var list []string
	if json.Unmarshal(encoded, &list) != nil || list == nil {
		return nil, invalidBody("roles", "each value of roles must be a list")
	}
	if len(list) == 0 && c.dialect.EmptyListRefused {
		return nil, invalidBody("roles", "each value of roles must be a non-empty list")
	}
	for _, role := range list {
		if !slices.Contains(applicationRoles, role) {
			return nil, invalidBody("roles", "each role must be one of ADMIN, USER, READER")
		}
	}
	return list, nil
}

// find is the place of the invitation of the path.
func (c *call) find() (at int, refused *refusal) {
	id, refused := c.id("invitationId")
	if refused != nil {
		return 0, refused
	}
	at = slices.IndexFunc(c.application.Invitations, func(i Invitation) bool { return i.ID == id })
	if at < 0 {
		return 0, refuse(http.StatusNotFound, "INVITED_USER_NOT_FOUND", "There is no such invitation.")
	}
	return at, nil
}

func (c *call) edit() (any, *refusal) {
	at, refused := c.find()
	if refused != nil {
		return nil, refused
	}
	body, refused := c.body()
	if refused != nil {
		return nil, refused
	}
	granted, refused := c.readGrant(body, "roles")
	if refused != nil {
		return nil, refused
	}
	invitation := &c.application.Invitations[at]
	if refused := c.checkChange(invitation.Roles, granted.Roles); refused != nil {
		return nil, refused
	}
	isAccepted := invitation.Status == statusAccepted
	switch {
	case invitation.Status == statusPending:
		invitation.Grant = granted
	case isAccepted && c.dialect.AcceptedEdit == AcceptedEditOfMember:
		invitation.Grant = granted
		c.changeMember(invitation.Email, granted)
	case isAccepted && c.dialect.AcceptedEdit == AcceptedEditIgnored:
	default:
		return nil, noPending()
	}
	return c.answerOf(*invitation), nil
}

// cancel answers the cancelled invitation (documented).
func (c *call) cancel() (any, *refusal) {
	at, refused := c.find()
	if refused != nil {
		return nil, refused
	}
	invitation := &c.application.Invitations[at]
	if refused := c.checkChange(invitation.Roles, nil); refused != nil {
		return nil, refused
	}
	isAccepted := invitation.Status == statusAccepted && c.dialect.AcceptedCancel != AcceptedCancelRefused
	if invitation.Status != statusPending && !isAccepted {
		return nil, noPending()
	}
	if isAccepted && c.dialect.AcceptedCancel == AcceptedCancelOfMember {
		c.removeMember(invitation.Email)
	}
	return c.answerOf(c.cancelAt(at)), nil
}

// cancelAt cancels an invitation, and returns it as it then is, even if the record goes.
func (s *Server) cancelAt(at int) Invitation {
	s.application.Invitations[at].Status = statusCanceled
	canceled := s.application.Invitations[at]
	if s.dialect.CancelRemoves {
		s.application.Invitations = slices.Delete(s.application.Invitations, at, at+1)
	}
	return canceled
}

func (c *call) resend() (any, *refusal) {
	at, refused := c.find()
	if refused != nil {
		return nil, refused
	}
	invitation := &c.application.Invitations[at]
	if invitation.Status != statusPending {
		return nil, noPending()
	}
	c.send(invitation, true)
	return c.answerOf(*invitation), nil
}
