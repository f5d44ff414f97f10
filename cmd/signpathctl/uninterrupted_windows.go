package main

import (
	"os/exec"
	"syscall"
)

// startUninterrupted starts a command that goes on when somebody presses Ctrl-C, which tells all
// programs of a process group.
func startUninterrupted(command *exec.Cmd) error {
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	return command.Start()
}
