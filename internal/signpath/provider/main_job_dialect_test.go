package provider_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// mixtures is how many random mixtures of dialects are tried.
const mixtures = 30

// TestMainJobInEveryDialect does the main job with each plausible reading of what
// SignPath does not document, one by one and mixed. In the end the organization
// must hold just what the configuration says, and all that was there before.
func TestMainJobInEveryDialect(t *testing.T) {
	for _, dialect := range plausibleDialects() {
		t.Run("dialect "+dialect.String(), func(t *testing.T) { doMainJob(t, tables, dialect) })
	}
}

// TestCLIMainJob does the same by a CLI with some of the dialects: the assumed one,
// two that differ in one thing, and two mixtures.
func TestCLIMainJob(t *testing.T) {
	all := plausibleDialects()
	for _, i := range []int{0, 1, len(all)/2 - 1, len(all) - 2, len(all) - 1} {
		t.Run("dialect "+all[i].String(), func(t *testing.T) { doMainJob(t, byCLI, all[i]) })
	}
}

func doMainJob(t *testing.T, on bench, dialect mock.Dialect) {
	t.Parallel()
	org := newOrganizationIn(t, dialect, mainJobSeed)
	seed := org.Snapshot()
	s := org.startMainJob(on, "")
	begun := afterBegun(seed)
	awaitLists(dialect)
	s.mustBeDone(begun)

	s.Write("main.tf", mainJob)
	s.mustApply()
	awaitLists(dialect)
	s.mustBeDone(afterMainJob(begun))
	s.checkOrphans(seed)
	s.checkToken()
	s.checkMails("auditor", "auditor", "leaver", "newcomer", "returner")
}

func plausibleDialects() []mock.Dialect {
	dialects := []mock.Dialect{{}}
	for _, deviation := range mock.SingleDialects() {
		dialects = append(dialects, deviation.Dialect)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range mixtures {
		dialects = append(dialects, mock.RandomDialect(random))
	}
	return dialects
}

// awaitLists waits until the lists and the objects are shown as they are now.
func awaitLists(dialect mock.Dialect) {
	lag := max(dialect.ListLag, dialect.ReadLag)
	time.Sleep(lag + lag/4)
}
