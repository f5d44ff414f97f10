// Command verified writes the page "What is verified" of the provider for Signicat.
//
//	verified FILE
package main

import (
	"log"
	"os"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/verified"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

func main() {
	if err := newPage().WriteTo(os.Args[1:], vendor, head); err != nil {
		log.Fatal(err)
	}
}

const vendor = "Signicat"

func newPage() *verified.Page {
	page := &verified.Page{}
	writeRoles(page)
	writeInheritance(page)
	writeInvitations(page)
	page.Model(procedure.Model(vocabulary.Published), review.Rules())
	page.Say("The run-book is tested by carrying out its steps on a simulated Dashboard, under both meanings of *Remove access*. " +
		"That tests our reading of the pages, not Signicat.")
	page.Questions("signpathctl mock signicat", questions(), []string{
		"whether one role can be deselected in *Edit*",
		"whether there are roles that a customer makes",
		"states, expiry and repetition of invitations",
		"how many requests are allowed in what time",
	})
	page.Look(look())
	page.API(contract.Facts(), usedFor)
	return page
}

// usedFor is what the client does with an operation.
func usedFor(operation string) string {
	for _, route := range api.Routes() {
		switch {
		case route.Method+" "+route.Path != operation:
		default:
			return route.For
		}
	}
	panic("no route of the client is " + operation)
}

const head = `
**Nobody has asked a server of Signicat.** The provider rests on what Signicat publishes: the pages *Managing roles and permissions*, *Managing users*,
*Accounts* and *Multi-factor authentication*, its reference pages of the account, audit and usage APIs, of which some are known in part only,
and its .NET SDK. Each fact has a label:

* **documented**: a page of the vendor states it;
* **observed**: it was seen in the vendor's client code;
* **inferred**: it is deduced, and the source says from what;
* **unknown**: no source says it, or the pages say it in two ways. Nothing is concluded from it.

So many facts have each label:
`

func writeRoles(page *verified.Page) {
	page.Say("## Roles and basic types", "The pages mention these roles, and no other. Signicat publishes no list of roles, and not which permissions a role has.")
	var rows [][]string
	for _, role := range vocabulary.Roles() {
		page.Count("roles that the pages mention", access.Documented, 1)
		level, evidence := string(role.Level), access.Documented
		if role.Level == vocabulary.LevelNotStated {
			level, evidence = "not stated", verified.Unknown
		}
		page.Count("levels of these roles", evidence, 1)
		rows = append(rows, []string{string(role.Role), level, strings.Join(role.States, "; "), role.Source})
	}
	page.Table([]string{"role", "level", "what is stated", "source"}, rows)
	rows = nil
	for _, basicType := range vocabulary.BasicTypes() {
		page.Count("basic types", access.Documented, 1)
		contains := make([]string, len(basicType.Contains))
		for i, other := range basicType.Contains {
			contains[i] = string(other)
		}
		rows = append(rows, []string{string(basicType.Type), basicType.Methods, basicType.Actions, strings.Join(contains, ", "), basicType.Except})
	}
	page.Table([]string{"basic type", "methods (older text)", "actions (newer text)", "contains", "exceptions"}, rows)
	page.Count("which basic type a name has", access.Inferred, 1)
	page.Say("The ending of a name tells the basic type for " + vocabulary.NameShare + ", says the page. So it is a guess, and a declaration wins over it.")
	page.Count("recommended roles", access.Documented, len(vocabulary.Recommendations()))
}

func writeInheritance(page *verified.Page) {
	page.Say("## Where a role holds")
	var rows [][]string
	for _, rule := range vocabulary.InheritanceRules() {
		page.Count("where a role holds", rule.Evidence, 1)
		rows = append(rows, []string{rule.Granted, rule.Asked, string(rule.Answer), label(rule.Statement), rule.Source})
	}
	page.Table([]string{"granted on", "does it hold in", "answer", "evidence", "source"}, rows)
}

// writeInvitations asks each role about each action, where it is granted and at an account.
func writeInvitations(page *verified.Page) {
	page.Say("## Who may invite and remove", "Each role is asked where it is granted at its own level, and of a product's roles one of each basic type.")
	account := access.PlaceOf("shop")
	var held []access.RoleAt
	for _, role := range vocabulary.Roles() {
		place := access.Place{}
		if role.Level == vocabulary.LevelAccount {
			place = account
		}
		held = append(held, access.RoleAt{Role: role.Role, Place: place})
	}
	for _, basicType := range vocabulary.BasicTypes() {
		held = append(held, access.RoleAt{Role: access.Role("Product " + string(basicType.Type)), Place: account})
	}
	var rows [][]string
	for _, one := range held {
		for _, action := range vocabulary.Actions() {
			for _, at := range []access.Place{{}, account} {
				where := "the organisation"
				if at == account {
					where = "an account"
				}
				statement := vocabulary.Published.May([]access.RoleAt{one}, action, at)
				page.Count("who may invite and remove", statement.Evidence, 1)
				rows = append(rows, []string{string(one.Role), string(action), where, string(statement.Answer), label(statement), statement.Source})
			}
		}
	}
	page.Table([]string{"role", "action", "at", "answer", "evidence", "source"}, rows)
}

func label(s access.Statement) string {
	if s.Answer == access.AnswerUnknown {
		return "unknown"
	}
	return string(s.Evidence)
}
