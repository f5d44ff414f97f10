package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

func expectHint(t *testing.T, err error, words ...string) {
	t.Helper()
	var failed *httpapi.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	for _, word := range words {
		if !strings.Contains(failed.Hint.Text, word) {
			t.Errorf("no %q in %q (%v)", word, failed.Hint.Text, err)
		}
	}
}

// TestVersion: the version that is set is asked, or that of the application, which is asked for once;
// no other is tried.
func TestVersion(t *testing.T) {
	for _, test := range []struct {
		version  api.Version
		says     string
		asks     string
		contexts int
		words    string
	}{
		{api.Version3, "V4", "v3", 0, ""},
		{api.Version4, "V3", "v4", 0, ""},
		{api.VersionAuto, "V3", "v3", 1, ""},
		{api.VersionAuto, "V4", "v4", 1, ""},
		{"", "V4", "v4", 1, ""},
		{api.VersionAuto, "V5", "", 1, `set api_version to "v3" or "v4"`},
		{api.VersionAuto, "", "", 1, `set api_version to "v3" or "v4"`},
	} {
		t.Run(fmt.Sprintf("%q, %q", test.version, test.says), func(t *testing.T) {
			s := newServer(t)
			s.apiVersion = test.says
			c := s.client(byVersion(test.version))
			for range 2 {
				_, err := c.InvitationsNow(t.Context())
				if test.words == "" && err != nil || test.words != "" && (err == nil || !strings.Contains(err.Error(), test.words)) {
					t.Errorf("got %v", err)
				}
			}
			contexts, lists := 0, 0
			for _, request := range s.requests {
				switch {
				case strings.HasSuffix(request, "/context"):
					contexts++
				case strings.HasPrefix(request, "GET /"+test.asks+"/"):
					lists++
				default:
					t.Errorf("it asked %s", request)
				}
			}
			if contexts != test.contexts || test.words == "" && lists != 2 {
				t.Errorf("%d contexts, %d lists", contexts, lists)
			}
		})
	}
}

// TestNotServed: a 404 says what it may mean, and is neither an empty list nor a reason to try another
// version.
func TestNotServed(t *testing.T) {
	for _, test := range []struct {
		version api.Version
		route   string
		words   []string
	}{
		{api.Version4, "users-invitations", []string{"may not serve the invitation API", "documented for version 3 only", `set api_version to "v3"`}},
		{api.VersionAuto, "users-invitations", []string{"may not serve the invitation API", "the application says that it is of that", `set api_version to "v3"`}},
		{api.VersionAuto, "context", []string{`"v4"`, "set api_version"}},
	} {
		s := newServer(t)
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, test.route) {
				refuse(w, http.StatusNotFound, "UNKNOWN_ERROR")
				return true
			}
			return false
		}
		_, err := s.client(byVersion(test.version)).Invitations(t.Context())
		expectHint(t, err, test.words...)
		for _, request := range s.requests {
			if strings.Contains(request, "/v3/") {
				t.Errorf("it asked %s", request)
			}
		}
	}
}

// TestProblem: an error has the server's words and code, never a stack, and says what the organization
// may not use.
func TestProblem(t *testing.T) {
	for _, test := range []struct {
		name, body string
		words      []string
		// absent must not stand in the error.
		absent string
	}{
		{
			"documented",
			`{"message":"Body validation failed","timestamp":"2026-11-28","status":400,"code":"BODY_VALIDATION_FAILED","context":{"roles":"must be an object"}}`,
			[]string{"BODY_VALIDATION_FAILED", "Body validation failed", "roles: must be an object"},
			"timestamp",
		},
		{"message as an object", `{"message":{"reason":"No.","stack":"at x.js"},"code":"UNKNOWN_ERROR"}`, []string{`{"reason":"No."}`, "UNKNOWN_ERROR"}, "x.js"},
		{
			"a stack", `{"message":"No.","code":"UNKNOWN_ERROR","stack":"at x.js","context":{"inner":{"stack":"at x.js","a":1}}}`,
			[]string{"No.", `inner: {"a":1}`},
			"x.js",
		},
		{"a stack alone", `{"stack":"at x.js"}`, nil, "x.js"},
		{"half a stack", `{"message":"No.","stack":"at x.js`, []string{"not the JSON"}, "x.js"},
		{"another object", `{"title":"Trouble","detail":"A reason."}`, []string{"A reason."}, ""},
		{"context as a list", `{"message":"No.","code":"X","context":["a"]}`, []string{`["a"]`}, ""},
		{
			"restricted feature", `{"message":"No.","code":"ORGANIZATION_FEATURE_FORBIDDEN",` +
				`"context":{"missing":[{"feature":"API_V4","claims":["PRO","PLUS"]},{"feature":"SSO","claims":null}]}}`,
			[]string{"ORGANIZATION_FEATURE_FORBIDDEN", "The organization may not use API_V4 (claims PRO, PLUS) and SSO.", "Another key does not help"},
			"",
		},
		{
			"restricted feature in another form", `{"message":"No.","code":"ORGANIZATION_FEATURE_FORBIDDEN","context":{"missing":"API_V4"}}`,
			[]string{"missing: API_V4"},
			"",
		},
		{"the key", `{"message":"` + newKey + ` is none","code":"API_KEY_NOT_FOUND"}`, []string{"API_KEY_NOT_FOUND"}, secret},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				return answerText(w, http.StatusForbidden, test.body)
			}
			_, err := s.client().Application(t.Context())
			for _, words := range append(test.words, "403 Forbidden") {
				if err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("no %q in %v", words, err)
				}
			}
			if test.absent != "" && strings.Contains(err.Error(), test.absent) {
				t.Errorf("%q stands in %v", test.absent, err)
			}
		})
	}
}
