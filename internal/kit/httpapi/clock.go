package httpapi

import (
	"net/http"
	"sync"
	"time"
)

// A serverClock knows how far the server's clock is ahead of this machine's at least, by the header Date of its answers (RFC 9110,
// section 6.6.1: when the answer was made, to the second).
type serverClock struct {
	mu    sync.Mutex
	known bool
	lead  time.Duration
}

// note reads an answer that was received at the time. It was made before that, so each answer tells a lead that is no greater than
// the right one.
func (c *serverClock) note(header http.Header, received time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if lead := date.Sub(received); !c.known || lead > c.lead {
		c.known, c.lead = true, lead
	}
}

// ServerLead returns how far the server's clock is ahead of this machine's at least, by its answers so far; less than 0 where it may
// be behind. It is false where no answer has told the time.
func (c *Client) ServerLead() (lead time.Duration, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return c.clock.lead, c.clock.known
}
