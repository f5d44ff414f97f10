package survey_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// inPages lets a server answer the list of interactive users in pages of two, of which only
// its document tells.
func inPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		switch {
		case strings.HasSuffix(r.URL.Path, "/swagger.json"):
			var document map[string]any
			_ = json.Unmarshal(body, &document)
			for path, item := range document["paths"].(map[string]any) {
				if strings.HasSuffix(path, "/InteractiveUsers") {
					item.(map[string]any)["parameters"] = []any{map[string]any{"name": "page", "in": "query", "schema": map[string]any{"type": "integer"}}}
				}
			}
			body, _ = json.Marshal(document)
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/InteractiveUsers"):
			var users []json.RawMessage
			if json.Unmarshal(body, &users) == nil {
				page, err := strconv.Atoi(r.URL.Query().Get("page"))
				if err != nil {
					page = 1
				}
				from := min(2*(page-1), len(users))
				body, _ = json.Marshal(users[from:min(from+2, len(users))])
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

func TestASurveyFindsWhoIsOnLaterPages(t *testing.T) {
	seed := mock.DemoSeed()
	server, err := mock.New(seed, mock.WithMiddleware(inPages))
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	read := func(file string) (*survey.Survey, error) {
		client, err := api.New(api.Config{
			OrganizationID: server.OrganizationID(), Config: httpapi.Config{URL: url + "/Api", Secret: seed.CIUsers[0].Token},
			Mapping: mappingtest.File(t, file),
		})
		if err != nil {
			t.Fatal(err)
		}
		return survey.ReadStrictly(t.Context(), client, nil)
	}
	if _, err := read(""); err == nil || !strings.Contains(err.Error(), "the list would be cut short") {
		t.Errorf("without a mapping: %v", err)
	}
	found, err := read("version: 1\nuser: {list: {page: {number: page}}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(found.Organization.Principals), len(seed.InteractiveUsers)+len(seed.CIUsers)+len(seed.UserGroups); got != want {
		t.Errorf("%d principals of %d", got, want)
	}
}
