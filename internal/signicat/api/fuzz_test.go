package api

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// FuzzAccountOf: whatever a token is, what is read of it is empty or can stand in a query.
func FuzzAccountOf(f *testing.F) {
	for _, payload := range []string{`{"account_id":"a-ppge-AAAA"}`, `{"account_id":7}`, `{"account_id":"a b"}`, `{}`, `[]`, "\xff"} {
		f.Add("e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln")
	}
	f.Add("..")
	f.Add("a.e30=.b")
	f.Add("opaque")
	f.Fuzz(func(t *testing.T, token string) {
		if account := accountOf(token); account != "" && !isWord(account) {
			t.Errorf("%q gave %q", token, account)
		}
	})
}

// FuzzNext: whatever next is, what is asked after it is a page of the same list, for the same
// organisation, of the same host.
func FuzzNext(f *testing.F) {
	for _, seed := range []string{
		"token", "cursor:2", "x/y==", "/w==", "//8=", "?page=2", "https://api.example.com/account-management/accounts?page=2&deleted=false",
		"https://api.example.com@evil.example.com/account-management/accounts?page=2", "HTTPS://API.EXAMPLE.COM:443/account-management/accounts?page=2",
		"https:/account-management/accounts?page=2", "\\\\evil.example.com\\x?page=2", "https://evil.example.com#@api.example.com/?a", "%", "",
	} {
		f.Add(seed)
	}
	client, err := New(Config{Config: httpapi.Config{URL: "https://api.example.com", Secret: "secret"}, ClientID: "client", OrganisationID: "o-p-1"})
	if err != nil {
		f.Fatal(err)
	}
	first := httpapi.Request{Path: RouteAccounts.Path, Query: "deleted=true&signicat-organizationId=o-p-1"}
	f.Fuzz(func(t *testing.T, next string) {
		written, err := json.Marshal(next)
		if err != nil || !utf8.ValidString(next) {
			return
		}
		query, err := client.next(first, "page", written)
		if err != nil || query == "" {
			if err == nil && next != "" {
				t.Errorf("%q ended the list", next)
			}
			return
		}
		values, err := url.ParseQuery(query)
		if err != nil || len(values["deleted"]) != 1 || values.Get("deleted") != "true" || len(values["signicat-organizationId"]) != 1 ||
			values.Get("signicat-organizationId") != "o-p-1" {
			t.Errorf("%q asks %q, %v", next, query, err)
		}
		if strings.Contains(next, "://") && strings.HasPrefix(next, "http") {
			parsed, err := url.Parse(next)
			if err != nil || !strings.EqualFold(parsed.Hostname(), "api.example.com") || parsed.User != nil || parsed.Path != RouteAccounts.Path {
				t.Errorf("%q was followed", next)
			}
		}
	})
}

// FuzzReadProblem: whatever a body is, reading it neither fails nor makes words of no text.
func FuzzReadProblem(f *testing.F) {
	for _, seed := range []string{
		`{"title":"T","detail":"D","code":"C","traceId":"t","invalidParams":[{"name":"n","reason":"r"}]}`, `{"error":"e","error_description":"d"}`,
		`{"message":"m"}`, `{"title":{},"code":7}`, `[]`, `null`, ``, `<html>`, `{"invalidParams":[null]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		problem := readProblem(body)
		if !json.Valid(body) && (problem.Title != "" || problem.Detail != "" || len(problem.Fields) > 0) {
			t.Errorf("%q gave %+v", body, problem)
		}
	})
}

// FuzzDecodeAccount: what is believed has an id, and says no more than the body.
func FuzzDecodeAccount(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a-1","organization":null,"isSandbox":null,"products":[1,"a",null,{}]}`, `{"id":""}`, `{"id":1}`, `null`, `{"ID":"a-1"}`, `{"id":"a-1","id":null}`,
		`{"id":"a-1","organization":{"id":7}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		account, err := decodeAccount(body)
		if err != nil {
			return
		}
		if !isWord(account.ID) || !utf8.ValidString(account.Name) {
			t.Errorf("%q gave %+v", body, account)
		}
		var found map[string]json.RawMessage
		if err := json.Unmarshal(body, &found); err != nil || found["id"] == nil {
			t.Errorf("%q was believed: %v", body, err)
		}
	})
}
