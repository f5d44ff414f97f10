package provider_test

import (
	"reflect"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A look is what there is at a moment: at the server, and in the state.
type look struct {
	mails   []mock.Mail
	members []mock.Member
	// records are those of invitations, by id.
	records map[string]mock.Invitation
	// managed are the ids in the state, and declined the addresses, in lower case, that declined by it.
	managed, declined map[string]bool
}

func (w *walk) look() look {
	now := look{mails: w.Mails(), members: w.Members(), records: map[string]mock.Invitation{}, managed: map[string]bool{}, declined: map[string]bool{}}
	for _, record := range w.Invitations() {
		now.records[record.ID] = record
	}
	for _, object := range w.driver.State.Objects() {
		id, _ := object.Values["id"].(string)
		email, _ := object.Values["email"].(string)
		now.managed[id] = true
		now.declined[strings.ToLower(email)] = object.Values["status"] == "DECLINED"
	}
	return now
}

// live tells whether an invitation is pending or accepted.
func (l look) live(id string) bool {
	return l.records[id].Status == "PENDING" || l.records[id].Status == "ACCEPTED"
}

// isClear wants an error that a user can do something about.
func (w *walk) isClear(err error) {
	w.t.Helper()
	if err != nil && strings.Contains(err.Error(), "Provider produced") {
		w.fails("an error of the provider: %v", err)
	}
}

// unchangedBy wants that a plan changed nothing.
func (w *walk) unchangedBy(before look) {
	w.t.Helper()
	if after := w.look(); !reflect.DeepEqual(before, after) {
		w.fails("a plan changes something: from %+v to %+v", before, after)
	}
}

// isEmpty wants that there is nothing more to do.
func (w *walk) isEmpty(config string) {
	w.t.Helper()
	w.counts["empty after it"]++
	if plan, err := w.driver.Plan(config, testkit.Options{}); err != nil || plan.Count() > 0 {
		w.fails("the next plan is not empty: %v\n%s", err, plan)
	}
}

// applied is an apply that took place, in whole or in part.
type applied struct {
	*walk
	plan    *testkit.Plan
	options testkit.Options
	said    testkit.Diagnostics
	err     error
	// planned is what there was when the plan was made, begun when the apply began, base after the last thing
	// that a person did in the meantime, and end after all of it.
	planned, begun, base, end look
}

// action tells what the plan does with the invitation of an id.
func (r *applied) action(id string) testkit.Action {
	for _, change := range r.plan.Changes {
		if !change.Before.IsNull() && change.Before.GetAttr("id").AsString() == id {
			return change.Action
		}
	}
	return testkit.NoOp
}

func (r *applied) ends(id string) bool {
	return slices.Contains([]testkit.Action{testkit.Delete, testkit.DeleteThenCreate, testkit.CreateThenDelete}, r.action(id))
}

// announces are the texts with which the plan announces mails to an address.
func (r *applied) announces(email string) (texts []string) {
	for _, said := range r.plan.Said {
		if to, ok := strings.CutPrefix(said.Summary, "An invitation is going to be mailed: "); ok && strings.EqualFold(to, email) {
			texts = append(texts, said.Detail)
		}
	}
	return texts
}

// judge compares what took place with what the plan said.
func (r *applied) judge() {
	r.t.Helper()
	r.judgeMails()
	if !reflect.DeepEqual(r.base.members, r.end.members) {
		r.fails("members change: from %+v to %+v", r.base.members, r.end.members)
	}
	for id, was := range r.base.records {
		r.judgeRecord(id, was)
	}
	for id := range r.begun.managed {
		r.judgeState(id)
	}
}

func (r *applied) judgeMails() {
	sent := map[string]int{}
	for _, mail := range r.end.mails[len(r.begun.mails):] {
		r.counts["mails"]++
		if mail.Resent {
			r.counts["resent"]++
		}
		email := strings.ToLower(mail.To)
		sent[email]++
		if announced := len(r.announces(email)); sent[email] > announced {
			r.fails("mail %d to %s, and %d are announced", sent[email], email, announced)
		}
		if !r.end.managed[mail.Invitation] && r.err == nil {
			r.fails("the invitation of %s was sent and is not in the state", email)
		}
	}
	for _, mail := range r.end.mails[len(r.base.mails):] {
		if mail.Resent {
			continue
		}
		if r.countLive(mail.To) > 1 {
			r.fails("%s has another invitation", mail.To)
		}
		isDeclined := r.planned.declined[strings.ToLower(mail.To)]
		for _, record := range r.base.records {
			isDeclined = isDeclined || record.Status == "DECLINED" && strings.EqualFold(record.Email, mail.To)
		}
		if isDeclined && !strings.Contains(strings.Join(r.announces(mail.To), " "), "although one was declined") {
			r.fails("%s declined, and is asked again", mail.To)
		}
	}
}

// judgeRecord wants that a live invitation changes by what the plan says alone.
func (r *applied) judgeRecord(id string, was mock.Invitation) {
	is := r.end.records[id]
	switch {
	case !r.base.live(id):
	case is.Status != was.Status && !r.ends(id):
		r.fails("the invitation of %s was %s and is %q, and the plan does not end it", was.Email, was.Status, is.Status)
	case is.Status == was.Status && !reflect.DeepEqual(is.Roles, was.Roles) && r.action(id) != testkit.Update:
		r.fails("the invitation of %s gets other roles, and the plan does not change it", was.Email)
	}
}

// judgeState wants that what was live is in the state, or that its end was told.
func (r *applied) judgeState(id string) {
	if r.end.managed[id] || !r.planned.live(id) || !r.base.live(id) {
		return
	}
	record := r.base.records[id]
	said := strings.ToLower(r.plan.Said.String() + r.said.String())
	switch {
	case !r.ends(id):
		r.fails("the invitation of %s leaves the state, and the plan does not end it", record.Email)
	case record.Status == "ACCEPTED" && !strings.Contains(said, "access stays: "+strings.ToLower(record.Email)):
		r.fails("the invitation of %s was accepted and leaves the state, and nothing says that access stays", record.Email)
	case record.Status == "PENDING" && r.end.live(id):
		r.fails("the invitation of %s leaves the state and is pending", record.Email)
	}
}
