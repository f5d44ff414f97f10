package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// bySlug are the principals of these tests, who also have slugs.
var bySlug = Principals{
	KindOf: kindsOfTest,
	IDOf: func(_ access.Kind, slug string) (string, error) {
		if id, ok := map[string]string{"ada": userID, "build": ciID, "ops": groupID}[slug]; ok {
			return id, nil
		}
		return "", fmt.Errorf("nobody is called %s", slug)
	},
	SlugOf: func(_ access.Kind, id string) (string, error) {
		return map[string]string{userID: "ada", ciID: "build", groupID: "ops"}[id], nil
	},
}

// Each form is read as what is assumed, and an edit of something else writes it as it came.
func TestFormsBothWays(t *testing.T) {
	const all = `["` + userID + `","` + ciID + `","` + groupID + `"]`
	policy, user := RoutePolicy, RoutesOf[access.KindUser].Read
	for name, test := range map[string]struct {
		r *Route
		// file is a mapping of answers, with the same for the edit.
		file, wire, canonical string
		// back is what goes back; as it came if it is empty.
		back string
	}{
		"as assumed": {policy, "", `{"approvers":` + all + `,"more":[1.50]}`, `{"approvers":` + all + `,"more":[1.50]}`, ""},
		"another place": {
			policy, "signing_policy: {answer: {required_approvals: approval.quorum}, edit: {body: {approval.quorum: =required_approvals}}}",
			`{"approval":{"quorum":2,"note":"x","deep":{}}}`, `{"requiredApprovals":2,"approval":{"note":"x","deep":{}}}`, "",
		},
		"another place that is emptied": {
			policy, "signing_policy: {answer: {required_approvals: a.b.c}, edit: {body: {a.b.c: =required_approvals}}}", `{"a":{"b":{"c":2}}}`,
			`{"requiredApprovals":2}`, "",
		},
		"an assumed name that is something else": {
			policy, "signing_policy: {answer: {purpose: use}, edit: {body: {use: =purpose}}}", `{"use":"Release","purpose":"old"}`,
			`{"purpose":"Release","<purpose":"old"}`, "",
		},
		"a state by its polarity": {
			user, "user: {answer: {active: {path: isLocked, when_true: false, when_false: true}}}", `{"isLocked":true}`, `{"isActive":false}`, "",
		},
		"a state of many values": {
			user, "user: {answer: {active: {path: state, when_true: [Enabled], when_false: [Disabled, Locked]}}}", `{"state":"Locked"}`, `{"isActive":false}`, "",
		},
		"roles by numbers": {
			user, "roles: {GlobalAdministrator: 0, GlobalReader: 4, RegularUser: null}", `{"role":0}`, `{"role":"GlobalAdministrator"}`, "",
		},
		"a role that is null":      {user, "roles: {RegularUser: null}", `{"role":null}`, `{"role":"RegularUser"}`, ""},
		"a role that nobody knows": {user, "roles: {RegularUser: Member}", `{"role":"Gardener"}`, `{"role":"Gardener"}`, ""},
		"values before roles": {
			user, "roles: {RegularUser: Member}\nuser: {answer: {role: {path: r, values: {RegularUser: M}}}, edit: {body: {r: =role}}}",
			`{"r":"M"}`, `{"role":"RegularUser"}`, "",
		},
		"null is empty": {
			user, "user: {answer: {notification_email: {path: notifyTo, null: empty}}, edit: {body: {notifyTo: =notification_email}}}",
			`{"notifyTo":null}`, `{"notificationEmailAddress":""}`, "",
		},
		"null is no list of anything": {
			policy, "signing_policy: {answer: {approvers: {path: approvers, null: empty}}}", `{"approvers":null}`, `{"approvers":[]}`,
			"",
		},
		"members as objects": {
			policy, "members: {answer: {form: objects, id: who.id}}", `{"approvers":[{"who":{"id":"` + userID + `"},"until":"2030"}]}`,
			`{"approvers":["` + userID + `"]}`, "",
		},
		"members with kinds": {
			policy, "members: {answer: {form: objects, id: principal, kind: type, kinds: {user: 0, ci_user: 1, group: 2}}}",
			`{"approvers":[{"principal":"` + ciID + `","type":1}]}`, `{"approvers":["` + ciID + `"]}`, "",
		},
		"members per kind": {
			policy, "members: {answer: {form: per_kind, user: people, ci_user: robots, group: teams}}",
			`{"approvers":{"people":["` + userID + `"],"robots":[],"teams":["` + groupID + `"]}}`, `{"approvers":["` + userID + `","` + groupID + `"]}`, "",
		},
		"members by slugs": {
			policy, "user: {answer: {slug: handle}}\nmembers: {answer: {form: slugs}}", `{"approvers":["ada","ops"]}`,
			`{"approvers":["` + userID + `","` + groupID + `"]}`, "",
		},
		"slugs per kind": {
			policy, "user: {answer: {slug: handle}}\nmembers: {answer: {form: per_kind, user: people, ci_user: robots, each: {form: slugs}}}",
			`{"approvers":{"people":["ada"],"robots":["build"]}}`, `{"approvers":["` + userID + `","` + ciID + `"]}`, "",
		},
		"one list in a form of its own": {
			policy, "members: {answer: {form: objects}}\nsigning_policy: {answer: {submitters: {path: submitters, members: {form: ids}}}}",
			`{"approvers":[{"id":"` + userID + `"}],"submitters":["` + ciID + `"]}`, `{"approvers":["` + userID + `"],"submitters":["` + ciID + `"]}`, "",
		},
		"other requests": {
			policy, "members: {answer: {form: objects}, request: {form: ids}}", `{"approvers":[{"id":"` + userID + `"}]}`, `{"approvers":["` + userID + `"]}`,
			`{"approvers":["` + userID + `"]}`,
		},
		"signing policies": {
			RouteProject, "project: {answer: {signing_policies: {path: gates, slug: key, name: title.text}}}",
			`{"gates":[{"key":"release","title":{"text":"Release","lang":"en"},"slug":"x"}]}`,
			`{"signingPolicies":[{"slug":"release","name":"Release","title":{"lang":"en"}}]}`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := mapped(t, test.file)
			o, err := m.Decode(test.r, []byte(test.wire), bySlug)
			if err != nil {
				t.Fatal(err)
			}
			shown := maps.Clone(o)
			delete(shown, wireKey)
			if got := MustMarshal(shown); !SameJSON(got, json.RawMessage(test.canonical)) {
				t.Errorf("read as %s", got)
			}
			edit := RoutesOf[access.KindUser].Edit
			if test.r != RoutesOf[access.KindUser].Read {
				edit = map[*Route]*Route{RoutePolicy: RoutePolicyEdit, RouteProject: RouteProjectEdit}[test.r]
			}
			back, err := m.requests[edit].encode(m, edit.thing(), o, o, nil, bySlug)
			want := test.back
			if want == "" {
				want = test.wire
			}
			if err != nil || !SameJSON(back, json.RawMessage(want)) {
				t.Errorf("goes back as %s, %v", back, err)
			}
		})
	}
}

// What is not in the form that the mapping says is an error that tells where, what it is and
// what to do, and never the value.
func TestUnexpectedForms(t *testing.T) {
	for _, test := range []struct{ file, wire, want string }{
		{
			"signing_policy: {answer: {active: {path: s.state, when_true: On, when_false: Off}}}", `{"s":{"state":"secret"}}`,
			`its property "s.state" (signing_policy.answer in the mapping, line 2) is a text`,
		},
		{"", `{"approvers":[{"id":"` + userID + `"}]}`, ""},
		{"members: {answer: {form: objects}}", `{"approvers":["` + userID + `"]}`, `its property "approvers" is a list of something: one of its members is a text`},
		{
			"members: {answer: {form: objects, id: id, kind: k, kinds: {user: U}}}", `{"approvers":[{"id":"` + userID + `","k":"secret"}]}`,
			"no kind that the mapping knows",
		},
		{"members: {answer: {form: objects}}", `{"approvers":null}`, "is null: a list of members is expected"},
		{"members: {answer: {form: per_kind, user: u}}", `{"approvers":{"u":[],"secret":[1]}}`, `what is at "secret" is not known`},
		{"members: {answer: {form: per_kind, user: u}}", `{"approvers":{"u":null}}`, "a list of members is expected"},
		{"user: {answer: {slug: s}}\nmembers: {answer: {form: slugs}}", `{"approvers":["secret"]}`, "nobody is called"},
		{"project: {answer: {signing_policies: {path: p, slug: s}}}", `{"p":"secret"}`, ""},
	} {
		r := RoutePolicy
		m := mapped(t, test.file)
		o, err := m.Decode(r, []byte(test.wire), bySlug)
		if err == nil {
			err = m.CheckTypes(r, o)
		}
		switch {
		case test.want == "" && strings.HasPrefix(test.file, "project"):
		case test.want == "" && err != nil: // As assumed, the check of types tells.
			if !strings.Contains(err.Error(), Advice) {
				t.Errorf("%s: %v", test.wire, err)
			}
		case err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), Advice):
			t.Errorf("%s of %s: %v", test.wire, test.file, err)
		case strings.Contains(test.want, "line 2") && strings.Contains(err.Error(), "secret"):
			t.Errorf("it tells the value: %v", err)
		}
	}
	for _, role := range []string{`7`, `"RegularUser"`, `""`, `{}`} {
		if o, err := mapped(t, "roles: {RegularUser: Member}").Decode(RoutesOf[access.KindUser].Read, []byte(`{"role":`+role+`}`), bySlug); err == nil {
			t.Errorf("a role written %s is taken for %s", role, o["role"])
		}
	}
}

// Two roles that are written alike could not be told apart.
func TestRolesThatAreWrittenAlike(t *testing.T) {
	file, err := mapping.Parse([]byte("version: 1\nroles: {GlobalReader: R}\nuser: {answer: {role: {path: role, values: {RegularUser: R}}}}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewMapping(file); err == nil || !strings.Contains(err.Error(), "user.role has the same value for GlobalReader and RegularUser") {
		t.Errorf("got %v", err)
	}
}

// An edit sends what the mapping says, and all else back as it came.
func TestMappedEdits(t *testing.T) {
	const wire = `{"personId":"` + userID + `","profile":{"displayName":"Ada","lang":"en"},"access":{"role":"RegularUser","level":3},` +
		`"contact":{"mail":"a@example.com"},` +
		`"state":"Locked","notificationEmailAddress":null,"identity":"x","isDirectorySynchronized":true}`
	const answers = "user:\n  answer: {id: personId, name: profile.displayName, role: access.role, email: contact.mail, active: {path: state, " +
		"when_true: On, when_false: [Off, Locked]}}\n"
	edit := RoutesOf[access.KindUser].Edit
	changed := Object{"notificationEmailAddress": MustMarshal("n@example.com")}
	const rest = `"notificationEmailAddress":"n@example.com","identity":"x","isDirectorySynchronized":true,"personId":"` + userID + `"`
	for name, test := range map[string]struct{ file, want string }{
		"in its places": {
			"  edit: {body: {profile.displayName: =name, access.role: =role}}",
			`{` + rest + `,"profile":{"displayName":"Ada","lang":"en"},"access":{"role":"RegularUser","level":3},"contact":{"mail":"a@example.com"},"state":"Locked"}`,
		},
		"assumed names": {
			"", `{` + rest + `,"name":"Ada","role":"RegularUser","profile":{"lang":"en"},"access":{"level":3},"contact":{"mail":"a@example.com"},"state":"Locked"}`,
		},
		"carried, literal and converted": {
			"  edit: {body: {displayName: =name, r.role: {from: =role, values: {RegularUser: 0}}, level: <access.level, source: terraform, dry: false}, " +
				"kept: [contact, active]}",
			`{` + rest + `,"displayName":"Ada","r":{"role":0},"level":3,"source":"terraform","dry":false,"profile":{"lang":"en"}}`,
		},
		"kept and set": {
			"  edit: {body: {n: =name}, kept: [access.level, contact.mail, id, profile]}\n  set: {role: {route: \"PUT /P/{id}/R\"}}",
			`{"notificationEmailAddress":"n@example.com","identity":"x","isDirectorySynchronized":true,"n":"Ada","state":"Locked"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := by(t, nil, answers+test.file)
			settled, err := n.Settle(edit, principalsOfTest)
			if err != nil {
				t.Fatal(err)
			}
			e := editedBy(t, n.mapping, edit.Edits, wire, changed)
			before := string(MustMarshal(e.Wanted))
			request, err := settled.ComposeEdit(e)
			if err != nil || !SameJSON(request, json.RawMessage(test.want)) {
				t.Errorf("%v\ngot  %s\nwant %s", err, request, test.want)
			}
			if string(MustMarshal(e.Wanted)) != before {
				t.Errorf("the edit was changed")
			}
		})
	}
}

// By the document, an edit by a mapping is judged as any other.
func TestMappedEditsByADocument(t *testing.T) {
	const answer = `{"properties":{"title":{"type":"string"},"approval":{"type":"object","properties":{"quorum":{"type":"integer"},` +
		`"by":` + listOfIDs + `,"note":{"type":"string"}}},
		"submitters":` + listOfIDs + `,"rank":{"type":"integer"}}}`
	const answers = "signing_policy:\n  answer: {name: title, required_approvals: approval.quorum, approvers: approval.by}\n"
	const wire = `{"title":"T","approval":{"quorum":2,"by":["` + userID + `"],"note":"n"},"submitters":[],"rank":1}`
	for name, test := range map[string]struct{ file, request, want string }{
		"all have a place": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers}}", strings.TrimSpace(answer),
			`{"title":"T","approval":{"quorum":2,"by":["` + ciID + `"],"note":"n"},"submitters":[],"rank":1}`,
		},
		"a nested one has none": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers}}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `}},"submitters":` + listOfIDs + `,"rank":{}}}`,
			`no place in it for the property "approval"`,
		},
		"it is kept": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers}, kept: [approval.note]}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `}},"submitters":` + listOfIDs + `,"rank":{}}}`,
			`{"title":"T","approval":{"quorum":2,"by":["` + ciID + `"]},"submitters":[],"rank":1}`,
		},
		"one has none": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers}}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `,"note":{}}},"submitters":` + listOfIDs + `}}`,
			`no place in it for the property "rank"`,
		},
		"it takes what nobody shows": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers}}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `,"note":{}}},"submitters":` + listOfIDs + `,` +
				`"rank":{},"more":{"type":"string"}}}`,
			`it takes the property "more"`,
		},
		"a literal is no source of what is reset": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers, more: text}}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `,"note":{}}},"submitters":` + listOfIDs + `,` +
				`"rank":{},"more":{"type":"string"}}}`,
			`{"title":"T","approval":{"quorum":2,"by":["` + ciID + `"],"note":"n"},"submitters":[],"rank":1,"more":"text"}`,
		},
		"a literal of another type": {
			"  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers, more: text}}",
			`{"properties":{"title":{},"approval":{"properties":{"quorum":{},"by":` + listOfIDs + `,"note":{}}},"submitters":` + listOfIDs + `,` +
				`"rank":{},"more":{"type":"integer"}}}`,
			`of the property "more" it takes what is integer`,
		},
		"a place that is not there": {
			"  edit: {body: {quorum: =required_approvals, approval.by: =approvers}}",
			`{"properties":{"title":{},"approval":{"properties":{"by":` + listOfIDs + `,"note":{}}},"submitters":` + listOfIDs + `,"rank":{}}}`,
			`does not have the property "requiredApprovals" there (looked for quorum)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := by(t, documentOfPolicies(t, test.request, answer), answers+test.file)
			settled, err := n.Settle(RoutePolicyEdit, principalsOfTest)
			if err != nil {
				t.Fatal(err)
			}
			request, err := settled.ComposeEdit(editedBy(t, n.mapping, RoutePolicy, wire, Object{"approvers": EncodeMembers([]string{ciID})}))
			if !strings.HasPrefix(test.want, "{") {
				expectContractError(t, err, test.want)
			} else if err != nil || !SameJSON(request, json.RawMessage(test.want)) {
				t.Errorf("%v\ngot  %s\nwant %s", err, request, test.want)
			}
		})
	}
}

// Requests that are no edits say what the mapping says.
func TestMappedRequests(t *testing.T) {
	users, groups := RoutesOf[access.KindUser], RoutesOf[access.KindGroup]
	set := func(file string) *Route { return mapped(t, file).SetRoute(users.Read, PropRole) }
	texts := func(s Settled) (json.RawMessage, error) {
		return s.Compose(map[Property]string{PropName: "Ada", PropEmail: "a@example.com", PropIdentity: ""})
	}
	nothing := func(s Settled) (json.RawMessage, error) { return s.Compose(nil) }
	members := func(s Settled) (json.RawMessage, error) {
		return s.ComposeMembers(nil, map[Property][]string{PropMembers: {userID}})
	}
	for name, test := range map[string]struct {
		r       *Route
		file    string
		compose func(Settled) (json.RawMessage, error)
		route   string
		want    string
	}{
		"a create": {
			users.Create, `user: {create: {route: "POST /People", body: {displayName: =name, contact.mail: =email, sendMail: true, r: =role}}}`, texts,
			"POST /People", `{"displayName":"Ada","contact":{"mail":"a@example.com"},"sendMail":true,"r":"RegularUser"}`,
		},
		"a create as assumed": {users.Create, "", texts, "POST /InteractiveUsers", `{"name":"Ada","accountEmailAddress":"a@example.com"}`},
		"an activation":       {users.Activate, `user: {activate: {route: "POST /P/{id}/S", body: {enabled: true}}}`, nothing, "POST /P/{id}/S", `{"enabled":true}`},
		"one as assumed":      {users.Activate, "", nothing, "POST /InteractiveUsers/{id}/Activate", `{}`},
		"a list alone": {
			groups.ChangeMembers, "group: {change_members: {body: =members}}", members, "POST /UserGroups/{id}/ChangeMembers",
			`["` + userID + `"]`,
		},
		"a list of objects": {
			groups.ChangeMembers, "group: {change_members: {body: {from: =members, members: {form: objects}}}}", members,
			"POST /UserGroups/{id}/ChangeMembers", `[{"id":"` + userID + `"}]`,
		},
		"what is given up has no form of its own": {
			groups.ModifyMembers, "members: {answer: {form: objects}}", func(s Settled) (json.RawMessage, error) {
				return s.ComposeMembers(nil, map[Property][]string{PropAddedMembers: {userID}, PropRemovedMembers: nil})
			},
			"POST /UserGroups/{id}/ModifyMembers", `{"addedMembers":[{"id":"` + userID + `"}],"removedMembers":[]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			settled, err := by(t, nil, test.file).Settle(test.r, principalsOfTest)
			if err != nil {
				t.Fatal(err)
			}
			request, err := test.compose(settled)
			if err != nil || settled.Route.String() != test.route || !SameJSON(request, json.RawMessage(test.want)) {
				t.Errorf("%s %s, %v", settled.Route, request, err)
			}
		})
	}
	for file, want := range map[string]string{
		`user: {set: {role: {route: "POST /P/{id}/Role"}}}`:                                                                     `{"role":"GlobalReader"}`,
		`user: {set: {role: {route: "POST /P/{id}/Role", body: =role}}}`:                                                        `"GlobalReader"`,
		`user: {set: {role: {route: "POST /P/{id}/Role", body: {value: {from: =role, values: {GlobalReader: 4}}, of: =name}}}}`: `{"value":4,"of":"Ada"}`,
		`user: {set: {role: {route: "POST /P/{id}/Role", body: {value: =role, version: <meta.version, why: changed by ` +
			`terraform}}}}`: `{"value":"GlobalReader","version":7,"why":"changed by terraform"}`,
	} {
		n := by(t, nil, file)
		r := n.mapping.SetRoute(users.Read, PropRole)
		settled, err := n.Settle(r, principalsOfTest)
		if err != nil {
			t.Fatal(err)
		}
		e := editedBy(t, n.mapping, users.Read, `{"name":"Ada","role":"RegularUser","meta":{"version":7}}`, Object{"role": MustMarshal("GlobalReader")})
		if request, err := settled.ComposeSet(e); err != nil || !SameJSON(request, json.RawMessage(want)) {
			t.Errorf("%s: %s, %v", file, request, err)
		}
	}
	if r := set(""); r != nil {
		t.Errorf("there is %s", r)
	}
}

// What the mapping leaves open, or says that there is not, is refused, and says which line.
func TestWhatAMappingRefuses(t *testing.T) {
	groups, users := RoutesOf[access.KindGroup], RoutesOf[access.KindUser]
	for _, test := range []struct {
		r          *Route
		file, want string
	}{
		{users.Edit, "user:\n  answer:\n    role: access.role  # ? the only enumeration", "line 4 (user.answer.role) is not confirmed: the only enumeration"},
		{users.Edit, "user:\n  edit:\n    # Which of these is it?\n    body: {level: TODO}", "line 5 (user.edit.body) is open: Which of these is it?"},
		{groups.ModifyMembers, "group: {modify_members: none}", "the mapping says that this installation has no such route"},
		{users.Activate, "user: {activate: {body: {name: =name}}}", `wants "name" to be what an answer has`},
		{users.Create, "user: {create: {body: {level: <access.level}}}", `wants "level" to be what an answer has`},
	} {
		_, err := by(t, nil, test.file).Settle(test.r, principalsOfTest)
		expectContractError(t, err, test.r.String()+" is not sent", test.want)
		if o, err := mapped(t, test.file).Decode(users.Read, []byte(`{"role":"x"}`), bySlug); err != nil || o["role"] == nil && o["<role"] == nil {
			t.Errorf("nothing is read: %v", err)
		}
	}
}

// After the document has changed, what the mapping uses of it is compared, and nothing else.
func TestAnotherDocumentThanTheMappingWasMadeFrom(t *testing.T) {
	edit := RoutesOf[access.KindUser].Edit
	document := func(role, more string) []byte {
		schema := `{"properties":{"name":{"type":"string"},` + role + `"notificationEmailAddress":{"nullable":true},"identity":{"nullable":true}` + more + `}}`
		return []byte(`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{` +
			`"/v1/{o}/InteractiveUsers/{id}/Edit":{"post":{"requestBody":{"content":{"application/json":{"schema":` + schema + `}}},"responses":{}}},` +
			`"/v1/{o}/InteractiveUsers/{id}":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":` + schema + `}}}}}}}}`)
	}
	file := fmt.Sprintf("document: sha256:%x\nuser: {answer: {role: globalRole}, edit: {body: {globalRole: =role}}}", [32]byte{})
	for _, test := range []struct {
		document []byte
		refusal  string
	}{
		{document(`"globalRole":{"type":"string"},`, ""), ""},
		{document(`"globalRole":{"type":"string"},`, `,"further":{}`), ""},
		{document(`"worldRole":{"type":"string"},`, ""), `globalRole: missing`},
		{document(`"globalRole":{"type":"string","enum":["A"]},`, ""), `takes only "A"`},
	} {
		n, err := Negotiate(test.document, mapped(t, file))
		if err != nil || !n.IsOtherDocument() {
			t.Fatal(err)
		}
		_, err = n.Settle(edit, principalsOfTest)
		if test.refusal == "" {
			if err != nil || len(n.Unfit()) > 0 {
				t.Errorf("%v, %q", err, n.Unfit())
			}
			continue
		}
		expectContractError(t, err, "has changed since the mapping was made", test.refusal, "signpathctl contract map --mapping")
	}
	same, err := Negotiate(document("", ""), mapped(t, ""))
	if err != nil || same.IsOtherDocument() {
		t.Errorf("a mapping of no document: %v", err)
	}
}

// A list is where the mapping says, and only what stands beside it on the way tells of pages.
func TestListsWhereTheMappingSays(t *testing.T) {
	list := RoutesOf[access.KindUser].List
	for _, test := range []struct{ page, body, want string }{
		{"", `{"data":{"people":[{"a":1}]}}`, ""},
		{"", `{"data":{"people":[{"a":1}],"total":1}}`, ""},
		{"", `{"data":{"people":[{"a":1}]},"kind":"x"}`, "only a page"},
		{"", `{"data":{"people":[{"a":1}],"other":[]}}`, "only a page"},
		{"", `{"people":[{"a":1}]}`, `it has no list at "data.people"`},
		{"", `[{"a":1}]`, `it has no list at "data.people"`},
		{"", `{"data":{"people":{"a":1}}}`, "no list of objects"},
		{", page: {whole: true}", `{"data":{"people":[{"a":1}],"other":[]},"kind":"x","total":7}`, ""},
		{", page: {number: p}", `{"data":{"persons":[{"a":1}]}}`, `it has no list at "data.people"`},
	} {
		page, err := mapped(t, "user: {list: {items: data.people"+test.page+"}}").DecodePage(list, []byte(test.body), http.Header{})
		switch {
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v", test.body, err)
		case test.want == "" && (err != nil || len(page.Items) != 1):
			t.Errorf("%s: %+v, %v", test.body, page, err)
		}
	}
}

// FuzzMappedAnswer: whatever a server answers, what is read of it goes back as it came, or is
// an error.
func FuzzMappedAnswer(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"profile":{"name":"A","x":{}},"access":{"role":"M","level":3},"state":"Locked","role":7,"":1}`, `{"access":{"role":null},"state":1}`,
		`{"access":[],"profile":null,"access.role":"M","<role":1,"<":2}`, `{"notify":null,"profile":{"name":{"name":"A"}}}`,
	} {
		f.Add([]byte(seed))
	}
	file, err := mapping.Parse([]byte("version: 1\nroles: {RegularUser: M, GlobalReader: null}\nuser:\n" +
		"  answer: {name: profile.name, role: access.role, notification_email: {path: notify, null: empty}, active: {path: state, when_true: On, " +
		"when_false: [Off, Locked]}}\n" +
		"  edit: {body: {profile.name: =name, access.role: =role, notify: =notification_email, access.level: <access.level}}\n"))
	if err != nil {
		f.Fatal(err)
	}
	m, err := NewMapping(file)
	if err != nil {
		f.Fatal(err)
	}
	users := RoutesOf[access.KindUser]
	f.Fuzz(func(t *testing.T, body []byte) {
		wire, err := DecodeObject(body)
		if err != nil {
			return
		}
		for name := range wire {
			if strings.HasPrefix(name, wireKey) {
				return // No server has such names.
			}
		}
		o, err := m.DecodeObject(users.Read, wire, Principals{})
		if err != nil {
			return
		}
		back, err := m.requests[users.Edit].encode(m, mapping.User, o, o, nil, Principals{})
		if err != nil || !SameJSON(back, MustMarshal(wire)) {
			t.Errorf("%s goes back as %s, %v", body, back, err)
		}
	})
}
