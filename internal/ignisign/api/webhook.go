package api

import (
	"context"
	"fmt"
)

// A Webhook is where IgniSign sends events of an environment to.
type Webhook struct {
	// ID may be empty where the application shows webhooks, and never where they are listed.
	ID, URL, Description string
	// IsDisabled is false if the answer does not say.
	IsDisabled bool
	// CreatedAt is as the answer has it; empty if it does not say.
	CreatedAt string
}

type webhookAnswer struct {
	ID          string `json:"_id"`
	URL         string `json:"url"`
	Description string `json:"description"`
	IsDisabled  bool   `json:"isDisabled"`
	CreatedAt   string `json:"_createdAt"`
}

func (a webhookAnswer) webhook() Webhook { return Webhook(a) }

// Webhooks lists the webhooks of an environment.
func (c *Client) Webhooks(ctx context.Context, environment string) ([]Webhook, error) {
	call, err := c.prepare(ctx, routeWebhooks, c.appID, environment)
	if err != nil {
		return nil, err
	}
	body, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	webhooks, err := decodeWebhooks(body)
	if err != nil {
		return nil, c.unusable(call, err)
	}
	return webhooks, nil
}

func decodeWebhooks(body []byte) ([]Webhook, error) {
	items, err := decodeList(body)
	if err != nil {
		return nil, err
	}
	webhooks := []Webhook{}
	seen := map[string]bool{}
	for i, item := range items {
		what := fmt.Sprintf("webhook %d of the list", i+1)
		var answer webhookAnswer
		if err := decodeObject(item, &answer); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		if err := checkID(what, answer.ID); err != nil {
			return nil, err
		}
		if seen[answer.ID] {
			return nil, fmt.Errorf("%s has the _id of another one", what)
		}
		seen[answer.ID] = true
		webhooks = append(webhooks, answer.webhook())
	}
	return webhooks, nil
}
