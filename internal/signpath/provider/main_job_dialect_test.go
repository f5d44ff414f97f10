package provider_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// unguessable is the deviation for which the provider has to refuse to write:
// TestRoleThatTheDocumentDoesNotHave.
const unguessable = "rename-request=role:newRole"

// mixtures is how many random mixtures of dialects are tried.
const mixtures = 30

// TestMainJobInEveryDialect does the main job with each plausible reading of what
// SignPath does not document, one by one and mixed. In the end the organization
// must hold just what the configuration says, and all that was there before.
func TestMainJobInEveryDialect(t *testing.T) {
	if testing.Short() {
		t.Skip("what a server answers does not depend on the CLI; run without -short")
	}
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	for _, dialect := range plausibleDialects() {
		t.Run("dialect "+dialect.String(), func(t *testing.T) {
			t.Parallel()
			org := newOrganizationIn(t, dialect, mainJobSeed)
			seed := org.Snapshot()
			w := cli.startMainJob(t, org, "")
			begun := afterBegun(seed)
			w.awaitLists(dialect)
			w.mustBeDone(begun)

			w.write("main.tf", []byte(mainJob))
			w.mustRun("apply", "-auto-approve")
			w.awaitLists(dialect)
			w.mustBeDone(afterMainJob(begun))
			w.checkOrphans(seed)
			w.checkToken()
			w.checkMails("auditor", "auditor", "leaver", "newcomer", "returner")
		})
	}
}

func plausibleDialects() []mock.Dialect {
	dialects := []mock.Dialect{{}}
	for _, deviation := range mock.SingleDialects() {
		if deviation.Name != unguessable {
			dialects = append(dialects, deviation.Dialect)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range mixtures {
		dialects = append(dialects, mock.RandomDialect(random))
	}
	return dialects
}

// awaitLists waits until the lists show what is there now.
func (w *workspace) awaitLists(dialect mock.Dialect) { time.Sleep(dialect.ListLag + dialect.ListLag/4) }
