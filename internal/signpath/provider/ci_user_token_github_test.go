package provider_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"golang.org/x/crypto/nacl/box"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A githubKey is a pair of keys that GitHub has for secrets, with the id of it.
type githubKey struct {
	id              string
	public, private *[32]byte
}

func newGitHubKey(t *testing.T, id string) githubKey {
	t.Helper()
	public, private, err := box.GenerateKey(rand.Reader)
	must(t, err)
	return githubKey{id, public, private}
}

// base64 is the public key as GitHub shows it.
func (k githubKey) base64() string { return base64.StdEncoding.EncodeToString(k.public[:]) }

// hcl is the key as an element of github_recipients.
func (k githubKey) hcl() string { return fmt.Sprintf("{ key = %q, key_id = %q }", k.base64(), k.id) }

// open opens what was sealed for the key.
func (k githubKey) open(value string) (string, error) {
	sealed, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return "", err
	}
	opened, ok := box.OpenAnonymous(nil, sealed, k.public, k.private)
	if !ok {
		return "", fmt.Errorf("the key %s does not open it", k.id)
	}
	return string(opened), nil
}

// forGitHub is the attribute, of elements "name = expression".
func forGitHub(elements ...string) string {
	return "github_recipients = {\n    " + strings.Join(elements, "\n    ") + "\n  }"
}

// sealedFor checks that the state has the token in these forms and no other: under each name
// sealed for the key, and accepted by SignPath. It returns the token.
func (s *site) sealedFor(keys map[string]githubKey) (token string) {
	s.t.Helper()
	tokens, _ := s.attribute(tokenAddress, "github_tokens").(map[string]any)
	if len(tokens) != len(keys) || s.attribute(tokenAddress, "token") != nil {
		s.t.Errorf("github_tokens has %d elements, want %d; token is null: %t", len(tokens), len(keys), s.attribute(tokenAddress, "token") == nil)
	}
	for name, key := range keys {
		element, _ := tokens[name].(map[string]any)
		value, _ := element["value"].(string)
		opened, err := key.open(value)
		must(s.t, err)
		if element["key_id"] != key.id || !s.Accepts(opened) || token != "" && token != opened {
			s.t.Errorf("%s is sealed with the key id %v, and SignPath accepts what is in it: %t", name, element["key_id"], s.Accepts(opened))
		}
		token = opened
	}
	return token
}

// TestGitHubTokensInThePlan lets a plan show which elements there will be, and with which keys.
func TestGitHubTokensInThePlan(t *testing.T) {
	org, key := newOrganization(t), newGitHubKey(t, "1")
	element := tfjsonpath.New("github_tokens").AtMapKey("release")
	org.run(nil, resource.TestStep{
		Config: org.config(newToken(forGitHub("release = " + key.hcl()))),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectKnownValue(tokenAddress, tfjsonpath.New("token"), knownvalue.Null()),
			plancheck.ExpectKnownValue(tokenAddress, tfjsonpath.New("encrypted_token"), knownvalue.Null()),
			plancheck.ExpectKnownValue(tokenAddress, element.AtMapKey("key_id"), knownvalue.StringExact("1")),
			plancheck.ExpectUnknownValue(tokenAddress, element.AtMapKey("value")),
		}},
	})
}

const replacedKey = "The API token is sealed for another key than the present one: ci_user:build"

// TestGitHubRecipients leads a token through its life: only a name that comes or goes makes
// another one, and never a key.
func TestGitHubRecipients(t *testing.T) {
	t.Parallel()
	one, two, other := newGitHubKey(t, "1"), newGitHubKey(t, "2"), newGitHubKey(t, "3")
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	replaced := testkit.Summary{Add: 1, Remove: 1}
	s := newOrganization(t).site(inProcess, newToken(forGitHub("release = "+one.hcl())))
	s.mustApply()
	last := s.sealedFor(map[string]githubKey{"release": one})
	s.planIs(testkit.Summary{})

	for _, step := range []struct {
		name     string
		settings []string
		plans    testkit.Summary
		keys     map[string]githubKey
		says     string
		also     func() // What else is so.
	}{
		{name: "another key", settings: []string{forGitHub("release = " + other.hcl())}, keys: map[string]githubKey{"release": one}, says: replacedKey},
		{
			name: "another key, beside a change in place", settings: []string{forGitHub("release = " + other.hcl()), `rotate_after = "90d"`},
			plans: testkit.Summary{Change: 1}, keys: map[string]githubKey{"release": one}, says: replacedKey,
		},
		{
			name: "the key of before", settings: []string{forGitHub("release = " + one.hcl()), `rotate_after = "90d"`},
			keys: map[string]githubKey{"release": one},
		},
		{
			name: "another key id alone", settings: []string{forGitHub("release = " + githubKey{"9", one.public, one.private}.hcl()), `rotate_after = "90d"`},
			keys: map[string]githubKey{"release": one}, says: `another key by now under "release"`,
		},
		{
			name: "another key, and a rotation", settings: []string{forGitHub("release = " + other.hcl()), `rotation_triggers = { ticket = "1" }`},
			plans: replaced, keys: map[string]githubKey{"release": other},
		},
		{
			name: "another name", settings: []string{forGitHub("release = "+other.hcl(), "nightly = "+two.hcl()), `rotation_triggers = { ticket = "1" }`},
			plans: replaced, keys: map[string]githubKey{"release": other, "nightly": two},
		},
		{
			name:     "a name less, beside age",
			settings: []string{forGitHub("nightly = " + two.hcl()), recipients(identity.Recipient().String()), `rotation_triggers = { ticket = "1" }`},
			plans:    replaced, keys: map[string]githubKey{"nightly": two},
			also: func() {
				encrypted, _ := s.attribute(tokenAddress, "encrypted_token").(string)
				if token, err := decrypt(encrypted, identity); err != nil || !s.Accepts(token) {
					t.Errorf("what age opens is no token that is accepted: %v", err)
				}
			},
		},
		{
			name: "none", settings: []string{`rotation_triggers = { ticket = "1" }`}, plans: replaced,
			also: func() {
				if token, _ := s.attribute(tokenAddress, "token").(string); !s.Accepts(token) || s.attribute(tokenAddress, "github_tokens") != nil {
					t.Error("the token is not in the state in the clear, and in no other form")
				}
			},
		},
		{name: "again", settings: []string{forGitHub("release = " + one.hcl())}, plans: replaced, keys: map[string]githubKey{"release": one}},
	} {
		s.Write("main.tf", newToken(step.settings...))
		planned := s.mustPlan()
		if planned.Summary != step.plans || strings.Contains(planned.Said, "GitHub has") != (step.says != "") || !strings.Contains(planned.Said, step.says) {
			t.Fatalf("%s plans %+v, want %+v, and says: %s", step.name, planned.Summary, step.plans, planned)
		}
		s.mustApply()
		if step.keys != nil {
			token := s.sealedFor(step.keys)
			if isNew := token != last; isNew != (step.plans == replaced) {
				t.Fatalf("%s: the token is a new one: %t", step.name, isNew)
			}
			last = token
		}
		if step.also != nil {
			step.also()
		}
		if again := s.mustPlan(); again.Changes || !strings.Contains(again.Said, step.says) {
			t.Errorf("%s: the plan after it is not empty, or does not say it any more: %s", step.name, again)
		}
	}
}

// TestGitHubRecipientsThatAreKnownLater lets a plan not know the keys, or not the names.
func TestGitHubRecipientsThatAreKnownLater(t *testing.T) {
	t.Parallel()
	one, two := newGitHubKey(t, "1"), newGitHubKey(t, "2")
	later := func(value string) string {
		return "\nresource \"terraform_data\" \"github\" {\n  input = " + value + "\n}\n"
	}
	const output = "terraform_data.github.output"
	ofElement := newToken(forGitHub("release = { key = " + output + ".key, key_id = " + output + ".key_id }"))
	ofAll := newToken("github_recipients = " + output)

	s := newOrganization(t).site(inProcess, later(one.hcl())+ofElement)
	s.mustApply()
	first := s.sealedFor(map[string]githubKey{"release": one})

	s.Write("main.tf", later(two.hcl())+ofElement) // Another key, which the plan does not know.
	s.planIs(testkit.Summary{Change: 1})           // Of the other resource.
	s.mustApply()
	if s.sealedFor(map[string]githubKey{"release": one}) != first {
		t.Error("a key that was not known has rotated the token")
	}
	s.planSays(replacedKey)
	s.planChangesNothing()

	s.Write("main.tf", later("{ release = "+one.hcl()+" }")+ofAll) // The names are not known.
	s.planSays("Known after apply: github_recipients of ci_user:build", "plan again")
	s.mustApply()
	s.planChangesNothing()
	s.Write("main.tf", later("{ nightly = "+two.hcl()+" }")+ofAll)
	s.mustApply()
	if s.sealedFor(map[string]githubKey{"release": one}) != first {
		t.Error("names that were not known have rotated the token")
	}
	if planned := s.mustPlan(); planned.Summary != (testkit.Summary{Add: 1, Remove: 1}) {
		t.Errorf("a name that is known by now does not replace the token: %s", planned)
	}
	s.mustApply()
	s.sealedFor(map[string]githubKey{"nightly": two})
}

// planChangesNothing expects a plan that may warn.
func (s *site) planChangesNothing() {
	s.t.Helper()
	if planned := s.mustPlan(); planned.Changes {
		s.t.Errorf("the plan changes something: %s", planned)
	}
}

// lowOrderPoints are the points of low order of Curve25519 and of its twist, in each encoding
// that 32 bytes have of them, as https://cr.yp.to/ecdh.html lists them, and with the highest
// bit, which does not count.
var lowOrderPoints = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// TestGitHubKeysAreRefused tries keys for which nothing can be sealed, or everybody could open it.
func TestGitHubKeysAreRefused(t *testing.T) {
	key := newGitHubKey(t, "1")
	of := func(public string) string {
		return newToken(forGitHub(fmt.Sprintf("release = { key = %q, key_id = \"1\" }", public)))
	}
	type wrong struct {
		config string
		want   []string
	}
	const inNoError = "1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0S"
	secret := base64.StdEncoding.EncodeToString([]byte("a secret of mine " + inNoError))
	cases := map[string]wrong{
		"no base64":     {of("my key"), []string{"Invalid public key", `"my key" is not base64`, "github_actions_public_key"}},
		"an id":         {of("568250167242549743"), []string{"Invalid public key", "is not base64"}},
		"a private key": {of("AGE-SECRET-KEY-" + inNoError), []string{"Invalid public key", `"AGE-SECRET-K" is not base64`}},
		"a secret":      {of(secret), []string{"Invalid public key", "bytes"}},
		"a byte less":   {of(base64.StdEncoding.EncodeToString(key.public[1:])), []string{"Invalid public key", "has 31 bytes"}},
		"a byte more":   {of(base64.StdEncoding.EncodeToString(append(key.public[:], 1))), []string{"Invalid public key", "has 33 bytes"}},
		"an empty key":  {of(""), []string{"Invalid public key", "has 0 bytes"}},
		"an empty id":   {newToken(forGitHub(fmt.Sprintf("release = { key = %q, key_id = \"\" }", key.base64()))), []string{"string length must be at least 1"}},
		"no names":      {newToken(forGitHub()), []string{"at least 1 elements"}},
		"a null":        {newToken(forGitHub("release = null")), []string{"Null element", "github_recipients"}},
		"a null key":    {newToken(forGitHub(`release = { key = null, key_id = "1" }`)), []string{"key"}},
		"a null key id": {newToken(forGitHub(fmt.Sprintf("release = { key = %q, key_id = null }", key.base64()))), []string{"key_id"}},
	}
	for _, point := range lowOrderPoints {
		for _, last := range []byte{0, 0x80} {
			encoded, err := hex.DecodeString(point)
			must(t, err)
			encoded[31] |= last
			cases[fmt.Sprintf("a point of low order, %s with %x", point[:8], last)] = wrong{
				of(base64.StdEncoding.EncodeToString(encoded)), []string{"Invalid public key", "of low order"},
			}
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOrganization(t).site(inProcess, c.config)
			planned := s.Plan(testkit.Options{})
			if planned.Err == nil || !says(c.want...).MatchString(planned.Said) {
				t.Errorf("the plan does not fail with %q: %s", c.want, planned)
			}
			if says(inNoError[:16]).MatchString(planned.Said) || says(secret[len(secret)-16:]).MatchString(planned.Said) {
				t.Errorf("the plan repeats what may be a secret: %s", planned)
			}
			for _, d := range planned.Diagnostics {
				if d.Attribute != "github_recipients" {
					t.Errorf("the error is on %q: %s", d.Attribute, d)
				}
			}
		})
	}

	// And one that is known in the apply only: nothing is regenerated.
	s := newOrganization(t).site(inProcess, "\nresource \"terraform_data\" \"key\" {\n  input = \"AAAA\"\n}\n"+
		newToken(forGitHub(`release = { key = terraform_data.key.output, key_id = "1" }`)))
	applied := s.Apply(testkit.Options{})
	if applied.Err == nil || !says("Invalid public key", "has 3 bytes").MatchString(applied.Said) || s.CountRequests(regenerateRoute) > 0 {
		t.Errorf("%d tokens were regenerated, and the apply says %s", s.CountRequests(regenerateRoute), applied)
	}
}

// TestCLIGitHubRecipients proves the rule about keys with a CLI, which holds a plan to the
// configuration: another key plans nothing, known or not.
func TestCLIGitHubRecipients(t *testing.T) {
	t.Parallel()
	one, two := newGitHubKey(t, "1"), newGitHubKey(t, "2")
	s := newOrganization(t).site(byCLI, newToken(forGitHub("release = "+one.hcl())))
	s.mustApply()
	first := s.sealedFor(map[string]githubKey{"release": one})
	s.Write("main.tf", newToken(forGitHub("release = "+two.hcl())))
	s.planSays(replacedKey)
	s.planChangesNothing()
	s.Write("main.tf", newToken(forGitHub("release = "+two.hcl()), `rotate_after = "90d"`))
	s.applySays(replacedKey)
	s.Write("main.tf", "\nresource \"terraform_data\" \"github\" {\n  input = "+two.hcl()+"\n}\n"+
		newToken(forGitHub("release = { key = terraform_data.github.output.key, key_id = terraform_data.github.output.key_id }"), `rotate_after = "60d"`))
	s.applySays(replacedKey) // It is planned not knowing the key, and applied knowing it.
	if s.sealedFor(map[string]githubKey{"release": one}) != first {
		t.Error("another key has rotated the token")
	}
	s.Write("main.tf", newToken(forGitHub(`release = { key = "AAAA", key_id = "1" }`)))
	if planned := s.Plan(testkit.Options{}); !says("Invalid public key", "has 3 bytes").MatchString(planned.Said) {
		t.Errorf("the plan does not refuse the key: %s", planned)
	}
	signpathtest.ExpectPlan(t, func() testkit.Result {
		s.Write("main.tf", newToken(forGitHub("release = "+two.hcl(), "nightly = "+one.hcl()), `rotate_after = "60d"`))
		return s.Plan(testkit.Options{})
	}(), testkit.Summary{Add: 1, Remove: 2}) // With the key of before.
}
