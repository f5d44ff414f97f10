package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// endOf is how a command ends.
func endOf(err error) int {
	var status exitStatus
	switch {
	case errors.As(err, &status):
		return int(status)
	case err != nil:
		return 1
	}
	return 0
}

// quarters are reports on an organization before and after somebody came to approve by a group.
func quarters(t *testing.T) (server *mock.Server, earlier, later string) {
	t.Helper()
	fixed(t)
	seed := mock.DemoSeed()
	seed.Projects[1].SigningPolicies[1].Approvers = []string{"group:Release Managers"}
	server = serveOrganization(t, seed)
	report := func(name string) string {
		return saved(t, name, jsonOf(t, nil, "review", "org", "--fail-on", "never"))
	}
	earlier = report("earlier.json")
	if err := server.Administrator("user:org.admin@example.com").AddMembers("group:Release Managers", "members", "user:outsider@example.com"); err != nil {
		t.Fatal(err)
	}
	return server, earlier, report("later.json")
}

func idOf(t *testing.T, server *mock.Server, reference string) string {
	t.Helper()
	id, err := server.ID(reference)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestReviewDiffExitStatus(t *testing.T) {
	_, earlier, later := quarters(t)
	plan := saved(t, "plan.json", `{"format_version": "1.0", "kind": "plan_review"}`)
	future := saved(t, "future.json", `{"format_version": "2.0", "kind": "organization_review"}`)
	old := saved(t, "old.json", `{"format_version": "1.0", "kind": "organization_review"}`)
	content, err := os.ReadFile(earlier)
	if err != nil {
		t.Fatal(err)
	}
	edited := func(old, with string) string {
		return saved(t, "edited.json", strings.Replace(string(content), old, with, 1))
	}
	incomplete := saved(t, "incomplete.json", strings.NewReplacer(
		`"gaps": []`, `"gaps": [{"sentence": "Who knows."}]`, `"complete": true`, `"complete": false`,
	).Replace(string(content)))
	for name, c := range map[string]struct {
		arguments []string
		want      int
		says      string
	}{
		"somebody gained":                 {[]string{earlier, later}, 0, "user:outsider@example.com gains approval on project-b/release-signing"},
		"somebody gained, which fails":    {[]string{earlier, later, "--fail-on", "gained"}, 2, "2 gains and 0 losses"},
		"nothing changed":                 {[]string{earlier, earlier, "--fail-on", "changed"}, 0, "Nothing changed."},
		"nobody can know that":            {[]string{incomplete, earlier}, 0, "Whether anything else changed, they do not tell."},
		"nobody can know, and that fails": {[]string{incomplete, earlier, "--fail-on", "gained"}, 1, "the old report is incomplete: Who knows."},
		"another kind":                    {[]string{plan, later}, 1, `it is of the kind "plan_review"`},
		"a later version":                 {[]string{earlier, future}, 1, `it has the format version "2.0"`},
		"an earlier version":              {[]string{old, later}, 1, "written by an earlier signpathctl"},
		"a part of a report":              {[]string{saved(t, "cut.json", string(content[:500])), later}, 1, "it ends too early"},
		"access twice":                    {[]string{edited(`"access": [`, `"ACCESS": [], "access": [`), later}, 1, `the key "access" is there twice`},
		"access twice, in other letters":  {[]string{edited(`"access": [`, `"acceſs": [], "access": [`), later}, 1, `the key "access" is there twice`},
		"no access at all":                {[]string{edited(`"access": [`, `"accesses": [`), later}, 1, "it is no whole report"},
		"gaps that are no gaps":           {[]string{edited(`"complete": true`, `"complete": false`), later}, 1, "is not what its gaps say"},
		"a right that is not in force":    {[]string{edited(`"in_force": true`, `"in_force": false`), later}, 1, "is not what the status says"},
		"an unknown format":               {[]string{earlier, later, "--format", "html"}, 1, "--format"},
		"one report":                      {[]string{earlier}, 1, "takes two arguments"},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := execute(t, append([]string{"review", "diff"}, c.arguments...)...)
			if err != nil {
				output += err.Error()
			}
			if got := endOf(err); got != c.want || !strings.Contains(output, c.says) {
				t.Errorf("status %d, want %d, and %q in\n%s", got, c.want, c.says, output)
			}
			if strings.Contains(output, "Nothing changed.") && c.says != "Nothing changed." {
				t.Errorf("it says that nothing changed:\n%s", output)
			}
		})
	}
}

// TestRecertification decides in a table, reads it in, and looks at what nobody attested.
func TestRecertification(t *testing.T) {
	server, earlier, later := quarters(t)
	attestations := filepath.Join(t.TempDir(), "attestations.yaml")
	// The table is of now, and the decisions are on the later report.
	table, err := execute(t, "review", "org", "--format", "csv", "--decide", "--fail-on", "never")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name, table string, arguments ...string) (string, error) {
		return execute(t, append([]string{"attest", "from-csv", saved(t, name, table), "--report", later, "--attestations", attestations}, arguments...)...)
	}
	rows := strings.Split(table, "\n")
	for i := range rows {
		switch {
		case strings.Contains(rows[i], "user:outsider@example.com"):
			rows[i] = "remove" + rows[i]
		case strings.HasPrefix(rows[i], ",,,,"):
			rows[i] = "keep" + rows[i]
		}
	}
	decided := strings.Join(rows, "\n")
	check := slices.Clip([]string{"attest", "check", later, "--attestations", attestations})
	write := slices.Clip([]string{"attest", "write", later, "--attestations", attestations})
	org := slices.Clip([]string{"review", "org", "--attestations", attestations})
	const byOfficer = "user:security.officer@example.com"
	for name, wrong := range map[string]string{
		"nobody decided":       decided,
		"a row that is not so": strings.Replace(decided, "user:outsider@example.com", "user:qa.lead@example.com", 1),
	} {
		arguments := []string{}
		if wrong != decided {
			arguments = []string{"--by", byOfficer}
		}
		if output, err := read("wrong.csv", wrong, arguments...); endOf(err) != 1 || !strings.Contains(err.Error(), "nothing was written") {
			t.Errorf("%s: %v\n%s", name, err, output)
		}
		if _, err := os.Stat(attestations); err == nil {
			t.Fatalf("%s: something was written", name)
		}
	}
	state := saved(t, "state.json", `{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"resources": [
	  {"address": "module.m.signpath_user_group_members.managers", "type": "signpath_user_group_members",
	   "values": {"group": "group:Release Managers", "members": ["user:release.manager@example.com", "user:outsider@example.com"]}},
	  {"address": "module.m.signpath_user_group_members.by_id", "type": "signpath_user_group_members",
	   "values": {"group": "group:`+idOf(t, server, "group:Release Managers")+`", "members": ["user:`+idOf(t, server, "user:outsider@example.com")+`"]}},
	  {"address": "module.m.signpath_user_group_member.renamed", "type": "signpath_user_group_member",
	   "values": {"group": "group:Managers", "group_id": "`+idOf(t, server, "group:Release Managers")+`",
	   "member": "user:out@example.com", "member_id": "`+idOf(t, server, "user:outsider@example.com")+`"}},
	  {"address": "module.m.signpath_user_group_member.other", "type": "signpath_user_group_member",
	   "values": {"group": "group:Other", "member": "user:outsider@example.com"}}]}]}}}`)
	output, err := read("decided.csv", decided, "--by", byOfficer, "--until", "2026-12-31", "--state", state)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, want := range []string{
		"1 decision to remove. 0 undecided.",
		"In module.m.signpath_user_group_members.managers, take this line out of members:\n      - \"user:outsider@example.com\",\n",
		"In module.m.signpath_user_group_members.by_id, take this line out",
		"Remove the resource module.m.signpath_user_group_member.renamed.",
		"To take it from everybody in group:Release Managers instead, take the group off: signpath_signing_policy_approvers with " +
			`project = "project-b", signing_policy = "release-signing".`,
	} {
		if !strings.Contains(output, want) {
			t.Errorf("%q is not in\n%s", want, output)
		}
	}
	if strings.Contains(output, "signpath_user_group_member.other") {
		t.Errorf("it names the entry of another group:\n%s", output)
	}
	part := saved(t, "part.json", jsonOf(t, nil, "review", "org", "--fail-on", "never", "--project", "project-a"))
	own, admin := filepath.Join(t.TempDir(), "own.yaml"), saved(t, "admin.json",
		jsonOf(t, nil, "review", "org", "--fail-on", "never", "--principal", "user:org.admin@example.com"))
	content, err := os.ReadFile(earlier)
	if err != nil {
		t.Fatal(err)
	}
	edited := func(pairs ...string) string {
		return saved(t, "edited.json", strings.NewReplacer(pairs...).Replace(string(content)))
	}
	incomplete := edited(`"gaps": []`, `"gaps": [{"sentence": "Who knows."}]`, `"complete": true`, `"complete": false`)
	old := edited(`"time": "2026-06-15T`, `"time": "2026-04-01T`)
	if _, err := execute(t, "attest", "write", later, "--attestations", own, "--by", "ci_user:terraform"); err == nil {
		t.Error("a program attests")
	}
	if output, err := execute(t, "attest", "write", later, "--attestations", own, "--by", "user:"+idOf(t, server, "ci_user:terraform")); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for name, c := range map[string]struct {
		arguments []string
		want      int
		says      string
	}{
		"all is attested":   {[]string{"attest", "check", earlier, "--attestations", attestations}, 0, ", 0 not."},
		"somebody is not":   {check, 2, "not-attested: user:outsider@example.com is approver"},
		"somebody is to go": {check, 2, "and user:security.officer@example.com decided on 2026-06-15 that it is to go."},
		"on a day before":   {append(check, "--on", "2026-06-14"), 2, "0 attested by somebody else on 2026-06-14"},
		"on a day to come":  {append(check, "--on", "2027-01-01"), 1, "--on: 2027-01-01 has not come yet"},
		"of a part":         {[]string{"attest", "check", part, "--attestations", attestations}, 0, "the report is of a part, so that nobody can tell"},
		"by a misspelled name": {
			[]string{"attest", "write", later, "--attestations", attestations + ".nobody", "--by", "user:nobody@example.com"},
			0,
			"Warning: user:nobody@example.com, who attests or decides, is no account of the organization.",
		},
		"by somebody without access": {
			[]string{"attest", "write", later, "--attestations", attestations + ".known", "--by", byOfficer}, 0, "by user:security.officer",
		},
		"the filter hides who attests": {
			[]string{"attest", "check", later, "--attestations", own, "--principal", "user:org.admin@example.com", "--role", "GlobalAdministrator"},
			2, "attested-by-beneficiary: user:org.admin@example.com",
		},
		"the report is incomplete": {[]string{"attest", "check", incomplete, "--attestations", attestations}, 1, "and the report is incomplete"},
		"an old report": {
			[]string{"attest", "write", old, "--attestations", attestations + ".old", "--by", byOfficer}, 0, "Warning: the report is of 2026-04-01",
		},
		"the report hides who attests": {[]string{"attest", "check", admin, "--attestations", own}, 1, "shows some principals only"},
		"one of a filter":              {append(check, "--role", "GlobalAdministrator"), 0, "2 attested"},
		"a filter that fits nothing":   {append(check, "--role", "approvers"), 1, `shows nothing of "approvers"`},
		"the live organization":        {append(org, "--fail-on", "warn"), 2, "warn  not-attested: user:outsider@example.com"},
		"rules without a file": {
			[]string{"review", "org", "--rules", rulesFile(t, "rules: {not-attested: {severity: deny}}")}, 1, "give it as --attestations",
		},
		"a file that is not there": {[]string{"review", "org", "--attestations", attestations + "x"}, 1, "--attestations: open"},
		"a table as text":          {[]string{"review", "org", "--decide"}, 1, "--decide needs --format csv or html"},
		"a group attests":          {append(write, "--by", "group:Release Managers"), 1, "is no user: a person attests"},
		"a day before the report":  {append(write, "--by", byOfficer, "--on", "2026-06-01"), 1, "the report was made on 2026-06-15"},
		"somebody attests the own role": {
			[]string{"attest", "write", later, "--attestations", attestations + ".own", "--by", "user:org.admin@example.com"},
			0,
			"2 attestations are by somebody who has the same role there",
		},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := execute(t, c.arguments...)
			if err != nil {
				output += err.Error()
			}
			if got := endOf(err); got != c.want || !strings.Contains(output, c.says) {
				t.Errorf("status %d, want %d, and %q in\n%s", got, c.want, c.says, output)
			}
		})
	}
	t.Setenv(api.EnvOrganizationID, "11111111-1111-4111-8111-111111111111")
	if _, err := execute(t, "review", "org", "--attestations", attestations); err == nil || !strings.Contains(err.Error(), "is about the organization") {
		t.Errorf("another organization: %v", err)
	}
}

// Whoever decides to remove somebody reads what stays, and what else would go.
func TestRemovalsSayWhatStays(t *testing.T) {
	fixed(t)
	seed := mock.DemoSeed()
	seed.Projects[1].SigningPolicies[1].Approvers = []string{"group:Release Managers", "user:release.manager@example.com"}
	seed.Projects[1].Configurators = []string{"group:Release Managers"}
	serveOrganization(t, seed)
	report := saved(t, "report.json", jsonOf(t, nil, "review", "org", "--fail-on", "never"))
	table, err := execute(t, "review", "org", "--format", "csv", "--decide", "--fail-on", "never")
	if err != nil {
		t.Fatal(err)
	}
	const manager = "user:release.manager@example.com"
	for name, c := range map[string]struct {
		remove func(row string) bool
		wants  []string
		absent string
	}{
		"one of two ways": {
			func(row string) bool {
				return strings.Contains(row, manager) && strings.Contains(row, "release-signing, directly")
			},
			[]string{"They keep it in another way: approver of project-b/release-signing, through group:Release Managers."},
			"leave no active",
		},
		"both ways": {
			func(row string) bool {
				return strings.Contains(row, manager) && strings.Contains(row, "approver of project-b")
			},
			[]string{"      configurator of project-b, through group:Release Managers, which the table keeps: decide which of the two is meant"},
			"They keep it",
		},
		"every Global Administrator": {
			func(row string) bool { return strings.Contains(row, "GlobalAdministrator") },
			[]string{"These decisions leave no active Global Administrator in the organization"},
			"They keep it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows := strings.Split(table, "\n")
			for i, row := range rows {
				if strings.HasPrefix(row, ",,,,") {
					rows[i] = map[bool]string{true: "remove", false: "keep"}[c.remove(row)] + row
				}
			}
			output, err := execute(t, "attest", "from-csv", saved(t, "decided.csv", strings.Join(rows, "\n")), "--report", report,
				"--attestations", filepath.Join(t.TempDir(), "attestations.yaml"), "--by", "user:security.officer@example.com")
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			for _, want := range c.wants {
				if !strings.Contains(output, want) {
					t.Errorf("%q is not in\n%s", want, output)
				}
			}
			if strings.Contains(output, c.absent) {
				t.Errorf("%q is in\n%s", c.absent, output)
			}
		})
	}
}

func TestReviewVerify(t *testing.T) {
	server, earlier, later := quarters(t)
	private, public := keyFiles(t, 1)
	_, other := keyFiles(t, 2)
	sealed := saved(t, "access.sealed", func() string {
		output, err := execute(t, "review", "org", "--format", "html", "--fail-on", "never", "--project", "project-b", "--seal", private)
		if err != nil {
			t.Fatal(err)
		}
		return output
	}())
	out := filepath.Join(t.TempDir(), "access.html")
	for name, c := range map[string]struct {
		arguments []string
		want      int
		says      string
	}{
		"as it was sealed":     {[]string{sealed, "--key", public, "--out", out}, 0, "shows:        projects project-b"},
		"another key":          {[]string{sealed, "--key", other}, 1, "the signature is not right"},
		"a private key":        {[]string{sealed, "--key", private}, 1, "no public key"},
		"no key":               {[]string{sealed}, 1, "give the public key"},
		"other filters":        {[]string{sealed, "--key", public, "--expect-filters", "none"}, 1, "was expected to show everything"},
		"another kind":         {[]string{sealed, "--key", public, "--expect-kind", "plan_review"}, 1, `is of the kind "organization_review"`},
		"another organization": {[]string{sealed, "--key", public, "--expect-organization", "11111111-1111-4111-8111-111111111111"}, 1, "expected to be about 1111"},
		"other rules":          {[]string{sealed, "--key", public, "--expect-rules", later}, 1, "the report is judged by the default rules"},
		"what was expected": {
			[]string{
				sealed, "--key", public, "--expect-kind", "organization_review", "--expect-rules", "default",
				"--expect-organization", strings.ToUpper(server.OrganizationID()),
			},
			0, "The signature is right.",
		},
		"these filters":        {[]string{sealed, "--key", public, "--expect-filters", "projects=project-b"}, 0, "The signature is right."},
		"filters of no form":   {[]string{sealed, "--key", public, "--expect-filters", "project-b"}, 1, "must be NAME=VALUE"},
		"another report":       {[]string{sealed, "--key", public, "--report", later}, 1, "--report: the file has the SHA-256"},
		"a plan":               {[]string{sealed, "--key", public, "--plan", later}, 1, "--plan: the report is of no plan"},
		"what is not sealed":   {[]string{earlier, "--key", public}, 1, "it is no sealed report"},
		"a file that is there": {[]string{sealed, "--key", public, "--out", sealed}, 1, "is there already"},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := execute(t, append([]string{"review", "verify"}, c.arguments...)...)
			if err != nil {
				output += err.Error()
			}
			if got := endOf(err); got != c.want || !strings.Contains(output, c.says) {
				t.Errorf("status %d, want %d, and %q in\n%s", got, c.want, c.says, output)
			}
		})
	}
	if output, err := execute(t, "review", "verify", sealed, "--key", public, "--report", out); err != nil {
		t.Errorf("what was written is not what was sealed: %v\n%s", err, output)
	}
}

// Whoever gets a sealed difference can tell of which two reports it is, and of a sealed report by which attestations it judges.
func TestSealNamesWhatAReportWasMadeOf(t *testing.T) {
	server, earlier, later := quarters(t)
	private, public := keyFiles(t, 1)
	attestations := saved(t, "attestations.yaml", "version: 1\norganization: "+server.OrganizationID()+"\nattestations: []\n")
	for name, c := range map[string]struct {
		command []string
		inputs  map[string]string
	}{
		"a difference":           {[]string{"review", "diff", earlier, later}, map[string]string{"old_report": earlier, "new_report": later}},
		"a report by statements": {[]string{"review", "org", "--attestations", attestations}, map[string]string{"attestations": attestations}},
		"a report":               {[]string{"review", "org"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := execute(t, append(c.command, "--fail-on", "never", "--format", "json", "--seal", private)...)
			if err != nil {
				t.Fatal(err, output)
			}
			verify := []string{"review", "verify", saved(t, "a.sealed", output), "--key", public}
			for _, path := range c.inputs {
				verify = append(verify, "--input", path)
			}
			output, err = execute(t, verify...)
			if err != nil || strings.Count(output, "made of:") != len(c.inputs) {
				t.Errorf("%v\n%s", err, output)
			}
			for input, path := range c.inputs {
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if want := fmt.Sprintf("made of:      %s, SHA-256 %x", input, sha256.Sum256(content)); !strings.Contains(output, want) {
					t.Errorf("no %q in\n%s", want, output)
				}
			}
			if _, err := execute(t, append(verify, "--input", public)...); err == nil || !strings.Contains(err.Error(), "--input "+public+": the file has the SHA-256") {
				t.Errorf("another file is taken for one that the report was made of: %v", err)
			}
		})
	}
}

// A command that signs gets what is to be signed, and no key in its arguments.
func TestSealCommand(t *testing.T) {
	_, earlier, later := quarters(t)
	for name, c := range map[string]struct{ script, says string }{
		"no signature": {"echo 'no!'", "which are no signature in Base64"},
		"it fails":     {"exit 3", "exit status 3"},
		"it signs":     {"cat > \"$0.got\"; echo YWJj", ""},
	} {
		t.Run(name, func(t *testing.T) {
			script := saved(t, "sign", "#!/bin/sh\n"+c.script+"\n")
			if err := os.Chmod(script, 0o700); err != nil {
				t.Fatal(err)
			}
			output, err := execute(t, "review", "diff", earlier, later, "--seal-command", script)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v\n%s", err, output)
				}
				return
			}
			got, readErr := os.ReadFile(script + ".got")
			if err != nil || readErr != nil || !strings.HasPrefix(string(got), "DSSEv1 28 application/vnd.in-toto+json ") || !strings.Contains(output, `"sig":"YWJj"`) {
				t.Errorf("%v, %v: signed %.80q, and wrote\n%s", err, readErr, got, output)
			}
		})
	}
	_, err := execute(t, "review", "diff", earlier, later, "--seal-command", "true", "--seal", "x")
	if err == nil || !strings.Contains(err.Error(), "exclude each other") {
		t.Errorf("got %v", err)
	}
}

// TestSealWarnsOfAKeyThatOthersRead: whoever reads it seals any report.
func TestSealWarnsOfAKeyThatOthersRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its files tell that in another way")
	}
	private, _ := keyFiles(t, 1)
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o644: true, 0o777: true} {
		if err := os.Chmod(private, mode); err != nil {
			t.Fatal(err)
		}
		var stderr strings.Builder
		if _, err := (&sealFlags{key: private}).signer(&stderr); err != nil || strings.Contains(stderr.String(), fmt.Sprintf("mode %04o", mode)) != warns {
			t.Errorf("%04o: %v, %q", mode, err, stderr.String())
		}
	}
}

func TestVerifyRefusesAnAgeThatIsNone(t *testing.T) {
	for _, age := range []string{"0s", "0d", "-5h", "-1d", "30", "d", "70000d"} {
		if read, err := (&reviewVerifyFlags{maxAge: age}).age(); err == nil || !strings.Contains(err.Error(), "720h or 30d") {
			t.Errorf("%s is %s, %v", age, read, err)
		}
	}
	if read, err := (&reviewVerifyFlags{maxAge: "30d"}).age(); err != nil || read != 720*time.Hour {
		t.Errorf("30d is %s, %v", read, err)
	}
}
