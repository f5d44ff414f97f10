package mock_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const editRoute = "POST /Projects/{project}/SigningPolicies/{policy}/Edit"

// tryEdit edits a signing policy over a connection of its own, which Go's client does not repeat requests for.
func tryEdit(c client, approvers ...string) (reply, error) {
	c.t.Helper()
	body := c.editBody(releaseSigning)
	body["approvers"] = c.ids(approvers...)
	content, err := json.Marshal(body)
	c.must(err)
	request := c.request(http.MethodPost, releaseSigning+"/Edit", strings.NewReader(string(content)))
	request.Close = true
	return c.do(request)
}

func TestFaultActions(t *testing.T) {
	const officer = "user:security.officer@example.com"
	tests := map[string]struct {
		fault  mock.Fault
		status int // 0 if the answer does not come through
		body   string
		acts   bool
	}{
		"answer": {
			fault:  mock.Fault{Action: mock.FaultAnswer, Status: 503, Headers: map[string]string{"Retry-After": "7"}, Body: "busy"},
			status: 503, body: "busy",
		},
		"answer after acting": {
			fault:  mock.Fault{Action: mock.FaultAnswerAfterActing, Status: 502, Headers: map[string]string{"Retry-After": "7"}, Body: "bad"},
			status: 502, body: "bad", acts: true,
		},
		"cut before acting": {fault: mock.Fault{Action: mock.FaultCutBeforeActing}},
		"cut after acting":  {fault: mock.Fault{Action: mock.FaultCutAfterActing}, acts: true},
		"long text": {
			fault:  mock.Fault{Action: mock.FaultAnswer, Status: 502, BodyBytes: 10_000_000},
			status: 502, body: strings.Repeat("x", 10_000_000),
		},
		"long JSON": {
			fault:  mock.Fault{Action: mock.FaultAnswerAfterActing, Status: 400, Body: `{"title": "Long"}`, BodyBytes: 20},
			status: 400, body: `{"title": "Long"}   `, acts: true,
		},
		// An answer without a body would arrive whole, and its connection be closed under the next request.
		"cut in no body":     {fault: mock.Fault{Action: mock.FaultCutBody}, acts: true},
		"long replaced body": {fault: mock.Fault{Action: mock.FaultMalformedBody, BodyBytes: 3}, status: 200, body: "xxx", acts: true},
		"replaced body":      {fault: mock.Fault{Action: mock.FaultMalformedBody, Body: "<html>"}, status: 200, body: "<html>", acts: true},
		"delay":              {fault: mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 10}, status: 200, acts: true},
		"nothing":            {status: 200, acts: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startDemo(t)
			test.fault.Route = editRoute
			c.must(c.server.Inject(test.fault))
			answer, err := tryEdit(c, officer)
			if (err != nil) != (test.status == 0) || answer.status != test.status || answer.body != test.body {
				t.Errorf("status %d, body %.100q, error %v", answer.status, answer.body, err)
			}
			marked := test.fault.Action
			if marked == mock.FaultDelay || test.status == 0 {
				marked = ""
			}
			equal(t, "header", answer.header.Get("Mock-Fault"), marked)
			if answer.header.Get("Retry-After") != test.fault.Headers["Retry-After"] {
				t.Errorf("headers %v", answer.header)
			}
			var want []string
			if test.acts {
				want = []string{officer}
			}
			expectMembers(c, "policy:project-a/release-signing", "approvers", want...)
			equal(t, "logged status", c.server.Requests(editRoute)[0].Status, test.status)
		})
	}
}

func TestFaultCutBody(t *testing.T) {
	c := startDemo(t)
	whole := c.get(releaseSigning).ok().body
	c.must(c.server.Inject(mock.Fault{Route: "GET " + releaseSigning, Action: mock.FaultCutBody}))
	answer, err := c.do(c.request(http.MethodGet, releaseSigning, nil))
	if !errors.Is(err, io.ErrUnexpectedEOF) || answer.body != whole[:len(whole)/2] || answer.status != http.StatusOK {
		t.Errorf("%v, status %d, %q", err, answer.status, answer.body)
	}
	equal(t, "header", answer.header.Get("Mock-Fault"), "cutBody")
}

func TestFaultMalformedBodyIsHalfOfIt(t *testing.T) {
	c := startDemo(t)
	whole := c.get(releaseSigning).ok().body
	c.must(c.server.Inject(mock.Fault{Action: mock.FaultMalformedBody}))
	equal(t, "body", c.get(releaseSigning).ok().body, whole[:len(whole)/2])
}

func TestFaultDelay(t *testing.T) {
	c := startDemo(t)
	c.must(c.server.Inject(mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 120, Times: 1}))
	start := time.Now()
	c.get("/Organization").ok()
	if took := time.Since(start); took < 120*time.Millisecond {
		t.Errorf("took %s", took)
	}
}

func TestFaultProperties(t *testing.T) {
	for _, dialect := range []mock.Dialect{{}, {EditPatches: true}} {
		c := startDemo(t, mock.WithDialect(dialect))
		edited := map[string]any{"purpose": "Test", "requiredApprovals": 1, "disableMalwareScanning": true}
		c.must(c.server.Inject(mock.Fault{
			Route: editRoute, Times: 1, Action: mock.FaultDropProperties, Properties: []string{"Purpose", "pipelinePolicies"},
		}))
		c.editWith(releaseSigning, edited).ok()
		lost := c.get(releaseSigning).object()
		equal(t, "dropped", lost["purpose"], nil)
		equal(t, "not dropped", lost["requiredApprovals"], 1)
		if lost["pipelinePolicies"] != nil {
			t.Error("pipelinePolicies is not dropped")
		}

		c.must(c.server.Inject(mock.Fault{
			Route: editRoute, Times: 1, Action: mock.FaultKeepProperties, Properties: []string{"requiredApprovals", "disableMalwareScanning"},
		}))
		c.editWith(releaseSigning, map[string]any{"purpose": "Release", "requiredApprovals": 3, "disableMalwareScanning": false}).ok()
		kept := c.get(releaseSigning).object()
		equal(t, "kept", kept["requiredApprovals"], 1)
		equal(t, "kept extra", kept["disableMalwareScanning"], true)
		equal(t, "not kept", kept["purpose"], "Release")
	}
}

func TestFaultHideProperties(t *testing.T) {
	c := startDemo(t)
	c.must(c.server.Inject(mock.Fault{
		Route: "GET *", Action: mock.FaultHideProperties, Properties: []string{"approvers", "role"},
	}))
	answer := c.get(releaseSigning).ok()
	equal(t, "header", answer.header.Get("Mock-Fault"), "hideProperties")
	policy := answer.object()
	if _, has := policy["approvers"]; has || policy["submitters"] == nil {
		t.Errorf("policy %v", policy)
	}
	for _, user := range c.get("/InteractiveUsers").ok().list() {
		if _, has := user["role"]; has {
			t.Errorf("user %v", user)
		}
	}
}

func TestFaultSchedule(t *testing.T) {
	const broken, fine = http.StatusServiceUnavailable, http.StatusOK
	tests := map[string]struct {
		after, times int
		want         []int
	}{
		"forever":          {0, 0, []int{broken, broken, broken, broken}},
		"once":             {0, 1, []int{broken, fine, fine, fine}},
		"the third":        {2, 1, []int{fine, fine, broken, fine}},
		"from the second":  {1, 0, []int{fine, broken, broken, broken}},
		"second and third": {1, 2, []int{fine, broken, broken, fine}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startDemo(t)
			c.must(c.server.Inject(mock.Fault{
				Route: "get /CIUSERS", After: test.after, Times: test.times, Action: mock.FaultAnswer, Status: broken,
			}))
			var got []int
			for range test.want {
				got = append(got, c.get("/CIUsers").status)
				c.get("/UserGroups").ok()
			}
			equal(t, "statuses", got, test.want)
		})
	}
}

func TestFaultRoutes(t *testing.T) {
	tests := map[string]bool{
		"": true, "*": true, "GET *": true, "POST *": false, "GET /Projects/{project}": true,
		"GET /Projects/project-a": true, "GET /Projects/project-b": false, "/projects/*": true, "*project-a": true,
		"*/Edit": false, "GET /Projects": false, "GET /Projects*project*a": true, "GET /Projects/*-a*b": false,
	}
	for pattern, fits := range tests {
		t.Run(pattern, func(t *testing.T) {
			c := startDemo(t)
			c.must(c.server.Inject(mock.Fault{Route: pattern, Action: mock.FaultAnswer, Status: 418}))
			if hit := c.get("/Projects/project-a").status == 418; hit != fits {
				t.Errorf("hit %t", hit)
			}
		})
	}
}

func TestFaultBeforeHook(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("user:org.admin@example.com")
	const owner = "policy:project-a/release-signing"
	c.must(c.server.Inject(mock.Fault{Route: editRoute, Times: 1, Before: func() {
		if err := admin.AddMembers(owner, "approvers", "user:outsider@example.com"); err != nil {
			t.Error(err)
		}
		if err := admin.AddMembers("project:project-a", "readers", "user:outsider@example.com"); err != nil {
			t.Error(err)
		}
	}}))
	answer, err := tryEdit(c, "user:security.officer@example.com")
	c.must(err)
	answer.ok()
	expectMembers(c, owner, "approvers", "user:security.officer@example.com")
	expectMembers(c, "project:project-a", "readers", "user:outsider@example.com")
}

func TestFaultsAreListedAndCleared(t *testing.T) {
	c := startDemo(t)
	c.must(c.server.Inject(mock.Fault{Route: "GET /CIUsers", After: 1, Action: mock.FaultAnswer, Status: 500}))
	for range 3 {
		c.get("/CIUsers")
	}
	faults := c.server.Faults()
	if len(faults) != 1 || faults[0].Seen != 3 || faults[0].Fired != 2 || faults[0].Status != 500 {
		t.Errorf("faults %+v", faults)
	}
	c.server.ClearFaults()
	c.get("/CIUsers").ok()
	equal(t, "cleared", len(c.server.Faults()), 0)
}

func TestInvalidFaults(t *testing.T) {
	c := startDemo(t)
	for _, fault := range []mock.Fault{
		{Action: "explode"},
		{Action: mock.FaultAnswer},
		{Action: mock.FaultAnswerAfterActing, Status: 99},
		{Action: mock.FaultDelay},
		{Action: mock.FaultDropProperties},
		{Action: mock.FaultKeepProperties},
		{Action: mock.FaultHideProperties},
		{Action: mock.FaultStaleList, DelayMilliseconds: -1},
		{Action: mock.FaultAnswer, Status: 200, Body: "four", BodyBytes: 3},
		{Action: mock.FaultAnswer, Status: 200, BodyBytes: -1},
		{Action: mock.FaultAnswer, Status: 200, BodyBytes: 1 << 40},
		{Action: mock.FaultCutBody, BodyBytes: 3},
	} {
		if err := c.server.Inject(fault); err == nil {
			t.Errorf("accepted %+v", fault)
		}
	}
	equal(t, "faults", len(c.server.Faults()), 0)
}

// Faults name properties as the dialect does.
func TestFaultPropertiesOfADialect(t *testing.T) {
	c := startDialect(t, "rename-request=purpose:intent,rename=requiredApprovals:quorum")
	c.must(c.server.Inject(mock.Fault{Route: editRoute, Action: mock.FaultDropProperties, Properties: []string{"intent", "requiredApprovals"}}))
	c.editWith(releaseSigning, map[string]any{"intent": "Release", "quorum": 1}).ok()
	lost := c.get(releaseSigning).object()
	equal(t, "dropped", lost["purpose"], nil)
	equal(t, "not dropped", lost["quorum"], 1)
}

func TestControlFaultsHaveLongBodies(t *testing.T) {
	c := startDemo(t)
	c.post(c.root+"/_mock/faults", map[string]any{
		"route": "GET /CIUsers", "times": 1, "action": "answer", "status": 200, "body": "[]", "bodyBytes": 5,
	}).ok()
	c.post(c.root+"/_mock/faults", map[string]any{"route": "GET /CIUsers", "action": "staleList"}).ok()
	equal(t, "body", c.get("/CIUsers").ok().body, "[]   ")
	equal(t, "header", c.get("/CIUsers").ok().header.Get("Mock-Fault"), "staleList")
}
