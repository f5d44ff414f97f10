package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// TestCLIFirstSteps follows the index word for word.
func TestCLIFirstSteps(t *testing.T) {
	t.Parallel()
	providertest.FollowFirstSteps(t, "signicat")
}

// TestExamples applies what readers copy. What asks Signicat asks the mock server.
func TestExamples(t *testing.T) {
	server, err := mock.New(mock.DemoSeed())
	testkit.Must(t, err)
	url, stop, err := server.Start()
	testkit.Must(t, err)
	defer stop()
	for _, variable := range server.Environment(url) {
		t.Setenv(variable[0], variable[1])
	}
	providertest.RunExamples(t, "signicat", provider.NewServer)
}
