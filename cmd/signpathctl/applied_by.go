package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// envAppliedBy names one user who applies the configuration.
const envAppliedBy = "SIGNPATH_APPLIED_BY"

func addAppliedByFlag(command *cobra.Command, appliedBy *[]string) {
	command.Flags().StringArrayVar(appliedBy, "applied-by", nil,
		"user who applies the configuration, such as ci_user:terraform, if it is not the token's; can be given several times; "+
			"defaults to the environment variable "+envAppliedBy)
}

// appliersOf reads the flag, or else the environment variable.
func appliersOf(appliedBy []string) ([]access.Reference, error) {
	from := "--applied-by"
	if one := os.Getenv(envAppliedBy); len(appliedBy) == 0 && one != "" {
		appliedBy, from = []string{one}, envAppliedBy
	}
	var appliers []access.Reference
	for _, text := range appliedBy {
		reference, err := access.ParseReference(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from, err)
		}
		appliers = append(appliers, reference)
	}
	return appliers, nil
}
