package runtask

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// jsonAPI is the media type of what the host takes.
const jsonAPI = "application/vnd.api+json"

// attempts is how often something is asked of the host, with a pause that doubles.
const (
	attempts   = 6
	firstPause = time.Second
)

// maxRedirects is how often the host may send elsewhere for a plan.
const maxRedirects = 3

// attemptTimeout bounds one attempt, but for the body of a plan.
const attemptTimeout = time.Minute

// A passing error is of what may succeed if it is tried again.
type passing struct{ error }

// A client talks to the host. No redirect is followed by itself, and no error has a URL,
// because some of them are secrets.
type client struct {
	host Host
	http *http.Client
}

func newClient(host Host, transport http.RoundTripper) *client {
	return &client{host, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// patiently repeats what may succeed later.
func patiently(ctx context.Context, do func(context.Context) error) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := do(ctx)
		if !errors.As(err, &passing{}) || attempt == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// report tells the host how far a task is.
func (c *client) report(ctx context.Context, callback *url.URL, token string, r result) error {
	r.message = shortened(r.message)
	body, err := r.body()
	if err != nil {
		return err
	}
	return patiently(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPatch, callback.String(), bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", jsonAPI)
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := c.send(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode/100 != 2 {
			return unexpected(answer, "the result")
		}
		return nil
	})
}

// plan opens the JSON of a plan. The host keeps it elsewhere, where the token of the run
// does not belong.
func (c *client) plan(ctx context.Context, at *url.URL, token string) (body io.ReadCloser, err error) {
	err = patiently(ctx, func(ctx context.Context) error {
		body, err = c.planOnce(ctx, at, token)
		return err
	})
	return body, err
}

func (c *client) planOnce(ctx context.Context, at *url.URL, token string) (io.ReadCloser, error) {
	for redirects := 0; redirects <= maxRedirects; redirects++ {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
		if err != nil {
			return nil, err
		}
		if redirects == 0 {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := c.send(request)
		if err != nil {
			return nil, err
		}
		if answer.StatusCode == http.StatusOK {
			return answer.Body, nil
		}
		answer.Body.Close()
		if at, err = next(answer); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the host sends on and on for the plan")
}

// next is where a redirect leads to: by https, wherever the host keeps plans.
func next(answer *http.Response) (*url.URL, error) {
	if answer.StatusCode/100 != 3 {
		return nil, unexpected(answer, "the plan")
	}
	to, err := answer.Location()
	if err != nil {
		return nil, errors.New("the host sends elsewhere for the plan, and does not say where")
	}
	if to.Scheme != "https" || to.User != nil {
		return nil, errors.New("the host sends elsewhere for the plan, and not by https")
	}
	return to, nil
}

// send leaves the URL out of errors.
func (c *client) send(request *http.Request) (*http.Response, error) {
	answer, err := c.http.Do(request)
	if err == nil {
		return answer, nil
	}
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return nil, passing{fmt.Errorf("asking the host failed: %w", err)}
}

// unexpected tells the status alone: what the host writes may be anything. 204 is that of a plan
// which is not there yet.
func unexpected(answer *http.Response, of string) error {
	err := fmt.Errorf("of %s, the host says %d %s", of, answer.StatusCode, http.StatusText(answer.StatusCode))
	switch code := answer.StatusCode; {
	case code == http.StatusNoContent, code == http.StatusTooManyRequests, code >= http.StatusInternalServerError:
		return passing{err}
	}
	return err
}
