package audit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// log reads what happened on the day of the plans, unless the options have a period.
func (o *organization) log(options audit.LogOptions) *evidence.Log {
	o.t.Helper()
	if options.To.IsZero() {
		options.From, options.To = plannedAt.Truncate(24*time.Hour), plannedAt.Truncate(24*time.Hour).AddDate(0, 0, 1)
	}
	log, err := audit.ReadLog(o.t.Context(), o.client, nil, options)
	o.must(err)
	return log
}

func logSentences(log *evidence.Log) []string {
	sentences := []string{}
	for _, e := range log.Entries {
		sentences = append(sentences, e.Sentence)
	}
	return sentences
}

func expectLog(t *testing.T, log *evidence.Log, want ...string) {
	t.Helper()
	if got := logSentences(log); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// theDayBefore makes a change with which the log begins.
func (o *organization) theDayBefore(change func(*mock.Administrator) error) {
	o.t.Helper()
	before := plannedAt.AddDate(0, 0, -1)
	o.now.Store(&before)
	o.by(administrator, change)
}

// aDay is a day on which something of each kind happened.
func aDay(t *testing.T) *organization {
	t.Helper()
	o := newOrganization(t)
	o.theDayBefore(setting("project:project-a", "description", "x"))
	o.at("09:00")
	o.by(administrator, adds(release, "approvers", outsider))
	o.by(terraform, removes("project:project-a", "configurators", lead))
	o.at("10:00")
	o.by(administrator, creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{
		Name: "M", Email: "m@example.com", Role: mock.RoleGlobalReader,
	}))
	o.by(officer, creating((*mock.Administrator).CreateProject, mock.ProjectSeed{
		Slug: "new", Name: "New", Readers: []string{outsider}, SigningPolicies: []mock.SigningPolicySeed{{Slug: "rel", Name: "Rel", Approvers: []string{lead}}},
	}))
	o.at("11:00")
	o.by(officer, setting(release, "verifyOriginPolicy", false))
	o.by(officer, setting(release, "requiredApprovals", 1))
	o.by(officer, setting(release, "useApprovalProcess", false))
	o.at("12:00")
	o.by("", func(a *mock.Administrator) error { return a.SetActive(outsider, false) })
	o.by("", func(a *mock.Administrator) error { return a.SetActive(outsider, true) })
	o.by("", func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalAdministrator) })
	o.at("13:00")
	o.by(administrator, func(a *mock.Administrator) error {
		_, err := a.IssueToken(lead)
		return err
	})
	o.by(administrator, adds("group:Release Managers", "members", outsider))
	o.by(administrator, func(a *mock.Administrator) error { return a.Remove("policy:project-a/test-signing") })
	return o
}

var happened = []string{
	outsider + " was added to the approvers of project-a/release-signing by org.admin@example.com.",
	lead + " was removed from the configurators of project-a by Terraform (ci_user:terraform).",
	"user:m@example.com was created with the global role Global Reader by org.admin@example.com.",
	"project new was created with the readers user:outsider@example.com and the approvers of new/rel user:dev.lead@example.com by security.officer@example.com.",
	"origin verification of project-a/release-signing was switched off by security.officer@example.com.",
	"the number of required approvals of project-a/release-signing was changed from 2 to 1 by security.officer@example.com.",
	"the approval process of project-a/release-signing was switched off by security.officer@example.com.",
	outsider + ` was deactivated by "System".`,
	outsider + ` was activated by "System".`,
	outsider + ` was given the global role Global Administrator instead of Regular User by "System".`,
	lead + " got a new API token by org.admin@example.com.",
	outsider + " was added to the members of group:Release Managers by org.admin@example.com.",
	"signing policy project-a/test-signing was deleted by org.admin@example.com.",
}

func TestLogOfADay(t *testing.T) {
	o := aDay(t)
	log := o.log(audit.LogOptions{})
	expectLog(t, log, happened...)
	if log.Events != len(happened) || len(log.NotUnderstood)+len(log.Plain)+len(log.Gaps)+log.Outside != 0 {
		t.Errorf("got %+v", log)
	}
	first := log.Entries[0]
	if first.Actor != (evidence.Actor{Member: administrator, Name: "Organization Admin", Agency: evidence.ByPerson}) || first.Kind != "added" ||
		first.Principal != outsider || first.List != "approvers" || first.Place != access.PlaceOf("project-a", "release-signing") {
		t.Errorf("got %+v", first)
	}
}

func TestLogOfAPeriod(t *testing.T) {
	o := aDay(t)
	at := func(hour int) time.Time {
		return plannedAt.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour)
	}
	expectLog(t, o.log(audit.LogOptions{From: at(9), To: at(10)}), happened[:2]...)
	expectLog(t, o.log(audit.LogOptions{From: at(10), To: at(12)}), happened[2:7]...)
	expectLog(t, o.log(audit.LogOptions{From: at(14), To: at(15)}))
	if log := o.log(audit.LogOptions{To: at(12)}); len(log.Gaps) != 0 || !log.From.Equal(plannedAt.AddDate(0, 0, -1)) {
		t.Errorf("without a beginning it begins at %s, with the gaps %q", log.From, log.Gaps)
	}
}

// TestLogBeforeItBegins does not tell of a time before the log that nothing happened.
func TestLogBeforeItBegins(t *testing.T) {
	o := aDay(t)
	quarter := func(year int) audit.LogOptions {
		return audit.LogOptions{From: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(year, 4, 1, 0, 0, 0, 0, time.UTC)}
	}
	for year, want := range map[int]string{
		2020: "goes back to 2026-02-28 15:00 UTC only: whether anything happened from 2020-01-01 00:00 UTC until before 2020-04-01 00:00 UTC,",
		2026: "goes back to 2026-02-28 15:00 UTC only: whether anything happened from 2026-01-01 00:00 UTC until before 2026-02-28 15:00 UTC,",
	} {
		if log := o.log(quarter(year)); len(log.Gaps) != 1 || !strings.Contains(log.Gaps[0], want) {
			t.Errorf("%d: the gaps are %q", year, log.Gaps)
		}
	}
	o.answering(`[]`)
	if log := o.log(audit.LogOptions{}); len(log.Gaps) != 1 || !strings.Contains(log.Gaps[0], "no event of which it tells the time") {
		t.Errorf("of an empty log, the gaps are %q", log.Gaps)
	}
}

// TestLogEndsWhenItWasRead covers no time that had not come by the server's clock, and loses nothing between two periods.
func TestLogEndsWhenItWasRead(t *testing.T) {
	for name, lead := range map[string]time.Duration{"the same clock": 0, "a server behind": -5 * time.Minute, "a server ahead": 5 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t, mock.WithMiddleware(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Date", time.Now().Add(lead).UTC().Format(http.TimeFormat))
					next.ServeHTTP(w, r)
				})
			}))
			tick := func() time.Time {
				now := time.Now().Add(lead)
				o.now.Store(&now)
				return now
			}
			o.theDayBefore(setting("project:project-a", "description", "x"))
			tick()
			o.by(administrator, adds(release, "approvers", outsider))
			read := func(from time.Time) *evidence.Log {
				log, err := audit.ReadLog(t.Context(), o.client, nil, audit.LogOptions{From: from, To: time.Now().AddDate(1, 0, 0)})
				o.must(err)
				if now := tick(); log.To.After(now) {
					t.Errorf("at %s, the period is over at %s", now, log.To)
				}
				return log
			}
			first := read(plannedAt)
			expectLog(t, first, outsider+" was added to the approvers of project-a/release-signing by org.admin@example.com.")
			tick()
			o.by(administrator, removes(release, "approvers", outsider))
			expectLog(t, read(first.To), outsider+" was removed from the approvers of project-a/release-signing by org.admin@example.com.")
		})
	}
}

// TestLogOfAPlaceShowsWhatDecidesAboutIt leaves out nothing by which somebody got or lost something there.
func TestLogOfAPlaceShowsWhatDecidesAboutIt(t *testing.T) {
	o := newOrganization(t)
	o.theDayBefore(setting("project:project-a", "description", "x"))
	o.at("09:00")
	project := mock.ProjectSeed{Slug: "firmware", Name: "Firmware", SigningPolicies: []mock.SigningPolicySeed{{Slug: "release", Name: "Release"}}}
	o.by(administrator, creating((*mock.Administrator).CreateProject, project))
	o.by(administrator, func(a *mock.Administrator) error { return a.Remove("project:firmware") })
	project.ID = "77777777-7777-4777-8777-777777777777"
	project.SigningPolicies[0].Approvers = []string{"group:Release Managers"}
	o.by(administrator, creating((*mock.Administrator).CreateProject, project))
	o.at("10:00")
	o.by(administrator, creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Inner"}))
	o.by(administrator, adds("group:Release Managers", "members", "group:Inner"))
	o.by(administrator, adds("group:Inner", "members", outsider))
	o.by(administrator, creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Aside"}))
	o.by(administrator, adds("group:Aside", "members", outsider))
	o.at("11:00")
	o.by(administrator, func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleProjectAdministrator) })
	o.by(administrator, adds(release, "approvers", outsider))
	own := []string{
		`project "Firmware" was created`,
		`project "Firmware" was deleted`,
		"project firmware was created with the approvers of firmware/release group:Release Managers",
	}
	decides := []string{
		"group:Inner was created",
		"group:Inner was added to the members of group:Release Managers",
		outsider + " was added to the members of group:Inner",
		lead + " was given the global role Project Administrator instead of Regular User",
	}
	byAll := func(facts []string) []string {
		sentences := []string{}
		for _, fact := range facts {
			sentences = append(sentences, fact+" by org.admin@example.com.")
		}
		return sentences
	}
	expectLog(t, o.log(audit.LogOptions{LogFilter: audit.LogFilter{Policies: []string{"firmware/release"}}}), byAll(slices.Concat(own, decides))...)
	expectLog(t, o.log(audit.LogOptions{LogFilter: audit.LogFilter{Projects: []string{"firmware"}}}), byAll(slices.Concat(own, decides))...)
	// A member gets what groups get.
	o.by(administrator, adds("policy:firmware/release", "submitters", "group:Inner"))
	got := o.log(audit.LogOptions{LogFilter: audit.LogFilter{Members: []access.Reference{o.reference(outsider)}}})
	expectLog(t, got, byAll([]string{
		own[2], decides[0], decides[1], decides[2], "group:Aside was created", outsider + " was added to the members of group:Aside",
		outsider + " was added to the approvers of project-a/release-signing", "group:Inner was added to the submitters of firmware/release",
	})...)
}

func TestLogFilters(t *testing.T) {
	o := aDay(t)
	for name, test := range map[string]struct {
		filter audit.LogFilter
		want   []int
	}{
		// The new account has a global role, the outsider gets one, and the lead was on a list.
		"a project":              {audit.LogFilter{Projects: []string{"project-a"}}, []int{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 12}},
		"a policy":               {audit.LogFilter{Policies: []string{"project-a/release-signing"}}, []int{0, 1, 2, 4, 5, 6, 7, 8, 9, 10}},
		"a policy in any":        {audit.LogFilter{Policies: []string{"release-signing"}}, []int{0, 1, 2, 4, 5, 6, 7, 8, 9, 10}},
		"one that is gone":       {audit.LogFilter{Policies: []string{"project-a/test-signing"}}, []int{1, 2, 7, 8, 9, 10, 12}},
		"a member":               {audit.LogFilter{Members: []access.Reference{o.reference(lead)}}, []int{1, 3, 10}},
		"a group":                {audit.LogFilter{Members: []access.Reference{o.reference("group:Release Managers")}}, []int{11}},
		"a member and a project": {audit.LogFilter{Members: []access.Reference{o.reference(lead)}, Projects: []string{"project-a"}}, []int{1, 10}},
		"who did it is no member": {
			audit.LogFilter{Members: []access.Reference{o.reference(officer)}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o.t = t
			want := []string{}
			for _, i := range test.want {
				want = append(want, happened[i])
			}
			log := o.log(audit.LogOptions{LogFilter: test.filter})
			expectLog(t, log, want...)
			if log.Outside != len(happened)-len(want) || log.Events != len(happened) {
				t.Errorf("%d are outside, of %d events", log.Outside, log.Events)
			}
		})
	}
	for want, filter := range map[string]audit.LogFilter{
		`--project: the token sees no project "project-c"`:         {Projects: []string{"project-c"}},
		`--policy: the token sees no signing policy "project-a/x"`: {Policies: []string{"project-a/x"}},
		`the organization has no interactive user "x@example.com"`: {Members: []access.Reference{o.reference("user:x@example.com")}},
	} {
		_, err := audit.ReadLog(t.Context(), o.client, nil, audit.LogOptions{LogFilter: filter})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestLogOfWhatIsNotUnderstood leaves out nothing.
func TestLogOfWhatIsNotUnderstood(t *testing.T) {
	o := newOrganization(t)
	event := func(id int, name, object, changes string) string {
		return fmt.Sprintf(`{"id":"%d","time":"2026-03-01T10:%02d:00Z","eventName":%q,"metadata":{"actor":{"id":%q}},"entity":%s%s}`,
			id, id, name, o.id(officer), object, changes)
	}
	policy, user := `{"id":"`+o.id(release)+`"}`, `{"id":"`+o.id(outsider)+`"}`
	o.answering("[" + strings.Join([]string{
		event(1, "SigningPolicy.MemberAdded", policy, ""),
		event(2, "SigningPolicy.Edited", policy, `,"changes":{"approvers":{"to":["x"]}}`),
		event(3, "Webhook.Deleted", `"x"`, ""),
		event(4, "Project.Edited", `{"id":"`+o.id("project:project-a")+`"}`, `,"changes":{"description":{"from":"a","to":"b"}}`),
		event(5, "InteractiveUser.Reinvited", user, ""),
		event(6, "InteractiveUser.Invited", user, `,"changes":{"email":{"from":null,"to":"outsider@example.com"}}`),
		event(7, "Whatever happened", `null`, ""),
		event(8, "InteractiveUser.Edited", user, `,"changes":{"apiToken":{"from":"aaa","to":"bbb"}}`),
		event(9, "SigningPolicy.Created", policy, `,"changes":{"approvers":{"from":null,"to":["`+o.id(outsider)+`"]}}`),
		`{"eventName":"User.Edited"}`, `{"eventName":"User.Edited"}`, `{"eventName":"Webhook.Deleted","time":"2026-02-28T10:00:00Z"}`,
	}, ",") + "]")
	log := o.log(audit.LogOptions{})
	const by = " by security.officer@example.com."
	expectLog(t, log,
		`something changed about project-a/release-signing, which the audit log calls "SigningPolicy.MemberAdded",`+by,
		`the approvers of project-a/release-signing were changed, the audit log does not say how,`+by,
		"the invitation of "+outsider+" was sent again"+by,
		outsider+" was created"+by,
		`something changed about something that the audit log does not name, which the audit log calls "Whatever happened",`+by,
		"apiToken of "+outsider+" was changed"+by,
		"signing policy project-a/release-signing was created"+by,
		outsider+" was added to the approvers of project-a/release-signing"+by,
	)
	if got := fmt.Sprint(log.NotUnderstood); got != "[{SigningPolicy.Edited 1} {SigningPolicy.MemberAdded 1} {Whatever happened 1}]" {
		t.Errorf("not understood are %s", got)
	}
	if got := fmt.Sprint(log.Plain); got != "[{Project.Edited 1} {Webhook.Deleted 1}]" {
		t.Errorf("about nobody's access are %s", got)
	}
	if len(log.Gaps) != 1 || !strings.Contains(log.Gaps[0], `2 × "User.Edited"`) {
		t.Errorf("the gaps are %q", log.Gaps)
	}
}

func TestLogOfAPart(t *testing.T) {
	o := newOrganization(t)
	for body, gaps := range map[string]int{
		`{"items":[{"time":"2026-03-01T10:00:00Z","eventName":"A.B"}],"next":1}`:                                                   1,
		`{"items":[{"time":"2026-03-01T10:00:00Z","eventName":"A.B"},{"time":"2026-02-01T10:00:00Z","eventName":"A.B"}],"next":1}`: 0,
	} {
		o.ClearFaults()
		o.answering(body)
		if log := o.log(audit.LogOptions{}); len(log.Gaps) != gaps {
			t.Errorf("%s: the gaps are %q", body, log.Gaps)
		}
	}
	o.ClearFaults()
	o.must(o.Inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultAnswer, Status: 403}))
	if log, err := audit.ReadLog(t.Context(), o.client, nil, audit.LogOptions{}); err == nil {
		t.Errorf("got %+v", log)
	}
}

// expectEachEvent counts the events of the year that are told or counted.
func (y *year) expectEachEvent(body, shape string) {
	y.t.Helper()
	log := y.log(audit.LogOptions{From: plannedAt.AddDate(-2, 0, 0), To: plannedAt.AddDate(1, 0, 0)})
	told := map[string]bool{}
	for _, e := range log.Entries {
		told[e.Event] = true
	}
	n := len(told)
	for _, count := range log.Plain {
		n += count.Number
	}
	want := strings.Count(body, `"eventName"`) + strings.Count(body, `"eventType"`)
	if shape == "no times" {
		want = 0
	}
	if n != want || log.Events != want {
		y.t.Errorf("%d told or counted of %d events, and %d read", n, want, log.Events)
	}
}

// TestLogOfANameThatSeveralHad: a filter by name shows whoever had it, and an event that tells a name alone is of none of them.
func TestLogOfANameThatSeveralHad(t *testing.T) {
	o := newOrganization(t)
	o.at("09:00")
	bot := mock.CIUserSeed{Name: "bot"}
	o.by(administrator, creating((*mock.Administrator).CreateCIUser, bot))
	o.by(administrator, adds(release, "submitters", "ci_user:bot"))
	first := o.id("ci_user:bot")
	o.at("10:00")
	o.by(administrator, func(a *mock.Administrator) error { return a.Remove("ci_user:bot") })
	o.at("11:00")
	bot.ID = "77777777-7777-4777-8777-777777777777"
	o.by(administrator, creating((*mock.Administrator).CreateCIUser, bot))
	filter := audit.LogFilter{Members: []access.Reference{o.reference("ci_user:bot")}}
	if got := logSentences(o.log(audit.LogOptions{LogFilter: filter})); !slices.ContainsFunc(got, func(s string) bool {
		return strings.Contains(s, "was added to the submitters of project-a/release-signing")
	}) {
		t.Errorf("what the earlier bot got is hidden:\n%s", strings.Join(got, "\n"))
	}
	event := func(id int, name, object string) string {
		return fmt.Sprintf(`{"id":"%d","time":"2026-03-01T%02d:00:00Z","eventName":%q,"metadata":{"actor":{"id":%q}},"entity":%q,"changes":{
			"isActive":{"from":true,"to":false}}}`, id, id, name, o.id(officer), object)
	}
	o.answering(`[` + event(1, "CiUser.Edited", "bot") + `,{"id":"2","time":"2026-03-01T02:00:00Z","eventName":"CiUser.Deleted","entity":{"id":"` +
		first + `","name":"bot"}},` + event(3, "InteractiveUser.Edited", "Outsider") + `]`)
	expectLog(t, o.log(audit.LogOptions{}),
		`CI user "bot" was deactivated by security.officer@example.com.`,
		`CI user "bot" was deleted by somebody whom the audit log does not name.`,
		outsider+" was deactivated (told by names alone) by security.officer@example.com.",
	)
}
