// Command signpathctl is the companion of the Terraform provider for SignPath.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// version is set by the release build.
var version = "dev"

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newRootCommand().ExecuteContext(ctx)
	var status exitStatus
	switch {
	case errors.As(err, &status):
		return int(status)
	case err != nil:
		fmt.Fprintln(os.Stderr, "Error:", text.VisibleLines(err.Error()))
		return 1
	}
	return 0
}

// An exitStatus is the result of a command that has said all there is to say.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "signpathctl",
		Short:         "Companion of the Terraform providers for SignPath, IgniSign and Signicat",
		Version:       version,
		Args:          refuseCommand,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	root.AddCommand(
		newAttestCommand(), newBaselineCommand(), newContractCommand(), newExportCommand(), newMockCommand(), newReviewCommand(),
		newRunbookCommand(), newRunTaskCommand(), newTokenCommand(),
	)
	return root
}
