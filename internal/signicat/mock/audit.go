package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// event is an audit event with what the server gives it.
type event struct {
	EventSeed
	cursor, messageID, traceID string
}

// addEvent puts an event among the others, by its time.
func (s *Server) addEvent(seed EventSeed) {
	if seed.Time.IsZero() {
		seed.Time = s.now()
	}
	added := event{EventSeed: seed, cursor: s.newID(), messageID: s.newID(), traceID: s.newID()}
	at, _ := slices.BinarySearchFunc(s.events, added.Time, func(e event, at time.Time) int {
		return e.Time.Compare(at.Add(time.Nanosecond)) // behind those of the same time
	})
	s.events = slices.Insert(s.events, at, added)
}

// AddEvent puts an audit event among the others; without a time, now.
func (s *Server) AddEvent(seed EventSeed) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.addEvent(seed)
}

func (s *Server) renderEvent(e event) map[string]any {
	rendered := map[string]any{
		"cursor": e.cursor, "accountId": nullable(e.Account), "organizationId": s.organisation.ID, "timestamp": e.Time.UTC().Format(time.RFC3339Nano),
		"serviceName": e.ServiceName, "eventType": e.EventType, "message": e.Message, "userId": nullable(e.UserID), "clientId": nullable(e.ClientID),
		"sandbox": s.isSandbox(e.Account), "messageId": e.messageID, "traceId": e.traceID, "referenceId": nil, "ipAddress": nil, "jwtId": nil,
		"expiresAt": e.Time.UTC().AddDate(1, 0, 0).Format(time.RFC3339), "indexedData": map[string]any{}, "mayHaveMoreData": s.dialect.NoData,
	}
	if !s.dialect.NoData {
		rendered["data"] = e.Data
	}
	if s.dialect.UnknownProperties {
		rendered["mockProperty"] = 3
	}
	return rendered
}

func (s *Server) isSandbox(account string) any {
	at := slices.IndexFunc(s.accounts, func(a AccountSeed) bool { return a.ID == account })
	if at < 0 {
		return nil
	}
	return s.accounts[at].Sandbox
}

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// visible are the events that the client sees, newest first.
func (s *Server) visible(c *call) []event {
	var found []event
	for _, e := range slices.Backward(s.events) {
		if c.account == "" || e.Account == c.account {
			found = append(found, e)
		}
	}
	return found
}

func (s *Server) readEvent(c *call) (any, *refusal) {
	for _, e := range s.visible(c) {
		if e.cursor == c.Variables["cursor"] {
			return s.renderEvent(e), nil
		}
	}
	return nil, notFound("There is no such event.")
}

// readMetadata tells what there is to ask by. The form of targets is unknown.
func (s *Server) readMetadata(c *call) (any, *refusal) {
	types := map[string]map[string]bool{}
	for _, e := range s.visible(c) {
		if types[e.ServiceName] == nil {
			types[e.ServiceName] = map[string]bool{}
		}
		types[e.ServiceName][e.EventType] = true
	}
	targets := []any{}
	for _, service := range slices.Sorted(maps.Keys(types)) {
		if !s.dialect.TargetObjects {
			targets = append(targets, service)
			continue
		}
		targets = append(targets, map[string]any{
			"serviceName": service, "eventTypes": slices.Sorted(maps.Keys(types[service])), "operators": s.dialect.operators(),
		})
	}
	return map[string]any{"extended": s.dialect.TargetObjects, "targets": targets}, nil
}

// query is the body of a query.
type query struct {
	And  []condition `json:"and"`
	From *time.Time  `json:"from"`
	To   *time.Time  `json:"to"`
}

type condition struct {
	Field    string `json:"field"`
	Operator string `json:"operator"`
	Value    any    `json:"value"`
}

const (
	defaultEvents = 1000
	largestEvents = 1000
	defaultPeriod = 30 * 24 * time.Hour
	largestPeriod = 60 * 24 * time.Hour
)

func (s *Server) queryEvents(c *call) (any, *refusal) {
	asked, refused := s.readQuery(c)
	if refused != nil {
		return nil, refused
	}
	written, err := json.Marshal(asked.And)
	if err != nil {
		return nil, invalid("and", err.Error())
	}
	p, refused := s.begin(c, "cursor", fmt.Sprintf("events of %q in %q by %s", c.client.ID, c.account, written))
	if refused != nil {
		return nil, refused
	}
	limit, refused := s.limit(c, defaultEvents, largestEvents)
	if refused != nil {
		return nil, refused
	}
	var items []any
	for _, e := range s.visible(c) {
		if rendered := s.renderEvent(e); !e.Time.Before(*asked.From) && e.Time.Before(*asked.To) && s.fits(rendered, asked.And) {
			items = append(items, rendered)
		}
	}
	return s.list(c, "cursor", p, limit, items), nil
}

// readQuery reads the body, and fills in the period (documented).
func (s *Server) readQuery(c *call) (query, *refusal) {
	var asked query
	decoder := json.NewDecoder(bytes.NewReader(c.Content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil && !errors.Is(err, io.EOF) {
		return query{}, invalid("body", err.Error())
	}
	if asked.To == nil {
		asked.To = &c.At
	}
	if asked.From == nil {
		from := asked.To.Add(-defaultPeriod)
		asked.From = &from
	}
	switch {
	case !asked.From.Before(*asked.To):
		return query{}, invalid("from", "must be before to")
	case s.dialect.QueryLimited && asked.To.Sub(*asked.From) > largestPeriod:
		return query{}, invalid("from", "must be at most 60 days before to")
	}
	known := s.renderEvent(event{})
	for i, condition := range asked.And {
		name := fmt.Sprintf("and[%d].", i)
		if _, isField := known[condition.Field]; !isField {
			return query{}, invalid(name+"field", "is no field of an event")
		}
		if operators := s.dialect.operators(); !slices.Contains(operators[:], condition.Operator) {
			return query{}, invalid(name+"operator", "must be one of "+strings.Join(operators[:], ", "))
		}
	}
	return asked, nil
}

// fits tells whether an event has what the conditions want, each of them.
func (s *Server) fits(rendered map[string]any, conditions []condition) bool {
	return !slices.ContainsFunc(conditions, func(wanted condition) bool {
		has, value := rendered[wanted.Field], fmt.Sprint(wanted.Value)
		if has == nil {
			return true
		}
		if wanted.Operator == s.dialect.operators()[0] {
			return fmt.Sprint(has) != value
		}
		return !strings.Contains(fmt.Sprint(has), value)
	})
}
