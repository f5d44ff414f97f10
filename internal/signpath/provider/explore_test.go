package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var exploreOnly = flag.String("explore", "", "")

var exploreOut struct {
	sync.Mutex
	f *os.File
}

func note(format string, args ...any) {
	exploreOut.Lock()
	defer exploreOut.Unlock()
	if exploreOut.f == nil {
		exploreOut.f, _ = os.Create("/tmp/w/b12/explore.out")
	}
	fmt.Fprintf(exploreOut.f, format+"\n", args...)
}

func exploreDialects() []string {
	var all []string
	add := func(name string, arguments ...string) {
		for _, a := range arguments {
			all = append(all, name+"="+a)
		}
	}
	for _, d := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		all = append(all, d.Name)
	}
	add("demand", "changeReason")
	add("hide", "role", "notificationEmailAddress", "identity", "description", "purpose", "repositoryUrls", "readers", "configurators", "submitters", "approvers", "requiredApprovals", "usesApprovalProcess", "verifiesTrustedBuildSystem", "verifiesOriginPolicy", "originPolicyVerification", "isDirectorySynchronized", "isActive", "link", "name", "slug", "id", "accountEmailAddress", "members", "signingPolicies", "status", "webhooks", "retentionInDays", "pipelinePolicies", "disableMalwareScanning", "isSupportUser", "certificateLink", "artifactConfigurations")
	visible := []string{"role:globalRole", "role:assignedRole", "name:displayName", "name:title", "accountEmailAddress:email", "accountEmailAddress:login",
		"notificationEmailAddress:notificationEmail", "notificationEmailAddress:contact", "identity:externalId", "isActive:active",
		"isActive:enabled", "isDirectorySynchronized:isSynchronized", "isDirectorySynchronized:fromDirectory", "description:notes", "members:memberIds", "members:people",
		"readers:readerIds", "readers:viewers", "configurators:configuratorIds", "configurators:maintainers", "repositoryUrls:repositories",
		"signingPolicies:policies", "submitters:submitterIds", "submitters:allowedSubmitters", "approvers:approverIds", "approvers:signOffs",
		"purpose:setPurpose", "purpose:usage", "requiredApprovals:requiredNumberOfApprovals", "requiredApprovals:quorum",
		"usesApprovalProcess:requiresApproval", "usesApprovalProcess:approvalNeeded", "verifiesTrustedBuildSystem:trustedBuildSystemOnly",
		"verifiesOriginPolicy:originVerified", "id:key", "slug:handle", "status:state", "link:href"}
	silent := []string{"apiToken:token", "apiToken:secret", "addedMembers:membersToAdd", "addedMembers:add", "removedMembers:membersToRemove",
		"removedMembers:remove", "useApprovalProcess:approvalNeeded", "useApprovalProcess:approvalRequired",
		"verifyTrustedBuildSystem:requireTrustedBuildSystem", "verifyOriginPolicy:checkOrigin", "originPolicyVerification:originRules"}
	add("rename", visible...)
	add("rename", silent...)
	add("rename-request", visible...)
	add("rename-request", silent...)
	add("spell-role", "GlobalAdministrator:Administrator", "UserAdministrator:UserAdmin", "ProjectAdministrator:projectAdministrator", "GlobalReader:Reader", "RegularUser:Regular", "RegularUser:None")
	add("version", "1.165.0", "1.180.3", "1.190.0", "1.200.2")
	for _, k := range []string{"page", "page-zero", "offset", "link", "total", "envelope", "token", "next-link"} {
		all = append(all, "paging="+k+":2", "paging="+k+":1")
	}
	for _, also := range []string{"members-per-kind", "member-objects", "member-object-requests", "omit-nulls", "no-document", "document=old", "summary-lists", "edit-patches"} {
		all = append(all, "null-regular,"+also, "hide=originPolicyVerification,"+also, "hide=purpose,"+also, "hide=role,"+also, "token-object,"+also)
	}
	all = append(all, "omit-nulls,hide=description", "omit-nulls,hide=identity", "omit-nulls,hide=notificationEmailAddress", "omit-nulls,hide=purpose", "omit-nulls,members-per-kind")
	seen := map[string]bool{}
	var unique []string
	for _, name := range all {
		if d, err := mock.ParseDialect(name); err == nil && !seen[d.String()] {
			seen[d.String()] = true
			unique = append(unique, name)
		} else if err != nil {
			note("skip %s: %v", name, err)
		}
	}
	return unique
}

func TestExplore(t *testing.T) {
	edits := serverEdits()
	for _, name := range exploreDialects() {
		if *exploreOnly != "" && *exploreOnly != name {
			continue
		}
		dialect, err := mock.ParseDialect(name)
		must(t, err)
		if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(dialect)); err != nil {
			note("skip %s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, edit := range slices.Sorted(maps.Keys(edits)) {
				t.Run(edit, func(t *testing.T) { explore(t, name, edit, dialect, edits[edit]) })
			}
		})
	}
}

func firstLines(s string) string {
	if i := strings.Index(s, "Error: "); i > 0 {
		s = s[i:]
	}
	s = strings.ReplaceAll(s, "\n", " ")
	if len(s) > 700 {
		s = s[:700]
	}
	return s
}

func explore(t *testing.T, name, edit string, dialect mock.Dialect, e serverEdit) {
	s := newOrganizationIn(t, dialect, editedSeed).site(inProcess, e.begun)
	tell := func(what string, args ...any) { note("%s | %s | %s", name, edit, fmt.Sprintf(what, args...)) }
	writes := func() int { return s.CountRequests("POST *") + s.CountRequests("PUT *") + s.CountRequests("PATCH *") }
	before := s.Snapshot()
	if e.begun != "" {
		begun := s.Apply(testkit.Options{})
		if n := writes(); n > 0 {
			tell("IMPORT-WRITES %d %s", n, firstLines(begun.Said))
		}
		if begun.Err != nil {
			tell("import refused: %s", firstLines(begun.Said))
			return
		}
	}
	s.Write("main.tf", e.hcl)
	wanted := outcome{cloneSeed(before)}
	e.want(wanted)
	s.ResetRequests()
	planned := s.Plan(testkit.Options{})
	if n := writes(); n > 0 {
		tell("PLAN-WRITES %d", n)
	}
	mails := len(s.Mails())
	s.ResetRequests()
	applied := s.Apply(testkit.Options{})
	time.Sleep(10 * time.Millisecond)
	after := s.Snapshot()
	n := writes()
	if lost := between("", plainJSON(t, before), plainJSON(t, *wanted.Seed), plainJSON(t, after)); len(lost) > 0 {
		tell("LOST %v: %s", lost, firstLines(applied.Said))
	}
	for _, c := range after.CIUsers {
		for who, token := range map[string]string{"robot": robotToken, "foreign-build": formerToken, "robot-2": robotToken} {
			if c.Name == who && !c.Inactive && !(e.token && n > 0) && !s.Accepts(token) {
				tell("TOKEN LOST of %s", who)
			}
		}
	}
	if e.token && n > 0 {
		if applied.Err != nil {
			tell("TOKEN THROWN AWAY: %s", firstLines(applied.Said))
		} else if token, _ := s.attribute("signpath_ci_user_token.this", "token").(string); !s.Accepts(token) {
			tell("TOKEN WRONG")
		}
	}
	switch sent := len(s.Mails()) - mails; {
	case sent > e.mails, applied.Err == nil && sent != e.mails:
		tell("MAILS %d, want %d", sent, e.mails)
	}
	switch {
	case applied.Err == nil:
		if diff := s.differences(*wanted.Seed); diff != "" {
			tell("WRONG %s: %s", firstLines(diff), firstLines(applied.Said))
		}
		awaitLists(dialect)
		if again := s.Plan(testkit.Options{}); again.Err != nil || again.Changes {
			tell("NOT EMPTY %s", firstLines(again.String()))
		}
		tell("right")
		if planned.Err != nil {
			tell("PLAN FAILS, APPLY NOT: %s", firstLines(planned.Said))
		}
	case n == 0 && planned.Err != nil:
		tell("refused in the plan: %s", firstLines(applied.Said))
	case n == 0:
		tell("REFUSED IN THE APPLY: %s", firstLines(applied.Said))
	default:
		tell("PARTLY %d writes (changed: %t): %s", n, sameSeed(before, after) != nil, firstLines(applied.Said))
	}
	for _, never := range []string{"panic", "crashed", "Provider produced", "inconsistent", s.Token} {
		if strings.Contains(applied.Said+planned.Said, never) {
			tell("SAYS %s: %s", never, firstLines(applied.Said))
		}
	}
}
