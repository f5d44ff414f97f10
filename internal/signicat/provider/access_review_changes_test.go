package provider_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

const (
	shopID, labID = "a-ppge-AAAAAAAAAAAAAAAAAAAA", "a-spge-DDDDDDDDDDDDDDDDDDDD"
	owner         = "user:owner@example.com"
	// iam is what the service of the Dashboard is called here. What it is called at Signicat is unknown.
	iam, granted = "made-up-iam", "made-up-granted"
)

// signicat is a mock server with what the baseline of the tests says, and a clock that stands.
type signicat struct {
	*mock.Server
	t   *testing.T
	url string
	now time.Time
}

func newSignicat(t *testing.T, dialect string) *signicat {
	t.Helper()
	d, err := mock.ParseDialect(dialect)
	testkit.Must(t, err)
	seed := mock.DemoSeed()
	seed.Clients[0].Secret = secretOfTest
	seed.Users = []mock.UserSeed{{User: owner}, {User: "user:deputy@example.com"}, {User: "user:lead@example.com"}}
	seed.Grants = []mock.GrantSeed{
		{Scope: mock.ScopeOrganisation, Principal: owner, Roles: []string{"Organisation Admin"}},
		{Scope: mock.ScopeOrganisation, Principal: "user:deputy@example.com", Roles: []string{"Organisation Admin"}},
		{Scope: shopID, Principal: "user:lead@example.com", Roles: []string{"Account Admin"}},
	}
	seed.EventNames = map[mock.Act]mock.EventName{mock.ActGrant: {ServiceName: iam, EventType: granted}}
	for _, act := range []mock.Act{mock.ActInvite, mock.ActEdit, mock.ActRemoveAccess, mock.ActRemoveUser} {
		seed.EventNames[act] = mock.EventName{ServiceName: iam, EventType: "made-up-" + string(act)}
	}
	s := &signicat{t: t}
	s.on("2026-11-20T15:00:00Z")
	var watched []contracttest.Option
	if d.QueryPath != "" {
		watched = append(watched, contracttest.Unwatched("the document has the path that is inferred"))
	}
	judged := contracttest.MustNew(contract.OpenAPI()).Middleware(t, watched...)
	s.Server, err = mock.New(seed, mock.WithDialect(d), mock.WithClock(func() time.Time { return s.now }), mock.WithMiddleware(judged))
	testkit.Must(t, err)
	url, stop, err := s.Start()
	testkit.Must(t, err)
	t.Cleanup(stop)
	s.url = url
	return s
}

func (s *signicat) on(text string) {
	s.t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	testkit.Must(s.t, err)
	s.now = at
}

// A toldReview is what a review tells of the organisation.
type toldReview struct{ findings, gaps, cannotSee string }

// configured is a site with a review of the organisation on the 28th, with more arguments.
func (s *signicat) configured(more string) *providertest.Site {
	s.t.Helper()
	s.on("2026-11-28T15:00:00Z")
	grants := `{ organisation = { "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"] },
    "account:shop" = { "Account Admin" = ["user:lead@example.com"] } }`
	config := strings.Replace(stated, `{ organisation = { "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"] } }`, grants, 1)
	return newLiveSite(s.t).Configure(block(s.url) + config + reviewed(more))
}

// tryReview is for a review that fails.
func (s *signicat) tryReview(more string) testkit.Result {
	s.t.Helper()
	return s.configured(more).Plan(testkit.Options{})
}

func (s *signicat) review(more string) toldReview {
	s.t.Helper()
	site := s.configured(more)
	site.MustApply(testkit.Options{})
	told := value(s.t, site, "review").(map[string]any)
	lines := func(name string) string {
		var all []string
		for _, one := range told[name].([]any) {
			all = append(all, one.(string))
		}
		return strings.Join(all, "\n")
	}
	expectNoSecret(s.t, fmt.Sprint(site.Objects()))
	return toldReview{lines("findings"), lines("gaps"), lines("cannot_see")}
}

// A change is one that somebody makes in the Dashboard after the attestation.
type change struct {
	act func(*signicat) error
	// filter is what the user asks audit events by; none if it is empty.
	filter string
	// finds is the one finding; none if it is empty.
	finds string
	// cannotSee is what the review says about what it does not see of the change.
	cannotSee string
}

func byHand() map[string]change {
	const (
		ofIAM    = `[{ field = "serviceName", operator = "eq", value = "` + iam + `" }]`
		ofGrants = `[{ field = "serviceName", operator = "eq", value = "` + iam + `" }, { field = "eventType", operator = "eq", value = "` + granted + `" }]`

		noGrants  = "no API of Signicat is known to show them, so no grant of the baseline was compared with anything"
		noFilter  = "Audit events: no filter was given"
		others    = "Audit events outside the filters"
		elsewhere = "whether grants on an organisation are in any is not known"
		inherited = `What the baseline grants on the organisation holds there, too: "Organisation Admin" (2 principals).`
		oneEvent  = `warn events-since-attestation grants: The filter "grants" finds 1 event on or after 2026-11-20, ` +
			"when user:security.officer@example.com looked. " +
			"The first is of 2026-11-22T09:00:00Z, the last of 2026-11-22T09:00:00Z. The userId is "
	)
	asOwner := func(s *signicat) *mock.Dashboard { return s.Dashboard(owner) }
	return map[string]change{
		"an account is made": {
			func(s *signicat) error {
				_, err := asOwner(s).CreateAccount(mock.AccountSeed{ID: "a-ppge-EEEEEEEEEEEEEEEEEEEE", Name: "Shop 2"})
				return err
			}, "",
			"warn account-without-entry a-ppge-EEEEEEEEEEEEEEEEEEEE: " +
				`The baseline does not mention the account a-ppge-EEEEEEEEEEEEEEEEEEEE ("Shop 2", production). ` + inherited, noGrants,
		},
		"a deleted account is restored": {
			func(s *signicat) error { return asOwner(s).RestoreAccount(labID) }, "",
			`warn account-without-entry ` + labID + `: The baseline does not mention the account ` + labID + ` ("Old lab", sandbox). ` + inherited, noGrants,
		},
		"an account is deleted": {
			func(s *signicat) error { return asOwner(s).DeleteAccount("a-spge-CCCCCCCCCCCCCCCCCCCC") }, "",
			"warn deleted-account account:shop_ci: account:shop_ci (a-spge-CCCCCCCCCCCCCCCCCCCC) is soft-deleted.", noGrants,
		},
		"an account is of another type": {
			func(s *signicat) error { return s.Dashboard("").ReplaceAccount(shopID) }, "",
			"deny type-differs account:shop: account:shop is production in the baseline, and " + shopID + " is sandbox at Signicat.", noGrants,
		},
		"an account of another organisation is shown": {
			func(s *signicat) error {
				_, err := s.Dashboard("").CreateAccount(mock.AccountSeed{ID: "a-ppge-EEEEEEEEEEEEEEEEEEEE", Organisation: &mock.OrganisationSeed{ID: "o-p-other"}})
				return err
			}, "", "", "does not show to the API client", // The roles of this organisation do not hold there.
		},
		"somebody becomes Organisation Admin, and nobody asked for events": {
			func(s *signicat) error {
				return asOwner(s).Grant("user:lead@example.com", mock.ScopeOrganisation, "Organisation Admin")
			}, "", "", noFilter,
		},
		"somebody becomes Organisation Admin": {
			func(s *signicat) error {
				return asOwner(s).Grant("user:lead@example.com", mock.ScopeOrganisation, "Organisation Admin")
			}, ofGrants,
			oneEvent + fmt.Sprintf("%q (1); whether that is who acted is not documented.", mock.UserID(owner)), noGrants,
		},
		"a program gets a role": {
			func(s *signicat) error {
				return asOwner(s).Grant("api_client:org-round-apple-123", shopID, "DEM Editor")
			}, ofGrants, oneEvent, noGrants,
		},
		"a role is taken": {
			func(s *signicat) error {
				return asOwner(s).Edit("user:deputy@example.com", mock.ScopeOrganisation, []string{"Usage Viewer"}, []string{"Organisation Admin"})
			}, ofIAM, oneEvent, noGrants,
		},
		"a role is taken, and the filter is about grants": {
			func(s *signicat) error { return asOwner(s).RemoveAccess("user:lead@example.com", shopID) }, ofGrants, "", others,
		},
		"somebody is invited": {
			func(s *signicat) error { return asOwner(s).Invite("user:new@example.com", mock.ScopeOrganisation) }, ofIAM, oneEvent, noGrants,
		},
		"a user is removed": {func(s *signicat) error { return asOwner(s).RemoveUser("user:lead@example.com") }, ofIAM, oneEvent, noGrants},
		"nothing":           {func(*signicat) error { return nil }, ofIAM, "", noGrants},
		"an event of something else": {
			func(s *signicat) error {
				s.AddEvent(mock.EventSeed{Account: shopID, ServiceName: "signature", EventType: "signed"})
				return nil
			}, ofIAM, "", elsewhere,
		},
	}
}

// TestReviewOfChangesByHand: what a review tells of each change that somebody makes in the Dashboard,
// and what it says it cannot see of it.
func TestReviewOfChangesByHand(t *testing.T) {
	for name, c := range byHand() {
		t.Run(name, func(t *testing.T) {
			s := newSignicat(t, "")
			s.on("2026-11-22T09:00:00Z")
			testkit.Must(t, c.act(s))
			more := ""
			if c.filter != "" {
				more = `  audit = [{ name = "grants", filter = ` + c.filter + ` }]`
			}
			told := s.review(more)
			if c.finds == "" && told.findings != "" || !strings.Contains(told.findings, c.finds) || strings.Contains(told.findings, "\n") {
				t.Errorf("it finds\n%s\nwant\n%s", told.findings, c.finds)
			}
			if !strings.Contains(told.cannotSee, c.cannotSee) || told.gaps != "" {
				t.Errorf("it cannot see\n%s\nwant\n%s\nand the gaps are %q", told.cannotSee, c.cannotSee, told.gaps)
			}
		})
	}
}

// TestReviewInEachDialect: whichever of what is not known is so, a review finds the account that was
// made and the role that was given, or says why it cannot: in a gap, or as an error. Lists have a page
// for each item.
func TestReviewInEachDialect(t *testing.T) {
	const made, given = "The baseline does not mention the account a-ppge-EEEEEEEEEEEEEEEEEEEE", `The filter "grants" finds 1 event`
	asked := func(operator string) string {
		return `  audit = [{ name = "grants", filter = [{ field = "serviceName", operator = "` + operator + `", value = "` + iam + `" }] }]`
	}
	fails := map[string]string{
		"token-basic": "Signicat refused the client secret", "needs-account": "signicat-accountid: is required",
		"next-endless": "more than 1000 pages", "next-repeated": "would never end", "next-foreign": "on another host",
		"operator-eq=EQUALS": "must be one of EQUALS", "query-path=/audit/events/query": "Not found by Signicat",
	}
	corrected := map[string]string{
		"operator-eq=EQUALS": asked("EQUALS"), "query-path=/audit/events/query": asked("eq") + "\n  query_path = \"/audit/events/query\"",
	}
	gaps := map[string]string{
		"no-organisation": "does not tell to which organisation account:shop belongs", "null-booleans": "does not tell whether account:shop is for production",
	}
	for _, deviation := range mock.Deviations() {
		t.Run(deviation.Name, func(t *testing.T) {
			name := deviation.Name
			if !strings.HasPrefix(name, "page-size") {
				name += ",page-size=1"
			}
			s := newSignicat(t, name)
			s.on("2026-11-22T09:00:00Z")
			_, err := s.Dashboard("").CreateAccount(mock.AccountSeed{ID: "a-ppge-EEEEEEEEEEEEEEEEEEEE", Name: "Shop 2"})
			testkit.Must(t, err)
			testkit.Must(t, s.Dashboard("").Grant("user:lead@example.com", shopID, "DEM Editor"))
			if want := fails[deviation.Name]; want != "" {
				if reviewed := s.tryReview(asked("eq")); reviewed.Err == nil || !testkit.Says(want).MatchString(reviewed.Err.Error()) {
					t.Errorf("it does not fail with %q: %s", want, reviewed)
				}
				if corrected[deviation.Name] == "" {
					return
				}
			}
			told := s.review(cmp.Or(corrected[deviation.Name], asked("eq")))
			if !testkit.Says(made, given).MatchString(told.findings) {
				t.Errorf("it finds\n%s", told.findings)
			}
			if want := gaps[deviation.Name]; !strings.Contains(told.gaps, want) || want == "" && told.gaps != "" {
				t.Errorf("the gaps are\n%s\nwant %q", told.gaps, want)
			}
		})
	}
}
