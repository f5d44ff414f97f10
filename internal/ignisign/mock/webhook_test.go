package mock_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

// page are the users of the events of a page, and what is said of the search.
func (c client) page(query string) (users []any, search object) {
	c.t.Helper()
	answer := c.get(events + "?" + query).ok().object()
	for _, event := range answer["events"].([]any) {
		users = append(users, event.(object)["content"].(object)["userId"])
	}
	return users, answer["searchData"].(object)
}

func TestWebhooks(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			c := start(t, "").on(version)
			equal(t, "webhooks", c.get(hooks).ok().list(), []object{{
				"_id": "66bf00000000000000000003", "url": "https://hooks.example.com/ignisign", "description": "Membership changes", "isDisabled": false,
			}})
			users, search := c.page("filter=ALL&page=1")
			equal(t, "users", users, []any{nil, "66bf00000000000000000099", nil})
			equal(t, "search", search, object{"total": 3, "page": 1, "nbEventsPerPage": 20})
			_, search = c.page("filter=FAILED&page=1")
			equal(t, "failed", search["total"], 1)
			_, search = c.page("filter=SUCCESS")
			equal(t, "successful", search["total"], 2)
			listed := c.get(events).ok().object()["events"].([]any)[1].(object)
			equal(t, "created", listed["_createdAt"], "2026-11-20T08:15:00.000Z")
			equal(t, "topic", listed["topic"], "APP")
			equal(t, "one event", c.get(events+"/"+listed["_id"].(string)).ok().object(), listed)
		})
	}
}

func TestPagesOfEvents(t *testing.T) {
	now := day
	c := start(t, "", mock.WithClock(func() time.Time { now = now.Add(time.Minute); return now }))
	for i := range 42 {
		c.server.Console().EmitMembershipEvent(fmt.Sprintf("%024d", i))
	}
	var seen []any
	for page := 1; page <= 3; page++ {
		users, search := c.page(fmt.Sprint("page=", page))
		seen = append(seen, users...)
		equal(t, "search", search, object{"total": 45, "page": page, "nbEventsPerPage": 20})
	}
	equal(t, "events", len(seen), 45)
	equal(t, "newest", seen[0], fmt.Sprintf("%024d", 41))
	behind, _ := c.page("page=4")
	equal(t, "page behind the last", len(behind), 0)
	behind, _ = c.page("page=9223372036854775807")
	equal(t, "page far behind the last", len(behind), 0)
	before, search := c.page("page=0")
	equal(t, "page before the first", before, seen[:20])
	equal(t, "its number", search["page"], 1)
}

// A seed may have events in any order.
func TestOrderOfEvents(t *testing.T) {
	c := start(t, "")
	id, err := c.server.Console().AddWebhook(mock.Webhook{Environment: "STAGING", URL: "https://staging.example.com", Events: []mock.Event{
		{Action: "second", At: day.Add(time.Hour)}, {Action: "third", At: day.Add(2 * time.Hour)}, {Action: "first", At: day},
	}})
	must(t, err)
	var order []any
	for _, event := range c.get("/webhooks/" + id + "/events").ok().object()["events"].([]any) {
		order = append(order, event.(object)["action"])
	}
	equal(t, "order", order, []string{"third", "second", "first"})
}

func TestBadWebhookRequests(t *testing.T) {
	c := startUnjudged(t, "", "it sends what no client may")
	c.get("/applications/"+application+"/envs/TEST/webhooks").refused(400, "PARAMS_VALIDATION_FAILED")
	c.get("/webhooks/66bf0000000000000000dead/events").refused(404, "WEBHOOK_NOT_FOUND")
	c.get("/webhooks/7/events").refused(400, "PARAMS_VALIDATION_FAILED")
	c.get(events+"/66bf0000000000000000dead").refused(404, "WEBHOOK_EVENT_NOT_FOUND")
	c.get(events+"?filter=OTHER").refused(400, "QUERY_VALIDATION_FAILED")
	c.get(events+"?page=x").refused(400, "QUERY_VALIDATION_FAILED")
	c.get(events+"?page=-1").refused(400, "QUERY_VALIDATION_FAILED")
}

// Whatever changes a member leaves an event, on webhooks of PRODUCTION that are not disabled, and on no other.
func TestMembershipEvents(t *testing.T) {
	c := start(t, "")
	console := c.server.Console()
	other, err := console.AddWebhook(mock.Webhook{Environment: "PRODUCTION", URL: "https://second.example.com"})
	must(t, err)
	disabled, err := console.AddWebhook(mock.Webhook{Environment: "PRODUCTION", URL: "https://third.example.com", Disabled: true})
	must(t, err)
	added, err := console.AddMember("new.member@example.com", mock.Roles{"STAGING": {"USER"}})
	must(t, err)
	must(t, console.ChangeMember("new.member@example.com", mock.Roles{"STAGING": {"ADMIN"}}))
	must(t, console.RemoveMember("new.member@example.com"))
	must(t, console.Accept("dev.lead@example.com"))
	must(t, console.SetStatus("ARCHIVED"))
	must(t, console.SetStatus("ACTIVE"))
	lead := c.server.Members()[2].ID
	got := []string{}
	for _, hook := range c.server.Snapshot().Webhooks {
		for _, event := range hook.Events {
			if hook.ID == other {
				got = append(got, event.Action+" "+event.UserID)
			}
			if hook.ID == disabled || hook.Environment != "PRODUCTION" {
				t.Errorf("%s got %+v", hook.URL, event)
			}
		}
	}
	change := "MEMBERSHIP_UPDATED "
	equal(t, "events", got, []string{change + added, change + added, change + added, change + lead, "ARCHIVED "})
	must(t, console.RemoveWebhook("https://second.example.com"))
	c.get("/webhooks/"+other+"/events").refused(404, "WEBHOOK_NOT_FOUND")
}
