package vocabulary_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

var (
	seed   = flag.Uint64("seed", 0, "the seed of the random grants; 0 for another one each time")
	rounds = flag.Int("grants", 2000, "how many random sets of grants are tried")
)

// The pages print these, and no other names.
func TestPublishedRoles(t *testing.T) {
	var got []string
	for _, r := range vocabulary.Roles() {
		basicType, guessed := vocabulary.Published.TypeOf(r.Role)
		got = append(got, fmt.Sprintf("%s, level %q, %s %t", r.Role, r.Level, basicType, guessed))
	}
	want := []string{
		`Organisation Admin, level "organisation", Admin true`, `Account Admin, level "account", Admin true`,
		`Partner Organisation Admin, level "organisation", Admin true`, `Usage Viewer, level "", Viewer true`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if len(vocabulary.Signicat.Roles) != 4 || len(vocabulary.Signicat.Permissions) != 0 {
		t.Errorf("there are %d roles and %d permissions", len(vocabulary.Signicat.Roles), len(vocabulary.Signicat.Permissions))
	}
	if _, err := vocabulary.Signicat.LeastRoles(nil, access.Place{}); err == nil {
		t.Error("there is a least role")
	}
}

func TestRecommendations(t *testing.T) {
	var got []string
	for _, r := range vocabulary.Recommendations() {
		got = append(got, r.UserType+": "+string(r.Role))
	}
	want := "Business owner: Organisation Admin; Technical owner: Organisation Admin; Financial owner: Usage Viewer; Developer/Technical consultant: Account Admin"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %q", got)
	}
}

// A type contains what the page says of it, and nothing is said to contain Writer.
func TestBasicTypes(t *testing.T) {
	const contains = `
          Viewer Writer Editor Admin unknown
Viewer    no     no     no     no    no
Writer    no     no     no     no    no
Editor    yes    no     no     no    no
Admin     yes    no     yes    no    no
unknown   no     no     no     no    no
`
	rows := strings.Split(strings.Trim(contains, "\n"), "\n")
	named := func(name string) vocabulary.BasicType {
		return vocabulary.BasicType(strings.ReplaceAll(name, "unknown", ""))
	}
	columns := strings.Fields(rows[0])
	for _, row := range rows[1:] {
		words := strings.Fields(row)
		for i, column := range columns {
			if got := named(words[0]).Contains(named(column)); got != (words[i+1] == "yes") {
				t.Errorf("%s contains %s: %t", words[0], column, got)
			}
		}
	}
	for name, want := range map[access.Role]string{
		"Usage Viewer": "Viewer of Usage", "DEM Writer": "Writer of DEM", "Digital Evidence Editor": "Editor of Digital Evidence", "X Admin": "Admin of X",
		"Viewer": " of ", " Viewer": " of ", "Auditor": " of ", "DEM viewer": " of ", "DEM-Viewer": " of ", "Viewer DEM": " of ", "": " of ",
	} {
		suggested, something := vocabulary.TypeOfName(name)
		if got := string(suggested) + " of " + something; got != want {
			t.Errorf("%q is %q", name, got)
		}
	}
	for name, want := range map[access.Role]bool{
		"Audit Log Viewer": true, "Auditlog Viewer": true, "Secrets Viewer": true, "Client secret Viewer": true,
		"Usage Viewer": false, "Secrets Editor": false, "Auditor": false,
	} {
		if vocabulary.IsViewerException(name) != want {
			t.Errorf("%s is an exception: %t", name, !want)
		}
	}
}

// What a declaration says wins over the ending of the name, and where it says nothing the
// ending counts.
func TestDeclaredRoles(t *testing.T) {
	c := vocabulary.Declare(map[access.Role]vocabulary.Declaration{
		"DEM Writer": {BasicType: vocabulary.TypeEditor, Product: "Digital Evidence Management"}, "Clerk": {BasicType: vocabulary.TypeViewer}, "DEM Viewer": {},
		"Usage Viewer": {BasicType: vocabulary.TypeWriter},
	})
	for name, want := range map[access.Role]string{
		"DEM Writer": "Editor, guessed false, known true", "Clerk": "Viewer, guessed false, known true", "DEM Viewer": "Viewer, guessed true, known true",
		"DEM Editor": "Editor, guessed true, known false", "Cleark": ", guessed false, known false", "Usage Viewer": "Writer, guessed false, known true",
	} {
		basicType, guessed := c.TypeOf(name)
		if got := fmt.Sprintf("%s, guessed %t, known %t", basicType, guessed, c.Knows(name)); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	if vocabulary.Published.Knows("DEM Writer") {
		t.Error("a declaration is known elsewhere")
	}
}

var (
	organisation = access.Place{}
	accountA     = access.PlaceOf("a")
	accountB     = access.PlaceOf("b")
)

func effective(grants ...access.Grant) string {
	var all []string
	for _, e := range access.EffectiveRoles(grants, []access.Place{accountB, accountA}) {
		text := string(e.Role) + " at " + vocabulary.Signicat.PlaceKey(e.Place)
		if e.Inherited() {
			var from []string
			for _, place := range e.From {
				from = append(from, vocabulary.Signicat.PlaceKey(place))
			}
			text += ", inherited from " + strings.Join(from, " and ")
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func of(who string, role access.Role, place access.Place) access.Grant {
	return access.Grant{Principal: access.Reference{Kind: access.KindUser, Key: who}, Role: role, Place: place}
}

// The example of the page: organisation 1 has the accounts A and B. Organisation 2 with its
// account C is another baseline, where nothing of this is granted.
func TestScenarios(t *testing.T) {
	const who = "x@example.com"
	for name, c := range map[string]struct {
		grants []access.Grant
		want   string
	}{
		"scenario 1": {
			[]access.Grant{of(who, "Role X", organisation)},
			"Role X at organisation; Role X at account:a, inherited from organisation; Role X at account:b, inherited from organisation",
		},
		"scenario 1, the other organisation": {nil, ""},
		"scenario 2":                         {[]access.Grant{of(who, "Role X", accountA)}, "Role X at account:a"},
		"both": {
			[]access.Grant{of(who, "Role X", accountA), of("X@example.com", "Role X", organisation)},
			"Role X at organisation; Role X at account:a; Role X at account:b, inherited from organisation",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := effective(c.grants...); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
	want := []access.Answer{"yes", "yes", "no", "yes", "no", "no", "yes", "unknown"}
	for i, rule := range vocabulary.InheritanceRules() {
		if rule.Answer != want[i] || rule.Source == "" || (rule.Evidence == "") != (rule.Answer == access.AnswerUnknown) {
			t.Errorf("rule %d is %+v", i, rule)
		}
	}
}

func TestRedundantGrants(t *testing.T) {
	const who = "x@example.com"
	declared := vocabulary.Declare(map[access.Role]vocabulary.Declaration{
		"DEM Viewer": {BasicType: vocabulary.TypeViewer}, "DEM Editor": {BasicType: vocabulary.TypeEditor}, "Clerk Viewer": {BasicType: vocabulary.TypeEditor},
		"Audit Log Viewer": {BasicType: vocabulary.TypeViewer}, "Audit Log Editor": {BasicType: vocabulary.TypeEditor},
	})
	for _, c := range []struct {
		grants, want string
		catalogue    *vocabulary.Catalogue
	}{
		// The same role on the organisation and its account.
		{"Role X @, Role X @a", "Role X @a: same-role Role X @ documented", nil},
		{"DEM Writer @, DEM Writer @a", "DEM Writer @a: same-role DEM Writer @ documented", nil},
		{"Partner Organisation Admin @, Partner Organisation Admin @a", "Partner Organisation Admin @a: same-role Partner Organisation Admin @ documented", nil},
		{"Role X @a, Role X @b", "", nil},
		// Beside an administrator, but for a Partner Organisation Admin.
		{"Organisation Admin @, Usage Viewer @", "Usage Viewer @: contained Organisation Admin @ documented", nil},
		{"Organisation Admin @, DEM Writer @a", "DEM Writer @a: contained Organisation Admin @ documented", nil},
		{"Organisation Admin @, Account Admin @a", "Account Admin @a: contained Organisation Admin @ documented", nil},
		{"Organisation Admin @, Partner Organisation Admin @", "", nil},
		{"Partner Organisation Admin @, Usage Viewer @", "", nil},
		{"Account Admin @a, DEM Writer @a", "DEM Writer @a: contained Account Admin @a documented", nil},
		{"Account Admin @a, DEM Writer @b", "", nil},
		{"Account Admin @a, DEM Writer @", "", nil},
		{"Account Admin @a, Partner Organisation Admin @a", "", nil},
		// At another level than its own.
		{"Organisation Admin @a, DEM Writer @a", "", nil},
		{"Account Admin @, DEM Writer @", "", nil},
		{"Account Admin @, DEM Writer @a", "DEM Writer @a: contained Account Admin @ inferred", nil},
		// By type, for the same thing in the same scope. Never Writer.
		{"DEM Editor @a, DEM Viewer @a", "DEM Viewer @a: contained DEM Editor @a inferred", nil},
		{"DEM Editor @a, DEM Viewer @a", "DEM Viewer @a: contained DEM Editor @a documented", declared},
		{"DEM Editor @, DEM Viewer @a", "DEM Viewer @a: contained DEM Editor @ inferred", declared},
		{"DEM Admin @a, DEM Viewer @a", "DEM Viewer @a: contained DEM Admin @a inferred", nil},
		{
			"DEM Admin @a, DEM Editor @a, DEM Viewer @a",
			"DEM Editor @a: contained DEM Admin @a inferred; DEM Viewer @a: contained DEM Admin @a inferred, contained DEM Editor @a inferred", nil,
		},
		{"DEM Admin @a, DEM Writer @a", "", nil},
		{"DEM Editor @a, DEM Writer @a", "", nil},
		{"DEM Writer @a, DEM Viewer @a", "", nil},
		{"DEM Editor @a, DEM Viewer @b", "", nil},
		{"DEM Editor @a, DEM Viewer @", "", nil},
		{"DEM Editor @a, Sign Viewer @a", "", nil},
		{"DEM Editor @a, DEM viewer @a", "", nil},
		// What is unknown makes nothing redundant.
		{"Audit Log Editor @a, Audit Log Viewer @a", "", nil},
		{"Audit Log Editor @a, Audit Log Viewer @a", "", declared},
		{"Clerk Admin @a, Clerk Viewer @a", "", declared},
	} {
		t.Run(c.grants, func(t *testing.T) {
			var grants []access.Grant
			for _, text := range strings.Split(c.grants, ", ") {
				role, place, _ := strings.Cut(text, " @")
				grants = append(grants, of(who, access.Role(role), access.PlaceOf(place)))
			}
			// Somebody else who holds everything makes nothing of this redundant.
			grants = append(grants, of("other@example.com", vocabulary.RoleOrganisationAdmin, organisation))
			catalogue := c.catalogue
			if catalogue == nil {
				catalogue = vocabulary.Published
			}
			slices.Reverse(grants)
			if got := redundancies(catalogue, grants); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func redundancies(c *vocabulary.Catalogue, grants []access.Grant) string {
	var all []string
	for _, r := range c.Vocabulary.Redundant(grants) {
		var covers []string
		for _, cover := range r.Covers {
			covers = append(covers, fmt.Sprintf("%s %s @%s %s", cover.Reason, cover.Role, cover.Place.Slug(0), cover.Evidence))
		}
		all = append(all, fmt.Sprintf("%s @%s: %s", r.Role, r.Place.Slug(0), strings.Join(covers, ", ")))
	}
	return strings.Join(all, "; ")
}

// All that is redundant can be taken away together: what is left still covers each of them, and
// nothing that is left is redundant.
func TestRedundantGrantsCanBeTakenTogether(t *testing.T) {
	from := *seed
	if from == 0 {
		from = uint64(time.Now().UnixNano())
	}
	random := rand.New(rand.NewPCG(from, 0))
	roles := []access.Role{
		"Organisation Admin", "Account Admin", "Partner Organisation Admin", "Usage Viewer", "Usage Editor", "Usage Admin", "DEM Writer", "DEM Viewer", "DEM Editor",
		"DEM Admin", "Clerk", "Account Viewer", "Partner Organisation Editor", "Organisation Editor", "Audit Log Viewer", "Audit Log Admin",
	}
	places := []access.Place{organisation, accountA, accountB}
	for range *rounds {
		var grants, left []access.Grant
		for range 2 + random.IntN(9) {
			g := of([]string{"a@example.com", "b@example.com"}[random.IntN(2)], roles[random.IntN(len(roles))], places[random.IntN(3)])
			if !slices.Contains(grants, g) {
				grants = append(grants, g)
			}
		}
		redundant := vocabulary.Signicat.Redundant(grants)
		for _, g := range grants {
			if !slices.ContainsFunc(redundant, func(r access.Redundancy) bool { return r.Grant == g }) {
				left = append(left, g)
			}
		}
		if again := vocabulary.Signicat.Redundant(left); len(again) > 0 {
			t.Errorf("of what is left, %v is redundant", again)
		}
		for _, r := range redundant {
			still := vocabulary.Signicat.Redundant(append(slices.Clone(left), r.Grant))
			if !slices.ContainsFunc(still, func(s access.Redundancy) bool { return s.Grant == r.Grant }) {
				t.Errorf("nothing that is left gives what %v gave", r.Grant)
			}
		}
		if t.Failed() {
			t.Fatalf("of the grants %v; again: go test ./internal/signicat/vocabulary -run %s -args -seed %d", grants, t.Name(), from)
		}
	}
}

// Who may do what to the users of a place, with a question mark behind what is inferred: rows
// are a role and where it was granted, columns what is done where.
func TestWhoMayInviteAndRemove(t *testing.T) {
	const table = `
                               | invite @ | invite @a | invite @b | remove @ | remove @a | remove @b | remove-inherited @a | grant @ | grant @a | grant @b
Organisation Admin @           | yes      | yes       | yes       | yes      | yes       | yes       | yes                 | yes     | yes      | yes
Organisation Admin @a          | no       | unknown   | no        | no       | unknown   | no        | unknown             | no      | unknown  | no
Account Admin @a               | no       | yes       | no        | no       | yes       | no        | no                  | no      | yes?     | no
Account Admin @                | no       | unknown   | unknown   | no       | unknown   | unknown   | unknown             | no      | unknown  | unknown
Partner Organisation Admin @   | yes      | unknown   | unknown   | unknown  | unknown   | unknown   | unknown             | unknown | unknown  | unknown
Partner Organisation Admin @a  | no       | unknown   | no        | no       | unknown   | no        | unknown             | no      | unknown  | no
Usage Viewer @                 | no?      | no?       | no?       | no?      | no?       | no?       | no?                 | no?     | no?      | no?
DEM Editor @a                  | no       | no?       | no        | no       | no?       | no        | no?                 | no      | no?      | no
DEM Writer @                   | no       | unknown   | unknown   | unknown  | unknown   | unknown   | unknown             | unknown | unknown  | unknown
DEM Admin @                    | unknown  | unknown   | unknown   | unknown  | unknown   | unknown   | unknown             | unknown | unknown  | unknown
DEM Admin @a                   | no       | unknown   | no        | no       | unknown   | no        | unknown             | no      | unknown  | no
Clerk @                        | unknown  | unknown   | unknown   | unknown  | unknown   | unknown   | unknown             | unknown | unknown  | unknown
Usage Viewer @, DEM Admin @a   | no?      | unknown   | no?       | no?      | unknown   | no?       | unknown             | no?     | unknown  | no?
DEM Admin @, Account Admin @a  | unknown  | yes       | unknown   | unknown  | yes       | unknown   | unknown             | unknown | yes?     | unknown
nothing                        | no       | no        | no        | no       | no        | no        | no                  | no      | no       | no
`
	rows := strings.Split(strings.Trim(table, "\n"), "\n")
	columns := strings.Split(rows[0], "|")
	for _, row := range rows[1:] {
		cells := strings.Split(row, "|")
		var held []access.RoleAt
		for _, text := range strings.Split(strings.TrimSpace(cells[0]), ", ") {
			if role, place, found := strings.Cut(text, " @"); found {
				held = append(held, access.RoleAt{Role: access.Role(role), Place: access.PlaceOf(place)})
			}
		}
		for i := 1; i < len(columns); i++ {
			action, place, _ := strings.Cut(strings.TrimSpace(columns[i]), " @")
			statement := vocabulary.Published.May(held, vocabulary.Action(action), access.PlaceOf(place))
			got := string(statement.Answer)
			if statement.Evidence == access.Inferred {
				got += "?"
			}
			if want := strings.TrimSpace(cells[i]); got != want || statement.Source == "" || (statement.Evidence == "") != (got == "unknown") {
				t.Errorf("%s, %s: got %q by %q, want %q", strings.TrimSpace(cells[0]), strings.TrimSpace(columns[i]), got, statement.Source, want)
			}
		}
	}
}

func TestWhereRolesMayBeGranted(t *testing.T) {
	for question, want := range map[string]access.Answer{
		"Organisation Admin @": "yes", "Organisation Admin @a": "unknown", "Account Admin @a": "yes", "Account Admin @": "unknown",
		"Usage Viewer @": "unknown", "Usage Viewer @a": "unknown", "DEM Writer @": "unknown", "DEM Writer @a": "unknown",
	} {
		role, place, _ := strings.Cut(question, " @")
		if got := vocabulary.Signicat.MayBeHeldAt(access.Role(role), access.PlaceOf(place)); got != want {
			t.Errorf("%s: %s", question, got)
		}
	}
	for key, want := range map[string]access.Place{"organisation": organisation, "account:a": accountA} {
		if place, err := vocabulary.Signicat.ParsePlaceKey(key); err != nil || place != want || vocabulary.Signicat.PlaceKey(place) != key {
			t.Errorf("%s is %s, %v", key, place, err)
		}
	}
	if _, err := vocabulary.Signicat.ParsePlaceKey("organization"); err == nil || !strings.Contains(err.Error(), `valid are "organisation", "account:ACCOUNT"`) {
		t.Errorf("the other spelling: %v", err)
	}
}
