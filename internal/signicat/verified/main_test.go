package main

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

// TestPage: the page counts what the contract says, and forgets nothing that is not known of the API.
func TestPage(t *testing.T) {
	var switches []string
	for _, deviation := range mock.Deviations() {
		switches = append(switches, deviation.Name)
	}
	providertest.CheckVerified(t, newPage().Text(vendor, head), contract.Facts(), switches)
}
