package proposal_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal/proposaltest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// parse reads a mapping, of which the empty text is the built-in one.
func parse(t *testing.T, text string) *mapping.File {
	t.Helper()
	if text == "" {
		return &mapping.File{}
	}
	file, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What is proposed for a dialect without a mark is what the dialect is.
func TestProposalsAreRightOnDialects(t *testing.T) {
	for _, dialect := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		if dialect.Dialect.Document != mock.DocumentTrue {
			continue // It says something else than the server.
		}
		t.Run(dialect.Name, func(t *testing.T) {
			proposed, made := propose(t, documentOf(t, mock.WithDialect(dialect.Dialect)))
			found := score(parse(t, dialect.Dialect.Mapping()), proposed)
			if len(found.wrong) > 0 {
				t.Errorf("wrong without a mark: %q\n%s", found.wrong, made.Text)
			}
		})
	}
}

// mappedServers are servers of other forms: one with names that are like those that are assumed,
// and one with others.
var mappedServers = map[string]string{
	"a list in the edit, and one with a route of its own": `version: 1
signing_policy:
  answer:
    approvers: {path: vonlor, "null": empty}
    submitters: vonra
  edit:
    body: {zulserlo: =approvers}
    route: "POST /Projects/{project}/SigningPolicies/{policy}/Losezun"
  set:
    submitters: {body: =submitters, route: "PUT /Projects/{project}/SigningPolicies/{policy}/Rarlo"}
`,
	"variant": `version: 1
roles: {GlobalAdministrator: GLOBAL_ADMINISTRATOR, RegularUser: null}
members:
  answer: {form: objects, id: principalId, kind: kind, kinds: {user: Person, ci_user: Robot, group: Team}}
  request: {form: ids}
user:
  list: {route: GET /People, items: data.people, page: {number: page, first: 0, size: pageSize, entries: 10, total: meta.total}}
  read: {route: "GET /People/{id}"}
  me: {route: GET /People/Me}
  answer:
    id: personId
    name: profile.displayName
    email: contact.mail
    notification_email: contact.notifyTo
    role: access.level
    active: {path: state, when_true: [Enabled], when_false: [Disabled]}
  create: {route: POST /People, body: {displayName: =name, contact.mail: =email, contact.notifyTo: =notification_email, sendMail: true}, id: personId}
  edit: {route: "PUT /People/{id}", body: {displayName: =name, contact.notifyTo: =notification_email}, kept: [role]}
  set: {role: {route: "POST /People/{id}/Role", body: {value: =role}}}
  activate: {route: "POST /People/{id}/Status", body: {state: Enabled}}
  deactivate: {route: "POST /People/{id}/Status", body: {state: Disabled}}
  reinvite: {route: "POST /People/{id}/Invitation"}
ci_user:
  list: {route: GET /Robots}
  read: {route: "GET /Robots/{id}"}
  me: {route: GET /Robots/Me}
  answer: {name: displayName, role: access.level, active: {path: isLocked, when_true: false, when_false: true}}
  create: {route: POST /Robots/Create, body: {displayName: =name}, id: robotId}
  edit: {route: "PUT /Robots/{id}", body: {displayName: =name, access.level: =role}}
  activate: {route: "POST /Robots/{id}/Unlock"}
  deactivate: {route: "POST /Robots/{id}/Lock"}
  regenerate_token: {route: "POST /Robots/{id}/Token", token: result.value}
group:
  list: {route: GET /Teams, items: items, page: {token: cursor, next: meta.next}}
  read: {route: "GET /Teams/{id}"}
  answer: {name: displayName, members: crew}
  create: {route: POST /Teams, body: {displayName: =name}}
  edit: {route: "PUT /Teams/{id}", body: {displayName: =name}}
  change_members: {route: "PUT /Teams/{id}/Crew", body: =members}
  modify_members: none
project:
  answer: {readers: access.viewers, configurators: access.editors}
  edit: {route: "PUT /Projects/{project}", body: {access.viewers: =readers, access.editors: =configurators}}
signing_policy:
  answer: {required_approvals: approval.quorum, approvers: approval.by, uses_approval_process: approval.required, active: isEnabled}
  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers, approval.required: =uses_approval_process}}
audit_event: {answer: {actor: who}}
`,
	"other words": `version: 1
members: {answer: {form: per_kind, user: staff, ci_user: engines, group: bands}}
user:
  list: {route: GET /Staff}
  read: {route: "GET /Staff/{id}"}
  me: {route: GET /Staff/Self}
  answer: {name: moniker, email: postbox, role: rank, active: {path: standing, when_true: [Upright], when_false: [Fallen]}}
  create: {route: POST /Staff/Hire, body: {moniker: =name, postbox: =email}, id: ticket}
  edit: {route: "PUT /Staff/{id}", body: {moniker: =name, rank: =role}}
  activate: {route: "POST /Staff/{id}/Wake"}
  deactivate: {route: "POST /Staff/{id}/Rest"}
  reinvite: {route: "POST /Staff/{id}/Knock"}
ci_user:
  list: {route: GET /Engines}
  read: {route: "GET /Engines/{id}"}
  me: {route: GET /Engines/Self}
  answer: {name: moniker, role: rank, active: running}
  create: {route: POST /Engines/Hire, body: {moniker: =name}, id: ticket}
  edit: {route: "PUT /Engines/{id}", body: {moniker: =name, rank: =role}}
  activate: {route: "POST /Engines/{id}/Switch", body: {on: true}}
  deactivate: {route: "POST /Engines/{id}/Switch", body: {on: false}}
  regenerate_token: {route: "POST /Engines/{id}/Key", token: key.text}
group:
  list: {route: GET /Bands}
  read: {route: "GET /Bands/{id}"}
  answer: {name: moniker, members: players}
  create: {route: POST /Bands/Form, body: {moniker: =name}, id: ticket}
  edit: {route: "PUT /Bands/{id}", body: {moniker: =name}}
  change_members: {route: "PUT /Bands/{id}/Players", body: {players: =members}}
  modify_members: none
project:
  list: {route: GET /Works}
  read: {route: "GET /Works/{project}"}
  answer: {slug: mark, name: moniker, readers: lookers, configurators: makers, signing_policies: {path: gates, slug: mark, name: moniker}}
  edit: {route: "PUT /Works/{project}", body: {moniker: =name, lookers: =readers, makers: =configurators}}
signing_policy:
  read: {route: "GET /Works/{project}/Gates/{policy}"}
  answer: {slug: mark, name: moniker, submitters: bringers, approvers: keepers, required_approvals: nods, verifies_origin_policy: provenance}
  edit:
    route: PUT /Works/{project}/Gates/{policy}
    body: {moniker: =name, bringers: =submitters, keepers: =approvers, nods: =required_approvals, provenance: =verifies_origin_policy}
audit_event: {answer: {actor: who}}
`,
}

// mostQuestions are asked of a server that people made; about ten is the aim.
const mostQuestions = 12

// alien are the servers whose names say nothing in the words of SignPath.
var alien = []string{"amt", "atelier", "court", "guild", "harbour", "railway", "staff", "taller", "terse", "vault"}

// Of a server of any form, nothing that is wrong is proposed without a mark; and once a person has
// answered what is asked and corrected what is marked, the file says what the server is.
func TestProposalsOnMappedServers(t *testing.T) {
	for name, text := range mappedServers {
		t.Run(name, func(t *testing.T) { tryServer(t, text, mostQuestions) })
	}
	var rows []string
	totals := map[bool]*tally{true: {}, false: {}}
	for _, server := range mock.Servers() {
		t.Run(server.Name, func(t *testing.T) {
			row := tryServer(t, server.Mapping, mostQuestions)
			rows = append(rows, row.line(server.Name))
			totals[slices.Contains(alien, server.Name)].add(row)
		})
	}
	rows = append(rows, totals[false].line("plausible"), totals[true].line("alien"))
	t.Logf("\n%-18s facts right wrong marked(right wrong) questions lines missed, in the end missed wrong\n%s", "server", strings.Join(rows, "\n"))
}

var (
	randomServers    = flag.Int("servers", 10, "how many random servers are tried")
	randomServerSeed = flag.Uint64("server", 0, "the seed of the first of them, where it is not any")
)

// The same holds of servers that nobody has seen.
func TestProposalsOnRandomServers(t *testing.T) {
	first := *randomServerSeed
	if first == 0 {
		first = rand.Uint64() >> 32
	}
	total := &tally{}
	for i := range *randomServers {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Logf("go test ./internal/signpath/contract/proposal -run TestProposalsOnRandomServers -args -servers 1 -server %d", seed)
			total.add(tryServer(t, mock.RandomMapping(rand.New(rand.NewPCG(seed, 1))), 2*mostQuestions))
		})
	}
	t.Log(total.line("random"))
}

// A tally counts what became of the facts about servers.
type tally struct{ facts, right, wrong, likely, unlikely, questions, asked, missed, endMissed, endWrong int }

func (c *tally) add(o tally) {
	c.facts, c.right, c.wrong, c.likely, c.unlikely = c.facts+o.facts, c.right+o.right, c.wrong+o.wrong, c.likely+o.likely, c.unlikely+o.unlikely
	c.questions, c.asked, c.missed = c.questions+o.questions, c.asked+o.asked, c.missed+o.missed
	c.endMissed, c.endWrong = c.endMissed+o.endMissed, c.endWrong+o.endWrong
}

func (c tally) line(name string) string {
	return fmt.Sprintf("%-18s %5d %5d %5d %12d %5d %10d %5d %6d %18d %5d",
		name, c.facts, c.right, c.wrong, c.likely, c.unlikely, c.questions, c.asked, c.missed, c.endMissed, c.endWrong)
}

func tryServer(t *testing.T, text string, questions int) tally {
	truth := parse(t, text)
	document := documentOf(t, mock.WithMapping(text))
	proposed, made := propose(t, document)
	if again, err := proposal.Propose(document, proposal.Options{Tool: "signpathctl test"}); err != nil || string(again.Text) != string(made.Text) {
		t.Errorf("the same document makes another file (%v):\n%s\n%s", err, made.Text, again.Text)
	}
	found := score(truth, proposed)
	if len(found.wrong) > 0 {
		t.Errorf("wrong without a mark: %q\n%s", found.wrong, made.Text)
	}
	t.Logf("asked %q\nmissed: %q\nmarked and wrong: %q", found.asked, found.missed, found.unlikely)
	if made.Questions > questions {
		t.Errorf("%d questions: %q", made.Questions, found.asked)
	}
	answered := proposaltest.Answered(t, document, text)
	final := parse(t, answered)
	end := score(truth, final)
	if len(final.Marks) > 0 || len(end.wrong) > 0 || len(end.missed) > 0 {
		t.Errorf("in the end: missed %q, wrong %q, marks %v\n%s", end.missed, end.wrong, final.Marks, answered)
	}
	return tally{
		len(factsOf(truth).said), len(found.right), len(found.wrong), len(found.likely), len(found.unlikely), made.Questions, len(found.asked),
		len(found.missed), len(end.missed), len(end.wrong),
	}
}
