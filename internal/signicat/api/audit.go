package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MaxEventsPerPage is how many events one request asks for at most (documented).
const MaxEventsPerPage = 1000

// Metadata say by what audit events can be asked for. The form of the targets is not known.
type Metadata struct {
	// Extended is as the API has it.
	Extended Loose `json:"extended"`
	// Targets are texts as they are, and the JSON of what is no text.
	Targets []Loose `json:"targets"`
}

// A Condition is one that events have to fulfil. Which fields and operators there are, the metadata
// tell, and not this client.
type Condition struct {
	Field    string `json:"field"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
}

// An EventQuery asks for audit events.
type EventQuery struct {
	// And are the conditions, of which events fulfil each.
	And []Condition
	// From and To bound the time of events: from From on, before To. If zero, To is now for the API,
	// and From 30 days before it (documented). An older text says that they are at most 60 days apart.
	From, To time.Time
	// Limit is how many events are wanted at most, the newest; 0 is all.
	Limit int
	// Path replaces that of [RouteAuditQuery], which is inferred; it begins with /audit/.
	Path string
}

// Events are what a query found, the newest first, as the API orders them (documented).
type Events struct {
	Events []Event
	// Whole is true if there are no more than these.
	Whole bool
}

// An Event is an entry of the audit log (documented). What its properties mean beyond their names is
// not documented, so texts are as the API has them. Empty and nil are for what it does not tell.
type Event struct {
	Cursor          Loose           `json:"cursor"`
	AccountID       Loose           `json:"accountId"`
	OrganizationID  Loose           `json:"organizationId"`
	Timestamp       Loose           `json:"timestamp"`
	ServiceName     Loose           `json:"serviceName"`
	EventType       Loose           `json:"eventType"`
	Message         Loose           `json:"message"`
	Sandbox         *bool           `json:"sandbox"`
	UserID          Loose           `json:"userId"`
	ClientID        Loose           `json:"clientId"`
	JWTID           Loose           `json:"jwtId"`
	MessageID       Loose           `json:"messageId"`
	ReferenceID     Loose           `json:"referenceId"`
	TraceID         Loose           `json:"traceId"`
	IPAddress       Loose           `json:"ipAddress"`
	ExpiresAt       Loose           `json:"expiresAt"`
	Data            json.RawMessage `json:"data"`
	IndexedData     json.RawMessage `json:"indexedData"`
	MayHaveMoreData *bool           `json:"mayHaveMoreData"`
}

// Time returns when the event was, if its timestamp is one of RFC 3339.
func (e Event) Time() (at time.Time, ok bool) {
	at, err := time.Parse(time.RFC3339, string(e.Timestamp))
	return at.UTC(), err == nil
}

// AuditMetadata reads by what events can be asked for.
func (c *Client) AuditMetadata(ctx context.Context) (Metadata, error) {
	request, err := c.request(ctx, RouteAuditMetadata, RouteAuditMetadata.Path, nil, nil)
	if err != nil {
		return Metadata{}, err
	}
	return get(ctx, c, request, func(body []byte) (Metadata, error) { return decodeObject[Metadata](body, "targets") })
}

// decodeEvent reads an event. What tells neither when nor what it was is none.
func decodeEvent(body []byte) (Event, error) {
	return decodeObject[Event](body, "timestamp")
}

// CheckAuditPath says what is wrong with a path for [EventQuery.Path].
func CheckAuditPath(path string) error {
	parsed, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/audit/") || parsed.Path != path || parsed.JoinPath().Path != path || strings.Contains(path, "//") {
		return fmt.Errorf("%q is no path of the audit API: it begins with /audit/ and has neither a query nor steps back", path)
	}
	return nil
}

// Query checks the query, without asking.
func (q EventQuery) check() error {
	if q.Path != "" {
		if err := CheckAuditPath(q.Path); err != nil {
			return err
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return errors.New("from is not before to, so no event can be between them")
	}
	return nil
}

// Events asks for events.
func (c *Client) Events(ctx context.Context, q EventQuery) (Events, error) {
	if err := q.check(); err != nil {
		return Events{}, err
	}
	limit := MaxEventsPerPage
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	route := RouteAuditQuery
	if q.Path != "" {
		route.Path = q.Path
	}
	request, err := c.request(ctx, route, route.Path, url.Values{"limit": {strconv.Itoa(limit)}}, q.body())
	if err != nil {
		return Events{}, err
	}
	found, seen := Events{Events: []Event{}}, map[Loose]bool{}
	isCut := false
	ended, err := c.pages(ctx, request, "cursor", limit, func(items []json.RawMessage) (bool, error) {
		for _, item := range items {
			event, err := decodeEvent(item)
			switch {
			case err != nil:
				return false, fmt.Errorf("an event in it: %w", err)
			case event.Cursor != "" && seen[event.Cursor]:
				return false, errors.New("an event is in the list twice, so the list cannot be trusted to be whole")
			case q.Limit > 0 && len(found.Events) == q.Limit:
				isCut = true
				return false, nil
			}
			seen[event.Cursor] = true
			found.Events = append(found.Events, event)
		}
		return q.Limit == 0 || len(found.Events) < q.Limit, nil
	})
	found.Whole = ended && !isCut
	if err != nil {
		return Events{}, err
	}
	return found, nil
}

// body is what a query sends. Times are in UTC.
func (q EventQuery) body() any {
	body := struct {
		And  []Condition `json:"and"`
		From string      `json:"from,omitempty"`
		To   string      `json:"to,omitempty"`
	}{And: append([]Condition{}, q.And...)}
	if !q.From.IsZero() {
		body.From = q.From.UTC().Format(time.RFC3339)
	}
	if !q.To.IsZero() {
		body.To = q.To.UTC().Format(time.RFC3339)
	}
	return body
}
