package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// An Invitation asks a person to become a user of the application. It tells what was asked, and
// not who has access.
type Invitation struct {
	ID, Email string
	// Status is one of the four, or another text that IgniSign answers.
	Status string
	// Roles are those of the invitation. What they say after it was accepted is not documented.
	Roles Roles
}

// IsLive tells whether the invitation is neither declined nor cancelled. One with a status that is
// unknown here counts as live.
func (i Invitation) IsLive() bool {
	return i.Status != vocabulary.StatusDeclined && i.Status != vocabulary.StatusCanceled
}

// IsFor tells whether the invitation is for an address. Whether IgniSign tells addresses apart by
// their case is unknown, so case does not count.
func (i Invitation) IsFor(email string) bool { return strings.EqualFold(i.Email, email) }

// Invitations lists the invitations of the application, once for each client until it changes one.
// The order is IgniSign's. The caller must not change it.
func (c *Client) Invitations(ctx context.Context) ([]Invitation, error) {
	return c.invitations.get(ctx, c.readInvitations)
}

// InvitationsNow lists the invitations as they are now.
func (c *Client) InvitationsNow(ctx context.Context) ([]Invitation, error) {
	c.invitations.drop()
	return c.Invitations(ctx)
}

// Invitation returns the invitation with an id, from the list: no route reads one. It returns false
// if a list was answered that does not have it.
func (c *Client) Invitation(ctx context.Context, id string) (Invitation, bool, error) {
	list, err := c.Invitations(ctx)
	invitation, found := findInvitation(list, id)
	return invitation, found, err
}

func findInvitation(list []Invitation, id string) (Invitation, bool) {
	for _, invitation := range list {
		if invitation.ID == id {
			return invitation, true
		}
	}
	return Invitation{}, false
}

func (c *Client) readInvitations(ctx context.Context) ([]Invitation, error) {
	call, err := c.prepare(ctx, routeInvitations, c.appID)
	if err != nil {
		return nil, err
	}
	body, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	list, err := c.decodeInvitations(body)
	if err != nil {
		return nil, c.unusable(call, err)
	}
	return list, nil
}

// decodeInvitations decodes the list, of which no source has pages.
func (c *Client) decodeInvitations(body []byte) ([]Invitation, error) {
	items, err := decodeList(body)
	if err != nil {
		return nil, err
	}
	list := make([]Invitation, 0, len(items))
	seen := map[string]bool{}
	for i, item := range items {
		what := fmt.Sprintf("invitation %d of the list", i+1)
		invitation, err := c.decodeInvitation(what, item)
		if err != nil {
			return nil, err
		}
		if seen[invitation.ID] {
			return nil, fmt.Errorf("%s has the _id of another one", what)
		}
		seen[invitation.ID] = true
		list = append(list, invitation)
	}
	return list, nil
}

// decodeInvitation decodes one invitation, whose id, address, status and roles are documented.
func (c *Client) decodeInvitation(what string, body []byte) (Invitation, error) {
	var answer struct {
		ID     string `json:"_id"`
		Email  string `json:"email"`
		AppID  string `json:"appId"`
		Status string `json:"status"`
		Roles  Roles  `json:"roles"`
	}
	if err := decodeObject(body, &answer); err != nil {
		return Invitation{}, fmt.Errorf("%s: %w", what, err)
	}
	missing := ""
	switch {
	case !strings.Contains(answer.Email, "@"):
		missing = "email"
	case answer.Status == "":
		missing = "status"
	case answer.Roles == nil:
		missing = "roles"
	}
	if missing != "" {
		return Invitation{}, fmt.Errorf("%s has no %s", what, missing)
	}
	if err := errors.Join(checkID(what, answer.ID), c.checkApp(what, answer.AppID)); err != nil {
		return Invitation{}, err
	}
	return Invitation{ID: answer.ID, Email: answer.Email, Status: answer.Status, Roles: answer.Roles}, nil
}
