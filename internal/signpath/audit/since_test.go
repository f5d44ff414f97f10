package audit_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

var (
	sinceSeed = flag.Uint64("since-seed", 0, "seed of the year of TestSinceWhenInAYear; 0 takes another one each time")
	years     = flag.Int("years", 1, "how many years TestSinceWhenInAYear tries")
)

// A fact is one thing that the mock's state has: somebody on a list, a role, or an active account.
type fact struct{ owner, list, member string }

// factsOf are those of a state, by ids.
func factsOf(seed mock.Seed) map[fact]bool {
	ids, facts := map[string]string{}, map[fact]bool{}
	for _, u := range seed.InteractiveUsers {
		ids["user:"+u.Email] = u.ID
		facts[fact{"role", string(u.Role), u.ID}] = u.Role != "" && u.Role != mock.RoleRegularUser
	}
	for _, u := range seed.CIUsers {
		ids["ci_user:"+u.Name] = u.ID
		facts[fact{"role", string(u.Role), u.ID}] = u.Role != "" && u.Role != mock.RoleRegularUser
	}
	for _, g := range seed.UserGroups {
		ids["group:"+g.Name] = g.ID
	}
	put := func(owner, list string, members []string) {
		for _, member := range members {
			if ids[member] == "" {
				panic("nobody is called " + member)
			}
			facts[fact{owner, list, ids[member]}] = true
		}
	}
	for _, g := range seed.UserGroups {
		put(g.ID, "members", g.Members)
	}
	for _, p := range seed.Projects {
		put(p.Slug, "readers", p.Readers)
		put(p.Slug, "configurators", p.Configurators)
		for _, s := range p.SigningPolicies {
			put(p.Slug+"/"+s.Slug, "submitters", s.Submitters)
			put(p.Slug+"/"+s.Slug, "approvers", s.Approvers)
		}
	}
	maps.DeleteFunc(facts, func(_ fact, is bool) bool { return !is })
	return facts
}

// An act is who made a fact true last, and when; nobody where it was so from the start.
type act struct {
	at    time.Time
	actor string
}

// A year is an organization and what the test saw happen in it.
type year struct {
	*organization
	random *rand.Rand
	clock  time.Time
	acts   map[fact]act
	facts  map[fact]bool
	// references name everybody who is there.
	people, groups, projects, policies []string
	n                                  int
}

// newYear lets a year pass in which people and Terraform change the organization.
func newYear(t *testing.T, seed uint64) *year {
	y := &year{organization: newOrganization(t), random: rand.New(rand.NewPCG(seed, 20)), acts: map[fact]act{}}
	y.clock, y.facts = plannedAt.AddDate(-1, 0, 0), factsOf(y.Snapshot())
	for range 40 {
		y.n++
		name := fmt.Sprintf("Person %d", y.n)
		y.people = append(y.people, fmt.Sprintf("user:p%d@example.com", y.n))
		y.act(administrator, creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{Name: name, Email: fmt.Sprintf("p%d@example.com", y.n)}))
	}
	y.people = append(y.people, outsider, lead, officer, administrator)
	y.groups = []string{"group:Release Managers"}
	y.projects = []string{"project:project-a", "project:project-b"}
	y.policies = []string{release, "policy:project-a/test-signing", "policy:project-b/release-signing", "policy:project-b/test-signing"}
	for y.clock.Before(plannedAt) {
		y.clock = y.clock.Add(time.Duration(y.random.IntN(60)) * 20 * time.Minute) // At times nothing.
		y.step()
	}
	return y
}

// act lets somebody change something, and notes what it made true.
func (y *year) act(actor string, change func(*mock.Administrator) error) bool {
	y.now.Store(&y.clock)
	before := y.facts
	if err := change(y.Administrator(actor)); err != nil {
		return false // Such as a group that would contain itself.
	}
	after := factsOf(y.Snapshot())
	y.facts = after
	for made := range after {
		if !before[made] {
			y.acts[made] = act{y.clock, actor}
		}
	}
	for gone := range before {
		if !after[gone] {
			delete(y.acts, gone)
		}
	}
	return true
}

func (y *year) any(of []string) string { return of[y.random.IntN(len(of))] }

func (y *year) some(of []string) []string {
	all := []string{y.any(of), y.any(of)}
	slices.Sort(all)
	return slices.Compact(all)
}

// entry is a list, and somebody who may be on it.
func (y *year) entry() (owner, list string, members []string) {
	who := append(slices.Clone(y.people), y.groups...)
	switch y.random.IntN(3) {
	case 0:
		return y.any(y.projects), y.any([]string{"readers", "configurators"}), y.some(who)
	case 1:
		return y.any(y.groups), "members", y.some(who)
	}
	return y.any(y.policies), y.any([]string{"submitters", "approvers"}), y.some(who)
}

func (y *year) step() {
	actor := y.any([]string{"", administrator, officer, terraform, terraform})
	owner, list, members := y.entry()
	y.n++
	switch y.random.IntN(20) {
	case 0:
		group := mock.UserGroupSeed{Name: fmt.Sprintf("Group %d", y.n), Members: y.some(y.people)}
		if y.act(actor, creating((*mock.Administrator).CreateUserGroup, group)) {
			y.groups = append(y.groups, "group:"+group.Name)
		}
	case 1:
		slug := fmt.Sprintf("p%d", y.n)
		project := mock.ProjectSeed{Slug: slug, Name: "Project " + slug, Readers: y.some(y.people), SigningPolicies: []mock.SigningPolicySeed{
			{Slug: "rel", Name: "Rel", Approvers: y.some(y.people)},
		}}
		if y.act(actor, creating((*mock.Administrator).CreateProject, project)) {
			y.projects, y.policies = append(y.projects, "project:"+slug), append(y.policies, "policy:"+slug+"/rel")
		}
	case 2:
		slug := fmt.Sprintf("s%d", y.n)
		if y.act(actor, creating(newPolicy, mock.SigningPolicySeed{Slug: slug, Name: slug, Submitters: y.some(y.people), Approvers: y.some(y.groups)})) {
			y.policies = append(y.policies, "policy:project-b/"+slug)
		}
	case 3, 4:
		role := []mock.Role{mock.RoleGlobalReader, mock.RoleGlobalAdministrator, mock.RoleRegularUser}[y.random.IntN(3)]
		y.act(actor, func(a *mock.Administrator) error { return a.SetRole(y.any(y.people[:40]), role) })
	case 5:
		name := fmt.Sprintf("Person called %d", y.random.IntN(30)) // Some take the name of another one.
		y.act(actor, func(a *mock.Administrator) error {
			return a.Change(y.any(y.people[:40]), mock.PrincipalChange{Name: &name})
		})
	case 6:
		i := y.random.IntN(len(y.groups))
		name := fmt.Sprintf("Renamed %d", y.n)
		if y.act(actor, func(a *mock.Administrator) error { return a.Change(y.groups[i], mock.PrincipalChange{Name: &name}) }) {
			y.groups[i] = "group:" + name
		}
	case 7:
		if len(y.groups) > 3 {
			i := y.random.IntN(len(y.groups))
			y.act(actor, func(a *mock.Administrator) error { return a.Remove(y.groups[i]) })
			y.groups = slices.Delete(y.groups, i, i+1)
		}
	case 8:
		policy := y.any(y.policies)
		y.act(actor, setting(policy, "requiredApprovals", 1+y.random.IntN(3)))
	case 9, 10, 11, 12: // Taken and given back, at times by one change that replaces the list.
		y.act(actor, func(a *mock.Administrator) error { return a.RemoveMembers(owner, list, members...) })
	default:
		y.act(actor, func(a *mock.Administrator) error { return a.ChangeMembers(owner, list, members, y.some(y.people)) })
	}
}

// An asked is what the audit log may be asked about.
type asked struct {
	fact
	seat   review.Seat
	member access.Reference
}

// all is what can be asked about, in order: each entry and each role.
func (y *year) all(found *survey.Survey) []asked {
	var all []asked
	id := func(reference access.Reference) string {
		id, _ := reference.ID()
		return id
	}
	for seat, entries := range found.Organization.Grants {
		for _, member := range entries.References {
			list := vocabulary.SignPath.Description(seat.Role).Plural
			all = append(all, asked{fact{seat.Place.String(), list, id(member)}, seat, member})
		}
	}
	for group, entries := range found.Organization.Members {
		for _, member := range entries.References {
			all = append(all, asked{fact{id(group), "members", id(member)}, review.Seat{Group: group}, member})
		}
	}
	for _, p := range found.Organization.Principals {
		if p.Role != "" && p.Role != vocabulary.SignPath.Least {
			all = append(all, asked{fact: fact{"role", string(p.Role), p.ID}, member: p.IDReference()})
		}
	}
	slices.SortFunc(all, func(a, b asked) int { return strings.Compare(fmt.Sprint(a.fact), fmt.Sprint(b.fact)) })
	return all
}

type jsonObject = map[string]any

// shapes are forms of the audit log that its contract leaves open. Each changes an event as the
// mock answers it, or all events.
var shapes = map[string]struct {
	event func(e jsonObject)
	all   func(events []jsonObject) any
	// least is which part of what is asked has to be found at least, of what the log knows.
	least float64
	// names is true where actors or members are told by their names alone, and ids where actors
	// are told by their ids alone, which the system has not.
	names, ids bool
}{
	"as assumed": {least: 0.9},
	"the latest first": {all: func(events []jsonObject) any {
		slices.Reverse(events)
		return events
	}, least: 0.9},
	"in an object": {all: func(events []jsonObject) any { return jsonObject{"auditEvents": events} }, least: 0.9},
	"text actors":  {event: func(e jsonObject) { actorOf(e, func(a jsonObject) any { return a["name"] }) }, least: 0.9, names: true},
	"actors by id": {event: func(e jsonObject) { actorOf(e, func(a jsonObject) any { return a["id"] }) }, least: 0.9, ids: true},
	"an id beside the name": {event: func(e jsonObject) {
		actor := e["metadata"].(jsonObject)["actor"].(jsonObject)
		e["metadata"] = jsonObject{"actorId": actor["id"], "actorName": actor["name"]}
		entity := e["entity"].(jsonObject)
		delete(e, "entity")
		e["entityId"], e["entityName"] = entity["id"], entity["name"]
	}, least: 0.9},
	"old names": {event: func(e jsonObject) {
		e["metadata"] = jsonObject{"user": e["metadata"].(jsonObject)["actor"]}
		e["timestamp"], e["eventType"], e["target"] = e["time"], e["eventName"], e["entity"]
		delete(e, "time")
		delete(e, "eventName")
		delete(e, "entity")
	}, least: 0.9},
	"changes as a list": {event: func(e jsonObject) {
		list := []any{}
		for property, change := range e["changes"].(jsonObject) {
			list = append(list, jsonObject{"propertyName": property, "oldValue": change.(jsonObject)["from"], "newValue": change.(jsonObject)["to"]})
		}
		e["changes"] = list
	}, least: 0.9},
	"objects by name":  {event: func(e jsonObject) { e["entity"] = e["entity"].(jsonObject)["name"] }, names: true},
	"members by name":  {event: membersAs(func(_, name string) any { return name }), names: true},
	"member objects":   {event: membersAs(func(id, name string) any { return jsonObject{"id": id, "name": name} }), least: 0.9},
	"members per kind": {event: eachList(func(members []any) any { return jsonObject{"interactiveUsers": members, "userGroups": []any{}} }), least: 0.9},
	"no times":         {event: func(e jsonObject) { delete(e, "time") }},
	"no ids at all": {event: func(e jsonObject) {
		membersAs(func(_, name string) any { return name })(e)
		actorOf(e, func(a jsonObject) any { return a["name"] })
		e["entity"] = e["entity"].(jsonObject)["name"]
	}, names: true},
	"the second half of it": {all: func(events []jsonObject) any { return events[len(events)/2:] }},
	"each third is not told": {all: func(events []jsonObject) any {
		return everyThird(events, func(e jsonObject) { delete(e, "changes") })
	}},
	"each third has another name": {all: func(events []jsonObject) any {
		return everyThird(events, func(e jsonObject) {
			e["eventName"] = strings.Replace(e["eventName"].(string), "Edited", "MemberAdded", 1)
		})
	}},
	"a page of the latest": {all: func(events []jsonObject) any {
		slices.Reverse(events)
		return jsonObject{"items": events[:len(events)/2], "nextLink": "x"}
	}},
	"a page of the earliest": {all: func(events []jsonObject) any { return jsonObject{"items": events[:len(events)/2], "nextLink": "x"} }},
	"lists under another name": {event: func(e jsonObject) {
		changes := e["changes"].(jsonObject)
		for _, list := range vocabulary.Lists() {
			if change, ok := changes[list.Plural]; ok {
				delete(changes, list.Plural)
				changes["new"+list.Plural] = change
			}
		}
	}},
}

func actorOf(e jsonObject, form func(jsonObject) any) {
	metadata := e["metadata"].(jsonObject)
	metadata["actor"] = form(metadata["actor"].(jsonObject))
}

// namesThen are what everybody was called last, by id, for shapes that tell names.
var namesThen map[string]string

func membersAs(form func(id, name string) any) func(jsonObject) {
	return eachList(func(members []any) any {
		formed := []any{}
		for _, id := range members {
			formed = append(formed, form(id.(string), namesThen[id.(string)]))
		}
		return formed
	})
}

func eachList(form func([]any) any) func(jsonObject) {
	return func(e jsonObject) {
		if e["eventName"].(string) != "" {
			namesThen[e["entity"].(jsonObject)["id"].(string)] = e["entity"].(jsonObject)["name"].(string)
		}
		for _, change := range e["changes"].(jsonObject) {
			for side, value := range change.(jsonObject) {
				if members, isList := value.([]any); isList {
					change.(jsonObject)[side] = form(members)
				}
			}
		}
	}
}

func everyThird(events []jsonObject, change func(jsonObject)) []jsonObject {
	for i, e := range events {
		if i%3 == 0 {
			change(e)
		}
	}
	return events
}

// answered is the audit log as the mock has it, for a shape to change.
func (y *year) answered(t *testing.T) []jsonObject {
	t.Helper()
	var events []jsonObject
	namesThen = map[string]string{}
	for _, u := range mock.DemoSeed().InteractiveUsers {
		namesThen[y.id("user:"+u.Email)] = u.Name
	}
	for _, e := range y.Events() {
		text, err := json.Marshal(jsonObject{
			"id": e.ID, "time": e.Time, "eventName": e.Name, "metadata": jsonObject{"actor": e.Actor}, "entity": e.Entity, "changes": e.Changes,
		})
		if err != nil {
			t.Fatal(err)
		}
		var event jsonObject
		if err := json.Unmarshal(text, &event); err != nil {
			t.Fatal(err)
		}
		if event["changes"] == nil {
			event["changes"] = jsonObject{}
		}
		events = append(events, event)
	}
	return events
}

// answerAs lets the audit log have a shape, and returns the answer.
func (y *year) answerAs(t *testing.T, name string) string {
	t.Helper()
	shape, events := shapes[name], y.answered(t)
	for _, e := range events {
		if shape.event != nil {
			shape.event(e)
		}
	}
	var answer any = events
	if shape.all != nil {
		answer = shape.all(events)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	y.ClearFaults()
	if shape.event != nil || shape.all != nil { // Else as the mock itself answers.
		y.answering(string(body))
	}
	return string(body)
}

// isActor compares with who did it, as far as a shape names actors.
func (y *year) isActor(got evidence.Actor, actor string, names, ids bool) bool {
	if actor == "" {
		return got.Agency == evidence.ByUnknown && (got.Name == "System" || ids && got.Name == "")
	}
	agency := map[bool]evidence.Agency{true: evidence.ByTerraform, false: evidence.ByPerson}[actor == terraform]
	user, err := y.User(actor)
	y.must(err)
	return got.Agency == agency && (got.Member == actor || names && got.Member == "" && got.Name == user.Name)
}

// TestSinceWhenInAYear lets a year pass, and asks of 50 entries since when they are there, and by
// whom, in each form that the audit log may have. What is found has to be right. What happened has
// each event in each form, too. `go test
// ./internal/signpath/audit -run TestSinceWhenInAYear -args -years 100` tries more.
func TestSinceWhenInAYear(t *testing.T) {
	for range *years {
		seed := *sinceSeed
		if seed == 0 {
			seed = rand.Uint64()
		}
		t.Logf("-since-seed %d", seed)
		y := newYear(t, seed)
		found, err := survey.Read(t.Context(), y.client, nil)
		y.must(err)
		everything := y.all(found)
		if len(everything) != len(factsOf(y.Snapshot())) {
			t.Fatalf("%d entries of %d", len(everything), len(factsOf(y.Snapshot())))
		}
		for _, name := range slices.Sorted(maps.Keys(shapes)) {
			t.Run(name, func(t *testing.T) {
				y.t = t
				body := y.answerAs(t, name)
				y.expectOrigins(found, everything, name)
				y.expectEachEvent(body, name)
			})
		}
	}
}

// expectOrigins asks of 50 entries, and of all of them what is wrong.
func (y *year) expectOrigins(found *survey.Survey, everything []asked, name string) {
	y.t.Helper()
	shape := shapes[name]
	origins, err := audit.ReadOrigins(y.t.Context(), y.client, found, []access.Reference{{Kind: access.KindCIUser, Key: "terraform"}})
	y.must(err)
	known, right, missing := 0, 0, 0
	for _, i := range y.random.Perm(len(everything))[:min(50, len(everything))] {
		entry := everything[i]
		var got evidence.Origin
		if entry.owner == "role" {
			got = origins.Role(entry.member)
		} else {
			got = origins.Entry(entry.seat, entry.member)
		}
		truth, isKnown := y.acts[entry.fact]
		if isKnown {
			known++
		}
		switch {
		case !got.Found:
			missing++
		case !isKnown:
			y.t.Errorf("%v was there from the start, got %s", entry.fact, got.String(time.Time{}))
		case !got.Time.Equal(truth.at) && (name != "no times" || !got.Time.IsZero()) || !y.isActor(got.Actor, truth.actor, shape.names, shape.ids):
			y.t.Errorf("%v came at %s by %q, got %s", entry.fact, truth.at.Format(evidence.Stamp), truth.actor, got.String(time.Time{}))
		default:
			right++
		}
	}
	y.t.Logf("%d of %d found, all right; %d not found, of which the log has %d", right, right+missing, missing, known-right)
	if float64(right) < shape.least*float64(known) {
		y.t.Errorf("%d found of %d that the log has", right, known)
	}
}
