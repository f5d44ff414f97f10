package documentation_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestCLIGuides does what these guides say, word for word, each after the sections of the index that it builds
// on, and compares with what they say is to be seen.
func TestCLIGuides(t *testing.T) {
	for guide, before := range map[string][]string{
		"renaming":    {"Get the provider", "Start a mock SignPath"},
		"debugging":   {"Get the provider", "Start a mock SignPath"},
		"mock-server": {"Get the provider"},
	} {
		t.Run(guide, func(t *testing.T) {
			t.Parallel()
			r := newReader(t)
			r.Follow(sections(readPage(t, "index.md"), before...))
			r.Follow(readPage(t, "guides/"+guide+".md"))
		})
	}
}

// TestMockGuideHasEveryKey keeps a key of a seed from being left out of the guide.
func TestMockGuideHasEveryKey(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docsRoot, "guides/mock-server.md"))
	must(t, err)
	keys := map[string]bool{}
	collectKeys(reflect.TypeFor[mock.Seed](), keys)
	if len(keys) < 30 {
		t.Fatalf("a seed has the keys %v", keys)
	}
	for key := range keys {
		if !strings.Contains(string(page), "`"+key+"`") {
			t.Errorf("the guide does not say what %s is", key)
		}
	}
}

// TestMockGuideHasEveryFault keeps an action of a fault from being left out of the guide, and a key.
func TestMockGuideHasEveryFault(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docsRoot, "guides/mock-server.md"))
	must(t, err)
	keys := map[string]bool{}
	collectKeys(reflect.TypeFor[mock.Fault](), keys)
	_, known, found := strings.Cut(signpathtest.Start(t, nil).Inject(mock.Fault{Action: "none"}).Error(), "known are ")
	words := strings.Fields(strings.Trim(known, "[]"))
	if !found || len(words) < 10 {
		t.Fatalf("the actions are %s", known)
	}
	for key := range keys {
		words = append(words, key)
	}
	for _, word := range words {
		if word = strings.Trim(word, `"`); word != "" && word != "-" && !strings.Contains(string(page), "`"+word+"`") {
			t.Errorf("the guide does not say what %s is", word)
		}
	}
}

// collectKeys finds the keys of the JSON form of a type.
func collectKeys(of reflect.Type, keys map[string]bool) {
	switch of.Kind() {
	case reflect.Slice:
		collectKeys(of.Elem(), keys)
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(of) {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys[key] = true
			collectKeys(field.Type, keys)
		}
	}
}
