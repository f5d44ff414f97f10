package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func requests(routes ...string) []mock.Request {
	all := make([]mock.Request, len(routes))
	for i, route := range routes {
		method, _, _ := strings.Cut(route, " ")
		all[i] = mock.Request{Method: method, Route: route}
	}
	return all
}

func TestBudgets(t *testing.T) {
	const list = "GET /InteractiveUsers"
	creates := slices.Repeat([]string{routeCreateUser}, 20)
	for name, test := range map[string]struct {
		measurement measurement
		want        string
	}{
		"creates": {measurement{step: stepCreateUsers, size: 20, requests: requests(append([]string{list}, creates...)...)}, ""},
		"a create too few": {
			measurement{step: stepCreateUsers, size: 21, requests: requests(creates...)},
			"over budget: create users of N = 21 at 0s: POST /InteractiveUsers: 20, budget 21",
		},
		"a read between the creates": {
			measurement{step: stepCreateUsers, size: 20, requests: requests(slices.Insert(slices.Clone(creates), 7, list)...)},
			"over budget: create users of N = 20 at 0s: requests between the creates: 1, budget 0",
		},
		// Of 20 entries there are one policy and one project.
		"a refresh": {measurement{step: stepRefresh, size: 20, requests: requests(slices.Repeat([]string{list}, 7)...)}, ""},
		"a request too many": {
			measurement{step: stepRefresh, size: 20, latency: 50 * time.Millisecond, requests: requests(slices.Repeat([]string{list}, 8)...)},
			"over budget: refresh of N = 20 at 50ms: requests: 8, budget 7",
		},
		"connections":           {measurement{step: stepDestroy, size: 20, connections: 11}, ""},
		"a connection too many": {measurement{step: stepDestroy, size: 20, connections: 12}, "over budget: destroy of N = 20 at 0s: connections: 12, budget 11"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := exceeded([]measurement{test.measurement}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheTableIsAligned(t *testing.T) {
	var out bytes.Buffer
	printHeader(&out)
	printMeasurement(&out, measurement{size: 1000, step: stepFloorCreate, duration: time.Minute})
	printMeasurement(&out, measurement{
		size: 1000, latency: 50 * time.Millisecond, step: stepPlanDrift, requests: requests(slices.Repeat([]string{routeCreateUser}, 1000)...),
		connections: 10, peakMemory: 200 << 20, duration: 90 * time.Second,
	})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if len(line) != len(lines[0]) {
			t.Errorf("the lines differ in length:\n%s", out.String())
			break
		}
	}
}

// The seed and the configuration name the same things, each on its own.
func TestEveryEntryIsInTheSeed(t *testing.T) {
	const size = 130
	server, err := mock.New(seedOrganization(size))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries(size) {
		for _, reference := range []string{e.member, "policy:" + e.project + "/" + e.policy} {
			if _, err := server.ID(reference); err != nil {
				t.Error(err)
			}
		}
	}
	if got, want := len(server.Snapshot().Projects), projects(size); got != want {
		t.Errorf("%d projects, want %d", got, want)
	}
}

func TestGoals(t *testing.T) {
	for _, test := range []struct {
		of         string
		got        float64
		goal, want string
	}{
		{ours, 1.5, "goal <= 1.50: met", "1.50"},
		{ours, 1.51, "goal <= 1.50: missed", "1.51"},
		{reference, 9, "", "9.00"},
	} {
		f := (&contender{name: test.of}).goal(400, "what", test.got, 1.5)
		if f.goal != test.goal || f.got != test.want || f.what != "what, "+test.of {
			t.Errorf("%+v", f)
		}
	}
}

// A state is made of what a provider answers, with all instances of one resource in one place.
func TestStateFile(t *testing.T) {
	user := func(key string) *managed {
		return &managed{kind: "signpath_user", address: "signpath_user.new", key: key, state: []byte("\x81\xa4name\xa1N"), private: []byte("{}")}
	}
	state, err := stateFile([]*managed{user("1"), user("2")})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"new"`, `"index_key":"1"`, `"index_key":"2"`, `"attributes":{"name":"N"}`, `"private":"e30="`} {
		if strings.Count(string(state), want) == 0 {
			t.Errorf("%s is missing in %s", want, state)
		}
	}
	if got := strings.Count(string(state), `"type"`); got != 1 {
		t.Errorf("%d resources, want 1: %s", got, state)
	}
}
