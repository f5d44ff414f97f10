package mock_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestMiddlewareSeesAllThatIsServed(t *testing.T) {
	var replaced, seen atomic.Int32
	counting := func(count *atomic.Int32) mock.Option {
		return mock.WithMiddleware(func(served http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				count.Add(1)
				served.ServeHTTP(w, r)
			})
		})
	}
	c := startDemo(t, counting(&replaced), counting(&seen))
	for _, path := range []string{"/Organization", c.root + "/_mock/stats"} {
		if answer := c.get(path); answer.status != http.StatusOK {
			t.Errorf("%s: status %d", path, answer.status)
		}
	}
	equal(t, "requests that the middleware saw", seen.Load(), int32(2))
	equal(t, "requests that a replaced middleware saw", replaced.Load(), int32(0))
	if c.server.Connections() == 0 {
		t.Error("connections are no longer counted")
	}
}

// An observer in between can tell the answer of a fault from that of a server that works.
func TestTheAnswerOfAFaultIsMarked(t *testing.T) {
	tests := map[string]struct {
		fault mock.Fault
		want  string
	}{
		"answer":              {mock.Fault{Action: mock.FaultAnswer, Status: 503}, "answer"},
		"answer after acting": {mock.Fault{Action: mock.FaultAnswerAfterActing, Status: 503}, "answerAfterActing"},
		"malformed body":      {mock.Fault{Action: mock.FaultMalformedBody}, "malformedBody"},
		"hidden properties":   {mock.Fault{Action: mock.FaultHideProperties, Properties: []string{"name"}}, "hideProperties"},
		"delay":               {mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 1}, ""},
		"hook":                {mock.Fault{Before: func() {}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startDemo(t)
			c.must(c.server.Inject(test.fault))
			equal(t, "Mock-Fault", c.get("/Organization").header.Get("Mock-Fault"), test.want)
		})
	}
}
