package mock_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func startMapped(t *testing.T, mapping string, options ...mock.Option) client {
	t.Helper()
	return startDemo(t, append([]mock.Option{mock.WithMapping("version: 1\n" + mapping)}, options...)...)
}

func (c client) user(reference string) mock.UserState {
	c.t.Helper()
	user, err := c.server.User(reference)
	c.must(err)
	return user
}

// at is what is at a path of an answer.
func at(answer any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := answer.(map[string]any)
		answer = object[name]
	}
	return answer
}

const lead = "user:qa.lead@example.com"

func (c client) qaLead() string { return "/InteractiveUsers/" + c.id(lead) }

// What an edit does not name is reset, whatever the default dialect calls it.
func TestMappedNames(t *testing.T) {
	c := startMapped(t, `
user:
  answer: {name: profile.displayName, email: profile.mail, role: level}
  edit:
    route: PUT /People/{id}
    body: {profile.displayName: =name, profile.mail: =email, level: =role}
`)
	user := c.get(c.qaLead()).ok().object()
	equal(t, "answer", []any{at(user, "profile.displayName"), at(user, "profile.mail"), user["level"], user["name"], user["role"]},
		[]any{"QA Lead", "qa.lead@example.com", "RegularUser", nil, nil})
	path := "/People/" + c.id(lead)
	c.post(c.qaLead()+"/Edit", user).expect(http.StatusNotFound)
	c.post(path, user).expect(http.StatusMethodNotAllowed)
	profile := map[string]any{"DisplayName": "QA", "mail": "qa.lead@example.com"}
	c.send("PUT", path, map[string]any{"profile": profile, "level": "GlobalReader", "identity": "example:1", "role": "UserAdministrator"}).ok()
	equal(t, "edited", []any{c.user(lead).Name, c.user(lead).Role, c.user(lead).Identity}, []any{"QA", "GlobalReader", "example:1"})
	c.send("PUT", path, map[string]any{"profile": profile, "role": "UserAdministrator"}).ok()
	equal(t, "reset", []any{c.user(lead).Role, c.user(lead).Identity}, []any{"RegularUser", ""})
	c.send("PUT", path, map[string]any{"name": "QA", "accountEmailAddress": "qa.lead@example.com"}).
		refused(http.StatusBadRequest, "Profile.DisplayName", "The Profile.DisplayName field is required.")
	equal(t, "logged route", c.server.CountRequests("PUT /People/{id}"), 3)
}

func TestMappedStates(t *testing.T) {
	c := startMapped(t, `
user:
  answer: {active: {path: state, when_true: [Enabled], when_false: [Disabled, Locked]}, synchronized: {path: isManual, when_true: false, when_false: true}}
  activate: {route: "POST /InteractiveUsers/{id}/State", body: {state: Enabled}}
  deactivate: {route: "POST /InteractiveUsers/{id}/State", body: {state: Disabled}}
project:
  answer: {active: isOpen}
signing_policy:
  answer: {status: phase, uses_approval_process: {path: mode, when_true: [Manual], when_false: [Automatic]}}
  edit: {body: {mode: =uses_approval_process}}
`)
	states := func() []any {
		user := c.get(c.qaLead()).ok().object()
		return []any{user["state"], user["isManual"], user["isActive"]}
	}
	equal(t, "active", states(), []any{"Enabled", true, nil})
	c.post(c.qaLead()+"/State", map[string]any{"state": "Disabled"}).ok()
	equal(t, "inactive", states(), []any{"Locked", true, nil})
	c.post(c.qaLead()+"/State", map[string]any{"state": "Enabled"}).ok()
	equal(t, "active again", states(), []any{"Enabled", true, nil})
	for _, body := range []map[string]any{{}, {"state": "Locked"}, {"state": true}} {
		c.post(c.qaLead()+"/State", body).refused(http.StatusBadRequest, "State", "")
	}
	c.post(c.qaLead()+"/Deactivate", nil).expect(http.StatusNotFound)
	described := c.document()
	const path = "/v1/{organizationId}/InteractiveUsers/{id}/State"
	equal(t, "states that may be sent", described.request(t, "post", path).Properties["state"].Enum, []any{"Enabled", "Disabled"})
	equal(t, "states that are shown", described.Components.Schemas["InteractiveUser"].Properties["state"].Enum, []any{"Enabled", "Disabled", "Locked"})

	project := c.get("/Projects/project-a").ok().object()
	equal(t, "project", []any{project["isOpen"], project["status"]}, []any{true, "Valid"})
	policy := c.get(releaseSigning).ok().object()
	equal(t, "policy", []any{policy["phase"], policy["isActive"], policy["mode"]}, []any{"Valid", true, "Manual"})
	c.editWith(releaseSigning, map[string]any{"mode": "Automatic"}).ok()
	equal(t, "edited", c.get(releaseSigning).ok().object()["mode"], "Automatic")
	c.editWith(releaseSigning, map[string]any{"mode": true}).refused(http.StatusBadRequest, "Mode", "could not be converted")
}

func TestMappedRoles(t *testing.T) {
	c := startMapped(t, `
roles: {GlobalAdministrator: ADMIN, RegularUser: null}
ci_user:
  answer: {role: {path: level, values: {GlobalAdministrator: 9, GlobalReader: 1}}}
  edit: {body: {level: =role}}
`)
	equal(t, "user", c.get(c.qaLead()).ok().object()["role"], nil)
	c.withRole(c.qaLead(), "ADMIN").ok()
	equal(t, "edited", []any{c.get(c.qaLead()).ok().object()["role"], c.user(lead).Role}, []any{"ADMIN", "GlobalAdministrator"})
	c.withRole(c.qaLead(), "GlobalAdministrator").refused(http.StatusBadRequest, "Role", "does not exist")
	equal(t, "CI user", c.get("/CIUsers/Me").ok().object()["level"], 9)
	terraform := "/CIUsers/" + c.id("ci_user:terraform")
	c.editWith(terraform, map[string]any{"level": "ADMIN"}).refused(http.StatusBadRequest, "Level", "does not exist")
	c.editWith(terraform, map[string]any{"level": 1}).ok()
	equal(t, "edited", c.user("ci_user:terraform").Role, mock.RoleGlobalReader)
}

// Each form of members, the one in which a list of three goes there and back, and what is refused.
func TestMappedMembers(t *testing.T) {
	const user, ci, group = "user:qa.lead@example.com", "ci_user:terraform", "group:Release Managers"
	tests := map[string]struct {
		mapping string
		form    func(user, ci, group string) any
		refused func(user string) any
		text    string
	}{
		"objects": {
			"members: {answer: {form: objects, id: who.id, kind: what, kinds: {user: 1, ci_user: 2, group: 3}}}",
			func(user, ci, group string) any {
				return []any{
					map[string]any{"who": map[string]any{"id": user}, "what": 1},
					map[string]any{"who": map[string]any{"id": ci}, "what": 2},
					map[string]any{"who": map[string]any{"id": group}, "what": 3},
				}
			},
			func(user string) any { return []any{user} }, "an id and a what",
		},
		"objects of the wrong kind": {
			"members: {answer: {form: objects, kind: what, kinds: {user: 1, ci_user: 2, group: 3}}, request: {form: objects, kind: what}}", nil,
			func(user string) any { return []any{map[string]any{"id": user, "what": "ci_user"}} }, "There is no CI user",
		},
		"arrays per kind": {
			"members: {answer: {form: per_kind, user: people, ci_user: robots, group: teams}}",
			func(user, ci, group string) any {
				return map[string]any{"people": []string{user}, "robots": []string{ci}, "teams": []string{group}}
			},
			func(user string) any { return []any{user} }, "an object of ids per kind",
		},
		"arrays of objects per kind": {
			"members: {answer: {form: per_kind, user: people, ci_user: robots, group: teams, each: {form: objects, id: ref}}, request: {form: ids}}",
			nil, func(user string) any { return map[string]any{"people": []string{user}} }, "a list of ids",
		},
		"a kind without a place": {
			"members: {answer: {form: per_kind, user: people, group: teams, each: slugs}}",
			nil, func(user string) any { return map[string]any{"people": []string{user}} }, "slugs per kind",
		},
		"slugs": {
			"members: {answer: {form: slugs}}\nuser: {answer: {slug: handle}}\nci_user: {answer: {slug: handle}}\ngroup: {answer: {slug: handle}}",
			func(string, string, string) any { return []any{"qa.lead", "terraform", "release-managers"} },
			func(user string) any { return []any{user} }, "There is no user or user group with the slug",
		},
		"a form for one list": {
			"signing_policy: {answer: {approvers: {path: approvers, members: {form: slugs}}}}",
			func(string, string, string) any { return []any{"qa.lead", "terraform", "release-managers"} },
			func(user string) any { return []any{user} }, "There is no user or user group with the slug",
		},
		"a form for one request": {
			"signing_policy: {edit: {body: {who: {from: =approvers, members: {form: objects, id: ref}}}}}", nil,
			func(user string) any { return []any{user} }, "a list of objects with an id",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startMapped(t, test.mapping)
			property := "approvers"
			if strings.Contains(test.mapping, "who: {from") {
				property = "who"
			}
			if test.form != nil {
				members := test.form(c.id(user), c.id(ci), c.id(group))
				c.editWith(releaseSigning, map[string]any{property: members}).ok()
				expectMembers(c, "policy:project-a/release-signing", "approvers", ci, group, user)
				equal(t, "approvers", c.get(releaseSigning).ok().object()["approvers"], members)
			}
			body := c.editBody(releaseSigning)
			for _, list := range []string{"submitters", "approvers"} { // There is nobody in them.
				if objects, isObject := body[list].(map[string]any); isObject && strings.Contains(test.mapping, "request: {form: ids}") {
					body[list] = []any{}
					equal(t, "kinds", len(objects), 3)
				}
			}
			body[property] = test.refused(c.id(user))
			c.post(releaseSigning+"/Edit", body).refused(http.StatusBadRequest, title(property), test.text)
		})
	}
}

func TestSlugsAreUniqueAndStay(t *testing.T) {
	c := startMapped(t, "members: {answer: {form: slugs}}\nuser: {answer: {slug: handle}}")
	c.post("/InteractiveUsers", map[string]any{"name": "Other", "accountEmailAddress": "qa.lead@other.example.com"}).expect(http.StatusCreated)
	c.post("/UserGroups", map[string]any{"name": "QA.Lead"}).expect(http.StatusCreated)
	handle := c.get("/InteractiveUsers/" + c.id("user:qa.lead@other.example.com")).ok().object()["handle"]
	equal(t, "second of an address", handle, "qa.lead-2")
	c.editWith(c.qaLead(), map[string]any{"accountEmailAddress": "boss@example.com"}).ok()
	equal(t, "after an edit", c.get("/InteractiveUsers/" + c.id("user:boss@example.com")).ok().object()["handle"], "qa.lead")
	c.editWith(releaseSigning, map[string]any{"approvers": []string{"qa.lead", "qa.lead-3"}}).ok()
	expectMembers(c, "policy:project-a/release-signing", "approvers", "group:QA.Lead", "user:boss@example.com")
}

func TestMappedNulls(t *testing.T) {
	c := startMapped(t, `
group: {answer: {members: {path: members, null: empty}}}
signing_policy:
  answer:
    approvers: {path: approvers, null: empty}
    required_approvals: {path: quorum, null: empty}
    uses_approval_process: {path: usesApprovalProcess, null: empty}
  edit: {body: {quorum: =required_approvals}}
`)
	policy := c.get("/Projects/project-b/SigningPolicies/test-signing").ok().object()
	equal(t, "empty", []any{policy["approvers"], policy["quorum"], policy["usesApprovalProcess"], policy["submitters"]}, []any{nil, nil, nil, []any{}})
	equal(t, "not empty", c.get(releaseSigning).ok().object()["quorum"], 2)
	c.editWith(releaseSigning, map[string]any{"approvers": nil, "quorum": nil, "useApprovalProcess": nil}).ok()
	policy = c.get(releaseSigning).ok().object()
	equal(t, "reset", []any{policy["approvers"], policy["quorum"], policy["usesApprovalProcess"]}, []any{nil, nil, nil})
	properties := c.document().Components.Schemas["SigningPolicy"].Properties
	equal(t, "document", []any{properties["approvers"].Nullable, properties["quorum"].Nullable, properties["submitters"].Nullable}, []any{true, true, false})
}

// A client that goes by the mapping gets each user once.
func TestMappedPages(t *testing.T) {
	tests := map[string]struct {
		mapping, items string
		// next is the query of the page after one with a number, or the URL of it; "" after the last.
		next func(before reply, page int) string
	}{
		"number": {"items: data.users, page: {number: p, first: 0, size: n, entries: 2, total: data.all}", "data.users", func(_ reply, page int) string {
			return "?P=" + string(rune('0'+page)) + "&n=2"
		}},
		"skip": {"items: users, page: {skip: from, size: n, entries: 2}", "users", func(_ reply, page int) string {
			return "?from=" + string(rune('0'+page*2)) + "&n=2"
		}},
		"token": {"items: users, page: {token: cursor, next: meta.next, size: n, entries: 2}", "users", func(before reply, _ int) string {
			token, _ := at(before.object(), "meta.next").(string)
			return "?n=2&cursor=" + url.QueryEscape(token)
		}},
		"link": {"items: users, page: {link: meta.next, size: n, entries: 2}", "users", func(before reply, _ int) string {
			link, _ := at(before.object(), "meta.next").(string)
			return link
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startMapped(t, "user: {list: {route: GET /People, "+test.mapping+"}}")
			var names []any
			path, page := "/People", 0
			for ; page < 9; page++ {
				before := c.get(path).ok()
				items, _ := at(before.object(), test.items).([]any)
				for _, item := range items {
					names = append(names, at(item, "name"))
				}
				if len(items) < 2 {
					break
				}
				if path = test.next(before, page+1); !strings.HasPrefix(path, "http") {
					path = "/People" + path
				}
			}
			equal(t, "pages and users", []int{page + 1, len(names)}, []int{4, 7})
			if all := at(c.get("/People").ok().object(), "data.all"); name == "number" {
				equal(t, "total", all, 7)
			}
			c.get("/InteractiveUsers").expect(http.StatusMethodNotAllowed)
		})
	}
}

// What has a route of its own is not changed by an edit, and changed there alone.
func TestMappedSettings(t *testing.T) {
	c := startMapped(t, `
user:
  set:
    role: {route: "POST /InteractiveUsers/{id}/SetRole", body: {value: =role}}
    active: {route: "PATCH /InteractiveUsers/{id}", body: {isActive: =active}}
  activate: none
  deactivate: none
group:
  modify_members: none
  set:
    members: {route: "PUT /UserGroups/{id}/Members", body: =members}
signing_policy:
  set:
    approvers: {route: "PUT /Projects/{project}/SigningPolicies/{policy}/Approvers", body: =approvers}
    submitters: {route: "PUT /Projects/{project}/SigningPolicies/{policy}/Submitters"}
`)
	c.withRole(c.qaLead(), "GlobalReader").ok()
	equal(t, "role", c.user(lead).Role, mock.RoleRegularUser)
	c.post(c.qaLead()+"/SetRole", map[string]any{"value": "GlobalReader"}).ok()
	c.editWith(c.qaLead(), map[string]any{"name": "QA"}).ok()
	equal(t, "role", []any{c.user(lead).Role, c.user(lead).Name}, []any{"GlobalReader", "QA"})
	c.post(c.qaLead()+"/SetRole", map[string]any{"role": "GlobalReader"}).refused(http.StatusBadRequest, "Value", "required")
	c.post(c.qaLead()+"/SetRole", map[string]any{"value": "King"}).refused(http.StatusBadRequest, "Value", "does not exist")
	for _, active := range []bool{false, true} {
		c.send("PATCH", c.qaLead(), map[string]any{"isActive": active}).ok()
		equal(t, "active", c.user(lead).Active, active)
	}
	c.post(c.qaLead()+"/Activate", nil).expect(http.StatusNotFound)

	before := c.get(releaseSigning).ok().object()
	c.editWith(releaseSigning, map[string]any{"approvers": c.ids(lead)}).ok()
	equal(t, "policy", c.get(releaseSigning).ok().object(), before)
	c.send("PUT", releaseSigning+"/Approvers", c.ids(lead)).ok()
	c.send("PUT", releaseSigning+"/Submitters", map[string]any{"submitters": c.ids("ci_user:terraform")}).ok()
	before["approvers"], before["submitters"] = c.ids(lead), c.ids("ci_user:terraform")
	equal(t, "policy", c.get(releaseSigning).ok().object(), before)
	c.send("PUT", releaseSigning+"/Approvers", map[string]any{"approvers": []string{}}).expect(http.StatusBadRequest)
	c.send("PUT", "/UserGroups/"+c.id("group:Release Managers")+"/Members", c.ids(lead)).ok()
	expectMembers(c, "group:Release Managers", "members", lead)
	const approvers = "/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}/Approvers"
	equal(t, "body of a value", c.document().request(t, "put", approvers).Type, "array")
}

func TestMappedEditsKeepAndCarry(t *testing.T) {
	c := startMapped(t, `
user:
  answer: {email: contact.mail, notification_email: contact.notify}
  edit:
    body: {contact: <contact, revision: <meta.revision, source: terraform}
    kept: [role]
project:
  edit: {body: {hooks: <webhooks}}
ci_user:
  edit: {body: {isActive: =active}}
group:
  edit: {body: {managed: {from: =synchronized}}}
`)
	c.must(c.server.Administrator("").SetRole(lead, mock.RoleGlobalReader))
	user := c.get(c.qaLead()).ok().object()
	revision := at(user, "meta.revision")
	contact := map[string]any{"mail": "qa.lead@example.com", "notify": "n@example.com"}
	body := map[string]any{"name": "QA", "contact": contact, "revision": revision, "source": "terraform"}
	c.post(c.qaLead()+"/Edit", body).ok()
	equal(t, "kept and carried", []any{c.user(lead).Role, c.user(lead).NotificationEmail}, []any{"GlobalReader", "n@example.com"})
	body["role"], body["contact"] = "UserAdministrator", map[string]any{"mail": "qa.lead@example.com"}
	c.post(c.qaLead()+"/Edit", body).ok()
	equal(t, "sent and lost", []any{c.user(lead).Role, c.user(lead).NotificationEmail}, []any{"UserAdministrator", ""})
	for property, text := range map[string]string{"revision": "not that of the object", "source": `must be "terraform"`} {
		wrong := map[string]any{}
		for name, value := range body {
			wrong[name] = value
		}
		wrong[property] = "other"
		c.post(c.qaLead()+"/Edit", wrong).refused(http.StatusBadRequest, title(property), text)
		delete(wrong, property)
		c.post(c.qaLead()+"/Edit", wrong).refused(http.StatusBadRequest, title(property), "required")
	}

	project := c.get("/Projects/project-a").ok().object()
	c.editWith("/Projects/project-a", map[string]any{"hooks": project["webhooks"]}).ok()
	equal(t, "carried", c.get("/Projects/project-a").ok().object()["webhooks"], project["webhooks"])
	c.editWith("/Projects/project-a", nil).ok()
	equal(t, "under its name in answers", c.get("/Projects/project-a").ok().object()["webhooks"], nil)

	c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated)
	build := "/CIUsers/" + c.id("ci_user:build")
	c.post(build+"/Edit", map[string]any{"name": "build", "isActive": false}).ok()
	equal(t, "active", c.user("ci_user:build").Active, false)
	c.post(build+"/Edit", map[string]any{"name": "build"}).refused(http.StatusBadRequest, "IsActive", "required")
	managers := "/UserGroups/" + c.id("group:Release Managers") + "/Edit"
	c.post(managers, map[string]any{"name": "Release Managers", "managed": true}).refused(http.StatusBadRequest, "Managed", "can't change")
	c.post(managers, map[string]any{"name": "Release Managers", "managed": false}).ok()
}

func TestMappedCreates(t *testing.T) {
	c := startMapped(t, `
ci_user:
  read: {route: "GET /Robots/{id}"}
  create: {route: POST /Robots, body: {title: =name, plan: free}, id: result.id}
  regenerate_token: {route: "POST /Robots/{id}/Key", token: result.value}
`)
	created := c.post("/Robots", map[string]any{"title": "build", "plan": "free", "name": "other"}).expect(http.StatusCreated)
	equal(t, "id", at(created.object(), "result.id"), c.id("ci_user:build"))
	link := "/Api/v1/" + demoOrganization + "/Robots/" + c.id("ci_user:build")
	equal(t, "Location", strings.TrimPrefix(created.header.Get("Location"), c.root), link)
	equal(t, "link", strings.TrimPrefix(at(c.get("/Robots/"+c.id("ci_user:build")).ok().object(), "link").(string), c.root), link)
	token, _ := at(created.object(), "result.value").(string)
	equal(t, "accepted", c.server.Accepts(token), true)
	other, _ := at(c.post("/Robots/"+c.id("ci_user:build")+"/Key", nil).ok().object(), "result.value").(string)
	equal(t, "accepted", []bool{c.server.Accepts(token), c.server.Accepts(other)}, []bool{false, true})
	c.post("/Robots", map[string]any{"title": "build-2"}).refused(http.StatusBadRequest, "Plan", "required")
	log, err := json.Marshal(c.server.Requests())
	c.must(err)
	if strings.Contains(string(log), token) || strings.Contains(string(log), other) {
		t.Errorf("the log has %s", log)
	}
}

func TestMappedEvents(t *testing.T) {
	c := startMapped(t, `
audit_event:
  list: {route: GET /Chronicle, items: entries}
  answer: {time: at, name: what, actor: who, object: details.target, changes: details.changes, before: old, after: new, property: field}
`)
	c.must(c.server.Administrator("user:org.admin@example.com").SetRole(lead, mock.RoleGlobalReader))
	events, _ := at(c.get("/Chronicle").ok().object(), "entries").([]any)
	event := events[0]
	equal(t, "event", []any{at(event, "what"), at(event, "who.name"), at(event, "details.target.id"), at(event, "metadata")},
		[]any{"InteractiveUser.Edited", "Organization Admin", c.id(lead), nil})
	equal(t, "changes", at(event, "details.changes"), []any{map[string]any{"field": "role", "old": "RegularUser", "new": "GlobalReader"}})
	const list = "/v1/{organizationId}/Chronicle"
	c.document().checkAnswer(t, list, c.document().Paths[list]["get"], c.get("/Chronicle"))
	c.get(c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events").expect(http.StatusNotFound)
}

func TestMappedProjects(t *testing.T) {
	c := startMapped(t, `
project:
  read: {route: "GET /Crews/{project}"}
  answer: {signing_policies: {path: gates, slug: mark.key, name: title}}
signing_policy:
  answer: {active: isOpen, verifies_origin_policy: {path: origin, when_true: [checked], when_false: [any]}}
`)
	gates, _ := at(c.get("/Crews/project-a").ok().object(), "gates").([]any)
	gate := gates[0]
	equal(t, "item", []any{at(gate, "mark.key"), at(gate, "title"), at(gate, "isOpen"), at(gate, "origin"), at(gate, "slug")},
		[]any{"test-signing", "Test signing", true, "checked", nil})
	if _, has := c.document().Paths["/v1/{organizationId}/Crews/{crewSlug}"]["get"]; !has {
		t.Error("the variable of the path is called as in the default dialect")
	}
}

// A dialect says besides how the server behaves, and the file goes before it where both name something.
func TestMappingsWithADialect(t *testing.T) {
	dialect, err := mock.ParseDialect("edit-patches,omit-nulls,summary-lists,paging=envelope:2,rename=role:globalRole,rename=isActive:active")
	if err != nil {
		t.Fatal(err)
	}
	c := startMapped(t, "user: {answer: {role: level}, edit: {body: {level: =role}}}", mock.WithDialect(dialect))
	user := c.get(c.qaLead()).ok().object()
	equal(t, "names", []any{user["level"], user["active"], user["globalRole"]}, []any{"RegularUser", true, nil})
	if _, has := user["notificationEmailAddress"]; has {
		t.Error("null is shown")
	}
	c.post(c.qaLead()+"/Edit", map[string]any{"level": "GlobalReader"}).ok()
	equal(t, "edited", []any{c.user(lead).Role, c.user(lead).Name}, []any{"GlobalReader", "QA Lead"})
	list := c.get("/InteractiveUsers").ok().object()
	equal(t, "page", []any{len(list["items"].([]any)), list["totalCount"]}, []any{2, 7})
	equal(t, "CI user", c.get("/CIUsers/Me").ok().object()["globalRole"], "GlobalAdministrator")
}

// A client that has the mapping of a dialect knows all that is named otherwise there.
func TestMappingsOfDialects(t *testing.T) {
	for _, single := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		mapping := single.Dialect.Mapping()
		if mapping == "" || strings.HasPrefix(single.Name, "paging=") || len(single.Dialect.Demanded) > 0 || single.Dialect.Version != "" {
			continue // How long pages are, what is demanded and what a version lacks is no word of a mapping file.
		}
		t.Run(single.Name, func(t *testing.T) {
			named, mapped := startDemo(t, mock.WithDialect(single.Dialect)), startDemo(t, mock.WithMapping(mapping))
			for _, path := range []string{"/InteractiveUsers", "/CIUsers/Me", "/UserGroups", "/Projects", "/Projects/project-a", releaseSigning} {
				equal(t, path, strings.ReplaceAll(mapped.get(path).ok().body, mapped.root, ""), strings.ReplaceAll(named.get(path).ok().body, named.root, ""))
			}
			paths := func(c client) (found []string) {
				for path, operations := range c.document().Paths {
					for method := range operations {
						found = append(found, method+" "+path)
					}
				}
				slices.Sort(found)
				return found
			}
			equal(t, "routes", paths(mapped), paths(named))
		})
	}
}

func TestMappingsThatAreRefused(t *testing.T) {
	for mapping, text := range map[string]string{
		"users: {}":                                `line 2: unknown name "users"`,
		"user: {answer: {rank: x}}":                "line 2: answers about a user have no rank",
		"user:\n  answer:\n    role: TODO":         "line 4: role is open",
		"roles: {King: K}":                         `line 2: there is no role "King"`,
		"roles: {GlobalReader: A, RegularUser: A}": `would both be "A"`,
		"ci_user: {answer: {role: {path: r, values: {RegularUser: GlobalReader}}}}": `would both be "GlobalReader"`,
		"members: {answer: {form: tuples}}":                                         `line 2: there is no form "tuples"`,
		"user: {answer: {active: {path: s, when_true: [A]}}}":                       "line 2: when_true and when_false belong together",
		"user: {answer: {active: {when_true: [A], when_false: [B]}}}":               "line 2: there is no path",
		"user: {answer: {name: .}}":                                                 "line 2: an answer about an object is no value alone",
		"user: {read: {route: /People}}":                                            "line 2: \"/People\" is no route",
		"user:\n  read: {route: \"GET /People/{name}\"}":                            "line 3: the variables",
		"user: {list: {page: {number: p, skip: s}}}":                                "line 2: a list has pages by one of",
		"user: {list: {page: {token: t}}}":                                          "line 2: a token needs the path next",
		"user: {list: {page: {number: p, total: all}}}":                             "line 2: a bare array",
		"user: {regenerate_token: {token: t}}":                                      "line 2: the tokens of all users",
		"user: {create: {body: {x: =active}}}":                                      "line 2: this call has nothing to do with active",
		"user: {create: {body: {x: <y}}}":                                           "line 2: before a create",
		"user: {edit: {body: {a: =name, a.b: =role}}}":                              "line 2: a and a.b are in the same place",
		"user: {answer: {name: role}}":                                              "line 2: two things are at role",
		"user: {answer: {name: role.name}}":                                         "line 2: role.name is in role",
		"user: {answer: {name: ROLE}}":                                              "differ in nothing but case",
		"user: {set: {synchronized: {route: \"POST /InteractiveUsers/{id}/S\"}}}":   "nothing sets synchronized",
		"user: {set: {role: {body: {value: =role}}}}":                               "no route to set role",
		"user: {me: {route: \"GET /CIUsers/Me\"}}":                                  "two things are at GET /CIUsers/Me",
		"version: 2": "mapping",
		"user: [":    "line",
		"ci_user: {regenerate_token: {token: .}}": "line 2: the token is in an object",
	} {
		_, err := mock.New(mock.DemoSeed(), mock.WithMapping("version: 1\n"+mapping))
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", mapping, err)
		}
	}
}
