package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// refuseCommand is for a command that has commands and takes nothing else. It names
// the one that was probably meant.
func refuseCommand(command *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s has no command %q", command.CommandPath(), arguments[0])
	command.SuggestionsMinimumDistance = 2
	if near := command.SuggestionsFor(arguments[0]); len(near) > 0 {
		return fmt.Errorf("%s; did you mean %q?", text, near[0])
	}
	return fmt.Errorf("%s; %s --help lists them", text, command.CommandPath())
}

// takes is for a command with one argument, and says what that is.
func takes(argument string) cobra.PositionalArgs {
	return func(command *cobra.Command, arguments []string) error {
		if len(arguments) == 1 {
			return nil
		}
		return fmt.Errorf("%s takes one argument, %s, and got %d", command.CommandPath(), argument, len(arguments))
	}
}

// mustBeOneOf refuses any other value of a flag.
func mustBeOneOf[T ~string](flag string, value T, values []T) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("%s is %q, and must be one of %s", flag, value, oneOf(values))
}

// oneOf lists the values of a flag.
func oneOf[T ~string](values []T) string {
	var list strings.Builder
	for i, value := range values {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(string(value))
	}
	return list.String()
}
