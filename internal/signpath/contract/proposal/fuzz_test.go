package proposal_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
)

// FuzzPropose makes sure that no server breaks the proposer, and that whatever it makes of one
// is a mapping file from which it can go on.
func FuzzPropose(f *testing.F) {
	f.Add(assumedServer)
	f.Add(`Role = enum(ADMIN READER AUDITOR)
Member = {principalId!: uuid, kind!: enum(Person Robot)}
User = {userId!: uuid, inbox!: mail, handle!: text, role!: Role?, state!: enum(On Off)}
GET /Users?page:int&cursor:text -> {data!: {users!: [User]}, next: text?}
GET /Users/{user} -> User
POST /Users {inbox!: mail, type!: enum(X)} -> {k: uuid}
PATCH /Users/{user} {inbox!: mail, role: Role}
POST /Users/{user}/State {state!: enum(On Off)}
GET /Teams/{team} -> {id!: uuid, crew!: [Member], x: any}
PUT /Teams/{team}/Crew [uuid]
GET /A/{a} -> {key!: text, list: [{key!: text}]}
GET /A/{a}/B/{b} -> {key!: text, x!: {m!: [uuid], n!: [uuid]}, y!: {m!: [uuid], n!: [uuid]}}
`)
	f.Fuzz(func(t *testing.T, text string) {
		document := string(describeOr(text, func(string, ...any) { t.SkipNow() }))
		made, err := proposal.Propose([]byte(document), proposal.Options{})
		if err != nil {
			if strings.Contains(err.Error(), "fault of this program") {
				t.Error(err)
			}
			return
		}
		if _, err := mapping.Parse(made.Text); err != nil {
			t.Fatalf("%v\n%s", err, made.Text)
		}
		if _, err := proposal.Propose([]byte(document), proposal.Options{Known: made.Text}); err != nil {
			t.Errorf("%v\n%s", err, made.Text)
		}
		if _, err := proposal.Describe([]byte(document), made.Text); err != nil {
			t.Errorf("%v\n%s", err, made.Text)
		}
	})
}
