package mock

// readContext answers what the data models say that an application has. Which of it a key is shown is unknown.
func (c *call) readContext() (any, *refusal) {
	app := c.application.Application
	shown := environments
	if c.dialect.OwnEnvironmentOnly {
		shown = []string{c.key.Environment}
	}
	settings, profiles := object{}, object{}
	for _, environment := range shown {
		settings[environment] = c.environmentSettings(environment)
		profiles[environment] = []object{}
	}
	own := object{"appId": app.ID, "orgId": app.Organization}
	return object{
		"appId":                app.ID,
		"orgId":                app.Organization,
		"appName":              app.Name,
		"status":               app.Status,
		"appType":              app.Type,
		"ignisignApiVersion":   app.APIVersion,
		"isDefaultApplication": true,
		"config":               own,
		"settings":             own,
		"envSettings":          settings,
		"signerProfiles":       profiles,
		"signatureProfiles":    object{},
	}, nil
}

func (c *call) environmentSettings(environment string) object {
	app := c.application.Application
	keys := []object{}
	for _, key := range c.application.APIKeys {
		if key.Environment == environment {
			keys = append(keys, key.wire(app.ID))
		}
	}
	return object{
		"appId":                      app.ID,
		"orgId":                      app.Organization,
		"appEnv":                     environment,
		"isApiKeyGenerated":          len(keys) > 0,
		"currentVersion":             3,
		"webhooks":                   c.webhooksIn(environment),
		"apiKeys":                    keys,
		"ssoConfigs":                 c.ssoConfigsIn(environment),
		"onlineProofsEnabled":        true,
		"extendedAuthSessionEnabled": false,
		"googleDrive":                object{"enabled": false},
	}
}

func (k APIKey) wire(application string) object {
	return object{
		"_id":               k.ID,
		"appId":             application,
		"appEnv":            k.Environment,
		"name":              k.Name,
		"description":       k.Description,
		"isRestricted":      k.Restricted,
		"permissions":       append([]string{}, k.Permissions...),
		"displayableSecret": k.displayable(),
		"status":            k.Status,
	}
}

func (c *call) ssoConfigsIn(environment string) []object {
	list := []object{}
	for _, config := range c.application.SSOConfigs {
		if config.Environment == environment {
			list = append(list, config.wire(c.application.Application.ID, c.dialect))
		}
	}
	return list
}

func (s SSOConfig) wire(application string, dialect Dialect) object {
	shown := object{
		"_id":         s.ID,
		"name":        s.Name,
		"description": s.Description,
		"appId":       application,
		"appEnv":      s.Environment,
		"type":        s.Type,
		"status":      s.Status,
		"isFromOrg":   s.FromOrganization,
	}
	if s.Type == "SAML" {
		shown["settingsSAML"] = object{"idpMetadataUrl": s.MetadataURL, "spEntityId": s.EntityID, "certificate": s.Certificate}
		return shown
	}
	settings := object{"clientId": s.ClientID, "serverUrl": s.ServerURL}
	if !dialect.NoClientSecret {
		settings["clientSecret"] = s.ClientSecret
	}
	shown["settingsOAuth2"] = settings
	return shown
}
