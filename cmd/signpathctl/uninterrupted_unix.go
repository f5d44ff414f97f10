//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// startUninterrupted starts a command that goes on when somebody presses Ctrl-C or closes the
// terminal, which tells all programs in it. It can still ask for something there, other than
// in a process group of its own. This program ignores the same from then on.
func startUninterrupted(command *exec.Cmd) error {
	signal.Ignore(os.Interrupt, syscall.SIGHUP)
	return command.Start()
}
