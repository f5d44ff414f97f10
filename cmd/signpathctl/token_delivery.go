package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// pipesTimeout is how long the output of a command is waited for that has ended, where something that
// it started has the output still open.
const pipesTimeout = 5 * time.Second

// A delivery gives a secret to a command.
type delivery struct {
	program        string
	arguments      []string
	stdout, stderr io.Writer
	timeout        time.Duration
}

// findProgram finds a command that can be started, as far as its file tells: that is to be known while the
// old token still works. A script has to name its interpreter, which has to be there; what env looks for
// is not looked for.
func findProgram(name string) (string, error) {
	program, err := exec.LookPath(name)
	if err != nil || runtime.GOOS == "windows" {
		return program, err
	}
	file, err := os.Open(program) //nolint:gosec // Who runs this chose it.
	if err != nil {               // It can be run without being readable.
		return program, nil
	}
	defer func() { _ = file.Close() }()
	beginning := make([]byte, 256)
	n, _ := io.ReadFull(file, beginning)
	line, _, _ := bytes.Cut(beginning[:n], []byte("\n"))
	interpreter, isScript := bytes.CutPrefix(line, []byte("#!"))
	switch {
	case isScript:
		words := append(strings.Fields(string(interpreter)), "")
		if _, err := exec.LookPath(words[0]); err != nil {
			return "", fmt.Errorf("the first line of %s: %w", program, err)
		}
	case !bytes.Contains(beginning[:n], []byte{0}): // A program for this machine has some.
		return "", fmt.Errorf("%s is a script without a first line such as #!/bin/sh", program)
	}
	return program, nil
}

// give runs the command with the secret as its standard input. It returns an error if the command
// failed, was killed, took too long, or ended without having read the secret to its end. No error
// has anything of the secret, and the output of the command has something else in its place. Output
// that nothing takes, such as a full disk or a pager that has ended, is no error.
func (d delivery) give(ctx context.Context, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	input, feed, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = input.Close() }()
	stdout, stderr := newMaskedWriter(d.stdout, secret), newMaskedWriter(d.stderr, secret)
	command := exec.CommandContext(ctx, d.program, d.arguments...) //nolint:gosec // Who runs this chose it.
	isLate := false
	command.Cancel = func() error {
		isLate = true
		return command.Process.Kill()
	}
	command.Stdin, command.Stdout, command.Stderr, command.WaitDelay = input, stdout, stderr, pipesTimeout
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, api.EnvToken+"=") })
	if err := startUninterrupted(command); err != nil {
		return errors.Join(fmt.Errorf("it could not be started: %w", err), feed.Close())
	}
	go func() {
		_, _ = io.WriteString(feed, secret) // What was not read is seen below.
		_ = feed.Close()
	}()
	ended := command.Wait()
	// This end of the pipe is open, too: what is left in it, the command did not read.
	unread, err := io.Copy(io.Discard, input)
	if lost := errors.Join(stdout.Flush(), stderr.Flush()); lost != nil {
		_, _ = fmt.Fprintln(d.stderr, "Warning: what the command printed could not all be passed on:", lost)
	}
	var failed *exec.ExitError
	switch {
	case isLate && errors.As(ended, &failed):
		return fmt.Errorf("it was killed, because it took longer than %s, which --timeout can change", d.timeout)
	case ended != nil && !errors.Is(ended, exec.ErrWaitDelay) && !errors.Is(ended, context.DeadlineExceeded): // With these two, it ended well.
		return fmt.Errorf("it failed: %w", ended)
	case unread > 0:
		return errors.New("it ended without reading its standard input, from which it has to take the token")
	}
	return err
}
