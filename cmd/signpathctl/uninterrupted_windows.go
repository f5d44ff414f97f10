package main

import (
	"os/exec"
	"syscall"
)

// outliveTerminal does nothing: Windows ends a program whose console is closed, whatever it does.
func outliveTerminal() {}

// startUninterrupted starts a command that goes on when somebody presses Ctrl-C, which tells all
// programs of a process group.
func startUninterrupted(command *exec.Cmd) error {
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	return command.Start()
}
