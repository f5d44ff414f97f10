package provider_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var (
	randomServers    = flag.Int("servers", 20, "how many random servers are tried; 400 take two minutes")
	randomServerSeed = flag.Uint64("server", 0, "the seed of the first of them, where it is not any")
)

// editsPerServer is how many of the edits are tried at each random server: others at each.
const editsPerServer = 8

// TestRandomServers edits objects, and does the main job, at servers that keep what is
// documented and are else as somebody may have built them, most of them with the mapping that
// says so, and others without. Each time the outcome is what
// was asked for, or nothing was lost: no setting, no role, no token and no grant.
func TestRandomServers(t *testing.T) {
	var right, refused, partly atomic.Int32
	first := rand.Uint64() >> 32
	count := *randomServers
	if *randomServerSeed != 0 {
		first = *randomServerSeed
	}
	t.Cleanup(func() {
		t.Logf("%d servers from seed %d: %d applies as asked for, %d refused before anything was written, %d that ended half-way",
			count, first, right.Load(), refused.Load(), partly.Load())
	})
	edits := serverEdits()
	names := slices.Sorted(maps.Keys(edits))
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			dialect := mock.RandomServer(random)
			t.Logf("go test ./internal/signpath/provider -run TestRandomServers -args -servers 1 -server %d: %s", seed, dialect)
			for _, chosen := range random.Perm(len(names))[:editsPerServer] {
				editServer(t, names[chosen], dialect, random.IntN(4) > 0, edits[names[chosen]]).count(&right, &refused, &partly)
			}
			job := serverEdit{hcl: mainJobBegun, want: func(o outcome) { *o.Seed = afterBegun(*o.Seed) }, mails: 3}
			begun := editServer(t, "the main job begun", dialect, true, job)
			begun.count(&right, &refused, &partly)
			if begun.err == nil && begun.site != nil {
				begun.site.Write("main.tf", mainJob)
				job.want, job.mails = func(o outcome) { *o.Seed = afterMainJob(*o.Seed) }, 2
				begun.site.try("the main job", dialect, job).count(&right, &refused, &partly)
			}
		})
	}
}

// An attempt is how one apply at a server ended.
type attempt struct {
	site   *site
	err    error
	said   string
	writes int
}

func (a attempt) count(right, refused, partly *atomic.Int32) {
	switch {
	case a.err == nil:
		right.Add(1)
	case a.writes == 0:
		refused.Add(1)
	default:
		partly.Add(1)
	}
}

func (s *site) countWrites() int {
	return s.CountRequests("POST *") + s.CountRequests("PUT *") + s.CountRequests("PATCH *")
}

// editServer makes the edit at a server of its own. What is begun for it is read only.
func editServer(t *testing.T, name string, dialect mock.Dialect, isMapped bool, e serverEdit) attempt {
	t.Helper()
	org := newOrganizationIn(t, dialect, editedSeed)
	if !isMapped {
		org = org.unmapped()
	}
	s := org.site(inProcess, cmp.Or(e.begun, e.hcl))
	if e.begun != "" {
		begun := s.Apply(testkit.Options{})
		if writes := s.countWrites(); writes > 0 {
			t.Errorf("%s: %d writes were sent for an import: %s", name, writes, begun)
		}
		if begun.Err != nil {
			return attempt{s, begun.Err, begun.Said, 0}
		}
		s.Write("main.tf", e.hcl)
	}
	return s.try(name, dialect, e)
}

// try applies and judges: the organization has to be as wanted, or as it was, or
// something in between where the apply failed. What is in neither is a fault.
func (s *site) try(name string, dialect mock.Dialect, e serverEdit) attempt {
	s.t.Helper()
	before, mails := s.Snapshot(), len(s.Mails())
	wanted := outcome{cloneSeed(before)}
	e.want(wanted)
	s.ResetRequests()
	applied := s.Apply(testkit.Options{})
	made := attempt{s, applied.Err, applied.Said, s.countWrites()}
	if lost := between("", plainJSON(s.t, before), plainJSON(s.t, *wanted.Seed), plainJSON(s.t, s.Snapshot())); len(lost) > 0 {
		s.t.Errorf("%s: what was neither there nor asked for: %s\n%s", name, strings.Join(lost, "; "), applied)
	}
	s.checkTokens(name, e, applied)
	if sent := len(s.Mails()) - mails; sent > e.mails || applied.Err == nil && sent < e.mails && !strings.Contains(applied.Said, "No invitation is sent: ") {
		s.t.Errorf("%s: %d invitations were sent, and not %d: %s", name, sent, e.mails, applied)
	}
	for _, d := range applied.Diagnostics {
		if strings.HasPrefix(d.Summary, "Provider produced") || strings.Contains(d.String(), s.Token) {
			s.t.Errorf("%s: the apply says %s", name, d)
		}
	}
	if applied.Err == nil {
		if diff := s.differences(*wanted.Seed); diff != "" {
			s.t.Errorf("%s: the apply passes, and the organization is not as configured (-want +got):\n%s\n%s", name, diff, applied)
		}
	}
	s.checkNextPlan(name, dialect, e, made, applied)
	if dialect.IsDescribed() {
		s.checkComparison(name, applied)
	}
	return made
}

var notSent = regexp.MustCompile(`([A-Z]+ /\S*) is not sent`)

// checkComparison makes sure that the comparison of the server's document, with which
// `signpathctl contract` ends with 3, told of a route that was refused, and of none by which
// everything was written.
func (s *site) checkComparison(name string, applied testkit.Result) {
	s.t.Helper()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, "/Api/swagger/v1/swagger.json", http.NoBody))
	m, err := contract.NewMapping(mappingtest.File(s.t, s.KnownMapping()))
	must(s.t, err)
	lines, err := contract.Compare(answer.Body.Bytes(), m)
	must(s.t, err)
	refused := map[string][]contract.Line{}
	for _, line := range lines {
		if line.Refuses() {
			refused[line.Route] = append(refused[line.Route], line)
		}
	}
	for _, found := range notSent.FindAllStringSubmatch(applied.Said, -1) {
		if len(refused[found[1]]) == 0 {
			s.t.Errorf("%s: the comparison does not tell that %s is refused: %s", name, found[1], applied)
		}
	}
	if applied.Err != nil {
		return
	}
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	plain := func(route string) string { return strings.ToLower(parameter.ReplaceAllString(route, "{}")) }
	served := map[string]string{}
	for _, line := range lines {
		if line.Part == contract.PartRoute {
			served[plain(line.Route)] = line.Route
			if line.State == contract.Mapped {
				served[plain(line.Found)] = line.Route
			}
		}
	}
	for _, request := range s.Requests("POST *", "PUT *", "PATCH *") {
		for _, line := range refused[served[plain(request.Route)]] {
			if uses(request, line) {
				s.t.Errorf("%s: it is carried out by %s, and the comparison says %+v", name, request.Route, line)
			}
		}
	}
}

// uses tells whether a write needs what the line is about: a configuration may leave some
// settings out, and of the roles that an edit takes it writes one.
func uses(request mock.Request, line contract.Line) bool {
	writes := func(word string) bool { return strings.Contains(request.RequestBody, `"`+word+`"`) }
	_, roles, isRole := strings.Cut(line.Found, ", and not ")
	switch {
	case isRole:
		return slices.ContainsFunc(strings.Split(roles, ", "), writes)
	case contract.Property(line.Assumed).IsOptional():
		return writes(line.Assumed)
	}
	return true
}

// checkTokens makes sure that no token is gone but the one that was asked for, of which
// the state has the successor.
func (s *site) checkTokens(name string, e serverEdit, applied testkit.Result) {
	s.t.Helper()
	holders := map[string]string{formerToken: "foreign-build", robotToken: "robot"}
	if e.token && applied.Err == nil {
		delete(holders, formerToken)
		if token, _ := s.attribute("signpath_ci_user_token.this", "token").(string); !s.Accepts(token) || s.Accepts(formerToken) {
			s.t.Errorf("%s: the token in the state is not the one that SignPath accepts", name)
		}
	}
	for token, holder := range holders {
		isActive := slices.ContainsFunc(s.Snapshot().CIUsers, func(u mock.CIUserSeed) bool { return strings.HasPrefix(u.Name, holder) && !u.Inactive })
		if isActive && !s.Accepts(token) {
			s.t.Errorf("%s: the token of %s is gone: %s", name, holder, applied)
		}
	}
}

// checkNextPlan makes sure that a plan is empty after an apply that passed, and that one
// which failed has failed in its plan already where the document describes the server: but
// for what exists and is taken over, and for what a server refuses by a rule of its own.
func (s *site) checkNextPlan(name string, dialect mock.Dialect, e serverEdit, made attempt, applied testkit.Result) {
	s.t.Helper()
	awaitLists(dialect)
	if made.err == nil {
		if planned := s.Plan(testkit.Options{}); planned.Err != nil || planned.Changes {
			s.t.Errorf("%s: the next plan is not empty: %s", name, planned)
		}
		return
	}
	if !dialect.IsDescribed() || dialect.NoCIUsersInGroups || strings.Contains(e.hcl, "adopt_existing") {
		return
	}
	if made.writes > 0 {
		s.t.Errorf("%s: the apply ends half-way, although the document describes the server: %s", name, applied)
	} else if planned := s.Plan(testkit.Options{}); planned.Err == nil {
		s.t.Errorf("%s: the apply is refused, and the plan is not: %s", name, applied)
	}
}

// between tells where a value is neither as it was nor as wanted. Members of a list
// are judged each for itself, and objects by what identifies them.
func between(at string, before, want, after any) []string {
	if reflect.DeepEqual(after, before) || reflect.DeepEqual(after, want) {
		return nil
	}
	was, isObject := before.(map[string]any)
	wished, _ := want.(map[string]any)
	is, _ := after.(map[string]any)
	if isObject || len(wished) > 0 {
		var lost []string
		names := maps.Clone(is)
		if names == nil {
			names = map[string]any{}
		}
		maps.Copy(names, was)
		maps.Copy(names, wished)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			lost = append(lost, between(at+"/"+name, was[name], wished[name], is[name])...)
		}
		return lost
	}
	return []string{fmt.Sprintf("%s was %v, was to be %v and is %v", at, before, want, after)}
}

// plainJSON makes objects of lists: of members by themselves, and of objects by their
// ids, so that they can be compared one by one.
func plainJSON(t *testing.T, seed mock.Seed) any {
	t.Helper()
	encoded, err := json.Marshal(seed)
	must(t, err)
	var decoded any
	must(t, json.Unmarshal(encoded, &decoded))
	return keyed(decoded)
}

func keyed(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for name, property := range typed {
			typed[name] = keyed(property)
		}
		delete(typed, "id")
	case []any:
		byKey := map[string]any{}
		for _, item := range typed {
			key := fmt.Sprint(item)
			if o, ok := item.(map[string]any); ok {
				for _, name := range []string{"email", "slug", "name"} {
					if text, ok := o[name].(string); ok {
						key = text
						break
					}
				}
			}
			byKey[key] = keyed(item)
		}
		return byKey
	}
	return value
}
