package mock_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

func TestAccounts(t *testing.T) {
	c := startDemo(t)
	accounts := c.get(accountsPath).items()
	equal(t, "accounts", list(accounts, "id"), shop+" "+shopCI)
	equal(t, "deleted ones", list(c.get(accountsPath+"?deleted=true").items(), "id"), oldLab)
	equal(t, "next", c.get(accountsPath).object()["next"], nil)
	for field, want := range map[string]any{
		"name": "Shop", "createdDate": "2024-02-01T09:00:00Z", "lastModifiedDate": "2026-05-11T11:28:59Z", "isSoftDeleted": false,
		"softDeletedAt": nil, "isSandbox": false, "enabled": true, "isDeleteProtected": true,
	} {
		equal(t, field, accounts[0][field], want)
	}
	equal(t, "organisation", accounts[0]["organization"].(map[string]any)["id"], any(organisation))
	equal(t, "type", accounts[1]["isSandbox"], any(true))

	equal(t, "read", c.get(accountsPath + "/" + shop).expect(200).object()["name"], any("Shop"))
	c.get(accountsPath + "/" + oldLab).expect(404)
	equal(t, "read", c.get(accountsPath + "/" + oldLab + "?deleted=true").expect(200).object()["softDeletedAt"], any("2025-01-15T12:00:00Z"))
}

func TestAccountsOfAnotherOrganisation(t *testing.T) {
	seed := mock.DemoSeed()
	seed.Accounts[1].Organisation = &mock.OrganisationSeed{ID: "o-p-child"}
	account := startSeed(t, seed).get(accountsPath).items()[1]
	equal(t, "organisation", account["organization"].(map[string]any)["id"], any("o-p-child"))
}

// The default is 50 (documented), and what asks for a page is taken only as it was given.
func TestPagesOfAccounts(t *testing.T) {
	seed := mock.DemoSeed()
	for i := range 58 {
		seed.Accounts = append(seed.Accounts, mock.AccountSeed{ID: fmt.Sprintf("a-ppge-%d", i)})
	}
	c := startSeed(t, seed, mock.WithMiddleware(judge.Middleware(t, contracttest.Unwatched("some of these requests are wrong"))))
	first := c.get(accountsPath)
	equal(t, "items of a page", len(first.items()), 50)
	second := c.get(accountsPath + "?page=" + first.next())
	equal(t, "items of the second page", len(second.items()), 10)
	equal(t, "next of the last page", second.object()["next"], nil)
	equal(t, "items by limit", len(c.get(accountsPath+"?limit=7").items()), 7)
	for query, name := range map[string]string{
		"page=2": "page", "deleted=true&page=" + first.next(): "page", "limit=0": "limit", "limit=all": "limit", "deleted=yes": "deleted",
	} {
		problem := c.get(accountsPath + "?" + query).expect(http.StatusBadRequest)
		equal(t, "type", problem.header.Get("Content-Type"), "application/problem+json")
		parameters, _ := problem.object()["invalidParams"].([]any)
		if len(parameters) != 1 || parameters[0].(map[string]any)["name"] != name {
			t.Errorf("%s: %s", query, problem.body)
		}
	}
	c.post(accountsPath, "{}").expect(http.StatusMethodNotAllowed)
	c.get("/account-management/organizations").expect(http.StatusNotFound)
}
