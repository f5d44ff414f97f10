package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An AlreadyInvitedError is for an address that has an invitation, so that nothing was sent.
type AlreadyInvitedError struct{ Invitation Invitation }

func (e *AlreadyInvitedError) Error() string {
	return fmt.Sprintf("there is an invitation for %q already, with the id %s and the status %s; nothing was sent", e.Invitation.Email, e.Invitation.ID, e.Invitation.Status)
}

// A NotPendingError is for an invitation that can neither be changed, cancelled nor sent again,
// because it is not pending any more.
type NotPendingError struct {
	// Invitation is as the list has it now; with an id alone if it is not in the list.
	Invitation Invitation
	IsGone     bool
}

func (e *NotPendingError) Error() string {
	if e.IsGone {
		return fmt.Sprintf("the invitation %s is not in the list any more", e.Invitation.ID)
	}
	return fmt.Sprintf("the invitation of %q has the status %s; only one that is %s can be changed, cancelled or sent again", e.Invitation.Email, e.Invitation.Status, vocabulary.StatusPending)
}

func isNotPending(err error) bool {
	var notPending *NotPendingError
	return errors.As(err, &notPending)
}

// An UnclearError is for a mail that may have been sent or not, and is not sent again.
type UnclearError struct {
	// Email is the address.
	Email string
	// Cause is what became of the request, or of looking for what it did.
	Cause error
}

func (e *UnclearError) Error() string {
	return fmt.Sprintf("IgniSign may or may not have sent an invitation to %q, and it was not asked again: %v", e.Email, e.Cause)
}

// Unwrap returns the cause.
func (e *UnclearError) Unwrap() error { return e.Cause }

// An OtherRolesError is for an invitation that was sent, and has other roles than were asked for.
type OtherRolesError struct {
	Invitation Invitation
	Wanted     Roles
}

func (e *OtherRolesError) Error() string {
	return fmt.Sprintf("the invitation %s was sent to %q, and IgniSign says that its roles are %v and not %v", e.Invitation.ID, e.Invitation.Email, e.Invitation.Roles.clean(), e.Wanted.clean())
}

// isUnclear tells whether the server may have acted on a call that failed.
func isUnclear(call call, err error) bool {
	var failed *httpapi.Error
	if !errors.As(err, &failed) || httpapi.IsRefusal(err) {
		return false
	}
	// It may be the exchange of an old key that failed. A redirect is not followed, and who asks for
	// fewer requests did not act.
	isAnswered := failed.Path == call.Path && failed.Status != 0 && failed.Status/100 != 3 && failed.Status != http.StatusTooManyRequests
	return isAnswered || failed.Sent
}
