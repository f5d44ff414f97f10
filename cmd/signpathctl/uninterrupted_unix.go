//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// outliveTerminal lets this program go on when somebody closes the terminal, and when nothing reads
// its output any more. The second is caught and not ignored, because what is ignored is so in the
// commands that this program starts, too.
func outliveTerminal() {
	signal.Ignore(syscall.SIGHUP)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}

// startUninterrupted starts a command that goes on when somebody presses Ctrl-C or closes the
// terminal, which tells all programs in it, if this program outlives that. It can still ask for
// something there, other than in a process group of its own. This program ignores Ctrl-C from then on.
func startUninterrupted(command *exec.Cmd) error {
	signal.Ignore(os.Interrupt)
	return command.Start()
}
