package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// TestCLIFirstSteps follows the index word for word.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	providertest.FollowFirstSteps(t, "signicat")
}

// TestExamples applies what readers copy.
func TestExamples(t *testing.T) {
	providertest.RunExamples(t, "signicat", provider.NewServer)
}
