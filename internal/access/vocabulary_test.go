package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

var (
	read  = access.Permission{ID: "read", Noun: "reading"}
	write = access.Permission{ID: "write", Noun: "writing"}
)

func rights(reads, writes bool) map[access.Permission]access.Cell {
	return map[access.Permission]access.Cell{read: {Granted: reads}, write: {Granted: writes}}
}

func small() access.Vocabulary {
	return access.Vocabulary{
		Places:      []access.PlaceKind{{Key: "folder", Noun: "folder"}, {Key: "file", Noun: "file", Within: "folder"}},
		Permissions: []access.PermissionDescription{{Permission: read, Narrowest: "file"}, {Permission: write, Narrowest: "folder"}},
		Most:        "All", Least: "None",
		Roles: []access.RoleDescription{
			{Role: "All", By: access.ByPrincipal, Title: "All", Rights: rights(true, true)},
			{Role: "None", By: access.ByPrincipal, Title: "None", Rights: rights(false, false)},
			{Role: "reader", By: access.ByEntry, Title: "reader", Plural: "readers", At: "file", For: read, Rights: rights(true, false)},
		},
	}
}

// A vocabulary is written by hand, so what does not fit together is found when it is made.
func TestDefineRefusesWhatDoesNotFit(t *testing.T) {
	access.Define(small())
	for want, edit := range map[string]func(*access.Vocabulary){
		`held at "drawer"`:             func(v *access.Vocabulary) { v.Roles[2].At = "drawer" },
		`told for "drawer"`:            func(v *access.Vocabulary) { v.Permissions[0].Narrowest = "drawer" },
		"the role All is there twice":  func(v *access.Vocabulary) { v.Roles[1].Role = "All" },
		"has 1 cells, and there are 2": func(v *access.Vocabulary) { v.Roles[0].Rights = map[access.Permission]access.Cell{read: {}} },
		`has the permission "fly"`: func(v *access.Vocabulary) {
			v.Roles[0].Rights = map[access.Permission]access.Cell{read: {}, {ID: "fly"}: {}}
		},
		"the role reader gives nothing":  func(v *access.Vocabulary) { v.Roles[2].Rights = rights(false, false) },
		`"reader" or "None" is no role`:  func(v *access.Vocabulary) { v.Most = "reader" },
		`"All" or "Nothing" is no role `: func(v *access.Vocabulary) { v.Least = "Nothing" },
		`"" or "None" is no role `:       func(v *access.Vocabulary) { v.Most = "" },
		`"All" or "None" is no role `:    func(v *access.Vocabulary) { v.Roles = v.Roles[2:] },
		`and it is not stated where`:     func(v *access.Vocabulary) { v.Roles[2].AtNotStated = true },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, want) {
					t.Errorf("it says %q", said)
				}
			}()
			v := small()
			edit(&v)
			access.Define(v)
		})
	}
}

func TestVocabularyNamesPlaces(t *testing.T) {
	v := access.Define(small())
	for text, want := range map[string]string{
		"folder=a file=b": "a/b", "folder=a": "a", "": "the organization", "file=b": "it names a file without its folder",
	} {
		place, err := v.PlaceNamed(func(kind string) string {
			for _, pair := range strings.Fields(text) {
				if key, slug, _ := strings.Cut(pair, "="); key == kind {
					return slug
				}
			}
			return ""
		})
		got := place.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	if kind := v.KindAt(access.PlaceOf("a", "b")); kind != "file" || v.IsToldAt(write, access.PlaceOf("a", "b")) || !v.IsToldAt(read, access.PlaceOf("a", "b")) {
		t.Errorf("the place is a %s, or has the wrong permissions", kind)
	}
}

// A server can give a principal a role that is the key of one held by entries: that gives
// nobody what the entry would.
func TestARoleOfEntriesIsNoneOfPrincipals(t *testing.T) {
	v := access.Define(small())
	if !v.IsUnknown("reader") || v.AtMost("reader") != "All" || v.AtLeast("reader") != "None" || v.Title("reader") != `"reader" (unknown)` {
		t.Errorf("it counts as %q at most and %q at least, and is called %s", v.AtMost("reader"), v.AtLeast("reader"), v.Title("reader"))
	}
}

// A vendor whose roles are all held by entries has none that everybody has, and one that says
// of no role what it allows has no permissions.
func TestVocabulariesOfEntriesAlone(t *testing.T) {
	v := small()
	v.Roles, v.Most, v.Least = v.Roles[2:], "", ""
	if got := access.Define(v).MayBeHeldAt("reader", access.PlaceOf("a", "b")); got != access.AnswerYes {
		t.Errorf("a reader of a file: %s", got)
	}
	v.Permissions, v.Open = nil, true
	v.Roles[0].Rights, v.Roles[0].At, v.Roles[0].AtNotStated = nil, "", true
	open := access.Define(v)
	for _, place := range []access.Place{{}, access.PlaceOf("a"), access.PlaceOf("a", "b")} {
		reader, writer := open.MayBeHeldAt("reader", place), open.MayBeHeldAt("writer", place)
		if roles := open.RolesAt(place); len(roles) != 1 || reader != access.AnswerUnknown || writer != access.AnswerUnknown {
			t.Errorf("at %s there are %d roles; a reader there: %s, a writer: %s", place, len(roles), reader, writer)
		}
	}
	if open.Dominates("reader", "reader") {
		t.Error("a role of which nothing is published dominates")
	}
}
