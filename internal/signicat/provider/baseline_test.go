package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

func newSite(t *testing.T, day string) *providertest.Site {
	t.Helper()
	return providertest.InProcess(t, "signicat", provider.NewServer, day)
}

// acme is a baseline with accounts for production and for tests.
func acme(grants, more string) string {
	return fmt.Sprintf(`
resource "signicat_access_baseline" "acme" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
  accounts = {
    shop    = { id = "a-ppge-AAAAAAAAAAAAAAAAAAAA", type = "production" }
    shop_ci = { id = "a-spge-CCCCCCCCCCCCCCCCCCCC", type = "sandbox" }
  }
  grants = %s
%s
}
`, grants, more)
}

const (
	admins = `organisation = { "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"] }`
	// justAdmins, withLead and withDev are grants, each with one more.
	justAdmins = `{ ` + admins + ` }`
	withLead   = `{ ` + admins + `, "account:shop" = { "Account Admin" = ["user:tech.lead@example.com"] } }`
	withDev    = `{ ` + admins + `, "account:shop" = { "Account Admin" = ["user:tech.lead@example.com"] }` +
		`, "account:shop_ci" = { "Account Admin" = ["user:dev.lead@example.com"] } }`
)

// observed is an attestation of what somebody saw.
func observed(day, grants string) string {
	return fmt.Sprintf("  attestation = { by = \"user:security.officer@example.com\", on = %q, observed = %s }", day, grants)
}

// outstanding is what each plan says as long as something is outstanding.
const outstanding = "for a person: this apply changes nothing at Signicat."

// TestBaselineIsOutstandingUntilAttested leads a baseline through its life.
func TestBaselineIsOutstandingUntilAttested(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(justAdmins, ""))
	s.PlanIs(true, "4 steps are "+outstanding, "Nobody has attested that access is so",
		"user:deputy@example.com is to have \"Organisation Admin\" at the organisation",
		"and so at account:shop (production) and account:shop_ci (sandbox)", "Steps", "1. Invite user:deputy@example.com, user:owner@example.com at the organisation")
	s.MustApply(testkit.Options{})
	s.Is("confirmation", "outstanding since 2026-11-20: 4 steps")
	s.Is("attested_grants", nil)
	s.Is("overdue", false)
	if got := s.Holders("effective", "account:shop", "Organisation Admin (inherited)"); len(got) != 2 {
		t.Errorf("inherited by %q", got)
	}

	s.On("2026-11-22").PlanIs(true, "4 steps are "+outstanding)
	s.MustApply(testkit.Options{})
	s.Is("confirmation", "outstanding since 2026-11-20: 4 steps")

	s.Configure(acme(justAdmins, observed("2026-11-19", justAdmins)))
	s.PlanIs(true, outstanding, "is of 2026-11-19, and the present grants are outstanding since 2026-11-20 only")
	s.Configure(acme(justAdmins, observed("2026-11-20", justAdmins))).PlanIs(true)
	if said := s.MustApply(testkit.Options{}); strings.Contains(said, outstanding) {
		t.Errorf("what is confirmed is called outstanding:\n%s", said)
	}
	s.Is("confirmation", "confirmed by user:security.officer@example.com on 2026-11-20")
	s.Is("outstanding_since", nil)
	s.StepsBegin()
	s.PlanIs(false)
}

// TestStepsStartFromWhatWasAttested however many applies ago that was.
func TestStepsStartFromWhatWasAttested(t *testing.T) {
	s := confirmed(t, justAdmins)
	attestation := observed("2026-11-20", justAdmins)
	s.On("2026-11-25").Configure(acme(withLead, attestation)).PlanIs(true, "user:tech.lead@example.com gains \"Account Admin\" at account:shop (production)")
	s.MustApply(testkit.Options{})
	s.StepsBegin("Invite user:tech.lead@example.com at account:shop", `Give "Account Admin" at account:shop (production) to user:tech.lead@example.com.`,
		"Wait until user:tech.lead@example.com", "Look again")

	s.On("2026-11-26").Configure(acme(withDev, attestation)).MustApply(testkit.Options{})
	s.Is("confirmation", "outstanding since 2026-11-26: 6 steps")
	if got := s.Holders("attested_grants", "account:shop", "Account Admin"); got != nil {
		t.Errorf("attested are %q", got)
	}
	// Back to what is confirmed: nothing is to be done, and somebody has to look all the same.
	s.On("2026-11-27").Configure(acme(justAdmins, attestation)).MustApply(testkit.Options{})
	s.StepsBegin("Look again")
	s.Is("confirmation", "outstanding since 2026-11-27: 1 step")
	s.Configure(acme(`{ organisation = { "Organisation Admin" = ["user:owner@example.com", "user:new@example.com"] } }`, attestation)).MustApply(testkit.Options{})
	s.StepsBegin("Invite user:new@example.com", `Give "Organisation Admin" at the organisation to user:new@example.com.`, "Wait until user:new@example.com",
		"Remove all access of user:deputy@example.com at the organisation", "Look again")
}

// confirmed is a site with a baseline that was attested on 2026-11-20.
func confirmed(t *testing.T, grants string) *providertest.Site {
	t.Helper()
	s := newSite(t, "2026-11-20").Configure(acme(grants, observed("2026-11-20", grants)))
	s.MustApply(testkit.Options{})
	s.Is("confirmation", "confirmed by user:security.officer@example.com on 2026-11-20")
	return s
}

// TestAttestations says which of them count.
func TestAttestations(t *testing.T) {
	first := acme(justAdmins, "")
	s := newSite(t, "2026-11-20").Configure(first)
	s.MustApply(testkit.Options{})
	digestOfFirst, _ := s.Attribute("digest").(string)
	digest := func(of string) string {
		return fmt.Sprintf("  attestation = { by = \"user:security.officer@example.com\", on = \"2026-11-21\", digest = %q }", of)
	}
	for name, c := range map[string]struct {
		before, after string
		confirms      bool
		want          string
	}{
		"a digest": {
			first, acme(justAdmins, digest(digestOfFirst)), true,
			"attested-unseen (warn): user:security.officer@example.com attested on 2026-11-21 by a digest",
		},
		"a digest in the plan that creates": {
			"", acme(justAdmins, digest(digestOfFirst)), false, "The digest does not count in the plan that records the baseline first",
		},
		"a digest in the plan that changes": {
			acme(withLead, ""), acme(justAdmins, digest(digestOfFirst)), false, "comes in the plan that changes the baseline",
		},
		"another digest": {acme(withLead, ""), acme(withLead, digest(digestOfFirst)), false, "attested on 2026-11-21 what has the digest " + digestOfFirst},
		"rows in the plan that changes": {
			acme(withLead, ""), acme(justAdmins, observed("2026-11-21", justAdmins)), false, "comes in the plan that changes the baseline",
		},
		"rows of a baseline that is new": {"", acme(withLead, observed("2026-11-21", withLead)), true, ""},
		"other rows": {
			acme(withLead, ""), acme(withLead, observed("2026-11-21", withDev)), false,
			"access is not as it should be: 1 deviation. The digest.*user:dev.lead@example.com has \"Account Admin\" at account:shop_ci (sandbox) and should not.",
		},
		"no rows": {acme(withLead, ""), acme(withLead, observed("2026-11-21", "{}")), false, "lacks \"Account Admin\" at account:shop (production)."},
		"whoever gains by it": {
			acme(justAdmins, ""), acme(justAdmins, strings.Replace(observed("2026-11-21", justAdmins), "security.officer", "owner", 1)), true,
			`attested-by-beneficiary (warn): user:owner@example.com attests, and gains "Organisation Admin" at the organisation.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "2026-11-20")
			if c.before != "" {
				s.Configure(c.before).MustApply(testkit.Options{})
			}
			s.On("2026-11-21").Configure(c.after).PlanIs(true, strings.Split(c.want, ".*")...)
			s.MustApply(testkit.Options{})
			findings, steps := s.Texts("findings"), s.Texts("steps")
			if c.confirms != (len(steps) == 0) {
				t.Errorf("confirmed: %t, steps %q", c.confirms, steps)
			}
			planned := s.Plan(testkit.Options{})
			if planned.Err != nil || planned.Changes == c.confirms {
				t.Errorf("the plan after the apply: %s", planned)
			}
			if c.confirms && strings.Contains(planned.Said, "attested-") {
				t.Errorf("what was found of the attestation is told anew:\n%s", planned.Said)
			}
			s.MustApply(testkit.Options{})
			if again := s.Texts("findings"); !slices.Equal(again, findings) {
				t.Errorf("the findings were %q, and are %q", findings, again)
			}
		})
	}
}

// TestDeviationsAreWhereStepsStart: what somebody saw is known from then on.
func TestDeviationsAreWhereStepsStart(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(withLead, ""))
	s.MustApply(testkit.Options{})
	s.On("2026-11-21").Configure(acme(withLead, observed("2026-11-21", withDev))).MustApply(testkit.Options{})
	if got := s.Texts("deviations"); len(got) != 1 {
		t.Errorf("deviations: %q", got)
	}
	s.StepsBegin("Remove all access of user:dev.lead@example.com at account:shop_ci (sandbox)", "Look again")
	s.Is("outstanding_since", "2026-11-20")
	s.On("2026-11-22").Configure(acme(withLead, observed("2026-11-22", withLead))).MustApply(testkit.Options{})
	s.PlanIs(false)
}

// TestOverdue: only a refresh asks the clock.
func TestOverdue(t *testing.T) {
	const lastDay, firstDay = "2027-02-18", "2027-02-19"
	attested := acme(justAdmins, observed("2026-11-20", justAdmins))
	t.Run("it is outstanding again", func(t *testing.T) {
		s := confirmed(t, justAdmins)
		s.On(lastDay).PlanIs(false)
		s.On(firstDay).PlanWithoutRefreshIs(false)
		s.PlanIs(true, "An access baseline is overdue", "1 step is "+outstanding, "It was time on 2027-02-18 to look again, and nobody has attested since.")
		s.MustApply(testkit.Options{RefreshOnly: true})
		s.Is("overdue", true)
		s.Is("confirmation", "confirmed by user:security.officer@example.com on 2026-11-20")
		s.PlanWithoutRefreshIs(true, outstanding)
		s.MustApply(testkit.Options{})
		s.Is("confirmation", "outstanding since 2027-02-18: 1 step")
		s.On("2027-03-01").PlanIs(true, outstanding)
		s.MustApply(testkit.Options{})
		s.Is("confirmation", "outstanding since 2027-02-18: 1 step")
		// Who looked while nobody had noticed has seen the same grants.
		s.Configure(acme(justAdmins, observed("2027-02-10", justAdmins))).MustApply(testkit.Options{})
		s.Is("overdue", false)
		s.PlanIs(false)
	})
	t.Run("the same statement is no new one", func(t *testing.T) {
		s := confirmed(t, justAdmins)
		s.On(firstDay).Configure(attested).MustApply(testkit.Options{})
		s.Configure(acme(justAdmins, observed("2026-11-19", justAdmins))).PlanIs(true, outstanding)
		s.Configure(attested).PlanIs(true, outstanding)
	})
	t.Run("a change is outstanding as such", func(t *testing.T) {
		s := confirmed(t, justAdmins)
		s.On(firstDay).Configure(acme(withLead, observed("2026-11-20", justAdmins))).MustApply(testkit.Options{})
		s.Is("overdue", false)
		s.Is("outstanding_since", firstDay)
	})
	for name, more := range map[string]string{
		"never": "  review_interval_days = 0", "ignored": `  rules = { overdue = { severity = "ignore" } }`, "later": "  review_interval_days = 91",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "2026-11-20").Configure(acme(justAdmins, observed("2026-11-20", justAdmins)+"\n"+more))
			s.MustApply(testkit.Options{})
			s.On(firstDay).PlanIs(false)
		})
		if name != "later" {
			t.Run(name+", once it is overdue", func(t *testing.T) {
				s := confirmed(t, justAdmins).On(firstDay)
				s.MustApply(testkit.Options{})
				s.Configure(acme(justAdmins, observed("2026-11-20", justAdmins)+"\n"+more)).MustApply(testkit.Options{})
				s.Is("confirmation", "confirmed by user:security.officer@example.com on 2026-11-20")
				s.PlanIs(false)
			})
		}
	}
	t.Run("denied", func(t *testing.T) {
		s := newSite(t, "2026-11-20").Configure(acme(justAdmins, observed("2026-11-20", justAdmins)+"\n"+`  rules = { overdue = { severity = "deny" } }`))
		s.MustApply(testkit.Options{})
		s.On(lastDay).PlanIs(false)
		s.On(firstDay).PlanFails("overdue (deny): It was time on 2027-02-18")
	})
}

// TestSavedPlanAcrossMidnight: a plan says the same on the day after, and the apply notes
// its own day.
func TestSavedPlanAcrossMidnight(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(justAdmins, ""))
	s.Plan(testkit.Options{Out: "first"})
	s.On("2026-11-21").MustApply(testkit.Options{Saved: "first"})
	s.Is("outstanding_since", "2026-11-21")

	s.Configure(acme(justAdmins, observed("2026-11-21", justAdmins)))
	s.Plan(testkit.Options{Out: "attested"})
	s.On("2027-06-01").MustApply(testkit.Options{Saved: "attested"})
	s.Is("overdue", false)

	// Planned before it is overdue, applied after that.
	s = confirmed(t, justAdmins)
	s.On("2027-02-18").Configure(acme(justAdmins, observed("2026-11-20", justAdmins)+"\n  review_interval_days = 80"))
	s.Plan(testkit.Options{Out: "shorter"})
	s.On("2027-02-20").MustApply(testkit.Options{Saved: "shorter"})
	s.PlanIs(true, "It was time on 2027-02-08 to look again")
}

// TestIgnoredUnattestedIsEmpty: for those who follow it up elsewhere.
func TestIgnoredUnattestedIsEmpty(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(justAdmins, `  rules = { unattested = { severity = "ignore" } }`))
	s.MustApply(testkit.Options{})
	s.Is("confirmation", "not confirmed")
	s.Is("outstanding_since", "2026-11-20")
	s.PlanIs(false, outstanding)
}

// TestUnknown: nothing is concluded from a half.
func TestUnknown(t *testing.T) {
	later := "resource \"terraform_data\" \"later\" {\n  input = \"later@example.com\"\n}\n"
	partly := `{ ` + admins + `, "account:shop" = { "Account Admin" = ["user:${terraform_data.later.output}"] } }`
	t.Run("grants", func(t *testing.T) {
		s := newSite(t, "2026-11-20").Configure(later + acme(partly, ""))
		s.PlanIs(true, "Only known after apply", "changes nothing at Signicat")
		if said := s.Plan(testkit.Options{}).Said; strings.Contains(said, "1. ") {
			t.Errorf("steps are told of a half:\n%s", said)
		}
		s.MustApply(testkit.Options{})
		s.Is("confirmation", "outstanding since 2026-11-20: 6 steps")
		s.PlanIs(true, "user:later@example.com")
	})
	t.Run("a role of a confirmed baseline", func(t *testing.T) {
		s := confirmed(t, justAdmins)
		s.On("2026-11-23").Configure(later+acme(`{ `+admins+`, "account:shop" = { "Account Admin" = toset([terraform_data.later.id]) } }`, "")).
			PlanIs(true, "Only known after apply")
		s.Configure(later + acme(partly, observed("2026-11-20", justAdmins))).MustApply(testkit.Options{})
		s.Is("outstanding_since", "2026-11-23")
		s.StepsBegin("Invite user:later@example.com", "Give", "Wait", "Look again")
	})
	t.Run("a place", func(t *testing.T) {
		s := newSite(t, "2026-11-20").Configure(later + strings.Replace(acme(justAdmins, ""), `"a-ppge-AAAAAAAAAAAAAAAAAAAA"`, "terraform_data.later.id", 1))
		s.PlanIs(true, `accounts["shop"].id`)
		s.MustApply(testkit.Options{})
		s.Is("outstanding_since", "2026-11-20")
	})
	t.Run("bad input beside it", func(t *testing.T) {
		newSite(t, "2026-11-20").Configure(later + acme(strings.Replace(partly, "owner@example.com", "owner", 1), "")).PlanFails(`"user:owner" names nobody`)
	})
	for name, attestation := range map[string]string{
		"by":       `{ by = "user:${terraform_data.later.output}", on = "2026-11-20", observed = {} }`,
		"on":       `{ by = "user:a@example.com", on = terraform_data.later.id, observed = {} }`,
		"observed": `{ by = "user:a@example.com", on = "2026-11-20", observed = { organisation = { "Organisation Admin" = [terraform_data.later.id] } } }`,
	} {
		t.Run("attestation "+name, func(t *testing.T) {
			newSite(t, "2026-11-20").Configure(later+acme(justAdmins, "  attestation = "+attestation)).
				PlanFails("Attestation not known at plan time", "attestation."+name, "is only known after apply", "write it by hand; timestamp()")
		})
	}
}

// TestDestroyTakesNothing and says so, with the steps if there are few.
func TestDestroyTakesNothing(t *testing.T) {
	s := confirmed(t, withLead)
	s.Configure("")
	s.PlanIs(true, "To destroy an access baseline takes access from nobody", "Nobody loses anything at Signicat: whatever access 3 principals have there stays",
		"user:deputy@example.com, user:owner@example.com and user:tech.lead@example.com",
		"nobody whom the baseline names can give access again: see that somebody else is an administrator before",
		"Remove all access of user:tech.lead@example.com at account:shop (production)",
		"Remove all access of user:owner@example.com at the organisation")
	planned := s.Plan(testkit.Options{Destroy: true})
	if planned.Err != nil || !strings.Contains(planned.Said, "Nobody loses anything") || strings.Contains(planned.Said, "Look again") {
		t.Errorf("the plan of a destroy says %s", planned)
	}
	s.MustApply(testkit.Options{})

	var many []string
	for i := range 9 {
		many = append(many, fmt.Sprintf("\"user:u%d@example.com\"", i))
	}
	s = confirmed(t, `{ `+admins+`, "account:shop" = { "Account Admin" = [`+strings.Join(many, ", ")+`] } }`)
	s.Configure("")
	s.PlanIs(true, "whatever access 11 principals have there stays")
	if said := s.Plan(testkit.Options{}).Said; strings.Contains(said, "Remove") {
		t.Errorf("the steps of many are told:\n%s", said)
	}
}

// TestImportIsRefused and says what to do instead.
func TestImportIsRefused(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(justAdmins, ""))
	imported := s.Import("signicat_access_baseline.acme", "o-p-BBBBBBBBBBBBBBBBBBBB")
	instead := testkit.Says("no API of Signicat tells who has access", "signpathctl baseline from-csv observed.csv --vendor signicat")
	if imported.Err == nil || !instead.MatchString(imported.Said) {
		t.Errorf("the import says %s", imported)
	}
}

// TestPlacesAreKnownByTheirIDs: a key is what people call an account.
func TestPlacesAreKnownByTheirIDs(t *testing.T) {
	s := confirmed(t, withLead)
	renamed := strings.ReplaceAll(strings.ReplaceAll(acme(withLead, ""), "account:shop\"", "account:store\""), "shop    =", "store   =")
	s.On("2026-11-25").Configure(renamed).MustApply(testkit.Options{})
	s.StepsBegin("Look again")
	if got := s.Holders("attested_grants", "account:store", "Account Admin"); len(got) != 1 {
		t.Errorf("attested at the account are %q", got)
	}

	s = confirmed(t, withLead)
	s.On("2026-11-25").Configure(strings.Replace(acme(withLead, ""), "a-ppge-AAAAAAAAAAAAAAAAAAAA", "a-ppge-DDDDDDDDDDDDDDDDDDDD", 1)).MustApply(testkit.Options{})
	s.StepsBegin("Invite user:tech.lead@example.com", `Give "Account Admin" at account:shop (production) to user:tech.lead@example.com.`, "Wait", "Look again")

	swapped := strings.NewReplacer("a-ppge-AAAAAAAAAAAAAAAAAAAA", "a-spge-CCCCCCCCCCCCCCCCCCCC", "a-spge-CCCCCCCCCCCCCCCCCCCC", "a-ppge-AAAAAAAAAAAAAAAAAAAA",
		"account:shop\"", "account:shop_ci\"").Replace(acme(withLead, ""))
	s = confirmed(t, withLead)
	s.On("2026-11-25").Configure(swapped).MustApply(testkit.Options{})
	s.StepsBegin("Look again")

	s = confirmed(t, withLead)
	s.Configure(strings.Replace(acme(withLead, ""), "o-p-BBBBBBBBBBBBBBBBBBBB", "o-p-EEEEEEEEEEEEEEEEEEEE", 1))
	if planned := s.Plan(testkit.Options{}); planned.Summary.Add != 1 || planned.Summary.Remove != 1 {
		t.Errorf("another organisation is not another baseline: %s", planned)
	}
	s.MustApply(testkit.Options{})
	s.Is("attested_grants", nil)
}

// TestFindings warn, fail the plan, or are ignored.
func TestFindings(t *testing.T) {
	one := `{ organisation = { "Organisation Admin" = ["user:owner@example.com"], "Usge Viewer" = ["user:finance@example.com"] } }`
	s := newSite(t, "2026-11-20").Configure(acme(one, ""))
	s.PlanIs(true, "few-organisation-admins (warn): Only user:owner@example.com administers",
		`undeclared-role (warn): Nobody has declared the role "Usge Viewer"`, `Did you mean "Usage Viewer"?`)
	s.MustApply(testkit.Options{})
	if got := s.Texts("findings"); len(got) != 2 {
		t.Errorf("findings: %q", got)
	}
	s.Configure(acme(one, `  rules = { "few-organisation-admins" = { parameters = { minimum = 1 } }, "undeclared-role" = { severity = "ignore" } }`)).PlanIs(true)
	if said := s.Plan(testkit.Options{}).Said; strings.Contains(said, "Findings in an access baseline") {
		t.Errorf("an ignored rule speaks:\n%s", said)
	}
	s.Configure(acme(one, `  rules = { "few-organisation-admins" = { severity = "deny" } }`)).PlanFails("Denied by a rule", "few-organisation-admins (deny)")
	s.Configure(acme(`{ organisation = { "Usage Viewer" = ["user:finance@example.com"] } }`, "")).
		PlanFails("no-organisation-admin (deny): No user administers the whole organisation")
	s.Configure(acme(`{ organisation = { "Organisation Admin" = ["user:owner@example.com", "domain:example.com"] } }`, "")).PlanFails("domain-admin (deny)")
	s.Configure(acme(one, `  roles = { "Usge Viewer" = { basic_type = "Viewer", product = "Usage" } }`)).PlanIs(true)
	if said := s.Plan(testkit.Options{}).Diagnostics.String(); strings.Contains(said, "undeclared-role (") {
		t.Errorf("a declared role is called undeclared:\n%s", said)
	}
	beneficiary := strings.Replace(observed("2026-11-20", justAdmins), "security.officer", "owner", 1)
	s = newSite(t, "2026-11-20").Configure(acme(justAdmins, ""))
	s.MustApply(testkit.Options{})
	s.Configure(acme(justAdmins, beneficiary+"\n"+`  rules = { "attested-by-beneficiary" = { severity = "deny" } }`)).PlanFails("attested-by-beneficiary (deny)")
}
