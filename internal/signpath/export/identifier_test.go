package export

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		"dev.lead":             "dev_lead",
		"Jürgen Groß (QA)":     "jurgen_gross_qa",
		"R&D team":             "r_d_team",
		"Разработка":           "razrabotka",
		"__x__":                "x",
		"2024 Q1":              "group_2024_q1",
		"🙂":                    "group",
		"":                     "group",
		"${path.root}\n\"x\"":  "path_root_x",
		"release-signing":      "release_signing",
		"a  -  b":              "a_b",
		"\u202eoverride\u0000": "override",
	} {
		got := identifier(text, "group")
		if got != want {
			t.Errorf("identifier(%q) = %q, want %q", text, got, want)
		}
		if !hclsyntax.ValidIdentifier(got) {
			t.Errorf("%q is no identifier", got)
		}
	}
}

func TestNamesAreUniqueInAnyOrder(t *testing.T) {
	things := []named{
		{key: "1", candidates: []string{"lead", "lead_example_com"}, mark: "11111111-aaaa"},
		{key: "2", candidates: []string{"lead", "lead_example_org"}, mark: "22222222-aaaa"},
		{key: "3", candidates: []string{"build"}, mark: "33333333-aaaa"},
		{key: "4", candidates: []string{"build"}, mark: "44444444-aaaa"},
		{key: "5", candidates: []string{"twin"}, mark: "55555555-aaaa"},
		{key: "6", candidates: []string{"twin"}, mark: "55555555-bbbb"},
		// What would be called like one that was given a longer name.
		{key: "7", candidates: []string{"build_33333333"}, mark: "77777777-aaaa"},
		{key: "8", candidates: []string{"alone"}, mark: "88888888-aaaa"},
	}
	want := map[string]string{
		"1": "lead_example_com", "2": "lead_example_org",
		"3": "build_33333333_aaaa", "4": "build_44444444",
		"5": "twin_55555555_aaaa", "6": "twin_55555555_bbbb",
		"7": "build_33333333_77777777", "8": "alone",
	}
	if got := uniqueNames(things); !maps.Equal(got, want) {
		t.Errorf("names %v,\nwant  %v", got, want)
	}
	slices.Reverse(things)
	if got := uniqueNames(things); !maps.Equal(got, want) {
		t.Errorf("in the other order names %v,\nwant %v", got, want)
	}
}

func TestFileName(t *testing.T) {
	for slug, want := range map[string]string{
		"Project.A-1": "Project.A-1", "a:b*c": "a_b_c", "x_override": "x_override_", "x_Override": "x_Override_", "überall": "_berall",
	} {
		if got := fileName(slug); got != want {
			t.Errorf("fileName(%q) = %q, want %q", slug, got, want)
		}
	}
}
