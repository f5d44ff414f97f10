package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
)

// TestCLIFirstSteps follows the index word for word.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	providertest.FollowFirstSteps(t, "ignisign")
}

// TestExamples applies what readers copy, with a server for what asks one.
func TestExamples(t *testing.T) {
	a := startApplication(t, "")
	for _, variable := range a.Environment(a.root) {
		t.Setenv(variable[0], variable[1])
	}
	providertest.RunExamples(t, "ignisign", provider.NewServer)
}
