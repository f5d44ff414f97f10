package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// A NewInvitation is one to send.
type NewInvitation struct {
	Email string
	Roles Roles
	// AfterDecline is true if the address is to be asked again although an invitation was declined.
	AfterDecline bool
}

// Invite sends an invitation, which IgniSign mails to the address, and returns it. It reads the list
// before. An address that has an invitation is an [*AlreadyInvitedError]: one that is live, or one
// that was declined, unless it is to be asked again. The request is never repeated if it may have
// been carried out: what it did is looked for in the list then, and what is not found there is an
// [*UnclearError]. An [*OtherRolesError] is for an invitation that differs from what was asked for.
func (c *Client) Invite(ctx context.Context, wanted NewInvitation) (Invitation, error) {
	before, err := c.InvitationsNow(ctx)
	if err != nil {
		return Invitation{}, err
	}
	for _, invitation := range before {
		if invitation.IsFor(wanted.Email) && (invitation.IsLive() || invitation.Status == vocabulary.StatusDeclined && !wanted.AfterDecline) {
			return Invitation{}, &AlreadyInvitedError{invitation}
		}
	}
	call, err := c.prepare(ctx, routeInvite, c.appID)
	if err != nil {
		return Invitation{}, err
	}
	call.Body = struct {
		Email string `json:"email"`
		Roles Roles  `json:"roles"`
	}{wanted.Email, wanted.Roles.whole()}
	body, err := c.send(ctx, call)
	c.invitations.drop()
	if err == nil {
		var invited Invitation
		invited, err = c.decodeInvited(body, wanted)
		if err == nil && invited.Roles.Equal(wanted.Roles) {
			return invited, nil
		}
		if err != nil {
			err = c.unusable(call, err)
		}
	}
	if err != nil && !isUnclear(call, err) {
		return Invitation{}, err
	}
	return c.findInvited(ctx, wanted, err)
}

// decodeInvited decodes the answer to an invitation that was sent.
func (c *Client) decodeInvited(body []byte, wanted NewInvitation) (Invitation, error) {
	invited, err := c.decodeInvitation("the invitation", body)
	switch {
	case err != nil:
		return Invitation{}, err
	case !invited.IsFor(wanted.Email):
		return Invitation{}, fmt.Errorf("the invitation is for another address")
	case !invited.IsLive():
		return Invitation{}, fmt.Errorf("the invitation has the status %s", invited.Status)
	}
	return invited, nil
}

// findInvited looks in the list for what was sent: the one live invitation for the address, as
// there was none before. The cause is why the answer does not tell; nil if it told of other roles.
func (c *Client) findInvited(ctx context.Context, wanted NewInvitation, cause error) (Invitation, error) {
	unclear := func(reason error) error { return &UnclearError{wanted.Email, errors.Join(cause, reason)} }
	after, err := c.InvitationsNow(ctx)
	if err != nil {
		return Invitation{}, unclear(err)
	}
	var found []Invitation
	for _, invitation := range after {
		if invitation.IsFor(wanted.Email) && invitation.IsLive() {
			found = append(found, invitation)
		}
	}
	switch {
	case len(found) == 0:
		return Invitation{}, unclear(errors.New("the list has no invitation for the address"))
	case len(found) > 1:
		return Invitation{}, unclear(fmt.Errorf("the list has %d live invitations for the address, and had none before", len(found)))
	case !found[0].Roles.Equal(wanted.Roles):
		return Invitation{}, &OtherRolesError{found[0], wanted.Roles}
	}
	return found[0], nil
}

// Edit gives an invitation that is pending other roles, and returns it. One that is not is a
// [*NotPendingError]. Where the answer does not have the roles that were sent, the list decides.
func (c *Client) Edit(ctx context.Context, id string, roles Roles) (Invitation, error) {
	if _, err := c.pending(ctx, id); err != nil {
		return Invitation{}, err
	}
	call, err := c.prepare(ctx, routeEdit, c.appID, id)
	if err != nil {
		return Invitation{}, err
	}
	call.Body = struct {
		Roles Roles `json:"roles"`
	}{roles.whole()}
	body, err := c.send(ctx, call)
	c.invitations.drop()
	if err == nil {
		var edited Invitation
		edited, err = c.decodeInvitation("the invitation", body)
		switch {
		case err == nil && edited.ID != id:
			err = errors.New("it is another invitation")
		case err == nil && !edited.Roles.Equal(roles):
			err = fmt.Errorf("the invitation has the roles %v and not %v, which were sent", edited.Roles.clean(), roles.clean())
		case err == nil:
			return edited, nil
		}
		err = c.unusable(call, err)
	}
	if !isUnclear(call, err) {
		return Invitation{}, err
	}
	after, found, listErr := c.Invitation(ctx, id)
	if listErr == nil && found && after.Roles.Equal(roles) {
		return after, nil
	}
	return Invitation{}, err
}

// Cancel cancels an invitation that is pending, and reads the list after it. One that has ended in
// another way than by being accepted needs nothing. One that was accepted is a [*NotPendingError]: to
// cancel it takes no access away.
func (c *Client) Cancel(ctx context.Context, id string) error {
	if _, err := c.pending(ctx, id); err != nil {
		return ended(err)
	}
	call, err := c.prepare(ctx, routeCancel, c.appID, id)
	if err != nil {
		return err
	}
	body, err := c.send(ctx, call)
	if err == nil {
		if cause := decodeObject(body, &struct{}{}); cause != nil {
			err = c.unusable(call, cause)
		}
	}
	// The list decides: the answer proves nothing, and a refusal may be that of an attempt after one
	// that succeeded.
	after, listErr := c.pending(ctx, id)
	switch {
	case isNotPending(listErr):
		return ended(listErr)
	case err != nil:
		return err
	case listErr != nil:
		return listErr
	}
	return fmt.Errorf("IgniSign answered that it cancelled the invitation of %q, and the list still has it as %s", after.Email, after.Status)
}

// ended returns nothing for an invitation that is gone, cancelled or declined, and the error of
// any other.
func ended(err error) error {
	var notPending *NotPendingError
	if errors.As(err, &notPending) && (notPending.IsGone || !notPending.Invitation.IsLive()) {
		return nil
	}
	return err
}

// Resend has IgniSign mail an invitation again that is pending. It is never repeated if it may have
// been carried out, and then it is an [*UnclearError], because nothing shows whether it was.
func (c *Client) Resend(ctx context.Context, id string) error {
	invitation, err := c.pending(ctx, id)
	if err != nil {
		return err
	}
	call, err := c.prepare(ctx, routeResend, c.appID, id)
	if err != nil {
		return err
	}
	body, err := c.send(ctx, call)
	c.invitations.drop()
	if err == nil {
		var resent Invitation
		resent, err = c.decodeInvitation("the invitation", body)
		if err == nil && resent.ID != id {
			err = errors.New("it is another invitation")
		}
		if err == nil {
			return nil
		}
		err = c.unusable(call, err)
	}
	if isUnclear(call, err) {
		return &UnclearError{invitation.Email, err}
	}
	return err
}

// pending reads the list and returns the invitation, which is pending, or a [*NotPendingError].
func (c *Client) pending(ctx context.Context, id string) (Invitation, error) {
	list, err := c.InvitationsNow(ctx)
	if err != nil {
		return Invitation{}, err
	}
	invitation, found := findInvitation(list, id)
	switch {
	case !found:
		return Invitation{}, &NotPendingError{Invitation: Invitation{ID: id}, IsGone: true}
	case invitation.Status != vocabulary.StatusPending:
		return Invitation{}, &NotPendingError{Invitation: invitation}
	}
	return invitation, nil
}
