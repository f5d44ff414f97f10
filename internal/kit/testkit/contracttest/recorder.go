package contracttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A Recorder is a test of its own that is watched: for tests of what a contract
// refuses.
type Recorder struct {
	testing.TB
	cleanups     []func()
	errors, logs []string
}

// Record returns a recorder that stands for the test.
func Record(t testing.TB) *Recorder { return &Recorder{TB: t} }

// Helper implements [testing.TB].
func (*Recorder) Helper() {}

// Cleanup implements [testing.TB].
func (r *Recorder) Cleanup(end func()) { r.cleanups = append(r.cleanups, end) }

// Error implements [testing.TB].
func (r *Recorder) Error(arguments ...any) { r.errors = append(r.errors, fmt.Sprint(arguments...)) }

// Errorf implements [testing.TB].
func (r *Recorder) Errorf(format string, arguments ...any) {
	r.Error(fmt.Sprintf(format, arguments...))
}

// Logf implements [testing.TB].
func (r *Recorder) Logf(format string, arguments ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, arguments...))
}

// Logged are the lines of the log, one per line.
func (r *Recorder) Logged() string { return strings.Join(r.logs, "\n") }

// End ends the recorded test and returns its errors, one per line.
func (r *Recorder) End() string {
	for _, end := range slices.Backward(r.cleanups) {
		end()
	}
	return strings.Join(r.errors, "\n")
}
