// Command authenticode puts a signed program for Windows into the place of the one that was
// built, if they are the same but for the signature.
//
//	authenticode BUILT SIGNED
//
// What was sent away to be signed, and came back, is released in the place of what was built. So
// everything that a signature does not change has to have the same bytes, and what was added has to be one
// signature of them. Who signed, and whether Windows trusts that, is for Windows to say.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 2 {
		return errors.New("usage: authenticode BUILT SIGNED")
	}
	built, err := os.ReadFile(arguments[0]) //nolint:gosec // The caller names both.
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(arguments[1]) //nolint:gosec // As above.
	if err != nil {
		return err
	}
	if err := compare(built, signed); err != nil {
		return fmt.Errorf("%s is not %s with a signature: %w", arguments[1], arguments[0], err)
	}
	if err := os.WriteFile(arguments[0], signed, 0o755); err != nil { //nolint:gosec // It is a program, for everybody.
		return err
	}
	fmt.Printf("%s has the signature of %s, and no other byte was changed\n", arguments[0], arguments[1])
	return nil
}
