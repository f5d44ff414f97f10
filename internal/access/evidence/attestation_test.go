package evidence_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// attested is a file in which somebody attests everything in the office.
func attested(t testing.TB, org review.Organization, by string, on, until baseline.Day) evidence.File {
	t.Helper()
	var all []evidence.Attestation
	for _, h := range evidence.Holdings(reportOn(org, 0).Access) {
		all = append(all, evidence.Attest(h, reportOn(org, 0).Find(reference(by)), on, until, "REC-1"))
	}
	document, err := evidence.Extend(office, nil, officeID, all)
	if err != nil {
		t.Fatal(err)
	}
	file, err := evidence.ParseFile(office, document, noon)
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return file
}

// found are the findings of the rules about attestations in an organization, whatever their order.
func found(t *testing.T, org review.Organization, file evidence.File, days int, settings map[string]review.RuleSetting) []string {
	t.Helper()
	rulebook := review.Rulebook{Catalogue: evidence.Rules(review.AttestationRules, file), Now: noon.AddDate(0, 0, days), Rules: settings}
	report, err := review.Review(org, rulebook)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range report.Findings {
		all = append(all, fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Sentence))
	}
	return all
}

func TestAttestationsAreJudged(t *testing.T) {
	const cy = "user:cy@example.com"
	for name, c := range map[string]struct {
		by, until string
		edit      func(*review.Organization)
		days      int
		settings  map[string]review.RuleSetting
		want      []string
	}{
		"all is attested": {by: cy},
		"on the last day": {by: cy, until: "2026-12-31", days: 41},
		"on the day after": {by: cy, until: "2026-12-31", days: 42, want: []string{
			"warn not-attested: user:ada@example.com is Boss, and what user:cy@example.com attested ended on 2026-12-31.",
			"warn not-attested: user:ben@example.com is reader of plans, through group:Team, and what user:cy@example.com attested ended on 2026-12-31.",
			"warn not-attested: user:ben@example.com is writer of plans/budget, directly, and what user:cy@example.com attested ended on 2026-12-31.",
		}},
		"a year later, without an end": {by: cy, days: 365},
		"more than a year later": {by: cy, days: 366, edit: func(o *review.Organization) { o.Grants = nil }, want: []string{
			"warn not-attested: user:ada@example.com is Boss, and what user:cy@example.com attested ended on 2027-11-20.",
		}},
		// Another rule must not find by a period of its own what this one lets pass, or nothing at all.
		"a period of the rulebook": {
			by: cy, days: 400, settings: map[string]review.RuleSetting{review.NotAttested: {Parameters: map[string]int{review.AttestationDays: 500}}},
			edit: func(o *review.Organization) { o.Grant("reader", folder, review.EntriesOf(reference("user:"+benID))) },
			want: []string{"warn way-changed-since: user:ben@example.com is reader of plans, directly, " +
				"and what user:cy@example.com attested on 2026-11-20 was through group:Team."},
		},
		"somebody new": {by: cy, edit: func(o *review.Organization) {
			o.Grant("writer", file, review.EntriesOf(reference("user:"+benID), reference("user:"+adaID)))
		}, want: []string{"warn not-attested: user:ada@example.com is writer of plans/budget, directly, and nobody has attested that."}},
		"a rename": {by: cy, edit: func(o *review.Organization) { o.Principals[1].Email, o.Principals[3].Name = "b@example.com", "Crew" }},
		"somebody else under an attested name": {by: cy, edit: func(o *review.Organization) {
			o.Principals[1].Email, o.Principals[2].Email = "gone@example.com", "ben@example.com"
			o.Grant("writer", file, review.EntriesOf(reference("user:"+cyID)))
		}, want: []string{
			// What is attested of Ben reads as if it were about whoever has the name now.
			"warn not-attested: user:ben@example.com is writer of plans/budget, directly, and what user:cy@example.com attested on 2026-11-20 " +
				"was of another account of that name.",
			"warn not-attested: user:gone@example.com is reader of plans, through group:Team, and what user:cy@example.com attested on 2026-11-20 " +
				"names somebody else now: user:ben@example.com, through group:Team.",
		}},
		"a group under an attested name": {by: cy, edit: func(o *review.Organization) {
			o.Principals[3].Name = "Crew"
			o.Principals = append(o.Principals, review.Principal{Principal: access.Principal{
				Kind: access.KindGroup, ID: "66666666-6666-4666-8666-666666666666", Name: "Team",
			}})
		}, want: []string{
			"warn not-attested: user:ben@example.com is reader of plans, through group:Crew, and what user:cy@example.com attested on 2026-11-20 " +
				"names somebody else now: user:ben@example.com, through group:Team.",
		}},
		"by who was called otherwise then": {by: "user:ada@example.com", edit: func(o *review.Organization) {
			o.Principals[0].Email = "a@example.com"
		}, want: []string{
			"warn attested-by-beneficiary: user:a@example.com is Boss, as user:ada@example.com attested on 2026-11-20, who has that role there.",
		}},
		// Who attests need not have anything at all, and is known again by id.
		"by who had nothing then, and is called otherwise now": {by: cy, edit: func(o *review.Organization) {
			o.Principals[2].Email, o.Principals[2].Role = "c@example.com", "Boss"
		}, want: []string{
			"warn attested-by-beneficiary: user:ada@example.com is Boss, as user:cy@example.com attested on 2026-11-20, who has that role there.",
			"warn not-attested: user:c@example.com is Boss, and nobody has attested that.",
		}},
		"a place that is called otherwise": {by: cy, edit: func(o *review.Organization) { *o = movedOffice(file2, fileID) }},
		"a place made again": {by: cy, edit: func(o *review.Organization) { o.PlaceIDs[file] = cyID }, want: []string{
			"warn not-attested: user:ben@example.com is writer of plans/budget, directly, and what user:cy@example.com attested on 2026-11-20 " +
				"was of another place of that name.",
		}},
		"a place under an attested name": {by: cy, edit: func(o *review.Organization) {
			*o = movedOffice(file2, fileID)
			o.Places[file], o.PlaceIDs[file] = nil, cyID
		}, want: []string{
			"warn not-attested: user:ben@example.com is writer of plans/spending, directly, and what user:cy@example.com attested on 2026-11-20 " +
				"names somebody else now: user:ben@example.com, directly.",
		}},
		"by whom it is about": {by: "user:ada@example.com", want: []string{
			"warn attested-by-beneficiary: user:ada@example.com is Boss, as user:ada@example.com attested on 2026-11-20, who has that role there.",
		}},
		"by somebody who has it by a group": {by: cy, edit: func(o *review.Organization) {
			o.Members[reference("group:"+teamID)] = review.EntriesOf(reference("user:"+benID), reference("user:"+cyID))
		}, want: []string{
			"warn attested-by-beneficiary: user:ben@example.com is reader of plans, through group:Team, " +
				"as user:cy@example.com attested on 2026-11-20, who has that role there.",
			"warn not-attested: user:cy@example.com is reader of plans, through group:Team, and nobody has attested that.",
		}},
		"by an id": {by: "user:" + adaID, want: []string{
			"warn attested-by-beneficiary: user:ada@example.com is Boss, as user:" + adaID + " attested on 2026-11-20, who has that role there.",
		}},
		"an exception, and a severity": {by: "user:ada@example.com", settings: map[string]review.RuleSetting{
			review.AttestedByBeneficiary: {Exceptions: []review.Exception{{
				Member: reference("user:ada@example.com"), Reason: "There is one boss", Until: noon.AddDate(1, 0, 0),
			}}},
			review.NotAttested: {Severity: review.Deny},
		}, edit: func(o *review.Organization) {
			o.Grant("writer", file, review.EntriesOf(reference("user:"+cyID)))
		}, want: []string{"deny not-attested: user:cy@example.com is writer of plans/budget, directly, and nobody has attested that."}},
	} {
		t.Run(name, func(t *testing.T) {
			file := attested(t, soundOffice(), c.by, "2026-11-20", baseline.Day(c.until))
			org := soundOffice()
			if c.edit != nil {
				c.edit(&org)
			}
			got := found(t, org, file, c.days, c.settings)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// movedOffice has the file elsewhere.
func movedOffice(place access.Place, id string) review.Organization {
	org := soundOffice()
	delete(org.Places, file)
	delete(org.PlaceIDs, file)
	org.Grants = nil
	org.Places[place], org.PlaceIDs[place] = nil, id
	org.Grant("writer", place, review.EntriesOf(reference("user:"+benID)))
	org.Grant("reader", folder, review.EntriesOf(reference("group:"+teamID)))
	return org
}

// What somebody decided to remove is not attested any more, however it was before, until somebody attests it again; another way
// of the same person stays as it is.
func TestRemovalsAreRemembered(t *testing.T) {
	report := reportOn(soundOffice(), 0)
	holdings, cy := evidence.Holdings(report.Access), report.Find(reference("user:cy@example.com"))
	var all []evidence.Attestation
	for _, h := range holdings {
		all = append(all, evidence.Attest(h, cy, "2026-11-20", "2027-06-30", ""))
	}
	document, err := evidence.Extend(office, nil, officeID, all)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(more ...evidence.Attestation) []string {
		if document, err = evidence.Extend(office, document, officeID, more); err != nil {
			t.Fatal(err)
		}
		read, err := evidence.ParseFile(office, document, noon)
		if err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		return found(t, soundOffice(), read, 0, nil)
	}
	if got := judge(); len(got) > 0 {
		t.Errorf("at first: %q", got)
	}
	want := "warn not-attested: user:ben@example.com is writer of plans/budget, directly, and user:cy@example.com decided on 2026-11-20 that it is to go."
	if got := judge(evidence.Remove(holdings[2], cy, "2026-11-20", "left the team")); !slices.Equal(got, []string{want}) {
		t.Errorf("after the decision: %q", got)
	}
	if got := judge(all[2]); len(got) > 0 {
		t.Errorf("attested again: %q", got)
	}
}

// The check of an older report judges by what was there on its day.
func TestStatementsOfADay(t *testing.T) {
	org := soundOffice()
	late, ended := attested(t, org, "user:cy@example.com", "2026-11-20", ""), attested(t, org, "user:cy@example.com", "2026-11-01", "2026-11-15")
	holdings := evidence.Holdings(reportOn(org, 0).Access)
	for name, c := range map[string]struct {
		file evidence.File
		on   baseline.Day
		want string
	}{
		"attested later":   {late, "2026-11-19", "nobody has attested that"},
		"attested then":    {late, "2026-11-20", ""},
		"it counted then":  {ended, "2026-11-15", ""},
		"it was over then": {ended, "2026-11-16", "ended on 2026-11-15"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range c.file.On(c.on).Judge(holdings, evidence.Company{Holdings: holdings}, c.on, 365) {
				if (v.Rule == review.NotAttested) != (c.want != "") || !strings.Contains(v.Because, c.want) {
					t.Errorf("%s: %s", v.Rule, v.Sentence())
				}
			}
		})
	}
}

func TestRulesAboutAttestationsAreOffWithoutAFile(t *testing.T) {
	report, err := review.Review(soundOffice(), review.Rulebook{Catalogue: review.AttestationRules, Now: noon})
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("got %v, %v", report.Findings, err)
	}
	set := review.Rulebook{Rules: map[string]review.RuleSetting{
		review.NotAttested: {Severity: review.Deny}, review.WayChangedSince: {Severity: review.Ignore}, review.AttestedByBeneficiary: {},
	}}
	if got := evidence.NeedFile(set); !slices.Equal(got, []string{review.NotAttested}) {
		t.Errorf("a file is needed for %q", got)
	}
}

const someFile = `# Reviewed each quarter.
version: 1
organization: 55555555-5555-4555-8555-555555555555
attestations:
  # The boss.
  - principal: user:ada@example.com
    id: 11111111-1111-4111-8111-111111111111
    role: Boss
    way: WAY
    by: user:cy@example.com
    on: 2026-11-20
    until: 2026-12-31
    reference: REC-1
`

func aFile() string {
	return strings.Replace(someFile, "WAY", evidence.Holdings(reportOn(soundOffice(), 0).Access)[0].Way, 1)
}

func TestFilesAreReadStrictly(t *testing.T) {
	if file, err := evidence.ParseFile(office, []byte(aFile()), noon); err != nil || len(file.Attestations) != 1 || file.Attestations[0].Until != "2026-12-31" {
		t.Fatalf("%+v, %v", file, err)
	}
	for want, edit := range map[string][2]string{
		`line 8: decision: it is "drop", and must be "keep" or`:  {"    role: Boss\n", "    decision: drop\n    role: Boss\n"},
		`line 2: the version is "2"`:                             {"version: 1", "version: 2"},
		`the key "version" is missing`:                           {"version: 1\n", ""},
		`line 3: "x" is no id of an organization`:                {"55555555-5555-4555-8555-555555555555", "x"},
		`line 10: there is no key "bye" in this place`:           {"by: user", "bye: user"},
		`the key "by" is missing`:                                {"    by: user:cy@example.com\n", ""},
		`line 10: by: "ci_user:cy" is no user: a person attests`: {"user:cy@example.com", "ci_user:cy"},
		`line 10: by: "cy" `:                                     {"user:cy@example.com", "cy"},
		`line 11: on: 2026-11-30 has not come yet`:               {"2026-11-20", "2026-11-30"},
		`line 11: on: "20.11.2026" is no day`:                    {"2026-11-20", "20.11.2026"},
		`line 12: until: it ends on 2026-11-01, before somebody`: {"2026-12-31", "2026-11-01"},
		`line 9: way: it is not the fingerprint of what`:         {"role: Boss", "role: Guest"},
		`line 9: way: "w1:0" is no fingerprint of a way`:         {evidence.Holdings(reportOn(soundOffice(), 0).Access)[0].Way, "w1:0"},
		`line 9: the key "role" is there twice`:                  {"    role: Boss\n", "    role: Boss\n    role: Boss\n"},
		`line 8: role has the wrong form for this place`:         {"role: Boss", "role: [Boss]"},
		`line 13: there is no key "folders" in this place`:       {"reference: REC-1", "folders: x"},
		`it names a file without its folder`:                     {"reference: REC-1", "file: x"},
		`attestations has the wrong form for this place`:         {"attestations:\n", "attestations: x\nmore:\n"},
		`line 4: there is no key "attested" in this place`:       {"attestations:", "attested:"},
		`there is something behind the first document`:           {"reference: REC-1\n", "reference: REC-1\n---\nversion: 1\n"},
		`line 13: reference has the wrong form for this place`:   {"reference: REC-1", "reference: null"},
		`line 6: principal: "ada@example.com"`:                   {"principal: user:ada", "principal: ada"},
	} {
		document := strings.Replace(aFile(), edit[0], edit[1], 1)
		if _, err := evidence.ParseFile(office, []byte(document), noon); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	twice := aFile() + aFile()[strings.Index(aFile(), "  - principal"):]
	if _, err := evidence.ParseFile(office, []byte(twice), noon); err == nil || !strings.Contains(err.Error(), "line 14: it is about the same way as line 6") {
		t.Errorf("got %v", err)
	}
}

// What somebody wrote into the file stays, and a way is attested once.
func TestFilesAreExtended(t *testing.T) {
	holdings := evidence.Holdings(reportOn(soundOffice(), 0).Access)
	again := evidence.Attest(holdings[0], evidence.Subject{Reference: reference("user:cy@example.com")}, "2026-11-21", "", "")
	more := evidence.Attest(holdings[2], evidence.Subject{Reference: reference("user:cy@example.com")}, "2026-11-21", "", "a: b\n#c")
	document, err := evidence.Extend(office, []byte("# Of the office.\n"+aFile()+"# The end.\n"), officeID, []evidence.Attestation{more, again})
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, string(document), "# Of the office.\n", "# Reviewed each quarter.", "# The end.\n")
	read, err := evidence.ParseFile(office, document, noon.AddDate(0, 0, 1))
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	if len(read.Attestations) != 2 || read.Attestations[0].On != "2026-11-21" || read.Attestations[1].Reference != "a: b\n#c" ||
		read.Attestations[1].Place != file {
		t.Errorf("got %+v\n%s", read.Attestations, document)
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(aFile()))
	for _, seed := range []string{"", "a: &a [*a]", "version: 1\norganization: x\nattestations: [{}]", "{", "attestations: [[]]", "- 1", "\x00", "a: *b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		read, err := evidence.ParseFile(office, document, noon)
		if err != nil {
			return
		}
		written, err := evidence.Extend(office, document, read.Organization, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := evidence.ParseFile(office, written, noon)
		if err != nil || !slices.Equal(again.Attestations, read.Attestations) {
			t.Errorf("%v: %q became %q", err, document, bytes.TrimSpace(written))
		}
	})
}
