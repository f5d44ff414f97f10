package baselinereview

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The attributes of a resource that invites somebody. Its pages say what they mean.
const (
	attributeEmail       = "email"
	attributeRoles       = "roles"
	attributeStatus      = "status"
	attributeApplication = "application_id"
	attributeTriggers    = "reinvite_triggers"
	attributeOnDestroy   = "accepted_on_destroy"
)

// onDestroyForget has an accepted invitation leave the state when its resource is destroyed.
const onDestroyForget = "forget"

// The statuses of invitations.
const (
	statusPending  = "PENDING"
	statusAccepted = "ACCEPTED"
	statusDeclined = "DECLINED"
)

// An InvitationKind says what a plan does to an invitation.
type InvitationKind string

// The kinds.
const (
	Invites     InvitationKind = "invites"
	InvitesAnew InvitationKind = "invites_again"
	SendsAgain  InvitationKind = "sends_again"
	ChangesIt   InvitationKind = "changes"
	Cancels     InvitationKind = "cancels"
	Forgets     InvitationKind = "forgets"
)

// An InvitationChange is what a plan does to an invitation, by which somebody comes to have access
// once they accept it.
type InvitationChange struct {
	Address string         `json:"address"`
	Vendor  string         `json:"vendor"`
	Kind    InvitationKind `json:"kind"`
	// Principal is who is invited.
	Principal string `json:"principal"`
	// Application is the id of the application; empty if the plan does not tell it.
	Application string `json:"application,omitempty"`
	// Mail is true where the apply lets the vendor send an e-mail.
	Mail     bool   `json:"mail"`
	Sentence string `json:"sentence"`
}

// Inviting returns the vendor whose resources of a type invite somebody; nil if there is none.
func (v Vendors) Inviting(resourceType string) *Vendor {
	return v.first(func(vendor *Vendor) bool {
		return vendor.Inviting != "" && vendor.Provider+"_"+vendor.Inviting == resourceType
	})
}

// An invitation is what a side of a plan tells of one.
type invitation struct{ Values }

func (i invitation) roles() string {
	var parts []string
	environments := i.Object(attributeRoles)
	for _, environment := range slices.Sorted(maps.Keys(environments)) {
		if roles := environments.Texts(environment); len(roles) > 0 {
			slices.Sort(roles)
			parts = append(parts, review.Enumerate(roles)+" in "+environment)
		}
	}
	return cmp.Or(review.Enumerate(parts), "nothing")
}

// triggers are the texts that have a mail sent when they change. One that is null is none.
func (i invitation) triggers() map[string]string {
	texts := map[string]string{}
	for name, value := range i.Object(attributeTriggers) {
		if text, isText := value.(string); isText {
			texts[name] = text
		}
	}
	return texts
}

func (i invitation) principal() string { return "user:" + i.Text(attributeEmail) }

// at names the application, where it is known.
func (i invitation) at() string {
	if id := i.Text(attributeApplication); id != "" {
		return " to " + id
	}
	return ""
}

// ReadInvitation tells what a plan does to an invitation. The error is an [UnreadableError].
func (v *Vendor) ReadInvitation(address string, change *tfjson.Change) ([]InvitationChange, error) {
	was, hadOne := change.Before.(map[string]any)
	is, hasOne := change.After.(map[string]any)
	before, after := invitation{was}, invitation{is}
	for _, side := range []struct {
		marks any
		what  string
	}{
		{change.AfterUnknown, "known after apply"}, {change.AfterSensitive, "sensitive, and so not shown"}, {change.BeforeSensitive, "sensitive, and so not shown"},
	} {
		for _, name := range []string{attributeEmail, attributeRoles} {
			if holds(side.marks, name) {
				return nil, &UnreadableError{address, name, side.what}
			}
		}
	}
	tell := func(i invitation, kind InvitationKind, mail bool, format string, args ...any) InvitationChange {
		return InvitationChange{
			Address: address, Vendor: v.Name, Kind: kind, Principal: i.principal(), Application: i.Text(attributeApplication), Mail: mail,
			Sentence: i.principal() + " " + fmt.Sprintf(format, args...),
		}
	}
	invited := func() InvitationChange {
		return tell(after, Invites, true, "is invited%s as %s: an e-mail is sent", after.at(), after.roles())
	}
	switch {
	case !hadOne && !hasOne:
		return nil, nil
	case !hadOne:
		return []InvitationChange{invited()}, nil
	case !hasOne || replaces(change.Actions):
		ended := v.ended(before, change.Actions, tell)
		if hasOne {
			ended = append(ended, invited())
		}
		return ended, nil
	}
	return v.updated(before, after, holds(change.AfterUnknown, attributeTriggers), tell), nil
}

// replaces tells whether a new object comes in the place of the one of before, which OpenTofu may only
// forget.
func replaces(actions tfjson.Actions) bool {
	return actions.Replace() || len(actions) == 2 && slices.Contains(actions, tfjson.ActionForget) && slices.Contains(actions, tfjson.ActionCreate)
}

type tellInvitation = func(i invitation, kind InvitationKind, mail bool, format string, args ...any) InvitationChange

func (v *Vendor) ended(before invitation, actions tfjson.Actions, tell tellInvitation) []InvitationChange {
	status := before.Text(attributeStatus)
	switch {
	case slices.Contains(actions, tfjson.ActionForget) && status != statusAccepted && status != statusDeclined:
		return []InvitationChange{tell(before, Forgets, false, "stays invited%s: Terraform forgets the invitation, which was %s when it was last read", before.at(), status)}
	case status == statusPending && before.Text(attributeOnDestroy) == onDestroyForget:
		// The state may be older than the answer of whoever is invited.
		return []InvitationChange{tell(before, Cancels, false, "is no longer invited%s: the invitation is cancelled, unless it is accepted by then; then Terraform forgets it, and the access stays", before.at())}
	case status == statusPending:
		return []InvitationChange{tell(before, Cancels, false, "is no longer invited%s: the invitation is cancelled", before.at())}
	case status == statusAccepted:
		return []InvitationChange{tell(before, Forgets, false, "keeps the access that an accepted invitation%s gave: Terraform forgets it, and a person has to remove the member", before.at())}
	}
	return []InvitationChange{tell(before, Forgets, false, "has an invitation%s that is %s: Terraform forgets it, and asks nobody", before.at(), status)}
}

func (v *Vendor) updated(before, after invitation, isUnknown bool, tell tellInvitation) (changes []InvitationChange) {
	status, condition := before.Text(attributeStatus), ""
	if isUnknown {
		condition = ", if the triggers are then others than before, which the plan does not know"
	}
	// To whom has accepted, nothing is sent.
	if status != statusAccepted && (isUnknown || !maps.Equal(before.triggers(), after.triggers())) {
		if status == statusDeclined {
			return append(changes, tell(after, InvitesAnew, true, "declined, and is invited again%s as %s: an e-mail is sent%s", after.at(), after.roles(), condition))
		}
		changes = append(changes, tell(after, SendsAgain, true, "is sent the invitation%s again%s: an e-mail is sent", after.at(), condition))
	}
	if was, is := before.roles(), after.roles(); was != is {
		changes = append(changes, tell(after, ChangesIt, false, "is invited%s as %s, instead of as %s", after.at(), is, was))
	}
	if was, is := before.Text(attributeOnDestroy), after.Text(attributeOnDestroy); was != is && is == onDestroyForget {
		changes = append(changes, tell(after, ChangesIt, false, "keeps the access that an accepted invitation%s gives when the resource ends: it is then forgotten, where it was an error before", after.at()))
	}
	return changes
}

// InvitationDrift tells how an invitation that a refresh read is otherwise than before: empty for
// nothing that is about access. Accepted is true where nobody did more than accept it.
func (v *Vendor) InvitationDrift(change *tfjson.Change) (sentence string, accepted bool) {
	was, hadOne := change.Before.(map[string]any)
	is, hasOne := change.After.(map[string]any)
	i, now := invitation{was}, invitation{is}
	who := i.principal()
	if holds(change.BeforeSensitive, attributeEmail) {
		who = "somebody"
	}
	switch {
	case !hadOne:
		return "", false
	case !hasOne && i.Text(attributeStatus) == statusAccepted:
		return fmt.Sprintf("the invitation of %s%s, which was accepted, is gone or was cancelled: whether the access stays, only the Console shows", who, i.at()), false
	case !hasOne:
		return fmt.Sprintf("the invitation of %s%s is gone, or was cancelled", who, i.at()), false
	}
	var parts []string
	switch status := now.Text(attributeStatus); {
	case status == i.Text(attributeStatus):
	case status == statusAccepted:
		parts, accepted = append(parts, fmt.Sprintf("%s accepted the invitation%s as %s", who, i.at(), now.roles())), true
	default:
		parts = append(parts, fmt.Sprintf("the invitation of %s%s is %s, and was %s", who, i.at(), status, i.Text(attributeStatus)))
	}
	if i.roles() != now.roles() {
		parts, accepted = append(parts, fmt.Sprintf("the invitation of %s%s was changed to %s, from %s", who, i.at(), now.roles(), i.roles())), false
	}
	return strings.Join(parts, "; "), accepted
}
