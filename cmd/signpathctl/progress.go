package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows on a terminal how far a read of the organization is. Elsewhere it shows nothing.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(output io.Writer) *progress {
	file, isFile := output.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		output = io.Discard
	}
	// The number grows while projects are read. One more than is expected keeps the
	// bar from being full before the end.
	return &progress{progressbar.NewOptions(1,
		progressbar.OptionSetWriter(output),
		progressbar.OptionSetDescription("Reading from SignPath"),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
	)}
}

// The bar returns errors of its output, which no command fails for.

// Expect implements [survey.Progress].
func (p *progress) Expect(objects int) { p.bar.AddMax(objects) }

// Done implements [survey.Progress].
func (p *progress) Done() { _ = p.bar.Add(1) }

func (p *progress) finish() { _ = p.bar.Finish() }
