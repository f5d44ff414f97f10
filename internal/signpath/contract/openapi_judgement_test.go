package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

var openAPI = contracttest.MustNew(contract.OpenAPI())

const (
	organizationURL = "/Api/v1/5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"
	ciUserPath      = "/CIUsers/1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"

	goodUser = `{"id":"1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f","name":"build","role":"RegularUser","isActive":true,"newSetting":7}`
)

// server answers everything in one way.
type server struct {
	status      int
	contentType string
	body        string
}

func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if s.contentType != "" {
		w.Header().Set("Content-Type", s.contentType)
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func answering(body string) server {
	return server{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: body}
}

// send is one request of a client, with a path below the organization.
func send(watched http.Handler, method, path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, organizationURL+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	watched.ServeHTTP(recorder, request)
	return recorder
}

func TestTheDocumentRefuses(t *testing.T) {
	created := server{status: http.StatusCreated}
	project := `{"slug":"a","name":"A","signingPolicies":[],"readers":%s,"configurators":[]}`
	tests := map[string]struct {
		method, path, body string
		answer             server
		want               string
	}{
		"a property of the wrong type in a request": {
			"POST", ciUserPath + "/Edit", `{"name":"build","role":{"value":"GlobalReader"}}`,
			server{status: 204},
			"contract: POST /v1/{organization}/CIUsers/{id}/Edit: request: /role: value must be of the type string",
		},
		"a list of members that is none": {
			"POST", "/Projects/a/Edit", `{"name":"A","readers":"everyone","configurators":[]}`,
			server{status: 200},
			"/Projects/{project}/Edit: request: /readers: value must be",
		},
		"a member that is no id": {
			"POST", "/Projects/a/Edit", `{"name":"A","configurators":[],"readers":["1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f","lead@example.com"]}`,
			server{status: 200},
			"/Projects/{project}/Edit: request: /readers/*: it does not fit \"pattern\" of the schema",
		},
		"an unknown property in a create": {
			"POST", "/CIUsers", `{"name":"build","globalRole":"GlobalReader"}`, created,
			`contract: POST /v1/{organization}/CIUsers: request: property "globalRole" is unsupported`,
		},
		"a property that is missing": {
			"POST", "/InteractiveUsers", `{"name":"Lead"}`, created,
			`POST /v1/{organization}/InteractiveUsers: request: /accountEmailAddress: property "accountEmailAddress" is missing`,
		},
		"members in the edit of a group": {
			"POST", "/UserGroups" + ciUserPath[len("/CIUsers"):] + "/Edit", `{"name":"Managers","members":[]}`,
			server{status: 200},
			`UserGroups/{id}/Edit: request: it does not fit "not" of the schema`,
		},
		"a request without a body": {
			"POST", ciUserPath + "/Activate", ``, server{status: 200}, "/Activate: request: value is required but missing",
		},

		"a role of the wrong type in an answer": {
			"GET", ciUserPath, ``, answering(strings.Replace(goodUser, `"RegularUser"`, `7`, 1)),
			"contract: GET /v1/{organization}/CIUsers/{id}: answer 200: /role: value must be of the type string",
		},
		"a role of the wrong type in a list": {
			"GET", "/CIUsers", ``, answering("[" + goodUser + "," + strings.Replace(goodUser, `"RegularUser"`, `null`, 1) + "]"),
			"contract: GET /v1/{organization}/CIUsers: answer 200: /*/role: value must be of the type string",
		},
		"a role of the wrong type in a wrapped list": {
			"GET", "/CIUsers", ``, answering(`{"ciUsers":[` + strings.Replace(goodUser, `"RegularUser"`, `7`, 1) + "]}"),
			"answer 200: /ciUsers/*/role: value must be of the type string",
		},
		"a list that may be a page": {
			"GET", "/CIUsers", ``, answering(`{"ciUsers":[],"next":2}`), `answer 200: property "next" is unsupported`,
		},
		"an answer that lacks its role": {
			"GET", ciUserPath, ``, answering(strings.Replace(goodUser, "role", "globalRole", 1)), `answer 200: /role: property "role" is missing`,
		},
		"a member in an unknown form": {
			"GET", "/Projects/a", ``, answering(fmt.Sprintf(project, `[{"email":"lead@example.com"}]`)), `answer 200: /readers/*/id: property "id" is missing`,
		},
		"null for members": {
			"GET", "/Projects/a", ``, answering(fmt.Sprintf(project, `null`)), `answer 200: /readers: value must be of the type array`,
		},
		"members of an unknown kind": {
			"GET", "/Projects/a", ``, answering(fmt.Sprintf(project, `{"robots":[]}`)), `answer 200: /readers: property "robots" is unsupported`,
		},
		"a refusal in HTML": {
			"GET", ciUserPath, ``,
			server{status: 403, contentType: "text/html", body: "<html>"},
			`answer 403: response header Content-Type has unexpected value: "text/html"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := contracttest.Record(t)
			send(openAPI.Watch(r, test.answer), test.method, test.path, test.body)
			if got := r.End(); !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("reported\n%q, want one violation with\n%q", got, test.want)
			}
		})
	}
}

func TestTheDocumentLetsPass(t *testing.T) {
	id := `"1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"`
	group := `{"id":` + id + `,"name":"Managers","members":%s}`
	tests := map[string]struct {
		method, path, body string
		answer             server
	}{
		"a summary in a list": {"GET", "/CIUsers", ``, answering(`[{"id":` + id + `,"name":"build"}]`)},
		"a wrapped list":      {"GET", "/CIUsers", ``, answering(`{"ciUsers":[` + goodUser + `]}`)},
		"members as ids":      {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, "["+id+"]"))},
		"members as objects":  {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `[{"id":`+id+`,"name":"Lead"}]`))},
		"members per kind": {
			"GET", "/UserGroups/" + id[1:37], ``,
			answering(fmt.Sprintf(group, `{"interactiveUsers":[`+id+`],"ciUsers":[],"userGroups":[]}`)),
		},
		"no members":              {"GET", "/UserGroups/" + id[1:37], ``, answering(fmt.Sprintf(group, `[]`))},
		"a create with an id":     {"POST", "/CIUsers", `{"name":"build"}`, server{status: 201, contentType: "application/json", body: `{"ciUserId":` + id + `}`}},
		"a create with no body":   {"POST", "/CIUsers", `{"name":"build"}`, server{status: 201}},
		"an unknown property":     {"POST", ciUserPath + "/Edit", goodUser, server{status: 204}},
		"an escaped slug":         {"GET", "/Projects/a%2Fb", ``, answering(`{"slug":"a/b","name":"A","readers":[],"configurators":[]}`)},
		"problem details":         {"GET", ciUserPath, ``, server{status: 403, contentType: "application/problem+json", body: `{"title":"Forbidden","status":403}`}},
		"a refusal in plain text": {"GET", ciUserPath, ``, server{status: 401, contentType: "text/plain; charset=utf-8", body: "No."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := contracttest.Record(t)
			answer := send(openAPI.Watch(r, test.answer), test.method, test.path, test.body)
			if got := r.End(); got != "" {
				t.Errorf("reported %q", got)
			}
			if answer.Code != test.answer.status || answer.Body.String() != test.answer.body {
				t.Errorf("the client got %d, %q", answer.Code, answer.Body)
			}
		})
	}
}
