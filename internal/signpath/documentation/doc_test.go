// Package documentation_test tests what readers copy: it runs every configuration in
// examples/ and templates/, follows the guides in docs/ word for word, and runs the
// pipelines in examples/ci as their systems would.
//
// What Terraform's core does with a configuration is done in process. A CLI runs what
// only a CLI knows, and what the command line is the point of.
package documentation_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	docsRoot      = signpathtest.Root + "/docs"
	examplesRoot  = signpathtest.Root + "/examples"
	templatesRoot = signpathtest.Root + "/templates"
)

var must = testkit.Must

func TestMain(m *testing.M) { signpathtest.Main(m) }
