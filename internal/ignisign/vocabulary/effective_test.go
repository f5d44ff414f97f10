package vocabulary

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

var (
	seed   = flag.Uint64("seed", 0, "the seed of the random grants; 0 for another one each time")
	rounds = flag.Int("grants", 200, "how many random sets of grants are tried")
)

// chains is which role has all permissions of which other one: ⊇ is transitive.
const chains = `
SUPER_ADMIN ⊇ ORG_OWNER = ORG_ADMIN ⊇ APP_ADMIN ⊇ APP_MANAGER ⊇ APP_OPERATOR ⊇ APP_READER ⊇ INVITED_PROOF_READER
ORG_ADMIN ⊇ ORG_BILLING ⊇ ORG_USER
INTERNAL_API = SUPER_ADMIN
`

// readChains returns the relation with everything that follows from the chains.
func readChains() map[string]bool {
	above := map[string]bool{}
	for _, role := range columns {
		above[role+" "+role] = true
	}
	for _, words := range lines(chains) {
		for i := 1; i < len(words); i += 2 {
			above[words[i-1]+" "+words[i+1]] = true
			if words[i] == "=" {
				above[words[i+1]+" "+words[i-1]] = true
			}
		}
	}
	for _, b := range columns {
		for _, a := range columns {
			for _, c := range columns {
				above[a+" "+c] = above[a+" "+c] || above[a+" "+b] && above[b+" "+c]
			}
		}
	}
	return above
}

// Dominance by the rights of the vocabulary, by the marks of the table as bits, and as it was
// read off by hand are one relation.
func TestDominanceOfRoles(t *testing.T) {
	want, bits := readChains(), map[string]uint32{}
	for i, row := range lines(readMatrix) {
		for j, role := range columns {
			if row[j+1] != "·" {
				bits[role] |= 1 << i
			}
		}
	}
	for _, a := range columns {
		for _, b := range columns {
			byRights := IgniSign.Dominates(access.Role(a), access.Role(b))
			byMarks := bits[a]|bits[b] == bits[a]
			if byHand := want[a+" "+b]; byRights != byHand || byMarks != byHand {
				t.Errorf("%s has all of %s: %t by rights, %t by marks, want %t", a, b, byRights, byMarks, byHand)
			}
		}
	}
}

// An organization in these tests has two applications with all of their environments.
func places(t *testing.T) []access.Place {
	t.Helper()
	all := []access.Place{{}}
	for _, application := range []string{"contracts", "payroll"} {
		all = append(all, access.PlaceOf(application))
		for _, environment := range Environments() {
			all = append(all, access.PlaceOf(application, environment))
		}
	}
	return all
}

func grant(t *testing.T, principal string, role access.Role, place string) access.Grant {
	t.Helper()
	at, err := IgniSign.ParsePlaceKey(place)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := access.ParseReference(principal)
	if err != nil {
		t.Fatal(err)
	}
	return access.Grant{Principal: reference, Role: role, Place: at}
}

// permissionsOf spells every permission that the engine finds, by principal and place.
func permissionsOf(t *testing.T, grants []access.Grant) []string {
	t.Helper()
	var all []string
	for _, row := range review.Effective(review.OfGrants(IgniSign, grants, places(t))) {
		all = append(all, fmt.Sprintf("%s %s %s", row.Principal, row.Permission, IgniSign.PlaceKey(row.Place)))
	}
	slices.Sort(all)
	return all
}

// oracle finds the same from the tables of the tests alone: a role that has a permission has it
// at its place and within, wherever the function's scope is there or further in.
func oracle(t *testing.T, grants []access.Grant) []string {
	t.Helper()
	depth := map[string]int{"PLATFORM": -1, "ORGANIZATION": 0, "APPLICATION": 1, "APPLICATION_ENV": 2, "SIGNATURE_PROFILE": 3, "SIGNATURE_REQUEST": 4}
	marks := read(t)
	var all []string
	for _, g := range grants {
		for _, row := range lines(readPermissions) {
			for _, place := range places(t) {
				within := strings.HasPrefix(place.String()+"/", g.Place.String()+"/") || g.Place.Depth() == 0
				if marks[string(g.Role)+" | "+row[0]] != "·" && within && depth[row[3]] >= place.Depth() {
					all = append(all, fmt.Sprintf("%s %s %s", g.Principal, row[0], IgniSign.PlaceKey(place)))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// randomGrants are roles at places where they can be held.
func randomGrants(t *testing.T, random *rand.Rand) []access.Grant {
	t.Helper()
	var grants []access.Grant
	for range 1 + random.IntN(8) {
		place := places(t)[random.IntN(len(places(t)))]
		roles := IgniSign.RolesAt(place)
		principal := access.Reference{Kind: access.KindUser, Key: []string{"a@example.com", "b@example.com"}[random.IntN(2)]}
		grants = append(grants, access.Grant{Principal: principal, Role: roles[random.IntN(len(roles))].Role, Place: place})
	}
	return grants
}

// eachRandom tries random grants, and says how to try those again that fail.
func eachRandom(t *testing.T, try func(t *testing.T, grants []access.Grant)) {
	t.Helper()
	from := *seed
	if from == 0 {
		from = uint64(time.Now().UnixNano())
	}
	random := rand.New(rand.NewPCG(from, 0))
	for range *rounds {
		grants := randomGrants(t, random)
		try(t, grants)
		if t.Failed() {
			t.Fatalf("of the grants %v; again: go test ./internal/ignisign/vocabulary -run %s -args -seed %d", grants, t.Name(), from)
		}
	}
}

func TestEffectivePermissionsOfRandomGrants(t *testing.T) {
	eachRandom(t, func(t *testing.T, grants []access.Grant) {
		if got, want := permissionsOf(t, grants), oracle(t, grants); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// What is told of each permission says from where it is.
func TestEffectivePermissionsHaveTheirReasons(t *testing.T) {
	grants := []access.Grant{
		grant(t, "user:dev@example.com", RoleAppAdmin, "application:contracts"),
		grant(t, "user:dev@example.com", RoleAppReader, "environment:contracts/PRODUCTION"),
	}
	var got []string
	for _, row := range review.Effective(review.OfGrants(IgniSign, grants, places(t))) {
		if !row.InForce() {
			t.Errorf("%v is not in force", row)
		}
		if row.Permission == SignersRead.Of() && row.Place != access.PlaceOf("contracts", "STAGING") {
			for _, reason := range row.Reasons {
				got = append(got, fmt.Sprintf("%s: %s, %s, inherited %t", row.Place, reason, reason.Evidence(), row.Inherited(reason)))
			}
		}
	}
	want := []string{
		"contracts: Application Admin of contracts, directly, inferred, inherited false",
		"contracts/DEVELOPMENT: Application Admin of contracts, directly, inferred, inherited true",
		"contracts/PRODUCTION: Application Admin of contracts, directly, inferred, inherited true",
		"contracts/PRODUCTION: Application Reader of contracts/PRODUCTION, directly, observed, inherited false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// All that is redundant can be taken away together and nobody loses a permission; nothing else
// can.
func TestRedundantGrantsGiveNothing(t *testing.T) {
	eachRandom(t, func(t *testing.T, grants []access.Grant) {
		var left []access.Grant
		redundant := map[access.Grant]bool{}
		for _, r := range IgniSign.Redundant(grants) {
			redundant[r.Grant] = true
		}
		for _, g := range grants {
			if !redundant[g] && !slices.Contains(left, g) {
				left = append(left, g)
			}
		}
		want := oracle(t, grants)
		if got := oracle(t, left); !slices.Equal(got, want) {
			t.Errorf("without %v there is\n%s\nand not\n%s", redundant, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for i, g := range left {
			if without := slices.Delete(slices.Clone(left), i, i+1); slices.Equal(oracle(t, without), want) {
				t.Errorf("%v gives nothing, and is not called redundant", g)
			}
		}
	})
}

func TestRedundantGrantsSayWhy(t *testing.T) {
	spell := func(grants ...access.Grant) string {
		var all []string
		for _, r := range IgniSign.Redundant(grants) {
			for _, c := range r.Covers {
				all = append(all, fmt.Sprintf("%s at %s: %s by %s at %s, %s", r.Role, IgniSign.PlaceKey(r.Place), c.Reason, c.Role, IgniSign.PlaceKey(c.Place), c.Evidence))
			}
		}
		return strings.Join(all, "; ")
	}
	const dev = "user:dev@example.com"
	for name, c := range map[string]struct {
		grants []access.Grant
		want   string
	}{
		"further out": {
			[]access.Grant{grant(t, dev, RoleAppManager, "environment:contracts/STAGING"), grant(t, dev, RoleAppAdmin, "application:contracts")},
			"APP_MANAGER at environment:contracts/STAGING: permissions by APP_ADMIN at application:contracts, inferred",
		},
		"same place, all listed": {
			[]access.Grant{grant(t, dev, RoleOrgUser, "organization"), grant(t, dev, RoleOrgBilling, "organization")},
			"ORG_USER at organization: permissions by ORG_BILLING at organization, observed",
		},
		"same place, one implied": {
			[]access.Grant{grant(t, dev, RoleOrgUser, "organization"), grant(t, dev, RoleOrgOwner, "organization")},
			"ORG_USER at organization: permissions by ORG_OWNER at organization, inferred",
		},
		"two that give the same": {
			[]access.Grant{grant(t, dev, RoleOrgAdmin, "organization"), grant(t, dev, RoleOrgOwner, "organization")},
			"ORG_ADMIN at organization: permissions by ORG_OWNER at organization, inferred",
		},
		"spelled differently": {
			[]access.Grant{
				grant(t, "user:DEV@example.com", RoleAppReader, "environment:contracts/STAGING"), grant(t, dev, RoleAppOperator, "environment:contracts/STAGING"),
			},
			"APP_READER at environment:contracts/STAGING: permissions by APP_OPERATOR at environment:contracts/STAGING, inferred",
		},
		"spelled differently the other way": {
			[]access.Grant{grant(t, dev, RoleAppReader, "environment:contracts/STAGING"), grant(t, "user:DEV@example.com", RoleAppAdmin, "application:contracts")},
			"APP_READER at environment:contracts/STAGING: permissions by APP_ADMIN at application:contracts, inferred",
		},
		"another environment": {
			[]access.Grant{grant(t, dev, RoleAppReader, "environment:contracts/STAGING"), grant(t, dev, RoleAppManager, "environment:contracts/PRODUCTION")}, "",
		},
		"another application": {
			[]access.Grant{grant(t, dev, RoleAppReader, "environment:payroll/STAGING"), grant(t, dev, RoleAppAdmin, "application:contracts")}, "",
		},
		"somebody else": {
			[]access.Grant{grant(t, dev, RoleAppReader, "environment:contracts/STAGING"), grant(t, "user:b@example.com", RoleAppAdmin, "application:contracts")}, "",
		},
		"a role where it cannot be held": {
			[]access.Grant{grant(t, dev, RoleAppReader, "environment:contracts/STAGING"), grant(t, dev, RoleAppAdmin, "organization")}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := spell(c.grants...); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestLeastRoles(t *testing.T) {
	for question, want := range map[string]string{
		"environment:contracts/STAGING SIGNATURE_REQUEST_READ":           "APP_READER environment:contracts/STAGING",
		"environment:contracts/STAGING SIGNATURE_REQUEST_MANAGEMENT":     "APP_OPERATOR environment:contracts/STAGING",
		"environment:contracts/STAGING SIGNERS_READ WEBHOOKS_MANAGEMENT": "APP_MANAGER environment:contracts/STAGING",
		"environment:contracts/STAGING API_KEYS_MANAGEMENT":              "APP_ADMIN application:contracts",
		"environment:contracts/STAGING API_KEYS_MANAGEMENT SIGNERS_READ": "APP_ADMIN application:contracts",
		"application:contracts SIGNATURE_REQUEST_READ":                   "APP_ADMIN application:contracts",
		"organization ORG_BASICINFORMATION_READ":                         "ORG_USER organization",
		"organization ORG_BILLING ORG_BASICINFORMATION_READ":             "ORG_BILLING organization",
		"organization ORG_ARCHIVING":                                     "ORG_OWNER organization, ORG_ADMIN organization",
		"organization SIGNERS_READ":                                      "ORG_OWNER organization, ORG_ADMIN organization",
		"environment:contracts/STAGING SIGNATURE_SESSION_EXECUTION":      "",
		"organization PLATFORM_KPI":                                      "",
		"environment:contracts/STAGING APP_CUSTOMIZATION": "APP_CUSTOMIZATION is of the whole application: " +
			"nobody can have it for environment:contracts/STAGING alone",
		"application:contracts ORG_BILLING": "ORG_BILLING is of the whole organization: " +
			"nobody can have it for application:contracts alone",
		"environment:contracts/STAGING SIGNERS_READ SIGNERS_READ SIGNERS_READ": "APP_READER environment:contracts/STAGING",
	} {
		t.Run(question, func(t *testing.T) {
			words := strings.Fields(question)
			place, err := IgniSign.ParsePlaceKey(words[0])
			if err != nil {
				t.Fatal(err)
			}
			var permissions []access.Permission
			for _, name := range words[1:] {
				p, err := IgniSign.ParsePermission(name)
				if err != nil {
					t.Fatal(err)
				}
				permissions = append(permissions, p)
			}
			var got []string
			least, err := IgniSign.LeastRoles(permissions, place)
			for _, at := range least {
				got = append(got, string(at.Role)+" "+IgniSign.PlaceKey(at.Place))
			}
			if err != nil {
				got = append(got, err.Error())
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("got %q", strings.Join(got, ", "))
			}
		})
	}
}

// What the least role gives is enough, and each role that gives less is not.
func TestLeastRolesAreEnoughAndNoMore(t *testing.T) {
	of := func(role access.Role, at, place access.Place) []string {
		var here []string
		for _, spelled := range oracle(t, []access.Grant{{Principal: access.Reference{Kind: access.KindUser, Key: "a@example.com"}, Role: role, Place: at}}) {
			if key, found := strings.CutSuffix(spelled, " "+IgniSign.PlaceKey(place)); found {
				here = append(here, key)
			}
		}
		return here
	}
	for _, place := range places(t) {
		for _, outer := range place.Enclosing() {
			for _, role := range IgniSign.RolesAt(outer) {
				wanted := of(role.Role, outer, place)
				var permissions []access.Permission
				for _, spelled := range wanted {
					p, err := IgniSign.ParsePermission(strings.Fields(spelled)[1])
					if err != nil {
						t.Fatal(err)
					}
					permissions = append(permissions, p)
				}
				least, err := IgniSign.LeastRoles(permissions, place)
				if err != nil || (len(least) == 0) != (len(wanted) == 0) {
					t.Fatalf("for all that %s gives at %s: %v, %v", role.Role, place, least, err)
				}
				for _, l := range least {
					given := of(l.Role, l.Place, place)
					if slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(given, w) }) || len(given) > len(wanted) {
						t.Errorf("for %q at %s, %s gives %q", wanted, place, l.Role, given)
					}
				}
			}
		}
	}
}

// What the sources say in two ways stands beside the vocabulary, which has one of them.
func TestContradictionsAreWhatTheVocabularyHas(t *testing.T) {
	has := func(role access.Role, key PermissionKey) bool {
		return IgniSign.Description(role).Rights[key.Of()].Granted
	}
	for i, c := range Contradictions() {
		if c.Statement == "" || c.Source == "" || c.Against == "" || c.AgainstSource == "" {
			t.Errorf("the contradiction %d is not whole: %+v", i, c)
		}
	}
	if !has(RoleOrgAdmin, OrgArchiving) || !IgniSign.Dominates(RoleOrgAdmin, RoleOrgOwner) {
		t.Error("Organization Admin has limitations")
	}
	for _, role := range []access.Role{RoleSuperAdmin, RoleOrgOwner, RoleAppAdmin} {
		if has(role, SignatureSessionExecution) || has(role, DocumentProvider) {
			t.Errorf("%s has what outsiders have", role)
		}
	}
	if has(RoleAppManager, AppCustomization) {
		t.Error("Application Manager customizes the application")
	}
	if len(Contradictions()) != 7 {
		t.Errorf("there are %d contradictions", len(Contradictions()))
	}
}

// A word of another vocabulary is told to be one, and no role here is offered for it.
func TestOtherVocabulariesAreNotTranslated(t *testing.T) {
	words := map[string]string{"APP_ADMIN": "", "Nobody": "", "ORG_OWNER": ""}
	for _, role := range InvitationRoles() {
		words[string(role)] = "a role of an invitation"
	}
	words["BILLING"], words["OWNER"] = "data models that were withdrawn", "data models that were withdrawn"
	if len(InvitationRoles()) != 3 || len(OldOrganizationRoles()) != 4 {
		t.Errorf("there are %q and %q", InvitationRoles(), OldOrganizationRoles())
	}
	for word, want := range words {
		said := NotOfIAM(word)
		if (said == "") != (want == "") || !strings.Contains(said, want) {
			t.Errorf("of %s it says %q", word, said)
		}
		for _, r := range Roles() {
			if strings.Contains(said, string(r.Role)) || r.Title != "" && strings.Contains(said, r.Title) {
				t.Errorf("of %s it says %q", word, said)
			}
		}
		if want != "" && (IsRecordable(access.Role(word)) || IgniSign.Description(access.Role(word)) != nil) {
			t.Errorf("%s is a role of users", word)
		}
	}
}

func TestPlaceKeys(t *testing.T) {
	for _, place := range places(t) {
		if parsed, err := IgniSign.ParsePlaceKey(IgniSign.PlaceKey(place)); err != nil || parsed != place {
			t.Errorf("%s is read as %s, %v", IgniSign.PlaceKey(place), parsed, err)
		}
	}
	for key, want := range map[string]string{
		"organisation":             `"organisation" is no place; valid are "organization", "application:APPLICATION", "environment:APPLICATION/ENVIRONMENT"`,
		"environment:contracts":    `"environment:contracts" is no environment; the form is "environment:APPLICATION/ENVIRONMENT"`,
		"environment:contracts/QA": `"environment:contracts/QA" is no environment: there are DEVELOPMENT, STAGING, PRODUCTION`,
		"application: contracts":   `"application: contracts" is no application; the form is "application:APPLICATION"`,
		"application:":             `"application:" is no application; the form is "application:APPLICATION"`,
		"application:a/b":          `"application:a/b" is no application; the form is "application:APPLICATION"`,
	} {
		if _, err := IgniSign.ParsePlaceKey(key); err == nil || err.Error() != want {
			t.Errorf("%s: %v", key, err)
		}
	}
}
