package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
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
	var (
		notEmpty *export.NotEmptyError
		answer   *api.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "The export was interrupted."
	case errors.As(err, &notEmpty) && len(notEmpty.Files) > 0:
		return "Move these files away, or export into another directory."
	case errors.As(err, &notEmpty):
		return "Export into a new directory, or use --force, which replaces only files that an export wrote."
	case errors.As(err, &answer):
		return answerAdvice(answer)
	}
	return ""
}

func answerAdvice(e *api.Error) string {
	switch {
	case e.Status == 0:
		return "Check --api-url (or " + api.EnvURL + ") and the network, then run it again."
	case e.Cause != nil:
		return "Much of SignPath's API is not published. If this installation is not an old one, please report this message to the provider's project."
	case e.Status == http.StatusUnauthorized:
		return "The token is wrong, was regenerated since, or its user is inactive. Give a valid one in " + api.EnvToken + " or --token-file."
	case e.Status == http.StatusForbidden:
		return "Check --organization-id (or " + api.EnvOrganizationID + "), and the role of the token's user: a Global Reader sees everything that an export reads. " +
			"If it is a single project or group that is refused, it may have been deleted while the export ran: run it again."
	case e.Status == http.StatusNotFound:
		return "Check --api-url (or " + api.EnvURL + "): SignPath itself answers 403 for an unknown object."
	case e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError:
		return "Run it again later."
	}
	return ""
}
