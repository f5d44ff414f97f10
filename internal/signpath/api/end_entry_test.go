package api_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// The ends of several entries of one list take one edit, whichever comes first, and each of
// them is done when it is asked for.
func TestEntriesEndAlong(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{lead, officer, outsider, managers}, nil))
		o.ResetRequests()
		_, err := o.client.EndEntry(t.Context(), approvers(releaseA), o.id(officer), o.ids(lead, managers))
		o.must(err)
		o.expectMembers(releaseA, "approvers", outsider)
		o.expectRequests(3)
		for _, member := range []string{managers, lead} {
			_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(member), nil)
			o.must(err)
		}
		o.expectRequests(3)
		// Whom nobody took along costs an edit of their own.
		_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(outsider), o.ids(lead))
		o.must(err)
		o.expectMembers(releaseA, "approvers")
		o.expectRequests(6)
	})
}

// Who went along and is put back by the same run is not off the list any more: another end
// of the entry neither counts as done, nor takes off what the run has granted.
func TestAnEntryThatCameBackIsNotOff(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{lead, officer}, nil))
		_, err := o.client.EndEntry(t.Context(), approvers(releaseA), o.id(officer), o.ids(lead))
		o.must(err)
		_, err = o.approve(releaseA, lead)
		o.must(err)
		o.ResetRequests()
		_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(lead), nil)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead)
		o.expectRequests(1, policyRoute)
		// Nor does anybody else's end take it along.
		_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(officer), o.ids(lead))
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead)
	})
}

// Where SignPath refuses that all of them go, who is asked for goes alone, and the others
// answer for themselves.
func TestARefusedEndIsTriedAlone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{lead, officer}, nil))
		o.inject(mock.Fault{Route: editRoute, Times: 1, Action: mock.FaultAnswer, Status: 400, Body: `{"title":"Somebody has to stay."}`})
		_, err := o.client.EndEntry(t.Context(), approvers(releaseA), o.id(officer), o.ids(lead))
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead)
		o.inject(mock.Fault{Route: editRoute, Times: 1, Action: mock.FaultAnswer, Status: 400, Body: `{"title":"Somebody has to stay."}`})
		_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(lead), nil)
		expectError(t, err, "Somebody has to stay.")
		if !httpapi.IsRefusal(err) {
			t.Errorf("it is no refusal: %v", err)
		}
		o.expectMembers(releaseA, "approvers", lead)
	})
}

// What went along is off only once that was read: where the edit failed half-way, each end
// looks for itself.
func TestAnEndThatWasNotReadBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{lead, officer}, nil))
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Action: mock.FaultAnswer, Status: 500, Body: "Oops."})
		_, err := o.client.EndEntry(t.Context(), approvers(releaseA), o.id(officer), o.ids(lead))
		expectError(t, err, "could not be read back")
		o.ResetRequests()
		_, err = o.client.EndEntry(t.Context(), approvers(releaseA), o.id(lead), nil)
		o.must(err)
		o.expectRequests(1, policyRoute)
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
	})
}
