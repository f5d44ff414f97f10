package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// An Application is what IgniSign shows of one to an API key. Which parts of it a server really
// sends is unknown. It has no secrets: those of the answer are not decoded.
type Application struct {
	// ID and OrganizationID are ids; the latter may be empty.
	ID, OrganizationID string
	// Name, Status (ACTIVE, BLOCKED, ARCHIVED, ORG_ARCHIVED) and Type are as answered; empty if they
	// are not.
	Name, Status, Type string
	// APIVersion is the version that it uses, by its own word: "V3", "V4", another, or empty.
	APIVersion string
	// Environments are those that the answer has settings of, by the vendor's order, then by name.
	Environments []EnvironmentSettings
}

// EnvironmentSettings are what is shown of an environment. A list is nil if the answer does not
// show it, which is not the same as that there is nothing.
type EnvironmentSettings struct {
	Name     string
	Keys     []ApplicationKey
	SSO      []SSOConfig
	Webhooks []Webhook
}

// An ApplicationKey is one that an environment has. Who holds it may do everything there (observed: keys are
// not restricted yet).
type ApplicationKey struct {
	ID          string `json:"_id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	// Status is ACTIVE or REVOCATED, as far as is observed.
	Status string `json:"status"`
	// IsRestricted is nil if the answer does not say.
	IsRestricted *bool    `json:"isRestricted"`
	Permissions  []string `json:"permissions"`
}

// An SSOConfig is a way to sign in by an identity provider.
type SSOConfig struct {
	ID          string `json:"_id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	// Type is OAUTH2 or SAML, and Status ACTIVE or ARCHIVED, as far as is observed.
	Type   string `json:"type"`
	Status string `json:"status"`
	// IsFromOrganization is nil if the answer does not say.
	IsFromOrganization *bool `json:"isFromOrg"`
	// OAuth2 and SAML are the settings of the type, without its secrets; nil if they are not answered.
	OAuth2 *struct {
		ClientID  string `json:"clientId"`
		ServerURL string `json:"serverUrl"`
	} `json:"settingsOAuth2"`
	SAML *struct {
		MetadataURL string `json:"idpMetadataUrl"`
		EntityID    string `json:"spEntityId"`
	} `json:"settingsSAML"`
}

// Application reads the application, once for each client.
func (c *Client) Application(ctx context.Context) (Application, error) {
	return c.application.get(ctx, c.readApplication)
}

func (c *Client) readApplication(ctx context.Context) (Application, error) {
	call := c.contextCall()
	body, err := c.send(ctx, call)
	if err != nil {
		return Application{}, err
	}
	application, err := c.decodeApplication(body)
	if err != nil {
		return Application{}, c.unusable(call, err)
	}
	return application, nil
}

// decodeApplication decodes an answer. What has no field here is never held, which is the case of
// clientSecret, certificate and displayableSecret.
func (c *Client) decodeApplication(body []byte) (Application, error) {
	var answer struct {
		AppID      string `json:"appId"`
		OrgID      string `json:"orgId"`
		Name       string `json:"appName"`
		Status     string `json:"status"`
		Type       string `json:"appType"`
		APIVersion string `json:"ignisignApiVersion"`
		Settings   map[string]struct {
			Keys     []ApplicationKey `json:"apiKeys"`
			SSO      []SSOConfig      `json:"ssoConfigs"`
			Webhooks []webhookAnswer  `json:"webhooks"`
		} `json:"envSettings"`
	}
	if err := decodeObject(body, &answer); err != nil {
		return Application{}, err
	}
	if answer.AppID == "" {
		return Application{}, errors.New("it has no appId")
	}
	if err := c.checkApp("it", answer.AppID); err != nil {
		return Application{}, err
	}
	a := Application{ID: answer.AppID, OrganizationID: answer.OrgID, Name: answer.Name, Status: answer.Status, Type: answer.Type, APIVersion: answer.APIVersion}
	for name, settings := range answer.Settings {
		e := EnvironmentSettings{Name: name, Keys: settings.Keys, SSO: settings.SSO}
		for _, webhook := range settings.Webhooks {
			e.Webhooks = append(e.Webhooks, webhook.webhook())
		}
		if settings.Webhooks != nil && e.Webhooks == nil {
			e.Webhooks = []Webhook{}
		}
		a.Environments = append(a.Environments, e)
	}
	slices.SortFunc(a.Environments, func(x, y EnvironmentSettings) int { return compareEnvironments(x.Name, y.Name) })
	return a, nil
}

// compareEnvironments orders environments as the vendor does, and others after them by name.
func compareEnvironments(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(vocabulary.Environments(), name); i >= 0 {
			return i
		}
		return len(vocabulary.Environments())
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
