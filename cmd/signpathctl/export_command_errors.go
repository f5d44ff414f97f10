package main

import (
	"errors"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
)

// explainExport adds to an error before anything was written what to do about it.
func explainExport(err error) error {
	if advice := exportAdvice(err); advice != "" {
		return fmt.Errorf("%w.\n%s\nNothing was written", err, advice)
	}
	return fmt.Errorf("%w. Nothing was written", err)
}

// explainWrite is explainExport for what happened when the files were written: only
// a refusal says for certain that none was.
func explainWrite(err error) error {
	var notEmpty *export.NotEmptyError
	if errors.As(err, &notEmpty) {
		return explainExport(err)
	}
	return fmt.Errorf("the files could not be written: %w", err)
}

func exportAdvice(err error) string {
	var notEmpty *export.NotEmptyError
	switch {
	case !errors.As(err, &notEmpty):
		return adviceFor(err, "export")
	case len(notEmpty.Files) > 0:
		return "Move these files away, or export into another directory."
	}
	return "Export into a new directory, or use --force, which replaces only files that an export wrote."
}
