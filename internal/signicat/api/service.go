package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// DefaultURL is where all product and management APIs are (documented).
const DefaultURL = "https://api.signicat.com"

// The settings that are Signicat's own, by their names in a provider block.
const (
	FieldClientID         httpapi.Field = "client_id"
	FieldClientSecret     httpapi.Field = "client_secret"
	FieldClientSecretFile httpapi.Field = "client_secret_file"
	FieldOrganisationID   httpapi.Field = "organisation_id"
)

// The environment variables. They are this client's own.
const (
	EnvURL              = "SIGNICAT_API_URL"
	EnvClientID         = "SIGNICAT_CLIENT_ID"
	EnvClientSecret     = "SIGNICAT_CLIENT_SECRET"
	EnvClientSecretFile = "SIGNICAT_CLIENT_SECRET_FILE"
	EnvOrganisationID   = "SIGNICAT_ORGANISATION_ID"
)

// Service is Signicat's API.
var Service = httpapi.Service{
	Name:       "Signicat",
	DefaultURL: DefaultURL,
	Environment: map[httpapi.Field]string{
		httpapi.FieldURL: EnvURL, FieldClientID: EnvClientID, FieldOrganisationID: EnvOrganisationID,
		FieldClientSecret: EnvClientSecret, FieldClientSecretFile: EnvClientSecretFile,
	},
	Secret: httpapi.Secret{
		Field: FieldClientSecret, File: FieldClientSecretFile, Noun: "client secret", Wanted: "that of an API client (Dashboard, Settings > API clients)",
		Refused: "The client id or the secret is wrong, the secret was removed, or the token has ended before its time.",
	},
	ReadProblem: readProblem,
	UnusableAdvice: "Signicat's OpenAPI documents were not at hand when this client was written, and nobody has tried it on the live API. " +
		"Please report this message to the provider's project.",
	NotFound: "a path of this client may differ from Signicat's: not all of them are documented.",
}

// ForbiddenAdvice is what to do about a 403, which is for a client that Signicat knows (observed).
const ForbiddenAdvice = "Signicat knows the API client, and it lacks a permission or a role for this account or operation. " +
	"Give it what it lacks in the Dashboard: Settings > API clients > Edit > Permissions > Select product; who lacks the role does not see that tab. " +
	"Nothing is concluded from the refusal: what was asked for may be there."

// Config says whose accounts and events to ask for, and as whom.
type Config struct {
	// Config says how Signicat is reached; its secret is that of the API client. Its service and its
	// exchange are set by [New].
	httpapi.Config
	// ClientID is the id of the API client.
	ClientID string
	// OrganisationID is the id of the organisation. It may be empty: a client of an account needs none,
	// as far as is known.
	OrganisationID string
}

// FromEnvironment takes what is not set from the environment.
func (c Config) FromEnvironment() Config {
	c.Service = Service
	// Each is what requests are for, to the reader of one variable.
	take := func(field httpapi.Field, value string) string {
		c.Tenant = httpapi.Setting{Field: field, Value: strings.TrimSpace(value)}
		c.Config = c.Config.FromEnvironment()
		return c.Tenant.Value
	}
	c.ClientID = take(FieldClientID, c.ClientID)
	c.OrganisationID = take(FieldOrganisationID, c.OrganisationID)
	return c
}

// refuse says what is wrong with the settings that are Signicat's own.
func (c Config) refuse() httpapi.ConfigErrors {
	var wrong httpapi.ConfigErrors
	refuse := func(field httpapi.Field, format string, args ...any) {
		wrong = append(wrong, httpapi.ConfigError{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
	switch id := c.ClientID; {
	case id == "":
		refuse(FieldClientID, "No client id is set. "+
			"Set the environment variable %s (or %s) to the id of an API client, such as org-round-apple-123, which the Dashboard shows in Settings > API clients.",
			EnvClientID, FieldClientID)
	case !isWord(id):
		refuse(FieldClientID, "%s is no client id: it has white space or another character that none has, or is too long.", httpapi.QuoteSetting(id))
	}
	switch id := c.OrganisationID; {
	case id == "":
	case !isWord(id):
		refuse(FieldOrganisationID, "%s is no id of an organisation, such as o-p-…: it has white space or another character that none has, or is too long.", httpapi.QuoteSetting(id))
	case strings.HasPrefix(id, "a-"):
		refuse(FieldOrganisationID, "%s is the id of an account. That of an organisation begins with o-.", httpapi.QuoteSetting(id))
	}
	return wrong
}

// isWord tells whether a text can be an id: short, in printable ASCII without white space and quotes.
func isWord(text string) bool {
	return text != "" && len(text) <= 256 && strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) < 0
}

// readProblem reads a problem document with Signicat's code and invalidParams (documented), the form
// of token errors, and a bare message (both observed). Other forms are quoted.
func readProblem(body []byte) httpapi.Problem {
	var p struct {
		Title, Detail, Code, TraceID any
		Error, Message               any
		InvalidParams                []struct{ Name, Reason any }
		Description                  any `json:"error_description"`
	}
	if json.Unmarshal(body, &p) != nil {
		return httpapi.Problem{}
	}
	problem := httpapi.Problem{Title: firstText(p.Title, p.Error), Detail: firstText(p.Detail, p.Description, p.Message), TraceID: firstText(p.TraceID)}
	if code := firstText(p.Code); code != "" {
		problem.Title = strings.TrimSpace(fmt.Sprintf("%s (code %s)", problem.Title, code))
	}
	for _, parameter := range p.InvalidParams {
		if problem.Fields == nil {
			problem.Fields = map[string][]string{}
		}
		name := firstText(parameter.Name)
		problem.Fields[name] = append(problem.Fields[name], firstText(parameter.Reason))
	}
	return problem
}

// firstText returns the first that is a text or a number, and not empty.
func firstText(values ...any) string {
	for _, value := range values {
		switch value := value.(type) {
		case string:
			if value != "" {
				return value
			}
		case float64:
			return fmt.Sprint(value)
		}
	}
	return ""
}
