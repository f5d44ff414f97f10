package provider_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"golang.org/x/crypto/ssh"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	tokenAddress    = "signpath_ci_user_token.this"
	regenerateRoute = "POST /CIUsers/{id}/RegenerateApiToken"
	builderToken    = "YnVpbGRlci10b2tlbi1vbmx5LWZvci10ZXN0cy0wMDA="
)

// newToken is the token of a CI user of the same configuration.
func newToken(settings ...string) string {
	return newCIUser + tokenFor("signpath_ci_user.this.member", settings...)
}

// tokenFor is the token of the CI user that the expression names.
func tokenFor(ciUser string, settings ...string) string {
	return fmt.Sprintf("\nresource \"signpath_ci_user_token\" \"this\" {\n  ci_user = %s\n  %s\n}\n", ciUser, strings.Join(settings, "\n  "))
}

// withBuilder adds a CI user that no configuration manages.
func withBuilder(seed *mock.Seed) {
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "builder", Token: builderToken})
}

// A testClock is the provider's clock of one test.
type testClock struct {
	mu   sync.Mutex
	time time.Time
}

func newTestClock() *testClock { return &testClock{time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *testClock) pass(d time.Duration) func() {
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.time = c.time.Add(d)
	}
}

// CheckPlan implements [plancheck.PlanCheck]: a day passes between plan and apply.
func (c *testClock) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	c.pass(24 * time.Hour)()
}

func (o *organization) runAt(c *testClock, steps ...resource.TestStep) {
	o.t.Helper()
	o.t.Parallel()
	o.runOn(signpathtest.ProvidersOf(provider.NewWithClock(c.now)), nil, steps...)
}

// tokens follows the tokens of one CI user through the steps of a test.
type tokens struct {
	org  *organization
	last string
}

// isNew checks that the state has another token than before, which is the one
// that SignPath accepts.
func (s *tokens) isNew(state *terraform.State) error {
	token := state.RootModule().Resources[tokenAddress].Primary.Attributes["token"]
	if token == s.last || !s.org.Accepts(token) {
		return fmt.Errorf("the token is a new one: %t; it is accepted: %t", token != s.last, s.org.Accepts(token))
	}
	if s.last != "" && s.org.Accepts(s.last) {
		return fmt.Errorf("the old token is accepted")
	}
	s.last = token
	return nil
}

// isSame checks that nothing was rotated.
func (s *tokens) isSame(state *terraform.State) error {
	if token := state.RootModule().Resources[tokenAddress].Primary.Attributes["token"]; token != s.last || !s.org.Accepts(token) {
		return fmt.Errorf("the token is the same: %t; it is accepted: %t", token == s.last, s.org.Accepts(token))
	}
	return nil
}

func TestCIUserTokenLife(t *testing.T) {
	org := newOrganization(t)
	token := &tokens{org: org}
	replaced := expectAction(tokenAddress, plancheck.ResourceActionReplace)
	first, second := `rotation_triggers = { ticket = "1" }`, `rotation_triggers = { ticket = "2" }`
	org.run(nil,
		resource.TestStep{
			Config: org.config(newToken()),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(tokenAddress, tfjsonpath.New("token")),
				plancheck.ExpectSensitiveValue(tokenAddress, tfjsonpath.New("token")),
				plancheck.ExpectKnownValue(tokenAddress, tfjsonpath.New("encrypted_token"), knownvalue.Null()),
			}},
			Check: all(token.isNew, org.requestsAre(regenerateRoute, 1), resource.TestCheckResourceAttrPair(tokenAddress, "id", "signpath_ci_user.this", "id")),
		},
		resource.TestStep{Config: org.config(newToken()), PlanOnly: true},
		resource.TestStep{Config: org.config(newToken(first)), ConfigPlanChecks: replaced, Check: all(token.isNew, org.requestsAre(regenerateRoute, 2))},
		resource.TestStep{Config: org.config(newToken(second)), ConfigPlanChecks: replaced, Check: token.isNew},
		resource.TestStep{ // How it goes on changes in place.
			Config:           org.config(newToken(second, `rotate_after = "720h"`, `allow_lockout = true`)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionUpdate),
			Check:            token.isSame,
		},
		resource.TestStep{ // The same CI user in another spelling.
			Config:           org.config(newCIUser + tokenFor(`"ci_user:${upper(signpath_ci_user.this.id)}"`, second, `rotate_after = "720h"`, `allow_lockout = true`)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionNoop),
			Check:            all(token.isSame, org.requestsAre(regenerateRoute, 3)),
		},
		resource.TestStep{ // Inactive: no drift here.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.SetActive("ci_user:build", false) }),
			Config:           org.config(newToken(second)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionUpdate), // Of rotate_after and allow_lockout.
			Check:            token.isSame,
		},
		resource.TestStep{ // Gone.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.Remove("ci_user:build") }),
			Config:           org.config(newToken(second)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionCreate),
			Check:            token.isNew,
		},
		resource.TestStep{ // Renamed.
			Config:           org.config(strings.Replace(newToken(second), `"build"`, `"renamed"`, 1)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionNoop),
			Check:            token.isSame,
		},
		resource.TestStep{
			ResourceName: tokenAddress, ImportState: true, ImportStateId: "renamed",
			Config:      org.config(strings.Replace(newToken(second), `"build"`, `"renamed"`, 1)),
			ExpectError: says("An API token cannot be imported", "Leave the import out"),
		},
	)
}

func TestCIUserTokenOfAnotherCIUser(t *testing.T) {
	org := newOrganization(t, withBuilder)
	token := &tokens{org: org}
	org.run(nil,
		resource.TestStep{Config: org.config(newToken()), Check: token.isNew},
		resource.TestStep{
			Config:           org.config(newCIUser + tokenFor(`"ci_user:builder"`)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionReplace),
			Check: func(state *terraform.State) error {
				before := token.last
				token.last = ""
				if !org.Accepts(before) {
					return fmt.Errorf("the token of the other CI user was touched")
				}
				return token.isNew(state)
			},
		},
	)
}

// TestCIUserTokenWarnsOfWhatEnds expects of a plan that it says which tokens it ends, and
// calls none valid that it ends, also where it has not refreshed.
func TestCIUserTokenWarnsOfWhatEnds(t *testing.T) {
	const ends, stays = "The present API token will stop working: ci_user:", "The API token is not revoked: ci_user:"
	second := strings.Replace(tokenFor(`"ci_user:builder"`), `"this"`, `"second"`, 1)
	for name, c := range map[string]struct {
		hcl     string
		options testkit.Options
		says    []string
	}{
		"another CI user":                    {tokenFor(`"ci_user:spare"`), testkit.Options{}, []string{ends + "spare", stays + "builder"}},
		"another CI user, without a refresh": {tokenFor(`"ci_user:spare"`), testkit.Options{NoRefresh: true}, []string{ends + "spare", stays + "builder"}},
		"renamed, without a refresh":         {second, testkit.Options{NoRefresh: true}, []string{ends + "builder", stays + "builder", "as long as no other"}},
		"rotated, without a refresh":         {tokenFor(`"ci_user:builder"`, `rotation_triggers = { at = "2" }`), testkit.Options{NoRefresh: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOrganization(t, withBuilder, func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "spare"})
			}).site(inProcess, tokenFor(`"ci_user:builder"`))
			s.mustApply()
			s.Write("main.tf", c.hcl)
			planned := s.mustPlan(c.options)
			for _, phrase := range c.says {
				if !says(phrase).MatchString(planned.Said) {
					t.Errorf("the plan does not say %q: %s", phrase, planned)
				}
			}
			if c.says == nil && strings.Contains(planned.Said, "Warning") {
				t.Errorf("the plan warns: %s", planned)
			}
		})
	}
}

func TestCIUserTokenCreateBeforeDestroy(t *testing.T) {
	org := newOrganization(t)
	token := &tokens{org: org}
	config := func(ticket string) string {
		return org.config(newToken(`rotation_triggers = { ticket = "`+ticket+`" }`, "lifecycle {\n    create_before_destroy = true\n  }"))
	}
	org.run(org.requestsAre(regenerateRoute, 2),
		resource.TestStep{Config: config("1"), Check: token.isNew},
		resource.TestStep{
			Config:           config("2"),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionCreateBeforeDestroy),
			Check:            token.isNew,
		},
	)
}

// What made Terraform replace a token does not come again where the answer was lost: the next
// apply generates one all the same, and says that it does.
func TestCIUserTokenThatIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		settings string
		again    testkit.Summary
	}{
		"by itself":                  {"", testkit.Summary{Add: 1, Remove: 1}},
		"with create_before_destroy": {"lifecycle {\n    create_before_destroy = true\n  }", testkit.Summary{Add: 1, Remove: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newOrganization(t).site(inProcess, newToken(c.settings))
			s.mustApply()
			s.inject(mock.Fault{Route: regenerateRoute, Action: mock.FaultCutAfterActing, Times: 1})
			applied := s.Apply(testkit.Options{Replace: []string{tokenAddress}})
			if applied.Err == nil || !strings.Contains(applied.String(), "API token may be lost") {
				t.Fatalf("it says %s", applied)
			}
			s.planIsSaid(c.again)
			s.mustApply()
			s.planIs(testkit.Summary{})
			if token, _ := s.attribute(tokenAddress, "token").(string); !s.Accepts(token) {
				t.Error("SignPath does not accept the token in the state")
			}
		})
	}
}

// A token that is to be generated again, beside one that an earlier run has set aside and
// could not destroy, is no hand-over.
func TestCIUserTokenBesideADeposedOne(t *testing.T) {
	config := func(ticket string) string {
		return newToken(`rotation_triggers = { ticket = "`+ticket+`" }`, "lifecycle {\n    create_before_destroy = true\n  }")
	}
	for seed := range uint64(4) {
		driver := testkit.NewDriver(signpathtest.Providers)
		s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, config("1"))
		s.mustApply()
		driver.Around = func(call testkit.Call, next func() error) error {
			if call.Walk == "apply" && call.Destroys {
				return errors.New("the provider has ended")
			}
			return next()
		}
		s.Write("main.tf", config("2"))
		if applied := s.Apply(testkit.Options{}); applied.Err == nil {
			t.Fatalf("the destroy does not fail: %s", applied)
		}
		driver.Around, driver.Random = nil, testkit.NewRandom(seed)
		must(t, driver.State.Taint(tokenAddress))
		s.mustApply()
		s.planIs(testkit.Summary{})
		if token, _ := s.attribute(tokenAddress, "token").(string); !s.Accepts(token) {
			t.Error("SignPath does not accept the token in the state")
		}
	}
}

func TestCIUserTokenRotatesWhenDue(t *testing.T) {
	org, clock := newOrganization(t), newTestClock()
	token := &tokens{org: org}
	monthly := org.config(newToken(`rotate_after = "720h"`, `rotate_early = "0s"`))
	org.runAt(clock,
		resource.TestStep{Config: monthly, Check: all(token.isNew, resource.TestCheckResourceAttr(tokenAddress, "generated_at", "2026-01-01T00:00:00Z"))},
		resource.TestStep{PreConfig: clock.pass(720*time.Hour - time.Second), Config: monthly, PlanOnly: true},
		resource.TestStep{
			PreConfig: clock.pass(time.Second),
			Config:    monthly,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(tokenAddress, plancheck.ResourceActionReplace),
				plancheck.ExpectUnknownValue(tokenAddress, tfjsonpath.New("generated_at")),
			}},
			Check: all(token.isNew, resource.TestCheckResourceAttr(tokenAddress, "generated_at", "2026-01-31T00:00:00Z")),
		},
		resource.TestStep{Config: monthly, PlanOnly: true},
		resource.TestStep{ // A shorter period that has passed already.
			PreConfig:        clock.pass(2 * time.Hour),
			Config:           org.config(newToken(`rotate_after = "1h"`)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionReplace),
			Check:            token.isNew,
		},
		resource.TestStep{ // Without a period it does not get too old.
			PreConfig:        clock.pass(100000 * time.Hour),
			Config:           org.config(newToken()),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionUpdate),
			Check:            token.isSame,
		},
	)
}

// A plan that waits for its approval must not become another one.
func TestCIUserTokenThatBecomesDueBetweenPlanAndApply(t *testing.T) {
	org, clock := newOrganization(t), newTestClock()
	token := &tokens{org: org}
	org.runAt(clock,
		resource.TestStep{Config: org.config(newToken(`rotate_after = "48h"`)), Check: token.isNew},
		resource.TestStep{
			Config: org.config(newToken(`rotate_after = "12h"`)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(tokenAddress, plancheck.ResourceActionUpdate), clock,
			}},
			Check:              token.isSame,
			ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			Config:           org.config(newToken(`rotate_after = "12h"`)),
			ConfigPlanChecks: expectAction(tokenAddress, plancheck.ResourceActionReplace),
			Check:            token.isNew,
		},
	)
}

func TestCIUserTokenWithUnknownValues(t *testing.T) {
	org := newOrganization(t, withBuilder)
	token := &tokens{org: org}
	key, err := age.GenerateX25519Identity()
	must(t, err)
	later := func(value string) string {
		return "\nresource \"terraform_data\" \"this\" {\n  input = " + value + "\n}\n"
	}
	const output = "terraform_data.this.output"
	planned := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(tokenAddress, plancheck.ResourceActionReplace),
	}}
	both := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectUnknownValue(tokenAddress, tfjsonpath.New("token")),
		plancheck.ExpectUnknownValue(tokenAddress, tfjsonpath.New("encrypted_token")),
	}}
	org.run(nil,
		resource.TestStep{Config: org.config(later(`"ci_user:builder"`) + tokenFor(output)), Check: token.isNew},
		resource.TestStep{ // The same CI user; the plan cannot know.
			Config: org.config(later(`upper("ci_user:builder") == "" ? "" : "ci_user:${"builder"}"`) + tokenFor(output)), PlanOnly: true,
		},
		resource.TestStep{
			Config:           org.config(later(`"1"`) + tokenFor(`"ci_user:builder"`, "rotation_triggers = { at = "+output+" }")),
			ConfigPlanChecks: planned, Check: token.isNew,
		},
		resource.TestStep{
			Config:           org.config(later(`"2"`) + tokenFor(`"ci_user:builder"`, "rotation_triggers = { at = "+output+" }")),
			ConfigPlanChecks: planned, Check: token.isNew,
		},
		resource.TestStep{
			Config: org.config(later(`"48h"`) + tokenFor(`"ci_user:builder"`, `rotation_triggers = { at = "2" }`, "rotate_after = "+output)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(tokenAddress, plancheck.ResourceActionUpdate),
			}},
			Check: token.isSame,
		},
		resource.TestStep{
			Config:           org.config(later(`["`+key.Recipient().String()+`"]`) + tokenFor(`"ci_user:builder"`, "encryption_recipients = "+output)),
			ConfigPlanChecks: both,
			Check:            all(resource.TestCheckNoResourceAttr(tokenAddress, "token"), org.opens(key)),
		},
		resource.TestStep{ // Known to be empty only in the apply.
			Config:      org.config(later(`[]`) + tokenFor(`"ci_user:builder"`, "encryption_recipients = "+output)),
			ExpectError: says("at least 1 elements"),
		},
	)
}

// opens checks that the encrypted token is one that SignPath accepts.
func (o *organization) opens(identity age.Identity) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		token, err := decrypt(state.RootModule().Resources[tokenAddress].Primary.Attributes["encrypted_token"], identity)
		if err == nil && !o.Accepts(token) {
			err = fmt.Errorf("what was encrypted is no token that is accepted")
		}
		return err
	}
}

func decrypt(file string, identity age.Identity) (string, error) {
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(file)), identity)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(plain)
	return string(text), err
}

// A keyPair is one to which tokens can be encrypted.
type keyPair struct {
	public   string
	identity age.Identity
}

func keyPairs(t *testing.T) map[string]keyPair {
	t.Helper()
	x25519, err := age.GenerateX25519Identity()
	must(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	edIdentity, err := agessh.NewEd25519Identity(edKey)
	must(t, err)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	rsaIdentity, err := agessh.NewRSAIdentity(rsaKey)
	must(t, err)
	return map[string]keyPair{
		"X25519":      {x25519.Recipient().String(), x25519},
		"SSH ed25519": {authorizedKey(t, edKey.Public()) + " build@example.com", edIdentity},
		"SSH RSA":     {authorizedKey(t, rsaKey.Public()) + "\n", rsaIdentity}, // As file() reads it.
	}
}

func authorizedKey(t *testing.T, public any) string {
	t.Helper()
	key, err := ssh.NewPublicKey(public)
	must(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func recipients(public ...string) string {
	quoted := make([]string, len(public))
	for i, key := range public {
		quoted[i] = fmt.Sprintf("%q", key)
	}
	return "encryption_recipients = [" + strings.Join(quoted, ", ") + "]"
}

func TestCIUserTokenIsEncrypted(t *testing.T) {
	org, keys := newOrganization(t), keyPairs(t)
	x, ed, rsa := keys["X25519"], keys["SSH ed25519"], keys["SSH RSA"]
	encrypted := func(identities ...age.Identity) resource.TestCheckFunc {
		checks := []resource.TestCheckFunc{resource.TestCheckNoResourceAttr(tokenAddress, "token")}
		for _, identity := range identities {
			checks = append(checks, org.opens(identity))
		}
		return all(checks...)
	}
	replaced := expectAction(tokenAddress, plancheck.ResourceActionReplace)
	org.run(nil,
		resource.TestStep{
			Config: org.config(newToken(recipients(x.public, ed.public, rsa.public))),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(tokenAddress, tfjsonpath.New("token"), knownvalue.Null()),
				plancheck.ExpectUnknownValue(tokenAddress, tfjsonpath.New("encrypted_token")),
			}},
			Check: encrypted(x.identity, ed.identity, rsa.identity),
		},
		resource.TestStep{Config: org.config(newToken(recipients(rsa.public, ed.public, x.public))), PlanOnly: true},
		resource.TestStep{ // One may not read any longer.
			Config: org.config(newToken(recipients(ed.public))), ConfigPlanChecks: replaced,
			Check: all(encrypted(ed.identity), func(state *terraform.State) error {
				if org.opens(x.identity)(state) == nil {
					return fmt.Errorf("the old recipient can open it")
				}
				return nil
			}),
		},
		resource.TestStep{
			Config: org.config(newToken()), ConfigPlanChecks: replaced,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(tokenAddress, tfjsonpath.New("encrypted_token"), knownvalue.Null())},
			Check:             (&tokens{org: org}).isNew,
		},
		resource.TestStep{Config: org.config(newToken(recipients(x.public))), ConfigPlanChecks: replaced, Check: encrypted(x.identity)},
	)
}

func TestCIUserTokenIsRefused(t *testing.T) {
	key := keyPairs(t)["X25519"].public
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	broken := key[:len(key)-1] + map[bool]string{true: "p", false: "q"}[strings.HasSuffix(key, "q")]
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"no reference":     {tokenFor(`"build"`), []string{"Invalid member reference", `"build" has no kind`}},
		"a group":          {tokenFor(`"group:Release Managers"`), []string{"Invalid member reference", "is a user group", "cannot stand here"}},
		"a person":         {tokenFor(`"` + lead + `"`), []string{"Invalid member reference", "is an interactive user"}},
		"nobody":           {tokenFor(`"ci_user:bild"`), []string{"Unknown member", `no CI user "bild"`, "refer to the `member` attribute"}},
		"no recipients":    {newToken(recipients()), []string{"at least 1 elements"}},
		"a null recipient": {newToken(`encryption_recipients = [null]`), []string{"Null element"}},
		"no key": {
			newToken(recipients("me@example.com")),
			[]string{"Invalid encryption recipient", `starts with "me@example.c"`, `Valid are "age1…"`},
		},
		"a mistyped key":      {newToken(recipients(key, broken)), []string{"Invalid encryption recipient", broken, "invalid checksum"}},
		"another kind of age": {newToken(recipients("age1pq1qqqqqqqq")), []string{"Invalid encryption recipient"}},
		"a key of no order": {
			newToken(recipients("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z")),
			[]string{"Invalid encryption recipient", "nothing can be encrypted to"},
		},
		"a private age key": {newToken(recipients("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQ")), []string{"Invalid encryption recipient", "this is a private key"}},
		"a private SSH key": {
			newToken(recipients("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n")),
			[]string{"Invalid encryption recipient", "this is a private key"},
		},
		"several keys in one":   {newToken(recipients(key + "\n" + key)), []string{"Invalid encryption recipient", "several lines"}},
		"an SSH key of no kind": {newToken(recipients("ssh-dss AAAAB3NzaC1kc3MAAACBAP")), []string{"Invalid encryption recipient", `starts with "ssh-dss AAAA"`}},
		"a short RSA key":       {newToken(recipients(authorizedKey(t, weak.Public()))), []string{"Invalid encryption recipient", "RSA key size is too small"}},
		"half an SSH key": {
			newToken(recipients("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI")),
			[]string{"Invalid encryption recipient", "malformed SSH recipient"},
		},
		"Terraform's own token": {tokenFor(`"ci_user:terraform"`), []string{"Terraform would lock itself out", "ci_user:terraform", "allow_lockout = true"}},
		"the same CI user twice": {
			newToken() + strings.Replace(tokenFor(`"ci_user:build"`), `"this"`, `"other"`, 1) + "\n",
			[]string{"Managed twice", "the API token of CI user", "another signpath_ci_user_token"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			if name == "the same CI user twice" {
				// The second may be planned before the CI user that the first refers to.
				c.config = strings.Replace(c.config, `"ci_user:build"`, "signpath_ci_user.this.member", 1)
			}
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
			if !org.Accepts(org.Token) || org.CountRequests("POST *") > 0 {
				t.Error("something was regenerated")
			}
		})
	}
}

// Who allows it loses the rest of the run, and nothing else.
func TestCIUserTokenOfTerraformItself(t *testing.T) {
	org := newOrganization(t)
	own := tokenFor(`"ci_user:terraform"`, "allow_lockout = true")
	org.run(nil, resource.TestStep{
		Config:      org.config(own),
		ExpectError: says("SignPath refused the API token"), // The refresh after the apply.
	})
	if org.Accepts(org.Token) || org.CountRequests(regenerateRoute) != 1 {
		t.Error("it was not regenerated")
	}
}

// TestCIUserTokenFaults lets the regeneration go wrong in each way. It is never
// sent twice unless SignPath certainly did not act, and one more apply without
// faults ends with a token that is accepted.
func TestCIUserTokenFaults(t *testing.T) {
	lost := []string{
		"API token may be lost", "Regenerating the API token of ci_user:build failed", "The request was not sent again",
		"The old token may be invalid by now", "Apply again",
	}
	summaries := map[int]string{
		http.StatusUnauthorized: "SignPath refused the API token", http.StatusForbidden: "Not allowed by SignPath", http.StatusNotFound: "Not found by SignPath",
	}
	for _, c := range testkit.FaultCases() {
		phrases := lost
		if summary, ok := summaries[c.Status]; ok {
			phrases = []string{summary, "Regenerating the API token of ci_user:build failed", strconv.Itoa(c.Status), testkit.FaultReason}
		} else if c.CertainlyNotActed() {
			phrases = nil
		}
		for kind, settings := range map[string]string{"": "", " with create_before_destroy": "lifecycle {\n    create_before_destroy = true\n  }"} {
			t.Run(c.Name+kind, func(t *testing.T) {
				org, fault := newOrganization(t), injected(c, regenerateRoute, 0)
				token := &tokens{org: org}
				config := func(ticket string) string {
					return org.config(newToken(`rotation_triggers = { ticket = "`+ticket+`" }`, settings))
				}
				sent := func(want int) func() {
					return func() {
						if got := org.CountRequests(regenerateRoute); got != want {
							t.Errorf("%d requests, want %d", got, want)
						}
						org.ClearFaults()
					}
				}
				broken := resource.TestStep{Config: config("1"), PreConfig: func() { org.inject(fault) }}
				rotation := resource.TestStep{Config: config("2"), PreConfig: func() { org.ResetRequests(); org.inject(fault) }}
				attempts := 2 // The second of which is not refused.
				if c.Kind == testkit.FaultDelay {
					attempts = 1
				}
				if phrases != nil {
					broken.ExpectError, rotation.ExpectError = says(phrases...), says(phrases...)
					attempts = 1
				}
				org.run(nil,
					broken,
					resource.TestStep{Config: config("1"), PreConfig: sent(attempts), Check: token.isNew},
					rotation,
					resource.TestStep{Config: config("2"), PreConfig: func() { token.last = ""; sent(attempts)() }, Check: token.isNew},
					resource.TestStep{Config: config("2"), PlanOnly: true},
				)
			})
		}
	}
}
