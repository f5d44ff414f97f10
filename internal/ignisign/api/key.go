package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// How keys begin. A new one is sent as it is (documented), an old one is exchanged for a token.
// Keys made since November 2024 are new ones (documented).
const (
	newKeyPrefix = "skv2_"
	oldKeyPrefix = "sk_"
)

// appIDPrefix begins the id of an application, before a UUID (documented by example, observed).
const appIDPrefix = "appId_"

// newKeyForm is for messages.
const newKeyForm = "skv2_ENVIRONMENT_UUID_SECRET, as the Console shows it once"

// A Key is what a new API key says of itself.
type Key struct {
	// AppID is the id of the application, "appId_" and a UUID.
	AppID string
	// Environment is DEVELOPMENT, STAGING or PRODUCTION.
	Environment string
}

// ParseKey reads a new API key, which its underscores part into the prefix, the environment in
// lower case, the UUID of the application and a secret (observed in the Node SDK 4.2.1). The
// reason says what is wrong with it, and never quotes it; it is empty for a key.
func ParseKey(key string) (parsed Key, reason string) {
	rest, isNew := strings.CutPrefix(key, newKeyPrefix)
	parts := strings.SplitN(rest, "_", 3)
	switch {
	case !isNew:
		return Key{}, "The API key does not begin with \"" + newKeyPrefix + "\". A key is " + newKeyForm + "."
	case len(parts) < 3 || parts[2] == "":
		return Key{}, "The API key is cut short: one is " + newKeyForm + "."
	}
	parsed = Key{AppID: appIDPrefix + parts[1], Environment: strings.ToUpper(parts[0])}
	switch {
	case !isEnvironment(parsed.Environment):
		return Key{}, fmt.Sprintf("The API key is for none of the environments %s: after %q it has one of these, in lower case. "+
			"A key is %s.", environmentNames(), newKeyPrefix, newKeyForm)
	case !access.IsID(parts[1]):
		return Key{}, "The API key has no UUID of an application where one belongs: a key is " + newKeyForm + "."
	}
	return parsed, ""
}

// secretPart returns the secret in a key, without what the key says of itself; nothing if there is none.
func secretPart(key string) string {
	for prefix, n := range map[string]int{newKeyPrefix: 3, oldKeyPrefix: 2} {
		rest, isOne := strings.CutPrefix(key, prefix)
		if parts := strings.SplitN(rest, "_", n); isOne && len(parts) == n {
			return parts[n-1]
		}
	}
	return ""
}

// refuseKey says what is wrong with what is set as the API key, which may be an old one, or nothing.
func refuseKey(key string) (reason string) {
	if strings.HasPrefix(key, oldKeyPrefix) {
		return ""
	}
	_, reason = ParseKey(key)
	return reason
}

// refuseOldKey says what is wrong with what is set as the old key, or nothing.
func refuseOldKey(key string) (reason string) {
	if strings.HasPrefix(key, newKeyPrefix) {
		return fmt.Sprintf("That is a new key, which belongs into %s.", FieldAPIKey)
	}
	return ""
}

func isEnvironment(name string) bool { return slices.Contains(vocabulary.Environments(), name) }

func environmentNames() string { return strings.Join(vocabulary.Environments(), ", ") }

// refuseAppID says what is wrong with the id of an application, or nothing.
func refuseAppID(id string) (reason string) {
	uuid, ok := strings.CutPrefix(id, appIDPrefix)
	if ok && access.IsID(uuid) {
		return ""
	}
	return fmt.Sprintf("%s is not the id of an application: that is %q and a UUID. The Console shows it beside the application's API keys.", httpapi.QuoteSetting(id), appIDPrefix)
}

// refuseAppEnv says what is wrong with an environment, or nothing.
func refuseAppEnv(name string) (reason string) {
	if isEnvironment(name) {
		return ""
	}
	return fmt.Sprintf("%s is not an environment: there are %s.", httpapi.QuoteSetting(name), environmentNames())
}

// oldKeyEnvironment returns the environment that an old key names, as "sk_development_…" does
// (documented by example); empty if it names none that there is.
func oldKeyEnvironment(key string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(key, oldKeyPrefix), "_")
	if name = strings.ToUpper(name); strings.HasPrefix(key, oldKeyPrefix) && isEnvironment(name) {
		return name
	}
	return ""
}
