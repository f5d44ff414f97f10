package contract

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

const (
	userAsAssumed   = `"id":"` + userID + `","name":"n","role":"RegularUser","isActive":true`
	policyAsAssumed = `"slug":"s","name":"n","verifiesTrustedBuildSystem":false,"verifiesOriginPolicy":false,"usesApprovalProcess":true,"requiredApprovals":1`
)

// composedBy composes an edit by a mapping, of an object that the server writes so. It goes by a
// document where one is given.
func composedBy(t *testing.T, d document, file string, edit *Route, wire string, changes Object) (json.RawMessage, error) {
	t.Helper()
	n := by(t, d, file)
	settled, err := n.Settle(edit, bySlug)
	if err != nil {
		t.Fatal(err)
	}
	o, err := n.mapping.Decode(edit.Edits, []byte(wire), bySlug)
	if err != nil {
		t.Fatal(err)
	}
	e := Edit{Before: o, Wanted: Object{}, Changed: map[string]bool{}}
	for name, value := range o {
		e.Wanted[name] = value
	}
	for name, value := range changes {
		e.Wanted[name], e.Changed[name] = value, true
	}
	return settled.ComposeEdit(e)
}

// An edit that would not say what is to be changed, or would replace what is something else, is
// not sent.
func TestMappedEditsThatWouldLoseSomething(t *testing.T) {
	edit := RoutesOf[access.KindUser].Edit
	for name, test := range map[string]struct{ file, wire, want string }{
		"the change is kept": {
			"user: {edit: {kept: [role]}}", `{` + userAsAssumed + `}`, `by the mapping it does not say "role"`,
		},
		"what is around the change is kept": {
			"user: {answer: {role: access.role}, edit: {kept: [access]}}", `{"name":"n","access":{"role":"RegularUser"}}`, `by the mapping it does not say "role"`,
		},
		"the body is something else": {
			"user: {edit: {body: =name}}", `{` + userAsAssumed + `}`, `by the mapping it does not say "role"`,
		},
		"the assumed name is something else": {
			"user: {answer: {role: access.level}}", `{"name":"n","role":"gardener","access":{"level":"RegularUser"}}`,
			`something else at "role" than role, which the mapping says is at access.level`,
		},
		"a list is in the way": {
			"user: {edit: {body: {settings.level: =role}}}", `{` + userAsAssumed + `,"settings":["a"]}`, `a list of something at "settings"`,
		},
		"a text is in the way": {
			"user: {edit: {body: {settings.level: =role}}}", `{` + userAsAssumed + `,"settings":"a"}`, `a text at "settings"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := composedBy(t, nil, test.file, edit, test.wire, Object{"role": MustMarshal("GlobalReader")})
			expectContractError(t, err, edit.String()+" is not sent", test.want)
		})
	}
}

// What the answer does not have where the mapping says is told by the path and the line.
func TestWhatIsMissingIsToldByTheMapping(t *testing.T) {
	edit := RoutesOf[access.KindUser].Edit
	_, err := composedBy(t, nil, "user: {answer: {role: access.role}}", edit, `{"name":"n","access":[{"role":"x"}]}`, Object{"name": MustMarshal("m")})
	expectContractError(t, err, `no property "access.role" (as the mapping says in line 2)`)
}

func TestFormsThatAreWritten(t *testing.T) {
	edit := RoutesOf[access.KindUser].Edit
	request, err := composedBy(t, nil, "user: {answer: {active: {path: st, null: empty, when_true: On, when_false: Off}}, edit: {body: {st: =active}}}",
		edit, `{"name":"n","role":"RegularUser","st":"On"}`, Object{"isActive": json.RawMessage("false")})
	if err != nil || !SameJSON(request, json.RawMessage(`{"name":"n","role":"RegularUser","st":"Off"}`)) {
		t.Errorf("false is written as %s, %v", request, err)
	}
	request, err = composedBy(t, nil, "user: {edit: {body: {handle: =slug}}}", edit, `{`+userAsAssumed+`,"slug":"x"}`, Object{"role": MustMarshal("GlobalReader")})
	if err != nil || !strings.Contains(string(request), `"handle":"x"`) {
		t.Errorf("what no mapping says of answers is written as %s, %v", request, err)
	}
	o, err := mapped(t, "signing_policy: {answer: {required_approvals: {path: n, null: empty}}}").Decode(RoutePolicy, []byte(`{"n":null}`), bySlug)
	if err != nil || o.Number(PropRequiredApprovals) == nil || *o.Number(PropRequiredApprovals) != 0 {
		t.Errorf("no number is %s, %v", o["requiredApprovals"], err)
	}
}

// Members that are objects keep what they have beside their ids, as far as requests take it.
func TestMembersKeepWhatTheyHave(t *testing.T) {
	const file = "members: {answer: {form: objects, kind: type, kinds: {user: U, ci_user: C, group: G}}}"
	const was = `{"id":"` + userID + `","type":"U","until":"2030","label":"Ada"}`
	wire := `{` + policyAsAssumed + `,"submitters":[` + was + `],"approvers":[` + was + `]}`
	changes := Object{"approvers": EncodeMembers([]string{userID, ciID})}
	request, err := composedBy(t, nil, file, RoutePolicyEdit, wire, changes)
	for _, want := range []string{`"submitters":[{"id":"` + userID + `","label":"Ada","type":"U","until":"2030"}]`, `{"id":"` + ciID + `","type":"C"}`} {
		if err != nil || !strings.Contains(string(request), want) || strings.Count(string(request), "2030") != 2 {
			t.Errorf("%s is not in %s, %v", want, request, err)
		}
	}
	list := func(more string) string {
		return `{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"type":{"type":"string"},"until":{"type":"string"}` + more + `}}}`
	}
	properties := func(list string) string {
		return `{"properties":{"slug":{},"name":{},"verifyTrustedBuildSystem":{},"verifyOriginPolicy":{},"useApprovalProcess":{},` +
			`"requiredApprovals":{},"submitters":` + list + `,"approvers":` + list + `}}`
	}
	answered := strings.NewReplacer("verifyTrusted", "verifiesTrusted", "verifyOrigin", "verifiesOrigin", "useApproval", "usesApproval")
	answer := answered.Replace(properties(list(`,"label":{"type":"string"}`)))
	request, err = composedBy(t, documentOfPolicies(t, properties(list("")), answer), file, RoutePolicyEdit, wire, changes)
	if err != nil || strings.Count(string(request), "2030") != 2 || strings.Contains(string(request), "Ada") {
		t.Errorf("by a document, %s, %v", request, err)
	}
	lists := map[Property][]string{PropMembers: {userID, groupID}}
	change := RoutesOf[access.KindGroup].ChangeMembers
	n := by(t, nil, file)
	group, err := n.mapping.Decode(RoutesOf[access.KindGroup].Read, []byte(`{"name":"g","members":[`+was+`]}`), bySlug)
	if err != nil {
		t.Fatal(err)
	}
	settled, err := n.Settle(change, bySlug)
	if err != nil {
		t.Fatal(err)
	}
	if request, err = settled.ComposeMembers(group, lists); err != nil || !strings.Contains(string(request), "2030") {
		t.Errorf("the whole list is %s, %v", request, err)
	}
}

// A list of a kind that is not there is no empty one: an edit would empty it. The mapping can say
// that it is.
func TestAKindThatIsAbsent(t *testing.T) {
	const file = "signing_policy: {answer: {approvers: {path: approvers, members: {form: per_kind, user: people, group: teams}}}}"
	lenient := strings.Replace(file, "{path:", "{null: empty, path:", 1)
	for _, wire := range []string{`{"people":["` + userID + `"]}`, `{"people":["` + userID + `"],"teams":null}`} {
		_, err := mapped(t, file).Decode(RoutePolicy, []byte(`{"approvers":`+wire+`}`), bySlug)
		if err == nil || !strings.Contains(err.Error(), "approvers") {
			t.Errorf("%s: %v", wire, err)
		}
		o, err := mapped(t, lenient).Decode(RoutePolicy, []byte(`{"approvers":`+wire+`}`), bySlug)
		if err != nil || string(o["approvers"]) != `["`+userID+`"]` {
			t.Errorf("%s: %s, %v", wire, o["approvers"], err)
		}
	}
}

// What one concept is assumed to be, another one cannot be said to be, unless the mapping says
// where the one is.
func TestPlacesThatAreSomethingElse(t *testing.T) {
	const alike = "user.role has the same value for GlobalAdministrator and GlobalReader"
	for _, test := range [][2]string{
		{
			"signing_policy: {answer: {submitters: approvers}}",
			`line 2 of the mapping: signing_policy.answer has "submitters" at approvers, where "approvers" is assumed`,
		},
		{"user: {answer: {email: notificationEmailAddress}}", `"accountEmailAddress" at notificationEmailAddress`},
		{"user: {answer: {active: isSupportUser.active}}", `where "isSupportUser" is assumed`},
		{"signing_policy: {answer: {submitters: approvers, approvers: submitters}}", ""},
		{"project: {answer: {active: {path: status, when_true: Valid, when_false: None}}}", ""},
		{"project: {answer: {name: slug}}", ""},
		{"audit_event: {answer: {object: metadata.entity}}", ""},
		{"user: {edit: {body: {r: {from: =role, values: {GlobalReader: 1}}}}}", ""},
		{
			"roles: {GlobalAdministrator: A}\nuser: {edit: {body: {r: {from: =role, values: {GlobalReader: a}}}}}",
			"in the request of POST /InteractiveUsers/{id}/Edit, the mapping of " + alike,
		},
		{"roles: {GlobalAdministrator: A}\nuser: {answer: {role: {path: r, values: {GlobalReader: a}}}}", alike},
	} {
		file, want := test[0], test[1]
		parsed, err := mapping.Parse([]byte("version: 1\n" + file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewMapping(parsed)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// After the document has changed, the way to further pages is looked at, too: a list that is cut
// short shows it by nothing else.
func TestPagesThatTheDocumentDoesNotHave(t *testing.T) {
	document := func(parameter, next string) []byte {
		return []byte(`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"get":{` +
			`"parameters":[{"name":"` + parameter + `","in":"query","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"",` +
			`"content":{"application/json":{"schema":{"type":"object","properties":{` +
			`"items":{"type":"array","items":{"type":"object"}},"` + next + `":{"type":"string"}}}}}}}}}}}`)
	}
	file := "document: sha256:" + strings.Repeat("0", 64) + "\nci_user: {list: {items: items, page: {token: mark, next: furtherMark}}}"
	for _, test := range []struct{ parameter, next, want string }{
		{"mark", "furtherMark", ""},
		{"mark", "onwardMark", "answers nothing at furtherMark"},
		{"sign", "furtherMark", "demands the parameter sign"},
	} {
		n, err := Negotiate(document(test.parameter, test.next), mapped(t, file))
		if err != nil {
			t.Fatal(err)
		}
		unfit := strings.Join(n.Unfit(), "\n")
		if test.want == "" && strings.Contains(unfit, "/CIUsers") || !strings.Contains(unfit, test.want) {
			t.Errorf("%s, %s: %s", test.parameter, test.next, unfit)
		}
	}
}
