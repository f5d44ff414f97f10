package report_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// rules returns the rules of the findings, in order.
func rules(r *report.Report) []string {
	var ids []string
	for _, finding := range r.Findings {
		ids = append(ids, finding.Rule)
	}
	return ids
}

func TestFindsDirectEntriesAndNestedOnes(t *testing.T) {
	r := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	want := []string{"approval-quorum", "submit-and-approve", "release-without-control", "approver-configures", "inactive-entry", "invited-entry"}
	if got := rules(r); !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
	if got := r.Findings[1].Sentence; got != "user:dev.lead@example.com can both submit to and approve app/release-signing." {
		t.Errorf("finding %q", got)
	}
	if len(r.Survey.Gaps) > 0 {
		t.Errorf("gaps %q", r.Survey.Gaps)
	}
}

// counter checks that a progress reaches its end.
type counter struct{ expected, done int }

func (c *counter) Expect(objects int) { c.expected += objects }
func (c *counter) Done()              { c.done++ }

func TestRequestsAndProgress(t *testing.T) {
	for _, dialect := range [][]string{nil, {"summary-lists"}} {
		parsed, err := mock.ParseDialect(dialect...)
		must(t, err)
		s := start(t, seed(), mock.WithDialect(parsed))
		var progress counter
		_, err = survey.ReadWithCaller(t.Context(), s.client(t, token), &progress)
		must(t, err)
		allowed := budget - 2 // The list of groups tells their members.
		if dialect != nil {
			allowed = budget + 5 + 2 // The lists tell neither members nor roles nor who is active.
		}
		if got := s.CountRequests(); got > allowed {
			t.Errorf("dialect %v: %d requests, more than %d", dialect, got, allowed)
		}
		if writes := s.CountRequests("POST *"); writes != 0 {
			t.Errorf("%d requests that do not only read", writes)
		}
		if progress.done != progress.expected || progress.done < 2+2+3 {
			t.Errorf("progress %+v", progress)
		}
	}
}

// TestTokenThatSeesOneProject reads with the token of a Regular User.
func TestTokenThatSeesOneProject(t *testing.T) {
	o := start(t, seed()).read(t, leadToken)
	if projects := o.Organization.PlacesOf(vocabulary.PlaceProject); len(projects) != 1 || projects[0] != access.PlaceOf("app") {
		t.Errorf("projects %v", projects)
	}
	if len(o.Gaps) != 1 || o.Gaps[0] != "There may be projects that user:dev.lead@example.com does not see, having the role Regular User." {
		t.Errorf("gaps %q", o.Gaps)
	}
	for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatCSV, report.FormatJSON, report.FormatHTML} {
		if text := written(t, reviewed(t, o, review.Filter{}), format); !strings.Contains(text, "There may be projects that user:dev.lead@example.com") {
			t.Errorf("%s does not say that it is incomplete", format)
		}
	}
}

// TestRefusedPartsAreGaps refuses one thing at a time: it is told, no rule fires on
// it, and the rest is reviewed.
func TestRefusedPartsAreGaps(t *testing.T) {
	for route, test := range map[string]struct {
		gap string
		// silent are rules that must not fire.
		silent []string
	}{
		"GET /Projects":     {"The list of projects could not be read", nil},
		"GET /Projects/app": {`Project "app" with its signing policies could not be read`, []string{"approval-quorum", "inactive-entry"}},
		"GET /Projects/app/SigningPolicies/release-signing": {`Signing policy "app/release-signing" could not be read`, []string{"approval-quorum"}},
		"GET /InteractiveUsers": {
			"The list of interactive users could not be read",
			[]string{"few-global-administrators", "unidentified-entry", "approval-quorum"},
		},
		"GET /UserGroups": {"The list of user groups could not be read", []string{"unidentified-entry", "approval-quorum", "empty-group"}},
	} {
		t.Run(route, func(t *testing.T) {
			s := start(t, seed())
			must(t, s.Inject(mock.Fault{Route: route, Action: mock.FaultAnswer, Status: http.StatusForbidden}))
			r := reviewed(t, s.read(t, token), review.Filter{})
			if gaps := r.Survey.Gaps; len(gaps) != 1 || !strings.Contains(gaps[0], test.gap) {
				t.Errorf("gaps %q, want %q", gaps, test.gap)
			}
			for _, rule := range test.silent {
				if slices.Contains(rules(r), rule) {
					t.Errorf("%s fires on what is not known", rule)
				}
			}
			if len(r.Access) == 0 {
				t.Error("nothing is left of the review")
			}
		})
	}
}

// TestRefusedListsAreUnknown tells a list that is refused from one that is empty.
func TestRefusedListsAreUnknown(t *testing.T) {
	s := start(t, seed())
	must(t, s.Inject(mock.Fault{Route: "GET /Projects/tool", Action: mock.FaultAnswer, Status: http.StatusForbidden}))
	must(t, s.Inject(mock.Fault{Route: "GET /Projects/app/SigningPolicies/test-signing", Action: mock.FaultAnswer, Status: http.StatusForbidden}))
	o := s.read(t, token)
	for place, refused := range map[access.Place]bool{
		access.PlaceOf("app"): false, access.PlaceOf("tool"): true,
		access.PlaceOf("app", "release-signing"): false, access.PlaceOf("app", "test-signing"): true,
	} {
		for _, role := range vocabulary.SignPath.RolesAt(place) {
			if got := o.Organization.Grants[review.Seat{Role: role.Role, Place: place}]; got.Incomplete != refused {
				t.Errorf("%s of %s: %+v", role.Plural, place, got)
			}
		}
	}
	if len(o.Gaps) != 2 || !slices.IsSorted(o.Gaps) {
		t.Errorf("gaps %q", o.Gaps)
	}
}

func TestMembersThatAreRefusedAreAGap(t *testing.T) {
	dialect, err := mock.ParseDialect("summary-lists")
	must(t, err)
	s := start(t, seed(), mock.WithDialect(dialect))
	must(t, s.Inject(mock.Fault{Route: "GET /UserGroups/{id}", Action: mock.FaultAnswer, Status: http.StatusForbidden}))
	r := reviewed(t, s.read(t, token), review.Filter{})
	if len(r.Survey.Gaps) != 2 || !strings.HasPrefix(r.Survey.Gaps[0], "The list of members of group:") {
		t.Errorf("gaps %q", r.Survey.Gaps)
	}
	if slices.Contains(rules(r), "approval-quorum") || slices.Contains(rules(r), "empty-group") {
		t.Errorf("findings %v about groups that nobody knows", rules(r))
	}
}

func TestReadFails(t *testing.T) {
	for name, fault := range map[string]mock.Fault{
		"a token for another organization": {Route: "GET *Me", Action: mock.FaultAnswer, Status: http.StatusForbidden},
		"a token that is no good":          {Route: "*", Action: mock.FaultAnswer, Status: http.StatusUnauthorized},
		"a policy without its lists": {
			Route: "GET /Projects/app/SigningPolicies/test-signing", Action: mock.FaultHideProperties, Properties: []string{"approvers"},
		},
		"a project without signing policies": {Route: "GET /Projects/app", Action: mock.FaultHideProperties, Properties: []string{"signingPolicies"}},
		"users without roles":                {Route: "GET /InteractiveUsers*", Action: mock.FaultHideProperties, Properties: []string{"role"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, seed())
			must(t, s.Inject(fault))
			_, err := survey.ReadWithCaller(t.Context(), s.client(t, token), nil)
			var answer *httpapi.Error
			if !errors.As(err, &answer) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestReadIsInterrupted(t *testing.T) {
	s := start(t, seed())
	ctx, cancel := context.WithCancel(t.Context())
	must(t, s.Inject(mock.Fault{Route: "GET /Projects/app", Before: cancel}))
	if _, err := survey.ReadWithCaller(ctx, s.client(t, token), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestEveryDialectGivesTheSameReview(t *testing.T) {
	want := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	for _, name := range []string{"wrapped-lists", "summary-lists", "member-objects"} {
		dialect, err := mock.ParseDialect(name)
		must(t, err)
		got := reviewed(t, start(t, seed(), mock.WithDialect(dialect)).read(t, token), review.Filter{})
		if !reflect.DeepEqual(got.Findings, want.Findings) || !reflect.DeepEqual(got.Access, want.Access) {
			t.Errorf("dialect %s: %d findings and %d rights, want %d and %d", name, len(got.Findings), len(got.Access), len(want.Findings), len(want.Access))
		}
	}
}

func TestFilterRefusesWhatIsNotThere(t *testing.T) {
	o := start(t, seed()).read(t, token)
	_, err := report.New(o, review.Rulebook{Catalogue: vocabulary.Rules, Now: now}, review.Filter{
		Places: map[string][]string{vocabulary.PlaceProject: {"ap"}, vocabulary.PlaceSigningPolicy: {"app/x"}}, Principals: references(t, "user:nobody@example.com"),
	})
	for _, want := range []string{`no project "ap"`, `no signing policy "app/x"`, "nobody@example.com"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}
