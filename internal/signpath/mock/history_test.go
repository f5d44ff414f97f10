package mock_test

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// handClock is a clock that a test moves.
type handClock struct {
	mutex sync.Mutex
	time  time.Time
}

func (h *handClock) now() time.Time {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.time
}

func (h *handClock) pass(duration time.Duration) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.time = h.time.Add(duration)
}

func newHandClock() *handClock {
	return &handClock{time: time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)}
}

func startLagging(t *testing.T, name string) (client, *handClock) {
	t.Helper()
	dialect, err := mock.ParseDialect(name)
	if err != nil {
		t.Fatal(err)
	}
	clock := newHandClock()
	return startDemo(t, mock.WithDialect(dialect), mock.WithClock(clock.now)), clock
}

func (c client) listedNames(path string) []string {
	c.t.Helper()
	var names []string
	for _, item := range c.get(path).ok().list() {
		names = append(names, item["name"].(string))
	}
	slices.Sort(names)
	return names
}

func TestDialectListLag(t *testing.T) {
	for name, lag := range map[string]time.Duration{"list-lag": 300 * time.Millisecond, "list-lag=2s": 2 * time.Second} {
		c, clock := startLagging(t, name)
		equal(t, "seed", c.listedNames("/CIUsers"), []string{"terraform"})

		c.post("/CIUsers", map[string]any{"name": "build"}).expect(201)
		user := "/CIUsers/" + c.id("ci_user:build")
		equal(t, "an entity is current", c.get(user).ok().object()["name"], "build")
		clock.pass(lag - 1)
		equal(t, "before the lag", c.listedNames("/CIUsers"), []string{"terraform"})
		clock.pass(1)
		equal(t, "after the lag", c.listedNames("/CIUsers"), []string{"build", "terraform"})

		c.editWith(user, map[string]any{"name": "builder"}).ok()
		c.must(c.server.Administrator("").AddMembers("group:Release Managers", "members", "ci_user:builder"))
		c.must(c.server.Administrator("").SetProperties("project:project-b", map[string]any{"name": "Project Z"}))
		equal(t, "edit before the lag", c.listedNames("/CIUsers"), []string{"build", "terraform"})
		equal(t, "members before the lag", len(named(t, c.get("/UserGroups").ok().list(), "Release Managers")["members"].([]any)), 1)
		equal(t, "project before the lag", c.listedNames("/Projects"), []string{"Project A", "Project B"})
		clock.pass(lag)
		equal(t, "edit after the lag", c.listedNames("/CIUsers"), []string{"builder", "terraform"})
		equal(t, "members after the lag", len(named(t, c.get("/UserGroups").ok().list(), "Release Managers")["members"].([]any)), 2)
		equal(t, "project after the lag", c.listedNames("/Projects"), []string{"Project A", "Project Z"})
	}
}

func TestListLagOfDeletions(t *testing.T) {
	c, clock := startLagging(t, "list-lag=1s")
	c.must(c.server.Administrator("").Remove("user:release.manager@example.com"))
	c.must(c.server.Administrator("").Remove("policy:project-a/test-signing"))
	c.must(c.server.Administrator("").Remove("project:project-b"))
	equal(t, "users before the lag", len(c.listedNames("/InteractiveUsers")), 7)
	equal(t, "projects before the lag", c.listedNames("/Projects"), []string{"Project A", "Project B"})
	clock.pass(time.Second)
	equal(t, "users after the lag", len(c.listedNames("/InteractiveUsers")), 6)
	equal(t, "projects after the lag", c.listedNames("/Projects"), []string{"Project A"})
	group := named(t, c.get("/UserGroups").ok().list(), "Release Managers")
	equal(t, "members after the lag", group["members"], []string{})
}

// Lists lag behind, rights do not; but what is gone has those that it had.
func TestListLagOfRights(t *testing.T) {
	c, clock := startLagging(t, "list-lag=1s")
	outsider := c.as("user:outsider@example.com")
	c.must(c.server.Administrator("").AddMembers("policy:project-b/test-signing", "submitters", "user:outsider@example.com"))
	clock.pass(time.Second)
	equal(t, "with a right", outsider.listedNames("/Projects"), []string{"Project B"})
	c.must(c.server.Administrator("").Remove("policy:project-b/test-signing"))
	equal(t, "without it", outsider.listedNames("/Projects"), []string(nil))
	c.must(c.server.Administrator("").Remove("project:project-b"))
	equal(t, "without the project, as it was", outsider.listedNames("/Projects"), []string{"Project B"})
}

// What a state file has was there when the server started.
func TestListLagAfterARestart(t *testing.T) {
	stateFile := filepath.Join(t.TempDir(), "state.json")
	clock := newHandClock()
	c := startDemo(t, mock.WithStateFile(stateFile), mock.WithClock(clock.now))
	c.post("/CIUsers", map[string]any{"name": "build"}).expect(201)
	again := startDemo(t, mock.WithStateFile(stateFile), mock.WithClock(clock.now), mock.WithDialect(mock.Dialect{ListLag: time.Hour}))
	equal(t, "users", again.listedNames("/CIUsers"), []string{"build", "terraform"})
}

func TestFaultStaleList(t *testing.T) {
	clock := newHandClock()
	c := startDemo(t, mock.WithClock(clock.now))
	for _, name := range []string{"first", "second", "third"} {
		c.post("/CIUsers", map[string]any{"name": name}).expect(201)
		clock.pass(time.Second)
	}
	for _, milliseconds := range []int{0, 1000, 2500, 5000} {
		c.must(c.server.Inject(mock.Fault{Route: "GET /CIUsers*", Times: 2, Action: mock.FaultStaleList, DelayMilliseconds: milliseconds}))
		user := c.get("/CIUsers/" + c.id("ci_user:third")).ok()
		equal(t, "an entity is current", user.object()["name"], "third")
		equal(t, "an entity is regular", user.header.Get("Mock-Fault"), "")
		stale := c.get("/CIUsers").ok()
		equal(t, "header", stale.header.Get("Mock-Fault"), "staleList")
		want := map[int]int{0: 1, 1000: 4, 2500: 2, 5000: 1}[milliseconds]
		equal(t, "users", len(stale.list()), want)
	}
	current := c.get("/CIUsers").ok()
	equal(t, "users", len(current.list()), 4)
	equal(t, "header", current.header.Get("Mock-Fault"), "")
}

// A single object is shown as it was; lists, rights and what edits begin with are as they are.
func TestReadLag(t *testing.T) {
	const lag = 150 * time.Millisecond
	c, clock := startLagging(t, "read-lag")
	c.post("/CIUsers", map[string]any{"name": "build"}).expect(201)
	user := "/CIUsers/" + c.id("ci_user:build")
	c.get(user).refused(403, "-", "There is no CI user")
	equal(t, "lists are current", c.listedNames("/CIUsers"), []string{"build", "terraform"})
	clock.pass(lag)
	before := c.get(user).ok().object()
	equal(t, "after the lag", before["name"], "build")

	changes := map[string]func(){
		user:                  func() { c.post(user+"/Deactivate", nil).ok() },
		"/CIUsers/Me":         func() { c.must(c.server.Administrator("").SetActive("ci_user:terraform", true)) },
		releaseSigning:        func() { c.editWith(releaseSigning, map[string]any{"approvers": []string{}}).ok() },
		"/Projects/project-a": func() { c.editWith("/Projects/project-a", map[string]any{"readers": c.ids("ci_user:build")}).ok() },
		"/UserGroups/" + c.id("group:Release Managers"): func() {
			c.must(c.server.Administrator("").AddMembers("group:Release Managers", "members", "ci_user:build"))
		},
	}
	for path, change := range changes {
		before := c.get(path).ok().body
		change()
		clock.pass(lag - 1)
		equal(t, path+" before the lag", c.get(path).ok().body, before)
		clock.pass(1)
		if after := c.get(path).ok().body; after == before && path != "/CIUsers/Me" {
			t.Errorf("%s is the same after the lag: %s", path, after)
		}
	}

	// Edits begin with what is there: a member that reads do not show yet is kept.
	c.must(c.server.Administrator("").AddMembers("group:Release Managers", "members", "ci_user:terraform"))
	c.post("/UserGroups/"+c.id("group:Release Managers")+"/ModifyMembers", map[string]any{"addedMembers": c.ids("user:outsider@example.com")}).ok()
	expectMembers(c, "group:Release Managers", "members",
		"ci_user:build", "ci_user:terraform", "user:outsider@example.com", "user:release.manager@example.com")
}

func TestReadLagOfDeletionsAndRights(t *testing.T) {
	c, clock := startLagging(t, "read-lag=1s")
	outsider := c.as("user:outsider@example.com")
	outsider.get("/Projects/project-b").expect(403)
	admin := c.server.Administrator("")
	c.must(admin.AddMembers("project:project-b", "readers", "user:outsider@example.com"))
	equal(t, "rights are current", outsider.get("/Projects/project-b").ok().object()["readers"], []string{})
	clock.pass(time.Second)

	group := c.id("group:Release Managers")
	c.must(admin.Remove("user:outsider@example.com"))
	c.must(admin.Remove("policy:project-a/release-signing"))
	c.must(admin.Remove("group:Release Managers"))
	c.get(releaseSigning).ok()
	c.get("/UserGroups/" + group).ok()
	equal(t, "readers", len(c.get("/Projects/project-b").ok().object()["readers"].([]any)), 1)
	clock.pass(time.Second)
	c.get(releaseSigning).expect(403)
	c.get("/UserGroups/" + group).expect(403)
	equal(t, "readers", len(c.get("/Projects/project-b").ok().object()["readers"].([]any)), 0)
}
