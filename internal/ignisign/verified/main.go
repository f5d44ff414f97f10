// Command verified writes the page "What is verified" of the provider for IgniSign.
//
//	verified FILE
package main

import (
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/verified"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

func main() {
	if err := newPage().WriteTo(os.Args[1:], vendor, head); err != nil {
		log.Fatal(err)
	}
}

const vendor = "IgniSign"

func newPage() *verified.Page {
	page := &verified.Page{}
	writeRoles(page)
	writeMatrix(page)
	page.Model(procedure.Model, review.Rules())
	page.Say("The run-book is tested by carrying out its steps on a simulated Console. That tests our reading of the pages, not IgniSign.")
	page.Questions("signpathctl mock ignisign", questions(), []string{
		"what the limitations of Organization Admin are, which the page speaks of",
		"whether Organization User comes by itself to whoever is in an application",
		"where the Console has the page for the users of an application, and how a role is taken there",
		"from when on a role holds that was given or taken",
		"what happens when the last administrator goes: there is an error code that says an organization must have one",
		"what an accreditation level of a permission demands or blocks",
		"whether an invitation ends by itself: it has no property for that",
		"how many requests are allowed in what time",
	})
	page.Look(look())
	page.API(contract.Facts(), usedFor)
	return page
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// usedFor is the purpose that the client has for an operation, on either version.
func usedFor(operation string) string {
	method, path, _ := strings.Cut(operation, " ")
	for _, route := range api.Routes() {
		for _, version := range []api.Version{api.Version3, api.Version4} {
			if route.Method == method && parameter.ReplaceAllString("/"+string(version)+route.Path, "") == parameter.ReplaceAllString(path, "") {
				return route.Purpose
			}
		}
	}
	panic("no route of the client is " + operation)
}

const head = `
**Nobody has asked a server of IgniSign.** The provider rests on what IgniSign publishes: the page *Users, Roles, and Rights*, its reference pages,
and the data models and client code that it publishes for programmers. Each fact has a label:

* **documented**: a page of the vendor states it;
* **observed**: it was seen in the vendor's published data models or client code, which say what a client sends or expects, and not what a server enforces;
* **inferred**: it is deduced, and the source says from what;
* **unknown**: no source says it. Nothing is concluded from it.

So many facts have each label:
`

func writeRoles(page *verified.Page) {
	page.Say("## Roles, permissions and kinds of users")
	var rows [][]string
	for _, role := range vocabulary.Roles() {
		title, label := role.Title, "documented"
		if title == "" {
			title, label = "–", "not on the page"
			page.Count("titles and descriptions of roles", verified.Unknown, 1)
		} else {
			page.Count("titles and descriptions of roles", access.Documented, 1)
		}
		page.Count("constants and scopes of roles", access.Observed, 1)
		rows = append(rows, []string{"`" + string(role.Role) + "`", title, label, string(role.Scope), "observed"})
	}
	page.Table([]string{"role", "title", "evidence", "scope", "evidence"}, rows)
	page.Count("titles of permissions", access.Documented, len(vocabulary.Permissions()))
	page.Count("functions, rights and levels of permissions", access.Observed, len(vocabulary.Permissions()))
	page.Count("kinds of users", access.Documented, len(vocabulary.UserTypes()))
	page.Count("where a role holds", vocabulary.IgniSign.Inheritance.Evidence, 1)
	page.Say(fmt.Sprintf("That a role holds at its place and at everything within is %s: %s.", vocabulary.IgniSign.Inheritance.Evidence, vocabulary.IgniSign.Inheritance.Source))
}

func writeMatrix(page *verified.Page) {
	marks := map[vocabulary.How]string{vocabulary.Listed: "●", vocabulary.Implied: "○", vocabulary.NotGranted: "·"}
	top := []string{"permission"}
	for _, role := range vocabulary.Roles() {
		top = append(top, "`"+string(role.Role)+"`")
	}
	top = append(top, "roles on the page")
	var rows [][]string
	for _, permission := range vocabulary.Permissions() {
		row := []string{"`" + string(permission.Key) + "`"}
		count := 0
		for _, role := range vocabulary.Roles() {
			how := role.How(permission.Key)
			row = append(row, marks[how])
			page.Count("cells of the matrix", vocabulary.IgniSign.Description(role.Role).Rights[permission.Key.Of()].Evidence, 1)
			if how != vocabulary.NotGranted && role.Title != "" {
				count++
			}
		}
		page.Count("number of roles in a row of the matrix", access.Documented, 1)
		agrees := fmt.Sprint(permission.RolesOnPage)
		if count != permission.RolesOnPage {
			agrees += fmt.Sprintf(", and the cells are %d", count)
		}
		rows = append(rows, append(row, agrees))
	}
	page.Say("## The matrix", fmt.Sprintf("● is listed in the policy of the role (observed), ○ is reading that goes with what the policy lists (inferred), and · is not granted (observed). "+
		"**The page proves the number of roles in each row only, not one of the %d cells:** of the copy of it that is known, the marks are lost and the gaps are not. "+
		"The last column has that number, of the 12 roles that the page has; all %d rows agree with the cells.", len(vocabulary.Roles())*len(vocabulary.Permissions()), len(vocabulary.Permissions())))
	page.Table(top, rows)
	page.Say("### Contradictions", "What the vendor's sources say in two ways. The cells go by the models.")
	rows = nil
	for _, c := range vocabulary.Contradictions() {
		rows = append(rows, []string{c.Statement, c.Source, c.Against, c.AgainstSource})
	}
	page.Table([]string{"statement", "source", "against it", "source"}, rows)
}
