package api

import (
	"regexp"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// DefaultURL is the API URL of IgniSign's own service, before the version (documented).
const DefaultURL = "https://api.ignisign.io"

// The environment variables. IgniSign's Node SDK reads the first, and its examples the others (observed).
const (
	EnvURL       = "IGNISIGN_SERVER_URL"
	EnvAPIKey    = "IGNISIGN_API_KEY" //nolint:gosec // The name of a variable, not a credential.
	EnvAppID     = "IGNISIGN_APP_ID"
	EnvAppEnv    = "IGNISIGN_APP_ENV"
	EnvAppSecret = "IGNISIGN_APP_SECRET" //nolint:gosec // The name of a variable, not a credential.
)

// EnvAPIKeyFile is this client's own: the vendor's code takes no key from a file.
const EnvAPIKeyFile = "IGNISIGN_API_KEY_FILE" //nolint:gosec // The name of a variable, not a credential.

// The settings that only IgniSign has.
const (
	FieldAPIKey     httpapi.Field = "api_key"
	FieldAPIKeyFile httpapi.Field = "api_key_file" //nolint:gosec // The name of a setting, not a credential.
	FieldAppID      httpapi.Field = "app_id"
	FieldAppEnv     httpapi.Field = "app_env"
	FieldAppSecret  httpapi.Field = "app_secret"
	FieldAPIVersion httpapi.Field = "api_version"
)

// keyShape is what new keys and old ones look like (observed).
var keyShape = regexp.MustCompile(`\bsk(v2)?_[a-z]+_[A-Za-z0-9_-]{8,}`)

// Service is IgniSign's API.
var Service = httpapi.Service{
	Name:       "IgniSign",
	DefaultURL: DefaultURL,
	Environment: map[httpapi.Field]string{
		httpapi.FieldURL: EnvURL, FieldAPIKey: EnvAPIKey, FieldAPIKeyFile: EnvAPIKeyFile, FieldAppID: EnvAppID, FieldAppEnv: EnvAppEnv, FieldAppSecret: EnvAppSecret,
	},
	Secret: httpapi.Secret{
		Field: FieldAPIKey, File: FieldAPIKeyFile, Noun: "API key", Refuse: refuseKey, Part: secretPart, Shape: keyShape,
		Wanted: "a key of the application, which the Console makes for one environment",
		Refused: "The key is wrong, was revoked, or is of another installation. Before the end of September 2026, IgniSign also answered this " +
			"where the organization may not use a feature; another key does not help then.",
	},
	ReadProblem: readProblem,
	UnusableAdvice: "IgniSign's API is not published in full, and nobody has tried this provider on a live server. " +
		"Please report this message to the provider's project.",
	NotFound: "the version follows it in each request.",
}

// oldService is the API with an old key, which has a setting of its own.
func oldService() httpapi.Service {
	service := Service
	service.Secret.Field, service.Secret.File, service.Secret.Noun, service.Secret.Refuse = FieldAppSecret, "", "old API key", refuseOldKey
	return service
}
