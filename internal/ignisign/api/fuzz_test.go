package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
)

// FuzzKey: a key is read back from what it says, and a reason never has what could be its secret.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{newKey, oldKey, "skv2_", "skv2_DEVELOPMENT_" + appUUID + "_a_b", "skv2__" + appUUID + "_x", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, reason := api.ParseKey(text)
		if reason == "" {
			prefix := fmt.Sprintf("skv2_%s_%s_", key.Environment, strings.TrimPrefix(key.AppID, "appId_"))
			if len(text) <= len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
				t.Errorf("%q is read as %+v", text, key)
			}
			return
		}
		if other, _ := api.ParseKey(newKey[:5]); key != other {
			t.Errorf("a refused key says %+v", key)
		}
		if len(text) > 20 && strings.Contains(reason, text[5:]) {
			t.Errorf("%q is quoted: %s", text, reason)
		}
	})
}

// FuzzExpiry: whatever a token is, its end is none or within what a calendar has.
func FuzzExpiry(f *testing.F) {
	for _, claims := range []string{`{"exp":4102444800}`, `{"exp":-1}`, `{"exp":1e300}`, `{"exp":"4102444800"}`, `{"exp":null}`, `[]`, ``} {
		f.Add("h." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".s")
	}
	f.Add("no token")
	f.Fuzz(func(t *testing.T, token string) {
		if ends := api.Expiry(token); !ends.IsZero() && (ends.Before(time.Unix(0, 0)) || ends.UTC().Year() > 9999) {
			t.Errorf("%q ends at %s", token, ends)
		}
	})
}

// TestExpiry reads the claim in seconds, and nothing else.
func TestExpiry(t *testing.T) {
	for claims, want := range map[string]time.Time{
		`{"exp":4102444800}`:   time.Unix(4102444800, 0),
		`{"exp":1.5}`:          time.Unix(1, 0),
		`{"exp":"4102444800"}`: {}, `{}`: {}, `{"exp":0}`: {}, `{"exp":1e300}`: {}, `x`: {},
	} {
		if got := api.Expiry("h." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".s"); !got.Equal(want) {
			t.Errorf("%s: got %s", claims, got)
		}
	}
	for _, token := range []string{"", "a.b", "a.b.c", "a..c", "a.b.c.d"} {
		if got := api.Expiry(token); !got.IsZero() {
			t.Errorf("%q: got %s", token, got)
		}
	}
}

// FuzzErrorBody: whatever a refusal says, it is an error without the key and without a stack.
func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"message":"No.","code":"X","context":{"a":[1,{"stack":"STACKMARK"}]},"stack":"STACKMARK"}`, `{"message":{"stack":"STACKMARK"}}`, `[{"stack":"STACKMARK"}]`,
		`{"stack":"STACKMARK`, `"stack"`, `null`, ``, newKey, `{"code":"ORGANIZATION_FEATURE_FORBIDDEN","context":{"missing":[{"feature":1,"claims":{}}]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newServer(t)
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool { return answerText(w, http.StatusForbidden, body) }
		_, err := s.client().Application(t.Context())
		if err == nil || strings.Contains(err.Error(), newKey) {
			t.Errorf("got %v", err)
		}
		stacks := strings.Count(body, `"stack":"STACKMARK`)
		if stacks > 0 && strings.Count(body, "STACKMARK") == stacks && strings.Contains(err.Error(), "STACKMARK") {
			t.Errorf("a stack is told: %v", err)
		}
	})
}

// FuzzEventPages: whatever pages are answered, the reading ends, counts each event once, and is complete
// only if as many were read as there are.
func FuzzEventPages(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, 2, 4)
	f.Add([]byte{1, 1, 1}, 1, 3)
	f.Add([]byte{}, 0, 0)
	f.Fuzz(func(t *testing.T, ids []byte, size, total int) {
		size = 1 + (size&0x7fffffff)%5
		s := newServer(t)
		requests := 0
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			requests++
			var page int
			_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
			var events []string
			for i := page * size; i < min((page+1)*size, len(ids)); i++ {
				events = append(events, fmt.Sprintf(`{"_id":"e%d"}`, ids[i]))
			}
			return answerText(w, http.StatusOK, fmt.Sprintf(`{"events":[%s],"searchData":{"total":%d}}`, strings.Join(events, ","), total))
		}
		got, err := s.client(byVersion(api.Version4)).Events(t.Context(), webhookID, time.Time{})
		if (err != nil) != (total < 0) {
			t.Fatalf("total %d: %v", total, err)
		}
		if requests > len(ids)+3 {
			t.Errorf("%d requests for %d events", requests, len(ids))
		}
		distinct := map[byte]bool{}
		for _, id := range ids {
			distinct[id] = true
		}
		if err == nil && (got.Read != len(got.Events) || got.Read > len(distinct) || got.IsComplete() != (got.Read == total)) {
			t.Errorf("got %+v of %v", got, ids)
		}
	})
}
