package api

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
)

// An event is understood in each plausible form, and what is not understood is
// empty.
func TestDecodeAuditEvent(t *testing.T) {
	at := time.Date(2026, 3, 1, 14, 2, 0, 0, time.UTC)
	const administrator = "0f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	change := func(property, from, to string) []AuditChange {
		found := AuditChange{Property: property}
		if from != "" {
			found.Before = []byte(from)
		}
		if to != "" {
			found.After = []byte(to)
		}
		return []AuditChange{found}
	}
	for name, test := range map[string]struct {
		event string
		want  AuditEvent
	}{
		"nothing": {`{}`, AuditEvent{}},
		"as assumed": {
			`{"id":"e1","time":"2026-03-01T14:02:00Z",` +
				`"eventName":"SigningPolicy.Edited","metadata":{"actor":{"id":"` + strings.ToUpper(administrator) + `","name":"Admin"}},
			  "entity":{"id":"` + groupID + `","name":"acme/release"},"changes":{"approvers":{"from":[],"to":["` + userID + `"]}},"more":1}`,
			AuditEvent{
				ID: "e1", Time: at, Name: "SigningPolicy.Edited", Actor: AuditParty{ID: administrator, Name: "Admin"},
				Object: AuditParty{ID: groupID, Name: "acme/release", Type: "SigningPolicy"}, Changes: change("approvers", `[]`, `["`+userID+`"]`),
			},
		},
		"another zone":          {`{"timestamp":"2026-03-01T15:02:00.000+01:00"}`, AuditEvent{Time: at}},
		"a time without a zone": {`{"time":"2026-03-01T14:02:00"}`, AuditEvent{}},
		"no time":               {`{"time":"yesterday","eventName":"User.Added"}`, AuditEvent{Name: "User.Added"}},
		"all in the metadata": {
			`{"metadata":{"id":"e1","time":"2026-03-01T14:02:00Z","eventType":"User.Added"}}`,
			AuditEvent{ID: "e1", Time: at, Name: "User.Added"},
		},
		"the name of an event by its form": {`{"name":"acme","type":"Webhook.Deleted"}`, AuditEvent{Name: "Webhook.Deleted"}},
		"a name of another form":           {`{"eventName":"Something happened"}`, AuditEvent{Name: "Something happened"}},
		"an actor before 1.132.0":          {`{"metadata":{"user":{"name":"Admin"}}}`, AuditEvent{Actor: AuditParty{Name: "Admin"}}},
		"a user outside the metadata":      {`{"user":{"name":"Whoever was changed"}}`, AuditEvent{}},
		"an actor outside the metadata":    {`{"actor":"Admin"}`, AuditEvent{Actor: AuditParty{Name: "Admin"}}},
		"an actor as e-mail address":       {`{"metadata":{"actor":"admin@example.com"}}`, AuditEvent{Actor: AuditParty{Email: "admin@example.com"}}},
		"an actor as id":                   {`{"metadata":{"actor":"` + administrator + `"}}`, AuditEvent{Actor: AuditParty{ID: administrator}}},
		"an actor with an id and a name apart": {
			`{"metadata":{"actorId":"` + administrator + `","actorName":"Admin"}}`,
			AuditEvent{Actor: AuditParty{ID: administrator, Name: "Admin"}},
		},
		"an actor that is neither": {`{"metadata":{"actor":7}}`, AuditEvent{}},
		"metadata that are none":   {`{"metadata":[],"time":"2026-03-01T14:02:00Z"}`, AuditEvent{Time: at}},
		"an object as text": {
			`{"eventName":"Project.Edited","target":"acme"}`,
			AuditEvent{Name: "Project.Edited", Object: AuditParty{Name: "acme", Type: "Project"}},
		},
		"changes as a list":       {`{"changes":[{"propertyName":"role","oldValue":"A","newValue":"B"},{"x":1}]}`, AuditEvent{Changes: change("role", `"A"`, `"B"`)}},
		"a change without values": {`{"changes":{"role":"B"}}`, AuditEvent{Changes: change("role", "", "")}},
		"a change from nothing":   {`{"changes":{"role":{"from":null,"to":"B"}}}`, AuditEvent{Changes: change("role", "null", `"B"`)}},
		"changes that are none":   {`{"changes":"many"}`, AuditEvent{}},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := contract.DecodeObject([]byte(test.event))
			if err != nil {
				t.Fatal(err)
			}
			if got := (&Client{}).decodeAuditEvent(decoded(t, o)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func decoded(t *testing.T, event contract.Object) contract.Object {
	t.Helper()
	o, err := (*contract.Mapping)(nil).DecodeObject(contract.RouteAuditEvents, event, contract.Principals{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDecodeAuditLog(t *testing.T) {
	for body, want := range map[string]struct {
		events  int
		partial bool
	}{
		`[]`:                            {0, false},
		` [{},{}] `:                     {2, false},
		`{"events":[{}]}`:               {1, false},
		`{"items":[{}],"nextLink":"x"}`: {1, true},
		`{"items":[{}],"totalCount":7}`: {1, true},
		`null`:                          {-1, false},
		`{}`:                            {-1, false},
		`{"events":[],"further":[]}`:    {-1, false},
		`[null]`:                        {-1, false},
		`["SigningPolicy.Edited"]`:      {-1, false},
		`<html>`:                        {-1, false},
		`{"events":[{"id":"a"}],"events2":"none"`: {-1, false},
	} {
		log, err := (&Client{}).decodeAuditLog([]byte(body))
		if want.events < 0 {
			if !errors.Is(err, httpapi.ErrNotJSON) {
				t.Errorf("%s: got %+v, %v", body, log, err)
			}
			continue
		}
		if err != nil || len(log.Events) != want.events || log.Partial != want.partial {
			t.Errorf("%s: got %+v, %v", body, log, err)
		}
	}
}

// FuzzDecodeAuditLog: a list of events is either understood whole, or refused, and
// every event is one of those in the answer.
func FuzzDecodeAuditLog(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{}]`, `{"events":[{"id":"a"}],"next":1}`, `[{"metadata":{"actor":"x"},"changes":[{"name":"a","old":1}]}]`, `null`, ``,
		`[{"time":"2026-03-01T14:02:00Z","changes":{"a":{"from":[1],"to":null}}}]`, `[{"entity":{"id":"` + userID + `"},"actorId":7}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		log, err := (&Client{}).decodeAuditLog(body)
		if err != nil {
			return
		}
		if page, err := (*contract.Mapping)(nil).DecodePage(contract.RouteProjects, body, nil); err == nil && (len(page.Items) != len(log.Events) || (log.Partial &&
			len(page.Signals) == 0)) {
			t.Errorf("%d events of %d, partial %t: %q", len(log.Events), len(page.Items), log.Partial, body)
		}
		for _, event := range log.Events {
			for _, change := range event.Changes {
				for _, value := range [][]byte{change.Before, change.After} {
					if len(value) > 0 && !strings.Contains(string(body), string(value)) {
						t.Errorf("%s is not in %q", value, body)
					}
				}
			}
		}
	})
}

// Where the mapping says who did something, and what it was, nothing else in the event says so.
func TestMappedAuditEvents(t *testing.T) {
	for file, event := range map[string]string{
		"{answer: {actor: by, name: what}}": `{"what":"changed","type":"System.Event","by":{"name":"Admin"},` +
			`"metadata":{"actor":"portal","user":"Whoever was changed"}}`,
		"{answer: {name: what}}": `{"what":"changed","type":"System.Event","metadata":{"actor":"Admin","user":"Whoever was changed"}}`,
	} {
		m, err := contract.NewMapping(mappingtest.File(t, "version: 1\naudit_event: "+file+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		o, err := m.Decode(contract.RouteAuditEvents, []byte(event), contract.Principals{})
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Client{mapping: m}).decodeAuditEvent(o); got.Name != "changed" || got.Actor.Name != "Admin" {
			t.Errorf("%s: got %+v", file, got)
		}
	}
}
