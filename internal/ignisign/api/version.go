package api

import (
	"context"
	"fmt"
)

// version returns the version of the API that is asked: the one that is set, or that of the
// application. Where neither is one that there is, it is an error: no other is tried.
func (c *Client) version(ctx context.Context) (Version, error) {
	if c.asked != VersionAuto {
		return c.asked, nil
	}
	application, err := c.Application(ctx)
	if err != nil {
		return "", err
	}
	// That an application of version V3 is served on /v3 is inferred.
	switch application.APIVersion {
	case "V3":
		return Version3, nil
	case "V4":
		return Version4, nil
	case "":
		return "", c.unusable(c.contextCall(), fmt.Errorf("it does not say which version of the API the application uses; set %s to %q or %q", FieldAPIVersion, Version3, Version4))
	}
	return "", c.unusable(c.contextCall(), fmt.Errorf("it says that the application uses version %q of the API, which is neither \"V3\" nor \"V4\"; set %s to %q or %q",
		application.APIVersion, FieldAPIVersion, Version3, Version4))
}

// contextCall is the call that reads the application: by the version that is set, or by the
// current one.
func (c *Client) contextCall() call {
	version := c.asked
	if version == VersionAuto {
		version = Version4
	}
	return newCall(routeContext, version, c.appID)
}
