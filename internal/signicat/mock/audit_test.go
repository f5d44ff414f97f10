package mock_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

// withEvents are one a day, at noon, for 70 days before start, named by how many days before.
func withEvents() mock.Seed {
	seed := mock.DemoSeed()
	for day := range 70 {
		seed.Events = append(seed.Events, mock.EventSeed{
			Time: start.AddDate(0, 0, -day), Account: shop, ServiceName: "service-" + fmt.Sprint(day%2), EventType: "type-" + fmt.Sprint(day),
			UserID: "u-1", Message: "something happened", Data: map[string]any{"day": day},
		})
	}
	return seed
}

func TestEvents(t *testing.T) {
	c := startSeed(t, withEvents())
	events := c.post(queryPath, "").items()
	// The event of now is not in: to is not inclusive. That of 30 days ago is.
	equal(t, "default period", len(events), 30)
	equal(t, "newest", events[0]["eventType"], any("type-1"))
	equal(t, "oldest", events[29]["eventType"], any("type-30"))
	cursor := events[3]["cursor"].(string)
	one := c.get(queryPath + "/cursor/" + cursor).expect(200).object()
	equal(t, "read", one["eventType"], any("type-4"))
	equal(t, "data", one["data"].(map[string]any)["day"], any(4.0))
	equal(t, "sandbox", one["sandbox"], any(false))
	c.get(queryPath + "/cursor/nothing").expect(404)

	for body, want := range map[string]string{
		`{"from":"2026-11-25T12:00:00Z","to":"2026-11-27T12:00:00Z"}`:                                         "type-2 type-3",
		`{"to":"2026-09-21T12:00:00Z","and":[]}`:                                                              "type-69",
		`{"and":[{"field":"eventType","operator":"eq","value":"type-5"}]}`:                                    "type-5",
		`{"and":[{"field":"eventType","operator":"contains","value":"-2"}],"from":"2026-11-07T00:00:00Z"}`:    "type-2 type-20 type-21",
		`{"and":[{"field":"serviceName","operator":"eq","value":"service-1"}],"from":"2026-11-24T00:00:00Z"}`: "type-1 type-3",
		`{"and":[{"field":"jwtId","operator":"eq","value":"x"}]}`:                                             "",
	} {
		equal(t, body, list(c.post(queryPath, body).items(), "eventType"), want)
	}
	everything := `{"from":"2026-01-01T00:00:00Z"}`
	items, pages := c.all("cursor", func(query string) reply {
		if query == "" {
			query = "?limit=25"
		} else {
			query += "&limit=25"
		}
		return c.post(queryPath+query, everything)
	})
	equal(t, "events", len(items), 69)
	equal(t, "pages", pages, 3)
}

func TestQueriesThatAreRefused(t *testing.T) {
	c := startSeed(t, withEvents(), mock.WithMiddleware(judge.Middleware(t, contracttest.Unwatched("these requests are wrong"))))
	first := c.post(queryPath+"?limit=1", "{}")
	for name, test := range map[string]struct{ query, body string }{
		"limit":           {"?limit=1001", "{}"},
		"cursor":          {"?cursor=" + first.items()[0]["cursor"].(string), "{}"},
		"from":            {"", `{"from":"2026-11-28T00:00:00Z","to":"2026-11-28T00:00:00Z"}`},
		"and[0].field":    {"", `{"and":[{"field":"colour","operator":"eq","value":"red"}]}`},
		"and[0].operator": {"", `{"and":[{"field":"userId","operator":"equals","value":"u-1"}]}`},
		"body":            {"", `{"or":[]}`},
	} {
		parameters, _ := c.post(queryPath+test.query, test.body).expect(http.StatusBadRequest).object()["invalidParams"].([]any)
		if len(parameters) != 1 || parameters[0].(map[string]any)["name"] != name {
			t.Errorf("%s: %v", name, parameters)
		}
	}
	// A cursor is for the query that it was given for.
	c.post(queryPath+"?cursor="+first.next(), "{}").expect(200)
	c.post(queryPath+"?cursor="+first.next(), `{"and":[{"field":"userId","operator":"eq","value":"u-1"}]}`).expect(400)
}

func TestMetadata(t *testing.T) {
	c := startSeed(t, withEvents())
	equal(t, "targets", fmt.Sprint(c.get("/audit/query/metadata").expect(200).object()["targets"]), "[service-0 service-1]")
}

func TestAddedEventsAreInOrder(t *testing.T) {
	c := startDemo(t)
	for _, minutes := range []int{2, 1, 3, 2} {
		c.server.AddEvent(mock.EventSeed{Time: start.Add(-time.Duration(minutes) * time.Minute), EventType: fmt.Sprint(minutes)})
	}
	equal(t, "events", list(c.post(queryPath, "{}").items(), "eventType"), "1 2 2 3")
}
