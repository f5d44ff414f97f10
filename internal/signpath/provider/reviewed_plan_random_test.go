package provider_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

var (
	randomReviews    = flag.Int("reviews", 25, "how many plans of random organizations are reviewed and applied; 400 take two minutes")
	randomReviewSeed = flag.Uint64("review", 0, "try only the review of this seed")
)

// A reviewed is a configuration with groups that it fills.
type reviewed struct {
	*edited
	// fills are the members of groups, by the number of the account.
	fills map[int][]string
}

func (r *reviewed) hcl() string {
	text := r.edited.hcl()
	for _, a := range r.accounts {
		if members := r.fills[a.number]; a.kind == "user_group" && members != nil {
			text += fmt.Sprintf("resource \"signpath_user_group_members\" \"fill%d\" {\n  group   = signpath_user_group.%s.member\n  members = [%s]\n}\n",
				a.number, a.label, quotedAll(members))
		}
	}
	return text
}

func quotedAll(all []string) string {
	quoted := make([]string, len(all))
	for i, one := range all {
		quoted[i] = fmt.Sprintf("%q", one)
	}
	return strings.Join(quoted, ", ")
}

// hide lets plans hide some members.
func (c chance) hide(r *reviewed) {
	for _, b := range r.blocks {
		if b.hides = ""; b.shape == "list" || b.shape == "single" {
			b.hides = c.one([]string{"", "", "", "", "", "sensitive", "unknown"})
		}
	}
	for _, a := range r.accounts {
		if a.kind == "user_group" && c.IntN(2) == 0 {
			r.fills[a.number] = c.some(somebody)
		}
	}
}

// exist lets there be what a configuration may take over.
func (c chance) exist(a *mock.Administrator) {
	create := []func() error{
		func() error {
			_, err := a.CreateCIUser(mock.CIUserSeed{Name: "agent", Inactive: c.IntN(2) == 0})
			return err
		},
		func() error { _, err := a.CreateCIUser(mock.CIUserSeed{Name: "next"}); return err },
		func() error {
			_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{
				Name: "D", Email: "d@example.com", Role: "GlobalReader", Identity: "example:d", Inactive: c.IntN(2) == 0,
			})
			return err
		},
		func() error {
			_, err := a.CreateUserGroup(mock.UserGroupSeed{Name: "Signers", Members: []string{lead}})
			return err
		},
		func() error {
			return a.AddMembers("policy:project-b/release-signing", "approvers", "user:d@example.com")
		},
		func() error { return a.AddMembers("policy:project-b/release-signing", "submitters", "ci_user:agent") },
		func() error { return a.AddMembers("project:project-b", "configurators", "group:Signers") },
	}
	for _, one := range create {
		if c.IntN(3) == 0 {
			_ = one() // What it is about may be missing.
		}
	}
}

// surveyOf reads an organization as `review org` does.
func surveyOf(t *testing.T, org *organization) *survey.Survey {
	t.Helper()
	client, err := api.New(api.Config{OrganizationID: org.OrganizationID(), Config: httpapi.Config{URL: org.URL, Secret: org.Token, UserAgent: "test"}})
	must(t, err)
	found, err := survey.Read(t.Context(), client, nil)
	must(t, err)
	return found
}

// claims are what a review says that happens, by lasting ids.
type claims map[string]bool

func (c claims) minus(others claims) []string {
	return slices.Sorted(maps.Keys(maps.Collect(func(yield func(string, bool) bool) {
		for claim := range c {
			if !others[claim] && !yield(claim, true) {
				return
			}
		}
	})))
}

// names find ids: in the organization before and after, and of what the plan created.
type names struct {
	before, after review.Organization
	state         *testkit.State
}

func (n names) id(name string, later bool) string {
	reference, err := access.ParseEntry(name)
	if err != nil {
		return name
	}
	if _, address, isUnnamed := strings.Cut(name, "(sensitive)@"); isUnnamed {
		for _, o := range n.state.Objects() {
			if o.Address == address {
				return fmt.Sprint(o.Values["id"])
			}
		}
	}
	if id, ok := reference.ID(); ok {
		return id
	}
	sides := []review.Organization{n.before, n.after}
	if later {
		slices.Reverse(sides)
	}
	for _, org := range sides {
		for _, p := range org.Principals {
			if p.Reference().Same(reference) {
				return p.ID
			}
		}
	}
	return name
}

func (n names) finding(f review.FindingRecord, later bool) string {
	who := make([]string, len(f.Principals))
	for i, principal := range f.Principals {
		who[i] = n.id(principal, later)
	}
	return fmt.Sprint(f.Rule, " ", who, " ", f.Places)
}

var judgedBy = review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Now()}

// whatHappened are the changes and findings between two surveys.
func (n names) whatHappened(t *testing.T) (changes, introduced, resolved claims) {
	t.Helper()
	changes, introduced, resolved = claims{}, claims{}, claims{}
	for _, c := range review.Changes(n.before, n.after) {
		later := c.Direction == review.Gains || c.Direction == review.WillGain
		changes[fmt.Sprint(n.id(c.Principal.String(), later), " ", strings.ReplaceAll(string(c.Direction), " ", "_"), " ", c.Permission, " ", c.Place)] = true
	}
	was, err := review.Review(n.before, judgedBy)
	must(t, err)
	is, err := review.Review(n.after, judgedBy)
	must(t, err)
	compared := review.Compare(was.Findings, is.Findings)
	for _, f := range compared.Introduced {
		introduced[n.finding(f.Record(), true)] = true
	}
	for _, f := range compared.Resolved {
		resolved[n.finding(f.Record(), false)] = true
	}
	return changes, introduced, resolved
}

// whatWasTold are those that a review of the plan tells; left are the findings that it leaves.
func (n names) whatWasTold(t *testing.T, report *planreview.Report) (changes, introduced, resolved, left claims) {
	t.Helper()
	changes, introduced, resolved, left = claims{}, claims{}, claims{}, claims{}
	for _, c := range report.Access {
		later := c.Direction == planreview.Direction(review.Gains) || c.Direction == planreview.Direction(review.WillGain)
		direction, err := c.Direction.MarshalText()
		must(t, err)
		changes[fmt.Sprint(n.id(c.Principal, later), " ", string(direction), " ", c.Permission, " ", access.PlaceOf(c.Project, c.SigningPolicy))] = true
	}
	for _, group := range []struct {
		to       claims
		findings []planreview.Finding
		later    bool
	}{{introduced, report.Findings.Introduced, true}, {resolved, report.Findings.Resolved, false}, {left, report.Findings.Left, true}} {
		for _, f := range group.findings {
			if _, ofPlans := review.PlanRules.ByID(f.Rule); !ofPlans {
				group.to[n.finding(f.FindingRecord, group.later)] = true
			}
		}
	}
	return changes, introduced, resolved, left
}

// TestRandomReviews reviews plans of random organizations, and then applies them. What the review
// says beforehand is what two reviews of the organization say afterwards. Where the plan hides
// something that decides, the review denies it, and says nothing that is not so.
func TestRandomReviews(t *testing.T) {
	var mu sync.Mutex
	counts := map[string]int{}
	count := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		counts[what]++
	}
	first, tries := rand.Uint64()>>32, *randomReviews
	if *randomReviewSeed != 0 {
		first, tries = *randomReviewSeed, 1
	}
	t.Cleanup(func() { t.Logf("%d reviews from seed %d: %v", tries, first, counts) })
	for i := range tries {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			c := chance{rand.New(rand.NewPCG(seed, 17))}
			org := newOrganization(t, savedPlanSeed)
			admin := org.Administrator("user:org.admin@example.com")
			c.exist(admin)
			d := testkit.NewDriver(signpathtest.Providers)
			config := func(r *reviewed) string {
				return org.config("provider \"signpath\" {" + guardrails(unguarded) + "\n}\n" + r.hcl())
			}
			r := &reviewed{edited: c.edited(), fills: map[int][]string{}}
			c.hide(r)
			if c.IntN(4) > 0 {
				if _, err := d.Apply(config(r), testkit.Options{}); err != nil {
					count("begun by halves")
				}
				for range c.IntN(3) {
					c.change(admin)
				}
				r.edited = r.clone()
				for range 1 + c.IntN(4) {
					c.edit(r.edited)
				}
				c.hide(r)
			}
			ends := testkit.Options{Destroy: c.IntN(15) == 0}
			plan, err := d.Plan(config(r), ends)
			if err != nil {
				count("no plan")
				return
			}
			before := surveyOf(t, org)
			text, err := json.Marshal(d.JSON(plan))
			must(t, err)
			decoded, err := planreview.Decode(bytes.NewReader(text), vendors.Readers)
			must(t, err)
			report, err := planreview.ReviewLive(decoded, planreview.Live{Organization: before.Organization, Gaps: before.Gaps}, judgedBy)
			must(t, err)
			if _, err := d.ApplyPlan(plan); err != nil {
				count("not applied")
				return
			}
			n := names{before.Organization, surveyOf(t, org).Organization, d.State}
			changes, introduced, resolved := n.whatHappened(t)
			toldChanges, toldIntroduced, toldResolved, left := n.whatWasTold(t, report)
			fails := func(format string, args ...any) {
				t.Helper()
				t.Errorf("go test ./internal/signpath/provider -run TestRandomReviews -args -review %d\n%s\n\nthe plan is\n%s\n\nthe review says\n%s",
					seed, fmt.Sprintf(format, args...), plan, reviewText(t, report))
			}
			if report.Stale && !ends.Destroy { // A destroy keeps what the state has of somebody who is gone.
				fails("it is stale, and nothing changed")
			}
			hides := slices.ContainsFunc(report.Findings.Introduced, func(f planreview.Finding) bool { return f.Rule == review.UnreadableChange })
			maybe := func(claim string) string { return strings.ReplaceAll(claim, " may_", " will_") }
			for _, claim := range toldChanges.minus(changes) {
				if certain := !strings.Contains(claim, " may_"); certain {
					fails("said, and not so: %s", claim)
				} else if !hides {
					fails("said that it may be (%s), and nothing is hidden", maybe(claim))
				}
			}
			switch {
			case hides && !report.Introduces(review.Deny):
				fails("it does not tell all, and passes")
			case hides:
				count("denied, because it hides something")
				return
			}
			count("told all")
			for _, claim := range changes.minus(toldChanges) {
				fails("it happened, and was not said: %s", claim)
			}
			for _, claim := range introduced.minus(toldIntroduced) {
				if !left[claim] {
					fails("introduced, and not said: %s", claim)
				}
			}
			for _, claim := range toldIntroduced.minus(introduced) {
				fails("said to be introduced, and not so: %s", claim)
			}
			for _, claim := range resolved.minus(toldResolved) {
				fails("resolved, and not said: %s", claim)
			}
			for _, claim := range toldResolved.minus(resolved) {
				fails("said to be resolved, and not so: %s", claim)
			}
		})
	}
}

func reviewText(t *testing.T, report *planreview.Report) string {
	t.Helper()
	var text strings.Builder
	must(t, planreview.Write(&text, report, planreview.FormatText, envelope.Envelope{}))
	return text.String()
}
