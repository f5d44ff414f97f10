package mock_test

import (
	"net/http"
	"testing"
)

func TestDialectMembersPerKind(t *testing.T) {
	c := startDialect(t, "members-per-kind")
	kinds := func(interactive, ci, groups []string) map[string]any {
		return map[string]any{"interactiveUsers": interactive, "ciUsers": ci, "userGroups": groups}
	}
	lead, officer := c.id("user:dev.lead@example.com"), c.id("user:security.officer@example.com")
	terraform, managers := c.id("ci_user:terraform"), c.id("group:Release Managers")
	equal(t, "configurators", c.get("/Projects/project-a").ok().object()["configurators"], kinds([]string{lead}, []string{}, []string{}))

	approvers := kinds([]string{officer}, []string{terraform}, []string{managers})
	c.editWith(releaseSigning, map[string]any{"approvers": approvers}).ok()
	equal(t, "approvers", c.get(releaseSigning).ok().object()["approvers"], approvers)
	expectMembers(c, "policy:project-a/release-signing", "approvers", "ci_user:terraform", "group:Release Managers", "user:security.officer@example.com")
	equal(t, "configurators sent back", c.get("/Projects/project-a").ok().object()["configurators"], kinds([]string{lead}, []string{}, []string{}))

	group := "/UserGroups/" + managers
	c.post(group+"/ChangeMembers", map[string]any{"members": map[string]any{"ciUsers": []string{terraform}, "interactiveUsers": nil}}).ok()
	expectMembers(c, "group:Release Managers", "members", "ci_user:terraform")
	c.post(group+"/ModifyMembers", map[string]any{
		"addedMembers": kinds([]string{officer, lead}, nil, nil), "removedMembers": kinds([]string{lead}, []string{terraform}, nil),
	}).ok()
	expectMembers(c, "group:Release Managers", "members", "user:dev.lead@example.com", "user:security.officer@example.com")

	for _, members := range []any{
		[]string{officer},
		[]any{},
		[]any{map[string]any{"id": officer}},
		map[string]any{"interactiveUsers": []any{map[string]any{"id": officer}}},
		officer,
	} {
		c.post(group+"/ChangeMembers", map[string]any{"members": members}).refused(http.StatusBadRequest, "Members", "object of ids per kind")
	}
	c.post(group+"/ModifyMembers", map[string]any{"addedMembers": kinds(nil, []string{officer}, nil)}).
		refused(http.StatusBadRequest, "AddedMembers", "no CI user with the id '"+officer+"'")
	expectMembers(c, "group:Release Managers", "members", "user:dev.lead@example.com", "user:security.officer@example.com")
}

func TestDialectMemberObjectRequests(t *testing.T) {
	c := startDialect(t, "member-object-requests")
	officer := map[string]any{"id": c.id("user:security.officer@example.com"), "name": "Security Officer"}
	c.editWith(releaseSigning, map[string]any{"approvers": []any{map[string]any{"ID": officer["id"], "kind": "ignored"}}}).ok()
	equal(t, "approvers", c.get(releaseSigning).ok().object()["approvers"], []any{officer})

	group := "/UserGroups/" + c.id("group:Release Managers")
	c.post(group+"/ChangeMembers", map[string]any{"members": []any{officer}}).ok()
	expectMembers(c, "group:Release Managers", "members", "user:security.officer@example.com")
	for _, members := range [][]any{{officer["id"]}, {officer, officer["id"]}, {map[string]any{"name": "Security Officer"}}} {
		c.post(group+"/ModifyMembers", map[string]any{"removedMembers": members}).
			refused(http.StatusBadRequest, "RemovedMembers", "list of objects with an id")
	}
	c.editWith("/Projects/project-a", map[string]any{"readers": []any{officer["id"]}}).refused(http.StatusBadRequest, "Readers", "objects")
	expectMembers(c, "group:Release Managers", "members", "user:security.officer@example.com")
}

// By default, requests may have ids and objects. Where answers have objects, only what the document says.
func TestMembersInRequests(t *testing.T) {
	c := startDialect(t, "")
	approvers := []any{c.id("ci_user:terraform"), map[string]any{"id": c.id("group:Release Managers")}}
	c.editWith(releaseSigning, map[string]any{"approvers": approvers}).ok()
	expectMembers(c, "policy:project-a/release-signing", "approvers", "ci_user:terraform", "group:Release Managers")
	group := "/UserGroups/" + c.id("group:Release Managers") + "/ChangeMembers"
	startDialect(t, "member-objects").post(group, map[string]any{"members": approvers}).refused(http.StatusBadRequest, "Members", "a list of ids")
}
