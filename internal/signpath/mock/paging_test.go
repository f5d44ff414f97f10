package mock_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// startWithUsers starts the demo with 23 CI users: more than one page of the default size.
func startWithUsers(t *testing.T, dialect string) client {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	if err != nil {
		t.Fatal(err)
	}
	seed := mock.DemoSeed()
	for i := range 22 {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: fmt.Sprintf("build-%02d", i)})
	}
	return startSeed(t, seed, mock.WithDialect(parsed))
}

// pageOf are the items of a page, bare or in an object.
func (r reply) pageOf(name string) []any {
	r.t.Helper()
	var page any
	r.ok().decode(&page)
	if envelope, isObject := page.(map[string]any); isObject {
		page = envelope[name]
	}
	items, isList := page.([]any)
	if !isList {
		r.t.Fatalf("no list in %s", r.body)
	}
	return items
}

// Whoever pages as the kind of paging wants gets each user once, and whoever does not gets the first page.
func TestPagesAreTheWhole(t *testing.T) {
	numbered := func(position, size string, first int) func(reply, int) string {
		return func(_ reply, page int) string { return fmt.Sprintf("?%s=%d&%s=10", position, first+page, size) }
	}
	tests := map[string]struct {
		items string
		// next is the query, or the URL, of the page with a number, from 0, after the one before; "" if there is none.
		next func(before reply, page int) string
	}{
		"paging=page":                  {"", numbered("pageNumber", "pageSize", 1)},
		"paging=page,wrapped-lists":    {"ciUsers", numbered("PAGENUMBER", "PageSize", 1)},
		"paging=page-zero":             {"", numbered("pageIndex", "pageSize", 0)},
		"paging=total":                 {"", numbered("pageNumber", "pageSize", 1)},
		"paging=envelope":              {"items", numbered("pageNumber", "pageSize", 1)},
		"paging=envelope,rename=id:no": {"items", numbered("pageNumber", "pageSize", 1)},
		"paging=offset":                {"", func(_ reply, page int) string { return fmt.Sprintf("?skip=%d&take=10", page*10) }},
		"paging=link:10": {"", func(before reply, page int) string {
			target, relation, _ := strings.Cut(before.header.Get("Link"), ">; ")
			if page > 0 && target != "" && relation != `rel="next"` {
				return "?" + relation
			}
			return strings.TrimPrefix(target, "<")
		}},
		"paging=next-link:10": {"value", func(before reply, page int) string {
			if page == 0 {
				return ""
			}
			link, _ := before.object()["nextLink"].(string)
			return link
		}},
		"paging=token:10": {"items", func(before reply, page int) string {
			if page == 0 {
				return ""
			}
			token, _ := before.object()["continuationToken"].(string)
			return "?continuationToken=" + url.QueryEscape(token)
		}},
	}
	for dialect, test := range tests {
		t.Run(dialect, func(t *testing.T) {
			c := startWithUsers(t, dialect)
			var names []string
			var before reply
			for page := range 3 {
				path := test.next(before, page)
				if !strings.HasPrefix(path, "http") {
					path = "/CIUsers" + path
				}
				before = c.get(path)
				for _, item := range before.pageOf(test.items) {
					names = append(names, item.(map[string]any)["name"].(string))
				}
			}
			slices.Sort(names)
			equal(t, "users", len(slices.Compact(names)), 23)
			if left := test.next(before, 3); !strings.Contains(left, "=") || strings.HasSuffix(left, "continuationToken=") {
				return // The last page says so.
			}
			if path := test.next(before, 3); strings.HasPrefix(path, "?") {
				equal(t, "behind the last page", len(c.get("/CIUsers"+path).pageOf(test.items)), 0)
			}
		})
	}
}

func TestTheFirstPage(t *testing.T) {
	for _, kind := range []string{"page", "page-zero", "offset", "link", "total", "envelope", "token", "next-link"} {
		for spelling, size := range map[string]int{"paging=" + kind: 20, "paging=" + kind + ":5": 5} {
			c := startWithUsers(t, spelling)
			items := map[string]string{"envelope": "items", "token": "items", "next-link": "value"}[kind]
			equal(t, spelling, len(c.get("/CIUsers").pageOf(items)), size)
			equal(t, spelling+", more asked for", len(c.get("/CIUsers?pageSize=100&take=100").pageOf(items)), size)
			for path, count := range map[string]int{"/InteractiveUsers": 7, "/UserGroups": 2, "/Projects": 2} {
				equal(t, spelling+path, len(c.get(path).pageOf(items)), min(count, size))
			}
			events := c.get(c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events").ok()
			equal(t, "audit log", len(events.list()), 0)
		}
	}
}

func TestWhatPagesTellOfTheOthers(t *testing.T) {
	total := startWithUsers(t, "paging=total")
	equal(t, "X-Total-Count", total.get("/CIUsers?pageNumber=2").ok().header.Get("X-Total-Count"), "23")

	envelope := startWithUsers(t, "paging=envelope").get("/CIUsers?pageNumber=2").ok().object()
	delete(envelope, "items")
	equal(t, "envelope", envelope, map[string]any{"totalCount": 23, "pageNumber": 2, "pageSize": 20})

	link := startWithUsers(t, "paging=link,foreign-links").get("/CIUsers").ok().header.Get("Link")
	if !strings.HasPrefix(link, "<https://signpath.internal.example.com/Api/v1/"+demoOrganization+"/CIUsers?") {
		t.Errorf("Link %q", link)
	}
	for _, dialect := range []string{"paging=token", "paging=next-link"} {
		last := startWithUsers(t, dialect).get("/UserGroups").ok().object()
		equal(t, dialect+": properties", len(last), 2)
		last = startWithUsers(t, dialect+",omit-nulls").get("/UserGroups").ok().object()
		equal(t, dialect+": properties without nulls", len(last), 1)
	}
}

func TestPagesThatDoNotExist(t *testing.T) {
	for query, property := range map[string]string{
		"paging=page?pageNumber=0": "PageNumber", "paging=page?pageNumber=x": "PageNumber", "paging=total?pageSize=0": "PageSize",
		"paging=page-zero?pageIndex=-1": "PageIndex", "paging=offset?take=99999999999": "Take", "paging=token?continuationToken=x": "ContinuationToken",
	} {
		dialect, parameters, _ := strings.Cut(query, "?")
		startWithUsers(t, dialect).get("/CIUsers?"+parameters).refused(http.StatusBadRequest, property, "not valid")
	}
}

func TestDocumentTellsOfPages(t *testing.T) {
	for dialect, want := range map[string][]string{
		"":                 nil,
		"paging=page":      {"pageNumber", "pageSize"},
		"paging=page-zero": {"pageIndex", "pageSize"},
		"paging=offset":    {"skip", "take"},
		"paging=link":      nil,
		"paging=total":     {"pageNumber", "pageSize"},
		"paging=envelope":  {"pageNumber", "pageSize"},
		"paging=token":     {"continuationToken", "pageSize"},
		"paging=next-link": nil,
	} {
		described := startWithUsers(t, dialect).document()
		for _, path := range []string{"/v1/{organizationId}/CIUsers", "/v1/{organizationId}/Projects"} {
			var names []string
			for _, parameter := range described.Paths[path]["get"].Parameters {
				if parameter.In == "query" {
					names = append(names, parameter.Name)
				}
			}
			equal(t, dialect+path, names, want)
		}
		events := described.Paths["/v1-pre/{organizationId}/AuditLog/Events"]["get"]
		equal(t, "parameters of the audit log", len(events.Parameters), 1)
	}
}
