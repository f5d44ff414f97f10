package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// DefaultURL is the API URL of SignPath's own service (documented).
const DefaultURL = "https://app.signpath.io/Api"

// The environment variables that SignPath's own tools read (documented).
const (
	EnvURL            = "SIGNPATH_API_URL"
	EnvOrganizationID = "SIGNPATH_ORGANIZATION_ID"
	EnvToken          = "SIGNPATH_API_TOKEN" //nolint:gosec // The name of a variable, not a credential.
	EnvRequestTimeout = "SIGNPATH_HTTP_REQUEST_TIMEOUT_IN_SECONDS"
	EnvRetryTimeout   = "SIGNPATH_SERVICE_UNAVAILABLE_TIMEOUT_IN_SECONDS"
)

// EnvTokenFile is this client's own: SignPath's tools take no token from a file.
const EnvTokenFile = "SIGNPATH_API_TOKEN_FILE" //nolint:gosec // The name of a variable, not a credential.

// EnvMapping names the mapping file of a server; see [ReadMapping].
const EnvMapping = "SIGNPATH_API_MAPPING"

// Service is SignPath's API. The limits of time that every vendor's requests have
// are those of SignPath's own tools, which also take a proxy as host:port
// (documented). What package httpapi does for some servers, it does for SignPath's:
// those before 1.179.0 refuse an empty body, and those before 1.206.0 mishandle the
// absence of a Content-Type (documented).
var Service = httpapi.Service{
	Name:       "SignPath",
	DefaultURL: DefaultURL,
	// Tools disagree on whether the variable includes it (observed).
	URLEnding: "/" + contract.Version,
	Environment: map[httpapi.Field]string{
		httpapi.FieldURL: EnvURL, FieldOrganizationID: EnvOrganizationID, FieldToken: EnvToken, FieldTokenFile: EnvTokenFile,
		FieldMapping:                EnvMapping,
		httpapi.FieldRequestTimeout: EnvRequestTimeout, httpapi.FieldRetryTimeout: EnvRetryTimeout,
	},
	Secret: httpapi.Secret{
		Field: FieldToken, File: FieldTokenFile, Noun: "API token", Wanted: "the token of a CI user, or of an interactive user", Refuse: refuseCompositeToken,
		Refused: "The token is wrong, was regenerated since, is that of another installation, or its user is inactive.",
	},
	ReadProblem:    readProblem,
	UnusableAdvice: "Much of SignPath's API is not published. If this installation is not an old one, please report this message to the provider's project.",
	NotFound:       "SignPath itself answers 403 for an unknown object.",
}

// The settings that only SignPath has.
const (
	FieldOrganizationID httpapi.Field = "organization_id"
	FieldToken          httpapi.Field = "api_token"
	FieldTokenFile      httpapi.Field = "token_file"
	FieldMapping        httpapi.Field = "api_mapping"
)

// Config says which organization to talk to, and as whom. Client certificates are
// for a proxy in front of SignPath, which itself does not support them (documented).
type Config struct {
	// Config says how SignPath is reached. Its service is set by [New].
	httpapi.Config
	// OrganizationID is the UUID of the organization.
	OrganizationID string
	// Contract says how the names in requests are settled; [ContractAuto] if
	// empty.
	Contract ContractMode
	// Mapping says in what the server differs from the contract that is assumed; nil if it
	// does not.
	Mapping *mapping.File
}

// FromEnvironment takes what is not set from the environment.
func (c Config) FromEnvironment() Config {
	c.Service = Service
	c.Tenant = httpapi.Setting{Field: FieldOrganizationID, Value: c.OrganizationID}
	c.Config = c.Config.FromEnvironment()
	c.OrganizationID = strings.TrimSpace(c.Tenant.Value)
	return c
}

func refuseOrganization(id string) httpapi.ConfigErrors {
	reason := ""
	switch {
	case id == "":
		reason = fmt.Sprintf("No organization is set. "+
			"Set organization_id or the environment variable %s to the organization's UUID, which SignPath shows on the organization page.", EnvOrganizationID)
	case !access.IsID(id):
		reason = fmt.Sprintf("%s is not an organization id. "+
			"It is a UUID such as 4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11; SignPath shows it on the organization page.", httpapi.QuoteSetting(id))
	default:
		return nil
	}
	return httpapi.ConfigErrors{{Field: FieldOrganizationID, Reason: reason}}
}

// refuseURL refuses what would be in the address of each request twice.
func refuseURL(text string) httpapi.ConfigErrors {
	for i, segment := range strings.Split(text, "/") {
		if access.IsID(segment) {
			rest := strings.TrimSuffix(strings.Join(strings.Split(text, "/")[:i], "/"), "/"+contract.Version)
			return httpapi.ConfigErrors{{Field: httpapi.FieldURL, Reason: fmt.Sprintf(
				"The API URL has the id of an organization in it, which belongs into organization_id. Leave out what begins there: the URL is %q.", rest)}}
		}
	}
	return nil
}

func refuseCompositeToken(token string) string {
	if strings.Contains(token, ":") {
		return "The API token contains a colon, so it is probably a composite token (<API token>:<trusted build system token>), as a trusted build system sends it. " +
			"Use only the part before the colon."
	}
	return ""
}

// readProblem reads RFC 9457's body, with the errors map of ASP.NET (observed),
// whose empty name is for the object as a whole. All 4xx bodies have this form
// since 1.195.0; servers before answered 401 and 403 in plain text (documented).
func readProblem(body []byte) httpapi.Problem {
	var p struct {
		Title   string          `json:"title"`
		Detail  string          `json:"detail"`
		TraceID string          `json:"traceId"`
		Errors  json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &p) != nil {
		return httpapi.Problem{}
	}
	problem := httpapi.Problem{Title: p.Title, Detail: p.Detail, TraceID: p.TraceID}
	if !contract.IsEmptyJSON(p.Errors) && json.Unmarshal(p.Errors, &problem.Fields) != nil {
		problem.Fields = map[string][]string{"": {string(p.Errors)}} // Another form than the observed one.
	}
	return problem
}
