package mock_test

import (
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func startDialect(t *testing.T, name string) client {
	t.Helper()
	dialect, err := mock.ParseDialect(name)
	if err != nil {
		t.Fatal(err)
	}
	return startDemo(t, mock.WithDialect(dialect))
}

func TestParseDialect(t *testing.T) {
	dialect, err := mock.ParseDialect("wrapped-lists", " edit-patches, list-lag=2s", "rename=role:globalRole,rename=isActive:active")
	want := mock.Dialect{
		WrappedLists: true, EditPatches: true, ListLag: 2 * time.Second,
		Renamed: map[string]string{"role": "globalRole", "isActive": "active"},
	}
	if err != nil || !reflect.DeepEqual(dialect, want) {
		t.Errorf("%#v, %v", dialect, err)
	}
	if dialect, err := mock.ParseDialect(); err != nil || dialect.String() != "" {
		t.Errorf("no name: %q, %v", dialect, err)
	}
}

func TestParseDialectRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"klingon":                                 "plain-text-errors",
		"wrapped-lists=yes":                       "unknown dialect",
		"hide":                                    "hide=originPolicyVerification",
		"hide=role,hide=role":                     "twice",
		"hide=ciUsers":                            "can be hidden",
		"demand=a b":                              "no name",
		"demand=useApprovalProcess":               "not for Edits alone",
		"rename=role:rank,demand=Rank":            "not for Edits alone",
		"demand-member-type,member-objects":       "a type or a name",
		"demand-member-type,members-per-kind":     "ids per kind",
		"paging=book":                             "paging=token:SIZE",
		"paging=link=5":                           "unknown dialect",
		"paging=link:0":                           "paging=link:5",
		"paging=link,paging=page":                 "excludes",
		"paging=envelope,wrapped-lists":           "in the envelope",
		"spell-role=GlobalAdministrator":          "spell-role=GlobalAdministrator:GlobalAdmin",
		"spell-role=King:Emperor":                 `no role "King"`,
		"spell-role=GlobalReader:RegularUser":     `would both be "RegularUser"`,
		"spell-role=GlobalReader:R,role-numbers":  "numbers or texts",
		"read-lag=soon":                           "read-lag=2s",
		"version=1.2":                             "version=1.176.0",
		"version=1.176.0,version=1.176.0":         "one version",
		"version=1.210.0,old-origin-names":        "new names",
		"document=new":                            "unknown dialect",
		"document=old,document=assumed-names":     "excludes",
		"document=old,no-document":                "wrong or not there",
		"document=old,version=1.176.0":            "right for an old server",
		"list-lag=soon":                           "list-lag=2s",
		"list-lag=-1s":                            "list-lag=2s",
		"rename":                                  "rename=role:globalRole",
		"rename=role":                             "rename=role:globalRole",
		"rename-request=role:":                    "no name",
		"rename=rank:role":                        `no property "rank"`,
		"rename=role:Name":                        `"Name"`,
		"rename=role:a,rename=role:b":             "two names",
		"rename=role:x,rename=name:X":             `both be named "x"`,
		"create-id,create-location-only":          "excludes",
		"members-per-kind,member-objects":         "ids per kind",
		"member-object-requests,members-per-kind": "ids per kind",
	} {
		if dialect, err := mock.ParseDialect(name); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %q, %v", name, dialect, err)
		}
	}
	if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(mock.Dialect{MembersPerKind: true, MemberObjects: true})); err == nil {
		t.Error("a server speaks what contradicts itself")
	}
}

// Every deviation can be named, alone and mixed, and be told from the default.
func TestDialectNames(t *testing.T) {
	singles := slices.Concat(mock.SingleDialects(), mock.HostileDialects())
	slices.SortFunc(singles, func(a, b mock.Deviation) int { return strings.Compare(a.Name, b.Name) })
	names := make([]string, 0, len(singles))
	for _, single := range singles {
		names = append(names, single.Name)
		if single.About == "" || reflect.DeepEqual(single.Dialect, mock.Dialect{}) || single.Dialect.String() != single.Name {
			t.Errorf("%+v, %q", single, single.Dialect)
		}
		expectRoundTrip(t, single.Dialect)
	}
	for _, table := range [][]mock.Deviation{mock.SingleDialects(), mock.HostileDialects()} {
		if !slices.IsSortedFunc(table, func(a, b mock.Deviation) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("%q are not sorted", table)
		}
	}
	fields := map[string]bool{}
	for _, single := range singles {
		value := reflect.ValueOf(single.Dialect)
		for i := range value.NumField() {
			if !value.Field(i).IsZero() {
				fields[value.Type().Field(i).Name] = true
			}
		}
	}
	equal(t, "fields that have a name", len(fields), reflect.TypeFor[mock.Dialect]().NumField())
	for _, name := range mock.DialectNames() {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no single dialect", name)
		}
	}
	equal(t, "names that need no argument", len(mock.DialectNames()), len(names)-6)
}

func expectRoundTrip(t *testing.T, dialect mock.Dialect) {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect.String())
	if err != nil || !reflect.DeepEqual(parsed, dialect) {
		t.Errorf("%q becomes %q, %v", dialect, parsed, err)
	}
}

func TestRandomDialect(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(150) {
		dialect := mock.RandomDialect(rand.New(rand.NewPCG(seed, 0)))
		equal(t, "again", mock.RandomDialect(rand.New(rand.NewPCG(seed, 0))).String(), dialect.String())
		expectRoundTrip(t, dialect)
		if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(dialect)); err != nil {
			t.Errorf("%q: %v", dialect, err)
		}
		renames := len(dialect.Renamed) + len(dialect.RenamedInRequests)
		if renames > 0 && dialect.NoDocument {
			t.Errorf("%q: nobody can know the names", dialect)
		}
		for _, name := range strings.Split(dialect.String(), ",") {
			name, _, _ = strings.Cut(name, "=")
			seen[name] = true
		}
	}
	equal(t, "deviations that occur", len(seen), len(mock.SingleDialects()))
}

func TestDialectWrappedLists(t *testing.T) {
	c := startDialect(t, "wrapped-lists")
	for path, wrapper := range map[string]string{
		"/InteractiveUsers": "interactiveUsers", "/CIUsers": "ciUsers", "/UserGroups": "userGroups", "/Projects": "projects",
		c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events": "events",
	} {
		wrapped := c.get(path).ok().object()
		if _, isList := wrapped[wrapper].([]any); !isList || len(wrapped) != 1 {
			t.Errorf("%s: %v", path, wrapped)
		}
	}
}

func TestDialectSummaryLists(t *testing.T) {
	c := startDialect(t, "summary-lists")
	for path, properties := range map[string]int{"/InteractiveUsers": 3, "/CIUsers": 3, "/UserGroups": 3, "/Projects": 4} {
		for _, item := range c.get(path).ok().list() {
			if len(item) != properties || item["id"] == nil || item["link"] == nil || item["name"] == nil {
				t.Errorf("%s: %v", path, item)
			}
		}
	}
	if c.get("/CIUsers/Me").ok().object()["role"] == nil {
		t.Error("a read is no list")
	}
}

func TestDialectMemberObjects(t *testing.T) {
	c := startDialect(t, "member-objects")
	lead := map[string]any{"id": c.id("user:dev.lead@example.com"), "name": "Development Lead"}
	equal(t, "configurators", c.get("/Projects/project-a").ok().object()["configurators"], []any{lead})
	c.editWith("/Projects/project-a", map[string]any{"readers": c.ids("group:Release Managers"), "configurators": []any{lead["id"]}}).ok()
	equal(t, "configurators", c.get("/Projects/project-a").ok().object()["configurators"], []any{lead})
	readers := []any{map[string]any{"id": c.id("group:Release Managers"), "name": "Release Managers"}}
	equal(t, "readers", c.get("/Projects/project-a").ok().object()["readers"], readers)
}

func TestDialectEditPatches(t *testing.T) {
	c := startDialect(t, "edit-patches")
	before := c.get(releaseSigning).ok().object()
	c.post(releaseSigning+"/Edit", map[string]any{"submitters": c.ids("ci_user:terraform")}).ok()
	before["submitters"] = c.ids("ci_user:terraform")
	equal(t, "policy", c.get(releaseSigning).ok().object(), before)
	c.post(releaseSigning+"/Edit", map[string]any{"purpose": nil, "submitters": nil}).ok()
	before["purpose"], before["submitters"] = nil, []any{}
	equal(t, "policy after nulls", c.get(releaseSigning).ok().object(), before)
	user := "/InteractiveUsers/" + c.id("user:org.admin@example.com")
	c.post(user+"/Edit", map[string]any{"identity": "example:admin"}).ok()
	equal(t, "kept role", c.get(user).ok().object()["role"], "GlobalAdministrator")
}

func TestDialectCreateIDForm(t *testing.T) {
	for name, keys := range map[string][]string{
		"create-id": {"apiToken", "id"}, "create-location-only": {"apiToken"}, "member-objects": {"apiToken", "ciUserId"},
	} {
		c := startDialect(t, name)
		answer := c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated)
		body := answer.object()
		for _, key := range keys {
			if body[key] == nil {
				t.Errorf("%s: no %s", name, key)
			}
		}
		equal(t, name, len(body), len(keys))
		if !strings.HasSuffix(answer.header.Get("Location"), "/CIUsers/"+c.id("ci_user:build")) {
			t.Errorf("%s: Location %q", name, answer.header.Get("Location"))
		}
	}
	c := startDialect(t, "create-location-only")
	equal(t, "group", c.post("/UserGroups", map[string]any{"name": "Testers"}).expect(http.StatusCreated).body, "")
}

func TestDialectPlainTextErrors(t *testing.T) {
	c := startDialect(t, "plain-text-errors")
	validation := c.post("/CIUsers", map[string]any{})
	validation.refused(http.StatusBadRequest, "Name", "required")
	c.token = "wrong"
	answer := c.get("/Projects").expect(http.StatusUnauthorized)
	equal(t, "text", answer.body, "The API token is not valid.")
	equal(t, "content type", answer.header.Get("Content-Type"), "text/plain; charset=utf-8")
}

func TestDialectUnknownIs404(t *testing.T) {
	c := startDialect(t, "unknown-is-404")
	for _, path := range []string{"/Projects/nowhere", "/Projects/project-a/SigningPolicies/nowhere", "/CIUsers/" + nobody, "/UserGroups/" + nobody} {
		c.get(path).expect(http.StatusNotFound)
	}
	c.as("user:outsider@example.com").get("/Projects/project-a").expect(http.StatusForbidden)
}

func TestDialectForeignLinks(t *testing.T) {
	c := startDialect(t, "foreign-links")
	answer := c.post("/CIUsers", map[string]any{"name": "build"})
	for _, link := range []string{answer.header.Get("Location"), c.get("/CIUsers/Me").object()["link"].(string)} {
		if !strings.HasPrefix(link, "https://signpath.internal.example.com/Api/v1/"+demoOrganization+"/CIUsers/") {
			t.Errorf("link %q", link)
		}
	}
}
