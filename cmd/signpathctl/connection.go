package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// readRetryBudget bounds each request of a command that only reads. It is shorter
// than the provider's, because somebody waits for it, and running the command again
// loses nothing.
const readRetryBudget = 2 * time.Minute

// connectionFlags say which organization a command reads, and with which token: as
// the provider is told, by the same environment variables or by flags.
type connectionFlags struct{ url, organizationID, tokenFile string }

func (f *connectionFlags) addTo(command *cobra.Command) {
	options := command.Flags()
	options.StringVar(&f.url, "api-url", "", "URL of the API, without /v1 (default: $"+api.EnvURL+", or "+api.DefaultURL+")")
	options.StringVar(&f.organizationID, "organization-id", "", "UUID of the organization (default: $"+api.EnvOrganizationID+")")
	options.StringVar(&f.tokenFile, "token-file", "", "file with the API token (default: the token in $"+api.EnvToken+")")
}

func (f *connectionFlags) newClient() (*api.Client, error) {
	token := os.Getenv(api.EnvToken)
	if f.tokenFile != "" {
		content, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return nil, fmt.Errorf("the file with the API token cannot be read: %w", err)
		}
		token = string(content)
	}
	token = strings.TrimSpace(token)
	organizationID := strings.TrimSpace(cmp.Or(f.organizationID, os.Getenv(api.EnvOrganizationID)))
	if err := refuseMissing(organizationID, token); err != nil {
		return nil, err
	}
	return api.New(api.Config{
		URL:            strings.TrimSpace(cmp.Or(f.url, os.Getenv(api.EnvURL))),
		OrganizationID: organizationID,
		Token:          token,
		UserAgent:      "signpathctl/" + version,
		RetryBudget:    readRetryBudget,
	})
}

// refuseMissing says what to give to a command, where the client would say what to
// write into a provider block.
func refuseMissing(organizationID, token string) error {
	var missing []error
	if organizationID == "" {
		missing = append(missing, errors.New("no organization is set: give its UUID, which SignPath shows on the organization page, as --organization-id or in "+api.EnvOrganizationID))
	}
	if token == "" {
		missing = append(missing, errors.New("no API token is set: give one in "+api.EnvToken+", or a file that holds it as --token-file"))
	}
	return errors.Join(missing...)
}

// answerAdvice says what to do about an answer, or about none, that ended a command
// which only reads. What it was doing is called a noun: "export".
func answerAdvice(e *api.Error, doing string) string {
	switch {
	case e.Status == 0:
		return "Check --api-url (or " + api.EnvURL + ") and the network, then run it again."
	case e.IsWebPage():
		return "Check --api-url (or " + api.EnvURL + "), and the proxy if there is one: that is not SignPath's API, which is at " + api.DefaultURL + " or the like."
	case e.Cause != nil:
		return "Much of SignPath's API is not published. If this installation is not an old one, please report this message to the provider's project."
	case e.Status == http.StatusUnauthorized:
		return "The token is wrong, was regenerated since, or its user is inactive. Give a valid one in " + api.EnvToken + " or --token-file."
	case e.Status == http.StatusForbidden:
		return "Check --organization-id (or " + api.EnvOrganizationID + "), and the role of the token's user: a Global Reader sees everything that this reads. " +
			"If it is a single project or group that is refused, it may have been deleted while the " + doing + " ran: run it again."
	case e.Status == http.StatusNotFound:
		return "Check --api-url (or " + api.EnvURL + "), which is " + api.DefaultURL + " or the like: SignPath itself answers 403 for an unknown object."
	case e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError:
		return "Run it again later."
	}
	return ""
}
