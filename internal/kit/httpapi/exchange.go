package httpapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// An Exchange gets a token for a secret. It sends what the vendor wants for that, an open request
// whose answer is secret, and returns what the answer has. Its errors are those of send, or of
// [Client.Unusable] for an answer without a token.
type Exchange func(ctx context.Context, secret string, send func(context.Context, Request) ([]byte, error)) (Token, error)

// A Token is what a server gave for a secret.
type Token struct {
	Value string
	// Lifetime is how long it is good, counted from when the server was asked; 0 for until it is
	// refused.
	Lifetime time.Duration
}

// A token is no longer sent shortly before its end, so that none ends on its way: a minute, or a
// tenth of the lifetime of one that lives for less than ten.
const longestMargin = time.Minute

// An exchanger keeps the token of a client. It is safe for concurrent use: requests that need a
// token at the same time wait for one exchange.
type exchanger struct {
	get   func(context.Context) (Token, error)
	mutex sync.Mutex
	token string
	until time.Time // Zero is without an end.
	// inFlight is the exchange that is under way; nil if there is none.
	inFlight *call
	// refused is why the server gives no token for the secret, which does not change.
	refused error
}

// A call is an exchange, and how it ended.
type call struct {
	done  chan struct{}
	token string
	err   error
}

// tokenFor returns the token to send, and whether it is new: one that the server gave to this call.
func (x *exchanger) tokenFor(ctx context.Context) (token string, isNew bool, err error) {
	for {
		x.mutex.Lock()
		if x.refused != nil || x.token != "" && (x.until.IsZero() || time.Now().Before(x.until)) {
			defer x.mutex.Unlock()
			return x.token, false, x.refused
		}
		c := x.inFlight
		if c == nil {
			c = &call{done: make(chan struct{})}
			x.inFlight = c
			x.mutex.Unlock()
			x.exchange(ctx, c)
			return c.token, true, c.err
		}
		x.mutex.Unlock()
		select {
		case <-c.done:
			if !errors.Is(c.err, context.Canceled) && !errors.Is(c.err, context.DeadlineExceeded) {
				return c.token, true, c.err
			} // The end of whoever asked is no end for this one.
		case <-ctx.Done():
			return "", false, context.Cause(ctx)
		}
	}
}

func (x *exchanger) exchange(ctx context.Context, c *call) {
	asked := time.Now()
	token, err := x.get(ctx)
	x.mutex.Lock()
	defer x.mutex.Unlock()
	if c.token, c.err = token.Value, err; err == nil {
		x.token, x.until = token.Value, time.Time{}
		if token.Lifetime > 0 {
			x.until = asked.Add(token.Lifetime - min(longestMargin, token.Lifetime/10))
		}
	} else if IsRefusal(err) {
		x.refused = err
	}
	x.inFlight = nil
	close(c.done)
}

// drop forgets a token that the server refused.
func (x *exchanger) drop(token string) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	if x.token == token {
		x.token = ""
	}
}

// authorized sends a request once, with the token that it carries. One that the server refuses
// although it was good may have ended before its time: then the server did not act, and the
// request is sent again with a new one.
func (c *Client) authorized(ctx context.Context, r Request, id string, content []byte) answer {
	if r.Open || c.exchanger == nil {
		secret := c.config.credential.secret
		if r.Open {
			secret = ""
		}
		return c.attempt(ctx, r, id, content, secret)
	}
	for renewed := false; ; renewed = true {
		token, isNew, err := c.exchanger.tokenFor(ctx)
		if err != nil {
			return answer{noToken: err}
		}
		result := c.attempt(ctx, r, id, content, token)
		if result.status != http.StatusUnauthorized || isNew || renewed {
			return result
		}
		c.exchanger.drop(token)
	}
}
