package proposal_test

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// assumedServer is a server as it is assumed, of which tests change lines.
//
//go:embed testdata/assumed.txt
var assumedServer string

// propose proposes for a document, and holds that the proposal is a mapping file, and that it is
// the same again where it is the beginning of the next one.
func propose(t *testing.T, document []byte) (*mapping.File, *proposal.Proposal) {
	t.Helper()
	made, err := proposal.Propose(document, proposal.Options{Tool: "signpathctl test"})
	if err != nil {
		t.Fatal(err)
	}
	next, err := proposal.Propose(document, proposal.Options{Tool: "signpathctl test", Known: made.Text})
	if err != nil || string(next.Text) != string(made.Text) {
		t.Errorf("started from itself, the file becomes another one (%v):\n%s", err, gocmp.Diff(string(made.Text), string(next.Text)))
	}
	file, err := mapping.Parse(made.Text)
	if err != nil {
		t.Fatal(err)
	}
	return file, made
}

// lineOf is what the file states at the path, with its comment on the line: "TODO # Which …".
func lineOf(t *testing.T, made *proposal.Proposal, path string) string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(made.Text, &root); err != nil {
		t.Fatal(err)
	}
	node := root.Content[0]
	for rest := path; rest != ""; {
		found := false
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if after, ok := strings.CutPrefix(rest, key); ok && (after == "" || after[0] == ' ') {
				node, rest, found = node.Content[i+1], strings.TrimPrefix(after, " "), true
				break
			}
		}
		if !found {
			return ""
		}
	}
	lines := strings.Split(string(made.Text), "\n")
	_, line, _ := strings.Cut(strings.TrimSpace(lines[node.Line-1]), ": ")
	return line
}

func changed(changes ...string) string { return strings.NewReplacer(changes...).Replace(assumedServer) }

// What a server has in its own form is stated without a mark where its form tells, is marked
// where a name does, and is asked where nothing does.
func TestProposals(t *testing.T) {
	const member, kinds = "Member = uuid\n", "enum(InteractiveUser CIUser UserGroup)"
	tests := map[string]struct {
		server string
		// wants are the beginnings of lines, by path. "-" wants nothing there.
		wants map[string]string
	}{
		"as assumed": {assumedServer, map[string]string{"user": "-", "members": "-", "roles": "-", "signing_policy": "-", "group": "-"}},

		"the role has any name": {changed("role!: Role", "standing!: Role"), map[string]string{
			"user answer role": "standing # the only", "user edit body standing": "=role #", "ci_user edit body standing": "=role # where",
		}},
		"roles in another spelling": {changed("enum(Global", "enum(GLOBAL_ADMINISTRATOR X_Global", "X_GlobalAdministrator ", ""), map[string]string{
			"roles GlobalAdministrator": "GLOBAL_ADMINISTRATOR # the name",
		}},
		"roles by likeness": {changed("enum(GlobalAdministrator", "enum(ADMIN"), map[string]string{"roles GlobalAdministrator": "ADMIN # ?"}},
		"no regular user": {changed(
			" RegularUser ", " ",
			"role!: Role", "role: Role?",
		), map[string]string{"roles RegularUser": "null # the enumeration"}},
		"no regular user, and no null": {changed(" RegularUser ", " "), map[string]string{"roles RegularUser": "TODO # What"}},
		"roles that are other words": {changed(
			"enum(GlobalAdministrator CertificateAdministrator UserAdministrator ProjectAdministrator GlobalReader", "enum(A B C D E",
		), map[string]string{
			"user answer role": "-",
		}},
		"two enumerations of roles": {changed(
			"role!: Role", "givenRole!: Role, hasRole!: Role",
		), map[string]string{"user answer role": "TODO # Which of these"}},
		"a role that is, and one that was": {changed("role!: Role,", "role!: Role, lastRole!: Role,"), map[string]string{"user answer role": "-"}},

		"an id of another name": {changed("User = {id!:", "User = {userId!:"), map[string]string{"user answer id": "userId #", "group": "-"}},
		"an address by its format": {changed(
			"accountEmailAddress!: text", "inbox!: mail",
		), map[string]string{"user answer email": "inbox # the only", "user create body inbox": "=email # where"}},
		"the one text of a new one": {changed(
			"name!: text, description: text?, isDirectory", "heading!: text, description: text?, isDirectory",
			"POST /UserGroups {name", "POST /UserGroups {heading",
			"UserGroups/{id}/Edit {name", "UserGroups/{id}/Edit {heading",
		), map[string]string{
			"group answer name": "heading # the only text", "group create body heading": "=name # where",
		}},

		"active by another word": {changed(
			"isActive!: bool, isDirectory", "isEnabled!: bool, isDirectory",
		), map[string]string{"user answer active": "isEnabled # ?"}},
		"active the other way round": {changed("isActive!: bool, isDirectory", "isLocked!: bool, isDirectory"), map[string]string{
			"user answer active": "{path: isLocked, when_true: false, when_false: true} # ?",
		}},
		"a boolean without a meaning": {changed(
			"isActive!: bool, isDirectory", "mark!: bool, isDirectory",
		), map[string]string{"user answer active": "TODO # Does true in `mark`"}},
		"a state": {changed("isActive!: bool, isDirectory", "state!: enum(Enabled Locked), isDirectory"), map[string]string{
			"user answer active": "{path: state, when_true: [Enabled], when_false: [Locked]} # ?",
		}},
		"a state of other words": {changed("isActive!: bool, isDirectory", "state!: enum(Here There), isDirectory"), map[string]string{
			"user answer active": "TODO # Which of `Here`, `There` mean",
		}},
		"active at another place": {changed(
			"isActive!: bool, isDirectory", "flags!: {isActive!: bool}, isDirectory",
		), map[string]string{"user answer active": "flags.isActive # ?"}},

		"members as objects": {changed(member, "Member = {principalId!: uuid, name: text, kind!: "+kinds+"}\n"), map[string]string{
			"members answer":  "{form: objects, id: principalId, kind: kind, kinds: {user: InteractiveUser, ci_user: CIUser, group: UserGroup}}",
			"members request": "-",
		}},
		"kinds by likeness": {changed(
			member, "Member = {id!: uuid, kind!: enum(Human Robot Crew)}\n",
		), map[string]string{"members answer": "{form: objects, kind: kind, kinds: {user: Human, ci_user: Robot, group: Crew}} # ?"}},
		"kinds of other words": {changed(
			member, "Member = {id!: uuid, kind!: enum(X Y Z)}\n",
		), map[string]string{"members answer": "{form: objects, kind: kind, kinds: {user: TODO, ci_user: TODO, group: TODO}} # Which of"}},
		"members per kind": {changed("[Member]", "{interactiveUsers!: [uuid], ciUsers!: [uuid], userGroups!: [uuid]}"), map[string]string{
			"members answer": "{form: per_kind, user: interactiveUsers, ci_user: ciUsers, group: userGroups}",
		}},
		"arrays of other words": {changed(
			"[Member]", "{x!: [uuid], y!: [uuid], z!: [uuid]}",
		), map[string]string{"members answer": "{form: per_kind, user: TODO, ci_user: TODO, group: TODO} # Which of"}},
		"members by slug": {changed(member, "Member = text\n", "User = {", "User = {handle!: text, "), map[string]string{
			"members answer": "{form: slugs} # ?", "user answer slug": "handle # ?", "group answer slug": "TODO # By which",
		}},
		"requests take ids": {changed(
			"members!: [Member]}\nProject", "members!: [{id!: uuid}]}\nProject",
			"configurators!: [Member], signing", "configurators!: [{id!: uuid}], signing",
			"readers!: [Member], configurators!: [{", "readers!: [{id!: uuid}], configurators!: [{",
			"submitters!: [Member], approvers!: [Member], verifies", "submitters!: [{id!: uuid}], approvers!: [{id!: uuid}], verifies",
		), map[string]string{
			"members answer": "{form: objects}", "members request": "{form: ids}",
		}},
		"a list that may be null": {changed(
			"approvers!: [Member], verifies", "approvers: [Member]?, verifies",
		), map[string]string{"signing_policy answer approvers": "{path: approvers, null: empty} # ?"}},

		"lists of other words": {changed("submitters!", "witnesses!", "approvers!", "keepers!"), map[string]string{
			"signing_policy answer submitters": "TODO # Which of these", "signing_policy answer approvers": "TODO # Which of these",
			"signing_policy edit kept": "-",
		}},
		"lists by likeness": {changed(
			"readers!", "viewers!",
		), map[string]string{"project answer readers": "viewers # ?", "project edit body viewers": "=readers # ?"}},
		"who approved is not who may": {changed(
			"approvers!: [Member], verifies", "lastApprovers!: [Member], verifies",
			"approvers!", "lastApprovers!",
		), map[string]string{
			"signing_policy answer approvers": "TODO # Which of these",
		}},
		"a history beside the members": {changed(
			"members!: [Member]}\nProject", "crew!: [Member], formerCrew!: [Member]}\nProject",
			"{members!: [Member]}", "{crew!: [Member]}",
		), map[string]string{
			"group answer members": "crew #", "group change_members body crew": "=members",
		}},
		"nothing but a history": {changed(
			"members!: [Member]}\nProject", "formerCrew!: [Member]}\nProject",
			"{members!: [Member]}", "{formerCrew!: [Member]}",
		), map[string]string{
			"group answer members": "TODO #",
		}},
		"settings that say the opposite": {changed(
			"verifiesOriginPolicy!", "skipsOriginCheck!",
			"verifyOriginPolicy!", "skipOriginCheck!",
		), map[string]string{
			"signing_policy answer verifies_origin_policy": "{path: skipsOriginCheck, when_true: false, when_false: true} # ?",
			"signing_policy edit body skipOriginCheck":     "=verifies_origin_policy # ?",
		}},
		"names of before 1.202.0": {changed("verifiesOriginPolicy!", "verifiesOrigin!", "verifyOriginPolicy!", "verifyOrigin!"), map[string]string{
			"signing_policy answer verifies_origin_policy": "verifiesOrigin # its name before",
			"signing_policy edit body verifyOrigin":        "=verifies_origin_policy # called",
		}},
		"a number about approvals": {changed(
			"requiredApprovals!", "quorum!",
		), map[string]string{"signing_policy answer required_approvals": "quorum # the only number"}},
		"a number about something else": {changed(
			"requiredApprovals!", "retention!",
		), map[string]string{"signing_policy answer required_approvals": "retention # ?"}},

		"collections of other names": {changed(
			"/InteractiveUsers", "/Staff",
			"/CIUsers", "/Machines",
			"/UserGroups", "/Crews",
			"/Projects", "/Works",
			"/SigningPolicies", "/Gates",
		), map[string]string{
			"user read route":           "GET /Staff/{id} # a create",
			"ci_user read route":        "GET /Machines/{id} # the others",
			"group read route":          "GET /Crews/{id} # the only",
			"project read route":        "GET /Works/{project} # the signing",
			"signing_policy read route": "GET /Works/{project}/Gates/{policy} #",
		}},
		"two collections that could be groups": {changed(
			"/UserGroups", "/Xs",
		) + "\nY = {id!: uuid, members!: [uuid]}\nGET /Ys/{id} -> Y\n", map[string]string{"group read route": "TODO # Which of these are the groups"}},
		"another edit": {changed(
			"POST /UserGroups/{id}/Edit", "PUT /UserGroups/{id}",
		), map[string]string{"group edit route": "PUT /UserGroups/{id} # the route"}},
		"two edits": {changed(
			"POST /UserGroups/{id}/Edit {name!: text, description: text?}",
			"PUT /UserGroups/{id} {name!: text, description: text?}\nPOST /UserGroups/{id} {name!: text, description: text?}",
		), map[string]string{
			"group edit route": "TODO # Which route saves",
		}},
		"another create": {changed(
			"POST /CIUsers {name", "POST /CIUsers/New {name",
			"ciUserId!", "key!",
		), map[string]string{"ci_user create route": "POST /CIUsers/New #", "ci_user create id": "key # ?"}},
		"switches by words": {changed(
			"InteractiveUsers/{id}/Activate", "InteractiveUsers/{id}/Unlock",
			"InteractiveUsers/{id}/Deactivate", "InteractiveUsers/{id}/Lock",
		), map[string]string{
			"user activate route": "POST /InteractiveUsers/{id}/Unlock # ?", "user deactivate route": "POST /InteractiveUsers/{id}/Lock # ?",
		}},
		"one route takes a boolean": {changed(
			"POST /InteractiveUsers/{id}/Activate\nPOST /InteractiveUsers/{id}/Deactivate", "POST /InteractiveUsers/{id}/Activation {isActive!: bool}",
		), map[string]string{
			"user activate body isActive": "true # it takes", "user deactivate body isActive": "false # it takes",
		}},
		"one route takes a boolean of its own": {changed(
			"POST /InteractiveUsers/{id}/Activate\nPOST /InteractiveUsers/{id}/Deactivate", "POST /InteractiveUsers/{id}/Status {locked!: bool}",
		), map[string]string{
			"user activate body locked": "false # ?", "user deactivate body locked": "true # ?",
		}},
		"routes that go": {changed(
			"POST /InteractiveUsers/{id}/Reinvite", "",
			"POST /UserGroups/{id}/ModifyMembers {addedMembers!: [Member], removedMembers!: [Member]}", "",
		), map[string]string{
			"user reinvite": "none # the document", "group modify_members": "none #",
		}},
		"the role has a route": {changed(
			"identity: text?, role!: Role}\n", "identity: text?}\nPOST /InteractiveUsers/{id}/Level {value!: Role}\n",
			"isSupportUser!: bool}", "isSupportUser!: bool}",
		), map[string]string{
			"user set role route": "POST /InteractiveUsers/{id}/Level # the only", "user set role body value": "=role", "user edit kept": "[role]",
		}},
		"a list has a route": {changed(
			"readers!: [Member], configurators!: [Member]}\nGET", "configurators!: [Member]}\nPUT /Projects/{project}/Readers [Member]\nGET",
		), map[string]string{
			"project set readers route": "PUT /Projects/{project}/Readers # the route",
			"project set readers body":  "=readers",
			"project edit kept":         "[readers]",
		}},
		"members are replaced": {changed(
			"POST /UserGroups/{id}/ChangeMembers {members!: [Member]}", "PUT /UserGroups/{id}/Members [Member]",
		), map[string]string{
			"group change_members route": "PUT /UserGroups/{id}/Members # the only", "group change_members body": "=members",
		}},
		"members are added": {changed("ChangeMembers", "AddMembers"), map[string]string{"group change_members": "none #"}},
		"who comes and who goes": {changed("addedMembers", "joining", "removedMembers", "leaving"), map[string]string{
			"group modify_members body joining": "=added_members # ?", "group modify_members body leaving": "=removed_members # ?",
		}},
		"who goes has another word": {changed("removedMembers", "leaving"), map[string]string{
			"group modify_members body leaving": "=removed_members # ?", "group modify_members body addedMembers": "=added_members",
		}},
		"who comes and who goes in other words": {changed(
			"addedMembers", "x",
			"removedMembers", "y",
		), map[string]string{"group modify_members body": "TODO # Which list"}},
		"the token is in an object": {changed(
			"{apiToken!: text}", "{result!: {value!: text, until: time?}}",
		), map[string]string{"ci_user regenerate_token token": "result.value # the only"}},
		"two texts in the answer with the token": {changed(
			"{apiToken!: text}", "{a!: text, b!: text}",
			"RegenerateApiToken", "RegenerateApiToken",
		), map[string]string{"ci_user regenerate_token token": "TODO # Which of these"}},

		"a list in an object": {changed(
			"GET /InteractiveUsers -> [User]", "GET /InteractiveUsers -> {people!: [User]}",
		), map[string]string{"user list": "-"}},
		"a list further in": {changed(
			"GET /InteractiveUsers -> [User]", "GET /InteractiveUsers -> {data!: {people!: [User]}}",
		), map[string]string{"user list items": "data.people"}},
		"pages from 0": {changed(
			"GET /InteractiveUsers ", "GET /InteractiveUsers?page:page0 ",
		), map[string]string{"user list page": "{number: page, first: 0}"}},
		"pages from 1": {changed(
			"GET /InteractiveUsers ", "GET /InteractiveUsers?pageNumber:page1 ",
		), map[string]string{"user list page": "{number: pageNumber}"}},
		"pages from anywhere": {changed(
			"GET /InteractiveUsers ", "GET /InteractiveUsers?page:int ",
		), map[string]string{"user list page": "{number: page} # ?"}},
		"entries are skipped": {changed(
			"GET /InteractiveUsers ", "GET /InteractiveUsers?skip:int&take:int ",
		), map[string]string{"user list page": "{skip: skip}"}},
		"a token for pages": {changed(
			"GET /InteractiveUsers -> [User]", "GET /InteractiveUsers?cursor:text -> {items!: [User], after: text?}",
		), map[string]string{
			"user list page": "{token: cursor, next: after}", "user list items": "items",
		}},
		"a link to the next page": {changed(
			"GET /InteractiveUsers -> [User]", "GET /InteractiveUsers -> {items!: [User], meta!: {nextLink: text?, total!: int}}",
		), map[string]string{
			"user list page": "{link: meta.nextLink, total: meta.total}",
		}},
		"parameters that nobody knows": {changed(
			"GET /InteractiveUsers ", "GET /InteractiveUsers?von:int&bis:int ",
		), map[string]string{"user list page": "TODO # How"}},

		"a request demands something": {changed(
			"InteractiveUsers {name!", "InteractiveUsers {sendMail!: bool, name!",
		), map[string]string{"user create body sendMail": "TODO # What should a request say"}},
		"a request demands what can only be one": {changed(
			"InteractiveUsers {name!", "InteractiveUsers {type!: enum(Person), name!",
		), map[string]string{"user create body type": "Person # the only"}},
		"an edit takes what nothing shows": {changed(
			"UserGroups/{id}/Edit {name!", "UserGroups/{id}/Edit {hidden: text, name!",
		), map[string]string{"group edit body hidden": "TODO # What"}},
		"an answer shows what no edit takes": {changed("Group = {", "Group = {colour!: text, "), map[string]string{"group edit kept": "[colour] # ?"}},
		"a role on something else": {changed(
			"role!: Role, isActive!: bool, isDirectory", "invitation!: {role!: Role}, access!: {level!: Role}, isActive!: bool, isDirectory",
		), map[string]string{
			"user answer role": "access.level # ?",
		}},
		"an id of something else": {changed(
			"User = {id!: uuid, link!: uri, name", "User = {departmentId!: uuid, link!: uri, name",
		), map[string]string{"user answer id": "departmentId # ?"}},
		"an address of somebody else": {changed(
			"name!: text, accountEmailAddress!: text,", "name!: text, login!: text, managerMail!: mail,",
		), map[string]string{
			"user answer email": "managerMail # ?",
		}},
		"a text that is no token": {changed("RegenerateApiToken -> {apiToken!: text}", "Rest -> {message!: text}"), map[string]string{
			"ci_user regenerate_token route": "POST /CIUsers/{id}/Rest # ?", "ci_user regenerate_token token": "message # ?",
		}},
		"two routes take a role": {changed(
			"identity: text?, role!: Role}\n", "identity: text?}\nPOST /InteractiveUsers/{id}/Level {value!: Role}\nPOST /InteractiveUsers/{id}/Rank {value!: Role}\n",
		), map[string]string{
			"user set role route": "TODO # Which of these sets",
		}},
		"an id of an entry": {changed(
			member, "Member = {entryId!: uuid, name: text}\n",
		), map[string]string{"members answer": "{form: objects, id: entryId} # ?"}},
		"the id of a trace": {changed("interactiveUserId!", "correlation!"), map[string]string{"user create id": "correlation # ?"}},
		"robots that are called people": {changed("/InteractiveUsers", "/Robots", "/CIUsers", "/People"), map[string]string{
			"user read route": "TODO # Which of these are the people", "ci_user read route": "TODO # Which of these are the CI users",
		}},
		"owners of a group": {changed(
			"members!: [Member]}\nProject", "owners!: [Member]}\nProject",
			"ChangeMembers {members!: [Member]}", "ChangeOwners {owners!: [Member]}",
		), map[string]string{
			"group answer members": "TODO # Which", "group change_members": "none #",
		}},
		"a login that is no name": {changed(
			"name!: text, accountEmailAddress!: mail", "",
			"name!: text, accountEmailAddress!: text", "login!: text, displayName: text?, accountEmailAddress!: text",
		), map[string]string{
			"user answer name": "displayName # ?",
		}},
		"two lists in an object": {changed(
			"readers!: [Member], configurators!: [Member], signing", "access!: {viewers!: [Member], editors!: [Member]}, signing",
		), map[string]string{
			"project answer readers": "access.viewers # ?", "project answer configurators": "access.editors # ?",
		}},
		"two lists in the answer of a list": {changed(
			"GET /InteractiveUsers -> [User]", "GET /InteractiveUsers -> {people!: [User], hints!: [{text!: text}]}",
		), map[string]string{"user list items": "people #"}},
		"an edit is flat": {changed(
			"approvers!: [Member], verifies", "approval!: {approvers!: [Member], requiredApprovals!: int}, verifies",
			"usesApprovalProcess!: bool, requiredApprovals!: int}", "usesApprovalProcess!: bool}",
		), map[string]string{
			"signing_policy answer approvers":          "approval.approvers # the name",
			"signing_policy answer required_approvals": "approval.requiredApprovals # the name",
			"signing_policy edit":                      "-",
		}},

		"an address that is not described as one": {changed("accountEmailAddress!: text", "box!: text", "name!: text, box", "called!: text, box",
			"GET /InteractiveUsers/{id} -> User", "GET /InteractiveUsers/{id} -> {id!: uuid, zed!: text, box!: text, role!: Role, isActive!: bool}",
		), map[string]string{"user answer name": "TODO #", "user answer email": "TODO #"}},
		"a text that may lead on, and a parameter": {
			changed("GET /CIUsers -> [CIUser]", "GET /CIUsers?mark:text -> {all!: [CIUser], next: text?}"),
			map[string]string{"ci_user list page": "TODO # How"},
		},
		"a list with a number that nobody knows": {changed("GET /CIUsers -> [CIUser]", "GET /CIUsers?leaf:int -> [CIUser]"), map[string]string{
			"ci_user list page": "TODO # How",
		}},
		"routes of lists in other words": {changed(
			", readers!: [Member], configurators!: [Member]}", "}",
			"GET /Organization", "PUT /Projects/{project}/Lookers [Member]\nPUT /Projects/{project}/Makers [Member]\nGET /Organization",
		), map[string]string{
			"project set readers route": "TODO # Which of these changes", "project set configurators route": "TODO # Which of these changes",
		}},
		"a create in other words": {
			changed("notificationEmailAddress: text?, identity: text?} -> {interactive", "mark: text?, line: text?} -> {interactive"),
			map[string]string{"user create body mark": "TODO # What is `mark`", "user create body line": "TODO # What is"},
		},
		"users elsewhere, and their invitations where they are assumed": {changed(
			"GET /InteractiveUsers/{id}", "GET /Folk/{id}", "POST /InteractiveUsers/{id}/Edit", "POST /Folk/{id}/Edit",
		), map[string]string{"user read route": "GET /Folk/{id} #", "user reinvite": "-", "user activate": "-"}},
		"what may be nowhere": {
			changed("description: text?, isDirectorySynchronized!: bool, members", "remark: text?, kind!: enum(A B), members"),
			map[string]string{"group answer description": "remark # ?", "group answer synchronized": "TODO # Which is whether"},
		},
		"settings that are called nothing like it": {
			changed(", usesApprovalProcess!: bool", ", x!: enum(A B)", "useApprovalProcess!: bool", "x!: enum(A B)"),
			map[string]string{"signing_policy answer uses_approval_process": "TODO # Which"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, made := propose(t, describe(t, test.server))
			for path, want := range test.wants {
				if got := lineOf(t, made, path); want == "-" && got != "" || want != "-" && !strings.HasPrefix(got, want) {
					t.Errorf("%s is %q, want %q in\n%s", path, got, want, made.Text)
				}
			}
		})
	}
}

// The document of what is assumed says that nothing differs.
func TestTheAssumedServerNeedsNoMapping(t *testing.T) {
	var document any
	if err := yaml.Unmarshal(contract.OpenAPI(), &document); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, made := propose(t, text); made.Facts+made.Questions > 0 {
		t.Errorf("%s", made.Text)
	}
	if _, made := propose(t, describe(t, assumedServer)); made.Facts+made.Questions > 0 {
		t.Errorf("%s", made.Text)
	}
}

// documentOf is the document that a server of a dialect publishes.
func documentOf(t *testing.T, options ...mock.Option) []byte {
	t.Helper()
	server, err := mock.New(mock.DemoSeed(), options...)
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/Api/swagger/v1/swagger.json", nil))
	if recorder.Code != http.StatusOK {
		t.Skip("no document")
	}
	return recorder.Body.Bytes()
}

// Of the servers that the mock can be, nothing is left open but what a document does not say,
// and nothing is marked but what is a matter of words.
func TestProposalsOnDialects(t *testing.T) {
	marked := []string{
		"enable-disable", "paging=page", "paging=page-zero", "paging=envelope", "paging=total", "policy-status",
		"spell-role=GlobalAdministrator:GlobalAdmin", "rename-request=role:newRole",
	}
	open := []string{"boolean-texts", "demand=externalReference", "hide=originPolicyVerification", "role-numbers", "document=old"}
	for _, dialect := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		t.Run(dialect.Name, func(t *testing.T) {
			_, made := propose(t, documentOf(t, mock.WithDialect(dialect.Dialect)))
			if made.Marks > 0 && !slices.Contains(marked, dialect.Name) || made.Questions > 0 && !slices.Contains(open, dialect.Name) {
				t.Errorf("%d marks, %d questions in\n%s", made.Marks, made.Questions, made.Text)
			}
		})
	}
}
