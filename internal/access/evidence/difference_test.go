package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// told are all sentences of a difference.
func told(d *evidence.Difference) []string {
	var all []string
	for _, c := range d.Changes {
		all = append(all, c.String()+": "+strings.Join(c.Reasons, "; "))
	}
	for _, w := range d.Ways {
		all = append(all, fmt.Sprintf("%s %s %s: %q, was %q", w.Reference, w.Permission, w.Place, w.After, w.Before))
	}
	for _, r := range d.Renamed {
		all = append(all, r.Before+" is "+r.After)
	}
	for _, r := range d.RenamedPlaces {
		all = append(all, r.Before.String()+" is "+r.After.String())
	}
	for _, f := range d.Introduced {
		all = append(all, "new "+f.Fingerprint)
	}
	for _, f := range d.Resolved {
		all = append(all, "gone "+f.Fingerprint)
	}
	for _, f := range d.Excepted {
		all = append(all, "excepted "+f.Fingerprint)
	}
	for _, s := range d.Settings {
		all = append(all, fmt.Sprintf("%s %s %v %v", s.Place, s.Setting, s.Before, s.After))
	}
	for _, p := range d.Come {
		all = append(all, "new place "+p.String())
	}
	for _, p := range d.Gone {
		all = append(all, "gone place "+p.String())
	}
	for _, p := range d.Replaced {
		all = append(all, "replaced place "+p.String())
	}
	return all
}

func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(*review.Organization)
		want          []string
	}{
		"nothing": {nil, nil, nil},
		"an entry, with what goes without saying": {nil, func(o *review.Organization) {
			o.Grant("writer", file, review.EntriesOf(reference("user:"+benID), reference("user:"+cyID)))
		}, []string{"user:cy@example.com gains writing on plans/budget: writer of plans/budget, directly"}},
		"a role, once": {
			nil, func(o *review.Organization) { o.Principals[2].Role = "Boss" },
			[]string{"user:cy@example.com gains writing in the organization: Boss"},
		},
		"a role is lost": {
			func(o *review.Organization) { o.Principals[2].Role = "Boss" }, nil,
			[]string{"user:cy@example.com loses writing in the organization: Boss"},
		},
		"a rename, of a person and of a group": {nil, func(o *review.Organization) {
			o.Principals[1].Email, o.Principals[3].Name = "benjamin@example.com", "Crew"
		}, []string{"user:ben@example.com is user:benjamin@example.com", "group:Team is group:Crew"}},
		"somebody else under an old name": {nil, func(o *review.Organization) {
			o.Principals[1].Email, o.Principals[2].Email = "gone@example.com", "ben@example.com"
			o.Grant("writer", file, review.EntriesOf(reference("user:"+cyID)))
		}, []string{
			"user:ben@example.com gains writing on plans/budget, as the account " + cyID + ": writer of plans/budget, directly",
			"user:gone@example.com loses writing on plans/budget: writer of plans/budget, directly",
			"user:ben@example.com is user:gone@example.com",
		}},
		"another way": {nil, func(o *review.Organization) {
			o.Grant("reader", folder, review.EntriesOf(reference("user:"+benID)))
		}, []string{`user:ben@example.com read plans: ["reader of plans, directly"], was ["reader of plans, through group:Team"]`}},
		"one way more": {nil, func(o *review.Organization) {
			o.Grant("reader", folder, review.EntriesOf(reference("user:"+benID), reference("group:"+teamID)))
		}, []string{`user:ben@example.com read plans: ["reader of plans, directly" "reader of plans, through group:Team"], ` +
			`was ["reader of plans, through group:Team"]`}},
		"an account that ends": {nil, func(o *review.Organization) { o.Principals[1].Active = false }, []string{
			"user:ben@example.com loses reading on plans, because the account is no longer active: reader of plans, through group:Team",
			"user:ben@example.com loses writing on plans/budget, because the account is no longer active: writer of plans/budget, directly",
		}},
		"an account that is back": {func(o *review.Organization) { o.Principals[1].Active = false }, nil, []string{
			"user:ben@example.com gains reading on plans, because the account is now active: reader of plans, through group:Team",
			"user:ben@example.com gains writing on plans/budget, because the account is now active: writer of plans/budget, directly",
		}},
		"an entry of somebody who is not active": {func(o *review.Organization) { o.Principals[2].Active = false }, func(o *review.Organization) {
			o.Principals[2].Active = false
			o.Grant("writer", file, review.EntriesOf(reference("user:"+benID), reference("user:"+cyID)))
		}, []string{"user:cy@example.com will gain writing on plans/budget, once the account is active: writer of plans/budget, directly"}},
		// The boss, who reads and writes everywhere, gains nothing by a new place.
		"a new place": {func(o *review.Organization) { delete(o.Places, file) }, nil, []string{
			"user:ben@example.com gains writing on plans/budget: writer of plans/budget, directly",
			"new place plans/budget",
		}},
		"a place that is gone": {nil, func(o *review.Organization) { delete(o.Places, file) }, []string{
			"user:ben@example.com loses writing on plans/budget: writer of plans/budget, directly",
			"gone place plans/budget",
		}},
		"a place that is called otherwise": {nil, func(o *review.Organization) { *o = movedOffice(file2, fileID) }, []string{
			"plans/budget is plans/spending",
		}},
		"a place made again": {nil, func(o *review.Organization) { o.PlaceIDs[file] = cyID }, []string{
			"user:ben@example.com gains writing on plans/budget, which is another one of that name: writer of plans/budget, directly",
			"user:ben@example.com loses writing on plans/budget, which is gone: writer of plans/budget, directly",
			"replaced place plans/budget",
		}},
		"a place called as another one was": {nil, func(o *review.Organization) {
			*o = movedOffice(file2, fileID)
			o.Places[file], o.PlaceIDs[file] = nil, cyID
			o.Grant("writer", file, review.EntriesOf(reference("user:"+cyID)))
		}, []string{
			"user:cy@example.com gains writing on plans/budget: writer of plans/budget, directly",
			"plans/budget is plans/spending",
			"new place plans/budget",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := soundOffice(), soundOffice()
			if c.before != nil {
				c.before(&before)
			}
			if c.after != nil {
				c.after(&after)
			}
			d, err := evidence.Compare(office, reportOn(before, 0), reportOn(after, 90))
			if err != nil {
				t.Fatal(err)
			}
			if got := told(d); !slices.Equal(got, c.want) || d.Same() != (len(c.want) == 0) || len(d.Gaps)+len(d.Notes) > 0 {
				t.Errorf("got  %q\nwant %q\nsame: %t, gaps %q, notes %q", got, c.want, d.Same(), d.Gaps, d.Notes)
			}
		})
	}
}

// What an incomplete report does not show is neither gained nor lost, nor new or gone: not a place that it does not show, nor
// what somebody has through a group of which it does not tell the members. What it does show, is compared.
func TestIncompleteReportsTakeNothingFromAnybody(t *testing.T) {
	without := func(place access.Place) func(*review.Organization) {
		return func(o *review.Organization) {
			delete(o.Places, place)
			delete(o.PlaceIDs, place)
		}
	}
	for name, c := range map[string]struct {
		lacks   func(*review.Organization)
		notRead evidence.NotRead
		gap     string
		want    []string
	}{
		"a place": {without(file), evidence.NotRead{}, "nothing is said of 1 way of access in plans/budget", []string{}},
		"the lists of a place": {
			func(o *review.Organization) { o.Grants = nil },
			evidence.NotRead{Places: []access.Place{folder, file}},
			"nothing is said of 2 ways of access in plans, plans/budget",
			[]string{},
		},
		"the members of a group": {
			func(o *review.Organization) { o.Members = map[access.Reference]review.Entries{} },
			evidence.NotRead{Groups: []string{teamID}},
			"nothing is said of 1 way of access in plans",
			[]string{},
		},
		"nothing that counts": {
			func(o *review.Organization) { o.Grant("writer", file, review.EntriesOf()) },
			evidence.NotRead{Groups: []string{teamID}},
			"",
			[]string{"user:ben@example.com loses writing on plans/budget: writer of plans/budget, directly"},
		},
		"the accounts": {
			func(o *review.Organization) { o.Principals[0].Role = "Guest" },
			evidence.NotRead{Accounts: true},
			"nothing is said of 1 way of access in the organization",
			[]string{},
		},
	} {
		for _, isOld := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, old report %t", name, isOld), func(t *testing.T) {
				part := soundOffice()
				c.lacks(&part)
				earlier, later, want := reportOn(soundOffice(), 0), reportOn(part, 90), slices.Clone(c.want)
				incomplete, side := later, "new"
				if isOld {
					earlier, later, side = reportOn(part, 0), reportOn(soundOffice(), 90), "old"
					incomplete = earlier
					for i := range want {
						want[i] = strings.Replace(want[i], "loses", "gains", 1)
					}
				}
				incomplete.Head.Gaps, incomplete.NotRead = envelope.Gaps("Something was refused."), c.notRead
				earlier.Findings, later.Findings = []review.FindingRecord{{Fingerprint: "a"}}, []review.FindingRecord{{Fingerprint: "b"}}
				if isOld {
					want = append(want, "gone a")
				} else {
					want = append(want, "new b")
				}
				d, err := evidence.Compare(office, earlier, later)
				if err != nil {
					t.Fatal(err)
				}
				if got := told(d); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				mustContain(t, strings.Join(d.Gaps, "\n"), "the "+side+" report is incomplete: Something was refused.", c.gap)
			})
		}
	}
}

// What a report lacks, or shows otherwise than the other one, is told, and neither gained nor lost.
func TestWhatCannotBeCompared(t *testing.T) {
	org := soundOffice()
	hash := "x"
	for name, c := range map[string]struct {
		edit  func(earlier, later *evidence.Report)
		gap   string
		note  string
		wants []string
	}{
		"an old report with a gap": {func(earlier, _ *evidence.Report) {
			earlier.Head.Gaps = envelope.Gaps("There may be folders that user:ada@example.com does not see.")
		}, "because the old report is incomplete: There may be folders", "", nil},
		"a new report with a gap": {
			func(_, later *evidence.Report) { later.Head.Gaps = envelope.Gaps("Nobody knows.") },
			"because the new report is incomplete: Nobody knows.", "", nil,
		},
		"filtered otherwise": {func(_, later *evidence.Report) {
			later.Head.Filters = map[string][]string{"files": {"budget"}}
			later.Access = slices.DeleteFunc(later.Access, func(a evidence.Access) bool { return a.Place != file })
		}, "because the reports show different parts: the old one everything, and the new one files budget.", "", nil},
		"filtered otherwise, and changed in what both show": {func(_, later *evidence.Report) {
			later.Head.Filters = map[string][]string{"files": {"plans/budget"}, "permissions": {"write"}}
			later.Access = slices.DeleteFunc(later.Access, func(a evidence.Access) bool {
				return a.Place != file || a.Permission != write || a.ID == benID
			})
		}, "different parts", "", []string{"user:ben@example.com loses writing on plans/budget: writer of plans/budget, directly"}},
		"other principals": {func(_, later *evidence.Report) {
			later.Head.Filters = map[string][]string{"principals": {"user:ben@example.com"}}
			later.Access, later.Findings = nil, nil
		}, "nothing is said of who gained and lost, nor of findings", "", nil},
		"another reader": {func(_, later *evidence.Report) {
			later.Head.ReadBy = &envelope.Reader{Member: "user:cy@example.com", Role: "Boss"}
		}, "", "read by different users: user:ada@example.com (Boss), and user:cy@example.com (Boss).", nil},
		"another version":     {func(_, later *evidence.Report) { later.Head.Tool.Version = "2" }, "", "which may judge otherwise", nil},
		"a rule switched off": {func(_, later *evidence.Report) { later.Ignored = []string{"r"} }, "", "Other rules judged", nil},
		"a file of rules": {
			func(_, later *evidence.Report) { later.Head.Rules = &envelope.Rules{SHA256: &hash} },
			"", "Other rules judged", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			earlier, later := reportOn(org, 0), reportOn(org, 1)
			c.edit(earlier, later)
			d, err := evidence.Compare(office, earlier, later)
			if err != nil {
				t.Fatal(err)
			}
			mustContain(t, strings.Join(d.Gaps, "\n"), c.gap)
			mustContain(t, strings.Join(d.Notes, "\n"), c.note)
			if got := told(d); !slices.Equal(got, c.wants) || (len(d.Gaps) > 0) != (c.gap != "") {
				t.Errorf("got %q, gaps %q", got, d.Gaps)
			}
		})
	}
}

func TestFindingsAndSettingsAreCompared(t *testing.T) {
	earlier, later := reportOn(soundOffice(), 0), reportOn(soundOffice(), 1)
	finding := func(fingerprint string) review.FindingRecord { return review.FindingRecord{Fingerprint: fingerprint} }
	earlier.Findings = []review.FindingRecord{finding("stays"), finding("goes"), finding("passes")}
	later.Findings = []review.FindingRecord{finding("stays"), finding("comes")}
	later.Excepted = []review.ExceptedRecord{{FindingRecord: finding("passes")}, {FindingRecord: finding("passed before")}}
	later.Settings[1].Values = map[string]any{"locked": nil}
	d, err := evidence.Compare(office, earlier, later)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"new comes", "gone goes", "excepted passes", "plans/budget locked false <nil>"}
	if got := told(d); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyReportsOfOneOrganizationInOrderAreCompared(t *testing.T) {
	other := cyID
	for want, edit := range map[string]func(*evidence.Report){
		"about two organizations, " + officeID + " and " + cyID:     func(r *evidence.Report) { r.Head.Organization.ID = &other },
		"about two organizations, " + officeID + " and one that is": func(r *evidence.Report) { r.Head.Organization.ID = nil },
		"name the old one first":                                    func(r *evidence.Report) { r.Head.Time = noon.AddDate(0, 0, -1) },
	} {
		later := reportOn(soundOffice(), 1)
		edit(later)
		if _, err := evidence.Compare(office, reportOn(soundOffice(), 0), later); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestWaysGoByIDs(t *testing.T) {
	was := evidence.Holdings(reportOn(soundOffice(), 0).Access)
	org := soundOffice()
	org.Principals[1].Email, org.Principals[3].Name = "benjamin@example.com", "Crew"
	is := evidence.Holdings(reportOn(org, 0).Access)
	seen := map[string]bool{}
	for i := range was {
		if was[i].Way != is[i].Way || seen[was[i].Way] {
			t.Errorf("%s %s has the fingerprint %s, then %s", was[i].Reference, was[i].Text, was[i].Way, is[i].Way)
		}
		seen[was[i].Way] = true
		if err := was[i].CheckWay(); err != nil {
			t.Error(err)
		}
		changed := was[i]
		changed.Role = access.Role("Boss of all")
		if changed.CheckWay() == nil {
			t.Errorf("a changed way keeps its fingerprint: %+v", changed)
		}
	}
	if len(was) != 3 {
		t.Errorf("there are %d ways", len(was))
	}
}
