package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// maxEventPages bounds the reading of events: a list that goes on beyond that has no end.
const maxEventPages = 500

// An Event is something that IgniSign sent to a webhook, or tried to.
type Event struct {
	ID, Environment string
	// Topic and Action say what it is about, as answered.
	Topic, Action string
	// UserID is the user that a change of membership is about; empty if the event does not say.
	UserID string
	// Time is when it was made; zero if the event does not say.
	Time time.Time
}

// IsMembershipChange tells whether the event says that the membership of somebody in the application
// changed: not how, and not by whom. The vendor's pages write the topic APPLICATION, and its data
// models APP, so both count, in any case, and so does an event that tells no topic.
func (e Event) IsMembershipChange() bool {
	return e.isOfApplication() && strings.EqualFold(e.Action, "MEMBERSHIP_UPDATED")
}

// IsUntold tells whether the event may say that, and does not tell what happened.
func (e Event) IsUntold() bool { return e.isOfApplication() && e.Action == "" }

func (e Event) isOfApplication() bool {
	return e.Topic == "" || strings.EqualFold(e.Topic, "APP") || strings.EqualFold(e.Topic, "APPLICATION")
}

// Events are those of a webhook, as far as they could be read.
type Events struct {
	// Events are ordered by time, those that do not say when first, and then by id.
	Events []Event
	// Read is how many there were, those before the time that was asked for included, and Total how
	// many there are by IgniSign's word. If they differ, the reading is incomplete.
	Read, Total int
}

// IsComplete tells whether every event was read.
func (e Events) IsComplete() bool { return e.Read == e.Total }

// Events reads the events of a webhook that are not from before a time; one that does not say when it
// was made may be, and is among them. How long IgniSign keeps events, in which order it answers them
// and whether the first page is 0 or 1 is unknown. So every page is read, from 1 on, until all are read
// that there are or a page has nothing new, and page 0 if some are missing then.
func (c *Client) Events(ctx context.Context, webhookID string, since time.Time) (Events, error) {
	call, err := c.prepare(ctx, routeEvents, webhookID)
	if err != nil {
		return Events{}, err
	}
	reading := &eventReading{seen: map[string]Event{}}
	for page := 1; page <= maxEventPages && reading.goesOn(); page++ {
		err := c.readEvents(ctx, call, reading, webhookID, page)
		if isNoPage(err) {
			break
		}
		if err != nil {
			return Events{}, err
		}
	}
	if !reading.isBegun || len(reading.seen) < reading.total {
		// Where the first page is 1, this one may be refused, and something is missing as before.
		if err := c.readEvents(ctx, call, reading, webhookID, 0); err != nil && (!reading.isBegun || !isNoPage(err)) {
			return Events{}, err
		}
	}
	return reading.since(since), nil
}

// readEvents reads one page.
func (c *Client) readEvents(ctx context.Context, call call, reading *eventReading, webhookID string, page int) error {
	call.Query = url.Values{"filter": {"ALL"}, "page": {strconv.Itoa(page)}}.Encode()
	body, err := c.send(ctx, call)
	if err != nil {
		return err
	}
	events, total, err := c.decodeEvents(body, webhookID)
	if err != nil {
		return c.unusable(call, err)
	}
	reading.add(events, total)
	return nil
}

// decodeEvents decodes a page of events, and how many there are in all.
func (c *Client) decodeEvents(body []byte, webhookID string) ([]Event, int, error) {
	var answer struct {
		Events *[]eventAnswer `json:"events"`
		Search struct {
			Total *int `json:"total"`
		} `json:"searchData"`
	}
	if err := decodeObject(body, &answer); err != nil {
		return nil, 0, err
	}
	switch {
	case answer.Events == nil:
		return nil, 0, errors.New("it has no events")
	case answer.Search.Total == nil || *answer.Search.Total < 0:
		return nil, 0, errors.New("it does not say how many events there are (searchData.total)")
	}
	var events []Event
	for i, a := range *answer.Events {
		what := fmt.Sprintf("event %d of the page", i+1)
		if err := errors.Join(checkID(what, a.ID), c.checkApp(what, a.AppID)); err != nil {
			return nil, 0, err
		}
		if a.WebhookID != "" && a.WebhookID != webhookID {
			return nil, 0, fmt.Errorf("%s is of another webhook", what)
		}
		event := Event{ID: a.ID, Environment: a.AppEnv, Topic: a.Topic, Action: a.Action, UserID: asTextOnly(a.Content["userId"])}
		if a.CreatedAt != "" {
			at, err := time.Parse(time.RFC3339, a.CreatedAt)
			if err != nil {
				return nil, 0, fmt.Errorf("%s has a time that is none", what)
			}
			event.Time = at
		}
		events = append(events, event)
	}
	return events, *answer.Search.Total, nil
}

type eventAnswer struct {
	ID        string         `json:"_id"`
	AppID     string         `json:"appId"`
	AppEnv    string         `json:"appEnv"`
	WebhookID string         `json:"webhookId"`
	Topic     string         `json:"topic"`
	Action    string         `json:"action"`
	Content   map[string]any `json:"content"`
	CreatedAt string         `json:"_createdAt"`
}

// asTextOnly returns a text, and nothing for anything else.
func asTextOnly(value any) string {
	text, _ := value.(string)
	return text
}

// An eventReading is what was read so far.
type eventReading struct {
	seen map[string]Event
	// total is how many events there are by the last page, and isEnd true once a page had nothing new.
	total          int
	isBegun, isEnd bool
}

// goesOn tells whether another page is to be read.
func (r *eventReading) goesOn() bool { return !r.isBegun || !r.isEnd && len(r.seen) != r.total }

// add takes a page in. An event that is there twice counts once: pages shift when events are added.
func (r *eventReading) add(events []Event, total int) {
	before := len(r.seen)
	for _, event := range events {
		r.seen[event.ID] = event
	}
	r.isBegun, r.isEnd, r.total = true, len(r.seen) == before, total
}

func (r *eventReading) since(since time.Time) Events {
	result := Events{Read: len(r.seen), Total: r.total, Events: []Event{}}
	for _, event := range r.seen {
		if event.Time.IsZero() || !event.Time.Before(since) {
			result.Events = append(result.Events, event)
		}
	}
	slices.SortFunc(result.Events, func(a, b Event) int {
		if d := a.Time.Compare(b.Time); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return result
}

// isNoPage tells whether the server refused to answer a page with that number.
func isNoPage(err error) bool {
	var failed *httpapi.Error
	return errors.As(err, &failed) && failed.Status == http.StatusBadRequest
}
