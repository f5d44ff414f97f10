package contracttest

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// RunAll runs the tests of a package, for its TestMain, and returns the exit
// code. If all tests ran and passed, every route of the document must have been
// requested by one of them: a route that is never used is never judged.
func (c *Contract) RunAll(m *testing.M) int {
	code := m.Run()
	if code != 0 || !isWholeRun() {
		return code
	}
	unrequested := c.Unrequested()
	for _, route := range unrequested {
		fmt.Fprintf(os.Stderr, "contract: no test requests %s\n", route)
	}
	return min(len(unrequested), 1)
}

// isWholeRun tells whether no flag left tests out.
func isWholeRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if narrowing := flag.Lookup(name); narrowing != nil && narrowing.Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}
