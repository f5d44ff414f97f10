package provider_test

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal/proposaltest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// TestMappedServers does at each server that is known only by its document what the provider is
// for: with the mapping file that `signpathctl contract map` makes of the document, after a person
// has answered what it asks.
func TestMappedServers(t *testing.T) {
	for _, server := range mock.Servers() {
		t.Run(server.Name, func(t *testing.T) { doMappedJob(t, tables, server.Mapping) })
	}
}

// TestCLIMappedServers does the same by a CLI at a server with names of its own kind, and at one
// with names in another language.
func TestCLIMappedServers(t *testing.T) {
	for _, server := range mock.Servers() {
		if server.Name == "global-role" || server.Name == "atelier" {
			t.Run(server.Name, func(t *testing.T) { doMappedJob(t, byCLI, server.Mapping) })
		}
	}
}

// randomMappings is how many servers with random mappings are tried: each with the whole job.
var randomMappings = flag.Int("mapped-servers", 5, "how many random mapped servers are tried")

// TestRandomMappedServers does the same at servers that nobody has seen.
func TestRandomMappedServers(t *testing.T) {
	first := *randomServerSeed
	if first == 0 {
		first = rand.Uint64() >> 32
	}
	for i := range *randomMappings {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Logf("go test ./internal/signpath/provider -run TestRandomMappedServers -args -mapped-servers 1 -server %d", seed)
			doMappedJob(t, tables, mock.RandomMapping(rand.New(rand.NewPCG(seed, 1))))
		})
	}
}

// doMappedJob does the main job at a server that speaks the mapping, reads and exports what it made,
// and destroys it. Each step leaves what it would leave at a server that is as assumed.
func doMappedJob(t *testing.T, on bench, truth string) {
	t.Parallel()
	org := newMappedOrganization(t, truth, mainJobSeed)
	mapping := proposaltest.Answered(t, documentAt(t, org), truth)
	if t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the mapping is:\n%s", mapping)
		}
	}); len(org.marksOf(mapping)) > 0 {
		t.Fatal("the mapping is not finished")
	}
	seed := org.Snapshot()
	s := org.startMappedJob(on, mapping)
	begun := afterBegun(seed)
	s.mustBeDone(begun)
	s.Write("main.tf", mainJob)
	s.mustApply()
	done := afterMainJob(begun)
	s.mustBeDone(done)
	s.checkOrphans(seed)
	s.checkToken()
	s.checkMails("auditor", "auditor", "leaver", "newcomer", "returner")
	org.checkExport(on, mapping)
	s.mustApply(testkit.Options{Destroy: true})
	if diff := org.differences(afterMainJobDestroyed(seed, done)); diff != "" {
		t.Errorf("what the destroy leaves is not what it should (-want +got):\n%s", diff)
	}
}

// startMappedJob makes a site with the mapping, and applies mainJobBegun.
func (o *organization) startMappedJob(on bench, mapping string) *site {
	o.t.Helper()
	s := o.mappedSite(on, mapping, mainJobBegun)
	s.mustApply()
	return s
}

// afterMainJobDestroyed is what a destroy leaves of the main job: what was there before, and beside
// it what the job made and nothing can delete, without any right.
func afterMainJobDestroyed(before, done mock.Seed) mock.Seed {
	left := cloneSeed(before)
	for _, user := range done.InteractiveUsers {
		if user.ID == "" {
			user.Role, user.Inactive = mock.RoleRegularUser, true
			left.InteractiveUsers = append(left.InteractiveUsers, user)
		}
	}
	for _, user := range done.CIUsers {
		if user.ID == "" {
			user.Role, user.Inactive = mock.RoleRegularUser, true
			left.CIUsers = append(left.CIUsers, user)
		}
	}
	for _, group := range done.UserGroups {
		if group.ID == "" {
			group.Members = nil
			left.UserGroups = append(left.UserGroups, group)
		}
	}
	return *left
}

func (o *organization) marksOf(text string) []mapping.Mark {
	o.t.Helper()
	file, err := mapping.Parse([]byte(text))
	must(o.t, err)
	return file.Marks
}

// checkExport reads the organization through the mapping, which has to show all of it, and exports
// it: a plan of that imports all, and changes nothing.
func (o *organization) checkExport(on bench, text string) {
	o.t.Helper()
	file, err := mapping.Parse([]byte(text))
	must(o.t, err)
	client, err := api.New(api.Config{Config: httpapi.Config{URL: o.URL, Secret: o.Token}, OrganizationID: o.OrganizationID(), Mapping: file})
	must(o.t, err)
	found, err := survey.Read(o.t.Context(), client, nil)
	must(o.t, err)
	if len(found.Gaps)+len(found.Faults) > 0 {
		o.t.Errorf("the survey is not complete: %q %v", found.Gaps, found.Faults)
	}
	exported := export.Generate(found, export.Options{EmptyLists: true})
	s := o.mappedSite(on, text, "")
	imports := 0
	for name, content := range exported.Files {
		if name != "provider.tf" {
			s.Write(name, string(content))
		}
		imports += strings.Count(string(content), "\nimport {\n")
	}
	planned := s.Plan(testkit.Options{})
	if planned.Err != nil || planned.Summary != (testkit.Summary{Import: imports}) {
		o.t.Errorf("the plan of the export is %+v, and not %d imports: %s", planned.Summary, imports, planned)
	}
}

// documentAt is what the organization publishes.
func documentAt(t *testing.T, org *organization) []byte {
	t.Helper()
	answer, err := http.Get(org.URL + "/swagger/v1/swagger.json")
	must(t, err)
	defer answer.Body.Close()
	document, err := io.ReadAll(answer.Body)
	must(t, err)
	return document
}
