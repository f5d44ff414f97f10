package mockserver

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// FaultAction is what a fault does to a request. The further ones of a vendor are in Config.OwnFaults.
type FaultAction string

const (
	// FaultNone does nothing by itself: for a Fault with a Before hook only.
	FaultNone FaultAction = ""
	// FaultAnswer answers Status, Headers and Body without executing the request.
	FaultAnswer FaultAction = "answer"
	// FaultAnswerAfterActing executes the request, then answers Status, Headers and Body instead.
	FaultAnswerAfterActing FaultAction = "answerAfterActing"
	// FaultDelay waits for DelayMilliseconds, then executes the request.
	FaultDelay FaultAction = "delay"
	// FaultCutBeforeActing closes the connection without executing the request. Go's HTTP client by itself repeats a
	// request without a body if that happens on a connection that it had used before.
	FaultCutBeforeActing FaultAction = "cutBeforeActing"
	// FaultCutAfterActing executes the request, then closes the connection without an answer.
	FaultCutAfterActing FaultAction = "cutAfterActing"
	// FaultCutBody executes the request and closes the connection in the middle of the body of the answer, or before an
	// answer that has none.
	FaultCutBody FaultAction = "cutBody"
	// FaultMalformedBody executes the request and answers half of the body as if it were whole, or Body if it is set.
	FaultMalformedBody FaultAction = "malformedBody"
	// FaultHideProperties executes the request, but leaves Properties, by their response names, out of the answer.
	FaultHideProperties FaultAction = "hideProperties"
)

// ownActions of the server, with what else a fault of each must have.
var ownActions = map[FaultAction]func(Fault) error{
	FaultNone: nil, FaultAnswer: needsStatus, FaultAnswerAfterActing: needsStatus, FaultDelay: needsDelay, FaultCutBeforeActing: nil,
	FaultCutAfterActing: nil, FaultCutBody: nil, FaultMalformedBody: nil, FaultHideProperties: NeedsProperties,
}

// Fault makes requests go wrong. The first fault that fits a request and is due applies to it, alone. An answer that it
// changes or replaces has the header "Mock-Fault" with its action, so that an observer can tell it from the answers of
// a server that works.
type Fault struct {
	// Route is a route pattern, see Server.Requests. "" or "*" is every API request.
	Route string `json:"route,omitempty"`
	// After is the number of fitting requests that pass unharmed first. The third request alone is After 2, Times 1.
	After int `json:"after,omitempty"`
	// Times is how often the fault fires; 0 is forever.
	Times  int         `json:"times,omitempty"`
	Action FaultAction `json:"action,omitempty"`

	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	// BodyBytes makes the body that long: it fills Body up with spaces, which leave JSON what it is, or an empty Body
	// with letters.
	BodyBytes         int      `json:"bodyBytes,omitempty"`
	DelayMilliseconds int      `json:"delayMilliseconds,omitempty"`
	Properties        []string `json:"properties,omitempty"`

	// Before runs before the request is executed, outside of the server's lock: another administrator may change the
	// object in it.
	Before func() `json:"-"`
}

func (f Fault) validate(further map[FaultAction]func(Fault) error) error {
	actions := maps.Clone(ownActions)
	maps.Copy(actions, further)
	check, known := actions[f.Action]
	if !known {
		return fmt.Errorf("unknown fault action %q; known are %q", f.Action, slices.Sorted(maps.Keys(actions)))
	}
	if f.DelayMilliseconds < 0 {
		return needsDelay(f)
	}
	if err := f.validateBody(); err != nil || check == nil {
		return err
	}
	return check(f)
}

func needsStatus(f Fault) error {
	if f.Status < 200 || f.Status > 599 {
		return fmt.Errorf("fault action %q needs a status between 200 and 599", f.Action)
	}
	return nil
}

func needsDelay(f Fault) error {
	if f.DelayMilliseconds <= 0 {
		return fmt.Errorf("fault action %q needs delayMilliseconds", f.Action)
	}
	return nil
}

// NeedsProperties is for Config.OwnFaults: the check of an action that is about properties.
func NeedsProperties(f Fault) error {
	if len(f.Properties) == 0 {
		return fmt.Errorf("fault action %q needs properties", f.Action)
	}
	return nil
}

func (f Fault) validateBody() error {
	hasBody := f.Action == FaultAnswer || f.Action == FaultAnswerAfterActing || f.Action == FaultMalformedBody
	switch {
	case f.BodyBytes == 0:
		return nil
	case !hasBody:
		return fmt.Errorf("fault action %q has no body of its own to be of %d bytes", f.Action, f.BodyBytes)
	case f.BodyBytes < len(f.Body) || f.BodyBytes > maxFaultBody:
		return fmt.Errorf("bodyBytes %d is not between the %d bytes of the body and %d", f.BodyBytes, len(f.Body), maxFaultBody)
	}
	return nil
}

// maxFaultBody keeps a typo from taking all memory.
const maxFaultBody = 1 << 28

// Delay is DelayMilliseconds as a duration.
func (f Fault) Delay() time.Duration {
	return time.Duration(f.DelayMilliseconds) * time.Millisecond
}

func (f Fault) pattern() routePattern {
	if f.Route == "" {
		return "*"
	}
	return routePattern(f.Route)
}

// InjectedFault is a fault and what became of it.
type InjectedFault struct {
	Fault
	// Seen is the number of requests that fitted the route while the fault was not used up; Fired is how many it hit.
	Seen  int `json:"seen"`
	Fired int `json:"fired"`
}

// isDue counts a fitting request and tells whether the fault hits it.
func (f *InjectedFault) isDue() bool {
	if f.Times > 0 && f.Fired >= f.Times {
		return false
	}
	f.Seen++
	if f.Seen <= f.After {
		return false
	}
	f.Fired++
	return true
}

type faultList struct {
	mutex  sync.Mutex
	faults []*InjectedFault
}

// next returns the fault for a request; the zero Fault if there is none.
func (l *faultList) next(t target) Fault {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, fault := range l.faults {
		if fault.pattern().matches(t) && fault.isDue() {
			return fault.Fault
		}
	}
	return Fault{}
}

// Inject adds a fault behind those that are already there.
func (s *Server) Inject(fault Fault) error {
	if err := fault.validate(s.config.OwnFaults); err != nil {
		return err
	}
	s.faults.mutex.Lock()
	defer s.faults.mutex.Unlock()
	s.faults.faults = append(s.faults.faults, &InjectedFault{Fault: fault})
	return nil
}

// Faults returns the faults that were injected, used up or not.
func (s *Server) Faults() []InjectedFault {
	s.faults.mutex.Lock()
	defer s.faults.mutex.Unlock()
	faults := make([]InjectedFault, 0, len(s.faults.faults))
	for _, fault := range s.faults.faults {
		faults = append(faults, *fault)
	}
	return faults
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.faults.mutex.Lock()
	defer s.faults.mutex.Unlock()
	s.faults.faults = nil
}
