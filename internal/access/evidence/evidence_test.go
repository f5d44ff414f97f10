package evidence_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

var (
	read  = access.Permission{ID: "read", Noun: "reading"}
	write = access.Permission{ID: "write", Noun: "writing"}
)

// office is a vendor that nobody has: files are in folders, writers read, and the boss does both
// everywhere.
var office = access.Define(access.Vocabulary{
	Places: []access.PlaceKind{
		{Key: "folder", Noun: "folder", Plural: "folders"},
		{Key: "file", Noun: "file", Plural: "files", Within: "folder"},
	},
	Permissions: []access.PermissionDescription{
		{Permission: read, Narrowest: "file"}, {Permission: write, Narrowest: "file", Includes: []access.Permission{read}},
	},
	Most: "Boss", Least: "Guest",
	Roles: []access.RoleDescription{
		{Role: "Boss", By: access.ByPrincipal, Title: "Boss", Rights: rights(true, true)},
		{Role: "Guest", By: access.ByPrincipal, Title: "Guest", Rights: rights(false, false)},
		{Role: "reader", By: access.ByEntry, Title: "reader", Plural: "readers", At: "folder", For: read, Rights: rights(true, false)},
		{Role: "writer", By: access.ByEntry, Title: "writer", Plural: "writers", At: "file", For: write, Rights: rights(true, true)},
	},
})

func rights(reads, writes bool) map[access.Permission]access.Cell {
	return map[access.Permission]access.Cell{read: {Granted: reads}, write: {Granted: writes}}
}

// The ids of those who are in the office.
const (
	adaID    = "11111111-1111-4111-8111-111111111111"
	benID    = "22222222-2222-4222-8222-222222222222"
	cyID     = "33333333-3333-4333-8333-333333333333"
	teamID   = "44444444-4444-4444-8444-444444444444"
	officeID = "55555555-5555-4555-8555-555555555555"
	folderID = "77777777-7777-4777-8777-777777777777"
	fileID   = "88888888-8888-4888-8888-888888888888"
)

var (
	folder = access.PlaceOf("plans")
	file   = access.PlaceOf("plans", "budget")
	file2  = access.PlaceOf("plans", "spending")
	noon   = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

// soundOffice has a boss, and Ben, who writes the budget and is in the team, which reads.
func soundOffice() review.Organization {
	org := review.Organization{
		Vocabulary: office,
		Principals: []review.Principal{
			{Principal: access.Principal{Kind: access.KindUser, ID: adaID, Name: "Ada", Email: "ada@example.com", Role: "Boss", Active: true}},
			{Principal: access.Principal{Kind: access.KindUser, ID: benID, Name: "Ben", Email: "ben@example.com", Role: "Guest", Active: true}},
			{Principal: access.Principal{Kind: access.KindUser, ID: cyID, Name: "Cy", Email: "cy@example.com", Role: "Guest", Active: true}},
			{Principal: access.Principal{Kind: access.KindGroup, ID: teamID, Name: "Team"}},
		},
		Members: map[access.Reference]review.Entries{reference("group:" + teamID): review.EntriesOf(reference("user:" + benID))},
		Places:  map[access.Place]any{folder: nil, file: nil}, PlaceIDs: map[access.Place]string{folder: folderID, file: fileID},
	}
	org.Grant("writer", file, review.EntriesOf(reference("user:"+benID)))
	org.Grant("reader", folder, review.EntriesOf(reference("group:"+teamID)))
	return org
}

func reference(text string) access.Reference {
	r, err := access.ParseReference(text)
	if err != nil {
		panic(err)
	}
	return r
}

// reportOn is a report on the office, made some days after noon.
func reportOn(org review.Organization, days int) *evidence.Report {
	id := officeID
	directory := access.NewDirectory()
	for _, p := range org.Principals {
		directory.Put(p.Principal)
	}
	r := &evidence.Report{Head: envelope.Envelope{
		Organization: envelope.Organization{ID: &id}, Time: noon.AddDate(0, 0, days), Complete: true,
		ReadBy: &envelope.Reader{Member: "user:ada@example.com", Role: "Boss"}, Filters: map[string][]string{"folders": {}, "principals": {}},
	}}
	find := func(r access.Reference) evidence.Subject { return evidence.SubjectOf(directory, r) }
	for _, row := range review.Effective(org) {
		told := evidence.Access{
			Subject: find(row.Principal), Status: row.Status, InForce: row.InForce(), Permission: row.Permission, Place: row.Place,
		}
		for _, reason := range row.Reasons {
			told.Reasons = append(told.Reasons, evidence.HoldingOf(row, reason, org.PlaceIDs, find))
		}
		r.Access = append(r.Access, told)
	}
	for _, place := range slices.SortedFunc(maps.Keys(org.Places), access.Place.Compare) {
		r.Settings = append(r.Settings, evidence.Settings{Place: place, ID: org.PlaceIDs[place], Values: map[string]any{"locked": false}})
	}
	for _, p := range org.Principals {
		r.Accounts = append(r.Accounts, find(directory.ReferenceTo(p.ID)))
	}
	return r
}

func mustContain(t *testing.T, got string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
