package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
)

// TestEvents: all events are read, whichever page is the first and whatever the order, and those from
// before the time are left out.
func TestEvents(t *testing.T) {
	for _, first := range []int{0, 1} {
		for _, reversed := range []bool{false, true} {
			for n := range 6 {
				s := newServer(t)
				s.firstPage, s.events = first, s.events[:n]
				if reversed {
					slices.Reverse(s.events)
				}
				got, err := s.client().Events(t.Context(), webhookID, time.Date(2026, 11, 21, 8, 15, 0, 0, time.UTC))
				if err != nil || !got.IsComplete() || got.Read != n || len(got.Events) != max(0, n-1) {
					t.Fatalf("first page %d, %d events: got %+v, %v", first, n, got, err)
				}
				for i, event := range got.Events {
					if !event.IsMembershipChange() || event.UserID == "" || event.Time.Day() != 21+i {
						t.Errorf("got %+v", event)
					}
				}
			}
		}
	}
}

// TestEventsOfOnePage: a server that refuses a page beyond the last one, and begins with 0, has answered
// everything by page 0; where that is refused, too, it is an error.
func TestEventsOfOnePage(t *testing.T) {
	for _, isPage0Served := range []bool{true, false} {
		s := newServer(t)
		s.firstPage, s.events = 0, s.events[:2]
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if isPage0Served && r.URL.Query().Get("page") == "0" {
				return false
			}
			refuse(w, http.StatusBadRequest, "QUERY_VALIDATION_FAILED")
			return true
		}
		got, err := s.client(byVersion(api.Version4)).Events(t.Context(), webhookID, time.Time{})
		if isPage0Served && (err != nil || !got.IsComplete() || got.Read != 2) || !isPage0Served && err == nil {
			t.Errorf("page 0 is served %t: got %+v, %v", isPage0Served, got, err)
		}
	}
}

// TestIncompleteEvents: where more are said to be there than can be read, or fewer, that is told; and a
// list without an end ends.
func TestIncompleteEvents(t *testing.T) {
	event := func(id int) string {
		return fmt.Sprintf(`{"_id":"e%d","topic":"APPLICATION","action":"MEMBERSHIP_UPDATED"}`, id)
	}
	for _, test := range []struct {
		name     string
		answer   func(page string, request int) string
		read     int
		requests int
	}{
		{"the same page always", func(string, int) string { return `{"events":[` + event(1) + `],"searchData":{"total":3}}` }, 1, 3},
		{"no end", func(_ string, request int) string {
			return `{"events":[` + event(request) + `],"searchData":{"total":100000}}`
		}, 501, 501},
		{"more than there are", func(_ string, _ int) string {
			return `{"events":[` + event(1) + `,` + event(2) + `],"searchData":{"total":1}}`
		}, 2, 2},
		{"nothing", func(string, int) string { return `{"events":[],"searchData":{"total":2}}` }, 0, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			requests := 0
			s.answer = func(w http.ResponseWriter, r *http.Request) bool {
				requests++
				return answerText(w, http.StatusOK, test.answer(r.URL.Query().Get("page"), requests))
			}
			got, err := s.client(byVersion(api.Version4)).Events(t.Context(), webhookID, time.Now())
			if err != nil || got.IsComplete() || got.Read != test.read || len(got.Events) != test.read || requests != test.requests {
				t.Errorf("got %d events of %d, %v; %d requests", got.Read, got.Total, err, requests)
			}
		})
	}
}

// TestUnusableEvents: nothing of a page is believed that cannot be right.
func TestUnusableEvents(t *testing.T) {
	for _, test := range []struct{ body, words string }{
		{`{"searchData":{"total":1}}`, "no events"},
		{`{"events":[]}`, "how many events there are"},
		{`{"events":[],"searchData":{"total":-1}}`, "how many events there are"},
		{`{"events":[{"topic":"APP"}],"searchData":{"total":1}}`, "no _id"},
		{`{"events":[{"_id":"a","webhookId":"b"}],"searchData":{"total":1}}`, "another webhook"},
		{`{"events":[{"_id":"a","appId":"appId_b"}],"searchData":{"total":1}}`, "another application"},
		{`{"events":[{"_id":"a","_createdAt":"yesterday"}],"searchData":{"total":1}}`, "a time that is none"},
	} {
		s := newServer(t)
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			return answerText(w, http.StatusOK, test.body)
		}
		if _, err := s.client(byVersion(api.Version4)).Events(t.Context(), webhookID, time.Now()); err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: got %v", test.body, err)
		}
	}
}

// TestWhatAnEventTells: which events are about members, and which may be.
func TestWhatAnEventTells(t *testing.T) {
	for _, test := range []struct {
		topic, action   string
		changed, untold bool
	}{
		{"APP", "MEMBERSHIP_UPDATED", true, false},
		{"APPLICATION", "MEMBERSHIP_UPDATED", true, false},
		{"app", "membership_updated", true, false},
		{"", "MEMBERSHIP_UPDATED", true, false},
		{"APP", "", false, true},
		{"", "", false, true},
		{"APP", "SETTINGS_UPDATED", false, false},
		{"SIGNATURE", "", false, false},
		{"SIGNATURE", "MEMBERSHIP_UPDATED", false, false},
	} {
		e := api.Event{Topic: test.topic, Action: test.action}
		if e.IsMembershipChange() != test.changed || e.IsUntold() != test.untold {
			t.Errorf("%q %q: changed %t, untold %t", test.topic, test.action, e.IsMembershipChange(), e.IsUntold())
		}
	}
}
