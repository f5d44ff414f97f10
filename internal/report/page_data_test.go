package report_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// largeSurvey is of 5,000 principals and 1,000 projects, with a team for every few projects.
func largeSurvey() *survey.Survey {
	const people, programs, teams, projects = 3800, 1000, 200, 1000
	found := &survey.Survey{
		ID: "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Directory: access.NewDirectory(), Organization: review.Organization{
			Vocabulary: vocabulary.SignPath, Members: map[access.Reference]review.Entries{}, Places: map[access.Place]any{}, Grants: map[review.Seat]review.Entries{},
		},
	}
	org := &found.Organization
	add := func(p access.Principal) access.Reference {
		p.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(org.Principals))
		p.Active = true
		found.Directory.Put(p)
		org.Principals = append(org.Principals, review.Principal{Principal: p})
		return access.Reference{Kind: p.Kind, Key: p.ID}
	}
	roles := []access.Role{
		vocabulary.RoleGlobalAdministrator, vocabulary.RoleGlobalAdministrator, vocabulary.RoleGlobalReader, vocabulary.RoleProjectAdministrator,
	}
	var users, ciUsers, groups []access.Reference
	for i := range people {
		role := vocabulary.RoleRegularUser
		if i < len(roles) {
			role = roles[i]
		}
		users = append(users, add(access.Principal{
			Kind: access.KindUser, Name: fmt.Sprintf("Engineer %04d", i), Email: fmt.Sprintf("engineer.%04d@example.com", i), Role: role,
		}))
	}
	for i := range programs {
		ciUsers = append(ciUsers, add(access.Principal{Kind: access.KindCIUser, Name: fmt.Sprintf("build-%04d", i), Role: vocabulary.RoleRegularUser}))
	}
	for i := range teams {
		group := add(access.Principal{Kind: access.KindGroup, Name: fmt.Sprintf("Team %03d", i)})
		org.Members[group] = review.EntriesOf(users[100+18*i : 118+18*i]...)
		groups = append(groups, group)
	}
	for i := range projects {
		project, team, member := access.PlaceOf(fmt.Sprintf("product-%04d", i)), groups[i%teams], users[100+i%teams*18+i/teams]
		org.Places[project] = nil
		org.Grant(vocabulary.Readers.Role(), project, review.EntriesOf(team))
		org.Grant(vocabulary.Configurators.Role(), project, review.EntriesOf(member))
		for j, slug := range []string{"test-signing", "release-signing", "nightly-signing"}[:2+i%2] {
			policy := access.PlaceOf(project.Slug(0), slug)
			yes, one := true, int64(1)
			org.Places[policy] = vocabulary.SigningPolicy{Slug: slug, UsesApprovalProcess: &yes, RequiredApprovals: &one}
			org.Grant(vocabulary.Submitters.Role(), policy, review.EntriesOf(ciUsers[i], member))
			if j == 1 {
				org.Grant(vocabulary.Approvers.Role(), policy, review.EntriesOf(team))
			}
		}
	}
	return found
}

// pageRow is a right of a principal, with a reason and since when it holds, as text.
type pageRow string

// rowsOfPage are those in the data of the page, read as its script does.
func rowsOfPage(t *testing.T, page string) []pageRow {
	t.Helper()
	_, after, _ := strings.Cut(page, `<script type="application/json" id="data">`)
	content, _, found := strings.Cut(after, "</script>")
	if !found || strings.ContainsAny(content, "<>&\u202e") {
		t.Fatal("the data are not there, or not escaped")
	}
	var data struct {
		Permissions, Parts []string
		Accounts           [][]json.RawMessage
		Places             [][]any
		Ways               [][]any
		Reasons            []int
		Lines, Sets, Notes [][]int
	}
	must(t, json.Unmarshal([]byte(content), &data))
	reasonText := func(reason int) string {
		way := data.Ways[data.Reasons[2*reason]]
		if len(way) == 2 {
			return way[1].(string)
		}
		return way[1].(string) + data.Places[data.Reasons[2*reason+1]][2].(string) + way[2].(string)
	}
	var rows []pageRow
	for _, account := range data.Accounts {
		var kind, key, status string
		var set int
		var notes []int
		must(t, json.Unmarshal(account[1], &kind))
		must(t, json.Unmarshal(account[2], &key))
		must(t, json.Unmarshal(account[4], &status))
		must(t, json.Unmarshal(account[5], &set))
		if len(account) == 7 {
			must(t, json.Unmarshal(account[6], &notes))
		}
		number, note := 0, 0
		for _, step := range data.Sets[set] {
			number += step
			line := data.Lines[number]
			for i := 3; i < len(line); i += 2 {
				since := ""
				if notes != nil {
					note, notes = note+notes[0], notes[1:]
					for _, part := range data.Notes[note] {
						since += data.Parts[part]
					}
				}
				for bit, permission := range data.Permissions {
					if line[i+1]&(1<<bit) != 0 {
						rows = append(rows, pageRow(fmt.Sprint(kind, key, " ", data.Places[line[0]][2], " ", permission, " ", status == "", " ", reasonText(line[i]), since)))
					}
				}
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// rowsOfJSON are those of the report as JSON.
func rowsOfJSON(t *testing.T, document string) []pageRow {
	t.Helper()
	var read struct {
		Access []struct {
			Principal, Permission, Project string
			SigningPolicy                  string `json:"signing_policy"`
			InForce                        bool   `json:"in_force"`
			Reasons                        []struct {
				Text  string
				Since *struct{ Text string }
			}
		}
	}
	must(t, json.Unmarshal([]byte(document), &read))
	var rows []pageRow
	for _, a := range read.Access {
		place := access.Place{}
		switch {
		case a.SigningPolicy != "":
			place = access.PlaceOf(a.Project, a.SigningPolicy)
		case a.Project != "":
			place = access.PlaceOf(a.Project)
		}
		for _, reason := range a.Reasons {
			since := ""
			if reason.Since != nil {
				since = "since " + reason.Since.Text
			}
			rows = append(rows, pageRow(text.Visible(fmt.Sprint(a.Principal, " ", place, " ", a.Permission, " ", a.InForce, " ", reason.Text, since))))
		}
	}
	slices.Sort(rows)
	return rows
}

// TestPageHasTheRowsOfJSON also of a large organization, and with since when, of names that are hostile.
func TestPageHasTheRowsOfJSON(t *testing.T) {
	small := start(t, seed()).read(t, token)
	since := reviewed(t, small, review.Filter{})
	since.TellSince(origins{}, nil)
	for name, r := range map[string]*report.Report{
		"small": reviewed(t, small, review.Filter{}), "since": since, "filtered": reviewed(t, small, policies("app/release-signing")),
		"large": reviewed(t, largeSurvey(), review.Filter{}),
	} {
		t.Run(name, func(t *testing.T) {
			page, document := rowsOfPage(t, written(t, r, report.FormatHTML)), rowsOfJSON(t, written(t, r, report.FormatJSON))
			if len(document) < 10 || !slices.Equal(page, document) {
				lacks := slices.DeleteFunc(slices.Clone(document), func(row pageRow) bool { _, has := slices.BinarySearch(page, row); return has })
				more := slices.DeleteFunc(slices.Clone(page), func(row pageRow) bool { _, has := slices.BinarySearch(document, row); return has })
				t.Errorf("the page has %d rows, want %d; it lacks %.3q and has %.3q too", len(page), len(document), lacks[:min(3, len(lacks))], more[:min(3, len(more))])
			}
		})
	}
}

// yearOfOrigins tells of each entry another minute of a year.
type yearOfOrigins struct{ origins }

func (yearOfOrigins) Entry(seat review.Seat, member access.Reference) evidence.Origin {
	sum := fnv.New32a()
	_, _ = fmt.Fprint(sum, seat, member) // A hash takes everything.
	when := january.Add(time.Duration(sum.Sum32()%(365*24*60)) * time.Minute)
	return evidence.Origin{Found: true, Time: when, Actor: evidence.Actor{Member: "user:owner@example.com", Name: "Owner", Agency: evidence.ByPerson}}
}

// TestLargeIsSmall holds the page to what goes by mail, and the text to what a person reads.
func TestLargeIsSmall(t *testing.T) {
	found := largeSurvey()
	r := reviewed(t, found, review.Filter{})
	if len(found.Organization.Principals) != 5000 || len(r.Access) < 100_000 {
		t.Fatalf("%d principals and %d rights", len(found.Organization.Principals), len(r.Access))
	}
	const most = 5 << 20
	if page := written(t, r, report.FormatHTML); len(page) > most {
		t.Errorf("the page is %d bytes long", len(page))
	} else {
		t.Logf("the page is %d bytes long", len(page))
	}
	for view, wanted := range map[report.View][]string{
		"":                {"ACCESS BY PLACE", "the organization", "product-0001 ", "and 901 more projects", "THE REST", "--by right", "--format csv"},
		report.ViewPlace:  {"FINDINGS", "and 995 more", "What to do", "ACCESS BY PLACE"},
		report.ViewPerson: {"ACCESS BY PERSON", "user:engineer.0000@example.com  yes", "everything", "more users and CI users", "--by place"},
	} {
		r.View = view
		text := written(t, r, report.FormatText)
		expectInOrder(t, text, wanted...)
		if lines := strings.Count(text, "\n"); lines > 250 {
			t.Errorf("by %q, the text has %d lines", view, lines)
		}
	}
	since := reviewed(t, found, review.Filter{})
	since.TellSince(yearOfOrigins{}, nil)
	if page := written(t, since, report.FormatHTML); len(page) > most {
		t.Errorf("with since when, the page is %d bytes long", len(page))
	} else {
		t.Logf("with since when, the page is %d bytes long", len(page))
	}
}
