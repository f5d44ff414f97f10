package main

import "github.com/spf13/cobra"

func newReviewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "review",
		Short: "Tell who may do what, what is wrong with that, and who changed it",
		Args:  refuseCommand,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(
		newReviewOrgCommand(), newReviewPlanCommand(), newReviewDriftCommand(), newReviewBaselineCommand(), newReviewLogCommand(),
		newReviewDiffCommand(), newReviewVerifyCommand(),
	)
	return command
}
