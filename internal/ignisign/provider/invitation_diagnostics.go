package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// needsInvitations is what a 403 may mean.
const needsInvitations = "Which right of a key the invitation API needs is not published. " +
	"Check whether the key is for this application, and whether the organization may use the API."

// addFailure reports what became of a request about invitations, with what to do.
func addFailure(diags *diag.Diagnostics, at path.Path, doing string, err error) {
	var (
		already    *api.AlreadyInvitedError
		unclear    *api.UnclearError
		other      *api.OtherRolesError
		notPending *api.NotPendingError
	)
	tell := func(summary, advice string) {
		diags.AddAttributeError(at, summary, tfkit.Sentence(doing+" failed: "+err.Error())+"\n\n"+advice)
	}
	switch {
	case errors.As(err, &already) && already.Invitation.Status == vocabulary.StatusDeclined:
		tell("The person declined before", fmt.Sprintf("Nobody is invited again after a decline without being told so: import the invitation that was declined, and change %s. "+
			"%s",
			attrReinviteTriggers, importBlock(already.Invitation.ID)))
	case errors.As(err, &already):
		tell("Invited already", "An address has one invitation. "+
			"If this resource is to manage it, import it; if the resource was only renamed, add a moved block. "+importBlock(already.Invitation.ID))
	case errors.As(err, &unclear):
		tell("Unknown whether a mail was sent", "Look into the Console or ask the person. "+
			"The next plan reads the list: what is there by then is told, and can be imported.")
	case errors.As(err, &other) && at.Equal(path.Root(attrReinviteTriggers)):
		tell("IgniSign gave other roles", "The invitation is in the state as it is. Plan again: the plan shows the roles, and changes them.")
	case errors.As(err, &other):
		tell("IgniSign gave other roles", "The invitation is not in the state. "+
			"Cancel it in the Console, or import it and let the next plan change its roles. "+importBlock(other.Invitation.ID))
	case errors.As(err, &notPending):
		tell("The invitation is not pending any more", "Plan again: the plan then shows what became of it.")
	default:
		tfkit.Failure{At: at, Doing: doing, Needs: needsInvitations}.Add(diags, &api.Service, err)
	}
}

// addReadFailure reports what became of a read of something else, with what to do.
func addReadFailure(diags *diag.Diagnostics, at path.Path, doing string, err error) {
	tfkit.Failure{At: at, Doing: doing, Needs: "Which right of a key this needs is not published. " +
		"Check whether the key is for this application and environment, and whether the organization may use the API."}.Add(diags, &api.Service, err)
}

// experimentalInvitations says how it is known what the invitation API is.
const experimentalInvitations = "~> **Experimental.** The invitation API is documented for version 3 of IgniSign's API only. " +
	"Whether an installation serves it today, and on which version, is not known: where it is not served, that is said."

// importBlock is to be copied.
func importBlock(id string) string {
	return fmt.Sprintf("To import it, write with the address of this resource:\n\n  import {\n    to = ignisign_application_invitation.NAME\n    id = %q\n  }\n\n"+
		"If the state has this resource already, with an invitation that has ended since, first let it go: terraform apply -refresh-only. "+
		"Until then Terraform passes over the import.", id)
}

// addMail announces a mail. The summary ends with its subject, because of warnings with one summary
// Terraform shows the first.
func addMail(diags *diag.Diagnostics, email, what string, roles types.Map) {
	with := "with roles that are only known after apply"
	if known, isKnown := rolesOf(roles); isKnown {
		with = "as " + spellRoles(known)
	}
	diags.AddWarning("An invitation is going to be mailed: "+email,
		fmt.Sprintf("%s to %s, %s. IgniSign mails it, and a mail cannot be taken back.", what, email, with))
}

// addRenamed refuses to cancel an invitation and to send another one to the same address in one plan,
// of which nothing says what comes first.
func addRenamed(diags *diag.Diagnostics, at path.Path, email string) {
	diags.AddAttributeError(at, "Cancelled and invited in one plan", fmt.Sprintf("One resource of this plan lets go of the invitation of %q, and another one invites the same address. "+
		"If the resource was only renamed, add a moved block. Else apply the removal first.", email))
}

// addReplaced refuses to cancel an invitation and to send another one to the same address in its place.
// Terraform shows no warning of such a plan, so that nothing would announce the mail; and the new one comes
// first where create_before_destroy says so, and is one too many then.
func addReplaced(diags *diag.Diagnostics, email string) {
	diags.AddAttributeError(path.Root(attrEmail), "An invitation is not replaced by itself", fmt.Sprintf("The plan ends the invitation of %q and invites the same address anew, by -replace or replace_triggered_by. "+
		"To have it mailed again, change %s. "+
		"To cancel it and invite anew, take the resource out of the configuration, apply, and put it back.", email, attrReinviteTriggers))
}

// addInvitedSince refuses to ask somebody again who declined, and was invited by somebody else since.
func addInvitedSince(diags *diag.Diagnostics, invitation api.Invitation) {
	diags.AddAttributeError(path.Root(attrReinviteTriggers), "Invited again already", fmt.Sprintf("%s declined, and has another invitation since, %s with the status %s, so none is sent. "+
		"If this resource is to manage that one, take it out of the configuration and apply, which asks nobody; then put it back and import that one. %s",
		invitation.Email, invitation.ID, invitation.Status, importBlock(invitation.ID)))
}

// addNotResent refuses to send an invitation again that has a status of which nobody knows what it means.
func addNotResent(diags *diag.Diagnostics, email, status string) {
	diags.AddAttributeError(path.Root(attrReinviteTriggers), "The invitation is not pending any more",
		fmt.Sprintf("The invitation of %s has the status %s, so it is not sent again. Leave %s as they were.", email, status, attrReinviteTriggers))
}

// addAcceptedBefore says that nobody knows what the end of an invitation took away that had been accepted.
func addAcceptedBefore(diags *diag.Diagnostics, email string) {
	diags.AddWarning("Access may stay: "+email, fmt.Sprintf("The invitation of %s had been accepted, and was cancelled since or is not in the list any more. "+
		"What that took away is not documented. Look in the Console whether %[1]s has access: only a person can take it away there.", email))
}

// addForgotten says that the end of an invitation that was accepted takes nothing away.
func addForgotten(diags *diag.Diagnostics, email string) {
	diags.AddWarning("Access stays: "+email, fmt.Sprintf("The invitation of %s leaves the state, and whatever access %[1]s has stays. "+
		"Only a person can take it away, in the Console.", email))
}

// addNotTaken refuses the end of an invitation that was accepted, or that has a status of which nobody
// knows what it means.
func addNotTaken(diags *diag.Diagnostics, email, status string) {
	diags.AddError("Access is not taken away", fmt.Sprintf("The invitation of %s has the status %s. To destroy it takes no access away: no API of IgniSign does. "+
		"If they are to lose access, remove the member in the Console. "+
		"To let the resource go, put its block back as it was if it has changed, set %s = %q, apply, then destroy it or change the address.",
		email, status, attrAcceptedOnDestroy, onDestroyForget))
}
