package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// oddities are properties that no client knows, with values that a client that
// decodes them would change.
func oddities() map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"bigNumber":  json.RawMessage(`12345678901234567890`),
		"fraction":   json.RawMessage(`1.10`),
		"exponent":   json.RawMessage(`1E+2`),
		"markup":     json.RawMessage(`"<a href=\"x\">&amp;</a>"`),
		"escaped":    json.RawMessage(`"\u00fc\u2028"`),
		"ordered":    json.RawMessage(`{"zeta":1,"alpha":[3,1,2],"nothing":null}`),
		"repeated":   json.RawMessage(`[{"a":1},{"a":1}]`),
		"emptyList":  json.RawMessage(`[]`),
		"emptyText":  json.RawMessage(`""`),
		"off":        json.RawMessage(`false`),
		"nothing":    json.RawMessage(`null`),
		"ünïcödé":    json.RawMessage(`"ü"`),
		"with space": json.RawMessage(`{"verifiesOriginPolicy":true}`),
	}
}

func oddOrganization(t testing.TB, options ...mock.Option) *organization {
	t.Helper()
	demo := seed()
	for i := range demo.Projects {
		demo.Projects[i].Properties = oddities()
		for j := range demo.Projects[i].SigningPolicies {
			demo.Projects[i].SigningPolicies[j].Properties = oddities()
		}
	}
	return inProcessWith(t, demo, options...)
}

// sent returns the properties of an Edit request, as the bytes that were sent.
func (o *organization) sent(route string) map[string]json.RawMessage {
	o.t.Helper()
	requests := o.Requests(route)
	if len(requests) == 0 {
		o.t.Fatalf("no request %s", route)
	}
	var body map[string]json.RawMessage
	o.must(requests[len(requests)-1].DecodeBody(&body))
	return body
}

func TestAnEditLosesNothing(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		for _, patches := range []bool{false, true} {
			o := oddOrganization(t, mock.WithDialect(mock.Dialect{EditPatches: patches}))
			var answer []byte
			o.After = func(_ *http.Request, response *http.Response) {
				// Go writes markup escaped; another server may not.
				body, _ := io.ReadAll(response.Body)
				for _, char := range []string{"<", ">", "&"} {
					body = bytes.ReplaceAll(body, fmt.Appendf(nil, `\u%04x`, char[0]), []byte(char))
				}
				response.Body = io.NopCloser(bytes.NewReader(body))
				if len(body) > 0 {
					answer = body
				}
			}
			for _, edited := range []struct {
				owner, route string
				list         vocabulary.List
			}{
				{releaseA, editRoute, vocabulary.Approvers},
				{releaseB, editRoute, vocabulary.Submitters},
				{"project:project-a", "POST /Projects/{project}/Edit", vocabulary.Readers},
				{"project:project-b", "POST /Projects/{project}/Edit", vocabulary.Configurators},
			} {
				before, err := o.Properties(edited.owner)
				o.must(err)
				warnings, err := o.client.ChangeMembers(t.Context(), target(edited.list, edited.owner), o.ids(managers), nil)
				if err != nil || len(warnings) > 0 {
					t.Fatalf("%q, %v", warnings, err)
				}
				var read map[string]json.RawMessage
				o.must(json.Unmarshal(answer, &read))
				for name := range oddities() {
					if got := o.sent(edited.route)[name]; !bytes.Equal(got, read[name]) || len(got) == 0 {
						t.Errorf("%s of %s: sent %s, want %s", name, edited.owner, got, read[name])
					}
				}
				after, err := o.Properties(edited.owner)
				o.must(err)
				before[edited.list.Plural] = append(before[edited.list.Plural].([]any), o.id(managers))
				if fmt.Sprint(before) != fmt.Sprint(after) {
					t.Errorf("before %v\nafter  %v", before, after)
				}
			}
		}
	})
}

// Some settings have one name in answers and another in requests.
func TestAnEditUsesTheNamesOfRequests(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		_, err := o.approve(releaseA, officer)
		o.must(err)
		sent := o.sent(editRoute)
		for answer, request := range map[string]string{
			"verifiesOriginPolicy": "verifyOriginPolicy", "verifiesTrustedBuildSystem": "verifyTrustedBuildSystem",
			"usesApprovalProcess": "useApprovalProcess",
		} {
			if _, has := sent[answer]; has || string(sent[request]) != "true" {
				t.Errorf("%s is sent as %s, %s as %s", answer, sent[answer], request, sent[request])
			}
		}
		for name, want := range map[string]string{
			"requiredApprovals": "2", "purpose": `"Release"`, "originPolicyVerification": `{"allowedBranchNames":["main","release/*"]}`,
			"approvers": `["` + o.id(officer) + `"]`, "submitters": "[]", "name": `"Release signing"`, "description": "null",
		} {
			if got := string(sent[name]); got != want {
				t.Errorf("%s is sent as %s, want %s", name, got, want)
			}
		}
	})
}

func TestAServerThatLosesProperties(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := oddOrganization(t)
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
		o.inject(mock.Fault{
			Route: editRoute, Action: mock.FaultDropProperties,
			Properties: []string{"purpose", "verifyOriginPolicy", "requiredApprovals", "useApprovalProcess", "originPolicyVerification", "ordered"},
		})
		warnings, err := o.approve(releaseA, officer)
		var lost *api.LostPropertiesError
		if !errors.As(err, &lost) || len(warnings) > 0 {
			t.Fatalf("got %q, %v", warnings, err)
		}
		want := []string{
			`ordered, which held {"zeta":1,"alpha":[3,1,2],"nothing":null}`,
			`originPolicyVerification, which held {"allowedBranchNames":["main","release/*"]}`,
			`purpose, which held "Release"`,
			`requiredApprovals, which held 2`,
			`usesApprovalProcess, which held true`,
			`verifiesOriginPolicy, which held true`,
		}
		if !slices.Equal(lost.Lost, want) || lost.Object != `signing policy "project-a/release-signing"` {
			t.Errorf("got %q of %s", lost.Lost, lost.Object)
		}
		expectError(t, err, "but lost what it was not asked to change:\n  - ordered, which held")
		// It is not tried again: that would lose more.
		o.expectRequests(1, editRoute)
		// What was read before is out of date.
		o.must(doMembers(releaseA, vocabulary.Approvers, officer)(t.Context(), o))
	})
}

// A server that empties the other list of a policy takes rights away.
func TestAServerThatLosesMembers(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "submitters", builder))
		o.inject(mock.Fault{Route: editRoute, Action: mock.FaultDropProperties, Properties: []string{"submitters"}})
		_, err := o.approve(releaseA, officer)
		expectError(t, err, `submitters, which held ["`+o.id(builder)+`"]`)
	})
}

// Servers keep time stamps and the like by themselves.
func TestAPropertyThatTakesAnotherValueIsAWarning(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := oddOrganization(t)
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").SetProperties(releaseA, map[string]any{"fraction": 2.5, "description": "New"}))
		}})
		warnings, err := o.approve(releaseA, officer)
		o.must(err)
		want := api.Warnings{
			`While signing policy "project-a/release-signing" was edited, its property description changed from null to "New". Terraform did not ask for that.`,
			`While signing policy "project-a/release-signing" was edited, its property fraction changed from 1.10 to 2.5. Terraform did not ask for that.`,
		}
		if !slices.Equal(warnings, want) {
			t.Errorf("got %q", warnings)
		}
		o.expectRequests(1, editRoute)
	})
}

// What needs no change is not written.
func TestAnEditThatChangesNothingIsNotSent(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", officer, managers))
		for _, dialect := range []mock.Dialect{{}, {MemberObjects: true}} {
			o := inProcessWith(t, o.Snapshot(), mock.WithDialect(dialect))
			o.as(ownUser)
			_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(officer), o.ids(lead))
			o.must(err)
			_, err = o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, nil)
			o.must(err)
			_, err = o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), api.PrincipalChange{
				Name: ptr("acme-release"), Role: ptr(vocabulary.RoleRegularUser), Settings: notify("build@example.com"),
			})
			o.must(err)
			_, err = o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), api.PrincipalChange{Settings: notify("")})
			o.must(err)
			o.expectRequests(0, "POST *")
			// It was read now, and is known.
			o.ResetRequests()
			_, err = o.client.Members(t.Context(), approvers(releaseA))
			o.must(err)
			o.expectRequests(0)
		}
	})
}

func TestAnEditReadsTheObjectNow(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead))
		o.must(o.Administrator("").SetProperties(releaseA, map[string]any{"requiredApprovals": 1}))
		_, err := o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead, officer)
		if got := o.sent(editRoute)["requiredApprovals"]; string(got) != "1" {
			t.Errorf("the number of approvals is reset to %s", got)
		}
	})
}

func TestMembersAreRemoved(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead, officer, managers))
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(manager), o.ids(lead, outsider))
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, managers, manager)
		o.expectRequests(1, editRoute)
	})
}

// crowd returns an organization with many CI users, and their references.
func crowd(t *testing.T, n int, options ...mock.Option) (*organization, []string) {
	t.Helper()
	demo := seed()
	var references []string
	for i := range n {
		name := fmt.Sprintf("build-%03d", i)
		demo.CIUsers = append(demo.CIUsers, mock.CIUserSeed{Name: name})
		references = append(references, "ci_user:"+name)
	}
	return listenWith(t, demo, options...), references
}

// Terraform does ten things at once. A hundred resources of one policy must not
// cost a hundred edits.
func TestParallelChangesShareEdits(t *testing.T) {
	o, users := crowd(t, 100, mock.WithLatency(time.Millisecond))
	work := make(chan string)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for user := range work {
				id, err := o.ID(user)
				o.check(err)
				_, err = o.client.ChangeMembers(t.Context(), target(vocabulary.Submitters, releaseA), []string{id}, nil)
				o.check(err)
			}
		})
	}
	for _, user := range users {
		work <- user
	}
	close(work)
	group.Wait()
	o.expectMembers(releaseA, "submitters", users...)
	if got := o.CountRequests(editRoute); got > 25 {
		t.Errorf("%d edits", got)
	}
}

func TestAHundredChangesAtOnceAreOneEdit(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.SetLatency(time.Second)
		var group sync.WaitGroup
		change := func(list vocabulary.List, add, remove string) {
			group.Go(func() {
				_, err := o.client.ChangeMembers(t.Context(), target(list, releaseA), o.ids(add), o.ids(remove))
				o.check(err)
			})
		}
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", outsider))
		o.must(o.Administrator("").AddMembers(releaseA, "submitters", ownUser))
		for range 25 {
			change(vocabulary.Approvers, officer, outsider)
			change(vocabulary.Approvers, managers, outsider)
			change(vocabulary.Submitters, builder, ownUser)
			change(vocabulary.Submitters, managers, ownUser)
		}
		group.Wait()
		o.expectMembers(releaseA, "approvers", officer, managers)
		o.expectMembers(releaseA, "submitters", builder, managers)
		o.expectRequests(1, editRoute)
		o.expectRequests(2, policyRoute)
		// Another object has a lock of its own.
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseB), o.ids(officer), nil)
		o.must(err)
		o.expectMembers(releaseB, "approvers", officer)
	})
}

// SignPath takes no interactive user as a submitter where it verifies trusted
// build systems. One such change must not fail those it was merged with.
func TestABadChangeFailsAlone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		var group sync.WaitGroup
		for _, member := range []string{builder, lead, ownUser, managers} {
			group.Go(func() {
				_, err := o.client.ChangeMembers(t.Context(), target(vocabulary.Submitters, releaseA), o.ids(member), nil)
				if member != lead {
					o.check(err)
					return
				}
				expectErrorIn(t, err, "Submitters: The interactive user 'Development Lead' cannot be a submitter")
				if !httpapi.IsRefusal(err) {
					t.Errorf("it is no refusal")
				}
			})
		}
		group.Wait()
		o.expectMembers(releaseA, "submitters", builder, ownUser, managers)
		got, err := o.client.Members(t.Context(), target(vocabulary.Submitters, releaseA))
		if want := slices.Sorted(slices.Values(o.ids(builder, ownUser, managers))); err != nil || !slices.Equal(got, want) {
			t.Errorf("the client has %q, %v", got, err)
		}
		// It does not come back with a later change.
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "submitters", builder, ownUser, managers)
	})
}

// expectErrorIn is expectError for goroutines, which cannot end the test.
func expectErrorIn(t *testing.T, err error, word string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), word) {
		t.Errorf("the error lacks %q: %v", word, err)
	}
}

// Somebody who read the list before our edit overwrites it before we read it
// back. Both their entry and ours must be there in the end.
func TestAnotherWriterBetweenWriteAndReadBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead))
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{outsider}, []string{officer}))
		}})
		_, err := o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead, officer, outsider)
		o.expectRequests(2, editRoute)
	})
}

// Somebody overwrites the list after our edit was finished. The next edit of the
// same run finds out, and keeps what they added.
func TestAnotherWriterBetweenTwoEdits(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		_, err := o.approve(releaseA, officer)
		o.must(err)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", []string{outsider}, []string{officer}))
		_, err = o.approve(releaseA, managers)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, outsider, managers)

		// Also when the next edit is of the other list, or needs nothing else.
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", nil, []string{officer}))
		_, err = o.client.ChangeMembers(t.Context(), target(vocabulary.Submitters, releaseA), o.ids(builder), nil)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, outsider, managers)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", nil, []string{officer}))
		_, err = o.approve(releaseA, managers)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, outsider, managers)
	})
}

// An entry that was there already is as much asked for as one that was added.
func TestAnotherWriterTakesAwayWhatWasThere(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", officer))
		_, err := o.approve(releaseA, officer)
		o.must(err)
		o.must(o.Administrator("").RemoveMembers(releaseA, "approvers", officer))
		_, err = o.approve(releaseA, managers)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, managers)
	})
}

// An entry is handed from one owner to another: in whichever order a run grants it and
// takes it off, or at once, it is there in the end.
func TestARunLeavesWhatItHasGranted(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		for _, c := range []struct{ owner, list, member string }{
			{releaseA, "approvers", officer}, {"project:project-a", "readers", officer}, {managers, "members", officer},
		} {
			o := inProcess(t)
			at := target(vocabulary.Approvers, releaseA)
			switch c.list {
			case "readers":
				at = api.Target{List: vocabulary.Readers, Project: "project-a"}
			case "members":
				at = members(o, managers)
			}
			grant := func() { _, err := o.client.ChangeMembers(t.Context(), at, o.ids(c.member), nil); o.check(err) }
			revoke := func() { _, err := o.client.ChangeMembers(t.Context(), at, nil, o.ids(c.member)); o.check(err) }
			isThere := func(order string) {
				t.Helper()
				if ids, err := o.another().Members(t.Context(), at); err != nil || !slices.Contains(ids, o.id(c.member)) {
					t.Errorf("%s of %s, %s: %q, %v", c.list, c.owner, order, ids, err)
				}
			}
			revoke()
			grant()
			isThere("taken off first")
			revoke()
			isThere("granted first")
			o.client = o.another()
			var both sync.WaitGroup
			both.Go(revoke)
			both.Go(grant)
			both.Wait()
			isThere("at once")
		}
	})
}

// What the run itself took back stays away, whoever else wrote meanwhile.
func TestWhatWasRevokedDoesNotComeBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", officer, lead))
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(officer))
		o.must(err)
		_, err = o.approve(releaseA, managers)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead, managers)

		// Not even if it is unknown whether taking it back succeeded.
		o.inject(mock.Fault{Route: editRoute, Action: mock.FaultAnswerAfterActing, Status: 500, Times: 1})
		_, err = o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(lead))
		expectError(t, err, "500")
		o.expectMembers(releaseA, "approvers", managers)
		_, err = o.approve(releaseA, outsider)
		o.must(err)
		o.expectMembers(releaseA, "approvers", managers, outsider)

		// And if somebody else took it off before, there is nothing to write.
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", manager))
		o.must(o.Administrator("").RemoveMembers(releaseA, "approvers", manager))
		o.ResetRequests()
		_, err = o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(manager))
		o.must(err)
		o.expectRequests(0, editRoute)
	})
}

func TestAnotherWriterThatDoesNotStop(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: policyRoute, Before: func() { o.check(o.Administrator("").RemoveMembers(releaseA, "approvers", officer)) }})
		_, err := o.approve(releaseA, officer)
		expectError(t, err, `signing policy "project-a/release-signing" was written 5 times, and each time it was different when read back`,
			"Another writer", "apply again")
		o.expectRequests(5, editRoute)
	})
}

// A server that takes an edit and silently leaves an entry out fails that change,
// and not all that come after it.
func TestAnEntryThatIsSilentlyLeftOut(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		refused := o.id(outsider)
		o.Handler = leavingOut(o.Server, refused)
		_, err := o.approve(releaseA, outsider)
		expectError(t, err, "was written 5 times")
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer)
		o.expectRequests(6, editRoute)
	})
}

// leavingOut takes an id out of every request.
func leavingOut(server http.Handler, id string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		text := strings.NewReplacer(`"`+id+`",`, "", `,"`+id+`"`, "", `"`+id+`"`, "").Replace(body.String())
		filtered := r.Clone(r.Context())
		filtered.Body = http.MaxBytesReader(w, readCloser{strings.NewReader(text)}, 1<<20)
		server.ServeHTTP(w, filtered)
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func TestAnEditThatCannotBeReadBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Action: mock.FaultAnswer, Status: 500, Body: "Oops."})
		_, err := o.approve(releaseA, officer)
		expectError(t, err, `signing policy "project-a/release-signing" was edited, but could not be read back`, "500", "Oops.")
		o.must(doMembers(releaseA, vocabulary.Approvers, officer)(t.Context(), o))
	})
}

// When Terraform is interrupted, nothing more is sent.
func TestAnAbandonedEditStops(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		ctx, cancel := context.WithCancel(t.Context())
		o.inject(mock.Fault{Route: policyRoute, Times: 1, Before: func() {
			cancel()
			time.Sleep(time.Second)
		}})
		var group sync.WaitGroup
		for _, member := range []string{officer, lead, managers} {
			group.Go(func() {
				_, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(member), nil)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		time.Sleep(time.Hour)
		o.expectRequests(1)
		o.expectMembers(releaseA, "approvers")
		// A later change is not held up, and does not carry the abandoned ones.
		_, err := o.approve(releaseA, outsider)
		o.must(err)
		o.expectMembers(releaseA, "approvers", outsider)
	})
}

func TestAnAbandonedEditIsNotRetried(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: editRoute, Action: mock.FaultAnswer, Status: 503})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		_, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(officer), nil)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		o.ResetRequests()
		time.Sleep(time.Hour)
		o.expectRequests(0)
	})
}

// As long as one caller waits, the edit goes on.
func TestAnEditServesWhoIsLeft(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.SetLatency(10 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			_, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(officer), nil)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		group.Go(func() {
			_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(managers), nil)
			o.check(err)
		})
		time.AfterFunc(5*time.Second, cancel)
		group.Wait()
		members, err := o.Members(releaseA, "approvers")
		o.must(err)
		if !slices.Contains(members, managers) {
			t.Errorf("the approvers are %q", members)
		}
	})
}

// Nor does it end with a caller that had gone before it began; what that one
// asked for, and was told to have failed, is not done.
func TestAnEditServesWhoIsThere(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for i := range 20 {
			member := o.ids(officer, lead)[i%2]
			_, _ = o.client.ChangeMembers(gone, approvers(releaseA), nil, []string{member})
			if _, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), []string{member}, nil); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = o.client.ChangeMembers(gone, approvers(releaseA), o.ids(outsider), nil)
		_, err := o.approve(releaseA, managers)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, lead, managers)
	})
}

func TestEditsOfPrincipalsKeepTheRest(t *testing.T) {
	const officerEmail = "security.officer@example.com"
	tests := map[string]struct {
		who    string
		change api.PrincipalChange
		want   mock.UserState
	}{
		"the role of a user": {
			officer,
			api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)},
			mock.UserState{
				Name: "Security Officer", Email: officerEmail, NotificationEmail: "so@example.com", Identity: "acme:S-1",
				Role: mock.RoleGlobalReader, Active: true,
			},
		},
		"the name of a user": {
			officer,
			api.PrincipalChange{Name: ptr("Chief Officer")},
			mock.UserState{
				Name: "Chief Officer", Email: officerEmail, NotificationEmail: "so@example.com", Identity: "acme:S-1",
				Role: mock.RoleCertificateAdministrator, Active: true,
			},
		},
		"no notification e-mail": {
			officer,
			api.PrincipalChange{Settings: notify("")},
			mock.UserState{Name: "Security Officer", Email: officerEmail, Identity: "acme:S-1", Role: mock.RoleCertificateAdministrator, Active: true},
		},
		"all of a CI user": {
			builder,
			api.PrincipalChange{Name: ptr("acme-deploy"), Role: ptr(vocabulary.RoleProjectAdministrator), Settings: notify("ops@example.com")},
			mock.UserState{Name: "acme-deploy", NotificationEmail: "ops@example.com", Role: mock.RoleProjectAdministrator, Active: true, HasToken: true},
		},
		"the role of a CI user": {
			builder,
			api.PrincipalChange{Role: ptr(vocabulary.RoleUserAdministrator)},
			mock.UserState{Name: "acme-release", NotificationEmail: "build@example.com", Role: mock.RoleUserAdministrator, Active: true, HasToken: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.must(o.Administrator("").Change(officer, mock.PrincipalChange{
					NotificationEmail: ptr("so@example.com"), Identity: ptr("acme:S-1"), Role: ptr(mock.RoleCertificateAdministrator),
				}))
				_, err := o.Administrator("").IssueToken(builder)
				o.must(err)
				r := reference(t, test.who)
				id := o.id(test.who)
				warnings, err := o.client.EditPrincipal(t.Context(), r.Kind, id, test.change)
				if err != nil || len(warnings) > 0 {
					t.Fatalf("%q, %v", warnings, err)
				}
				test.want.ID = id
				got, err := o.User(string(r.Kind) + ":" + id)
				o.must(err)
				if got != test.want {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
				p, err := o.client.Principal(t.Context(), r.Kind, id)
				if err != nil || p.Name != got.Name || string(p.Role) != string(got.Role) || p.NotificationEmail != got.NotificationEmail {
					t.Errorf("the client has %+v, %v", p, err)
				}
			})
		})
	}
}

// A change of role that the server drops, or that drops something else.
func TestEditsOfPrincipalsAreVerified(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		change := api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)}
		o.inject(mock.Fault{Route: "POST */Edit", Action: mock.FaultKeepProperties, Properties: []string{"role"}})
		_, err := o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), change)
		expectError(t, err, "CI user "+o.id(builder)+" was written 5 times")
		o.ClearFaults()
		o.inject(mock.Fault{Route: "POST */Edit", Action: mock.FaultDropProperties, Properties: []string{"notificationEmailAddress"}})
		_, err = o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), change)
		expectError(t, err, "CI user "+o.id(builder), `notificationEmailAddress, which held "build@example.com"`)
	})
}

func TestSynchronizedUsersCannotBeEdited(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		id := o.id("user:sync.user@example.com")
		_, err := o.client.EditPrincipal(t.Context(), access.KindUser, id, api.PrincipalChange{Name: ptr("Other")})
		expectError(t, err, "400 Bad Request", "is synchronized with a directory and cannot be edited manually")
		expectError(t, o.client.SetActive(t.Context(), access.KindUser, id, false), "cannot be edited manually")
	})
}

func TestActivationThatHasNoEffect(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "POST */Deactivate", Action: mock.FaultAnswer, Status: 204})
		err := o.client.SetActive(t.Context(), access.KindUser, o.id(lead), false)
		expectError(t, err, "POST /InteractiveUsers/"+o.id(lead)+"/Deactivate", "it was accepted, but user:dev.lead@example.com (Development Lead) is still active")
		o.must(o.Administrator("").SetActive(lead, false))
		o.inject(mock.Fault{Route: "POST */Activate", Action: mock.FaultAnswer, Status: 204})
		expectError(t, o.client.SetActive(t.Context(), access.KindUser, o.id(lead), true), "is still inactive")
	})
}

// Ten clients, as ten pipelines, change one list at a time; nothing of any of
// them is lost as long as they do not write in between each other's read and
// write, which nobody can tell without an ETag.
func TestClientsThatTakeTurns(t *testing.T) {
	o, users := crowd(t, 10)
	for _, user := range users {
		_, err := o.another().ChangeMembers(t.Context(), target(vocabulary.Submitters, releaseA), o.ids(user), nil)
		o.must(err)
	}
	o.expectMembers(releaseA, "submitters", users...)
}
