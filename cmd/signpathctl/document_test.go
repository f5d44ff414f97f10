package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var update = flag.Bool("update", false, "write the golden files anew")

const schemaFolder = "../../docs/schemas"

// fixed is the time and the version of the documents in the golden files.
func fixed(t *testing.T) {
	t.Helper()
	realNow, realVersion := now, version
	now, version = func() time.Time { return time.Date(2026, 6, 15, 14, 0, 0, 0, time.FixedZone("", 2*60*60)) }, "1.2.3"
	t.Cleanup(func() { now, version = realNow, realVersion })
	for _, name := range commitVariables {
		t.Setenv(name, "")
	}
}

// jsonOf runs a command, of which the exit status does not matter.
func jsonOf(t *testing.T, stdin []byte, arguments ...string) string {
	t.Helper()
	var output strings.Builder
	root := newRootCommand()
	root.SetArgs(append(arguments, "--format", "json"))
	root.SetIn(bytes.NewReader(stdin))
	root.SetOut(&output)
	root.SetErr(&strings.Builder{})
	err := root.ExecuteContext(t.Context())
	if output.Len() == 0 {
		t.Fatalf("%q: %v", arguments, err)
	}
	return output.String()
}

// documents are outputs by kind, which have every field between them. The first of each
// kind is in a golden file.
func documents(t *testing.T) map[string][]string {
	t.Helper()
	fixed(t)
	seed := mock.DemoSeed()
	seed.Projects[0].Readers = []string{"user:reader@example.com"}
	release := &seed.Projects[0].SigningPolicies[1]
	release.Submitters, release.Approvers = []string{"user:dev.lead@example.com"}, []string{"group:Release Managers", "user:dev.lead@example.com"}
	seed.Projects[1].SigningPolicies[1].Approvers = []string{"group:Release Managers", "user:dev.lead@example.com"}
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Reader", Email: "reader@example.com", Token: regularToken})
	server := serveMockOf(t, seed, mock.WithClock(now), mock.WithMiddleware(contractMiddleware.Middleware(t)))
	outsiderApproves(t, server)
	const otherRole = "rename=role:globalRole"
	rules := rulesFile(t, someRules)
	whole, err := os.ReadFile(recordedPlan)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{
		"organization_review": {
			jsonOf(t, nil, "review", "org", "--rules", rules, "--project", "project-a", "--permission", "submit", "--permission", "approve"),
			jsonOf(t, nil, "review", "org", "--rules", rules),
		},
		"plan_review": {
			jsonOf(t, whole, "review", "plan", "-", "--commit", "0123456789abcdef0123456789abcdef01234567"),
			jsonOf(t, eventfulPlan(t, whole), "review", "plan", "-", "--rules", rules),
			jsonOf(t, nil, "review", "plan", recordedBaselines+"change.json"),
			jsonOf(t, nil, "review", "plan", invitingPlan(t)),
			jsonOf(t, planOf(
				t, "signing_policy_approvers", "update", onProjectB("members", []any{"group:Release Managers"}), onProjectB("members", []any{}),
			), "review", "plan", "-", "--live"),
		},
		"drift_review": {
			jsonOf(t, nil, "review", "drift", driftPlan(t, "user:outsider@example.com"), "--live"),
			jsonOf(t, nil, "review", "drift", recordedBaselines+"refresh.json"),
			jsonOf(t, nil, "review", "drift", withLiveReview(t, "warn", []any{"Nobody knows."})),
			jsonOf(t, nil, "review", "drift", driftPlan(t, "user:outsider@example.com"), "--commit", "0123456789abcdef0123456789abcdef01234567"),
			jsonOf(t, eventfulPlan(t, whole), "review", "drift", "-"),
		},
		"baseline_review": {
			jsonOf(t, nil, "review", "baseline", recordedBaselines+"refresh.json", "--commit", "0123456789abcdef0123456789abcdef01234567"),
			jsonOf(t, nil, "review", "baseline", recordedBaselines+"change.json", "--at", "2026-06-30"),
		},
		"contract_comparison": {
			jsonOf(t, []byte(hardlyADocument), "contract", "-"),
			jsonOf(t, nil, "contract", serverOf(t, otherRole).URL+documentPath, "--mapping", mappingOf(t, mappingOfDialect(t, otherRole))),
			jsonOf(t, nil, "contract", documentWithout(t, "SigningPolicies/{signingPolicySlug}")),
		},
		"contract_report": {
			jsonOf(t, []byte(hardlyADocument), "contract", "report", "-"),
			jsonOf(t, nil, "contract", "report", serverOf(t, "enable-disable,paging=page,role-numbers").URL+documentPath),
			jsonOf(t, nil, "contract", "report", documentWithout(t, "SigningPolicies/{signingPolicySlug}")),
		},
	}
	found["contract_rehearsal"] = []string{jsonOf(t, nil, "contract", "rehearse", "testdata/signpath-api.yaml", "--policy", "project-a/release-signing")}
	found["log_review"] = logDocuments(t, server)
	found["organization_review"] = append(found["organization_review"], sinceDocuments(t, server)...)
	addEvidence(t, found, rules, whole)
	found["drift_review"] = append(found["drift_review"], jsonOf(t, []byte(renamedGroup), "review", "drift", "-"), driftElsewhere(t, server))
	if err := server.Inject(mock.Fault{Route: "GET /Projects/project-a/SigningPolicies/test-signing", Action: mock.FaultAnswer, Status: 403}); err != nil {
		t.Fatal(err)
	}
	found["organization_review"] = append(found["organization_review"], jsonOf(t, nil, "review", "org"))
	t.Setenv(api.EnvToken, regularToken) // It sees a part of the organization only.
	found["organization_review"] = append(found["organization_review"], jsonOf(t, nil, "review", "org"))
	for _, all := range found {
		for i := range all {
			all[i] = mockURL.ReplaceAllString(all[i], "https://signpath.example.com/Api")
			all[i] = eventID.ReplaceAllString(all[i], `"event_id": "11111111-1111-4111-8111-111111111111"`)
		}
	}
	return found
}

// renamedGroup is a plan of which two resources show that a group was renamed.
const renamedGroup = `{"format_version": "1.2", "planned_values": {}, "resource_drift": [
  {"address": "signpath_user_group.g", "mode": "managed", "type": "signpath_user_group", "name": "g", "change": {"actions": ["update"],
    "before": {"id": "11111111-1111-4111-8111-111111111111", "member": "group:G", "name": "G"},
    "after": {"id": "11111111-1111-4111-8111-111111111111", "member": "group:H", "name": "H"}}},
  {"address": "signpath_project_readers.r", "mode": "managed", "type": "signpath_project_readers", "name": "r", "change": {"actions": ["update"],
    "before": {"project": "project-a", "members": ["group:G"]}, "after": {"project": "project-a", "members": ["group:H"]}}}
]}`

// driftElsewhere is what the audit log tells beside a plan that shows nothing.
func driftElsewhere(t *testing.T, server *mock.Server) string {
	t.Helper()
	administrator := server.Administrator("user:org.admin@example.com")
	for _, err := range []error{
		administrator.AddMembers("group:Release Managers", "members", "user:outsider@example.com"),
		administrator.SetRole("user:outsider@example.com", mock.RoleGlobalReader),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return jsonOf(t, nil, "review", "drift", driftPlan(t), "--live")
}

// logDocuments are of a day on which much happened.
func logDocuments(t *testing.T, server *mock.Server) []string {
	t.Helper()
	administrator := server.Administrator("user:org.admin@example.com")
	group := mock.UserGroupSeed{Name: "Auditors", Members: []string{"user:dev.lead@example.com"}}
	_, err := administrator.CreateUserGroup(group)
	for _, err := range []error{
		err,
		administrator.AddMembers("group:Release Managers", "members", "user:reader@example.com"),
		administrator.AddMembers("policy:project-a/release-signing", "approvers", "group:Auditors"),
		administrator.SetRole("user:reader@example.com", mock.RoleUserAdministrator),
		administrator.SetActive("user:reader@example.com", false), administrator.SetActive("user:reader@example.com", true),
		administrator.SetProperties("policy:project-a/release-signing", map[string]any{"requiredApprovals": 1}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	whole := jsonOf(t, nil, "review", "log", "--from", "2026-06-15T12:00:00Z", "--to", "2026-06-15T12:01:00Z", "--policy", "project-a/release-signing")
	all := []string{whole, jsonOf(t, nil, "review", "log", "--to", "2026-06-15T12:01:00Z")}
	tellLittle(t, server)
	defer server.ClearFaults()
	return append(all, jsonOf(t, nil, "review", "log", "--to", "2026-06-15T12:01:00Z", "--member", "user:dev.lead@example.com"))
}

// tellLittle lets the audit log answer some events of which little is understood, and a part only.
func tellLittle(t *testing.T, server *mock.Server) {
	t.Helper()
	id, err := server.ID("policy:project-a/release-signing")
	if err != nil {
		t.Fatal(err)
	}
	events := fmt.Sprintf(`{"items": [
	  {"id": "1", "time": "2026-06-15T11:00:00Z", "eventName": "SigningPolicy.Edited", "metadata": {"actor": "Organization Admin"},
	   "entity": "project-a/release-signing", "changes": {"approvers": {"from": [], "to": ["Development Lead"]}, "submitters": {"from": [], "to": []}}},
	  {"id": "4", "time": "2026-06-15T10:30:00Z", "eventName": "InteractiveUser.Edited", "metadata": {"actor": "Organization Admin"}, "entity": "Development Lead",
	   "changes": {"isActive": {"from": false, "to": true}}},
	  {"id": "6", "time": "2026-06-15T10:25:00Z", "eventName": "InteractiveUser.Edited", "metadata": {"actor": "org.admin@example.com"},
	   "entity": "Release Manager", "changes": {"isActive": {"from": false, "to": true}}},
	  {"id": "5", "time": "2026-06-15T10:20:00Z", "eventName": "InteractiveUser.Edited", "metadata": {"actor": null}, "entity": "Outsider",
	   "changes": {"isActive": {"from": true, "to": false}}},
	  {"id": "2", "time": "2026-06-15T10:00:00Z", "eventName": "SigningPolicy.MemberAdded", "metadata": {"actor": null}, "entity": {"id": %q}},
	  {"id": "3", "time": "2026-06-15T09:00:00Z", "eventName": "Webhook.Deleted", "metadata": {"actor": null}, "entity": "x", "changes": {}}
	], "nextLink": "x"}`, id)
	if err := server.Inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultMalformedBody, Body: events}); err != nil {
		t.Fatal(err)
	}
}

// sinceDocuments are those of an organization that tell since when.
func sinceDocuments(t *testing.T, server *mock.Server) []string {
	t.Helper()
	all := []string{jsonOf(t, nil, "review", "org", "--since")}
	tellLittle(t, server)
	defer server.ClearFaults()
	return append(all, jsonOf(t, nil, "review", "org", "--since"))
}

// What is random in a document: the address of the mock, and the ids in its audit log.
var (
	mockURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+/Api`)
	eventID = regexp.MustCompile(`"event_id": "[^"]+"`)
)

const hardlyADocument = `{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/v1/{o}/CIUsers": {"get": {"responses": {}}}}}`

const someRules = `rules:
  old-token: {severity: ignore}
  approval-quorum: {severity: warn}
  submit-and-approve:
    exceptions:
      - {member: "user:release.manager@example.com", reason: Until the second approver is hired, until: 2126-12-31}
  approver-configures:
    exceptions:
      - {member: "user:dev.lead@example.com", project: project-a, reason: The only developer, until: 2126-12-31}
`

// eventfulPlan adds to a plan what happens seldom.
func eventfulPlan(t *testing.T, recorded []byte) []byte {
	t.Helper()
	var plan map[string]any
	if err := json.Unmarshal(recorded, &plan); err != nil {
		t.Fatal(err)
	}
	change := func(kind, action string, was, is map[string]any) map[string]any {
		return map[string]any{
			"address": "signpath_" + kind + ".added", "mode": "managed", "type": "signpath_" + kind, "name": "added",
			"change": map[string]any{"actions": []string{action}, "before": was, "after": is, "after_unknown": map[string]any{}},
		}
	}
	of := func(description string) map[string]any {
		return map[string]any{
			"organization_id": "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", "name": "Added", "member": "group:Added", "description": description,
		}
	}
	imported := change("user_group", "no-op", of("x"), of("x"))
	imported["change"].(map[string]any)["importing"] = map[string]any{"id": "x"}
	both := map[string]any{"project": "acme", "signing_policy": "release", "member": "user:both@example.com"}
	member := map[string]any{"group": "group:Added", "member": "user:both@example.com"}
	changes, _ := plan["resource_changes"].([]any)
	plan["resource_changes"] = append(
		changes, imported, change("user_group_member", "create", nil, member),
		change("project_reader", "create", nil, map[string]any{"project": "acme", "member": "user:both@example.com", "valid_until": "2020-01-01"}),
		change("signing_policy_submitter", "delete", both, nil), change("signing_policy_approver", "no-op", both, both),
	)
	drift, _ := plan["resource_drift"].([]any)
	plan["resource_drift"] = append(
		drift, change("user_group", "update", of("x"), of("y")),
		change("user_group_member", "delete", member, nil),
	)
	plan["checks"] = []any{map[string]any{"instances": []any{map[string]any{
		"address": map[string]any{"to_display": "check.c"}, "status": "fail", "problems": []any{map[string]any{"message": "No."}},
	}}}}
	plan["errored"], plan["complete"] = true, false
	changed, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// TestDocumentsAreAsBefore compares with the golden files. `go test ./cmd/signpathctl
// -run TestDocumentsAreAsBefore -update` writes them.
func TestDocumentsAreAsBefore(t *testing.T) {
	for kind, all := range documents(t) {
		path := filepath.Join("testdata", kind+".json")
		if *update {
			if err := os.WriteFile(path, []byte(all[0]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(string(golden), all[0]); difference != "" {
			t.Errorf("%s is not as before (-update writes it anew):\n%s", path, difference)
		}
	}
}

// schemas are the published ones by name, as they are written and compiled.
func schemas(t *testing.T) (written map[string]any, compiled map[string]*jsonschema.Schema) {
	t.Helper()
	written, compiled = map[string]any{}, map[string]*jsonschema.Schema{}
	compiler, ids := jsonschema.NewCompiler(), map[string]string{}
	compiler.AssertFormat()
	files := os.DirFS(schemaFolder)
	names, err := fs.Glob(files, "*.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range names {
		content, err := fs.ReadFile(files, file)
		if err != nil {
			t.Fatal(err)
		}
		schema := decoded(t, string(content)).(map[string]any)
		name := strings.TrimSuffix(file, ".schema.json")
		written[name], ids[name] = schema, schema["$id"].(string)
		if !strings.HasSuffix(ids[name], "/docs/schemas/"+file) {
			t.Errorf("%s has the id %s", file, ids[name])
		}
		if err := compiler.AddResource(ids[name], schema); err != nil {
			t.Fatal(err)
		}
	}
	for name, id := range ids {
		if compiled[name], err = compiler.Compile(id); err != nil {
			t.Fatal(err)
		}
	}
	return written, compiled
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestDocumentsFitTheirSchemas(t *testing.T) {
	written, compiled := schemas(t)
	ofAnyKind := map[string]bool{}
	var missing []string
	for kind, all := range documents(t) {
		seen := map[string]bool{}
		for _, text := range all {
			value := decoded(t, text)
			if err := compiled[kind].Validate(value); err != nil {
				t.Errorf("%s: %v\n%s", kind, err, text)
			}
			alter(value, "", func(path string) {
				if seen[path] {
					return
				}
				seen[path] = true
				if compiled[kind].Validate(value) == nil {
					t.Errorf("%s: the schema accepts %s", kind, path)
				}
			})
		}
		root := written[kind].(map[string]any)
		for _, field := range fieldsOf(written, root, root, "") {
			if !seen[field+" under another name"] {
				missing = append(missing, kind+": no document has "+field)
			}
		}
		maps.Copy(ofAnyKind, seen)
		delete(written, kind)
	}
	for _, field := range missing {
		// Of the envelope, one kind has everything.
		_, path, _ := strings.Cut(field, " has ")
		if isOfEnvelope := strings.HasPrefix(path, "/gaps/") || strings.HasPrefix(path, "/read_by/"); !isOfEnvelope || !ofAnyKind[path+" under another name"] {
			t.Error(field)
		}
	}
	delete(written, "signpath-api") // A file that people write; package mapping tests it.
	if delete(written, "envelope"); len(written) > 0 {
		t.Errorf("no document is of the kinds %v", slices.Collect(maps.Keys(written)))
	}
}

// alter calls what tries it with one field of the value under another name or too many, or
// one list as null, at a time. Elements of a list have one path.
func alter(value any, path string, try func(path string)) {
	switch value := value.(type) {
	case map[string]any:
		value["surplus"] = true
		try(path + " with a field more")
		delete(value, "surplus")
		for _, name := range slices.Sorted(maps.Keys(value)) {
			field, at := value[name], path+"/"+name
			delete(value, name)
			value[name+"_"] = field
			try(at + " under another name")
			delete(value, name+"_")
			if _, isList := field.([]any); isList {
				value[name] = nil
				try(at + " as null")
			}
			value[name] = field
			alter(field, at, try)
		}
	case []any:
		for _, element := range value {
			alter(element, path+"/*", try)
		}
	}
}

// fieldsOf returns the path of every field that a schema describes. Each is described in
// words, and each object is closed.
func fieldsOf(written map[string]any, root, schema map[string]any, path string) []string {
	if reference, ok := schema["$ref"].(string); ok {
		file, name, _ := strings.Cut(reference, "#/$defs/")
		if file != "" {
			root = written[strings.TrimSuffix(file, ".schema.json")].(map[string]any)
		}
		return fieldsOf(written, root, root["$defs"].(map[string]any)[name].(map[string]any), path)
	}
	var found []string
	if items, ok := schema["items"].(map[string]any); ok {
		found = append(found, fieldsOf(written, root, items, path+"/*")...)
	}
	choices, _ := schema["oneOf"].([]any)
	for _, choice := range choices {
		found = append(found, fieldsOf(written, root, choice.(map[string]any), path)...)
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		found = append(append(found, path+"/"+name), fieldsOf(written, root, property.(map[string]any), path+"/"+name)...)
	}
	return found
}

// TestSchemasAreStrict: every object is closed, and every field is told in words.
func TestSchemasAreStrict(t *testing.T) {
	written, _ := schemas(t)
	var look func(path string, schema any)
	look = func(path string, schema any) {
		if list, ok := schema.([]any); ok {
			for i, element := range list {
				look(fmt.Sprint(path, "/", i), element)
			}
		}
		object, ok := schema.(map[string]any)
		if !ok {
			return
		}
		if object["type"] == "object" && (object["additionalProperties"] == nil || object["additionalProperties"] == true) {
			t.Errorf("%s is open", path)
		}
		properties, _ := object["properties"].(map[string]any)
		for name, property := range properties {
			told, _ := property.(map[string]any)
			isCondition := strings.Contains(path, "/$defs/completeness")
			if told["description"] == nil && told["$ref"] == nil && !isCondition {
				t.Errorf("%s/%s has no description", path, name)
			}
		}
		for name, part := range object {
			look(path+"/"+name, part)
		}
	}
	for name, schema := range written {
		look(name, schema)
	}
}

// TestEnvelopeTellsWhatIsKnown looks at what a schema cannot tell from null.
func TestEnvelopeTellsWhatIsKnown(t *testing.T) {
	fixed(t)
	server := organizationWithApprover(t, "user:dev.lead@example.com")
	id := server.OrganizationID()
	const elsewhere = "11111111-1111-4111-8111-111111111111"
	planIn := func(was, is string) []byte {
		return planOf(
			t, "signing_policy_approvers", "update",
			map[string]any{"project": "project-b", "signing_policy": "release-signing", "members": []any{}, "organization_id": was},
			map[string]any{"project": "project-b", "signing_policy": "release-signing", "members": []any{"group:Release Managers"}, "organization_id": is},
		)
	}
	rules := rulesFile(t, "rules: {old-token: {severity: ignore}}")
	for name, test := range map[string]struct {
		plan      []byte
		arguments []string
		want      string
	}{
		"no organization":      {planIn("", ""), nil, "organization <nil> <nil>, read by <nil>, rules <nil>, complete false"},
		"one organization":     {planIn(elsewhere, elsewhere), nil, "organization " + elsewhere + " <nil>, read by <nil>, rules <nil>, complete false"},
		"two organizations":    {planIn(elsewhere, id), nil, "organization <nil> <nil>, read by <nil>, rules <nil>, complete false"},
		"a live one":           {planIn(id, id), []string{"--live"}, "organization " + id + " URL, read by ci_user:terraform, rules <nil>, complete true"},
		"rules (by sha256sum)": {planIn("", ""), []string{"--rules", rules}, "rules b9414c1edee579fc, complete false"},
	} {
		var told struct {
			Organization struct{ ID, URL *string }
			Time         string
			ReadBy       *struct{ Member string } `json:"read_by"`
			Rules        struct{ SHA256 *string }
			Complete     bool
		}
		if err := json.Unmarshal([]byte(jsonOf(t, test.plan, append([]string{"review", "plan", "-"}, test.arguments...)...)), &told); err != nil {
			t.Fatal(err)
		}
		or := func(text *string) string {
			if text == nil {
				return "<nil>"
			}
			return mockURL.ReplaceAllString(*text, "URL")
		}
		var member *string
		if told.ReadBy != nil {
			member = &told.ReadBy.Member
		}
		got := fmt.Sprintf("organization %s %s, read by %s, rules %.16s, complete %t",
			or(told.Organization.ID), or(told.Organization.URL), or(member), or(told.Rules.SHA256), told.Complete)
		if !strings.HasSuffix(got, test.want) || told.Time != "2026-06-15T12:00:00Z" {
			t.Errorf("%s: at %s: %s", name, told.Time, got)
		}
	}
}
