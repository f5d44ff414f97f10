package mapping_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

func parse(t *testing.T, text string) *mapping.File {
	t.Helper()
	file, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestParse(t *testing.T) {
	file := parse(t, whole)
	user := file.Things[mapping.User]
	policy := file.Things[mapping.SigningPolicy]
	for name, is := range map[string]bool{
		"roles":      string(file.Roles["RegularUser"]) == "null" && string(file.Roles["GlobalReader"]) == "3",
		"members":    file.Members.Answer.Form == mapping.FormObjects && string(file.Members.Answer.Kinds[mapping.CIUser]) == `"Robot"`,
		"items":      user.List.Items.String() == "data.people" && user.List.Page.First == 0 && user.List.Page.Entries == 100,
		"route":      user.Edit.Method == "PUT" && user.Edit.Path == "/People/{id}",
		"state":      len(user.Answer["active"].Form.WhenFalse) == 2 && string(user.Answer["active"].Form.WhenTrue[0]) == `"Enabled"`,
		"null":       user.Answer["notification_email"].Form.NullIsEmpty,
		"literal":    string(user.Activate.Body.Fields[0].Source.Literal) == "true",
		"carried":    user.Edit.Body.Fields[1].Source.Carried.String() == "access.level",
		"own values": string(user.Set["role"].Body.Fields[0].Source.Form.Values["UserAdministrator"]) == "7",
		"none":       user.Reinvite.None,
		"whole body": file.Things[mapping.Group].ChangeMembers.Body.Whole.Concept == "members",
		"slug":       file.Things[mapping.Project].Answer["signing_policies"].Form.Slug.String() == "key",
		"each":       policy.Answer["approvers"].Form.Members.Each.Form == mapping.FormSlugs,
		"first":      file.Things[mapping.CIUser].List.Page.First == 1,
		"unmarked":   len(file.Marks) == 0,
	} {
		if !is {
			t.Errorf("%s is not as the file says", name)
		}
	}
	if nothing := parse(t, "version: 1\n"); len(nothing.Things) > 0 || nothing.Roles != nil {
		t.Errorf("of nothing, got %+v", nothing)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	user := func(text string) string { return "version: 1\nuser:\n  " + text + "\n" }
	for _, c := range [][2]string{
		{"", "the file is empty"},
		{"- a", "line 1: the file has to be a map"},
		{"version: 2", "line 1: version 2 of the format is not known"},
		{"user: {}", "does not state the version"},
		{"version: 1\nx: 1", "line 2: x is not known; there can be audit_event, ci_user,"},
		{"version: 1\nversion: 1", "version is there twice"},
		{"version: 1\n---\nversion: 1", "several YAML documents"},
		{"version: 1\n---\nuser: [", "this is no YAML"},
		{"version: 1\nuser: [", "this is no YAML"},
		{"\xff\xfev\x00:\x00 \x001\x00", "not in UTF-8"},
		{"version: 1 # \xe4", "not in UTF-8"},
		{"version: 1\ndocument: abc", "line 2: document has to be sha256:"},
		{"version: 1\nroles: {Admin: a}", "line 2: roles.Admin is not known; there can be CertificateAdministrator,"},
		{"version: 1\nroles: {GlobalReader: a, UserAdministrator: a}", "GlobalReader are both written \"a\""},
		{"version: 1\nroles: {GlobalReader: admin, UserAdministrator: Admin}", "GlobalReader are both written \"admin\""},
		{"version: 1\nroles: {GlobalReader: regularUser}", "both written \"RegularUser\""},
		{"version: 1\nroles: {GlobalReader: RegularUser}", "both written \"RegularUser\""},
		{"version: 1\nroles: {GlobalReader: [a]}", "roles.GlobalReader has to be a single value"},
		{"version: 1\nuser: &a {}\nci_user: *a", "line 2: user: anchors and aliases"},
		{"version: 1\nuser: 7", "line 2: user has to be a map"},

		{user("answer: {mail: x}"), "line 3: user.answer.mail is not known; there can be active, email,"},
		{user("answer: {email: a..b}"), `line 3: user.answer.email: "a..b" is no path`},
		{user("answer: {email: a, name: a.b}"), "user.answer: email is at a and name at a.b"},
		{user("answer: {email: {path: a, values: {}}}"), "user.answer.email.values is not known"},
		{user("answer: {active: {path: a, when_true: 1}}"), "needs both when_true and when_false"},
		{user("answer: {active: {path: a, when_true: 1, when_false: [0, 1]}}"), "1 cannot mean both"},
		{user("answer: {active: {path: a, when_true: On, when_false: oN}}"), "cannot mean both"},
		{user("answer: {active: {path: a, when_true: 1, when_false: null, null: empty}}"), "null is empty, and means something else too"},
		{user("answer: {email: {path: a, null: \"-\"}}"), "can only be empty"},
		{user("edit: {route: GET /People/{id}}"), "a route inside of braces has to be in quotes"},
		{user("edit: {route: \"GET /People/{id}\"}"), "GET reads, and every other method writes"},
		{user("read: {route: \"POST /People/{id}\"}"), "GET reads, and every other method writes"},
		{user("edit: {route: \"POST /People/{name}\"}"), "has to have {id}, and no other"},
		{user("edit: {route: \"DELETE /People/{id}\"}"), "DELETE is not sent"},
		{user("edit: {route: \"POST /../x/{id}\"}"), "is no route"},
		{user("edit: {route: \"POST https://example.com/{id}\"}"), "is no route"},
		{user("edit: {route: \"POST /People/{id}?x=1\"}"), "is no route"},
		{user("read: none"), "cannot be none"},
		{user("edit: {body: {a: =nobody}}"), `there is no concept "nobody" of a user`},
		{user("edit: {body: {a: =name, a.b: =email}}"), "a and a.b cannot both be sent"},
		{user("edit: {body: {a: {values: {}}}}"), "a value with a form is {from: =concept"},
		{user("edit: {body: {role: =role}}\n  set: {role: {route: \"POST /R/{id}\"}}"), "it would be sent twice"},
		{user("set: {role: {body: {a: =role}}}"), "user.set.role needs a route"},
		{user("set: {role: {route: \"POST /R/{id}\", body: {a: =name}}}"), "user.set.role does not send =role"},
		{user("set: {id: {route: \"POST /R/{id}\"}}"), "user.set.id is not known"},
		{user("list: {page: {number: p, skip: s}}"), "needs just one of number, skip,"},
		{user("list: {page: {token: p}}"), "token and next go together"},
		{user("list: {page: {skip: p, first: 0}}"), "first goes with number"},
		{user("list: {page: {number: p, first: 2}}"), "from 0 to 1"},
		{user("list: {page: {number: p, size: s}}"), "go together"},
		{user("list: {page: {number: \"a&b\"}}"), "is no name of a query parameter"},
		{user("list: {page: {whole: false}}"), "whole can only be true"},
		{user("answer: {active: {path: a, when_true: [], when_false: 1}}"), "has no value"},
		{user("regenerate_token: {}"), "user.regenerate_token is not known"},
		{"version: 1\nmembers: {answer: {form: slugs}}", "no principal has one"},
		{"version: 1\nmembers: {answer: {form: names}}", "none of ids, objects, per_kind and slugs"},
		{"version: 1\nmembers: {answer: {form: objects, kind: type}}", "needs both kind"},
		{"version: 1\nmembers: {answer: {form: objects, kind: t, kinds: {user: a, group: a}}}", "user and group are both written"},
		{"version: 1\nmembers: {answer: {form: per_kind}}", "names no kind"},
		{"version: 1\nmembers: {answer: {form: per_kind, user: a, group: a}}", "have the same array"},
		{"version: 1\nmembers: {answer: {form: ids, user: a}}", "its form is not per_kind"},
		{"version: 1\ngroup: {change_members: none, modify_members: none}", "has no route that changes its members"},
		{"version: 1\ngroup: {modify_members: {body: {a: =added_members}}}", "does not send =removed_members"},
		{"version: 1\nsigning_policy: {read: {route: \"GET /P/{policy}/{project}\"}}", "has to have {project}, then {policy}"},
		{"version: 1\ngroup: {answer: {added_members: x}}", "group.answer.added_members is not known"},
		{"version: 1\nuser: {answer: {name: [a]}}", "user.answer.name has to be a map"},
	} {
		text, want := c[0], c[1]
		file, err := mapping.Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s\ngot %+v, %v\nwant %s", text, file, err, want)
		}
	}
}

func TestALargeFileIsNotRead(t *testing.T) {
	if _, err := mapping.Parse([]byte("version: 1 # " + strings.Repeat("a", 1<<20))); err == nil || !strings.Contains(err.Error(), "KiB and is not read") {
		t.Errorf("got %v", err)
	}
}

// All that is wrong is told at once, in the order of lines.
func TestEveryFaultOfAFileIsTold(t *testing.T) {
	_, err := mapping.Parse([]byte("version: 1\nuser:\n  answer: {mail: a}\n  edit: {x: y}\nproject:\n  me: {}\n"))
	if err == nil || strings.Count(err.Error(), "\n") != 2 || !strings.HasPrefix(err.Error(), "line 3: ") {
		t.Errorf("got %v", err)
	}
}

func TestMarks(t *testing.T) {
	file := parse(t, `version: 1
# Free text.
user:
  answer:
    name: displayName  # the only text that is left
    role: globalRole   # ? sounds like it
    # ? The address of the person?
    email: mail
    # Is "state" what the web application calls active,
    # and with which word?
    active: TODO
    identity:          # ? by likeness
      path: sid
  create:
    body:
      kind: TODO  # What should a request say for kind?
signing_policy:
  answer: {submitters: a, approvers: TODO}
  set: TODO
`)
	want := []mapping.Mark{
		{6, "user.answer.role", "sounds like it", false},
		{7, "user.answer.email", "The address of the person?", false},
		{11, "user.answer.active", `Is "state" what the web application calls active, and with which word?`, true},
		{12, "user.answer.identity", "by likeness", false},
		{16, "user.create.body.kind", "What should a request say for kind?", true},
		{18, "signing_policy.answer", "", true},
		{19, "signing_policy.set", "", true},
	}
	if !reflect.DeepEqual(file.Marks, want) {
		t.Errorf("got  %+v\nwant %+v", file.Marks, want)
	}
	if _, isThere := file.Things[mapping.SigningPolicy].Answer["approvers"]; isThere {
		t.Error("what is open is stated")
	}
}

func TestPath(t *testing.T) {
	value := json.RawMessage(`{"a": {"b": [1], "n": null}, "t": "x"}`)
	for path, want := range map[string]string{".": string(value), "a.b": "[1]", "a.n": "null", "a.c": "", "t.x": "", "a.n.x": ""} {
		parsed, err := mapping.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := parsed.Get(value)
		if string(got) != want || ok != (want != "") || parsed.String() != path {
			t.Errorf("%s: got %s, %t", path, got, ok)
		}
	}
}
