package mockserver_test

import (
	"encoding/json"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

type shelf struct {
	Label string  `json:"label"`
	Books []tome  `json:"books,omitempty"`
	Best  *tome   `json:"best,omitempty"`
	Notes anyNote `json:"notes,omitempty"`
}

type tome struct {
	volume
	Title string `json:"title"`
}

type volume struct {
	Pages int `json:"pages"`
}

type anyNote map[string]json.RawMessage

// An error of a seed says where it is: people write seeds by hand.
func TestSeedErrorsSayWhere(t *testing.T) {
	for document, want := range map[string]string{
		"{\n  \"label\": \"A\",\n  \"colour\": 1\n}":                         "seed: line 3: there is no colour; known there are label, books, best, notes",
		"{\"books\": [\n  {\"title\": \"One\"},\n  {\"titel\": \"Two\"}\n]}": "seed: line 3: there is no books[1].titel; known there are pages, title",
		"{\"best\":\n{\"pages\": 3, \"page\": 4}}":                           "seed: line 2: there is no best.page; known there are pages, title",
		"{\n\"books\": [{\"title\": 1}]}":                                    "seed: line 2: books.title can't be of the JSON type number",
		"{\n\"label\": \"A\"\n\"books\": []}":                                "seed: line 3: invalid character '\"' after object key:value pair",
		"{\n\"label\": \"A\",\n":                                             "seed: line 2: the JSON object has no end",
		"[]":                                                                 "seed: line 1: the seed can't be of the JSON type array",
		"{}\n\n{}":                                                           "seed: line 3: there is something behind the JSON object",
		"{\"LABEL\": \"A\", \"notes\": {\"any\": {\"deep\": [1, {\"a\": 2}]}}}": "",
	} {
		_, err := mockserver.ParseSeed[shelf]([]byte(document))
		if got := errorText(err); got != want {
			t.Errorf("%s\nerror %q, want %q", document, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
