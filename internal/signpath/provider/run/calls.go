package run

import (
	"context"
	"sync"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// Terraform makes several calls at a time, in an order of its own where nothing refers to
// anything. So what a call needs, such as a name that becomes free, may be brought about
// by another one that is under way, or comes next.

// calls counts the calls of a run that are under way, but for those that wait for others.
type calls struct {
	mu       sync.Mutex
	underWay int
}

// count counts a call, or that it has ended.
func (c *calls) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay += n
}

func (c *calls) isIdle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.underWay == 0
}

// begin notes that a call is under way until the function that it returns is called. In a
// validation there is no session.
func (s *Session) begin() (end func()) {
	if s == nil {
		return func() {}
	}
	s.calls.count(1)
	return func() { s.calls.count(-1) }
}

const (
	// lookAgain is the time between two looks at what is waited for.
	lookAgain = 20 * time.Millisecond
	// idleLooks is how often nothing else may be under way before the wait ends: Terraform
	// starts its next calls within milliseconds after the answer to the last ones, on a busy
	// machine within tenths of a second. Only what is about to be refused waits so long.
	idleLooks = 20
)

// await waits until something holds that another call of this run may bring about, as long
// as there are any which do not wait themselves, and tells whether it does.
func (s *Session) await(ctx context.Context, holds func() bool) bool {
	s.calls.count(-1)
	defer s.calls.count(1)
	for idle := 0; !holds(); {
		if s.calls.isIdle() {
			idle++
		} else {
			idle = 0
		}
		if idle > idleLooks || httpapi.Sleep(ctx, lookAgain) != nil {
			return false
		}
	}
	return true
}
