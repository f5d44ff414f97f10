package mock

import (
	"net/http"
	"slices"
	"strconv"
)

// eventsPerPage is how many events a page has; the number is an assumption.
const eventsPerPage = 20

// emit sends an application event to the webhooks that get those: documented, the ones of PRODUCTION only. That a disabled
// one gets none is an assumption.
func (s *Server) emit(event Event) {
	for i := range s.application.Webhooks {
		hook := &s.application.Webhooks[i]
		if hook.Environment != Production || hook.Disabled {
			continue
		}
		event.ID, event.Status, event.At = s.newID(), "SUCCESS", s.clock()
		hook.Events = append(hook.Events, event)
	}
}

func (h Webhook) wire() object {
	return object{"_id": h.ID, "url": h.URL, "description": h.Description, "isDisabled": h.Disabled}
}

func (c *call) listWebhooks() (any, *refusal) {
	environment := c.Variables["appEnv"]
	if !slices.Contains(environments, environment) {
		refused := refuse(http.StatusBadRequest, "PARAMS_VALIDATION_FAILED", "Params validation failed")
		refused.context["appEnv"] = "must be an environment"
		return nil, refused
	}
	if refused := c.checkEnvironment(environment); refused != nil {
		return nil, refused
	}
	return c.webhooksIn(environment), nil
}

func (s *Server) webhooksIn(environment string) []object {
	list := []object{}
	for _, hook := range s.application.Webhooks {
		if hook.Environment == environment {
			list = append(list, hook.wire())
		}
	}
	return list
}

func (c *call) webhook() (Webhook, *refusal) {
	id, refused := c.id("webhookId")
	if refused != nil {
		return Webhook{}, refused
	}
	at := slices.IndexFunc(c.application.Webhooks, func(h Webhook) bool { return h.ID == id })
	if at < 0 {
		return Webhook{}, refuse(http.StatusNotFound, "WEBHOOK_NOT_FOUND", "There is no such webhook.")
	}
	hook := c.application.Webhooks[at]
	return hook, c.checkEnvironment(hook.Environment)
}

// listEvents answers a page of the events that the filter lets through.
func (c *call) listEvents() (any, *refusal) {
	hook, refused := c.webhook()
	if refused != nil {
		return nil, refused
	}
	events, refused := c.filtered(hook.Events)
	if refused != nil {
		return nil, refused
	}
	page, refused := c.page()
	if refused != nil {
		return nil, refused
	}
	total := len(events)
	begin := min(min(page-c.firstPage(), total)*eventsPerPage, total)
	list := []object{}
	for _, event := range events[begin:min(begin+eventsPerPage, total)] {
		list = append(list, c.answerOfEvent(hook, event))
	}
	return object{"events": list, "searchData": object{"total": total, "page": page, "nbEventsPerPage": eventsPerPage}}, nil
}

// filtered are the events that fit the filter, in the order of the dialect.
func (c *call) filtered(events []Event) ([]Event, *refusal) {
	filter := c.Request.URL.Query().Get("filter")
	if !slices.Contains([]string{"", "ALL", "SUCCESS", "FAILED"}, filter) {
		return nil, invalidQuery("filter", "must be one of ALL, SUCCESS, FAILED")
	}
	found := slices.DeleteFunc(slices.Clone(events), func(e Event) bool {
		return filter != "" && filter != "ALL" && e.Status != filter
	})
	slices.SortStableFunc(found, func(a, b Event) int { return a.At.Compare(b.At) })
	if !c.dialect.OldestFirst {
		slices.Reverse(found)
	}
	return found, nil
}

func (c *call) firstPage() int {
	if c.dialect.EventsFromZero {
		return 0
	}
	return 1
}

// page is the number of the page that was asked for; without one, that of the first.
func (c *call) page() (int, *refusal) {
	asked := c.Request.URL.Query().Get("page")
	if asked == "" {
		return c.firstPage(), nil
	}
	page, err := strconv.Atoi(asked)
	if err != nil || page < 0 || page < c.firstPage() && c.dialect.EventsStrict {
		return 0, invalidQuery("page", "must be the number of a page")
	}
	return max(page, c.firstPage()), nil
}

func (c *call) readEvent() (any, *refusal) {
	hook, refused := c.webhook()
	if refused != nil {
		return nil, refused
	}
	id, refused := c.id("eventId")
	if refused != nil {
		return nil, refused
	}
	at := slices.IndexFunc(hook.Events, func(e Event) bool { return e.ID == id })
	if at < 0 {
		return nil, refuse(http.StatusNotFound, "WEBHOOK_EVENT_NOT_FOUND", "There is no such event.")
	}
	return c.answerOfEvent(hook, hook.Events[at]), nil
}

// answerOfEvent is an event as answers have it (observed).
func (s *Server) answerOfEvent(hook Webhook, event Event) object {
	topic, content := event.Topic, object{}
	if topic == "" {
		topic = s.dialect.topic()
	}
	if event.UserID != "" {
		content["userId"] = event.UserID
	}
	return object{
		"_id":        event.ID,
		"appId":      s.application.Application.ID,
		"appEnv":     hook.Environment,
		"webhookId":  hook.ID,
		"topic":      topic,
		"action":     event.Action,
		"msgNature":  "INFO",
		"content":    content,
		"status":     event.Status,
		"_createdAt": event.At.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}
