package api_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// contractMiddleware judges what every client of this package says to the mock server, and
// what that answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// TestMain also fails if there is a route in the contract that no test requests. Hundreds
// of documents are parsed and dropped: to collect them at once took a third of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(contractMiddleware.RunAll(m))
}

// judgedIn is judged for a server of the dialect: it may have names that only its
// own document has.
func judgedIn(t testing.TB, dialect mock.Dialect) mock.Option {
	t.Helper()
	switch {
	case !dialect.NeedsDocument() && !dialect.IsHostile():
		return judged(t)
	case dialect.IsDescribed():
		return judged(t, contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "this dialect has other names"))
	}
	return judged(t, contracttest.Unwatched("this dialect has other names, and nothing that describes it"))
}

// judged puts the contract between client and mock server. A test that passes it
// again, with options, replaces the one that every organization has.
func judged(t testing.TB, options ...contracttest.Option) mock.Option {
	t.Helper()
	return mock.WithMiddleware(contractMiddleware.Middleware(t, options...))
}
