package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	ignisign "github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	signicat "github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// TestCLIBaselineLife leads a baseline of each vendor through its life with the companion: made
// of a table, changed, carried out by a person, attested, and overdue.
func TestCLIBaselineLife(t *testing.T) {
	for vendor, of := range map[string]struct {
		provider                         testkit.Factories
		organization, admin, place, role string
		id                               string
		gains                            string
	}{
		"signicat": {
			baselineProvider("signicat", func() tfprotov6.ProviderServer {
				return providerserver.NewProtocol6(signicat.New("test", timeOfTest))()
			}),
			"organisation", "Organisation Admin", "account:shop", "Account Admin", `organisation_id = "4711"`,
			`user:dev.lead@example.com gains "Account Admin" at account:shop`,
		},
		"ignisign": {
			baselineProvider("ignisign", func() tfprotov6.ProviderServer {
				return providerserver.NewProtocol6(ignisign.New("test", timeOfTest))()
			}),
			"organization", "ORG_ADMIN", "environment:contracts/STAGING", "APP_OPERATOR", `organization_id = "o-1"`,
			`user:dev.lead@example.com gains "APP_OPERATOR" at environment:contracts/STAGING`,
		},
	} {
		t.Run(vendor, func(t *testing.T) {
			onDay(t, "2026-03-02")
			w := testkit.NewWorkspace(t, of.provider)
			seen := "place,role,principal,seen_on\n" +
				strings.Join([]string{of.organization, of.admin, "user:org.admin@example.com", "2026-03-02"}, ",") + "\n" +
				strings.Join([]string{of.organization, of.admin, "user:second.admin@example.com", "2026-03-02"}, ",") + "\n" +
				strings.Join([]string{of.place, of.role, "user:qa.lead@example.com", "2026-03-02"}, ",") + "\n"
			w.Write("observed.csv", seen)
			in := func(name string) string { return w.Directory + "/" + name }
			_, err := said(t, "", "baseline", "from-csv", in("observed.csv"), "--vendor", vendor, "--by", "user:security.officer@example.com", "--out", in("main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			idName, _, _ := strings.Cut(of.id, " =")
			var lines []string
			for _, line := range strings.Split(w.Read("main.tf"), "\n") {
				if strings.Contains(line, "Fill in: "+idName) {
					line = of.id
				}
				lines = append(lines, line)
			}
			configuration := strings.Join(lines, "\n")
			w.Write("main.tf", configuration)
			plan := func(arguments ...string) string {
				t.Helper()
				w.MustRun(append([]string{"plan", "-out", "plan.bin"}, arguments...)...)
				w.Write("plan.json", string(w.MustRun("show", "-json", "plan.bin")))
				return in("plan.json")
			}
			says := func(status int, want string, arguments ...string) {
				t.Helper()
				output, err := said(t, "", arguments...)
				got := 0
				if code, isStatus := err.(exitStatus); isStatus { //nolint:errorlint // It is never wrapped.
					got = int(code)
				} else if err != nil {
					t.Fatal(err)
				}
				if got != status || !strings.Contains(output, want) {
					t.Errorf("%q ends with %d, and not %d, or does not say %q:\n%s", arguments, got, status, want, output)
				}
			}
			says(0, "it confirms the baseline", "review", "plan", plan())
			w.MustRun("apply", "plan.bin")
			says(0, "1 confirmed", "review", "drift", plan("-refresh-only"))

			onDay(t, "2026-03-10")
			w.Write("main.tf", strings.ReplaceAll(configuration, "user:qa.lead@example.com", "user:dev.lead@example.com"))
			says(0, of.gains, "review", "plan", plan())
			says(0, "- [ ] 1. ", "runbook", in("plan.json"))
			says(0, of.role+",user:dev.lead@example.com,,", "runbook", in("plan.json"), "--template")
			w.MustRun("apply", "plan.bin")
			says(2, "outstanding since 2026-03-10", "review", "drift", plan("-refresh-only"))
			says(0, "outstanding since 2026-03-10", "review", "baseline", in("plan.json"))

			onDay(t, "2026-03-11")
			w.Write("observed.csv", strings.NewReplacer("qa.lead", "dev.lead", "2026-03-02", "2026-03-11").Replace(seen))
			w.Write("main.tf", strings.NewReplacer("user:qa.lead@example.com", "user:dev.lead@example.com", "2026-03-02", "2026-03-11").Replace(configuration))
			says(0, "The attestation is another one", "review", "plan", plan())
			w.MustRun("apply", "plan.bin")
			says(0, "1 confirmed", "review", "drift", plan("-refresh-only"))

			onDay(t, "2026-06-20")
			says(2, "1 overdue", "review", "drift", plan("-refresh-only"))
			// The companion knows the day itself where the plan did not refresh.
			says(2, "1 overdue", "review", "drift", plan("-refresh=false"))
			w.Write("state.json", string(w.MustRun("show", "-json")))
			says(0, "Confirmed: as transcribed by user:security.officer@example.com on 2026-03-11", "review", "baseline", in("state.json"), "--at", "2026-06-09")
			says(0, "OVERDUE", "review", "baseline", in("state.json"), "--at", "2026-06-10")

			says(0, "nobody loses anything", "review", "plan", plan("-destroy"))
		})
	}
}

func baselineProvider(name string, server func() tfprotov6.ProviderServer) testkit.Factories {
	return testkit.Factories{"signpath-community/" + name: func() (tfprotov6.ProviderServer, error) { return server(), nil }}
}

// theDay is when the test plays. It goes on in order, so it needs no lock.
var theDay = time.Now()

func timeOfTest() time.Time { return theDay }

// onDay lets the provider and the companion have a day.
func onDay(t *testing.T, day string) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	theDay = at.Add(12 * time.Hour)
	realNow := now
	now = timeOfTest
	t.Cleanup(func() { now = realNow })
}

var fencedBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestCLIBaselineGuide follows the guide from its table to its terraform test.
func TestCLIBaselineGuide(t *testing.T) {
	onDay(t, "2026-11-27")
	page, err := os.ReadFile("../../docs/guides/access-no-api-can-change.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, block := range fencedBlock.FindAllStringSubmatch(string(page), -1) {
		blocks = append(blocks, block[2])
	}
	block := func(has string) string {
		t.Helper()
		i := slices.IndexFunc(blocks, func(text string) bool { return strings.Contains(text, has) })
		if i < 0 {
			t.Fatalf("no block of the guide has %q", has)
		}
		return blocks[i]
	}
	w := testkit.NewWorkspace(t, baselineProvider("signicat", func() tfprotov6.ProviderServer {
		return providerserver.NewProtocol6(signicat.New("test", timeOfTest))()
	}))
	w.Write("observed.csv", block("place,role,principal"))
	t.Chdir(w.Directory)
	command := strings.Fields(block("signpathctl baseline from-csv"))
	if _, err := said(t, "", command[1:]...); err != nil {
		t.Fatal(err)
	}
	configuration := strings.Replace(w.Read("baseline.tf"), "# Fill in: organisation_id", "organisation_id = \"4711\" #", 1)
	w.Write("baseline.tf", configuration)
	w.Write("baseline.tftest.hcl", block(`run "should_be"`))
	w.MustRun("init")
	w.MustSay(testkit.Says("1 passed, 0 failed"), "test")
	w.MustRun("apply", "-auto-approve")
	// Who attests again saw somebody more, and the test fails.
	w.Write("observed.csv", block("place,role,principal")+"account:shop,Usage Viewer,user:outsider@example.com,2026-11-20\n")
	if output, status := w.Run("test"); status == 0 || !testkit.Says("Somebody saw access otherwise than it should be.").MatchString(output) {
		t.Errorf("the test ends with %d:\n%s", status, output)
	}
	// The attestation of the guide fits the resource.
	w.Write("observed.csv", block("place,role,principal"))
	head, _, _ := strings.Cut(configuration, "  attestation = {")
	w.Write("baseline.tf", head+block("attestation = {")+"}\n")
	w.MustRun("plan")
}
