package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// A cliSite is a working directory of a CLI with a baseline.
type cliSite struct {
	providertest.Workspace
	t *testing.T
}

func newCLISite(t *testing.T, day string) cliSite {
	t.Helper()
	return cliSite{providertest.ByCLI(t, "signpath-community/signicat", provider.NewServer, day), t}
}

func (s cliSite) on(day string) cliSite {
	s.t.Helper()
	s.Set(s.t, day)
	return s
}

func (s cliSite) configure(config string) cliSite {
	s.t.Helper()
	s.Write("main.tf", config)
	return s
}

// exits runs a command and expects its exit code, and phrases in what it prints.
func (s cliSite) exits(want int, command string, phrases ...string) {
	s.t.Helper()
	output, code := s.Run(strings.Fields(command)...)
	output = strings.ReplaceAll(output, "│", "")
	if code != want {
		s.t.Fatalf("%s ends with %d, want %d\n%s", command, code, want, output)
	}
	if !testkit.Says(phrases...).MatchString(output) {
		s.t.Errorf("%s does not say %q:\n%s", command, phrases, output)
	}
}

const (
	plan      = "plan -detailed-exitcode"
	apply     = "apply -auto-approve"
	nothingTo = "No changes"
)

// TestCLIBaseline: what pipelines go by is the exit code, and what people go by is what the
// command line says.
func TestCLIBaseline(t *testing.T) {
	t.Parallel()
	s := newCLISite(t, "2026-11-20").configure(acme(withLead, ""))
	s.exits(2, plan, "confirmation = (known after apply)", `+ "user:tech.lead@example.com"`, "6 steps are "+outstanding, "Steps", "1. Invite")
	s.exits(0, apply, "1 added")
	s.on("2026-11-21").exits(2, plan, `"outstanding since 2026-11-20: 6 steps" -> (known after apply)`, "0 to add, 1 to change, 0 to destroy", outstanding)
	s.exits(0, apply, "0 added, 1 changed")
	s.exits(2, plan, `"outstanding since 2026-11-20: 6 steps" -> (known after apply)`)

	// A person attests by a table.
	s.Write("observed.csv", "place,role,principal,seen_on\norganisation,Organisation Admin,user:owner@example.com,2026-11-21\n"+
		"organisation,Organisation Admin,user:deputy@example.com,2026-11-21\naccount:shop,Account Admin,user:tech.lead@example.com,2026-11-21\n")
	attested := acme(withLead, observed("2026-11-21", `provider::signicat::observed(file("${path.module}/observed.csv"))`))
	s.configure(attested).exits(2, plan, `-> "confirmed by user:security.officer@example.com on 2026-11-21"`)
	s.exits(0, apply)
	s.exits(0, plan, nothingTo)

	// Then the grants change, while the attestation stays.
	s.on("2026-11-25").configure(strings.Replace(attested, withLead, withDev, 1))
	s.exits(2, plan, "4 steps are "+outstanding, "is about what the baseline was before",
		`user:dev.lead@example.com gains "Account Admin" at account:shop_ci (sandbox)`)
	s.exits(0, apply)
	s.exits(2, plan, outstanding)

	// What is only known after apply attests nothing.
	s.configure(acme(withDev, `  attestation = { by = "user:security.officer@example.com", on = formatdate("YYYY-MM-DD", timestamp()), observed = {} }`))
	s.exits(1, plan, "Attestation not known at plan time", "attestation.on is only known after apply")

	s.configure("").exits(2, plan, "To destroy an access baseline takes access from nobody",
		"Nobody loses anything at Signicat: whatever access 4 principals have there stays.",
		"Remove all access of user:dev.lead@example.com at account:shop_ci (sandbox)")
	s.exits(0, apply, "1 destroyed")
}

// TestCLIBaselineAndTheClock: a saved plan is as good on the next day, and only a refresh finds
// that it is time to look again.
func TestCLIBaselineAndTheClock(t *testing.T) {
	t.Parallel()
	s := newCLISite(t, "2026-11-20").configure(acme(justAdmins, ""))
	s.exits(2, plan+" -out=first")
	s.on("2026-11-21").exits(0, "apply first")
	s.exits(2, plan, `"outstanding since 2026-11-21: 4 steps" -> (known after apply)`)
	s.configure(acme(justAdmins, observed("2026-11-21", justAdmins))).exits(0, apply)
	s.exits(0, plan, nothingTo)

	s.on("2027-02-19").exits(0, plan, nothingTo)
	s.on("2027-02-20").exits(0, plan+" -refresh=false", nothingTo)
	s.exits(2, plan, outstanding, "It was time on 2027-02-19 to look again", "An access baseline is overdue")
	// That it came to be overdue is what a refresh finds; once it is in the state, a refresh
	// finds nothing any more, and warns.
	s.exits(0, "plan -refresh-only", "overdue", "An access baseline is overdue")
	s.exits(0, "apply -refresh-only -auto-approve")
	s.exits(0, "plan -refresh-only", nothingTo, "An access baseline is overdue")
	s.exits(2, plan+" -refresh=false", "It was time on 2027-02-19 to look again")
	s.exits(0, apply)
	s.exits(2, plan, `"outstanding since 2027-02-19: 1 step" -> (known after apply)`)
	s.exits(0, "plan -refresh-only", nothingTo, "An access baseline is overdue")

	s.configure(acme(justAdmins, observed("2027-02-20", justAdmins)))
	s.exits(2, plan+" -out=attested")
	s.on("2027-02-21").exits(0, "apply attested")
	s.exits(0, plan, nothingTo)
}

// TestCLIBaselineIsTested by what is known in a plan. The confirmation is not, as long as
// something is outstanding.
func TestCLIBaselineIsTested(t *testing.T) {
	t.Parallel()
	s := newCLISite(t, "2026-11-20").configure(acme(withLead, ""))
	s.exits(0, "init")
	s.Write("baseline.tftest.hcl", `
run "access_is_as_meant" {
  command = plan

  assert {
    condition     = length(signicat_access_baseline.acme.findings) == 0
    error_message = "The rules find something."
  }
  assert {
    condition     = !contains(keys(signicat_access_baseline.acme.effective["account:shop_ci"]), "Account Admin")
    error_message = "Somebody administers the sandbox."
  }
}
`)
	s.exits(0, "test", "1 passed, 0 failed")
	s.Write("baseline.tftest.hcl", `
run "access_is_confirmed" {
  command = plan

  assert {
    condition     = startswith(signicat_access_baseline.acme.confirmation, "confirmed")
    error_message = "Nobody has attested it."
  }
}
`)
	s.exits(1, "test", "Unknown condition")
}

// TestCLIUnknownGrants: the CLI hands what is known of an unknown value, too.
func TestCLIUnknownGrants(t *testing.T) {
	t.Parallel()
	s := newCLISite(t, "2026-11-20").configure("resource \"terraform_data\" \"later\" {\n  input = \"later@example.com\"\n}\n" +
		acme(`{ `+admins+`, "account:shop" = { "Account Admin" = ["user:${terraform_data.later.output}"] } }`, ""))
	s.exits(2, plan, "steps = (known after apply)", "Only known after apply", "changes nothing at Signicat")
	s.exits(0, apply, "2 added")
	s.exits(2, plan, "outstanding since 2026-11-20: 6 steps", `to user:later@example.com`)
	s.exits(1, "import signicat_access_baseline.other x", "")
}
