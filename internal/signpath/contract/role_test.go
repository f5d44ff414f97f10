package contract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

var users = RoutesOf[access.KindUser]

// answering is a server whose document describes the answers of routes.
func answering(t *testing.T, answers map[*Route]string) Negotiation {
	t.Helper()
	var paths []string
	for r, answer := range answers {
		paths = append(paths, fmt.Sprintf(
			`"/v1/{organizationId}%s":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":%s}}}}}}`, r.Path, answer))
	}
	n, err := Negotiate([]byte(`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{` + strings.Join(paths, ",") + `},"components":{"schemas":{
		"Role":{"type":"string","enum":["RegularUser"]},"Circle":{"anyOf":[{"$ref":"#/components/schemas/Circle"},{"type":"string"}]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Null is a Regular User only where the document says so, in whichever way.
func TestNullIsRegularUser(t *testing.T) {
	const limited = `"enum":["GlobalAdministrator","globalReader"]`
	for role, want := range map[string]bool{
		`{"type":"string"}`:                                                      false,
		`{"type":"string","nullable":true}`:                                      true,
		`{"type":["string","null"]}`:                                             true,
		`{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/Role"}]}`:       true,
		`{"allOf":[{"$ref":"#/components/schemas/Role"}],"nullable":true}`:       true,
		`{"allOf":[{"$ref":"#/components/schemas/Role"}]}`:                       false, // It has RegularUser.
		`{"type":"string","enum":["RegularUser",null]}`:                          true,
		`{"type":"string",` + limited + `}`:                                      true,
		`{"allOf":[{"type":"string",` + limited + `}]}`:                          true,
		`{"type":"string","enum":["GlobalAdministrator","regularUser"]}`:         false,
		`{"type":"string","enum":["GlobalAdministrator","None"]}`:                false, // Who knows what None is.
		`{"type":"integer","enum":[0,1,2]}`:                                      false,
		`{"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/Circle"}]}`:   false,
		`{"oneOf":[{"$ref":"#/components/schemas/Circle"},{"type":"null"}]}`:     true,
		`{"type":"object","properties":{"x":{"type":"string","nullable":true}}}`: false,
	} {
		for _, answer := range []string{
			`{"type":"object","properties":{"name":{"type":"string","nullable":true},"role":ROLE}}`,
			`{"type":"object","properties":{"globalRole":ROLE}}`,
			`{"type":"array","items":{"type":"object","properties":{"role":ROLE}}}`,
			`{"type":"object","properties":{"users":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"role":ROLE}}}}}`,
		} {
			n := answering(t, map[*Route]string{users.List: strings.ReplaceAll(answer, "ROLE", role)})
			if got := n.NullIsRegularUser(users.List); got != want {
				t.Errorf("role %s in %s: %t", role, answer, got)
			}
		}
	}
}

// The first route that tells of a role decides; a summary that has none does not.
func TestNullIsRegularUserByTheFirstRouteThatTells(t *testing.T) {
	const none, strict, nullable = `{"type":"object","properties":{"name":{"type":"string"}}}`,
		`{"type":"object","properties":{"role":{"type":"string"}}}`, `{"type":"object","properties":{"role":{"type":"string","nullable":true}}}`
	for name, c := range map[string]struct {
		list, entity string
		want         bool
	}{
		"the entity, too":   {none, nullable, true},
		"neither":           {none, none, false},
		"the list":          {nullable, strict, true},
		"the list says not": {strict, nullable, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := answering(t, map[*Route]string{users.List: c.list, users.Read: c.entity})
			if got := n.NullIsRegularUser(users.List, users.Read); got != c.want {
				t.Errorf("got %t", got)
			}
		})
	}
	if (Negotiation{}).NullIsRegularUser(users.List, users.Read) {
		t.Error("without a document, null is a Regular User")
	}
}
