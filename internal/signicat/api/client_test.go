package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// TestEveryCallHasFaults fails when something that asks is added to the client and not to the table of
// calls.
func TestEveryCallHasFaults(t *testing.T) {
	asking := []string{"Accounts", "AllAccounts", "AuditMetadata", "Event", "Events"}
	silent := []string{"OrganisationID", "URL", "Secrets"}
	for method := range reflect.TypeFor[*api.Client]().Methods() {
		if !slices.Contains(slices.Concat(asking, silent), method.Name) {
			t.Errorf("%s is in no table", method.Name)
		}
	}
	for _, route := range api.Routes() {
		path := strings.Replace(route.Path, "{cursor}", "c1", 1)
		if calls()[route.Method+" "+path] == nil {
			t.Errorf("nothing asks %s %s", route.Method, route.Path)
		}
	}
}

// TestTokenIsAskedForOnceAndKept: the form of the SDK, one exchange for requests at the same time, kept
// until shortly before its end, and told for whom it is asked, in the header and the query.
func TestTokenIsAskedForOnceAndKept(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		client := s.client()
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := client.Accounts(t.Context(), false); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		tokens := s.sent(routeToken)
		if len(tokens) != 1 {
			t.Fatalf("%d tokens were asked for", len(tokens))
		}
		form, err := url.ParseQuery(tokens[0].body)
		want := url.Values{"grant_type": {"client_credentials"}, "scope": {"signicat-api"}, "client_id": {clientID}, "client_secret": {clientSecret}}
		if err != nil || !reflect.DeepEqual(form, want) {
			t.Errorf("the form is %v, %v", form, err)
		}
		if got := tokens[0].header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
			t.Errorf("the form is sent as %q", got)
		}
		if got := tokens[0].header.Get("Authorization"); got != "" || len(tokens[0].query) > 0 {
			t.Errorf("what asks for the token has the header %q and the query %v", got, tokens[0].query)
		}
		for _, r := range s.sent(routeAccounts) {
			if !strings.HasPrefix(r.header.Get("Authorization"), "Bearer eyJ") || r.header.Get("Signicat-OrganizationId") != organisation {
				t.Errorf("the header is %v", r.header)
			}
			if r.query.Get("signicat-organizationId") != organisation || r.query.Get("signicat-accountId") != production {
				t.Errorf("the query is %v", r.query)
			}
		}
		time.Sleep(58 * time.Minute)
		_, err = client.Accounts(t.Context(), false)
		if got := len(s.sent(routeToken)); got != 1 || err != nil {
			t.Errorf("after 58 minutes there were %d tokens, %v", got, err)
		}
		time.Sleep(90 * time.Second)
		_, err = client.Accounts(t.Context(), false)
		if got := len(s.sent(routeToken)); got != 2 || err != nil {
			t.Errorf("shortly before its end there were %d tokens, %v", got, err)
		}
	})
}

// TestNobodyIsNamedWhoIsNotKnown: an API client of an organisation has no claim, and an organisation
// need not be set.
func TestNobodyIsNamedWhoIsNotKnown(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.answers[routeToken] = []string{`{"access_token":"opaque","expires_in":"60"}`}
		client := s.clientWith(func(c *api.Config) { c.OrganisationID = "" })
		if _, err := client.Accounts(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		r := s.sent(routeAccounts)[0]
		if len(r.query) > 0 || r.header.Get("Signicat-OrganizationId") != "" {
			t.Errorf("the query is %v and the header %v", r.query, r.header)
		}
	})
}

// TestRefusedToken: a token that was kept and is refused is renewed once, and no more.
func TestRefusedToken(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		client := s.client()
		if _, err := client.Accounts(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		s.on(routeAccounts, testkit.FaultCase{Kind: testkit.FaultAnswer, Status: 401, Body: `{}`})
		if _, err := client.Accounts(t.Context(), false); err != nil {
			t.Errorf("one refusal was not overcome: %v", err)
		}
		if got := len(s.sent(routeToken)); got != 2 {
			t.Errorf("%d tokens were asked for", got)
		}
		s.on(routeAccounts, testkit.FaultCase{Kind: testkit.FaultAnswer, Status: 401, Body: `{}`, Always: true})
		_, err := client.Accounts(t.Context(), false)
		expectError(t, err, "401 Unauthorized")
		if got := len(s.sent(routeToken)); got > 3 {
			t.Errorf("%d tokens were asked for", got)
		}
	})
}

// TestErrorBodies: the words of each form of error are told, and no secret that is echoed.
func TestErrorBodies(t *testing.T) {
	tests := map[string]struct {
		route, body string
		status      int
		says        []string
	}{
		"problem": {
			routeAccounts, `{"type":"t","title":"Bad input","detail":"No such page.","code":"ACC-1","status":400,"traceId":"00-f00",` +
				`"invalidParams":[{"name":"page","reason":"Unknown."},{"name":"page","reason":"Odd."}]}`,
			400,
			[]string{"Bad input (code ACC-1)", "No such page.", "page: Unknown. Odd.", "trace id 00-f00"},
		},
		"permission": {
			routeAccounts, `{"title":"Forbidden","code":403}`, 403, []string{"403 Forbidden", "code 403", "lacks a permission or a role", "Nothing is concluded"},
		},
		"empty":      {routeAccounts, ``, 403, []string{"403 Forbidden", "lacks a permission or a role"}},
		"HTML":       {routeAccounts, `<html>Blocked</html>`, 403, []string{"the body is HTML"}},
		"message":    {routeAccounts, `{"message":"No.","errors":["x"]}`, 400, []string{": No."}},
		"violations": {routeAccounts, `{"violations":[{"field":"a"}]}`, 400, []string{`{"violations":[{"field":"a"}]}`}},
		"token": {
			routeToken, `{"error":"invalid_client","error_description":"Unknown client."}`, 400,
			[]string{"invalid_client Unknown client.", "Check client_id and client_secret"},
		},
		"token, 401":          {routeToken, `{"error":"invalid_client"}`, 401, []string{"invalid_client", "client secret"}},
		"token, echo":         {routeToken, `{"error":"x","error_description":"` + clientSecret + ` is wrong"}`, 400, []string{"is wrong"}},
		"echo":                {routeAccounts, `{"title":"Bearer ` + jwt(`{"account_id":"`+production+`"}`) + ` is odd"}`, 400, []string{"is odd"}},
		"token, of a failure": {routeToken, `{"title":"Could not keep ` + jwt(`{}`) + `"}`, 500, []string{"Could not keep (hidden)"}},
		"wrong shapes":        {routeAccounts, `{"title":{"a":1},"invalidParams":{"a":1}}`, 400, []string{"400 Bad Request"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				s.on(test.route, testkit.FaultCase{Kind: testkit.FaultAnswer, Status: test.status, Body: test.body, Always: true})
				_, err := s.client().Accounts(t.Context(), false)
				expectError(t, err, test.says...)
			})
		})
	}
}

// TestTokensThatCannotBeUsed: an answer without a token is an error that quotes none of it.
func TestTokensThatCannotBeUsed(t *testing.T) {
	for body, says := range map[string]string{
		`{}`: "no access_token",
		`{"access_token":"","error_description":"0123456789abcdef0123"}`:     "no access_token",
		`{"access_token":"two words"}`:                                       "no access_token",
		`{"access_token":"0123456789abcdef0123","token_type":"mac"}`:         "token_type is not Bearer",
		`{"access_token":"0123456789abcdef0123","expires_in":-1}`:            "no number of seconds",
		`{"access_token":"0123456789abcdef0123","expires_in":"soon"}`:        "cannot be used",
		`{"access_token":{"secret":"0123456789abcdef0123"},"expires_in":60}`: "access_token is a object",
		`["0123456789abcdef0123"]`:                                           "no JSON object",
	} {
		inFakeTime(t, func(t *testing.T) {
			s := newServer(t)
			s.answers[routeToken] = []string{body}
			_, err := s.client().Accounts(t.Context(), false)
			expectError(t, err, says, "POST /auth/open/connect/token")
			if strings.Contains(err.Error(), "0123456789abcdef0123") {
				t.Errorf("%s is quoted: %v", body, err)
			}
			if len(s.sent(routeAccounts)) > 0 {
				t.Errorf("after %s something was asked", body)
			}
		})
	}
}

// TestWrongSettings: each is refused on its setting, and the secret is not shown.
func TestWrongSettings(t *testing.T) {
	tests := map[string]struct {
		change func(*api.Config)
		field  httpapi.Field
		says   string
	}{
		"no client id":   {func(c *api.Config) { c.ClientID = "" }, api.FieldClientID, "SIGNICAT_CLIENT_ID"},
		"odd client id":  {func(c *api.Config) { c.ClientID = "a b" }, api.FieldClientID, "no client id"},
		"long client id": {func(c *api.Config) { c.ClientID = strings.Repeat("x", 300) }, api.FieldClientID, "A text of 300 characters"},
		"no secret":      {func(c *api.Config) { c.Secret = "" }, api.FieldClientSecret, "SIGNICAT_CLIENT_SECRET"},
		"both secrets":   {func(c *api.Config) { c.SecretFile = "secret.txt" }, api.FieldClientSecretFile, "Set one of client_secret and client_secret_file"},
		"an account":     {func(c *api.Config) { c.OrganisationID = production }, api.FieldOrganisationID, "is the id of an account"},
		"odd id":         {func(c *api.Config) { c.OrganisationID = "o-p-\n" }, api.FieldOrganisationID, "no id of an organisation"},
		"plain http":     {func(c *api.Config) { c.URL = "http://api.example.com" }, httpapi.FieldURL, "client secret in the clear"},
		"a path":         {func(c *api.Config) { c.URL = "https://api.signicat.com/audit" }, httpapi.FieldURL, "is not the API of Signicat"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config := api.Config{Config: httpapi.Config{URL: baseURL, Secret: clientSecret}, ClientID: clientID, OrganisationID: organisation}
			test.change(&config)
			_, err := api.New(config)
			var wrong httpapi.ConfigErrors
			if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != test.field || !strings.Contains(wrong[0].Reason, test.says) {
				t.Fatalf("got %v", err)
			}
			expectError(t, err)
		})
	}
}

func TestSettingsOfTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		api.EnvClientID: " " + clientID, api.EnvClientSecret: clientSecret + "\n", api.EnvOrganisationID: organisation, api.EnvURL: baseURL,
	} {
		t.Setenv(name, value)
	}
	got := api.Config{ClientID: "org-other"}.FromEnvironment()
	if got.ClientID != "org-other" || got.OrganisationID != organisation || got.Secret != clientSecret || got.URL != baseURL {
		t.Errorf("got %q, %q, %q", got.ClientID, got.OrganisationID, got.URL)
	}
	if got := (api.Config{}).FromEnvironment(); got.ClientID != clientID {
		t.Errorf("got %q", got.ClientID)
	}
}

// TestAccountsAsTheContractHasThem reads the contract's example, and what may be otherwise.
func TestAccountsAsTheContractHasThem(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.answers[routeAccounts] = []string{`{"data":[
  {"id":"` + production + `","name":"Shop","createdDate":"2024-02-01T09:00:00Z","lastModifiedDate":"2026-05-11T11:28:59Z",
   "isSoftDeleted":null,"softDeletedAt":null,
   "isSandbox":false,"region":"EU","cloud":"GCP","enabled":true,"isDeleteProtected":true,"products":["a",{"b": 1}],"new":{"x":[]},
   "organization":{"id":"` + organisation + `","name":"Example AS","country":"NO"}},
  {"id":"` + sandbox + `","name":"Shop CI","createdDate":"","isSoftDeleted":null,"isSandbox":true,"enabled":null,"organization":null},
  {"id":"a-other","organization":{"id":"o-p-other"}}], "next":null}`}
		got, err := s.client().Accounts(t.Context(), false)
		if err != nil || len(got) != 3 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if a := got[0]; a.Name != "Shop" || *a.IsSandbox || !*a.Enabled || a.IsSoftDeleted != nil || a.Organization.Country != "NO" ||
			!reflect.DeepEqual(a.Products, []api.Loose{"a", `{"b":1}`}) || a.LastModifiedDate != "2026-05-11T11:28:59Z" {
			t.Errorf("got %s", spell(a))
		}
		if a := got[1]; a.CreatedDate != "" || a.Enabled != nil || !*a.IsSandbox || a.Organization != nil {
			t.Errorf("got %s", spell(a))
		}
		for i, want := range []access.Answer{access.AnswerYes, access.AnswerUnknown, access.AnswerNo} {
			if is := got[i].IsOf(organisation); is != want {
				t.Errorf("%s: %s, want %s", got[i].ID, is, want)
			}
		}
	})
}

// manyAccounts are so many, as a list has them.
func manyAccounts(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"id":"a-%d"}`, i)
	}
	return strings.Join(all, ",")
}

// TestPages follows next in each form, to its end.
func TestPages(t *testing.T) {
	first, last := `{"data":[{"id":"a-1"}],"next":%s}`, `{"data":[{"id":"a-2"}]}`
	tests := map[string]struct {
		pages []string
		page  string // The parameter of the second request.
		want  []string
	}{
		"a token":              {[]string{fmt.Sprintf(first, `"x/y+z=="`), last}, "x/y+z==", []string{"a-1", "a-2"}},
		"a token with a colon": {[]string{fmt.Sprintf(first, `"cursor:2"`), last}, "cursor:2", []string{"a-1", "a-2"}},
		"a URL": {
			[]string{fmt.Sprintf(first, `"`+baseURL+`/account-management/accounts?page=2&limit=50&deleted=false"`), last}, "2", []string{"a-1", "a-2"},
		},
		"its port": {[]string{fmt.Sprintf(first, `"https://API.example.com:443/account-management/accounts?page=2"`), last}, "2", []string{"a-1", "a-2"}},
		"a path":   {[]string{fmt.Sprintf(first, `"/account-management/accounts?page=2"`), last}, "2", []string{"a-1", "a-2"}},
		"a query":  {[]string{fmt.Sprintf(first, `"?page=2"`), last}, "2", []string{"a-1", "a-2"}},
		"full, and null": {[]string{`{"data":[` + manyAccounts(50) + `],"next":null}`}, "", strings.Fields(strings.NewReplacer(`{"id":"`, "", `"},`, " ",
			`"}`, "").Replace(manyAccounts(50)))},
		"an empty page":  {[]string{`{"data":[],"next":"2"}`, last}, "2", []string{"a-2"}},
		"the end, null":  {[]string{fmt.Sprintf(first, "null"), last}, "", []string{"a-1"}},
		"the end, empty": {[]string{fmt.Sprintf(first, `""`), last}, "", []string{"a-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				s.answers[routeAccounts] = test.pages
				accounts, err := s.client().Accounts(t.Context(), true)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, a := range accounts {
					got = append(got, a.ID)
				}
				sent := s.sent(routeAccounts)
				if !slices.Equal(got, test.want) || len(sent) != max(1, len(test.page)) && len(sent) != 2 {
					t.Fatalf("got %q by %d requests", got, len(sent))
				}
				for i, r := range sent {
					if r.query.Get("page") != []string{"", test.page}[i] || r.query.Get("deleted") != "true" || r.query.Get("signicat-organizationId") != organisation {
						t.Errorf("request %d has the query %v", i, r.query)
					}
				}
			})
		})
	}
}

// TestPagesThatAreRefused: nothing is sent to where a list must not lead, and no list that may not be
// whole is believed.
func TestPagesThatAreRefused(t *testing.T) {
	next := func(text string) []string { return []string{`{"data":[],"next":"` + text + `"}`} }
	tests := map[string]struct {
		pages []string
		says  string
		sent  int
	}{
		"another host":         {next("https://evil.example.com/account-management/accounts?page=2"), `on another host, "evil.example.com"`, 1},
		"another port":         {next("https://api.example.com:8443/account-management/accounts?page=2"), "on another host", 1},
		"no scheme":            {next("//evil.example.com/account-management/accounts?page=2"), "on another host", 1},
		"another scheme":       {next("http://api.example.com/account-management/accounts?page=2"), `the scheme \"http\"`, 1},
		"credentials":          {next("https://api.example.com@evil.example.com/account-management/accounts?page=2"), "with credentials", 1},
		"another route":        {next("https://api.example.com/account-management/invoices?page=2"), "another route", 1},
		"steps back":           {next("https://api.example.com/account-management/accounts/../../audit/query?page=2"), "another route", 1},
		"escaped":              {next("https://api.example.com/account-management%2Faccounts?page=2"), "another route", 1},
		"itself":               {next("https://api.example.com/account-management/accounts?signicat-organizationId=" + organisation), "read before", 1},
		"the beginning":        {next("https://api.example.com/account-management/accounts"), "to the beginning", 1},
		"no URL":               {next("https://%zz/"), "no URL", 1},
		"twice":                {[]string{`{"data":[],"next":"2"}`}, "would never end", 2},
		"a circle":             {[]string{`{"data":[],"next":"2"}`, `{"data":[],"next":"3"}`, `{"data":[],"next":"2"}`}, "would never end", 3},
		"a number":             {[]string{`{"data":[],"next":2}`}, "neither a text nor null", 1},
		"full, and no next":    {[]string{`{"data":[` + manyAccounts(50) + `]}`}, "50 items, as many as a page has, and no next", 1},
		"no list":              {[]string{`{"next":null}`}, "no data", 1},
		"null for the list":    {[]string{`{"data":null}`}, "null, and no list", 1},
		"an object for it":     {[]string{`{"data":{}}`}, "data is a object", 1},
		"a bare list":          {[]string{`[]`}, "no JSON object", 1},
		"an account twice":     {[]string{`{"data":[{"id":"a-1"}],"next":"2"}`, `{"data":[{"id":"a-1"}]}`}, `"a-1" is in the list twice`, 2},
		"no id":                {[]string{`{"data":[{"name":"Shop"}]}`}, "it has no id", 1},
		"null for an account":  {[]string{`{"data":[null]}`}, "no JSON object", 1},
		"an empty id":          {[]string{`{"data":[{"id":""}]}`}, "an id that is none", 1},
		"text for a truth":     {[]string{`{"data":[{"id":"a-1","isSandbox":"yes"}]}`}, "isSandbox is a string", 1},
		"text for an organis.": {[]string{`{"data":[{"id":"a-1","organization":"o-p-x"}]}`}, "organization is a string", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				s.answers[routeAccounts] = test.pages
				_, err := s.client().Accounts(t.Context(), false)
				expectError(t, err, strings.ReplaceAll(test.says, `\"`, `"`), "cannot be used", "GET /account-management/accounts")
				if got := len(s.sent(routeAccounts)); got != test.sent {
					t.Errorf("%d requests were sent", got)
				}
			})
		})
	}
}

// TestEndlessList: a server that always has one more page is an error in the end.
func TestEndlessList(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.answers[routeQuery] = nil
		for i := range 1100 {
			s.answers[routeQuery] = append(s.answers[routeQuery], fmt.Sprintf(`{"data":[],"next":"%d"}`, i))
		}
		_, err := s.client().Events(t.Context(), api.EventQuery{})
		expectError(t, err, "more than 1000 pages")
	})
}

// TestAllAccounts: whether an account is deleted, by both lists and by what it says.
func TestAllAccounts(t *testing.T) {
	tests := map[string]struct {
		live, deleted string
		want          access.Answer
	}{
		"in the first alone":        {`{"id":"a-1"}`, ``, access.AnswerNo},
		"in the second alone":       {``, `{"id":"a-1","isSoftDeleted":null}`, access.AnswerYes},
		"says so":                   {`{"id":"a-1","isSoftDeleted":true}`, ``, access.AnswerYes},
		"says when":                 {`{"id":"a-1","softDeletedAt":"2026-11-20T09:00:00Z"}`, ``, access.AnswerYes},
		"restored, perhaps":         {`{"id":"a-1","isSoftDeleted":false,"softDeletedAt":"2026-11-20T09:00:00Z"}`, ``, access.AnswerUnknown},
		"contradicts its list":      {``, `{"id":"a-1","isSoftDeleted":false}`, access.AnswerUnknown},
		"in both":                   {`{"id":"a-1"}`, `{"id":"a-1"}`, access.AnswerUnknown},
		"in both, and says no":      {`{"id":"a-1","isSoftDeleted":false}`, `{"id":"a-1","isSoftDeleted":false}`, access.AnswerNo},
		"in both, and says so":      {`{"id":"a-1","isSoftDeleted":true}`, `{"id":"a-1","isSoftDeleted":true}`, access.AnswerYes},
		"deleted while it was read": {`{"id":"a-1","isSoftDeleted":false}`, `{"id":"a-1","isSoftDeleted":true}`, access.AnswerYes},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				s.answers[routeAccounts] = []string{`{"data":[` + test.live + `]}`, `{"data":[` + test.deleted + `]}`}
				got, err := s.client().AllAccounts(t.Context())
				if err != nil || len(got) != 1 || got[0].Deleted != test.want {
					t.Errorf("got %s, %v", spell(got), err)
				}
				if sent := s.sent(routeAccounts); sent[0].query.Has("deleted") || sent[1].query.Get("deleted") != "true" {
					t.Errorf("it asked %v and %v", sent[0].query, sent[1].query)
				}
			})
		})
	}
}

// TestEvents: what is asked, and how many of what is found are returned.
func TestEvents(t *testing.T) {
	event := func(n int) string { return fmt.Sprintf(`{"cursor":"c%d","timestamp":"2026-11-20T09:00:0%dZ"}`, n, n) }
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	tests := map[string]struct {
		query  api.EventQuery
		pages  []string
		body   string
		limit  string
		events int
		whole  bool
		sent   int
	}{
		"everything": {
			api.EventQuery{},
			[]string{`{"data":[` + event(3) + `],"next":"n"}`, `{"data":[],"next":"m"}`, `{"data":[` + event(1) + `],"next":null}`},
			`{"and":[]}`, "1000", 2, true, 3,
		},
		"conditions and times": {
			api.EventQuery{
				And:  []api.Condition{{Field: "serviceName", Operator: "eq", Value: "<as the metadata say>"}},
				From: at("2026-11-01T02:00:00+02:00"), To: at("2026-11-28T00:00:00Z"),
			},
			[]string{`{"data":[]}`},
			`{"and":[{"field":"serviceName","operator":"eq","value":"<as the metadata say>"}],"from":"2026-11-01T00:00:00Z","to":"2026-11-28T00:00:00Z"}`, "1000",
			0, true, 1,
		},
		"as many as there are":     {api.EventQuery{Limit: 2}, []string{`{"data":[` + event(2) + `,` + event(1) + `],"next":null}`}, `{"and":[]}`, "2", 2, true, 1},
		"fewer than there are":     {api.EventQuery{Limit: 1}, []string{`{"data":[` + event(2) + `,` + event(1) + `]}`}, `{"and":[]}`, "1", 1, false, 1},
		"perhaps more on the next": {api.EventQuery{Limit: 1}, []string{`{"data":[` + event(2) + `],"next":"n"}`}, `{"and":[]}`, "1", 1, false, 1},
		"more than a page":         {api.EventQuery{Limit: 1500}, []string{`{"data":[` + event(2) + `]}`}, `{"and":[]}`, "1000", 1, true, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				s.answers[routeQuery] = test.pages
				got, err := s.client().Events(t.Context(), test.query)
				sent := s.sent(routeQuery)
				if err != nil || len(got.Events) != test.events || got.Whole != test.whole || len(sent) != test.sent {
					t.Fatalf("got %s by %d requests, %v", spell(got), len(sent), err)
				}
				for i, r := range sent {
					if r.body != test.body || r.query.Get("limit") != test.limit || r.query.Get("cursor") != []string{"", "n", "m"}[i] {
						t.Errorf("request %d is %s with %v", i, r.body, r.query)
					}
				}
			})
		})
	}
}

// TestEventOfAnyForm: what the contract does not tell is kept as it is.
func TestEventOfAnyForm(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.answers[routeQuery] = []string{`{"data":[{"cursor":7,"timestamp":1763629200,"userId":null,"data":{"a":[1]},` +
			`"indexedData":{"b":"c"},"sandbox":null,"new":1}]}`}
		answered, err := s.client().Events(t.Context(), api.EventQuery{})
		if err != nil || len(answered.Events) != 1 {
			t.Fatalf("got %s, %v", spell(answered), err)
		}
		got := answered.Events[0]
		if _, known := got.Time(); err != nil || known || got.Cursor != "7" || got.Timestamp != "1763629200" || got.UserID != "" || string(got.Data) != `{"a":[1]}` {
			t.Errorf("got %s, %v", spell(got), err)
		}
	})
}

// TestQuestionsThatAreRefused are asked nobody.
func TestQuestionsThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		ask  func(context.Context, *api.Client) error
		says string
	}{
		"no time":        {askEvents(api.EventQuery{From: time.Unix(9, 0), To: time.Unix(9, 0)}), "from is not before to"},
		"another API":    {askEvents(api.EventQuery{Path: "/account-management/accounts"}), "no path of the audit API"},
		"another host":   {askEvents(api.EventQuery{Path: "https://evil.example.com/audit/query"}), "no path of the audit API"},
		"back from it":   {askEvents(api.EventQuery{Path: "/audit/../account-management/accounts"}), "no path of the audit API"},
		"with a query":   {askEvents(api.EventQuery{Path: "/audit/query?x=1"}), "no path of the audit API"},
		"with an escape": {askEvents(api.EventQuery{Path: "/audit/%2e%2e/x"}), "no path of the audit API"},
		"with //":        {askEvents(api.EventQuery{Path: "/audit//x"}), "no path of the audit API"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			expectError(t, test.ask(t.Context(), s.client()), test.says)
			if len(s.requests) > 0 {
				t.Errorf("%d requests were sent", len(s.requests))
			}
		})
	}
}

func askEvents(q api.EventQuery) func(context.Context, *api.Client) error {
	return func(ctx context.Context, c *api.Client) error { _, err := c.Events(ctx, q); return err }
}

// TestAnotherPathOfTheQuery: the inferred path can be replaced.
func TestAnotherPathOfTheQuery(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.answers["POST /audit/events/query"] = []string{`{"data":[]}`}
		if _, err := s.client().Events(t.Context(), api.EventQuery{Path: "/audit/events/query"}); err != nil {
			t.Error(err)
		}
	})
}
