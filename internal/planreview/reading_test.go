package planreview_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// manyProjects is an organization in which a group approves the releases of all 32 products,
// and some findings are old.
func manyProjects() planreview.Live {
	yes, one := true, int64(1)
	id := func(n int) string { return fmt.Sprintf("%08d-1111-4111-8111-111111111111", n) }
	var principals []review.Principal
	person := func(n int, email string, edits ...func(*review.Principal)) {
		p := liveUser(id(n), email)
		for _, edit := range edits {
			edit(&p)
		}
		principals = append(principals, p)
	}
	person(1, "mallory@example.com")
	person(2, "person030@example.com")
	person(3, "person031@example.com")
	person(4, "auditor@example.com", func(p *review.Principal) { p.Role = vocabulary.RoleGlobalReader })
	person(5, "first.admin@example.com", func(p *review.Principal) { p.Role = vocabulary.RoleGlobalAdministrator })
	person(6, "second.admin@example.com", func(p *review.Principal) { p.Role = vocabulary.RoleGlobalAdministrator })
	person(7, "approver@example.com")
	person(8, "approver2@example.com")
	for i := range 12 {
		person(20+i, fmt.Sprintf("left%02d@example.com", i), func(p *review.Principal) { p.Active = false })
	}
	for i, name := range []string{"Release Managers", "Crypto Guild", "Crypto Reading Circle"} {
		principals = append(principals, review.Principal{Principal: access.Principal{Kind: access.KindGroup, ID: id(50 + i), Name: name, Active: true}})
	}
	principals = append(principals, review.Principal{Principal: access.Principal{
		Kind: access.KindCIUser, ID: id(60), Name: "build", Active: true, Role: vocabulary.RoleRegularUser,
	}})
	var projects []vocabularytest.Project
	for i := range 32 {
		slug := fmt.Sprintf("product-%02d", i)
		if i == 0 {
			slug = "payments"
		}
		projects = append(projects, vocabularytest.Project{Slug: slug, SigningPolicies: []vocabularytest.SigningPolicy{{
			SigningPolicy: vocabulary.SigningPolicy{
				Slug: "release-signing", UsesApprovalProcess: &yes, RequiredApprovals: &one, VerifiesOrigin: &yes, VerifiesTrustedBuildSystem: &yes,
			},
			Approvers: entriesOf("group:Release Managers"), Submitters: entriesOf("ci_user:build"),
		}}})
	}
	live := planreview.Live{Organization: vocabularytest.With(review.Organization{
		Principals: principals,
		Members: map[access.Reference]review.Entries{
			ref("group:Release Managers"):      entriesOf("group:Crypto Guild", "user:approver@example.com", "user:approver2@example.com"),
			ref("group:Crypto Guild"):          entriesOf("group:Crypto Reading Circle"),
			ref("group:Crypto Reading Circle"): entriesOf("user:approver@example.com"),
		},
	}, projects...)}
	for i := range 12 {
		live.Organization.Grant(vocabulary.Configurators.Role(), access.PlaceOf(projects[i].Slug), entriesOf(fmt.Sprintf("user:left%02d@example.com", i)))
	}
	return live
}

// threePeople is a pull request that makes three people approvers everywhere by a group far
// below, gives a role, and gives up a list.
func threePeople() *planBuilder {
	circle := func(members ...string) attributes {
		return attributes{"group": "group:Crypto Reading Circle", "members": list(members...)}
	}
	approvers := attributes{"project": "product-11", "signing_policy": "release-signing", "members": list("group:Release Managers")}
	return newPlan().
		change("user_group_members", circle("user:approver@example.com"),
			circle("user:approver@example.com", "user:mallory@example.com", "user:person030@example.com", "user:person031@example.com")).
		change("role_assignment", attributes{"member": "user:auditor@example.com", "role": "GlobalReader"},
			attributes{"member": "user:auditor@example.com", "role": "UserAdministrator"}).
		change("signing_policy_approvers", approvers, nil, forgotten)
}

func ofPullRequest() envelope.Envelope {
	id, name := "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", "Example"
	return envelope.Envelope{
		Tool:         envelope.Tool{Name: "signpathctl", Version: "1.2.3"},
		Organization: envelope.Organization{ID: &id, Name: &name},
		Plan:         &envelope.Plan{SHA256: strings.Repeat("ab", 32), Commit: "0123456789abcdef0123456789abcdef01234567"},
		Time:         time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC),
	}
}

// TestAPullRequestFitsOnOneScreen is what whoever has two minutes reads: `go test
// ./internal/planreview -run OneScreen -update` writes the golden files.
func TestAPullRequestFitsOnOneScreen(t *testing.T) {
	report := threePeople().reviewLive(t, manyProjects())
	for format, file := range map[planreview.Format]string{planreview.FormatText: "pull_request.txt", planreview.FormatMarkdown: "pull_request.md"} {
		var written strings.Builder
		if err := planreview.Write(&written, report, format, ofPullRequest()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, []byte(written.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(string(golden), written.String()); difference != "" {
			t.Errorf("%s is not as before:\n%s", path, difference)
		}
		open, _, _ := strings.Cut(written.String(), "<details>")
		if lines := strings.Count(open, "\n"); lines > 60 {
			t.Errorf("%s: %d lines are no screen", format, lines)
		}
		head, _, _ := strings.Cut(strings.TrimPrefix(open, "## SignPath plan review\n\n"), "\n")
		at := -1
		for _, want := range []string{
			"auditor@example.com", "User Administrator", "3 people gain approval on 32 release policies (payments, product-01 …)", "mallory@example.com",
			"gives up",
		} {
			next := strings.Index(head, want)
			if next <= at {
				t.Errorf("%s: no %q in its place in %s", format, want, head)
			}
			at = next
		}
	}
}

// TestSingleEntriesFitOnOneScreen gives the same by 96 entries, each of which is a finding.
func TestSingleEntriesFitOnOneScreen(t *testing.T) {
	live, plan := manyProjects(), newPlan()
	for i := range 32 {
		slug := fmt.Sprintf("product-%02d", i)
		if i == 0 {
			slug = "payments"
		}
		people := []string{"user:mallory@example.com", "user:person030@example.com", "user:person031@example.com"}
		live.Organization.Grant(vocabulary.Configurators.Role(), access.PlaceOf(slug), entriesOf(people...))
		for _, member := range people {
			plan.change("signing_policy_approver", nil, attributes{"project": slug, "signing_policy": "release-signing", "member": member})
		}
	}
	texts := outputs(t, plan.reviewLive(t, live))
	if lines := strings.Count(texts["text"], "\n"); lines > 60 {
		t.Errorf("%d lines", lines)
	}
	for _, want := range []string{
		"approver-configures: 96 findings about user:mallory@example.com, user:person030@example.com, user:person031@example.com at 32 release policies (payments, ",
		"approvers of 32 release policies (payments, ",
	} {
		if !strings.Contains(texts["text"], want) {
			t.Errorf("no %q in\n%s", want, texts["text"])
		}
	}
	for _, want := range []string{"<summary>Each gain and loss</summary>", "- user:person031@example.com gains approval on product-31/release-signing, directly"} {
		if !strings.Contains(texts["markdown"], want) {
			t.Errorf("no %q in\n%s", want, texts["markdown"])
		}
	}
}

// TestReadersHideNoApprover has lists of readers, of which no two are alike, and one approver.
func TestReadersHideNoApprover(t *testing.T) {
	for _, lists := range []int{300, 4000} {
		plan := newPlan()
		for i := range lists {
			var members []string
			for n := range 5 {
				members = append(members, fmt.Sprintf("user:auditor%d.of.product%05d@example.com", n, i))
			}
			plan.change("project_readers", nil, attributes{"project": fmt.Sprintf("project-%05d", i), "members": list(members...)})
		}
		plan.change("signing_policy_approver", nil, attributes{
			"project": "project-00007", "signing_policy": "release-signing", "member": "user:mallory@example.com",
		})
		texts := outputs(t, plan.review(t))
		const head = "user:mallory@example.com gains approval on project-00007/release-signing"
		if !strings.HasPrefix(texts["text"], head) || !strings.HasPrefix(texts["markdown"], "## SignPath plan review\n\n**"+head) {
			t.Errorf("%d lists: the head is %.300s", lists, texts["markdown"])
		}
		if !strings.Contains(texts["markdown"], "\n- "+head+", directly (a release policy)\n") {
			t.Errorf("%d lists: the line of the approver is missing", lists)
		}
		if length := utf8.RuneCountInString(texts["markdown"]); length > planreview.MaxMarkdown || length < planreview.MaxMarkdown*9/10 {
			t.Errorf("%d lists: %d characters do not fill the comment", lists, length)
		}
	}
}

// TestReadersGiveWayToApprovers has more of both than there is room for one by one.
func TestReadersGiveWayToApprovers(t *testing.T) {
	plan := newPlan()
	for i := range 1500 {
		plan.change("project_reader", nil, attributes{"project": fmt.Sprintf("project-%04d", i), "member": fmt.Sprintf("user:reader%04d@example.com", i)})
	}
	for i := range 300 {
		plan.change("signing_policy_approver", nil, entry(fmt.Sprintf("policy-%03d", i), fmt.Sprintf("user:approver%03d@example.com", i)))
	}
	text := outputs(t, plan.review(t))["markdown"]
	for i := range 300 {
		if want := fmt.Sprintf("- user:approver%03d@example.com gains approval on acme/policy-%03d, directly\n", i, i); !strings.Contains(text, want) {
			t.Fatalf("no %s in\n%.2000s", want, text)
		}
	}
	if length := utf8.RuneCountInString(text); length > planreview.MaxMarkdown || !strings.Contains(text, "reading of artifacts: 1800 × gains at 1501 places") {
		t.Errorf("%d characters, and the readers are not counted", length)
	}
}
