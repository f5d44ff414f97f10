package api

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// Config says which application to talk to, as whom, and how. A new key says itself for which
// application and environment it is.
type Config struct {
	// Config says how IgniSign is reached. Its secret is the API key; its service is set by [New].
	httpapi.Config
	// AppID and AppEnv are the application and the environment of an old key. Where a new one says
	// otherwise, it is refused.
	AppID, AppEnv string
	// AppSecret is an old key, which is exchanged for a token. Either it or the API key is set.
	AppSecret string
	// APIVersion is the version of the API; [VersionAuto] if empty.
	APIVersion Version
}

// FromEnvironment takes what is not set from the environment, and of that an API key or an old key
// only if neither is set.
func (c Config) FromEnvironment() Config {
	c.Service = Service
	set := c.Config
	c.Config = c.Config.FromEnvironment()
	if strings.TrimSpace(c.AppSecret) != "" {
		c.Secret, c.SecretFile = set.Secret, set.SecretFile
	}
	take := func(value *string, field httpapi.Field) {
		if *value = strings.TrimSpace(*value); *value == "" {
			*value = strings.TrimSpace(os.Getenv(Service.Environment[field]))
		}
	}
	take(&c.AppID, FieldAppID)
	take(&c.AppEnv, FieldAppEnv)
	if c.Secret == "" && c.SecretFile == "" {
		take(&c.AppSecret, FieldAppSecret)
	}
	return c
}

// A settled is a configuration whose own settings are right, with what the key says of itself.
type settled struct {
	Config
	isOldKey bool
}

// settle checks what only IgniSign has, and completes it by what the key says of itself. No reason
// quotes a key.
func (c Config) settle() (settled, httpapi.ConfigErrors) {
	var wrong refusals
	c.Service = Service
	if c.APIVersion == "" {
		c.APIVersion = VersionAuto
	}
	if !slices.Contains([]Version{VersionAuto, Version3, Version4}, c.APIVersion) {
		wrong.add(FieldAPIVersion, fmt.Sprintf("%s is no version of the API: it is %q, %q or %q.", httpapi.QuoteSetting(string(c.APIVersion)), VersionAuto, Version3, Version4))
	}
	c.AppEnv = strings.ToUpper(c.AppEnv)
	if c.AppID != "" {
		wrong.add(FieldAppID, refuseAppID(c.AppID))
	}
	if c.AppEnv != "" {
		wrong.add(FieldAppEnv, refuseAppEnv(c.AppEnv))
	}
	s := settled{Config: c, isOldKey: c.AppSecret != ""}
	if s.isOldKey {
		if c.Secret != "" || c.SecretFile != "" {
			wrong.add(FieldAppSecret, fmt.Sprintf("Both an API key and an old key are set. Set %s alone.", FieldAPIKey))
		}
		s.Service, s.Secret, s.SecretFile = oldService(), c.AppSecret, ""
	}
	key, unreadable := s.ReadSecret()
	s.isOldKey = s.isOldKey || strings.HasPrefix(key, oldKeyPrefix)
	switch {
	case len(wrong)+len(unreadable) > 0: // What is wrong with the key, httpapi says.
	case s.isOldKey:
		s.settleOldKey(key, &wrong)
	default:
		s.settleNewKey(key, &wrong)
	}
	return s, httpapi.ConfigErrors(wrong)
}

// settleNewKey takes the application and the environment from the key.
func (s *settled) settleNewKey(text string, wrong *refusals) {
	key, _ := ParseKey(text) // It was looked at.
	if s.AppID != "" && !strings.EqualFold(s.AppID, key.AppID) {
		wrong.add(FieldAppID, fmt.Sprintf("The API key is for the application %s, and %s is %s. "+
			"Leave %s out, or set the key of that application.", key.AppID, FieldAppID, s.AppID, FieldAppID))
	}
	if s.AppEnv != "" && s.AppEnv != key.Environment {
		wrong.add(FieldAppEnv, fmt.Sprintf("The API key is for %s, and %s is %s. "+
			"Leave %s out, or set the key of that environment.", key.Environment, FieldAppEnv, s.AppEnv, FieldAppEnv))
	}
	s.AppID, s.AppEnv = key.AppID, key.Environment
}

// settleOldKey demands what an old key does not say.
func (s *settled) settleOldKey(key string, wrong *refusals) {
	demand := func(value string, field httpapi.Field, variable, what string) {
		if value == "" {
			wrong.add(field, fmt.Sprintf("An old key does not say for certain which %s it is for. "+
				"Set %s, or the environment variable %s, or use a key that begins with %q.",
				what, field, variable, newKeyPrefix))
		}
	}
	demand(s.AppID, FieldAppID, EnvAppID, "application")
	demand(s.AppEnv, FieldAppEnv, EnvAppEnv, "environment")
	if named := oldKeyEnvironment(key); named != "" && s.AppEnv != "" && named != s.AppEnv {
		wrong.add(FieldAppEnv, fmt.Sprintf("The old key names the environment %s, and %s is %s.", named, FieldAppEnv, s.AppEnv))
	}
}

// refusals are settings that are wrong.
type refusals httpapi.ConfigErrors

// add adds a reason, if there is one.
func (r *refusals) add(field httpapi.Field, reason string) {
	if reason != "" {
		*r = append(*r, httpapi.ConfigError{Field: field, Reason: reason})
	}
}
